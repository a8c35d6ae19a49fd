"""How long the stages of the work in hand take. Each stage is measured here and nowhere else.

    with collected() as stages:
        pipeline.ask(query)
    stages.timings  # {"encode": 0.021, "retrieve": 0.004, "read": 0.012}

A context variable and not an argument, so that a stage reports itself however deep in the work it
lies: whoever wants to know collects. Threads that `asyncio` or `anyio` start for a request carry
the variable with them. Knows no clock but `time.perf_counter` and nothing of what a stage does.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field


def _nowhere(name: str) -> AbstractContextManager[object]:  # noqa: ARG001 - as all spans
    return nullcontext()


def _unheard(name: str, seconds: float) -> None:
    """What follows the end of a stage where nobody listens."""


@dataclass(frozen=True, slots=True)
class Stages:
    """The stages of one piece of work.

    Attributes:
        timings: stage → seconds, in the order in which the stages ended. A stage that is gone
            through twice has the sum of both times.
        span: opens what surrounds a stage of this name while it runs, for instance a trace's span.
        ended: is called with the name and the seconds of each stage that ended.
    """

    timings: dict[str, float] = field(default_factory=dict)
    span: Callable[[str], AbstractContextManager[object]] = _nowhere
    ended: Callable[[str, float], None] = _unheard


_STAGES: ContextVar[Stages | None] = ContextVar("stages", default=None)


@contextmanager
def collected(stages: Stages | None = None) -> Iterator[Stages]:
    """Collect the stages of what is done inside; in a new `Stages` unless one is given."""
    mine = stages or Stages()
    token = _STAGES.set(mine)
    try:
        yield mine
    finally:
        _STAGES.reset(token)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Measure what is done inside as a stage of this name. A stage that fails is not reported."""
    stages = _STAGES.get()
    if stages is None:
        yield
        return
    started = time.perf_counter()
    with stages.span(name):
        yield
    report(name, time.perf_counter() - started)


def report(name: str, seconds: float) -> None:
    """Report a stage whose name is only known when it is over."""
    stages = _STAGES.get()
    if stages is not None:
        stages.timings[name] = stages.timings.get(name, 0.0) + seconds
        stages.ended(name, seconds)


def timings() -> dict[str, float]:
    """Stage → seconds of the work in hand so far; empty where nobody collects."""
    stages = _STAGES.get()
    return {} if stages is None else dict(stages.timings)
