"""Kill a server (SIGKILL) in the midst of live updates, again and again, and look for what is lost.

    python benchmarks/kill_updates.py --kills 50
    python benchmarks/kill_updates.py --kills 20 --index http://127.0.0.1:6333/kills

Two clients put, change and remove documents with photos, one by one and in batches. At a random
moment the server is killed; then the index is opened and every document must be, wholly, the last
version that was acknowledged, or the one that was being sent. Then the server starts again and is
asked for all of them. Prints a line of JSON; exits 1 if anything was lost or left by half.
"""

import argparse
import io
import json
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import httpx
import numpy as np
from PIL import Image

from knowledge.index import Index, layout, open_index, read_fingerprint
from knowledge.index.change import Journal

DOCUMENTS = 12
CLIENTS = 2
CORPUS = "live"
START_SECONDS = 120.0
_IN_FLIGHT_SECONDS = 3.0
"""In which a Qdrant server ends what a client that was killed had sent."""


@dataclass(slots=True)
class Known:
    """What a client knows of a document: versions count from 1, 0 is none."""

    acknowledged: int = 0
    sending: int | None = None

    @property
    def may_be(self) -> set[int]:
        """Versions that the document may have."""
        return {self.acknowledged} if self.sending is None else {self.acknowledged, self.sending}


@dataclass(slots=True)
class Outcome:
    """What was seen. `updates`: acknowledged. `in_flight`: unanswered when the server was killed,
    of which `completed` were there afterwards. `lost` and `halved` say what went wrong."""

    kills: int = 0
    updates: int = 0
    in_flight: int = 0
    completed: int = 0
    lost: list[str] = field(default_factory=list)
    halved: list[str] = field(default_factory=list)


def text_of(document: int, version: int) -> str:
    """A text that names its version in each of its sentences, long enough for some passages."""
    return " ".join(
        f"Sentence {n} of bridge {document} is of version {version} and says nothing else at all."
        for n in range(6 + version % 5)
    )


def photo_of(document: int, version: int, number: int) -> bytes:
    """A photo of its own for every version; number 0 is the same in each."""
    seed = document * 1_000_003 + (version * 7 + number if number else 0)
    pixels = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).resize((160, 120)).save(buffer, "PNG")
    return buffer.getvalue()


def photos_of(document: int, version: int) -> list[bytes]:
    """One to three photos."""
    return [photo_of(document, version, number) for number in range(1 + version % 3)]


class UntilGone(threading.Thread):
    """Does one step after the other until the server is gone or refuses."""

    def __init__(self, url: str, seed: float) -> None:
        super().__init__(daemon=True)
        self.url = url
        self.random = random.Random(seed)
        self.refused: str | None = None

    def run(self) -> None:
        """One step after the other."""
        with httpx.Client(base_url=self.url, timeout=60) as http:
            while self.refused is None:
                try:
                    self.step(http)
                except httpx.TransportError:
                    return

    def step(self, http: httpx.Client) -> None:
        """One step."""
        raise NotImplementedError


class Client(UntilGone):
    """Updates its own documents."""

    def __init__(self, url: str, known: dict[int, Known], seed: float) -> None:
        super().__init__(url, seed)
        self._known = known
        self.updates = 0

    def step(self, http: httpx.Client) -> None:
        """One update."""
        kind = self.random.choices(["put", "remove", "batch"], [6, 1, 2])[0]
        count = 3 if kind == "batch" else 1
        chosen = self.random.sample(sorted(self._known), count)
        before = {document: self._known[document] for document in chosen}
        versions = {
            document: 0 if kind == "remove" else self.random.randrange(1, 1_000_000)
            for document in chosen
        }
        for document, version in versions.items():
            before[document].sending = version
        response = self._send(http, kind, versions)
        if response.is_error:
            self.refused = response.text
            return
        for document, version in versions.items():
            before[document].acknowledged, before[document].sending = version, None
        self.updates += len(versions)

    def _send(self, http: httpx.Client, kind: str, versions: dict[int, int]) -> httpx.Response:
        if kind == "batch":
            items, files = [], []
            for document, version in versions.items():
                named = [f"{document}-{n}.png" for n in range(len(photos_of(document, version)))]
                items.append(
                    {"corpus": CORPUS, "id": f"b{document}", "files": named}
                    | body_of(document, version)
                )
                files += [
                    ("photo", (name, data, "image/png"))
                    for name, data in zip(named, photos_of(document, version), strict=True)
                ]
            return http.post("/v1/documents", data={"documents": json.dumps(items)}, files=files)
        ((document, version),) = versions.items()
        where = f"/v1/documents/{CORPUS}/b{document}"
        if kind == "remove":
            return http.delete(where)
        files = [("photo", ("p.png", data, "image/png")) for data in photos_of(document, version)]
        return http.put(
            where, data={"document": json.dumps(body_of(document, version))}, files=files
        )


def body_of(document: int, version: int) -> dict[str, object]:
    """The JSON of a document."""
    return {
        "title": f"Bridge {document}",
        "text": text_of(document, version),
        "source": f"version {version}",
    }


def check_index(index: Index, known: dict[int, Known], outcome: Outcome) -> dict[int, int]:
    """Compare what is in the index with what the clients know; the versions that were found."""
    there = {}
    for document, state in known.items():
        document_id = f"{CORPUS}/b{document}"
        records = list(index.store.scroll({"document_id": document_id}))
        marks = [record for record in records if record.payload["kind"] == "document"]
        version = int(marks[0].payload["source"].split()[1]) if marks else 0
        there[document] = version
        if version not in state.may_be:
            outcome.lost.append(f"{document_id}: {version}, not one of {sorted(state.may_be)}")
        if trouble := _half(index, document_id, version, document):
            outcome.halved.append(f"{document_id}, version {version}: {trouble}")
    if index.store.count({"kind": "pending"}):
        outcome.halved.append("a change is still pending")
    return there


def _half(index: Index, document_id: str, version: int, number: int) -> str | None:
    """What of a document is not of its version; None if all is."""
    records = list(index.store.scroll({"document_id": document_id}))
    if not version:
        return f"{len(records)} points are left" if records else None
    document, photo_ids = index.whole.document(document_id)
    if document.text != text_of(number, version):
        return "its text is another version's"
    passages = [layout.passage_from_payload(r.payload) for r in records
                if r.payload["kind"] == "passage"]  # fmt: skip
    mark = next(r.payload for r in records if r.payload["kind"] == "document")
    if len(passages) != mark["passages"] or any(
        document.text[passage.start : passage.end] != passage.text for passage in passages
    ):
        return "its passages are not its text's"
    if {r.id for r in records if r.payload["kind"] == "photo"} != set(photo_ids):
        return "its photos' points are not its own"
    if [index.whole.photo_bytes(photo_id) for photo_id in photo_ids] != photos_of(number, version):
        return "its photos are another version's"
    return None


def start(command: Sequence[str], url: str) -> "subprocess.Popen[bytes]":
    """Start a server and wait until it is ready.

    Raises:
        RuntimeError: it ended or is not ready in two minutes.
    """
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    waited_until = time.monotonic() + START_SECONDS
    while time.monotonic() < waited_until and server.poll() is None:
        try:
            if httpx.get(f"{url}/ready", timeout=5).status_code == 200:
                return server
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    server.kill()
    server.wait()
    raise RuntimeError(f"The server did not become ready: {' '.join(command)}")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def run(command: Sequence[str], index: Path | str, url: str, *, kills: int, seed: int) -> Outcome:
    """Kill the server of a command so often while it takes updates.

    Args:
        command: starts a server over the index at `index`, listening at `url`.
        index: its folder, or a collection's address on a Qdrant server.
        url: its address.
        kills: how often.
        seed: of everything random.
    """
    rng = random.Random(seed)
    known = {document: Known() for document in range(DOCUMENTS)}
    outcome = Outcome()
    for kill in range(kills):
        server = start(command, url)
        try:
            _ask_for_all(url, known, outcome)
            clients = [
                Client(url, {d: known[d] for d in known if d % CLIENTS == n}, seed=rng.random())
                for n in range(CLIENTS)
            ]
            for client in clients:
                client.start()
            _wait_for_updates(clients, rng.randrange(1, 25))
            time.sleep(rng.uniform(0.0, 0.2))
        finally:
            server.send_signal(signal.SIGKILL)
            server.wait()
        for client in clients:
            client.join()
            outcome.updates += client.updates
            if client.refused:
                outcome.lost.append(f"kill {kill}: an update was refused: {client.refused}")
        outcome.kills += 1
        _settle(index, known, outcome)
        print(f"{outcome.kills} kills, {outcome.updates} updates", file=sys.stderr, flush=True)
    return outcome


def _wait_for_updates(clients: Sequence[Client], updates: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and sum(client.updates for client in clients) < updates:
        time.sleep(0.002)


def _settle(index: Path | str, known: dict[int, Known], outcome: Outcome) -> None:
    """Open what the killed server left, check it, and take what was found as known.

    In a Qdrant server a change may be another process's and has a minute to end; here nobody else
    writes, so it is completed or undone once the killed server's last request is over.
    """
    with open_index(str(index), read_fingerprint(str(index))) as opened:
        if opened.store.is_shared:
            time.sleep(_IN_FLIGHT_SECONDS)
            Journal(opened.store, elsewhere_s=0.0).recover()
        there = check_index(opened, known, outcome)
    for document, state in known.items():
        if state.sending is not None:
            outcome.in_flight += 1
            outcome.completed += there[document] == state.sending
        state.acknowledged, state.sending = there[document], None


def _ask_for_all(url: str, known: dict[int, Known], outcome: Outcome) -> None:
    """The server that was started again must serve what was found in its index."""
    for document, state in known.items():
        response = httpx.get(f"{url}/v1/documents/{CORPUS}/b{document}", timeout=60)
        expected = text_of(document, state.acknowledged) if state.acknowledged else None
        found = response.json()["text"] if response.status_code == 200 else None
        if found != expected:
            outcome.lost.append(f"{CORPUS}/b{document} is served as another version")


def main() -> int:
    """Run it with `snapcite serve` and the starter encoder on a new index."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--encoder", default="starter")
    parser.add_argument("--index", help="a new collection on a Qdrant server; else a folder")
    options = parser.parse_args()
    snapcite = str(Path(sys.executable).parent / "snapcite")
    with tempfile.TemporaryDirectory() as folder:
        root, port = Path(folder), free_port()
        index = options.index or str(root / "index")
        first = root / "first.txt"
        first.write_text("An index needs a document to begin with.", encoding="utf-8")
        named = ["--index", index, "--encoder", options.encoder]
        subprocess.run([snapcite, "index", *named, first], check=True)
        command = [snapcite, "serve", *named, "--port", str(port)]
        started = time.perf_counter()
        outcome = run(
            command, index, f"http://127.0.0.1:{port}", kills=options.kills, seed=options.seed
        )
        seconds = time.perf_counter() - started
    print(json.dumps({**asdict(outcome), "seconds": round(seconds, 1)}))
    return 1 if outcome.lost or outcome.halved else 0


if __name__ == "__main__":
    sys.exit(main())
