"""Which date belongs to which event of a sentence, by its grammar."""

import re

from knowledge.dates import Period, Year
from knowledge.language import is_han
from vlm.readers.extractive.events import Analysis, Cue

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


def bond(analysis: Analysis, cue: Cue, date: Year | Period) -> float:
    """How firmly the sentence's grammar ties a date to an event, 0 to 1.

    1 in the same clause; less over a clause break, least where the event has a date of its own.
    """
    of_date = analysis.clause_at(date.start)
    if of_date == cue.clause:
        return _bond_within(analysis, cue, date)
    dated = {analysis.clause_at(other.start) for other in analysis.dates}
    between = range(min(of_date, cue.clause) + 1, max(of_date, cue.clause))
    if cue.clause in dated or any(index in dated for index in between):
        return 0.1
    clause = analysis.clauses[of_date]
    told = analysis.text[clause.start : clause.end]
    if of_date > cue.clause:
        if _SAME_AS_BEFORE.match(told):
            return 1.0
        if _RELATIVE.match(told):
            return 0.3  # *for his wife, who died in 1631*
        told_between = any(of_date >= other.clause > cue.clause for other in analysis.cues)
        return 0.35 if told_between else 0.8
    if _SUBORDINATE.match(analysis.text, analysis.clauses[cue.clause].start):
        return 0.35
    steps = 0.1 * (cue.clause - of_date - 1)
    if _is_chinese(told):
        return max(0.5, 0.95 - steps)
    if len(_DATE_WORDS.sub("", told).split()) <= 1:
        return max(0.5, 0.95 - steps)
    fronted = of_date == 0 and date.start < _FRONT
    return max(0.4, (0.85 if fronted else 0.65) - steps)


def _bond_within(analysis: Analysis, cue: Cue, date: Year | Period) -> float:
    """Of several dates in a clause the nearest is the event's; both ends of a span are one date."""
    if isinstance(date, Year) and date.role != "at":
        return 0.5 if analysis.text[: date.start].endswith("since ") else 1.0
    chinese = _is_chinese(analysis.text)
    inside = [
        _distance(cue, other, chinese=chinese)
        for other in analysis.dates
        if analysis.clause_at(other.start) == cue.clause
    ]
    bond = 1.0 if _distance(cue, date, chinese=chinese) == min(inside) else 0.6
    # *the World's Fair of 1937*: the year belongs to the noun
    return bond * (0.8 if _OF_A_NOUN.search(analysis.text, 0, date.start) else 1.0)


def _distance(cue: Cue, date: Year | Period, *, chinese: bool) -> int:
    """Characters between event and date; an English date before its event counts double."""
    if date.start >= cue.end:
        return date.start - cue.end
    return (cue.start - date.end) * (1 if chinese else 2) + (0 if chinese else 8)


def _is_chinese(text: str) -> bool:
    return any(map(is_han, text))
