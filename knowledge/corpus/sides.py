"""Front and back of one print, by the names of their files. Opens no file.

`gate_front.jpg` and `gate_back.jpg` are the two sides of one thing, and so are `gate.jpg` and
`gate_verso.jpg`. Short marks are trusted less: `house_a.jpg` and `house_b.jpg` may be two houses.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import NamedTuple
from unicodedata import normalize

_PAIRS = (
    ("front", "back"),
    ("front", "reverse"),
    ("recto", "verso"),
    ("obverse", "reverse"),
    ("obv", "rev"),
    ("vorderseite", "rückseite"),
    ("vorderseite", "rueckseite"),
    ("vorne", "hinten"),
    ("vorn", "hinten"),
    ("avers", "revers"),
    ("fronte", "retro"),
    ("recto", "dos"),
    ("face", "dos"),
    ("anverso", "reverso"),
    ("frente", "verso"),
    ("voorkant", "achterkant"),
    ("正面", "背面"),
)
_BACKS = frozenset({back for _, back in _PAIRS})
_SHORT_PAIRS = (("f", "b"), ("r", "v"), ("vs", "rs"))
"""Marks that count only where both sides are there."""
_MARK = re.compile(r"(?P<base>.*\w)\s*(?:[_\-. ]+|\s*\()(?P<mark>[^\W\d_]+)\)?", re.DOTALL)
_LEAF = re.compile(r"(?P<base>.*\d)(?P<mark>[rv])", re.DOTALL)
_LEAST_BASES = 3
"""Pairs of `_a` and `_b` in a folder, and no `_c`, that make such letters sides."""


class Side(NamedTuple):
    """A picture, what it and its other sides are called, and these."""

    front: str
    base: str
    others: tuple[str, ...]


def sides_of(paths: Iterable[str]) -> list[Side]:
    """The pictures that are sides of one thing.

    Args:
        paths: of photos, with `/`.
    """
    marked: dict[str, dict[str, str]] = defaultdict(dict)
    plain: dict[str, str] = {}
    bases: dict[str, str] = {}
    for path in sorted(paths):
        pure = PurePosixPath(path)
        name = normalize("NFC", pure.stem)
        plain.setdefault(_key(pure, name), path)
        match = _MARK.fullmatch(name) or _LEAF.fullmatch(name)
        if match:
            key = _key(pure, match["base"])
            marked[key].setdefault(match["mark"].casefold(), path)
            bases.setdefault(key, str(pure.with_name(match["base"])))
    lettered = _lettered(marked)
    found = []
    for key, marks in sorted(marked.items()):
        pair = _pair(marks, plain.get(key), certain=key in lettered)
        if pair:
            found.append(Side(pair[0], bases[key], pair[1:]))
    return found


def _pair(marks: Mapping[str, str], plain: str | None, *, certain: bool) -> tuple[str, ...]:
    """The front and then its back; empty if they are not sides of one thing."""
    for front, back in (*_PAIRS, *_SHORT_PAIRS):
        if front in marks and back in marks:
            return marks[front], marks[back]
    backs = [path for mark, path in marks.items() if mark in _BACKS]
    if plain is not None and len(backs) == 1:
        return plain, backs[0]
    if certain:
        # Scanners of prints write `x.jpg`, `x_a.jpg` (improved) and `x_b.jpg` (the back).
        first = (plain,) if plain is not None else ()
        return (*first, marks["a"], marks["b"])
    return ()


def _lettered(marked: Mapping[str, Mapping[str, str]]) -> set[str]:
    """Bases whose `a` and `b` are sides: all numbered bases of the folder have just these two."""
    folders: dict[str, list[str]] = defaultdict(list)
    for key, marks in marked.items():
        if any(len(mark) == 1 for mark in marks):
            folders[key.rpartition("/")[0]].append(key)
    found: set[str] = set()
    for keys in folders.values():
        letters = [{mark for mark in marked[key] if len(mark) == 1} for key in keys]
        if len(keys) >= _LEAST_BASES and all(each == {"a", "b"} for each in letters):
            found |= {key for key in keys if key[-1:].isdigit()}
    return found


def _key(path: PurePosixPath, name: str) -> str:
    return f"{path.parent.as_posix()}/{name.casefold()}"
