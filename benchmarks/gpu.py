"""Photos a second of CLIP's image towers in bf16 with random weights, and what would hold them up.

    python -m benchmarks.gpu                      (--device cpu --tiny: a trial)

Three rates: the tower alone on prepared squares; this machine's cores resizing decoded photos to
such squares; and decoding 12-megapixel JPEGs. The least of them is what an index run can reach.
"""

import argparse
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

ARCHITECTURES = ("ViT-B-32", "ViT-L-14")
TINY = {
    "embed_dim": 16,
    "vision_cfg": {"image_size": 32, "layers": 1, "width": 32, "head_width": 16, "patch_size": 16},
    "text_cfg": {"context_length": 8, "vocab_size": 64, "width": 16, "heads": 1, "layers": 1},
}


def tower_rate(config: dict[str, Any], *, device: str, batch: int, seconds: float) -> float:
    """Photos a second of an image tower in bf16 on squares that are there already."""
    import open_clip
    import torch

    torch.manual_seed(0)
    model = open_clip.CLIP(**config).eval().requires_grad_(False).to(device)
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


def _wait(device: str) -> None:
    if device == "cuda":
        import torch

        torch.cuda.synchronize()


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--scratch", type=Path, default=Path(".snapcite/bench"))
    parser.add_argument("--results", type=Path, default=results.FOLDER)
    options = parser.parse_args()
    lines = measure(
        options.scratch,
        device=options.device,
        tiny=options.tiny,
        batch=options.batch,
        seconds=options.seconds,
    )
    results.show(lines)
    if not options.tiny:
        results.save(options.results, f"gpu-{options.device}", lines, batch=options.batch)


if __name__ == "__main__":
    main()
