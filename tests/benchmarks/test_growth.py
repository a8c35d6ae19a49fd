"""A fast part of `python -m benchmarks.growth`: time grows no faster than the text."""

import pytest

from benchmarks.growth import FILES, PATTERNS, failures, text_functions, text_of, unfair

FUNCTIONS = (
    "sentences", "chunks", "dates.years", "text.unwrap", "markdown", "front", "photo pattern",
    "chronology", "chronology names", "asks existence", "windows", "spans", "agreement",
    "reader When was it built?", "reader question", "citation.quote", "grounding.nothing",
    "names.both", "names.respelling", "conflicts", "schema check", "chat",
    "CSV", "a JSON array", "a corpus folder",
)  # fmt: skip
DISLIKED = ("no border", "chinese no border", "json arrays", "quote fields")


def test_all_functions_and_patterns_are_known_by_their_names():
    assert set(FUNCTIONS) <= {*text_functions(), *FILES}
    assert set(DISLIKED) <= set(PATTERNS)


def test_time_grows_no_faster_than_the_text():
    found = failures(FUNCTIONS, sizes=(4_000, 16_000), patterns=DISLIKED, limit_seconds=30.0)
    assert [(name, label, wrong) for name, label, _, wrong in found if wrong] == []


def test_a_text_is_its_pattern_repeated():
    assert text_of("abc", 7) == "abcabca"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        ((0.1, 0.4), ""),
        ((0.1, 1.6), "grows 16 times"),
        ((0.001, 0.09), ""),  # too short to say
        ((1.0, 4.0), "takes 4.0 s where 2 s are allowed"),
        ((), ""),
    ],
)
def test_quadratic_growth_is_unfair(seconds, words):
    assert unfair(seconds, (8_000, 32_000)).startswith(words)
    assert bool(unfair(seconds, (8_000, 32_000))) == bool(words)
