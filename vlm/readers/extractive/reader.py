"""The extractive reader: from a question and candidates to one draft."""

from collections.abc import Sequence
from dataclasses import replace

from vlm.readers.base import Draft, Reading, YearEvent
from vlm.readers.extractive.answer_text import (
    name_in,
    say_date,
    say_fact,
    say_nothing,
    say_standing,
)
from vlm.readers.extractive.asked_subject import (
    AskedThing,
    asked_thing,
    in_order,
    is_about,
    text_about,
)
from vlm.readers.extractive.events import BUILDING, RUINING
from vlm.readers.extractive.fact_answers import asks_for_form, best_fact, current_use
from vlm.readers.extractive.lexicon import lexicon
from vlm.readers.extractive.network import Network
from vlm.readers.extractive.parsed_text import (
    ParsedText,
    Sentence,
    SubjectText,
    parse_text,
    text_of,
)
from vlm.readers.extractive.questions import Question, parse_question
from vlm.readers.extractive.relevance import Relevance
from vlm.readers.extractive.standing import standing
from vlm.readers.extractive.year_answers import (
    QuestionOnText,
    YearAnswer,
    best_year,
    denial,
    is_long_span,
    last_ruin,
)
from vlm.readers.prompt import shortened

_MOST_ASKED = 2_000
"""Characters of a question that are read."""
_MOST_TOGETHER = 60_000
"""Characters of all candidates' passages that are read for one question, the best of each first."""
_LEAST_EVENT = 0.4
"""Below this an event found is too unlike the one asked for."""
_LEAST_RUIN_OF_STANDING = 0.5
"""The same where the end of something that stands is asked for: a part or a forerunner of it."""
_LEAST_WITHOUT_EVENT = 0.55
"""A sentence that does not state the event asked for has to hold this share of the words."""
_OF_A_PART = 0.5
"""Weight of words beside the event from which on the end of a part is asked for, not the whole."""
_LEAST_SHARE = 0.3
"""A fact's sentence has to hold this share of the question's words."""
_LEAST_FOUND = 0.35
"""The subject's text has to hold this share of the words of a question for a fact."""
_DENIAL = 0.6
"""Confidence of *it never was*."""
_RIVALRY = 0.25
"""Confidence taken off where another answer fits as well."""


class ExtractiveReader:
    """Reads by rules. Needs no files, is safe to call from several threads, never raises."""

    def __init__(self, network: Network | None = None) -> None:
        """`network`: what reads; None for the bundled one."""
        self.network = network
        self.name = "extractive" if network is None else f"extractive:{network.card.name}"
        lexicon()  # read the vocabulary now, not at the first question

    def read(self, reading: Reading) -> Draft:
        """Answer from the evidence alone, or abstain.

        The reason is `nothing_similar` without candidates, else `not_in_evidence`.
        """
        question = parse_question(reading.question[:_MOST_ASKED])
        if reading.language in ("en", "zh") and reading.language != question.language:
            question = replace(question, language=reading.language)
        if not reading.candidates:
            return Draft(text=say_nothing(question, None), reason="nothing_similar")
        with_photo = bool(reading.photos) or reading.known
        found = tuple(map(text_of, shortened(reading, _MOST_TOGETHER).candidates))
        texts = in_order(question, found, with_photo=with_photo)
        thing = asked_thing(question, texts[0])
        if thing is None:
            parsed = parse_text(texts[0])
            title = name_in(question.language, parsed)
            case = None
            if is_about(question, parsed, with_photo=with_photo):
                case = _case(question, parsed, with_photo=with_photo)
        else:
            title = thing.name
            case = _case_of_thing(question, thing, texts, with_photo=with_photo)
        draft = _answer(case, title) if case is not None else None
        if draft is not None:
            return draft
        return Draft(
            text=say_nothing(question, title),
            document_id=texts[0].document_id,
            reason="not_in_evidence",
        )


def _case(question: Question, parsed: ParsedText, *, with_photo: bool) -> QuestionOnText:
    relevance = Relevance(question, parsed, with_photo=with_photo)
    return QuestionOnText(question, parsed, relevance, standing(parsed))


def _case_of_thing(
    question: Question, thing: AskedThing, texts: Sequence[SubjectText], *, with_photo: bool
) -> QuestionOnText | None:
    """The question with the first text that says something of the thing."""
    searched = texts[:1] if thing.is_part else texts
    parsed = next((one for each in searched if (one := text_about(thing, each)).sentences), None)
    return _case(question, parsed, with_photo=with_photo) if parsed else None


def _answer(case: QuestionOnText, title: str) -> Draft | None:
    match case.question.wanted:
        case "exists":
            return _standing_draft(case, title)
        case "use":
            return _use_draft(case)
        case "year":
            return _year_draft(case, title)
        case "period":
            return _period_draft(case)
        case _:
            return _fact_draft(case)


def _standing_draft(case: QuestionOnText, title: str) -> Draft | None:
    state = case.state
    if state.exists is None or state.sentence is None:
        return None
    ruin = None if state.exists else last_ruin(case.parsed)
    year = ruin.year if ruin else None
    text = say_standing(case.question, title, exists=state.exists, year=year, rebuilt=state.rebuilt)
    draft = _quote(case, ruin.sentence if ruin else state.sentence, confidence=state.plain)
    return replace(draft, text=text, year=year, year_event="demolished" if ruin else None)


def _use_draft(case: QuestionOnText) -> Draft | None:
    use = current_use(case.question, case.parsed, case.relevance, case.state)
    if use is None:
        return None
    return replace(_quote(case, use.sentence, confidence=use.plain), current_use=use.words)


def _year_draft(case: QuestionOnText, title: str) -> Draft | None:
    question, state = case.question, case.state
    found = best_year(case)
    if found is not None and _is_plain_enough(case, found):
        draft = _quote(case, found.sentence, confidence=_confidence(found))
        if is_long_span(found, question):
            return draft
        draft = replace(draft, text=say_date(question, title, found))
        if found.year is None:
            return draft
        return replace(draft, year=found.year, year_event=_event_name(question))
    of_a_part = case.relevance.besides >= _OF_A_PART and case.relevance.found() >= _LEAST_FOUND
    if question.is_ruin and state.exists and not state.rebuilt and not of_a_part:
        return _standing_draft(case, title)  # *When was it pulled down?* It still stands.
    never = denial(question, case.parsed)
    return _quote(case, never, confidence=_DENIAL) if never else None


def _period_draft(case: QuestionOnText) -> Draft | None:
    found = best_year(case)
    of_dynasty = any("dynasty" in word.concepts for word in case.question.sought)
    if of_dynasty or found is None or found.event < _LEAST_EVENT:
        return _fact_draft(case)
    return _quote(case, found.sentence, confidence=_confidence(found))


def _fact_draft(case: QuestionOnText) -> Draft | None:
    fact = best_fact(case.question, case.parsed, case.relevance)
    if fact is None or fact.score < _LEAST_SHARE:
        return None
    if case.relevance.found() < _LEAST_FOUND and not asks_for_form(case.question):
        return None
    return _quote(case, fact.sentence, confidence=fact.score * (1.0 - _RIVALRY * fact.rivals))


def _is_plain_enough(case: QuestionOnText, found: YearAnswer) -> bool:
    question, state = case.question, case.state
    if not question.actions:
        return found.share >= _LEAST_SHARE and case.relevance.found() >= _LEAST_FOUND
    doubtful = question.is_ruin and state.exists and not state.rebuilt
    least = _LEAST_RUIN_OF_STANDING if doubtful else _LEAST_EVENT
    return found.event >= least or (found.event == 0 and found.share >= _LEAST_WITHOUT_EVENT)


def _quote(case: QuestionOnText, sentence: Sentence, *, confidence: float) -> Draft:
    """A draft that quotes a sentence and says no more than it does."""
    return Draft(
        text=say_fact(case.question, sentence),
        document_id=case.parsed.source.document_id,
        exists=case.state.exists,
        passage_id=sentence.passage.passage_id,
        quote=sentence.text,
        confidence=round(max(0.0, min(1.0, confidence)), 3),
        composed=True,
    )


def _event_name(question: Question) -> YearEvent:
    if question.actions and question.actions <= RUINING:
        return "demolished"
    return "built" if question.actions & BUILDING else "other"


def _confidence(found: YearAnswer) -> float:
    return found.score * (1.0 - _RIVALRY * found.rivals)
