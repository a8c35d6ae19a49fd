"""The HTTP routes about the index: counts, the list of documents, suggested questions."""

from collections import Counter
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel

from api.access.auth import caller_of, require
from api.http.bounded_request import BoundedRoute
from api.http.evaluation_report import EvaluationOut, read_report
from api.http.reading import READING, from_index
from api.http.schemas import photo_url
from api.service import Service, service_of, view_of
from knowledge.index import View
from search.browse import Entry, Kind, matching, spread, suggest
from search.evidence import stored_chronologies

router = APIRouter(dependencies=[Depends(require("ask"))], route_class=BoundedRoute)


class CorpusOut(BaseModel):
    """One corpus of the index, in numbers."""

    corpus: str
    documents: int
    passages: int
    photos: int


class EncoderOut(BaseModel):
    """The encoder of the index."""

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


@router.get("/v1/corpus", response_model=IndexOut, responses=READING)
async def corpus(request: Request) -> Response:
    """What is indexed, in numbers, and what it is indexed with."""
    service = service_of(request)
    return await from_index(request, lambda: _index_out(service, view_of(request)))


def _index_out(service: Service, view: View) -> IndexOut:
    pipeline = service.pipeline
    card, fingerprint = pipeline.encoder.card, pipeline.index.fingerprint
    languages = Counter(entry.language for entry in service.catalogue.entries(view.viewer))
    return IndexOut(
        corpora=[
            CorpusOut(
                corpus=found["corpus"],
                documents=found["documents"],
                passages=found["passages"],
                photos=found["photos"],
            )
            for found in view.corpora()
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
        evaluation=read_report(service.evaluation),
    )


@router.get("/v1/documents", response_model=DocumentsOut, responses=READING)
async def documents(
    request: Request,
    text: Text = "",
    language: str | None = None,
    corpus: str | None = None,
    offset: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 24,
) -> Response:
    """The documents by corpus and title, or those whose names hold all words of `text`."""
    catalogue, viewer = service_of(request).catalogue, caller_of(request).viewer

    def read() -> DocumentsOut:
        found = matching(catalogue.entries(viewer), text, language=language, corpus=corpus)
        return DocumentsOut(
            total=len(found), documents=[_entry(entry) for entry in found[offset : offset + limit]]
        )

    return await from_index(request, read)


@router.get("/v1/suggestions", response_model=SuggestionsOut, responses=READING)
async def suggestions(
    request: Request,
    text: Text = "",
    language: str = "en",
    n: Annotated[int, Query(ge=1, le=8)] = 3,
) -> Response:
    """Questions that the index can answer, about documents whose names hold all words of `text`."""
    service, view = service_of(request), view_of(request)
    return await from_index(request, lambda: _suggestions_out(service, view, text, language, n))


def _suggestions_out(
    service: Service, view: View, text: str, language: str, n: int
) -> SuggestionsOut:
    named = matching(service.catalogue.entries(view.viewer), text)
    chosen = [entry.document_id for entry in spread(named, n)]
    found = view.documents(chosen)
    texts = [found[id_] for id_ in chosen if id_ in found]
    chronologies = stored_chronologies(view, chosen)
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
