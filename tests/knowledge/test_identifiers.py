"""Ids, corpus names, language tags and addresses have one form each."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from knowledge.errors import CorpusError
from knowledge.identifiers import (
    MAX_ID_CHARS,
    checked_corpus,
    checked_id,
    checked_language,
    is_web_address,
    visible,
)

HIDDEN = (
    "\x00\x1b\x7f\x9b\u00ad\u034f\u115f\u200b\u200d\u200e\u202e\u2066\u3164\ufe0f\ufeff\U000e0041"
)
ANY_TEXT = st.text(
    st.one_of(st.characters(), st.sampled_from(HIDDEN), st.sampled_from("/. \t\nae\u0301\u0323"))
)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("cafe\u0301", "café"),
        ("caf\u00e9", "café"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("a\x1b[31mb", "a[31mb"),
        ("old\u200bgate", "oldgate"),
        (" a \t b ", "a b"),
        ("2020/a", "2020/a"),
        ("a\ud800b", "a\ufffdb"),
        ("桥", "桥"),
    ],
)
def test_twins_are_one_id(written, stored):
    assert checked_id(written) == stored


@pytest.mark.parametrize("character", HIDDEN)
def test_nothing_hidden_stays(character):
    assert checked_id(f"a{character}b") == "ab"


@pytest.mark.parametrize("written", ["", " ", "\u200b\u202e", "\u3164", "\u0301", "\U000e0041\x1b"])
def test_an_id_of_nothing_visible_is_refused(written):
    with pytest.raises(CorpusError, match="no character that can be seen"):
        checked_id(written)


@pytest.mark.parametrize("written", ["..", "a/../b", "./a", "a//b", "/a", "a/", "a/\u200b./b"])
def test_an_id_that_no_address_can_hold_is_refused(written):
    with pytest.raises(CorpusError, match="between slashes"):
        checked_id(written)


def test_a_long_id_is_refused():
    assert checked_id("a" * MAX_ID_CHARS) == "a" * MAX_ID_CHARS
    with pytest.raises(CorpusError, match="501 characters, more than the 500"):
        checked_id("a" * (MAX_ID_CHARS + 1))


@given(ANY_TEXT)
@example("e\u200b\u0301")
@example("\u1112\u200d\u1161")
def test_the_form_of_an_id_is_final(text):
    try:
        stored = checked_id(text)
    except CorpusError:
        return
    assert checked_id(stored) == stored
    assert checked_id(unicodedata.normalize("NFD", stored)) == stored
    assert unicodedata.is_normalized("NFC", stored)
    assert not {unicodedata.category(c) for c in stored} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert len(stored) <= MAX_ID_CHARS


@given(ANY_TEXT)
def test_the_form_of_a_corpus_name_is_final(text):
    try:
        name = checked_corpus(text)
    except CorpusError:
        return
    assert checked_corpus(name) == name == visible(name)
    assert "/" not in name


@pytest.mark.parametrize(
    ("tag", "stored"),
    [
        ("en", "en"),
        ("EN-gb", "en-GB"),
        ("zh-Hant-TW", "zh-Hant-TW"),
        ("ZH-HANT-tw", "zh-Hant-TW"),
        ("sr-latn", "sr-Latn"),
        ("de-1996", "de-1996"),
        ("es-419", "es-419"),
        ("sl-rozaj-biske", "sl-rozaj-biske"),
        ("en-u-ca-gregory", "en-u-ca-gregory"),
        ("en-X-Old", "en-x-old"),
        ("yue", "yue"),
    ],
)
def test_language_tags(tag, stored):
    assert checked_language(tag) == stored
    assert checked_language(stored) == stored


@pytest.mark.parametrize(
    "tag",
    ["", "e", "en-12", "en_US", "en-", "-en", "en--gb", "English", "中文", "ｅｎ", "x-klingon",
     "i-klingon", "zh-yue", "en-a", "en-u", "en-x", "de-1996-1996", "en-a-bb-a-cc", "en-US-GB",
     "en-abcdefghi", "en\n", "en-" + "x-" * 100 + "a", "\u202een", "en-u-ca-gregory-" + "a" * 200],
)  # fmt: skip
def test_what_browsers_refuse_is_refused(tag):
    with pytest.raises(CorpusError, match="not a language tag"):
        checked_language(tag)


@given(
    st.lists(st.sampled_from(["en", "Hant", "12", "u", "x", "t", "419", "1996", "ca", "-", "é"]))
)
def test_the_form_of_a_tag_is_final(parts):
    try:
        tag = checked_language("-".join(parts))
    except CorpusError:
        return
    assert checked_language(tag.upper()) == checked_language(tag) == tag


@pytest.mark.parametrize(
    "address",
    ["https://example.org/a?b=c#d", "HTTP://EXAMPLE.ORG", "http://例え.jp/塔", "http://[::1]:80/"],
)
def test_web_addresses(address):
    assert is_web_address(address)


@pytest.mark.parametrize(
    "address",
    ["", "www.example.org", "javascript:alert(1)", "http://a b", "ftp://x", "http://",
     "https:///a", "http://?q", "http://.", "http://[::1", "http://a:99999/", "http://a:x/",
     "https://bank.example@other.example", "https://a\u202eb.example", "https://a\\b",
     "https://a.example/" + "a" * 2000, "data:text/html,a", "https://a.example/\x1b"],
)  # fmt: skip
def test_what_is_no_web_address(address):
    assert not is_web_address(address)
