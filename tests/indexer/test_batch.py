from collections.abc import Generator, Iterable

from hypothesis import given
from hypothesis import strategies as st
from support import photo

from indexer.batch import Batch, Pace, gather
from indexer.decode import PhotoStep, Step
from indexer.plan import DocumentPlan
from knowledge.documents import Document, Passage, Photo, Problem
from vlm.images.decoding import DecodedImage


def plan(name: str, *, photos: int = 0, passages: int = 1, status: str = "new") -> DocumentPlan:
    document = Document(
        corpus="c",
        id=name,
        title=name,
        text="",
        language="en",
        photos=tuple(Photo(f"{name}/{n}.jpg", f"{name}{n}") for n in range(photos)),
    )
    return DocumentPlan(
        document=document,
        passages=tuple(Passage(f"c/{name}", n, "", 0, 0) for n in range(passages)),
        photo_ids=tuple(f"{name}-photo-{n}" for n in range(photos)),
        passage_ids=tuple(f"{name}-passage-{n}" for n in range(passages)),
        status=status,  # type: ignore[arg-type]
    )


def steps_of(plans: Iterable[DocumentPlan | Problem], broken: frozenset[str] = frozenset()):
    """The steps that `decode_ahead` would yield."""
    for item in plans:
        if isinstance(item, DocumentPlan):
            for position in item.photos_to_encode():
                path = item.document.photos[position].path
                image: DecodedImage | Problem = DecodedImage(photo(1), 48, 32, "JPEG")
                if path in broken:
                    image = Problem(path, "damaged", document_id=item.document.document_id)
                yield PhotoStep(item, position, image)
        yield item


def gathered(steps: Generator[Step, None, None], points: int) -> list[Batch]:
    pace = Pace()
    pace.points = points
    return list(gather(steps, pace))


def test_a_batch_closes_when_it_has_points_enough():
    # each document: 2 photos + 1 passage = 3
    batches = gathered(steps_of([plan(f"d{n}", photos=2) for n in range(5)]), 6)
    assert [len(batch.documents) for batch in batches] == [2, 2, 1]
    assert [len(batch.photos) for batch in batches] == [4, 4, 2]


def test_a_document_comes_with_its_photos_or_after_them():
    batches = gathered(steps_of([plan("d", photos=5)]), 2)
    assert [len(batch.photos) for batch in batches] == [2, 2, 1]
    assert [len(batch.documents) for batch in batches] == [0, 0, 1]


def test_a_broken_photo_of_an_earlier_batch_is_told_with_its_document():
    batches = gathered(steps_of([plan("d", photos=3)], frozenset({"d/0.jpg"})), 2)
    assert [problem.path for batch in batches for problem in batch.problems] == ["d/0.jpg"]
    (ready,) = (ready for batch in batches for ready in batch.documents)
    assert [(at, problem.path) for at, problem in ready.broken.items()] == [(0, "d/0.jpg")]


def test_documents_without_work_are_told_now_and_then():
    idle = [plan(f"d{n}", status="unchanged") for n in range(1_100)]
    assert [len(batch.unchanged) for batch in gathered(steps_of(idle), 8)] == [512, 512, 76]


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), max_size=12),
    st.integers(1, 20),
)
def test_nothing_is_lost_or_turned_round(shapes, points):
    plans = [plan(f"d{n}", photos=a, passages=b) for n, (a, b) in enumerate(shapes)]
    batches = gathered(steps_of(plans), points)
    photos = [(r.plan.document.id, r.position) for batch in batches for r in batch.photos]
    assert photos == [(p.document.id, n) for p in plans for n in range(len(p.photo_ids))]
    documents = [r.plan.document.id for batch in batches for r in batch.documents]
    assert documents == [p.document.id for p in plans]


def test_closing_closes_what_it_gathers():
    closed = []

    def steps() -> Generator[Step, None, None]:
        try:
            while True:
                yield plan("d")
        finally:
            closed.append(True)

    batches = gather(steps(), Pace())
    next(batches)
    batches.close()
    assert closed == [True]


def test_the_pace_grows_while_batches_are_quick():
    pace = Pace()
    for _ in range(10):
        pace.measured(pace.points, 0.1)
    assert pace.points == 256


def test_the_pace_shrinks_while_batches_are_slow():
    pace = Pace()
    for _ in range(10):
        pace.measured(pace.points, 10.0)
    assert pace.points == 4


def test_the_pace_stays_where_a_batch_takes_about_a_second():
    pace = Pace()
    pace.measured(pace.points, 2.0)
    assert pace.points == 32


def test_a_quick_batch_that_was_not_full_says_nothing():
    pace = Pace()
    pace.measured(1, 0.01)
    assert pace.points == 32
