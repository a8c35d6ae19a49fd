"""Files of a server's index: points of the collection itself, without vectors, in parts.

So every replica has them without a shared disk, and Qdrant's snapshots hold them.
"""

import base64
from collections.abc import Sequence
from uuid import NAMESPACE_URL, uuid5

from knowledge.store.base import Point, VectorStore
from knowledge.store.checks import missing_file

_KIND = "upload"

_PART_BYTES = 3 * 2**20
"""Of a file in one point: in base64 that stays below what a request to Qdrant should have."""


class PointFiles:
    """`Files` in points that are found by their ids alone."""

    def __init__(self, store: VectorStore) -> None:
        """Use `store`; its owner closes it."""
        self._store = store

    def write(self, name: str, data: bytes) -> None:
        """One point for each part; the first, which says how many there are, is written last."""
        parts = [data[start : start + _PART_BYTES] for start in range(0, len(data), _PART_BYTES)]
        for number in reversed(range(len(parts))):
            payload = {
                "kind": _KIND,
                "parts": len(parts),
                "data": base64.b64encode(parts[number]).decode(),
            }
            self._store.upsert([Point(_part_id(name, number), payload)])

    def read(self, name: str) -> bytes:
        """The parts put together."""
        data = b""
        number, count = 0, 1
        while number < count:
            records = self._store.retrieve([_part_id(name, number)])
            if not records:
                raise missing_file(name)
            count = records[0].payload["parts"]
            data += base64.b64decode(records[0].payload["data"])
            number += 1
        return data

    def delete(self, names: Sequence[str]) -> None:
        """All parts, the first one last, so that a removal that was cut off can be repeated."""
        firsts = {_part_id(name, 0): name for name in names}
        for record in self._store.retrieve(list(firsts)):
            name = firsts[record.id]
            rest = [_part_id(name, number) for number in range(1, record.payload["parts"])]
            self._store.delete(rest)
            self._store.delete([record.id])


def _part_id(name: str, number: int) -> str:
    return str(uuid5(NAMESPACE_URL, f"urn:snapcite:upload:{name}:{number}"))
