"""Loading a Qwen3-VL: onto which device, in which precision, with which quantisation.

Never touches the network: `snapcite models pull` fetches weights. Knows no question.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from knowledge.errors import ModelBrokenError, ModelMissingError

logger = logging.getLogger(__name__)

Device = Literal["cuda", "mps", "cpu"]
"""An NVIDIA or AMD GPU, Apple's GPU, or the processor."""

Quantization = Literal["4bit", "8bit"]
"""Quantising while loading, by bitsandbytes."""

DTYPES = ("auto", "bfloat16", "float16", "float32")
DEVICES = ("auto", "cuda", "mps", "cpu")

UNQUANTIZED = ("model.visual", "lm_head")
"""Modules that keep their precision in 4 or 8 bit: the vision tower, which suffers most from it and
is small, and the output."""

PACKAGES: Mapping[str, tuple[str, ...]] = {
    "awq": ("gptqmodel",),
    "gptq": ("gptqmodel", "optimum"),
    "fp8": ("kernels",),
    "fbgemm_fp8": ("fbgemm_gpu",),
    "compressed-tensors": ("compressed_tensors",),
    "bitsandbytes": ("bitsandbytes",),
    "torchao": ("torchao",),
}
"""`quant_method` of a checkpoint → the modules that transformers needs to run it on a GPU."""

LARGEST_ON_CPU = 6 * 10**9
"""Bytes of weights that are loaded onto a processor without being told to: up to 2B in bf16. They
take twice that in float32, and an answer takes minutes."""


@dataclass(frozen=True, slots=True)
class Accelerators:
    """What PyTorch can compute on here.

    Attributes:
        cuda: an NVIDIA or AMD GPU.
        mps: Apple's GPU.
        mps_bfloat16: that GPU's system knows bfloat16.
        cuda_build: PyTorch was built for a GPU, whether it finds one or not.
    """

    cuda: bool = False
    mps: bool = False
    mps_bfloat16: bool = False
    cuda_build: bool = False


def find_accelerators() -> Accelerators:
    """What the installed PyTorch finds."""
    import torch

    mps = torch.backends.mps.is_available()
    return Accelerators(
        cuda=torch.cuda.is_available(),
        mps=mps,
        mps_bfloat16=mps and torch.backends.mps.is_macos_or_newer(14, 0),
        cuda_build=torch.version.cuda is not None or torch.version.hip is not None,
    )


def choose_device(found: Accelerators, wanted: str = "auto") -> Device:
    """The device to load onto: what is wanted, or the best there is.

    Raises:
        ModelBrokenError: what is wanted is unknown.
        ModelMissingError: what is wanted is not here.
    """
    match wanted:
        case "cpu":
            return "cpu"
        case "auto":
            return "cuda" if found.cuda else "mps" if found.mps else "cpu"
        case "cuda" | "mps" if getattr(found, wanted):
            return "cuda" if wanted == "cuda" else "mps"
        case "cuda" | "mps":
            why = _DRIVER if wanted == "cuda" and found.cuda_build else "PyTorch finds none here"
            raise ModelMissingError(f"The device {wanted} cannot be used: {why}.")
        case _:
            raise ModelBrokenError(
                f"The device {wanted!r} is unknown; use one of {', '.join(DEVICES)}."
            )


_DRIVER = (
    "PyTorch was built for a GPU and finds none, which mostly means that the driver is older than "
    "that build's CUDA; `snapcite doctor` compares them"
)


def choose_dtype(found: Accelerators, device: Device, wanted: str = "auto") -> str:
    """The precision to load in; `auto` stands for that of the files.

    A processor computes bfloat16 slowly or not at all, and Apple's GPU knows it from macOS 14 on.

    Raises:
        ModelBrokenError: what is wanted is unknown.
    """
    if wanted not in DTYPES:
        raise ModelBrokenError(f"The dtype {wanted!r} is unknown; use one of {', '.join(DTYPES)}.")
    if wanted != "auto" or device == "cuda":
        return wanted
    if device == "mps":
        return "bfloat16" if found.mps_bfloat16 else "float16"
    return "float32"


def check_quantization(
    name: str, config: Mapping[str, Any], wanted: Quantization | None, device: Device
) -> None:
    """Refuse what cannot be loaded, before it is.

    Args:
        name: of the model.
        config: its `config.json`.
        wanted: quantisation while loading.
        device: where it is loaded.

    Raises:
        ModelBrokenError: the checkpoint is quantised already, or is a mixture of experts, which
            bitsandbytes leaves as they are.
        ModelMissingError: a package that it needs is not installed, or it needs a GPU.
    """
    stored = config.get("quantization_config")
    method = _method(stored)
    if wanted is None:
        if method is not None:
            _need_packages(name, method, device)
        return
    if method is not None:
        raise ModelBrokenError(
            f"The model {name!r} is quantised already ({method}); unset "
            f"SNAPCITE_READER_QUANTIZATION."
        )
    if is_mixture(config):
        raise ModelBrokenError(
            f"The model {name!r} is a mixture of experts. bitsandbytes leaves experts as they are, "
            f"so {wanted} would save next to nothing: unset SNAPCITE_READER_QUANTIZATION and use "
            f"its FP8 or AWQ checkpoint, or a dense model (8B) in {wanted}."
        )
    if device != "cuda":
        raise ModelMissingError(
            f"{wanted} needs a GPU, and this model is to be loaded onto {device}: unset "
            f"SNAPCITE_READER_QUANTIZATION."
        )
    _need_packages(name, "bitsandbytes", device)


def is_mixture(config: Mapping[str, Any]) -> bool:
    """Whether a `config.json` is that of a mixture of experts."""
    text = config.get("text_config") or {}
    return str(config.get("model_type", "")).endswith("_moe") or bool(text.get("num_experts"))


def quantization_arguments(wanted: Quantization) -> dict[str, Any]:
    """What transformers' `BitsAndBytesConfig` is given: nf4 for 4 bit, the vision tower as it is."""
    skipped = list(UNQUANTIZED)
    if wanted == "8bit":
        return {"load_in_8bit": True, "llm_int8_skip_modules": skipped}
    return {
        "load_in_4bit": True,
        "bnb_4bit_quant_type": "nf4",
        "bnb_4bit_use_double_quant": True,
        "bnb_4bit_compute_dtype": "bfloat16",
        "llm_int8_skip_modules": skipped,
    }


def load_qwen(
    name: str,
    *,
    device: str = "auto",
    dtype: str = "auto",
    quantization: Quantization | None = None,
    found: Accelerators | None = None,
) -> tuple[Any, Any]:
    """The model and its processor.

    Args:
        name: a folder, or a hub name whose files are in the cache.
        device: one of `DEVICES`.
        dtype: one of `DTYPES`.
        quantization: while loading.
        found: None asks PyTorch.

    Raises:
        ModelMissingError: a library, a GPU or the weights are not on this machine, or the model is
            too large for a processor.
        ModelBrokenError: they are on this machine and cannot be used.
    """
    try:
        import torch  # noqa: F401 - transformers' classes need it and say so less clearly
        from transformers import AutoConfig, AutoModelForImageTextToText, AutoProcessor
    except ImportError as error:
        raise ModelMissingError(
            "The reader qwen3-vl needs PyTorch and transformers: pip install '.[models]'."
        ) from error
    found = found or find_accelerators()
    place = choose_device(found, device)
    precision = choose_dtype(found, place, dtype)
    try:
        config = AutoConfig.from_pretrained(name, local_files_only=True)
        check_quantization(name, config.to_dict(), quantization, place)
        if place == "cpu" and (device, dtype) == ("auto", "auto"):
            _check_size(name, found)
        logger.info("loading %s onto %s in %s", name, place, precision)
        processor: Any = AutoProcessor.from_pretrained(name, local_files_only=True)  # type: ignore[no-untyped-call]
        model: Any = AutoModelForImageTextToText.from_pretrained(
            name,
            local_files_only=True,
            dtype=precision,
            attn_implementation=_attention() if place == "cuda" else "sdpa",
            device_map={"cuda": "auto", "mps": {"": "mps"}, "cpu": None}[place],
            quantization_config=_bitsandbytes(quantization),
        )
    except OSError as error:
        raise ModelMissingError(
            f"The model {name!r} cannot be loaded ({_first_line(error)}). Fetch it with `snapcite "
            f"models pull {name}`, or give a folder with its files."
        ) from error
    except ImportError as error:
        raise ModelMissingError(
            f"The model {name!r} cannot be loaded: {_first_line(error)}"
        ) from error
    except (ValueError, RuntimeError, KeyError) as error:
        raise ModelBrokenError(
            f"The files of the model {name!r} cannot be used: {error}"
        ) from error
    _warn_of_offloading(name, model)
    model.eval()
    # If the weights' own configuration samples, greedy decoding would warn about it.
    for setting in ("temperature", "top_p", "top_k", "repetition_penalty"):
        setattr(model.generation_config, setting, None)
    return model, processor


def _method(stored: object) -> str | None:
    """How a checkpoint is quantised; None if it is not."""
    if not isinstance(stored, Mapping):
        return None
    method = stored.get("quant_method")
    if method is None:  # as bitsandbytes once wrote it
        return "bitsandbytes" if stored.get("load_in_4bit") or stored.get("load_in_8bit") else None
    return str(getattr(method, "value", method))


def _need_packages(name: str, method: str, device: Device) -> None:
    if method == "fp8" and device != "cuda":
        return  # transformers turns the weights into bf16
    missing = [module for module in PACKAGES.get(method, ()) if find_spec(module) is None]
    if missing:
        packages = " ".join(module.replace("_", "-") for module in missing)
        raise ModelMissingError(
            f"The model {name!r} needs a package for {method} weights: pip install {packages}."
        )


def _check_size(name: str, found: Accelerators) -> None:
    size = _bytes_of_weights(name)
    if size > LARGEST_ON_CPU:
        raise ModelMissingError(
            f"The model {name!r} ({size / 1e9:.1f} GB) would be loaded onto the processor, in "
            f"float32, in {2 * size / 1e9:.0f} GB of memory, and take minutes for an answer: "
            f"{_DRIVER if found.cuda_build else 'PyTorch finds no GPU here'}. Use a smaller model, "
            f"one on a server (SNAPCITE_READER=openai), or say SNAPCITE_READER_DEVICE=cpu."
        )
    if found.cuda_build:
        logger.warning("%s is loaded onto the processor: %s", name, _DRIVER)


def _bytes_of_weights(name: str) -> int:
    """Bytes of a model's weights on this machine; 0 if its folder is not found."""
    from transformers.utils import cached_file

    config = cached_file(name, "config.json", local_files_only=True)
    if config is None:
        return 0
    return sum(path.stat().st_size for path in Path(config).parent.glob("*.safetensors"))


def _attention() -> str:
    from transformers.utils.import_utils import is_flash_attn_2_available

    return "flash_attention_2" if is_flash_attn_2_available() else "sdpa"


def _bitsandbytes(wanted: Quantization | None) -> Any | None:  # noqa: ANN401
    if wanted is None:
        return None
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(**quantization_arguments(wanted))  # type: ignore[no-untyped-call]


def _warn_of_offloading(name: str, model: Any) -> None:  # noqa: ANN401
    places = getattr(model, "hf_device_map", None) or {}
    elsewhere = [module for module, place in places.items() if str(place) in ("cpu", "disk")]
    if elsewhere and len(elsewhere) < len(places):
        logger.warning(
            "%d of %d parts of %s do not fit into the GPU and lie in main memory or on disk, which "
            "makes it many times slower; use a smaller model or a quantised one",
            len(elsewhere), len(places), name,
        )  # fmt: skip


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
