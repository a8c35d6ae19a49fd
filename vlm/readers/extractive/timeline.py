"""The dated events of one subject, in the order of time, each with the sentence that tells it.

Built from the same sentences, events and years that answers are read from. Knows no question.
"""

import re
from dataclasses import dataclass
from typing import Literal

from knowledge.dates import MONTH, Year
from knowledge.documents import Document, Passage
from vlm.readers.base import Candidate
from vlm.readers.extractive.actions import PHASED
from vlm.readers.extractive.bonds import bond
from vlm.readers.extractive.events import Cue
from vlm.readers.extractive.lexicon import CHINESE_FUNCTION_WORDS, ENGLISH_STOP
from vlm.readers.extractive.sentences import Sentence, Story, tell, topic_of
from vlm.readers.extractive.topics import Topic

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

_DATE_WORD = re.compile(rf"{MONTH}|[年月日于在是]|was|were|about|around", re.IGNORECASE)

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


@dataclass(frozen=True, slots=True)
class Told:
    """A dated event as a sentence tells it.

    Attributes:
        actions: what the sentence calls it, names from `actions.ACTIONS`.
        topic: which building of the site is meant.
        bare: the clause says it of the subject and says nothing else, so that it can be held
            against another that does: *The hall was opened on 3 May 1890*.
    """

    year: Year
    event: Happening
    actions: frozenset[str]
    topic: Topic
    sentence: Sentence
    bare: bool


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
    for told in happenings(story):
        year, sentence = told.year.value, told.sentence
        found.setdefault(
            (year, told.event), Happened(year, told.event, sentence.start, sentence.end)
        )
    return sorted(found.values(), key=lambda happened: (happened.year, happened.start))


def happenings(story: Story) -> list[Told]:
    """The dated events of a subject's text, as they are told."""
    found = []
    for sentence in story.sentences:
        for year in sentence.analysis.years:
            cue = _cue_of(year, sentence, story)
            event = _called(cue, year) if cue is not None else None
            if cue is not None and event is not None:
                topic = topic_of(sentence, cue, story)
                in_clause = sentence.analysis.clause_at(year.start) == cue.clause
                bare = in_clause and _is_bare(cue, sentence, story)
                found.append(Told(year, event, cue.actions, topic, sentence, bare))
    return found


def _is_bare(cue: Cue, sentence: Sentence, story: Story) -> bool:
    clause = sentence.analysis.clauses[cue.clause]
    text = sentence.text
    return all(
        word.start == cue.start
        or word.stem in ENGLISH_STOP | CHINESE_FUNCTION_WORDS
        or word.stem in story.names
        or word.concepts & (story.types | cue.actions | PHASED)
        or text[word.start].isdigit()
        or _DATE_WORD.fullmatch(text, word.start, word.end)
        for word in sentence.analysis.words
        if clause.start <= word.start < clause.end
    )


def _cue_of(year: Year, sentence: Sentence, story: Story) -> Cue | None:
    """What happened in a year of a sentence, if its grammar says so."""
    tied = [
        (bond(sentence.analysis, cue, year), cue)
        for cue in sentence.analysis.cues
        if not cue.denied and topic_of(sentence, cue, story) != "other"
    ]
    strength, cue = max(tied, key=lambda pair: pair[0], default=(0.0, None))
    return cue if strength >= _LEAST_BOND else None


def _called(cue: Cue, year: Year) -> Happening | None:
    event = next((name for action, name in _OF_ACTION.items() if action in cue.actions), None)
    if event in _MOMENTS and year.role != "at":
        return None
    begins = cue.phase == "begin" or (cue.phase is None and year.role == "from")
    return "begun" if event == "built" and begins else event
