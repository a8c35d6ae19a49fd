"""Words with meanings, the same for English and Chinese."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlm.readers.extractive.lexicon import lexicon, stem, words_of


def concepts(text: str) -> set[str]:
    return {concept for word in words_of(text) for concept in word.concepts}


@pytest.mark.parametrize(
    ("english", "chinese", "concept"),
    [
        ("The chapel", "礼拜堂", "church"),
        ("was pulled down", "被拆除", "demolish"),
        ("burnt", "烧毁", "burn"),
        ("a foundation stone", "奠基", "cornerstone"),
        ("World Heritage", "世界遗产", "heritage"),
        ("the architect", "建筑师", "architect"),
        ("granite", "花岗岩", "granite"),
        ("pilgrims", "朝圣者", "pilgrim"),
    ],
)
def test_a_meaning_is_the_same_in_both_languages(english: str, chinese: str, concept: str):
    assert concept in concepts(english)
    assert concept in concepts(chinese)


@pytest.mark.parametrize(
    "forms",
    [("open", "opens", "opened", "opening"), ("city", "cities"), ("carve", "carved", "carving"),
     ("stop", "stopped", "stopping"), ("church", "churches"), ("wall", "walls")],
)  # fmt: skip
def test_regular_forms_have_one_stem(forms: tuple[str, ...]):
    assert len({stem(form) for form in forms}) == 1


def test_a_verb_is_found_with_its_particle_apart():
    words = words_of("They pulled the old tower down in 1900.")

    assert [w.stem for w in words if "demolish" in w.concepts] == [stem("pulled")]


def test_a_particle_beyond_a_comma_belongs_to_no_verb():
    assert "demolish" not in concepts("They pulled the rope, and the flag came down.")


def test_a_building_does_not_mean_the_act_of_building():
    assert "build" not in concepts("The building has two buildings beside it.")
    assert "build" in concepts("It was built here.")


def test_unknown_chinese_becomes_pairs_of_characters():
    words = words_of("玄武湖")

    assert all(len(word.stem) <= 2 for word in words)
    assert words[0].start == 0


def test_a_numeral_counts_only_with_its_measure_word():
    assert "n2" in concepts("二层")
    assert "n2" not in concepts("二里头")


def test_capital_letters_inside_a_sentence_mark_names():
    names = [w.stem for w in words_of("Here Gounod's Faust was played.") if w.is_name]

    assert names == ["gounod", "faust"]


@given(st.text(max_size=120))
def test_words_stand_where_they_say(text: str):
    assert all(0 <= word.start < word.end <= len(text) for word in words_of(text))


def test_every_kindred_and_family_name_is_a_concept():
    vocabulary = lexicon()
    known = set().union(*vocabulary.stems.values(), *vocabulary.chinese.values())

    assert set(vocabulary.kindred) <= known
    assert all(family <= vocabulary.types for family in vocabulary.families)
