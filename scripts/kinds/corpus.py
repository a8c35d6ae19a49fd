"""Writes a corpus and its test set in SnapCite's formats. Knows no kind of material.

Documents go to `knowledge/<id>.md` or to a table, labelled questions to `testset.jsonl`
(docs/evaluation.md).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

ASKED_ABOUT: Mapping[str, str] = {
    "en": "About “{title}”: {question}",
    "zh": "关于“{title}”：{question}",
    "de": "Zu „{title}“: {question}",
    "fr": "À propos de « {title} » : {question}",
    "es": "Sobre «{title}»: {question}",
}
"""Language → how a question that says only *it* names what it is about."""


def about(title: str, question: str, language: str) -> str:
    """The question, with the title in front of it unless the title already stands in it.

    >>> about("Lake Sarn", "How long is it?", "en")
    'About “Lake Sarn”: How long is it?'
    >>> about("Lake Sarn", "How long is Lake Sarn?", "en")
    'How long is Lake Sarn?'
    """
    if title.casefold() in question.casefold():
        return question
    return ASKED_ABOUT[language].format(title=title, question=question)


def label(
    id: str,
    question: str,
    language: str,
    *,
    document: str | None,
    values: Sequence[str] = (),
    kind: str | None = None,
    exists: bool | None = None,
) -> dict[str, Any]:
    """A line of a test set.

    Args:
        id: unique in the test set.
        question: what is asked.
        language: of the question.
        document: id of the document that is asked about; None where no document is.
        values: texts that answer, any of them; without one nothing answers, unless `kind` says so.
        kind: what is asked; None is `other_fact` with values and `unanswerable` without.
        exists: whether the subject exists today.
    """
    return {
        "id": id, "photo": None, "question": question, "language": language,
        "kind": kind or ("other_fact" if values else "unanswerable"), "document": document,
        "exists": exists, "year": None, "answer": values[0] if values else None,
        "values": list(values),
    }  # fmt: skip


def write_document(
    folder: Path, id: str, *, title: str, language: str, body: str, aliases: Sequence[str] = ()
) -> None:
    """Write a Markdown document; the lines of `body` stay lines.

    Raises:
        OSError: it cannot be written.
    """
    knowledge = folder / "knowledge"
    knowledge.mkdir(parents=True, exist_ok=True)
    front = {"id": id, "title": title, "aliases": list(aliases), "language": language}
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in front.items()]
    text = "\n".join(["---", *lines, "---", "", "  \n".join(body.splitlines()), ""])
    (knowledge / f"{id}.md").write_text(text, encoding="utf-8")


def write_lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write JSON, an object a line.

    Raises:
        OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a file of JSON lines.

    Raises:
        OSError: it cannot be read.
    """
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
