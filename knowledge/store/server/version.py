"""Which Qdrant servers SnapCite works with, and what it says to the others."""

import re
import sys
from typing import TYPE_CHECKING

from knowledge.errors import StorageError, StoreUnavailableError

if TYPE_CHECKING:
    from qdrant_client import QdrantClient

OLDEST = (1, 17)
"""The first that takes a time-out with a write and says that the time was over before the write was
applied. 1.15 and older ignore it; 1.16 refuses every write that has one."""

NEWEST_MAJOR = 1

TRIED = "1.19.0"
"""The newest that the contract tests and the cluster ran against; 1.17.1 is the oldest."""

_NUMBERS = re.compile(r"v?(\d{1,6})\.(\d{1,6})(?=[.\-+]|$)")


Release = tuple[int, int]
"""Major and minor number of a version."""

UNKNOWN: Release = (0, 0)
"""The release of a server that does not tell its version."""


def release_of(client: "QdrantClient") -> Release:
    """The release of a client's server; the newest there can be for the one in this process."""
    from qdrant_client.local.qdrant_local import QdrantLocal

    if isinstance(client._client, QdrantLocal):
        return NEWEST_MAJOR, sys.maxsize
    return _release(client.info().version) or UNKNOWN


def _release(version: str) -> Release | None:
    numbers = _NUMBERS.match(version)
    return None if numbers is None else (int(numbers[1]), int(numbers[2]))


def check_version(version: str, place: str) -> None:
    """Refuse a server that this engine does not work with.

    Args:
        version: as the server tells it.
        place: its address, for people.

    Raises:
        StoreUnavailableError: what answers tells no version, so it is not Qdrant.
        StorageError: it is too old or of another generation; says which and what to do.
    """
    found = _release(version)
    if found is None:
        raise StoreUnavailableError(
            f"What answers at {place} is not a Qdrant server: it gives {version[:40]!r} as its "
            "version."
        )
    known = f"SnapCite works with {OLDEST[0]}.{OLDEST[1]} and every later 1.x (tried: {TRIED})"
    if found < OLDEST:
        raise StorageError(
            f"The Qdrant server at {place} is version {version[:40]}; {known}. Make a snapshot and "
            "upgrade the server, one minor version after the other (docs/cluster.md)."
        )
    if found[0] > NEWEST_MAJOR:
        raise StorageError(
            f"The Qdrant server at {place} is version {version[:40]}; {known}. Use such a server, "
            "or a SnapCite that knows this one."
        )


def is_newer_than_tried(version: str) -> bool:
    """Whether nobody has tried this version; True for what is not a version."""
    found, tried = _release(version), _release(TRIED)
    assert tried is not None
    return found is None or found > tried
