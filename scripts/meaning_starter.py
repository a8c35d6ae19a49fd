"""Fit the starter's classifier to its trained tower, after scripts/train_places.py:

    python scripts/meaning_starter.py PHOTOS [--corpora FOLDER] [--out FOLDER]

The half of a photo's vector that texts are compared with comes from ImageNet's classifier. Training
moved the maps under it. Its weights are moved as little as brings its logits back to what they were
with the tower as its package has it (ridge regression on photos that the training saw; no label is
needed). Writes `OUT/classifier.safetensors`; scripts/build_starter.py puts it into the tower.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from starter_towers import Lite2, feature_map, load_network
from torch import Tensor, nn
from tower_session import seen_by
from train_places import opened, places_parser, seen_photos
from train_starter import SEEN_SIDE
from whiten_starter import looked_at

from vlm.encoders.onnx import square_pixels

RIDGE = 0.01
"""Of the squared change of a weight, per unit of its input's spread."""


def main() -> None:
    """See photos by both towers, fit, write."""
    from safetensors.torch import save_file

    options = places_parser(__doc__).parse_args()
    torch.set_num_threads(options.threads)
    seen = seen_photos(options)
    photos = [seen.files[row] for row in looked_at(seen)]
    before, after = (
        torch.from_numpy(np.concatenate(list(seen_by(Means(network), photos, square))))
        for network in (load_network(), load_network(options.out / "places.safetensors"))
    )
    classifier = load_network().classifier
    weight = moved(classifier.weight.detach(), before, after)
    for name, used in (("before", classifier.weight.detach()), ("after", weight)):
        off = ((after @ used.T) - (before @ classifier.weight.T)).square().mean().sqrt()
        print(f"logits off by {off:.3f} {name} the fit")
    arrays = {"weight": weight.contiguous(), "bias": classifier.bias.detach()}
    save_file(arrays, options.out / "classifier.safetensors")


class Means(nn.Module):
    """Pixels uint8 (1, side, side, 3) → what the classifier sees of them (1, 1280)."""

    def __init__(self, network: Lite2) -> None:
        """`network` is the whole tower."""
        super().__init__()
        self.network = network

    def forward(self, pixels: Tensor) -> Tensor:
        """See one photo."""
        means: Tensor = feature_map(self.network, pixels).mean((2, 3))
        return means


def square(path: Path, _: int) -> npt.NDArray[np.uint8]:
    """A photo's middle: (1, SEEN_SIDE, SEEN_SIDE, 3)."""
    return square_pixels(opened(path, SEEN_SIDE), SEEN_SIDE, "crop")


def moved(weight: Tensor, before: Tensor, after: Tensor) -> Tensor:
    """The weights (classes, c) moved so that `after` (n, c) gives what they gave for `before`."""
    inputs, wanted = after.double(), (before - after).double() @ weight.double().T
    gram = inputs.T @ inputs
    penalty = RIDGE * gram.diagonal().mean() * torch.eye(len(gram), dtype=torch.float64)
    change = torch.linalg.solve(gram + penalty, inputs.T @ wanted).T
    new: Tensor = (weight + change).to(weight.dtype)
    return new


if __name__ == "__main__":
    main()
