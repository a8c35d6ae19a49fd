"""Sentences in English and Chinese: where they end, and where they only seem to end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.sentences import split_sentences


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    "parts",
    [
        ["It was built in 1889.", "The tower is 330 m high."],
        ["Is it there?", "Yes!", "It stands."],
        ['He said "It fell."', "Nobody saw it."],
        ["(It was rebuilt.)", "It stands."],
        ["It closed in the U.S.", "It never came back."],
        ["It was sold to Ford & Co.", "The hall burnt down in 1905."],
        ["It fell in 1911.[12][3]", "A copy stands there."],
        ["Was it there?", "No.", "It was gone."],
        ["It is 3.5.", "Next is 4."],
        ["It was built for Rajaraja I.", "Work began in 1003."],
        ["Opened by George V.", "It stands today."],
        ["它建于1889年。", "它在1992年被拆除！", "为什么？", "没有人知道；", "档案也没有说。"],
        ["他说：“它不在了。”", "大家都走了。"],
        ["“它还在吗？”", "“不在了。”"],
        ["建成于1889年.", "后来拆除."],
        ["等了很久……", "它终于开放了。"],
        ["它建于1889年。", "It was torn down in 1992.", "现在是公园。"],
        ["यह 1591 में बना।", "यह आज भी है।"],
    ],
)
def test_borders(parts):
    for space in (" ", "  ", "\n"):
        assert sentences(space.join(parts)) == parts


def test_chinese_needs_no_space():
    assert sentences("它建于1889年。“还在吗？”不在了！真的?真的.") == [
        "它建于1889年。",
        "“还在吗？”",
        "不在了！",
        "真的?",
        "真的.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "St. Paul's Church was built by Dr. J. A. Smith and Mr. Brown for c. 3.5 million.",
        "The house at No. 5 (c. 1889) is older than Fig. 3 shows.",
        "Malcolm X. Dale Jr drew it.",
        "Frank L. Wright drew it in Washington, D.C. for the Larkin Co. of Buffalo.",
        "It has e.g. a spire, i.e. a tower, approx. 60 m high, etc. and a bell.",
        "It opened on Jan. 5, 1889 at 9 a.m. on Main St. near Mt. Vernon.",
        '"Really?" he asked, and left.',
        "See www.example.org/a.html for more.",
        "1. First the tower",
        "1889. The year of the tower",
        "Yahoo!’s tower... and more… and so on.",
        "它高3.5米，在第No.5号",
    ],
)
def test_one_sentence(text):
    assert sentences(text) == [text]


def test_lines_end_sentences():
    assert sentences("Charminar\n\n- a gate\n- a mosque \r\n  in Hyderabad") == [
        "Charminar",
        "- a gate",
        "- a mosque",
        "in Hyderabad",
    ]


@pytest.mark.parametrize("text", ["", " \n\t ", "\u3000"])
def test_nothing(text):
    assert split_sentences(text) == []


marked = st.text(st.sampled_from('aB9. !?。！？；…”")“ \n它St.co[1]\u3000'), max_size=60)


@given(st.text(max_size=80) | marked)
def test_spans_cover_all_but_white_space(text):
    spans = split_sentences(text)
    position = 0
    for start, end in spans:
        assert position <= start < end
        assert not text[position:start].strip()
        assert text[start:end] == text[start:end].strip()
        assert "\n" not in text[start:end]
        position = end
    assert not text[position:].strip()


def test_a_long_line_takes_linear_time():
    assert len(split_sentences("The U.S. a. 1. B? " * 20_000)) >= 20_000
