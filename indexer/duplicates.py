"""The same picture, or the same text, in two files of a corpus: counted and named, not removed."""

import hashlib
from collections.abc import Iterator

from knowledge.documents import Document, Note

_LEAST_TEXT = 200
"""Characters: shorter texts may well be the same in two places."""
_NAMED = 20
"""Pairs that are named; of more, the number is said."""


class Duplicates:
    """Sees the documents of a corpus one by one; keeps a digest and a path of each photo."""

    def __init__(self) -> None:
        self._photos: dict[bytes, str] = {}
        self._texts: dict[bytes, str] = {}
        self._pairs: list[tuple[str, str, str]] = []
        self._count = 0

    def add(self, document: Document) -> None:
        """Look at a document of the corpus."""
        for photo in document.photos:
            other = self._photos.setdefault(bytes.fromhex(photo.sha256), photo.path)
            if other != photo.path:
                self._found(photo.path, other, "picture")
        if len(document.text) >= _LEAST_TEXT and not document.photos:
            digest = hashlib.sha256(document.text.encode("utf-8", "surrogatepass")).digest()
            other = self._texts.setdefault(digest, document.id)
            if other != document.id:
                self._found(document.id, other, "text")

    def notes(self) -> Iterator[Note]:
        """What was found."""
        for path, other, what in self._pairs:
            yield Note(path, f"The same {what} as {other!r}; one of them is enough.")
        if (more := self._count - len(self._pairs)) > 0:
            yield Note("", f"{more:,} more files hold the same picture or text as another.")

    def _found(self, path: str, other: str, what: str) -> None:
        self._count += 1
        if len(self._pairs) < _NAMED:
            self._pairs.append((path, other, what))
