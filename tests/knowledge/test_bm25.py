"""BM25 vectors: what is one token, what is dropped, and the weights by the formula."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.bm25 import AVERAGE_TOKENS, B, Bm25, K
from knowledge.store.base import SparseVector

STATION = "济南老火车站由德国建筑师设计，1992年被拆除，原址现为新站房。"


@pytest.fixture(scope="module")
def bm25():
    return Bm25()


def tokens(bm25, text):
    return set(bm25.encode_query(text).indices)


def weights(vector):
    return dict(zip(vector.indices, vector.values, strict=True))


def test_a_chinese_word_is_found_inside_a_longer_sentence(bm25):
    (station,) = bm25.encode_documents([STATION])
    assert len(tokens(bm25, "拆除")) == 1
    assert tokens(bm25, "拆除") <= set(station.indices)
    assert not tokens(bm25, "桥梁") & set(station.indices)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("STATION", "station"),
        ("stations", "station"),
        ("demolished", "demolish"),
        ("café", "cafe"),
        ("1992年", "1992 年"),
        ("１９９２", "1992"),
        ("The station", "a station"),
        ("火车站的", "火车站"),
    ],
)
def test_what_counts_as_the_same_word(bm25, one, other):
    assert tokens(bm25, one) == tokens(bm25, other) != set()


@pytest.mark.parametrize("text", ["in 1992.", "1992年拆除", "建于1992", "(1992-1995)", "1992"])
def test_a_year_is_a_token_of_its_own(bm25, text):
    assert tokens(bm25, "1992") <= tokens(bm25, text)
    assert len(tokens(bm25, "1992")) == 1


def test_different_years_are_different_tokens(bm25):
    assert not tokens(bm25, "1992") & tokens(bm25, "1993")
    assert not tokens(bm25, "199") & tokens(bm25, "1992")


@pytest.mark.parametrize("word", ["存在", "拆除", "现在", "用", "桥"])
def test_chinese_words_that_questions_turn_on_are_kept(bm25, word):
    assert tokens(bm25, word)


@pytest.mark.parametrize("text", ["", "   ", "the of and", "的了吗", "?!。，", "🙂"])
def test_text_without_a_word_is_an_empty_vector(bm25, text):
    assert bm25.encode_query(text) == SparseVector((), ())
    assert bm25.encode_documents([text]) == [SparseVector((), ())]


def test_a_document_weighs_words_by_frequency_and_length(bm25):
    (vector,) = bm25.encode_documents(["castle castle bridge"])
    penalty = K * (1 - B + B * 3 / AVERAGE_TOKENS)  # three words in all
    found = weights(vector)
    (castle,), (bridge,) = tokens(bm25, "castle"), tokens(bm25, "bridge")
    assert found[castle] == pytest.approx(2 * (K + 1) / (2 + penalty))
    assert found[bridge] == pytest.approx(1 * (K + 1) / (1 + penalty))


def test_a_query_weighs_each_word_once(bm25):
    assert set(bm25.encode_query("castle castle bridge").values) == {1.0}
    assert len(bm25.encode_query("castle castle bridge").indices) == 2


def test_documents_are_encoded_one_by_one(bm25):
    texts = ["castle bridge", "", STATION]
    assert bm25.encode_documents(texts) == [bm25.encode_documents([t])[0] for t in texts]
    assert bm25.encode_documents([]) == []


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=200))
def test_any_text_holds_all_of_its_own_words(text):
    bm25 = Bm25()
    (document,) = bm25.encode_documents([text])
    assert set(bm25.encode_query(text).indices) == set(document.indices)
    assert all(value > 0 for value in document.values)


def test_threads_may_share_one(bm25):
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(bm25.encode_query, [STATION, "castle bridge"] * 50))
    assert found == [bm25.encode_query(STATION), bm25.encode_query("castle bridge")] * 50
