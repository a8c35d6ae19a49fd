"""A server killed in the midst of live updates loses none; benchmarks/kill_updates.py does 50."""

import sys
from pathlib import Path

from benchmarks.kill_updates import free_port, run

CHILD = Path(__file__).parent / "serve_in_child.py"
KILLS = 4


def test_every_acknowledged_update_survives_a_kill(tmp_path):
    port = free_port()
    command = [sys.executable, str(CHILD), str(tmp_path / "index"), str(port)]
    url = f"http://127.0.0.1:{port}"

    outcome = run(command, tmp_path / "index", url, kills=KILLS, seed=1)

    assert (outcome.lost, outcome.halved) == ([], [])
    assert outcome.kills == KILLS
    assert outcome.updates >= KILLS
