"""`snapcite ask --reader openai` against `transformers serve` with the trained tiny Qwen3-VL.

A real server and a model that really reads (`data/models/tiny-qwen3-vl`): photo and prompt out,
text back, validated, its citation checked, an answer.
"""

import importlib.util
import json
import os
import random
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

NEEDED = ("torch", "transformers", "openai", "accelerate")
MISSING = [name for name in NEEDED if importlib.util.find_spec(name) is None]
pytestmark = pytest.mark.skipif(
    bool(MISSING), reason=f"transformers serve needs {', '.join(MISSING)}"
)

BIN = Path(sys.executable).parent
MODEL = Path(__file__).resolve().parents[1] / "data" / "models" / "tiny-qwen3-vl"


@pytest.fixture(scope="module")
def server():
    """The base URL of `transformers serve`; it is stopped by its own process id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [BIN / "transformers", "serve", str(MODEL), "--host", "127.0.0.1",
               "--port", str(port), "--device", "cpu"]  # fmt: skip
    process = subprocess.Popen(
        command,
        env={**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/health", process, seconds=180)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(20)


def wait_for(url, process, *, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert process.poll() is None, "transformers serve ended"
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise AssertionError(f"transformers serve was not ready in {seconds} seconds")


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """A folder with an index of two places, made by the command line, and photos to ask with."""
    from tiny_world import Place
    from write_tiny_corpus import write_corpus

    root = tmp_path_factory.mktemp("serve")
    made = [
        Place("cedar", ("blue", "circle"), built=1873),
        Place("raven", ("red", "triangle"), built=1902),
    ]
    write_corpus(root, made, random.Random(3))
    done = snapcite("index", root / "shapes", "--index", root / "index", "--encoder", "starter")
    assert done.returncode == 0, done.stderr
    return root


def snapcite(*arguments, **settings):
    return subprocess.run(
        [BIN / "snapcite", *map(str, arguments)],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def ask(index, url, name, **settings):
    return snapcite(
        "ask", index / "asked" / f"{name}.jpg", "When was it built?", "--json",
        "--index", index / "index", "--reader", "openai", "--encoder", "starter",
        SNAPCITE_READER_URL=url, SNAPCITE_READER_MODEL=str(MODEL),
        SNAPCITE_READER_EVIDENCE_PHOTO_TOKENS="0", **settings,
    )  # fmt: skip


@pytest.mark.parametrize("stream", ["false", "true"])
@pytest.mark.parametrize(("name", "year"), [("cedar", 1873), ("raven", 1902)])
def test_the_model_on_the_server_answers_about_the_photo(server, index, name, year, stream):
    done = ask(index, server, name, SNAPCITE_READER_STREAM=stream, SNAPCITE_READER_FALLBACK="0")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)["answer"]
    assert (answer["year"], answer["year_event"]) == (year, "built")
    assert answer["source"]["quote"] == f"{name} was built in {year}."
    assert answer["note"] is None


CUT = {"SNAPCITE_READER_MAX_TOKENS": "16", "SNAPCITE_READER_THINKING_TOKENS": "0"}


def test_an_answer_that_breaks_off_is_asked_for_with_more_tokens(server, index):
    few = {**CUT, "SNAPCITE_READER_THINKING_TOKENS": "500"}
    done = ask(index, server, "cedar", SNAPCITE_READER_FALLBACK="0", **few)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["answer"]["year"] == 1873


def test_an_answer_that_breaks_off_for_good_is_refused(server, index):
    done = ask(index, server, "cedar", SNAPCITE_READER_FALLBACK="0", **CUT)
    assert done.returncode == 1
    assert "did not end within 16 tokens" in done.stderr


def test_rules_stand_in_for_a_model_that_fails_and_the_answer_says_so(server, index):
    done = ask(index, server, "cedar", **CUT)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)["answer"]
    assert answer["year"] == 1873
    assert "extractive reader answered" in answer["note"]
