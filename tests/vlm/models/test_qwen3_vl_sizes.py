"""The table of Qwen3-VL's sizes against transformers' own classes, and the choice by memory."""

import pytest

from vlm.models.qwen3_vl_sizes import (
    INSTRUCT,
    SIZES,
    choose_size,
    gigabytes_of,
    needed_gb,
    read_name,
)


@pytest.mark.parametrize("size", SIZES)
def test_the_table_counts_what_transformers_builds(size):
    torch = pytest.importorskip("torch")
    pytest.importorskip("transformers")
    from benchmarks.qwen3vl import build

    model = build(size, device="meta")
    language = model.model.language_model
    matrices = sum(
        weight.numel()
        for name, weight in language.layers.named_parameters()
        if weight.dim() == 2 and ".experts." not in name
    )
    experts = sum(
        weight.numel() for name, weight in language.layers.named_parameters() if ".experts." in name
    )
    everything = sum(weight.numel() for weight in model.parameters())
    assert (SIZES[size].matrices, SIZES[size].experts) == (matrices, experts)
    assert SIZES[size].parameters == everything
    text = model.config.text_config
    assert SIZES[size].cache_bytes == (
        2 * text.num_hidden_layers * text.num_key_value_heads * text.head_dim * 2
    )
    assert next(model.parameters()).dtype == torch.bfloat16


def test_quantisation_leaves_what_it_leaves():
    eight = SIZES["8B"]
    assert eight.gigabytes() == pytest.approx(2 * eight.parameters / 1e9)
    assert eight.gigabytes("fp8") == pytest.approx(
        (2 * eight.kept + eight.matrices * (1 + 2 / 128**2)) / 1e9
    )
    mixture = SIZES["30B-A3B"]
    assert mixture.gigabytes("4bit") > 58  # bitsandbytes leaves the experts
    assert mixture.gigabytes("awq") < 20


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Qwen/Qwen3-VL-30B-A3B-Instruct-FP8", ("30B-A3B", "fp8", True)),
        ("QuantTrio/Qwen3-VL-32B-Instruct-AWQ", ("32B", "awq", True)),
        ("somebody/qwen3-vl-4b-instruct-gptq-int4", ("4B", "gptq", True)),
        ("Qwen/Qwen3-VL-8B-Thinking", ("8B", "bf16", False)),
        ("/srv/models/Qwen3-VL-2B-Instruct/", ("2B", "bf16", True)),
    ],
)
def test_names(name, expected):
    read = read_name(name)
    assert (read.size, read.scheme, read.is_instruct) == expected


@pytest.mark.parametrize(
    "name",
    [
        "Qwen/Qwen3-VL-8B-Instruct-GGUF",
        "Qwen/Qwen3-VL-Reranker-2B",
        "Qwen/Qwen3-VL-9B-Instruct",
        "",
    ],
)
def test_names_of_other_things(name):
    assert read_name(name) is None
    assert gigabytes_of(name) == 0


FP8 = "Qwen/Qwen3-VL-8B-Instruct-FP8"
AWQ = "somebody/Qwen3-VL-32B-Instruct-AWQ"
MIXTURE_FP8 = "Qwen/Qwen3-VL-30B-A3B-Instruct-FP8"


@pytest.mark.parametrize(
    ("free", "given", "chosen"),
    [
        (80.0, {}, "Qwen/Qwen3-VL-30B-A3B-Instruct"),
        (140.0, {}, "Qwen/Qwen3-VL-30B-A3B-Instruct"),
        (24.0, {}, "Qwen/Qwen3-VL-8B-Instruct"),
        (16.0, {}, "Qwen/Qwen3-VL-4B-Instruct"),
        (7.0, {}, None),
        (7.5, {"quantization": "4bit"}, "Qwen/Qwen3-VL-4B-Instruct"),
        (24.0, {"quantization": "4bit"}, "Qwen/Qwen3-VL-8B-Instruct"),
        # What is here is preferred, as far as it fits and can be used.
        (80.0, {"cached": [INSTRUCT[3], INSTRUCT[2]]}, "Qwen/Qwen3-VL-8B-Instruct"),
        (16.0, {"cached": [FP8], "capability": 8.9}, FP8),
        (16.0, {"cached": [FP8], "capability": 8.6}, "Qwen/Qwen3-VL-4B-Instruct"),
        (16.0, {"cached": [FP8]}, "Qwen/Qwen3-VL-4B-Instruct"),
        (24.0, {"cached": [FP8, INSTRUCT[2]], "capability": 9.0}, INSTRUCT[2]),
        (32.0, {"cached": [AWQ]}, AWQ),
        (80.0, {"cached": [MIXTURE_FP8], "capability": 9.0}, MIXTURE_FP8),
        (24.0, {"cached": ["Qwen/Qwen3-VL-8B-Thinking"]}, "Qwen/Qwen3-VL-8B-Instruct"),
        (24.0, {"cached": ["deepset/roberta", INSTRUCT[0]]}, "Qwen/Qwen3-VL-8B-Instruct"),
        (12.0, {"cached": [FP8], "quantization": "4bit"}, "Qwen/Qwen3-VL-8B-Instruct"),
    ],
)  # fmt: skip
def test_choices(free, given, chosen):
    assert choose_size(free, **given) == chosen
    if chosen is not None:
        quantization = given.get("quantization")
        assert needed_gb(gigabytes_of(chosen, quantization=quantization)) <= free
