import json
import random
from dataclasses import replace

import pytest
from readings import candidate, reading

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("llguidance")

from tiny_parts import make_model, train_tokenizer  # noqa: E402

from vlm.readers.json_schema import violation  # noqa: E402
from vlm.readers.qwen3_vl.constrain import JsonConstraint, guide_tokenizer, tokens_reserved  # noqa: E402
from vlm.readers.schema import answer_schema, draft_from  # noqa: E402

PADDED = 512
"""Rows of the model's vocabulary, more than the tokenizer has tokens, as in the real ones."""

OWN = {
    "type": "object",
    "properties": {
        "total": {"type": "number"},
        "count": {"type": "integer"},
        "lines": {"type": "array", "items": {"type": "string"}},
        "kind": {"anyOf": [{"type": "null"}, {"enum": ["bill", 'größe " \\ 价格']}]},
    },
}


@pytest.fixture(scope="module")
def tokenizer():
    """Few words besides bytes, so that a random model often stops inside a character or escape."""
    frame = json.dumps(dict.fromkeys(answer_schema(reading())["properties"]))
    return train_tokenizer([frame, json.dumps(list(OWN["properties"])), "corpus/place_"], size=400)


@pytest.fixture(scope="module")
def guide(tokenizer):
    return guide_tokenizer(tokenizer)


@pytest.fixture(scope="module")
def model(tokenizer):
    torch.manual_seed(0)
    return make_model(tokenizer, hidden=32, layers=1, vision_hidden=32, vocabulary=PADDED).eval()


def decode(model, tokenizer, guide, schemas, *, free, seed):
    """A random answer to each schema, sampled from a model with random weights."""
    torch.manual_seed(seed)
    start = torch.randint(10, 250, (len(schemas), 3))
    budget = free + max(tokens_reserved(schema) for schema in schemas)
    out = model.generate(
        input_ids=start,
        attention_mask=torch.ones_like(start),
        do_sample=True,
        temperature=1.0,
        max_new_tokens=budget,
        logits_processor=[JsonConstraint(guide, schemas, max_new_tokens=budget)],
    )
    return tokenizer.batch_decode(out[:, 3:], skip_special_tokens=True)


def some_reading(seed):
    """A reading of random candidates, ids and years; every third with a schema of its own."""
    rng = random.Random(seed)
    candidates = [
        candidate(f"place_{rng.randrange(10**6)}", f"Built in {rng.randrange(1000, 2000)}.")
        for _ in range(rng.randrange(4))
    ]
    made = replace(reading(), candidates=tuple(candidates))
    return replace(made, answer_schema=OWN) if seed % 3 == 0 else made


def test_a_thousand_random_answers_all_parse(model, tokenizer, guide):
    readings = [some_reading(seed) for seed in range(1_000)]
    for at in range(0, 1_000, 250):
        batch = readings[at : at + 250]
        schemas = [answer_schema(one, reasoning=at == 0) for one in batch]
        answers = decode(model, tokenizer, guide, schemas, free=12, seed=at)
        for one, schema, answer in zip(batch, schemas, answers, strict=True):
            said = json.loads(answer)
            assert violation(said, schema) is None
            assert draft_from(answer, one, schema).passage_id == said["source"]


def test_an_answer_that_nears_its_budget_is_led_to_its_end(model, tokenizer, guide):
    schema = answer_schema(replace(reading(), answer_schema=OWN))
    short, long = (
        [len(text) for text in decode(model, tokenizer, guide, [schema] * 8, free=free, seed=1)]
        for free in (0, 200)
    )
    assert max(short) <= tokens_reserved(schema)
    assert sum(long) > sum(short)


def test_padding_of_the_vocabulary_and_white_space_cannot_be_said(tokenizer, guide):
    schema = answer_schema(reading())
    constraint = JsonConstraint(guide, [schema], max_new_tokens=500)
    prefix = '{"subject": '
    ids = [tokenizer.convert_tokens_to_ids(token) for token in tokenizer.tokenize(prefix)]
    scores = torch.zeros(1, PADDED)
    masked = constraint(torch.tensor([[0]]), scores)
    for token in ids:
        masked = constraint(torch.tensor([[0, token]]), scores)
    allowed = {tokenizer.decode([token]) for token in masked[0].isfinite().nonzero()[:, 0].tolist()}
    assert allowed
    assert not masked[0, len(tokenizer) :].isfinite().any()
    assert all(text[0] in 'n"' for text in allowed)
