"""A retriever for LangChain: the passages of a SnapCite server as documents.

    retriever = SnapCiteRetriever(client=Client("http://127.0.0.1:8000"))
    retriever.invoke("When was the station demolished?")
    retriever.invoke("When was it demolished?", photos="station.jpg")

Needs the extra: `pip install 'snapcite-client[langchain]'`.
"""

from collections.abc import Mapping
from typing import Any

from langchain_core.callbacks import (
    AsyncCallbackManagerForRetrieverRun,
    CallbackManagerForRetrieverRun,
)
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from snapcite_client._client import AsyncClient, Client
from snapcite_client._models import SearchResult
from snapcite_client._photos import Photos
from snapcite_client.passages import passages


class SnapCiteRetriever(BaseRetriever):
    """Finds the passages that a question, and photos if there are some, are about.

    Attributes:
        client: asks; it stays the caller's to close.
        async_client: asks in `ainvoke`; without it `client` does, in a thread.
        k: for how many subjects passages are returned.
        filters: filter → a value, or values of which one must fit.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    client: Client
    async_client: AsyncClient | None = None
    k: int | None = None
    filters: Mapping[str, str | list[str]] | None = None

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - LangChain's own signature
        photos: Photos = None,
        **_: Any,  # noqa: ANN401 - other retrievers of a chain take other options
    ) -> list[Document]:
        return _documents(self.client.search(photos, query, k=self.k, filters=self.filters))

    async def _aget_relevant_documents(
        self,
        query: str,
        *,
        run_manager: AsyncCallbackManagerForRetrieverRun,
        photos: Photos = None,
        **_: Any,  # noqa: ANN401 - as above
    ) -> list[Document]:
        if self.async_client is None:
            from langchain_core.runnables.config import run_in_executor

            return await run_in_executor(
                None,
                self._get_relevant_documents,
                query,
                run_manager=run_manager.get_sync(),
                photos=photos,
            )
        found = await self.async_client.search(photos, query, k=self.k, filters=self.filters)
        return _documents(found)


def _documents(found: SearchResult) -> list[Document]:
    return [Document(page_content=text, metadata=about) for text, about in passages(found)]
