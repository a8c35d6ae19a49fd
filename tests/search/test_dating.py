"""The date of an answer: what the words around a year make of it."""

from dataclasses import replace

import pytest

from knowledge.dates import read_date
from knowledge.documents import Document
from search.dating import with_date, years_named
from search.hedges import is_hedged
from vlm.readers import Draft

HALL = Document("c", "hall", "Old Hall", "", "en")


def dated(quote: str, *, question: str = "When was it demolished?", language: str = "en", **draft):
    given = Draft(text="x", quote=quote, composed=True, **draft)
    return with_date(given, quote, HALL, question=question, language=language)


@pytest.mark.parametrize(
    ("quote", "year", "value", "date", "kept", "text"),
    [
        ("It was demolished in 1961.", 1961, "1961", "1961", 1961, "x"),
        ("It was demolished on 3 May 1961.", 1961, "3 May 1961", "1961-05-03", 1961, "x"),
        ("It was demolished before 1961.", 1961, "1961", "../1961", None, "By 1961."),
        ("It was demolished after 1961.", 1961, "1961", "1961/..", None, "1961 or later."),
        ("It was demolished about 1961.", 1961, "1961", "1961~", None, "About 1961."),
        ("It was demolished in the 1890s.", None, "1890s", "189X", None, "In the 1890s."),
        ("It was demolished in the late 19th century.", None, "late 19th century", "1867/1899",
         None, "Between 1867 and 1899."),
        ("It was demolished between 1961 and 1964.", 1964, "1964", "1961/1964", None,
         "Between 1961 and 1964."),
        ("It was demolished in 1961 or 1962.", 1962, "1961 or 1962", "[1961,1962]", None,
         "1961 or 1962."),
        ("Demolished: [ca. 1932]", 1932, "[ca. 1932]", "1932~", None, "About 1932."),
        ("Demolished: 1932?", 1932, "1932", "1932?", None, "Possibly 1932."),
        ("It was used from 1896 to 1941.", 1941, "1941", "1896/1941", 1941, "x"),
        ("A museum since 1950.", 1950, "1950", "1950", 1950, "x"),
    ],
)  # fmt: skip
def test_a_bound_a_decade_or_a_guess_is_no_year(quote, year, value, date, kept, text):
    found = dated(quote, year=year, value=value)
    assert found.dated is not None
    assert (found.dated.edtf, found.draft.year, found.draft.text) == (date, kept, text)
    assert found.draft.value in quote


def test_the_span_of_a_record_is_no_year_and_that_of_works_ends_in_one():
    asked = {"question": "When was it taken?", "year": 1891, "value": "1889-1891"}
    assert dated("Date: 1889-1891", **asked, year_event="other").draft.year is None
    assert dated("Built: 1889-1891", **asked, year_event="built").draft.year == 1891


def test_existence_is_said_with_the_date_of_the_end():
    found = dated("It was pulled down before 1904.", question="Is it still there?", year=1904,
                  exists=False, year_event="demolished")  # fmt: skip
    assert found.draft.text == "Old Hall no longer exists; the date given: by 1904."
    assert (found.draft.year, found.draft.exists) == (None, False)


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "By 1904."), ("zh", "不晚于1904年。"), ("de", "Spätestens 1904."),
     ("fr", "Au plus tard en 1904."), ("es", "A más tardar en 1904.")],
)  # fmt: skip
def test_it_is_said_in_the_language_of_the_answer(language, said):
    assert dated("It fell before 1904.", language=language, year=1904).draft.text == said


def test_what_a_model_says_more_surely_than_the_quotation_is_said_anew():
    quote = "It was demolished about 1932."
    for text, kept in (("It was demolished in 1932.", False), (quote, True)):
        given = Draft(text=text, quote=quote, year=1932, year_event="demolished")
        found = with_date(given, quote, HALL, question="When did it go?", language="en")
        assert found.draft.year is None
        assert (found.draft.text == text) is kept


def test_who_asks_for_no_date_gets_none():
    found = dated("It was designed about 1932 by A. Example.", question="Who designed it?",
                  value="A. Example")  # fmt: skip
    assert found.dated is None
    assert found.draft.value == "A. Example"


def test_a_date_names_the_years_of_its_ends_and_a_decade_none():
    def years(text: str) -> set[int]:
        found = read_date(text)
        assert found is not None
        return set(years_named(found))

    assert years("about 1932") == {1932}
    assert years("between 1889 and 1891") == {1889, 1891}
    assert years("515 BC") == {-515}
    assert years("1890s") == set()


@pytest.mark.parametrize(
    ("quote", "hedged"),
    [
        ("It was possibly demolished in 1961.", True),
        ("The hall is said to have burnt in 1923.", True),
        ("It is believed that the hall was built in 1870.", True),
        ("The demolition (unverified) was in 1961.", True),
        ("据说该塔毁于1860年。", True),
        ("该楼可能建于1912年。", True),
        ("Es wurde vermutlich 1904 abgerissen.", True),
        ("Il fut probablement construit en 1890.", True),
        ("Probablemente fue construido en 1895.", True),
        ("Architect: A. Example (?)", True),
        ("It opened in May 1961.", False),
        ("The mayor said that it opened in 1961.", False),
        ("这是不可能的,它建于1912年。", False),
        ("When was it built? In 1961.", False),
    ],
)
def test_a_quotation_that_doubts_itself(quote, hedged):
    assert is_hedged(quote) is hedged


def test_the_day_of_a_record_has_its_year_and_the_order_of_its_column():
    asked = {"question": "When was it taken?", "language": "en"}
    given = Draft(text="03/05/1912.", value="03/05/1912", composed=True)
    market = replace(HALL, dates=("1912-05-03",))
    for document, date in ((HALL, "[1912-03-05,1912-05-03]"), (market, "1912-05-03")):
        found = with_date(given, "Date: 03/05/1912.", document, **asked)
        assert found.dated is not None
        assert (found.dated.edtf, found.draft.year) == (date, 1912)
    reign = with_date(replace(given, value="光绪二十六年"), "年代: 光绪二十六年", HALL, **asked)
    assert reign.dated is not None
    assert (reign.dated.edtf, reign.draft.year) == ("1900", None)
