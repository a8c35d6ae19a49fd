"""Expected values are arithmetic: odds of a few tokens with given probabilities."""

import math

import numpy as np
import pytest

from vlm.readers.qwen3_vl.source_odds import SourceOdds

SUBJECT, SOURCE, REST = b'{"subject":', b', "source":', b', "quote": ""'


def odds_of(steps, *, needs_subject=True):
    """The odds after steps, each of what was said and {what could be said: its probability}."""
    names = sorted({name for said, chances in steps for name in (said, *(chances or ()))})
    odds = SourceOdds(lambda token: names[token], needs_subject=needs_subject)
    for said, chances in steps:
        chances = chances or {said: 1.0}
        allowed = np.array([names.index(one) for one in chances])
        # Scores are logarithms up to a constant, as a model's are.
        odds.follow(
            names.index(said),
            allowed,
            lambda ids, of=chances: np.array([math.log(of[names[one]]) + 7 for one in ids]),
        )
    return odds


NAMED = (b' "a"', {b' "a"': 0.6, b' "b"': 0.1, b" null": 0.3})
CITED = (b' "a#0"', {b' "a#0"': 0.9, b" null": 0.1})


def test_the_odds_of_a_source_are_those_of_its_whole_way_against_both_ways_of_silence():
    odds = odds_of([(SUBJECT, None), NAMED, (SOURCE, None), CITED, (REST, None)])
    assert odds.logit == pytest.approx(math.log((0.6 * 0.9) / (0.3 + 0.6 * 0.1)))


def test_without_a_photo_only_the_step_at_the_source_counts():
    steps = [(SUBJECT, None), NAMED, (SOURCE, None), CITED]
    assert odds_of(steps, needs_subject=False).logit == pytest.approx(math.log(0.9 / 0.1))


def test_of_an_answer_without_a_subject_they_are_any_subject_s_against_none():
    odds = odds_of([(SUBJECT, None), (b" null", NAMED[1])])
    assert odds.logit == pytest.approx(math.log(0.7 / 0.3))


def test_of_an_answer_without_a_source_they_are_any_passage_s_against_silence():
    none = (b" null", {b' "a#0"': 0.1, b' "a#1"': 0.3, b" null": 0.6})
    odds = odds_of([(SUBJECT, None), NAMED, (SOURCE, None), none])
    assert odds.logit == pytest.approx(math.log((0.6 * 0.4) / (0.3 + 0.6 * 0.6)))


def test_an_id_in_several_tokens_has_the_product_of_their_probabilities():
    steps = [
        (SUBJECT + b" ", None),
        (b'"a', {b'"a': 0.8, b"n": 0.2}),
        (b'1"', {b'1"': 0.5, b'2"': 0.5}),
        (b', "sou', None),
        (b'rce": ', None),
        (b'"', {b'"': 0.9, b"null": 0.1}),
        (b'a1#0"', {b'a1#0"': 0.25, b'a1#1"': 0.75}),
    ]
    assert odds_of(steps).logit == pytest.approx(math.log((0.4 * 0.225) / (0.2 + 0.4 * 0.1)))


def test_a_key_that_only_a_thought_quotes_is_not_the_field():
    thought = b'{"reasoning": "\\"source\\": \\"x\\" null", "subject":'
    odds = odds_of([(thought, None), NAMED, (SOURCE, None), CITED])
    assert odds.logit == pytest.approx(math.log((0.6 * 0.9) / (0.3 + 0.6 * 0.1)))


def test_they_are_unknown_before_the_source_is_said():
    odds = odds_of([(SUBJECT, None), NAMED, (SOURCE, None)])
    assert not odds.is_known
    assert odds.logit is None


def test_an_impossible_null_makes_them_large_and_not_infinite():
    sure = (b' "a#0"', {b' "a#0"': 1.0})
    odds = odds_of([(SUBJECT, None), (b' "a"', {b' "a"': 1.0}), (SOURCE, None), sure])
    assert odds.logit > 8
    assert math.isfinite(odds.logit)
