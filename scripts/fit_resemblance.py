"""Make the prior of `search.resemblance` from sets of photos by subject.

    python scripts/fit_resemblance.py --set NAME=FOLDER --set … [--group NAME=GROUP …] --cache DIR

Small indexes of one, three, ten and thirty photos a subject are drawn from each set and asked with
its other photos, each once known and once with its own subject hidden. The prior is a logistic fit
on all of them, each index counting the same. Sets that share subjects are given one group. First
each group is judged by a prior made without it (as `measure_refusals.py` judges), then the prior of
all is written to search/resemblance/prior.json. Run it again when the starter's weights change, on
sets that they were not trained on.
"""

import argparse
import datetime
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from measure_refusals import HEAD, Judged, judge, line, set_of
from photo_sets import World, asked_questions, draw, load_set, own_questions, views_of

from search.fitting import Floats, fit_logistic
from search.resemblance import (
    SIGNALS,
    SIGNS,
    Prior,
    Question,
    Reply,
    Weights,
    balanced,
    prior,
    replies_to,
    scale_of,
)
from vlm.models import load_encoder

REFERENCES = (1, 3, 10, 30)
EACH_COUNTS = 200.0
RIDGE = 20.0
ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Draw, judge each group by the others, fit all, write."""
    options = _options()
    encoder = load_encoder(
        options.encoder, models_root=ROOT / "data/models", own_root=Path(".snapcite/models")
    )
    groups = dict(options.group)
    worlds: list[tuple[str, int, World]] = []
    for name, folder in options.set:
        photos = load_set(name, folder, encoder, most=60, cache=options.cache)
        for references in REFERENCES:
            for seed in (0, 1) if references == 1 else (0,):
                indexed, asked = draw(photos, references, asked=12, seed=seed)
                views = views_of(indexed, encoder, options.cache, each=1) if references == 1 else {}
                worlds.append((name, references, World(indexed, asked, views)))
    asked_of = [asked_questions(world) for _, _, world in worlds]
    own_of = [list(own_questions(world)) for _, _, world in worlds]
    kept = prior_of(worlds, asked_of, own_of)
    print(HEAD)
    judged: list[Judged] = []
    for group in dict.fromkeys(groups.get(name, name) for name, _, _ in worlds):
        others = [i for i, (name, _, _) in enumerate(worlds) if groups.get(name, name) != group]
        without = prior_of(
            [worlds[i] for i in others], [asked_of[i] for i in others], [own_of[i] for i in others]
        )
        for i, (name, references, world) in enumerate(worlds):
            if i not in others:
                judged.append(
                    judge(name, references, world, own_of[i], asked_of[i], without, encoder.card)
                )
                print(line(judged[-1]), flush=True)
    for name, weight in kept.weights.weights.items():
        print(f"  {name:16} {weight:+.3f}  {SIGNALS[name]}")
    print(f"  intercept {kept.weights.intercept:+.3f}, view_share {kept.view_share}")
    if not options.dry_run:
        path = ROOT / "search/resemblance/prior.json"
        path.write_text(kept.model_dump_json(indent=2) + "\n", encoding="utf-8")
        print(f"written: {path}")


def prior_of(
    worlds: Sequence[tuple[str, int, World]],
    asked: Sequence[Sequence[Question]],
    own: Sequence[Sequence[Question]],
) -> Prior:
    """The prior that these indexes give."""
    names = list(SIGNALS)
    rows: list[list[float]] = []
    right: list[float] = []
    known: list[bool] = []
    counts: list[float] = []
    shares: list[float] = []
    data: dict[str, int] = {}
    for (name, references, world), questions, of_its_own in zip(worlds, asked, own, strict=True):
        scale = scale_of([q for q in of_its_own if not q.view])
        if scale is None:
            continue
        replies = replies_to(questions, world.vectors, scale, _unused())
        rows += [[reply.signals[n] for n in names] for reply in replies]
        right += [float(reply.right) for reply in replies]
        known += [reply.known for reply in replies]
        counts += [EACH_COUNTS / len(replies)] * len(replies)
        data[name] = data.get(name, 0) + len(replies)
        if references == 1:
            shares += _view_share(replies, of_its_own, scale.foreign, scale.spread)
    signals = np.array(rows)
    deviations = signals.std(axis=0) + 1e-6
    intercept, weights = fit_logistic(
        signals / deviations, np.array(right), np.array(counts), ridge=RIDGE,
        signs=[SIGNS.get(n, 0) for n in names],
    )  # fmt: skip
    p = 1 / (1 + np.exp(-(intercept + signals / deviations @ weights)))
    is_known = np.array(known)
    return Prior(
        threshold=round(_equal(p[np.array(right) > 0], p[~is_known]), 3),
        weights=Weights(
            intercept=round(intercept, 4),
            weights={
                n: round(float(w), 4) for n, w in zip(names, weights / deviations, strict=True)
            },
        ),
        deviations={n: round(float(d), 4) for n, d in zip(names, deviations, strict=True)},
        view_share=round(float(np.median(shares)), 3) if shares else prior().view_share,
        data=data,
        date=datetime.date.today().isoformat(),
    )


def _equal(found: Floats, hidden: Floats) -> float:
    """Where both shares are equal. An index that cannot tell its own is rather too careful: a
    refusal shows what the photo may be, and a stranger's story is believed."""
    return balanced(found, hidden, refusals=1.0, matches=1.0)


def _view_share(
    replies: Sequence[Reply], own: Sequence[Question], foreign: float, spread: float
) -> list[float]:
    """How far above foreign second photos that were found are, as a share of changed views."""
    found = [reply.signals["closeness"] * spread for reply in replies if reply.right]
    views = [
        next(each.score for each in question.near if each.subject == question.subject) - foreign
        for question in own
        if question.view
    ]
    if len(found) < 5 or len(views) < 4 or np.median(views) <= 0:
        return []
    return [float(np.clip(np.median(found) / np.median(views), 0.05, 1.0))]


def _unused() -> Prior:
    """What `replies_to` takes where no question is a view."""
    return Prior(
        weights=Weights(intercept=0.0, weights={}),
        deviations=dict.fromkeys(SIGNALS, 1.0),
        threshold=0.5,
        view_share=1.0,
        data={},
        date="",
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        fromfile_prefix_chars="@",
    )  # fmt: skip
    parser.add_argument("--set", type=set_of, action="append", required=True, metavar="NAME=FOLDER")
    parser.add_argument(
        "--group", type=lambda text: tuple(text.split("=")), action="append", default=[]
    )
    parser.add_argument("--encoder", default="starter")
    parser.add_argument("--cache", type=Path, default=Path(".snapcite/photo_sets"))
    parser.add_argument("--dry-run", action="store_true", help="write no prior")
    return parser.parse_args()


if __name__ == "__main__":
    main()
