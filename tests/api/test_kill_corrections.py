"""A server that is killed loses no step of a correction.

SNAPCITE_TEST_KILLS=20 kills more often, and SNAPCITE_TEST_QDRANT_URL names a Qdrant server that the
same is done over. benchmarks/kill_corrections.py does it to `snapcite serve`.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from benchmarks.kill_corrections import Target, make_keys, run
from benchmarks.kill_updates import free_port

CHILD = Path(__file__).parents[1] / "helpers" / "serve_in_child.py"
KILLS = int(os.environ.get("SNAPCITE_TEST_KILLS", "2"))
SERVER_URL = os.environ.get("SNAPCITE_TEST_QDRANT_URL")
NO_SERVER = pytest.mark.skipif(not SERVER_URL, reason="SNAPCITE_TEST_QDRANT_URL names no server")


@pytest.fixture(params=["embedded", pytest.param("server", marks=NO_SERVER)])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "embedded":
        yield str(tmp_path / "index")
        return
    url = f"{SERVER_URL}/kills-{uuid4().hex}"
    yield url
    address, _, collection = url.rpartition("/")
    httpx.delete(f"{address}/collections/{collection}").raise_for_status()


def test_every_acknowledged_step_survives_a_kill(index, tmp_path):
    port, keys_file = free_port(), tmp_path / "keys.json"
    keys = make_keys(keys_file)
    command = [sys.executable, str(CHILD), index, str(port), "0", str(keys_file)]

    outcome = run(Target(command, index, f"http://127.0.0.1:{port}", keys), kills=KILLS, seed=19)

    assert (outcome.lost, outcome.halved) == ([], [])
    assert outcome.kills == KILLS
    assert outcome.steps >= 5 * KILLS
