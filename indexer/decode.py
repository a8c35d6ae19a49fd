"""Decode the photos of planned documents, and read the text in them, ahead of the encoder, in
order, in bounded memory."""

from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from indexer.plan import DocumentPlan, Planner
from knowledge.corpus import MOST_TEXT_CHARS, read_photo
from knowledge.documents import Note, Problem
from knowledge.errors import ImageError, InputError
from knowledge.picture_text import PictureText
from vlm.cores import cores
from vlm.images import DecodedImage, PhotoSize, decode_image, shrink
from vlm.ocr import TextReader

_MOST_THREADS = 16
"""Most threads, one for each core. Pillow releases the interpreter lock while it decodes, so
processes would not be faster (`benchmarks/README.md`)."""

_AHEAD = 64
"""Most photos decoded ahead: bounds the memory, however many photos a document has."""


_QUEUED = 256
"""Most photos, plans and problems that wait for a photo before them, for the same reason."""


@dataclass(frozen=True, slots=True)
class PhotoStep:
    """A photo to encode, or why it cannot be encoded.

    Attributes:
        plan: of its document.
        position: among the document's photos.
        image: its pixels, or what is wrong with it.
        read: the text in it, if it was read.
        unread: why the text in it could not be read, if it could not.
    """

    plan: DocumentPlan
    position: int
    image: DecodedImage | Problem
    read: PictureText | None = None
    unread: Problem | None = None


Step = Problem | Note | PhotoStep | DocumentPlan
"""What decoding yields, in order: a document's plan comes after the last of its photos."""


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A decoded photo, the text in it if it was read, and why that could not be read."""

    image: DecodedImage
    read: PictureText | None = None
    why_unread: str | None = None


_Queued = Problem | Note | DocumentPlan | tuple[DocumentPlan, int, Future[_Loaded]]


def decode_ahead(
    plans: Iterable[DocumentPlan | Problem | Note],
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
                    yield from _left_out(step)
                texts = {}
            yield step


def _left_out(plan: DocumentPlan) -> list[Problem]:
    """What was read and found no room in the document's text, as one problem."""
    if not plan.left_out:
        return []
    path = plan.document.photos[plan.left_out[0]].path
    reason = (
        f"The text in {len(plan.left_out):,} pictures from here on is left out, as the document's "
        f"text would be longer than {MOST_TEXT_CHARS:,} characters; divide the document."
    )
    return [Problem(path, reason, document_id=plan.document.document_id)]


def _decoded(
    plans: Iterable[DocumentPlan | Problem | Note],
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
                # A table without photos would else be planned to its end before the first batch.
                while queue and (not waiting or len(queue) > _QUEUED):
                    step = _next_step(queue)
                    waiting -= isinstance(step, PhotoStep)
                    yield step
            while queue:
                yield _next_step(queue)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _next_step(queue: deque[_Queued]) -> Step:
    item = queue.popleft()
    if not isinstance(item, tuple):
        return item
    plan, position, future = item
    path, document_id = plan.document.photos[position].path, plan.document.document_id
    try:
        loaded = future.result()
    except InputError as error:
        return PhotoStep(plan, position, Problem(path, str(error), document_id=document_id))
    why = loaded.why_unread
    unread = Problem(path, why, document_id=document_id) if why else None
    return PhotoStep(plan, position, loaded.image, loaded.read, unread)


def _load(root: Path, path: str, size: PhotoSize, text_reader: TextReader | None) -> _Loaded:
    data = read_photo(root, path)
    if text_reader is None:
        return _Loaded(decode_image(data, size))
    image = decode_image(data, PhotoSize(max(size.longest, text_reader.photo_side)))
    why = None
    try:
        read = text_reader.read(image.pixels)
    except ImageError as error:  # it can still be found by what it looks like
        read, why = PictureText(text_reader.name), str(error)
    return _Loaded(replace(image, pixels=shrink(image.pixels, size.longest)), read, why)
