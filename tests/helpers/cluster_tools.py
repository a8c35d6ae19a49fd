"""What the nodes of a test's cluster encode with; imported on them by name."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from support import TinyEncoder

from indexer.cluster import Tools
from vlm.encoders.base import Embeddings


class SlowEncoder(TinyEncoder):
    """Gives a test time to end a node in the midst."""

    def encode_images(self, images: Sequence[Image.Image]) -> Embeddings:
        time.sleep(0.01 * len(images))
        return super().encode_images(images)


@dataclass(frozen=True)
class TinyTools:
    """Loads a tiny encoder of this name."""

    name: str = "tiny"

    def __call__(self) -> Tools:
        return Tools(SlowEncoder(self.name))


class Crowding:
    """An actor of which a node bears one: the system ends each further one."""

    def __init__(self, folder: str) -> None:
        import ray

        self._room = (Path(folder) / ray.get_runtime_context().get_node_id()).open("ab")

    def check(self) -> None:
        import fcntl
        import os

        try:
            fcntl.flock(self._room, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.kill(os.getpid(), 9)

    def total(self, values: np.ndarray) -> int:
        return int(values.sum())


class Counting:
    """An actor that ends its process when it is told to."""

    def __init__(self, wrong: str | None = None) -> None:
        self._wrong = wrong

    def check(self) -> str | None:
        return self._wrong

    def total(self, values: np.ndarray) -> int:
        return int(values.sum())

    def end(self, _: object) -> None:
        import os

        os._exit(1)

    def fail(self, reason: str) -> None:
        raise ValueError(reason)
