"""The two towers of an open_clip model as fp32 ONNX files, by PyTorch's exporter.

Knows nothing of int8, tokenizers or cards: `vlm.encoders.export.clip` puts the folder together.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.errors import ModelBrokenError
from vlm.encoders.open_clip import OpenClipEncoder

if TYPE_CHECKING:
    from torch import nn

OUTPUT = "unit_vector"
"""Name of the towers' output; `embedding` would clash with PyTorch's name for rows of a table."""

_OPSET = 20


def write_towers(encoder: OpenClipEncoder, folder: Path) -> None:
    """Write `image.onnx` and `text.onnx` of a model in fp32, their output called `OUTPUT`.

    `image.onnx`: uint8 (1, side, side, 3) → float32 (1, dim), of length 1.
    `text.onnx`: int64 (1, context length) → float32 (1, dim), of length 1.

    Raises:
        ModelBrokenError: the model cannot be loaded or exported.
    """
    import torch

    card, model = encoder.card, encoder.model()
    prepared = encoder.preprocessing()
    pixels = torch.zeros(1, card.image_size, card.image_size, 3, dtype=torch.uint8)
    ids = encoder.tokenizer()(["a tower"], context_length=card.max_tokens)
    image, text = _towers(model, prepared["mean"], prepared["std"])
    for tower, example, name in ((image, pixels, "pixels"), (text, ids, "input_ids")):
        file = folder / ("image.onnx" if name == "pixels" else "text.onnx")
        try:
            torch.onnx.export(
                tower,
                (example,),
                file,
                input_names=[name],
                output_names=[OUTPUT],
                opset_version=_OPSET,
                dynamo=True,
                external_data=False,
                verbose=False,
            )
        except Exception as error:  # torch, onnx and onnxscript share no base
            raise ModelBrokenError(
                f"PyTorch cannot export the tower of {card.name} that takes {name}: "
                f"{str(error).splitlines()[0] if str(error) else type(error).__name__}. "
                "Towers above 2 GB do not fit into an ONNX file; run such a model with PyTorch."
            ) from error


def _towers(
    model: Any,  # noqa: ANN401 - any of open_clip's classes, without type hints
    mean: Sequence[float],
    std: Sequence[float],
) -> "tuple[nn.Module, nn.Module]":
    """The two towers with their preparation and normalisation: from bytes to unit vectors."""
    import torch
    from torch import Tensor, nn
    from torch.nn.functional import normalize

    class ImageTower(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model
            self.mean = nn.Buffer(torch.tensor(mean).reshape(1, 3, 1, 1))
            self.std = nn.Buffer(torch.tensor(std).reshape(1, 3, 1, 1))

        def forward(self, pixels: Tensor) -> Tensor:
            shares = pixels.permute(0, 3, 1, 2).to(torch.float32) / 255
            return normalize(self.model.encode_image((shares - self.mean) / self.std), dim=-1)

    class TextTower(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Tensor) -> Tensor:
            return normalize(self.model.encode_text(input_ids), dim=-1)

    return ImageTower().eval(), TextTower().eval()
