"""An encoder in a folder of ONNX files, run on the CPU without PyTorch, as the bundled one is.

The folder holds `image.onnx`, `text.onnx`, `tokenizer.json` and `card.json`.
`vlm.encoders.export.clip` makes them from open_clip models, `scripts/build_starter.py` made the
bundled ones.

`image.onnx`: `pixels` uint8 (1, side, side, 3) → `embedding` float32 (1, dim).
    It may have a second output `upright` float32 (1, 4), `vlm.encoders.base.TurnLogits`.
`text.onnx`: `input_ids` int64 (1, length) → `embedding` float32 (1, dim).

Each run takes one image or text. int8 layers choose their scale from the whole input, so in a batch
each vector would depend on the others and on the padding. On a CPU a batch gains little: for one
photo, ONNX Runtime spreads the run over the cores; for many (`workers`), each core takes one photo,
so that no core waits between two layers.
"""

import hashlib
import json
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import numpy as np
import numpy.typing as npt
from PIL import Image
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from knowledge.errors import ModelBrokenError, ModelMissingError
from vlm.encoders.base import TURNS, Embeddings, EncoderCard, TurnLogits
from vlm.onnx_session import session_options
from vlm.tokenizer_file import read_tokenizer

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

logger = logging.getLogger(__name__)

FILES = ("card.json", "image.onnx", "text.onnx", "tokenizer.json")
"""Files that an encoder's folder must hold."""

_EMBEDDING = "embedding"
_UPRIGHT = "upright"

_REMEDY = (
    "Copy the folder again from where it came; the bundled starter comes back with "
    "`git checkout -- data/models/starter`."
)

Resize = Literal["squash", "crop", "shortest"]
"""How a photo becomes a square: both sides squeezed; the middle cut out, then scaled; or the
shortest side scaled, then the middle cut out at whole pixels, as CLIP's own preparation does."""

Interpolation = Literal["bicubic", "bilinear"]

Feeds = Mapping[str, npt.NDArray[Any]]
Item = TypeVar("Item")


class CardFile(BaseModel):
    """`card.json`: what describes an encoder; further keys are for people.

    Attributes:
        resize: how a photo becomes a square.
        precision: of the weights, for people to read.
        interpolation: the filter for resizing.
        pad_to: the fixed number of tokens that the text tower takes; None if it takes any number.
        pad_id: the token for padding.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    name: str = Field(min_length=1)
    dim: int = Field(gt=0)
    image_size: int = Field(gt=0)
    max_tokens: int = Field(gt=2)
    languages: tuple[str, ...]
    foreign_below: float = Field(ge=-1, le=1)
    resize: Resize
    precision: str
    interpolation: Interpolation = "bicubic"
    pad_to: int | None = Field(default=None, gt=2)
    pad_id: int = Field(default=0, ge=0)


class OnnxEncoder:
    """An `Encoder` on ONNX Runtime. Files are checked at once, models are loaded at first use."""

    def __init__(self, folder: Path, *, threads: int = 0, workers: int = 1) -> None:
        """Read the card and the tokenizer.

        Args:
            folder: where the four files are.
            threads: cores for one image or text; 0 leaves it to ONNX Runtime (all).
            workers: images or texts of one call that are encoded side by side.

        Raises:
            ModelMissingError: the folder or one of its files is not there.
            ModelBrokenError: the card or the tokenizer cannot be read.
        """
        missing = [name for name in FILES if not (folder / name).is_file()]
        if missing:
            raise ModelMissingError(
                f"The encoder in {folder} lacks {', '.join(missing)}. {_REMEDY}"
            )
        self._folder = folder
        self._threads = threads
        self._workers = workers
        self._file = _read_card(folder / "card.json")
        self._tokenizer = _read_tokenizer(folder / "tokenizer.json")
        self._card = EncoderCard(
            name=self._file.name,
            fingerprint=_fingerprint(folder, self._file),
            dim=self._file.dim,
            image_size=self._file.image_size,
            max_tokens=self._file.max_tokens,
            languages=self._file.languages,
            foreign_below=self._file.foreign_below,
            runtime=f"onnx cpu {self._file.precision}",
        )
        self._sessions: dict[str, InferenceSession] = {}
        self._lock = threading.Lock()

    @property
    def card(self) -> EncoderCard:
        """What this encoder is."""
        return self._card

    def encode_images(self, images: Sequence[Image.Image]) -> Embeddings:
        """RGB images, already upright → (n, dim).

        Raises:
            ModelBrokenError: `image.onnx` cannot be loaded or run.
        """
        (vectors,) = self._rows("image.onnx", images, self._pixels, [_EMBEDDING])
        return vectors

    def sees_turns(self) -> bool:
        """Whether `image.onnx` says which way up a photo is; loads it.

        Raises:
            ModelBrokenError: `image.onnx` cannot be loaded.
        """
        outputs = self._session("image.onnx").get_outputs()
        return any(output.name == _UPRIGHT for output in outputs)

    def encode_seeing_turns(self, images: Sequence[Image.Image]) -> tuple[Embeddings, TurnLogits]:
        """RGB images as they were given → (n, dim) and which way up they are (n, 4).

        Raises:
            ModelBrokenError: `image.onnx` cannot be loaded or run, or does not say it.
        """
        vectors, logits = self._rows("image.onnx", images, self._pixels, [_EMBEDDING, _UPRIGHT])
        return vectors, logits

    def encode_texts(self, texts: Sequence[str]) -> Embeddings:
        """Texts → (n, dim); tokens beyond `card.max_tokens` are ignored.

        Raises:
            ModelBrokenError: `text.onnx` cannot be loaded or run.
        """
        (vectors,) = self._rows("text.onnx", texts, self._tokens, [_EMBEDDING])
        return vectors

    def count_tokens(self, text: str) -> int:
        """Tokens `text` takes, special tokens included and without truncation."""
        return len(self._tokenizer.encode(text).ids)

    def image_feeds(self, images: Sequence[Image.Image]) -> list[Feeds]:
        """The inputs of `image.onnx` for each image."""
        return [self._pixels(image) for image in images]

    def text_feeds(self, texts: Sequence[str]) -> list[Feeds]:
        """The inputs of `text.onnx` for each text."""
        return [self._tokens(text) for text in texts]

    def _pixels(self, image: Image.Image) -> Feeds:
        card = self._file
        return {"pixels": square_pixels(image, card.image_size, card.resize, card.interpolation)}

    def _tokens(self, text: str) -> Feeds:
        bare = self._tokenizer.encode(text, add_special_tokens=False)
        special = self._tokenizer.num_special_tokens_to_add(False)
        bare.truncate(self._card.max_tokens - special)
        ids = self._tokenizer.post_process(bare).ids
        fill = [self._file.pad_id] * ((self._file.pad_to or 0) - len(ids))
        return {"input_ids": np.array([ids + fill], dtype=np.int64)}

    def _rows(
        self,
        name: str,
        items: Sequence[Item],
        feed: Callable[[Item], Feeds],
        outputs: Sequence[str],
    ) -> list[npt.NDArray[np.float32]]:
        """What a model says of each item: an array (n, …) for each of its outputs."""
        widths = [TURNS if output == _UPRIGHT else self._card.dim for output in outputs]
        rows = [np.zeros((len(items), width), dtype=np.float32) for width in widths]
        if not items:
            return rows
        session = self._session(name)

        def encode(number: int) -> None:
            fed = dict(feed(items[number]))
            try:
                for of, said in zip(rows, session.run(list(outputs), fed), strict=True):
                    of[number] = said[0]
            except Exception as error:  # ONNX Runtime's errors share no public base
                raise _broken(self._folder / name, error) from error

        if self._workers == 1 or len(items) == 1:
            for number in range(len(items)):
                encode(number)
        else:
            with ThreadPoolExecutor(min(self._workers, len(items)), "encode") as pool:
                list(pool.map(encode, range(len(items))))  # raises the first error of a worker
        return rows

    def _session(self, name: str) -> "InferenceSession":
        with self._lock:
            if name not in self._sessions:
                self._sessions[name] = _load_session(self._folder / name, self._threads)
                logger.info("Loaded %s of %s (%s).", name, self._card.name, self._card.runtime)
            return self._sessions[name]


def square_pixels(
    image: Image.Image, side: int, resize: Resize, interpolation: Interpolation = "bicubic"
) -> npt.NDArray[np.uint8]:
    """The square that an image tower sees: uint8 (1, side, side, 3)."""
    filter = Image.Resampling[interpolation.upper()]
    rgb = image if image.mode == "RGB" else image.convert("RGB")
    if resize == "shortest":
        return np.asarray(_shortest(rgb, side, filter), dtype=np.uint8)[None]
    box = None
    if resize == "crop":
        edge = min(image.size)
        left, top = (image.width - edge) / 2, (image.height - edge) / 2
        box = (left, top, left + edge, top + edge)
    square = rgb.resize((side, side), filter, box=box, reducing_gap=2.0)
    return np.asarray(square, dtype=np.uint8)[None]


def _shortest(rgb: Image.Image, side: int, filter: Image.Resampling) -> Image.Image:
    """The same pixels as torchvision's `Resize(side)` and `CenterCrop(side)` give."""
    edge = min(rgb.size)
    scaled = rgb.resize((rgb.width * side // edge, rgb.height * side // edge), filter)
    left, top = round((scaled.width - side) / 2), round((scaled.height - side) / 2)
    return scaled.crop((left, top, left + side, top + side))


def _load_session(path: Path, threads: int) -> "InferenceSession":
    import onnxruntime

    try:
        return onnxruntime.InferenceSession(
            str(path), sess_options=session_options(threads), providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # ONNX Runtime's errors share no public base
        raise _broken(path, error) from error


def _read_card(path: Path) -> CardFile:
    try:
        return CardFile.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _broken(path, f"{where or 'file'}: {first['msg']}") from error


def _read_tokenizer(path: Path) -> "Tokenizer":
    try:
        return read_tokenizer(path)
    except Exception as error:  # the Rust side raises a bare Exception
        raise _broken(path, error) from error


def _fingerprint(folder: Path, card: CardFile) -> str:
    """Digest of everything that a vector depends on: weights, tokenizer, preparation of photos."""
    digest = hashlib.sha256()
    keys = {"dim", "image_size", "max_tokens", "resize", "interpolation", "pad_to", "pad_id"}
    # Without defaults: cards from before a key existed keep their fingerprint.
    prepared = card.model_dump(include=keys, exclude_defaults=True)
    digest.update(json.dumps(prepared, sort_keys=True).encode())
    for name in ("image.onnx", "text.onnx", "tokenizer.json"):
        with (folder / name).open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:32]


def _broken(path: Path, reason: object) -> ModelBrokenError:
    return ModelBrokenError(f"{path} cannot be used: {reason}. {_REMEDY}")
