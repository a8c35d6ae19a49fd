"""Run by test_kill.py in a process of its own: index a corpus with the tiny encoder, slowed down.

Says `started`, and after each batch how many documents are done.

usage: index_in_child.py INDEX CORPUS
"""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from indexer.run import fingerprint_of, index_corpus
from knowledge.corpus import open_corpus
from knowledge.index.index import open_index
from vlm.encoders.base import Embeddings

sys.path.insert(0, str(Path(__file__).parent))
from support import TinyEncoder


class SlowEncoder(TinyEncoder):
    """Gives the test time to kill between any two writes."""

    def encode_texts(self, texts: Sequence[str]) -> Embeddings:
        time.sleep(0.05)
        return super().encode_texts(texts)

    def encode_images(self, images: Sequence[Image.Image]) -> Embeddings:
        time.sleep(0.05)
        return super().encode_images(images)


def main() -> None:
    target, corpus = sys.argv[1:]
    encoder = SlowEncoder()
    with open_index(target, fingerprint_of(encoder), create=True) as index:
        print("started", flush=True)
        index_corpus(
            open_corpus(Path(corpus)),
            index,
            encoder,
            on_progress=lambda report: print(report.documents, flush=True),
        )


if __name__ == "__main__":
    main()
