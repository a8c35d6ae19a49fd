"""A server that is killed during live updates loses none; benchmarks/kill_updates.py kills 50."""

import sys
from pathlib import Path

import pytest

from benchmarks.kill_updates import free_port, run

CHILD = Path(__file__).parents[1] / "helpers" / "serve_in_child.py"
KILLS = 3


@pytest.mark.parametrize("optimize_after", [0, 60], ids=["", "while it is optimised"])
def test_every_acknowledged_update_survives_a_kill(tmp_path, optimize_after):
    port = free_port()
    index = tmp_path / "index"
    command = [sys.executable, str(CHILD), str(index), str(port), str(optimize_after)]
    url = f"http://127.0.0.1:{port}"

    outcome = run(command, index, url, kills=KILLS, seed=1)

    assert (outcome.lost, outcome.halved) == ([], [])
    assert outcome.kills == KILLS
    assert outcome.updates >= KILLS
