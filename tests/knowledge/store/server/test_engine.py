"""The server engine: the requests it sends, how often it tries, what failures mean.

A small HTTP server plays Qdrant: it gives prepared answers and keeps the requests.
"""

import json
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import NAMESPACE_URL, uuid5

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from qdrant_client import QdrantClient, models

from knowledge.deadline import within
from knowledge.errors import (
    DiskFullError,
    IndexMismatchError,
    IndexMissingError,
    StorageError,
    StoreUnavailableError,
)
from knowledge.store.base import Point, Schema, SparseVector
from knowledge.store.server.connection import Connection
from knowledge.store.server.connection import connect as connect_clients
from knowledge.store.server.convert import batches, json_bytes, to_point
from knowledge.store.server.engine import MAX_BODY_BYTES, ServerStore
from knowledge.store.server.options import ServerOptions

SCHEMA = Schema(dense={"image": 8}, sparse=("bm25",), keywords=("kind",))
EXISTS = {"result": {"exists": True}}
DONE = {"result": {"operation_id": 1, "status": "completed"}}
DONE_TRUE = {"result": True}
WRITTEN = {"result": [DONE["result"]] * 2}
COUNT = {"result": {"count": 7}}
WRITE = "/collections/photos/points/batch?wait=true&ordering=medium&timeout=60"


def info(dense=8, keywords=("kind",)):
    """Qdrant's description of a collection."""
    vectors = {"image": {"size": dense, "distance": "Cosine"}}
    params = {"vectors": vectors, "sparse_vectors": {"bm25": {"modifier": "idf"}}}
    result = {
        "status": "green",
        "optimizer_status": "ok",
        "segments_count": 1,
        "config": {
            "params": params,
            "hnsw_config": {"m": 16, "ef_construct": 100, "full_scan_threshold": 10000},
            "optimizer_config": {
                "deleted_threshold": 0.2,
                "vacuum_min_vector_number": 1000,
                "default_segment_number": 0,
                "flush_interval_sec": 5,
            },
        },
        "payload_schema": {key: {"data_type": "keyword", "points": 0} for key in keywords},
    }
    return {"result": result}


class Scripted(ThreadingHTTPServer):
    """Gives the `answers` in turn, each (status, body) or a body; repeats the last one."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = []
        self.requests = []
        self.hangs = threading.Event()
        self.held = threading.Semaphore(0)  # released for each request that hangs
        self.version = {"title": "qdrant - vector search engine", "version": "1.18.3"}
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def say(self, *answers):
        self.answers = list(answers)
        self.requests.clear()

    def next_answer(self):
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer if isinstance(answer, tuple) else (200, answer)


class Handler(BaseHTTPRequestHandler):
    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.server.hangs.is_set():
            self.server.held.release()
        while self.server.hangs.is_set():
            time.sleep(0.01)
        if self.path == "/":
            status, content = 200, self.server.version
        else:
            self.server.requests.append((self.command, self.path, dict(self.headers), body))
            status, content = self.server.next_answer()
        raw = content.encode() if isinstance(content, str) else json.dumps(content).encode()
        self.send_response(status)
        if status == 429:
            self.send_header("Retry-After", "0")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        with suppress(ConnectionError):  # who asked waits no longer
            self.wfile.write(raw)

    do_GET = do_PUT = do_POST = answer  # noqa: N815 - the names that http.server looks for

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server():
    with Scripted() as scripted:
        thread = threading.Thread(target=scripted.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield scripted
        scripted.shutdown()
        thread.join()


@pytest.fixture
def store(server):
    server.say(EXISTS, info())
    with connect(server) as opened:
        server.requests.clear()
        yield opened


def connect(server, *, url=None, api_key=None, schema=SCHEMA, create=False, options=None):
    return ServerStore.open(
        url or server.url,
        collection="photos",
        api_key=api_key,
        schema=schema,
        create=create,
        retry_waits=(0.0, 0.01),
        options=options or ServerOptions(),
    )


def uid(n):
    return str(uuid5(NAMESPACE_URL, f"point {n}"))


def error(message):
    return {"status": {"error": message}, "time": 0.0}


# What is sent


def test_the_key_goes_along_and_is_never_shown(server):
    server.say(EXISTS, info(), (503, "busy"))
    url = server.url.replace("http://", "http://user:hunter2@")
    with (
        connect(server, url=url, api_key="s3cret") as store,
        pytest.raises(StoreUnavailableError) as caught,
    ):
        store.count()
    assert all(headers["api-key"] == "s3cret" for _, _, headers, _ in server.requests)
    assert server.url in str(caught.value)
    assert "s3cret" not in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_an_upsert_waits_and_keeps_every_payload_value(server, store):
    server.say(WRITTEN)
    payload = {"nothing": None, "title": "老火车站", "deep": {"er": [None, 1]}}
    sparse = SparseVector((3,), (0.5,))
    store.upsert([Point(uid(1), payload, {"image": np.ones(8, np.float32), "bm25": sparse})])
    ((method, path, _, body),) = server.requests
    assert (method, path) == ("POST", WRITE)
    upsert, stamp = json.loads(body)["operations"]
    assert stamp["upsert"]["points"][0]["payload"].keys() == {"kind", "stamp"}
    assert upsert["upsert"]["points"] == [
        {
            "id": uid(1),
            "payload": payload,
            "vector": {"image": [1.0] * 8, "bm25": {"indices": [3], "values": [0.5]}},
        }
    ]


def test_a_large_upsert_goes_in_bodies_below_the_limit(server):
    wide = Schema({"image": 512}, ("bm25",), ("kind",))
    server.say(EXISTS, info(dense=512))
    with connect(server, schema=wide) as store:
        server.say(WRITTEN)
        rows = np.random.default_rng(0).standard_normal((1500, 512)).astype(np.float32)
        store.upsert(
            [Point(uid(n), {"text": "济" * 500}, {"image": r}) for n, r in enumerate(rows)]
        )
    bodies = [body for _, _, _, body in server.requests]
    written = [json.loads(body)["operations"][0]["upsert"]["points"] for body in bodies]
    sent = [point["id"] for points in written for point in points]
    assert sent == [uid(n) for n in range(1500)]
    assert max(map(len, bodies)) < MAX_BODY_BYTES
    assert len(bodies) <= 2 * sum(map(len, bodies)) / MAX_BODY_BYTES + 1


finite = st.floats(width=32, allow_nan=False, allow_infinity=False)
points = st.builds(
    Point,
    id=st.uuids().map(str),
    payload=st.dictionaries(st.text(), st.text() | st.none() | st.floats(allow_nan=False)).filter(
        lambda payload: all(abs(v) < 1e300 for v in payload.values() if isinstance(v, float))
    ),
    vectors=st.fixed_dictionaries(
        {
            "image": st.lists(finite, min_size=1).map(lambda row: np.array(row, np.float32)),
            "bm25": st.lists(finite).map(
                lambda row: SparseVector(tuple(range(2**32 - len(row), 2**32)), tuple(row))
            ),
        }
    ),
)


@given(st.lists(points, max_size=8), st.integers(300, 3000))
def test_batches_keep_all_points_in_order_and_below_the_limit(some, limit):
    cut = list(batches(some, max_bytes=limit))
    assert [point.id for batch in cut for point in batch] == [point.id for point in some]
    assert all(len(batch) == 1 or sum(map(json_bytes, batch)) <= limit for batch in cut)


@given(points)
def test_a_point_is_never_larger_than_reckoned(point):
    body = models.PointsList(points=[to_point(point)]).model_dump_json()
    assert len(body.encode()) <= json_bytes(point)


# Trying again


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_passing_failure_is_tried_again(server, store, status):
    server.say((status, error("busy")), (status, "not even JSON"), COUNT)
    assert store.count() == 7
    assert len(server.requests) == 3


def test_a_write_that_failed_in_passing_is_sent_again_whole(server, store):
    server.say((503, "busy"), WRITTEN)
    store.upsert([Point(uid(1), {"n": 1})])
    first, second = server.requests
    assert first[3] == second[3] != b""


@pytest.mark.parametrize("status", [429, 503])
def test_trying_again_has_an_end(server, store, status):
    server.say((status, error("busy")))
    with pytest.raises(StoreUnavailableError, match=rf"{server.url}.*HTTP {status}.*Check that"):
        store.count()
    assert len(server.requests) == 3


def test_a_refusal_is_not_tried_again(server, store):
    server.say((400, error("Wrong input: something")))
    with pytest.raises(StorageError, match="refused: Wrong input: something"):
        store.count()
    assert len(server.requests) == 1


def test_a_server_that_is_not_there_is_named():
    with Scripted() as gone:
        url = gone.url
    with pytest.raises(StoreUnavailableError, match=f"{url}.*does not answer"):
        ServerStore.open(
            url, collection="photos", api_key=None, schema=None, create=False, retry_waits=(0.0,)
        )


# What failures mean


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_said_to_be_one(server, status):
    server.say((status, "Invalid API key or JWT"))
    with pytest.raises(StoreUnavailableError, match="refuses the API key"):
        connect(server, api_key="wrong")
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [400, 500])  # a real server says it with 500
def test_a_full_disk_of_the_server_is_said_to_be_full(server, store, status):
    said = "Service internal error: No space left on device: WAL buffer size exceeds disk space"
    server.say((status, error(said)))
    with pytest.raises(DiskFullError, match=rf"{server.url} .*WAL buffer size.*Make room"):
        store.upsert([Point(uid(1), {})])


def test_what_a_server_says_of_its_failure_is_passed_on(server, store):
    server.say((500, error("Service internal error: the segment is broken. " + "x" * 5000)))
    with pytest.raises(StoreUnavailableError, match=r"HTTP 500: .*the segment is") as caught:
        store.upsert([Point(uid(1), {})])
    assert len(str(caught.value)) < 600


def test_something_else_that_answers_is_no_qdrant(server):
    server.say("<html>It works!</html>")
    with pytest.raises(StoreUnavailableError, match="is not a Qdrant server"):
        connect(server)


def test_a_collection_that_went_away_is_missing(server, store):
    server.say((404, error("Not found: Collection `photos` doesn't exist!")))
    with pytest.raises(IndexMissingError, match=r"collection photos.*`snapcite index`"):
        store.count()


def test_what_is_no_url_is_refused():
    for url in ("ftp://somewhere", "http://[half", "http://host:port"):
        with pytest.raises(StorageError, match="not the address of a Qdrant server"):
            ServerStore.open(url, collection="c", api_key=None, schema=None, create=False)


# Versions


@pytest.mark.parametrize("version", ["1.17.0", "1.18.3", "v1.19.1", "1.30.0-dev", "1.17.2+build"])
def test_a_server_of_a_version_that_is_supported_is_used(server, version):
    server.version = {"title": "qdrant", "version": version}
    server.say(EXISTS, info(), COUNT)
    with connect(server) as store:
        assert store.count() == 7


@pytest.mark.parametrize(
    ("version", "error", "says"),
    [
        ("1.16.3", StorageError, r"is version 1\.16\.3.*1\.17 and every later.*upgrade the server"),
        ("0.11.7", StorageError, "upgrade the server"),
        ("2.0.0", StorageError, r"2\.0\.0.*or a SnapCite that knows"),
        ("latest", StoreUnavailableError, "is not a Qdrant server"),
        ("", StoreUnavailableError, "is not a Qdrant server"),
    ],
)
def test_a_server_of_another_version_is_refused_and_not_touched(server, version, error, says):
    server.version = {"title": "qdrant", "version": version}
    server.say(EXISTS, info())
    with pytest.raises(error, match=says):
        connect(server, create=True)
    assert server.requests == []


# Several nodes


def urls_of(*nodes):
    return ",".join(node.url for node in nodes)


def test_a_node_that_is_down_is_passed_over_for_reads_and_writes(server):
    with Scripted() as gone:
        pass
    server.say(EXISTS, info(), COUNT)
    with connect(server, url=urls_of(gone, server)) as store:
        assert [store.count() for _ in range(4)] == [7] * 4
        server.say(WRITTEN)
        store.upsert([Point(uid(1), {})])
        assert gone.url in store.place
        assert server.url in store.place


def test_a_node_that_cannot_serve_leaves_it_to_the_next_and_is_asked_last(server):
    with Scripted() as other:
        thread = threading.Thread(target=other.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            for node in (server, other):
                node.say(EXISTS, info())
            # Each answers to what it is asked first; then one of them loses its peers.
            with connect(server, url=server.url) as alone:
                assert alone.schema == SCHEMA
            server.say(COUNT)
            other.say((500, error("not enough active replicas")))
            store = ServerStore(
                Connection(
                    connect_clients([other.url, server.url], api_key=None, place="here"),
                    "here",
                    owned=True,
                    retry_waits=(),
                ),
                "photos",
                SCHEMA,
                ServerOptions(),
            )
            with store:
                assert [store.count() for _ in range(6)] == [7] * 6
            assert len(other.requests) == 1
        finally:
            other.shutdown()
            thread.join()


@pytest.fixture
def two(server):
    """Two nodes that have the collection, and a store of both."""
    with Scripted() as other:
        thread = threading.Thread(target=other.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        for node in (server, other):
            node.say(EXISTS, info())
        server.say(COUNT)
        clients = connect_clients([server.url, other.url], api_key=None, place="here")
        connection = Connection(clients, "here", owned=True, retry_waits=())
        with ServerStore(connection, "photos", SCHEMA, ServerOptions()) as store:
            yield server, other, store
        other.hangs.clear()
        other.shutdown()
        thread.join()


def test_a_node_that_hangs_gets_no_write_that_it_would_carry_out_later(two):
    server, other, store = two
    server.say(WRITTEN)
    other.say(WRITTEN)
    other.hangs.set()
    with within(4.0):  # half of it for a node that hangs
        for n in range(4):
            store.upsert([Point(uid(n), {})])
    other.hangs.clear()
    time.sleep(0.2)  # it answers now what it was asked meanwhile
    assert len(server.requests) == 4
    assert other.requests == []


def test_a_node_that_failed_is_asked_again_when_it_has_been_ready_for_a_while(two, monkeypatch):
    _, other, store = two
    monkeypatch.setattr("knowledge.store.server.nodes._LOOK_EVERY_S", 0.01)
    monkeypatch.setattr("knowledge.store.server.nodes._SETTLED_S", 0.3)
    monkeypatch.setattr("knowledge.store.server.nodes._AVOIDED_S", 0.0)
    other.say((503, error("starting")))

    def asked():
        return [path for _, path, _, _ in other.requests if path != "/readyz"]

    assert [store.count() for _ in range(4)] == [7] * 4
    time.sleep(0.5)  # it says at /readyz that it is not ready
    assert [store.count() for _ in range(4)] == [7] * 4
    assert len(asked()) == 1
    other.say(COUNT)
    ends = time.monotonic() + 10
    while not asked():
        assert time.monotonic() < ends
        assert store.count() == 7
        time.sleep(0.02)
    assert other.requests[0][1] == other.requests[1][1] == "/readyz"


def test_a_collection_is_missing_only_when_all_nodes_say_so(two):
    server, other, store = two
    gone = (404, error("Not found: Collection `photos` doesn't exist!"))
    other.say(gone)
    assert [store.count() for _ in range(4)] == [7] * 4
    server.say((503, error("starting")))
    with pytest.raises(StoreUnavailableError, match="starting"):
        store.count()
    server.say(gone)
    with pytest.raises(IndexMissingError):
        store.count()
    other.say({"result": {"exists": False}})
    server.say(EXISTS, info(), COUNT)
    with connect(server, url=urls_of(other, server)) as opened:
        assert opened.schema == SCHEMA


def test_when_all_nodes_are_down_all_are_named():
    with Scripted() as one, Scripted() as two:
        pass
    with pytest.raises(StoreUnavailableError, match=f"{one.url}, {two.url}.*does not answer"):
        ServerStore.open(
            urls_of(one, two), collection="photos", api_key=None, schema=None, create=False,
            retry_waits=(0.0,),
        )  # fmt: skip


def test_nodes_of_different_versions_are_each_looked_at(server):
    with Scripted() as old:
        old.version = {"title": "qdrant", "version": "1.9.0"}
        thread = threading.Thread(target=old.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            with pytest.raises(StorageError, match=r"1\.9\.0"):
                connect(server, url=urls_of(server, old))
        finally:
            old.shutdown()
            thread.join()


# Writes that a server took and has not applied


def test_a_write_that_waits_in_the_servers_queue_is_sent_again_until_it_is_applied(server, store):
    waiting = {"result": [DONE["result"], {"operation_id": 2, "status": "wait_timeout"}]}
    server.say(waiting, {"result": [{"operation_id": 3, "status": "acknowledged"}]}, WRITTEN)
    store.upsert([Point(uid(1), {})])
    assert len(server.requests) == 3


def test_a_write_that_is_never_applied_is_no_success(server, store):
    server.say({"result": [{"operation_id": 2, "status": "wait_timeout"}]})
    with pytest.raises(StoreUnavailableError, match="not applied in time"):
        store.delete([uid(1)])


def test_a_write_takes_no_longer_than_the_request_has_left(server, store):
    server.say(WRITTEN)
    with within(3.2):
        store.upsert([Point(uid(1), {})])
    assert server.requests[0][1].endswith("timeout=3")


# What an operator chooses


CHOSEN = ServerOptions(
    shards=6, copies=2, write_copies=2, on_disk=True, quantization="int8", read_copies="quorum"
)


def test_a_new_collection_is_as_it_was_chosen_and_reads_ask_as_many_copies(server):
    server.say({"result": {"exists": False}}, DONE_TRUE, info(), COUNT)
    with connect(server, create=True, options=CHOSEN) as store:
        made = json.loads(server.requests[1][3])
        assert (made["shard_number"], made["replication_factor"]) == (6, 2)
        assert made["write_consistency_factor"] == 2
        assert made["vectors"]["image"]["on_disk"] is True
        assert made["quantization_config"]["scalar"]["type"] == "int8"
        server.say({"result": [{"points": []}]})
        store.query(np.ones(8, np.float32), using="image", k=3)
        (_, path, _, body) = server.requests[-1]
        assert "consistency=quorum" in path
        (search,) = json.loads(body)["searches"]
        assert search["params"]["quantization"]["rescore"] is True


def test_unset_choices_are_the_servers_own_but_of_shards(server):
    server.say({"result": {"exists": False}}, DONE_TRUE, info())
    connect(server, create=True).close()
    made = json.loads(server.requests[1][3])
    assert not {"replication_factor", "quantization_config"} & made.keys()
    assert made["shard_number"] == 1  # where a cluster would make one a node


def test_what_differs_in_an_existing_collection_is_said_with_how_it_is_changed(server):
    cluster = {
        "peer_id": 1,
        "shard_count": 1,
        "local_shards": [{"shard_id": 0, "points_count": 7, "state": "Active"}],
        "remote_shards": [{"shard_id": 0, "peer_id": 2, "state": "Dead"}],
        "shard_transfers": [],
    }
    with Scripted() as gone:
        pass
    server.say(EXISTS, info(), info(), {"result": cluster})
    with connect(server, url=urls_of(server, gone), options=CHOSEN) as store:
        remarks = {remark.seen: remark.todo for remark in store.remarks()}
    assert remarks["version 1.18.3"] is None
    assert "Start" in remarks[f"{gone.url} does not answer"]
    (copies,) = [todo for seen, todo in remarks.items() if "shard 0 on 2 is Dead" in seen]
    assert "Start the node" in copies
    told = {seen.split()[0]: todo for seen, todo in remarks.items() if "wanted: " in seen}
    assert "new collection" in told["SNAPCITE_QDRANT_SHARDS"]
    assert '"replication_factor": 2' in told["SNAPCITE_QDRANT_COPIES"]
    assert '"write_consistency_factor": 2' in told["SNAPCITE_QDRANT_WRITE_COPIES"]
    assert '{"image": {"on_disk": true}}' in told["SNAPCITE_QDRANT_ON_DISK"]
    assert '"type": "int8"' in told["SNAPCITE_QDRANT_QUANTIZATION"]


# Collections, on the client's in-memory mode


@pytest.fixture
def client():
    memory = QdrantClient(":memory:")
    yield memory
    memory.close()


def in_memory(client, schema=SCHEMA, *, create):
    return ServerStore.open(
        ":memory:", collection="photos", api_key=None, schema=schema, create=create, client=client
    )


def test_a_collection_that_is_not_there_is_named_and_not_made(client):
    for schema, create in ((SCHEMA, False), (None, False), (None, True)):
        with pytest.raises(IndexMissingError, match="collection photos"):
            in_memory(client, schema, create=create)
    assert client.get_collections().collections == []


def test_points_stay_when_a_store_is_opened_again(client):
    with in_memory(client, create=True) as store:
        store.upsert([Point(uid(1), {"n": 1})])
    with in_memory(client, create=True) as store:
        assert store.count() == 1
    with in_memory(client, None, create=False) as store:
        assert (store.schema.dense, store.schema.sparse) == ({"image": 8}, ("bm25",))


def test_another_schema_is_refused_with_both_dimensions(client):
    in_memory(client, create=True).close()
    other = Schema({"image": 512}, ("bm25",), ())
    with pytest.raises(IndexMismatchError, match=r"image \(8 dim.*image \(512 dim"):
        in_memory(client, other, create=True)


def test_a_collection_of_something_else_is_refused(client):
    client.create_collection(
        "photos", vectors_config=models.VectorParams(size=8, distance=models.Distance.DOT)
    )
    for schema in (None, SCHEMA):
        with pytest.raises(IndexMismatchError, match="without a name"):
            in_memory(client, schema, create=True)


def test_vectors_are_compared_by_cosine_and_words_weighted_by_rarity(client):
    in_memory(client, create=True).close()
    params = client.get_collection("photos").config.params
    assert params.vectors["image"].distance == models.Distance.COSINE
    assert params.sparse_vectors["bm25"].modifier == models.Modifier.IDF


def test_payload_indexes_that_are_lacking_are_made_on_a_server(server):
    server.say(EXISTS, info(keywords=()), DONE)
    with connect(server, create=True) as store:
        assert store.schema.keywords == ("kind",)
    assert [(method, path) for method, path, _, _ in server.requests][2:] == [
        ("PUT", "/collections/photos/index?wait=true")
    ]
    assert json.loads(server.requests[2][3]) == {"field_name": "kind", "field_schema": "keyword"}


def test_a_collection_that_somebody_else_made_meanwhile_is_used(server):
    conflict = (409, error("Wrong input: Collection `photos` already exists!"))
    server.say({"result": {"exists": False}}, conflict, EXISTS, info())
    with connect(server, create=True) as store:
        assert store.schema == SCHEMA


def test_one_replica_sees_that_another_wrote(client):
    with in_memory(client, create=True) as one, in_memory(client, create=False) as other:
        before = one.version()
        other.upsert([Point(uid(1), {"n": 1})])
        assert one.version() == other.version() != before


def test_writers_at_the_same_time_change_different_stamps(server, store):
    """Two writes of one point may stay in another order on each copy, and stamps would go back."""
    server.say(WRITTEN)
    store.upsert([Point(uid(9), {})])  # it has asked for the server's version
    server.say(WRITTEN)
    server.hangs.set()
    writers = [threading.Thread(target=store.upsert, args=([Point(uid(n), {})],)) for n in range(3)]
    for writer in writers:
        writer.start()
    assert all(server.held.acquire(timeout=10) for _ in writers)  # none is answered
    server.hangs.clear()
    for writer in writers:
        writer.join()
    written = [json.loads(body)["operations"][-1] for _, _, _, body in server.requests]
    assert len({stamp["upsert"]["points"][0]["id"] for stamp in written}) == 3
    store.upsert([Point(uid(9), {})])
    last = json.loads(server.requests[-1][3])["operations"][-1]["upsert"]["points"][0]["id"]
    assert last in {stamp["upsert"]["points"][0]["id"] for stamp in written}  # not ever more


@pytest.mark.parametrize(("version", "ordering"), [("1.18.3", "medium"), ("1.19.0", "weak")])
def test_writes_go_by_the_leader_only_where_that_loses_nothing(server, version, ordering):
    server.version = {"title": "qdrant", "version": version}
    server.say(EXISTS, info())
    with connect(server) as store:
        server.say(WRITTEN)
        store.upsert([Point(uid(1), {})])
    assert f"ordering={ordering}" in server.requests[-1][1]
