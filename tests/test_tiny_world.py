"""The generated world of the tiny Qwen3-VL, its lessons, and a few steps of training."""

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_photos import LOOKS, draw
from tiny_world import Mix, drawn, is_held_back, questions

from vlm.readers.json_schema import violation
from vlm.readers.schema import answer_schema, draft_from

DEFAULT = Mix()
SEEDS = st.integers(0, 2**32)


def example(seed, *, held_back=False, mix=DEFAULT):
    return questions(random.Random(seed), mix, 1, held_back=held_back)[0]


@given(SEEDS, st.booleans())
@settings(deadline=None)
def test_an_answer_keeps_to_the_product_s_schema_and_quotes_its_passage(seed, held_back):
    one = example(seed, held_back=held_back)
    assert violation(json.loads(one.answer), answer_schema(one.reading)) is None
    draft = draft_from(one.answer, one.reading, answer_schema(one.reading))
    texts = {p.passage_id: p.text for c in one.reading.candidates for p in c.passages}
    assert draft.passage_id is None or draft.quote in texts[draft.passage_id]
    assert draft.year is None or str(draft.year) in draft.quote


@given(SEEDS)
@settings(deadline=None)
def test_held_back_places_are_never_seen_in_training(seed):
    seen, held_back = example(seed), example(seed, held_back=True)
    for one, expected in ((seen, False), (held_back, True)):
        for candidate in one.reading.candidates:
            words = " ".join(passage.text for passage in candidate.passages).split()
            if "marks" not in words:  # only its reference photo tells
                assert candidate.photos
                continue
            look = (words[words.index("marks") - 2], words[words.index("marks") - 1])
            assert is_held_back(candidate.title, look) == expected


@given(SEEDS)
@settings(deadline=None)
def test_a_foreign_photo_shows_none_of_the_candidates(seed):
    one = example(seed, mix=Mix(foreign=1.0, named=0.0))
    texts = " ".join(p.text for c in one.reading.candidates for p in c.passages)
    assert f"{one.looks[0][0]} {one.looks[0][1]} marks" not in texts
    assert one.looks[0] not in one.references
    assert json.loads(one.answer)["subject"] is None


@given(SEEDS)
@settings(deadline=None)
def test_reference_photos_show_their_places_and_documents_may_leave_it_to_them(seed):
    one = example(seed, mix=Mix(pictured=1.0, silent=1.0))
    rng = random.Random(0)
    candidates = drawn(one, rng).candidates
    assert len(one.references) == sum(len(each.photos) for each in candidates)
    for candidate in candidates:
        text = " ".join(passage.text for passage in candidate.passages)
        has_facts = any(word in text for word in ("built", "demolished", "stands", "now a"))
        assert not (candidate.photos and has_facts and " marks " in text)
        assert text.strip()


def test_every_look_is_drawn_differently():
    drawn = {draw(look, random.Random(0)).tobytes() for look in LOOKS}
    assert len(drawn) == len(LOOKS)


@pytest.fixture(scope="module")
def parts():
    """An untrained model, its processor and its lessons."""
    torch = pytest.importorskip("torch")
    pytest.importorskip("transformers")
    from tiny_lessons import Lessons
    from tiny_parts import make_model, make_processor
    from train_tiny_qwen import make_tokenizer

    torch.manual_seed(0)
    tokenizer = make_tokenizer()
    processor = make_processor(tokenizer, smallest=64 * 64, largest=64 * 64)
    model = make_model(tokenizer, hidden=96, layers=3, vision_hidden=32, spread=0.06)
    model.set_attn_implementation({"text_config": "eager", "vision_config": "sdpa"})
    return model, processor, Lessons(processor)


def test_where_to_look_is_where_the_next_word_stands_or_what_decides_on_it(parts):
    _, _, lessons = parts
    rng = random.Random(0)
    asked = lessons.questions([questions(rng, Mix(), 7, held_back=False) for _ in range(4)])
    (deciding,), (denying,) = lessons.ids('"shapes/'), lessons.ids("null")
    (photo_end,) = lessons.ids("<|vision_end|>")
    named = (asked.belongs_to >= 0).nonzero()
    assert len(named)
    for row, at in named.tolist():
        photo = int(asked.belongs_to[row, at])
        assert asked.ids[row, photo] == photo_end
        # The name in the passage is that of the subject whose photo it follows.
        assert asked.ids[row, photo - 10] == asked.ids[row, at]
    for batch, decides in ((lessons.stories(rng, 4), set()), (asked, {deciding})):
        rows, at = (batch.looks_at >= 0).nonzero(as_tuple=True)
        looked_at, said = batch.looks_at[rows, at], batch.ids[rows, at + 1].tolist()
        assert len(said) > 4
        for place, there, token in zip(looked_at, batch.ids[rows, looked_at], said, strict=True):
            assert token in ({denying} if place == 0 else {int(there), *decides})


def test_questions_in_one_row_are_answered_as_if_alone(parts):
    """And positions are counted as the model counts them."""
    import torch

    model, processor, lessons = parts
    rng = random.Random(1)
    group = questions(rng, Mix(named=0.0, pictured=1.0), 3, held_back=False)
    together = lessons.questions([group])
    photos = [draw(look, rng) for look in together.looks]
    references = photos[: len(group[0].references)]
    assert references
    images = processor.image_processor(images=photos, return_tensors="pt")
    with torch.inference_mode():
        model.eval()
        packed = model.model(
            input_ids=together.ids, position_ids=together.positions, attention_mask=together.mask(),
            pixel_values=images["pixel_values"], image_grid_thw=images["image_grid_thw"],
        ).last_hidden_state[0]  # fmt: skip
        asked = photos[len(references) :]
        for number, (one, photo) in enumerate(zip(group, asked, strict=False), start=1):
            from tiny_lessons import BUDGET

            from vlm.readers.prompt import build_prompt
            from vlm.readers.qwen3_vl.reader import chat_messages

            prompt = build_prompt(one.reading, budget=BUDGET)
            text = processor.apply_chat_template(chat_messages(prompt), add_generation_prompt=True)
            inputs = processor(
                text=[text + one.answer], images=[*references, photo], return_tensors="pt"
            )
            alone = model.model(**inputs).last_hidden_state[0]
            own = (together.owner[0] == number) & together.is_predicted[0]
            said = int(own.sum()) - 1  # all but the end of the turn
            torch.testing.assert_close(packed[own][:said], alone[-said:], rtol=1e-3, atol=1e-3)


def test_weights_are_carried_over_to_another_tokenizer(parts, tmp_path):
    """A token that both tokenizers know keeps its embedding; all other weights are taken as is."""
    from pathlib import Path

    from tiny_parts import make_model
    from train_tiny_qwen import carry_over
    from transformers import AutoTokenizer, Qwen3VLForConditionalGeneration

    folder = Path(__file__).resolve().parents[1] / "data" / "models" / "tiny-qwen3-vl"
    tokenizer = parts[1].tokenizer
    model = make_model(tokenizer, hidden=128, layers=4, key_value_heads=4)
    carry_over(folder, model, tokenizer)
    older = Qwen3VLForConditionalGeneration.from_pretrained(folder)
    known = AutoTokenizer.from_pretrained(folder).convert_tokens_to_ids("hazel")
    here = tokenizer.convert_tokens_to_ids("hazel")
    rows, old_rows = (one.get_input_embeddings().weight for one in (model, older))
    assert rows[here].equal(old_rows[known])
    assert model.model.visual.pos_embed.weight.equal(older.model.visual.pos_embed.weight)


def test_a_few_steps_of_training_lessen_the_loss(parts, tmp_path):
    import torch
    from train_tiny_qwen import Stage, Teacher

    model, processor, lessons = parts
    teacher = Teacher(model, processor)
    batch = lessons.questions(
        [questions(random.Random(2), Mix(), 7, held_back=True) for _ in range(4)]
    )
    with torch.no_grad():
        before = teacher._loss(batch, random.Random(0))[0].item()
    teacher.learn(Stage("few", 8, Mix(), photos=1.0, rate=2e-2), seed=0, folder=tmp_path)
    with torch.no_grad():
        after = teacher._loss(batch, random.Random(0))[0].item()
    assert after < 0.9 * before
