"""What both retrievers share: the passages of a search, with what is needed to cite them."""

from collections.abc import Iterator
from typing import Any

from snapcite_client._models import Evidence, SearchResult


def passages(found: SearchResult) -> Iterator[tuple[str, dict[str, Any]]]:
    """Text and metadata of the passages that were found, best first.

    Photos have no text for a language model to read and are left out; `Client.search` shows them.
    """
    for evidence in found.evidence:
        if evidence.kind == "passage" and evidence.text:
            yield evidence.text, _metadata(evidence)


def _metadata(evidence: Evidence) -> dict[str, Any]:
    """`start` and `end` count characters of the document's text; higher scores are better."""
    return {
        "document_id": evidence.document_id,
        "title": evidence.title,
        "citation": evidence.citation,
        "url": evidence.url,
        "page": evidence.page,
        "start": evidence.start,
        "end": evidence.end,
        "rank": evidence.rank,
        "scores": dict(evidence.scores),
    }
