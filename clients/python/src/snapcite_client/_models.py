"""What the server answers, typed. A field that a newer server adds is kept, under its own name."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class _Answered(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True, protected_namespaces=())


class Subject(_Answered):
    """What an answer is about."""

    document_id: str
    title: str


class Box(_Answered):
    """An upright rectangle in a photo, in shares of its width and height."""

    x: float
    y: float
    width: float
    height: float


class Picture(_Answered):
    """Where in a photo a text was read. `turn`: degrees clockwise until the text is upright."""

    photo_id: str
    photo_url: str
    turn: int
    certainty: float
    boxes: list[Box]


class Source(_Answered):
    """What an answer was read from; `start` and `end` count characters of the document's text."""

    document_id: str
    title: str
    citation: str
    url: str | None
    quote: str
    start: int
    end: int
    language: str = ""
    page: int | None = None
    picture: Picture | None = None


class Conflict(Source):
    """A source that contradicts the answer: its year for the event, or whether it stands."""

    year: int | None = None
    exists: bool | None = None


class Candidate(_Answered):
    """A subject that a refusal asks about. `nearness`: from 0 to 1, higher is nearer."""

    document_id: str
    title: str
    photo_id: str | None
    photo_url: str | None
    nearness: float
    how_near: str
    why: str
    turned: int = 0


class Answer(_Answered):
    """A checked answer, or an abstention with its reason."""

    subject: Subject | None
    exists: bool | None
    year: int | None
    date: str | None = None
    year_event: str | None
    value: str | None
    current_use: str | None
    text: str
    source: Source | None
    conflicts: list[Conflict] = []
    confidence: float
    abstained: bool
    reason: str | None
    candidates: list[Candidate] = []
    fields: dict[str, Any] | None = None
    fields_withheld: dict[str, str] = {}
    reasoning: str | None = None
    note: str | None = None
    turned: int = 0


class Evidence(_Answered):
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
    page: int | None = None
    picture: Picture | None = None
    turned: int = 0
    rank: int
    scores: dict[str, float]

    @property
    def photo_id(self) -> str | None:
        """The id of a photo, for `Client.photo`."""
        return None if self.photo_url is None else self.photo_url.rpartition("/")[2]


class Models(_Answered):
    """Which models answered."""

    encoder: str
    reader: str | None


class Alignment(_Answered):
    """One picture laid on another; places are x and y in shares of a picture's width and height.
    `homography`: 3 × 3, row by row. `points`: x, y in the first picture, x, y in the second."""

    homography: list[list[float]]
    points: list[list[float]]
    matches: int
    agreement: float
    overlap: list[float]


class HeldPicture(_Answered):
    """Whether the index holds the picture that was sent. `turned`: degrees clockwise."""

    verdict: Literal["same_file", "same_shot", "same_place", "none"]
    photo: int
    photo_id: str | None
    photo_url: str | None
    document_id: str | None
    alignment: Alignment | None
    edits: list[str]
    turned: int
    verified: bool


class SearchResult(_Answered):
    """What was found. `picture`: of the photo that was sent; `timings`: stage → seconds."""

    evidence: list[Evidence]
    did_you_mean: str | None = None
    note: str | None = None
    photos_turned: list[int] = []
    picture: HeldPicture | None = None
    timings: dict[str, float]
    models: Models
    request_id: str


class AskResult(SearchResult):
    """What was found and answered."""

    answer: Answer


class PhotoFacts(_Answered):
    """A photo of a document; its size in pixels, where it was taken in degrees north and east."""

    photo_id: str
    photo_url: str
    width: int
    height: int
    taken_at: str | None
    latitude: float | None
    longitude: float | None
    caption: str | None = None
    turned: int = 0
    seconds: float | None = None


class Event(_Answered):
    """A dated event of a document's subject; `text[start:end]` is its sentence."""

    year: int
    date: str
    event: str
    start: int
    end: int


class Page(_Answered):
    """A page of a document; `text[start:end]` stands on it."""

    page: int
    start: int
    end: int


class Field(_Answered):
    """A labelled value of a document's record; `text[start:end]` is the line that says it."""

    label: str
    value: str
    start: int
    end: int


class Document(_Answered):
    """A whole document."""

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
    fields: list[Field]
    photos: list[PhotoFacts]
    events: list[Event]
    pages: list[Page] = []


class Entry(_Answered):
    """A document in the list."""

    document_id: str
    title: str
    language: str
    place: str | None
    photo_url: str | None
    passages: int
    photos: int


class Listing(_Answered):
    """A page of the list; `total` counts all that match."""

    total: int
    documents: list[Entry]


class Corpus(_Answered):
    """One corpus of the index, in numbers."""

    corpus: str
    documents: int
    passages: int
    photos: int


class Encoder(_Answered):
    """The encoder of the index."""

    name: str
    runtime: str
    languages: list[str]
    fingerprint: str
    dim: int


class IndexFacts(_Answered):
    """What is indexed. `languages`: BCP 47 tag → documents."""

    corpora: list[Corpus]
    languages: dict[str, int]
    encoder: Encoder
    reader: str


class Health(_Answered):
    """That the server answers, and whether it is ready for questions."""

    status: str
    ready: bool


class Written(_Answered):
    """What became of a document that was sent: created, updated or unchanged."""

    document_id: str
    status: str


class Removed(_Answered):
    """What became of what was to be removed: removed or absent."""

    document_id: str = ""
    conversation_id: str = ""
    status: Literal["removed", "absent"]


class BatchItem(_Answered):
    """What became of one document of many; `detail` says why it failed."""

    document_id: str | None
    status: str
    detail: str | None = None


class Batch(_Answered):
    """What became of each document, in the order sent; `failed` counts what could not be used."""

    results: list[BatchItem]
    failed: int
