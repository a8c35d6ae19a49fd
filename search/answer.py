"""The structured answer: a reader's draft after the citation check, or an abstention."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from knowledge.documents import Document
from knowledge.language import language_of_quotation
from knowledge.picture_text import PicturePlace
from search.citation import Cause, Citation
from search.evidence import url_of_page
from vlm.readers import Draft, YearEvent

Reason = Literal[
    "nothing_similar",
    "not_in_evidence",
    "citation_failed",
    "low_confidence",
    "language_not_read",
]

_ABSTENTIONS: dict[tuple[str, str], str] = {
    ("nothing_similar", "en"): "Nothing in the index resembles what is asked about.",
    ("nothing_similar", "zh"): "索引中没有与所问内容相似的资料。",
    ("not_in_evidence", "en"): "The documents about {title} do not say.",
    ("not_in_evidence", "zh"): "关于{title}的资料没有说明这一点。",
    ("citation_failed", "en"): (
        "An answer was drafted, but its source did not hold when it was checked, so it is withheld."
    ),
    ("citation_failed", "zh"): "已拟出回答,但其出处未能通过核对,因此不予给出。",
    ("low_confidence", "en"): (
        "What was found, on {title}, may not be what is asked about, so no answer is given."
    ),
    ("low_confidence", "zh"): "找到的资料(关于{title})未必就是所问的对象,因此不予回答。",
    ("language_not_read", "en"): (
        "The question, or the document about {title}, is in a language that the reader {reader} "
        "was not measured to read well, so it does not answer."
    ),
    ("language_not_read", "zh"): (
        "问题或关于{title}的资料所用的语言,阅读器{reader}未经测评证明能够读好,因此不予回答。"
    ),
}
_UNTITLED = {"en": "the subject", "zh": "该对象"}
_OTHER_NAME = {
    "en": "No document here is called “{written}”; this one is called “{spelt}”. {text}",
    "zh": "没有名为“{written}”的资料;这份资料名为“{spelt}”。{text}",
}


@dataclass(frozen=True, slots=True)
class Source:
    """What an answer was read from: `document.text[start:end] == quote`.

    Attributes:
        document_id: of the document.
        title: the document's.
        citation: of the document, as a reader is shown it.
        url: of the document; of a page of a PDF with the page (`guide.pdf#page=3`).
        quote: the words.
        start: where they begin.
        end: where they end.
        language: BCP 47 tag of the quotation, as far as the document and the script show it.
        page: on which the words begin, counted from 1, if the document has pages.
        picture: where the words were read, if they were read from a picture.
    """

    document_id: str
    title: str
    citation: str
    url: str | None
    quote: str
    start: int
    end: int
    language: str
    page: int | None = None
    picture: PicturePlace | None = None

    def where(self, language: str) -> str:
        """The citation with the page, and a remark where it was read from a picture.

        Args:
            language: of the words added; English for all but Chinese.

        >>> Source("c/g", "Guide", "City guide", None, "It fell.", 0, 8, "en", page=3).where("en")
        'City guide, p. 3'
        """
        chinese = language.partition("-")[0] == "zh"
        words = self.citation or self.document_id
        if self.page is not None:
            words += f",第{self.page}页" if chinese else f", p. {self.page}"
        if self.picture is not None:
            certainty = f"{self.picture.certainty:.2f}"
            words += (
                f"(从图片中读出,可信度{certainty})"
                if chinese
                else f" (read from the picture, certainty {certainty})"
            )
        return words


@dataclass(frozen=True, slots=True)
class Conflict:
    """Another source, or another sentence of the same one, that contradicts the answer.

    Attributes:
        year: the other year that it gives for the same event; None where it contradicts `exists`.
        exists: the other thing that it says of whether the subject stands; else None.
        source: its words, which passed the same check as the answer's.
    """

    year: int | None
    exists: bool | None
    source: Source


NotTaken = Literal["looks_like", "another_kind", "another_name"]
"""Why a subject was not taken for what is asked about: it only looks like it, the question asks of
another kind of thing, or it calls the thing by another name."""


@dataclass(frozen=True, slots=True)
class NearSubject:
    """A subject that a refusal asks about: what is asked about may be it, and nothing says so.

    Attributes:
        document_id: of its document.
        title: the document's.
        photo_id: of its photo that is closest to the question's; None without one.
        turned: degrees by which that photo is turned clockwise to be shown upright.
        nearness: from 0 to 1. With a photo: 1 is the same picture, and below 0.5 pictures of
            something else are as near. Without: the share of the question's words in its texts.
        how_near: the same in the answer's words.
        why: why it was not taken.
    """

    document_id: str
    title: str
    photo_id: str | None
    nearness: float
    how_near: str
    why: NotTaken
    turned: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that was checked, or an abstention.

    When it abstains, `value`, `exists`, `year`, `date`, `year_event`, `current_use` and `source`
    are None and `reason` says why; `subject` may still name what the photo seems to show.

    Attributes:
        subject: the document the answer is about.
        text: one or two sentences in the question's language, which say nothing that the quotation,
            the document's names and the question do not say.
        exists: whether the subject stands today; given only where the question asks for it or the
            quoted sentence itself says it.
        date: the date asked for, in the Extended Date/Time Format as the quotation gives it:
            `1932~`, `../1904`, `189X`, `1905/1910`. There the year 0 is 1 BC.
        year: the year asked for, only where the quotation gives one year for certain: not of a
            bound, a decade or a guess; negative before the common era.
        year_event: what happened in `year`.
        value: the answer in the quotation's own few words, as they stand there: a name, a number, a
            place, a date. None where the answer is a statement (existence, yes or no).
        current_use: what it or its site is used for today, in words of the quotation.
        source: the quotation and where it stands.
        conflicts: sources that contradict it; they lower the confidence.
        confidence: from 0 to 1, higher is surer. An answer that is withheld as `low_confidence`
            keeps the value that it was withheld for.
        reason: why it abstains.
        withdrawn: which part of the citation check failed, where the reason is `citation_failed`.
        candidates: of a refusal (`nothing_similar`), the subjects that it asks about, likeliest
            first. To ask again about one, filter by its `document_id`.
        signals: the values that the confidence was computed from: `search.confidence.SIGNALS`.
        fields: the values that the caller's own schema asked for; what does not stand in the cited
            passage is None.
        fields_withheld: path of such a value in `fields` → why it is withheld.
        reasoning: the model's thoughts before it answered, if asked for. Thoughts with numbers,
            addresses or characters that were not retrieved are left out; nothing else checks them.
        note: a remark for a person on how the answer came about.
        turned: degrees, 0 to 270, by which the photo has to be turned clockwise to be upright; of
            several photos, the one that is closest to an indexed one.
    """

    subject: Document | None
    text: str
    exists: bool | None = None
    year: int | None = None
    date: str | None = None
    year_event: YearEvent | None = None
    value: str | None = None
    current_use: str | None = None
    source: Source | None = None
    conflicts: tuple[Conflict, ...] = ()
    confidence: float = 0.0
    reason: Reason | None = None
    withdrawn: Cause | None = None
    candidates: tuple[NearSubject, ...] = ()
    signals: Mapping[str, float] = field(default_factory=dict)
    fields: Mapping[str, Any] | None = None
    fields_withheld: Mapping[str, str] = field(default_factory=dict)
    reasoning: str | None = None
    note: str | None = None
    turned: int = 0

    @property
    def abstained(self) -> bool:
        """Whether no answer is given."""
        return self.source is None


def answer_from(draft: Draft, citation: Citation, document: Document) -> Answer:
    """The answer of a draft whose citation holds."""
    return Answer(
        subject=document,
        text=draft.text,
        exists=draft.exists,
        year=draft.year,
        date=draft.date,
        year_event=draft.year_event,
        value=draft.value,
        current_use=draft.current_use,
        fields=draft.fields,
        source=source_of(citation, document),
        confidence=draft.confidence,
    )


def source_of(citation: Citation, document: Document) -> Source:
    """The source that is shown for a quotation that was found in a document."""
    page, picture = document.page_at(citation.start), citation.passage.picture
    return Source(
        document_id=document.document_id,
        title=document.title,
        citation=document.citation,
        url=url_of_page(document.url, page),
        quote=citation.quote,
        start=citation.start,
        end=citation.end,
        language=language_of_quotation(citation.quote, document.language),
        page=page,
        picture=picture.within(citation.start, citation.end) if picture else None,
    )


def abstain(reason: Reason, subject: Document | None, *, language: str, reader: str = "") -> Answer:
    """An abstention with a sentence that says why.

    Args:
        reason: why.
        subject: the document that the photo or the question seems to mean, if any.
        language: of the answer; English for all that is not Chinese.
        reader: name of the reader that does not read a language (`language_not_read`).
    """
    known = language if language in _UNTITLED else "en"
    title = subject.title if subject else _UNTITLED[known]
    text = _ABSTENTIONS[reason, known].format(title=title, reader=reader)
    return Answer(subject=subject, text=text, reason=reason)


def under_another_name(answer: Answer, words: tuple[str, str], *, language: str) -> Answer:
    """The answer, whose text first says that its document is not called as the question calls it.

    Args:
        answer: not an abstention.
        words: the name as the question has it, and as the document has it.
        language: of the answer.
    """
    written, spelt = words
    sentence = _OTHER_NAME[language if language in _OTHER_NAME else "en"]
    return replace(answer, text=sentence.format(written=written, spelt=spelt, text=answer.text))
