"""Front matter and JSON sidecars: values stay as written, mistakes are named."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.corpus.front import Front, make_document, merge, parse_json, split_front
from knowledge.documents import Photo
from knowledge.errors import CorpusError


def front(yaml: str) -> Front:
    return split_front(f"---\n{yaml}\n---\nBody")[0]


def test_front_matter_and_body():
    found, body = split_front(
        "---\nid: a\ntitle: T\naliases: [x, 名]\nurl: null\n---\n\nBody\n---\n"
    )
    assert found == Front(id="a", title="T", aliases=("x", "名"))
    assert body == "\nBody\n---\n"


@pytest.mark.parametrize(
    ("yaml", "title"),
    [
        ("title: 1984", "1984"),
        ("title: No", "No"),
        ("title: 1889-03-31", "1889-03-31"),
        ("title: 1_000.50", "1_000.50"),
        ("title: 12:30", "12:30"),
        ("title: 0x1F", "0x1F"),
        ("title: 'null'", "null"),
        ("title: null", ""),
        ("title: ~", ""),
        ("title:", ""),
        ("title: >\n  two\n  lines", "two lines"),
        ("# a comment\n\ntitle: T", "T"),
    ],
)
def test_values_are_taken_as_written(yaml, title):
    assert front(yaml).title == title


def test_one_text_may_stand_for_a_list():
    assert front("photos: a/*.jpg\ntags: [1, yes, 1]") == Front(
        photos=("a/*.jpg",), tags=("1", "yes")
    )


def test_other_keys_become_pairs():
    assert front("architect: Eiffel\nheights: [300, 330]\nopen: true\nnested: {a: b}").pairs == (
        ("architect", "Eiffel"),
        ("heights", ("300", "330")),
        ("open", "true"),
        ("nested a", "b"),
    )


def test_an_address_that_is_none_becomes_a_fact():
    assert front("url: javascript:alert(1)") == Front(pairs=(("url", "javascript:alert(1)"),))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "No front matter",
        "---\n\nA rule, then prose.\n\n---\n",
        "---\n- a list\n---\n",
        "----\na: b\n---",
    ],
)
def test_no_front_matter(text):
    assert split_front(text) == (Front(), text)


def test_empty_front_matter():
    assert split_front("---\n---\nBody") == (Front(), "Body")


@pytest.mark.parametrize(
    ("yaml", "reason"),
    [
        ("title: Tower: a history", "not valid YAML in line 2 .* put quotes"),
        ("id: a\ntitle: [", "not valid YAML"),
        ("title: [a, b]", "'title' must be one text"),
        ("aliases: [{a: b}]", "'aliases' must be a list of texts"),
        ("language: English", "'English' is not a language tag"),
        ("a: &a [*a]\ntags: *a", "refers to another part of itself"),
        ("title: !!python/object/apply:os.getcwd []", "'title' must be one text"),
        ("a: " + "[" * 5000, "nested more than 20 deep"),
        ("a: " + "[" * 15, "not valid YAML"),
    ],
)
def test_faults_are_named(yaml, reason):
    with pytest.raises(CorpusError, match=reason):
        front(yaml)


def test_front_matter_without_an_end():
    with pytest.raises(CorpusError, match="no end"):
        split_front("---\ntitle: T\n\nBody")


def test_lists_within_lists_do_not_explode():
    bomb = "a0: &a0 [x, x]\n" + "".join(
        f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40)
    )
    with pytest.raises(CorpusError, match="refers to another part"):
        front(bomb)


@pytest.mark.parametrize(
    ("yaml", "pairs"),
    [
        ("x: !!bool maybe", (("x", "maybe"),)),
        ("x: !!timestamp nope", (("x", "nope"),)),
        ("x: !!int 7 rooms", (("x", "7 rooms"),)),
        ("x: !!binary =", (("x", "="),)),
        ("x: !!set {a}", ()),
        ("x: !house red", (("x", "red"),)),
        ("<<: {x: y}", ()),
    ],
)
def test_tags_change_nothing(yaml, pairs):
    assert front(yaml).pairs == pairs


def test_long_front_matter_is_refused():
    with pytest.raises(CorpusError, match="more than 262,144"):
        front("x: " + "a" * 300_000)


@given(st.text(max_size=80))
def test_any_front_matter_is_read_or_refused(yaml):
    with contextlib.suppress(CorpusError):
        split_front(f"---\nid: a\n{yaml}\n---\n")


def test_a_json_sidecar():
    found = parse_json(
        '{"title": "Gate", "description": "An old gate.", "url": "https://example.org",'
        ' "tags": ["gate"], "year": 1889, "geo": {"lat": 1.5}, "seen": false, "note": null}'
    )
    assert found == Front(
        title="Gate",
        url="https://example.org",
        tags=("gate",),
        text=("An old gate.",),
        pairs=(("year", "1889"), ("geo lat", "1.5"), ("seen", "no")),
    )


def test_several_captions_are_lines():
    found = parse_json('{"caption": ["A dog.", "A cat."], "description": "A dog.", "text": null}')
    assert found.text == ("A dog.", "A dog.\nA cat.")


@pytest.mark.parametrize(
    ("text", "reason"),
    [("{", "not valid JSON"), ("[1]", "not a JSON object"), ("[" * 100_000, "not valid JSON")],
)
def test_broken_json(text, reason):
    with pytest.raises(CorpusError, match=reason):
        parse_json(text)


def test_the_first_that_says_a_thing_is_believed():
    one = Front(title="One", tags=("a",), text=("x",))
    two = Front(title="Two", place="Paris", tags=("b", "a"), text=("y",))
    assert merge([one, two]) == Front(title="One", place="Paris", tags=("a", "b"), text=("x", "y"))


def test_a_document_says_all_that_is_known():
    document = make_document(
        Front(title="塔", text=("First.",), pairs=(("year", "1889"),)),
        corpus="c",
        id="t",
        title="unused",
        source="t.md",
        language=None,
        body="它建于1889年。",
    )
    assert document.text == "First.\n\n它建于1889年。\n\n题名：塔。\nYear: 1889."
    assert (document.title, document.source, document.language) == ("塔", "t.md", "zh")


@pytest.mark.parametrize(
    ("own", "given_", "expected"), [("fr", "de", "fr"), ("", "de", "de"), ("", None, "en")]
)
def test_language(own, given_, expected):
    document = make_document(
        Front(language=own), corpus="c", id="t", title="A tower", source="", language=given_
    )
    assert document.language == expected


def test_keys_of_other_makers_fill_their_fields_and_stay_lines():
    found = parse_json(
        '{"Titel": "Hafenkran", "Aufnahmeort": "Larnmouth", "Lizenz": "CC BY 4.0",'
        ' "Fotograf": ["Ida Brand", "J. Oduya"], "Material": "n/a", "location": "51.5, 0.1"}'
    )
    assert (found.title, found.place, found.rights) == ("Hafenkran", "Larnmouth", "CC BY 4.0")
    document = make_document(
        found, corpus="c", id="t", title="unused", source="s", language="de", pairs=[("Box", 7)]
    )
    assert document.rights == "CC BY 4.0"
    assert document.text == (
        "Titel: Hafenkran.\nAufnahmeort: Larnmouth.\nLizenz: CC BY 4.0.\n"
        "Fotograf: Ida Brand, J. Oduya.\nLocation: 51.5, 0.1.\nBox: 7."
    )
    for field in document.fields:
        assert field.value in document.text[field.start : field.end]
    assert [f.value for f in document.fields if f.label == "Fotograf"] == ["Ida Brand", "J. Oduya"]


@pytest.mark.parametrize(
    ("title", "text", "photos", "lines"),
    [
        ("Corn Exchange, demolished 1961", "It stood in Weston.", False,
         "Title: Corn Exchange, demolished 1961."),
        ("Corn Exchange", "It stood in Weston.", False, ""),
        ("Corn Exchange", "", True, "Photograph: Corn Exchange."),
        ("Weston 1961", "It fell in 1961 at Weston.", True, ""),
    ],
)  # fmt: skip
def test_a_written_text_gets_a_title_only_if_it_says_more(title, text, photos, lines):
    document = make_document(
        Front(title=title), corpus="c", id="t", title=title, source="s", language="en", body=text,
        photos=[Photo("a.jpg", "0" * 64)] if photos else [], adds_names=False,
    )  # fmt: skip
    assert document.text.removeprefix(text).strip() == lines


def test_a_key_that_stands_twice_in_json_loses_no_value():
    front = parse_json('{"title": "Gate", "title": "Arch", "stone": "lime", "stone": "sand"}')
    assert front.title == "Gate"
    assert front.pairs == (("other title", "Arch"), ("stone", ("lime", "sand")))
