import pytest
from sample_documents import corpus_of
from support import TinyEncoder

from api.commands.bench import measure
from indexer.run import index_corpus
from knowledge.errors import ConfigurationError
from search.pipeline import Pipeline
from vlm.readers.extractive import ExtractiveReader


def test_it_measures_with_the_photos_of_the_index(index):
    pipeline = Pipeline(index, TinyEncoder(), ExtractiveReader())
    found = measure(pipeline, TinyEncoder(), photos=10)

    assert found.encoder == "tiny (test)"
    assert found.photos == 2
    assert found.points == index.store.count()
    assert found.megapixels == pytest.approx(320 * 240 / 1e6)
    assert found.photos_per_second > 0
    assert 0 < found.query_p50_ms <= found.query_p95_ms
    assert {"decode", "encode", "retrieve"} <= found.stages_p50_ms.keys()
    assert sum(found.stages_p50_ms.values()) <= 1.5 * found.query_p95_ms


def test_no_more_photos_than_asked_for(index):
    pipeline = Pipeline(index, TinyEncoder(), ExtractiveReader())
    assert measure(pipeline, TinyEncoder(), photos=1).photos == 1


def test_an_index_without_photos_is_an_error(empty_index, documents, tmp_path):
    index_corpus(corpus_of(documents[2:], tmp_path / "corpus"), empty_index, TinyEncoder())
    pipeline = Pipeline(empty_index, TinyEncoder(), ExtractiveReader())
    with pytest.raises(ConfigurationError, match="No photo of the index"):
        measure(pipeline, TinyEncoder(), photos=4)
