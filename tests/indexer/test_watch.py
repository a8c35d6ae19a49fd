"""Files that change are indexed when they have come to rest, and what is away removes nothing."""

import json
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sample_documents import corpus_of, make_documents
from snapcite_process import COMMAND, ROOT

from indexer.run import index_corpus
from indexer.watch import Patience, follow, snapshot

QUICK = 0.15


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "it never came about"
        time.sleep(0.01)


@contextmanager
def followed(folder: Path, *, system: bool) -> Iterator[tuple[list[set[str]], list[str]]]:
    """The names of the files at each call, and what was said, while a folder is followed."""
    seen: list[set[str]] = []
    said: list[str] = []
    stop = threading.Event()

    def work() -> bool:
        seen.append({Path(path).name for path in snapshot([folder])})
        return True

    patience = Patience(rest=QUICK, look=30 if system else 0.05, system=system)
    thread = threading.Thread(
        target=follow, args=([folder], work),
        kwargs={"patience": patience, "stop": stop, "say": said.append},
    )  # fmt: skip
    thread.start()
    try:
        yield seen, said
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


@pytest.mark.parametrize("system", [True, False], ids=["told", "looking"])
def test_a_file_that_is_still_copied_waits(tmp_path, system):
    (tmp_path / "first.txt").write_text("one")
    with followed(tmp_path, system=system) as (seen, _):
        until(lambda: len(seen) == 1)
        with (tmp_path / "large.csv").open("w") as file:
            for _ in range(8):
                file.write("a row\n")
                file.flush()
                time.sleep(QUICK / 2)
            assert len(seen) == 1  # it grew for longer than files have to rest
        until(lambda: len(seen) == 2)
        assert seen[1] == {"first.txt", "large.csv"}
        (tmp_path / ".hidden").write_text("no reason")
        time.sleep(3 * QUICK)
        assert len(seen) == 2


def test_a_folder_that_is_away_is_waited_for(tmp_path):
    folder = tmp_path / "mounted"
    folder.mkdir()
    (folder / "a.txt").write_text("one")
    with followed(folder, system=False) as (seen, said):
        until(lambda: len(seen) == 1)
        folder.rename(tmp_path / "away")
        until(lambda: bool(said))
        assert "nothing is removed" in said[0]
        assert len(seen) == 1
        (tmp_path / "away").rename(folder)
        (folder / "b.txt").write_text("two")
        until(lambda: len(seen) == 2)
        assert seen[1] == {"a.txt", "b.txt"}


def test_when_too_much_is_gone_at_once_nothing_is_removed(tmp_path, empty_index, encoder):
    documents = make_documents(tmp_path / "corpus")

    def run(count: int, most_gone: float):
        corpus = corpus_of(documents[:count], tmp_path / "corpus")
        return index_corpus(corpus, empty_index, encoder, most_gone=most_gone)

    assert run(3, 0.5).new == 3
    held = run(1, 0.5)  # 2 > 0.5 · 3
    assert (held.removed, held.withheld) == (0, 2)
    assert run(3, 0.5).unchanged == 3
    gone = run(2, 0.5)  # 1 < 0.5 · 3
    assert (gone.removed, gone.withheld) == (1, 0)
    meant = run(1, 1.0)
    assert (meant.removed, meant.withheld) == (1, 0)


def test_an_index_is_kept_up_to_date_through_kills(tmp_path):
    corpus, index = tmp_path / "notes", tmp_path / "index"
    corpus.mkdir()
    for name in ("mill", "tower", "bridge"):
        (corpus / f"{name}.txt").write_text(f"The {name} was built in 1912 by A. Example.")
    ours = {key: value for key, value in os.environ.items() if not key.startswith("SNAPCITE_")}
    env = ours | {"SNAPCITE_OCR": "0", "SNAPCITE_CALIBRATE": "0"}
    command = [
        *COMMAND, "index", str(corpus), "--index", str(index), "--watch", "--rest", "0.3",
        "--look", "0.3",
    ]  # fmt: skip

    def report() -> dict:
        try:
            return json.loads((index / "report.json").read_text())[0]
        except (OSError, ValueError):
            return {}

    def start() -> subprocess.Popen[str]:
        return subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True)

    first = start()
    try:
        until(lambda: report().get("new") == 3, 60)
        (corpus / "mill.txt").write_text("The mill was pulled down in 1950.")
        until(lambda: report().get("changed") == 1)
        (corpus / "lock.txt").write_text("The lock was built in 1890.")
    finally:
        first.kill()
        first.communicate()
    kept = tmp_path / "kept"
    kept.mkdir()
    second = start()
    try:
        until(lambda: report().get("new", 0) + report().get("unchanged", 0) == 4, 60)
        for path in list(corpus.iterdir())[:3]:
            shutil.move(path, kept)
        until(lambda: report().get("withheld") == 3)
        for path in kept.iterdir():
            shutil.move(path, corpus)
        until(lambda: report().get("unchanged") == 4)
        (corpus / "lock.txt").unlink()
        until(lambda: report().get("removed") == 1)
        second.send_signal(signal.SIGINT)
        said = second.communicate(timeout=20)[1]
    finally:
        second.kill()
    assert second.returncode == 130
    assert "held: 3 documents of notes are gone at once" in said
    assert "Traceback" not in said
