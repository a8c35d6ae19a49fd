"""The HTTP routes about what is indexed: counts, the list of documents, questions to ask."""

from collections import Counter
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel

from api.access.auth import require
from api.http.evaluation_report import EvaluationOut, read_report
from api.http.schemas import photo_url
from api.http.state import state_of
from search.browse import Entry, Kind, matching, spread, suggest
from search.evidence import stored_chronologies

router = APIRouter(dependencies=[Depends(require("ask"))])


class CorpusOut(BaseModel):
    """One corpus of the index, in numbers."""

    corpus: str
    documents: int
    passages: int
    photos: int


class EncoderOut(BaseModel):
    """What the index was encoded with; another encoder's vectors would not fit."""

    name: str
    runtime: str
    languages: list[str]
    fingerprint: str
    dim: int


class IndexOut(BaseModel):
    """What is indexed. `languages`: BCP 47 tag → documents."""

    corpora: list[CorpusOut]
    languages: dict[str, int]
    encoder: EncoderOut
    reader: str
    evaluation: EvaluationOut | None


class EntryOut(BaseModel):
    """A document in the list."""

    document_id: str
    title: str
    language: str
    place: str | None
    photo_url: str | None
    passages: int
    photos: int


class DocumentsOut(BaseModel):
    """A page of the list; `total` counts all that match."""

    total: int
    documents: list[EntryOut]


class SuggestionOut(BaseModel):
    """A question that the index can answer: its kind and what it is about."""

    kind: Kind
    document_id: str
    name: str


class SuggestionsOut(BaseModel):
    """Questions that the index can answer."""

    suggestions: list[SuggestionOut]


Text = Annotated[
    str, Query(max_length=200, description="Words of a title, an alias, a place or a tag.")
]


@router.get("/v1/corpus")
def corpus(request: Request) -> IndexOut:
    """What is indexed, in numbers, and what it is indexed with."""
    state = state_of(request)
    pipeline = state.pipeline
    card, fingerprint = pipeline.encoder.card, pipeline.index.fingerprint
    languages = Counter(entry.language for entry in state.catalogue.entries())
    return IndexOut(
        corpora=[
            CorpusOut(
                corpus=found["corpus"],
                documents=found["documents"],
                passages=found["passages"],
                photos=found["photos"],
            )
            for found in pipeline.index.corpora()
        ],
        languages=dict(languages.most_common()),
        encoder=EncoderOut(
            name=card.name,
            runtime=card.runtime,
            languages=list(card.languages),
            fingerprint=fingerprint.encoder_fingerprint,
            dim=fingerprint.dim,
        ),
        reader=pipeline.reader.name,
        evaluation=read_report(state.evaluation),
    )


@router.get("/v1/documents")
def documents(
    request: Request,
    text: Text = "",
    language: str | None = None,
    corpus: str | None = None,
    offset: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 24,
) -> DocumentsOut:
    """The documents by corpus and title, or those whose names hold all words of `text`."""
    entries = state_of(request).catalogue.entries()
    found = matching(entries, text, language=language, corpus=corpus)
    return DocumentsOut(
        total=len(found), documents=[_entry(entry) for entry in found[offset : offset + limit]]
    )


@router.get("/v1/suggestions")
def suggestions(
    request: Request,
    text: Text = "",
    language: str = "en",
    n: Annotated[int, Query(ge=1, le=8)] = 3,
) -> SuggestionsOut:
    """Questions that the index can answer, about documents whose names hold all words of `text`."""
    state = state_of(request)
    chosen = [entry.document_id for entry in spread(matching(state.catalogue.entries(), text), n)]
    index = state.pipeline.index
    found = index.documents(chosen)
    texts = [found[id_] for id_ in chosen if id_ in found]
    chronologies = stored_chronologies(index, chosen)
    return SuggestionsOut(
        suggestions=[
            SuggestionOut(kind=each.kind, document_id=each.document_id, name=each.name)
            for each in suggest(texts, chronologies, language=language, n=n)
        ]
    )


def _entry(entry: Entry) -> EntryOut:
    return EntryOut(
        document_id=entry.document_id,
        title=entry.title,
        language=entry.language,
        place=entry.place,
        photo_url=photo_url(entry.photo_id) if entry.photo_id else None,
        passages=entry.passages,
        photos=entry.photos,
    )
