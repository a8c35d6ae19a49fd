"""Whatever a document and a question hold, a chronology never fails and its positions are right."""

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from knowledge.documents import Document, Passage
from vlm.chronology import (
    asks_existence,
    asks_when,
    asks_yes_no,
    chronology_from_payload,
    chronology_of,
    chronology_payload,
    timeline,
    year_event_of,
)
from vlm.chronology.lexicon import KINDS, STATUS_LABELS, UNKNOWN

KNOWN = sorted({*KINDS, *STATUS_LABELS, *UNKNOWN})
GRAMMAR = (
    "is", "was", "are", "were", "been", "which", "who", "where", "when", "while", "until", "and",
    "of the", "the", "The", "a", "its", "It", "They", "his", "this", "that", "not", "never",
    "no longer", "still stands", "used as", "replaced by", "in the same year", "What", "Who",
    "When was", "Does", "How many", "how tall", "why", "the name of", "made of",
    "是", "被", "于", "的", "它", "这座", "那", "已", "和", "了", "没有", "还在吗", "哪一年", "谁",
    "什么时候", "多少", "为什么", "同年", "原址", "现在", "重建", "叫什么", "几座",
)  # fmt: skip
DATES = (
    "1935", "in 1935", "about 1250", "1889/1891", "515 BC", "AD 80", "between 1726 and 1743",
    "1939-45", "31 March 1889", "May 5, 1931", "the 13th century", "the 1990s", "0", "99999",
    "1992年", "公元前515年", "1631年至1648年", "20世纪90年代", "二〇〇一年", "3月", "１９３５年",
)  # fmt: skip
MARKS = (
    ".", ",", ";", ":", "?", "!", "…", "(", ")", "“", "”", "'", "'s", "’s", "-", "–", "—", "/", "·",
    "。", "，", "；", "：", "？", "！", "（", "）", "\n", "\n\n", "\t", "\u3000", "\u00a0",
    "\u200b", "|", "*", "№", "&",
)  # fmt: skip
UNUSUAL = (
    "İstanbul", "ǅungla", "ﬁre", "Straße", "ẞ", "é", "e\u0301", "तालाब", "قلعة", "𠮷野", "🏛️",
    "\ufeff", "\u202e", "²", "½", "Ⅻ", "①", "٣", "㐀", "ͅ", "\x00", "Ω", "ŉ",
)  # fmt: skip
NAMES = ("Green Hall", "Old Station", "A. Example", "Weston", "St. Mary's", "绿塔", "圣约翰教堂")

pieces = st.one_of(
    st.sampled_from(KNOWN),
    st.sampled_from(GRAMMAR),
    st.sampled_from(DATES),
    st.sampled_from(MARKS),
    st.sampled_from(NAMES),
    st.sampled_from(UNUSUAL),
    st.integers(-3000, 100_000).map(str),
    st.text(max_size=4),
)
cased = st.tuples(pieces, st.sampled_from([str, str, str.capitalize, str.title, str.upper])).map(
    lambda pair: pair[1](pair[0])
)


def texts(max_size: int) -> st.SearchStrategy[str]:
    """Pieces one after the other, with and without spaces between them."""
    return st.lists(
        st.tuples(cased, st.sampled_from([" ", " ", " ", "", ". ", ", "])), max_size=max_size
    ).map(lambda parts: "".join(piece + joint for piece, joint in parts))


@given(
    title=texts(4),
    alias=texts(3),
    text=texts(40),
    language=st.sampled_from(["en", "zh", "de", ""]),
    cut=st.integers(0, 200),
)
@example(title="Wetlands", alias="", text="This is the view, in 1935.", language="en", cut=0)
@example(title="", alias="", text="'s demolished it in 1935", language="en", cut=3)
@settings(max_examples=150, deadline=None)
def test_reading_never_fails(title: str, alias: str, text: str, language: str, cut: int):
    document = Document("c", "d", title, text, language, aliases=(alias,) if alias else ())
    cut = min(cut, len(text))
    passages = tuple(
        Passage(document.document_id, ordinal, text[start:end], start, end)
        for ordinal, (start, end) in enumerate([(0, cut), (cut, len(text))])
        if start < end
    )

    for chronology in (chronology_of(document), chronology_of(document, passages)):
        for event in chronology.events:
            assert event.start <= event.year.start < event.year.end <= event.end
            assert event.year in chronology.years
        for year in chronology.years:
            assert text[year.start : year.end].strip() == text[year.start : year.end] != ""
        if chronology.existence is not None:
            assert text[chronology.existence.start : chronology.existence.end].strip()
            assert 0.0 < chronology.existence.plainness <= 1.0
        assert len(timeline(chronology)) <= len(chronology.events)
        assert chronology_from_payload(chronology_payload(chronology)) == chronology


@given(question=texts(12))
@settings(max_examples=100, deadline=None)
def test_any_question_has_a_kind(question: str):
    assert not asks_existence(question) or asks_yes_no(question)
    assert asks_when(question) in {True, False}
    assert year_event_of(question) in {"built", "demolished", "other", None}


@pytest.mark.parametrize(
    "piece",
    [
        "built in 1935 and ",
        "建于1935年",
        "Built: 1900. ",
        "In the same year it was built. ",
        "拆除",
        "a",
    ],
)
def test_forty_thousand_characters_are_read_in_seconds(piece: str):
    text = (piece * 40_000)[:40_000]
    began = time.process_time()
    timeline(chronology_of(Document("c", "d", "Hall", text, "en")))
    timeline(chronology_of(Document("c", "e", text, "The hall was built in 1935.", "en")))

    assert time.process_time() - began < 15.0  # minutes, when every deed looks at every clause
