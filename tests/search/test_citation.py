import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.documents import Passage
from search.citation import Citation, Withdrawn, check_citation, find_quote, year_stands_in
from search.typography import folded
from vlm.readers.base import Draft

TEXT = "济南老火车站于1912年建成。1992年7月1日,老站房开始拆除。"
PASSAGE = Passage("corpus/station", 0, TEXT, 100, 100 + len(TEXT))
PASSAGES = {PASSAGE.passage_id: PASSAGE}


def draft(**claims) -> Draft:
    claims = {
        "document_id": "corpus/station",
        "passage_id": PASSAGE.passage_id,
        "quote": "1992年7月1日,老站房开始拆除。",
        "year": 1992,
    } | claims
    return Draft(text="…", **claims)


def test_a_true_quotation_is_found_with_its_place_in_the_document():
    citation = check_citation(draft(), PASSAGES)

    start = 100 + TEXT.index("1992")
    assert citation == Citation(PASSAGE, TEXT[start - 100 :], start, 100 + len(TEXT))


@pytest.mark.parametrize(
    ("claims", "cause", "why"),
    [
        ({"passage_id": "corpus/station#7"}, "passage_not_retrieved", "was not retrieved"),
        ({"passage_id": None}, "nothing_quoted", "nothing is quoted"),
        ({"quote": "  "}, "nothing_quoted", "nothing is quoted"),
        ({"document_id": "corpus/other"}, "wrong_document", "belongs to 'corpus/station'"),
        (
            {"quote": "1993年7月1日,老站房开始拆除。"},
            "quote_not_found",
            "not stand in the cited passage",
        ),
        ({"quote": "老站房已经拆除"}, "quote_not_found", "does not stand in the cited passage"),
        ({"year": 1912}, "year_not_in_quote", "does not stand in the quotation"),
        ({"year": -1992}, "year_not_in_quote", "does not stand in the quotation"),
    ],
)
def test_what_does_not_hold_is_withdrawn(claims, cause, why):
    checked = check_citation(draft(**claims), PASSAGES)

    assert isinstance(checked, Withdrawn)
    assert checked.cause == cause
    assert why in checked.why


def test_unicode_forms_and_line_breaks_are_forgiven():
    text = "The cafe\u0301 was built in １８８９\nby A."
    assert text[slice(*find_quote("café was built in 1889 by", text))] == (
        "cafe\u0301 was built in １８８９\nby"
    )
    assert find_quote("Café was built", text) is None
    assert find_quote("cafe was built", text) is None


@pytest.mark.parametrize(
    ("passage", "quote", "cited"),
    [
        ("It’s the “Old Mill” – 1889…", "It's the \"Old Mill\" - 1889...", None),
        ("called “Old Mill” then", "called 'Old Mill' then", None),
        ("the years 1905‑10 and 1912—13", "the years 1905-10 and 1912 -- 13", None),
        ("rising 12\u00a0m above", "rising 12 m above", None),
        ("the demo\u00adlished gate", "the demolished gate", None),
        ("zero\u200bwidth and \ufeffmarks", "zerowidth and marks", None),
        ("« La tour » : construite en 1889 !", '"La tour": construite en 1889!', None),
        ("„Die Brücke‟, sagt er", '"Die Brücke", sagt er', None),
        ("it´s old", "it's old", None),
        ("1992年7月1日，老站房开始拆除。", "1992 年 7 月 1 日, 老站房开始拆除.", None),
        ("他称之为「老站」、《旧楼》等", '他称之为"老站", "旧楼"等', None),
        ("ジョン・スミス【建築家】", "ジョン·スミス[建築家]", None),
        ("Ｂｕｉｌｔ　ｉｎ １８８９", "Built in 1889", None),
        ("They say: it was built in 1889, and burnt.", "“it was built in 1889”",
         "it was built in 1889"),
        ("cut at … the end", "at ... the", "at … the"),
        # Whatever is not typography is another text.
        ("Built in 1889.", "built in 1889", False),
        ("It has 1 889 steps.", "It has 1889 steps.", False),
        ("It has 3. 5 were lost.", "It has 3.5", False),
        ("It was re-covered.", "It was recovered.", False),
        ("the caf\u00e9", "the cafe", False),
        ("Nothing ... at all", "...", "..."),
        ("Nothing at all.", "“…”", False),
        ("not demolished", "demolished not", False),
    ],
)  # fmt: skip
def test_typographic_differences_are_mapped_to_the_passages_own_characters(passage, quote, cited):
    span = find_quote(quote, passage)

    if cited is False:
        assert span is None
    else:
        assert span is not None
        assert passage[slice(*span)] == (passage if cited is None else cited)


_MARKS = "'’‘\"“”-–—…. \u00a0\u00ad，,。年"


@given(
    words=st.lists(st.text(alphabet="abcABC012" + _MARKS, min_size=1, max_size=8), max_size=8),
    other=st.text(alphabet="abcABC012" + _MARKS, max_size=12),
)
def test_what_is_found_folds_to_the_quotation_and_keeps_its_letters(words, other):
    passage = "".join(words)
    span = find_quote(other, passage)

    if span is not None:
        found = passage[slice(*span)]
        kept = [mark for mark in found if mark.isalnum()]
        assert kept == [mark for mark in other if mark.isalnum()]


@given(text=st.text(max_size=80))
def test_folding_twice_changes_nothing_and_spans_follow_each_other(text):
    once, spans = folded(text)
    assert folded(once)[0] == once
    assert len(spans) == len(once)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert [start for start, _ in spans] == sorted(start for start, _ in spans)


@given(text=st.text(max_size=80), data=st.data())
def test_every_slice_of_a_passage_is_found_and_maps_back(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    span = find_quote(text[start:end], text)

    if span is not None:
        found = text[slice(*span)]
        assert find_quote(text[start:end], found) is not None
    else:
        # Only a cut through a base character and its marks, or white space alone, can be missed.
        assert not text[start:end].strip() or not text[start:end].isascii()


@given(
    passage=st.text(alphabet=string.ascii_letters + string.digits + " 。年,", max_size=60),
    quote=st.text(alphabet=string.ascii_letters + string.digits + " 。年,", max_size=20),
    year=st.none() | st.integers(-3000, 2100),
)
def test_whatever_is_drafted_only_true_quotations_come_out(passage, quote, year):
    held = Passage("c/d", 0, passage, 0, len(passage))
    claim = Draft("…", document_id="c/d", passage_id="c/d#0", quote=quote, year=year)
    checked = check_citation(claim, {"c/d#0": held})

    if isinstance(checked, Citation):
        assert passage[checked.start : checked.end] == checked.quote
        assert folded(quote)[0] in folded(checked.quote)[0]  # which may be widened to whole words
        assert year is None or str(abs(year)) in checked.quote


@pytest.mark.parametrize(
    ("year", "quote", "stands"),
    [
        (1889, "completed on 31 March 1889.", True),
        (1889, "in 18890 pieces", False),
        (1889, "it cost 1,889 francs", False),
        (889, "it cost 1,889 francs", False),
        (1912, "站房于1908年开工,1912年建成。", True),
        (1912, "站房于1908年开工，1912年建成。", True),
        (1912, "altered in 1908,1912 and 1920", True),
        (1908, "altered in 1908,1912 and 1920", True),
        (14, "3.14 metres", False),
        (1912, "It ended in 1912.", True),
        (1960, "in the 1960s", False),
        (1992, "一九九二年七月", True),
        (2005, "二〇〇五年", True),
        (-515, "built in 515 BC", True),
        (-515, "built in 515 B.C.", True),
        (-500, "between 500 and 450 BC", True),
        (-447, "公元前447年开工", True),
        (447, "公元前447年开工", False),
        (515, "built in 515 BC", False),
        (532, "rebuilt in AD 532", True),
        (5, "公元前5世纪", False),
        (1631, "1631–1648", True),
    ],
)
def test_years_are_looked_for_as_they_are_written(year, quote, stands):
    assert year_stands_in(year, quote) is stands


@pytest.mark.parametrize(
    ("text", "quote", "year", "found"),
    [
        ("The temple fell in 515 BC.", "The temple fell in 515", 515, None),
        ("The temple fell in 515 BC.", "The temple fell in 515 BC.", -515, "in 515 BC."),
        ("神庙毁于公元前515年。", "515年。", 515, None),
        ("It was built in 1889.", "built in 188", 188, None),
        ("It was built in 1889.", "uilt in 18", 1889, "built in 1889"),
        ("It has 1,889 steps.", "889 steps", 889, None),
        ("It was built in the 1880s.", "in the 1880", 1880, None),
    ],
)
def test_a_quotation_cannot_cut_a_date_to_another(text, quote, year, found):
    passage = Passage("corpus/temple", 0, text, 0, len(text))
    claim = Draft("…", "corpus/temple", year=year, passage_id=passage.passage_id, quote=quote)
    checked = check_citation(claim, {passage.passage_id: passage})

    if found is None:
        assert isinstance(checked, Withdrawn)
        assert checked.cause == "year_not_in_quote"
    else:
        assert isinstance(checked, Citation)
        assert checked.quote.endswith(found)
        assert text[checked.start : checked.end] == checked.quote
