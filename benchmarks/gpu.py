"""A GPU in at most seven minutes: CLIP's image towers, and Qwen3-VL from 2B to 30B-A3B.

    python -m benchmarks.gpu                      (--device cpu --tiny: a trial)

Everything has its true size and random weights, so nothing is fetched. For photos there are three
rates: the tower alone on prepared squares, this machine's cores resizing decoded photos to such
squares, and decoding 12-megapixel JPEGs; the least of them is what an index run can reach. For
Qwen3-VL see `benchmarks.qwen3vl`; each size runs in a process of its own, so that one that fails
or takes too long costs only itself. What no longer fits into `--minutes` is left out and named.
"""

import argparse
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks import results
from benchmarks.photos import make_photos
from vlm.cores import cores
from vlm.encoders.onnx import square_pixels
from vlm.images import PhotoSize, decode_image
from vlm.models import needed_gb, read_machine
from vlm.models.qwen3_vl_sizes import SIZES as SIZE_TABLE

ARCHITECTURES = ("ViT-B-32", "ViT-L-14", "ViT-B-16-SigLIP2")
SIZES = ("2B", "4B", "8B", "30B-A3B")
SIZE_SECONDS = 90
"""The most that one size may take, the start of its process included."""

BANDWIDTHS = {
    "H200": 4.8e12, "H100 NVL": 3.9e12, "H100 PCIe": 2.0e12, "H100": 3.35e12,
    "A100": 2.0e12, "L40S": 0.864e12, "4090": 1.008e12, "5090": 1.792e12, "3090": 0.936e12,
    "L4": 0.3e12, "A10": 0.6e12,
}  # fmt: skip
"""Part of a card's name → bytes a second of its memory, by its data sheet."""

TINY = {
    "embed_dim": 16,
    "vision_cfg": {"image_size": 32, "layers": 1, "width": 32, "head_width": 16, "patch_size": 16},
    "text_cfg": {"context_length": 8, "vocab_size": 64, "width": 16, "heads": 1, "layers": 1},
}


def image_tower(config: dict[str, Any]) -> Any:  # noqa: ANN401 - a module without type hints
    """An open_clip model of a configuration; a tokenizer is not needed, so none is looked for."""
    import open_clip

    given = {key: value for key, value in config.items() if key != "custom_text"}
    text = {key: value for key, value in given["text_cfg"].items() if not key.startswith("hf_")}
    kind = open_clip.CustomTextCLIP if config.get("custom_text") else open_clip.CLIP
    return kind(**given | {"text_cfg": text})


def tower_rate(config: dict[str, Any], *, device: str, batch: int, seconds: float) -> float:
    """Photos a second of an image tower in bf16 on squares that are there already."""
    import torch

    torch.manual_seed(0)
    model = image_tower(config).eval().requires_grad_(False).to(device)
    side = config["vision_cfg"].get("image_size", 224)
    squares = torch.randn(batch, 3, side, side, device=device)
    done = 0
    with torch.inference_mode(), torch.autocast(device, torch.bfloat16):
        for _ in range(3):
            model.encode_image(squares)
        _wait(device)
        started = time.perf_counter()
        while time.perf_counter() - started < seconds:
            model.encode_image(squares)
            _wait(device)
            done += batch
    return done / (time.perf_counter() - started)


def cpu_rate(work: Callable[[Any], object], items: Sequence[Any], *, seconds: float) -> float:
    """Items a second with a thread a core."""
    done, started = 0, time.perf_counter()
    with ThreadPoolExecutor(cores()) as pool:
        while time.perf_counter() - started < seconds:
            list(pool.map(work, items))
            done += len(items)
    return done / (time.perf_counter() - started)


def measure(
    scratch: Path, *, device: str, tiny: bool, batch: int, seconds: float
) -> list[results.Line]:
    """A line for each tower, and one for each limit."""
    if tiny:
        towers: dict[str, dict[str, Any]] = {"tiny": TINY}
    else:
        import open_clip

        towers = {name: open_clip.get_model_config(name) for name in ARCHITECTURES}
    width = 640 if tiny else 4000
    paths = make_photos(scratch / f"photos-{width}-{2 * cores()}", count=2 * cores(), width=width)
    files = [path.read_bytes() for path in paths]
    decoded = [decode_image(data, PhotoSize.for_square(224)).pixels for data in files]
    lines = [
        results.Line(
            f"{name}, bf16, {device}, batches of {batch}",
            "photos/s",
            tower_rate(config, device=device, batch=batch, seconds=seconds),
        )
        for name, config in towers.items()
    ]
    for what, work, items in (
        ("resize to 224", lambda photo: square_pixels(photo, 224, "shortest"), decoded),
        ("decode and reduce", lambda data: decode_image(data, PhotoSize.for_square(224)), files),
    ):
        rate = cpu_rate(work, items, seconds=seconds)
        size = f"{width * width * 3 // 4 / 1e6:.3g}-megapixel JPEGs"
        lines.append(results.Line(f"{what}, {size}, {cores()} cores", "photos/s", rate))
    return lines


def copied_bytes(device: str) -> float:
    """Bytes a second that the memory moves when a tensor is copied, reading and writing."""
    import torch

    large = torch.empty(2**30 if device == "cuda" else 2**26, dtype=torch.uint8, device=device)
    other = torch.empty_like(large)
    best = 0.0
    for _ in range(5):
        _wait(device)
        started = time.perf_counter()
        other.copy_(large)
        _wait(device)
        best = max(best, 2 * large.numel() / (time.perf_counter() - started))
    return best


def read_lines(text: str) -> list[dict[str, Any]]:
    """The JSON objects among what a process printed."""
    found = []
    for line in text.splitlines():
        if line.startswith("{"):
            with contextlib.suppress(ValueError):
                found.append(json.loads(line))
    return found


def run_size(
    size: str, *, batches: Sequence[int], tokens: int, seconds: float
) -> list[dict[str, Any]]:
    """What `benchmarks.qwen3vl` measures of a size, in a process of its own."""
    command = [
        sys.executable, "-m", "benchmarks.qwen3vl", "--sizes", size, "--tokens", str(tokens),
        "--batches", *map(str, batches),
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, text=True, timeout=seconds, check=False
        )
        text, why = done.stdout, f"exit code {done.returncode}"
    except subprocess.TimeoutExpired as error:
        text = error.stdout.decode() if isinstance(error.stdout, bytes) else error.stdout or ""
        why = f"took more than {seconds:.0f} s"
    found = read_lines(text)
    measured = {line["batch"] for line in found}
    return found + [
        {"size": size, "batch": batch, "failed": why} for batch in batches if batch not in measured
    ]


def reading_lines(measured: Sequence[dict[str, Any]], bandwidth: float) -> list[results.Line]:
    """Lines of what was measured of Qwen3-VL.

    Args:
        measured: the objects that `benchmarks.qwen3vl` prints.
        bandwidth: bytes a second of the card's memory.
    """
    lines = []
    for one in measured:
        name = f"Qwen3-VL {one['size']}, batch {one['batch']}"
        if "failed" in one:
            lines.append(results.Line(f"{name}: {one['failed']}", "", 0.0))
            continue
        step = one["batch"] / one["static_tokens_per_s"]
        share = 1e9 * one["read_gb"] / step / bandwidth
        how = "CUDA graph" if one["is_graph"] else "static cache, not captured"
        lines += [
            results.Line(f"{name}, time to first token", "s", one["first_token_s"], more=one),
            results.Line(f"{name}, decoding, {how}", "tokens/s", one["static_tokens_per_s"]),
            results.Line(f"{name}, decoding, generate", "tokens/s", one["generate_tokens_per_s"]),
            results.Line(
                f"{name}, share of the bandwidth", "", share,
                target=0.7 if one["batch"] == 1 else None,
            ),
            results.Line(
                f"{name}, cost of the grammar", "share", one["grammar_share"],
                target=0.02, at="most",
            ),
        ]  # fmt: skip
        if one["size"] in SIZE_TABLE and one["weights_gb"]:
            table = SIZE_TABLE[one["size"]].gigabytes()
            lines += [
                results.Line(
                    f"{name}, weights over the table's", "", one["weights_gb"] / table,
                    target=1.03, at="most",
                ),
                results.Line(
                    f"{name}, most memory over what is asked for", "",
                    one["peak_memory_gb"] / needed_gb(table), target=1.0, at="most",
                ),
            ]  # fmt: skip
    return lines


def bandwidth_of(device: str) -> tuple[float, float]:
    """Bytes a second of the memory, by the data sheet if the card is known, and as measured."""
    measured = copied_bytes(device)
    if device != "cuda":
        return measured, measured
    import torch

    name = torch.cuda.get_device_name()
    known = next((rate for part, rate in BANDWIDTHS.items() if part in name), None)
    return known or measured, measured


def _wait(device: str) -> None:
    if device == "cuda":
        import torch

        torch.cuda.synchronize()


def require_device(device: str) -> None:
    """End where PyTorch cannot compute on the device, and say why."""
    import torch

    if device.startswith("cuda") and not torch.cuda.is_available():
        why = read_machine().why_no_gpu or "PyTorch finds no GPU here"
        raise SystemExit(f"{why}. --device cpu --tiny is a trial without one.")


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--minutes", type=float, default=6.5, help="after which nothing runs")
    parser.add_argument("--sizes", nargs="*", default=None)
    parser.add_argument("--scratch", type=Path, default=Path(".snapcite/bench"))
    parser.add_argument("--results", type=Path, default=results.FOLDER)
    options = parser.parse_args()
    require_device(options.device)
    ends = time.perf_counter() + 60 * options.minutes
    lines = measure(
        options.scratch,
        device=options.device,
        tiny=options.tiny,
        batch=options.batch,
        seconds=options.seconds,
    )
    results.show(lines)
    bandwidth, copied = bandwidth_of(options.device)
    measured: list[dict[str, Any]] = []
    for size in (
        options.sizes if options.sizes is not None else (["tiny"] if options.tiny else SIZES)
    ):
        left = ends - time.perf_counter()
        if left < SIZE_SECONDS / 3:
            measured.append({"size": size, "batch": 1, "failed": "left out: the time was over"})
            continue
        measured += run_size(
            size,
            batches=(1, 2) if options.tiny else (1, 8),
            tokens=8 if options.tiny else 64,
            seconds=min(left, SIZE_SECONDS),
        )
        # After each size: a machine that is taken away leaves what was measured until then.
        found = [*lines, *reading_lines(measured, bandwidth)]
        if not options.tiny:
            results.save(
                options.results, f"gpu-{options.device}", found, batch=options.batch,
                bandwidth=bandwidth, copied_bytes_per_s=copied,
            )  # fmt: skip
    results.show(reading_lines(measured, bandwidth))


if __name__ == "__main__":
    main()
