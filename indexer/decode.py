"""Decode the photos of planned documents, and read the text in them, ahead of the encoder, in
order, in bounded memory."""

from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from indexer.plan import DocumentPlan, Planner
from knowledge.corpus import read_photo
from knowledge.documents import Problem
from knowledge.errors import InputError
from knowledge.picture_text import PictureText
from vlm.cores import cores
from vlm.images import DecodedImage, PhotoSize, decode_image, shrink
from vlm.ocr import TextReader

_MOST_THREADS = 16
"""Most threads, one for each core. Pillow releases the interpreter lock while it decodes, so
processes would not be faster (`benchmarks/README.md`)."""

_AHEAD = 64
"""Most photos decoded ahead: bounds the memory, however many photos a document has."""


@dataclass(frozen=True, slots=True)
class PhotoStep:
    """A photo to encode, or why it cannot be encoded. `read`: the text in it, if it was read."""

    plan: DocumentPlan
    position: int
    image: DecodedImage | Problem
    read: PictureText | None = None


Step = Problem | PhotoStep | DocumentPlan
"""What decoding yields, in order: a document's plan comes after the last of its photos."""

_Loaded = tuple[DecodedImage, PictureText | None]
_Queued = Problem | DocumentPlan | tuple[DocumentPlan, int, Future[_Loaded]]


def decode_ahead(
    plans: Iterable[DocumentPlan | Problem],
    root: Path,
    *,
    size: PhotoSize,
    planner: Planner,
    text_reader: TextReader | None = None,
) -> Generator[Step, None, None]:
    """Plans, each after its decoded photos.

    Args:
        plans: in order.
        root: folder that photo paths are relative to.
        size: how large photos are decoded.
        planner: made the plans; it completes those of documents whose photos are read.
        text_reader: reads the text in photos; None reads none.
    """
    texts: dict[int, PictureText] = {}
    with closing(_decoded(plans, root, size, text_reader)) as steps:
        for step in steps:
            if isinstance(step, PhotoStep) and step.read is not None:
                texts[step.position] = step.read
            elif isinstance(step, DocumentPlan):
                if step.text_reader is not None:
                    step = planner.with_texts(step, texts)
                texts = {}
            yield step


def _decoded(
    plans: Iterable[DocumentPlan | Problem],
    root: Path,
    size: PhotoSize,
    text_reader: TextReader | None,
) -> Generator[Step, None, None]:
    threads = min(_MOST_THREADS, cores())
    with ThreadPoolExecutor(threads, thread_name_prefix="decode") as pool:
        queue: deque[_Queued] = deque()
        waiting = 0
        try:
            for plan in plans:
                if isinstance(plan, DocumentPlan):
                    for position in plan.photos_to_encode():
                        path = plan.document.photos[position].path
                        queue.append(
                            (plan, position, pool.submit(_load, root, path, size, text_reader))
                        )
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
        image, read = future.result()
        return PhotoStep(plan, position, image, read)
    except InputError as error:
        path = plan.document.photos[position].path
        return PhotoStep(
            plan, position, Problem(path, str(error), document_id=plan.document.document_id)
        )


def _load(root: Path, path: str, size: PhotoSize, text_reader: TextReader | None) -> _Loaded:
    data = read_photo(root, path)
    if text_reader is None:
        return decode_image(data, size), None
    image = decode_image(data, PhotoSize(max(size.longest, text_reader.photo_side)))
    read = text_reader.read(image.pixels)
    return replace(image, pixels=shrink(image.pixels, size.longest)), read
