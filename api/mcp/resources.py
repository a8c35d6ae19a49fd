"""Documents as resources: their addresses, and the links that citations are given as.

    snapcite://documents/lost_buildings/jinan_old_station

Knows no service: `api.mcp.server` reads what an address names.
"""

from collections.abc import Iterable, Iterator
from urllib.parse import quote, unquote

import mcp_types as types

from api.http.schemas import AskOut, ConflictOut, EvidenceOut, SearchOut, SourceOut

JSON = "application/json"
TEMPLATE = "snapcite://documents/{+document_id}"
_PREFIX = "snapcite://documents/"
_SOURCE_PRIORITY = 1.0
_OTHER_PRIORITY = 0.3


def document_uri(document_id: str) -> str:
    """The address of a document.

    >>> document_uri("old town/天坛")
    'snapcite://documents/old%20town/%E5%A4%A9%E5%9D%9B'
    """
    return _PREFIX + quote(document_id, safe="/")


def document_id_of(uri: str) -> str | None:
    """The document that an address names; None if it names none.

    >>> document_id_of("snapcite://documents/old%20town/%E5%A4%A9%E5%9D%9B")
    'old town/天坛'
    """
    prefix, path = uri[: len(_PREFIX)], uri[len(_PREFIX) :]
    return unquote(path) if prefix.lower() == _PREFIX and path else None


def document_template() -> types.ResourceTemplate:
    """How the addresses of documents are made."""
    return types.ResourceTemplate(
        name="document",
        title="A document of the index",
        uri_template=TEMPLATE,
        description="A whole document with its fields, photos and dated events, as "
        "`GET /v1/documents/{id}` shows it.",
        mime_type=JSON,
    )


def links(out: SearchOut) -> list[types.ResourceLink]:
    """A link to each document of an answer: what it was read from first, then what contradicts it,
    then the other evidence."""
    found: dict[str, types.ResourceLink] = {}
    for each in _cited(out):
        is_quoted = not isinstance(each, EvidenceOut)
        found.setdefault(
            each.document_id,
            document_link(
                each.document_id,
                title=each.title,
                citation=each.citation,
                priority=_SOURCE_PRIORITY if is_quoted else _OTHER_PRIORITY,
            ),
        )
    return list(found.values())


def document_link(
    document_id: str, *, title: str, citation: str, priority: float
) -> types.ResourceLink:
    """A link to a document. `priority`: from 0 to 1, higher matters more."""
    return types.ResourceLink(
        uri=document_uri(document_id),
        name=document_id,
        title=title,
        description=citation or None,
        mime_type=JSON,
        annotations=types.Annotations(priority=priority),
    )


def _cited(out: SearchOut) -> Iterator[SourceOut | ConflictOut | EvidenceOut]:
    if isinstance(out, AskOut):
        if out.answer.source is not None:
            yield out.answer.source
        yield from out.answer.conflicts
    yield from out.evidence


def shown_photos(evidence: Iterable[EvidenceOut], *, most: int) -> list[tuple[str, str]]:
    """Photo id and title of the evidence's photos, best first, each once."""
    photos: dict[str, str] = {}
    for each in evidence:
        if each.photo_url is not None and len(photos) < most:
            photos.setdefault(each.photo_url.rpartition("/")[2], each.title)
    return list(photos.items())
