"""Whether a server can count words over a part of its points, and what is kept out where it cannot.

Qdrant counts them over all points (1.19 and later: over those that a filter keeps). On an earlier
server the words of closed points would show in the scores of open ones, so that closed points are
written without their sparse vectors there: who may see them finds them by everything else.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from knowledge.store.base import Point, SparseVector

if TYPE_CHECKING:
    from qdrant_client import QdrantClient

_SCOPED_SINCE = (1, 19)
_NUMBERS = re.compile(r"v?(\d{1,6})\.(\d{1,6})")


def counts_a_part(client: "QdrantClient") -> bool:
    """Whether the server's `idf` takes a filter; False where it does not tell its version."""
    from qdrant_client.local.qdrant_local import QdrantLocal

    if isinstance(client._client, QdrantLocal):
        return True
    found = _NUMBERS.match(client.info().version)
    return found is not None and (int(found[1]), int(found[2])) >= _SCOPED_SINCE


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
