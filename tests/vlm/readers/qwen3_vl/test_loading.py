"""Devices are injected, configurations are files; nothing here needs a GPU or a network."""

import json
import os
import shutil
from importlib.util import find_spec

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("llguidance")

from tiny_parts import save_tiny  # noqa: E402
from transformers.quantizers.quantizers_utils import should_convert_module  # noqa: E402

from knowledge.errors import ModelBrokenError, ModelMissingError  # noqa: E402
from vlm.readers.qwen3_vl.loading import (  # noqa: E402
    Accelerators,
    check_quantization,
    choose_device,
    choose_dtype,
    load_qwen,
    quantization_arguments,
    require_fp8_program,
)

NONE = Accelerators()
NVIDIA = Accelerators(cuda=True)
APPLE = Accelerators(mps=True, mps_bfloat16=True)
OLD_APPLE = Accelerators(mps=True)
DENSE = {"model_type": "qwen3_vl", "text_config": {"hidden_size": 64}}
MIXTURE = {"model_type": "qwen3_vl_moe", "text_config": {"num_experts": 128}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_tiny(tmp_path_factory.mktemp("tiny"))


@pytest.mark.parametrize(
    ("found", "device", "dtype"),
    [
        (NVIDIA, "cuda", "auto"),
        (Accelerators(cuda=True, mps=True), "cuda", "auto"),
        (APPLE, "mps", "bfloat16"),
        (OLD_APPLE, "mps", "float16"),
        (NONE, "cpu", "float32"),
    ],
)
def test_the_best_device_and_a_precision_that_it_has(found, device, dtype):
    assert choose_device(found) == device
    assert choose_dtype(found, device) == dtype
    assert choose_dtype(found, device, "float32") == "float32"


def test_a_device_can_be_wanted_and_has_to_be_there():
    assert choose_device(APPLE, "cpu") == "cpu"
    assert choose_device(APPLE, "mps") == "mps"
    with pytest.raises(ModelMissingError, match=r"cuda cannot be used.*doctor"):
        choose_device(APPLE, "cuda")
    with pytest.raises(ModelBrokenError, match="'tpu' is unknown; use one of auto, cuda"):
        choose_device(NVIDIA, "tpu")
    with pytest.raises(ModelBrokenError, match="'int3' is unknown"):
        choose_dtype(NVIDIA, "cuda", "int3")


def test_4_bit_is_nf4_and_leaves_the_vision_tower_as_it_is(folder):
    given = quantization_arguments("4bit")
    assert (given["load_in_4bit"], given["bnb_4bit_quant_type"]) == (True, "nf4")
    model, _ = load_qwen(str(folder))
    layers = [name for name, part in model.named_modules() if isinstance(part, torch.nn.Linear)]
    kept = {
        name for name in layers if not should_convert_module(name, given["llm_int8_skip_modules"])
    }
    assert kept == {name for name in layers if ".visual." in name or name == "lm_head"}
    assert quantization_arguments("8bit")["llm_int8_skip_modules"]
    assert len(kept) < len(layers)


def stored(path, **quantization):
    """A folder whose configuration says how its weights are quantised."""
    config = DENSE | ({"quantization_config": quantization} if quantization else {})
    (path / "config.json").write_text(json.dumps(config))
    return path


@pytest.mark.parametrize("bits", ["4bit", "8bit"])
def test_a_mixture_of_experts_is_not_quantised_while_loading(tmp_path, bits):
    with pytest.raises(ModelBrokenError, match=r"mixture of experts.*FP8 or AWQ"):
        check_quantization("30B-A3B", stored(tmp_path), MIXTURE, bits, "cuda")


def test_what_is_quantised_already_is_not_quantised_again(tmp_path):
    here = stored(tmp_path, quant_method="awq")
    with pytest.raises(ModelBrokenError, match=r"already \(awq\); unset"):
        check_quantization("x", here, DENSE, "4bit", "cuda")


@pytest.mark.parametrize(
    ("method", "package"),
    [("awq", "gptqmodel"), ("gptq", "gptqmodel"), ("compressed-tensors", "compressed-tensors"),
     ("fp8", "kernels"), ("bitsandbytes", "bitsandbytes")],
)  # fmt: skip
def test_a_package_that_quantised_weights_need_is_named(tmp_path, method, package):
    here = stored(tmp_path, quant_method=method)
    if find_spec(package.replace("-", "_")) is not None:
        check_quantization("x", here, DENSE, None, "cuda")
        return
    with pytest.raises(ModelMissingError, match=f"{method} weights: pip install.*{package}"):
        check_quantization("x", here, DENSE, None, "cuda")


def test_fp8_weights_are_turned_into_bf16_where_no_gpu_needs_a_package(tmp_path):
    check_quantization("x", stored(tmp_path, quant_method="fp8"), DENSE, None, "mps")


def test_the_program_for_fp8_is_never_fetched(monkeypatch):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    seen = []
    require_fp8_program("x", lambda: seen.append(constants.HF_HUB_OFFLINE))
    assert seen == [True]
    with pytest.raises(ModelMissingError, match=r"'x' is in FP8.*finegrained-fp8.*not on this"):
        require_fp8_program("x")


def test_quantising_needs_a_gpu(tmp_path):
    with pytest.raises(ModelMissingError, match=r"needs a GPU.*mps"):
        check_quantization("x", stored(tmp_path), DENSE, "4bit", "mps")


def test_plain_weights_need_nothing(tmp_path):
    check_quantization("x", stored(tmp_path), MIXTURE, None, "cuda")


def test_a_model_that_is_not_here_names_the_command_that_fetches_it():
    with pytest.raises(ModelMissingError, match="snapcite models pull Qwen/Qwen3-VL-9B-Nowhere"):
        load_qwen("Qwen/Qwen3-VL-9B-Nowhere")


def changed(path, **fields):
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))


def without_a_part(folder):
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    name = next(name for name in weights if "self_attn.q_proj" in name)
    save_file({key: weights[key] for key in weights if key != name}, folder / "model.safetensors")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda at: (at / "tokenizer.json").write_text("{"), "cannot be used"),
        (lambda at: (at / "config.json").write_text("{"), "config.json"),
        (lambda at: os.truncate(at / "model.safetensors", 5_000), "deserializing header"),
        (without_a_part, "1 are missing, .*q_proj"),
        (lambda at: (at / "chat_template.jinja").unlink(), "no chat template"),
        (
            lambda at: changed(
                at / "config.json", model_type="own", auto_map={"AutoConfig": "own.Own"}
            ),
            "custom code",
        ),
    ],
)
def test_damaged_files_are_an_error_that_says_so(tmp_path, folder, damage, said, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda _: pytest.fail("it asked on the terminal"))
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    damage(tmp_path)
    with pytest.raises(ModelBrokenError, match=said) as raised:
        load_qwen(str(tmp_path), device="cpu")
    assert "Copy the folder again" in str(raised.value)
    assert "\n" not in str(raised.value)
