"""Dates as archives write them: tables of forms, what is no date, columns, hostile texts."""

import time

import pytest
from date_forms import Form, read_forms
from hypothesis import given
from hypothesis import strategies as st

from knowledge.dates import (
    DateColumn,
    Dated,
    Day,
    InvalidEdtfError,
    column_of,
    dated_from_edtf,
    read_date,
)

FORMS = read_forms("forms.tsv")
HELD_OUT = read_forms("held_out.tsv")


def read(text: str, column: DateColumn | None = None) -> Dated:
    found = read_date(text, column=column or DateColumn())
    assert found is not None, text
    return found


@pytest.mark.parametrize("forms", [FORMS, HELD_OUT], ids=["forms", "held_out"])
def test_98_of_100_forms_are_read_with_their_exact_bounds(forms: list[Form]):
    wrong = [form.text for form in forms if form.read != form.expected]
    assert len(wrong) <= 0.02 * len(forms), wrong


def test_there_are_500_forms_each_once():
    keys = [(form.text, form.column) for form in FORMS]
    assert len(set(keys)) == len(keys) >= 500


def test_what_is_written_as_edtf_means_the_same_to_the_library():
    for form in (*FORMS, *HELD_OUT):
        dated = read(form.text, column_of(form.column))
        again = dated_from_edtf(dated.edtf)
        assert (again.earliest, again.latest) == (dated.earliest, dated.latest), form
        assert (again.about, again.perhaps) == (dated.about, dated.perhaps), form


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "Main Street", "Main Street, 1910", "Box 12", "12345", "0", "99", "5 May", "May",
        "3/4", "'45", "9999", "2150-13-45", "31 February 1910", "31.2.1910", "29 February 1900",
        "1910-1890", "1910 m", "Smith, 1910-1985", "Copyright 1909 by J. Smith", "12.5.32",
        "民国二十年代", "3e quart XIXe", "Weihnachten 1914", "c", "ca.", "?before", "1/2/3", "mix",
        "the", "or", "—", "1932 1933 1934 1935", "²²²²", "٣٤٥٦x", "二十", "前", "第三",
    ],
)  # fmt: skip
def test_what_is_no_date_or_not_exactly_one_is_not_read(text: str):
    assert read_date(text) is None


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("1932", 1932), ("[1932]", 1932), ("c1932", 1932), ("20 May 1910", 1910), ("515 BC", -515),
        ("Summer 1912", 1912), ("May-June 1910", 1910), ("ca. 1932", None), ("1932?", None),
        ("before 1932", None), ("after 1932", None), ("1890s", None), ("1889-1891", None),
        ("1889 or 1890", None), ("n.d.", None), ("03/05/1912", 1912), ("光绪二十六年", 1900),
    ],
)  # fmt: skip
def test_only_what_is_in_one_year_for_certain_has_a_year(text: str, year: int | None):
    assert read(text).year == year


def test_how_sure_it_is():
    dated = read("[ca. 1932?]")
    assert (dated.about, dated.perhaps, dated.before, dated.after) == (True, True, False, False)
    before, after, undated = read("before 1904"), read("after 1904"), read("undated")
    assert [before.before, before.after, after.before, after.after] == [True, False, False, True]
    assert [undated.is_known, undated.edtf] == [False, "XXXX"]
    assert dated.words == "[ca. 1932?]"


def test_the_order_of_a_column_is_shown_by_the_values_that_can_be_read_in_one_way():
    assert column_of(["03/05/1912", "21/05/1912"]).day_first is True
    assert column_of(["03/05/1912", "05/21/1912"]).day_first is False
    assert column_of(["21/05/1912", "05/21/1912"]).day_first is None
    assert column_of(["1905-10", "1912-05"]).year_month is True
    assert column_of(["1905-10", "1890-99"]).year_month is False
    assert [column_of([value]).serials for value in ("39887", "1932")] == [True, False]


def test_overlap_counts_days_and_open_ends():
    window = dated_from_edtf("1900/1914")
    for inside in (
        "1914",
        "ca. 1900",
        "before 1900",
        "after 1914",
        "1890-1900",
        "190-",
        "1912-05-03",
    ):
        assert window.overlaps(read(inside)), inside
        assert read(inside).overlaps(window), inside
    for outside in ("1899", "1915", "before 1899", "after 1915", "n.d.", "515 BC"):
        assert not window.overlaps(read(outside)), outside


@pytest.mark.parametrize(
    "text", ["", "yesterday", "1914/1900", "1910-02-31", "Y1E999999999", "1900/", "190", "1" * 5000]
)
def test_edtf_that_is_none_is_refused_at_once(text: str):
    started = time.monotonic()
    if text == "1900/":
        assert dated_from_edtf(text).latest is None
    else:
        with pytest.raises(InvalidEdtfError, match=r"EDTF|before it begins"):
            dated_from_edtf(text)
    assert time.monotonic() - started < 1


@pytest.mark.parametrize(
    "piece",
    ["1-", "1932, ", "between ", "(", "[1932", "early ", "至", "1932年至", "约", "或", "n.d. ",
     "c.", "from 1 to ", "or ", "1932?-", "(1932)"],
)  # fmt: skip
def test_a_text_made_to_be_slow_is_not(piece: str):
    started = time.monotonic()
    read_date((piece * 120)[:120])
    assert time.monotonic() - started < 1.5


@given(st.text(alphabet="0123456789 -/.,?[]()~cabefornigdtu年月日世纪至约前后", max_size=40))
def test_whatever_is_read_has_ordered_bounds_and_its_own_words(text: str):
    dated = read_date(text)
    if dated is None:
        return
    assert dated.words == text.strip()
    if dated.earliest is not None and dated.latest is not None:
        assert dated.earliest <= dated.latest
    again = dated_from_edtf(dated.edtf)
    assert (again.earliest, again.latest) == (dated.earliest, dated.latest)


@given(st.dates())
def test_a_day_is_read_as_it_is_in_each_of_its_forms(day):
    if day.year < 1000 or day.year > 2199:
        return
    for text in (f"{day:%Y-%m-%d}", f"{day.day}.{day.month}.{day.year}", f"{day:%d %B %Y}",
                 f"{day:%B} {day.day}, {day.year}",
                 f"{day.year}年{day.month}月{day.day}日"):  # fmt: skip
        assert read(text).earliest == read(text).latest == Day(day.year, day.month, day.day)
