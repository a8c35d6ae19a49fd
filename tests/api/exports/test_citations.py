"""Exports read back by programs' own libraries: nothing a text holds breaks out of its field."""

import json
from dataclasses import replace
from datetime import date

import bibtexparser
import rispy
from bibtexparser.middlewares import LatexDecodingMiddleware
from hypothesis import example, given
from hypothesis import strategies as st

from api.exports.citations import write_citations
from api.exports.cited import Cited, cite_span
from knowledge.documents import Document, Field, Page, Passage
from knowledge.picture_text import Box, LinePlace, PicturePlace

TEXT = "Photographer: A. Example; B. {Brace}\n\nThe hall burned down in 1907. It was rebuilt."
QUOTE = "The hall burned down in 1907."
START = TEXT.index(QUOTE)
HALL = Document(
    "c", "old hall", 'Old "Hall" & Co. 100%', TEXT, "en",
    source="Vogt, Guide_1", url="https://example.org/a{b}%20c",
    fields=(
        Field("Photographer", "A. Example", 0, 36), Field("Photographer", "B. {Brace}", 0, 36),
        Field("Date", "1907", 0, 1),
    ),
    pages=(Page(3, 0, len(TEXT)),),
)  # fmt: skip
TODAY = date(2026, 11, 29)


def hall() -> Cited:
    return cite_span(HALL, START, START + len(QUOTE), accessed=TODAY)


def test_csl_json_says_all_that_is_known():
    (item,) = json.loads(write_citations("csl", [hall()]))
    assert item == {
        "id": hall().key,
        "type": "webpage",
        "title": 'Old "Hall" & Co. 100%',
        "author": [{"literal": "A. Example"}, {"literal": "B. {Brace}"}],
        "source": "Vogt, Guide_1",
        "URL": "https://example.org/a{b}%20c",
        "page": "3",
        "language": "en",
        "accessed": {"date-parts": [[2026, 11, 29]]},
        "note": f"“{QUOTE}”",
    }


def test_ris_is_read_back():
    (entry,) = rispy.loads(write_citations("ris", [hall()]))
    assert entry["type_of_reference"] == "ELEC"
    assert entry["title"] == HALL.title
    assert entry["authors"] == ["A. Example", "B. {Brace}"]
    assert entry["urls"] == ["https://example.org/a{b}%20c"]
    assert entry["notes"] == [f"“{QUOTE}”"]


def test_bibtex_is_read_back():
    library = bibtexparser.parse_string(
        write_citations("bibtex", [hall()]), append_middleware=[LatexDecodingMiddleware()]
    )
    (entry,) = library.entries
    assert not library.failed_blocks
    assert entry.key == hall().key
    assert entry["title"].strip("{}") == HALL.title
    assert entry["note"] == f"“{QUOTE}”"
    assert entry["urldate"] == "2026-11-29"


@given(st.text(max_size=60), st.text(min_size=1, max_size=60))
@example("T\nER  - \nTY  - BOOK", "a\r\nTI  - other")
@example("}}, evil = {x", "\\end{document} {")
@example("\ud800", "\x00}")
def test_no_text_breaks_out_of_its_field(title: str, quote: str):
    cited = Cited("c/x", title, "", None, quote, 0, len(quote), "en", "2026-11-29")
    other = Cited("c/y", "Other", "", None, "q", 0, 1, "en", "2026-11-29")

    ris = rispy.loads(write_citations("ris", [cited, other]))
    assert [entry["id"] for entry in ris] == [cited.key, other.key]
    assert {entry["type_of_reference"] for entry in ris} == {"GEN"}

    bibtex = bibtexparser.parse_string(write_citations("bibtex", [cited, other]))
    assert [entry.key for entry in bibtex.entries] == [cited.key, other.key]
    assert not bibtex.failed_blocks
    fields = [f.value for f in bibtex.entries[0].fields]
    assert [f.count("{") - f.count("}") for f in fields] == [0] * len(fields)  # as BibTeX counts
    assert {f.key for f in bibtex.entries[0].fields} <= {"title", "urldate", "language", "note"}

    assert len(json.loads(write_citations("csl", [cited, other]))) == 2


def test_a_quotation_that_is_cited_twice_stands_once():
    assert len(rispy.loads(write_citations("ris", [hall(), hall()]))) == 1


def test_quotations_of_any_document_and_length_are_all_kept():
    ids = ("c/钟楼", "c/鼓楼", "c/a b", "c/a_b", "c/a/b")
    many = [replace(hall(), document_id=id_, end=end) for id_ in ids for end in (60, 68)]
    assert len({each.key for each in many}) == len(many)
    for form, name in (("csl", "id"), ("annotation", "id")):
        items = json.loads(write_citations(form, many))
        listed = items if form == "csl" else items["items"]
        assert len({item[name] for item in listed}) == len(many)


def test_an_annotation_targets_the_words_and_the_picture():
    place = PicturePlace("p1", 0, (LinePlace(START, START + 40, Box(0.1, 0.25, 0.5, 0.05), 0.9),))
    passage = Passage(HALL.document_id, 0, TEXT, 0, len(TEXT), picture=place)
    cited = cite_span(HALL, START, START + len(QUOTE), passages=[passage], accessed=TODAY)

    found = json.loads(write_citations("annotation", [cited.commented("It burned.", "en")]))

    assert found["@context"] == "http://www.w3.org/ns/anno.jsonld"
    assert (found["type"], found["body"]["value"]) == ("Annotation", "It burned.")
    words, box = found["target"]
    quote, position = words["selector"]
    assert (quote["exact"], quote["suffix"]) == (QUOTE, " It was rebuilt.")
    assert TEXT[position["start"] : position["end"]] == QUOTE
    assert box["selector"]["value"] == "xywh=percent:10,25,50,5"
    assert box["source"] == "urn:snapcite:photo:p1"


def test_several_annotations_are_a_page():
    other = cite_span(HALL, 0, 12, accessed=TODAY)
    found = json.loads(write_citations("annotation", [hall(), other]))
    assert found["type"] == "AnnotationPage"
    assert [item["motivation"] for item in found["items"]] == ["highlighting"] * 2
