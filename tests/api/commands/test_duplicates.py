"""`snapcite duplicates`: what an index holds twice, as lines, a table and JSON."""

import csv
import io
import json

import pytest
from sample_documents import corpus_of
from support import TinyEncoder, encoded, photo
from typer.testing import CliRunner

from api.cli import app
from indexer.run import fingerprint_of, index_corpus
from knowledge.corpus.photos import hash_photo
from knowledge.documents import Document, Photo
from knowledge.index import open_index


@pytest.fixture
def target(tmp_path) -> str:
    """An index of a photo in two files, one of which is named like a formula, and of another."""
    names = ("=1+1.jpg", "house.jpg", "other.jpg")
    for name, seed in zip(names, (1, 1, 2), strict=True):
        (tmp_path / name).write_bytes(encoded(photo(seed)))
    documents = [
        Document("corpus", str(n), name, "Text.", "en",
                 photos=(Photo(name, hash_photo(tmp_path, name)),))
        for n, name in enumerate(names)
    ]  # fmt: skip
    encoder = TinyEncoder()
    with open_index(str(tmp_path / "index"), fingerprint_of(encoder), create=True) as index:
        index_corpus(corpus_of(documents, tmp_path), index, encoder)
    return str(tmp_path / "index")


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["duplicates", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_same_file_is_listed_once_in_each_form(target):
    (found,) = json.loads(run("--index", target, "--json"))
    assert (found["verdict"], found["verified"]) == ("same_file", True)
    assert [found[which]["path"] for which in ("first", "second")] == ["=1+1.jpg", "house.jpg"]
    head, row = csv.reader(io.StringIO(run("--index", target, "--csv")))
    cells = dict(zip(head, row, strict=True))
    assert cells["first_path"] == "'=1+1.jpg"  # no spreadsheet computes it
    assert cells["second_document"] == "corpus/1"
    assert "the same file" in run("--index", target)
