"""A process that is ended at once is told of by another; one that ends by itself is not."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from indexer.cluster import sudden_end
from indexer.cluster.sudden_end import full_disk

FOLDER = Path(sudden_end.__file__).parent  # the file alone: SnapCite takes a second to import
FULL, ROOMY = (
    SimpleNamespace(f_blocks=100, f_bavail=2, f_frsize=2**20),
    SimpleNamespace(f_blocks=100, f_bavail=50, f_frsize=2**20),
)


@pytest.mark.parametrize(
    ("ending", "is_said"),
    [
        ("os._exit(1)", True),
        ("os.kill(os.getpid(), 9)", True),
        ("raise SystemExit", False),
        ("", False),
    ],
)
def test_only_a_sudden_end_is_said(ending, is_said, tmp_path):
    program = (
        f"import os, sys\nsys.path.insert(0, {str(FOLDER)!r})\nfrom sudden_end import end_is_said\n"
        f"with end_is_said({str(tmp_path)!r}):\n    {ending or 'pass'}\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )

    assert ("was ended at once" in ended.stderr) == is_said
    assert ("run the same command again" in ended.stderr) == is_said
    assert ended.stdout == ""


def test_a_full_disk_is_named(monkeypatch):
    monkeypatch.setattr(os, "statvfs", lambda folder: FULL if folder == "/ray" else ROOMY)

    assert full_disk("/elsewhere") is None
    assert full_disk("/ray") == "The disk of /ray, which Ray needs, is full (2 MiB free)."
