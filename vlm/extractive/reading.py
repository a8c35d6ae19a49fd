"""The extractive reader: from a question and candidates to one draft."""

from dataclasses import replace

from vlm.extractive.actions import BUILDING, RUINING
from vlm.extractive.dating import Dated, best_date, denial, is_long_span, last_ruin
from vlm.extractive.facts import asks_for_form, best_sentence
from vlm.extractive.lexicon import lexicon
from vlm.extractive.questions import Question, understand
from vlm.extractive.relevance import Relevance
from vlm.extractive.sentences import Sentence, Story, tell
from vlm.extractive.standing import Standing, standing
from vlm.extractive.subjects import in_order, is_about
from vlm.extractive.uses import current_use
from vlm.extractive.wording import name_in, say_fact, say_nothing, say_standing, say_year
from vlm.reader import Draft, Reading, YearEvent

_LEAST_EVENT = 0.4
"""Below this an event found is too unlike the one asked for."""
_LEAST_RUIN_OF_STANDING = 0.5
"""The same where the end of something that stands is asked for: a part or a forerunner of it."""
_LEAST_WITHOUT_EVENT = 0.55
"""A sentence that does not tell the event asked for has to hold this share of the words."""
_DENIAL = 0.6
_OF_A_PART = 0.5
"""Weight of words beside the event from which on the end of a part is asked for, not the whole."""
_LEAST_SHARE = 0.3
"""A fact's sentence has to hold this share of the question's words."""
_LEAST_FOUND = 0.35
"""The subject's text has to hold this share of the words of a question for a fact."""


class ExtractiveReader:
    """Reads by rules. Needs no files, is safe to call from several threads, never raises."""

    name = "extractive"

    def __init__(self) -> None:
        lexicon()  # read the vocabulary now, not at the first question

    def read(self, reading: Reading) -> Draft:
        """Answer from the evidence alone, or abstain with `not_in_evidence`."""
        question = understand(reading.question)
        if reading.language in ("en", "zh") and reading.language != question.language:
            question = replace(question, language=reading.language)
        if not reading.candidates:
            return Draft(text=say_nothing(question, None), reason="nothing_similar")
        candidate = in_order(question, reading.candidates)[0]
        story = tell(candidate)
        title = name_in(question.language, candidate.title, candidate.aliases)
        draft: Draft | None = None
        if is_about(question, story, with_photo=bool(reading.photos)):
            draft = _answer(question, story, title, with_photo=bool(reading.photos))
        if draft is not None:
            return draft
        return Draft(
            text=say_nothing(question, title),
            document_id=candidate.document_id,
            reason="not_in_evidence",
        )


def _answer(question: Question, story: Story, title: str, *, with_photo: bool) -> Draft | None:
    state = standing(story)
    relevance = Relevance(question, story, with_photo=with_photo)
    match question.wanted:
        case "exists":
            return _standing_draft(question, story, title, state)
        case "use":
            use = current_use(story, relevance, state)
            if use is None:
                return None
            draft = _quote(question, story, use.sentence, state, confidence=use.plain)
            return replace(draft, current_use=use.words)
        case "year" | "period":
            return _year_draft(question, story, title, state, relevance)
        case _:
            return _fact_draft(question, story, state, relevance)


def _standing_draft(question: Question, story: Story, title: str, state: Standing) -> Draft | None:
    if state.exists is None or state.sentence is None:
        return None
    if state.exists:
        text = say_standing(question, title, exists=True, year=None, rebuilt=state.rebuilt)
        return replace(
            _quote(question, story, state.sentence, state, confidence=state.plain), text=text
        )
    ruin = last_ruin(story)
    year = ruin.year if ruin else None
    sentence = ruin.sentence if ruin else state.sentence
    return replace(
        _quote(question, story, sentence, state, confidence=state.plain),
        text=say_standing(question, title, exists=False, year=year, rebuilt=False),
        year=year,
        year_event="demolished" if ruin else None,
    )


def _year_draft(
    question: Question, story: Story, title: str, state: Standing, relevance: Relevance
) -> Draft | None:
    found = best_date(question, story, relevance, state)
    if question.wanted == "period":
        if "dynasty" in relevance.sought_concepts or found is None or found.event < _LEAST_EVENT:
            return _fact_draft(question, story, state, relevance)
        return _quote(question, story, found.sentence, state, confidence=_confidence(found))
    if found is None or not _is_plain_enough(question, found, relevance, state):
        of_a_part = relevance.besides >= _OF_A_PART and relevance.found() >= _LEAST_FOUND
        if question.is_ruin and state.exists and not state.rebuilt and not of_a_part:
            return _standing_draft(question, story, title, state)
        never = denial(question, story)
        return _quote(question, story, never, state, confidence=_DENIAL) if never else None
    draft = _quote(question, story, found.sentence, state, confidence=_confidence(found))
    if found.year is None or is_long_span(found, question):
        return draft
    return replace(
        draft,
        text=say_year(question, title, found, about_subject=found.event >= 0.6),
        year=found.year,
        year_event=_event_name(question),
    )


def _is_plain_enough(
    question: Question, found: Dated, relevance: Relevance, state: Standing
) -> bool:
    if question.actions:
        doubtful = question.is_ruin and state.exists and not state.rebuilt
        least = _LEAST_RUIN_OF_STANDING if doubtful else _LEAST_EVENT
        return found.event >= least or (found.event == 0 and found.share >= _LEAST_WITHOUT_EVENT)
    return found.share >= _LEAST_SHARE and relevance.found() >= _LEAST_FOUND


def _fact_draft(
    question: Question, story: Story, state: Standing, relevance: Relevance
) -> Draft | None:
    told = best_sentence(question, story, relevance)
    if told is None or told.score < _LEAST_SHARE:
        return None
    if relevance.found() < _LEAST_FOUND and not asks_for_form(question):
        return None
    confidence = max(0.0, min(1.0, told.score * (1.0 - 0.3 * told.rivals)))
    return _quote(question, story, told.sentence, state, confidence=confidence)


def _quote(
    question: Question, story: Story, sentence: Sentence, state: Standing, *, confidence: float
) -> Draft:
    return Draft(
        text=say_fact(question, sentence),
        document_id=story.candidate.document_id,
        exists=state.exists,
        passage_id=sentence.passage.passage_id,
        quote=sentence.text,
        confidence=round(max(0.0, min(1.0, confidence)), 3),
    )


def _event_name(question: Question) -> YearEvent:
    if question.actions and question.actions <= RUINING:
        return "demolished"
    return "built" if question.actions & BUILDING else "other"


def _confidence(found: Dated) -> float:
    return found.score * (1.0 - 0.25 * found.rivals)
