"""Run by tests in a process of its own: serve an embedded index with the tiny encoder.

usage: serve_in_child.py INDEX PORT OPTIMIZE_AFTER [KEYS_FILE]
"""

import sys
from pathlib import Path

import uvicorn

from api.http.app import create_app
from api.service import Service
from api.settings import Settings
from api.wiring.doors import build_doors
from indexer.run import fingerprint_of
from knowledge.index.index import open_index
from search.pipeline import Pipeline
from vlm.readers.extractive import ExtractiveReader

sys.path.insert(0, str(Path(__file__).parent))
from support import TinyEncoder


def main() -> None:
    target, port, optimize_after, *keys = sys.argv[1:]
    settings = Settings(keys_file=Path(keys[0])) if keys else Settings()
    encoder = TinyEncoder()
    with open_index(target, fingerprint_of(encoder), create=True) as index:
        pipeline = Pipeline(index, encoder, ExtractiveReader())
        doors = build_doors(settings, host="127.0.0.1")
        app = create_app(Service(pipeline, optimize_after=int(optimize_after), doors=doors))
        uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="warning")


if __name__ == "__main__":
    main()
