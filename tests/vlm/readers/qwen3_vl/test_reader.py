"""Qwen3-VL in this process with its real classes, tiny and untrained: everything but sense."""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from PIL import Image
from readings import reading

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("llguidance")

from tiny_parts import save_tiny  # noqa: E402

from knowledge.errors import ModelBrokenError, ModelError, ModelMissingError  # noqa: E402
from vlm.readers.base import LookingReader  # noqa: E402
from vlm.readers.prompt import PhotoBudget  # noqa: E402
from vlm.readers.qwen3_vl.reader import QwenOptions, QwenReader  # noqa: E402

READING = reading()
OWN = {
    "type": "object",
    "properties": {"total": {"type": "integer"}, "unit": {"enum": ["m", "km"]}},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_tiny(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def make(folder):
    """Readers of the tiny model, closed when the test is over."""
    made = []

    def make(**options):
        made.append(QwenReader(str(folder), options=QwenOptions(max_tokens=8, **options)))
        return made[-1]

    yield make
    for reader in made:
        reader.close()


def test_whatever_it_says_is_a_draft_about_what_it_was_shown(make):
    draft = make().read(READING)
    shown = {passage.passage_id for one in READING.candidates for passage in one.passages}
    assert draft.passage_id in {*shown, None}
    assert draft.year in {1889, 1912, 1992, None}


def test_it_loads_at_the_first_question_once_and_answers_threads_in_batches(make):
    reader = make(max_batch=4)
    assert reader._loaded is None
    first, sizes = reader.load(), []
    first.model.register_forward_pre_hook(
        lambda _, args, kwargs: sizes.append(kwargs["input_ids"].shape[0]), with_kwargs=True
    )
    with ThreadPoolExecutor(9) as pool:
        list(pool.map(lambda _: reader.read(READING), range(9)))
    assert reader.load() is first
    assert 1 < max(sizes) <= 4
    assert isinstance(reader, LookingReader)


def test_an_answer_does_not_depend_on_what_is_answered_beside_it(make):
    rng = random.Random(0)
    readings = [
        replace(READING, question=f"When, {'really ' * rng.randrange(9)}?", photos=photos)
        for photos in ((), READING.photos, READING.photos * 2)
    ]
    reader = make()
    alone = [reader._read_batch([one])[0] for one in readings]
    assert reader._read_batch(readings) == alone


def test_photos_are_scaled_to_their_budget(make):
    reader = make(photos=PhotoBudget(question=6, evidence=2))
    counts = []
    reader.load().model.register_forward_pre_hook(
        lambda _, args, kwargs: counts.append(int((kwargs["input_ids"] == image).sum())),
        with_kwargs=True,
    )
    image = reader.load().model.config.image_token_id
    photo = Image.new("RGB", (640, 400))
    shown = replace(READING.candidates[0], photos=(photo,))
    reader.read(replace(READING, photos=(photo,), candidates=(shown,)))
    assert 0 < counts[0] <= 6 + 2


def test_it_thinks_before_it_answers_only_where_that_is_switched_on(make):
    assert make().read(READING).reasoning is None
    assert make(reasoning=True).read(READING).reasoning is not None


def test_a_callers_own_fields_are_asked_for(make):
    asked = make()._answers(make().load(), [replace(READING, answer_schema=OWN)], PhotoBudget())
    (draft,) = asked
    assert draft.passage_id is None or set(draft.fields) == {"total", "unit"}


def short_of_memory(times):
    """A hook of the vision tower that runs out of memory `times` times and records the patches."""
    seen = []

    def hook(_, args):
        seen.append(len(args[0]))
        if len(seen) <= times:
            raise torch.OutOfMemoryError("CUDA out of memory (said by a test)")

    return seen, hook


def test_out_of_memory_halves_the_photos_and_tries_once_more(make):
    reader = make(photos=PhotoBudget(question=64))
    seen, hook = short_of_memory(times=1)
    reader.load().model.model.visual.register_forward_pre_hook(hook)
    reader.read(replace(READING, photos=(Image.new("RGB", (256, 256)),)))
    first, second = seen
    assert first == 64 * 4  # patches, four a visual token
    assert second <= first / 2


def test_out_of_memory_twice_is_an_error_that_names_the_setting(make):
    reader = make()
    _, hook = short_of_memory(times=2)
    reader.load().model.model.visual.register_forward_pre_hook(hook)
    with pytest.raises(ModelError, match="SNAPCITE_READER_PHOTO_TOKENS"):
        reader.read(READING)


@pytest.mark.parametrize("files", [{}, {"config.json": "{}"}])
def test_a_model_that_is_not_there_is_an_error_that_says_so(tmp_path, files):
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    reader = QwenReader(str(tmp_path))
    with pytest.raises((ModelMissingError, ModelBrokenError), match="cannot be"):
        reader.warm_up()
    reader.close()
