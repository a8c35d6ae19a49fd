"""The loose files of a folder: photos, texts, PDFs, records, and the sidecars that describe them.

Recognises photos, PDFs and records by what they hold, texts by their names. Reads no document.
"""

import logging
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Literal

from knowledge.corpus.json import open_json
from knowledge.corpus.photos import PHOTO_SUFFIXES, PICTURE_SUFFIXES, is_image, read_head
from knowledge.corpus.records import is_records
from knowledge.corpus.records.json_source import load
from knowledge.corpus.records.xml_source import root_name
from knowledge.corpus.regular_files import LEAVES, why_not
from knowledge.corpus.sidecar_names import match_names, may_be_about
from knowledge.corpus.sides import sides_of
from knowledge.corpus.table import looks_like_table
from knowledge.corpus.unread import is_expected, say_unread
from knowledge.corpus.usual_names import name_a_thing
from knowledge.errors import CorpusError
from knowledge.films import is_film
from knowledge.identifiers import visible

_log = logging.getLogger(__name__)

FileKind = Literal["photo", "text", "records", "pdf", "broken", "folder"]

TEXT_SUFFIXES = frozenset({".txt", ".text", ".md", ".markdown"})
_SHOWING = ("text", "records")
"""Kinds of files whose documents may take photos as theirs."""
_SIDECAR_SUFFIXES = TEXT_SUFFIXES | {".json", ".xmp"}
_TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".tab", ".jsonl", ".ndjson", ".parquet"})
_KNOWN_SUFFIXES = _SIDECAR_SUFFIXES | PICTURE_SUFFIXES | _TABLE_SUFFIXES | {".pdf"}
_ALBUM = re.compile(r"(?:metad\w+|m[eé]tadonn\w+|元数据)(?:\(\d+\))?\.json", re.IGNORECASE)
"""What photo exports call the file about an album."""
_IGNORED_FOLDERS = frozenset({"__MACOSX", "__pycache__"})
_IGNORED_FILES = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class LooseFile:
    """A file that becomes a document.

    Attributes:
        path: relative to the folder, with `/`.
        id: the path without its extension; with it, where two files differ in nothing else.
        kind: a `broken` file has the name of one of the other kinds and cannot be read as it; a
            `folder` cannot be read at all, so its files are unknown.
        sidecars: paths of the texts, JSON objects and XMP files about it.
        reason: why a file or folder cannot be used.
        others: of a photo, those of its other sides, which belong to the same document.
    """

    path: str
    id: str
    kind: FileKind
    sidecars: tuple[str, ...] = ()
    reason: str = ""
    others: tuple[str, ...] = ()


@dataclass(slots=True)
class _Found:
    kinds: dict[str, FileKind] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def scan(root: Path) -> list[LooseFile]:
    """The files below a folder that become documents: texts and records, then the others, by path.

    Hidden files and folders are skipped. Of files of other kinds, those that a person expects to
    be read are a `broken` one for each extension; the others are logged, once for each.

    Raises:
        OSError: `root` cannot be read.
    """
    found = _Found()
    for path in sorted(_walk(root, found)):
        _sort_in(root, path, found)
    files = _loose_files(root, found)
    unread = _unread(root, found)
    _log_left_out(root, found.left_out)
    return [*files, *unread]


def scan_file(root: Path, name: str) -> list[LooseFile]:
    """One file of a folder, with its sidecars if it is a photo or PDF; empty for other kinds.

    Raises:
        OSError: `root` cannot be read.
    """
    found = _Found()
    _sort_in(root, name, found)
    if name in found.kinds:
        for entry in sorted(root.iterdir()):
            about = entry.name != name and may_be_about(entry.name, name)
            if about and entry.suffix.lower() in _SIDECAR_SUFFIXES:
                _sort_in(root, entry.name, found)
    return [file for file in _loose_files(root, found) if file.path == name]


def _loose_files(root: Path, found: _Found) -> list[LooseFile]:
    sidecars = _match_sidecars(found)
    described = {note for notes in sidecars.values() for note in notes}
    for note in found.notes:
        if note in described:
            continue
        if note.lower().endswith(".json"):
            if _is_table(root / note):
                found.kinds[note] = "records"
            elif reason := _why_not_json(root / note):
                found.kinds[note] = "broken"
                found.reasons[note] = reason
            else:
                found.left_out.append(note)
        elif note.lower().endswith(".xmp"):
            found.left_out.append(note)
        elif note.lower().endswith(".txt") and _is_table_of_text(root / note):
            found.kinds[note] = "records"
        else:
            found.kinds[note] = "text"
    owners = {without_suffix(p) for p, kind in found.kinds.items() if kind in ("photo", "pdf")}
    stems = Counter(
        stem
        for path in found.kinds
        # A sidecar that cannot be read changes no id of what it is about.
        if (stem := without_suffix(path)) not in owners or not _is_broken_sidecar(path, found)
    )
    files = [
        LooseFile(
            path=path,
            id=visible(path if stems[without_suffix(path)] > 1 else without_suffix(path)),
            kind=kind,
            sidecars=tuple(sidecars.get(path, ())),
            reason=found.reasons.get(path, ""),
        )
        for path, kind in found.kinds.items()
    ]
    return sorted(_paired(files), key=lambda file: (file.kind not in _SHOWING, file.path))


def _paired(files: Sequence[LooseFile]) -> list[LooseFile]:
    """The files, those that are sides of one picture as one."""
    by_path = {file.path: file for file in files}
    ids = Counter(file.id for file in files)
    for side in sides_of(path for path, file in by_path.items() if file.kind == "photo"):
        members = [by_path.pop(path) for path in (side.front, *side.others)]
        front = members[0]
        id_ = visible(side.base)
        taken = ids[id_] - (front.id == id_)
        texts = [file for path, file in by_path.items() if without_suffix(path) == side.base]
        about = [file.path for file in texts if file.kind == "text"]
        for path in about:  # a text of both sides' name is about both
            del by_path[path]
        by_path[front.path] = replace(
            front,
            id=front.id if taken > len(about) else id_,
            sidecars=tuple(
                dict.fromkeys((*about, *(note for file in members for note in file.sidecars)))
            ),
            others=side.others,
        )
    return list(by_path.values())


def _is_broken_sidecar(path: str, found: _Found) -> bool:
    suffix = PurePosixPath(path).suffix.lower()
    return found.kinds[path] == "broken" and suffix in _SIDECAR_SUFFIXES


def _walk(root: Path, found: _Found) -> Iterator[str]:
    def on_error(error: OSError) -> None:
        if Path(error.filename) == root:
            raise error
        path = Path(error.filename).relative_to(root).as_posix()
        found.kinds[path] = "folder"
        found.reasons[path] = f"The folder cannot be read ({error.strerror})."

    for folder, folders, names in os.walk(root, onerror=on_error):
        folders[:] = [n for n in folders if n[0] not in ".@" and n not in _IGNORED_FOLDERS]
        base = Path(folder).relative_to(root)
        for name in folders:
            link = Path(folder) / name
            if link.is_symlink():
                _sort_in_link(root, (base / name).as_posix(), link, found)
        for name in names:
            if not name.startswith(".") and name.lower() not in _IGNORED_FILES:
                yield (base / name).as_posix()


def _sort_in_link(root: Path, path: str, link: Path, found: _Found) -> None:
    """A link to a folder is not followed; one that leaves `root` is named as a problem."""
    try:
        leaves = not link.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):
        leaves = True
    if leaves:
        found.kinds[path] = "broken"
        found.reasons[path] = LEAVES
    else:
        found.left_out.append(f"{path}/")


def _sort_in(root: Path, path: str, found: _Found) -> None:
    suffix = PurePosixPath(path).suffix.lower()
    promised = suffix in PHOTO_SUFFIXES or suffix == ".pdf"
    reason = ""
    head = b""
    try:
        path.encode()
        file = root / path
        reason = why_not(root, file)
        head = b"" if reason else read_head(file)
    except UnicodeEncodeError:
        promised, reason = True, "The file's name is not UTF-8; rename it."
    except OSError as error:
        reason = f"The file cannot be read ({error.strerror or error}); check its permissions."
    if is_image(head) or is_film(head):
        found.kinds[path] = "photo"
    elif head.startswith(b"%PDF-"):
        found.kinds[path] = "pdf"
    elif not reason and not promised and suffix != ".xmp" and _holds_records(root / path):
        found.kinds[path] = "records"
    elif promised or reason == LEAVES or (reason and _is_missed(suffix)):
        found.kinds[path] = "broken"
        found.reasons[path] = reason or _broken_promise(suffix, head)
    elif suffix in _TABLE_SUFFIXES and not reason and head:
        found.kinds[path] = "records"
    elif suffix in _SIDECAR_SUFFIXES and not reason:
        found.notes.append(path)
    else:
        found.left_out.append(path)


def _is_missed(suffix: str) -> bool:
    return suffix in _SIDECAR_SUFFIXES or suffix in _TABLE_SUFFIXES or is_expected(suffix)


def _unread(root: Path, found: _Found) -> list[LooseFile]:
    """Take what a person expects to be read out of what is left out: a file for each ending."""
    by_suffix: dict[str, list[str]] = {}
    for path in found.left_out:
        suffix = PurePosixPath(path).suffix.lower()
        is_data = suffix in _TABLE_SUFFIXES or is_expected(suffix)
        if is_data and not (suffix == ".xml" and _describes_nothing(root / path)):
            by_suffix.setdefault(suffix, []).append(path)
    found.left_out = sorted(set(found.left_out) - {p for each in by_suffix.values() for p in each})
    return [
        LooseFile(
            path=paths[0],
            id=visible(paths[0]),
            kind="broken",
            reason=say_unread(suffix, len(paths), has_bytes=_has_bytes(root / paths[0])),
        )
        for suffix, paths in sorted(by_suffix.items())
    ]


def _has_bytes(file: Path) -> bool:
    try:
        return file.stat().st_size > 0
    except OSError:
        return True


def _describes_nothing(file: Path) -> bool:
    """Whether a file is XML of a program's: a layout, a style or settings."""
    try:
        return bool(root_name(file))
    except (CorpusError, OSError):
        return False


def _holds_records(file: Path) -> bool:
    try:
        return is_records(file)
    except OSError:
        return False


def _is_table(file: Path) -> bool:
    """Whether a JSON file about no other holds records, rather than a program's settings."""
    try:
        table = open_json(file)
    except (CorpusError, OSError):
        return False
    if table.size == 1 and _ALBUM.fullmatch(file.name):
        return False
    return table.size != 1 or name_a_thing(table.columns)


def _why_not_json(file: Path) -> str:
    """What is wrong with a file that is named as JSON; "" if it is JSON, with whatever in it."""
    try:
        if not file.stat().st_size:
            return "The file is empty (0 bytes); copy it again from its source."
        load(file)
    except (CorpusError, OSError) as error:
        return str(error)
    return ""


def _is_table_of_text(file: Path) -> bool:
    try:
        return looks_like_table(file)
    except (CorpusError, OSError):
        return False


def _broken_promise(suffix: str, head: bytes) -> str:
    what = "a PDF" if suffix == ".pdf" else "an image of a type that can be read"
    if not head:
        return "The file is empty (0 bytes); copy it again from its source."
    return f"The file is named {suffix} but is not {what}; replace or rename it."


def _match_sidecars(found: _Found) -> Mapping[str, list[str]]:
    """Photo or PDF → its sidecars: `a.txt` and `a.jpg.json` are about `a.jpg`."""
    stems = {path: without_suffix(path) for path in found.kinds}
    return match_names(found.notes, found.kinds, stem_of=stems)


def without_suffix(path: str) -> str:
    """A path without its extension, if it is a known one: in `St. Paul` no extension is removed."""
    pure = PurePosixPath(path)
    return str(pure.with_suffix("")) if pure.suffix.lower() in _KNOWN_SUFFIXES else path


def _log_left_out(root: Path, paths: Iterable[str]) -> None:
    by_suffix: dict[str, list[str]] = {}
    for path in paths:
        by_suffix.setdefault(PurePosixPath(path).suffix.lower(), []).append(path)
    for suffix, left_out in sorted(by_suffix.items()):
        _log.warning(
            "%s: %d file(s) %s left out, neither photo nor text nor PDF nor about one: %s%s",
            root.name,
            len(left_out),
            f"ending in {suffix}" if suffix else "without extension",
            left_out[0],
            ", …" if len(left_out) > 1 else "",
        )
