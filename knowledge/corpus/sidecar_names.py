"""Which photo a file beside it is about, by their names alone. Reads nothing.

`a.txt`, `a.json` and `a.xmp` are about `a.jpg`, and so are `a.jpg.txt`, `a.jpg.json`, `a.jpg.xmp`.
Google's export has rules of its own: it cuts names at 46 characters, writes `a.jpg(1).json` for
`a(1).jpg`, and gives an edited copy the JSON of its original.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from unicodedata import normalize

_EXPORT_SUFFIX = "supplemental-metadata"
_NUMBERED = re.compile(r"(?P<rest>.+)\((?P<number>\d{1,4})\)", re.DOTALL)
_LEAST_CUT_CHARS = 40
"""Of a name that may be the beginning of a longer one."""
_EDITED = re.compile(
    r"-(?:edited|effects|smile|mix|collage|animation|bearbeitet|bewerkt|modifi[eé]|modificato|editado"
    r"|ha editado|editada|editat|edytowane|redigerad|redigeret|redigert|muokattu|upraveno|изменено"
    r"|编辑后|已修改|已編輯|編集済み|수정됨)(?=(?:\(\d{1,4}\))?\.[^.]+$)",
    re.IGNORECASE,
)
_JSON = ".json"


def match_names(
    notes: Iterable[str], files: Iterable[str], *, stem_of: Mapping[str, str]
) -> dict[str, list[str]]:
    """Photo or PDF → the files about it.

    Args:
        notes: paths of texts, JSON and XMP files.
        files: paths of what they may be about.
        stem_of: each of `files` without its extension.
    """
    owners: dict[str, list[str]] = {path: [path] for path in files}
    folded: dict[str, list[str]] = {}
    folders: dict[str, list[str]] = {}
    for path in list(owners):
        owners.setdefault(stem_of[path], []).append(path)
        folders.setdefault(str(PurePosixPath(path).parent), []).append(path)
    for name, paths in owners.items():
        folded.setdefault(_folded(name), []).extend(paths)
    about: dict[str, list[str]] = {}
    for note in notes:
        base = str(PurePosixPath(note).with_suffix(""))
        names = list(_export_names(base)) if note.lower().endswith(_JSON) else [base]
        found = next((owners[name] for name in names if name in owners), None)
        if found is None:
            found = next((folded[key] for name in names if (key := _folded(name)) in folded), None)
        if found is None and note.lower().endswith(_JSON):
            found = _cut(base, folders.get(str(PurePosixPath(note).parent), []))
        for path in dict.fromkeys(found or ()):
            about.setdefault(path, []).append(note)
    for path in stem_of:
        original = _EDITED.sub("", path)
        if path not in about and original in about and original != path:
            about[path] = [note for note in about[original] if note.lower().endswith(_JSON)]
    return about


def may_be_about(note: str, file: str) -> bool:
    """Whether two file names begin alike, so that one may be about the other."""
    stem = PurePosixPath(_EDITED.sub("", file)).stem
    numbered = _NUMBERED.fullmatch(stem)
    start = _folded(numbered["rest"] if numbered else stem)[:_LEAST_CUT_CHARS]
    return _folded(note).startswith(start)


def _folded(name: str) -> str:
    return normalize("NFC", name).casefold()


def _export_names(base: str) -> Iterator[str]:
    """What JSON without its `.json` may be about, the likeliest first."""
    yield base
    numbered = _NUMBERED.fullmatch(base)
    rest = numbered["rest"] if numbered else base
    head, _, tail = rest.rpartition(".")
    whole = [rest, head] if head and _EXPORT_SUFFIX.startswith(tail.casefold()) else [rest]
    for name in whole:
        pure = PurePosixPath(name)
        if numbered and pure.suffix:
            yield str(pure.with_name(f"{pure.stem}({numbered['number']}){pure.suffix}"))
        elif not numbered:
            yield name
    if head and not numbered:  # other programs put other words between
        yield head


def _cut(base: str, paths: Iterable[str]) -> list[str]:
    """The one file whose name begins like this, where this is a name that was cut."""
    numbered = _NUMBERED.fullmatch(base)
    start = _folded(numbered["rest"] if numbered else base)
    name = PurePosixPath(start).name
    if len(name) < _LEAST_CUT_CHARS and len(name.encode()) < _LEAST_CUT_CHARS:
        return []
    mark = f"({numbered['number']})" if numbered else ""
    found = [
        path
        for path in paths
        if mark in path and _folded(path.replace(mark, "", 1) if mark else path).startswith(start)
    ]
    return found if len(found) == 1 else []
