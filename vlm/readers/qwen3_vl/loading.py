"""Loading a Qwen3-VL: onto which device, in which precision, with which quantisation.

Never touches the network: `snapcite models pull` fetches weights. Knows no question.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from knowledge.errors import ModelBrokenError, ModelError, ModelMissingError
from vlm.models.hardware import require_fast_enough
from vlm.models.hub_cache import (
    FP8_CAPABILITY,
    missing_packages,
    pull_command,
    quantization_of,
    require_here,
    without_fp8_program,
)

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


@dataclass(frozen=True, slots=True)
class Accelerators:
    """What PyTorch can compute on here.

    Attributes:
        cuda: an NVIDIA or AMD GPU.
        mps: Apple's GPU.
        mps_bfloat16: that GPU's system knows bfloat16.
    """

    cuda: bool = False
    mps: bool = False
    mps_bfloat16: bool = False


def find_accelerators() -> Accelerators:
    """What the installed PyTorch finds."""
    import torch

    mps = torch.backends.mps.is_available()
    return Accelerators(
        cuda=torch.cuda.is_available(),
        mps=mps,
        mps_bfloat16=mps and torch.backends.mps.is_macos_or_newer(14, 0),
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
            raise ModelMissingError(
                f"The device {wanted} cannot be used, PyTorch finds none; `snapcite doctor` says "
                f"why. Leave the device to `auto`."
            )
        case _:
            raise ModelBrokenError(
                f"The device {wanted!r} is unknown; use one of {', '.join(DEVICES)}."
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
    name: str,
    folder: Path,
    config: Mapping[str, Any],
    wanted: Quantization | None,
    device: Device,
) -> None:
    """Refuse what cannot be loaded, before it is.

    Args:
        name: of the model.
        folder: its files.
        config: its `config.json`.
        wanted: quantisation while loading.
        device: where it is loaded.

    Raises:
        ModelBrokenError: the checkpoint is quantised already, or is a mixture of experts, which
            bitsandbytes leaves as they are.
        ModelMissingError: a package that it needs is not installed, or it needs a GPU.
    """
    stored = quantization_of(folder)
    if wanted is None:
        missing = missing_packages(folder)
        if stored == "fp8" and device == "cuda" and find_spec("kernels") is None:
            missing.append("kernels")  # elsewhere transformers turns the weights into bf16
        if missing:
            raise ModelMissingError(_needs(name, stored or "quantised", missing))
        return
    if stored is not None:
        raise ModelBrokenError(
            f"The model {name!r} is quantised already ({stored}); unset "
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
    if find_spec("bitsandbytes") is None:
        raise ModelMissingError(_needs(name, wanted, ["bitsandbytes"]))


def _needs(name: str, weights: str, modules: Sequence[str]) -> str:
    packages = " ".join(module.replace("_", "-") for module in modules)
    return f"The model {name!r} needs a package for {weights} weights: pip install {packages}."


def _computes_fp8() -> bool:
    import torch

    capabilities = map(torch.cuda.get_device_capability, range(torch.cuda.device_count()))
    return all(major + minor / 10 >= FP8_CAPABILITY for major, minor in capabilities)


def require_fp8_program(name: str, load: Callable[[], object] | None = None) -> None:
    """Load the program that multiplies FP8 from the cache, before gigabytes of weights are.

    transformers would fetch it, and a faster one, when the model first computes. From here on this
    process does not ask the hub for anything.

    Args:
        name: of the model, for the message.
        load: loads the program; None means transformers' own way.

    Raises:
        ModelMissingError: it is not on this machine, or none was built for this PyTorch and GPU.
    """
    from huggingface_hub import constants

    constants.HF_HUB_OFFLINE = True
    try:
        if load is None:
            from transformers.integrations.finegrained_fp8 import load_finegrained_fp8_kernel

            load = load_finegrained_fp8_kernel
        load()
    except Exception as error:  # kernels, huggingface_hub and transformers share no base
        raise ModelMissingError(f"{without_fp8_program(name)} ({_first_line(error)})") from error


def is_mixture(config: Mapping[str, Any]) -> bool:
    """Whether a `config.json` is that of a mixture of experts."""
    text = config.get("text_config") or {}
    return str(config.get("model_type", "")).endswith("_moe") or bool(text.get("num_experts"))


def quantization_arguments(wanted: Quantization) -> dict[str, Any]:
    """What `BitsAndBytesConfig` is given: nf4 for 4 bit, and the vision tower as it is."""
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


def require_model(name: str) -> Path:
    """The folder of a model whose files and libraries are here, without importing these: PyTorch
    alone takes seconds.

    Raises:
        ModelMissingError: a library or the weights are not on this machine.
    """
    if any(find_spec(library) is None for library in ("torch", "transformers")):
        raise _without_libraries()
    return require_here(name)


def _without_libraries() -> ModelMissingError:
    return ModelMissingError(
        "The reader qwen3-vl needs PyTorch and transformers: pip install '.[models]'."
    )


def load_qwen(
    name: str,
    *,
    device: str = "auto",
    dtype: str = "auto",
    quantization: Quantization | None = None,
    large_on_cpu: bool = False,
    found: Accelerators | None = None,
) -> tuple[Any, Any]:
    """The model and its processor.

    Args:
        name: a folder, or a hub name whose files are in the cache.
        device: one of `DEVICES`.
        dtype: one of `DTYPES`.
        quantization: while loading.
        large_on_cpu: load a large model even where there is no GPU for it.
        found: None asks PyTorch.

    Raises:
        ModelMissingError: a library, a GPU or the weights are not on this machine.
        ModelBrokenError: they are on this machine and cannot be used.
        ModelError: the model is too large for a processor.
    """
    folder = require_model(name)
    try:
        import torch  # noqa: F401 - transformers' classes need it and say so less clearly
        from transformers import AutoConfig, AutoModelForImageTextToText, AutoProcessor
    except ImportError as error:
        raise _without_libraries() from error
    found = found or find_accelerators()
    place = choose_device(found, device)
    precision = choose_dtype(found, place, dtype)
    if place == "cpu" and device == "auto":
        require_fast_enough(name, folder, is_allowed=large_on_cpu)
    try:
        config = AutoConfig.from_pretrained(
            str(folder), local_files_only=True, trust_remote_code=False
        )
        check_quantization(name, folder, config.to_dict(), quantization, place)
        if quantization_of(folder) == "fp8" and place == "cuda" and _computes_fp8():
            require_fp8_program(name)
        logger.info("loading %s onto %s in %s", name, place, precision)
        processor: Any = AutoProcessor.from_pretrained(  # type: ignore[no-untyped-call]
            str(folder), local_files_only=True, trust_remote_code=False
        )
        loaded: Any = AutoModelForImageTextToText.from_pretrained(
            str(folder),
            local_files_only=True,
            trust_remote_code=False,  # else transformers asks on the terminal whether to run it
            output_loading_info=True,
            dtype=precision,
            attn_implementation=_attention() if place == "cuda" else "sdpa",
            device_map={"cuda": "auto", "mps": {"": "mps"}, "cpu": None}[place],
            quantization_config=_bitsandbytes(quantization),
        )
        model, report = loaded
    except ModelError:
        raise
    except ImportError as error:
        raise ModelMissingError(
            f"The model {name!r} cannot be loaded: {_first_line(error)}"
        ) from error
    except Exception as error:  # transformers, safetensors and tokenizers share no base
        raise ModelBrokenError(_unusable(name, folder, _first_line(error))) from error
    if processor is None or getattr(processor, "image_processor", None) is None:
        raise ModelBrokenError(_unusable(name, folder, "it has no preparation of photos"))
    if not getattr(processor, "chat_template", None):
        raise ModelBrokenError(_unusable(name, folder, "it has no chat template"))
    lacking = sorted(str(key) for key in report["missing_keys"])
    # Of quantised weights the report also names what is made while they load.
    if lacking and quantization is None and quantization_of(folder) is None:
        why = f"of its weights {len(lacking)} are missing, {lacking[0]} for one"
        raise ModelBrokenError(_unusable(name, folder, why))
    _warn_of_offloading(name, model)
    model.eval()
    # If the weights' own configuration samples, greedy decoding would warn about it.
    for setting in ("temperature", "top_p", "top_k", "repetition_penalty"):
        setattr(model.generation_config, setting, None)
    return model, processor


def _unusable(name: str, folder: Path, why: str) -> str:
    """What to say of files that are here and make no model."""
    is_folder = Path(name).expanduser().is_dir()
    todo = (
        "Copy the folder again from where it came"
        if is_folder
        else f"Delete {folder} and fetch it again: {pull_command(name)}"
    )
    return (
        f"The files of the model {name!r} cannot be used: {why.rstrip('.')}. {todo}; or choose an "
        f"Instruct model of Qwen3-VL."
    )


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
