"""The order of hits with equal scores: by their ids, whichever engine found them.

An engine lists such hits in an order of its own, and cuts the list anywhere among them. So it is
asked for some more than are wanted; where the cut still goes through equal ones, for `TIED`.
"""

from collections.abc import Sequence

from knowledge.store.base import Hit

TIED = 1_000
"""The most hits that are looked at for the order of equal ones."""

_MORE = 6


def first_limit(k: int) -> int:
    """How many hits to ask for so that `k` can usually be put in order."""
    return k + _MORE


def best_in_order(found: Sequence[Hit], k: int, *, limit: int) -> list[Hit] | None:
    """The first `k` of the hits; None where hits that were not asked for may belong among them.

    Args:
        found: best first, as an engine gave them.
        k: at least 1.
        limit: how many the engine was asked for.
    """
    if len(found) == limit and limit < TIED and found[k - 1].score == found[-1].score:
        return None
    return in_order(found)[:k]


def in_order(found: Sequence[Hit]) -> list[Hit]:
    """Best first, equal ones by their ids."""
    return sorted(found, key=lambda hit: (-hit.score, hit.id))
