"""What only a real Qdrant server shows; skipped unless `SNAPCITE_TEST_QDRANT_URL` names one."""

import os
from contextlib import contextmanager
from dataclasses import replace
from uuid import NAMESPACE_URL, uuid4, uuid5

import httpx
import numpy as np
import pytest
from sample_documents import corpus_of, make_documents
from support import photo

from indexer.run import fingerprint_of, index_corpus
from knowledge.index import copy_index, open_index
from knowledge.store.base import OpenTo, Overlap, Point, Schema, SparseVector
from knowledge.store.server.engine import ServerStore
from knowledge.store.server.options import ServerOptions
from knowledge.viewer import closing_payload
from search.pipeline import Pipeline
from search.query import Query
from vlm.readers.extractive import ExtractiveReader

URL = os.environ.get("SNAPCITE_TEST_QDRANT_URL", "")
pytestmark = pytest.mark.skipif(not URL, reason="SNAPCITE_TEST_QDRANT_URL names no server")

DIM = 32
SCHEMA = Schema({"image": DIM}, ("bm25",), ("kind", "tags"), ("dates",))


@pytest.fixture
def collection():
    name = f"snapcite-test-{uuid4()}"
    yield name
    httpx.delete(f"{URL}/collections/{name}", timeout=60).raise_for_status()


def uid(n):
    return str(uuid5(NAMESPACE_URL, f"point {n}"))


def rows(n):
    found = np.random.default_rng(7).standard_normal((n, DIM)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


@contextmanager
def opened(collection, options=None, *, create=True):
    with ServerStore.open(
        URL, collection=collection, api_key=None, schema=SCHEMA, create=create,
        options=options or ServerOptions(),
    ) as store:  # fmt: skip
        yield store


def filled(store, count=300):
    store.upsert(
        [
            Point(
                uid(n),
                {
                    "kind": f"{n % 3}",
                    "tags": ["a", "b"][: n % 3],
                    "dates": [Overlap(1900 + n, 1901 + n).payload()],
                },
                {"image": row, "bm25": SparseVector((n % 7,), (1.0,))},
            )
            for n, row in enumerate(rows(count))
        ]
    )


WHERES = [
    None,
    {"kind": "1"},
    {"tags": ["a", "b"], "kind": ["0", "1"]},
    {"dates": [Overlap(1950, 1960)]},
    {"dates": [Overlap(1900, 1910), Overlap(2100, 10**12)], "kind": "2"},
]


def test_a_server_that_allows_no_filter_without_an_index_serves_every_filter(collection):
    """As clouds set up their collections; all that filters use has a payload index."""
    with opened(collection) as store:
        filled(store)
        before = [_answers(store, where) for where in WHERES]
        strict = {
            "enabled": True,
            "unindexed_filtering_retrieve": False,
            "unindexed_filtering_update": False,
            "max_query_limit": 1_000,
            "max_timeout": 60,
        }
        httpx.patch(
            f"{URL}/collections/{collection}", json={"strict_mode_config": strict}, timeout=60
        ).raise_for_status()
        assert [_answers(store, where) for where in WHERES] == before
        assert all(ids for _, ids, _ in before)
        store.delete([uid(0)])
        store.replace_payload({uid(1): {"kind": "9"}})
        assert store.count() == 299


def test_what_an_index_asks_has_payload_indexes_also_in_one_made_before_it_asked(
    encoder, collection
):
    schema = fingerprint_of(encoder).schema()
    url = f"{URL.rstrip('/')}/{collection}"
    before = replace(schema, keywords=("kind",), spans=(), numbers=())
    ServerStore.open(URL, collection=collection, api_key=None, schema=before, create=True).close()
    with open_index(url, fingerprint_of(encoder), create=True) as index:
        closed = (closing_payload((), ""), closing_payload(("staff",), "2050-12-31"))
        index.store.upsert(
            [Point(uid(n), {"kind": "passage", **of}) for n, of in enumerate(closed)]
        )
        strict = {"enabled": True, "unindexed_filtering_retrieve": False}
        httpx.patch(
            f"{URL}/collections/{collection}", json={"strict_mode_config": strict}, timeout=60
        ).raise_for_status()
        anybody, staff = (OpenTo(groups, 20510101, True) for groups in ((), ("staff",)))

        assert index.store.count({"kind": "passage", "": anybody}) == 1
        assert index.store.count({"kind": "passage", "": staff}) == 2
        assert index.store.count({"": OpenTo(("staff",), 20260101, True), "kind": "passage"}) == 1
        for key in schema.keywords:
            index.store.count({key: "none"})
        words = SparseVector((1,), (1.0,))
        assert index.store.query(words, using="bm25", k=3, where={"": anybody}) == []


def _answers(store, where):
    hits = store.query(rows(1)[0], using="image", k=10, where=where)
    return store.count(where), [hit.id for hit in hits], {r.id for r in store.scroll(where)}


@pytest.mark.parametrize("options", [
    ServerOptions(),
    ServerOptions(shards=3),
    ServerOptions(quantization="int8", on_disk=True, shards=2),
], ids=["plain", "3 shards", "int8 on disk"])  # fmt: skip
def test_shards_and_quantization_find_what_brute_force_finds(collection, options):
    with opened(collection, options) as store:
        filled(store, 2_000)
        stored = rows(2_000)
        for asked in rows(2_000)[::400]:
            best = np.argsort(-(stored @ asked), kind="stable")[:10]
            hits = store.query(asked, using="image", k=10)
            assert [hit.id for hit in hits] == [uid(n) for n in best]
            np.testing.assert_allclose(
                [hit.score for hit in hits], np.sort(stored @ asked)[::-1][:10], atol=1e-4
            )
        assert all(remark.todo is None for remark in store.remarks() if "wanted:" in remark.seen)
    with opened(collection, ServerOptions(shards=4, quantization="none"), create=False) as store:
        seen = " ".join(remark.seen for remark in store.remarks())
        assert "SNAPCITE_QDRANT_SHARDS is" in seen
        assert ("QUANTIZATION is int8" in seen) == (options.quantization == "int8")


def test_a_snapshot_brings_back_an_index_that_was_lost(tmp_path, encoder, collection):
    """Points, vectors, fingerprint and uploaded photos; what was written later is gone."""
    url = f"{URL.rstrip('/')}/{collection}"
    corpus = corpus_of(make_documents(tmp_path), tmp_path)
    with open_index(url, fingerprint_of(encoder), create=True) as index:
        index_corpus(corpus, index, encoder)
        index.uploads.write("ab12", b"an uploaded photo")
        before = {record.id: record.payload for record in index.store.scroll()}
        version = index.version()
        made = httpx.post(f"{URL}/collections/{collection}/snapshots", timeout=60).json()["result"]
        snapshot = httpx.get(
            f"{URL}/collections/{collection}/snapshots/{made['name']}", timeout=60
        ).content
        index.store.upsert([Point(uid(1), {"kind": "document", "later": True})])
    httpx.delete(f"{URL}/collections/{collection}", timeout=60).raise_for_status()
    httpx.post(
        f"{URL}/collections/{collection}/snapshots/upload?priority=snapshot&wait=true",
        files={"snapshot": snapshot},
        timeout=120,
    ).raise_for_status()

    with open_index(url, fingerprint_of(encoder)) as index:
        assert {record.id: record.payload for record in index.store.scroll()} == before
        assert index.version() == version
        assert index.uploads.read("ab12") == b"an uploaded photo"
        query = Query("When was it demolished?", (photo(1, size=(320, 240)),))
        assert Pipeline(index, encoder, ExtractiveReader()).ask(query).answer.year == 1992
        report = index_corpus(corpus, index, encoder)
        assert (report.new, report.unchanged) == (0, 3)


def test_a_copy_on_the_server_answers_as_the_embedded_index(index, encoder, collection):
    url = f"{URL.rstrip('/')}/{collection}"
    with open_index(url, index.fingerprint, create=True) as there:
        copy_index(index, there)
        for text in ("When was it demolished?", "station", "What is it used for today?"):
            for photos in ((photo(1, size=(320, 240)),), ()):
                here, away = (
                    Pipeline(each, encoder, ExtractiveReader()).ask(Query(text, photos))
                    for each in (index, there)
                )
                assert [hit.document.document_id for hit in here.subjects] == [
                    hit.document.document_id for hit in away.subjects
                ]
                assert here.answer.value == away.answer.value
