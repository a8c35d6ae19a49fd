"""Learn which directions of look distinguish subjects, before and after `scripts/train_places.py`:

    python scripts/whiten_starter.py PHOTOS [--tower NAME] [--corpora FOLDER] [--out FOLDER]

Looks of one subject differ: with the print, with the crop, from one photo to the next. Directions
in which they differ much say little about the subject and are shortened (within-class whitening:
Mikolajczyk & Matas 2007, "Improving descriptors for fast tree matching by optimal linear
projection"); then the directions in which all looks differ most are kept: of the last map
`LAST_DIM`, of the one in the middle `MIDDLE_DIM`.

Uses only photos that the trainings used, at most `MOST` a subject. Writes the means and the
directions of the tower `OUT/NAME.safetensors` to `OUT/NAME.look.safetensors`: those of `tower`,
which scripts/train_starter.py made, are what scripts/train_places.py trains in; those of `places`
are packed with the tower by scripts/build_starter.py.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from measure_starter import File
from old_photos import KINDS, old_photo
from PIL import Image
from starter_towers import LAST_DIM, MIDDLE_DIM, load_network, pooled, two_maps
from torch import Tensor, nn
from tower_session import seen_by
from train_places import Seen, opened, places_parser, seen_photos
from train_starter import SEEN_SIDE, training_files

from vlm.encoders.onnx import square_pixels

MOST = 25
"""Photos of a subject that are looked at."""
ALONE = 700
"""Photos that are the only one of their subject that are looked at."""
WEIGHTS = {"print": 0.3, "crop": 0.3, "subject": 1.0}
"""How much each kind of spread counts."""
RIDGE = 1e-3
"""Variance added in every direction, against spreads that so few photos only seem to lack."""

Floats = npt.NDArray[np.float64]


def main() -> None:
    """See every photo three ways, fit, write."""
    from safetensors.torch import save_file

    arguments = places_parser(__doc__)
    arguments.add_argument("--tower", default="places")
    options = arguments.parse_args()
    torch.set_num_threads(options.threads)
    seen = with_monuments(seen_photos(options), training_files(options.corpora, options.landmarks))
    rows = looked_at(seen)
    subjects = np.unique(seen.subjects[rows].numpy(), return_inverse=True)[1]
    maps = see(options.out / f"{options.tower}.safetensors", [seen.files[row] for row in rows])
    arrays = {}
    for name, looks, dim in zip(("last", "middle"), maps, (LAST_DIM, MIDDLE_DIM), strict=True):
        mean, basis = fit_basis(looks, subjects, dim)
        arrays[f"{name}_mean"], arrays[f"{name}_basis"] = map(torch.from_numpy, (mean, basis))
    save_file(arrays, options.out / f"{options.tower}.look.safetensors")


def with_monuments(places: Seen, first: Sequence[File]) -> Seen:
    """The photos of places, and those of scripts/train_starter.py that show a subject twice."""
    names = [name for name, _ in first]
    several = [(name, path) for name, path in first if names.count(name) > 1]
    beyond = int(places.subjects.max()) + 1
    numbers = beyond + np.unique([name for name, _ in several], return_inverse=True)[1]
    return Seen(
        [*places.files, *(path for _, path in several)],
        torch.cat([places.subjects, torch.from_numpy(numbers)]),
    )


def looked_at(seen: Seen) -> list[int]:
    """Rows of the photos that are looked at, the same at every run."""
    random = np.random.default_rng(0)
    subjects, counts = seen.subjects.numpy(), seen.counts
    alone = np.flatnonzero(counts == 1)
    rows = list(random.permutation(alone)[:ALONE])
    for subject in np.unique(subjects[counts > 1]):
        rows += list(random.permutation(np.flatnonzero(subjects == subject))[:MOST])
    return sorted(int(row) for row in rows)


class PooledMaps(nn.Module):
    """Pixels uint8 (1, side, side, 3) → the pooled last map and the pooled middle map, beside each
    other: (1, 1280 + 720)."""

    def __init__(self, network: nn.Module) -> None:
        """`network` is the whole tower."""
        super().__init__()
        self.network = network

    def forward(self, pixels: Tensor) -> Tensor:
        """See one photo."""
        middle, last = two_maps(self.network, pixels)
        return torch.cat([pooled(last), pooled(middle)], dim=1)


def see(tower: Path, files: Sequence[Path]) -> tuple[Floats, Floats]:
    """The pooled last maps (n, 3, 1280) and middle maps (n, 3, 720) of each photo: as it is,
    cropped, and as an old print."""
    both = np.stack(list(seen_by(PooledMaps(load_network(tower)), files, squares)))
    return both[..., :1280].astype(np.float64), both[..., 1280:].astype(np.float64)


def squares(path: Path, number: int) -> npt.NDArray[np.uint8]:
    """The middle of each of a photo's views: (3, SEEN_SIDE, SEEN_SIDE, 3)."""
    photo = opened(path, SEEN_SIDE)
    return np.concatenate([square_pixels(v, SEEN_SIDE, "crop") for v in views(photo, number)])


def views(photo: Image.Image, number: int) -> Iterator[Image.Image]:
    """A photo as it is, cropped, and as an old print; the same at every run."""
    yield photo
    yield KINDS["crop"](photo, np.random.default_rng(number))
    yield old_photo(photo, "aged", number)


def fit_basis(
    looks: Floats, subjects: npt.NDArray[np.int64], dim: int
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """The mean look (c,), and directions (c, dim), each as long as what it says of the subject is
    worth.

    Args:
        looks: (n, views, c), of length 1; the first view is the photo as it is.
        subjects: (n,), numbered from 0.
        dim: how many directions are kept.
    """
    mean = looks[:, 0].mean(axis=0)
    centred = looks - mean
    centred /= np.linalg.norm(centred, axis=2, keepdims=True)
    whole, cropped, aged = np.moveaxis(centred, 1, 0)
    spreads = {
        "print": scatter(whole - aged),
        "crop": scatter(whole - cropped),
        "subject": 2 * within_subjects(whole, subjects),  # as of the difference of two photos
    }
    spread = sum(weight * spreads[name] for name, weight in WEIGHTS.items())
    variances, directions = np.linalg.eigh(spread)
    whitening = directions / np.sqrt(variances + RIDGE) @ directions.T
    white = whole @ whitening
    white /= np.linalg.norm(white, axis=1, keepdims=True)
    _, _, kept = np.linalg.svd(white, full_matrices=False)
    basis: npt.NDArray[np.float32] = (whitening @ kept[:dim].T).astype(np.float32)
    return mean.astype(np.float32), basis


def within_subjects(looks: Floats, subjects: npt.NDArray[np.int64]) -> Floats:
    """Spread of looks around their subject's mean, every subject with several photos alike."""
    counts = np.bincount(subjects)
    means = (
        np.stack([np.bincount(subjects, column) for column in looks.T], axis=1) / counts[:, None]
    )
    several = counts[subjects] > 1
    weights = np.sqrt(1 / counts[subjects])[several, None]
    spread = scatter((looks[several] - means[subjects[several]]) * weights)
    mean: Floats = spread * several.sum() / (counts > 1).sum()
    return mean


def scatter(differences: Floats) -> Floats:
    """Mean outer product of the rows."""
    mean: Floats = differences.T @ differences / len(differences)
    return mean


if __name__ == "__main__":
    main()
