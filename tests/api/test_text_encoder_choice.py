"""Which text encoder an index gets: the bundled one, none, and what it was made with."""

from pathlib import Path

import pytest

from api.settings import Settings
from api.wiring.pipeline import build_encoder, build_index, build_pipeline, build_text_encoder
from indexer.run import index_corpus
from knowledge.corpus import Columns, open_corpus
from knowledge.errors import IndexMismatchError, ModelMissingError
from knowledge.index import read_fingerprint
from search.fusion import ACROSS, SENTENCE
from search.query import Query

STARTER = str(Path(__file__).parents[2] / "data" / "models" / "starter")


@pytest.fixture(scope="module")
def models(tmp_path_factory) -> Path:
    pytest.importorskip("torch", reason="pip install -e '.[models]'")
    pytest.importorskip("onnx", reason="pip install -e '.[models]'")
    from tiny_text_network import write_tiny_reader

    root = tmp_path_factory.mktemp("models")
    write_tiny_reader(root / "reader")
    return root


@pytest.fixture
def corpus(tmp_path) -> Path:
    folder = tmp_path / "towers"
    folder.mkdir()
    text = "---\ntitle: Tower\nlanguage: en\nsource: Archive\n---\nThe tower was built in 1912.\n"
    (folder / "tower.md").write_text(text, "utf-8")
    return folder


def settings(tmp_path: Path, models: Path, **more: object) -> Settings:
    return Settings(index=str(tmp_path / "index"), encoder=STARTER, models=models, **more)


def make(corpus: Path, chosen: Settings) -> str | None:
    encoder, text_encoder = build_encoder(chosen), build_text_encoder(chosen, bulk=True)
    with build_index(chosen, encoder, text_encoder=text_encoder, create=True) as index:
        source = open_corpus(corpus, name="towers", columns=Columns(), language=None)
        index_corpus(source, index, encoder, text_encoder=text_encoder)
    return read_fingerprint(chosen.index).text_encoder


def test_a_new_index_gets_the_bundled_one_and_its_ranking_counts(tmp_path, models, corpus):
    chosen = settings(tmp_path, models)
    assert make(corpus, chosen) == "bundled"
    pipeline = build_pipeline(chosen)
    try:
        assert pipeline.weights["sentence"] == SENTENCE
        assert pipeline.weights["across"] == SENTENCE * ACROSS
        (subject,) = pipeline.search(Query("塔 在 哪 年 建 成")).subjects
        assert subject.ranks["across"] == subject.ranks["sentence"] == 1
    finally:
        pipeline.index.close()


def test_none_switches_it_off_and_such_an_index_stays_as_it_is(tmp_path, models, corpus):
    assert make(corpus, settings(tmp_path, models, text_encoder="none")) is None
    later = settings(tmp_path, models)
    assert build_text_encoder(later) is None
    assert make(corpus, later) is None
    pipeline = build_pipeline(later)
    try:
        (subject,) = pipeline.search(Query("When was the tower built?")).subjects
        assert "sentence" not in subject.ranks
    finally:
        pipeline.index.close()


def test_an_index_with_vectors_is_not_written_without_them(tmp_path, models, corpus):
    make(corpus, settings(tmp_path, models))
    with pytest.raises(IndexMismatchError, match="text encoder bundled"):
        make(corpus, settings(tmp_path, models, text_encoder="none"))
    with pytest.raises(ModelMissingError, match=r"lacks reader\.json"):
        build_text_encoder(settings(tmp_path, tmp_path / "no models"))


def test_without_a_bundled_reader_a_new_index_has_none(tmp_path, corpus):
    assert make(corpus, settings(tmp_path, tmp_path / "no models")) is None
