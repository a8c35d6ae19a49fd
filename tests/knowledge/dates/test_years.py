"""Years as texts state them, and numbers that only look like years."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.dates import find_periods, find_years


def values(text: str) -> list[int]:
    return [year.value for year in find_years(text)]


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("It was opened on 4 January 2010.", [2010]),
        ("On May 5, 1931, it fell.", [1931]),
        ("It was built between 1726 and 1743.", [1726, 1743]),
        ("It was used from 1896 to 1941.", [1896, 1941]),
        ("It stood there 1908–1912.", [1908, 1912]),
        ("It was put up in 1908-12.", [1908, 1912]),
        ("The 1755 earthquake shook it.", [1755]),
        ("A 1937 report names it.", [1937]),
        ("His son opened it in 80 CE.", [80]),
        ("It dates from AD 126.", [126]),
        ("It was rebuilt in 532, after the riot.", [532]),
        ("It was finished in 515 BC.", [-515]),
        ("Work lasted between 447 and 432 BC.", [-447, -432]),
        ("The Qin ruled 221–206 BC.", [-221, -206]),
        ("它建于1908年,1912年建成。", [1908, 1912]),
        ("原塔建成于977年。", [977]),
        ("公元前515年完工", [-515]),
        ("公元80年启用", [80]),
        ("1631年至1648年修建", [1631, 1648]),
        ("民国十六年(1927年)拆除", [1927]),
        ("一九一二年落成", [1912]),
        ("(1912-1949)", [1912, 1949]),
    ],
)
def test_years_are_found(text: str, years: list[int]):
    assert values(text) == years


@pytest.mark.parametrize(
    "text",
    [
        "More than 1200 workers took part.",
        "It has 1000 columns.",
        "It is 1923 metres long.",
        "It cost 1500 dollars.",
        "The office is at 1411 Broadway.",
        "It is 21,196 kilometres long.",
        "It stood for 2000 years.",
        "It was built in the 1850s.",
        "It dates from the 13th century.",
        "In the second century BC it was enlarged.",
        "历时22年",
        "有1600年历史",
        "20世纪90年代初",
        "1990年代",
        "高1200米",
    ],
)
def test_counts_ages_addresses_and_periods_are_no_years(text: str):
    assert values(text) == []


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("finished in the early 1380s.", "early 1380s"),
        ("in the 13th century", "the 13th century"),
        ("the 2nd and 1st centuries BCE", "the 2nd and 1st centuries BCE"),
        ("20世纪90年代初拆除", "20世纪90年代初"),
        ("即6世纪", "6世纪"),
    ],
)
def test_decades_and_centuries_are_periods(text: str, period: str):
    assert [text[p.start : p.end] for p in find_periods(text)] == [period]


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("It was used until 1952.", "to"),
        ("They were demolished from 1971.", "from"),
        ("It has stood since 1880.", "from"),
        ("It fell in 1902.", "at"),
        ("1971年起拆除", "from"),
    ],
)
def test_the_end_of_a_span_is_told(text: str, role: str):
    assert [year.role for year in find_years(text)] == [role]


@pytest.mark.parametrize("text", ["in about 1199", "around 1450", "约1450年", "1358年前后"])
def test_what_is_only_about_right_says_so(text: str):
    assert [year.approximate for year in find_years(text)] == [True]


@given(st.integers(1000, 2100), st.sampled_from(["in {}.", "since {}, it", "建于{}年。", "({}年)"]))
def test_any_year_of_the_common_era_is_read_back(year: int, template: str):
    assert values(template.format(year)) == [year]


@given(st.text(max_size=200))
def test_every_year_stands_in_the_text_and_in_order(text: str):
    years = find_years(text)

    assert [year.start for year in years] == sorted(year.start for year in years)
    assert all(0 <= year.start < year.end <= len(text) for year in years)


def test_a_whole_day_is_one_year_and_no_span():
    text = "Taken 1931-04-07, entered 2019-03-01T08:30:00Z, for the years 1905-10."
    assert [(year.value, year.role) for year in find_years(text)] == [
        (1931, "at"),
        (2019, "at"),
        (1905, "from"),
        (1910, "to"),
    ]
