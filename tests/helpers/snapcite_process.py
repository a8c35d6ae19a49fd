"""`snapcite serve` in a process of its own, for tests that need a real process."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from redis_server import free_port
from sample_documents import corpus_of, make_documents

from indexer.run import fingerprint_of, index_corpus
from knowledge.index.index import open_index
from vlm.encoders.onnx import OnnxEncoder

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-c", "from api.cli import main; main()"]


@dataclass(frozen=True)
class Served:
    """A running server: its process and its address."""

    process: subprocess.Popen[bytes]
    url: str

    def terminate(self) -> float:
        """Send SIGTERM; `time.monotonic()` of that."""
        self.process.send_signal(signal.SIGTERM)
        return time.monotonic()


@contextmanager
def snapcite_serve(
    index: Path | str, settings: Mapping[str, str] = {}, *options: str
) -> Iterator[Served]:
    """Serve an index with the bundled encoder; yields when it is ready."""
    ours = {key: value for key, value in os.environ.items() if not key.startswith("SNAPCITE_")}
    port = free_port()
    process = subprocess.Popen(
        [*COMMAND, "serve", "--index", str(index), "--port", str(port), *options],
        cwd=ROOT,
        env={**ours, **settings},
        stderr=subprocess.DEVNULL,
    )
    served = Served(process, f"http://127.0.0.1:{port}")
    try:
        wait_until_ready(served)
        yield served
    finally:
        process.kill()
        process.wait()


def make_starter_index(root: Path) -> Path:
    """Three subjects in an index that is made with the bundled encoder and closed again."""
    encoder = OnnxEncoder(ROOT / "data" / "models" / "starter")
    with open_index(str(root / "index"), fingerprint_of(encoder), create=True) as index:
        documents = make_documents(root / "corpus")
        index_corpus(corpus_of(documents, root / "corpus"), index, encoder)
    return root / "index"


def wait_until_ready(served: Served) -> None:
    for _ in range(600):
        try:
            if httpx.get(f"{served.url}/ready").status_code == 200:
                return
        except httpx.TransportError:
            pass
        assert served.process.poll() is None, "the server ended by itself"
        time.sleep(0.05)
    raise AssertionError("the server never became ready")
