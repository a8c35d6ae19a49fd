"""Qwen3-VL in this process with its real classes, tiny and untrained: everything but sense."""

import random
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from PIL import Image
from readings import reading

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("llguidance")

from tiny_parts import save_tiny  # noqa: E402

from knowledge import deadline  # noqa: E402
from knowledge.errors import (  # noqa: E402
    DeadlineError,
    ModelBrokenError,
    ModelError,
    ModelMissingError,
    UnsupportedImageError,
)
from vlm.readers.base import LookingReader  # noqa: E402
from vlm.readers.prompt import PhotoBudget  # noqa: E402
from vlm.readers.qwen3_vl.reader import QwenOptions, QwenReader, _Waiting  # noqa: E402

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


def drafts_of(reader, readings):
    """What the reader makes of readings that it got together."""
    return reader._read_batch([_Waiting(one) for one in readings])


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
    alone = [drafts_of(reader, [one])[0] for one in readings]
    for one, other in zip(drafts_of(reader, readings), alone, strict=True):
        assert replace(one, signals={}) == replace(other, signals={})
        assert one.signals["certainty"] == pytest.approx(other.signals["certainty"], abs=1e-3)


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
    (draft,) = drafts_of(make(), [replace(READING, answer_schema=OWN)])
    assert draft.passage_id is None or set(draft.fields) == {"total", "unit"}


def big_readings(count, side=256):
    """Readings whose photos take 64 visual tokens, more than all else."""
    return [replace(READING, photos=(Image.new("RGB", (side, side)),)) for _ in range(count)]


def hold_at_most(reader, *, rows=99, patches=10**9):
    """Let the reader's model run out of memory with more; returns what it was asked with: photos,
    one a question, and their patches."""
    asked = []

    def hook(pixels, grids):
        asked.append((len(grids), len(pixels)))
        if len(grids) > rows or len(pixels) > patches:
            raise torch.OutOfMemoryError("CUDA out of memory (said by a test)")

    watch_photos(reader, hook)
    return asked


def watch_photos(reader, hook):
    """Call `hook` with the pixels and the grids of the photos before the vision tower sees them."""
    reader.load().model.model.visual.register_forward_pre_hook(
        lambda _, args, kwargs: hook(args[0], kwargs["grid_thw"]), with_kwargs=True
    )


def test_out_of_memory_asks_fewer_at_once_and_remembers_how_many(make):
    reader = make(max_batch=8)
    asked = hold_at_most(reader, rows=2)
    drafts = drafts_of(reader, big_readings(8))
    assert all(not isinstance(draft, Exception) for draft in drafts)
    rows = [count for count, _ in asked]
    assert rows == [8, 4, 2, 2, 2, 2]
    assert {patches // count for count, patches in asked} == {64 * 4}  # photos as they were
    asked.clear()
    drafts_of(reader, big_readings(4))
    assert [count for count, _ in asked] == [2, 2]


def test_out_of_memory_alone_asks_with_smaller_photos_and_remembers_them(make):
    reader = make()
    asked = hold_at_most(reader, patches=100)
    (draft,) = drafts_of(reader, big_readings(1))
    assert not isinstance(draft, Exception)
    patches = [count for _, count in asked]
    assert patches[0] == 64 * 4
    assert patches[-1] <= 100
    asked.clear()
    drafts_of(reader, big_readings(1))
    assert len(asked) == 1
    assert asked[0][1] <= 100
    drafts_of(reader, [READING])
    assert asked[1][1] == 4 * 4  # a photo that fits is not made smaller


def test_out_of_memory_whatever_is_tried_is_an_error_of_that_question_that_names_the_setting(make):
    reader = make()
    hold_at_most(reader, patches=64)
    first, big, last = drafts_of(reader, [READING, *big_readings(1, side=4_000), READING])
    assert not isinstance(first, Exception)
    assert not isinstance(last, Exception)
    assert not isinstance(big, Exception)  # 16 visual tokens, four patches each
    hold_at_most(reader, patches=0)
    with pytest.raises(ModelError, match="SNAPCITE_READER_PHOTO_TOKENS"):
        reader.read(READING)


STRANGE = Image.new("RGB", (4_020, 20))


def test_a_photo_that_no_qwen_takes_fails_its_own_question_only(make):
    reader = make()
    strange = replace(READING, photos=(STRANGE,))
    first, refused, last = drafts_of(reader, [READING, strange, READING])
    assert first.text == last.text
    assert isinstance(refused, UnsupportedImageError)
    with pytest.raises(UnsupportedImageError, match=r"4,020 × 20 pixels.*Crop it"):
        reader.read(strange)


def test_a_candidate_s_photo_that_no_qwen_takes_is_left_out(make):
    shown = replace(READING.candidates[0], photos=(STRANGE, Image.new("RGB", (64, 64))))
    assert make().read(replace(READING, candidates=(shown,))).text is not None


def test_whatever_breaks_on_one_question_fails_that_one_only(make):
    reader = make()

    def hook(pixels, _):
        if len(pixels) >= 64 * 4:
            raise ValueError("a photo that the processor does not like")

    watch_photos(reader, hook)
    first, broken, last = drafts_of(reader, [READING, *big_readings(1), READING])
    assert not isinstance(first, Exception)
    assert not isinstance(last, Exception)
    assert isinstance(broken, ModelBrokenError)
    assert "does not like" in str(broken)


def test_it_says_how_sure_it_was_of_its_source(make):
    for draft in drafts_of(make(), [READING, replace(READING, photos=())]):
        assert -1.0 <= draft.signals["certainty"] <= 1.0


def test_every_photo_stands_where_the_prompt_names_it(make):
    """Pixels and placeholders of a batch, in the order of the words before them."""
    reader = make()
    colours = {"red": (255, 0, 0), "lime": (0, 255, 0), "blue": (0, 0, 255), "white": (255,) * 3}
    picture = {name: Image.new("RGB", (64, 32 * at), rgb)
               for at, (name, rgb) in enumerate(colours.items(), start=1)}  # fmt: skip
    station, tower = READING.candidates
    first = replace(READING, photos=(picture["white"],), candidates=(
        replace(station, photos=(picture["red"],)), replace(tower, photos=(picture["lime"],)),
    ))  # fmt: skip
    second = replace(READING, photos=(picture["lime"],), candidates=(
        station, replace(tower, photos=(picture["blue"], picture["red"])),
    ))  # fmt: skip
    seen, prompts = [], []
    loaded = reader.load()
    watch_photos(reader, lambda pixels, grids: seen.append((pixels, grids)))
    loaded.model.register_forward_pre_hook(
        lambda _, args, kwargs: prompts.append(kwargs["input_ids"]), with_kwargs=True
    )
    drafts_of(reader, [first, second])
    ((pixels, sides),) = seen
    at, shown = 0, []
    grids = sides.prod(dim=1).tolist()
    blocks = list(pixels.split(grids))
    for ids in prompts[0]:
        before, *after = loaded.processor.tokenizer.decode(ids).split("<|vision_start|>")
        for part in after:
            label = before.rpartition("\n")[2]
            assert part.count("<|image_pad|>") == grids[at] // 4
            rgb = blocks[at].reshape(len(blocks[at]), 3, -1).mean(dim=(0, 2))
            name = next(n for n, c in colours.items() if rgb.gt(0).tolist() == [x > 0 for x in c])
            shown.append((label, name))
            before, at = part, at + 1
    assert at == len(grids)
    assert shown == [
        ("Candidate 1, reference photo: ", "red"),
        ("Candidate 2, reference photo: ", "lime"),
        ("The photograph asked about: ", "white"),
        ("Candidate 2, reference photo 1 of 2: ", "blue"),
        ("Candidate 2, reference photo 2 of 2: ", "red"),
        ("The photograph asked about: ", "lime"),
    ]


@pytest.fixture(scope="module")
def thinking_folder(tmp_path_factory, folder):
    """The tiny model as a *Thinking* variant: its template opens the thoughts."""
    from transformers import AutoProcessor

    thinking = tmp_path_factory.mktemp("thinking")
    shutil.copytree(folder, thinking, dirs_exist_ok=True)
    processor = AutoProcessor.from_pretrained(folder)
    processor.tokenizer.add_tokens(["<think>", "</think>"])
    opened = "<|im_start|>assistant\n<think>\n"
    processor.chat_template = processor.chat_template.replace("<|im_start|>assistant\n", opened)
    assert opened in processor.chat_template
    processor.save_pretrained(thinking)
    return thinking


def test_no_question_is_computed_for_longer_than_its_request_has(thinking_folder):
    # Its random weights think until the budget ends, which they would reach after minutes.
    reader = QwenReader(str(thinking_folder), options=QwenOptions(thinking_tokens=100_000))
    reader.load()
    started = time.monotonic()
    with deadline.within(0.5), pytest.raises(DeadlineError, match="SNAPCITE_REQUEST_TIMEOUT"):
        reader.read(READING)
    with deadline.within(0.0), pytest.raises(DeadlineError):  # is not begun with
        reader.read(READING)
    assert time.monotonic() - started < 5
    reader.close()


def test_a_thinking_variant_thinks_within_its_budget_and_then_answers(thinking_folder):
    options = QwenOptions(max_tokens=8, thinking_tokens=6, reasoning=True)
    reader = QwenReader(str(thinking_folder), options=options)
    assert reader.load().thinking is not None
    for draft in drafts_of(reader, [READING, replace(READING, photos=())]):
        assert not isinstance(draft, Exception)
        assert "think" not in (draft.text + (draft.reasoning or ""))
    reader.close()


@pytest.mark.parametrize("files", [{}, {"config.json": "{}"}])
def test_a_model_that_is_not_there_is_an_error_that_says_so(tmp_path, files):
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    reader = QwenReader(str(tmp_path))
    with pytest.raises((ModelMissingError, ModelBrokenError), match=r"cannot be|only partly"):
        reader.warm_up()
    reader.close()
