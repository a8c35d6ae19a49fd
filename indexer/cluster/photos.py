"""Photos of a corpus, read here and loaded on the cluster, several to a job.

Their bytes travel: the nodes need no shared folder and no right to read the archive, and a path is
followed here alone, where it is checked. Every file is read here anyway, for its digest.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

import numpy as np

from indexer.cluster.actor_pool import ActorPool
from indexer.cluster.encoding_actor import Bytes
from indexer.decode import LoadedPhoto
from knowledge.corpus import read_photo
from knowledge.errors import InputError
from vlm.cores import cores

_A_CORE, _A_GPU = 8, 32
"""Photos in a job, for an actor with a core and one with a GPU."""

_MOST_BYTES = 32 * 2**20
"""Of the files in a job; a larger file goes alone."""

_AHEAD = 6
"""Jobs of photos ahead of the one that is waited for, an actor: two or three that it holds, and as
many that are done and wait for their turn."""

_Waiting = tuple[str, Future[LoadedPhoto]]


class ClusterPhotos:
    """Has photos decoded and encoded by the actors of a pool."""

    def __init__(self, root: Path, pool: ActorPool) -> None:
        """Start no thread yet; `root` is the folder that photo paths are relative to."""
        self._root, self._pool = root, pool
        self._a_job = _A_GPU if pool.has_gpus else _A_CORE
        self._open: list[_Waiting] = []
        self._readers = ThreadPoolExecutor(max(2, cores()), thread_name_prefix="read")

    @property
    def ahead(self) -> int:
        """Most photos that are loaded ahead; more where nodes have come."""
        return _AHEAD * self._a_job * self._pool.actors

    def submit(self, path: str) -> Future[LoadedPhoto]:
        """Have a photo of the corpus loaded, once there are enough for a job."""
        photo: Future[LoadedPhoto] = Future()
        self._open.append((path, photo))
        if len(self._open) >= self._a_job:
            self._close_job()
        return photo

    def hurry(self, photo: Future[LoadedPhoto]) -> None:
        """Send the photos that are kept back, if this one is among them."""
        if any(photo is other for _, other in self._open):
            self._close_job()

    def __enter__(self) -> "ClusterPhotos":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._readers.shutdown(wait=True, cancel_futures=True)

    def _close_job(self) -> None:
        photos, self._open = self._open, []
        self._readers.submit(self._read, photos)

    def _read(self, photos: Sequence[_Waiting]) -> None:
        """Read files and send them; what cannot be read is said to who waits for it."""
        files: list[Bytes] = []
        sent: list[Future[LoadedPhoto]] = []
        size = 0
        for path, photo in photos:
            try:
                data = read_photo(self._root, path)
                if files and size + len(data) > _MOST_BYTES:
                    self._send(files, sent, size)
                    files, sent, size = [], [], 0
            except BaseException as error:
                photo.set_exception(error)
                continue
            files.append(np.frombuffer(data, np.uint8))
            sent.append(photo)
            size += len(data)
        if files:
            self._send(files, sent, size)

    def _send(self, files: list[Bytes], photos: Sequence[Future[LoadedPhoto]], size: int) -> None:
        try:
            job = self._pool.submit("encode_photos", files, size=size)
        except BaseException as error:
            for photo in photos:
                photo.set_exception(error)
        else:
            job.add_done_callback(lambda done: _tell(done, photos))


def _tell(
    job: Future[list[LoadedPhoto | InputError]], photos: Sequence[Future[LoadedPhoto]]
) -> None:
    if (error := job.exception()) is not None:
        for photo in photos:
            photo.set_exception(error)
        return
    for photo, loaded in zip(photos, job.result(), strict=True):
        if isinstance(loaded, LoadedPhoto):
            photo.set_result(loaded)
        else:
            photo.set_exception(loaded)
