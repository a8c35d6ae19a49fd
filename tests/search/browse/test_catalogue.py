"""The list of documents over a real index."""

from dataclasses import replace

from sample_documents import corpus_of, make_documents

from indexer.run import index_corpus
from knowledge.viewer import ANYBODY
from search.browse.catalogue import Catalogue, matching


def test_entries_know_counts_and_a_photo(index):
    entries = {entry.title: entry for entry in Catalogue(index).entries(ANYBODY)}

    assert list(entries) == ["Clock Tower", "Old Station", "永安门"]
    station = entries["Old Station"]
    assert (station.document_id, station.corpus) == ("corpus/old_station", "corpus")
    assert (station.photos, entries["永安门"].photos) == (1, 0)
    assert station.passages >= 1
    assert index.whole.photo_bytes(station.photo_id)
    assert entries["永安门"].photo_id is None


def test_a_word_of_any_name_place_or_tag_matches(index):
    entries = Catalogue(index).entries(ANYBODY)

    def found(text, **options):
        return [entry.title for entry in matching(entries, text, **options)]

    assert found("") == ["Clock Tower", "Old Station", "永安门"]
    assert found("STATION old") == ["Old Station"]
    assert found("老车站") == ["Old Station"]
    assert found("railway") == ["Old Station"]
    assert found("yongan") == ["永安门"] or found("yong an") == ["永安门"]
    assert found("station tower") == []
    assert found("", language="zh") == ["永安门"]
    assert found("", corpus="another") == []


def test_a_new_document_is_listed_at_once(empty_index, encoder, tmp_path):
    station, tower, _ = make_documents(tmp_path / "corpus")
    catalogue = Catalogue(empty_index)
    assert catalogue.entries(ANYBODY) == ()

    index_corpus(corpus_of([station], tmp_path / "corpus"), empty_index, encoder)
    assert [entry.title for entry in catalogue.entries(ANYBODY)] == ["Old Station"]
    index_corpus(corpus_of([station, tower], tmp_path / "corpus"), empty_index, encoder)
    assert [entry.title for entry in catalogue.entries(ANYBODY)] == ["Clock Tower", "Old Station"]


def test_a_changed_title_is_listed_at_once(empty_index, encoder, tmp_path):
    station, *_ = make_documents(tmp_path / "corpus")
    catalogue = Catalogue(empty_index)
    for title in ("Old Station", "Central Station"):
        renamed = replace(station, title=title)
        index_corpus(corpus_of([renamed], tmp_path / "corpus"), empty_index, encoder)
        assert [entry.title for entry in catalogue.entries(ANYBODY)] == [title]
