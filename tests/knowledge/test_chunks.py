"""Passages: the text that they cover, their size, and where they are cut."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers

from knowledge.chunks import chunk


def count_words(text: str) -> int:
    return len(text.split())


def count_bytes_and_two_marks(text: str) -> int:
    return len(text.encode()) + 2


@pytest.fixture(scope="module")
def bpe() -> Tokenizer:
    """A real byte-level tokenizer with special tokens, trained on a few words."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["[CLS]", "[SEP]"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(["the tower was built in 1889 它建于1889年"] * 4, trainer)
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 1), ("[CLS]", 0))
    return tokenizer


def texts(text: str, max_tokens: int, count=count_words) -> list[str]:
    return [p.text for p in chunk("c/d", text, max_tokens=max_tokens, count_tokens=count)]


def check(text, passages, max_tokens, count):
    position = 0
    for ordinal, passage in enumerate(passages):
        assert passage.document_id == "c/d"
        assert passage.ordinal == ordinal
        assert text[passage.start : passage.end] == passage.text
        assert passage.text == passage.text.strip() != ""
        assert position <= passage.start
        assert not text[position : passage.start].strip()
        assert count(passage.text) <= max_tokens or len(passage.text) == 1
        position = passage.end
    assert not text[position:].strip()


prose = st.lists(
    st.sampled_from(
        [
            "The tower was built in 1889.",
            " It is, as many say, very high; visitors climb it.\n",
            "\n\nHistory\n",
            "它建于1889年，后来拆除。",
            "现在这里是公园（很大），",
            "supercalifragilisticexpialidocious" * 3,
            " e\u0301e\u0301 👩‍👩‍👧 ",
        ]
    ),
    max_size=12,
).map("".join)


@given(text=prose | st.text(max_size=200), max_tokens=st.integers(3, 60))
def test_every_character_once_within_the_budget_by_bytes(text, max_tokens):
    passages = chunk("c/d", text, max_tokens=max_tokens, count_tokens=count_bytes_and_two_marks)
    check(text, passages, max_tokens, count_bytes_and_two_marks)


@given(text=prose | st.text(max_size=200), max_tokens=st.integers(1, 60))
def test_every_character_once_within_the_budget_by_words(text, max_tokens):
    passages = chunk("c/d", text, max_tokens=max_tokens, count_tokens=count_words)
    check(text, passages, max_tokens, count_words)


@settings(deadline=None)
@given(text=prose | st.text(max_size=200), max_tokens=st.integers(12, 60))
def test_every_character_once_within_the_budget_of_a_real_tokenizer(bpe, text, max_tokens):
    def count(words: str) -> int:
        return len(bpe.encode(words).ids)

    check(text, chunk("c/d", text, max_tokens=max_tokens, count_tokens=count), max_tokens, count)


@given(text=prose, max_tokens=st.integers(1, 30))
def test_tokens_that_do_not_add_up(text, max_tokens):
    def squares(words: str) -> int:
        return len(words.split()) ** 2

    passages = chunk("c/d", text, max_tokens=max_tokens, count_tokens=squares)
    check(text, passages, max_tokens, squares)


def test_whole_sentences_fill_the_budget():
    assert texts("It was big. It fell. It was rebuilt. Twice.", 5) == [
        "It was big. It fell.",
        "It was rebuilt. Twice.",
    ]


def test_all_in_one_passage_if_it_fits():
    assert texts("It fell.\n\nIt stands. 它。", 5) == ["It fell.\n\nIt stands. 它。"]


def test_a_paragraph_end_is_preferred_when_half_full():
    assert texts("It was big.\n\nIt fell. It was rebuilt.", 6) == [
        "It was big.",
        "It fell. It was rebuilt.",
    ]


def test_a_heading_stays_with_what_follows():
    assert texts("History\n\nIt fell. It was rebuilt soon.", 5) == [
        "History\n\nIt fell.",
        "It was rebuilt soon.",
    ]


def test_a_long_sentence_is_cut_after_a_clause():
    assert texts("One two three, four five six seven.", 5) == [
        "One two three,",
        "four five six seven.",
    ]


def test_a_long_sentence_without_clauses_is_cut_between_words():
    assert texts("one two three four five", 2) == ["one two", "three four", "five"]


def test_chinese_is_cut_after_a_clause():
    text = "黄鹤楼是武汉的一座楼阁，相传始建于三国时期，历史上屡毁屡建。"
    assert texts(text, 14, len) == [
        "黄鹤楼是武汉的一座楼阁，",
        "相传始建于三国时期，",
        "历史上屡毁屡建。",
    ]


def test_a_thousand_separator_is_no_clause():
    assert all(
        "1,000" in part or "," not in part for part in texts("a 1,000 b 1,000 c 1,000", 9, len)
    )


def test_an_accent_stays_with_its_letter():
    assert texts("e\u0301" * 4, 3, len) == ["e\u0301"] * 4


def test_the_rest_of_a_cut_sentence_is_packed_with_the_next():
    assert texts("one two three four. Five.", 3) == ["one two three", "four. Five."]


def test_one_character_over_the_budget_stands_alone():
    assert texts("塔 b", 2, lambda text: len(text.encode())) == ["塔", "b"]


@pytest.mark.parametrize("max_tokens", [-1, 0, 2])
def test_a_budget_must_leave_room(max_tokens):
    with pytest.raises(ValueError, match="more than the 2 special ones"):
        chunk("c/d", "a", max_tokens=max_tokens, count_tokens=count_bytes_and_two_marks)


@pytest.mark.parametrize(
    "text",
    [
        "It was not big. " * 20_000,
        "a" * 200_000,
        "一二三，" * 50_000,
        "a b " * 50_000,
        "it.\n\n" * 50_000,
    ],
)
def test_the_tokenizer_reads_a_text_a_few_times_whatever_it_is(text):
    calls = characters = 0

    def count(words: str) -> int:
        nonlocal calls, characters
        calls += 1
        characters += len(words)
        return len(re.findall(r"\w", words)) + 2

    passages = chunk("c/d", text, max_tokens=64, count_tokens=count)
    sentences = text.count(".") or 1
    assert calls <= 2 * sentences + 12 * len(passages) + 2
    assert characters <= 12 * len(text)
