import json
import math

import pytest
from model_servers import tokens_of

from vlm.readers.openai.certainty import certainty_of_source
from vlm.readers.openai.reply import Token, reply_from


def tokens(listed) -> tuple[Token, ...]:
    reply = reply_from([{"choices": [{"message": {}, "logprobs": {"content": listed}}]}])
    return reply.tokens


ANSWER = json.dumps({"subject": "c/d", "source": "c/d#0", "quote": "x"})


@pytest.mark.parametrize("merged", [False, True])
@pytest.mark.parametrize("null", [0.0001, 0.01, 0.5, 0.9])
def test_it_is_the_logit_of_an_id_against_null_by_eight(null, merged):
    measured = certainty_of_source(tokens(tokens_of(ANSWER, null=null, merged=merged)))
    expected = math.log((1 - null) / null) / 8
    assert measured == pytest.approx(max(-1, min(1, expected)), abs=1e-6)


def test_several_ways_to_begin_an_id_count_together_and_other_marks_do_not():
    at = {' "': 0.5, '"c': 0.2, " null": 0.1, "\n": 0.1, "{": 0.05}
    listed = [{"token": '{"source":', "logprob": 0.0},
              {"token": ' "', "logprob": math.log(0.5), "top_logprobs": [
                  {"token": token, "logprob": math.log(chance)} for token, chance in at.items()]},
              {"token": 'c/d#0"}', "logprob": 0.0}]  # fmt: skip
    assert certainty_of_source(tokens(listed)) == pytest.approx(math.log(0.7 / 0.1) / 8)


def test_where_null_is_not_listed_it_is_less_likely_than_what_is():
    listed = [{"token": '{"source": ', "logprob": 0.0},
              {"token": '"c', "logprob": math.log(0.9), "top_logprobs": [
                  {"token": '"c', "logprob": math.log(0.9)},
                  {"token": "{", "logprob": math.log(0.02)}]},
              {"token": '/d#0"}', "logprob": 0.0}]  # fmt: skip
    assert certainty_of_source(tokens(listed)) == pytest.approx(math.log(0.9 / 0.02) / 8)
    alone = [listed[0], {"token": '"c', "logprob": math.log(0.9)}, listed[2]]
    assert certainty_of_source(tokens(alone)) == pytest.approx(math.log(0.9 / 0.1) / 8)


def test_a_callers_own_field_of_that_name_is_not_meant():
    own = json.dumps({"source": "c/d#0", "fields": {"source": "x"}})
    listed = tokens_of(own, null=0.2)
    for token in listed[12:]:  # those of the caller's own field
        token["top_logprobs"] = [{"token": "null", "logprob": -0.01}]
    assert certainty_of_source(tokens(listed)) == pytest.approx(math.log(0.8 / 0.2) / 8)


def test_tokens_may_hold_parts_of_a_character_and_thoughts_before_the_answer():
    answer = '<think>{"source": null}</think>{"source": "站#0"}'
    raw = answer.encode()
    pieces = [raw[:5], raw[5 : raw.index(b'"\xe7')], raw[raw.index(b'"\xe7') : -6], raw[-6:]]
    listed = [{"token": "�", "bytes": list(piece), "logprob": -0.1} for piece in pieces]
    assert b"".join(pieces) == raw
    assert certainty_of_source(tokens(listed)) is not None


@pytest.mark.parametrize(
    "listed",
    [
        None, [], "text", [{"token": "x"}], [{"token": ANSWER, "logprob": float("nan")}],
        [{"token": ANSWER, "logprob": "high"}], [{"token": ANSWER, "bytes": [999], "logprob": 0}],
        [{"token": '{"source": null}', "logprob": -0.1}],
        [{"token": ANSWER[:20], "logprob": -0.1}],
        [None], [{"token": 3, "logprob": -1}],
    ],
)  # fmt: skip
def test_what_says_nothing_is_no_certainty(listed):
    assert certainty_of_source(tokens(listed)) is None
