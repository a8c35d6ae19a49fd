"""What a document's text says of its subject over time: dated events, and whether it still exists.

The public face of reading without a question: the API's timeline, suggested questions and the
search for contradictions use it. All positions count in `Document.text`, all values are plain and
depend on the text and the names alone, so a chronology can be computed once and be stored. Today
the rules of `vlm.readers.extractive` stand behind it; callers do not see them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any, Literal

from pydantic import TypeAdapter

from knowledge.dates import MONTH, Year
from knowledge.documents import Document, Passage
from vlm.readers.extractive.events import PHASED, Cue, date_tie
from vlm.readers.extractive.lexicon import CHINESE_FUNCTION_WORDS, ENGLISH_STOP
from vlm.readers.extractive.parsed_text import (
    MOST_READ,
    ParsedText,
    Sentence,
    SubjectText,
    parse_text,
    subject_text,
    topic_of,
)
from vlm.readers.extractive.questions import parse_question
from vlm.readers.extractive.standing import says_existence, standing

EventKind = Literal[
    "begun", "built", "opened", "rebuilt", "restored", "changed",
    "damaged", "burnt", "destroyed", "demolished",
]  # fmt: skip
"""What happened to the subject."""

Building = Literal["main", "unsure", "earlier", "present"]
"""Which building of the site an event happened to: the subject; what is probably the subject; what
stood there before; what was rebuilt or newly built there."""

_KIND_OF_ACTION: dict[str, EventKind] = {
    "demolish": "demolished", "burn": "burnt", "explode": "destroyed", "destroy": "destroyed",
    "collapse": "destroyed", "bomb": "damaged", "blast": "damaged", "damage": "damaged",
    "rebuild": "rebuilt", "restore": "restored", "redesign": "changed", "enlarge": "changed",
    "add": "changed", "cornerstone": "begun", "found": "begun", "build": "built", "make": "built",
    "open": "opened", "reopen": "opened", "inaugurate": "opened", "consecrate": "opened",
    "dedicate": "opened",
}  # fmt: skip
"""An action of the lexicon → the kind of event; of several actions, the first in this table counts.
Actions that people do as often as buildings (*moved in*, *closed up*, *left*) are left out."""

_MOMENTS: frozenset[EventKind] = frozenset({"opened", "damaged", "burnt", "destroyed"})
"""What happens on a day: *since 1965* or *until 1965* does not date it."""

_DATE_WORD = re.compile(rf"{MONTH}|[年月日于在是]|was|were|about|around", re.IGNORECASE)

_FUNCTION_WORDS = ENGLISH_STOP | CHINESE_FUNCTION_WORDS
_MIN_BOND = 0.5
"""Below this the sentence's grammar ties the year to something else."""


Span = tuple[int, int]
"""Start and end, in characters of a document's text."""


@dataclass(frozen=True, slots=True)
class Event:
    """A dated event of the subject: `document.text[start:end]` is the sentence that states it.

    Attributes:
        kind: what happened.
        year: the year, with its own position in `document.text`.
        start, end: span of the sentence.
        actions: names of the actions that the sentence's words mean (`open`, `consecrate`), sorted.
            Two sentences with equal `actions` say the same thing in the same or like words.
        building: which building of the site it happened to.
        bare: its clause says this of the subject and nothing else, so it can be held against
            another such clause: *The hall was opened on 3 May 1890*.
    """

    kind: EventKind
    year: Year
    start: int
    end: int
    actions: tuple[str, ...] = ()
    building: Building = "main"
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Existence:
    """Whether the subject exists today, as the sentence `document.text[start:end]` says it.

    Attributes:
        exists: it stands today.
        start, end: span of the sentence.
        plainness: how plainly the sentence says so, 0 to 1: explicit words are above 0.9, a ruin
            or a use that implies it about 0.5, the tense of the first sentence 0.3.
        rebuilt: what stands is a reconstruction.
    """

    exists: bool
    start: int
    end: int
    plainness: float
    rebuilt: bool = False


@dataclass(frozen=True, slots=True)
class Chronology:
    """All that a text says of its subject over time.

    Attributes:
        events: the subject's dated events in the order of the text; one stated twice is here twice.
        existence: None where the text does not say.
        years: every year that the text states, whatever happened in it, in the order of the text.
        standing: spans of the sentences that by themselves say that something stands today, the
            subject or a part of it; a quotation of one of them supports the answer *it exists*.
        gone: the same for *it no longer exists*.
        read_to: how much of the text was read, in characters; 0 where it was not read at all.
    """

    events: tuple[Event, ...] = ()
    existence: Existence | None = None
    years: tuple[Year, ...] = ()
    standing: tuple[Span, ...] = ()
    gone: tuple[Span, ...] = ()
    read_to: int = 0

    def says(self, start: int, end: int, *, exists: bool) -> bool:
        """Whether `document.text[start:end]` quotes a sentence that says whether it exists: half of
        the sentence stands in the quotation, or half of the quotation in the sentence."""
        spans = self.standing if exists else self.gone
        return any(
            2 * (min(end, last) - max(start, first)) >= min(last - first, end - start)
            for first, last in spans
        )


def chronology_of(document: Document, passages: Sequence[Passage] | None = None) -> Chronology:
    """Read a document's chronology. Never raises.

    Args:
        document: its names, language and text.
        passages: read only these passages of it; None reads the text. Of either, the first
            40,000 characters are read.
    """
    if passages is None:
        text = document.text[:MOST_READ]
        passages = (Passage(document.document_id, 0, text, 0, len(text)),)
    return _chronology(
        subject_text(
            document_id=document.document_id,
            title=document.title,
            aliases=document.aliases,
            language=document.language,
            passages=passages,
        )
    )


def timeline(chronology: Chronology) -> list[Event]:
    """The events by year, then in the order of the text.

    An event stated more than once for the same year is kept once, where it is stated first.
    """
    first: dict[tuple[int, EventKind], Event] = {}
    for event in chronology.events:
        first.setdefault((event.year.value, event.kind), event)
    return sorted(first.values(), key=lambda event: (event.year.value, event.start))


def chronology_payload(chronology: Chronology) -> dict[str, Any]:
    """The chronology as plain values that go to JSON."""
    return asdict(chronology)


def chronology_from_payload(payload: Mapping[str, Any]) -> Chronology:
    """The inverse of `chronology_payload`.

    Raises:
        ValueError: the payload is not one of a chronology.
    """
    return _STORED.validate_python(payload)


_STORED = TypeAdapter(Chronology)


def asks_existence(question: str) -> bool:
    """Whether a question asks if something still exists: *Is it still there?*, 还在吗?"""
    return parse_question(question).wanted == "exists"


@lru_cache(maxsize=256)
def _chronology(source: SubjectText) -> Chronology:
    parsed = parse_text(source)
    state = standing(parsed)
    existence = None
    if state.exists is not None and state.sentence is not None:
        start, end = _span(state.sentence)
        existence = Existence(state.exists, start, end, state.plain, state.rebuilt)
    return Chronology(
        events=tuple(event for sentence in parsed.sentences for event in _events(sentence, parsed)),
        existence=existence,
        years=tuple(
            _in_document(year, sentence)
            for sentence in parsed.sentences
            for year in sentence.analysis.years
        ),
        standing=tuple(_span(s) for s in parsed.sentences if says_existence(s, exists=True)),
        gone=tuple(_span(s) for s in parsed.sentences if says_existence(s, exists=False)),
        read_to=max((passage.end for passage in source.passages), default=0),
    )


def _span(sentence: Sentence) -> tuple[int, int]:
    return sentence.passage.start + sentence.start, sentence.passage.start + sentence.end


def _in_document(year: Year, sentence: Sentence) -> Year:
    """The year with its position in the document's text, not in the sentence."""
    offset, _ = _span(sentence)
    return replace(year, start=offset + year.start, end=offset + year.end)


def _events(sentence: Sentence, parsed: ParsedText) -> list[Event]:
    analysis = sentence.analysis
    if not analysis.years:
        return []
    cues: list[tuple[Cue, Building]] = []  # each event, and the building it happened to
    for cue in analysis.cues:
        building = topic_of(sentence, cue, parsed)
        if not cue.denied and building != "other":
            cues.append((cue, building))
    events = []
    start, end = _span(sentence)
    for year in analysis.years:
        ties = [date_tie(analysis, cue, year) for cue, _ in cues]
        strongest = max(ties, default=0.0)
        if strongest < _MIN_BOND:
            continue
        cue, building = cues[ties.index(strongest)]
        kind = _kind(cue, year)
        if kind is None:
            continue
        in_clause = analysis.clause_at(year.start) == cue.clause
        events.append(
            Event(
                kind=kind,
                year=_in_document(year, sentence),
                start=start,
                end=end,
                actions=tuple(sorted(cue.actions)),
                building=building,
                bare=in_clause and _is_bare(cue, sentence, parsed),
            )
        )
    return events


def _kind(cue: Cue, year: Year) -> EventKind | None:
    kind = next((kind for action, kind in _KIND_OF_ACTION.items() if action in cue.actions), None)
    if kind in _MOMENTS and year.role != "at":
        return None
    begins = cue.phase == "begin" or (cue.phase is None and year.role == "from")
    return "begun" if kind == "built" and begins else kind


def _is_bare(cue: Cue, sentence: Sentence, parsed: ParsedText) -> bool:
    clause = sentence.analysis.clauses[cue.clause]
    text = sentence.text
    return all(
        word.start == cue.start
        or word.stem in _FUNCTION_WORDS
        or word.stem in parsed.names
        or word.concepts & (parsed.types | cue.actions | PHASED)
        or text[word.start].isdigit()
        or _DATE_WORD.fullmatch(text, word.start, word.end)
        for word in sentence.analysis.words
        if clause.start <= word.start < clause.end
    )
