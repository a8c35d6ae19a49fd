"""Labelled questions: reading a test set, and refusing one that is malformed.

The format is described in docs/evaluation.md.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

from knowledge.errors import InputError

Origin = Literal["testset", "leave_one_out", "foreign"]
"""Where a question comes from: a test set, or made from one (`distractors.py`)."""

Kind = Literal["exists", "built", "demolished", "current_use", "other_fact", "unanswerable"]


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
            subject; None where there is none.
        exists: whether the subject stands today, where the document says so.
        year: the year asked for, if one is.
        answer: a short reference answer for facts that are no year.
        testset: name of the test set: its folder's.
        origin: whether it was written or made.
        hidden: ids of documents, as in an index, that are kept out of the search.
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
    if file is not None and not file.is_file():
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
