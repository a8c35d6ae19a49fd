"""A model hub on loopback: the routes of Hugging Face and of ModelScope that pulling uses.

It serves bytes with Range, and misbehaves where a test tells it to.
"""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

COMMIT = "c" * 40
LARGE = 100
"""From that many bytes on a file is kept apart (LFS) and has a SHA-256; others have git's SHA-1."""


@dataclass
class HubDouble:
    """Repositories, what goes wrong, and what was asked.

    Attributes:
        repositories: name → path → contents.
        refused: name → (status, the hub's error code).
        cut: path → how many bytes of an answer are sent before the connection is closed, once for
            each entry.
        damaged: path → bytes that are sent in place of the right ones.
        asked: (path, Range) of each request for a file.
        redirects: files lie on another host, as on a hub's network of caches.
        links_refused: how many of the links there are refused, as expired ones are.
    """

    url: str = ""
    repositories: dict[str, dict[str, bytes]] = field(default_factory=dict)
    refused: dict[str, tuple[int, str]] = field(default_factory=dict)
    cut: dict[str, list[int]] = field(default_factory=dict)
    damaged: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    commit: str = COMMIT
    tokens: set[str] = field(default_factory=set)
    ignores_ranges: bool = False
    redirects: bool = False
    links_refused: int = 0


@contextmanager
def hub_double() -> Iterator[HubDouble]:
    """A hub that runs until the block ends."""
    hub = HubDouble()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub}))
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def git_sha1(contents: bytes) -> str:
    """What git calls a blob of these contents."""
    return hashlib.sha1(b"blob %d\0" % len(contents) + contents).hexdigest()


class _Handler(BaseHTTPRequestHandler):
    hub: HubDouble
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        path, query = unquote(parts.path).strip("/"), parse_qs(parts.query)
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        repository = next((name for name in self._names() if f"{name}/" in f"{path}/"), None)
        if repository in self.hub.refused and token not in self.hub.tokens:
            status, code = self.hub.refused[repository]
            return self._json(status, {"error": code}, {"X-Error-Code": code})
        files = self.hub.repositories.get(repository or "")
        if files is None:
            return self._json(404, {"error": "no"}, {"X-Error-Code": "RepoNotFound"})
        if path == f"api/models/{repository}":
            return self._json(200, self._as_hugging_face(repository, files))
        if path == f"api/v1/models/{repository}/repo/files":
            return self._json(200, {"Code": 200, "Success": True, "Data": self._as_scope(files)})
        if path == f"api/v1/models/{repository}/repo":
            return self._file(query["FilePath"][0], files)
        name = path.removeprefix(f"{repository}/resolve/{self.hub.commit}/")
        if self.hub.redirects and "cdn" not in query:
            self.send_response(302)
            elsewhere = self.hub.url.replace("127.0.0.1", "localhost")
            self.send_header("Location", f"{elsewhere}{parts.path}?cdn=1")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        if "cdn" in query and self.hub.links_refused:
            self.hub.links_refused -= 1
            return self._json(403, {"Error": {"Code": "AccessDenied"}})
        return self._file(name, files)

    def _names(self) -> list[str]:
        return sorted({*self.hub.repositories, *self.hub.refused}, key=len, reverse=True)

    def _as_hugging_face(self, repository: str, files: dict[str, bytes]) -> dict:
        siblings = []
        for path, contents in files.items():
            about = {"rfilename": path, "size": len(contents), "blobId": git_sha1(contents)}
            if len(contents) >= LARGE:
                about["lfs"] = {
                    "sha256": hashlib.sha256(contents).hexdigest(),
                    "size": len(contents),
                    "pointerSize": 134,
                }
            siblings.append(about)
        config = json.loads(files.get("config.json", b"{}") or b"{}")
        return {"id": repository, "modelId": repository, "sha": self.hub.commit, "config": config,
                "siblings": siblings, "private": False, "tags": [], "downloads": 0}  # fmt: skip

    def _as_scope(self, files: dict[str, bytes]) -> dict:
        blobs = [
            {"Path": path, "Name": path, "Type": "blob", "Size": len(contents),
             "Sha256": hashlib.sha256(contents).hexdigest(), "Revision": self.hub.commit}
            for path, contents in files.items()
        ]  # fmt: skip
        return {"Files": [{"Path": "folder", "Type": "tree", "Size": 0, "Sha256": ""}, *blobs]}

    def _file(self, name: str, files: dict[str, bytes]) -> None:
        wanted = self.headers.get("Range")
        self.hub.asked.append((name, wanted))
        if name not in files:
            return self._json(404, {"error": "no"}, {"X-Error-Code": "EntryNotFound"})
        contents = self.hub.damaged.get(name, files[name])
        start = 0
        if wanted and not self.hub.ignores_ranges:
            start = int(wanted.removeprefix("bytes=").partition("-")[0])
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(contents) - 1}/{len(contents)}")
        self.send_header("Content-Length", str(len(contents) - start))
        self.end_headers()
        cuts = self.hub.cut.get(name)
        if cuts:
            self.wfile.write(contents[start : start + cuts.pop(0)])
            self.wfile.flush()
            self.close_connection = True
            self.connection.shutdown(2)
            return None
        self.wfile.write(contents[start:])
        return None

    def _json(self, status: int, body: dict, headers: dict[str, str] | None = None) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        for key, value in {**(headers or {}), "Content-Length": str(len(text))}.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        pass
