"""Photos by the names that people write for them in a table's cells.

In a cell a photo is written as its path, its name with or without its ending (or with that of the
master file), in any case, with composed accents or without, behind a path of another machine
(`C:\\\\scans\\\\gate.tif`), or as the number that its name begins with (`1937.4` for `1937.4_a.jpg`
and `1937.4_b.jpg`). Opens no file.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from unicodedata import normalize
from urllib.parse import unquote

from knowledge.corpus.photos import PICTURE_SUFFIXES
from knowledge.identifiers import is_web_address

_BETWEEN = (
    re.compile(r"[;|\n\t]+"),
    re.compile(r"\s*[,;|\n\t]\s*"),
    re.compile(r"\s*[,;|\n\t&+]\s*|\s+/\s+|\s+and\s+|\s+und\s+|\s+et\s+"),
    re.compile(r"[\s,;|&+]+"),
)
"""What stands between names in a cell, the plainest first: names may hold commas and spaces."""
_DRIVE = re.compile(r"^(?:file:/{2,3})?(?:[A-Za-z]:)?")
_LOOSE = re.compile(r"[\s_\-.,()+]+")
_OF_SERIES = re.compile(
    r"(?P<base>.+?)[\s_\-.]*[\s_\-.(]"
    r"(?:\d{1,3}|[a-z]|front|back|recto|verso|detail|page ?\d{1,3}|p\d{1,3})\)?"
)
"""A name that another name and a count or a side make."""
_SMALL = re.compile(r"(?:^|[/_\-. ])(?:thumb(?:nail)?s?|previews?|small)[/_\-. ]", re.IGNORECASE)
_LONGEST = 1_000
_MOST_PARTS = 1_000


@dataclass(frozen=True, slots=True)
class Named:
    """What a cell names.

    Attributes:
        paths: of the photos that were found.
        missing: names of which nothing was found.
        unclear: names that several photos have, and two of these.
    """

    paths: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unclear: tuple[tuple[str, str, str], ...] = ()


class PhotoNames:
    """The photos of a folder, to be found by what people call them.

    Args:
        paths: of all photos, relative to the folder.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        self._by_name: dict[str, list[str]] = {}
        self._by_stem: dict[str, list[str]] = {}
        self._by_loose: dict[str, list[str]] = {}
        self._by_base: dict[str, list[str]] = {}
        for path in sorted(paths):
            pure = PurePosixPath(path)
            stem = _key(_stem(pure.name))
            self._by_name.setdefault(_key(pure.name), []).append(path)
            self._by_stem.setdefault(stem, []).append(path)
            self._by_loose.setdefault(_LOOSE.sub("", stem), []).append(path)
            if match := _OF_SERIES.fullmatch(stem):
                self._by_base.setdefault(match["base"], []).append(path)

    def find(self, cell: str, *, taken: frozenset[str] = frozenset()) -> Named:
        """The photos that a cell names.

        Args:
            cell: one name, or several with something between them.
            taken: keys (`keys_of`) of names in other cells; a photo that one of them names is no
                part of a series here.
        """
        best = Named()
        for between in (None, *_BETWEEN):
            names = [cell] if between is None else between.split(cell)
            names = [name for part in names[:_MOST_PARTS] if (name := part.strip(" \"'[]"))]
            found = self._all(names, taken)
            if found.paths and not found.missing:
                return found
            more = len(found.paths) > len(best.paths) or not (best.paths or best.missing)
            clearer = _are_names(names) and len(names) > len(best.missing)
            if more or (clearer and not best.paths):
                best = found
        return best

    def _all(self, names: Sequence[str], taken: frozenset[str]) -> Named:
        paths: dict[str, None] = {}
        missing, unclear = [], []
        for name in names:
            if is_web_address(name):
                continue
            found, is_series = self._one(name, taken)
            if len(found) > 1 and not is_series:
                unclear.append((name, found[0], found[1]))
            elif found:
                paths |= dict.fromkeys(found)
            else:
                missing.append(name)
        return Named(tuple(paths), tuple(missing), tuple(unclear))

    def _one(self, name: str, taken: frozenset[str]) -> tuple[list[str], bool]:
        """Paths, and whether several of them belong together."""
        if len(name) > _LONGEST:
            return [], False
        parts = _parts(name)
        if not parts:
            return [], False
        stem = _key(_stem(parts[-1]))
        found = _closest(self._by_name.get(_key(parts[-1]), []), parts)
        found = found or _closest(self._by_stem.get(_key(parts[-1]), []), parts)
        found = found or _closest(self._by_stem.get(stem, []), parts)
        if PurePosixPath(parts[-1]).suffix.lower() in PICTURE_SUFFIXES or "/" in name:
            return found or self._loosely(stem), False
        if len(found) > 1:
            return found, False
        series = [
            path
            for path in self._by_base.get(stem, [])
            if path not in found and _key(_stem(PurePosixPath(path).name)) not in taken
        ]
        return found + series or self._loosely(stem), bool(series)

    def _loosely(self, stem: str) -> list[str]:
        loose = _LOOSE.sub("", stem)
        found = self._by_loose.get(loose, []) if len(loose) > 2 else []
        return found if len(found) == 1 else []


def keys_of(cell: str) -> Iterator[str]:
    """Keys of what a cell may name, to be compared with those of other cells."""
    for part in (cell, *_BETWEEN[0].split(cell)):
        if parts := _parts(part.strip()):
            yield _key(_stem(parts[-1]))


def best_column(
    names: PhotoNames, columns: Sequence[str], rows: Sequence[Mapping[str, Sequence[str]]]
) -> str | None:
    """The column whose values name photos of the folder, if there is one.

    Args:
        names: the photos.
        columns: those to look at, the likeliest first.
        rows: the first rows.
    """
    best, most = None, 0.0
    for column in columns:
        cells = ["; ".join(row[column]) for row in rows if row.get(column)]
        if not cells or len(set(cells)) < 0.8 * len(cells):
            continue
        found = sum(bool(names.find(cell).paths) for cell in cells)
        if found / len(cells) > most and found >= min(2, len(cells)):
            best, most = column, found / len(cells)
    return best if most >= 0.25 else None


def _are_names(names: Sequence[str]) -> bool:
    return bool(names) and all(
        PurePosixPath(name).suffix.lower() in PICTURE_SUFFIXES for name in names
    )


def _closest(paths: Sequence[str], parts: Sequence[str]) -> list[str]:
    """The paths that share most folders with a name, counted from the end; no thumbnails."""
    paths = [path for path in paths if not _SMALL.search(path)] or list(paths)
    if len(paths) < 2:
        return list(paths)
    folders = [_key(part) for part in parts[:-1]]

    def shared(path: str) -> int:
        there = [_key(part) for part in PurePosixPath(path).parts[:-1]]
        count = 0
        while count < min(len(there), len(folders)) and there[-1 - count] == folders[-1 - count]:
            count += 1
        return count

    most = max(map(shared, paths))
    closest = [path for path in paths if shared(path) == most]
    # A name without folders means the one that lies nearest to the top.
    top = [path for path in closest if "/" not in path]
    return top if len(top) == 1 and not folders else closest


def _parts(name: str) -> list[str]:
    plain = _DRIVE.sub("", unquote(name) if "%" in name else name).replace("\\", "/")
    return [part for part in plain.split("/") if part.strip() not in ("", ".", "..")]


def _stem(name: str) -> str:
    pure = PurePosixPath(name)
    return pure.stem if pure.suffix.lower() in PICTURE_SUFFIXES else name


def _key(name: str) -> str:
    return normalize("NFC", normalize("NFC", name).casefold()).strip()
