"""Reciprocal rank fusion: many rankings into one, by rank and never by score.

Scores of an image search, a cross-modal search and BM25 have different scales and different
meanings (a right match may score 0.25 in one and 0.8 in another), so only ranks are combined.

Cormack, Clarke and Büttcher, "Reciprocal rank fusion outperforms Condorcet and individual rank
learning methods", SIGIR 2009.
"""

from collections.abc import Mapping, Sequence

RRF_K = 5
"""Damping: the larger it is, the less the first ranks stand out. The paper's 60 pools dozens of
long rankings that are equally good. Here the first rank is often the subject and has to stand
out."""

SENTENCE = 0.2
"""How much the text encoder's ranking counts beside BM25's 1, where `SNAPCITE_TEXT_WEIGHT` does not
say otherwise."""

ACROSS = 3.5
"""How many times as much it counts among texts in another language than the question's: words
cannot find those, and the texts that BM25 puts first then say anything at all."""

WEIGHTS: Mapping[str, float] = {
    "name": 3.0,
    "photo_name": 3.0,
    "photo_words": 0.7,
    "image": 1.0,
    "lookalike": 2.0,
    "photo_text": 0.1,
    "question_text": 0.1,
    "bm25": 1.0,
    "sentence": SENTENCE,
    "across": ACROSS * SENTENCE,
}
"""Ranking → how much it counts. Where one subject alone looks like the photo, it comes first unless
the question names another one. Where several do, the question's words decide between them.
docs/retrieval.md has the measurements."""


def reciprocal_rank_fusion(
    rankings: Mapping[str, Sequence[str]],
    *,
    weights: Mapping[str, float] = WEIGHTS,
    k: int = RRF_K,
) -> dict[str, float]:
    """Fuse rankings: score(d) = sum over rankings r of weight(r) / (k + rank of d in r).

    Args:
        rankings: name → ids, best first, each id once.
        weights: name → weight; every ranking needs one.
        k: damping, at least 0.

    Returns:
        id → fused score, best first; ties keep the order in which ids were first seen.

    >>> fused = reciprocal_rank_fusion({"a": ["x", "y"], "b": ["y"]}, weights={"a": 1, "b": 1}, k=0)
    >>> fused["y"] == 1 / 2 + 1 / 1
    True
    >>> list(fused)
    ['y', 'x']
    """
    scores: dict[str, float] = {}
    for name, ids in rankings.items():
        for rank, id_ in enumerate(ids, start=1):
            scores[id_] = scores.get(id_, 0.0) + weights[name] / (k + rank)
    return dict(sorted(scores.items(), key=lambda item: -item[1]))
