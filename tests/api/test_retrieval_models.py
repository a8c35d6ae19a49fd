"""Qwen3-VL as encoder and reranker, on servers and in this process, from settings to an answer."""

import io

import pytest
from pooling_stub import Fault, pooling_stub
from support import photo

from api.settings import Settings
from api.wiring.pipeline import (
    build_encoder,
    build_index,
    build_pipeline,
    build_rerank,
    open_as_made,
)
from indexer.run import index_corpus
from knowledge.corpus import Columns, open_corpus
from knowledge.errors import ConfigurationError, IndexMismatchError, ModelBrokenError
from search.query import Query
from vlm.images import decode_image

ENCODER = "Qwen/Qwen3-VL-Embedding-2B:64@server"
RERANKER = "Qwen/Qwen3-VL-Reranker-2B@server"


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "towers"
    folder.mkdir()
    for seed, (name, year) in enumerate((("north", 1912), ("south", 1950)), start=1):
        data = io.BytesIO()
        photo(seed, size=(320, 240)).save(data, "JPEG")
        (folder / f"{name}.jpg").write_bytes(data.getvalue())
        text = (
            f"---\ntitle: {name.title()} Tower\nlanguage: en\nsource: Archive\n"
            f"photo: {name}.jpg\n---\nThe {name} tower was built in {year}.\n"
        )
        (folder / f"{name}.md").write_text(text, "utf-8")
    return folder


def settings(tmp_path, stub, **more):
    return Settings(
        index=str(tmp_path / "index"),
        text_encoder="none",
        encoder_url=stub.url,
        encoder_api_key="secret",
        reranker_url=stub.url,
        **more,
    )


def make(corpus, chosen):
    encoder = build_encoder(chosen, bulk=True)
    with build_index(chosen, encoder, create=True) as index:
        source = open_corpus(corpus, name="towers", columns=Columns(), language=None)
        return index_corpus(source, index, encoder)


def test_an_index_made_and_asked_by_servers(tmp_path, corpus):
    with pooling_stub() as stub:
        report = make(corpus, settings(tmp_path, stub, encoder=ENCODER))
        assert not report.problems
        # The index names its encoder, so only the address has to be set.
        pipeline = build_pipeline(settings(tmp_path, stub, reranker=RERANKER))
        with pipeline.index:
            assert pipeline.encoder.card.name == ENCODER
            shown = decode_image((corpus / "south.jpg").read_bytes(), pipeline.photo_size).pixels
            asked = pipeline.ask(Query("When was this tower built?", photos=(shown,)))
        assert "/v1/rerank" in stub.paths
        assert any(head.get("Authorization") == "Bearer secret" for head in stub.headers)
        assert all("rerank" in each.scores for each in asked.subjects)
        assert asked.note is None
        stub.salt = "other weights"
        with pytest.raises(IndexMismatchError, match="that server now makes other vectors"):
            build_pipeline(settings(tmp_path, stub))
        with pytest.raises(IndexMismatchError, match="other vectors"):
            make(corpus, settings(tmp_path, stub, encoder=ENCODER))
        stub.salt = ""
        make(corpus, settings(tmp_path, stub, encoder=ENCODER))
        without = settings(tmp_path, stub).model_copy(update={"encoder_url": None})
        with pytest.raises(ConfigurationError, match="set SNAPCITE_ENCODER_URL"):
            build_pipeline(without)
        other = settings(tmp_path, stub, encoder="Qwen/Qwen3-VL-Embedding-8B:64@server")
        with pytest.raises(IndexMismatchError):
            build_pipeline(other)


def test_a_reranker_that_knows_nothing_stops_the_start_and_one_that_is_down_does_not(tmp_path):
    with pooling_stub() as stub:
        chosen = settings(tmp_path, stub, reranker=RERANKER, reranker_timeout=3.0)
        stub.knows = False
        with pytest.raises(ModelBrokenError, match="does not know what belongs together"):
            build_rerank(chosen)
        stub.knows = True
        stub.faults += [Fault(401)]
        assert build_rerank(chosen) is not None
    assert build_rerank(settings(tmp_path, stub)) is None
    assert build_rerank(settings(tmp_path, stub, reranker="none")) is None


def test_an_index_made_and_asked_in_this_process(tmp_path, corpus):
    pytest.importorskip("torch", reason="pip install -e '.[models]'")
    from tiny_retrieval import embedding_folder, reranker_folder

    index = {"index": str(tmp_path / "index"), "text_encoder": "none"}
    report = make(corpus, Settings(**index, encoder=f"{embedding_folder()}@fp32"))
    assert not report.problems
    # The index names its encoder.
    pipeline = build_pipeline(Settings(**index, reranker=f"{reranker_folder()}@fp32"))
    with pipeline.index:
        assert pipeline.encoder.card.name == str(embedding_folder().resolve())
        shown = decode_image((corpus / "south.jpg").read_bytes(), pipeline.photo_size).pixels
        found = pipeline.search(Query("When was this tower built?", photos=(shown,)))
    closest = max(found.subjects, key=lambda each: each.scores["image"])
    assert closest.document.id == "south"
    assert closest.scores["image"] == pytest.approx(1, abs=1e-3)
    assert [each.ranks["rerank"] for each in found.subjects] == [1, 2]
    assert found.note is None


def test_random_weights_index_nothing(tmp_path, corpus):
    pytest.importorskip("torch", reason="pip install -e '.[models]'")
    from tiny_retrieval import random_folder

    chosen = Settings(
        index=str(tmp_path / "index"), text_encoder="none", encoder=f"{random_folder(seed=9)}@fp32"
    )
    with pytest.raises(ModelBrokenError, match="does not know what belongs together"):
        make(corpus, chosen)
    with open_as_made(chosen) as index:
        assert index.store.count({"kind": "photo"}) == 0
    chosen = chosen.model_copy(update={"reranker": str(random_folder(seed=9))})
    with pytest.raises(ModelBrokenError, match="does not know what belongs together"):
        build_rerank(chosen)
