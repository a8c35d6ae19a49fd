"""Decode the photos of planned documents ahead of the encoder, in order, in bounded memory."""

from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from indexer.plan import DocumentPlan
from knowledge.corpus import read_photo
from knowledge.documents import Note, Problem
from knowledge.errors import InputError
from vlm.cores import cores
from vlm.images import DecodedImage, PhotoSize, decode_image

_MOST_THREADS = 16
"""Most threads, one for each core. Pillow releases the interpreter lock while it decodes, so
processes would not be faster (`benchmarks/README.md`)."""

_AHEAD = 64
"""Most photos decoded ahead: bounds the memory, however many photos a document has."""


@dataclass(frozen=True, slots=True)
class PhotoStep:
    """A photo to encode, or why it cannot be encoded."""

    plan: DocumentPlan
    position: int
    image: DecodedImage | Problem


Step = Problem | Note | PhotoStep | DocumentPlan
"""What decoding yields, in order: a document's plan comes after the last of its photos."""

_Queued = Problem | Note | DocumentPlan | tuple[DocumentPlan, int, Future[DecodedImage]]


def decode_ahead(
    plans: Iterable[DocumentPlan | Problem | Note], root: Path, *, size: PhotoSize
) -> Generator[Step, None, None]:
    """Plans, each after its decoded photos.

    Args:
        plans: in order.
        root: folder that photo paths are relative to.
        size: how large photos are decoded.
    """
    threads = min(_MOST_THREADS, cores())
    with ThreadPoolExecutor(threads, thread_name_prefix="decode") as pool:
        queue: deque[_Queued] = deque()
        waiting = 0
        try:
            for plan in plans:
                if isinstance(plan, DocumentPlan):
                    for position in plan.photos_to_encode():
                        path = plan.document.photos[position].path
                        queue.append((plan, position, pool.submit(_load, root, path, size)))
                        waiting += 1
                        while waiting > _AHEAD:
                            step = _next_step(queue)
                            waiting -= isinstance(step, PhotoStep)
                            yield step
                queue.append(plan)
            while queue:
                yield _next_step(queue)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _next_step(queue: deque[_Queued]) -> Step:
    item = queue.popleft()
    if not isinstance(item, tuple):
        return item
    plan, position, future = item
    try:
        return PhotoStep(plan, position, future.result())
    except InputError as error:
        path = plan.document.photos[position].path
        return PhotoStep(
            plan, position, Problem(path, str(error), document_id=plan.document.document_id)
        )


def _load(root: Path, path: str, size: PhotoSize) -> DecodedImage:
    return decode_image(read_photo(root, path), size)
