"""Measure how fusion's weights and damping change which subject comes first.

    python scripts/measure_fusion.py INDEX TESTSET...

Retrieves the rankings of each labelled question once and tries every setting on them. Settings are
compared on the test sets' odd lines, and the best is confirmed on the even lines.
"""

import argparse
import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path

from PIL import Image

from api.settings import load_settings
from api.wiring.pipeline import build_encoder, build_index, build_text_encoder
from search.evaluation import load_testset, mean_reciprocal_rank, recall_at_k
from search.fusion import RRF_K, WEIGHTS, reciprocal_rank_fusion
from search.query import Query
from search.retrieve import Retriever
from vlm.images import decode_image

Ranked = tuple[str, Mapping[str, Sequence[str]]]
"""A question's right document (its id within its corpus) and its rankings."""


def load(index: str, testsets: Sequence[Path]) -> tuple[list[Ranked], list[Ranked]]:
    """The rankings of the odd and of the even questions that have a right document."""
    settings = load_settings(index=index)
    encoder = build_encoder(settings)
    halves: tuple[list[Ranked], list[Ranked]] = ([], [])
    text_encoder = build_text_encoder(settings)
    with build_index(settings, encoder, text_encoder=text_encoder) as opened:
        asked = dict.fromkeys(WEIGHTS, 1.0)
        retriever = Retriever(opened, encoder, text_encoder=text_encoder, weights=asked)
        for path in testsets:
            for number, question in enumerate(load_testset(path), start=1):
                if question.document is None:
                    continue
                photos: tuple[Image.Image, ...] = ()
                if question.photo:
                    content = question.photo.read_bytes()
                    photos = (decode_image(content, encoder.card.photo_size).pixels,)
                query = Query(question.question, photos)
                ranked = retriever.rank(query, retriever.encode(query)).ordered
                halves[(number + 1) % 2].append((question.document, ranked))
    return halves


def measure(questions: Sequence[Ranked], weights: Mapping[str, float], k: int) -> tuple[float, ...]:
    """Subject recall@1, recall@5 and MRR."""
    ranks: list[int | None] = []
    for document, rankings in questions:
        used = {name: ids for name, ids in rankings.items() if weights[name] > 0}
        fused = reciprocal_rank_fusion(used, weights=weights, k=k)
        ids = [id_.split("/", 1)[1] for id_ in fused]
        ranks.append(ids.index(document) + 1 if document in ids else None)
    return (
        recall_at_k(ranks, 1) or 0.0,
        recall_at_k(ranks, 5) or 0.0,
        mean_reciprocal_rank(ranks) or 0.0,
    )


def main() -> None:
    """Print what each ranking does alone, what leaving it out costs, and the best of a grid."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index")
    parser.add_argument("testsets", type=Path, nargs="+")
    options = parser.parse_args()
    odd, even = load(options.index, options.testsets)

    def line(name: str, weights: Mapping[str, float], k: int) -> None:
        cells = [f"{value:.3f}" for half in (odd, even) for value in measure(half, weights, k)]
        print(f"{name:<52} " + "  ".join(cells))

    print(f"{'':<52} odd: R@1    R@5    MRR   even: R@1   R@5    MRR")
    line(f"as set, k={RRF_K}", WEIGHTS, RRF_K)
    for k in (0, 1, 5, 10, 60):
        line(f"as set, k={k}", WEIGHTS, k)
    for name in WEIGHTS:
        line(f"{name} alone", {n: float(n == name) for n in WEIGHTS}, RRF_K)
        line(f"without {name}", {**WEIGHTS, name: 0.0}, RRF_K)

    for weight, across in itertools.product((0, 0.1, 0.3, 1.0), (0, 0.5, 1.0)):
        line(
            f"sentence {weight}, across {across}",
            {**WEIGHTS, "sentence": weight, "across": across},
            RRF_K,
        )

    grid = itertools.product(
        (1, 2, 5, 10), (0.5, 1, 2), (0, 1, 2), (2, 4), (0, 0.1), (0, 0.1, 0.3), (0.3, 0.6, 1)
    )
    settings = [
        (k, {"image": image, "lookalike": near, "name": name, "photo_text": cross,
             "question_text": text, "bm25": bm25, "sentence": WEIGHTS["sentence"],
             "across": WEIGHTS["across"]})
        for k, image, near, name, cross, text, bm25 in grid
    ]  # fmt: skip
    best = sorted(settings, key=lambda s: measure(odd, s[1], s[0]), reverse=True)[:5]
    print("best on the odd questions:")
    for k, weights in best:
        line(f"k={k} " + " ".join(f"{n}={w}" for n, w in weights.items()), weights, k)


if __name__ == "__main__":
    main()
