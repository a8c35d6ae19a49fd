"""What happens in a sentence: its clauses, the events they name, and the dates of those events.

The names of actions come first, then clauses, then events, then the tie between an event and a
date. Works on the words of `lexicon` and the years of `knowledge.dates`, so the rules hold for
English and Chinese. Knows neither the question nor the subject.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import pairwise
from typing import Literal

from knowledge.dates import MONTH, Period, Year, find_periods, find_years
from knowledge.language import is_han
from vlm.readers.extractive.lexicon import Word, lexicon, words_of

BUILDING = frozenset(
    {"build", "make", "cornerstone", "found", "open", "inaugurate", "consecrate", "dedicate"}
)
"""How something comes to be."""
RUINING = frozenset({"demolish", "explode", "burn", "destroy", "bomb", "collapse"})
"""How it ceases to be."""
_OTHER_WORK = frozenset(
    {"damage", "blast", "rebuild", "restore", "redesign", "enlarge", "close", "reopen", "move",
     "abandon", "add", "reveal", "excavate"}
)  # fmt: skip
ACTIONS = BUILDING | RUINING | _OTHER_WORK
"""Concepts of the vocabulary that are events."""
WORKS = BUILDING | RUINING | frozenset({"rebuild", "restore", "redesign", "enlarge", "excavate"})
"""Actions that take time and so have a beginning and an end."""
PHASED = frozenset({"begin", "finish", "end"})
"""Concepts that state a beginning or an end."""

_LIKENESS = """
build make 0.85
build found 0.8
build cornerstone 0.6
build open 0.72
build inaugurate 0.78
build consecrate 0.7
build dedicate 0.7
rebuild build 0.5
found cornerstone 0.5
open inaugurate 0.85
open consecrate 0.6
open dedicate 0.7
open reopen 0.6
inaugurate dedicate 0.8
inaugurate consecrate 0.7
consecrate dedicate 0.8
demolish destroy 0.8
demolish explode 0.85
demolish burn 0.6
demolish collapse 0.65
demolish bomb 0.4
destroy explode 0.85
destroy burn 0.8
destroy collapse 0.7
destroy bomb 0.7
destroy damage 0.4
explode bomb 0.6
burn bomb 0.4
bomb damage 0.5
damage burn 0.5
damage blast 0.6
damage explode 0.5
blast explode 0.6
blast bomb 0.6
explode collapse 0.4
rebuild restore 0.6
restore redesign 0.4
enlarge add 0.5
reveal excavate 0.5
redesign enlarge 0.4
demolish move 0.3
close abandon 0.4
"""
_ALIKE = {
    frozenset(line.split()[:2]): float(line.split()[2]) for line in _LIKENESS.strip().split("\n")
}


@lru_cache(maxsize=4096)
def action_likeness(wanted: frozenset[str], stated: frozenset[str]) -> float:
    """How alike the event a text states is to the event wanted, 0 to 1 (1: the same)."""
    if wanted & stated:
        return 1.0
    return max((_ALIKE.get(frozenset((a, b)), 0.0) for a in wanted for b in stated), default=0.0)


_CLAUSE_BREAK = re.compile(
    r"[,;:()，；：（）—。]|\.\s|\s[–-]\s|\b(?:and|but|while|when|whereas|although|though|because|which|"
    r"who|where|until|after|before|so that|in spite of)\b",
    re.IGNORECASE,
)


_LONGEST_DATE = 60
"""Characters around a break in which the date that it may belong to is looked for."""


@dataclass(frozen=True, slots=True)
class Clause:
    """`sentence[start:end]` between two clause breaks."""

    start: int
    end: int


def split_clauses(text: str, years: tuple[Year, ...]) -> tuple[Clause, ...]:
    """Cut a sentence at punctuation and conjunctions; `years` are those that stand in it."""
    cuts = [0]
    for match in _CLAUSE_BREAK.finditer(text):
        if _inside_a_date(text, match.start(), match.end(), years):
            continue
        if match.start() > cuts[-1]:
            cuts.append(match.start())
    cuts.append(len(text))
    return tuple(Clause(start, end) for start, end in pairwise(cuts) if end > start)


def _inside_a_date(text: str, start: int, end: int, years: tuple[Year, ...]) -> bool:
    """Whether a break stands inside a date or a number.

    *May 5, 1931*, *1965 and 1966*, *after 1945*, *10,000*.
    """
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    if before.isdigit() and after.isdigit():
        return True
    head = text[max(0, start - _LONGEST_DATE) : start]
    for year in years:
        if year.start - end > _LONGEST_DATE or year.end <= start:
            continue
        lead = text[end : year.start]
        if re.fullmatch(rf"\s*(?:\d{{1,2}}\s)?{MONTH}\s*", lead) and re.search(
            rf"{MONTH}\s*$", head
        ):
            return True
        if end <= year.start <= end + 7 and not lead.strip(" aboutcirhe.("):
            joined = any(0 <= start - other.end <= 1 for other in years)
            word = text[start:end].lower()
            if word in {"after", "before", "until"} or joined:
                return True
            if text[start:end] == "," and re.search(r"[A-Z][a-z]+\.?\s\d{1,2}$", head):
                return True
        if year.start <= start < year.end:
            return True
    return False


Phase = Literal["begin", "finish"]

_INFINITIVE = re.compile(r"\sto\s[a-z]+|\s[a-z]+ing\b")
_DETERMINER = re.compile(r"\b(?:the|an?|its|this|that)\s(?:\w+-)?$", re.IGNORECASE)
_MADE_INTO = re.compile(r"\s(?:an?|it|him|them|part|way|up|public|famous)\b")
_NOT_UNTIL = re.compile(r"\bnot\b[^.;]*\buntil\b|直到|才", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cue:
    """An event that a clause states.

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


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """A sentence taken apart; positions count from the sentence's start.

    Compared by identity, so that what is computed from it can be cached cheaply.
    """

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
        index = bisect_right(self.clauses, position, key=lambda clause: clause.end)
        return min(index, len(self.clauses) - 1)


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
        # 重建工程动工: a word for building that states a phase states the phase of the rebuilding
        bearers = [other for other in acting if other is not candidate] if renews else acting
        nearest = min(bearers, key=lambda other: abs(other.start - candidate.start))
        if nearest is word or not nearest.concepts & WORKS:
            return _phase(candidate)
    return None


def _denied(cue: Word, *, words: list[Word], text: str) -> bool:
    """Whether the clause negates or only plans it; *not finished until 1924* denies nothing."""
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


_LONGEST_NOUN = 80
"""Characters before a date in which its noun (*the fair of 1937*) is looked for."""
_FRONT = 20
"""Characters within which a date opens its sentence and so holds for all of it."""
_SUBORDINATE = re.compile(
    r"[\s,]*(?:while|when|whereas|although|though|because|after|before)\b", re.I
)
_OF_A_NOUN = re.compile(r"\b(?!January|February|March|April|May|June|July|August|September|October|"
                        r"November|December|year|summer|winter|spring|autumn|end|beginning|night|"
                        r"morning|evening|middle|start)\w+ of (?:about )?$")  # fmt: skip
_RELATIVE = re.compile(r"[\s,]*(?:which|who|whose|where|when)\b", re.IGNORECASE)
_SAME_AS_BEFORE = re.compile(r"[\s,，、(（]*(?:即|也就是|相当于|that is|i\.e\.)")
_DATE_WORDS = re.compile(
    r"\d+|\b(?:in|on|at|the|of|from|between|and|to|by|about|around|since|until|early|late|morning|"
    r"night|afternoon|evening|end|beginning|day|year|years|later|summer|winter|spring|autumn|"
    r"january|february|march|april|may|june|july|august|september|october|november|december|"
    r"ce|bce|bc|ad)\b|[年月日底初末春夏秋冬至到于在的,，、之际期间]",
    re.IGNORECASE,
)


def date_tie(analysis: Analysis, cue: Cue, date: Year | Period) -> float:
    """How firmly the sentence's grammar ties a date to an event, 0 to 1.

    1 in the same clause; less over a clause break, least where the event has a date of its own.
    """
    of_date = analysis.clause_at(date.start)
    if of_date == cue.clause:
        return _tie_within_clause(analysis, cue, date)
    dated = _dated_clauses(analysis)
    between = range(min(of_date, cue.clause) + 1, max(of_date, cue.clause))
    if cue.clause in dated or any(index in dated for index in between):
        return 0.1
    clause = analysis.clauses[of_date]
    words = analysis.text[clause.start : clause.end]
    if of_date > cue.clause:
        if _SAME_AS_BEFORE.match(words):
            return 1.0
        if _RELATIVE.match(words):
            return 0.3  # *for his wife, who died in 1631*
        event_between = any(of_date >= other.clause > cue.clause for other in analysis.cues)
        return 0.35 if event_between else 0.8
    if _SUBORDINATE.match(analysis.text, analysis.clauses[cue.clause].start):
        return 0.35
    steps = 0.1 * (cue.clause - of_date - 1)
    if _is_chinese(words):
        return max(0.5, 0.95 - steps)
    if len(_DATE_WORDS.sub("", words).split()) <= 1:
        return max(0.5, 0.95 - steps)
    fronted = of_date == 0 and date.start < _FRONT
    return max(0.4, (0.85 if fronted else 0.65) - steps)


def _tie_within_clause(analysis: Analysis, cue: Cue, date: Year | Period) -> float:
    """Of several dates in a clause the nearest is the event's; both ends of a span are one date."""
    if isinstance(date, Year) and date.role != "at":
        return 0.5 if analysis.text[: date.start].endswith("since ") else 1.0
    is_nearest = date.start in _nearest_dates(analysis, cue)
    # *the World's Fair of 1937*: the year belongs to the noun
    noun = _OF_A_NOUN.search(analysis.text, max(0, date.start - _LONGEST_NOUN), date.start)
    return (1.0 if is_nearest else 0.6) * (0.8 if noun else 1.0)


@lru_cache(maxsize=1024)
def _dated_clauses(analysis: Analysis) -> frozenset[int]:
    """Indices of the clauses in which a date stands."""
    return frozenset(analysis.clause_at(date.start) for date in analysis.dates)


@lru_cache(maxsize=1024)
def _nearest_dates(analysis: Analysis, cue: Cue) -> frozenset[int]:
    """Where the dates begin that stand nearest to an event, among those of its clause."""
    chinese = _is_chinese(analysis.text)
    distances = {
        date.start: _distance(cue, date, chinese=chinese)
        for date in analysis.dates
        if analysis.clause_at(date.start) == cue.clause
    }
    nearest = min(distances.values())
    return frozenset(start for start, distance in distances.items() if distance == nearest)


def _distance(cue: Cue, date: Year | Period, *, chinese: bool) -> int:
    """Characters between event and date; an English date before its event counts double."""
    if date.start >= cue.end:
        return date.start - cue.end
    return (cue.start - date.end) * (1 if chinese else 2) + (0 if chinese else 8)


def _is_chinese(text: str) -> bool:
    return any(map(is_han, text))
