"""Folders of processes that were killed are removed by the next one; those in use are not."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from knowledge.held_folder import held_folder, hold

MAKES = """
import os, sys
from knowledge.held_folder import held_folder
with held_folder("snapcite-test-") as folder:
    (folder / "file").write_text("much")
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)


def test_what_a_killed_process_left_is_removed_and_what_somebody_holds_is_not(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / ".held").touch()
    (tmp_path / "snapcite-test-link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "snapcite-test-just-made").mkdir()  # and not locked yet
    makers = [
        subprocess.Popen(
            [sys.executable, "-c", MAKES], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    lives, killed, outlived = makers
    folders = [Path(maker.stdout.readline().strip()) for maker in makers]
    with hold(folders[2]):  # as the worker of a supervisor does that was killed
        for maker in (killed, outlived):
            maker.kill()
            maker.communicate()
        with held_folder("snapcite-test-") as own:
            assert [folder.exists() for folder in folders] == [True, False, True]
        assert not own.exists()
    with held_folder("snapcite-test-"):
        assert [folder.exists() for folder in folders] == [True, False, False]
    lives.communicate()
    assert not folders[0].exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "elsewhere", "snapcite-test-just-made", "snapcite-test-link",
    ]  # fmt: skip
    assert (tmp_path / "elsewhere" / ".held").exists()
