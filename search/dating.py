"""The date of an answer, as its quotation gives it, and when a year is sure enough to be a number.

A reader names a year that stands in the quotation. Here the words around it are read too, so that
*before 1904*, *about 1932* and *the 1890s* stay what they are. Trusts no reader; calls no model.
"""

import re
from dataclasses import dataclass, replace

from knowledge.dates import Dated, Mention, dated_from_edtf, find_dates, read_date
from knowledge.document_dates import is_date_label
from knowledge.documents import Document
from knowledge.language import fold
from knowledge.optional import optional
from search.citation import find_quote, year_stands_in
from vlm.chronology import asks_when, year_event_of
from vlm.composed_text import compose_text, say_date
from vlm.readers import Draft

_RECORD_LINE = re.compile(
    r"^(?P<label>[^:：\n]{1,40})[:：][ \t]*(?P<value>\S[^\n]*)$", re.MULTILINE
)
_TWO_WAYS = re.compile(r"\d{1,2}[/-]\d{1,2}[/-]\d{4}|\d{4}-\d{2}")
_UNSURE_WHICH = re.compile(
    r"\b(?:between|or|zwischen|oder|entre|ou|tra|fra)\b|[或间間]", re.IGNORECASE
)
"""A span in which something happened once, unlike *from 1887 to 1889*, which has two ends."""


@dataclass(frozen=True, slots=True)
class Dating:
    """A draft with its date.

    Attributes:
        draft: `year` is None where the quotation gives no one year for certain; `value` and `text`
            then say what it gives.
        dated: the date; None where none was asked for or none stands there.
    """

    draft: Draft
    dated: Dated | None = None


def with_date(
    draft: Draft, quote: str, document: Document, *, question: str, language: str
) -> Dating:
    """Date a draft by its quotation.

    Args:
        draft: its citation holds, and its words were checked.
        quote: the quotation.
        document: that is cited.
        question: what was asked.
        language: of the answer.
    """
    nothing: tuple[Mention, bool] | None = None
    found = optional(
        lambda: _date_in(draft, quote, document, question),
        otherwise=nothing,
        what="date",
        document_id=document.document_id,
    )
    if found is None:
        return Dating(draft)
    mention, is_record = found
    dated = mention.dated
    if draft.year is None and dated.year is not None:
        # A reader finds no year in *03/05/1912*. That of a reign stands nowhere in the quotation.
        if draft.exists is None and year_stands_in(dated.year, dated.words):
            draft = replace(draft, year=dated.year, year_event=draft.year_event or "other")
        return Dating(draft, dated)
    if draft.year is not None and _is_sure(draft, dated, is_record=is_record):
        return Dating(draft, dated)
    value = draft.value
    is_whole = value is None or find_quote(value, dated.words) is not None
    if value is not None and is_whole:
        value = dated.words
    unsure = replace(draft, year=None, year_event=draft.year_event, value=value)
    said = say_date(language, dated)
    if draft.composed:
        if draft.exists is None and not is_whole:
            return Dating(unsure, dated)
    elif fold(dated.words) in fold(draft.text) or (said and fold(said) in fold(draft.text)):
        return Dating(unsure, dated)
    text = compose_text(
        document.title, quote, language=language, value=value, exists=draft.exists, dated=dated
    )
    return Dating(replace(unsure, text=text), dated)


def _date_in(
    draft: Draft, quote: str, document: Document, question: str
) -> tuple[Mention, bool] | None:
    """The date that a draft answers with, and whether it is the whole field of a record; the field
    of a building's works has two ends, as prose has."""
    wants_date = draft.year is not None or (draft.exists is None and asks_when(question))
    value = None if draft.value is None else find_quote(draft.value, quote)
    for line in _RECORD_LINE.finditer(quote):
        if not wants_date and (value is None or not is_date_label(line["label"])):
            continue
        start, end = line.span("value")
        end = start + len(line["value"].rstrip(" .。;；"))
        dated = read_date(quote[start:end])
        is_there = value is None or (start < value[1] and value[0] < end)
        if dated is not None and dated.is_known and is_there and _names(dated, draft.year):
            of_works = year_event_of(line["label"]) in {"built", "demolished"}
            return Mention(start, end, _as_indexed(dated, document)), not of_works
    if not wants_date:
        return None
    mentions = [each for each in find_dates(quote) if _names(each.dated, draft.year)]
    if value is not None:
        beside = [each for each in mentions if each.start < value[1] and value[0] < each.end]
        if beside:
            return beside[-1], False
        if draft.year is None:
            return None
    if draft.year is not None or len(mentions) == 1:
        return (mentions[0], False) if mentions else None
    return None


def _as_indexed(dated: Dated, document: Document) -> Dated:
    """A field's date that can be read in two ways, as the other values of its column are."""
    if _TWO_WAYS.fullmatch(dated.words):
        inside = [
            each
            for each in map(dated_from_edtf, document.dates)
            if each.edtf != dated.edtf and dated.holds(each)
        ]
        if len(inside) == 1:
            return replace(inside[0], words=dated.words)
    return dated


def _names(dated: Dated, year: int | None) -> bool:
    """Whether a date's words or its bounds are those of a year."""
    return year is None or year in years_named(dated) or year_stands_in(year, dated.words)


def years_named(dated: Dated) -> frozenset[int]:
    """The years that a date names: its one year, or those of its ends. A decade names none.

    >>> sorted(years_named(read_date("between 1889 and 1891"))), years_named(read_date("1890s"))
    ([1889, 1891], frozenset())
    """
    if "X" in dated.edtf:
        return frozenset()
    ends = [day.year for day in (dated.earliest, dated.latest) if day is not None]
    return frozenset(year if year > 0 else year - 1 for year in ends)


def _is_sure(draft: Draft, dated: Dated, *, is_record: bool) -> bool:
    """Whether the year is one that the words give for certain. *From 1887 to 1889* gives two, the
    beginning and the end; the field *1887-1889* of a photo gives neither."""
    if dated.year == draft.year:
        return True
    is_span = dated.earliest is not None and dated.latest is not None
    if not is_span or dated.about or dated.perhaps or draft.year not in years_named(dated):
        return False
    if _UNSURE_WHICH.search(dated.words) or dated.edtf.startswith("["):
        return False
    return not is_record
