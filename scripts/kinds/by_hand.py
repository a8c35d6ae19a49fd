"""The kind `by_hand`: prose and records of many domains with questions written by hand.

Reads scripts/reader/dev_questions.txt, whose head describes its format.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kinds.corpus import ASKED_ABOUT, label, write_document, write_lines

NAMED: tuple[tuple[str, ...], ...] = (
    ("On the last ferry",),
    ("Coal heavers at Pier 4",),
    ("龙舟赛前的鼓手",),
    ("Winter Fair on the Ice",),
    ("秋山问道图",),
    ("Hobb's candlewort",),
    ("Digitalis purpurea",),
    ("金线重楼",),
    ("Princess Ottilie", "Prinz Karl", "Ottilie", "奥蒂莉"),
    ("Halcyon", "Calypso"),
    ("江顺", "江安", "Jiangshun"),
    ("Orlan's rail",),
    ("Kettle newt",),
    ("Theodora Vasquez-Lund",),
    ("陆瑞芝", "正骨心得"),
    ("The Abbot's Cage", "Abbot's Cage"),
    ("Reflecting telescope", "1913-289"),
    ("Environs of Zara", "sheet 27", "sheet 28", "第28幅"),
    ("Varga's Bathhouse", "Hotel Tisza", "蒂萨"),
    ("Kaufhaus Messow",),
    ("Le moulin de Brassac",),
    ("Corn Exchange",),
    ("Palais de Glace",),
    ("望潮阁", "海神庙", "the temple of the sea god"),
    ("Bus 318", "bus 381"),
    ("The last horse bus", "route 9", "route 11"),
    ("Files of the Dock Labour Board", "box 12", "box 21", "12号盒", "7号盒", "folder 4"),
    ("The ferry's papers", "box", "号盒"),
    ("法租界电车工人罢工案",),
    ("Ostergaard & Niece", "Holst", "霍尔斯特"),
    ("Burning barrels of Gask",),
    ("灯影鱼片",),
    ("Trilobite",),
    ("Schilling coin",),
    ("Lake Sarn",),
)
"""For each passage, in the file's order, its title, and what else its questions call by name. A
question that has none of them gets the title put in front."""

_STATUSES = {"standing": True, "gone": False}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the file.

    Attributes:
        language: of the question.
        question: as it is written.
        values: the words that answer; none where nothing does.
        says: yes or no, where the question asks for that.
        exists: whether what is asked about exists today, where the file says so.
    """

    language: str
    question: str
    values: tuple[str, ...]
    says: bool | None
    exists: bool | None


def make_by_hand(file: Path, out: Path) -> list[str]:
    """Write the passages as a corpus, with all their questions.

    Returns:
        The corpus's name.

    Raises:
        OSError: the file is missing.
        ValueError: it does not have as many passages as `NAMED` has titles.
    """
    questions = []
    for number, ((language, body, lines), names) in enumerate(
        zip(passages(file.read_text(encoding="utf-8")), NAMED, strict=True), start=1
    ):
        id_ = f"passage_{number:02}"
        write_document(out, id_, title=names[0], language=language, body=body)
        for place, line in enumerate(lines, start=1):
            asked = parse_question(line, language)
            questions.append(_labelled(f"{id_}-{place}", asked, id_, names))
    write_lines(out / "testset.jsonl", questions)
    return ["."]


def passages(text: str) -> Iterator[tuple[str, str, list[str]]]:
    """Each passage: its language, its text and the lines of its questions."""
    for block in re.split(r"^= ", text, flags=re.MULTILINE)[1:]:
        head, *lines = block.strip().splitlines()
        body = "\n".join(line for line in lines if not line.startswith("? ")).strip()
        yield head.split()[0], body, [line[2:] for line in lines if line.startswith("? ")]


def parse_question(line: str, language: str) -> Asked:
    """A question's line without its mark; `language` is that of the passage.

    >>> parse_question("de Steht es noch? => no: abgerissen ; gone", "en")
    Asked(language='de', question='Steht es noch?', values=('abgerissen',), says=False, exists=False)
    """  # noqa: E501 - an example is one line
    asked, _, wanted = line.partition(" => ")
    match = re.match(r"(zh|en|de|fr|es) (.+)", asked)
    if match:
        language, asked = match[1], match[2]
    wanted, _, status = (part.strip() for part in wanted.partition(" ; "))
    says = None
    if verdict := re.match(r"(yes|no): (.+)", wanted):
        says, wanted = verdict[1] == "yes", verdict[2]
    values = () if wanted == "-" else (wanted,)
    return Asked(language, asked, values, says, _STATUSES.get(status))


def _labelled(id_: str, asked: Asked, document: str, names: tuple[str, ...]) -> dict[str, Any]:
    question = asked.question
    if not any(name.casefold() in question.casefold() for name in names):
        question = ASKED_ABOUT[asked.language].format(title=names[0], question=question)
    kind = None
    if asked.exists is not None and asked.says is not None:
        kind = "exists"
    elif asked.exists is True and not asked.values:
        kind = "demolished"  # a false premise: the right answer says that it still exists
    return label(
        id_, question, asked.language, document=document, kind=kind, exists=asked.exists,
        values=() if kind == "exists" else asked.values,
    )  # fmt: skip
