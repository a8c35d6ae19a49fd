"""Strings out of files: cleaned, named, put into words, wrapped lines joined."""

import textwrap
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.corpus.text import (
    as_text,
    clean,
    fact_line,
    humanise,
    one_line,
    reflow_page,
    slug,
    unwrap,
)


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("a\r\nb\rc\u2028d\fe", "a\nb\nc\nd\ne"),
        ("\ufeff a\0\x07b \n", "ab"),
        ("half \ud800 pair", "half \ufffd pair"),
        ("co\u00adoperate", "cooperate"),
        ("tab\tstays", "tab\tstays"),
    ],
)
def test_clean(raw, cleaned):
    assert clean(raw) == cleaned


@given(st.text(st.characters(), max_size=60))
def test_clean_text_is_fit_for_json_and_stays_clean(text):
    cleaned = clean(text)
    cleaned.encode()
    assert clean(cleaned) == cleaned
    assert not any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in cleaned)
    assert "\n" not in one_line(text)


@pytest.mark.parametrize(
    ("stem", "title"),
    [
        ("eiffel_tower", "Eiffel tower"),
        ("Mont-Saint-Michel", "Mont Saint Michel"),
        ("1889-05-06_opening-day", "1889-05-06 opening day"),
        ("Jean-Paul at home", "Jean-Paul at home"),
        ("济南_老火车站", "济南 老火车站"),
        ("__", "__"),
    ],
)
def test_humanise(stem, title):
    assert humanise(stem) == title


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("My photos/2020", "My_photos_2020"),
        ("..", "corpus"),
        ("老照片 (1)", "老照片_1"),
        ("a#b", "a_b"),
    ],
)
def test_slug(name, expected):
    assert slug(name) == expected


@given(st.text(max_size=30))
def test_a_slug_never_splits_an_identity(name):
    assert slug(name)
    assert not set(slug(name)) & set("/#?%\\ \n")


@pytest.mark.parametrize(
    ("label", "value", "line"),
    [
        ("Architect", "Gustave Eiffel", "Architect: Gustave Eiffel."),
        ("year_built", "1889", "Year built: 1889."),
        ("note", "Is it there?", "Note: Is it there?"),
        ("note", "He said “no.”", "Note: He said “no.”"),
        ("建筑师", "梁思成", "建筑师：梁思成。"),
        ("状态", "已拆除。", "状态：已拆除。"),
    ],
)
def test_fact_line(label, value, line):
    assert fact_line(label, value) == line


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("  a\r\nb ", "a\nb"),
        (0, "0"),
        (False, "no"),
        (1889.0, "1889"),
        (48.8584, "48.8584"),
        (float("nan"), ""),
        (float("inf"), "inf"),
        (Decimal("1E+2"), "100"),
        (date(1889, 3, 31), "1889-03-31"),
        (datetime(1889, 3, 31), "1889-03-31"),
        (datetime(1889, 3, 31, 12, 30, tzinfo=UTC), "1889-03-31T12:30:00+00:00"),
        (b"\x89PNG", ""),
        (["tower", None, "", 3], "tower, 3"),
        ({"by": "Eiffel", "year": 1889, "x": None}, "by Eiffel, year 1889"),
        ([{"a": [1, 2]}], "a 1, 2"),
        ([], ""),
    ],
)
def test_values_in_words(value, text):
    assert as_text(value) == text


def test_values_nested_without_end_are_cut():
    value: list = []
    value.append(value)
    assert as_text(value) == ""


# Wrapped lines


PROSE = (
    "The tower was built in 1889 for a world fair and was to stand for twenty years. It still "
    "stands today and is open to visitors on every day of the year, whatever the weather is. "
    "Its architect was Stephen Sauvestre."
)


def test_a_hard_wrapped_paragraph():
    wrapped = textwrap.fill(PROSE, 72)
    assert unwrap(f"{wrapped}\n\nSecond paragraph.") == f"{PROSE}\n\nSecond paragraph."


def test_wrapped_chinese_runs_on_without_spaces():
    text = "黄鹤楼是武汉武昌蛇山上的一座楼阁，相传它始建于三国时期，历史上这座楼屡毁屡建。" * 3
    wrapped = "\n".join(text[n : n + 36] for n in range(0, len(text), 36))
    assert unwrap(wrapped) == text


def test_lists_verses_and_addresses_stay():
    for text in (
        "Tour Eiffel\n5 avenue Anatole France\n75007 Paris",
        "Facts about the tower, which are many and all listed below\nheight: 330 m\n",
        "- " + "a long item of a list " * 3 + "\n- " + "another long item of it " * 3,
        "one line alone",
        "",
    ):
        assert unwrap(text) == text


def test_a_page():
    lines = [*textwrap.wrap(PROSE, 60), "1. First", "2. Second", "A new paragraph."]
    assert reflow_page("\n".join(lines)) == f"{PROSE}\n1. First\n2. Second\nA new paragraph."


def test_a_page_of_short_lines():
    assert reflow_page("Plate 1\nThe tower\n\n  in 1889 \n") == "Plate 1\nThe tower in 1889"
    assert reflow_page(" \n") == ""


@given(
    st.text(st.characters(exclude_characters="\r\f\v\x1c\x1d\x1e\x85\u2028\u2029"), max_size=300)
)
def test_nothing_but_white_space_changes(text):
    for changed in (unwrap(text), reflow_page(text)):
        assert "".join(changed.split()) == "".join(text.split())
