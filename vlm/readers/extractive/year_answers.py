"""Which year answers a question: every date of a subject's text, scored against what is asked.

The score of a date is how well its clause states the event asked for, plus how much of the question
stands around it; the named parts are kept, since confidence is made of them.
"""

import re
from dataclasses import dataclass, replace

from knowledge.dates import Period, Year
from vlm.readers.extractive.events import BUILDING, RUINING, Cue, action_likeness, date_tie
from vlm.readers.extractive.parsed_text import ParsedText, Sentence, topic_of
from vlm.readers.extractive.questions import Question
from vlm.readers.extractive.relevance import Relevance
from vlm.readers.extractive.standing import Standing
from vlm.readers.extractive.topics import Topic

_WORDS = 0.5
"""Most that words beside the event weigh where the question names one."""
_LOOSE = 0.75
_DESCRIBED = 0.2
"""Weight of words beside event and subject from which on they say what is meant."""
_PARTINGS = RUINING | {"close", "abandon", "move"}
"""What ends a stay: *it was taken away in 1968* answers *until what year did it remain*."""
_WITHOUT_EVENT = 0.5
"""A sentence that does not state the event asked for, however much else it holds."""
_OTHER_PHASE = 0.8
"""*When did it begin to lean?* by a sentence that states no beginning."""
_UNDESCRIBED = 0.3
"""Taken off an event whose sentence holds nothing of what the question describes."""
_LONG_SPAN = 80
"""Years from which on a span (*between 600 and 1000*) does not answer *in which year*."""
_NEVER = re.compile(r"\b(?:never|not|unfinished|incomplete)\b|未|没有|从不", re.IGNORECASE)
_PLAIN = 0.6
"""From this value on the answer states the event that was found; below it only quotes it."""
_DENIED = 0.25
_VAGUE = 0.9
"""A decade or century against a year, other things equal."""
_TOPIC_FIT: dict[str, dict[Topic, float]] = {
    "main": {"main": 1.0, "unsure": 0.8, "earlier": 0.5, "present": 0.6, "other": 0.35},
    "earlier": {"main": 0.9, "unsure": 0.8, "earlier": 1.0, "present": 0.3, "other": 0.4},
    "present": {"main": 0.8, "unsure": 0.7, "earlier": 0.3, "present": 1.0, "other": 0.4},
}
_RUIN_STRENGTH = {
    "demolish": 1.0, "explode": 0.95, "collapse": 0.95, "destroy": 0.95, "burn": 0.85, "bomb": 0.5,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class YearAnswer:
    """A date with the sentence that states it and how well it fits the question.

    Attributes:
        date: a year, or a decade or century.
        event: how well its clause states the event asked for, 0 to 1.
        share: share of the question's words found in and before the sentence, 0 to 1.
        score: both together, 0 to 1; higher is better.
        cue: the event that its clause states, if the question asks for one.
        rivals: how near the best other date comes, 0 (none) to 1 (as good).
    """

    date: Year | Period
    sentence: Sentence
    event: float
    share: float
    score: float
    cue: Cue | None = None
    rivals: float = 0.0

    @property
    def year(self) -> int | None:
        """The year, None for a decade or century."""
        return self.date.value if isinstance(self.date, Year) else None


@dataclass(frozen=True, slots=True)
class QuestionOnText:
    """A question laid over one subject's text."""

    question: Question
    parsed: ParsedText
    relevance: Relevance
    state: Standing


def best_year(case: QuestionOnText) -> YearAnswer | None:
    """The date that fits best, or None where the text states none."""
    dated = [
        _dated(case, index, date)
        for index, sentence in enumerate(case.parsed.sentences)
        for date in sentence.analysis.dates
    ]
    if not dated:
        return None
    latest = any("last" in word.concepts for word in case.question.sought)
    best = max(dated, key=lambda found: (found.score, (found.year or 0) if latest else 0))
    others = [found.score for found in dated if found.year != best.year]
    rivals = max(others, default=0.0) / best.score if best.score > 0 else 0.0
    return replace(best, rivals=rivals)


def is_long_span(found: YearAnswer, question: Question) -> bool:
    """Whether the date is an end of a span so long that no one year answers the question."""
    date = found.date
    if not isinstance(date, Year) or date.role == "at" or question.phase or question.span_end:
        return False
    ends = [year.value for year in found.sentence.analysis.years if year.role != "at"]
    return len(ends) >= 2 and max(ends) - min(ends) >= _LONG_SPAN


def denial(question: Question, parsed: ParsedText) -> Sentence | None:
    """The sentence that says that what is asked about never happened (*was never finished*)."""
    for sentence in parsed.sentences:
        for cue in sentence.analysis.cues:
            if (
                cue.denied
                and cue.actions & question.actions
                and cue.phase == question.phase
                and topic_of(sentence, cue, parsed) in ("main", "unsure")
                and _NEVER.search(sentence.text)
            ):
                return sentence
    return None


def last_ruin(parsed: ParsedText) -> YearAnswer | None:
    """The date at which the subject ceased to exist, as far as its text says."""
    found: list[YearAnswer] = []
    for sentence in parsed.sentences:
        for cue in sentence.analysis.cues:
            if not cue.actions & RUINING or cue.denied:
                continue
            topic = topic_of(sentence, cue, parsed)
            if topic not in ("main", "unsure"):
                continue
            for year in sentence.analysis.years:
                tie = date_tie(sentence.analysis, cue, year)
                if tie >= 0.3:
                    strength = tie * _ruin_strength(cue, year) * _TOPIC_FIT["main"][topic]
                    found.append(YearAnswer(year, sentence, tie, 1.0, strength))
    if not found:
        return None
    strongest = max(ruin.score for ruin in found)
    near = [ruin for ruin in found if ruin.score >= strongest - 0.12]
    return max(near, key=lambda ruin: (ruin.year or 0, ruin.score))


def _ruin_strength(cue: Cue, year: Year) -> float:
    """How surely an event of this kind in this phase ends a building."""
    kind = max(_RUIN_STRENGTH.get(action, 0.0) for action in cue.actions)
    if cue.phase == "begin":
        kind *= 0.75
    return kind * (0.9 if year.role == "from" else 1.0)


def _dated(case: QuestionOnText, index: int, date: Year | Period) -> YearAnswer:
    question, sentence = case.question, case.parsed.sentences[index]
    share = case.relevance.share(index)
    exact = 1.0 if isinstance(date, Year) != (question.wanted == "period") else _VAGUE
    event, cue = 0.0, None
    if question.actions:
        fits = [(_event_fit(case, index, cue, date), cue) for cue in sentence.analysis.cues]
        event, cue = max(fits, key=lambda fit: fit[0], default=(0.0, None))
    if event > 0.0:
        words = _WORDS * min(1.0, case.relevance.besides)
        score = (1.0 - words) * event + words * share * (0.5 + 0.5 * event)
    else:
        score = share * _nearness(question, sentence, date) * _role_fit(question, sentence, date)
        if question.actions:
            score *= _WITHOUT_EVENT
        elif question.phase and question.phase not in sentence.concepts:
            score *= _OTHER_PHASE
    is_plain = (
        cue is not None and event >= _PLAIN and topic_of(sentence, cue, case.parsed) != "other"
    )
    return YearAnswer(date, sentence, event, share, score * exact, cue if is_plain else None)


def _role_fit(question: Question, sentence: Sentence, date: Year | Period) -> float:
    """Whether a span's asked-for end is the one that this date is."""
    if question.span_end is None or not isinstance(date, Year):
        return 1.0
    if date.role == question.span_end:
        return 1.0
    if date.role != "at":
        return 0.6
    stated = {
        action
        for cue in sentence.analysis.cues
        if cue.clause == sentence.analysis.clause_at(date.start)
        for action in cue.actions
    }
    if stated & _PARTINGS:
        return 1.0 if question.span_end == "to" else 0.7
    return 0.5 if stated & BUILDING and question.span_end == "to" else 0.8


def _event_fit(case: QuestionOnText, index: int, cue: Cue, date: Year | Period) -> float:
    """How well one event of a sentence, at one date, is the event asked for, 0 to 1."""
    question, sentence = case.question, case.parsed.sentences[index]
    fit = action_likeness(question.actions, cue.actions)
    if "rebuild" in question.actions and topic_of(sentence, cue, case.parsed) == "present":
        # *the new hall was finished*
        fit = max(fit, action_likeness(frozenset({"build"}), cue.actions))
    if fit == 0:
        return 0.0
    fit *= date_tie(sentence.analysis, cue, date) * _phase_fit(question, cue, date)
    if cue.denied and not question.of_plans:
        fit *= _DENIED
    about = _TOPIC_FIT[question.stage][_topic(case, sentence, cue)]
    if not cue.actions & (BUILDING | RUINING | {"rebuild"}):
        about = max(about, _LOOSE)  # *found that …*, *was added*: happens to anything
    besides = case.relevance.besides
    if besides < _DESCRIBED:
        return fit * about
    # what the question describes is meant, whatever the sentence is about
    described = case.relevance.share_besides(index)
    missing = min(1.0, besides) * (1.0 - described)
    return fit * max(about, described) * (1.0 - _UNDESCRIBED * missing)


def _topic(case: QuestionOnText, sentence: Sentence, cue: Cue) -> Topic:
    """What the event happened to, seen from how the subject stands today."""
    topic = topic_of(sentence, cue, case.parsed)
    if topic == "present" and not case.state.rebuilt and case.state.exists:
        return "main"  # nothing was rebuilt: the present building is the subject
    if topic == "present" and case.state.exists is False and case.question.stage == "main":
        return "other"  # what came after the subject
    return topic


def _phase_fit(question: Question, cue: Cue, date: Year | Period) -> float:
    """1 if the text states the beginning or the end that the question asks for, else less."""
    wanted, stated = question.phase, cue.phase
    role = date.role if isinstance(date, Year) else "at"
    if question.span_end is not None and role != "at":
        return 1.0 if question.span_end == role else 0.8
    if role != "at" and stated is None:
        stated = "begin" if role == "from" else "finish"
    if wanted == stated:
        return 1.0
    if wanted is None:
        if cue.actions & question.actions & {"found", "cornerstone"}:
            return 1.0
        return 0.97 if stated == "finish" else 0.66
    return 0.85 if stated is None else 0.4


def _nearness(question: Question, sentence: Sentence, date: Year | Period) -> float:
    """Among several dates of a sentence, prefer that whose clause holds more of the question."""
    analysis = sentence.analysis
    if len(analysis.years) + len(analysis.periods) < 2:
        return 1.0
    clause = analysis.clauses[analysis.clause_at(date.start)]
    words = [word for word in analysis.words if clause.start <= word.start < clause.end]
    held = sum(
        any(sought.stem == word.stem or sought.concepts & word.concepts for word in words)
        for sought in question.sought
    )
    return 0.8 + 0.2 * min(1.0, held / max(1, len(question.sought)))
