"""A real HTTP server on loopback that answers chat requests with what a test gives it, or as a
function of the request does (`model_servers` has some that behave like well-known servers)."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Reply:
    """An HTTP answer: a completion that says `text`, or an error of `status`.

    `body` is JSON sent in place of either, `chunks` are sent as events, `raw` as a web page. A body
    `drips` if it is sent a byte at a time, so many seconds apart.
    """

    text: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    after: float = 0.0
    raw: bytes | None = None
    body: dict | list | None = None
    chunks: list[dict] | None = None
    drips: float = 0.0


@dataclass
class ChatServer:
    """Where it listens, what it was asked, what it is yet to answer (the last one for good)."""

    url: str
    requests: list[dict]
    replies: list[Reply]


@contextmanager
def chat_server(
    *replies: Reply | str,
    port: int = 0,
    behave: Callable[[dict], Reply] | None = None,
    listed: bytes | None = None,
    listing: int = 200,
) -> Iterator[ChatServer]:
    """Serve the replies in turn; a text is a completion that says it. `port`: 0 for a free one.

    `behave`: makes the reply to a request instead. `listed`: the answer to `GET /models`; None for
    the model `m`. `listing`: its status.
    """
    state = ChatServer("", [], [Reply(one) if isinstance(one, str) else one for one in replies])

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.requests.append(asked)
            if behave is not None:
                reply = behave(asked)
            else:
                reply = state.replies.pop(0) if len(state.replies) > 1 else state.replies[0]
            time.sleep(reply.after)
            if reply.raw is not None:
                self.answer(reply, reply.raw, "text/html")
            elif reply.chunks is not None:
                self.answer(reply, events_of(reply.chunks), "text/event-stream")
            elif reply.body is not None:
                self.answer(reply, json.dumps(reply.body).encode(), "application/json")
            elif reply.status != 200:
                error = json.dumps({"error": {"message": "no"}}).encode()
                self.answer(reply, error, "application/json")
            elif asked.get("stream"):
                self.answer(reply, streamed(reply.text), "text/event-stream")
            else:
                self.answer(reply, json.dumps(completion(reply.text)).encode(), "application/json")

        def do_GET(self) -> None:
            """The list of models, of which `listed` is the body."""
            body = json.dumps({"data": [{"id": "m"}]}).encode() if listed is None else listed
            self.answer(Reply(status=listing), body, "application/json")

        def answer(self, reply: Reply, body: bytes, kind: str) -> None:
            self.send_response(reply.status)
            for name, value in {"Content-Type": kind, **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            for piece in [body] if not reply.drips else [bytes([byte]) for byte in body]:
                self.wfile.write(piece)
                time.sleep(reply.drips)

        def log_message(self, *args: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        request_queue_size = 64  # each request takes a connection of its own

        def handle_error(self, *args: object) -> None:
            """A client that hung up, as one that timed out does."""

    server = Quiet(("127.0.0.1", port), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def completion(text: str) -> dict:
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]}


def streamed(text: str) -> bytes:
    """The text in pieces of seven characters, as server-sent events."""
    events = []
    for piece in [text[at : at + 7] for at in range(0, len(text), 7)]:
        choice = {"index": 0, "delta": {"content": piece}, "finish_reason": None}
        events.append(
            {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m",
             "choices": [choice]}
        )  # fmt: skip
    return events_of(events)


def events_of(chunks: list[dict]) -> bytes:
    """Server-sent events, with the one that ends them."""
    lines = [f"data: {json.dumps(chunk)}\n\n" for chunk in chunks]
    return "".join([*lines, "data: [DONE]\n\n"]).encode()
