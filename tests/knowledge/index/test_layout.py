from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from knowledge.documents import Document, Field, Passage, Photo
from knowledge.index import layout

DOCUMENT = Document("c", "d", "Old Station", "It stood.", "en", aliases=("老车站",), place="Jinan")
PASSAGE = Passage("c/d", 0, "It stood.", 0, 9)


def test_the_encoder_sees_the_title_and_bm25_sees_every_name():
    assert layout.passage_clip_text(DOCUMENT, PASSAGE) == "Old Station. It stood."
    assert layout.passage_bm25_text(DOCUMENT, PASSAGE).split("\n") == [
        "Old Station",
        "老车站",
        "Jinan",
        "It stood.",
    ]


def test_ids_are_the_same_in_every_run():
    """Fixed here, as they are the only way to find the points of an existing index."""
    assert layout.INDEX_POINT_ID == "0180c4fe-e96a-5ad3-9af8-e0a31a70a49a"
    assert layout.document_point_id("c/d") == "ed849fb4-89f7-58f8-9626-795e1e01091f"


def test_copies_of_one_photo_have_ids_of_their_own():
    photo = Photo("a.jpg", "1" * 64)
    ids = layout.photo_point_ids(replace(DOCUMENT, photos=(photo, photo, Photo("b", "2" * 64))))

    assert len(set(ids)) == 3


def test_a_photo_s_id_does_not_depend_on_its_position():
    a, b = Photo("a.jpg", "1" * 64), Photo("b.jpg", "2" * 64)
    one = layout.photo_point_ids(replace(DOCUMENT, photos=(a,)))
    two = layout.photo_point_ids(replace(DOCUMENT, photos=(b, a)))

    assert one[0] == two[1]


def test_a_passage_s_id_follows_all_that_its_vectors_are_made_of():
    before = layout.passage_point_ids(DOCUMENT, [PASSAGE])
    for change in ({"title": "New"}, {"aliases": ()}, {"place": None}):
        assert layout.passage_point_ids(replace(DOCUMENT, **change), [PASSAGE]) != before
    for change in ({"tags": ("x",)}, {"url": "https://example.org"}, {"source": "s"}):
        assert layout.passage_point_ids(replace(DOCUMENT, **change), [PASSAGE]) == before


texts = st.text(max_size=20)
documents = st.builds(
    Document,
    corpus=texts,
    id=texts,
    title=texts,
    text=texts,
    language=texts,
    aliases=st.lists(texts, max_size=3).map(tuple),
    place=st.none() | texts,
    source=texts,
    url=st.none() | texts,
    tags=st.lists(texts, max_size=3).map(tuple),
    rights=texts,
    fields=st.lists(
        st.builds(Field, texts, texts, st.integers(0, 99), st.integers(0, 99)), max_size=3
    ).map(tuple),
)


@given(documents)
def test_documents_survive_their_payload(document):
    payload = layout.document_payload(
        document, photo_ids=[], passages=0, problems=[], chronology={"events": []}
    )

    assert layout.document_from_payload(payload) == document
    assert payload["chronology"] == {"events": []}


def test_an_index_from_before_there_were_fields_can_be_read():
    payload = layout.document_payload(
        DOCUMENT, photo_ids=[], passages=0, problems=[], chronology={"events": []}
    )
    old = {key: value for key, value in payload.items() if key not in {"fields", "rights"}}

    assert layout.document_from_payload(old) == DOCUMENT


@given(documents, documents)
def test_equal_hashes_mean_equal_documents(one, other):
    assert (layout.content_hash(one) == layout.content_hash(other)) == (one == other)


def test_the_path_of_an_upload_differs_from_that_of_a_file():
    assert layout.is_upload(layout.upload_path("ab12"))
    assert not layout.is_upload("photos/upload.jpg")
