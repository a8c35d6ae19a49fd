"""A real HTTP server on loopback that makes vectors and scores as vLLM's pooling runner does.

It knows the pairs of `vlm.related_pairs`, unless it is told to know nothing.
"""

import base64
import hashlib
import io
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
from PIL import Image

from vlm.related_pairs import CAPTIONS, QUESTIONS, SENTENCES

DIM = 128


@dataclass
class Fault:
    """What the server answers instead of a result; `after` seconds pass first."""

    status: int = 200
    body: bytes = b'{"error": {"message": "no"}}'
    headers: dict[str, str] = field(default_factory=dict)
    after: float = 0.0


@dataclass
class PoolingStub:
    """Where it listens, what it was asked, and the faults that come first.

    Attributes:
        knows: whether it knows what belongs together; else all vectors and scores are equal.
        routes: the paths that it has.
        salt: another one stands for other weights.
    """

    url: str = ""
    paths: list[str] = field(default_factory=list)
    requests: list[dict] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    knows: bool = True
    routes: tuple[str, ...] = ("embeddings", "rerank", "score")
    dim: int = DIM
    salt: str = ""


@contextmanager
def pooling_stub(**options) -> Iterator[PoolingStub]:
    """Serve until the block ends."""
    state = PoolingStub(**options)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.paths.append(self.path)
            state.requests.append(asked)
            state.headers.append(dict(self.headers))
            if state.faults:
                fault = state.faults.pop(0)
                time.sleep(fault.after)
                self.answer(fault.status, fault.body, fault.headers)
                return
            route = self.path.removeprefix("/v1/")
            if route not in state.routes:
                self.answer(404, b'{"detail": "Not Found"}', {})
                return
            body = {"embeddings": embeddings, "rerank": rerank, "score": score}[route](asked, state)
            self.answer(200, json.dumps(body).encode(), {})

        def answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        request_queue_size = 64  # each request takes a connection of its own

        def handle_error(self, *args: object) -> None:
            """A client that hung up, as one that timed out does."""

    server = Quiet(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def embeddings(asked: dict, state: PoolingStub) -> dict:
    user = next(each for each in asked["messages"] if each["role"] == "user")
    vector = _vector(user["content"], state)
    return {"object": "list", "data": [{"index": 0, "embedding": vector}]}


def rerank(asked: dict, state: PoolingStub) -> dict:
    scores = _scores(asked["query"], asked["documents"], state)
    results = [
        {"index": number, "relevance_score": value, "document": {"text": "…"}}
        for number, value in enumerate(scores)
    ]
    return {"results": sorted(results, key=lambda each: -each["relevance_score"])}


def score(asked: dict, state: PoolingStub) -> dict:
    scores = _scores(asked["queries"], asked["documents"], state)
    return {"data": [{"index": n, "score": value} for n, value in enumerate(scores)]}


def _scores(query: dict, documents: list[dict], state: PoolingStub) -> list[float]:
    asked = np.array(_vector(query["content"], state))
    found = [np.array(_vector(each["content"], state)) for each in documents]
    return [float(1 / (1 + np.exp(3 - 6 * (asked @ each)))) for each in found]


def _vector(parts: list[dict], state: PoolingStub) -> list[float]:
    """A unit vector: the number of the pair that a text or picture belongs to, or a digest."""
    vector = np.zeros(state.dim)
    if not state.knows:
        vector[0] = 1.0
        return vector.tolist()
    for part in parts:
        vector[_place(part, state.salt) % state.dim] += 1.0
    return (vector / max(1e-9, np.linalg.norm(vector))).tolist()


def _place(part: dict, salt: str) -> int:
    if part["type"] == "image_url":
        data = base64.b64decode(part["image_url"]["url"].partition(",")[2])
        red, green, blue = np.asarray(Image.open(io.BytesIO(data))).mean(axis=(0, 1))
        if abs(red - green) < 3 and abs(red - blue) < 3:
            return 5
        return 4 if red > green else 6 if green > blue + 20 else 7 + int(blue) % 50
    for first in (QUESTIONS, SENTENCES):
        if part["text"] in first:
            return first.index(part["text"])
    if part["text"] in CAPTIONS:
        return 4 + CAPTIONS.index(part["text"])
    return 7 + int.from_bytes(hashlib.sha256((part["text"] + salt).encode()).digest()[:2]) % 64
