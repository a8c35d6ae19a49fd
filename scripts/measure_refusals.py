"""Measure whether photos of what is not indexed are refused, and photos of what is are not.

    python scripts/measure_refusals.py --set NAME=FOLDER --set … [--strangers FOLDER] --cache DIR

A set is a folder of photos for each subject. Indexes of one, three, ten and thirty photos a subject
are drawn from it, calibrated from their own photos as `snapcite index` does it, and asked with the
set's other photos: as they are (known) and with the subject hidden (unknown). One line an index:

known      photos whose subject is indexed, and how many of them were refused
found      of those, the ones whose subject came first, and how many of them were refused
unknown    the same photos with their subject hidden: how many were refused
strangers  photos of a folder that shows nothing indexed: how many were refused
promised   what the index says of itself: false refusals of found ones, unknown ones matched
card       the same four by the one cosine of the encoder's card, `foreign_below`
AUC        of found against unknown ones

Shares stand with their 95% bootstrap intervals. Sets should show subjects that neither the encoder
nor the prior was made on. `--all` draws one index of all sets together besides.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from photo_sets import (
    Photos,
    World,
    asked_questions,
    draw,
    load_set,
    near_to,
    own_questions,
    views_of,
)

from search.evaluation import bootstrap_mean
from search.resemblance import (
    Prior,
    Question,
    judged_by_others,
    own_weights,
    prior,
    replies_to,
    scale_of,
)
from vlm.encoders import EncoderCard
from vlm.models import load_encoder

ROOT = Path(__file__).resolve().parents[1]
REFERENCES = (1, 3, 10, 30)
HEAD = (
    "| set | photos a subject | known refused | found refused | unknown refused "
    "| strangers refused | promised | by the card: known, found, unknown, strangers | AUC |\n"
    + "| --- " * 9
    + "|"
)

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Judged:
    """One index, asked. Flags say what was refused; `card_…` by the card's cosine."""

    name: str
    references: int
    known: Flags
    found: Flags
    unknown: Flags
    strangers: Flags
    card_known: Flags
    card_found: Flags
    card_unknown: Flags
    card_strangers: Flags
    promised: tuple[float | None, float | None]
    auc: float


def main() -> None:
    """Print a line for each index."""
    options = _options()
    encoder = load_encoder(
        options.encoder, models_root=ROOT / "data/models", own_root=Path(".snapcite/models")
    )
    print(f"{encoder.card.name} {encoder.card.fingerprint}\n\n{HEAD}")
    strangers = None
    if options.strangers is not None:
        strangers = load_set("strangers", options.strangers, encoder, most=60, cache=options.cache)
    sets = [
        (name, load_set(name, folder, encoder, most=60, cache=options.cache))
        for name, folder in options.set
    ]
    if options.all:
        sets.append(("all", together(sets)))
    for name, photos in sets:
        for references in REFERENCES:
            indexed, asked = draw(photos, references, asked=12, seed=0)
            views = views_of(indexed, encoder, options.cache, each=1) if references == 1 else {}
            world = World(indexed, asked, views)
            judged = judge(
                name, references, world, list(own_questions(world)), asked_questions(world),
                prior(), encoder.card, strangers=strangers,
            )  # fmt: skip
            print(line(judged), flush=True)


def together(sets: Sequence[tuple[str, Photos]]) -> Photos:
    """Several sets as one."""
    return Photos(
        np.concatenate([np.char.add(f"{name}/", photos.subjects) for name, photos in sets]),
        np.concatenate([photos.vectors for _, photos in sets]),
        np.concatenate([photos.paths for _, photos in sets]),
    )


def judge(
    name: str,
    references: int,
    world: World,
    own: Sequence[Question],
    asked: Sequence[Question],
    made: Prior,
    card: EncoderCard,
    *,
    strangers: Photos | None = None,
) -> Judged:
    """Calibrate an index with its `own` questions and judge it on those that are `asked`."""
    scale = scale_of([question for question in own if not question.view])
    assert scale is not None, f"{name} has one subject only"
    of_its_own = replies_to(own, world.vectors, scale, made)
    promised = judged_by_others(of_its_own, made)
    threshold = promised.threshold(made.threshold)
    weights = own_weights(of_its_own, made)
    others = [] if strangers is None else [
        Question("", near_to(vector, world.indexed)) for vector in strangers.vectors
    ]  # fmt: skip
    replies = replies_to(asked, world.vectors, scale, made)
    foreign = replies_to(others, world.vectors, scale, made)[1::2]
    p = np.array([weights.probability(reply.signals) for reply in replies])
    known = np.array([reply.known for reply in replies])
    found = np.array([reply.right for reply in replies])
    closest = np.array(
        [reply.signals["closeness"] * scale.spread + scale.foreign for reply in replies]
    )
    by_card = closest < card.foreign_below
    return Judged(
        name,
        references,
        known=p[known] < threshold,
        found=p[found] < threshold,
        unknown=p[~known] < threshold,
        strangers=np.array([weights.probability(r.signals) < threshold for r in foreign], bool),
        card_known=by_card[known],
        card_found=by_card[found],
        card_unknown=by_card[~known],
        card_strangers=np.array(
            [question.near[0].score < card.foreign_below for question in others], bool
        ),
        promised=(promised.false_refusals(threshold), promised.false_matches(threshold)),
        auc=_auc(p[found], p[~known]),
    )


def line(judged: Judged) -> str:
    """A row of the table."""
    cells = [
        _share(each) for each in (judged.known, judged.found, judged.unknown, judged.strangers)
    ]
    promised = ", ".join("–" if each is None else f"{each:.2f}" for each in judged.promised)
    card = (judged.card_known, judged.card_found, judged.card_unknown, judged.card_strangers)
    by_card = ", ".join(f"{each.mean():.2f}" if len(each) else "–" for each in card)
    return (
        f"| {judged.name} | {judged.references} | {' | '.join(cells)} | {promised} | {by_card} "
        f"| {judged.auc:.2f} |"
    )


def _share(flags: Flags) -> str:
    interval = bootstrap_mean([bool(flag) for flag in flags])
    if interval is None:
        return "–"
    low, high = interval
    return f"{flags.mean():.2f} ({low:.2f}–{high:.2f}) of {len(flags)}"


def _auc(higher: npt.NDArray[np.float64], lower: npt.NDArray[np.float64]) -> float:
    if not len(higher) or not len(lower):
        return float("nan")
    equal = (higher[:, None] == lower).mean()
    return float((higher[:, None] > lower).mean() + equal / 2)


def set_of(text: str) -> tuple[str, Path]:
    """`NAME=FOLDER`."""
    name, found, folder = text.partition("=")
    if not found or not folder:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=FOLDER")
    return name, Path(folder)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        fromfile_prefix_chars="@",
    )  # fmt: skip
    parser.add_argument("--set", type=set_of, action="append", required=True, metavar="NAME=FOLDER")
    parser.add_argument("--strangers", type=Path, help="folder of photos of nothing indexed")
    parser.add_argument("--all", action="store_true", help="one index of all sets besides")
    parser.add_argument("--encoder", default="starter")
    parser.add_argument("--cache", type=Path, default=Path(".snapcite/photo_sets"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
