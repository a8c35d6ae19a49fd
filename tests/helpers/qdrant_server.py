"""A Qdrant server on loopback that can be stopped, started and made to hang.

It speaks as much of Qdrant's HTTP as searching needs, over qdrant-client's in-memory engine.
"""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pydantic import BaseModel
from qdrant_client import QdrantClient, models


class LoopbackQdrant:
    """One that starts stopped. `engine` holds the points, also while it is down."""

    def __init__(self, port: int) -> None:
        self.engine = QdrantClient(":memory:")
        self.version = "1.18.3"
        self.asked: list[str] = []
        self.port = port
        self.go = threading.Event()
        self.go.set()
        self._lock = threading.Lock()  # the in-memory engine is for one thread
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if not outer.go.wait(30):
                    return
                path = self.path.split("?")[0].strip("/")
                status = 200
                if path and outer.is_missing(path.split("/")):
                    status, said = 404, "Not found: Collection doesn't exist!"
                    told = json.dumps({"status": {"error": said}, "time": 0.0}).encode()
                elif path:
                    found = outer.answer(path.split("/"), body)
                    told = json.dumps({"result": found, "status": "ok", "time": 0.0}).encode()
                else:
                    told = json.dumps({"title": "qdrant", "version": outer.version}).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(told)))
                # So that a server that was stopped answers on no connection that was kept.
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(told)
                self.close_connection = True

            do_GET = do_POST = answer  # noqa: N815 - the names that the standard library calls

            def log_message(self, *args: object) -> None:
                pass

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True
            allow_reuse_address = True

            def handle_error(self, *args: object) -> None:
                """A client that hung up, as one that timed out does."""

        self._server = Quiet(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def is_missing(self, path: list[str]) -> bool:
        """Whether the path is of a collection that is not there."""
        with self._lock:
            return path[2:] != ["exists"] and not self.engine.collection_exists(path[1])

    def answer(self, path: list[str], body: bytes) -> Any:
        """`collections/NAME[/…]` → what Qdrant answers."""
        collection, action = path[1], "/".join(path[2:])
        with self._lock:
            self.asked.append(action)
            return _plain(_ACTIONS[action](self.engine, collection, body))


def _retrieve(engine: QdrantClient, name: str, body: bytes) -> Any:
    asked = models.PointRequest.model_validate_json(body)
    vectors = bool(asked.with_vector)
    return engine.retrieve(name, ids=asked.ids, with_payload=True, with_vectors=vectors)


def _query_batch(engine: QdrantClient, name: str, body: bytes) -> Any:
    asked = models.QueryRequestBatch.model_validate_json(body)
    for each in asked.searches:
        if each.params is not None:
            each.params.quantization = None  # the in-memory engine warns of it
    return engine.query_batch_points(name, asked.searches)


def _scroll(engine: QdrantClient, name: str, body: bytes) -> Any:
    asked = models.ScrollRequest.model_validate_json(body)
    points, following = engine.scroll(
        name,
        scroll_filter=asked.filter,
        limit=asked.limit or 10,
        offset=asked.offset,
        with_payload=True,
        with_vectors=bool(asked.with_vector),
    )
    return {"points": _plain(points), "next_page_offset": following}


def _update(engine: QdrantClient, name: str, body: bytes) -> Any:
    asked = models.UpdateOperations.model_validate_json(body)
    return engine.batch_update_points(name, asked.operations)


def _count(engine: QdrantClient, name: str, body: bytes) -> Any:
    asked = models.CountRequest.model_validate_json(body)
    return engine.count(name, count_filter=asked.filter, exact=True)


_ACTIONS: dict[str, Callable[[QdrantClient, str, bytes], Any]] = {
    "": lambda engine, name, body: engine.get_collection(name),
    "exists": lambda engine, name, body: {"exists": engine.collection_exists(name)},
    "points": _retrieve,
    "points/query/batch": _query_batch,
    "points/batch": _update,
    "points/scroll": _scroll,
    "points/count": _count,
}


def _plain(found: Any) -> Any:
    if isinstance(found, list):
        return [_plain(each) for each in found]
    return found.model_dump(mode="json") if isinstance(found, BaseModel) else found
