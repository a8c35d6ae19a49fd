"""The answer text that code composes from a quotation, for drafts whose own words do not hold.

It says what the rules of `vlm.readers.extractive` say when the quotation is all that they may
read: nothing but the quotation, the document's name and the question goes into it.
"""

from knowledge.documents import Document, Passage
from vlm.readers.base import Candidate, Reading
from vlm.readers.extractive.answer_text import year_in_words
from vlm.readers.extractive.reader import ExtractiveReader


def compose_text(
    question: str,
    document: Document,
    quote: str,
    *,
    language: str,
    year: int | None = None,
    exists: bool | None = None,
) -> str:
    """One or two sentences that answer with a quotation. Never raises for odd texts.

    Args:
        question: what was asked.
        document: the document that is quoted; its title and aliases can name the subject.
        quote: words that stand in it.
        language: of the answer; English for all that is not Chinese.
        year: the year that the answer gives, which stands in the quotation.
        exists: whether the subject stands, as far as the quotation says it.

    >>> tower = Document("c", "t", "Tower", "The Tower was completed in 1889.", "en")
    >>> compose_text("When was it completed?", tower, tower.text, language="en", year=1889)
    'The Tower was completed in 1889.'
    """
    read = _read(question, document, quote, language=language)
    if read is not None and read[1] == year and (exists is None or read[2] in (None, exists)):
        return read[0]
    lead = None if year is None else year_in_words(year, language)
    if language == "zh":
        return f"{lead}。据资料:“{quote}”" if lead else f"据资料:“{quote}”"
    return f"{lead}. The source says: “{quote}”" if lead else f"The source says: “{quote}”"


def _read(
    question: str, document: Document, quote: str, *, language: str
) -> tuple[str, int | None, bool | None] | None:
    """What the rules answer from the quotation alone: text, year, whether it exists."""
    passage = Passage(document.document_id, 0, quote, 0, len(quote))
    candidate = Candidate(
        document.document_id, document.title, document.aliases, document.language, (passage,)
    )
    reading = Reading(question, language, (), (candidate,), known=True)
    try:
        draft = ExtractiveReader().read(reading)
    except (ValueError, LookupError, ArithmeticError):  # the rules are beside the answer here
        return None
    return None if draft.passage_id is None else (draft.text, draft.year, draft.exists)
