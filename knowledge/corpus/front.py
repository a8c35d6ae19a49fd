"""What is written about a document beside its text: YAML front matter and JSON sidecars.

Known keys fill the document's fields; any other key becomes a line of its text, so that no fact is
lost. Reads no file.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Literal, TypeVar

from knowledge.corpus.closing import (
    OPEN_TO_ALL,
    Closing,
    closing_of,
    has_closing_key,
    split_labelled,
    without_closing,
)
from knowledge.corpus.fields import Pair, label_of, placed, says_all, write_lines
from knowledge.corpus.json_values import object_of
from knowledge.corpus.labels import rank_of
from knowledge.corpus.limits import check_lengths
from knowledge.corpus.makers import as_known, split_fences
from knowledge.corpus.plain_yaml import parse_yaml
from knowledge.corpus.text import as_text, names_something, one_line
from knowledge.corpus.values import expand, plain_text, says_nothing_at_all, says_unknown
from knowledge.documents import Document, Photo
from knowledge.errors import CorpusError
from knowledge.identifiers import (
    checked_corpus,
    checked_id,
    checked_language,
    has_visible,
    is_web_address,
    visible,
)
from knowledge.language import guess_language

_Item = TypeVar("_Item")

_KEY = re.compile(r"[\w\"'-]+[ \t]*:")
_FENCES = ("---", "...")
_TEXT_KEYS = ("text", "description", "caption")
_LINE_KEYS = ("id", "title", "language", "place", "source", "url", "rights")
_LIST_KEYS = ("aliases", "tags", "photos")
_MERGED = "<<"
"""What YAML calls the keys of another mapping."""
_BY_MEANING: tuple[Literal["title", "place", "rights"], ...] = ("title", "place", "rights")
_MAY_SAY_NOTHING = ("place", "source", "url", "rights")


@dataclass(frozen=True, slots=True)
class Front:
    """What front matter or a sidecar says about a document; fields that it leaves out are empty.

    Attributes:
        text: paragraphs of prose (`text`, `description`, `caption`).
        rights: who owns the photographs, and what others may do with them.
        closing: to whom the document is closed.
        pairs: every other key and its value, each a line of the text.
    """

    id: str = ""
    title: str = ""
    language: str = ""
    place: str = ""
    source: str = ""
    url: str = ""
    aliases: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    photos: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    rights: str = ""
    pairs: tuple[Pair, ...] = ()
    closing: Closing = OPEN_TO_ALL


def split_front(text: str) -> tuple[Front, str]:
    """Front matter and the rest of a Markdown file; without front matter, an empty `Front`.

    Values stay as they are written: `title: 1984` and `title: No` are texts, and so is a date.
    `groups` and `closed_until` count also as lines that a text without front matter begins with.

    Raises:
        CorpusError: the front matter is not YAML, or a key has a value of the wrong kind.
    """
    if (fenced := split_fences(text)) is not None:
        return front_of(as_known(fenced[0])), fenced[1]
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return _labelled(text)
    start = 1
    while start < len(lines) and (not lines[start].strip() or lines[start].startswith("#")):
        start += 1
    end = next((n for n in range(start, len(lines)) if lines[n].rstrip() in _FENCES), None)
    begins = start < len(lines) and (_KEY.match(lines[start]) or lines[start].rstrip() in _FENCES)
    if not begins and not (end is not None and has_closing_key("\n".join(lines[start:end]))):
        return Front(), text  # a Markdown rule, not a fence
    if end is None:
        raise CorpusError("The front matter has no end; put a line `---` after it.")
    values = parse_yaml("\n".join(lines[1:end]), what="front matter", first_line=2)
    return front_of(as_known(values)), "\n".join(lines[end + 1 :])


def split_plain(text: str) -> tuple[Front, str]:
    """The same of plain text, where front matter counts only if it says who may see the document.

    Raises:
        CorpusError: such front matter is not YAML.
    """
    lines = text.split("\n")
    if lines[0].rstrip() in ("---", "+++"):
        fences = (*_FENCES, "+++")
        end = next((n for n in range(1, len(lines)) if lines[n].rstrip() in fences), None)
        if end is not None and has_closing_key("\n".join(lines[1:end]).replace("=", ":")):
            return split_front(text)
    return _labelled(text)


def _labelled(text: str) -> tuple[Front, str]:
    closing, rest = split_labelled(text)
    return Front(closing=closing), rest


def parse_json(text: str) -> Front:
    """What a JSON sidecar says.

    Raises:
        CorpusError: it is not a JSON object, or a key has a value of the wrong kind.
    """
    try:
        value = json.loads(text, object_pairs_hook=_both_of_each)
    except (ValueError, RecursionError) as error:
        raise CorpusError(f"It is not valid JSON ({error}); mend it.") from error
    if not isinstance(value, dict):
        raise CorpusError('It is not a JSON object; write `{"title": …, "text": …}`.')
    return front_of(value)


def _both_of_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object whose repeated keys lose no value, though a title has to be one text."""
    known: dict[str, object] = {}
    others: list[tuple[str, object]] = []
    for key, value in pairs:
        if key in known:
            others.append((f"other {key}", value))
        elif key in _LINE_KEYS:
            known[key] = value
        else:
            others.append((key, value))
    return known | object_of(others)


def front_of(values: Mapping[str, object]) -> Front:
    """A `Front` with known keys in their fields, the others in `pairs`.

    A key that means the same as a known one (`Titel`, `dcterms:title`) fills its field where the
    known key is absent, and stays a pair. Nested objects become pairs with labels of their own.

    Raises:
        CorpusError: a key has a value of the wrong kind.
    """
    closing, values = closing_of(values), without_closing(values)
    lines = {key: _line(key, values.get(key)) for key in _LINE_KEYS}
    lists = {key: _list(key, values.get(key)) for key in _LIST_KEYS}
    known = {*_LINE_KEYS, *_LIST_KEYS, *_TEXT_KEYS, _MERGED}
    others = expand({key: value for key, value in values.items() if key not in known}).values
    pairs: list[Pair] = [
        (label, tuple(texts) if len(texts) > 1 else texts[0]) for label, texts in others.items()
    ]
    for role in _BY_MEANING:
        ranked = [(rank, key) for key in others if (rank := rank_of(key, role)) in (0, 1)]
        if ranked and not lines[role]:
            said = one_line("; ".join(others[min(ranked)[1]]))
            lines[role] = said if any(map(str.isalpha, said)) else ""
    for key in _MAY_SAY_NOTHING:
        if says_nothing_at_all(lines[key]) or says_unknown(lines[key]):
            lines[key] = ""
    lines["id"] = visible(lines["id"])
    if not has_visible(lines["title"]):
        lines["title"] = ""
    if lines["language"]:
        lines["language"] = checked_language(lines["language"])
    if lines["url"] and not is_web_address(lines["url"]):
        pairs.append(("url", lines["url"]))
        lines["url"] = ""
    return Front(
        id=lines["id"],
        title=lines["title"],
        language=lines["language"],
        place=lines["place"],
        source=lines["source"],
        url=lines["url"],
        aliases=lists["aliases"],
        tags=lists["tags"],
        photos=lists["photos"],
        text=tuple(dict.fromkeys(filter(None, (_prose(values.get(key)) for key in _TEXT_KEYS)))),
        rights=lines["rights"],
        pairs=tuple(pairs),
        closing=closing,
    )


def merge(fronts: Sequence[Front]) -> Front:
    """One `Front` of several: of single values the first, of texts and lists all. It is closed to
    everybody to whom one of them is."""

    def first(values: Sequence[str]) -> str:
        return next(filter(None, values), "")

    def every(values: Sequence[tuple[_Item, ...]]) -> tuple[_Item, ...]:
        return tuple(dict.fromkeys(item for value in values for item in value))

    return Front(
        id=first([front.id for front in fronts]),
        title=first([front.title for front in fronts]),
        language=first([front.language for front in fronts]),
        place=first([front.place for front in fronts]),
        source=first([front.source for front in fronts]),
        url=first([front.url for front in fronts]),
        aliases=every([front.aliases for front in fronts]),
        tags=every([front.tags for front in fronts]),
        photos=every([front.photos for front in fronts]),
        text=every([front.text for front in fronts]),
        rights=first([front.rights for front in fronts]),
        pairs=every([front.pairs for front in fronts]),
        closing=reduce(and_, (front.closing for front in fronts), OPEN_TO_ALL),
    )


def make_document(
    front: Front,
    *,
    corpus: str,
    id: str,
    title: str,
    source: str,
    language: str | None,
    body: str = "",
    photos: Sequence[Photo] = (),
    pairs: Sequence[Pair] = (),
    adds_names: bool = True,
) -> Document:
    """A document from what is said about it and from its body.

    Args:
        front: its title, source and language are used before the arguments below.
        corpus: the corpus's name.
        id: unique in the corpus.
        title: for a `front` without one.
        source: for a `front` without one.
        language: for a `front` without one; None guesses from the text.
        body: text, placed after `front.text`.
        photos: its photographs.
        pairs: further labels and values, after those of `front`.
        adds_names: whether title and place become lines where the text does not say them. A title
            that is all there is, or that has a number of its own, becomes one in any case.

    Raises:
        CorpusError: the id, the corpus's name or the language is not one, or a field is too long.
    """
    prose = "\n\n".join(filter(None, (*front.text, body)))
    lines = write_lines((*front.pairs, *pairs))
    text = "\n\n".join(filter(None, (prose, lines.text)))
    title = front.title or title
    spoken = front.language or language or guess_language(f"{title}\n{text}")
    unsaid = []
    if front.title and not says_all(text, front.title):
        numbers = " ".join(re.findall(r"\d+", front.title))
        only_photos = not text and len(photos) > 0
        if (adds_names and text) or only_photos or not says_all(text, numbers):
            unsaid.append((label_of("title", spoken), front.title))
    elif not text and photos and names_something(title):
        unsaid.append((label_of("file", spoken), title))
    if adds_names and front.place and not says_all(text, front.place):
        unsaid.append((label_of("place", spoken), front.place))
    if unsaid:
        worded = {label_of("title", spoken): label_of("photo", spoken)} if photos else {}
        lines = write_lines((*unsaid, *front.pairs, *pairs), worded=worded)
        text = "\n\n".join(filter(None, (prose, lines.text)))
    document = Document(
        corpus=checked_corpus(corpus),
        id=checked_id(id),
        title=title,
        text=text,
        language=checked_language(spoken),
        aliases=front.aliases,
        place=front.place or None,
        source=front.source or source,
        url=front.url or None,
        tags=front.tags,
        photos=tuple(photos),
        rights=front.rights,
        fields=placed(lines.fields, len(text) - len(lines.text)),
        groups=front.closing.groups,
        closed_until=front.closing.until,
    )
    return check_lengths(document)


def _line(key: str, value: object) -> str:
    if isinstance(value, dict | list):
        raise CorpusError(f"{key!r} must be one text, not a list or a mapping.")
    return one_line(plain_text(as_text(value)))


def _list(key: str, value: object) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    if any(isinstance(item, dict | list) for item in items):
        raise CorpusError(
            f"{key!r} must be a list of texts; put quotes around one that holds a colon."
        )
    return tuple(dict.fromkeys(text for item in items if (text := one_line(as_text(item)))))


def _prose(value: object) -> str:
    """A text, or a list of texts as lines."""
    return "\n".join(_scalars(value))


def _scalars(value: object) -> list[str]:
    """A scalar, or the scalars of a list, in words; deeper values are left out.

    YAML may hold lists that hold themselves, so this does not recurse.
    """
    items = value if isinstance(value, list) else [value]
    texts = (plain_text(as_text(v)) for v in items if not isinstance(v, dict | list))
    return [text for text in texts if text]
