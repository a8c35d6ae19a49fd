"""Thousands of hostile uploads against a real server: it must refuse or answer, and not grow.

    python benchmarks/hostile_uploads.py --uploads 10000

Starts `snapcite serve` over the bundled corpora on loopback, sends it files of
`benchmarks/hostile_files.py` and requests whose lengths are wrong, and prints JSON: answers by
status, what was wrong, memory between rounds. Exit code 1 if anything was.
"""

import argparse
import json
import random
import socket
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.hostile_files import hostile_file, photos

EXPECTED = frozenset({200, 400, 413, 415, 422})
"""What a hostile upload may be answered with: read, or refused as the caller's fault."""

GPS = b"41.403"
"""The beginning of the latitude in the photos' EXIF, in degrees."""

BOUNDARY = "hostile-8f2b"
ROUND = 250
WARM_UP = 8
"""Rounds until every decoder, thread and cache has had its turn."""
MOST_DRIFT = 0.10
SETTINGS = {"SNAPCITE_CACHE_BYTES": str(4 * 2**20)}
"""A cache that the warm-up fills: what then grows is no cache."""
_TIMEOUT_S = 60.0


@dataclass
class Outcome:
    """What came back. `wrong`: whatever must not happen, in words; `closed`: without an answer."""

    statuses: Counter[int] = field(default_factory=Counter)
    kinds: set[str] = field(default_factory=set)
    closed: int = 0
    wrong: list[str] = field(default_factory=list)

    def note(self, kind: str, status: int, body: bytes) -> None:
        """Take in one answer."""
        self.statuses[status] += 1
        self.kinds.add(kind)
        if status not in EXPECTED:
            self.wrong.append(f"{kind}: status {status}: {body[:200]!r}")
        if GPS in body:
            self.wrong.append(f"{kind}: the answer tells where the photo was taken")


def upload(url: str, numbers: Sequence[int], outcome: Outcome) -> None:
    """Send the hostile files of these numbers over one connection."""
    host = urlsplit(url).netloc
    connection = HTTPConnection(host, timeout=_TIMEOUT_S)
    try:
        for number in numbers:
            file = hostile_file(number)
            path = "/v1/ask" if number % 4 == 0 else "/v1/search"
            what = f"file {number} ({file.kind})"
            try:
                connection.request("POST", path, form(file.data), HEADERS)
                response = connection.getresponse()
                outcome.note(file.kind, response.status, response.read())
            except OSError as error:
                outcome.wrong.append(f"{what}: {type(error).__name__}: {error}")
                connection.close()
                connection = HTTPConnection(host, timeout=_TIMEOUT_S)
    finally:
        connection.close()


HEADERS = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def form(photo: bytes) -> bytes:
    """A question about a photo, as a browser would send it."""
    start = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="photo"; filename="p"\r\n\r\n'
    question = f'\r\n--{BOUNDARY}\r\nContent-Disposition: form-data; name="question"\r\n\r\n'
    return start.encode() + photo + f"{question}Is it there?\r\n--{BOUNDARY}--\r\n".encode()


def wrong_length(url: str, number: int, outcome: Outcome) -> None:
    """Send one request whose lengths do not fit; no answer is an answer here, a 5xx is none."""
    rng = random.Random(number)
    body = form(photos()["JPEG"])
    cut = body[: rng.randrange(len(body))]
    kind, head, sent = rng.choice(
        (
            ("declares more than it sends", f"Content-Length: {len(body) + 1000}", body),
            ("declares less than it sends", f"Content-Length: {len(body) // 2}", body),
            ("stops in the middle", f"Content-Length: {len(body)}", cut),
            ("a form without its end", f"Content-Length: {len(cut)}", cut),
            ("declares a petabyte", f"Content-Length: {10**15}", body),
            ("a length that is none", "Content-Length: -5", body),
            ("a length of 5,000 digits", "Content-Length: " + "9" * 5_000, body),
            ("two lengths", f"Content-Length: 5\r\nContent-Length: {len(body)}", body),
            ("a length and chunks", f"Content-Length: {len(body)}\r\nTransfer-Encoding: chunked",
             body),
            ("chunks of the wrong size", "Transfer-Encoding: chunked", b"fff\r\n" + body),
            ("a chunk of a petabyte", "Transfer-Encoding: chunked", b"38d7ea4c68000\r\n" + body),
            ("chunks that are none", "Transfer-Encoding: chunked", b"-1\r\n" + body),
        )
    )  # fmt: skip
    address = urlsplit(url)
    start = (
        f"POST /v1/search HTTP/1.1\r\nHost: {address.netloc}\r\nConnection: close\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n{head}\r\n\r\n"
    )
    answer = b""
    with socket.create_connection((address.hostname, address.port), timeout=_TIMEOUT_S) as client:
        try:
            client.sendall(start.encode() + sent)
            client.shutdown(socket.SHUT_WR)
            while part := client.recv(65_536):
                answer += part
        except ConnectionError:
            pass  # cut off by the server, after it answered or instead
        except TimeoutError:
            outcome.wrong.append(f"{kind}: no answer and no end of the connection")
    if answer.startswith(b"HTTP/1.1 "):
        outcome.note(kind, int(answer[9:12]), answer.partition(b"\r\n\r\n")[2])
    else:
        outcome.kinds.add(kind)
        outcome.closed += 1


def attack(url: str, numbers: Sequence[int], outcome: Outcome, *, clients: int) -> None:
    """Send hostile files by several clients at once, and for every tenth a wrong length."""
    with ThreadPoolExecutor(clients) as pool:
        tasks = [pool.submit(upload, url, numbers[at::clients], outcome) for at in range(clients)]
        tasks += [pool.submit(wrong_length, url, number, outcome) for number in numbers[::10]]
        for task in tasks:
            task.result()


def main() -> int:
    """Attack, watch and print."""
    from benchmarks.server import make_index, serving

    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--uploads", type=int, default=10_000)
    parser.add_argument("--clients", type=int, default=4)
    options = parser.parse_args()
    outcome, memory = Outcome(), []
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(make_index(Path(folder)), SETTINGS) as server,
    ):
        for start in range(0, options.uploads, ROUND):
            numbers = range(start, min(start + ROUND, options.uploads))
            attack(server.url, numbers, outcome, clients=options.clients)
            memory.append(server.memory_mb())
            print(f"{numbers.stop} uploads, {memory[-1]:.0f} MB", file=sys.stderr, flush=True)
        handles = server.handles()
    settled = memory[WARM_UP:] or memory
    usual = median(settled)
    drift = max(abs(one - usual) for one in settled) / usual
    if drift > MOST_DRIFT:
        outcome.wrong.append(f"memory moved by {drift:.0%} after the warm-up")
    result = {
        "uploads": options.uploads,
        "kinds": len(outcome.kinds),
        "statuses": dict(sorted(outcome.statuses.items())),
        "closed_without_an_answer": outcome.closed,
        "memory_mb": {"median": round(usual, 1), "last": round(memory[-1], 1)},
        "largest_drift": round(drift, 4),
        "open_handles": handles,
        "wrong": outcome.wrong[:20],
    }
    print(json.dumps(result, indent=2))
    return 1 if outcome.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
