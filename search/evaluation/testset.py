"""Labelled questions: read from a test set, and made from one.

docs/evaluation.md describes the format of a test set. Made questions must be abstained from. Leave
one out: the subject in the photo is hidden from the index, and what is left resembles it without
being it, the hard kind. Foreign: photos of nothing indexed, with questions about other photos.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, cast, get_args

from knowledge.corpus import is_file
from knowledge.errors import InputError
from knowledge.language import fold

Origin = Literal["testset", "leave_one_out", "foreign"]
"""Where a question comes from: a test set, or `leave_one_out` or `foreign`, which make it."""

Kind = Literal["exists", "built", "demolished", "current_use", "other_fact", "unanswerable"]


_PHOTOS = (".jpg", ".jpeg", ".png", ".webp")
_KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class LabelledQuestion:
    """A question with its right answer.

    Attributes:
        id: unique in the test set.
        photo: the question's photograph, or None.
        question: what a person asks.
        language: of the question.
        kind: what is asked.
        document: id, in its corpus, of the document that holds the answer or is about the
            subject; None if no document is.
        exists: whether the subject stands today, where the document says so.
        year: the year, if the question asks for one.
        answer: a short reference answer where the fact is not a year.
        values: what the answer's value may be, in the document's words; empty where it is not
            judged.
        testset: name of the test set's folder.
        origin: where it comes from.
        hidden: ids of the index's documents that the search leaves out.
    """

    id: str
    photo: Path | None
    question: str
    language: str
    kind: Kind
    document: str | None
    exists: bool | None
    year: int | None
    answer: str | None
    values: tuple[str, ...] = ()
    testset: str = ""
    origin: Origin = "testset"
    hidden: tuple[str, ...] = ()

    @property
    def answerable(self) -> bool:
        """Whether the documents hold the answer."""
        return self.kind != "unanswerable"


def load_testset(path: Path) -> list[LabelledQuestion]:
    """Read a test set, one JSON object a line; photo paths are relative to its folder.

    Raises:
        InputError: the file is missing or empty, or a line is not a labelled question; the message
            names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The test set {path} cannot be read: {error}.") from error
    questions = [
        _question(line, number, path) for number, line in enumerate(lines, start=1) if line.strip()
    ]
    if not questions:
        raise InputError(f"The test set {path} holds no questions.")
    seen: set[str] = set()
    for question in questions:
        if question.id in seen:
            raise InputError(f"The test set {path} has two questions with the id {question.id!r}.")
        seen.add(question.id)
    return questions


def _question(line: str, number: int, path: Path) -> LabelledQuestion:
    where = f"{path}, line {number}"
    try:
        raw = json.loads(line)
    except json.JSONDecodeError as error:
        raise InputError(f"{where}: not JSON ({error.msg}).") from error
    if not isinstance(raw, dict):
        raise InputError(f"{where}: not an object.")
    kind = raw.get("kind")
    if kind not in _KINDS:
        raise InputError(f"{where}: kind is {kind!r}; it can be {', '.join(_KINDS)}.")
    photo = _field(raw, "photo", str, where, optional=True)
    file = path.parent / photo if photo else None
    if file is not None and not is_file(file):
        raise InputError(f"{where}: there is no photo {photo!r} beside the test set.")
    return LabelledQuestion(
        id=_field(raw, "id", str, where),
        photo=file,
        question=_field(raw, "question", str, where),
        language=_field(raw, "language", str, where),
        kind=cast(Kind, kind),
        document=_field(raw, "document", str, where, optional=True),
        exists=_field(raw, "exists", bool, where, optional=True),
        year=_field(raw, "year", int, where, optional=True),
        answer=_field(raw, "answer", str, where, optional=True),
        values=_values(raw, where),
        testset=path.resolve().parent.name,
    )


def _field(
    raw: Mapping[str, Any], name: str, kind: type, where: str, *, optional: bool = False
) -> Any:  # noqa: ANN401 - of the type asked for, which is checked
    value = raw.get(name)
    if value is None and optional:
        return None
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise InputError(f"{where}: {name} is {value!r}, not {kind.__name__}.")
    return value


def _values(raw: Mapping[str, Any], where: str) -> tuple[str, ...]:
    """The labels `value`, one text, and `values`, a list of texts."""
    value = _field(raw, "value", str, where, optional=True)
    values = _field(raw, "values", list, where, optional=True) or []
    found = [*([] if value is None else [value]), *values]
    if not all(isinstance(each, str) and fold(each) for each in found):
        raise InputError(f"{where}: values is {values!r}, not a list of texts with words in them.")
    return tuple(found)


def is_labelled(document: str | None, document_id: str) -> bool:
    """Whether an index's document is the labelled one; the same id in another corpus counts."""
    return document is not None and document_id.split("/", 1)[1] == document


def leave_one_out(
    questions: Sequence[LabelledQuestion], document_ids: Collection[str]
) -> list[LabelledQuestion]:
    """Each answerable photo question again, with the documents that hold its answer hidden.

    Args:
        questions: of test sets.
        document_ids: of the whole index; the labelled id is hidden in every corpus.
    """
    return [
        replace(
            question,
            id=f"{question.id}/hidden",
            kind="unanswerable",
            document=None,
            exists=None,
            year=None,
            answer=None,
            values=(),
            origin="leave_one_out",
            hidden=tuple(
                id_ for id_ in sorted(document_ids) if is_labelled(question.document, id_)
            ),
        )
        for question in questions
        if question.photo is not None and question.answerable and question.document is not None
    ]


def foreign(
    folder: Path, questions: Sequence[LabelledQuestion], *, count: int
) -> list[LabelledQuestion]:
    """Photos of a folder that show nothing indexed, each with a question about another photo.

    Args:
        folder: of photos; `count` of them are taken, evenly spread over the sorted names.
        questions: whose text is used, in turn; those with a photo.

    Raises:
        InputError: there are no photos in the folder, or no questions about photos.
    """
    found = sorted(p for p in folder.rglob("*") if p.suffix.lower() in _PHOTOS)
    asked = [q for q in questions if q.photo is not None and q.answerable]
    if not found or not asked:
        raise InputError(
            f"Foreign photos need a folder of photos and questions about photos: {folder} holds "
            f"{len(found)} photos, the test sets {len(asked)} such questions."
        )
    photos = found[:: max(1, len(found) // count)][:count]
    return [
        replace(
            asked[number % len(asked)],
            id=f"{photo.stem}/foreign",
            photo=photo,
            kind="unanswerable",
            document=None,
            exists=None,
            year=None,
            answer=None,
            values=(),
            testset=folder.name,
            origin="foreign",
        )
        for number, photo in enumerate(photos)
    ]
