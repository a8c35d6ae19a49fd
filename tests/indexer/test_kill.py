"""`kill -9` at any moment, then the same command again: the index is that of one clean run."""

import csv
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
from support import TinyEncoder, encoded, photo

from indexer.run import fingerprint_of, index_corpus
from knowledge.corpus import open_corpus
from knowledge.index.index import open_index

KILLS = int(os.environ.get("SNAPCITE_TEST_KILLS", "8"))
"""Each takes two starts of Python; after a change of the writing order, try some hundred."""

CHILD = Path(__file__).parents[1] / "helpers" / "index_in_child.py"
REPOSITORY = Path(__file__).parents[2]


def write_corpus(root: Path, version: int) -> None:
    """150 documents; each version changes, drops and adds some of them, photos included."""
    for folder in ("knowledge", "photos"):
        (root / folder).mkdir(parents=True, exist_ok=True)
        for old in (root / folder).iterdir():
            old.unlink()
    for number in range(150 * version // 3, 150 * version // 3 + 150):
        edition = version if number % 3 == 0 else 0
        (root / "photos" / f"d{number}.png").write_bytes(
            encoded(photo(number * 10 + edition), "PNG")
        )
        (root / "knowledge" / f"d{number}.md").write_text(
            f"---\nid: d{number}\ntitle: House {number}\nlanguage: en\nsource: test\n"
            f"photos: [photos/d{number}.png]\n---\n\n"
            f"House {number} was built in {1500 + number}. It was altered {edition} times.\n",
            encoding="utf-8",
        )


def contents(target: Path) -> dict[str, tuple]:
    with open_index(str(target), fingerprint_of(TinyEncoder())) as index:
        return {
            record.id: (
                {k: v for k, v in record.payload.items() if k not in ("root", "path")},
                {
                    name: v.tobytes() if isinstance(v, np.ndarray) else v
                    for name, v in record.vectors.items()
                },
            )
            for record in index.store.scroll(with_vectors=True)
        }


def clean_contents(corpus: Path, target: Path) -> dict[str, tuple]:
    encoder = TinyEncoder()
    with open_index(str(target), fingerprint_of(encoder), create=True) as index:
        index_corpus(open_corpus(corpus), index, encoder)
    return contents(target)


def run_until(target: Path, corpus: Path, seconds: float) -> bool:
    """Start indexing and kill it `seconds` after it opened the index; whether it was killed."""
    child = subprocess.Popen(
        [sys.executable, str(CHILD), str(target), str(corpus)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"started\n"
        try:
            code = child.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            return True
    assert code == 0
    return False


def test_killed_at_random_moments_and_run_again(tmp_path):
    rng = random.Random(20)
    corpus, target = tmp_path / "corpus", tmp_path / "index"
    version, kills = 0, 0
    write_corpus(corpus, version)
    while kills < KILLS:
        if run_until(target, corpus, rng.uniform(0.0, 0.8)):
            kills += 1
        else:
            assert contents(target) == clean_contents(corpus, tmp_path / f"clean{version}")
            version += 1
            write_corpus(corpus, version)
    assert not run_until(target, corpus, 120)
    assert contents(target) == clean_contents(corpus, tmp_path / "clean")


ROWS = 3_000


def write_table(file: Path) -> None:
    """Rows with a few fields each; some of the texts are alike."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["identifier", "title", "photographer", "date", "box", "notes"])
        for number in range(ROWS):
            writer.writerow(
                [
                    f"PA-{number:05}", f"Quay {number % 700}", f"A. Example {number % 40}",
                    f"ca. {1850 + number % 120}", f"{number % 90}-B", "Copy print" * (number % 3),
                ]
            )  # fmt: skip


def kill_after(target: Path, corpus: Path, documents: int) -> None:
    """Start indexing and kill it once so many documents are done."""
    child = subprocess.Popen(
        [sys.executable, str(CHILD), str(target), str(corpus)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"started\n"
        assert any(int(line) >= documents for line in child.stdout)
        child.kill()
        assert child.wait() == -signal.SIGKILL


def test_a_table_killed_several_times_loses_nothing_and_embeds_nothing_twice(tmp_path):
    table, target, encoder = tmp_path / "rows.csv", tmp_path / "index", TinyEncoder()
    write_table(table)
    clean = clean_contents(table, tmp_path / "clean")
    passages = {id_ for id_, (payload, _) in clean.items() if payload["kind"] == "passage"}
    stored: set[str] = set()
    for done in (1, 700, 1_500, 2_400):
        kill_after(target, table, done)
        now = {id_ for id_ in contents(target) if id_ in passages}
        assert stored < now < passages
        stored = now
    with open_index(str(target), fingerprint_of(encoder)) as index:
        report = index_corpus(open_corpus(table), index, encoder)
        assert report.passages_embedded == len(passages) - len(stored)
        assert report.unchanged + report.new == ROWS
        again = index_corpus(open_corpus(table), index, encoder)
        assert (again.unchanged, again.passages_embedded, again.removed) == (ROWS, 0, 0)
    assert contents(target) == clean
