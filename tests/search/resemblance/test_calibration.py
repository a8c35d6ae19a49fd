"""An index measures what resembling means with whatever encoder made it, and answers by that."""

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from qdrant_client import QdrantClient
from sample_documents import corpus_of
from support import TinyEncoder, encoded, photo

from indexer.run import fingerprint_of, index_corpus
from knowledge.corpus.photos import hash_photo
from knowledge.documents import Document, Photo
from knowledge.index import layout
from knowledge.index.index import Index, open_index
from knowledge.index.transfer import copy_index
from knowledge.store.base import Point
from knowledge.store.server.engine import ServerStore
from search.pipeline import Pipeline
from search.query import Query
from search.resemblance import KeptResemblance, calibrate, is_due, read_calibration
from search.resemblance.resemblance import METHOD
from vlm.readers.extractive import ExtractiveReader

WORDS = [
    "amber", "basalt", "cedar", "delta", "ember", "fjord", "garnet", "harbour", "indigo", "jasper",
    "kelp", "lagoon", "maple", "nickel", "onyx", "poplar", "quartz", "ridge", "saffron", "tundra",
]  # fmt: skip


class Squeezed(TinyEncoder):
    """The same photos as other numbers: a constant beside each vector puts strangers at 0.8."""

    def __init__(self) -> None:
        super().__init__("squeezed")
        self.card = replace(self.card, dim=self.card.dim + 1, foreign_below=0.3)

    def encode_images(self, images):
        return _beside_a_constant(super().encode_images(images))

    def encode_texts(self, texts):
        return _beside_a_constant(super().encode_texts(texts))


def _beside_a_constant(rows):
    constant = np.full((len(rows), 1), np.sqrt(0.8))
    return np.hstack([rows * np.sqrt(0.2), constant]).astype(np.float32)


def view(subject: int, number: int) -> Image.Image:
    """A photo of a subject, as unlike its others as photos of one building are."""
    own = np.asarray(photo(subject, size=(320, 240)), dtype=np.float32)
    other = np.asarray(photo(1000 + 37 * subject + number, size=(320, 240)), dtype=np.float32)
    return Image.fromarray((0.62 * own + 0.38 * other).astype(np.uint8))


def subjects(root: Path, count: int, photos: int) -> list[Document]:
    (root / "photos").mkdir(parents=True, exist_ok=True)
    made = []
    for subject in range(count):
        paths = [f"photos/{subject}_{number}.png" for number in range(photos)]
        for number, path in enumerate(paths):
            (root / path).write_bytes(encoded(view(subject, number), "PNG"))
        name = f"{WORDS[subject].title()} Hall"
        made.append(
            Document(
                corpus="corpus", id=f"s{subject}", title=name, language="en", source="archive",
                text=f"The {name} was opened in {1850 + subject}. The {name} still stands.",
                photos=tuple(Photo(path, hash_photo(root, path)) for path in paths),
            )
        )  # fmt: skip
    return made


def indexed(tmp_path: Path, encoder: TinyEncoder, count: int, photos: int) -> Index:
    root = tmp_path / "corpus"
    index = open_index(str(tmp_path / "index"), fingerprint_of(encoder), create=True)
    index_corpus(corpus_of(subjects(root, count, photos), root), index, encoder)
    return index


@pytest.fixture(params=[TinyEncoder, Squeezed])
def any_encoder(request) -> TinyEncoder:
    encoder: TinyEncoder = request.param()
    return encoder


def is_refused(pipeline: Pipeline, picture: Image.Image) -> bool:
    answer = pipeline.ask(Query("When was this opened?", (picture,))).answer
    return answer.reason == "nothing_similar"


@pytest.mark.parametrize("photos", [1, 4])
def test_known_photos_are_told_from_strangers_with_any_encoder(tmp_path, any_encoder, photos):
    with indexed(tmp_path, any_encoder, 20, photos) as index:
        found = calibrate(index, any_encoder)
        assert found is not None
        assert found == read_calibration(index)
        assert (found.photos, found.subjects) == (20 * photos, 20)
        assert (found.views > 0) == (photos == 1)
        pipeline = Pipeline(index, any_encoder, ExtractiveReader())
        known = [is_refused(pipeline, view(subject, 9)) for subject in range(20)]
        unknown = [is_refused(pipeline, view(subject, 9)) for subject in range(100, 120)]
    assert sum(known) <= 1
    assert sum(unknown) >= (16 if photos == 1 else 18)


def test_without_a_calibration_the_card_decides_and_strangers_are_answered(tmp_path):
    encoder = Squeezed()
    with indexed(tmp_path, encoder, 20, 2) as index:
        pipeline = Pipeline(index, encoder, ExtractiveReader())
        assert not is_refused(pipeline, view(100, 9))
        calibrate(index, encoder)
        assert is_refused(pipeline, view(100, 9))  # the pipeline sees it at once


def test_two_runs_measure_the_same_and_an_index_is_due_when_it_has_grown(tmp_path, encoder):
    with indexed(tmp_path, encoder, 10, 2) as index:
        assert is_due(index)
        steps: list[tuple[int, int]] = []
        first = calibrate(index, encoder, on_progress=lambda done, of: steps.append((done, of)))
        assert steps[-1] == (20, 20)
        assert calibrate(index, encoder) == first
        assert not is_due(index)
        root = tmp_path / "corpus"
        index_corpus(corpus_of(subjects(root, 12, 2), root), index, encoder)
        assert not is_due(index)  # a fifth more, and not above
        index_corpus(corpus_of(subjects(root, 13, 2), root), index, encoder)
        assert is_due(index)
        index_corpus(corpus_of(subjects(root, 10, 0), root), index, encoder)
        assert calibrate(index, encoder) is None
        assert not is_due(index)  # there is nothing to measure with


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_an_index_of_few_subjects_is_calibrated_with_strangers(tmp_path, any_encoder, count):
    strangers = [encoded(photo(seed, size=(320, 240)), "PNG") for seed in range(200, 220)]
    with indexed(tmp_path, any_encoder, count, 2) as index:
        found = calibrate(index, any_encoder, strangers=lambda: [*strangers, b"no photo"])
        if count == 0:
            assert found is None
            assert not is_due(index)
            return
        assert found is not None
        assert (found.false_refusals, found.false_matches) == (None, None)
        pipeline = Pipeline(index, any_encoder, ExtractiveReader())
        assert not is_refused(pipeline, view(0, 0))
        assert not is_refused(pipeline, view(0, 9))
        refused = [is_refused(pipeline, view(subject, 9)) for subject in range(100, 120)]
    assert sum(refused) >= 17


def test_one_subject_without_strangers_is_judged_by_the_card(tmp_path, encoder):
    with indexed(tmp_path, encoder, 1, 1) as index:
        found = calibrate(index, encoder)
        assert found is not None
        assert found.scale.foreign == pytest.approx((0.9 + 0.12) / 1.12)


def test_photos_whose_files_are_gone_are_asked_without_views(tmp_path, encoder):
    with indexed(tmp_path, encoder, 12, 1) as index:
        for path in (tmp_path / "corpus" / "photos").iterdir():
            path.unlink()
        found = calibrate(index, encoder)
        assert found is not None
        assert (found.asked, found.views) == (12, 0)


def test_a_record_of_the_same_title_in_two_corpora_is_no_stranger(tmp_path, encoder):
    with indexed(tmp_path, encoder, 12, 2) as index:
        alone = calibrate(index, encoder)
        other = tmp_path / "other"
        again = [replace(document, corpus="other") for document in subjects(other, 12, 2)]
        corpus = replace(corpus_of(again, other), name="other")
        index_corpus(corpus, index, encoder)
        both = calibrate(index, encoder)
    assert alone is not None
    assert both is not None
    assert both.scale.foreign == pytest.approx(alone.scale.foreign, abs=0.1)


def test_what_another_program_or_encoder_kept_is_not_used(tmp_path, encoder, caplog):
    with indexed(tmp_path, encoder, 3, 1) as index:
        found = calibrate(index, encoder)
        assert found is not None
        kept = found.model_dump(mode="json")
        for content in (
            {**kept, "method": METHOD + 1},
            {**kept, "fingerprint": hashlib.sha256(b"other").hexdigest()},
        ):
            index.keep_calibration(content)
            assert read_calibration(index) is None
            assert is_due(index)
        with caplog.at_level(logging.WARNING):
            index.keep_calibration({**kept, "threshold": "high"})
            assert read_calibration(index) is None
        assert "snapcite calibrate" in caplog.text


@pytest.fixture(params=["server", "folder"])
def target(request, tmp_path, encoder) -> Iterator[Index]:
    fingerprint = fingerprint_of(encoder)
    if request.param == "folder":
        with open_index(str(tmp_path / "target"), fingerprint, create=True) as index:
            yield index
        return
    client = QdrantClient(":memory:")
    store = ServerStore.open(
        ":memory:", collection="snapcite", api_key=None, schema=fingerprint.schema(), create=True,
        client=client,
    )  # fmt: skip
    store.upsert([Point(layout.INDEX_POINT_ID, fingerprint.payload())])
    with Index(store, fingerprint, "http://127.0.0.1:6333/snapcite") as index:
        yield index
    client.close()


def test_pushed_or_backed_up_it_goes_along_and_either_engine_measures(tmp_path, encoder, target):
    with indexed(tmp_path, encoder, 12, 2) as index:
        found = calibrate(index, encoder)
        assert found is not None
        copy_index(index, target)
        assert read_calibration(target) == found
        copy_index(index, target)
        again = calibrate(target, encoder)
        assert again is not None
        assert again.scale.foreign == pytest.approx(found.scale.foreign, abs=1e-4)
        index.store.back_up(tmp_path / "backup")
    with open_index(str(tmp_path / "backup"), None) as kept:
        assert read_calibration(kept) == found


def test_a_target_that_knows_more_corpora_keeps_its_own(tmp_path, encoder):
    with indexed(tmp_path, encoder, 4, 2) as index:
        calibrate(index, encoder)
        with indexed(tmp_path / "more", encoder, 12, 2) as other:
            root = tmp_path / "third"
            corpus = replace(corpus_of([], root), name="third", path=root, root=root)
            index_corpus(corpus, other, encoder)
            own = calibrate(other, encoder)
            copy_index(index, other, replace=True)
            assert read_calibration(other) == own


def test_what_was_read_last_is_had_without_asking_the_index_again():
    class Asked:
        times = 0

        @property
        def whole(self):
            return self

        def calibration(self):
            self.times += 1

    index = Asked()
    kept = KeptResemblance(index)
    assert kept.latest() is None
    assert kept.latest() is None
    assert index.times == 1
    assert kept.read() is None
    assert index.times == 2
