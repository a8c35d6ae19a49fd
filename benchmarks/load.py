"""200 clients at once for a minute, and what becomes of them.

    python -m benchmarks.load

Every question is about a photo whose answer is known from before, so that a mixed-up answer is
seen. The cache is off. Prints a line of JSON; exits 1 where a promise is not kept: an answer lost
or mixed up, p99 beyond the requests' time, nobody refused by 429, or more than 5 seconds until an
answer takes as long as in an idle server again.

`throughput_share`: answers a second as a share of (1 / encode time) × cores, the encode time being
that of one query in the idle server, on one core. Client and server share the cores;
`share_of_cores_used` is the same of the processor time that the server was given. All clients ask
their first question in the same instant; `later_refusal_p99_ms` leaves that second out.

    python -m benchmarks.load --index http://127.0.0.1:6333/snapcite --workers 2 \
        --redis redis://127.0.0.1:6379/0 --rounds 3 --seconds 20

compares one process with several workers over a Qdrant server that holds the bundled corpora
(`snapcite push`). Both servers run all the time and are loaded in turn, so that whatever else the
machine does falls on both. Prints a line of JSON a round and one with the ratio of all.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.asking import Client, Known, Outcome, Question, landmark_questions, learn, load
from benchmarks.machine import describe
from benchmarks.server import ROOT, Server, make_index, serving

REQUEST_SECONDS = 10.0
RECOVERY_SECONDS = 5.0
_SETTLE_SECONDS = 10.0
_IDLE = 40
"""Questions asked one by one to know an idle server."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--index", help="of the bundled corpora; made if not given")
    parser.add_argument("--workers", type=int, help="compare one process with so many workers")
    parser.add_argument("--redis", help="that the workers share")
    parser.add_argument("--rounds", type=int, default=3, help="of the comparison")
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--queue", type=int, default=64)
    options = parser.parse_args()
    settings = {
        "SNAPCITE_CACHE_SECONDS": "0",
        "SNAPCITE_ENCODER_QUEUE": str(options.queue),
        "SNAPCITE_REQUEST_TIMEOUT": str(REQUEST_SECONDS),
    }
    if options.workers:
        settings["SNAPCITE_REDIS_URL"] = options.redis
        compare(options, settings)
        return
    with tempfile.TemporaryDirectory() as folder:
        index = options.index or make_index(Path(folder))
        with serving(index, settings) as server:
            questions = landmark_questions(ROOT / "data" / "landmarks")
            measured = asyncio.run(
                measure(server, questions, clients=options.clients, seconds=options.seconds)
            )
    print(json.dumps({**measured, "machine": describe()}))
    sys.exit(0 if kept(measured) else 1)


def compare(options: argparse.Namespace, settings: Mapping[str, str]) -> None:
    """Load one process and several workers in turn, and print how many answers each gave."""
    questions = landmark_questions(ROOT / "data" / "landmarks")
    answered: dict[int, float] = dict.fromkeys((1, options.workers), 0.0)
    cpu: dict[int, float] = dict.fromkeys(answered, 0.0)
    with ExitStack() as running:
        servers = {
            workers: running.enter_context(serving(options.index, settings, workers=workers))
            for workers in answered
        }
        time.sleep(_SETTLE_SECONDS)  # the workers after the first one
        known = asyncio.run(learn(servers[1].url, questions))
        for turn in range(options.rounds):
            for workers in sorted(answered, reverse=turn % 2 == 1):
                server = servers[workers]
                before, started = server.cpu_seconds(), time.monotonic()
                outcomes = asyncio.run(
                    load(
                        server.url,
                        questions,
                        known,
                        clients=options.clients,
                        seconds=options.seconds,
                    )
                )
                seconds, taken = time.monotonic() - started, server.cpu_seconds() - before
                figures = summary(outcomes, seconds)
                answered[workers] += figures["answers_per_second"] / options.rounds
                cpu[workers] += taken / max(1, figures["answered"]) / options.rounds
                print(
                    json.dumps({
                        "workers": workers,
                        **figures,
                        "server_cores_used": round(taken / seconds, 2),
                    }),
                    flush=True,
                )  # fmt: skip
    print(
        json.dumps({
            "answers_per_second": {each: round(rate, 1) for each, rate in answered.items()},
            "cpu_ms_per_answer": {each: round(1e3 * taken, 1) for each, taken in cpu.items()},
            "ratio": round(answered[options.workers] / max(0.1, answered[1]), 2),
            "machine": describe(),
        })
    )  # fmt: skip


async def measure(
    server: Server, questions: Sequence[Question], *, clients: int, seconds: float
) -> dict[str, Any]:
    """Learn the answers, load the server, watch it recover."""
    known = await learn(server.url, questions)
    idle, encode = await idle_times(server, questions)
    cpu, started = server.cpu_seconds(), time.monotonic()
    outcomes = await load(server.url, questions, known, clients=clients, seconds=seconds)
    cpu = server.cpu_seconds() - cpu
    ended = time.monotonic()
    recovered = await recovery_seconds(server, questions, known, idle)
    possible = len(os.sched_getaffinity(0)) / encode
    figures = summary(outcomes, ended - started)
    return {
        "clients": clients,
        "seconds": round(ended - started, 1),
        "idle_ms": round(1e3 * idle, 1),
        "encode_ms": round(1e3 * encode, 1),
        **figures,
        "throughput_share": round(figures["answers_per_second"] / possible, 3),
        "server_cores_used": round(cpu / (ended - started), 2),
        "share_of_cores_used": round(figures["answered"] * encode / cpu, 3),
        "recovered_after_s": round(recovered, 2),
    }


async def idle_times(server: Server, questions: Sequence[Question]) -> tuple[float, float]:
    """Median seconds of an answer, and of its encoding, one question at a time."""
    totals, encodings = [], []
    async with Client(server.url) as client:
        for question in questions[:_IDLE]:
            reply = await client.ask(question)
            totals.append(reply.seconds)
            encodings.append(json.loads(reply.body)["timings"]["encode"])
    return statistics.median(totals), statistics.median(encodings)


async def recovery_seconds(
    server: Server, questions: Sequence[Question], known: Known, idle: float
) -> float:
    """Seconds until five answers in a row, which are right, took at most twice an idle one's."""
    started, quick, turn = time.monotonic(), 0, 0
    while quick < 5 and time.monotonic() - started < 4 * RECOVERY_SECONDS:
        question = questions[turn % len(questions)]
        outcomes = await load(
            server.url, [question], {question.name: known[question.name]}, clients=1, seconds=0.001
        )
        if not outcomes:  # its time was over before it began
            continue
        (outcome,) = outcomes
        quick = quick + 1 if outcome.kind == "answered" and outcome.seconds <= 2 * idle else 0
        turn += 1
    return time.monotonic() - started


def summary(outcomes: Sequence[Outcome], seconds: float) -> dict[str, Any]:
    """Counts by kind, and the times of answers and refusals."""
    counts = Counter(outcome.kind for outcome in outcomes)
    answered = [o.seconds for o in outcomes if o.kind == "answered"]
    refused = [o.seconds for o in outcomes if o.kind == "refused"]
    later = [o.seconds for o in outcomes if o.kind == "refused" and o.asked > 1.0]
    return {
        **{kind: counts[kind] for kind in ("answered", "refused", "late", "wrong", "lost")},
        "causes": dict(Counter(outcome.cause for outcome in outcomes if outcome.cause)),
        "answers_per_second": round(len(answered) / seconds, 1),
        "answer_p50_s": percentile(answered, 50),
        "answer_p99_s": percentile(answered, 99),
        "refusal_p50_ms": round(1e3 * percentile(refused, 50), 1),
        "refusal_p99_ms": round(1e3 * percentile(refused, 99), 1),
        "later_refusal_p99_ms": round(1e3 * percentile(later, 99), 1),
    }


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` percent of them do not exceed; 0 where there are none."""
    ordered = sorted(values)
    if not ordered:
        return 0.0
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share / 100))], 4)


def kept(measured: dict[str, Any]) -> bool:
    """Whether every promise was kept."""
    return bool(
        measured["wrong"] == measured["lost"] == 0
        and measured["answered"] > 0
        and measured["refused"] > 0
        and measured["answer_p99_s"] <= REQUEST_SECONDS
        and measured["recovered_after_s"] <= RECOVERY_SECONDS
    )


if __name__ == "__main__":
    main()
