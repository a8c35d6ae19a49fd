"""The shapes that go over HTTP and out of `--json`, and how the search's nouns become them.

Over 500 lines, since it is one description, which the OpenAPI page, MCP and the clients read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Literal

from pydantic import BaseModel, Field

from api.watching.context import current_request_id
from knowledge import stages
from knowledge.dates import date_at, edtf_year
from knowledge.documents import Document
from knowledge.index import PhotoFacts
from knowledge.picture_text import PicturePlace
from search.answer import Answer, NotTaken, Reason
from search.evidence import Evidence
from search.held_pictures import HeldPicture, Verdict
from search.pipeline import Asked, Found, Pipeline
from vlm.chronology import Chronology, Event, EventKind, timeline
from vlm.likeness import Comparison, Edit
from vlm.readers import YearEvent


class SubjectOut(BaseModel):
    """What an answer is about."""

    document_id: str
    title: str


class BoxOut(BaseModel):
    """An upright rectangle in a photo as it is shown, in shares of its width and height."""

    x: float
    y: float
    width: float
    height: float


class PictureOut(BaseModel):
    """Where in a photo a text was read."""

    photo_id: str
    photo_url: str
    turn: int = Field(
        description="Degrees by which the photo has to be turned clockwise for its text to be "
        "upright."
    )
    certainty: float = Field(description="Of the least certain line; from 0 to 1, higher is surer.")
    boxes: list[BoxOut] = Field(description="One for each line.")


class AlignmentOut(BaseModel):
    """One picture laid on another. All places are x and y in shares of a picture's width and height
    from its top left corner, as the picture is upright."""

    homography: tuple[
        tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]
    ] = Field(
        description="3 × 3, row by row: (x, y, 1) of the first picture becomes (u, v, w), which is "
        "at (u / w, v / w) of the second."
    )
    points: list[tuple[float, float, float, float]] = Field(
        description="Matched places that show it: x, y in the first, x, y in the second."
    )
    matches: int = Field(description="How many matched places agree with the homography.")
    agreement: float = Field(
        description="Share of the common part in which the pictures' tones agree, 0 to 1."
    )
    overlap: tuple[float, float] = Field(
        description="Share of the first picture that is in the second, and the other way round."
    )


class HeldPictureOut(BaseModel):
    """Whether the picture that was sent is in the index."""

    verdict: Verdict = Field(
        description="The same file; the same shot (cropped, turned, scanned …); the same place; or "
        "none of these."
    )
    photo: int = Field(description="Which of the photos that were sent, from 0.")
    photo_id: str | None = Field(description="Of the photo in the index.")
    photo_url: str | None
    document_id: str | None
    alignment: AlignmentOut | None = Field(
        description="How the picture that was sent (of a region, the region) lies on the photo in "
        "the index."
    )
    edits: list[Edit] = Field(
        description="What was done to the photo in the index to make the picture that was sent."
    )
    turned: int = Field(
        description="Degrees (90, 180, 270), clockwise, by which the picture is turned against it."
    )
    verified: bool = Field(
        description="Whether bytes, pixels or matched places show the verdict, and not only a hash "
        "or the search."
    )


class LaidOut(BaseModel):
    """Two pictures compared; `alignment` is null where nothing shows that both show the same."""

    alignment: AlignmentOut | None
    same_shot: bool = Field(description="Whether both are one shot.")
    verified: bool = Field(description="False where the server has nothing to compare with.")


_SECONDS = Field(default=None, description="Of a film's frame, from the film's beginning.")
_PAGE = Field(default=None, description="On which it begins, if the document has pages, from 1.")
_PICTURE = Field(default=None, description="Where it was read, if it was read from a picture.")
_TURNED = Field(
    default=0,
    description="Degrees by which an indexed photo has to be turned clockwise to be upright, where "
    "the encoder saw that it lies turned.",
)
_QUOTATION_LANGUAGE = Field(description="BCP 47 tag of the quotation.")


class SourceOut(BaseModel):
    """What an answer was read from; `start` and `end` count characters of the document's text."""

    document_id: str
    title: str
    citation: str
    url: str | None
    quote: str
    start: int
    end: int
    language: str = _QUOTATION_LANGUAGE
    page: int | None = _PAGE
    picture: PictureOut | None = _PICTURE


class ConflictOut(BaseModel):
    """A source that contradicts the answer; `start` and `end` count as the answer's source's."""

    year: int | None = Field(description="Its year for the same event; negative: BCE.")
    exists: bool | None = Field(description="Whether the subject stands, where it says otherwise.")
    document_id: str
    title: str
    citation: str
    url: str | None
    quote: str
    start: int
    end: int
    language: str = _QUOTATION_LANGUAGE
    page: int | None = _PAGE
    picture: PictureOut | None = _PICTURE


class NearSubjectOut(BaseModel):
    """A subject that a refusal asks about. To ask again about this one, send the same photo and
    question with the filter `{"document_id": "…"}`."""

    document_id: str
    title: str
    photo_id: str | None = Field(description="Its photo that is closest to the one sent.")
    photo_url: str | None
    nearness: float = Field(
        description="From 0 to 1. With a photo: 1 is the same picture, and below 0.5 pictures of "
        "something else are as near. Without: the share of the question's words in its texts."
    )
    how_near: str = Field(description="The same in words, in the answer's language.")
    why: NotTaken = Field(
        description="Why it was not taken: it only looks like it, the question asks of another "
        "kind of thing, or it calls the thing by another name."
    )
    turned: int = Field(
        default=0, description="Degrees by which its photo is turned clockwise to be shown upright."
    )


class AnswerOut(BaseModel):
    """A checked answer, or an abstention with its reason."""

    subject: SubjectOut | None
    exists: bool | None
    year: int | None = Field(
        description="Only where the source gives one year for certain; negative before the common "
        "era."
    )
    date: str | None = Field(
        default=None,
        description="The date asked for as the source gives it, in the Extended Date/Time Format: "
        "`1932~` about 1932, `../1904` by 1904, `189X` the 1890s. Its year 0 is 1 BC.",
    )
    year_event: YearEvent | None
    value: str | None = Field(
        description="The answer in the quotation's own few words (a name, a number, a place, a "
        "date); null where the answer is a statement."
    )
    current_use: str | None
    text: str
    source: SourceOut | None
    conflicts: list[ConflictOut] = Field(
        default=[], description="Sources that contradict the answer; checked as its own is."
    )
    confidence: float
    abstained: bool
    reason: Reason | None = Field(description="Why it abstains.")
    candidates: list[NearSubjectOut] = Field(
        default=[],
        description="Where the reason is `nothing_similar`: the subjects that it may be, likeliest "
        "first.",
    )
    fields: dict[str, Any] | None = Field(
        default=None, description="What the request's own `schema` asked for."
    )
    fields_withheld: dict[str, str] = Field(
        default={},
        description="Path in `fields` of a value that is null for not standing in the cited "
        "passage → why.",
    )
    reasoning: str | None = Field(
        default=None,
        description="What the model thought before, where switched on; left out where it holds "
        "numbers or addresses that were not retrieved, else not checked.",
    )
    note: str | None = Field(
        default=None, description="What to know about how the answer came about."
    )
    turned: int = Field(
        default=0,
        description="Degrees (0, 90, 180 or 270) by which the photo has to be turned clockwise to "
        "be upright; of several, the one that is closest to an indexed photo.",
    )


class EvidenceOut(BaseModel):
    """A passage or a photo that was retrieved. In all scores, higher is better."""

    document_id: str
    title: str
    kind: Literal["passage", "photo"]
    text: str | None
    start: int | None
    end: int | None
    photo_url: str | None
    citation: str
    url: str | None
    page: int | None = _PAGE
    picture: PictureOut | None = _PICTURE
    seconds: float | None = _SECONDS
    turned: int = _TURNED
    rank: int
    scores: dict[str, float]


class ModelsOut(BaseModel):
    """Which models answered."""

    encoder: str
    reader: str | None


class SearchOut(BaseModel):
    """What `/v1/search` found. `timings`: stage → seconds."""

    evidence: list[EvidenceOut]
    did_you_mean: str | None = Field(
        default=None,
        description="The question as the documents spell its names, where it may misspell one.",
    )
    note: str | None = Field(
        default=None, description="What to know about how it was found, where not all went well."
    )
    photos_turned: list[int] = Field(
        default=[],
        description="Degrees by which each photo that was sent has to be turned clockwise to be "
        "upright, in their order.",
    )
    picture: HeldPictureOut | None = Field(
        default=None, description="Whether the index holds the photo; null where none was sent."
    )
    timings: dict[str, float]
    models: ModelsOut
    request_id: str


class AskOut(SearchOut):
    """What `/v1/ask` found and answered."""

    answer: AnswerOut


class PhotoOut(BaseModel):
    """A photo of a document; its size in pixels, where it was taken in degrees north and east."""

    photo_id: str
    photo_url: str
    width: int
    height: int
    taken_at: str | None
    latitude: float | None
    longitude: float | None
    caption: str | None = None
    turned: int = _TURNED
    seconds: float | None = _SECONDS


class EventOut(BaseModel):
    """A dated event of a document's subject; `text[start:end]` is its sentence."""

    year: int = Field(description="Negative before the common era.")
    date: str = Field(description="Its date as the text gives it, in EDTF: `1932~`, `../1904`.")
    event: EventKind
    start: int
    end: int


class PageOut(BaseModel):
    """A page of a document; `text[start:end]` stands on it. Pages count from 1."""

    page: int
    start: int
    end: int


class FieldOut(BaseModel):
    """A labelled value of a document's record; `text[start:end]` is the line that says it."""

    label: str
    value: str
    start: int
    end: int


class DocumentOut(BaseModel):
    """A whole document, as an evidence card shows it."""

    document_id: str
    title: str
    aliases: list[str]
    language: str
    place: str | None
    citation: str
    url: str | None
    tags: list[str]
    rights: str
    text: str
    fields: list[FieldOut]
    photos: list[PhotoOut]
    events: list[EventOut]
    pages: list[PageOut] = Field(default=[], description="Of a PDF or a scan.")


class OpenAIErrorOut(BaseModel):
    """An error as OpenAI's clients know it."""

    message: str
    type: str
    param: str | None
    code: str


class ProblemOut(BaseModel):
    """RFC 9457; `error` is only on OpenAI's routes, for their clients."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    error: OpenAIErrorOut | None = None


def photo_url(photo_id: str) -> str:
    """Where the API serves a photo's thumbnail."""
    return f"/v1/photos/{photo_id}"


def _picture_out(place: PicturePlace | None) -> PictureOut | None:
    if place is None:
        return None
    return PictureOut(
        photo_id=place.photo_id,
        photo_url=photo_url(place.photo_id),
        turn=place.turn,
        certainty=place.certainty,
        boxes=[BoxOut(**asdict(line.box)) for line in place.lines],
    )


def answer_out(answer: Answer) -> AnswerOut:
    """An answer as it goes out."""
    subject, source = answer.subject, answer.source
    return AnswerOut(
        subject=SubjectOut(document_id=subject.document_id, title=subject.title)
        if subject
        else None,
        exists=answer.exists,
        year=answer.year,
        date=answer.date,
        year_event=answer.year_event,
        value=answer.value,
        current_use=answer.current_use,
        text=answer.text,
        source=SourceOut(
            document_id=source.document_id,
            title=source.title,
            citation=source.citation,
            url=source.url,
            quote=source.quote,
            start=source.start,
            end=source.end,
            language=source.language,
            page=source.page,
            picture=_picture_out(source.picture),
        )
        if source
        else None,
        conflicts=[
            ConflictOut(
                year=conflict.year,
                exists=conflict.exists,
                document_id=conflict.source.document_id,
                title=conflict.source.title,
                citation=conflict.source.citation,
                url=conflict.source.url,
                quote=conflict.source.quote,
                start=conflict.source.start,
                end=conflict.source.end,
                language=conflict.source.language,
                page=conflict.source.page,
                picture=_picture_out(conflict.source.picture),
            )
            for conflict in answer.conflicts
        ],
        confidence=round(answer.confidence, 4),
        abstained=answer.abstained,
        reason=answer.reason,
        candidates=[
            NearSubjectOut(
                document_id=each.document_id,
                title=each.title,
                photo_id=each.photo_id,
                photo_url=photo_url(each.photo_id) if each.photo_id else None,
                nearness=each.nearness,
                how_near=each.how_near,
                why=each.why,
                turned=each.turned,
            )
            for each in answer.candidates
        ],
        fields=dict(answer.fields) if answer.fields is not None else None,
        fields_withheld=dict(answer.fields_withheld),
        reasoning=answer.reasoning,
        note=answer.note,
        turned=answer.turned,
    )


def evidence_out(evidence: Evidence) -> EvidenceOut:
    """A piece of evidence as it goes out."""
    document = evidence.document
    return EvidenceOut(
        document_id=document.document_id,
        title=document.title,
        kind=evidence.kind,
        text=evidence.text,
        start=evidence.start,
        end=evidence.end,
        photo_url=photo_url(evidence.photo_id) if evidence.photo_id else None,
        citation=document.citation,
        url=evidence.url,
        page=evidence.page,
        picture=_picture_out(evidence.picture),
        seconds=evidence.seconds,
        turned=evidence.turned,
        rank=evidence.rank,
        scores={name: round(score, 4) for name, score in evidence.scores.items()},
    )


def document_out(
    document: Document, photos: Mapping[str, PhotoFacts], chronology: Chronology
) -> DocumentOut:
    """A document as it goes out. `photos`: photo id → what is known of it, in order."""
    return DocumentOut(
        document_id=document.document_id,
        title=document.title,
        aliases=list(document.aliases),
        language=document.language,
        place=document.place,
        citation=document.citation,
        url=document.url,
        tags=list(document.tags),
        rights=document.rights,
        text=document.text,
        fields=[FieldOut(**asdict(each)) for each in document.fields],
        photos=[_photo_out(id_, facts) for id_, facts in photos.items()],
        events=_events_out(document.text, timeline(chronology)),
        pages=[
            PageOut(page=page.number, start=page.start, end=page.end) for page in document.pages
        ],
    )


def _events_out(text: str, events: Sequence[Event]) -> list[EventOut]:
    """Events in the order of their dates: what happened *before 1904* comes before 1904."""
    out: list[tuple[tuple[int, int], EventOut]] = []
    for each in events:
        value = each.year.value
        mention = date_at(text, each.year.start, each.year.end)
        edtf = edtf_year(value if value > 0 else value + 1)
        order = (value, 0)
        if mention is not None and each.year.role == "at":
            edtf = mention.dated.edtf
            bound = -1 if mention.dated.before else 1 if mention.dated.after else 0
            day = mention.dated.earliest or mention.dated.latest
            order = (value, bound * 1300 + (0 if day is None or bound else day.number % 10_000))
        event = EventOut(year=value, date=edtf, event=each.kind, start=each.start, end=each.end)
        out.append((order, event))
    return [event for _, event in sorted(out, key=lambda pair: pair[0])]


def _photo_out(photo_id: str, facts: PhotoFacts) -> PhotoOut:
    return PhotoOut(
        photo_id=photo_id,
        photo_url=photo_url(photo_id),
        width=facts.width,
        height=facts.height,
        taken_at=facts.taken_at,
        latitude=facts.latitude,
        longitude=facts.longitude,
        caption=facts.caption,
        turned=facts.turned,
        seconds=facts.seconds,
    )


def search_out(found: Found, pipeline: Pipeline) -> SearchOut:
    """A search as it goes out, with the times of the stages that led to it."""
    return SearchOut(
        **_found(found),
        models=ModelsOut(encoder=pipeline.encoder.card.name, reader=None),
        request_id=current_request_id() or "",
    )


def ask_out(asked: Asked, pipeline: Pipeline) -> AskOut:
    """An answer with its evidence as it goes out, with the times of the stages that led to it."""
    return AskOut(
        **_found(asked),
        answer=answer_out(asked.answer),
        models=ModelsOut(encoder=pipeline.encoder.card.name, reader=pipeline.reader.name),
        request_id=current_request_id() or "",
    )


def _held_picture_out(held: HeldPicture | None) -> HeldPictureOut | None:
    if held is None:
        return None
    return HeldPictureOut(
        verdict=held.verdict,
        photo=held.photo,
        photo_id=held.photo_id,
        photo_url=photo_url(held.photo_id) if held.photo_id else None,
        document_id=held.document_id,
        alignment=AlignmentOut(**asdict(held.alignment)) if held.alignment else None,
        edits=list(held.edits),
        turned=held.turned,
        verified=held.verified,
    )


def laid_out(found: Comparison | None, *, verified: bool) -> LaidOut:
    """Two pictures that were compared, as they go out."""
    alignment = None if found is None else AlignmentOut(**asdict(found.alignment))
    same_shot = found is not None and found.is_same_shot
    return LaidOut(alignment=alignment, same_shot=same_shot, verified=verified)


def _found(found: Found) -> dict[str, Any]:
    timings = stages.timings()
    timings["total"] = sum(timings.values())
    return {
        "evidence": [evidence_out(item) for item in found.evidence],
        "did_you_mean": found.did_you_mean,
        "note": found.note,
        "photos_turned": list(found.turns.degrees),
        "picture": _held_picture_out(found.picture),
        "timings": {stage: round(seconds, 6) for stage, seconds in timings.items()},
    }
