"""Have we this picture? Copies, strangers, files that are gone, and indexes without hashes."""

import io
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from PIL import Image, ImageOps
from sample_documents import corpus_of
from support import TinyEncoder

from indexer.run import fingerprint_of, index_corpus
from knowledge.corpus.photos import hash_photo
from knowledge.documents import Document, Photo
from knowledge.index import Index, layout, open_index
from search import held_pictures
from search.held_pictures import HeldPicture, lay
from search.held_twice import pictures_held_twice
from search.pipeline import Pipeline
from search.query import Query
from vlm.images import decode_image
from vlm.readers.extractive import ExtractiveReader

PHOTOS = Path(__file__).resolve().parents[2] / "data" / "landmarks" / "photos"
NAMES = ("taj_mahal", "eiffel_tower", "charminar")


def picture(name: str) -> Image.Image:
    return Image.open(PHOTOS / f"{name}.webp").convert("RGB")


def written(image: Image.Image, quality: int = 90) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


@pytest.fixture
def root(tmp_path) -> Path:
    """Three photos of three subjects; of the first also a copy in another file."""
    for name in NAMES:
        (tmp_path / f"{name}.jpg").write_bytes(written(picture(name)))
    copy = ImageOps.mirror(picture("taj_mahal").crop((40, 30, 560, 400)))
    (tmp_path / "postcard.jpg").write_bytes(written(copy, 60))
    (tmp_path / "again.jpg").write_bytes((tmp_path / "charminar.jpg").read_bytes())
    return tmp_path


@pytest.fixture
def pictures(tmp_path_factory, root) -> Iterator[Index]:
    encoder = TinyEncoder()
    target = str(tmp_path_factory.mktemp("index") / "index")
    with open_index(target, fingerprint_of(encoder), create=True) as index:
        yield filled(index, root)


def filled(index: Index, root: Path, names=(*NAMES, "postcard", "again")) -> Index:
    documents = [
        Document("corpus", name, name, f"About the {name}.", "en",
                 photos=(Photo(f"{name}.jpg", hash_photo(root, f"{name}.jpg")),))
        for name in names
    ]  # fmt: skip
    index_corpus(corpus_of(documents, root), index, TinyEncoder())
    return index


def asked(index: Index, data: bytes, **filters: tuple[str, ...]) -> HeldPicture:
    pipeline = Pipeline(index, TinyEncoder(), ExtractiveReader())
    photo = decode_image(data, pipeline.photo_size).pixels
    query = Query(photos=(photo,), digests=(sha256(data).hexdigest(),), filters=filters)
    held = pipeline.search(query).picture
    assert held is not None
    return held


def test_the_same_bytes_and_the_same_pixels_are_the_same_file(pictures, root):
    data = (root / "eiffel_tower.jpg").read_bytes()
    retold = data[:2] + b"\xff\xfe\x00\x08a note" + data[2:]  # a comment: other bytes, same pixels
    for sent in (data, retold):
        held = asked(pictures, sent)
        assert (held.verdict, held.document_id) == ("same_file", "corpus/eiffel_tower")
        assert held.verified


def test_a_copy_is_the_same_shot_and_says_how_it_was_made(pictures):
    pytest.importorskip("cv2")
    copy = ImageOps.mirror(picture("eiffel_tower").crop((100, 150, 924, 769)))
    allowed = tuple(f"corpus/{name}" for name in NAMES)  # the tiny encoder knows no better
    held = asked(pictures, written(copy, 50), document_id=allowed)
    assert (held.verdict, held.document_id) == ("same_shot", "corpus/eiffel_tower")
    assert held.edits == ("cropped", "mirrored")
    assert held.verified
    assert held.alignment is not None
    assert lay(pictures.whole, held.photo_id or "", copy) is not None


def test_a_stranger_is_none_and_a_question_alone_has_no_verdict(pictures):
    pytest.importorskip("cv2")
    held = asked(pictures, written(picture("colosseum")))
    assert (held.verdict, held.photo_id, held.alignment) == ("none", None, None)
    assert held.verified
    pipeline = Pipeline(pictures, TinyEncoder(), ExtractiveReader())
    assert pipeline.search(Query("What is it?")).picture is None


def test_what_the_filters_hide_is_not_held(pictures, root):
    data = (root / "eiffel_tower.jpg").read_bytes()
    held = asked(pictures, data, document_id=("corpus/taj_mahal",))
    assert held.verdict == "none"


def test_a_photo_whose_file_is_gone_is_known_by_its_digest_and_its_hash(pictures, root):
    data = (root / "eiffel_tower.jpg").read_bytes()
    for name in (*NAMES, "postcard", "again"):
        (root / f"{name}.jpg").unlink()
    assert asked(pictures, data).verdict == "same_file"
    assert asked(pictures, written(picture("eiffel_tower"), 30)).verified  # looked at before
    held_pictures._looked_at.clear()  # as in a new process
    held = asked(pictures, written(picture("eiffel_tower"), 30))
    assert (held.verdict, held.verified) == ("same_shot", False)
    assert held.document_id == "corpus/eiffel_tower"


def test_without_the_extra_only_the_hash_speaks(pictures, monkeypatch):
    monkeypatch.setitem(sys.modules, "cv2", None)
    held = asked(pictures, written(picture("eiffel_tower").rotate(90, expand=True)))
    assert (held.verdict, held.verified) == ("same_shot", False)
    assert asked(pictures, written(picture("colosseum"))) == HeldPicture("none")


def test_an_index_from_before_there_were_hashes_finds_by_vector_and_is_hashed_later(pictures, root):
    pytest.importorskip("cv2")
    store = pictures.store
    for record in list(store.scroll({"kind": "photo"})):
        old = {key: value for key, value in record.payload.items()
               if key not in ("hash", layout.HASH_KEYS)}  # fmt: skip
        store.replace_payload({record.id: old})
    copy = written(picture("eiffel_tower"), 30)
    held = asked(pictures, copy)
    assert (held.verdict, held.document_id) == ("same_shot", "corpus/eiffel_tower")
    filled(pictures, root)
    assert all(layout.is_hashed(record.payload) for record in store.scroll({"kind": "photo"}))
    assert asked(pictures, copy).verdict == "same_shot"


def test_pictures_held_twice_are_named_once(pictures):
    pytest.importorskip("cv2")
    done = []
    found = {
        (each.first.document_id, each.second.document_id): each
        for each in pictures_held_twice(pictures, on_progress=lambda *far: done.append(far))
    }
    assert set(found) == {
        ("corpus/again", "corpus/charminar"),
        ("corpus/postcard", "corpus/taj_mahal"),
    }
    assert found["corpus/again", "corpus/charminar"].verdict == "same_file"
    postcard = found["corpus/postcard", "corpus/taj_mahal"]
    assert (postcard.verdict, postcard.edits) == ("same_shot", ("cropped", "mirrored"))
    assert done == [(n, 5) for n in range(1, 6)]
