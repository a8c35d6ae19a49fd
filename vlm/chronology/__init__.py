"""What a document's text says of its subject over time: dated events, and whether it still exists.

The public face of reading without a question, for any kind of subject. All positions count in
`Document.text`; all values depend on the text and the names alone, so a chronology can be computed
once and be stored. It leaves out what it is not sure of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

from knowledge.dates import Year
from knowledge.documents import Document, Passage
from knowledge.sentences import split_sentences
from vlm.chronology.lexicon import BEGINNINGS, RUINS, EventKind, plain
from vlm.chronology.questions import (
    asked_kinds,
    asks_existence,
    asks_of_a_part,
    asks_when,
    asks_yes_no,
    denies_what_is_asked,
    is_planned,
    year_event_of,
)  # fmt: skip
from vlm.chronology.reading import Event, Existence, Names, Span, TextReader, state_of

__all__ = [
    "BEGINNINGS", "RUINS", "Chronology", "Event", "EventKind", "Existence", "asked_kinds",
    "asks_existence", "asks_of_a_part", "asks_when", "asks_yes_no", "chronology_from_payload",
    "chronology_of", "chronology_payload", "denies_what_is_asked", "is_planned", "plain",
    "timeline", "year_event_of",
]  # fmt: skip

_MOST_READ = 40_000
"""Characters of a text that are read; what follows adds little and takes long."""


@dataclass(frozen=True, slots=True)
class Chronology:
    """All that a text says of its subject over time.

    Attributes:
        events: the subject's dated events in the order of the text; one stated twice is here twice.
        existence: None where the text does not say.
        years: every year that the text states, whatever happened in it, in the order of the text.
        standing: spans of the sentences that by themselves say that something exists today, the
            subject or a part of it; a quotation of one of them supports the answer *it exists*.
        gone: the same for *it no longer exists*.
        read_to: how much of the text was read, in characters; 0 where it was not read at all.
        elsewhere: spans of the sentences that tell the end of a part of the subject, or of another
            thing.
    """

    events: tuple[Event, ...] = ()
    existence: Existence | None = None
    years: tuple[Year, ...] = ()
    standing: tuple[Span, ...] = ()
    gone: tuple[Span, ...] = ()
    read_to: int = 0
    elsewhere: tuple[Span, ...] = ()

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
        passages: read only these passages of it, in the order of the text; None reads the text. Of
            either, the first 40,000 characters are read.
    """
    whole = ((document.text[:_MOST_READ], 0),)
    ordered = sorted(passages or (), key=lambda passage: passage.start)
    pieces = whole if passages is None else tuple((each.text, each.start) for each in ordered)
    return _chronology((document.title, *document.aliases), pieces)


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
    """The inverse of `chronology_payload`. Raises ValueError where the payload is not one of it."""
    return _STORED.validate_python(payload)


_STORED = TypeAdapter(Chronology)


@lru_cache(maxsize=256)
def _chronology(names: tuple[str, ...], pieces: tuple[tuple[str, int], ...]) -> Chronology:
    left, sentences = _MOST_READ, []
    for text, offset in pieces:
        text = text[:left]
        left -= len(text)
        sentences += [(text[start:end], offset + start) for start, end in split_sentences(text)]
    # A heading or a title line says nothing of its kind.
    titles = {plain(name).strip(" .") for name in names}
    said = (text for text, _ in sentences if plain(text).strip(" .。") not in titles)
    reader = TextReader(Names(names, next(said, "")))
    for sentence, start in sentences:
        reader.sentence(sentence, start)
    years, standing, gone = tuple(reader.years), tuple(reader.standing), tuple(reader.gone)
    read_to = max((offset + len(text) for text, offset in pieces), default=0)
    existence = state_of(reader.signs)
    elsewhere = tuple(reader.elsewhere)
    return Chronology(tuple(reader.events), existence, years, standing, gone, read_to, elsewhere)
