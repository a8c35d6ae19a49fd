"""Kill nodes of a Qdrant cluster while it is written to and asked, and look for what is lost.

    SNAPCITE_TEST_QDRANT_BINARY=/path/to/qdrant python -m benchmarks.cluster --kills 8 --pauses 3

Starts three nodes on loopback, makes a collection of six shards in two copies, writes to it and
asks it without a pause. At random moments a random node is killed (SIGKILL), or stopped so that it
hangs (`--pauses`), stays away for some seconds (`--longest-pause`) and comes back; then each copy
must catch up. At the end every acknowledged point must be there, as it was written, whichever node
is down. Prints a line of JSON and keeps it under results/; exits 1 if a point was lost or a
question failed.
"""

import argparse
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import httpx
import numpy as np

from benchmarks import results
from benchmarks.qdrant_nodes import Node, cluster_of
from knowledge.deadline import within
from knowledge.errors import StorageError
from knowledge.store import Point, ServerOptions
from knowledge.store.base import Nearest, Schema
from knowledge.store.server import ServerStore

DIM = 64
BATCH = 20
NODES, SHARDS, COPIES = 3, 6, 2
PATIENCE_SECONDS = 30.0
"""What a question may take; the HTTP door gives 60."""

_COLLECTION = "cluster"
_SCHEMA = Schema({"image": DIM}, ("bm25",), ("kind",))
_CATCH_UP_SECONDS = 300.0
_SETTLE_SECONDS = 5.0


@dataclass(slots=True)
class Outcome:
    """What was seen.

    Attributes:
        version: of the nodes.
        kills: nodes that were killed; `pauses`: that were stopped for a while.
        acknowledged: points whose write returned.
        refused_writes: writes that ended in an error; their points may be there or not.
        questions: that were asked; `failed`: that ended in an error, or did not find what had been
            acknowledged.
        late: acknowledged points that a copy showed only a moment later.
        usual_ms: of the middle question while all nodes run; `slowest_s`: of all questions.
        longest_write_s: of all writes.
        catch_up_s: from the return of a node until all copies work.
        lost: acknowledged points that are not there or are not as they were written.
    """

    version: str = ""
    kills: int = 0
    pauses: int = 0
    acknowledged: int = 0
    refused_writes: int = 0
    questions: int = 0
    failed: list[str] = field(default_factory=list)
    late: int = 0
    usual_ms: float = 0.0
    slowest_s: float = 0.0
    longest_write_s: float = 0.0
    catch_up_s: list[float] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def vector_of(number: int, version: int) -> np.ndarray:
    """float32 (DIM,), length 1, its own for each number and version."""
    row = np.random.default_rng([number, version]).standard_normal(DIM).astype(np.float32)
    return row / np.float32(np.linalg.norm(row))


def id_of(number: int) -> str:
    """The point's id."""
    return str(uuid5(NAMESPACE_URL, f"cluster {number}"))


class Writer(threading.Thread):
    """Writes new points, and every other time new versions of old ones, batch by batch."""

    def __init__(self, store: ServerStore, seed: int) -> None:
        super().__init__(daemon=True)
        self._store = store
        self._random = random.Random(seed)
        self.stop = threading.Event()
        self.acknowledged: dict[int, int] = {}
        self.unsure: set[int] = set()
        self.refused = 0
        self.longest_s = 0.0

    def run(self) -> None:
        """Until `stop`."""
        next_new = 0
        while not self.stop.is_set():
            if self.acknowledged and self._random.random() < 0.3:
                numbers = self._random.sample(sorted(self.acknowledged), BATCH)
            else:
                numbers = list(range(next_new, next_new + BATCH))
                next_new += BATCH
            versions = {number: self.acknowledged.get(number, 0) + 1 for number in numbers}
            points = [
                Point(id_of(n), {"kind": "photo", "n": n, "v": v}, {"image": vector_of(n, v)})
                for n, v in versions.items()
            ]
            started = time.monotonic()
            self.unsure.update(numbers)
            try:
                self._store.upsert(points)
            except StorageError:
                self.refused += 1
            else:
                self.acknowledged.update(versions)
                self.unsure.difference_update(numbers)
            self.longest_s = max(self.longest_s, time.monotonic() - started)
            time.sleep(0.01)


class Asker(threading.Thread):
    """Asks for acknowledged points by their vectors, each of which must find its own."""

    def __init__(self, store: ServerStore, writer: Writer, seed: int) -> None:
        super().__init__(daemon=True)
        self._store = store
        self._writer = writer
        self._random = random.Random(seed)
        self.stop = threading.Event()
        self.seconds: list[float] = []
        self.failed: list[str] = []
        self.late = 0

    def run(self) -> None:
        """Until `stop`."""
        while not self.stop.is_set():
            known = dict(self._writer.acknowledged)
            if not known:
                time.sleep(0.05)
                continue
            numbers = self._random.sample(sorted(known), 3)
            queries = [Nearest(vector_of(n, known[n]), "image", 5) for n in numbers]
            started = time.monotonic()
            try:
                with within(PATIENCE_SECONDS):
                    found = self._store.query_all(queries)
            except StorageError as error:
                self.failed.append(str(error))
            else:
                self._check(numbers, known, [[hit.id for hit in hits] for hits in found])
            self.seconds.append(time.monotonic() - started)
            time.sleep(0.02)

    def _check(self, numbers: list[int], known: dict[int, int], found: list[list[str]]) -> None:
        for number, ids in zip(numbers, found, strict=True):
            if id_of(number) in ids or self._is_changed(number, known[number]):
                continue
            ends = time.monotonic() + _SETTLE_SECONDS
            while time.monotonic() < ends and not self._is_changed(number, known[number]):
                query = Nearest(vector_of(number, known[number]), "image", 5)
                (hits,) = self._store.query_all([query])
                if id_of(number) in [hit.id for hit in hits]:
                    self.late += 1
                    break
                time.sleep(0.05)
            else:
                if not self._is_changed(number, known[number]):
                    self.failed.append(f"point {number} was not found by its own vector")

    def _is_changed(self, number: int, version: int) -> bool:
        """Whether it is being written, or has been since that version was acknowledged."""
        return number in self._writer.unsure or self._writer.acknowledged[number] != version


def run(
    binary: Path,
    folder: Path,
    *,
    kills: int,
    pauses: int,
    seed: int,
    nodes: int = NODES,
    copies: int = COPIES,
    longest_pause: float = 5.0,
) -> Outcome:
    """Kill and stop nodes of a new cluster while it is written to and asked.

    Args:
        binary: of Qdrant.
        folder: for the nodes' storage; large enough for some hundred MB.
        kills: how often a node is killed.
        pauses: how often one is stopped for a while.
        seed: of everything random.
        nodes: how many; one alone is no cluster, and cannot answer while it is down.
        copies: of each shard.
        longest_pause: seconds that a node is stopped for at most.
    """
    rng, outcome = random.Random(seed), Outcome()
    with cluster_of(binary, folder, nodes) as running:
        outcome.version = httpx.get(running[0].url, timeout=5).json()["version"]
        with open_store(running, copies) as store:
            writer = Writer(store, seed)
            askers = [Asker(store, writer, seed + n) for n in range(2)]
            threads: tuple[Writer | Asker, ...] = (writer, *askers)
            for thread in threads:
                thread.start()
            time.sleep(3.0)
            calm = [second for asker in askers for second in asker.seconds]
            outcome.usual_ms = 1e3 * float(np.median(calm)) if calm else 0.0
            for event in rng.sample(["kill"] * kills + ["pause"] * pauses, kills + pauses):
                longest = longest_pause if event == "pause" else 5.0
                _disturb(rng.choice(running), event, rng.uniform(longest / 5, longest))
                outcome.catch_up_s.append(round(wait_for_copies(running, copies), 1))
                time.sleep(rng.uniform(0.5, 2.0))
            outcome.kills, outcome.pauses = kills, pauses
            for thread in threads:
                thread.stop.set()
            for thread in threads:
                thread.join(_CATCH_UP_SECONDS)
        outcome.acknowledged, outcome.refused_writes = len(writer.acknowledged), writer.refused
        outcome.questions = sum(len(asker.seconds) for asker in askers)
        outcome.failed = [each for asker in askers for each in asker.failed]
        outcome.late = sum(asker.late for asker in askers)
        outcome.slowest_s = max(second for asker in askers for second in asker.seconds)
        outcome.longest_write_s = writer.longest_s
        outcome.lost = lost_of(running, copies, writer)
    return outcome


def open_store(nodes: Sequence[Node], copies: int) -> ServerStore:
    """The collection, by the addresses of all nodes; it is made where there is none."""
    return ServerStore.open(
        ",".join(node.url for node in nodes),
        collection=_COLLECTION,
        api_key=None,
        schema=_SCHEMA,
        create=True,
        options=ServerOptions(shards=SHARDS, copies=copies),
    )


def _disturb(node: Node, event: str, seconds: float) -> None:
    if event == "kill":
        node.kill()
        time.sleep(seconds)
        node.start()
    else:
        node.pause()
        time.sleep(seconds)
        node.go_on()


def wait_for_copies(nodes: Sequence[Node], copies: int) -> float:
    """Seconds until every node says that every copy of every shard works.

    Raises:
        RuntimeError: that takes longer than five minutes.
    """
    started = time.monotonic()
    while time.monotonic() - started < _CATCH_UP_SECONDS:
        try:
            states = [state for node in nodes for state in _states(node)]
        except httpx.TransportError:
            states = []
        if len(states) == len(nodes) * SHARDS * copies and set(states) == {"Active"}:
            return time.monotonic() - started
        time.sleep(0.2)
    raise RuntimeError(f"The copies did not catch up: {sorted(set(states))}")


def _states(node: Node) -> list[str]:
    url = f"{node.url}/collections/{_COLLECTION}/cluster"
    found = httpx.get(url, timeout=5).json()["result"]
    return [shard["state"] for shard in (*found["local_shards"], *found["remote_shards"])]


def lost_of(nodes: Sequence[Node], copies: int, writer: Writer) -> list[str]:
    """Acknowledged points that are missing or of another version, while each node in turn is down,
    so that each copy is looked at; of one node alone, after it was killed once more."""
    sure = {n: v for n, v in writer.acknowledged.items() if n not in writer.unsure}
    lost: list[str] = []
    for down in nodes:
        down.kill()
        if len(nodes) == 1:
            down.start()
        up = [node for node in nodes if node is not down] or [down]
        with open_store(up, copies) as store:
            records = store.retrieve([id_of(n) for n in sure], with_vectors=True)
            found = {record.payload["n"]: record for record in records}
        for number, version in sure.items():
            record = found.get(number)
            if record is None:
                lost.append(f"{number} is not there without {down.url}")
                continue
            vector = record.vectors["image"]
            if (
                record.payload["v"] != version
                or not isinstance(vector, np.ndarray)
                or not np.allclose(vector, vector_of(number, version), atol=1e-5)
            ):
                lost.append(f"{number} is of another version without {down.url}")
        if len(nodes) > 1:
            down.start()
            wait_for_copies(nodes, copies)
    return lost


def main() -> int:
    """Run it, print and keep what was seen."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--pauses", type=int, default=2)
    parser.add_argument("--longest-pause", type=float, default=5.0, help="seconds")
    parser.add_argument("--seed", type=int, default=18)
    parser.add_argument("--results", type=Path, default=results.FOLDER)
    options = parser.parse_args()
    binary = os.environ.get("SNAPCITE_TEST_QDRANT_BINARY")
    if not binary:
        parser.error("name a Qdrant binary by SNAPCITE_TEST_QDRANT_BINARY")
    with tempfile.TemporaryDirectory(prefix="cluster-") as folder:
        outcome = run(
            Path(binary),
            Path(folder),
            kills=options.kills,
            pauses=options.pauses,
            seed=options.seed,
            longest_pause=options.longest_pause,
        )
    lines = [
        results.Line("acknowledged points lost", "", len(outcome.lost), target=0, at="most"),
        results.Line("questions that failed", "", len(outcome.failed), target=0, at="most"),
        results.Line("slowest question", "s", outcome.slowest_s),
        results.Line("longest catching up", "s", max(outcome.catch_up_s, default=0.0)),
    ]
    results.show(lines)
    results.save(
        options.results, "cluster", lines, nodes=NODES, shards=SHARDS, copies=COPIES,
        seed=options.seed, **asdict(outcome),
    )  # fmt: skip
    return 1 if outcome.lost or outcome.failed else 0


if __name__ == "__main__":
    sys.exit(main())
