"""A retriever for LlamaIndex: the passages of a SnapCite server as nodes with scores.

    retriever = SnapCiteRetriever(Client("http://127.0.0.1:8000"))
    retriever.retrieve("When was the station demolished?")
    retriever.retrieve(QueryBundle("When was it demolished?", image_path="station.jpg"))

Needs the extra: `pip install 'snapcite-client[llama-index]'`.
"""

import asyncio
from collections.abc import Mapping, Sequence

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from snapcite_client._client import AsyncClient, Client
from snapcite_client._models import SearchResult
from snapcite_client.passages import passages

_FOR_PROGRAMS = ["start", "end", "rank", "scores"]
"""Metadata that a language model has no use for."""


class SnapCiteRetriever(BaseRetriever):
    """Finds the passages that a question, and the photo of its bundle, are about."""

    def __init__(
        self,
        client: Client,
        *,
        async_client: AsyncClient | None = None,
        k: int | None = None,
        filters: Mapping[str, str | Sequence[str]] | None = None,
    ) -> None:
        """
        Args:
            client: asks; it stays the caller's to close.
            async_client: asks in `aretrieve`; without it `client` does.
            k: for how many subjects passages are returned.
            filters: filter → a value, or values of which one must fit.
        """
        super().__init__()
        self._client = client
        self._async_client = async_client
        self._k = k
        self._filters = filters

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return _nodes(
            self._client.search(
                query_bundle.image_path,
                query_bundle.query_str,
                k=self._k,
                filters=self._filters,
            )
        )

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        if self._async_client is None:
            return await asyncio.to_thread(self._retrieve, query_bundle)
        return _nodes(
            await self._async_client.search(
                query_bundle.image_path,
                query_bundle.query_str,
                k=self._k,
                filters=self._filters,
            )
        )


def _nodes(found: SearchResult) -> list[NodeWithScore]:
    """The passages as nodes. The score is 1 / rank: the server's own scores are of several kinds
    and compare only within a kind; they are in the metadata."""
    return [
        NodeWithScore(
            node=TextNode(
                id_=f"{about['document_id']}#{about['start']}-{about['end']}",
                text=text,
                metadata=about,
                excluded_llm_metadata_keys=_FOR_PROGRAMS,
                excluded_embed_metadata_keys=_FOR_PROGRAMS,
            ),
            score=1 / about["rank"],
        )
        for text, about in passages(found)
    ]
