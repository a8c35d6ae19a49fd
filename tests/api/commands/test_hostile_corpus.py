"""A corpus whose names, titles and texts hold escape sequences, through every command."""

import json
import os
import pty
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from command_line import run_snapcite
from support import encoded, photo

SNAPCITE = (sys.executable, "-c", "from api.cli import main; main()")
EVIL = "\x1b[31mRED\x1b[0m\x1b]8;;https://evil.example\x1b\\\x9b2J\u202eevil [bold]x[/bold]"
QUESTION = f"When was the {EVIL} Hall built?\r\x1b[2J"
DOCUMENT = """---
id: hall
title: {title}
language: en
source: {source}
photos: [photos/hall.jpg]
---
The Hall{evil} was built in 1890. It was opened {evil} in 1891.\x1b[1A
"""


@pytest.fixture(scope="module")
def corpus(tmp_path_factory) -> Path:
    """A corpus of a good and of broken documents, all with hostile names."""
    root = tmp_path_factory.mktemp("hostile") / "cor\x1b[31mpus\u202e[red]"
    (root / "knowledge").mkdir(parents=True)
    (root / "photos").mkdir()
    (root / "photos" / "hall.jpg").write_bytes(encoded(photo(1, size=(320, 240))))
    text = DOCUMENT.format(
        title=json.dumps(f"Hall {EVIL}"), source=json.dumps(f"Guide {EVIL}"), evil=EVIL
    )
    for name in ("hall", "other\x1b[2J\u202e"):
        (root / "knowledge" / f"{name}.md").write_text(text, encoding="utf-8")
    (root / "knowledge" / "broken\x1b[2J\r\n\x9b[red].md").write_text("---\ntitle: [\n---\nx")
    for name in ("photo\x1b]0;t\x07.jpg", "photo\u202egpj.exe"):
        (root / "photos" / name).write_bytes(b"no photo")
    return root


@pytest.fixture(scope="module")
def index(corpus, tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("index") / "index"
    done = snapcite("index", "--index", place, corpus, "--corpus", "hall")
    assert "hall: 1 document" in done
    assert "[2J" in done  # the broken file is named, without what a terminal obeys
    return place


def snapcite(*args: object) -> str:
    """What a command prints where nothing is a terminal."""
    done = run_snapcite(*args)
    printed = done.stdout + done.stderr
    assert not obeyed(printed)
    return printed


def obeyed(text: str) -> list[str]:
    """Characters that a terminal would obey."""
    return [c for c in text if c != "\n" and (unicodedata.category(c) in ("Cc", "Cf"))]


def test_a_question_and_its_answer(index):
    printed = snapcite("ask", "--index", index, QUESTION)
    assert "RED" in printed
    assert "[bold]x[/bold]" in printed


def test_a_search(index):
    assert "evil [bold]x[/bold]" in snapcite("search", "--index", index, QUESTION)


@pytest.mark.parametrize("command", ["ask", "search"])
def test_json_means_the_same(index, command):
    printed = snapcite(command, "--index", index, QUESTION, "--json")
    evidence = json.loads(printed)["evidence"]
    assert any("RED" in item["title"] for item in evidence)


def test_an_evaluation(index, tmp_path):
    testset = tmp_path / "test\x1b[2Jset\u202e.jsonl"
    question = {"id": f"q{EVIL}", "question": QUESTION, "language": "en", "kind": "built",
                "subject": "hall", "corpus": "hall", "year": 1890, "photo": None}  # fmt: skip
    testset.write_text(json.dumps(question) + "\n")
    cache = tmp_path / "cache"
    snapcite("eval", "--index", index, "--cache", cache, "--system", "full", testset)
    testset.write_text(EVIL + "\n")
    assert "error: " in snapcite("eval", "--index", index, "--cache", cache, testset)


@pytest.mark.parametrize("command", ["doctor", "search"])
def test_an_index_of_a_hostile_name(tmp_path, command):
    place = tmp_path / "in\x1b[2Jdex\u202e\n[red]"
    rest = ["x"] if command == "search" else []
    assert r"\x1b[2J" in snapcite(command, "--index", place, *rest)


def test_on_a_terminal_there_are_no_escape_sequences_but_the_command_s_own(index):
    printed = on_a_terminal("search", "--index", index, QUESTION)
    assert "RED" in printed
    assert "\x1b[31mRED" not in printed
    assert "\x1b]" not in printed
    assert "\u202e" not in printed
    assert "\x9b" not in printed


def on_a_terminal(*args: object) -> str:
    """What a command prints on a terminal."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color"}
    with subprocess.Popen(
        [*SNAPCITE, *map(str, args)], stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    ):
        os.close(theirs)
        printed = b""
        while True:
            try:
                piece = os.read(ours, 65_536)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            printed += piece
    os.close(ours)
    return printed.decode()
