"""Documents that are closed to who asks: every answer is as if they were not in the index.

SNAPCITE_TEST_LEAK_PAIRS=10000 asks that many random questions instead of a few.
"""

import dataclasses
import math
import os
import random
from datetime import date
from uuid import uuid4

import pytest
from closed_documents import VIEWERS, WORDS, canary, corpus_seen_by, make_archive, sees
from qdrant_client import QdrantClient
from sample_documents import corpus_of
from support import photo

import knowledge.viewer
from indexer.run import fingerprint_of, index_corpus
from knowledge.errors import NotFoundError
from knowledge.index import layout
from knowledge.index.index import Index, open_index
from knowledge.store.server import ServerStore
from knowledge.viewer import ANYBODY, Viewer
from search.browse import Catalogue
from search.pipeline import Pipeline
from search.query import Query
from search.resemblance import calibrate
from vlm.readers.extractive import ExtractiveReader

PAIRS = int(os.environ.get("SNAPCITE_TEST_LEAK_PAIRS", "80"))


@pytest.fixture(scope="module")
def archive(tmp_path_factory, encoder):
    """The documents, an index of all of them, and of each viewer one without the others."""
    root = tmp_path_factory.mktemp("archive")
    documents = make_archive(root)

    def opened(name, corpus):
        index = open_index(str(root / name), fingerprint_of(encoder), create=True)
        index_corpus(corpus, index, encoder)
        return index

    full = opened("full", corpus_of(documents, root))
    without = {
        name: opened(name, corpus_seen_by(viewer, documents, root))
        for name, viewer in VIEWERS.items()
    }
    for index in (full, without["nobody"]):
        calibrate(index, encoder)
    measured = dict(without["nobody"].whole.calibration())
    for index in without.values():
        index.keep_calibration(measured)
    yield documents, full, without
    for index in (full, *without.values()):
        index.close()


def same(one: object, other: object) -> bool:
    """Whether two results are equal, but for the last bit of a float: the engine adds the words of
    a question in an order that differs from run to run."""
    if dataclasses.is_dataclass(one):
        return type(one) is type(other) and same(vars_of(one), vars_of(other))
    match one, other:
        case float(), float():
            return math.isclose(one, other, rel_tol=1e-5, abs_tol=1e-5)
        case dict(), dict():
            return list(one) == list(other) and same(list(one.values()), list(other.values()))
        case ((list() | tuple()), (list() | tuple())):
            return len(one) == len(other) and all(map(same, one, other))
    return one == other


def vars_of(value) -> dict[str, object]:
    return {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}


def found_by(pipeline: Pipeline, query: Query) -> list[object]:
    found = pipeline.search(query)
    return [
        found.did_you_mean,
        [
            (s.document, s.scores, s.ranks, s.margins, s.passages, s.passage_scores, s.resembles,
             s.is_shown, s.chronology, s.called, s.photo and (s.photo.id, s.photo.score))
            for s in found.subjects
        ],
        found.evidence,
    ]  # fmt: skip


def hits_of(pipeline: Pipeline, query: Query) -> dict[str, dict[str, float]]:
    """Each ranking's hits; the engine of tests adds floats in an order that depends on the rest."""
    vectors = pipeline.encode(query)
    store = pipeline.index.seen_by(query.viewer).store
    asked = {"bm25": [vectors.bm25], "clip_text": [vectors.question], "image": vectors.photos}
    return {
        using: {hit.id: round(hit.score, 5) for hit in store.query(vector, using=using, k=50)}
        for using, each in asked.items()
        for vector in each
        if vector is not None
    }


def questions(rng: random.Random, count: int):
    for _ in range(count):
        words = rng.choices(WORDS, k=rng.randrange(1, 5))
        if rng.random() < 0.5:
            words.insert(0, canary(rng.randrange(27)))
        text = f"When was the {' '.join(words)} built?"
        photos = (photo(rng.randrange(6), size=(64, 48)),) if rng.random() < 0.4 else ()
        yield {"question": text if rng.random() < 0.9 or not photos else "", "photos": photos}


def test_every_search_is_that_of_an_index_without_what_is_closed(archive, encoder):
    documents, full, without = archive
    whole = Pipeline(full, encoder, ExtractiveReader())
    alone = {name: Pipeline(i, encoder, ExtractiveReader()) for name, i in without.items()}
    rng = random.Random(11)
    for number, asked in enumerate(questions(rng, PAIRS)):
        name, viewer = rng.choice(list(VIEWERS.items()))
        query = Query(viewer=viewer, **asked)
        found = found_by(whole, query)
        other = found_by(alone[name], query)
        assert same(found, other), (number, name, asked["question"], found, other)
        hidden = [each for each in documents if not sees(viewer, each)]
        said = repr(found)
        assert not any(each.document_id in said or each.title in said for each in hidden)
        if number % 10 == 0:
            assert same(whole.ask(query).answer, alone[name].ask(query).answer)


@pytest.fixture(params=["scoped", "unscoped", "real"])
def new_store(request, encoder):
    """Makes collections in the client's memory, as of a server that counts words over a part of its
    points (as 1.19 does) and of one that cannot; and in a real server."""
    server = os.environ.get("SNAPCITE_TEST_QDRANT_URL") if request.param == "real" else None
    if request.param == "real" and server is None:
        pytest.skip("SNAPCITE_TEST_QDRANT_URL names no server")
    made = []

    def make() -> ServerStore:
        client = QdrantClient(server or ":memory:", check_compatibility=False)
        name = f"snapcite-test-{uuid4()}"
        store = ServerStore.open(
            server or "http://127.0.0.1:6333", collection=name, api_key=None,
            schema=fingerprint_of(encoder).schema(), create=True,
            client=None if server else client,
        )  # fmt: skip
        if server is None:
            store._known_release = (1, 19) if request.param == "scoped" else (1, 18)
        made.append((name, store, client))
        return store

    yield make
    for name, store, client in made:
        client.delete_collection(name)
        store.close()
        client.close()


def test_a_server_gives_the_same(archive, encoder, tmp_path, new_store):
    root = tmp_path / "again"
    documents = make_archive(root)

    def served(corpus):
        index = Index(new_store(), fingerprint_of(encoder), "http://127.0.0.1:6333")
        index_corpus(corpus, index, encoder)
        return Pipeline(index, encoder, ExtractiveReader())

    whole = served(corpus_of(documents, root))
    rng = random.Random(5)
    for viewer in (VIEWERS["nobody"], VIEWERS["staff"]):
        alone = served(corpus_seen_by(viewer, documents, root))
        for asked in questions(rng, 8):
            query = Query(viewer=viewer, **asked)
            wanted = hits_of(alone, query).items()
            # A server with threads adds the words of a question in any order.
            assert hits_of(whole, query) == {
                using: pytest.approx(hits, abs=1.1e-5) for using, hits in wanted
            }


def test_what_is_closed_is_absent_by_id_in_lists_and_in_counts(archive):
    documents, full, without = archive
    catalogue = Catalogue(full)
    for name, viewer in VIEWERS.items():
        view, alone = full.seen_by(viewer), without[name].seen_by(ANYBODY)
        assert catalogue.entries(viewer) == Catalogue(without[name]).entries(viewer)
        counted = [(c["corpus"], c["documents"], c["passages"], c["photos"])
                   for c in view.corpora()]  # fmt: skip
        of_it = without[name].whole.corpora()[0]
        assert counted == [("corpus", of_it["documents"], of_it["passages"], of_it["photos"])]
        assert alone.viewer == ANYBODY
        for document in documents:
            ids = layout.photo_point_ids(document)
            if sees(viewer, document):
                assert view.document(document.document_id)[0].title == document.title
                assert all(view.photo_bytes(id_) for id_ in ids)
                continue
            with pytest.raises(NotFoundError) as refused:
                view.document(document.document_id)
            with pytest.raises(NotFoundError) as absent:
                view.document("corpus/none")
            asked, missing = repr(document.document_id), repr("corpus/none")
            assert str(refused.value) == str(absent.value).replace(missing, asked)
            assert view.documents([document.document_id]) == {}
            assert view.photo_facts(ids) == {}
            for id_ in ids:
                with pytest.raises(NotFoundError):
                    view.photo_bytes(id_)
    assert len(catalogue.entries(Viewer(sees_all=True))) == len(documents)


def test_calibration_measures_what_is_open_alone(archive):
    _, full, without = archive
    assert full.whole.calibration() == without["nobody"].whole.calibration()


def test_a_day_comes_and_a_document_opens_without_a_write(archive, encoder, monkeypatch):
    documents, full, _ = archive
    pipeline = Pipeline(full, encoder, ExtractiveReader())
    embargoed = next(d for d in documents if d.closed_until == "2999-12-31" and not d.groups)
    query = Query(f"When was the {embargoed.title} built?")
    version = full.version()

    def first() -> str:
        return pipeline.search(query).subjects[0].document.document_id

    class Day(date):
        day_now = "2999-12-30"

        @classmethod
        def now(cls, _zone):
            return cls

        @classmethod
        def date(cls):
            return date.fromisoformat(cls.day_now)

    monkeypatch.setattr(knowledge.viewer.datetime, "datetime", Day)
    assert first() != embargoed.document_id
    Day.day_now = "2999-12-31"
    assert first() == embargoed.document_id
    assert full.version() == version


def test_a_document_that_closes_is_closed_at_once(empty_index, encoder, tmp_path):
    root = tmp_path / "later"
    documents = make_archive(root, count=3)
    index_corpus(corpus_of(documents, root), empty_index, encoder)
    pipeline = Pipeline(empty_index, encoder, ExtractiveReader())
    query = Query(f"When was the {documents[0].title} built?")
    assert pipeline.search(query).subjects[0].document.id == documents[0].id

    closed = dataclasses.replace(documents[0], groups=("staff",))
    index_corpus(corpus_of([closed, *documents[1:]], root), empty_index, encoder)
    found = [s.document.id for s in pipeline.search(query).subjects]
    assert documents[0].id not in found
    staff = dataclasses.replace(query, viewer=Viewer.of(["staff"]))
    assert pipeline.search(staff).subjects[0].document.id == documents[0].id
    report = index_corpus(corpus_of(documents, root), empty_index, encoder)
    assert report.changed == 1
    assert pipeline.search(query).subjects[0].document.id == documents[0].id
