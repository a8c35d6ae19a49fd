"""Values of files become texts that people read."""

import json

import pytest

from knowledge.corpus.fields import write_lines
from knowledge.corpus.values import MOST_DEPTH, expand, plain_text, split_values


@pytest.mark.parametrize(
    ("value", "values"),
    [
        ([{"label": "Creator", "value": "A. Example"}], {"Creator": ["A. Example"]}),
        ([{"label": {"en": ["Date"]}, "value": {"none": ["1904"]}}], {"Date": ["1904"]}),
        ([{"name": "Ida", "role": "Photographer", "born": 1870}],
         {"Photographer": ["Ida"], "x born": ["1870"]}),
        ([{"type": "literal", "property_id": 1, "@value": "Weir House", "@language": "en"}],
         {"x": ["Weir House"]}),
        ({"@id": "https://example.org/a", "o:label": "Stonebeck"}, {"x": ["Stonebeck"],
         "x @id": ["https://example.org/a"]}),
        ({"en": "Gate", "zh": "城门"}, {"x": ["Gate", "城门"]}),
        ({"city": "Weston", "geo": {"lat": 1.5}}, {"x city": ["Weston"], "x geo lat": ["1.5"]}),
        ('[{"label": "Box", "value": "12"}]', {"Box": ["12"]}),
        ("['a', 'b']", {"x": ["a", "b"]}),
        ("[1932]", {"x": ["[1932]"]}),
        ("[ca. 1932]", {"x": ["[ca. 1932]"]}),
        ([None, "", [], {}], {}),
        (True, {"x": ["yes"]}),
    ],
)  # fmt: skip
def test_nested_values_get_labels(value, values):
    assert expand({"x": value}).values == values


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("<p>One &amp; two</p><p>three</p>", "One & two\n\nthree"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("12 High St<br/>3 Low St", "12 High St\n3 Low St"),
        ("<b>Bold</b> and <a href='x'>link</a>", "Bold and link"),
        ("<script>alert(1)</script>Text<p>", "Text"),
        ("caf&eacute; &#8211; bar", "café – bar"),
        ("a < b and c > d", "a < b and c > d"),
        ("<unknown>", "<unknown>"),
        ("AT&T", "AT&T"),
    ],
)
def test_markup_is_removed(text, plain):
    assert plain_text(text) == plain


def test_two_addresses_are_two():
    for text in ("12 High St\n3 Low St", "12 High St; 3 Low St", "12 High St | 3 Low St"):
        assert split_values(text) == ["12 High St", "3 Low St"]
        lines = write_lines([("Address", text)])
        assert lines.text == "Address: 12 High St; 3 Low St."
        assert [field.value for field in lines.fields] == ["12 High St", "3 Low St"]


def test_what_stands_for_nothing_is_left_out():
    words = "|-|—|?|??|n/a|N/A|none|NULL|nan|k. A.|无|0000-00-00|unknown|unbekannt|不详"
    nothing = [*words.split("|"), " ", None, float("nan"), [], ["-"]]
    assert write_lines([("material", value) for value in nothing]).text == ""
    kept = ["no", "0", "Nonesuch", "unknown soldier", "n.d."]
    assert len(write_lines([("material", value) for value in kept]).fields) == len(kept)


def test_that_nobody_knows_who_took_it_or_when_it_went_is_worth_knowing():
    pairs = [("Photographer", "unknown"), ("Date of demolition", "unknown"), ("Donor", "unknown")]
    assert write_lines(pairs).text == "Photographer: unknown.\nDate of demolition: unknown."


def test_fields_say_where_their_lines_are():
    lines = write_lines([("dc:creator", ["A", "B"]), ("box", ""), ("year", 1912)])
    assert lines.text == "Creator: A, B.\nYear: 1912."
    spans = [(f.label, f.value, lines.text[f.start : f.end]) for f in lines.fields]
    assert spans == [
        ("Creator", "A", "Creator: A, B."),
        ("Creator", "B", "Creator: A, B."),
        ("Year", "1912", "Year: 1912."),
    ]


def test_depth_and_number_are_bounded_and_said():
    deep: object = "x"
    for _ in range(MOST_DEPTH + 5):
        deep = [deep]
    assert expand({"a": deep}).is_cut
    wide = expand({"a": [{f"k{n}": n} for n in range(100_000)]})
    assert wide.is_cut
    assert len(wide.values) <= 2_000
    assert not expand({"a": "[" * 100_000 + "]" * 100_000}).is_cut
    assert expand({"a": json.dumps([[["x"]]])}).values == {"a": ["x"]}
