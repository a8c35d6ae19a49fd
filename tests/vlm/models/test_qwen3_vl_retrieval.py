"""Names of Qwen3-VL models for retrieval, and their files: found, absent, incomplete, damaged."""

import json
import struct
from pathlib import Path

import pytest

from knowledge.errors import ModelBrokenError, ModelMissingError
from vlm.models.local_encoders import load_encoder
from vlm.models.local_rerankers import load_reranker
from vlm.models.qwen3_vl_retrieval import (
    EMBEDDING,
    FAMILIES,
    RERANKER,
    ModelName,
    find_qwen3_vl,
    split_name,
)

NAME = "Qwen/Qwen3-VL-Embedding-2B"


def write_model(folder: Path, values: bytes = b"\1\2\3\4" * 4, *, hidden: object = 64) -> Path:
    """A folder with the files that are looked at before anything is loaded."""
    folder.mkdir(parents=True, exist_ok=True)
    config = {"model_type": "qwen3_vl", "text_config": {"hidden_size": hidden}}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (folder / "tokenizer.json").write_text("{}", encoding="utf-8")
    tensor = {"dtype": "F32", "shape": [len(values) // 4], "data_offsets": [0, len(values)]}
    header = json.dumps({"__metadata__": {"format": "pt"}, "weight": tensor}).encode()
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + values)
    return folder


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        (NAME, ModelName(NAME)),
        (f"{NAME}:512", ModelName(NAME, 512)),
        (f"{NAME}@server", ModelName(NAME, None, "server")),
        (f"{NAME}:64@fp32", ModelName(NAME, 64, "fp32")),
        ("a:b", ModelName("a:b")),
        ("a@fp16", ModelName("a@fp16")),
        ("", ModelName("")),
    ],
)
def test_a_name_and_what_stands_behind_it(name, parts):
    assert split_name(name) == parts
    assert str(parts) == name


@pytest.mark.parametrize("name", [EMBEDDING, *FAMILIES[EMBEDDING], f"{NAME}:512@bf16"])
def test_an_encoder_that_is_not_here_names_the_command(name, tmp_path, monkeypatch):
    monkeypatch.setattr("vlm.models.qwen3_vl_retrieval._cached_config", lambda repository: None)
    with pytest.raises(ModelMissingError, match=r"`snapcite models pull Qwen/Qwen3-VL-Embedding-"):
        load_encoder(name, models_root=tmp_path)


def test_a_reranker_that_is_not_here(tmp_path, monkeypatch):
    monkeypatch.setattr("vlm.models.qwen3_vl_retrieval._cached_config", lambda repository: None)
    with pytest.raises(ModelMissingError, match=r"`snapcite models pull Qwen/Qwen3-VL-Reranker-2B"):
        load_reranker(RERANKER, models_root=tmp_path)
    with pytest.raises(ModelMissingError, match="'nothing' is unknown"):
        load_reranker("nothing", models_root=tmp_path)


def test_the_largest_that_is_here_is_taken(tmp_path):
    small, large = (tmp_path / name.replace("/", "--") for name in reversed(FAMILIES[EMBEDDING]))
    write_model(small)
    assert find_qwen3_vl(EMBEDDING, EMBEDDING, own_root=tmp_path).folder == small
    write_model(large)
    assert find_qwen3_vl(EMBEDDING, EMBEDDING, own_root=tmp_path).folder == large


def test_other_folders_and_names_are_left_to_others(tmp_path):
    (tmp_path / "clip").mkdir()
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.json").write_text('{"model_type": "bert"}', encoding="utf-8")
    for name in (str(tmp_path / "clip"), str(tmp_path / "config"), "starter", "", "x" * 5000):
        assert find_qwen3_vl(name, EMBEDDING, own_root=tmp_path) is None


def test_the_digest_is_of_the_content_and_not_of_the_place(tmp_path):
    def digest(folder: Path) -> str:
        return find_qwen3_vl(str(folder), EMBEDDING).digest()

    one = digest(write_model(tmp_path / "one"))
    assert digest(write_model(tmp_path / "two")) == one
    assert digest(write_model(tmp_path / "three", b"\1\2\3\5" * 4)) != one
    other = write_model(tmp_path / "four")
    (other / "tokenizer.json").write_text("{ }", encoding="utf-8")
    assert digest(other) != one


@pytest.mark.parametrize("hidden", [None, "64", 0, -1, True, 10**9])
def test_a_configuration_that_cannot_be(tmp_path, hidden):
    write_model(tmp_path / "m", hidden=hidden)
    with pytest.raises(ModelBrokenError, match="hidden_size"):
        find_qwen3_vl(str(tmp_path / "m"), EMBEDDING)


def test_missing_shards_are_named_with_the_command(tmp_path):
    folder = write_model(tmp_path / "Qwen--Qwen3-VL-Embedding-2B")
    (folder / "model.safetensors").rename(folder / "model-1.safetensors")
    index = {"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")
    with pytest.raises(ModelMissingError, match=rf"model-2.*snapcite models pull {NAME}"):
        find_qwen3_vl(NAME, EMBEDDING, own_root=tmp_path)
    index["weight_map"]["b"] = "../../secret"
    (folder / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")
    with pytest.raises(ModelBrokenError, match="names no files"):
        find_qwen3_vl(NAME, EMBEDDING, own_root=tmp_path)


def test_weights_that_are_pickles_are_said_to_be(tmp_path):
    folder = write_model(tmp_path / "m")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(ModelBrokenError, match=r"as \.bin.*only safetensors"):
        find_qwen3_vl(str(folder), EMBEDDING)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff" * 8,
        struct.pack("<Q", 10**12) + b"{}",
        struct.pack("<Q", 2) + b"[]",
        struct.pack("<Q", 2) + b"{{",
        struct.pack("<Q", 40) + b'{"w": {"data_offsets": [0, 99999999999]}}'[:40],
        struct.pack("<Q", 200_000) + b"[" * 200_000,
    ],
)
def test_damaged_weights(tmp_path, content):
    folder = write_model(tmp_path / "m")
    (folder / "model.safetensors").write_bytes(content)
    with pytest.raises(ModelBrokenError, match="damaged"):
        find_qwen3_vl(str(folder), EMBEDDING).digest()
