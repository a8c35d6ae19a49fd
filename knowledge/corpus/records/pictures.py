"""Finding the files of pictures by what records call them. Opens no file and fetches nothing."""

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from knowledge.corpus.photos import PICTURE_SUFFIXES

_MOST_FILES = 200_000
_MOST_REFERENCE_CHARS = 2_000
_IMAGE_REQUEST = re.compile(
    r"/(?:full|square|(?:pct:)?[\d.,]+)/(?:\^?(?:full|max|!?[\d,]+|pct:[\d.]+))/!?[\d.]+/"
    r"(?:default|native|color|gray|bitonal)(?:\.\w+)?$"
)
"""The end of an address of the IIIF Image API, which is the same for every picture."""
_SAYS_NOTHING_TEXT = """
    default native full max info image images img thumb thumbnail download content file files
    view preview original large medium small square page canvas
"""
_SAYS_NOTHING = frozenset(_SAYS_NOTHING_TEXT.split())


class Listing:
    """The pictures in a folder and below, by their names. It is made at first use, and once.

    Args:
        root: the folder that paths are relative to.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._paths: dict[str, list[str]] | None = None

    def by_name(self) -> dict[str, list[str]]:
        """Paths, in order, by their names with and without ending, in one form of letters."""
        if self._paths is None:
            self._paths = {}
            for path in self._walk():
                pure = PurePosixPath(path)
                for key in dict.fromkeys((_key(pure.name), _key(pure.stem))):
                    self._paths.setdefault(key, []).append(path)
        return self._paths

    def _walk(self) -> Iterator[str]:
        seen = 0
        for folder, folders, names in os.walk(self.root):
            folders[:] = sorted(name for name in folders if not name.startswith((".", "@")))
            base = Path(folder).relative_to(self.root)
            for name in sorted(names):
                seen += 1
                if seen > _MOST_FILES:
                    return
                if PurePosixPath(name).suffix.lower() in PICTURE_SUFFIXES and name[0] != ".":
                    yield (base / name).as_posix()


class Pictures:
    """The pictures of a folder, looked up by what the records of one file call them.

    Args:
        listing: the pictures.
        folder: the folder of the file whose records are read, at the listing's root or below.
    """

    def __init__(self, listing: Listing, folder: Path) -> None:
        self._listing = listing
        self._folder = folder

    def find_all(self, references: Iterable[str]) -> list[str]:
        """Paths relative to the root of the pictures that are there, each once, in order.

        Of two with one name, as a picture and its thumbnail may have, the first is taken.
        """
        found: dict[str, str] = {}
        for reference in references:
            path = self.find(reference)
            if path is not None:
                found.setdefault(_key(PurePosixPath(path).stem), path)
        return list(found.values())

    def find(self, reference: str) -> str | None:
        """The path of the picture that a record calls so; None if it is not there.

        Args:
            reference: an address, a path or a name, with or without the ending of a picture.
        """
        if not reference or len(reference) > _MOST_REFERENCE_CHARS:
            return None
        for parts in _parts_of(reference):
            last = parts[-1]
            pure = PurePosixPath(last)
            keys = [_key(last)]
            if pure.suffix.lower() in (*PICTURE_SUFFIXES, ".jp2", ".jpx", ".j2k"):
                keys.append(_key(pure.stem))
            for key in keys:
                if (
                    len(key) > 1
                    and key not in _SAYS_NOTHING
                    and (near := self._nearest(key, parts))
                ):
                    return near
        return None

    def named(self, stem: str) -> list[str]:
        """The picture with a file's name beside it, or the pictures in a folder of that name.

        Args:
            stem: the path of the file, relative to the root, without its ending.
        """
        wanted = _key(stem)
        beside: list[str] = []
        inside: list[str] = []
        for paths in self._listing.by_name().values():
            for path in paths:
                pure = PurePosixPath(path)
                if _key(str(pure.with_suffix(""))) == wanted:
                    beside.append(path)
                elif _key(str(pure.parent)) == wanted:
                    inside.append(path)
        return sorted(set(beside)) or sorted(set(inside))

    def _nearest(self, key: str, parts: list[str]) -> str | None:
        """Of the pictures with a name the one whose folders are most like those of a reference."""
        paths = self._listing.by_name().get(key, [])
        if len(paths) <= 1:
            return paths[0] if paths else None

        def likeness(path: str) -> tuple[int, bool]:
            same = 0
            folders = PurePosixPath(path).parts[:-1]
            for mine, theirs in zip(reversed(folders), reversed(parts[:-1]), strict=False):
                if _key(mine) != _key(theirs):
                    break
                same += 1
            return same, (self._listing.root / path).parent.is_relative_to(self._folder)

        ranked = sorted(paths, key=likeness, reverse=True)
        is_sure = likeness(ranked[0]) != likeness(ranked[1]) or _same_picture(ranked[0], ranked[1])
        return ranked[0] if is_sure else None


def _same_picture(one: str, other: str) -> bool:
    """Whether two paths differ in their endings only."""
    return PurePosixPath(one).with_suffix("") == PurePosixPath(other).with_suffix("")


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _parts_of(reference: str) -> Iterator[list[str]]:
    """What may be the path of a picture in a reference, the likeliest first."""
    reference = reference.strip().replace("\\", "/")
    path = reference
    if "://" in reference or reference.startswith("file:"):
        try:
            split = urlsplit(reference)
        except ValueError:
            return
        path = split.path
        queried = [
            value for _, _, value in (part.partition("=") for part in split.query.split("&"))
        ]
    else:
        queried = []
    path = _IMAGE_REQUEST.sub("", path)
    path = path.removesuffix("/info.json").removesuffix("/")
    for candidate in (path, *queried):
        parts = [
            inner for part in candidate.split("/") for inner in unquote(part).split("/") if inner
        ]
        if parts:
            yield parts
            if ":" in parts[-1]:  # `urn:site:123`
                yield [*parts[:-1], parts[-1].rpartition(":")[2]]
