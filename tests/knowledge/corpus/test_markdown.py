"""Markdown to prose: the marks are removed, the facts stay."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.corpus.front import split_front
from knowledge.corpus.markdown import image_path, to_prose

DATA = Path(__file__).parents[3] / "data"


@pytest.mark.parametrize(
    ("markdown", "prose"),
    [
        ("It was *built* in **1889** by `Eiffel`.", "It was built in 1889 by Eiffel."),
        ("one\ntwo", "one two"),
        ("它建于\n1889年,\n现在\n还在。", "它建于 1889年, 现在还在。"),
        ("one  \ntwo<br>three", "one\ntwo\nthree"),
        ("# T\n\ntext\n\n## S", "T\n\ntext\n\nS"),
        ("- a\n- b\n  - c", "a\nb\nc"),
        ("text\n- a", "text\n\na"),
        ("2. two\n3. three", "2. two\n3. three"),
        ("1889. The tower opened.", "1889. The tower opened."),
        ('> quoted [link](http://x.org "t")', "quoted link"),
        ("<https://example.org> [](http://y.org)", "https://example.org http://y.org"),
        ("![The gate in 1890](gate.jpg)", "The gate in 1890"),
        ("a_b_c 5 < 6 &amp; 7 \\* 8", "a_b_c 5 < 6 & 7 * 8"),
        ("```\ncode\n```", "code"),
        ("<p>Built <b>1889</b> &eacute;</p><!-- <i>not</i> this -->", "Built 1889 é"),
        ("<script>\nvar x = 1;\n</script>", ""),
        ("a\n\n---\n\nb", "a\n\nb"),
        ("", ""),
    ],
)
def test_marks_go_and_facts_stay(markdown, prose):
    assert to_prose(markdown).text == prose


def test_rows_of_a_table_name_their_columns():
    markdown = "|Name|Built||\n|---|---|---|\n|Tower|1889|iron|\n|Gate|| \n\nEnd"
    assert to_prose(markdown).text == "Name: Tower. Built: 1889. iron\nName: Gate.\n\nEnd"


def test_a_table_of_names_alone_keeps_them():
    assert to_prose("|Name|Built|\n|---|---|").text == "Name Built"


def test_the_first_heading():
    assert to_prose("text\n\n## Eiffel *Tower*\n\n# Other").heading == "Eiffel Tower"
    assert to_prose("text").heading == ""


def test_images():
    inline = "![a](x.jpg) text <img alt='' src=\"y%20z.png\">"
    markdown = f"{inline}\n\n|h|\n|-|\n|![](t.jpg)|\n\n<p><img src='w.gif'></p>"
    assert to_prose(markdown).images == ("x.jpg", "y%20z.png", "t.jpg", "w.gif")


@pytest.mark.parametrize(
    ("source", "folder", "path"),
    [
        ("a.jpg", "", "a.jpg"),
        ("a%20b.jpg", "texts", "texts/a b.jpg"),
        ("../photos/a.jpg", "texts", "photos/a.jpg"),
        ("/photos/a.jpg", "texts", "photos/a.jpg"),
        ("img\\a.jpg?raw=true", "", "img/a.jpg"),
        ("../a.jpg", "", "../a.jpg"),
        ("https://example.org/a.jpg", "", None),
        ("//example.org/a.jpg", "", None),
        ("data:image/png;base64,AAAA", "", None),
    ],
)
def test_where_an_image_is(source, folder, path):
    assert image_path(source, folder=folder) == path


def test_plain_prose_is_left_as_it_is():
    files = sorted(DATA.glob("*/knowledge/*.md"))
    assert len(files) > 100
    for file in files:
        body = split_front(file.read_text(encoding="utf-8"))[1]
        assert to_prose(body).text == body.strip()


words = st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=8)


@given(st.lists(st.tuples(st.sampled_from(["", "# ", "- ", "> ", "1. ", "**"]), words), max_size=8))
def test_no_word_is_lost(lines):
    prose = to_prose("\n\n".join(mark + word for mark, word in lines)).text
    for _, word in lines:
        assert word in prose


@given(st.text(max_size=120))
def test_any_text_is_read(text):
    to_prose(text)


@pytest.mark.parametrize("text", ["[" * 20_000, "<!--" * 20_000, "a\n" * 20_000, "<p" * 20_000])
def test_no_text_takes_long(text):
    to_prose(text)


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("**Date:** 1912\nMint: Royal Mint,\nLondon\nMetal: bronze",
         "Date: 1912\nMint: Royal Mint, London\nMetal: bronze"),
        ("年代：1912年\n材质：青铜，\n鎏金", "年代：1912年\n材质：青铜，鎏金"),
        ("- Date: 1912\n  Mint: London", "Date: 1912\nMint: London"),
        ("Note: it rang at\n12:30 on\nhttp://a.org", "Note: it rang at 12:30 on http://a.org"),
        ("It was built by\nsomebody: nobody\nknows.", "It was built by somebody: nobody knows."),
    ],
)  # fmt: skip
def test_lines_of_labels_and_values_stay_lines(markdown, text):
    assert to_prose(markdown).text == text
