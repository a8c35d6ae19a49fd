"""Which year answers a question: every year of a subject's text, scored against what is asked.

The score of a year is how well its clause tells the event asked for, plus how much of the question
stands around it; the named parts are kept, since confidence is made of them.
"""

from dataclasses import dataclass

from vlm.extractive.events import RUINING, Cue, alike, bond
from vlm.extractive.questions import Question
from vlm.extractive.relevance import Relevance
from vlm.extractive.sentences import Sentence, Story, Topic, topic_of
from vlm.extractive.years import Year

_TOPIC_FIT: dict[tuple[str, Topic], float] = {
    ("main", "main"): 1.0, ("main", "earlier"): 0.5, ("main", "present"): 0.7, ("main", "other"): 0.45,
    ("earlier", "main"): 0.9, ("earlier", "earlier"): 1.0, ("earlier", "present"): 0.3,
    ("earlier", "other"): 0.4, ("present", "main"): 0.8, ("present", "earlier"): 0.3,
    ("present", "present"): 1.0, ("present", "other"): 0.4,
}  # fmt: skip
_EVENT = 0.6
_WORDS = 0.4
"""Weights of event and words where the question names an event."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A year with the sentence that states it and how well it fits the question.

    Attributes:
        event: how well its clause tells the event asked for, 0 to 1.
        share: share of the question's words found in and before the sentence, 0 to 1.
        score: both together, 0 to 1; higher is better.
        rivals: how near the best other year comes, 0 (none) to 1 (as good).
    """

    year: Year
    sentence: Sentence
    event: float
    share: float
    score: float
    rivals: float = 0.0


def best_year(question: Question, story: Story, relevance: Relevance) -> Dated | None:
    """The year that fits best, or None where the text states no year."""
    dated = [
        _dated(question, story, relevance, index, year)
        for index, sentence in enumerate(story.sentences)
        for year in sentence.analysis.years
    ]
    if not dated:
        return None
    best = max(dated, key=lambda found: found.score)
    others = [found.score for found in dated if found.year.value != best.year.value]
    rivals = max(others, default=0.0) / best.score if best.score > 0 else 0.0
    return Dated(best.year, best.sentence, best.event, best.share, best.score, rivals)


def last_ruin(story: Story) -> Dated | None:
    """The year in which the subject ceased to exist, as far as its text says."""
    found: list[tuple[float, int, Dated]] = []
    for sentence in story.sentences:
        for cue in sentence.analysis.cues:
            if not cue.actions & RUINING or cue.denied:
                continue
            topic = topic_of(sentence, cue, story)
            if topic in ("other", "present", "earlier"):
                continue
            for year in sentence.analysis.years:
                tie = bond(sentence.analysis, cue, year)
                if tie < 0.3:
                    continue
                strength = tie * _ruin_strength(cue, year)
                found.append((strength, year.value, Dated(year, sentence, tie, 1.0, strength)))
    if not found:
        return None
    strongest = max(strength for strength, _, _ in found)
    near = [item for item in found if item[0] >= strongest - 0.12]
    return max(near, key=lambda item: (item[1], item[0]))[2]


def _ruin_strength(cue: Cue, year: Year) -> float:
    """How surely an event of this kind in this phase ends a building."""
    kind = max(
        {"demolish": 1.0, "explode": 0.95, "collapse": 0.95, "destroy": 0.95, "burn": 0.85, "bomb": 0.5}
        .get(action, 0.0)
        for action in cue.actions
    )  # fmt: skip
    if cue.phase == "begin":
        kind *= 0.75
    return kind * (0.9 if year.role == "from" else 1.0)


def _dated(question: Question, story: Story, relevance: Relevance, index: int, year: Year) -> Dated:
    sentence = story.sentences[index]
    share = relevance.share(index)
    if not question.actions:
        ends = 1.0 if question.span_end in (None, year.role) else 0.85
        denied = 1.0
        return Dated(
            year, sentence, 0.0, share, share * ends * denied * _nearness(question, sentence, year)
        )
    event = max(
        (_event_fit(question, story, sentence, cue, year) for cue in sentence.analysis.cues),
        default=0.0,
    )
    score = _EVENT * event + _WORDS * share * (0.5 + 0.5 * event)
    if event == 0:
        score = _WORDS * share * 0.8 * _nearness(question, sentence, year)
    return Dated(year, sentence, event, share, score)


def _event_fit(question: Question, story: Story, sentence: Sentence, cue: Cue, year: Year) -> float:
    fit = alike(question.actions, cue.actions)
    if fit == 0:
        return 0.0
    fit *= bond(sentence.analysis, cue, year) * _phase_fit(question, cue, year)
    if cue.denied:
        fit *= 0.25
    topic = topic_of(sentence, cue, story)
    asked = _asked_thing(question, story, sentence)
    return fit * (1.0 if asked and topic == "other" else _TOPIC_FIT[question.stage, topic])


def _asked_thing(question: Question, story: Story, sentence: Sentence) -> bool:
    """Whether the question names a thing of this sentence that is not the subject's own kind."""
    return any(
        word.concepts - story.types
        and (word.stem in sentence.stems or word.concepts & sentence.concepts)
        and word.stem not in story.names
        and word.weight >= 1
        and not word.concepts & question.actions
        for word in question.sought
    )


def _phase_fit(question: Question, cue: Cue, year: Year) -> float:
    wanted, told = question.phase, cue.phase
    if question.span_end is not None and year.role in ("from", "to"):
        return 1.0 if question.span_end == year.role else 0.8
    if year.role in ("from", "to") and told is None:
        told = "begin" if year.role == "from" else "finish"
    if wanted == told:
        return 1.0
    if wanted is None:
        return 0.97 if told == "finish" else 0.8
    if told is None:
        return 0.85
    return 0.45


def _nearness(question: Question, sentence: Sentence, year: Year) -> float:
    """Among several years of a sentence, prefer the one whose clause holds more of the question."""
    analysis = sentence.analysis
    if len(analysis.years) < 2:
        return 1.0
    clause = analysis.clauses[analysis.clause_at(year.start)]
    words = [word for word in analysis.words if clause.start <= word.start < clause.end]
    held = sum(
        1
        for sought in question.sought
        if any(sought.stem == word.stem or sought.concepts & word.concepts for word in words)
    )
    return 0.8 + 0.2 * min(1.0, held / max(1, len(question.sought)))
