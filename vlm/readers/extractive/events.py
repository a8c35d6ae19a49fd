"""Events in a sentence: which cue words stand where, in which phase, denied or not.

Works on the words of `lexicon` and the years of `years`, so the rules hold for both languages.
Knows neither the question nor the subject.
"""

import re
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Literal

from knowledge.dates import Period, Year, find_periods, find_years
from vlm.readers.extractive.actions import ACTIONS, PHASED, RUINING, WORKS
from vlm.readers.extractive.clauses import Clause, split_clauses
from vlm.readers.extractive.lexicon import Word, lexicon, words_of

Phase = Literal["begin", "finish"]

_INFINITIVE = re.compile(r"\sto\s[a-z]+|\s[a-z]+ing\b")
_DETERMINER = re.compile(r"\b(?:the|an?|its|this|that)\s(?:\w+-)?$", re.IGNORECASE)
_MADE_INTO = re.compile(r"\s(?:an?|it|him|them|part|way|up|public|famous)\b")
_NOT_UNTIL = re.compile(r"\bnot\b[^.;]*\buntil\b|直到|才", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cue:
    """An event that a clause tells of.

    Attributes:
        clause: index of its clause.
        start, end: where its word stands in the sentence.
        actions: what happens, names from `ACTIONS`.
        phase: its beginning or its end, None where the words do not say.
        denied: the clause negates it or only plans it.
    """

    clause: int
    start: int
    end: int
    actions: frozenset[str]
    phase: Phase | None
    denied: bool


@dataclass(frozen=True, slots=True)
class Analysis:
    """A sentence taken apart; positions count from the sentence's start."""

    text: str
    words: tuple[Word, ...]
    years: tuple[Year, ...]
    periods: tuple[Period, ...]
    clauses: tuple[Clause, ...]
    cues: tuple[Cue, ...]

    @property
    def dates(self) -> tuple[Year | Period, ...]:
        """Years, then decades and centuries."""
        return (*self.years, *self.periods)

    def clause_at(self, position: int) -> int:
        """Index of the clause that holds `position`."""
        for index, clause in enumerate(self.clauses):
            if position < clause.end:
                return index
        return len(self.clauses) - 1


@lru_cache(maxsize=4096)
def analyse(text: str) -> Analysis:
    """Take one sentence apart."""
    words = words_of(text)
    years = tuple(find_years(text))
    clauses = split_clauses(text, years)
    analysis = Analysis(text, words, years, tuple(find_periods(text)), clauses, ())
    return Analysis(text, words, years, analysis.periods, clauses, tuple(_cues(analysis)))


def _cues(analysis: Analysis) -> list[Cue]:
    cues: list[Cue] = []
    by_clause: dict[int, list[Word]] = {}
    for word in analysis.words:
        by_clause.setdefault(analysis.clause_at(word.start), []).append(word)
    inherited: frozenset[str] = frozenset()
    for index in sorted(by_clause):
        words = by_clause[index]
        acting = [word for word in words if word.concepts & ACTIONS]
        phased = [word for word in words if word.concepts & PHASED]
        denies = partial(_denied, words=words, text=analysis.text)
        for word in acting:
            actions = word.concepts & ACTIONS
            if actions == {"make"} and _MADE_INTO.match(analysis.text, word.end):
                continue
            if actions <= RUINING and _is_attribute(word, words, analysis.text):
                continue
            phase = _phase(word) or _nearest_phase(word, phased, acting) or _own_phase(actions)
            cue = Cue(index, word.start, word.end, actions, phase, denies(word))
            if cues and cues[-1].clause == index and _is_one_ruin(cues[-1], cue):
                last = cues.pop()
                both = last.actions | actions
                cue = Cue(index, word.start, word.end, both, phase or last.phase, cue.denied)
            cues.append(cue)
        works = [word for word in acting if word.concepts & WORKS]
        phases = {_phase(word) for word in phased}
        if len(works) == 1 and len(phases) > 1 and not works[0].concepts & PHASED:
            # *a restoration that began in 2000 was finished in 2002*: an event for each phase
            cues = [cue for cue in cues if cue.start != works[0].start]
            for word in phased:
                actions = works[0].concepts & ACTIONS
                cues.append(Cue(index, word.start, word.end, actions, _phase(word), denies(word)))
        if not acting:
            for word in phased:
                actions = inherited
                if (
                    not actions
                    and word.concepts & {"begin", "finish"}
                    and not _about_a_deed(words)
                    and not _INFINITIVE.match(analysis.text, word.end)
                ):
                    actions = frozenset({"build"})
                if actions:
                    phase = _phase(word)
                    cues.append(Cue(index, word.start, word.end, actions, phase, denies(word)))
        working = [word.concepts & WORKS for word in acting if word.concepts & WORKS]
        if working:
            inherited = working[-1]
    return cues


def _is_attribute(word: Word, words: list[Word], text: str) -> bool:
    """*The cleared arena*, *the burnt palace*: a quality, not an event."""
    following = next((other for other in words if other.start >= word.end), None)
    return (
        _DETERMINER.search(text, 0, word.start) is not None
        and following is not None
        and text[word.end : following.start] == " "
        and bool(following.concepts & lexicon().types)
        and text[word.start : word.end].endswith(("ed", "nt", "en", "wn"))
    )


def _own_phase(actions: frozenset[str]) -> Phase | None:
    """Opening and consecration come at the end of building, the first stone at its beginning."""
    if actions <= {"open", "inaugurate", "consecrate", "dedicate"}:
        return "finish"
    return "begin" if actions <= {"cornerstone", "found"} else None


def _is_one_ruin(first: Cue, second: Cue) -> bool:
    """*A fire destroyed it*, 被火烧毁: two words, one event."""
    return first.actions <= RUINING and second.actions <= RUINING


def _phase(word: Word) -> Phase | None:
    if word.concepts & {"finish", "end"}:
        return "finish"
    return "begin" if "begin" in word.concepts else None


def _nearest_phase(word: Word, phased: list[Word], acting: list[Word]) -> Phase | None:
    """The phase word of the clause that belongs to this action and to no other one nearer to it."""
    renews = word.concepts & _RENEWING
    for candidate in sorted(phased, key=lambda other: abs(other.start - word.start)):
        # 重建工程动工: a word for building that tells a phase tells that of the rebuilding
        bearers = [other for other in acting if other is not candidate] if renews else acting
        nearest = min(bearers, key=lambda other: abs(other.start - candidate.start))
        if nearest is word or not nearest.concepts & WORKS:
            return _phase(candidate)
    return None


def _denied(cue: Word, *, words: list[Word], text: str) -> bool:
    """Whether the clause negates or only plans it; *not finished until 1924* is no denial."""
    before = [word for word in words if word.start < cue.start and not word.concepts & ACTIONS]
    if any("plan" in word.concepts for word in before):
        return True
    return any("negate" in word.concepts for word in before) and not _NOT_UNTIL.search(text)


_RENEWING = frozenset({"rebuild", "restore", "redesign", "enlarge"})

_DEEDS = frozenset(
    {"war", "battle", "revolution", "worship", "perform", "celebrate", "exhibition", "trade",
     "rule", "live", "teach", "game", "protest", "hold", "immigrant"}
)  # fmt: skip


def _about_a_deed(words: list[Word]) -> bool:
    """*The war ended*, *the festival began*: not the building's own beginning or end."""
    return any(word.concepts & _DEEDS for word in words)
