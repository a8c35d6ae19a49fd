"""Half an hour of questions, hang-ups and damaged uploads: does the server grow?

    python -m benchmarks.soak --minutes 30

Memory and open files are read twice a minute. The first fifth of the time is warm-up; growth is the
median of the last fifth over that of the fifth after the warm-up. Prints a line of JSON; exits 1
where memory grew by more than a tenth, open files by more than a quarter, or an answer was not
right.
"""

import argparse
import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.asking import Client, Question, landmark_questions, learn, load
from benchmarks.machine import describe
from benchmarks.server import ROOT, Server, make_index, serving

_CLIENTS = 4
_SAMPLES = 60
"""Over the whole time; of 30 minutes, two a minute."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--index", type=Path, help="of the bundled corpora; made if not given")
    parser.add_argument("--minutes", type=float, default=30.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        index = options.index or make_index(Path(folder))
        settings = {
            "SNAPCITE_CACHE_BYTES": str(2 * 2**20),  # so that it is full, and evicts, all the time
            "SNAPCITE_REQUEST_TIMEOUT": "600",  # so that a machine that is held up fails nothing
        }
        with serving(index, settings) as server:
            measured = asyncio.run(soak(server, 60 * options.minutes))
    print(json.dumps({**measured, "machine": describe()}))
    sys.exit(0 if is_flat(measured) else 1)


async def soak(server: Server, seconds: float) -> dict[str, Any]:
    """Ask all that time; what came of it and how memory and open files went."""
    questions = landmark_questions(ROOT / "data" / "landmarks")
    known = await learn(server.url, questions)
    ends = time.monotonic() + seconds
    samples: list[tuple[float, int]] = []
    outcomes, _, _ = await asyncio.gather(
        load(server.url, questions, known, clients=_CLIENTS, seconds=seconds),
        misbehave(server, questions, ends),
        watch(server, samples, seconds),
    )
    counts = Counter(outcome.kind for outcome in outcomes)
    memory, handles = zip(*samples, strict=True)
    return {
        "minutes": round(seconds / 60, 1),
        **{kind: counts[kind] for kind in ("answered", "refused", "late", "wrong", "lost")},
        "memory_mb": [round(value) for value in spread(memory)],
        "memory_growth": round(growth(memory), 3),
        "handles": [round(value) for value in spread(handles)],
        "handles_growth": round(growth(handles), 3),
    }


async def misbehave(server: Server, questions: Sequence[Question], ends: float) -> None:
    """Hang up in the midst of questions, and send photos that are none."""
    dice = random.Random(0)
    while time.monotonic() < ends:
        question = dice.choice(questions)
        damaged = Question("damaged", question.body.replace(b"WEBP", b"WEBX", 1), None)
        async with Client(server.url) as client:
            asked = asyncio.create_task(client.ask(question))
            await asyncio.sleep(dice.uniform(0.0, 0.08))
            asked.cancel()
            await asyncio.wait([asked])
            reply = await client.ask(damaged)
        if not 400 <= reply.status < 500:
            raise RuntimeError(f"a damaged photo was answered with {reply.status}")
        await asyncio.sleep(0.2)


async def watch(server: Server, samples: list[tuple[float, int]], seconds: float) -> None:
    """Note memory in MB and open files, evenly over the time."""
    for _ in range(_SAMPLES):
        await asyncio.sleep(seconds / _SAMPLES)
        samples.append((server.memory_mb(), server.handles()))


def spread(values: Sequence[float]) -> tuple[float, float, float]:
    """Least, median and most after the warm-up."""
    warm = values[len(values) // 5 :]
    return min(warm), statistics.median(warm), max(warm)


def growth(values: Sequence[float]) -> float:
    """Median of the last fifth over that of the second.

    >>> growth([9, 9, 10, 10, 10, 10, 11, 11, 12, 12])
    1.2
    """
    fifth = len(values) // 5
    return statistics.median(values[-fifth:]) / statistics.median(values[fifth : 2 * fifth])


def is_flat(measured: dict[str, Any]) -> bool:
    """Whether nothing grew and every answer was right."""
    return bool(
        measured["memory_growth"] <= 1.1
        and measured["handles_growth"] <= 1.25  # connections come and go: some, of twenty
        and measured["wrong"] == measured["lost"] == 0
        and measured["answered"] > 0
    )


if __name__ == "__main__":
    main()
