"""Run by tests in a process of its own: serve an embedded index with the tiny encoder.

usage: serve_in_child.py INDEX PORT OPTIMIZE_AFTER
"""

import sys
from pathlib import Path

import uvicorn

from api.http.app import create_app
from api.service import Service
from indexer.run import fingerprint_of
from knowledge.index.index import open_index
from search.pipeline import Pipeline
from vlm.readers.extractive import ExtractiveReader

sys.path.insert(0, str(Path(__file__).parent))
from support import TinyEncoder


def main() -> None:
    target, port, optimize_after = sys.argv[1:]
    encoder = TinyEncoder()
    with open_index(target, fingerprint_of(encoder), create=True) as index:
        pipeline = Pipeline(index, encoder, ExtractiveReader())
        app = create_app(Service(pipeline, optimize_after=int(optimize_after)))
        uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="warning")


if __name__ == "__main__":
    main()
