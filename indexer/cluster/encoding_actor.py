"""What runs on a node of the cluster: one process, with an encoder, on one core or one GPU.

Photos come as the bytes of their files and go as vectors: pixels never travel. Knows no index and
no folder. Ray makes an actor of `EncodingActor`; nothing here imports Ray.
"""

import platform
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

import numpy as np
import numpy.typing as npt

from indexer.decode import LoadedPhoto, load_photo
from indexer.encode import BatchEncoder, PassageVectors, PassageWords
from indexer.run import fingerprint_of
from knowledge.errors import InputError
from knowledge.index import Fingerprint
from vlm.cores import use_cores
from vlm.encoders import Encoder
from vlm.encoders.text import TextEncoder
from vlm.images import DecodedImage
from vlm.ocr import TextReader

Bytes = npt.NDArray[np.uint8]
"""A file's bytes (size,): Ray hands arrays over without copying them."""

_PACKAGES = ("snapcite", "numpy", "onnxruntime", "pillow", "pillow-heif", "torch", "transformers")
"""What vectors depend on beside the weights."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What a node encodes with."""

    encoder: Encoder
    text_encoder: TextEncoder | None = None
    text_reader: TextReader | None = None


class EncodingActor:
    """Decodes and encodes photos, and encodes passages."""

    def __init__(self, load: Callable[[], Tools], threads: int) -> None:
        """Load nothing yet, so that what fails is said by `check`.

        Args:
            load: makes the tools, from the models that are on the node.
            threads: cores that this process may use.
        """
        use_cores(threads)
        self._load, self._threads = load, threads

    def check(self, made_with: Fingerprint, versions: dict[str, str]) -> str | None:
        """Load the tools, and say what keeps them from making the index's vectors, if anything.

        Args:
            made_with: the fingerprint that the index has.
            versions: of the packages, where the index is.
        """
        here = package_versions()
        if differ := [name for name in versions if here.get(name) != versions[name]]:
            told = ", ".join(f"{name} {here.get(name)} for {versions[name]}" for name in differ)
            return f"it has other versions than the machine that indexes: {told}"
        tools = self._load()
        ours = fingerprint_of(tools.encoder, tools.text_encoder, tools.text_reader)
        if ours != made_with or ours.text_reader != made_with.text_reader:
            return (
                f"its encoder {ours.encoder!r}, text encoder {ours.text_encoder!r} or reader of "
                f"photos {ours.text_reader!r} are others than those of the index, "
                f"{made_with.encoder!r}, {made_with.text_encoder!r} and {made_with.text_reader!r}"
            )
        self._tools = tools
        self._together = BatchEncoder(tools.encoder, tools.text_encoder)
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="decode")
        return None

    def encode_photos(self, files: Sequence[Bytes]) -> list[LoadedPhoto | InputError]:
        """Files of photos → their vectors and the text in them, or why they cannot be used.

        Raises:
            ModelError: the encoder or the reader of photos failed.
        """
        loaded = list(self._pool.map(self._loaded, files))
        decoded = [
            (photo.image, photo.read)
            for photo in loaded
            if isinstance(photo, LoadedPhoto) and isinstance(photo.image, DecodedImage)
        ]
        encoded = iter(self._together.encode_photos(decoded))
        return [
            LoadedPhoto(next(encoded), photo.read, photo.why_unread)
            if isinstance(photo, LoadedPhoto)
            else photo
            for photo in loaded
        ]

    def encode_passages(self, words: Sequence[PassageWords]) -> list[PassageVectors]:
        """What passages say → their vectors.

        Raises:
            ModelError: an encoder failed.
        """
        return self._together.encode_passages(words)

    def _loaded(self, file: Bytes) -> LoadedPhoto | InputError:
        size = self._tools.encoder.card.photo_size
        try:
            return load_photo(file.tobytes(), size, self._tools.text_reader)
        except InputError as error:
            return error


def package_versions() -> dict[str, str]:
    """Versions of Python and of the packages that vectors depend on; `none` where one is not."""
    return {"python": platform.python_version(), **{name: _version(name) for name in _PACKAGES}}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"
