import threading
import time
from collections.abc import Iterator

from PIL import Image
from support import encoded, photo

from indexer.decode import _AHEAD, _QUEUED, DecodingThreads, PhotoStep, decode_ahead
from indexer.plan import DocumentPlan
from knowledge.documents import Document, Photo
from knowledge.picture_text import PictureText
from vlm.images import PhotoSize


def plan(number: int, *photos: Photo) -> DocumentPlan:
    document = Document("c", f"d{number}", "T", "A text.", "en", photos=photos)
    ids = tuple(f"p{n}" for n, _ in enumerate(photos))
    return DocumentPlan(document, photo_ids=ids, status="new")


class Counted:
    """Plans, and how many of them were asked for."""

    def __init__(self, *first: DocumentPlan, more: int) -> None:
        self.made = 0
        self._first, self._more = first, more

    def __iter__(self) -> Iterator[DocumentPlan]:
        for made in (*self._first, *(plan(n) for n in range(len(self._first), self._more))):
            self.made += 1
            yield made


def test_plans_without_photos_are_handed_on_at_once(tmp_path):
    plans = Counted(more=5_000)
    steps = decode_ahead(plans, DecodingThreads(tmp_path, PhotoSize(64)), planner=None)  # type: ignore[arg-type]
    for taken in range(1, 100):
        next(steps)
        assert plans.made == taken
    assert len(list(steps)) == 5_000 - 99


class WaitingReader:
    """Reads no text in any photo, once it may."""

    name, photo_side = "waiting", 64

    def __init__(self) -> None:
        self.may_read = threading.Event()

    def read(
        self, picture: Image.Image, *, most_lines: int = 200, quickly: bool = False
    ) -> PictureText:
        assert self.may_read.wait(30)
        return PictureText(self.name)


def test_few_plans_wait_for_a_slow_photo(tmp_path):
    (tmp_path / "a.png").write_bytes(encoded(photo(1), "PNG"))
    reader = WaitingReader()
    plans = Counted(plan(0, Photo("a.png", "a" * 64)), more=5_000)
    steps = decode_ahead(
        plans,
        DecodingThreads(tmp_path, PhotoSize(64), reader),
        planner=None,  # type: ignore[arg-type]
    )
    taken: list[object] = []
    taker = threading.Thread(target=lambda: taken.extend(steps))
    taker.start()
    deadline = time.monotonic() + 20
    while plans.made <= _QUEUED - 1 and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.2)
    assert plans.made == _QUEUED  # the photo is queued too
    reader.may_read.set()
    taker.join(30)
    assert isinstance(taken[0], PhotoStep)
    assert [step.document.id for step in taken[1:]] == [f"d{n}" for n in range(5_000)]


def test_photos_are_decoded_ahead_of_who_takes_them(tmp_path):
    (tmp_path / "a.png").write_bytes(encoded(photo(1), "PNG"))
    with_photos = [plan(n, Photo("a.png", "a" * 64)) for n in range(300)]
    plans = Counted(*with_photos, more=300)
    steps = decode_ahead(plans, DecodingThreads(tmp_path, PhotoSize(64)), planner=None)  # type: ignore[arg-type]
    for taken in range(1, 100):
        assert isinstance(next(steps), PhotoStep)
        assert plans.made == _AHEAD + taken
        next(steps)
    steps.close()
