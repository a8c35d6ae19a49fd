"""Whether a server can count words over a part of its points, and what is kept out where it cannot.

Qdrant counts them over all points (1.19 and later: over those that a filter keeps). On an earlier
server the words of closed points would show in the scores of open ones, so that closed points are
written without their sparse vectors there: who may see them finds them by everything else.
"""

from collections.abc import Sequence
from dataclasses import replace

from knowledge.store.base import Point, SparseVector
from knowledge.store.server.version import Release

COUNTS_A_PART_SINCE: Release = (1, 19)
"""The first release whose `idf` takes a filter."""


def without_closed_words(points: Sequence[Point]) -> list[Point]:
    """The points; of closed ones without sparse vectors."""
    return [
        replace(
            point,
            vectors={
                name: vector
                for name, vector in point.vectors.items()
                if not isinstance(vector, SparseVector)
            },
        )
        if "closed" in point.payload
        else point
        for point in points
    ]
