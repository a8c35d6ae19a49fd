"""An open_clip model → a folder of ONNX files that `vlm.encoders.onnx` runs without PyTorch.

The export is checked before it is moved to its folder: its vectors of real photos and of sentences
are compared with the model's own. Needs `.[models]`, which is imported only when an export runs.
"""

import json
import logging
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from knowledge.errors import ConfigurationError, DiskFullError, ModelBrokenError
from vlm.encoders.base import Embeddings
from vlm.encoders.export.quantize import Feed, keep_worst, prepare, quantize_matrices
from vlm.encoders.export.tokenizer import save_tokenizer
from vlm.encoders.export.towers import OUTPUT, write_towers
from vlm.encoders.onnx import OnnxEncoder
from vlm.encoders.open_clip import OpenClipEncoder

logger = logging.getLogger(__name__)

MEAN_COSINE = 0.99
LOWEST_COSINE = 0.98
"""Least cosine between an export's vectors and the model's own, on average and at worst."""

SENTENCES = (
    "When was this tower completed?",
    "The old railway station was built in 1912 and demolished in 1992.",
    "Is the building in the photo still standing today?",
    "The temple is dedicated to the sun god and has the shape of a chariot.",
    "A black-and-white photograph of a bridge over a wide river.",
    "It has been used as a museum since the fire; the site is open to visitors.",
    "Notre-Dame’s spire, 96 m high, was rebuilt by Viollet-le-Duc & reopened “in 2024”.",
    "这座楼什么时候建成的？",
    "济南老火车站建于1912年，1992年被拆除。",
)
_RANKED_ON = 4
"""Photos or sentences that rank the layers."""
_MAX_FILE = 2_000_000_000


@dataclass(frozen=True, slots=True)
class ExportReport:
    """An export, with its measured quality and size.

    Attributes:
        folder: where it is.
        photo_cosines: mean and lowest cosine to the model's own vectors, of photos.
        text_cosines: the same for sentences.
        kept_float: layers that stayed in float because int8 was too inexact, by tower.
        bytes: size of the folder.
    """

    folder: Path
    photo_cosines: tuple[float, float]
    text_cosines: tuple[float, float]
    kept_float: dict[str, list[str]]
    bytes: int


def export_encoder(
    encoder: OpenClipEncoder,
    out: Path,
    *,
    int8: bool,
    photos: Sequence[Image.Image],
    on_step: Callable[[str], None] = lambda step: None,
) -> ExportReport:
    """Export a model and check the result.

    Args:
        encoder: the model in fp32 on the CPU, which the export is compared with.
        out: a folder that does not exist yet, or is empty.
        int8: whether to round the matrices to int8: a quarter of the size, several times as fast.
        photos: real photos to check on, upright, RGB.
        on_step: called with a sentence that says what is being done.

    Raises:
        ConfigurationError: `out` is not empty, or no photos were given.
        DiskFullError: the disk has no room for the export and its intermediate files.
        ModelBrokenError: the model cannot be exported, or the export fails its check.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ConfigurationError(f"{out} is not empty; remove it or give another --out.")
    if not photos:
        raise ConfigurationError("The export needs photos to check itself, and none were given.")
    out.parent.mkdir(parents=True, exist_ok=True)
    check_room(encoder.files.weights.stat().st_size, out.parent)
    try:
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".export-") as scratch:
            report = _export(encoder, Path(scratch), int8=int8, photos=photos, on_step=on_step)
            if out.exists():
                out.rmdir()
            (Path(scratch) / "ready").rename(out)
    except OSError as error:
        raise DiskFullError(f"The export cannot be written to {out}: {error.strerror}.") from error
    return ExportReport(out, **report)


def check_room(weights: int, folder: Path) -> None:
    """Check that the disk can hold an exact and a prepared model beside the result.

    Raises:
        DiskFullError: it cannot.
    """
    free, needed = shutil.disk_usage(folder).free, 3 * weights
    if free < needed:
        raise DiskFullError(
            f"The export needs about {needed / 1e9:.1f} GB in {folder} for a while and "
            f"{free / 1e9:.1f} GB are free; make room, or give --out on another disk."
        )


def _export(
    encoder: OpenClipEncoder,
    scratch: Path,
    *,
    int8: bool,
    photos: Sequence[Image.Image],
    on_step: Callable[[str], None],
) -> dict[str, Any]:
    exact, ready = scratch / "exact", scratch / "ready"
    for folder in (exact, ready):
        folder.mkdir()
    on_step("the model itself on photos and sentences")
    wanted = {"image": encoder.encode_images(photos), "text": encoder.encode_texts(SENTENCES)}
    on_step("fp32 towers")
    write_towers(encoder, exact)
    save_tokenizer(encoder, exact / "tokenizer.json")
    _write_card(encoder, exact, precision="fp32", measured={})
    for name in ("card.json", "tokenizer.json"):
        shutil.copyfile(exact / name, ready / name)
    one = OnnxEncoder(exact)
    feeds = {"image": one.image_feeds(photos), "text": one.text_feeds(SENTENCES)}
    kept: dict[str, list[str]] = {}
    cosines: dict[str, tuple[float, float]] = {}
    for tower in ("image", "text"):
        name = f"{tower}.onnx"
        prepare(exact / name, scratch / name, output=OUTPUT)
        (exact / name).unlink()
        if int8:
            on_step(f"{tower} tower in int8")
            quantize_matrices(scratch / name, ready / name)
        else:
            shutil.move(scratch / name, ready / name)

        def check(name: str = name, tower: str = tower) -> bool:
            cosines[tower] = _cosines(_run(ready / name, feeds[tower]), wanted[tower])
            return _good(cosines[tower])

        good = check()
        if int8 and not good:
            on_step(f"{tower} tower: which layers to keep in float")
            ranked_on = feeds[tower][:_RANKED_ON]
            kept[tower] = keep_worst(scratch / name, ready / name, ranked_on, check)
        if not _good(cosines[tower]):
            raise _failed(encoder.card.name, tower, cosines[tower])
    _write_card(
        encoder,
        ready,
        precision="int8" if int8 else "fp32",
        measured={
            "photo_cosine": dict(zip(("mean", "lowest"), cosines["image"], strict=True)),
            "text_cosine": dict(zip(("mean", "lowest"), cosines["text"], strict=True)),
            "kept_float": kept,
        },
    )
    _check_files(ready)
    size = sum(path.stat().st_size for path in ready.iterdir())
    return {
        "photo_cosines": cosines["image"],
        "text_cosines": cosines["text"],
        "kept_float": kept,
        "bytes": size,
    }


def _write_card(
    encoder: OpenClipEncoder, folder: Path, *, precision: str, measured: dict[str, Any]
) -> None:
    card, prepared = encoder.card, encoder.preprocessing()
    written = {
        "name": f"{card.name}@onnx-{precision}",
        "dim": card.dim,
        "image_size": card.image_size,
        "resize": prepared["resize_mode"],
        "interpolation": prepared["interpolation"],
        "mean": list(prepared["mean"]),
        "std": list(prepared["std"]),
        "max_tokens": card.max_tokens,
        "pad_to": card.max_tokens,
        "pad_id": encoder.pad_id(),
        "languages": list(card.languages),
        "foreign_below": card.foreign_below,
        "precision": precision,
        "purpose": f"{card.name} on a CPU, without PyTorch",
        "made_from": {"encoder": card.name, "fingerprint": card.fingerprint},
        "measured": measured,
    }
    (folder / "card.json").write_text(
        json.dumps(written, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )


def _run(path: Path, feeds: Sequence[Feed]) -> Embeddings:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return np.concatenate([session.run(["embedding"], dict(feed))[0] for feed in feeds])


def _cosines(ours: Embeddings, wanted: Embeddings) -> tuple[float, float]:
    cosines = np.sum(ours * wanted, axis=1)
    return round(float(cosines.mean()), 5), round(float(cosines.min()), 5)


def _good(cosines: tuple[float, float]) -> bool:
    return cosines[0] >= MEAN_COSINE and cosines[1] >= LOWEST_COSINE


def _failed(name: str, tower: str, cosines: tuple[float, float]) -> ModelBrokenError:
    return ModelBrokenError(
        f"The export of {name} fails its own check: its {tower} vectors have a cosine to the "
        f"model's own of {cosines[0]:.3f} on average and {cosines[1]:.3f} at worst, where "
        f"{MEAN_COSINE} and {LOWEST_COSINE} are required. Nothing was written. Export without "
        "--int8, or run the model with PyTorch."
    )


def _check_files(folder: Path) -> None:
    for path in folder.glob("*.onnx"):
        if path.stat().st_size > _MAX_FILE:
            raise ModelBrokenError(f"{path.name} would have more than 2 GB; use --int8.")
    OnnxEncoder(folder)
