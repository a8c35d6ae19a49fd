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

_MIDDLE = 128
"""What is taken from each byte: small numbers of both signs lose less by int8 weights."""


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
    image, text = _towers(model, prepared["mean"], prepared["std"], card.image_size)
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
    side: int,
) -> "tuple[nn.Module, nn.Module]":
    """The two towers with their preparation and normalisation: from bytes to unit vectors."""
    import torch
    from torch import Tensor, nn
    from torch.nn.functional import normalize

    means = torch.tensor(mean).reshape(1, 3, 1, 1)
    stds = torch.tensor(std).reshape(1, 3, 1, 1)
    place = _patch_layer(model, side)
    seeing = model if place is None else _with_patch_product(model, place, means, stds)

    class ImageTower(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = seeing
            self.mean, self.std = nn.Buffer(means), nn.Buffer(stds)

        def forward(self, pixels: Tensor) -> Tensor:
            image = pixels.permute(0, 3, 1, 2)
            if place is None:
                image = (image.to(torch.float32) / 255 - self.mean) / self.std
            return normalize(self.model.encode_image(image), dim=-1)

    class TextTower(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Tensor) -> Tensor:
            return normalize(self.model.encode_text(input_ids), dim=-1)

    return ImageTower().eval(), TextTower().eval()


def _patch_layer(model: Any, side: int) -> str | None:  # noqa: ANN401 - see above
    """Name of the convolution that cuts a photo into patches which do not overlap; None where the
    tower does not begin with one."""
    import torch
    from torch import nn

    image = torch.rand(1, 3, side, side, generator=torch.Generator().manual_seed(0))
    first: list[tuple[str, Any]] = []
    hooks = [
        layer.register_forward_pre_hook(
            lambda _, inputs, name=name: first.append((name, inputs[0])) if not first else None
        )
        for name, layer in model.visual.named_modules()
        if isinstance(layer, nn.Conv2d | nn.Linear | nn.LayerNorm)
    ]
    try:
        with torch.no_grad():
            model.encode_image(image)
    finally:
        for hook in hooks:
            hook.remove()
    name, given = first[0] if first else ("", None)
    layer = model.visual.get_submodule(name)
    if (
        isinstance(layer, nn.Conv2d)
        and layer.kernel_size == layer.stride
        and layer.padding in ((0, 0), "valid")
        and layer.dilation == (1, 1)
        and layer.groups == 1
        and given is not None
        and torch.equal(given, image)
    ):
        return name
    return None


def _with_patch_product(model: Any, place: str, mean: Any, std: Any) -> Any:  # noqa: ANN401
    """A copy of a model whose patch layer takes bytes, and is a matrix product as all others are.

    A convolution is not rounded to int8, and normalising first takes three passes over the photo.
    With w and b of the layer, a byte x becomes w · (x / 255 - mean) / std + b, which is
    w / (255 · std) · (x - 128) and a constant.
    """
    import copy

    import torch
    from torch import Tensor, nn

    copied = copy.deepcopy(model)
    layer = copied.visual.get_submodule(place)
    weight = layer.weight.detach()  # (dim, 3, height, width) of a patch
    bias = layer.bias.detach() if layer.bias is not None else torch.zeros(weight.shape[0])
    scaled = weight / (255 * std)
    constant = bias + (weight * ((_MIDDLE / 255 - mean) / std)).sum(dim=(1, 2, 3))
    height, width = layer.kernel_size

    class PatchProduct(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Buffer(scaled.reshape(len(scaled), -1).T.contiguous())
            self.bias = nn.Buffer(constant)

        def forward(self, image: Tensor) -> Tensor:  # uint8 (1, 3, side, side)
            down, across = image.shape[2] // height, image.shape[3] // width
            whole = image[:, :, : down * height, : across * width]
            patches = whole.reshape(1, 3, down, height, across, width).permute(0, 2, 4, 1, 3, 5)
            rows = patches.reshape(1, down * across, -1).to(torch.float32) - _MIDDLE
            product = rows @ self.weight + self.bias  # (1, patches, dim)
            return product.transpose(1, 2).reshape(1, -1, down, across)

    parent, _, name = place.rpartition(".")
    setattr(copied.visual.get_submodule(parent), name, PatchProduct())
    return copied
