"""Hashes of photos that were indexed before there were any: made from their files, without encoding
them again."""

from collections.abc import Iterator

from knowledge.errors import InputError
from knowledge.index import Index, layout
from vlm.images import PhotoSize, decode_image
from vlm.likeness import picture_hash

_TOGETHER = 64
"""Photos whose payloads are written at once."""

_SIZE = PhotoSize(512)


def add_hashes(index: Index, corpus: str) -> int:
    """Hash a corpus's photos that have no hash yet. A kill loses nothing: run it again.

    Photos whose files are gone or damaged stay without.

    Returns:
        How many photos were hashed.

    Raises:
        StorageError: the index cannot be read or written.
    """
    missing, hashed = list(_without_hash(index, corpus)), 0
    for start in range(0, len(missing), _TOGETHER):
        payloads = {}
        for record in index.store.retrieve(missing[start : start + _TOGETHER]):
            try:
                pixels = decode_image(index.whole.photo_bytes(record.id), _SIZE).pixels
            except InputError:
                continue
            found = picture_hash(pixels)
            payloads[record.id] = layout.with_hash(record.payload, found)
        index.store.replace_payload(payloads)
        hashed += len(payloads)
    return hashed


def _without_hash(index: Index, corpus: str) -> Iterator[str]:
    where = {"corpus": corpus, "kind": "photo"}
    for record in index.store.scroll(where, keys=("hash", "ordinal")):
        if not layout.is_hashed(record.payload):
            yield record.id
