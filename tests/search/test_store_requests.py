"""How often a question asks a Qdrant server, counted on loopback."""

from collections import Counter

import pytest
from qdrant_server import LoopbackQdrant
from redis_server import free_port
from sample_documents import corpus_of, make_documents
from support import photo

from indexer.run import fingerprint_of, index_corpus
from knowledge.errors import StorageError
from knowledge.index.index import Index, open_index
from knowledge.store.server.engine import ServerStore
from search.pipeline import Pipeline
from search.query import Query
from vlm.readers.extractive import ExtractiveReader


@pytest.fixture
def served(tmp_path, encoder):
    qdrant = LoopbackQdrant(free_port())
    fingerprint = fingerprint_of(encoder)
    store = ServerStore.open(
        qdrant.url, collection="snapcite", api_key=None, schema=fingerprint.schema(), create=True,
        client=qdrant.engine,
    )  # fmt: skip
    with Index(store, fingerprint, qdrant.url) as index:
        index.store.upsert([])
        index_corpus(corpus_of(make_documents(tmp_path), tmp_path), index, encoder)
    qdrant.start()
    try:
        store = ServerStore.open(
            qdrant.url, collection="snapcite", api_key=None, schema=None, create=False
        )
        with Index(store, fingerprint, qdrant.url) as index:
            yield qdrant, Pipeline(index, encoder, ExtractiveReader())
    finally:
        qdrant.stop()
        qdrant.engine.close()


@pytest.mark.parametrize(
    "photos", [(), (photo(1),), (photo(1), photo(2))], ids=["no photo", "a photo", "two photos"]
)
def test_all_rankings_of_a_question_are_one_request_and_its_passages_another(served, photos):
    qdrant, pipeline = served
    query = Query("When was the old station demolished?", photos)
    first = pipeline.ask(query).answer
    qdrant.asked.clear()

    assert pipeline.ask(query).answer == first
    asked = Counter(qdrant.asked)
    assert asked["points/query/batch"] == 2
    assert asked["points/query"] == 0
    assert asked["points/scroll"] <= 1
    assert sum(asked.values()) <= 8, asked


def test_a_server_that_was_replaced_by_an_older_one_is_refused(served):
    qdrant, _ = served
    qdrant.version = "1.9.0"
    with pytest.raises(StorageError, match=r"is version 1\.9\.0; SnapCite works with"):
        open_index(f"{qdrant.url}/snapcite", None)
