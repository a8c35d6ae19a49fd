"""Load the photos of planned documents ahead of what uses them, in order, in bounded memory.

`DecodingThreads` decode photos on this machine and read the text in them;
`indexer.cluster.photos` has them decoded and encoded elsewhere.
"""

from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Protocol

from indexer.plan import DocumentPlan, Planner
from knowledge.corpus import MOST_TEXT_CHARS, read_photo
from knowledge.documents import Note, Problem
from knowledge.errors import ImageError, InputError
from knowledge.index import PhotoFacts
from knowledge.picture_text import PictureText
from knowledge.store import DenseVector
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
class EncodedPhoto:
    """A photo that is encoded already: its vector, and what was learnt of it on the way."""

    vector: DenseVector
    facts: PhotoFacts


@dataclass(frozen=True, slots=True)
class PhotoStep:
    """A photo to encode or encoded already, or why it cannot be encoded.

    Attributes:
        plan: of its document.
        position: among the document's photos.
        image: its pixels, or its vector, or what is wrong with it.
        read: the text in it, if it was read.
        unread: why the text in it could not be read, if it could not.
    """

    plan: DocumentPlan
    position: int
    image: DecodedImage | EncodedPhoto | Problem
    read: PictureText | None = None
    unread: Problem | None = None


Step = Problem | Note | PhotoStep | DocumentPlan
"""What decoding yields, in order: a document's plan comes after the last of its photos."""


@dataclass(frozen=True, slots=True)
class LoadedPhoto:
    """A loaded photo, the text in it if it was read, and why that could not be read."""

    image: DecodedImage | EncodedPhoto
    read: PictureText | None = None
    why_unread: str | None = None


class PhotoLoader(Protocol):
    """Loads photos side by side: a context manager; what is not begun at its end is dropped."""

    @property
    def ahead(self) -> int:
        """Most photos that are loaded ahead of the one that is waited for."""

    def submit(self, path: str) -> Future[LoadedPhoto]:
        """Load a photo of the corpus; its future raises `InputError` if it cannot be used."""

    def hurry(self, photo: Future[LoadedPhoto]) -> None:
        """Say that this photo is waited for: it is not kept back to be loaded with more."""

    def __enter__(self) -> "PhotoLoader": ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...


class DecodingThreads:
    """Decodes photos on this machine, on one thread a core."""

    ahead = _AHEAD

    def __init__(self, root: Path, size: PhotoSize, text_reader: TextReader | None = None) -> None:
        """Start no thread yet.

        Args:
            root: folder that photo paths are relative to.
            size: how large photos are decoded.
            text_reader: reads the text in photos; None reads none.
        """
        self._root, self._size, self._text_reader = root, size, text_reader
        threads = min(_MOST_THREADS, cores())
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="decode")

    def submit(self, path: str) -> Future[LoadedPhoto]:
        """Read and decode a photo of the corpus."""
        return self._pool.submit(self._load, path)

    def hurry(self, photo: Future[LoadedPhoto]) -> None:
        """Do nothing: every photo is begun as soon as a thread is free."""

    def __enter__(self) -> "DecodingThreads":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _load(self, path: str) -> LoadedPhoto:
        return load_photo(read_photo(self._root, path), self._size, self._text_reader)


def load_photo(data: bytes, size: PhotoSize, text_reader: TextReader | None) -> LoadedPhoto:
    """Decode a photo's bytes and read the text in it.

    Raises:
        ImageError: it cannot be decoded.
    """
    if text_reader is None:
        return LoadedPhoto(decode_image(data, size))
    image = decode_image(data, PhotoSize(max(size.longest, text_reader.photo_side)))
    why = None
    try:
        read = text_reader.read(image.pixels)
    except ImageError as error:  # it can still be found by what it looks like
        read, why = PictureText(text_reader.name), str(error)
    return LoadedPhoto(replace(image, pixels=shrink(image.pixels, size.longest)), read, why)


_Queued = Problem | Note | DocumentPlan | tuple[DocumentPlan, int, Future[LoadedPhoto]]


def decode_ahead(
    plans: Iterable[DocumentPlan | Problem | Note], loader: PhotoLoader, *, planner: Planner
) -> Generator[Step, None, None]:
    """Plans, each after its photos.

    Args:
        plans: in order.
        loader: loads their photos; it is entered, and left at the end.
        planner: made the plans; it completes those of documents whose photos are read.
    """
    texts: dict[int, PictureText] = {}
    with closing(_loaded(plans, loader)) as steps:
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


def _loaded(
    plans: Iterable[DocumentPlan | Problem | Note], loader: PhotoLoader
) -> Generator[Step, None, None]:
    with loader:
        queue: deque[_Queued] = deque()
        waiting = 0
        for plan in plans:
            if isinstance(plan, DocumentPlan):
                for position in plan.photos_to_encode():
                    future = loader.submit(plan.document.photos[position].path)
                    queue.append((plan, position, future))
                    waiting += 1
                    while waiting > loader.ahead:
                        step = _next_step(queue, loader)
                        waiting -= isinstance(step, PhotoStep)
                        yield step
            queue.append(plan)
            # A table without photos would else be planned to its end before the first batch.
            while queue and (not waiting or len(queue) > max(_QUEUED, 2 * loader.ahead)):
                step = _next_step(queue, loader)
                waiting -= isinstance(step, PhotoStep)
                yield step
        while queue:
            yield _next_step(queue, loader)


def _next_step(queue: deque[_Queued], loader: PhotoLoader) -> Step:
    item = queue.popleft()
    if not isinstance(item, tuple):
        return item
    plan, position, future = item
    path, document_id = plan.document.photos[position].path, plan.document.document_id
    loader.hurry(future)
    try:
        loaded = future.result()
    except InputError as error:
        return PhotoStep(plan, position, Problem(path, str(error), document_id=document_id))
    why = loaded.why_unread
    unread = Problem(path, why, document_id=document_id) if why else None
    return PhotoStep(plan, position, loaded.image, loaded.read, unread)
