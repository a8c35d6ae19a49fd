"""Kill a server (SIGKILL) while corrections are proposed and decided on, and look for what is lost.

    python -m benchmarks.kill_corrections --kills 20
    python -m benchmarks.kill_corrections --kills 20 --index http://127.0.0.1:6333/kills

Readers propose corrections and a reviewer approves, declines and withdraws them; meanwhile the
documents are edited, and one is removed and comes back. At a random moment the server is killed;
then the index is opened, and every correction must be there once, wholly in the last state that was
acknowledged, or in the one that was being sent. Then the server starts again and must serve that.
Prints a line of JSON; exits 1 if anything was lost or left by half.
"""

import argparse
import itertools
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import httpx

from api.access.keys import add_key
from benchmarks.kill_updates import UntilGone, free_port, start
from knowledge.corrections import correction_from_payload, passage_of, proposal
from knowledge.index import Index, layout, open_index, read_fingerprint
from knowledge.index.change import Journal

CORPUS = "live"
DOCUMENTS = 4
COMES_AND_GOES = 3
"""The document that is removed now and then."""
PROPOSERS = 8
"""Keys of readers, as one key may propose five times a minute."""
_WAIT_S = 120.0
_IN_FLIGHT_S = 3.0
"""In which a Qdrant server ends what a client that was killed had sent."""

_DECISIONS = {
    "pending": ("approve", "decline", "withdraw"),
    "approved": ("withdraw",),
    "declined": ("approve",),
    "withdrawn": ("approve",),
}
_BECOMES = {"approve": "approved", "decline": "declined", "withdraw": "withdrawn"}


@dataclass(slots=True)
class Known:
    """What a client knows of a correction: its state, "" before it was acknowledged."""

    document: int
    value: str
    acknowledged: str = ""
    sending: str | None = None

    @property
    def may_be(self) -> set[str]:
        """States that it may have."""
        return {self.acknowledged, self.sending or self.acknowledged}


@dataclass(slots=True)
class Outcome:
    """What was seen. `steps`: acknowledged. `in_flight`: unanswered when the server was killed, of
    which `completed` were there afterwards. `lost` and `halved` say what went wrong."""

    kills: int = 0
    steps: int = 0
    edits: int = 0
    in_flight: int = 0
    completed: int = 0
    lost: list[str] = field(default_factory=list)
    halved: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Target:
    """A server and the keys for it. `command` starts it over `index`."""

    command: Sequence[str]
    index: str
    url: str
    keys: dict[str, str]

    def headers(self, key: str) -> dict[str, str]:
        """Those of a request with a key."""
        return {"x-api-key": self.keys[key]}


def make_keys(file: Path) -> dict[str, str]:
    """A file of keys, by their names."""
    names = [f"reader{n}" for n in range(PROPOSERS)]
    keys = {name: add_key(file, name, scopes={"ask"})[0] for name in names}
    keys["reviewer"] = add_key(file, "reviewer", scopes={"ask", "review"})[0]
    keys["editor"] = add_key(file, "editor", scopes={"ask", "admin"})[0]
    return keys


class _Stepping(UntilGone):
    """Counts the steps that are done."""

    def __init__(self, target: Target, seed: float) -> None:
        super().__init__(target.url, seed)
        self.target = target
        self.steps = 0

    def answered(self, response: httpx.Response, *, may_be_gone: bool) -> bool:
        """Whether a step was done; notes a refusal that nothing explains."""
        if response.is_error and not (may_be_gone and response.status_code in (404, 422)):
            self.refused = response.text
        self.steps += not response.is_error
        return not response.is_error


class Correcting(_Stepping):
    """Proposes corrections and decides on its own ones."""

    def __init__(
        self, target: Target, known: dict[str, Known], numbers: "itertools.count[int]", seed: float
    ) -> None:
        super().__init__(target, seed)
        self._readers = itertools.cycle(f"reader{n}" for n in range(PROPOSERS))
        self._left = 2 * PROPOSERS  # two clients, each key five times a minute
        self._known = known
        self._numbers = numbers

    def step(self, http: httpx.Client) -> None:
        """Propose one, or decide on one."""
        if self._left and (not self._known or self.random.random() < 0.4):
            self._left -= 1
            self._propose(http)
        elif self._known:
            self._decide(http)

    def _propose(self, http: httpx.Client) -> None:
        said = proposed(next(self._numbers), self.random.randrange(DOCUMENTS))
        document = int(said["document_id"].rpartition("b")[2])
        id_ = proposal(**said, day="", earlier=0).id
        known = self._known[id_] = Known(document, said["value"], sending="pending")
        headers = self.target.headers(next(self._readers))
        response = http.post("/v1/corrections", json=said, headers=headers)
        if self.answered(response, may_be_gone=document == COMES_AND_GOES):
            known.acknowledged = "pending"
        known.sending = None

    def _decide(self, http: httpx.Client) -> None:
        id_, known = self.random.choice(sorted(self._known.items()))
        if not known.acknowledged:
            return
        decision = self.random.choice(_DECISIONS[known.acknowledged])
        known.sending = _BECOMES[decision]
        headers = self.target.headers("reviewer")
        response = http.post(f"/v1/corrections/{id_}/{decision}", headers=headers)
        if self.answered(response, may_be_gone=known.document == COMES_AND_GOES):
            known.acknowledged = known.sending
        known.sending = None


class Editing(_Stepping):
    """Edits the documents, and removes one of them now and then."""

    def step(self, http: httpx.Client) -> None:
        """Edit one, or remove the one that comes and goes."""
        headers = self.target.headers("editor")
        document = self.random.randrange(DOCUMENTS)
        if document == COMES_AND_GOES and self.random.random() < 0.5:
            response = http.delete(f"/v1/documents/{CORPUS}/b{document}", headers=headers)
        else:
            response = put(http, document, self.random.randrange(1_000), headers)
        self.answered(response, may_be_gone=False)


def put(http: httpx.Client, document: int, edition: int, headers: dict[str, str]) -> httpx.Response:
    """Write a document: always the same but for one sentence."""
    body = {
        "title": f"Bridge {document}",
        "text": f"Bridge {document} crosses the river by the old mill. It was opened in 1900 and "
        f"has two arches of red stone. It was painted {edition} times.",
        "source": "Archive",
    }
    return http.put(
        f"/v1/documents/{CORPUS}/b{document}",
        files={"document": (None, json.dumps(body))},
        headers=headers,
    )


def proposed(number: int, document: int) -> dict[str, str]:
    """What is proposed; no two are alike."""
    return {
        "document_id": f"{CORPUS}/b{document}",
        "what": "opened",
        "value": str(1_000 + number),
        "evidence": f"Register, page {number}",
        "link": "",
        "name": "Ann",
    }


def check_index(index: Index, known: dict[str, Known], outcome: Outcome) -> dict[str, str]:
    """Compare what is in the index with what the client knows; the states that were found."""
    records = list(index.store.scroll({"kind": ["proposal", "correction"]}))
    found = {each.payload["correction"]["id"]: each for each in records}
    if len(found) < len(records):
        outcome.halved.append(f"{len(records) - len(found)} corrections are there twice")
    outcome.lost += [f"{id_}: nobody proposed it" for id_ in sorted({*found} - {*known})]
    states = {}
    for id_, state in known.items():
        record = found.get(id_)
        states[id_] = record.payload["correction"]["state"] if record else ""
        if states[id_] not in state.may_be:
            outcome.lost.append(f"{id_}: {states[id_]!r}, not one of {sorted(state.may_be)}")
        if record is not None and (trouble := _half(record.id, record.payload, state)):
            outcome.halved.append(f"{id_}, {states[id_]}: {trouble}")
    return states


def _half(point_id: str, payload: Mapping[str, Any], known: Known) -> str | None:
    """What of a correction is not of its state; None if all is."""
    correction = correction_from_payload(payload)
    if point_id != layout.correction_point_id(correction.id):
        return "its point has another id"
    if payload["state"] != correction.state or "original" not in payload:
        return "its payload is of two states"
    if (payload["kind"] == "correction") != (correction.state == "approved"):
        return f"it is a {payload['kind']}"
    if correction.value != known.value:
        return "it says something else"
    if correction.state != "approved":
        return None
    passage = passage_of(layout.document_from_payload(payload))
    wanted = f"Bridge {known.document} was opened in {known.value}."
    return None if passage.text == wanted else f"its passage is {passage.text!r}"


def check_served(target: Target, known: dict[str, Known], outcome: Outcome) -> None:
    """The server that was started again must serve what was found in its index."""
    with httpx.Client(
        base_url=target.url, timeout=60, headers=target.headers("reviewer")
    ) as reviewer:
        listed = reviewer.get("/v1/corrections?limit=1000").json()["corrections"]
        states = {each["id"]: each["state"] for each in listed}
        there = {
            n
            for n in range(DOCUMENTS)
            if reviewer.get(f"/v1/documents/{CORPUS}/b{n}").status_code == 200
        }
        for id_, state in known.items():
            if states.get(id_, "") != state.acknowledged:
                outcome.lost.append(f"{id_} is listed as {states.get(id_, '')!r}")
            shown = reviewer.get(f"/v1/documents/_corrections/{id_}").status_code == 200
            if shown != (state.acknowledged == "approved" and state.document in there):
                outcome.lost.append(f"{id_}, {state.acknowledged}: it is {shown} that it is shown")


def run(target: Target, *, kills: int, seed: int) -> Outcome:
    """Kill the server of a target so often while corrections are proposed and decided on."""
    rng = random.Random(seed)
    clients_known: list[dict[str, Known]] = [{}, {}]
    numbers = itertools.count(1)
    outcome = Outcome()
    for _ in range(kills):
        server = start(target.command, target.url)
        try:
            with httpx.Client(base_url=target.url, timeout=60) as editor:
                for document in range(DOCUMENTS):
                    put(editor, document, 0, target.headers("editor")).raise_for_status()
            everything = {**clients_known[0], **clients_known[1]}
            check_served(target, everything, outcome)
            correcting = [
                Correcting(target, known, numbers, seed=rng.random()) for known in clients_known
            ]
            editing = Editing(target, seed=rng.random())
            for thread in (*correcting, editing):
                thread.start()
            _wait_for_steps(correcting, rng.randrange(5, 40))
            time.sleep(rng.uniform(0.0, 0.1))
        finally:
            server.send_signal(signal.SIGKILL)
            server.wait()
        for thread in (*correcting, editing):
            thread.join()
            if thread.refused:
                outcome.lost.append(f"a step was refused: {thread.refused}")
        outcome.steps += sum(each.steps for each in correcting)
        outcome.edits += editing.steps
        outcome.kills += 1
        _settle(target.index, clients_known, outcome)
        print(f"{outcome.kills} kills, {outcome.steps} steps", file=sys.stderr, flush=True)
    return outcome


def _wait_for_steps(clients: Sequence[Correcting], steps: int) -> None:
    until = time.monotonic() + _WAIT_S
    while time.monotonic() < until and sum(client.steps for client in clients) < steps:
        if any(client.refused for client in clients):
            return
        time.sleep(0.002)


def _settle(index: str, clients_known: list[dict[str, Known]], outcome: Outcome) -> None:
    """Open what the killed server left, check it, and take what was found as known."""
    with open_index(index, read_fingerprint(index)) as opened:
        if opened.store.is_shared:
            time.sleep(_IN_FLIGHT_S)
            Journal(opened.store, elsewhere_s=0.0).recover()
        states = check_index(opened, {**clients_known[0], **clients_known[1]}, outcome)
    for known in clients_known:
        for id_, state in list(known.items()):
            if state.sending is not None:
                outcome.in_flight += 1
                outcome.completed += states[id_] == state.sending
            state.acknowledged, state.sending = states[id_], None
            if not state.acknowledged:
                del known[id_]


def main() -> int:
    """Run it with `snapcite serve` and the starter encoder on a new index."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=19)
    parser.add_argument("--index", help="a new collection on a Qdrant server; else a folder")
    options = parser.parse_args()
    snapcite = [sys.executable, "-c", "from api.cli import main; main()"]
    with tempfile.TemporaryDirectory() as folder:
        root, port = Path(folder), free_port()
        index = options.index or str(root / "index")
        first = root / "first.txt"
        first.write_text("An index needs a document to begin with.", encoding="utf-8")
        named = ["--index", index, "--encoder", "starter"]
        subprocess.run([*snapcite, "index", *named, first], check=True)
        keys = make_keys(root / "keys.json")
        command = [*snapcite, "serve", *named, "--port", str(port)]
        command = ["env", f"SNAPCITE_KEYS_FILE={root / 'keys.json'}", *command]
        started = time.perf_counter()
        target = Target(command, index, f"http://127.0.0.1:{port}", keys)
        outcome = run(target, kills=options.kills, seed=options.seed)
        seconds = time.perf_counter() - started
    print(json.dumps({**asdict(outcome), "seconds": round(seconds, 1)}))
    return 1 if outcome.lost or outcome.halved else 0


if __name__ == "__main__":
    sys.exit(main())
