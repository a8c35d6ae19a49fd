"""Dates in running text, with the words that hedge and bound them."""

import pytest

from knowledge.dates import find_dates


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("It was pulled down before 1904 to widen the street.", [("before 1904", "../1904")]),
        ("The hall was built about 1932.", [("about 1932", "1932~")]),
        ("It opened in May 1910 and was demolished in 1961.",
         [("May 1910", "1910-05"), ("1961", "1961")]),
        ("Work lasted from 1887 to 1889, and it opened on 31 March 1889.",
         [("from 1887 to 1889", "1887/1889"), ("31 March 1889", "1889-03-31")]),
        ("It was torn down in the 1890s.", [("1890s", "189X")]),
        ("Demolished by 1941, it was a landmark.", [("by 1941", "../1941")]),
        ("It dates from about 515 BC.", [("about 515 BC", "-0514~")]),
        ("built in 1910 and opened in 1912", [("1910", "1910"), ("1912", "1912")]),
        ("Es wurde vor 1904 abgerissen.", [("vor 1904", "../1904")]),
        ("Construit vers 1890.", [("vers 1890", "1890~")]),
        ("他大约在1932年前后建成", [("大约在1932年前后", "1932~")]),
        ("该塔建于20世纪30年代。", [("20世纪30年代", "193X")]),
        ("光绪二十六年建成,民国三十七年毁于大火。",
         [("光绪二十六年", "1900"), ("民国三十七年", "1948")]),
        ("More than 1200 workers took part.", []),
    ],
)  # fmt: skip
def test_dates_of_a_text(text: str, dates: list[tuple[str, str]]):
    found = find_dates(text)
    assert [(each.dated.words, each.dated.edtf) for each in found] == dates
    assert all(text[each.start : each.end] == each.dated.words for each in found)
