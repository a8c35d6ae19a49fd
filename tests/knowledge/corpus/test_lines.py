"""Lines that a page's width made are put together; others stay."""

import textwrap

from hypothesis import given
from hypothesis import strategies as st

from knowledge.corpus.lines import reflow_page, unwrap

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
