"""A text encoder from the index to the ranking: written, asked, refused, left out."""

from collections.abc import Sequence

import numpy as np
import pytest
from sample_documents import corpus_of, make_documents
from support import TinyEncoder

from indexer.run import fingerprint_of, index_corpus
from knowledge.errors import IndexMismatchError
from knowledge.index import layout
from knowledge.index.index import open_index, read_fingerprint
from search.fusion import WEIGHTS
from search.pipeline import Pipeline
from search.query import Query
from vlm.encoders.base import Embeddings
from vlm.encoders.text import TextEncoderCard
from vlm.readers.extractive import ExtractiveReader

TOPICS = (
    ("opened", "railway", "trains"),
    ("completed", "museum", "exhibits", "展品"),
    ("拆除", "城门"),
)
"""Words of one row mean the same to it: a question that shares no word still finds its passage."""


class Topics:
    """A real small text encoder: how many words of each topic a text has."""

    def __init__(self, name: str = "topics", *, languages: tuple[str, ...] = ("en", "zh")) -> None:
        self.card = TextEncoderCard(name, f"of {name}", len(TOPICS) + 1, languages)
        self.asked: list[str] = []

    def encode_passages(self, passages: Sequence[str]) -> Embeddings:
        rows = np.array(
            [[*(sum(map(text.count, topic)) for topic in TOPICS), 0.1] for text in passages],
            dtype=np.float32,
        )
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def encode_questions(self, questions: Sequence[str]) -> Embeddings:
        self.asked += questions
        return self.encode_passages(questions)


@pytest.fixture(scope="module")
def target(tmp_path_factory):
    root = tmp_path_factory.mktemp("sentences")
    documents = make_documents(root / "corpus")
    made_with = fingerprint_of(TinyEncoder(), Topics())
    with open_index(str(root / "index"), made_with, create=True) as index:
        corpus = corpus_of(documents, root / "corpus")
        index_corpus(corpus, index, TinyEncoder(), text_encoder=Topics())
    return str(root / "index")


def first(target: str, question: str, **parts: object) -> tuple[str, dict[str, int]]:
    encoder = TinyEncoder()
    topics = Topics()
    with open_index(target, fingerprint_of(encoder, topics)) as index:
        pipeline = Pipeline(index, encoder, ExtractiveReader(), text_encoder=topics, **parts)
        subject = pipeline.search(Query(question)).subjects[0]
        return subject.document.id, dict(subject.ranks)


@pytest.mark.parametrize(
    ("word", "document"), [("exhibits", "clock_tower"), ("trains", "old_station")]
)
def test_a_question_in_other_words_finds_its_subject(target, word, document):
    found, ranks = first(target, f"Which of them has {word}?", weights={"sentence": 1.0})
    assert found == document
    assert ranks == {"sentence": 1}


def test_across_languages_its_ranking_is_of_the_other_languages_alone(target):
    weights = {"bm25": 1.0, "sentence": 0.1, "across": 2.0}
    found, ranks = first(target, "哪一座有展品?", weights=weights)
    assert found == "clock_tower"
    assert ranks["across"] == 1
    encoder, topics = TinyEncoder(), Topics()
    with open_index(target, fingerprint_of(encoder, topics)) as index:
        pipeline = Pipeline(
            index, encoder, ExtractiveReader(), text_encoder=topics, weights=weights
        )
        subjects = pipeline.search(Query("哪一座有展品?")).subjects
    across = {each.document.id: each.ranks.get("across") for each in subjects}
    assert across == {"clock_tower": 1, "old_station": 2, "yongan_gate": None}


def test_where_words_and_vectors_agree_no_other_language_is_looked_at(target):
    weights = {"bm25": 1.0, "sentence": 0.1, "across": 2.0}
    found, ranks = first(
        target, "When did trains stop calling at the old station?", weights=weights
    )
    assert found == "old_station"
    assert ranks["bm25"] == ranks["sentence"] == 1
    encoder, topics = TinyEncoder(), Topics()
    with open_index(target, fingerprint_of(encoder, topics)) as index:
        pipeline = Pipeline(
            index, encoder, ExtractiveReader(), text_encoder=topics, weights=weights
        )
        subjects = pipeline.search(
            Query("When did trains stop calling at the old station?")
        ).subjects
    assert not any("across" in each.ranks for each in subjects)


def test_a_language_that_is_asked_for_is_kept(target):
    encoder, topics = TinyEncoder(), Topics()
    with open_index(target, fingerprint_of(encoder, topics)) as index:
        pipeline = Pipeline(
            index, encoder, ExtractiveReader(), text_encoder=topics,
            weights={"sentence": 0.1, "across": 2.0},
        )  # fmt: skip
        query = Query("哪一座有展品?", filters={"language": "zh"})
        subjects = pipeline.search(query).subjects
    assert [each.document.id for each in subjects] == ["yongan_gate"]


def test_every_passage_carries_the_vector(target):
    with open_index(target, read_fingerprint(target)) as index:
        records = list(index.store.scroll({"kind": "passage"}, with_vectors=True))
    assert records
    assert all(record.vectors[layout.TEXT].shape == (len(TOPICS) + 1,) for record in records)


def test_a_question_in_a_language_it_was_not_trained_for_is_not_asked(target):
    encoder = TinyEncoder()
    for languages, asked in ((("en",), []), (("multilingual",), ["城门在吗?"])):
        topics = Topics(languages=languages)
        with open_index(target, fingerprint_of(encoder, topics)) as index:
            weights = {"bm25": 1.0, "sentence": 1.0}
            Pipeline(
                index, encoder, ExtractiveReader(), text_encoder=topics, weights=weights
            ).search(Query("城门在吗?"))
        assert topics.asked == asked


def test_unless_its_ranking_counts_it_is_not_run(target):
    encoder = TinyEncoder()
    for weight, asked in ((0.0, []), (0.1, ["Which has trains?"])):
        topics = Topics()
        weights = {**WEIGHTS, "sentence": weight, "across": weight}
        with open_index(target, fingerprint_of(encoder, topics)) as index:
            pipeline = Pipeline(
                index, encoder, ExtractiveReader(), text_encoder=topics, weights=weights
            )
            pipeline.search(Query("Which has trains?"))
        assert topics.asked == asked


def test_an_index_of_another_sentence_encoder_is_refused(target, tmp_path):
    for wanted in (Topics("other"), None):
        with pytest.raises(IndexMismatchError, match="text encoder topics"):
            open_index(target, fingerprint_of(TinyEncoder(), wanted))
    plain = str(tmp_path / "plain")
    open_index(plain, fingerprint_of(TinyEncoder()), create=True).close()
    with pytest.raises(IndexMismatchError, match="text encoder none, not topics"):
        open_index(plain, fingerprint_of(TinyEncoder(), Topics()))


def test_the_same_encoder_at_another_place_is_the_same(target):
    moved = Topics()
    moved.card = TextEncoderCard("/elsewhere", moved.card.fingerprint, moved.card.dim, ("en",))
    open_index(target, fingerprint_of(TinyEncoder(), moved)).close()
    assert read_fingerprint(target).text_encoder == "topics"
