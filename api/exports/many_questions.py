"""The questions of a long run: a folder of photos and one question, or a table of both.

Knows neither the index nor what is answered. A row that cannot be used stays a row, with the
reason, so that the answers have as many rows as the table.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path, PurePosixPath
from unicodedata import normalize

from knowledge.corpus import (
    PHOTO_SUFFIXES,
    Row,
    Table,
    is_file,
    is_folder,
    open_rows,
    rank_of,
)
from knowledge.errors import QueryError

_QUESTIONS = """
    question questions query prompt frage fragen pregunta preguntas domanda domande vraag vragen
    pergunta perguntas pytanie otázka fråga вопрос 问题 提问 问句 問題 提問 質問 質問文
"""
_QUESTION_COLUMNS = frozenset(_QUESTIONS.split())
_MOST_ROWS = 1_000_000
_SHOWN_COLUMNS, _SHOWN_CHARS = 20, 40
"""Of a table's columns, in an error."""
_SAMPLE_ROWS = 50
"""Rows whose photos are looked for, to see which column names them."""


@dataclass(frozen=True, slots=True)
class OneOfMany:
    """A photo, a question or both.

    Attributes:
        row: its number, from 1.
        photo: the photo as the table or the folder names it; "" without one.
        file: where the photo is; None without one.
        question: the words; "" asks what a photo alone asks.
        others: the table's other columns, which go along into the answers.
        key: names it in a journal: its words, its photo's name, size and time of change as they
            were when the table was read, and how many before it were the same.
        problem: why it cannot be asked; None if it can.
    """

    row: int
    photo: str
    file: Path | None
    question: str
    others: Mapping[str, str]
    key: str = ""
    problem: str | None = None


def read_many(source: Path, question: str) -> list[OneOfMany]:
    """The questions of a folder of photos or of a table, in order.

    Args:
        source: a folder, whose photos are taken from subfolders too; or a table (CSV, JSON lines,
            Parquet) with a column of photos (`photo`), of questions (`question`), or both, in any
            language; paths are relative to the table's folder.
        question: for each row that has none of its own.

    Raises:
        QueryError: there is nothing to ask, or the source cannot be read.
        CorpusError: the table cannot be read.
    """
    if is_folder(source):
        found = _of_folder(source, question)
    elif is_file(source):
        try:
            found = _of_table(source, question)
        except OSError as error:
            raise QueryError(f"{source} cannot be read: {error.strerror}.") from error
    else:
        raise QueryError(f"There is no folder of photos and no table {str(source)!r}.")
    if not found:
        raise QueryError(f"{source} holds nothing to ask about: no photos, or no rows.")
    return _with_keys(found)


def _with_keys(found: Sequence[OneOfMany]) -> list[OneOfMany]:
    """The same with their keys. A row that is put in before others leaves theirs as they are."""
    before: Counter[str] = Counter()
    keyed = []
    for each in found:
        name = "\n".join((each.photo, _stamp(each.file), each.question))
        keyed.append(replace(each, key=f"{before[name]}\n{name}"))
        before[name] += 1
    return keyed


def _stamp(file: Path | None) -> str:
    if file is None:
        return ""
    try:
        status = file.stat()
    except (OSError, ValueError):
        return ""
    return f"{status.st_size} {status.st_mtime_ns}"


def _of_folder(folder: Path, question: str) -> list[OneOfMany]:
    files = sorted(
        file
        for file in folder.rglob("*")
        if file.suffix.lower() in PHOTO_SUFFIXES
        and not any(part.startswith(".") for part in file.relative_to(folder).parts)
        and not is_folder(file)
    )
    return [_of_file(row, file, folder, question) for row, file in enumerate(files, start=1)]


def _of_file(row: int, file: Path, folder: Path, question: str) -> OneOfMany:
    name = file.relative_to(folder).as_posix()
    problem = None if is_file(file) else f"{name!r} is no file, or a link to one that is gone."
    return OneOfMany(row, name, file, question, {}, problem=problem)


def _of_table(file: Path, question: str) -> list[OneOfMany]:
    table = open_rows(file)
    photos, questions = _columns(table, file.parent)
    if photos is None and questions is None:
        named = ", ".join(name[:_SHOWN_CHARS] for name in table.columns[:_SHOWN_COLUMNS])
        raise QueryError(
            f"{file} has no column `photo` and no column `question`; its columns are "
            f"{named or 'none'}."
        )
    found: list[OneOfMany] = []
    for row in table.rows():
        if len(found) == _MOST_ROWS:
            raise QueryError(f"{file} has more than {_MOST_ROWS:,} rows; split it.")
        if not isinstance(row, Row):
            problem = f"{row.where}: {row.reason}"
            found.append(OneOfMany(row.number, "", None, "", {}, problem=problem))
            continue
        found.append(_of_row(row, file.parent, (photos, questions), question))
    return found


def _columns(table: Table, folder: Path) -> tuple[str | None, str | None]:
    """The columns of the photos and of the questions; None where there is none.

    A column of photos is called like one in any language that corpora are read in, or most of its
    values are names of pictures. Of several, one whose files are there comes first.
    """
    questions = next((n for n in table.columns if _folded(n) in _QUESTION_COLUMNS), None)
    sample = [row.values for row in islice(table.rows(), _SAMPLE_ROWS) if isinstance(row, Row)]
    ranked = []
    for position, name in enumerate(table.columns):
        if name == questions:
            continue
        values = [value for row in sample if (value := _text(row.get(name)))]
        rank = rank_of(name, "photo")
        pictures = sum(PurePosixPath(each).suffix.lower() in PHOTO_SUFFIXES for each in values)
        if rank is not None or 2 * pictures > len(values):
            files = (file for each in values if (file := _photo_file(folder, each)))
            there = any(map(is_file, files))
            ranked.append((not there, 99 if rank is None else rank, position, name))
    return min(ranked)[-1] if ranked else None, questions


def _photo_file(folder: Path, name: str) -> Path | None:
    """Where a photo is that a table names, perhaps as another system writes it."""
    if not name:
        return None
    slashed = name.replace("\\", "/")
    forms = dict.fromkeys((name, slashed, normalize("NFC", slashed), normalize("NFD", slashed)))
    return next((folder / form for form in forms if is_file(folder / form)), folder / name)


def _folded(name: str) -> str:
    return normalize("NFKC", name).strip().casefold()


def _of_row(row: Row, folder: Path, columns: Sequence[str | None], question: str) -> OneOfMany:
    photos, questions = columns
    photo = _text(row.values.get(photos)) if photos else ""
    words = (_text(row.values.get(questions)) if questions else "") or question
    others = {name: _text(value) for name, value in row.values.items() if name not in columns}
    path = _photo_file(folder, photo)
    problem = None
    if path is None and not words:
        problem = "The row has neither a photo nor a question."
    elif path is not None and not is_file(path):
        problem = f"There is no photo {photo!r} beside the table."
    return OneOfMany(row.number, photo, path, words, others, problem=problem)


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()
