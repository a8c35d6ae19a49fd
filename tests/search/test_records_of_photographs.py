"""What, who, when and where, from a documented sidecar and from a row of a table."""

import json
from io import BytesIO

import pytest
from corpus_samples import image_bytes, write
from PIL import Image
from support import TinyEncoder

from indexer.run import fingerprint_of, index_corpus
from knowledge.corpus import open_corpus
from knowledge.index import open_index
from search.pipeline import Pipeline
from search.query import Query
from vlm.readers.extractive import ExtractiveReader

TABLE = """\
accession no;title;photographer;date taken;location;demolished
1987.12.4;Corn Exchange at noon;unknown;1904;High Street, Weston;no (still in use)
1987.12.5;Harbour crane at low water;J. Oduya;12 May 1931;East quay, Larnmouth;
1987.12.6;Weir House;Ida Brand;1890;Stonebeck;1952
1987.12.7;Granary, demolished 1961;Ida Brand;1911;Stonebeck;
"""
SIDECAR = {
    "title": "Wool market on a winter morning",
    "photographer": "Mary Ellen Whitcombe",
    "date": "1904",
    "place": "Weston, Ashshire",
}


def index_of(path, root):
    encoder = TinyEncoder()
    with open_index(str(root / "index"), fingerprint_of(encoder), create=True) as index:
        report = index_corpus(open_corpus(path), index, encoder)
    assert report.ok
    return str(root / "index")


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    root = tmp_path_factory.mktemp("table")
    return index_of(write(root / "town.csv", TABLE), root)


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    root = tmp_path_factory.mktemp("photos")
    write(root / "town" / "wool_market.jpg", image_bytes(size=(64, 48)))
    write(root / "town" / "wool_market.json", json.dumps(SIDECAR))
    return index_of(root / "town", root)


def ask(index_path, question, photo=None):
    encoder = TinyEncoder()
    shown = () if photo is None else (Image.open(BytesIO(photo)).convert("RGB"),)
    with open_index(index_path, fingerprint_of(encoder)) as index:
        pipeline = Pipeline(index, encoder, ExtractiveReader(), withholds=False)
        return pipeline.ask(Query(question, shown)).answer


@pytest.mark.parametrize(
    ("question", "value", "quote"),
    [
        ("Who took the photo of the Weir House?", "Ida Brand", "Photographer: Ida Brand."),
        ("When was the photo of the Harbour crane taken?", "12 May 1931",
         "Date taken: 12 May 1931."),
        ("Where is the Corn Exchange?", "High Street, Weston", "Location: High Street, Weston."),
        ("What is the accession number of the Weir House?", "1987.12.6",
         "Accession no: 1987.12.6."),
        ("Who took the photo of the Corn Exchange?", "unknown", "Photographer: unknown."),
    ],
)  # fmt: skip
def test_a_row_answers_with_its_line(table, question, value, quote):
    answer = ask(table, question)
    assert (answer.value, answer.source.quote) == (value, quote)


def test_a_title_that_says_more_than_a_name_is_quoted(table):
    answer = ask(table, "Does the Granary still exist?")
    assert (answer.exists, answer.year) == (False, 1961)
    assert answer.source.quote == "Title: Granary, demolished 1961."


def test_an_end_that_did_not_come_is_no_end(table):
    answer = ask(table, "Does the Corn Exchange still exist?")
    assert answer.exists is True
    assert answer.source.quote == "Demolished: no (still in use)."
    answer = ask(table, "Does the Weir House still exist?")
    assert (answer.exists, answer.year) == (False, 1952)


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("What is this?", "Wool market on a winter morning"),
        ("What does this photo show?", "Wool market on a winter morning"),
        ("Who took this photo?", "Mary Ellen Whitcombe"),
        ("When was it taken?", "1904"),
        ("Where was this photo taken?", "Weston, Ashshire"),
    ],
)
def test_a_sidecar_answers_the_four_questions(photos, question, value):
    assert ask(photos, question, image_bytes(size=(64, 48))).value == value
