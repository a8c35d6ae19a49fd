"""Mapping files: printed, edited, saved beside the table, and used."""

import pytest
from corpus_samples import read_all, write

from knowledge.corpus import Columns, mapping_file, mapping_yaml, open_corpus
from knowledge.errors import CorpusError

TABLE = "key,what,said: by,note\nk1,Gate,Ida,It stands.\nk2,Tower,Jo,It fell.\n"


@pytest.fixture
def sites(tmp_path):
    return write(tmp_path / "sites.csv", TABLE)


def test_what_is_printed_can_be_saved_and_changes_nothing(sites):
    before = read_all(sites)
    corpus = open_corpus(sites)
    printed = mapping_yaml("sites.csv", corpus.roles, comments=["a: [", "- *x"])
    assert mapping_file(sites).name == "sites.csv.mapping.yaml"
    write(mapping_file(sites), printed)
    assert read_all(sites) == before
    assert open_corpus(sites).roles.columns.id == "key"


def test_an_edited_mapping_is_used(sites):
    write(mapping_file(sites), "title: what\ncreator: ['said: by']\nid:\nleft_out: [key, note]\n")
    (gate, _), problems = read_all(sites)
    assert not problems
    assert (gate.id, gate.title) == ("row-1", "Gate")
    assert gate.text == "What: Gate.\nSaid: by: Ida."


def test_options_of_the_command_win(sites):
    write(mapping_file(sites), "title: what\nid: key")
    (gate, _), _ = read_all(sites, columns=Columns(title="note"))
    assert (gate.id, gate.title) == ("k1", "It stands.")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("titel: what", "has a key 'titel'; the keys are id, title"),
        ("title: [what, note]", "gives 'title' several columns"),
        ("title: {a: b}", "names of columns"),
        ("title: 'what", "not valid YAML in line 1"),
        ("title: wat", "no column 'wat'. Did you mean 'what'?"),
        ("- a", "holds no keys"),
        ("a: &a [*a]", "refers to another part"),
        ("x" * 300_000, "more than"),
    ],
)
def test_a_mapping_that_cannot_be_used_is_one_clear_error(sites, text, reason):
    write(mapping_file(sites), text)
    with pytest.raises(CorpusError) as raised:
        open_corpus(sites)
    assert reason in str(raised.value)
    assert "sites.csv.mapping.yaml" in str(raised.value)
