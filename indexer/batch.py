"""Steps gathered into batches, and the size of a batch. Encodes and writes nothing."""

from collections.abc import Generator, Iterable
from contextlib import closing
from dataclasses import dataclass, field

from indexer.decode import EncodedPhoto, PhotoStep, Step
from indexer.plan import DocumentPlan
from knowledge.corpus import tells_only_its_file
from knowledge.documents import Note, Problem
from knowledge.picture_text import PictureText
from vlm.images import DecodedImage

_FIRST = 32
_LEAST, _MOST = 4, 256
"""Points in a batch: few for a slow encoder on a small machine, many for a GPU."""

_SHORT_S, _LONG_S = 1.0, 4.0
"""Seconds that encoding a batch should take, at least and at most. A kill loses a few batches; with
shorter ones, cores would be idle at the end of each."""

_STEPS = 512
"""Most steps in a batch, with or without work, so that progress is reported."""


@dataclass(frozen=True, slots=True)
class ReadyPhoto:
    """A photo to encode, or encoded already: its document's plan, its position there, its pixels or
    its vector, and the text in it if it was read."""

    plan: DocumentPlan
    position: int
    image: DecodedImage | EncodedPhoto
    read: PictureText | None = None


@dataclass(frozen=True, slots=True)
class ReadyDocument:
    """A new or changed document whose photos are in this batch or an earlier one.

    `broken`: position of a photo that cannot be used → why.
    """

    plan: DocumentPlan
    broken: dict[int, Problem]

    @property
    def is_empty(self) -> bool:
        """Whether nothing of it can be used: no photo, and no text but the name of its file."""
        document = self.plan.document
        says_nothing = not document.text or tells_only_its_file(document)
        return says_nothing and len(self.broken) >= len(document.photos)


@dataclass(frozen=True, slots=True)
class Batch:
    """Work to do together, in the order in which it came.

    Attributes:
        photos: to encode.
        documents: to complete once the photos are written.
        unchanged: documents that need no work.
        problems: files, rows and photos that cannot be used.
        notes: what a person should know besides.
    """

    photos: list[ReadyPhoto] = field(default_factory=list)
    documents: list[ReadyDocument] = field(default_factory=list)
    unchanged: list[DocumentPlan] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


class Pace:
    """How many points make a batch: as many as take one to four seconds to encode, as measured.

    The thread that gathers reads `points`, the thread that encodes sets it.
    """

    def __init__(self, points: int = _FIRST) -> None:
        """Begin with batches of so many points."""
        self.points = points

    def measured(self, points: int, seconds: float) -> None:
        """Adapt to a batch of so many points that took so many seconds to encode."""
        if seconds < _SHORT_S and points >= self.points:
            self.points = min(_MOST, 2 * self.points)
        elif seconds > _LONG_S:
            self.points = max(_LEAST, self.points // 2)


def gather(steps: Generator[Step, None, None], pace: Pace) -> Generator[Batch, None, None]:
    """Batches of about `pace.points` points, counting the photos and passages to encode.

    Closing this generator closes `steps`; nobody else may use it.
    """
    with closing(steps):
        yield from _gathered(steps, pace)


def _gathered(steps: Iterable[Step], pace: Pace) -> Generator[Batch, None, None]:
    batch, points, count = Batch(), 0, 0
    broken: dict[str, dict[int, Problem]] = {}
    for step in steps:
        count += 1
        match step:
            case PhotoStep(plan=plan, position=position, image=Problem() as problem):
                batch.problems.append(problem)
                broken.setdefault(plan.document.document_id, {})[position] = problem
            case PhotoStep(
                plan=plan,
                position=position,
                image=(DecodedImage() | EncodedPhoto()) as image,
                read=read,
            ):
                if step.unread is not None:
                    batch.problems.append(step.unread)
                batch.photos.append(ReadyPhoto(plan, position, image, read))
                points += 1
            case Problem():
                batch.problems.append(step)
            case Note():
                batch.notes.append(step)
            case DocumentPlan(status="unchanged"):
                batch.unchanged.append(step)
                batch.problems.extend(step.old_problems)
            case DocumentPlan(document=document):
                batch.documents.append(ReadyDocument(step, broken.pop(document.document_id, {})))
                points += len(step.passages_to_encode())
        if points >= pace.points or count >= _STEPS:
            yield batch
            batch, points, count = Batch(), 0, 0
    if count:
        yield batch
