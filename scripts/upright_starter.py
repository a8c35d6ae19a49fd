"""Learn to see which way up a photo is, from the starter's own maps, after train_places.py:

    python scripts/upright_starter.py PHOTOS [--corpora FOLDER] [--out FOLDER]

A linear layer on the mean of the last feature map and on the differences between its upper and
lower half and its left and right half. The photos are turned by all four quarters (Gidaris, Singh &
Komodakis 2018, "Unsupervised representation learning by predicting image rotations"); no label is
needed. Writes `OUT/upright.safetensors`; scripts/build_starter.py packs it with the tower.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from starter_towers import UprightHead, feature_map, halves, load_network
from torch import Tensor, nn
from torch.nn import functional
from tower_session import seen_by
from train_places import opened, places_parser, seen_photos
from train_starter import SEEN_SIDE
from whiten_starter import looked_at

from vlm.encoders.onnx import square_pixels

PHOTOS = 2000
HELD_BACK = 300
"""Photos that are not learnt from, to print how often the layer is right."""
DECAY = 1e-2
"""Weight of the squared weights, of inputs that were brought to unit spread."""


def main() -> None:
    """See photos turned by all quarters, fit, write."""
    from safetensors.torch import save_file

    options = places_parser(__doc__).parse_args()
    torch.set_num_threads(options.threads)
    seen = seen_photos(options)
    rows = np.random.default_rng(1).permutation(looked_at(seen))[:PHOTOS]
    halves_of = Halves(load_network(options.out / "places.safetensors"))
    photos = [seen.files[row] for row in rows]
    inputs = torch.from_numpy(np.stack(list(seen_by(halves_of, photos, turned))))
    head = fit(inputs[HELD_BACK:])
    found = head(inputs[:HELD_BACK].flatten(0, 1)).argmax(1).reshape(-1, 4)
    print(f"right for {(found == torch.arange(4)).float().mean():.3f} of {HELD_BACK} photos x 4")
    save_file(head.state_dict(), options.out / "upright.safetensors")


class Halves(nn.Module):
    """Pixels uint8 (1, side, side, 3) → the layer's inputs (1, d)."""

    def __init__(self, network: nn.Module) -> None:
        """`network` is the whole tower."""
        super().__init__()
        self.network = network

    def forward(self, pixels: Tensor) -> Tensor:
        """See one photo."""
        return halves(feature_map(self.network, pixels))


def turned(path: Path, _: int) -> npt.NDArray[np.uint8]:
    """A photo's middle, turned clockwise by all quarters: (4, SEEN_SIDE, SEEN_SIDE, 3)."""
    square = square_pixels(opened(path, SEEN_SIDE), SEEN_SIDE, "crop")
    return np.concatenate([np.rot90(square, -quarters, axes=(1, 2)) for quarters in range(4)])


def fit(inputs: Tensor) -> UprightHead:
    """The layer that tells the four turns of (n, 4, d) apart."""
    rows, turns = inputs.flatten(0, 1), torch.arange(4).repeat(len(inputs))
    mean, spread = rows.mean(0), rows.std(0) + 1e-3
    layer = torch.nn.Linear(rows.shape[1], 4)
    torch.nn.init.zeros_(layer.weight)
    optimizer = torch.optim.LBFGS(layer.parameters(), max_iter=200, line_search_fn="strong_wolfe")
    scaled = (rows - mean) / spread

    def loss() -> Tensor:
        optimizer.zero_grad()
        value = functional.cross_entropy(layer(scaled), turns)
        value = value + DECAY * layer.weight.square().sum() / 2
        value.backward()
        return value

    optimizer.step(loss)
    head = UprightHead()
    with torch.no_grad():
        head.layer.weight.copy_(layer.weight / spread)
        head.layer.bias.copy_(layer.bias - (layer.weight / spread) @ mean)
    return head.eval()


if __name__ == "__main__":
    main()
