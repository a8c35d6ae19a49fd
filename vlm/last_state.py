"""The last hidden state of a Qwen3-VL for each prompt, on PyTorch.

Qwen3-VL-Embedding takes it as its vector, Qwen3-VL-Reranker reads from it how likely *yes* is.
Both were trained on the same chat format, which stands here and not in the files of a model: what
is asked has to be what was trained. Writes no text and knows neither vectors nor scores.

Photos are scaled here, with PIL's bicubic filter to multiples of 32 pixels, as Qwen's own code
does, so that a server that gets the scaled photo sees the same.
"""

import logging
import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from PIL import Image

from knowledge.errors import ModelBrokenError, ModelError, ModelMissingError
from vlm.encoders.torch_runtime import Device, Precision, best_device, run_in_batches
from vlm.models.qwen3_vl_retrieval import QwenFiles

if TYPE_CHECKING:
    from torch import Tensor

logger = logging.getLogger(__name__)

TOKEN_SIDE = 32
"""Side in pixels of one visual token: patches of 16 pixels, merged 2 by 2."""

FEWEST_TOKENS = 4
"""Visual tokens that a photo has at least; a smaller one is scaled up."""

_MOST_UNEQUAL = 100
"""How many times longer than the other a photo's side may be; a longer strip is squeezed. The
models refuse 200."""

_IMAGE = "<|vision_start|><|image_pad|><|vision_end|>"
_BATCH = {"cuda": 32, "mps": 8, "cpu": 4}
_MOST_BYTES_ON_CPU = 6 * 10**9
"""Bytes of weights from which a CPU is used only if the name asks for it."""


@dataclass(frozen=True, slots=True)
class ModelInput:
    """What a model is shown: a system message, and texts and photos of one user message."""

    system: str
    user: tuple[str | Image.Image, ...]

    @property
    def photos(self) -> list[Image.Image]:
        """The photos, in order."""
        return [part for part in self.user if not isinstance(part, str)]

    def text(self) -> str:
        """The prompt as the models were trained on it, a placeholder for each photo."""
        parts = [plain(part) if isinstance(part, str) else _IMAGE for part in self.user]
        return (
            f"<|im_start|>system\n{self.system}<|im_end|>\n"
            f"<|im_start|>user\n{''.join(parts)}<|im_end|>\n"
            f"<|im_start|>assistant\n"
        )


def plain(text: str) -> str:
    """A text in which nothing reads as a control token of the model.

    >>> plain("a <|im_end|> in a text")
    'a < |im_end|> in a text'
    """
    return text.replace("<|", "< |")


def scaled(photo: Image.Image, most_tokens: int) -> Image.Image:
    """A photo in RGB of which both sides are multiples of 32 pixels, with at most `most_tokens`
    visual tokens and at least 4.

    >>> scaled(Image.new("RGB", (1000, 500)), 50).size
    (320, 160)
    >>> scaled(Image.new("L", (9000, 3)), 50).size
    (1600, 32)
    """
    width, height = photo.size
    width, height = max(width, height // _MOST_UNEQUAL, 1), max(height, width // _MOST_UNEQUAL, 1)
    across, down = max(1, round(width / TOKEN_SIDE)), max(1, round(height / TOKEN_SIDE))
    if across * down > most_tokens:
        scale = math.sqrt(most_tokens * TOKEN_SIDE**2 / (width * height))
        across = max(1, math.floor(width * scale / TOKEN_SIDE))
        down = max(1, math.floor(height * scale / TOKEN_SIDE))
        across, down = min(across, most_tokens), min(down, max(1, most_tokens // across))
    elif across * down < FEWEST_TOKENS:
        scale = math.sqrt(FEWEST_TOKENS * TOKEN_SIDE**2 / (width * height))
        across = math.ceil(width * scale / TOKEN_SIDE)
        down = math.ceil(height * scale / TOKEN_SIDE)
    size = (across * TOKEN_SIDE, down * TOKEN_SIDE)
    rgb = photo if photo.mode == "RGB" else photo.convert("RGB")
    return rgb if rgb.size == size else rgb.resize(size, Image.Resampling.BICUBIC)


class LastState:
    """A Qwen3-VL, loaded at first use, and its last hidden states. Safe to use from threads."""

    def __init__(
        self,
        files: QwenFiles,
        *,
        head: Literal["none", "words"],
        device: Device | None = None,
        precision: Precision | None = None,
    ) -> None:
        """Choose device and precision; load nothing.

        Args:
            files: from `vlm.models.qwen3_vl_retrieval.find_qwen3_vl`.
            head: `words` loads the matrix that makes words of hidden states too.
            device: where to run; None takes the fastest device of this machine.
            precision: of the weights; None means bf16 on a GPU, fp32 on the CPU.

        Raises:
            ModelMissingError: PyTorch or transformers is not installed, or the weights are many
                gigabytes, no GPU is there and no precision says that it is wanted all the same.
        """
        try:
            import torch  # noqa: F401
            import transformers  # noqa: F401
        except ImportError as error:
            raise ModelMissingError(
                f"The model {files.name} needs PyTorch and transformers: pip install '.[models]'."
            ) from error
        self.files = files
        self.device: Device = device or best_device()
        on_cpu = self.device == "cpu"
        if on_cpu and precision is None and files.bytes > _MOST_BYTES_ON_CPU:
            raise ModelMissingError(
                f"{files.name} has {files.bytes / 1e9:.0f} GB of weights and PyTorch finds no GPU "
                f"here: it would take twice that memory and minutes a photo. Use a smaller model "
                f"or a server, or say that you want it: {files.name}@fp32 or {files.name}@bf16."
            )
        self.precision: Precision = precision or ("fp32" if on_cpu else "bf16")
        self._head = head
        self._size = _BATCH[self.device]
        self._lock = threading.RLock()
        self._running = threading.Lock()
        self._model: Any = None
        self._processor: Any = None
        self._failed: ModelError | None = None

    @property
    def runtime(self) -> str:
        """For people to read."""
        return f"torch {self.device} {self.precision}"

    def spans(self, text: str, *, special: bool = False) -> list[tuple[int, int]]:
        """Start and end in `text` of each of its tokens; with those that the tokenizer adds if
        `special`.

        Raises:
            ModelBrokenError: the tokenizer's files cannot be read.
        """
        tokenizer = self.processor().tokenizer
        with self._lock:  # Hugging Face tokenizers change their settings while they work
            found: list[tuple[int, int]] = tokenizer(
                text, add_special_tokens=special, return_offsets_mapping=True, verbose=False
            )["offset_mapping"]
        return found

    def token_id(self, word: str) -> int | None:
        """The number of a token; None if the vocabulary has no such token.

        Raises:
            ModelBrokenError: the tokenizer's files cannot be read.
        """
        number: int | None = self.processor().tokenizer.get_vocab().get(word)
        return number

    def processor(self) -> Any:  # noqa: ANN401 - transformers' classes have loose types
        """What turns prompts and photos into tensors; read at the first call.

        Raises:
            ModelBrokenError: its files cannot be read.
        """
        with self._lock:
            if self._processor is None:
                self._processor = _load_processor(self.files)
            return self._processor

    def model(self) -> Any:  # noqa: ANN401
        """The model on its device; loaded at the first call. What failed once fails at once.

        Raises:
            ModelBrokenError: the weights do not fit the configuration, or are damaged.
        """
        with self._lock:
            if self._failed is not None:
                raise self._failed
            if self._model is None:
                try:
                    self._model = _load_model(
                        self.files, self._head, device=self.device, precision=self.precision
                    )
                except ModelError as error:
                    self._failed = error
                    raise
                logger.info("Loaded %s (%s).", self.files.name, self.runtime)
            return self._model

    def of(self, inputs: Sequence[ModelInput]) -> "Tensor":
        """The last hidden state behind each input's last token: float32 (n, hidden), on the CPU.

        Inputs of about the same length run together, so that little is padded. Padding stands
        behind a prompt, where a causal model does not see it.

        Raises:
            ModelBrokenError: the model cannot be loaded, or not one input fits into memory.
        """
        import torch

        self.model()
        if not inputs:
            return torch.zeros((0, self.files.hidden))
        order = sorted(range(len(inputs)), key=lambda row: _length(inputs[row]))
        with self._running:
            batches, fitted = run_in_batches(
                [inputs[row] for row in order], self._size, self._run_batch
            )
            self._size = min(self._size, fitted)
        rows = torch.cat(batches)
        back = torch.empty(len(order), dtype=torch.long)
        back[torch.tensor(order)] = torch.arange(len(order))
        if not bool(torch.isfinite(rows).all()):
            raise ModelBrokenError(
                f"{self.files.name} made numbers that are not finite. The weights are damaged, or "
                f"{self.precision} on {self.device} does not suit them; try another precision."
            )
        return rows[back]

    def _run_batch(self, batch: Sequence[ModelInput]) -> "Tensor":
        import torch

        photos = [photo for each in batch for photo in each.photos]
        with self._lock:
            made = self.processor()(
                text=[each.text() for each in batch],
                images=photos or None,
                padding=True,
                padding_side="right",
                do_resize=False,
                return_tensors="pt",
            )
        made = made.to(self.device)
        if "pixel_values" in made:
            made["pixel_values"] = made["pixel_values"].to(_dtype(self.precision))
        model = self.model()
        inner = model.model if self._head == "words" else model
        with torch.inference_mode():
            states = inner(**made, use_cache=False).last_hidden_state
            last = made["attention_mask"].sum(dim=1) - 1
            every = torch.arange(len(batch), device=states.device)
            rows: Tensor = states[every, last].float().cpu()
            return rows


def _length(shown: ModelInput) -> int:
    """About how many tokens an input has, to sort by."""
    return sum(
        len(part) // 3 if isinstance(part, str) else part.width * part.height // TOKEN_SIDE**2
        for part in shown.user
    )


def _dtype(precision: Precision) -> Any:  # noqa: ANN401
    import torch

    return torch.bfloat16 if precision == "bf16" else torch.float32


def _load_processor(files: QwenFiles) -> Any:  # noqa: ANN401
    from transformers import Qwen3VLProcessor

    try:
        return Qwen3VLProcessor.from_pretrained(
            files.folder, local_files_only=True, trust_remote_code=False
        )
    except Exception as error:  # transformers, tokenizers and huggingface_hub share no base
        raise ModelBrokenError(
            f"The tokenizer or the preparation of photos in {files.folder} cannot be used: "
            f"{_short(error)}. Fetch the model again, or copy its folder again."
        ) from error


def _load_model(files: QwenFiles, head: str, *, device: Device, precision: Precision) -> Any:  # noqa: ANN401
    from transformers import Qwen3VLForConditionalGeneration, Qwen3VLModel
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call] # it would stand among our own lines
    kind: Any = Qwen3VLForConditionalGeneration if head == "words" else Qwen3VLModel
    try:
        model, report = kind.from_pretrained(
            files.folder,
            dtype=_dtype(precision),
            attn_implementation="sdpa",
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            output_loading_info=True,
        )
        model = model.eval().requires_grad_(False).to(device)
    except Exception as error:  # torch, safetensors and transformers share no base
        raise ModelBrokenError(
            f"The weights in {files.folder} cannot be loaded as a Qwen3-VL: {_short(error)}. "
            "Either a file is damaged (fetch the model again, or compare sizes with the original) "
            "or there is too little memory."
        ) from error
    # transformers fills what a file lacks with random numbers and only warns.
    lacking = sorted(map(str, (*report["missing_keys"], *report["mismatched_keys"])))
    if lacking:
        raise ModelBrokenError(
            f"The weights in {files.folder} lack {len(lacking)} parts of the model, {lacking[0]} "
            "for one: they belong to another model, or are incomplete. Fetch the model again."
        )
    return model


def _short(error: Exception) -> str:
    """The first sentence of an error, which may list a thousand layers."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return " ".join(lines[:2])[:300].rstrip(".") or type(error).__name__
