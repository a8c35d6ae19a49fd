"""The check after the reader: a quotation must stand in its passage and say what is claimed.

Trusts no reader; what else a draft says is checked by `search.grounding`. It knows a draft's
claims, the passages that were really retrieved, and which sentences of a document say whether its
subject exists.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from knowledge.documents import Passage
from search.typography import Spans, folded, normalised
from vlm.chronology import Chronology
from vlm.readers import Draft


@dataclass(frozen=True, slots=True)
class Citation:
    """A quotation that was found: `document.text[start:end]`, read from `passage`."""

    passage: Passage
    quote: str
    start: int
    end: int


Cause = Literal[
    "nothing_quoted",
    "passage_not_retrieved",
    "wrong_document",
    "quote_not_found",
    "quote_says_nothing",
    "year_not_in_quote",
    "existence_not_in_quote",
]
"""Which part of the check failed, in the order in which the parts are checked."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Why a draft is withdrawn: the part of the check that failed, and the details in `why`."""

    cause: Cause
    why: str


class Check(Protocol):
    """The check after the reader. Answers go through `check_citation`."""

    def __call__(
        self,
        draft: Draft,
        passages: Mapping[str, Passage],
        *,
        existence_in: Mapping[str, Chronology] | None = None,
    ) -> Citation | Withdrawn:
        """Find a draft's quotation, or say why the draft is withdrawn."""


def check_citation(
    draft: Draft,
    passages: Mapping[str, Passage],
    *,
    existence_in: Mapping[str, Chronology] | None = None,
) -> Citation | Withdrawn:
    """Find a draft's quotation in the passage that it cites.

    Args:
        draft: with `passage_id` and `quote` set.
        passages: passage id → passage, all that were retrieved and nothing else.
        existence_in: document id → its chronology, where the question asks about existence; the
            quotation then has to say whether the subject exists, if the draft does: in words that
            the chronology knows, or in others by the reader's sure judgement (its signal `span`).

    Returns:
        The quotation as it stands in the document, or why the draft has to be withdrawn: the
        passage was not retrieved, belongs to another document than the draft's, does not hold
        the quotation to the letter (see `find_quote`), or the
        quotation does not hold the year or does not say whether the subject exists. A quotation
        that is cut within a word or a number is widened to the whole of it.
    """
    if draft.passage_id is None or not draft.quote or not draft.quote.strip():
        return Withdrawn("nothing_quoted", "nothing is quoted")
    passage = passages.get(draft.passage_id)
    if passage is None:
        return Withdrawn("passage_not_retrieved", f"passage {draft.passage_id!r} was not retrieved")
    if draft.document_id is not None and draft.document_id != passage.document_id:
        return Withdrawn(
            "wrong_document",
            f"passage {draft.passage_id!r} belongs to {passage.document_id!r}, not to "
            f"{draft.document_id!r}",
        )
    span = find_quote(draft.quote, passage.text)
    if span is None:
        return Withdrawn("quote_not_found", "the quotation does not stand in the cited passage")
    span = _whole_words(passage.text, *span)
    quote = passage.text[slice(*span)]
    if draft.year is not None and not _says_year(draft.year, passage.text, *span):
        return Withdrawn(
            "year_not_in_quote", f"the year {draft.year} does not stand in the quotation"
        )
    citation = Citation(passage, quote, passage.start + span[0], passage.start + span[1])
    if existence_in is not None and draft.exists is not None:
        chronology = existence_in.get(passage.document_id, Chronology())
        was_read = citation.start < chronology.read_to
        is_said = chronology.says(citation.start, citation.end, exists=draft.exists)
        is_denied = chronology.says(citation.start, citation.end, exists=not draft.exists)
        is_judged = draft.signals.get("span", 0.0) >= _SURE and not is_denied
        if was_read and not ((is_said or is_judged) and _fits(draft, chronology)):
            state = "still exists" if draft.exists else "no longer exists"
            return Withdrawn(
                "existence_not_in_quote", f"the quotation does not say that it {state}"
            )
    return citation


def _fits(draft: Draft, chronology: Chronology) -> bool:
    """Whether a model's claim fits what the whole text says: *A shop stands in its place* holds a
    word of standing, but it is not the subject that stands. The extractive reader looks at that.
    """
    state = chronology.existence
    if draft.composed or state is None or state.plainness <= _BY_TENSE:
        return True
    return state.exists == draft.exists


def _says_year(year: int, text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` holds a year, and not as a part of what stands around it: *515* cut
    out of *515 BC* is another year."""
    around = text[max(0, start - _AROUND) : end + _AROUND]
    return year_stands_in(year, text[start:end]) and year_stands_in(year, around)


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The span widened to whole words and numbers (`1,889`); Chinese has no words to cut."""
    for match in _WORD_OR_NUMBER.finditer(text, max(0, start - _AROUND), end + _AROUND):
        if match.start() < start < match.end():
            start = match.start()
        if match.start() < end < match.end():
            end = match.end()
    return start, end


def without_unsaid_existence(draft: Draft, citation: Citation, chronology: Chronology) -> Draft:
    """The draft of a question that does not ask about existence, as far as its quotation goes.

    `exists` stays only where the quoted sentence itself says it.
    """
    if draft.exists is None:
        return draft
    is_said = chronology.says(citation.start, citation.end, exists=draft.exists)
    if is_said and _fits(draft, chronology):
        return draft
    return replace(draft, exists=None, text=citation.quote if draft.composed else draft.text)


def find_quote(quote: str, text: str) -> tuple[int, int] | None:
    """Where `quote` stands in `text`: (start, end), or None.

    Both are compared in NFKC with white space folded, so that a full-width comma or a line break
    does not make a true quotation false. Where it does not stand so, what is typography alone is
    folded too (`search.typography`), since language models write marks of their own: what is cited
    is the text's characters in any case. Any other difference, also of case, makes it false.

    >>> find_quote("built in 1889", "It was built\\n in 1889.")
    (7, 21)
    >>> find_quote("It's \\"old\\" - 1889", "So: It’s “old” – 1889.")
    (4, 21)
    """
    needle = normalised(quote)[0].strip(" ")
    span = _find(needle, *normalised(text))
    if span is not None:
        return span
    needle = folded(quote)[0]
    if not any(map(str.isalnum, needle)):  # three dots stand everywhere
        return None
    haystack, spans = folded(text)
    span = _find(needle, haystack, spans)
    if span is None and needle[0] == needle[-1] == "'":  # a quotation put between marks
        span = _find(needle.strip("'"), haystack, spans)
    return span


def _find(needle: str, haystack: str, spans: Spans) -> tuple[int, int] | None:
    at = haystack.find(needle)
    if at < 0 or not needle:
        return None
    return spans[at][0], spans[at + len(needle) - 1][1]


_BY_TENSE = 0.3
"""Plainness of a state that only the tense of a sentence shows: too weak to refute a claim."""
_SURE = 0.6
"""Of the signal `span`, to believe a reader where a quotation has no words that are known."""
_AROUND = 24
"""Characters around a quotation in which a word or a date that it cuts may begin or end."""
_WORD_OR_NUMBER = re.compile(r"\d+(?:[.,]\d+)*(?:s|th|st|nd|rd)?|[^\W\d_\u3400-\u9fff]+")

_HAN_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_HAN_YEAR = re.compile(r"[〇零一二三四五六七八九]{2,4}(?=年)")
_THOUSANDS = r"\d{3}(?!\d)"
_NUMBER = rf"(?<!\d)(?<!\d\.)(?<!\d,(?={_THOUSANDS}))\d{{1,4}}(?!\d|\.\d|,{_THOUSANDS}|s\b|世纪)"
"""A whole number that is not part of 1,889 or 3.14 and is not a decade or a century."""
_JOINED = r"\s*(?:[-–—~至到或]|to|and|or)\s*"
_BEFORE_COMMON_ERA = re.compile(
    rf"(?:公元前|西元前|前)\s*(?P<zh>{_NUMBER}(?:年?{_JOINED}{_NUMBER})?)"
    rf"|(?P<en>{_NUMBER}(?:{_JOINED}{_NUMBER})?)\s*(?:BCE?\b|B\.\s?C\.)",
    re.IGNORECASE,
)


def year_stands_in(year: int, quote: str) -> bool:
    """Whether a year is written in a quotation, as digits or in Chinese numerals.

    A year before the common era (negative) has to be marked as such.

    >>> year_stands_in(1992, "1992年7月1日"), year_stands_in(1992, "in 19920 steps")
    (True, False)
    >>> year_stands_in(-515, "公元前515年"), year_stands_in(515, "公元前515年")
    (True, False)
    """
    text = unicodedata.normalize("NFKC", quote)
    text = _HAN_YEAR.sub(lambda match: match.group().translate(_HAN_DIGITS), text)
    if year < 0:
        text = " ".join(match.group() for match in _BEFORE_COMMON_ERA.finditer(text))
    else:
        text = _BEFORE_COMMON_ERA.sub(" ", text)
    return abs(year) in map(int, re.findall(_NUMBER, text))
