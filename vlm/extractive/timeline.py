"""The dated events of one subject, in the order of time, each with the sentence that tells it.

Built from the same sentences, events and years that answers are read from. Knows no question.
"""

from dataclasses import dataclass
from typing import Literal

from knowledge.documents import Document, Passage
from vlm.extractive.bonds import bond
from vlm.extractive.events import Cue
from vlm.extractive.sentences import Sentence, Story, tell, topic_of
from vlm.extractive.years import Year
from vlm.reader import Candidate

Happening = Literal[
    "begun", "built", "opened", "rebuilt", "restored", "changed",
    "damaged", "burnt", "destroyed", "demolished",
]  # fmt: skip
"""What happened to the subject."""

_OF_ACTION: dict[str, Happening] = {
    "demolish": "demolished", "burn": "burnt", "explode": "destroyed", "destroy": "destroyed",
    "collapse": "destroyed", "bomb": "damaged", "blast": "damaged", "damage": "damaged",
    "rebuild": "rebuilt", "restore": "restored", "redesign": "changed", "enlarge": "changed",
    "add": "changed", "cornerstone": "begun", "found": "begun", "build": "built", "make": "built",
    "open": "opened", "reopen": "opened", "inaugurate": "opened", "consecrate": "opened",
    "dedicate": "opened",
}  # fmt: skip
"""An action of the lexicon → what it is called; of several, the first named here counts. Actions
that are as often those of people (*moved in*, *closed up*, *left*) are not here."""

_MOMENTS: frozenset[Happening] = frozenset({"opened", "damaged", "burnt", "destroyed"})
"""What happens on a day: *since 1965* or *until 1965* does not date it."""

_MOST_CHARS = 40_000
"""Longer texts (whole books) are looked at from their beginning to here, to stay quick."""

_LEAST_BOND = 0.5
"""Below this the sentence's grammar ties the year to something else."""


@dataclass(frozen=True, slots=True)
class Happened:
    """A dated event: `document.text[start:end]` is the sentence that tells it.

    Attributes:
        year: negative before the common era.
        event: what happened.
    """

    year: int
    event: Happening
    start: int
    end: int


def timeline(document: Document) -> list[Happened]:
    """The events of the document's subject that its text dates, by year, then as told.

    An event told twice for the same year is kept once, where it is first told.
    """
    text = document.text[:_MOST_CHARS]
    whole = Passage(document.document_id, 0, text, 0, len(text))
    story = tell(
        Candidate(
            document_id=document.document_id,
            title=document.title,
            aliases=document.aliases,
            language=document.language,
            passages=(whole,),
        )
    )
    found: dict[tuple[int, Happening], Happened] = {}
    for sentence in story.sentences:
        for year in sentence.analysis.years:
            event = _event_of(year, sentence, story)
            if event is not None:
                found.setdefault(
                    (year.value, event), Happened(year.value, event, sentence.start, sentence.end)
                )
    return sorted(found.values(), key=lambda happened: (happened.year, happened.start))


def _event_of(year: Year, sentence: Sentence, story: Story) -> Happening | None:
    """What happened in a year of a sentence, if its grammar says so."""
    tied = [
        (bond(sentence.analysis, cue, year), cue)
        for cue in sentence.analysis.cues
        if not cue.denied and topic_of(sentence, cue, story) != "other"
    ]
    strength, cue = max(tied, key=lambda pair: pair[0], default=(0.0, None))
    if cue is None or strength < _LEAST_BOND:
        return None
    return _called(cue, year)


def _called(cue: Cue, year: Year) -> Happening | None:
    event = next((name for action, name in _OF_ACTION.items() if action in cue.actions), None)
    if event in _MOMENTS and year.role != "at":
        return None
    begins = cue.phase == "begin" or (cue.phase is None and year.role == "from")
    return "begun" if event == "built" and begins else event
