"""Documents are written and removed one by one: the index is as an index run makes it."""

import hashlib
from dataclasses import replace

import pytest
from sample_documents import corpus_of, make_documents
from support import TinyEncoder, encoded, photo

from indexer.live import LiveUpdates, NewPhoto, Update
from indexer.run import index_corpus, remove_corpus
from knowledge.documents import Document
from knowledge.errors import DocumentError, NotFoundError
from knowledge.index import layout
from vlm.images import decode_image

BRIDGE = Document(
    corpus="archive",
    id="iron_bridge",
    title="Iron Bridge",
    text="The Iron Bridge was opened in 1901. It still stands.",
    language="en",
    source="City archive",
    tags=("bridge",),
)


def sent(seed: int, **metadata) -> NewPhoto:
    data = encoded(photo(seed, size=(64, 48)))
    return NewPhoto(data, hashlib.sha256(data).hexdigest(), decode_image(data), metadata)


@pytest.fixture
def index(empty_index):
    return empty_index


@pytest.fixture
def live(index, encoder) -> LiveUpdates:
    return LiveUpdates(index, encoder)


def points(index):
    """Everything except vectors and the paths of photos."""
    return {record.id: dict(record.payload) for record in index.store.scroll()}


def test_a_new_document_is_there_with_its_photo_and_its_corpus(live, index):
    assert live.put([Update(BRIDGE, photos=[sent(7)])]) == ["created"]

    document, photo_ids = index.whole.document("archive/iron_bridge")
    assert document == BRIDGE
    assert index.whole.photo_bytes(photo_ids[0]) == sent(7).data
    (corpus,) = index.whole.corpora()
    assert (corpus["corpus"], corpus["documents"], corpus["photos"]) == ("archive", 1, 1)


def test_the_same_again_changes_nothing(live, index):
    live.put([Update(BRIDGE, photos=[sent(7)])])
    version, before = index.version(), points(index)

    assert live.put([Update(BRIDGE, photos=[sent(7)])]) == ["unchanged"]
    assert live.put([Update(BRIDGE)]) == ["unchanged"]
    assert (index.version(), points(index)) == (version, before)


def test_an_update_leaves_what_a_fresh_index_would_hold(live, index, tmp_path, encoder):
    live.put([Update(BRIDGE, photos=[sent(7), sent(8)])])
    moved = replace(BRIDGE, text="It was moved in 1950. The Iron Bridge was opened in 1901.")
    assert live.put([Update(moved, photos=[sent(8), sent(9)])]) == ["updated"]
    updated = points(index)
    assert live.remove("archive/iron_bridge")
    live.put([Update(moved, photos=[sent(8), sent(9)])])

    assert points(index) == updated


def test_photos_are_kept_unless_others_are_sent_or_named(live, index):
    live.put([Update(BRIDGE, photos=[sent(7), sent(8)])])
    ids = index.whole.document("archive/iron_bridge")[1]

    renamed = replace(BRIDGE, title="The Iron Bridge")
    live.put([Update(renamed)])
    assert index.whole.document("archive/iron_bridge")[1] == ids
    live.put([Update(renamed, keep=[ids[1]], photos=[sent(9)])])
    kept, added = index.whole.document("archive/iron_bridge")[1]
    assert kept == ids[1]
    assert index.whole.photo_bytes(added) == sent(9).data
    with pytest.raises(NotFoundError):
        index.uploads.read(ids[0])
    live.put([Update(renamed, keep=[])])
    assert index.whole.document("archive/iron_bridge")[1] == []


def test_what_is_said_of_a_photo_wins_over_its_exif_and_can_change(live, index):
    live.put([Update(BRIDGE, photos=[sent(7, taken_at="1950-05-01", caption="From the east")])])
    (photo_id,) = index.whole.document("archive/iron_bridge")[1]
    facts = index.whole.photo_facts([photo_id])[photo_id]
    assert (facts.taken_at, facts.caption, facts.width) == ("1950-05-01", "From the east", 64)

    again = Update(BRIDGE, photos=[sent(7, caption="From the west")])
    assert live.put([again]) == ["updated"]
    assert index.whole.photo_facts([photo_id])[photo_id].caption == "From the west"
    assert live.put([again]) == ["unchanged"]


def test_nothing_is_left_of_a_removed_document(live, index, tmp_path):
    live.put([Update(BRIDGE, photos=[sent(7)])])
    assert live.remove("archive/iron_bridge")
    assert not live.remove("archive/iron_bridge")

    assert {payload["kind"] for payload in points(index).values()} == {"index", "corpus"}
    assert remove_corpus("archive", index) == 0


@pytest.mark.parametrize(
    ("update", "says"),
    [
        (Update(BRIDGE, keep=["0" * 32]), "photos: archive/iron_bridge has no photo '000"),
        (Update(replace(BRIDGE, text="")), "text: there is neither"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_written(live, index, update, says):
    before = points(index)
    with pytest.raises(DocumentError, match=says):
        live.put([update])
    assert points(index) == before


def test_many_at_once_are_each_done_and_the_last_of_equals_wins(live, index):
    many = [Update(replace(BRIDGE, id=f"b{n}", title=f"Bridge {n}")) for n in range(40)]
    last = Update(replace(BRIDGE, id="b39", title="Last Bridge"))
    assert live.put([*many, last]) == ["created"] * 41
    assert index.store.count({"kind": "document"}) == 40
    assert index.whole.document("archive/b39")[0].title == "Last Bridge"


def test_a_corpus_wins_for_its_own_documents_and_leaves_the_others(
    live, index, tmp_path, encoder: TinyEncoder
):
    station, *_ = make_documents(tmp_path / "corpus")
    corpus = corpus_of([station], tmp_path / "corpus")
    index_corpus(corpus, index, encoder)
    corrected = replace(station, photos=(), title="Central Station")
    own = replace(BRIDGE, corpus="corpus")
    live.put([Update(corrected), Update(own, photos=[sent(7)])])
    assert index.whole.document("corpus/old_station")[0].title == "Central Station"
    assert len(index.whole.document("corpus/old_station")[1]) == 1

    report = index_corpus(corpus, index, encoder)
    assert (report.changed, report.removed) == (1, 0)
    assert index.whole.document("corpus/old_station")[0].title == "Old Station"
    assert index.whole.document("corpus/iron_bridge")[0] == own
    assert remove_corpus("corpus", index) == 2
    assert index.store.count({"kind": "photo"}) == 0
    assert not [path for path in (tmp_path / "index" / "photos").rglob("*") if path.is_file()]


def test_a_name_used_over_http_can_be_indexed_from_files(live, index, tmp_path, encoder):
    live.put([Update(replace(BRIDGE, corpus="corpus"))])
    documents = make_documents(tmp_path / "corpus")
    index_corpus(corpus_of(documents, tmp_path / "corpus"), index, encoder)
    (corpus,) = index.whole.corpora()
    assert (corpus["documents"], corpus["source"]) == (4, "folder")


def test_the_points_of_a_live_document_are_those_of_an_index_run(live, index, tmp_path, encoder):
    station, *_ = make_documents(tmp_path / "corpus")
    index_corpus(corpus_of([station], tmp_path / "corpus"), index, encoder)
    before = {record.id: record for record in index.store.scroll(with_vectors=True)}
    data = index.whole.photo_bytes(layout.photo_point_ids(station)[0])
    image = decode_image(data, encoder.card.photo_size)
    new = NewPhoto(data, hashlib.sha256(data).hexdigest(), image)
    live.remove("corpus/old_station")
    live.put([Update(replace(station, photos=()), photos=[new])])
    after = {record.id: record for record in index.store.scroll(with_vectors=True)}

    assert set(after) == set(before)
    for point_id, record in after.items():
        for name, vector in record.vectors.items():
            assert str(vector) == str(before[point_id].vectors[name])
