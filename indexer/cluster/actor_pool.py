"""Actors on all nodes of a Ray cluster, which share jobs out among them.

Ray starts the actors, carries the data and says which of them are lost. This keeps two or three
jobs with each, so that none waits for its next; bounds the bytes that are on their way; gives the
jobs of a lost actor to others; and starts actors on nodes that come, or whose process ended. Knows
neither photos nor an index.

`ray.util.ActorPool` has no bound, and when an actor is lost does not say which; Ray Data reads its
source on the nodes, while ours is a plan that is made where the index is. See docs/decisions.md.
"""

import logging
import queue
import re
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from knowledge.errors import ClusterError, SnapCiteError

logger = logging.getLogger(__name__)

_LOOK_EVERY_S = 5.0
"""Seconds between two looks at which nodes there are."""

_ALONE_S = 300.0
"""Seconds that jobs wait without any actor: a node may be started meanwhile."""

_MOST_LOSSES = 4
"""A job that lost its actor so many times, the last ones alone with it, is what ends them."""

_MOST_FAILURES = 3
"""A node whose actors are lost so many times, with nothing done between, gets half as many: its
memory may be too little for all of them. One that loses its only actor so often is left out."""

_ACTOR_BYTES = 2**30
"""Memory that a node has for each actor, of what it offers to Ray."""

_STORE_SHARE = 4
"""The bytes on their way take one part in so many of the smallest node's object store, so that
nothing has to be written to disk."""
_LEAST_IN_FLIGHT = 32 * 2**20


_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_IN_CREATION = "raised in its creation task"
"""Ray's words where an actor could not be made; what was raised is the last line."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What an actor takes of its node."""

    cpus: int
    gpus: int = 0

    @property
    def at_a_time(self) -> int:
        """Jobs that it works at: beside a GPU, one is decoded while another is encoded."""
        return 2 if self.gpus else 1

    @property
    def jobs(self) -> int:
        """Jobs that it holds: one waits, whose data is on its way."""
        return self.at_a_time + 1


@dataclass(slots=True, eq=False)
class _Job:
    method: str
    data: Any
    size: int
    future: Future[Any]
    losses: int = 0


@dataclass(slots=True, eq=False)
class _Node:
    address: str
    shape: Shape
    wanted: int
    failures: int = 0
    actors: "set[_Actor]" = field(default_factory=set)


@dataclass(slots=True, eq=False)
class _Actor:
    node: _Node
    handle: Any
    ready: bool = False
    jobs: set[_Job] = field(default_factory=set)


class ActorPool:
    """Jobs for actors of one class. Safe to use from several threads; a context manager."""

    def __init__(
        self,
        kind: type,
        *,
        arguments: Callable[[Shape], tuple[Any, ...]],
        check: tuple[Any, ...],
        most_losses: int = _MOST_LOSSES,
    ) -> None:
        """Ask for an actor a GPU, or a core on nodes without one; return at once.

        Args:
            kind: the actors' class. Its method `check` says what is wrong, or None.
            arguments: of the class, for an actor of that shape.
            check: arguments of `check`, which each actor must pass before it gets jobs.
            most_losses: of actors by one job, before it is taken for what ends them.
        """
        import ray

        self._ray: Any = ray  # without the extra there is nothing to check its calls against
        self._kind, self._arguments, self._check = kind, arguments, check
        self._most_losses = most_losses
        self._events: queue.SimpleQueue[tuple[str, Any, Any]] = queue.SimpleQueue()
        self._waiting: deque[_Job] = deque()
        self._nodes: dict[str, _Node] = {}
        self._room = threading.Condition()
        self._in_flight = 0
        self._error: SnapCiteError | None = None
        self._is_short = False  # an actor was lost just now
        self._why_lost = "no core or GPU of it is free"
        self._look()
        stores = [node["Resources"].get("object_store_memory", 0.0) for node in self._alive()]
        self._most_bytes = max(_LEAST_IN_FLIGHT, int(min(stores, default=0.0)) // _STORE_SHARE)
        self._thread = threading.Thread(target=self._dispatch, name="cluster", daemon=True)
        self._thread.start()

    @property
    def actors(self) -> int:
        """How many actors there are to be, at least 1."""
        return max(1, sum(node.wanted for node in list(self._nodes.values())))

    @property
    def has_gpus(self) -> bool:
        """Whether any of them has a GPU."""
        return any(node.shape.gpus for node in list(self._nodes.values()))

    @property
    def most_bytes(self) -> int:
        """Most bytes of jobs that are on their way at a time; a larger job goes alone."""
        return self._most_bytes

    def submit(self, method: str, data: Any, *, size: int) -> Future[Any]:  # noqa: ANN401
        """Have an actor do a job; waits while too much is on its way.

        Args:
            method: of the actors' class, with one argument.
            data: that argument.
            size: bytes that it takes, about.

        Returns:
            A future of what the method returns. It raises what the method raises, and
            `ClusterError` if no actor is left.

        Raises:
            ClusterError: no actor is left, or the data cannot be sent.
        """
        with self._room:
            while self._in_flight and self._in_flight + size > self._most_bytes:
                self._raise_error()
                self._room.wait()
            self._raise_error()
            self._in_flight += size
        job = _Job(method, None, size, Future())
        job.future.add_done_callback(lambda _: self._release(size))
        try:
            job.data = self._put(data)
        except BaseException as error:
            job.future.set_exception(error)
            raise
        self._events.put(("job", job, None))
        return job.future

    def __enter__(self) -> "ActorPool":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the actors; what they were at is dropped."""
        self._events.put(("stop", None, None))
        self._thread.join()

    def _put(self, data: Any) -> Any:  # noqa: ANN401 - anything that can be sent
        """Send data; if the object store has no room, again when a job is done.

        Raises:
            ClusterError: it has no room though nothing else is on its way.
        """
        while True:
            before = self._in_flight
            try:
                return self._ray.put(data)
            except self._ray.exceptions.RayError as error:
                with self._room:
                    self._raise_error()
                    if self._in_flight <= before and not self._room.wait(_LOOK_EVERY_S):
                        raise ClusterError(
                            "Photos cannot be sent to the cluster, as Ray's object store or its "
                            f"disk on this machine is full ({_first_line(error)}). Make room and "
                            "run the same command again; what was done is kept."
                        ) from error

    def _release(self, size: int) -> None:
        with self._room:
            self._in_flight -= size
            self._room.notify_all()

    def _raise_error(self) -> None:
        if self._error is not None:
            raise self._error

    # All that follows runs in the thread of `_dispatch`, which alone changes nodes, actors, jobs.

    def _dispatch(self) -> None:
        alone_since, looked = time.monotonic(), time.monotonic()
        while True:
            with suppress(queue.Empty):
                event, subject, more = self._events.get(timeout=_LOOK_EVERY_S)
                if event == "stop":
                    break
                try:
                    self._handle(event, subject, more)
                except Exception as error:
                    self._fail(ClusterError(f"The cluster failed: {_first_line(error)}"))
            now = time.monotonic()
            if now - looked >= _LOOK_EVERY_S or self._is_short:
                looked, self._is_short = now, False
                with suppress(Exception):  # the connection may just be lost; jobs say so
                    self._look()
            if any(actor.ready for actor in self._all()) or not self._waiting:
                alone_since = now
            elif now - alone_since > _ALONE_S or self._is_hopeless():
                self._fail(
                    ClusterError(
                        f"No node of the cluster can encode: {self._why_lost}. Run the same "
                        "command again once there is one; what was done is kept."
                    )
                )
        with suppress(queue.Empty):
            while True:
                event, subject, _ = self._events.get_nowait()
                if event == "job":
                    self._waiting.append(subject)
        self._fail(ClusterError("Indexing on the cluster was ended."))
        for actor in self._all():
            with suppress(Exception):
                self._ray.kill(actor.handle)

    def _handle(self, event: str, subject: Any, more: Any) -> None:  # noqa: ANN401 - see below
        """An event: a job came, an actor was checked, or an actor did a job."""
        match event:
            case "job":
                self._queue(subject)
            case "checked":
                self._checked(subject, more)
            case "done":
                actor, job = subject
                self._done(actor, job, more)
        self._hand_out()

    def _queue(self, job: _Job) -> None:
        if self._error is not None:
            job.future.set_exception(self._error)
        else:
            self._waiting.append(job)

    def _checked(self, actor: _Actor, answer: Future[Any]) -> None:
        if (error := answer.exception()) is not None:
            if (ours := self._raised_there(error)) is None:
                self._lost(actor, error)
            else:
                self._fail(_of_node(actor.node, ours))
        elif (wrong := answer.result()) is not None:
            self._fail(
                ClusterError(
                    f"The node {actor.node.address} cannot take part: {wrong}. Give it the same "
                    "packages and models, or leave it out of the cluster."
                )
            )
        else:
            actor.ready = True

    def _done(self, actor: _Actor, job: _Job, answer: Future[Any]) -> None:
        actor.jobs.discard(job)
        error = answer.exception()
        if error is None:
            actor.node.failures = 0
            _settle(job, result=answer.result())
        elif (ours := self._raised_there(error)) is not None:
            _settle(job, error=ours)
        else:
            self._lost(actor, error)
            job.losses += 1
            self._waiting.appendleft(job)
            if job.losses >= self._most_losses:
                what = _first_line(error)
                self._fail(
                    ClusterError(
                        f"A part of the corpus ended {job.losses} processes, the last on "
                        f"{actor.node.address}: {what}. Give the nodes more memory, or index it "
                        "without --cluster to see which file it is; what was done is kept."
                    )
                )

    def _raised_there(self, error: BaseException) -> BaseException | None:
        """What the method itself raised; None if Ray lost the actor or the data."""
        ray_error = self._ray.exceptions
        if not isinstance(error, ray_error.RayTaskError):
            return None if isinstance(error, ray_error.RayError) else error
        cause = error.cause
        if isinstance(cause, ray_error.RayError) or not isinstance(cause, Exception):
            return None
        return cause

    def _lost(self, actor: _Actor, error: BaseException) -> None:
        """Take an actor out; its other jobs come back with errors of their own."""
        self._why_lost = _first_line(error)
        if actor not in actor.node.actors:
            return
        logger.info("an actor on %s is lost: %s", actor.node.address, self._why_lost)
        actor.ready, self._is_short = False, True
        actor.node.actors.discard(actor)
        actor.node.failures += 1
        if actor.node.failures == _MOST_FAILURES and actor.node.wanted > 1:
            actor.node.wanted, actor.node.failures = actor.node.wanted // 2, 0
            logger.warning(
                "what runs on the node %s ends again and again (%s): %d at a time run there now",
                actor.node.address, self._why_lost, actor.node.wanted,
            )  # fmt: skip
        elif actor.node.failures == _MOST_FAILURES:
            logger.warning(
                "the node %s is left out, as what runs there ends again and again (%s); others do "
                "its work", actor.node.address, self._why_lost,
            )  # fmt: skip
        with suppress(Exception):  # it may still run, on a node whose disk is full
            self._ray.kill(actor.handle)

    def _hand_out(self) -> None:
        """Give the jobs that wait to the actors with the fewest.

        A job that lost its actor is given out alone: if it ends that one too, no other is blamed.
        """
        while self._waiting:
            job = self._waiting[0]
            free = [
                actor
                for actor in self._all()
                if actor.ready
                and len(actor.jobs) < (1 if job.losses else actor.node.shape.jobs)
                and not any(other.losses for other in actor.jobs)
            ]
            if not free:
                return
            actor = min(free, key=lambda of: len(of.jobs))
            self._waiting.popleft()
            actor.jobs.add(job)
            ref = getattr(actor.handle, job.method).remote(job.data)
            self._tell("done", (actor, job), ref)

    def _tell(self, event: str, subject: object, ref: Any) -> None:  # noqa: ANN401 - Ray's own type
        """Make an event of an answer of an actor, when it comes."""
        ref.future().add_done_callback(lambda answer: self._events.put((event, subject, answer)))

    def _look(self) -> None:
        """See which nodes there are, and ask for the actors that are missing on them."""
        alive = {node["NodeID"]: node for node in self._alive()}
        for id_, known in self._nodes.items():
            if id_ not in alive and known.wanted:
                known.wanted = 0
                logger.warning(
                    "the node %s is gone; others do its work, and a node that comes takes part",
                    known.address,
                )
        for id_, node in alive.items():
            if id_ not in self._nodes:
                self._nodes[id_] = _node(node)
            known = self._nodes[id_]
            while len(known.actors) < known.wanted and known.failures < _MOST_FAILURES:
                known.actors.add(self._start(id_, known))

    def _alive(self) -> list[dict[str, Any]]:
        return [node for node in self._ray.nodes() if node["Alive"]]

    def _start(self, node_id: str, node: _Node) -> _Actor:
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        shape = node.shape
        kind = self._ray.remote(
            num_cpus=shape.cpus,
            num_gpus=shape.gpus,
            max_concurrency=shape.at_a_time,
            max_restarts=0,
            scheduling_strategy=NodeAffinitySchedulingStrategy(node_id, soft=False),
        )(self._kind)
        actor = _Actor(node, kind.remote(*self._arguments(shape)))
        self._tell("checked", actor, actor.handle.check.remote(*self._check))
        return actor

    def _all(self) -> list[_Actor]:
        return [actor for node in self._nodes.values() for actor in node.actors]

    def _is_hopeless(self) -> bool:
        """Whether every node failed too often, so that no actor is to come."""
        return not self._all() and all(
            not node.wanted or node.failures >= _MOST_FAILURES for node in self._nodes.values()
        )

    def _fail(self, error: BaseException) -> None:
        """End with an error all jobs that are not done, and those to come."""
        if not isinstance(error, SnapCiteError):
            error = ClusterError(f"A node failed: {type(error).__name__}: {_first_line(error)}")
        with self._room:
            self._error = self._error or error
            self._room.notify_all()
        jobs = [*self._waiting, *(job for actor in self._all() for job in actor.jobs)]
        self._waiting.clear()
        for job in jobs:
            _settle(job, error=self._error)


def _node(found: dict[str, Any]) -> _Node:
    """What Ray says of a node: an actor a GPU, with its share of the cores, or an actor a core."""
    resources = found["Resources"]
    cpus, gpus = int(resources.get("CPU", 0)), int(resources.get("GPU", 0))
    if not cpus:
        return _Node(found["NodeManagerAddress"], Shape(1), 0)
    if gpus:
        return _Node(found["NodeManagerAddress"], Shape(max(1, cpus // gpus), 1), min(gpus, cpus))
    fit = max(1, int(resources.get("memory", cpus * _ACTOR_BYTES)) // _ACTOR_BYTES)
    return _Node(found["NodeManagerAddress"], Shape(1), min(cpus, fit))


def _of_node(node: _Node, error: BaseException) -> BaseException:
    """An error of a node's tools, which says which node it is."""
    if isinstance(error, SnapCiteError):
        return ClusterError(f"The node {node.address} cannot take part: {error}")
    return error


def _settle(job: _Job, *, result: Any = None, error: BaseException | None = None) -> None:  # noqa: ANN401
    if job.future.done():  # it was ended, and came back all the same
        return
    if error is None:
        job.future.set_result(result)
    else:
        job.future.set_exception(error)


def _first_line(error: BaseException) -> str:
    """What an error says, in one line; of one that Ray tells of, what was raised at its root."""
    lines = [_COLOURS.sub("", line).strip() for line in str(error).splitlines()]
    lines = [line for line in lines if line]
    if not lines:
        return type(error).__name__
    return lines[-1 if _IN_CREATION in lines[0] else 0].rstrip(".")
