"""The promises of `VectorStore`, tested for every engine.

A real server is tested too where `SNAPCITE_TEST_QDRANT_URL` names one.
"""

import math
import os
from concurrent.futures import ThreadPoolExecutor
from uuid import NAMESPACE_URL, uuid4, uuid5

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from qdrant_client import QdrantClient

from knowledge.bm25 import Bm25
from knowledge.errors import ConfigurationError, IndexMismatchError, NotFoundError, StorageError
from knowledge.store.base import OPEN, Nearest, Overlap, Point, Schema, SparseVector
from knowledge.store.edge.engine import EdgeStore
from knowledge.store.server.engine import ServerStore

SERVER_URL = os.environ.get("SNAPCITE_TEST_QDRANT_URL")
DIM = 16
SCHEMA = Schema(dense={"image": DIM, "clip_text": 8}, sparse=("bm25",), keywords=("kind", "tags"))
TAGS = ("bridge", "gate", "寺庙", "")


def open_edge(tmp_path):
    with EdgeStore.open(tmp_path / "index", schema=SCHEMA, create=True) as store:
        yield store


def open_memory(tmp_path):
    client = QdrantClient(":memory:")
    with ServerStore.open(
        ":memory:", collection="photos", api_key=None, schema=SCHEMA, create=True, client=client
    ) as store:
        yield store
    client.close()


def open_server(tmp_path):
    collection = f"snapcite-test-{uuid4()}"
    client = QdrantClient(url=SERVER_URL, check_compatibility=False)
    try:
        with ServerStore.open(
            SERVER_URL, collection=collection, api_key=None, schema=SCHEMA, create=True
        ) as store:
            yield store
    finally:
        client.delete_collection(collection)
        client.close()


ENGINES = [
    pytest.param(open_edge, id="edge"),
    pytest.param(open_memory, id="memory"),
]
if SERVER_URL:
    ENGINES.append(pytest.param(open_server, id="server"))


@pytest.fixture(params=ENGINES)
def store(request, tmp_path):
    yield from request.param(tmp_path)


def uid(n):
    return str(uuid5(NAMESPACE_URL, f"point {n}"))


def unit(*numbers):
    vector = np.zeros(DIM, np.float32)
    vector[: len(numbers)] = numbers
    return vector / np.linalg.norm(vector)


def random_units(n, seed):
    rows = np.random.default_rng(seed).standard_normal((n, DIM)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def ids(found):
    return [point.id for point in found]


# Writing and reading back


def test_a_point_comes_back_as_it_was_written(store):
    payload = {
        "kind": "photo",
        "tags": ["寺庙", "gate"],
        "text": "老火车站 — “Çà et là” 🏯\n\u0000end",
        "start": 210,
        "negative": -515,
        "large": 2**53,
        "ratio": 0.25,
        "flag": True,
        "nothing": None,
        "empty": [],
        "nested": {"deep": [{"er": "值"}]},
    }
    sparse = SparseVector((7, 4_000_000_000), (0.5, 1.25))
    store.upsert([Point(uid(1), payload, {"image": unit(3, 4), "bm25": sparse})])

    (record,) = store.retrieve([uid(1)], with_vectors=True)

    assert record.id == uid(1)
    assert record.payload == payload
    assert set(record.vectors) == {"image", "bm25"}
    assert record.vectors["image"].dtype == np.float32
    np.testing.assert_allclose(record.vectors["image"], unit(3, 4), atol=1e-6)
    assert record.vectors["bm25"] == sparse


def test_dense_vectors_come_back_with_length_one(store):
    store.upsert([Point(uid(1), {}, {"image": 5 * unit(3, 4)})])
    (record,) = store.retrieve([uid(1)], with_vectors=True)
    np.testing.assert_allclose(record.vectors["image"], unit(3, 4), atol=1e-6)


def test_vectors_stay_away_unless_asked_for(store):
    store.upsert([Point(uid(1), {}, {"image": unit(1)})])
    assert store.retrieve([uid(1)])[0].vectors == {}
    assert next(iter(store.scroll())).vectors == {}


def test_points_need_no_vectors(store):
    store.upsert([Point(uid(1), {"kind": "document"})])
    (record,) = store.retrieve([uid(1)], with_vectors=True)
    assert (record.payload, record.vectors) == ({"kind": "document"}, {})
    assert store.query(unit(1), using="image", k=5) == []


def test_an_upsert_replaces_payload_and_vectors(store):
    store.upsert([Point(uid(1), {"kind": "photo", "old": 1}, {"image": unit(1)})])
    store.upsert([Point(uid(1), {"kind": "passage"}, {"clip_text": np.ones(8, np.float32)})])
    (record,) = store.retrieve([uid(1)], with_vectors=True)
    assert record.payload == {"kind": "passage"}
    assert set(record.vectors) == {"clip_text"}
    assert store.count() == 1


def test_the_last_of_two_points_with_one_id_wins(store):
    store.upsert([Point(uid(1), {"n": 1}), Point(uid(1), {"n": 2})])
    assert [record.payload for record in store.scroll()] == [{"n": 2}]


def test_retrieve_keeps_the_order_asked_and_leaves_out_what_is_not_there(store):
    store.upsert([Point(uid(n), {"n": n}) for n in range(600)])
    asked = [uid(n) for n in (599, 3, 10_000, 0, 300)]
    assert [record.payload["n"] for record in store.retrieve(asked)] == [599, 3, 0, 300]
    every = [uid(n) for n in reversed(range(600))]
    assert ids(store.retrieve(every)) == every


def test_an_id_that_is_no_uuid_names_nothing(store):
    store.upsert([Point(uid(1), {})])
    assert store.retrieve(["charminar", "", uid(1)])[0].id == uid(1)
    store.delete(["charminar"])
    assert store.count() == 1


def test_an_id_may_be_written_in_capitals(store):
    store.upsert([Point(uid(1).upper(), {"n": 1})])
    assert ids(store.retrieve([uid(1).upper()])) == [uid(1)]
    store.replace_payload({uid(1).upper(): {"n": 2}})
    assert store.retrieve([uid(1)])[0].payload == {"n": 2}


def test_a_new_payload_replaces_the_whole_old_one_and_keeps_the_vectors(store):
    store.upsert([Point(uid(n), {"n": n, "old": True}, {"image": unit(1, n)}) for n in range(3)])
    store.replace_payload({uid(0): {"tags": ["gate"]}, uid(2): {}, uid(99): {"n": 99}})
    assert [r.payload for r in store.retrieve([uid(0), uid(1), uid(2)])] == [
        {"tags": ["gate"]},
        {"n": 1, "old": True},
        {},
    ]
    assert store.count() == 3
    assert store.count({"tags": "gate"}) == 1
    (record,) = store.retrieve([uid(2)], with_vectors=True)
    np.testing.assert_allclose(record.vectors["image"], unit(1, 2), atol=1e-6)


def test_delete_removes_and_ignores_what_is_not_there(store):
    store.upsert([Point(uid(n), {"n": n}, {"image": unit(1, n)}) for n in range(600)])
    store.delete([uid(n) for n in range(1, 600)] + [uid(9999)])
    assert [record.payload["n"] for record in store.scroll()] == [0]
    assert ids(store.query(unit(1), using="image", k=5)) == [uid(0)]


def test_nothing_to_do_is_done(store):
    store.upsert([])
    store.delete([])
    store.replace_payload({})
    assert store.retrieve([]) == []
    assert list(store.scroll()) == []
    assert store.count() == 0
    assert store.query(unit(1), using="image", k=5) == []
    store.optimize()


def test_a_large_batch_is_written_whole(store):
    points = [
        Point(uid(n), {"n": n, "text": "济" * 3000}, {"image": unit(1, n)}) for n in range(1300)
    ]
    store.upsert(points)
    assert store.count() == 1300
    assert store.retrieve([uid(1299)])[0].payload == points[1299].payload


def test_only_the_keys_asked_for_are_read(store):
    store.upsert([Point(uid(1), {"n": 1, "tags": ["a"], "more": {"b": 2}})])
    (found,) = store.scroll(keys=["n", "more", "absent"])
    assert found.payload == {"n": 1, "more": {"b": 2}}
    assert store.retrieve([uid(1)], keys=["n", "more", "absent"]) == [found]
    (bare,) = store.scroll(keys=[])
    assert (bare.id, bare.payload) == (uid(1), {})


def test_scroll_yields_every_point_once(store):
    store.upsert([Point(uid(n), {"n": n}, {"image": unit(1, n)}) for n in range(1000)])
    found = [record.payload["n"] for record in store.scroll(with_vectors=True)]
    assert sorted(found) == list(range(1000))


def test_optimize_changes_no_answer(store):
    store.upsert([Point(uid(n), {"n": n}, {"image": unit(1, n)}) for n in range(100)])
    before = store.query(unit(1, 7), using="image", k=10)
    store.optimize()
    assert ids(store.query(unit(1, 7), using="image", k=10)) == ids(before)
    assert store.count() == 100


# Filters


def test_filters_are_all_kept_and_match_any_value_of_a_list(store):
    store.upsert(
        [
            Point(uid(0), {"kind": "photo", "tags": ["bridge", "寺庙"]}, {"image": unit(1)}),
            Point(uid(1), {"kind": "photo", "tags": ["gate"]}, {"image": unit(1, 1)}),
            Point(uid(2), {"kind": "passage", "tags": ["bridge"]}, {"image": unit(0, 1)}),
            Point(uid(3), {"kind": "photo", "tags": []}, {"image": unit(1, 3)}),
            Point(uid(4), {"tags": "bridge", "unindexed": "x"}, {"image": unit(0, 0, 1)}),
        ]
    )
    kept = {
        0: {"tags": "寺庙"},
        1: {"kind": "photo", "tags": ("gate",)},
        2: {"kind": ["passage"], "tags": ["bridge", "gate"]},
        4: {"unindexed": "x"},
    }
    for n, where in kept.items():
        assert ids(store.scroll(where)) == [uid(n)]
        assert ids(store.query(unit(1), using="image", k=5, where=where)) == [uid(n)]
        assert store.count(where) == 1
    assert store.count({"tags": ["gate", "bridge"]}) == 4
    assert store.count({"tags": []}) == 0
    assert store.count({"kind": "photo", "tags": "nowhere"}) == 0
    assert store.count({}) == store.count(None) == 5
    assert ids(store.query(unit(1), using="image", k=5, where={"kind": "photo"})) == [
        uid(0),
        uid(1),
        uid(3),
    ]


@pytest.fixture(scope="module", params=ENGINES)
def tagged(request, tmp_path_factory):
    """A store of 64 points: one for each kind of every set of tags."""
    for store in request.param(tmp_path_factory.mktemp("tagged")):
        for n in range(64):
            tags = [tag for bit, tag in enumerate(TAGS) if n >> bit & 1]
            store.upsert([Point(uid(n), {"kind": f"kind {n // 16}", "tags": tags})])
        yield store


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    where=st.fixed_dictionaries(
        {},
        optional={
            "kind": st.sampled_from(["kind 0", "kind 3", "kind 4"]),
            "tags": st.sampled_from(TAGS) | st.lists(st.sampled_from(TAGS), max_size=3),
        },
    )
)
def test_a_filter_keeps_what_its_definition_keeps(tagged, where):
    def keeps(payload):
        wanted = {key: {v} if isinstance(v, str) else set(v) for key, v in where.items()}
        kind, tags = {payload["kind"]}, set(payload["tags"])
        return bool(kind & wanted.get("kind", kind)) and (
            "tags" not in wanted or bool(tags & wanted["tags"])
        )

    expected = {record.id for record in tagged.scroll() if keeps(record.payload)}
    assert set(ids(tagged.scroll(where))) == expected
    assert tagged.count(where) == len(expected)


def test_a_filter_by_spans_keeps_what_overlaps_one_of_a_points_own_spans(store):
    spans = {
        0: [Overlap(1900, 1914)],
        1: [Overlap(1880, 1890), Overlap(1930, 1940)],  # not 1900 to 1914, which lies between
        2: [Overlap(-OPEN, 1904)],
        3: [Overlap(1914, OPEN)],
        4: [],
    }
    store.upsert(
        [
            Point(uid(n), {"kind": "photo", "dates": [each.payload() for each in given]},
                  {"image": unit(1, n)})
            for n, given in spans.items()
        ]
    )  # fmt: skip
    store.upsert([Point(uid(5), {"kind": "photo"}, {"image": unit(1)})])

    def kept(*wanted: Overlap) -> set[str]:
        where = {"kind": "photo", "dates": list(wanted)}
        found = set(ids(store.scroll(where)))
        assert found == set(ids(store.query(unit(1), using="image", k=9, where=where)))
        assert store.count(where) == len(found)
        return found

    assert kept(Overlap(1900, 1914)) == {uid(0), uid(2), uid(3)}
    assert kept(Overlap(1915, 1920)) == {uid(3)}
    assert kept(Overlap(-OPEN, 1880)) == {uid(1), uid(2)}
    assert kept(Overlap(1905, 1905), Overlap(1940, 1950)) == {uid(0), uid(1), uid(3)}


# Queries


def test_dense_hits_are_those_of_brute_force_in_its_order(store):
    rows = random_units(400, seed=1)
    store.upsert([Point(uid(n), {"n": n}, {"image": row}) for n, row in enumerate(rows)])
    store.upsert([Point(uid(n), {"n": n}) for n in range(400, 420)])
    for query in random_units(5, seed=2):
        cosines = rows @ query
        hits = store.query(query, using="image", k=20)
        assert [hit.payload["n"] for hit in hits] == np.argsort(-cosines)[:20].tolist()
        np.testing.assert_allclose(
            [hit.score for hit in hits], np.sort(cosines)[::-1][:20], atol=1e-5
        )


def test_a_query_looks_at_one_vector_only(store):
    store.upsert(
        [
            Point(uid(0), {}, {"image": unit(1)}),
            Point(uid(1), {}, {"clip_text": np.ones(8, np.float32)}),
        ]
    )
    assert ids(store.query(unit(1), using="image", k=5)) == [uid(0)]
    assert ids(store.query(np.ones(8, np.float32), using="clip_text", k=5)) == [uid(1)]


def test_sparse_scores_are_bm25(store):
    """Hand-computed: three passages hold a sparse vector, `castle` is in one, `bridge` in two."""
    bm25 = Bm25()
    texts = ["castle castle bridge", "bridge tower", "tower gate"]
    vectors = bm25.encode_documents(texts)
    points = [Point(uid(n), {"n": n}, {"bm25": v}) for n, v in enumerate(vectors)]
    store.upsert([*points, Point(uid(9), {}, {"image": unit(1)})])

    hits = store.query(bm25.encode_query("castle bridge"), using="bm25", k=5)

    def idf(holding):
        return math.log(1 + (3 - holding + 0.5) / (holding + 0.5))

    def weight(times, length):
        return times * (1.2 + 1) / (times + 1.2 * (1 - 0.75 + 0.75 * length / 32))

    first = idf(1) * weight(2, 3) + idf(2) * weight(1, 3)
    second = idf(2) * weight(1, 2)
    assert [hit.payload["n"] for hit in hits] == [0, 1]  # the third shares no word: no hit
    assert [hit.score for hit in hits] == pytest.approx([first, second], rel=1e-4)


def test_a_query_without_words_finds_nothing(store):
    store.upsert([Point(uid(0), {}, {"bm25": SparseVector((1,), (1.0,))})])
    assert store.query(SparseVector((), ()), using="bm25", k=5) == []


def test_a_passage_without_words_can_be_stored(store):
    store.upsert([Point(uid(0), {"n": 0}, {"bm25": SparseVector((), ())})])
    assert store.retrieve([uid(0)])[0].payload == {"n": 0}
    assert store.query(SparseVector((1,), (1.0,)), using="bm25", k=5) == []


@pytest.mark.parametrize("k", [1, 7, 50, 200])
def test_points_of_equal_score_stand_in_the_order_of_their_ids(store, k):
    """The closest one is alone; then come 150 alike, of which the last ones do not fit into `k`."""
    alike, word = unit(1, 1), SparseVector((7,), (1.0,))
    closest = Point(uid(999), {"n": 999}, {"image": unit(1), "bm25": SparseVector((7,), (2.0,))})
    same = [Point(uid(n), {"n": n}, {"image": alike, "bm25": word}) for n in range(150)]
    store.upsert([*same, closest])
    expected = [uid(999), *sorted(uid(n) for n in range(150))][:k]
    for using, vector in (("image", unit(1)), ("bm25", word)):
        hits = store.query(vector, using=using, k=k)
        assert ids(hits) == expected
        assert all(uid(hit.payload["n"]) == hit.id for hit in hits)


def test_many_queries_find_what_each_finds_alone(store):
    rows = random_units(60, seed=4)
    words = [SparseVector((n % 5,), (1.0,)) for n in range(60)]
    store.upsert(
        [
            Point(uid(n), {"n": n, "kind": f"{n % 3}"}, {"image": row, "bm25": words[n]})
            for n, row in enumerate(rows)
        ]
    )
    queries = [
        Nearest(rows[3], "image", 4),
        Nearest(rows[3], "image", 4, {"kind": "1"}),
        Nearest(words[2], "bm25", 5),
        Nearest(SparseVector((), ()), "bm25", 5),
        Nearest(rows[3], "image", 0),
        Nearest(words[2], "bm25", 9, {"kind": ["0", "2"]}),
    ]
    found = store.query_all(queries)
    assert [len(hits) for hits in found] == [4, 4, 5, 0, 0, 8]
    assert found == [
        store.query(each.vector, using=each.using, k=each.k, where=each.where) for each in queries
    ]
    assert store.query_all([]) == []
    with pytest.raises(IndexMismatchError, match="nowhere"):
        store.query_all([queries[0], Nearest(rows[0], "nowhere", 1)])


@pytest.mark.parametrize(("k", "found"), [(0, 0), (-1, 0), (2, 2), (10, 3)])
def test_a_query_finds_at_most_k(store, k, found):
    store.upsert([Point(uid(n), {}, {"image": unit(1, n)}) for n in range(3)])
    assert len(store.query(unit(1), using="image", k=k)) == found


# What is refused


@pytest.mark.parametrize(
    ("bad", "error", "says"),
    [
        (Point("7", {}), StorageError, "'7'"),
        (Point(uid(2), {}, {"image": np.ones(5, np.float32)}), IndexMismatchError, "16.*5"),
        (Point(uid(2), {}, {"image": np.ones((1, DIM), np.float32)}), IndexMismatchError, "1×16"),
        (Point(uid(2), {}, {"depth": unit(1)}), IndexMismatchError, "depth"),
        (Point(uid(2), {}, {"bm25": unit(1)}), IndexMismatchError, "bm25"),
        (Point(uid(2), {}, {"image": SparseVector((), ())}), IndexMismatchError, "image"),
        (Point(uid(2), {}, {"image": np.full(DIM, np.nan, np.float32)}), StorageError, "finite"),
        (Point(uid(2), {}, {"bm25": SparseVector((1,), (math.inf,))}), StorageError, "finite"),
        (Point(uid(2), {}, {"bm25": SparseVector((1, 2), (1.0,))}), StorageError, "2 indices"),
        (Point(uid(2), {}, {"bm25": SparseVector((5, 5), (1.0, 1.0))}), StorageError, "twice"),
        (Point(uid(2), {}, {"bm25": SparseVector((2**32,), (1.0,))}), StorageError, "32 bits"),
        (Point(uid(2), {}, {"bm25": SparseVector((-1,), (1.0,))}), StorageError, "32 bits"),
        (Point(uid(2), {"x": math.nan}), StorageError, "JSON"),
        (Point(uid(2), {"x": object()}), StorageError, "JSON"),
        (Point(uid(2), {"x": "\ud800"}), StorageError, "JSON"),
    ],
)
def test_a_bad_point_is_refused_and_nothing_of_its_batch_is_written(store, bad, error, says):
    with pytest.raises(error, match=says):
        store.upsert([Point(uid(1), {}), bad])
    assert store.count() == 0


def test_a_bad_query_is_refused(store):
    with pytest.raises(IndexMismatchError, match=r"8 dimensions.*16"):
        store.query(unit(1), using="clip_text", k=5)
    with pytest.raises(IndexMismatchError, match="no dense vector 'nowhere'"):
        store.query(unit(1), using="nowhere", k=5)


def test_a_bad_payload_is_refused_and_the_old_one_stays(store):
    store.upsert([Point(uid(1), {"n": 1}), Point(uid(2), {"n": 2})])
    with pytest.raises(StorageError, match="JSON"):
        store.replace_payload({uid(1): {"n": 10}, uid(2): {"n": math.inf}})
    assert [record.payload["n"] for record in store.retrieve([uid(1), uid(2)])] == [1, 2]


def test_a_closed_store_says_so(store):
    store.close()
    store.close()
    for use in (
        lambda: store.count(),
        lambda: store.upsert([Point(uid(1), {})]),
        lambda: store.query(unit(1), using="image", k=1),
        lambda: list(store.scroll()),
    ):
        with pytest.raises(StorageError, match="closed"):
            use()


def test_what_was_given_is_not_changed(store):
    vector, payload = unit(3, 4) * 2, {"tags": ["gate"]}
    store.upsert([Point(uid(1), payload, {"image": vector})])
    payload["tags"].append("later")
    assert (vector == unit(3, 4) * 2).all()
    assert store.retrieve([uid(1)])[0].payload == {"tags": ["gate"]}


def test_threads_may_read_while_one_writes(store):
    if isinstance(store, ServerStore) and store.place.startswith(":memory:"):
        pytest.skip("the client's in-memory mode is for one thread")
    rows = random_units(50, seed=3)
    store.upsert([Point(uid(n), {"n": n}, {"image": row}) for n, row in enumerate(rows)])

    def write(n):
        store.upsert([Point(uid(n), {"n": n}, {"clip_text": np.ones(8, np.float32)})])

    def read(n):
        return store.query(rows[n % 50], using="image", k=1)[0].payload["n"]

    with ThreadPoolExecutor(8) as pool:
        writing = pool.submit(lambda: [write(n) for n in range(50, 150)])
        assert list(pool.map(read, range(400))) == [n % 50 for n in range(400)]
        writing.result()
    assert store.count() == 150


# Versions


def test_a_version_stays_until_something_is_written_and_never_comes_back(store):
    def upsert():
        store.upsert([Point(uid(1), {"n": 1}, {"image": unit(1)})])

    writes = [
        upsert,
        lambda: store.replace_payload({uid(1): {"n": 2}}),
        lambda: store.delete([uid(1)]),
        upsert,
    ]
    seen = [store.version()]
    for write in writes:
        write()
        seen.append(store.version())
        assert store.version() == seen[-1]
        assert store.retrieve([uid(1)]) == store.retrieve([uid(1)])
        assert store.version() == seen[-1]
    assert len(set(seen)) == len(writes) + 1


def test_what_carries_the_version_is_not_among_the_points(store):
    store.upsert([Point(uid(1), {"kind": "a"}), Point(uid(2), {"kind": "b"})])
    assert store.count() == 2
    assert {record.id for record in store.scroll()} == {uid(1), uid(2)}
    assert [record.id for record in store.scroll({"kind": ["a", "stamp"]})] == [uid(1)]


# Files


@pytest.mark.parametrize("size", [1, 3 * 2**20, 7 * 2**20 + 1], ids=["1 B", "3 MiB", "7 MiB + 1 B"])
def test_a_file_comes_back_as_it_was_written(store, size):
    name, data = uid(size), os.urandom(size)
    store.files.write(name, data)
    assert store.files.read(name) == data


def test_a_file_can_be_written_twice_and_removed_twice(store):
    kept, gone = uid("kept"), uid("gone")
    for name in (kept, gone, gone):
        store.files.write(name, b"photo")
    for _ in range(2):
        store.files.delete([gone, uid("never written")])
    assert store.files.read(kept) == b"photo"
    with pytest.raises(NotFoundError, match=gone):
        store.files.read(gone)


def test_nothing_is_left_of_a_large_file_that_was_removed(store, tmp_path):
    store.files.write(uid(1), bytes(7 * 2**20))
    store.files.delete([uid(1)])
    assert store.count() == 0
    assert not any(path.is_file() for path in (tmp_path / "index" / "photos").rglob("*"))


def test_files_pass_no_filter_on_another_kind(store):
    store.upsert([Point(uid(1), {"kind": "photo"})])
    store.files.write(uid(2), b"photo")
    assert ids(store.scroll({"kind": ["photo", "document"]})) == [uid(1)]


# Upkeep


def test_optimizing_online_changes_no_answer(store):
    store.upsert([Point(uid(n), {"n": n}, {"image": unit(1, n)}) for n in range(100)])
    before = store.query(unit(1, 7), using="image", k=10)
    assert store.optimize_online() == (not store.is_shared)
    assert store.unoptimized == 0
    assert ids(store.query(unit(1, 7), using="image", k=10)) == ids(before)
    assert store.count() == 100


def test_points_wait_for_optimizing_only_where_a_call_is_needed(store):
    store.upsert([Point(uid(n), {}, {"image": unit(1, n)}) for n in range(7)])
    assert store.unoptimized == (0 if store.is_shared else 7)
    store.optimize()
    assert store.unoptimized == 0


def test_a_backup_is_whole_or_refused_with_the_way_to_make_one(store, tmp_path):
    store.upsert([Point(uid(1), {"n": 1})])
    store.files.write(uid(2), b"photo")
    place = tmp_path / "backups" / "monday"
    if store.is_shared:
        with pytest.raises(ConfigurationError, match="snapshots"):
            store.back_up(place)
        assert not place.exists()
        return
    assert store.back_up(place) > 0
    with EdgeStore.open(place, schema=SCHEMA, create=False) as copy:
        assert [record.payload for record in copy.scroll()] == [{"n": 1}]
        assert copy.files.read(uid(2)) == b"photo"
