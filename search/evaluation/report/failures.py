"""The parts of a report that show photos: confused subjects, and questions that failed."""

import base64
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from knowledge.errors import ImageError, NotFoundError
from knowledge.index import View
from search.evaluation.judge import CAUSES, Outcome, cause
from search.evaluation.observation import Seen
from search.evaluation.testset import is_labelled
from vlm.images import PhotoSize, decode_image

_SIDE = 240
_QUALITY = 60

_PAIRS = 12
_MADE = 24
"""Failures among the made questions that are shown: there can be hundreds of one sort."""


class Thumbnails:
    """Thumbnails as data URLs, each made once. One that cannot be made is None."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._known: dict[str, str | None] = {}

    def of_file(self, path: Path) -> str | None:
        """Of a question's photo."""
        key = str(path)
        if key not in self._known:
            try:
                self._known[key] = _data_url(path.read_bytes())
            except (OSError, ImageError):
                self._known[key] = None
        return self._known[key]

    def of_photo(self, photo_id: str | None) -> str | None:
        """Of an indexed photo."""
        if photo_id is None:
            return None
        if photo_id not in self._known:
            try:
                self._known[photo_id] = _data_url(self._view.photo_bytes(photo_id))
            except (OSError, ImageError, NotFoundError):
                self._known[photo_id] = None
        return self._known[photo_id]


def confusions(outcomes: Sequence[Outcome], thumbnails: Thumbnails) -> str:
    """The subjects most often put first in place of the right one, side by side with the photo."""
    pairs: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for o in outcomes:
        if o.question.photo and o.said.ranked and o.question.document and o.rank != 1:
            pairs[o.question.document, o.said.ranked[0]].append(o)
    if not pairs:
        return "<p>None: every photo's subject came first.</p>"
    ordered = sorted(pairs.items(), key=lambda item: (-len(item[1]), item[0]))[:_PAIRS]
    return f'<div class="cards">{"".join(_pair(found, thumbnails) for _, found in ordered)}</div>'


def failures(outcomes: Sequence[Outcome], thumbnails: Thumbnails) -> str:
    """Every failed question of the test sets with what was found, by cause; some made ones."""
    failed = [o for o in outcomes if not o.right]
    written = [o for o in failed if o.question.origin == "testset"]
    made = [o for o in failed if o.question.origin != "testset"]
    by_cause: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in written:
        by_cause[cause(outcome)].append(outcome)
    parts = []
    for name, found in sorted(by_cause.items(), key=lambda item: -len(item[1])):
        cards = "".join(_failure(outcome, thumbnails) for outcome in found)
        parts.append(
            f"<details open><summary>{escape(CAUSES[name])}: {len(found)}</summary>"
            f'<div class="cards">{cards}</div></details>'
        )
    if made:
        cards = "".join(_failure(outcome, thumbnails) for outcome in made[:_MADE])
        parts.append(
            f"<details><summary>made questions that were answered: {len(made)}, of which "
            f'{min(len(made), _MADE)} are shown</summary><div class="cards">{cards}</div></details>'
        )
    return "".join(parts) or "<p>None.</p>"


def _pair(found: Sequence[Outcome], thumbnails: Thumbnails) -> str:
    outcome = found[0]
    first = outcome.said.seen[0]
    asked = thumbnails.of_file(outcome.question.photo) if outcome.question.photo else None
    photos = [
        (asked, f"asked about: {outcome.question.document}"),
        (thumbnails.of_photo(first.photo_id), f"came first: {first.title}"),
    ]
    right = next((s for s in outcome.said.seen if _is_right(outcome, s)), None)
    if right is not None:
        photos.append((thumbnails.of_photo(right.photo_id), f"right: {right.title}"))
    return f'<div class="card">{_photos(photos)}<p class="soft">{len(found)} questions</p></div>'


def _is_right(outcome: Outcome, seen: Seen) -> bool:
    return is_labelled(outcome.question.document, seen.document_id)


def _failure(outcome: Outcome, thumbnails: Thumbnails) -> str:
    question, said = outcome.question, outcome.said
    photos = []
    if question.photo is not None:
        photos.append((thumbnails.of_file(question.photo), "asked about"))
    photos += [(thumbnails.of_photo(s.photo_id), s.title) for s in said.seen[:2] if s.photo_id]
    kind = "silent" if said.abstained else "wrong"
    verdict = f"abstained: {said.reason}" if said.abstained else "wrong answer"
    wanted = {
        "document": question.document,
        "exists": question.exists,
        "year": question.year,
        "answer": question.answer,
        "value": " / ".join(question.values) or None,
    }
    got = {
        "document": said.source,
        "exists": said.exists,
        "year": said.year,
        "date": said.date,
        "value": said.value,
        "confidence": f"{said.confidence:.2f}",
    }
    scores = "".join(
        f"<dt>{escape(s.title)}</dt><dd>"
        + escape(", ".join(f"{name} {score:.2f}" for name, score in s.scores.items()))
        + "</dd>"
        for s in said.seen
    )
    signals = ", ".join(f"{name} {value:.2f}" for name, value in said.signals.items())
    passage = said.seen[0].passage if said.seen else None
    quote = f"<blockquote>{escape(said.quote)}</blockquote>" if said.quote else ""
    best = f"<blockquote>{escape(passage)}</blockquote>" if passage else ""
    return (
        f'<div class="card">{_photos(photos)}<p class="q">{escape(question.question)}</p>'
        f'<span class="tag {kind}">{escape(verdict)}</span><span class="tag">{question.kind}</span>'
        f'<span class="tag">{escape(question.id)}</span>{quote}'
        f"<dl><dt>wanted</dt><dd>{_values(wanted)}</dd><dt>got</dt><dd>{_values(got)}</dd></dl>"
        f"<details><summary>evidence and scores</summary>{best}<dl>{scores}</dl>"
        f'<p class="soft">{escape(signals)}</p></details></div>'
    )


def _photos(photos: Sequence[tuple[str | None, str]]) -> str:
    if not photos:
        return ""
    figures = "".join(
        "<figure>"
        + (f'<img src="{url}" alt="" loading="lazy">' if url else "")
        + f"<figcaption>{escape(caption)}</figcaption></figure>"
        for url, caption in photos
    )
    return f'<div class="photos">{figures}</div>'


def _values(values: Mapping[str, object]) -> str:
    shown = [f"{name} {value}" for name, value in values.items() if value is not None]
    return escape(", ".join(shown)) or "an abstention"


def _data_url(content: bytes) -> str:
    image = decode_image(content, PhotoSize(_SIDE)).pixels
    image.thumbnail((_SIDE, _SIDE))
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=_QUALITY)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
