"""Learn which directions of look distinguish subjects, after `scripts/train_starter.py`:

    python scripts/whiten_starter.py [--corpora FOLDER] [--out FOLDER]

Looks of one subject differ: with the print, with the crop, from one photo to the next. Directions
in which they differ much say little about the subject and are shortened (within-class whitening:
Mikolajczyk & Matas 2007, "Improving descriptors for fast tree matching by optimal linear
projection"); then the `LOOK_DIM` directions in which all looks differ most are kept.

Uses only the photos that the training used. Writes `OUT/basis.safetensors` beside the
training's `tower.safetensors`; scripts/build_starter.py packs both.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from old_photos import KINDS, old_photo
from PIL import Image
from starter_towers import LOOK_DIM, feature_map, load_network, mean_look, unit_look
from torch import Tensor
from train_starter import SEEN_SIDE, load_photos, numbered, training_files, training_parser

from vlm.encoders.onnx import square_pixels

PRINTS = 2
"""Old prints made of each photo."""
WEIGHTS = {"print": 2.0, "crop": 1.0, "subject": 0.5}
"""How much each kind of spread counts."""
RIDGE = 1e-3
"""Variance added in every direction, against spreads that so few photos only seem to lack."""

Floats = npt.NDArray[np.float64]


def main() -> None:
    """See every photo four ways, fit, write."""
    from safetensors.torch import save_file

    options = training_parser(__doc__).parse_args()
    torch.set_num_threads(options.threads)
    files = training_files(options.corpora, options.landmarks)
    photos = load_photos([path for _, path in files], options.out / "photos")
    subjects = numbered(files).numpy()
    looks = see(options.out / "tower.safetensors", photos)
    basis = fit_basis(looks, subjects)
    save_file({"basis": torch.from_numpy(basis)}, options.out / "basis.safetensors")
    print(f"{options.out / 'basis.safetensors'}: {basis.shape[0]} to {basis.shape[1]} dimensions")


@torch.no_grad()
def see(tower: Path, photos: Sequence[Image.Image]) -> Floats:
    """Looks (n, 2 + PRINTS, 1280) of each photo: as it is, cropped, and as old prints."""
    network = load_network(tower)
    mean = mean_look(network)
    seen: list[Tensor] = []
    for number, photo in enumerate(photos):
        squares = np.concatenate(
            [square_pixels(v, SEEN_SIDE, "crop") for v in views(photo, number)]
        )
        seen.append(unit_look(feature_map(network, torch.from_numpy(squares)), mean))
        if (number + 1) % 100 == 0 or number + 1 == len(photos):
            print(f"photo {number + 1}/{len(photos)}", flush=True)
    return torch.stack(seen).numpy().astype(np.float64)


def views(photo: Image.Image, number: int) -> Iterator[Image.Image]:
    """A photo as it is, cropped, and as `PRINTS` old prints; the same at every run."""
    yield photo
    yield KINDS["crop"](photo, np.random.default_rng(number))
    for print_ in range(PRINTS):
        yield old_photo(photo, "aged", number + print_ * 1_000_000)


def fit_basis(looks: Floats, subjects: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """Directions (1280, LOOK_DIM), each as long as what it says of the subject is worth.

    Args:
        looks: (n, views, 1280), of length 1; the first view is the photo as it is.
        subjects: (n,), numbered from 0.
    """
    whole, cropped, *prints = np.moveaxis(looks, 1, 0)
    spreads = {
        "print": np.mean([scatter(whole - one) for one in prints], axis=0),
        "crop": scatter(whole - cropped),
        "subject": 2 * within_subjects(whole, subjects),  # as of the difference of two photos
    }
    spread = sum(weight * spreads[name] for name, weight in WEIGHTS.items())
    variances, directions = np.linalg.eigh(spread)
    whitening = directions / np.sqrt(variances + RIDGE) @ directions.T
    white = whole @ whitening
    white /= np.linalg.norm(white, axis=1, keepdims=True)
    _, _, kept = np.linalg.svd(white, full_matrices=False)
    basis: npt.NDArray[np.float32] = (whitening @ kept[:LOOK_DIM].T).astype(np.float32)
    return basis


def within_subjects(looks: Floats, subjects: npt.NDArray[np.int64]) -> Floats:
    """Spread of looks around their subject's mean, of subjects with several photos."""
    counts = np.bincount(subjects)
    means = (
        np.stack([np.bincount(subjects, column) for column in looks.T], axis=1) / counts[:, None]
    )
    several = counts[subjects] > 1
    return scatter(looks[several] - means[subjects[several]])


def scatter(differences: Floats) -> Floats:
    """Mean outer product of the rows."""
    mean: Floats = differences.T @ differences / len(differences)
    return mean


if __name__ == "__main__":
    main()
