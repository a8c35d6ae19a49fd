"""How much the order of BM25 changes where each shard counts words for itself.

    python -m benchmarks.shard_statistics

Passages of words by Zipf's law, spread over shards by chance, and questions of three words of a
passage. The ten best by each shard's own document frequencies are compared with the ten best by
those of the whole collection. Arithmetic alone: no server is needed.
"""

import argparse

import numpy as np

from benchmarks import results

_VOCABULARY, _LENGTH, _ASKED, _K = 200_000, 40, 200, 10
_SKIPPED = 60  # the commonest words, which are stop words


def overlap(passages: int, shards: int, *, seed: int = 0) -> tuple[float, float]:
    """Share of the ten best that both find, and of questions whose best passage is the same."""
    rng = np.random.default_rng(seed)
    words = _zipf(rng, (passages, _LENGTH))
    shard = rng.integers(shards, size=passages)
    shared, same = [], []
    for passage in rng.integers(passages, size=_ASKED):
        asked = rng.choice(np.unique(words[passage]), 3, replace=False)
        counts = np.stack([(words == word).sum(axis=1) for word in asked], axis=1)  # (passages, 3)
        weights = counts * 2.2 / (counts + 1.2)
        whole = weights @ _idf((counts > 0).sum(axis=0), passages)
        apart = np.zeros(passages)
        for number in range(shards):
            here = shard == number
            apart[here] = weights[here] @ _idf((counts[here] > 0).sum(axis=0), int(here.sum()))
        one, other = (np.argsort(-scores, kind="stable")[:_K] for scores in (whole, apart))
        shared.append(len(set(one) & set(other)) / _K)
        same.append(one[0] == other[0])
    return float(np.mean(shared)), float(np.mean(same))


def _idf(holding: np.ndarray, count: int) -> np.ndarray:
    return np.log(1 + (count - holding + 0.5) / (holding + 0.5))


def _zipf(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """int32, each a word's rank; rank r is drawn in proportion to 1 / (r + `_SKIPPED`)."""
    chances = 1.0 / np.arange(_SKIPPED, _SKIPPED + _VOCABULARY)
    ends = np.cumsum(chances / chances.sum())
    return np.searchsorted(ends, rng.random(shape)).astype(np.int32)


def main() -> None:
    """Print and keep a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--passages", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--shards", type=int, nargs="+", default=[3, 12])
    options = parser.parse_args()
    lines = []
    for passages in options.passages:
        for shards in options.shards:
            shared, same = overlap(passages, shards)
            what = f"{passages:,} passages in {shards} shards: share of the ten best"
            lines.append(results.Line(what, "", shared, more={"same_best": same}))
    results.show(lines)
    results.save(results.FOLDER, "shard-statistics", lines, questions=_ASKED)


if __name__ == "__main__":
    main()
