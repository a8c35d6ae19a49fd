"""The questions of a long run: a folder of photos and one question, or a table of both.

Knows neither the index nor what is answered. A row that cannot be used stays a row, with the
reason, so that the answers have as many rows as the table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.corpus import PHOTO_SUFFIXES, Row, is_file, is_folder, open_rows
from knowledge.errors import QueryError

_PHOTO_COLUMNS = ("photo", "image", "file", "path", "照片", "图片")
_QUESTION_COLUMNS = ("question", "问题")
_MOST_ROWS = 1_000_000


@dataclass(frozen=True, slots=True)
class OneOfMany:
    """A photo, a question or both.

    Attributes:
        row: its number, from 1.
        photo: the photo as the table or the folder names it; "" without one.
        file: where the photo is; None without one.
        question: the words; "" asks what a photo alone asks.
        others: the table's other columns, which go along into the answers.
        problem: why it cannot be asked; None if it can.
    """

    row: int
    photo: str
    file: Path | None
    question: str
    others: Mapping[str, str]
    problem: str | None = None

    @property
    def key(self) -> str:
        """Names it in a journal: its row, its words, and its photo's size and time of change."""
        stamp = ""
        if self.file is not None and is_file(self.file):
            status = self.file.stat()
            stamp = f"{status.st_size} {status.st_mtime_ns}"
        return "\n".join((str(self.row), self.photo, stamp, self.question))


def read_many(source: Path, question: str) -> list[OneOfMany]:
    """The questions of a folder of photos or of a table, in order.

    Args:
        source: a folder, whose photos are taken from subfolders too; or a table (CSV, JSON lines,
            Parquet) with a column of photos (`photo`), of questions (`question`), or both; paths
            are relative to the table's folder.
        question: for each row that has none of its own.

    Raises:
        QueryError: there is nothing to ask.
        CorpusError: the table cannot be read.
    """
    if is_folder(source):
        found = _of_folder(source, question)
    elif is_file(source):
        found = _of_table(source, question)
    else:
        raise QueryError(f"There is no folder of photos and no table {str(source)!r}.")
    if not found:
        raise QueryError(f"{source} holds nothing to ask about: no photos, or no rows.")
    return found


def _of_folder(folder: Path, question: str) -> list[OneOfMany]:
    files = sorted(
        file
        for file in folder.rglob("*")
        if file.suffix.lower() in PHOTO_SUFFIXES
        and not any(part.startswith(".") for part in file.relative_to(folder).parts)
        and is_file(file)
    )
    return [
        OneOfMany(row, file.relative_to(folder).as_posix(), file, question, {})
        for row, file in enumerate(files, start=1)
    ]


def _of_table(file: Path, question: str) -> list[OneOfMany]:
    table = open_rows(file)
    by_name = {name.strip().casefold(): name for name in table.columns}
    photos, questions = (
        next((by_name[name] for name in names if name in by_name), None)
        for names in (_PHOTO_COLUMNS, _QUESTION_COLUMNS)
    )
    if photos is None and questions is None:
        raise QueryError(
            f"{file} has no column `photo` and no column `question`; its columns are "
            f"{', '.join(table.columns) or 'none'}."
        )
    found: list[OneOfMany] = []
    for row in table.rows():
        if len(found) == _MOST_ROWS:
            raise QueryError(f"{file} has more than {_MOST_ROWS:,} rows; split it.")
        if not isinstance(row, Row):
            found.append(OneOfMany(row.number, "", None, "", {}, f"{row.where}: {row.reason}"))
            continue
        found.append(_of_row(row, file.parent, (photos, questions), question))
    return found


def _of_row(row: Row, folder: Path, columns: Sequence[str | None], question: str) -> OneOfMany:
    photos, questions = columns
    photo = _text(row.values.get(photos)) if photos else ""
    words = (_text(row.values.get(questions)) if questions else "") or question
    others = {name: _text(value) for name, value in row.values.items() if name not in columns}
    path = folder / photo if photo else None
    problem = None
    if path is None and not words:
        problem = "The row has neither a photo nor a question."
    elif path is not None and not is_file(path):
        problem = f"There is no photo {photo!r} beside the table."
    return OneOfMany(row.number, photo, path, words, others, problem)


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()
