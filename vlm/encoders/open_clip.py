"""Any open_clip model as an `Encoder`, run by PyTorch on a GPU or the CPU.

Knows how a model is built and run, not where its files are (`vlm.models.open_clip_files`).

Precision is part of what an encoder is: `NAME` means bf16 on a GPU and fp32 on the CPU;
`NAME@bf16` and `NAME@fp32` set it. bf16 is autocast over fp32 weights, so that
normalisations and softmax stay exact whatever the tower is.

Every text is padded to the context length and every photo is a square, so the rows of a batch do
not influence each other. In fp32 a vector alone and the same vector in a batch differ by less than
1e-5, since other batch sizes use other matrix kernels. In bf16 rounding makes that about 1e-2 a
component at worst, a cosine of 0.999 and more.
"""

import logging
import re
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from PIL import Image

from knowledge.errors import ModelBrokenError
from vlm.encoders.base import Embeddings, EncoderCard
from vlm.encoders.torch_runtime import Device, Precision, best_device, run_in_batches
from vlm.local_only import local_only
from vlm.models.clip_families import foreign_below_of, languages_of
from vlm.models.open_clip_files import ClipFiles

if TYPE_CHECKING:
    from torch import Tensor, nn

logger = logging.getLogger(__name__)

_BATCH = {"cuda": 256, "mps": 64, "cpu": 16}
"""Photos or texts of a batch; halved if they do not fit into memory."""

_DEFAULT_CONTEXT = 77


class OpenClipEncoder:
    """An `Encoder` on PyTorch. Files are checked at once, the model is loaded at first use."""

    def __init__(
        self,
        files: ClipFiles,
        *,
        device: Device | None = None,
        precision: Precision | None = None,
    ) -> None:
        """Read the configuration and digest the weights.

        Args:
            files: from `vlm.models.open_clip_files.find_clip`.
            device: where to run; None takes the fastest device of this machine.
            precision: None means bf16 on a GPU, fp32 on the CPU.

        Raises:
            ModelBrokenError: no usable model can be made from the configuration.
        """
        self.files = files
        self._device = device or best_device()
        self._precision: Precision = precision or ("fp32" if self._device == "cpu" else "bf16")
        self._size = _BATCH[self._device]
        suffix = "" if self._precision == "fp32" else f"@{self._precision}"
        try:
            side = files.model["vision_cfg"].get("image_size", 224)
            self._card = EncoderCard(
                name=files.name + suffix,
                fingerprint=f"{files.digest()[:24]}-{self._precision}",
                dim=int(files.model["embed_dim"]),
                image_size=int(max(side) if isinstance(side, list) else side),
                max_tokens=int(files.model["text_cfg"].get("context_length", _DEFAULT_CONTEXT)),
                languages=languages_of(files.family),
                foreign_below=foreign_below_of(files.family),
                runtime=f"torch {self._device} {self._precision}",
            )
        except (TypeError, ValueError, AttributeError) as error:
            raise ModelBrokenError(
                f"The configuration of {files.name} cannot be used: {error}."
            ) from error
        self._model: nn.Module | None = None
        self.transform: Any = None
        self._tokenizer: Any = None
        self._lock = threading.RLock()

    @property
    def card(self) -> EncoderCard:
        """What this encoder is."""
        return self._card

    def encode_images(self, images: Sequence[Image.Image]) -> Embeddings:
        """RGB images, already upright → (n, dim).

        Raises:
            ModelBrokenError: the model cannot be loaded, or not one photo fits into memory.
        """
        import torch

        model = self.model()

        def run(batch: Sequence[Image.Image]) -> "Tensor":
            squares = torch.stack([self.transform(image.convert("RGB")) for image in batch])
            return self._normalised(model, "encode_image", squares)

        return self._rows(images, run)

    def encode_texts(self, texts: Sequence[str]) -> Embeddings:
        """Texts → (n, dim); tokens beyond `card.max_tokens` are ignored.

        Raises:
            ModelBrokenError: the model cannot be loaded, or not one text fits into memory.
        """
        model, tokenizer = self.model(), self.tokenizer()

        def run(batch: Sequence[str]) -> "Tensor":
            with self._lock:  # Hugging Face tokenizers change their settings while they work
                tokens = tokenizer(list(batch), context_length=self._card.max_tokens)
            return self._normalised(model, "encode_text", tokens)

        return self._rows(texts, run)

    def count_tokens(self, text: str) -> int:
        """Tokens `text` takes, special tokens included and without truncation."""
        tokenizer = self.tokenizer()
        with self._lock:
            if self.files.tokenizer is None:
                return len(tokenizer.encode(text)) + 2
            return len(tokenizer.tokenizer(tokenizer.clean_fn(text), truncation=False).input_ids)

    def model(self) -> "nn.Module":
        """The open_clip model on its device, in evaluation mode; loaded at the first call.

        Raises:
            ModelBrokenError: the checkpoint does not fit the configuration, or is damaged.
        """
        with self._lock:
            if self._model is None:
                self._model, self.transform = _load(self.files, self._device)
                logger.info("Loaded %s (%s).", self._card.name, self._card.runtime)
            return self._model

    def tokenizer(self) -> Any:  # noqa: ANN401 - one of open_clip's two classes, without type hints
        """open_clip's tokenizer of the model; loaded at the first call.

        Raises:
            ModelBrokenError: its files cannot be read.
        """
        with self._lock:
            if self._tokenizer is None:
                self._tokenizer = _load_tokenizer(self.files, self._card.max_tokens)
            return self._tokenizer

    def preprocessing(self) -> dict[str, Any]:
        """How photos are prepared: open_clip's `PreprocessCfg` as plain data."""
        from dataclasses import asdict

        from open_clip.transform import PreprocessCfg

        return asdict(PreprocessCfg(**self.files.preprocess, size=self._card.image_size))

    def pad_id(self) -> int:
        """The token that pads texts to the context length."""
        if self.files.tokenizer is None:
            return 0
        return int(self.tokenizer().tokenizer.pad_token_id)

    def _normalised(self, model: "nn.Module", method: str, batch: "Tensor") -> "Tensor":
        import torch

        with (
            torch.inference_mode(),
            torch.autocast(self._device, torch.bfloat16, enabled=self._precision == "bf16"),
        ):
            rows = getattr(model, method)(batch.to(self._device))
            return torch.nn.functional.normalize(rows.float(), dim=-1).cpu()

    def _rows(self, items: Sequence[Any], run: Any) -> Embeddings:  # noqa: ANN401
        if not items:
            return np.zeros((0, self._card.dim), dtype=np.float32)
        batches, fitted = run_in_batches(items, self._size, run)
        self._size = min(self._size, fitted)
        rows = np.concatenate([batch.numpy() for batch in batches])
        if rows.shape[1] != self._card.dim or not np.isfinite(rows).all():
            raise ModelBrokenError(
                f"{self._card.name} made vectors of {rows.shape[1]} numbers that are "
                f"{'finite' if np.isfinite(rows).all() else 'not finite'}; its card says "
                f"{self._card.dim}. The weights are damaged or belong to another model."
            )
        return cast("Embeddings", rows)


def split_precision(name: str) -> tuple[str, Precision | None]:
    """A name and the precision behind its `@`, if one is given.

    >>> split_precision("ViT-B-32/openai@bf16")
    ('ViT-B-32/openai', 'bf16')
    >>> split_precision("ViT-B-32/openai")
    ('ViT-B-32/openai', None)
    """
    match = re.fullmatch(r"(.+)@(fp32|bf16)", name)
    return (match[1], cast("Precision", match[2])) if match else (name, None)


def _load(files: ClipFiles, device: Device) -> "tuple[nn.Module, Any]":
    import open_clip
    from open_clip.transform import PreprocessCfg, image_transform_v2

    config = dict(files.model)
    custom = config.pop("custom_text", False) or "hf_model_name" in config["text_cfg"]
    kind = open_clip.CustomTextCLIP if custom else open_clip.CLIP
    try:
        with local_only():
            model = (open_clip.CoCa if "multimodal_cfg" in config else kind)(**config)
        open_clip.load_checkpoint(model, str(files.weights), strict=True)
        size = model.visual.image_size
        transform = image_transform_v2(PreprocessCfg(**files.preprocess, size=size), is_train=False)
        return model.eval().requires_grad_(False).to(device), transform
    except Exception as error:  # torch, safetensors, timm and transformers share no base
        raise ModelBrokenError(
            f"The weights {files.weights} cannot be loaded as {files.name}: {_short(error)}. "
            "Either the file is damaged (copy it again and compare its size with the original's) "
            "or it belongs to another architecture."
        ) from error


def _load_tokenizer(files: ClipFiles, context: int) -> Any:  # noqa: ANN401
    from open_clip.tokenizer import HFTokenizer, SimpleTokenizer

    text = files.model["text_cfg"]
    try:
        options = dict(text.get("tokenizer_kwargs") or {})
        if files.tokenizer is None:
            return SimpleTokenizer(context_length=context, **options)
        # The options are a stranger's: one of them would let code beside the tokenizer run.
        options |= {"local_files_only": True, "trust_remote_code": False}
        with local_only():
            return HFTokenizer(
                str(files.tokenizer),
                context_length=context,
                tokenizer_mode=text.get("tokenizer_mode"),
                **options,
            )
    except Exception as error:  # transformers and tokenizers share no base
        raise ModelBrokenError(
            f"The tokenizer in {files.tokenizer or files.weights.parent} cannot be used: "
            f"{_short(error)}. Copy it again."
        ) from error


def _short(error: Exception) -> str:
    """The first sentence of an error, which may list a thousand layers."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return " ".join(lines[:2])[:300].rstrip(".") or type(error).__name__
