"""Train the starter's image tower to tell places apart, after `whiten_starter.py --tower tower`:

    python scripts/train_places.py PHOTOS [--corpora FOLDER] [--out FOLDER] [--steps N]

`PHOTOS` is what scripts/place_photos.py made: `REPOSITORY/SUBJECT/NUMBER.jpg`. Everyday photos of
`CORPORA/flickr8k_1k` are seen too, each as the only photo of its subject, so that other things than
places stay apart.

Each step sees pieces of photos, changed as scans, weather and people change them
(`changed`), and pulls a piece's look

* to the looks of its subject's other photos and away from those of all others: neighbourhood
  components over a memory of the looks of all photos (Wu, Efros & Yu 2018, "Improving
  generalization via scalable neighborhood component analysis"), where the nearest others,
  lookalikes of the same kind, weigh most. A subject of one photo has only that photo, as it was,
  for neighbour;
* to what the tower made of the whole photo before this training (self-distillation), strongly for
  photos that are the only one of their subject, so that what other domains need is not unlearnt.

The first blocks stay as they are: they see edges and grain, which the first training settled, and
are half of the work. The weights that are kept are the moving average of those of all steps, and
half of them is what they were before (Wortsman et al. 2022, "Robust fine-tuning of zero-shot
models"): what is learnt of the subjects seen costs less of what was known of all others then.

Every `SAVE_EVERY` steps the state goes to `OUT/places.pt`, and the same command continues from
there; `OUT/places.safetensors` is the result. scripts/whiten_starter.py comes next.
"""

import argparse
import copy
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from changed_photos import changed
from measure_starter import CAPTIONED, flat
from PIL import Image
from safetensors.torch import load_file, save_file
from starter_towers import feature_map, load_network, pooled
from torch import Tensor, nn
from torch.nn import functional
from train_starter import SEEN_SIDE, neighbours, pace, training_parser

from vlm.encoders.onnx import square_pixels

SIDE = 256
"""Pixels of a piece's side."""
BATCH = 24
STEPS = 1700
HELD_OUT = ["pakistan", "china", "museums"]
"""Repositories that are kept for measuring."""
RATE = 2e-4
SAVE_EVERY = 100
FROZEN = 3
"""Groups of blocks, from the first, that are not trained: those up to 1/8 of the photo's side."""
TEMPERATURE = 0.07
ALONE = 0.25
"""Share of the pieces that come from photos which are the only one of their subject."""
DISTILLED = {"alone": 3.0, "together": 1.5}
"""Weight of the self-distillation for photos that are the only one of their subject, and others."""
AVERAGED = 0.998
"""Part of the averaged weights that stays at each step."""
MIXED = 0.5
"""Part of the kept weights that comes from this training; the rest is from before it."""
LEAST_SEEN = 0.35
"""Least share of a photo's area that a piece shows."""
MOST = 300
"""Photos of a subject in a repository that are seen, drawn once."""

Piece = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Seen:
    """Photos to train on: `files`, and the number of each one's subject, int64 (n,)."""

    files: Sequence[Path]
    subjects: Tensor

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """How many photos each photo's subject has: (n,)."""
        numbers = self.subjects.numpy()
        return np.asarray(np.bincount(numbers)[numbers], dtype=np.int64)

    def shares(self) -> npt.NDArray[np.float64]:
        """How often each photo is drawn: every subject with several photos alike, by the square
        root of their number; those that are alone together `ALONE`."""
        counts = self.counts
        alone = counts == 1
        together = np.where(alone, 0.0, counts**-0.5)
        both = ALONE * alone / max(1, alone.sum())
        if together.any():
            both += (1 - ALONE) * together / together.sum()
        return np.asarray(both / both.sum())


def main() -> None:
    """Train to the last step, from wherever an earlier run stopped."""
    arguments = places_parser(__doc__)
    arguments.add_argument("--steps", type=int, default=STEPS)
    options = arguments.parse_args()
    torch.set_num_threads(options.threads)
    seen = seen_photos(options)
    print(f"{len(seen.files)} photos of {int(seen.subjects.max()) + 1} subjects", flush=True)

    trained = options.out / "tower.safetensors"
    network = load_network(trained)
    for part in (network.conv_stem, network.bn1, *network.blocks[:FROZEN]):
        part.requires_grad_(False)
    basis = load_file(options.out / "tower.look.safetensors")["last_basis"]
    optimizer = torch.optim.AdamW(
        [weight for weight in network.parameters() if weight.requires_grad], lr=RATE
    )
    state = resumed(options.out / "places.pt", network, optimizer)
    if state is None:
        averaged = copy.deepcopy(network).requires_grad_(False)
        state = State(0, averaged, *first_looks(network, seen.files, basis))
    start, losses = time.monotonic(), []
    alone = torch.from_numpy(seen.counts == 1)
    first = state.step
    for step, (rows, pieces) in batches(seen, first, options.steps):
        for group in optimizer.param_groups:
            group["lr"] = RATE * pace(step, options.steps)
        looks = functional.normalize((pooled(feature_map(network, pieces)) - state.mean) @ basis)
        apart = neighbours(looks, rows, seen.subjects, state.memory, temperature=TEMPERATURE)
        weights = torch.where(alone[rows], DISTILLED["alone"], DISTILLED["together"])
        off = (weights * (1 - (looks * state.before[rows]).sum(1))).mean()
        optimizer.zero_grad(set_to_none=True)
        (apart + off).backward()
        optimizer.step()
        state.take(step, network, rows, looks.detach())
        losses.append((apart.item(), off.item()))
        if (step + 1) % SAVE_EVERY == 0 or step + 1 == options.steps:
            each = (time.monotonic() - start) / (step + 1 - first)
            apart_mean, off_mean = np.mean(losses, axis=0)
            print(f"step {step + 1}/{options.steps}  neighbours {apart_mean:.3f}  "
                  f"off {off_mean:.3f}  {each:.2f} s each", flush=True)  # fmt: skip
            losses.clear()
            save(options.out, network, optimizer, state)


def places_parser(description: str | None) -> argparse.ArgumentParser:
    """Where photos and results are, and which are held out, for this script and the next."""
    arguments = training_parser(description)
    arguments.add_argument("photos", type=Path)
    arguments.add_argument(
        "--without", nargs="*", default=HELD_OUT, help="repositories that are not seen"
    )
    return arguments


def seen_photos(options: argparse.Namespace) -> Seen:
    """Photos of places, and everyday ones."""
    found = [
        (path.parent.name, path)
        for repository in sorted(options.photos.iterdir())
        if repository.name not in options.without
        for folder in sorted(repository.iterdir())
        for path in some(sorted(folder.glob("*.jpg")))
    ]
    found += flat(options.corpora / "flickr8k_1k/images")[CAPTIONED:]
    numbers = np.unique([name for name, _ in found], return_inverse=True)[1]
    return Seen([path for _, path in found], torch.from_numpy(numbers))


def some(files: Sequence[Path]) -> list[Path]:
    """At most `MOST` of the files, the same at every run."""
    chosen = np.random.default_rng(0).permutation(len(files))[:MOST]
    return [files[i] for i in sorted(chosen)]


@dataclass
class State:
    """What a run has learnt besides the network's own weights.

    Attributes:
        step: steps taken.
        averaged: the network with the moving average of its weights.
        mean: (1280,), of the first looks.
        before: (n, dim), the looks of the whole photos before the first step.
        memory: (n, dim), the looks remembered.
    """

    step: int
    averaged: nn.Module
    mean: Tensor
    before: Tensor
    memory: Tensor

    def take(self, step: int, network: nn.Module, rows: Tensor, looks: Tensor) -> None:
        """Remember a step's looks and weights."""
        kept = functional.normalize(0.5 * self.memory[rows] + 0.5 * looks)
        self.memory = self.memory.index_copy(0, rows, kept)
        part = max(1 - AVERAGED, 1 / (step + 1))
        with torch.no_grad():
            for mean, now in zip(self.averaged.parameters(), network.parameters(), strict=True):
                mean.lerp_(now, part)
        self.step = step + 1


@torch.no_grad()
def first_looks(
    network: nn.Module, files: Sequence[Path], basis: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """The mean of all pooled maps (1280,), and twice every whole photo's look (n, dim)."""
    rows = []
    with ThreadPoolExecutor(1) as pool:
        for number, square in enumerate(pool.map(_whole, files)):
            rows.append(pooled(feature_map(network, torch.from_numpy(square)))[0])
            if (number + 1) % 1000 == 0:
                print(f"photo {number + 1}/{len(files)}", flush=True)
    raw = torch.stack(rows)
    mean = raw.mean(0)
    looks = functional.normalize((raw - mean) @ basis)
    return mean, looks, looks.clone()


def _whole(path: Path) -> Piece:
    return square_pixels(opened(path, SEEN_SIDE), SEEN_SIDE, "crop")


def batches(seen: Seen, first: int, steps: int) -> Iterator[tuple[int, tuple[Tensor, Tensor]]]:
    """Each step's batch, made while the step before it is learnt."""
    shares = seen.shares()

    def made(step: int) -> tuple[Tensor, Tensor]:
        random = np.random.default_rng(step)
        rows = random.choice(len(seen.files), BATCH, replace=False, p=shares)
        return torch.from_numpy(rows), torch.from_numpy(
            np.stack([piece(seen, row, random) for row in rows])
        )

    with ThreadPoolExecutor(1) as pool:
        following = pool.submit(made, first)
        for step in range(first, steps):
            current = following.result()
            following = pool.submit(made, step + 1)
            yield step, current


def piece(seen: Seen, row: int, random: np.random.Generator) -> Piece:
    """A changed piece of a photo: uint8 (SIDE, SIDE, 3)."""
    photo = opened(seen.files[row], SEEN_SIDE)
    edge = min(photo.size)
    part = np.sqrt(random.uniform(LEAST_SEEN, 1.0))
    ratio = np.exp(random.uniform(-0.25, 0.25)) ** 0.5
    wide, high = min(edge * part * ratio, photo.width), min(edge * part / ratio, photo.height)
    left, top = (photo.width - wide) * random.random(), (photo.height - high) * random.random()
    cut = photo.crop((int(left), int(top), int(left + wide), int(top + high)))
    if random.random() < 0.5:
        cut = cut.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    small = cut.resize((SIDE, SIDE), Image.Resampling.BICUBIC, reducing_gap=2.0)
    other = opened(seen.files[int(random.integers(len(seen.files)))], SIDE)
    return np.asarray(changed(small, other, random), dtype=np.uint8)


def opened(path: Path, side: int) -> Image.Image:
    """A photo, at least `side` pixels on its shorter side where it has as many."""
    photo = Image.open(path)
    photo.draft("RGB", (side, side))
    return photo.convert("RGB")


def resumed(path: Path, network: nn.Module, optimizer: torch.optim.Optimizer) -> State | None:
    """Take up an earlier run, if there is one."""
    if not path.exists():
        return None
    kept = torch.load(path, weights_only=True)
    network.load_state_dict(kept["network"])
    optimizer.load_state_dict(kept["optimizer"])
    averaged = copy.deepcopy(network).requires_grad_(False)
    averaged.load_state_dict(kept["averaged"])
    return State(kept["step"], averaged, kept["mean"], kept["before"], kept["memory"])


def save(out: Path, network: nn.Module, optimizer: torch.optim.Optimizer, state: State) -> None:
    """Write state and averaged weights, each in one go."""
    part = out / "places.part"
    torch.save(
        {
            "network": network.state_dict(),
            "optimizer": optimizer.state_dict(),
            "averaged": state.averaged.state_dict(),
            "step": state.step,
            "mean": state.mean,
            "before": state.before,
            "memory": state.memory,
        },
        part,
    )
    part.replace(out / "places.pt")
    before = load_file(out / "tower.safetensors")
    save_file(mixed(before, state.averaged.state_dict()), part)
    part.replace(out / "places.safetensors")


def mixed(before: Mapping[str, Tensor], after: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """`MIXED` parts of `after` in `before`; what is no weight, as it was."""
    return {
        name: (value.lerp(after[name], MIXED) if value.is_floating_point() else value).contiguous()
        for name, value in before.items()
    }


if __name__ == "__main__":
    main()
