"""A Ray cluster as the workplace of an index run: photos and passages go out, vectors come back.

The plan is made and the points are written where the run was started, as ever: an embedded index
can be open in one process only, and the order of writes is what makes a run that was cut off safe
to begin again.
"""

from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path
from types import TracebackType

from indexer.batch import Batch, Pace
from indexer.cluster.actor_pool import ActorPool
from indexer.cluster.encoding_actor import EncodingActor, Tools, package_versions
from indexer.cluster.photos import ClusterPhotos
from indexer.decode import PhotoLoader
from indexer.encode import (
    EncodedBatch,
    PassageVectors,
    PassageWords,
    missing_passages,
    passage_points,
    photo_points,
    words_of,
)
from indexer.plan import DocumentPlan
from knowledge.index import Fingerprint

_PASSAGES = 32
"""Passages in a job."""

_POINTS_AN_ACTOR, _MOST_POINTS = 32, 512
"""Points in a batch, which is what is written at a time."""


class ClusterWorkplace:
    """Actors of the Ray cluster that this process is connected to; a context manager."""

    def __init__(self, load: Callable[[], Tools], made_with: Fingerprint) -> None:
        """Ask for the actors; they load their models while the corpus is read.

        Args:
            load: makes a node's tools, from the models that are on that node. It is sent there, so
                it is a function of a module, or a small object of such a class.
            made_with: the fingerprint of the index. A node whose tools would make another one ends
                the run with `ClusterError`.
        """
        self._pool = ActorPool(
            EncodingActor,
            arguments=lambda shape: (load, shape.cpus),
            check=(made_with, package_versions()),
        )

    def __enter__(self) -> "ClusterWorkplace":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._pool.__exit__(kind, error, traceback)

    def pace(self) -> Pace:
        """As many points a batch as keep all actors busy for about a second."""
        return Pace(min(_MOST_POINTS, _POINTS_AN_ACTOR * self._pool.actors))

    def loader(self, root: Path) -> PhotoLoader:
        """What sends photos to the actors."""
        return ClusterPhotos(root, self._pool)

    def encode(
        self,
        batches: Generator[Batch, None, None],
        pace: Pace,  # noqa: ARG002 - it stays as it is
    ) -> Generator[EncodedBatch, None, None]:
        """The batches, whose photos are encoded already, with their passages encoded too.

        So many batches are begun that each actor has passages to encode.
        """
        begun: deque[_Begun] = deque()
        waiting = 0
        with closing(batches):
            for batch in batches:
                begun.append(_Begun(batch, self._pool))
                waiting += begun[-1].jobs
                while begun and (waiting > 3 * self._pool.actors or begun[0].is_done):
                    waiting -= begun[0].jobs
                    yield begun.popleft().finish()
            while begun:
                yield begun.popleft().finish()


class _Begun:
    """A batch whose passages are being encoded."""

    def __init__(self, batch: Batch, pool: ActorPool) -> None:
        self._batch = batch
        self._missing: list[tuple[DocumentPlan, int]] = missing_passages(batch)
        self._parts: list[Future[list[PassageVectors]]] = []
        for start in range(0, len(self._missing), _PASSAGES):
            words = [words_of(*of) for of in self._missing[start : start + _PASSAGES]]
            self._parts.append(pool.submit("encode_passages", words, size=_size(words)))

    @property
    def jobs(self) -> int:
        """How many jobs it is."""
        return len(self._parts)

    @property
    def is_done(self) -> bool:
        """Whether `finish` would not wait."""
        return all(part.done() for part in self._parts)

    def finish(self) -> EncodedBatch:
        """Wait for the vectors."""
        vectors = [of for part in self._parts for of in part.result()]
        photos = photo_points(self._batch.photos, ())
        return EncodedBatch(self._batch, photos, passage_points(self._missing, vectors))


def _size(words: list[PassageWords]) -> int:
    return sum(len(of.clip) + len(of.bm25) for of in words)
