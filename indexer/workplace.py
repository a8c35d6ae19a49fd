"""Where photos are loaded and batches are encoded: on this machine, or by others.

The plan before it and the writing after it are the same everywhere. `indexer.cluster` is the other
workplace.
"""

import time
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Protocol

from indexer.batch import Batch, Pace
from indexer.decode import DecodingThreads, PhotoLoader
from indexer.encode import BatchEncoder, EncodedBatch
from vlm.encoders import Encoder
from vlm.encoders.text import TextEncoder
from vlm.ocr import TextReader


class Workplace(Protocol):
    """Loads photos, and encodes batches of photos and passages."""

    def pace(self) -> Pace:
        """How many points make a batch, for one run."""

    def loader(self, root: Path) -> PhotoLoader:
        """What loads the photos of a corpus whose files lie below `root`."""

    def encode(
        self, batches: Generator[Batch, None, None], pace: Pace
    ) -> Generator[EncodedBatch, None, None]:
        """The batches in their order, encoded; closing this generator closes `batches`.

        Raises:
            ModelError: an encoder failed.
            ClusterError: no machine is left that could go on.
        """


class ThisMachine:
    """Decodes on a thread a core, and encodes in this process."""

    def __init__(
        self,
        encoder: Encoder,
        text_encoder: TextEncoder | None = None,
        text_reader: TextReader | None = None,
    ) -> None:
        """What encodes, and what reads the text in photos; None for what there is not."""
        self._size = encoder.card.photo_size
        self._together = BatchEncoder(encoder, text_encoder)
        self._text_reader = text_reader

    def pace(self) -> Pace:
        """A pace that adapts to how fast batches are encoded."""
        return Pace()

    def loader(self, root: Path) -> PhotoLoader:
        """Threads that decode."""
        return DecodingThreads(root, self._size, self._text_reader)

    def encode(
        self, batches: Generator[Batch, None, None], pace: Pace
    ) -> Generator[EncodedBatch, None, None]:
        """Encode one batch after another."""
        with closing(batches):
            for batch in batches:
                started = time.perf_counter()
                done = self._together.encode(batch)
                pace.measured(done.points, time.perf_counter() - started)
                yield done
