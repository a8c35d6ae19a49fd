"""What the Hugging Face cache is said to hold: whole models only."""

import json
from importlib.util import find_spec

import pytest
from huggingface_hub import constants

from knowledge.errors import ModelMissingError
from vlm.models.hub_cache import (
    cached_folder,
    cached_models,
    has_fp8_program,
    here,
    is_loadable,
    is_whole,
    missing_packages,
    missing_weights,
    quantization_of,
    require_here,
    weight_bytes,
)


def put(cache, name, files):
    """A repository in the cache, at one revision."""
    folder = cache / f"models--{name.replace('/', '--')}"
    snapshot = folder / "snapshots" / ("a" * 40)
    snapshot.mkdir(parents=True)
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text("a" * 40)
    for path, contents in files.items():
        (snapshot / path).write_text(contents)
    return snapshot


SHARDED = json.dumps(
    {"weight_map": {"a": "model-1-of-2.safetensors", "b": "model-2-of-2.safetensors"}}
)


def test_whole_models_are_listed(tmp_path):
    whole = put(tmp_path, "lab/one", {"config.json": "{}", "model.safetensors": "123"})
    put(tmp_path, "lab/two", {"config.json": "{}"})
    put(tmp_path, "words", {"tokenizer.json": "{}"})
    assert list(cached_models(cache=tmp_path)) == [("lab/one", whole)]
    assert here("lab/one", cache=tmp_path) == whole
    assert here("lab/two", cache=tmp_path) is None
    assert cached_folder("lab/two", cache=tmp_path) is not None
    assert here(str(whole), cache=tmp_path) == whole
    assert weight_bytes(whole) == 3


def test_half_a_model_is_none(tmp_path):
    files = {"config.json": "{}", "model.safetensors.index.json": SHARDED,
             "model-1-of-2.safetensors": ""}  # fmt: skip
    folder = put(tmp_path, "lab/half", files)
    assert missing_weights(folder) == ["model-2-of-2.safetensors"]
    assert not is_whole(folder)
    (folder / "model-2-of-2.safetensors").write_text("")
    assert is_whole(folder)


@pytest.mark.parametrize("index", ["[", "[" * 100_000, "{}", '{"weight_map": 3}', "\x00"])
def test_an_index_that_cannot_be_read(tmp_path, index):
    folder = put(tmp_path, "lab/x", {"config.json": "{}", "model.safetensors.index.json": index})
    assert missing_weights(folder) == ["model.safetensors"]


def test_what_is_missing_names_the_command(tmp_path, monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ModelMissingError, match=r"snapcite models pull Qwen/Qwen3-VL-8B-Instruct"):
        require_here("Qwen/Qwen3-VL-8B-Instruct")
    put(tmp_path, "lab/half", {"config.json": "{}", "model.safetensors.index.json": SHARDED})
    with pytest.raises(ModelMissingError, match=r"only partly .* 1 more .* models pull lab/half"):
        require_here("lab/half")
    (tmp_path / "own").mkdir()
    with pytest.raises(ModelMissingError, match="Copy the folder again"):
        require_here(str(tmp_path / "own"))


def test_how_a_checkpoint_is_quantised(tmp_path, monkeypatch):
    method = json.dumps({"quantization_config": {"quant_method": "compressed-tensors"}})
    folder = put(tmp_path, "lab/x", {"config.json": method})
    assert quantization_of(folder) == "compressed-tensors"
    plain = put(tmp_path, "lab/y", {"config.json": "{}"})
    assert (quantization_of(plain), missing_packages(plain)) == (None, [])
    fp8 = put(tmp_path, "lab/w", {"config.json": method.replace("compressed-tensors", "fp8")})
    assert missing_packages(fp8) == missing_packages(fp8, capability=8.6) == []
    monkeypatch.setenv("KERNELS_CACHE", str(tmp_path))
    monkeypatch.delenv("LOCAL_KERNELS", raising=False)
    assert not has_fp8_program()
    (tmp_path / "kernels--kernels-community--finegrained-fp8/snapshots").mkdir(parents=True)
    assert has_fp8_program()
    lacking = [] if find_spec("kernels") else ["kernels"]
    assert missing_packages(fp8, capability=8.9) == lacking
    assert is_loadable(fp8, capability=8.6)
    assert is_loadable(fp8, capability=8.9) == (not lacking)
    broken = put(tmp_path, "lab/z", {"config.json": "[" * 100_000})
    assert quantization_of(broken) is None
