"""What `snapcite doctor` says of GPUs and weights, for machines that are made up."""

import json
from importlib.util import find_spec

import pytest
from huggingface_hub import constants

from api.commands.hardware_checks import check_gpu, check_weights
from api.settings import load_settings
from vlm.models import Gpu, Machine, TorchBuild

CARD = Gpu("RTX 4090", 24 * 2**30, 25 * 10**9, 8.9)
MACHINE = Machine((CARD,), "580.65.06", (13, 0), TorchBuild("2.15.0+cu130", (13, 0)), 32 * 10**9)
OLD = Machine((CARD,), "535.104", (12, 2), TorchBuild("2.15.0+cu130", (13, 0)), 64 * 10**9)


def one(findings):
    (finding,) = list(findings)
    return finding


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    return tmp_path


def put(cache, name, gigabytes, config=None):
    """A model of a size; its weights are a hole in a file and take no room."""
    folder = cache / f"models--{name.replace('/', '--')}"
    snapshot = folder / "snapshots" / ("a" * 40)
    snapshot.mkdir(parents=True)
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text("a" * 40)
    (snapshot / "config.json").write_text(json.dumps(config or {}))
    with (snapshot / "model.safetensors").open("wb") as weights:
        weights.truncate(round(gigabytes * 1e9))


def weights(machine=MACHINE, **given):
    return list(check_weights(load_settings(reader="qwen3-vl", **given), machine))


def test_a_gpu_that_is_used():
    finding = one(check_gpu(load_settings(), MACHINE))
    assert (finding.check, finding.state) == ("gpu", "ok")
    assert "RTX 4090 (24 GiB, 23 free), driver 580.65.06; PyTorch 2.15.0+cu130" in finding.seen


@pytest.mark.parametrize(("reader", "state"), [("qwen3-vl", "failed"), ("extractive", "warning")])
def test_an_old_driver(reader, state):
    finding = one(check_gpu(load_settings(reader=reader), OLD))
    assert finding.state == state
    assert "silently computes on the processor" in finding.todo


def test_an_old_card():
    card = Machine((Gpu("GTX 1080", 8 * 2**30, 8 * 2**30, 6.1),), "580.1", (13, 0), MACHINE.torch)
    finding = one(check_gpu(load_settings(), card))
    assert finding.state == "warning"
    assert "no programs for GPUs below 7.5" in finding.todo


def test_no_gpu_and_no_torch():
    assert one(check_gpu(load_settings(), Machine())).seen == "none, and these settings need none"
    bare = Machine((CARD,), "580.1", (13, 0))
    assert "PyTorch is not installed" in one(check_gpu(load_settings(), bare)).seen


def test_weights_concern_the_reader_that_has_some(cache):
    assert list(check_weights(load_settings(reader="extractive"), MACHINE)) == []


def test_weights_that_are_not_here_name_the_command(cache):
    (finding,) = weights()
    assert finding.state == "failed"
    assert "snapcite models pull Qwen/Qwen3-VL-8B-Instruct" in finding.seen
    (nothing,) = weights(Machine((Gpu("small", 2**32, 2**32, 8.9),), None, None, MACHINE.torch))
    assert nothing.seen == "no Qwen3-VL fits 4.3 GB of free GPU memory"


def test_weights_that_fit_and_do_not(cache):
    put(cache, "Qwen/Qwen3-VL-8B-Instruct", 17.5)
    (fits,) = weights()
    assert (fits.state, fits.seen.startswith("Qwen/Qwen3-VL-8B-Instruct, 17.5 GB")) == ("ok", True)
    tight = Machine((Gpu("card", 2**34, 20 * 10**9, 8.9),), None, None, MACHINE.torch)
    (little,) = weights(tight, reader_model="Qwen/Qwen3-VL-8B-Instruct")
    assert (little.state, "leaves little for photos" in little.seen) == ("warning", True)
    small = Machine((Gpu("card", 2**34, 12 * 10**9, 8.9),), None, None, MACHINE.torch)
    (off,) = weights(small, reader_model="Qwen/Qwen3-VL-8B-Instruct")
    assert off.state == "warning"
    assert "5.5 GB would be off-loaded" in off.seen
    assert "4bit" in off.todo
    *lacking, shrunk = weights(
        small, reader_model="Qwen/Qwen3-VL-8B-Instruct", reader_quantization="4bit"
    )
    assert (shrunk.state, "7.2 GB in memory" in shrunk.seen) == ("ok", True)
    assert bool(lacking) == (find_spec("bitsandbytes") is None)


def test_what_bitsandbytes_cannot_shrink(cache):
    put(cache, "Qwen/Qwen3-VL-30B-A3B-Instruct", 62.1)
    refused, *_ = weights(reader_model="Qwen/Qwen3-VL-30B-A3B-Instruct", reader_quantization="4bit")
    assert (refused.state, "a mixture of experts" in refused.seen) == ("failed", True)


def test_a_large_model_where_the_driver_is_too_old(cache):
    put(cache, "Qwen/Qwen3-VL-8B-Instruct", 17.5)
    named = {"reader_model": "Qwen/Qwen3-VL-8B-Instruct"}
    (refused,) = weights(OLD, **named)
    assert refused.state == "failed"
    assert "SNAPCITE_READER_CPU=1" in refused.seen
    assert "driver 535.104" in refused.seen
    (allowed,) = weights(OLD, **named, reader_cpu=True)
    assert (allowed.state, "in fp32 35.0 GB" in allowed.seen) == ("warning", True)
    (full,) = weights(Machine(memory=8 * 10**9), **named, reader_cpu=True)
    assert (full.state, "8.0 GB of main memory are free" in full.seen) == ("failed", True)


def test_checkpoints_that_were_quantised(cache):
    put(cache, "a/Qwen3-VL-8B-Instruct-AWQ", 7.3, {"quantization_config": {"quant_method": "awq"}})
    (finding,) = weights(reader_model="a/Qwen3-VL-8B-Instruct-AWQ")
    assert (finding.state, finding.todo.startswith("Run `pip install gptqmodel`")) == (
        "failed",
        True,
    )
    put(
        cache, "Qwen/Qwen3-VL-8B-Instruct-FP8", 10.6,
        {"quantization_config": {"quant_method": "fp8"}},
    )  # fmt: skip
    (ada,) = weights(reader_model="Qwen/Qwen3-VL-8B-Instruct-FP8")
    if find_spec("kernels"):
        assert (ada.state, "10.6 GB" in ada.seen) == ("ok", True)
    else:
        assert (ada.state, "pip install kernels" in ada.todo) == ("failed", True)
    ampere = Machine((Gpu("RTX 3090", 2**34, 24 * 10**9, 8.6),), None, None, MACHINE.torch)
    turned, room = weights(ampere, reader_model="Qwen/Qwen3-VL-8B-Instruct-FP8")
    assert "becomes bf16 while it loads" in turned.seen
    assert "17.5 GB" in room.seen
