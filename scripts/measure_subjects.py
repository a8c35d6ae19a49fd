"""How recall from one photo grows with the number of subjects learnt from:

    python scripts/measure_subjects.py PHOTOS [--corpora FOLDER] [--out FOLDER]

The directions of look (scripts/whiten_starter.py) are fitted on the photos of 4, 8, 16 … of the
training's subjects, drawn `DRAWN` times over, and asked about subjects that were held out, one
indexed photo each, as scripts/measure_places.py does. The tower is left as it is: training it on
each number of subjects would take hours. Prints recall@1 and @5, means over subjects and draws.
"""

from pathlib import Path

import numpy as np
from measure_places import Subject, held_out, recall_at_one_and_five
from starter_towers import LAST_DIM, load_network
from tower_session import seen_by
from train_places import places_parser, seen_photos
from train_starter import SEEN_SIDE
from whiten_starter import Floats, PooledMaps, fit_basis, looked_at, squares

from vlm.encoders.onnx import square_pixels
from vlm.images import PhotoSize, decode_image

DRAWN = 3
LEAST = 4


def main() -> None:
    """See all photos once, then fit and ask for each number."""
    options = places_parser(__doc__).parse_args()
    tower = PooledMaps(load_network(options.out / "places.safetensors"))
    seen = seen_photos(options)
    rows = looked_at(seen)
    maps = np.stack(list(seen_by(tower, [seen.files[row] for row in rows], squares)))
    numbers, counts = np.unique(seen.subjects[rows].numpy(), return_counts=True)
    subjects = seen.subjects[rows].numpy()
    several = numbers[counts > 1]
    asked = held_out(options.photos, options.corpora / "indian_monuments/photos")
    files = [path for subject in asked for path in subject.files]
    views = np.concatenate(list(seen_by(tower, files, whole)))[:, :1280].astype(np.float64)
    sizes = [2**n for n in range(20) if LEAST <= 2**n < len(several)]
    for size in [*sizes, len(several)]:
        found = []
        for draw in range(DRAWN if size < len(several) else 1):
            some = np.random.default_rng(draw).permutation(several)[:size]
            chosen = np.isin(subjects, some)
            looks = maps[chosen][..., :1280].astype(np.float64)
            found.append(measured(looks, subjects[chosen], views, asked))
        at_1, at_5 = np.mean(found, axis=0)
        print(f"{size:4d} subjects  recall@1 {at_1:.3f}  recall@5 {at_5:.3f}", flush=True)


def whole(path: Path, _: int) -> np.ndarray:
    """A photo's middle: (1, SEEN_SIDE, SEEN_SIDE, 3)."""
    photo = decode_image(path.read_bytes(), PhotoSize(2 * SEEN_SIDE)).pixels
    return square_pixels(photo, SEEN_SIDE, "crop")


def measured(looks: Floats, subjects: np.ndarray, views: Floats, asked: list[Subject]) -> Floats:
    """Recall at 1 and 5 of the held-out subjects with directions fitted on these looks: (2,)."""
    numbered = np.unique(subjects, return_inverse=True)[1]
    mean, basis = fit_basis(looks, numbered, min(LAST_DIM, len(looks) - 1))
    vectors = (views - mean) @ basis
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    rows = np.cumsum([0, *(len(subject.files) for subject in asked)])
    nobody = np.zeros((1, vectors.shape[1]))
    recalls = recall_at_one_and_five(rows, vectors, vectors[:, None], nobody, 1)
    means: Floats = np.stack(recalls).mean(axis=1)
    return means


if __name__ == "__main__":
    main()
