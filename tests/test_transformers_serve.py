"""`snapcite ask --reader openai` against a real server: `transformers serve`, the model untrained.

What such a model says is noise, so an answer that is refused for what it is proves the whole way:
photo, prompt and schema out, text back, validation, one repair.
"""

import importlib.util
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from support import encoded, photo

NEEDED = ("torch", "transformers", "openai", "accelerate")
MISSING = [name for name in NEEDED if importlib.util.find_spec(name) is None]
pytestmark = pytest.mark.skipif(
    bool(MISSING), reason=f"transformers serve needs {', '.join(MISSING)}"
)

BIN = Path(sys.executable).parent
DOCUMENT = """\
---
id: maple
title: Maple House
language: en
source: City archive
photos: [photos/maple.jpg]
---
Maple House was built in 1907.
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    from tiny_parts import save_tiny

    return save_tiny(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def server(model):
    """The base URL of `transformers serve`; it is stopped by its own process id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [BIN / "transformers", "serve", str(model), "--host", "127.0.0.1",
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
    """A folder with an index of one document, made by the command line, and a photo to ask with."""
    root = tmp_path_factory.mktemp("serve")
    corpus = root / "corpus"
    (corpus / "knowledge").mkdir(parents=True)
    (corpus / "photos").mkdir()
    (corpus / "knowledge" / "maple.md").write_text(DOCUMENT)
    for path in (corpus / "photos" / "maple.jpg", root / "asked.jpg"):
        path.write_bytes(encoded(photo(1, size=(320, 240))))
    done = snapcite("index", corpus, "--index", root / "index", "--encoder", "starter")
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


def ask(index, url, model, **settings):
    return snapcite(
        "ask", index / "asked.jpg", "When was Maple House built?", "--json",
        "--index", index / "index", "--reader", "openai", "--encoder", "starter",
        SNAPCITE_READER_URL=url, SNAPCITE_READER_MODEL=str(model),
        SNAPCITE_READER_MAX_TOKENS="16", SNAPCITE_READER_PHOTO_TOKENS="16", **settings,
    )  # fmt: skip


@pytest.mark.parametrize("stream", ["false", "true"])
def test_the_model_on_the_server_is_asked_and_its_noise_refused(server, index, model, stream):
    done = ask(index, server, model, SNAPCITE_READER_STREAM=stream, SNAPCITE_READER_FALLBACK="0")
    assert done.returncode == 1
    assert "The answer is not JSON" in done.stderr


def test_rules_stand_in_and_the_answer_says_so(server, index, model):
    done = ask(index, server, model)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)["answer"]
    assert answer["year"] == 1907
    assert "simpler rules" in answer["note"]
