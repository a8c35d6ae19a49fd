"""Corrections: what a reader says is wrong in a document, and the text that it becomes if approved.

An approved correction is a small document of its own, beside the one that it corrects, which stays
as it is. It says one sentence, and its citation says who proposed it and when. Writes nothing.
"""

import re
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from knowledge.documents import Document, Passage
from knowledge.errors import DocumentError
from knowledge.identifiers import CORRECTIONS_CORPUS, is_web_address, visible
from knowledge.same_document import description_of, is_described

State = Literal["pending", "approved", "declined", "withdrawn"]
STATES: tuple[State, ...] = get_args(State)

Whereabouts = Literal["there", "gone", "another"]
"""Of the document that a correction is about: whether the index holds it, holds none under its id
any more, or has another one there since."""

MOST_CHARS: Mapping[str, int] = {
    "document_id": 500, "what": 80, "value": 300, "evidence": 1_000, "link": 500, "name": 100,
}  # fmt: skip
"""Characters of each part of a proposal."""

_NAMESPACE = uuid.UUID("5f0f3f76-1a4b-5a53-9ad2-3c1d8c4a7b10")
_DATE = re.compile(r"(?:\d{1,2} )?(?:[A-Z][a-z]+ )?\d{3,4}|\d{3,4}年(?:\d{1,2}月(?:\d{1,2}日)?)?")
_SAID: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "built": ("{t} was built in {v}.", "{t}建于{v}。",
              ("built", "year", "the year", "completed", "建成", "建造", "年份")),
    "opened": ("{t} was opened in {v}.", "{t}于{v}开放。", ("opened", "opening", "开放")),
    "demolished": ("{t} was demolished in {v}.", "{t}于{v}被拆除。",
                   ("demolished", "destroyed", "拆除", "毁")),
    "architect": ("{t} was designed by {v}.", "{t}由{v}设计。",
                  ("architect", "designer", "designed by", "建筑师", "设计")),
    "use": ("Today {t} is used as {v}.", "{t}现在用作{v}。",
            ("use", "current use", "used as", "用途", "现用途")),
    "name": ("{t} is called {v}.", "{t}又名{v}。", ("name", "other name", "名称")),
}  # fmt: skip
"""What is corrected: its sentence in English and in Chinese, and the words that people call it."""
_DATED = ("built", "opened", "demolished")


@dataclass(frozen=True, slots=True)
class Correction:
    """What somebody says is wrong in a document, and what became of it.

    Attributes:
        id: made of the document and of what is said of it: who proposes the same again proposes
            nothing new.
        document_id: of the document that it corrects.
        what: what of the subject is wrong (`built`, `architect`, or in the reader's words).
        value: what is right.
        evidence: where that stands.
        link: web address of it, or "".
        name: who proposes it; "" for somebody without a name.
        proposed: day in ISO 8601.
        state: whether it was reviewed, and how.
        reviewed: day in ISO 8601 of the last review; "" before that.
        reviewer: name of the caller who reviewed it.
        document_is: where its document is, as far as whoever made this looked; an approved one
            speaks only while it is `there`. Not stored.
    """

    id: str
    document_id: str
    what: str
    value: str
    evidence: str
    link: str
    name: str
    proposed: str
    state: State = "pending"
    reviewed: str = ""
    reviewer: str = ""
    document_is: Whereabouts = "there"


def proposal(
    *,
    document_id: str,
    what: str,
    value: str,
    evidence: str,
    link: str,
    name: str,
    day: str,
    earlier: int = 0,
) -> Correction:
    """A correction that nobody has reviewed.

    `earlier`: how many were said alike of other documents that had the id before.

    Raises:
        DocumentError: a part is missing or too long, or the link is no web address; the message
            begins with the part's name.
    """
    given = {"document_id": document_id, "what": what, "value": value, "evidence": evidence,
             "link": link, "name": name}  # fmt: skip
    said: dict[str, Any] = {part: visible(" ".join(text.split())) for part, text in given.items()}
    said["document_id"] = document_id
    for part, text in said.items():
        if len(text) > MOST_CHARS[part]:
            raise DocumentError(f"{part}: it has at most {MOST_CHARS[part]:,} characters.")
    for part in ("what", "value"):
        if not said[part]:
            raise DocumentError(f"{part}: it is empty; say what is wrong and what is right.")
    if not said["evidence"] and not said["link"]:
        raise DocumentError("evidence: say where it stands, or give a link.")
    if said["link"] and not is_web_address(said["link"]):
        raise DocumentError("link: it is not a web address such as https://archive.example/page.")
    named = "\0".join((document_id, said["what"].casefold(), said["value"], said["evidence"],
                       said["link"], said["name"],
                       *([str(earlier)] if earlier else [])))  # fmt: skip
    return Correction(uuid.uuid5(_NAMESPACE, named).hex, proposed=day, **said)


def kind_of(what: str) -> str | None:
    """A key of what is corrected that has a sentence of its own; None for anything else."""
    folded = what.casefold().strip(" .。?？")
    return next((kind for kind, said in _SAID.items() if folded in said[2]), None)


def corrected(correction: Correction, original: Document) -> Document:
    """The document that an approved correction is.

    >>> station = Document("c", "s", "Old Station", "It was built in 1912.", "en", source="Archive")
    >>> given = proposal(document_id="c/s", what="year", value="1911", evidence="Town register",
    ...                  link="", name="Ann", day="2026-11-29")
    >>> corrected(given, station).text, corrected(given, station).source
    ('Old Station was built in 1911.', 'Correction by Ann, 2026-11-29: Town register')
    """
    chinese = original.language.partition("-")[0] == "zh"
    kind = kind_of(correction.what)
    if kind in _DATED and not _DATE.fullmatch(correction.value):
        kind = None
    if kind is None:
        label = correction.what[:1].upper() + correction.what[1:]
        text = f"{label}：{correction.value}。" if chinese else f"{label}: {correction.value}."
    else:
        english, han, _ = _SAID[kind]
        text = (han if chinese else english).format(t=original.title, v=correction.value)
    by = correction.name or ("一位读者" if chinese else "a reader")
    head = f"{by}的更正，{correction.proposed}" if chinese else (
        f"Correction by {by}, {correction.proposed}"
    )  # fmt: skip
    between = "：" if chinese else ": "
    return Document(
        corpus=CORRECTIONS_CORPUS,
        id=correction.id,
        title=original.title,
        text=text,
        language=original.language,
        aliases=original.aliases,
        place=original.place,
        source=between.join(filter(None, (head, correction.evidence))),
        url=correction.link or None,
        tags=original.tags,
    )


def passage_of(document: Document) -> Passage:
    """The one passage of a correction's document."""
    return Passage(document.document_id, 0, document.text, 0, len(document.text))


def correction_payload(correction: Correction, described: Mapping[str, Any]) -> dict[str, Any]:
    """The payload of a `proposal` point; a `correction` point has it beside a document's.

    `described`: what `describing` or `described_in` gives.
    """
    said = asdict(correction)
    del said["document_is"]
    return {
        "kind": "proposal",
        "corpus": CORRECTIONS_CORPUS,
        "corrects": correction.document_id,
        "state": correction.state,
        "correction": said,
        **described,
    }


def correction_from_payload(payload: Mapping[str, Any]) -> Correction:
    """The correction of a point of kind `proposal` or `correction`."""
    return Correction(**payload["correction"])


def describing(document: Mapping[str, Any], *, was_removed: bool = False) -> dict[str, Any]:
    """What a correction's payload says of its document, to know it again.

    Args:
        document: its payload.
        was_removed: whether it is about to be removed.
    """
    return {"original": description_of(document), **({"let_go": True} if was_removed else {})}


def described_in(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What a correction's payload says of its document."""
    return {key: payload[key] for key in ("original", "let_go") if key in payload}


def whereabouts(payload: Mapping[str, Any], document: Mapping[str, Any] | None) -> Whereabouts:
    """Where the document is that a correction is about.

    Args:
        payload: of the correction; one without a description is about whatever has the id.
        document: the payload of the document that has the id now; None where there is none.
    """
    if document is None:
        return "gone"
    known = payload.get("original")
    if known is None or is_described(known, document, was_removed=bool(payload.get("let_go"))):
        return "there"
    return "another"


def as_question(correction: Correction, original: Document) -> dict[str, Any]:
    """A line of a test set (docs/evaluation.md) that asks for what a correction says."""
    chinese = original.language.partition("-")[0] == "zh"
    asked = {
        "built": ("When was {t} built?", "{t}是哪一年建成的？", "built"),
        "opened": ("When was {t} opened?", "{t}是哪一年开放的？", "other_fact"),
        "demolished": ("When was {t} demolished?", "{t}是哪一年拆除的？", "demolished"),
        "architect": ("Who designed {t}?", "{t}是谁设计的？", "other_fact"),
        "use": ("What is {t} used for today?", "{t}现在作什么用？", "current_use"),
        "name": ("What else is {t} called?", "{t}还叫什么？", "other_fact"),
    }
    kind = kind_of(correction.what)
    if kind is None:
        question = (f"{original.title}：{correction.what}？" if chinese
                    else f"{original.title}: {correction.what}?")  # fmt: skip
        of_kind = "other_fact"
    else:
        question, of_kind = asked[kind][chinese].format(t=original.title), asked[kind][2]
    year = re.search(r"\d{3,4}", correction.value) if kind in _DATED else None
    return {
        "id": f"correction-{correction.id[:12]}",
        "photo": None,
        "question": question,
        "language": "zh" if chinese else "en",
        "kind": of_kind,
        "document": correction.document_id.partition("/")[2],
        "exists": None,
        "year": int(year[0]) if year else None,
        "answer": None if year else correction.value,
    }
