"""Renamed folders, tables and files: nothing is embedded twice, and what is unclear is asked."""

import json

import pytest
from support import TinyEncoder, encoded, photo

from indexer.run import fingerprint_of, index_corpus
from knowledge.corpus import open_corpus
from knowledge.errors import CorpusError
from knowledge.index.index import open_index

TEXT = "The gate of the town was built in {}. It stands at the end of the long street."


@pytest.fixture
def encoder():
    return TinyEncoder()


@pytest.fixture
def run(tmp_path, encoder):
    with open_index(str(tmp_path / "index"), fingerprint_of(encoder), create=True) as index:
        yield lambda path, **options: index_corpus(open_corpus(path, **options), index, encoder)


def fill(folder, count=5, first=0):
    folder.mkdir(exist_ok=True)
    for n in range(first, first + count):
        (folder / f"gate_{n}.jpg").write_bytes(encoded(photo(n)))
        (folder / f"gate_{n}.txt").write_text(TEXT.format(1800 + n))


def test_a_renamed_folder_keeps_its_name(tmp_path, run, encoder):
    fill(tmp_path / "photos")
    run(tmp_path / "photos")
    before = encoder.images_encoded, encoder.texts_encoded
    (tmp_path / "photos").rename(tmp_path / "pictures")
    report = run(tmp_path / "pictures")

    assert (report.corpus, report.unchanged, report.new) == ("photos", 5, 0)
    assert (encoder.images_encoded, encoder.texts_encoded) == before
    assert "'photos'" in report.notes[0].text
    assert "--corpus pictures" in report.notes[0].text
    assert run(tmp_path / "pictures").notes == []


def test_a_renamed_table_keeps_its_name(tmp_path, run, encoder):
    rows = [{"id": f"g{n}", "title": f"Gate {n}", "text": TEXT.format(n)} for n in range(6)]
    (tmp_path / "old.json").write_text(json.dumps(rows))
    run(tmp_path / "old.json")
    before = encoder.texts_encoded
    (tmp_path / "old.json").rename(tmp_path / "new.json")
    report = run(tmp_path / "new.json")

    assert report.corpus == "old"
    assert encoder.texts_encoded == before
    assert report.documents == 6


def test_what_may_be_another_corpus_is_asked(tmp_path, run):
    fill(tmp_path / "photos", 5)
    run(tmp_path / "photos")
    (tmp_path / "photos").rename(tmp_path / "pictures")
    fill(tmp_path / "pictures", 5, first=20)
    with pytest.raises(CorpusError, match="Say --corpus photos if it is that one"):
        run(tmp_path / "pictures")
    report = run(tmp_path / "pictures", name="photos")
    assert (report.unchanged, report.new) == (5, 5)


def test_two_corpora_that_may_be_meant_are_asked_about(tmp_path, run):
    fill(tmp_path / "a")
    run(tmp_path / "a")
    run(tmp_path / "a", name="b")
    (tmp_path / "a").rename(tmp_path / "c")
    with pytest.raises(CorpusError, match=r"'a'.*'b'"):
        run(tmp_path / "c")


def test_a_copy_is_another_corpus_and_is_named(tmp_path, run):
    fill(tmp_path / "a")
    fill(tmp_path / "b")
    run(tmp_path / "a")
    report = run(tmp_path / "b")
    assert (report.corpus, report.new) == ("b", 5)
    assert "'a'" in report.notes[0].text


def test_other_material_is_another_corpus(tmp_path, run):
    fill(tmp_path / "a")
    run(tmp_path / "a")
    (tmp_path / "a").rename(tmp_path / "gone")
    fill(tmp_path / "b", first=40)
    report = run(tmp_path / "b")
    assert (report.corpus, report.new, report.notes) == ("b", 5, [])


def test_renamed_files_and_folders_within_a_corpus(tmp_path, run, encoder):
    folder = tmp_path / "photos"
    fill(folder)
    (folder / "story.md").write_text("# The station\n\nIt was built in 1912 and opened in 1913.\n")
    run(folder)
    images, texts = encoder.images_encoded, encoder.texts_encoded
    (folder / "gate_1.jpg").rename(folder / "tower.jpg")
    (folder / "gate_1.txt").rename(folder / "tower.txt")
    (folder / "sub").mkdir()
    for ending in ("jpg", "txt"):
        (folder / f"gate_2.{ending}").rename(folder / "sub" / f"gate_2.{ending}")
    (folder / "story.md").rename(folder / "sub" / "tale.md")
    report = run(folder)

    assert (report.new, report.removed, report.photos_embedded) == (3, 3, 0)
    assert encoder.images_encoded == images
    # The tower has another title, which its passage's vector was made with.
    assert encoder.texts_encoded == texts + 1
    assert report.reused == 2 + 2
    assert "taken over" in report.summary()


def test_the_same_picture_and_the_same_text_twice_are_named(tmp_path, run):
    folder = tmp_path / "photos"
    fill(folder, 2)
    (folder / "copy.jpg").write_bytes(encoded(photo(0)))
    for name in ("one.md", "two.md"):
        (folder / name).write_text("A long story about the town. " * 20)
    report = run(folder)

    assert report.ok
    assert [(note.path, note.text.split(";")[0]) for note in report.notes] == [
        ("two", "The same text as 'one'"),
        ("gate_0.jpg", "The same picture as 'copy.jpg'"),
    ]


def test_damaged_photos_leave_no_empty_documents(tmp_path, run):
    folder = tmp_path / "photos"
    fill(folder, 2)
    (folder / "cut.jpg").write_bytes(encoded(photo(7))[:300])
    (folder / "cut_with_text.jpg").write_bytes(encoded(photo(8))[:300])
    (folder / "cut_with_text.txt").write_text("What is known of it stays.")
    for _ in range(2):
        report = run(folder)
        assert report.documents == 3
        assert {problem.path for problem in report.problems} == {"cut.jpg", "cut_with_text.jpg"}
