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
from vlm.readers.qwen3_vl.constrain import (  # noqa: E402
    JsonConstraint,
    Thinking,
    constrain_answer,
    constrain_schema,
    guide_tokenizer,
    tokens_reserved,
)
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


def decode(model, tokenizer, guide, readings, schemas, *, free, seed, thinking=None):
    """A random answer to each reading, sampled from a model with random weights; and how many of
    its tokens came before it."""
    torch.manual_seed(seed)
    start = torch.randint(10, 250, (len(schemas), 3))
    rows = [constrain_answer(guide, *each) for each in zip(readings, schemas, strict=True)]
    constraint = JsonConstraint(guide, rows, max_tokens=free, thinking=thinking)
    out = model.generate(
        input_ids=start,
        attention_mask=torch.ones_like(start),
        do_sample=True,
        temperature=1.0,
        max_new_tokens=constraint.budget,
        logits_processor=[constraint],
    )
    answers = [
        tokenizer.decode(row[3 + before :], skip_special_tokens=True)
        for row, before in zip(out, constraint.thoughts, strict=True)
    ]
    return answers, constraint.thoughts, rows


def some_reading(seed):
    """A reading of random candidates, ids and years; every third with a schema of its own."""
    rng = random.Random(seed)
    candidates = [
        candidate(f"place_{rng.randrange(10**6)}", f"Built in {rng.randrange(1000, 2000)}.")
        for _ in range(rng.randrange(4))
    ]
    made = replace(reading(), candidates=tuple(candidates))
    return replace(made, answer_schema=OWN) if seed % 3 == 0 else made


def test_a_thousand_random_answers_all_parse_and_quote_what_they_cite(model, tokenizer, guide):
    readings = [some_reading(seed) for seed in range(1_000)]
    cited = 0
    for at in range(0, 1_000, 250):
        batch = readings[at : at + 250]
        schemas = [answer_schema(one, reasoning=at == 0) for one in batch]
        answers, _, rows = decode(model, tokenizer, guide, batch, schemas, free=12, seed=at)
        for one, schema, answer, row in zip(batch, schemas, answers, rows, strict=True):
            said = json.loads(answer)
            assert violation(said, schema) is None
            draft = draft_from(answer, one, schema)
            passages = {p.passage_id: p for c in one.candidates for p in c.passages}
            if draft.passage_id is not None:
                cited += 1
                assert draft.quote in passages[draft.passage_id].text
                assert draft.document_id == passages[draft.passage_id].document_id
            assert row.odds.logit is not None
    assert cited > 100


def test_an_answer_that_nears_its_budget_is_led_to_its_end(model, tokenizer, guide):
    given = replace(reading(), answer_schema=OWN)
    schema = answer_schema(given)
    asked = ([given] * 8, [schema] * 8)
    short, long = (
        [len(text) for text in decode(model, tokenizer, guide, *asked, free=free, seed=1)[0]]
        for free in (0, 200)
    )
    assert max(short) <= tokens_reserved(schema)
    assert sum(long) > sum(short)


def test_a_thinking_model_thinks_for_so_many_tokens_and_then_answers(model, tokenizer, guide):
    given, schema = reading(), answer_schema(reading())
    closing = tuple(tokenizer.convert_tokens_to_ids(["q", "z", "z"]))  # any tokens do
    thinking = Thinking(120, closing)
    answers, thoughts, _ = decode(
        model, tokenizer, guide, [given] * 8, [schema] * 8, free=12, seed=3, thinking=thinking
    )
    for answer in answers:
        assert violation(json.loads(answer), schema) is None
    assert max(thoughts) <= 120 + len(closing)
    assert len(set(thoughts)) > 1  # each ends its own thoughts, early or by the budget


def test_the_odds_fall_as_null_gets_likelier(tokenizer, guide):
    given, schema = reading(), answer_schema(reading())
    answer = json.dumps({"subject": "corpus/station", "source": "corpus/station#0", "quote": "Old"})
    ids = tokenizer(answer)["input_ids"]
    nulls = [tokenizer.convert_tokens_to_ids(token) for token in ("n", "nu", "null")]

    def logit(of_null):
        row = constrain_answer(guide, given, schema)
        constraint = JsonConstraint(guide, [row], max_tokens=50)
        scores = torch.zeros(1, PADDED)
        scores[0, [token for token in nulls if token is not None]] = of_null
        for at in range(len(ids)):
            constraint(torch.tensor([[0, *ids[:at]]]), scores)
        return row.odds.logit

    assert logit(-5.0) > logit(0.0) > logit(5.0)


def test_padding_of_the_vocabulary_and_white_space_cannot_be_said(tokenizer, guide):
    schema = answer_schema(reading())
    constraint = JsonConstraint(guide, [constrain_schema(guide, schema)], max_tokens=500)
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
