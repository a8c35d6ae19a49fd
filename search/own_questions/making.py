"""Questions that an index's own texts answer, each with the lines that answer it.

Four sources, none of which needs a model: a field of a record (`What is the photographer of X?`), a
dated event of the chronology (`When was X demolished?`), a sentence of prose (`About X: the pieces
are carved from what?`), and, where a text has none of these, a titled section (`What is said of X
under “Restoration”?`). A question is left out where its answer stands elsewhere in the document
too, since hiding the lines would then hide nothing. Knows no store and no reader.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from knowledge.documents import Document, Field
from knowledge.language import fold, guess_language, is_han, script_language
from knowledge.sentences import split_sentences
from search.own_questions.echoes import echoes_of
from vlm.chronology import Chronology, Event

Span = tuple[int, int]
Source = Literal["field", "section", "event", "sentence"]

_LONGEST_VALUE, _LONGEST_LABEL, _LONGEST_TITLE = 160, 40, 120
"""Characters. What is longer is no field that a person asks for by its label, or no name."""
_ADDRESS = re.compile(r"^(?:https?://|www\.|\S+@\S+$)", re.IGNORECASE)
_LONGEST_TEXT = 40_000
"""Characters; a chronology reads no more either, and a longer text costs more than it tells."""
_MOST_LABELS, _MOST_HEADINGS = 40, 40
"""Of one document, the first ones."""
_MOST_SENTENCES = 20
_LONGEST_HEADING = 60
_SHORTEST_SECTION = 80
_ENDS_SENTENCE = re.compile(r"[.!?:;,。！？：；，、]\W*$")
_LABELLED = re.compile(r"^(?P<label>[^\n:：.。]{1,40})[:：](?P<value>[^\n]+)$", re.MULTILINE)
_FEWEST_LABELLED = 3
"""Fewer lines with a colon are no record."""
_LETTERS = re.compile(r"[^\W\d_]{2,}")

_EVENTS: Mapping[str, tuple[str, str]] = {
    "built": ("When was {} built?", "{}是什么时候建成的?"),
    "made": ("When was {} made?", "{}是什么时候制作的?"),
    "opened": ("When was {} opened?", "{}是什么时候开放的?"),
    "rebuilt": ("When was {} rebuilt?", "{}是什么时候重建的?"),
    "restored": ("When was {} restored?", "{}是什么时候修复的?"),
    "damaged": ("When was {} damaged?", "{}是什么时候受损的?"),
    "burnt": ("When did {} burn?", "{}是什么时候失火的?"),
    "destroyed": ("When was {} destroyed?", "{}是什么时候毁掉的?"),
    "demolished": ("When was {} demolished?", "{}是什么时候拆除的?"),
    "closed": ("When was {} closed?", "{}是什么时候关闭的?"),
    "born": ("When was {} born?", "{}是什么时候出生的?"),
    "died": ("When did {} die?", "{}是什么时候去世的?"),
}
"""Kind of event → its question in English and in Chinese."""


@dataclass(frozen=True, slots=True)
class OwnQuestion:
    """A question that a document of the index answers.

    Attributes:
        text: the question.
        language: of it, `en` or `zh`.
        source: what it was made of.
        about: the label, heading or event that is asked for.
        document_id: of the document that answers.
        lines: spans of the document's text that answer; without them nothing does.
        values: what the answer may be; empty where any words of the lines are right.
    """

    text: str
    language: str
    source: Source
    about: str
    document_id: str
    lines: tuple[Span, ...]
    values: tuple[str, ...] = ()


def questions_of(document: Document, chronology: Chronology) -> list[OwnQuestion]:
    """All questions that can be made of a document; none for a title that is no name."""
    title = document.title.strip()
    spoken = script_language(document.text[:400])
    if not _LETTERS.search(title) or len(title) > _LONGEST_TITLE or spoken is not None:
        return []  # no name, or neither English nor Chinese
    if len(document.text) > _LONGEST_TEXT:
        return []
    fields = _of_fields(document)
    # A record's other lines are its fields again. What is said under a heading is asked for last:
    # nobody asks so, and a reader that answers other questions rightly may not know what is meant.
    return fields or _of_prose(document, chronology) or _of_sections(document)


def spread(questions: Iterable[Sequence[OwnQuestion]], count: int) -> list[OwnQuestion]:
    """At most `count` questions: one of each document first, and of what is asked for seldom yet.

    Args:
        questions: of each document.
        count: how many.
    """
    left = [sorted(of, key=_by_content) for of in questions if of]
    left.sort(key=lambda of: _by_content(of[0]))
    used: Counter[tuple[str, str]] = Counter()
    chosen: list[OwnQuestion] = []
    while left and len(chosen) < count:
        for of in left[: count - len(chosen)]:
            rarest = min(of, key=lambda each: used[each.source, fold(each.about)])
            of.remove(rarest)
            used[rarest.source, fold(rarest.about)] += 1
            chosen.append(rarest)
        left = [of for of in left if of]
    return chosen


def _by_content(question: OwnQuestion) -> bytes:
    """An order that is the same on every run and has nothing to do with the order of the texts."""
    return hashlib.sha256(f"{question.document_id}\0{question.text}".encode()).digest()


def _of_fields(document: Document) -> list[OwnQuestion]:
    by_label: dict[str, list[Field]] = {}
    for each in document.fields or _labelled_lines(document.text):
        by_label.setdefault(fold(each.label), []).append(each)
    made = []
    whole = _names_and_text(document) if by_label else ""
    for fields in list(by_label.values())[:_MOST_LABELS]:
        label = _plain_label(fields[0].label)
        values = tuple(dict.fromkeys(each.value.strip() for each in fields))
        lines = _spans((each.start, each.end) for each in fields)
        if not _askable(label, values) or _stands_elsewhere(values, lines, document.text, whole):
            continue
        chinese = _is_chinese(label, document)
        text = _asked(label, document.title, chinese=chinese)
        made.append(
            OwnQuestion(text, "zh" if chinese else "en", "field", label,
                        document.document_id, lines, values)
        )  # fmt: skip
    return made


def _labelled_lines(text: str) -> list[Field]:
    """Lines such as `Architect: Ada Example`, of a text that has several of them."""
    found = [
        Field(match["label"].strip(), match["value"].strip(), *match.span())
        for match in _LABELLED.finditer(text)
    ]
    return found if len(found) >= _FEWEST_LABELLED else []


def _askable(label: str, values: Sequence[str]) -> bool:
    return bool(
        _LETTERS.search(label) or any(map(is_han, label))
    ) and len(label) <= _LONGEST_LABEL and all(
        fold(value) and len(value) <= _LONGEST_VALUE and not _ADDRESS.match(value)
        for value in values
    )  # fmt: skip


def _plain_label(label: str) -> str:
    """A column's name as a word of a sentence: `image_title` → `image title`."""
    words = " ".join(label.replace("_", " ").split()).strip(" :：")
    return words if words.isupper() else words[:1].lower() + words[1:]


def _asked(label: str, title: str, *, chinese: bool) -> str:
    if chinese:
        return f"“{title}”的{label}是什么?" if not is_han(title[0]) else f"{title}的{label}是什么?"
    return f"What is the {label} of {title}?"


def _is_chinese(label: str, document: Document) -> bool:
    return any(map(is_han, label)) or document.language.partition("-")[0] == "zh"


def _of_events(document: Document, chronology: Chronology) -> list[OwnQuestion]:
    by_kind: dict[str, list[Event]] = {}
    for event in chronology.events:
        by_kind.setdefault(event.kind, []).append(event)
    sentences = split_sentences(document.text)
    made = []
    for kind, events in by_kind.items():
        years = {str(abs(event.year.value)) for event in events}
        if kind not in _EVENTS or len(years) != 1:
            continue
        year = years.pop()
        if year in document.title:
            continue
        named = [span for span in sentences if year in document.text[slice(*span)]]
        lines = _spans([*named, *((event.start, event.end) for event in events)])
        chinese = guess_language(document.text[:400]) == "zh"
        form = _EVENTS[kind][chinese]
        made.append(
            OwnQuestion(form.format(document.title), "zh" if chinese else "en", "event", kind,
                        document.document_id, lines, (year,))
        )  # fmt: skip
    return made


def _of_prose(document: Document, chronology: Chronology) -> list[OwnQuestion]:
    events = _of_events(document, chronology)
    dated = {line for event in events for line in event.lines}
    return [*events, *(each for each in _of_sentences(document) if each.lines[0] not in dated)]


def _of_sentences(document: Document) -> list[OwnQuestion]:
    """Plain sentences, asked for some of their words."""
    chinese = guess_language(document.text[:400]) == "zh"
    lead = f"关于{document.title}: " if chinese else f"About {document.title}: "
    whole, title, made = _names_and_text(document), fold(document.title), []
    for echo in islice(echoes_of(document.text, chinese=chinese), _MOST_SENTENCES):
        if _stands_elsewhere([echo.value], [echo.line], document.text, whole):
            continue
        asked = echo.text if title in fold(echo.text) else f"{lead}{echo.text}"
        made.append(
            OwnQuestion(asked, "zh" if chinese else "en", "sentence", echo.about,
                        document.document_id, (echo.line,), (echo.value,))
        )  # fmt: skip
    return made


def _of_sections(document: Document) -> list[OwnQuestion]:
    """A heading is a line of a few words without an end of a sentence, under which prose stands."""
    text, made = document.text, []
    lines = [match.span() for match in re.finditer(r"[^\n]+", text)]
    heads = [place for place, span in enumerate(lines) if _is_heading(text[slice(*span)])]
    heads = heads[: _MOST_HEADINGS + 1]
    for number, place in enumerate(heads[:_MOST_HEADINGS]):
        last = heads[number + 1] if number + 1 < len(heads) else len(lines)
        heading = text[slice(*lines[place])].strip()
        start, end = lines[place][0], lines[last - 1][1]
        long_enough = end - lines[place][1] >= _SHORTEST_SECTION
        if last == place + 1 or not long_enough or fold(heading) == fold(document.title):
            continue
        if any(fold(heading) in fold(text[slice(*lines[n])]) for n in heads if n != place):
            continue
        chinese = _is_chinese(heading, document)
        form = "关于{0}的“{1}”，文中是怎么说的?" if chinese else "What is said of {0} under “{1}”?"
        made.append(
            OwnQuestion(form.format(document.title, heading), "zh" if chinese else "en", "section",
                        heading, document.document_id, ((start, end),))
        )  # fmt: skip
    return made


def _is_heading(line: str) -> bool:
    words = line.strip()
    return (
        0 < len(words) <= _LONGEST_HEADING
        and _ENDS_SENTENCE.search(words) is None
        and (words[0].isupper() or words[0].isdigit() or is_han(words[0]))
        and len(words.split()) <= 8
        and bool(_LETTERS.search(words))
    )


def _names_and_text(document: Document) -> str:
    return fold(
        " | ".join([document.title, *document.aliases, document.place or "", document.text])
    )


def _stands_elsewhere(values: Sequence[str], lines: Sequence[Span], text: str, whole: str) -> bool:
    """Whether what answers is in the names or in the text outside of these lines too."""
    own = fold("\n".join(text[start:end] for start, end in lines))
    return any(whole.count(fold(value)) > own.count(fold(value)) for value in values)


def _spans(found: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in order, those that overlap or touch made one."""
    joined: list[Span] = []
    for start, end in sorted(found):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
