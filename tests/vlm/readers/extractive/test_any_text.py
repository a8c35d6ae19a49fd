"""Whatever a document and a question hold, reading never fails and positions are right."""

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from knowledge.documents import Document, Passage
from vlm.chronology import chronology_of, timeline
from vlm.readers.base import Candidate, Reading
from vlm.readers.extractive import ExtractiveReader
from vlm.readers.extractive.lexicon import CHINESE_FUNCTION_WORDS, ENGLISH_STOP, lexicon

READER = ExtractiveReader()


def known_words() -> list[str]:
    """Every word and phrase of the vocabularies, in both languages."""
    known = lexicon()
    phrases = (" ".join(stems) for listed in known.phrases.values() for stems, _ in listed)
    separable = (
        f"{verb} it {particle}"
        for verb, listed in known.particle_verbs.items()
        for particle, _ in listed
    )
    return sorted({
        *known.exact, *known.stems, *known.chinese, *phrases, *separable,
        *ENGLISH_STOP, *CHINESE_FUNCTION_WORDS,
    })  # fmt: skip


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
    st.sampled_from(known_words()),
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
    question=st.tuples(
        st.sampled_from(["", "When was {} built?", "{}还在吗?", "Is {} gone?"]), texts(10)
    ),
    language=st.sampled_from(["en", "zh", ""]),
    cut=st.integers(0, 200),
    known=st.booleans(),
)
@example(
    title="Wetlands", alias="", text="This is the view, in 1935.", question=("", "What is it?"),
    language="en", cut=0, known=True,
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_reading_never_fails(
    title: str,
    alias: str,
    text: str,
    question: tuple[str, str],
    language: str,
    cut: int,
    known: bool,
):
    document = Document("c", "d", title, text, language, aliases=(alias,) if alias else ())
    cut = min(cut, len(text))
    passages = tuple(
        Passage(document.document_id, ordinal, text[start:end], start, end)
        for ordinal, (start, end) in enumerate([(0, cut), (cut, len(text))])
        if start < end
    )
    candidate = Candidate("c/d", title, document.aliases, language, passages)
    form, rest = question

    for asked in (form.replace("{}", title) + rest, form.replace("{}", rest), f"{rest} {title}"):
        draft = READER.read(Reading(asked, language, (), (candidate, candidate), known=known))
        if draft.passage_id is not None:
            passage = next(each for each in passages if each.passage_id == draft.passage_id)
            assert draft.quote
            assert draft.quote in passage.text
            assert 0.0 <= draft.confidence <= 1.0
        else:
            assert draft.reason

    for chronology in (chronology_of(document), chronology_of(document, passages)):
        for event in chronology.events:
            assert event.start <= event.year.start < event.year.end <= event.end
            assert event.year in chronology.years
        for year in chronology.years:
            assert text[year.start : year.end].strip() == text[year.start : year.end] != ""
        if chronology.existence is not None:
            assert text[chronology.existence.start : chronology.existence.end].strip()
            assert 0.0 < chronology.existence.plainness <= 1.0
    assert len(timeline(chronology_of(document))) <= len(chronology_of(document).events)


@pytest.mark.parametrize(
    "piece",
    ["built in 1935 and ", "建于1935年", "Built: 1900. ", "In the same year it was built. "],
)
def test_a_list_of_a_thousand_dates_is_read_in_seconds(piece: str):
    text = (piece * 2000)[:10_000]
    candidate = Candidate("c/d", "Hall", (), "en", (Passage("c/d", 0, text, 0, len(text)),))
    began = time.process_time()
    timeline(chronology_of(Document("c", "d", "Hall", text, "en")))
    READER.read(Reading("When was the Hall built?", "en", (), (candidate,), known=True))

    assert time.process_time() - began < 20.0  # minutes, when every event met every date twice
