"""Photos that lie on their side or their head: which views are searched with and believed."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sample_documents import corpus_of, make_documents
from support import SkyEncoder, TinyEncoder, encoded, photo, scene

from indexer.run import fingerprint_of, index_corpus
from knowledge.corpus.photos import hash_photo
from knowledge.documents import Document, Photo
from knowledge.index import layout
from knowledge.index.index import Index, open_index
from knowledge.store import Hit
from search.pipeline import Pipeline
from search.query import Query
from search.resemblance import calibrate
from search.turned import (
    TURNED,
    Turn,
    Turns,
    believed,
    is_doubtful,
    lies_turned,
    likely_turns,
    possible_turns,
)
from vlm.encoders import CachedEncoder
from vlm.images import turned_clockwise
from vlm.readers.base import Draft
from vlm.readers.extractive import ExtractiveReader

CARD = TinyEncoder().card  # foreign below 0.9: the span is 0.1
CLEARLY = 0.04 * (1 - 0.9)


def hits(*scores: float, document: str = "c/tower", first: int = 0) -> list[Hit]:
    ids = range(first, first + len(scores))
    return [Hit(str(id_), score, {"document_id": document})
            for id_, score in zip(ids, scores, strict=True)]  # fmt: skip


def logits(*probabilities: float) -> np.ndarray:
    return np.log(np.array([probabilities], dtype=np.float32))


def test_without_word_of_an_encoder_every_turn_is_possible_and_none_likely():
    turns = possible_turns(None, photos=2)
    assert [(turn.photo, turn.degrees) for turn in turns] == [
        (photo, degrees) for photo in (0, 1) for degrees in (90, 180, 270)
    ]
    assert likely_turns(turns) == []


@pytest.mark.parametrize(("quarter", "degrees"), [(1, 270), (2, 180), (3, 90)])
def test_a_photo_that_lies_turned_is_turned_back(quarter, degrees):
    shares = [0.02] * 4
    shares[quarter] = 0.94
    turns = possible_turns(logits(*shares), photos=1)
    assert [turn.degrees for turn in likely_turns(turns)] == [degrees]
    assert turns[0].probability == pytest.approx(0.94)


def test_one_view_at_most_is_searched_with_at_once_and_what_is_ruled_out_never():
    turns = possible_turns(logits(0.4, 0.3, 0.005, 0.295), photos=1)
    assert [turn.degrees for turn in likely_turns(turns)] == [270]
    assert [turn.degrees for turn in turns] == [270, 90]
    assert possible_turns(logits(0.97, 0.01, 0.01, 0.01), photos=1) == []


def test_a_photo_that_lies_on_one_side_may_lie_on_the_other():
    turns = possible_turns(logits(0.0005, 0.999, 0.0003, 0.0002), photos=1)
    assert [turn.degrees for turn in likely_turns(turns)] == [270]
    assert [turn.degrees for turn in turns] == [270, 90]
    on_its_head = possible_turns(logits(0.0005, 0.0003, 0.999, 0.0002), photos=1)
    assert [turn.degrees for turn in on_its_head] == [180]


def test_of_the_views_of_both_sides_the_closer_one_is_believed():
    surely, other = Turn(0, 270, 0.99), Turn(0, 90, 0.001)
    far, near = hits(0.93), hits(0.93 + 2 * CLEARLY)
    turn, found = believed(hits(0.93), [(surely, far), (other, near)], CARD)
    assert (turn, found) == (other, near)
    turn, _ = believed(hits(0.93), [(surely, near), (other, far)], CARD)
    assert turn == surely


def test_a_turned_view_is_believed_where_it_is_clearly_closer():
    turn = Turn(0, 90)
    for score, is_believed in ((0.93 + 1.1 * CLEARLY, True), (0.93 + 0.9 * CLEARLY, False)):
        found = believed(hits(0.93), [(turn, hits(score))], CARD)
        assert (found is not None) == is_believed


def test_what_shows_nothing_indexed_is_not_believed_however_much_closer():
    assert believed(hits(0.2), [(Turn(0, 90), hits(0.89))], CARD) is None
    assert believed([], [(Turn(0, 90), hits(0.91))], CARD) is not None


def test_where_the_encoder_is_sure_a_view_is_believed_unless_it_is_clearly_farther():
    turn = Turn(0, 180, probability=0.95)
    for score, is_believed in ((0.3 - 0.9 * CLEARLY, True), (0.3 - 1.1 * CLEARLY, False)):
        found = believed(hits(0.3), [(turn, hits(score))], CARD)
        assert (found is not None) == is_believed


def test_the_closest_of_several_views_is_believed():
    views = [(Turn(0, 90), hits(0.96)), (Turn(0, 180), hits(0.98)), (Turn(0, 270), hits(0.92))]
    turn, _ = believed(hits(0.91), views, CARD)
    assert turn.degrees == 180


def test_of_several_indexed_photos_the_one_that_lies_is_outvoted():
    lying_and_two = hits(0.99), hits(0.93, 0.92, first=1)
    assert not lies_turned(given=lying_and_two[1], turned=lying_and_two[0])
    assert lies_turned(given=lying_and_two[0], turned=lying_and_two[1])
    assert lies_turned(given=[], turned=hits(0.99))
    assert lies_turned(given=hits(0.93, 0.92, document="c/other"), turned=hits(0.99, first=7))


def test_certainty_is_measured_from_foreign_to_the_same_photo():
    assert is_doubtful(0.9 + 0.29 * 0.1, CARD)
    assert not is_doubtful(0.9 + 0.31 * 0.1, CARD)


def test_the_turn_of_the_closest_photo_is_the_answers():
    assert Turns((0, 90), closest=1).of_closest == 90
    assert Turns().of_closest == 0
    lying, plain = scene(1), scene(2)
    upright = Turns((90, 0)).upright([lying, plain])
    assert (upright[0].size, upright[1]) == ((48, 64), plain)


@pytest.fixture(scope="module")
def sky_index(tmp_path_factory):
    with made_sky_index(tmp_path_factory.mktemp("sky"), SkyEncoder()) as index:
        yield index


def made_sky_index(root: Path, encoder: SkyEncoder) -> Index:
    """Three subjects as `index` has them; their photos have a sky, and the tower's lies turned."""
    documents = make_documents(root / "corpus")
    for seed, name, turn in ((1, "station", 0), (2, "tower", 90)):
        picture = turned_clockwise(scene(seed, size=(320, 240)), turn)
        (root / "corpus" / "photos" / f"{name}.jpg").write_bytes(encoded(picture))
    documents = [with_hashes(document, root / "corpus") for document in documents]
    index = open_index(str(root / "index"), fingerprint_of(encoder), create=True)
    index_corpus(corpus_of(documents, root / "corpus"), index, encoder)
    return index


def with_hashes(document: Document, root) -> Document:
    photos = tuple(Photo(each.path, hash_photo(root, each.path)) for each in document.photos)
    return replace(document, photos=photos)


@pytest.mark.parametrize("degrees", TURNED)
def test_a_turned_photo_gets_the_answer_of_the_upright_one_from_any_encoder(index: Index, degrees):
    encoder = TinyEncoder()
    pipeline = Pipeline(index, encoder, ExtractiveReader())
    upright = photo(1, size=(64, 48))
    wanted = pipeline.ask(Query("When was it demolished?", (upright,)))
    encoder.images_encoded = 0
    lying = turned_clockwise(upright, 360 - degrees)
    asked = pipeline.ask(Query("When was it demolished?", (lying,)))

    assert wanted.answer.year == asked.answer.year == 1992
    assert (wanted.answer.turned, asked.answer.turned) == (0, degrees)
    assert asked.evidence == wanted.evidence
    assert encoder.images_encoded == 1 + 3


def test_an_upright_photo_is_encoded_once_by_any_encoder_where_it_is_found(index):
    encoder = TinyEncoder()
    Pipeline(index, encoder, ExtractiveReader()).search(Query(photos=(photo(1, size=(64, 48)),)))
    assert encoder.images_encoded == 1


@pytest.mark.parametrize("turn", [0, *TURNED])
def test_an_unknown_photo_stays_unknown_however_it_lies(index, turn):
    pipeline = Pipeline(index, TinyEncoder(), ExtractiveReader())
    foreign = turned_clockwise(photo(99, size=(64, 48)), turn)
    asked = pipeline.ask(Query("When was it built?", (foreign,)))
    assert (asked.answer.reason, asked.answer.turned) == ("nothing_similar", 0)


def test_with_an_encoder_that_sees_turns_an_upright_photo_is_encoded_once(sky_index):
    for seed in (1, 99):  # 99 is not indexed: nothing turned is looked for where it is upright
        encoder = SkyEncoder()
        pipeline = Pipeline(sky_index, encoder, ExtractiveReader())
        found = pipeline.search(Query(photos=(scene(seed),)))
        assert (encoder.images_encoded, found.turns.degrees) == (1, (0,))


@pytest.mark.parametrize("degrees", TURNED)
def test_with_an_encoder_that_sees_turns_one_more_view_is_encoded(sky_index, degrees):
    encoder = SkyEncoder()
    lying = turned_clockwise(scene(1), 360 - degrees)
    found = Pipeline(sky_index, encoder, ExtractiveReader()).search(Query(photos=(lying,)))
    assert found.subjects[0].document.document_id == "corpus/old_station"
    assert (encoder.images_encoded, found.turns.degrees) == (2, (degrees,))


def test_an_indexed_photo_that_lies_turned_is_found_upright_and_said_to_lie(sky_index):
    encoder = SkyEncoder()
    found = Pipeline(sky_index, encoder, ExtractiveReader()).search(Query(photos=(scene(2),)))
    first = found.subjects[0]
    assert first.document.document_id == "corpus/clock_tower"
    assert first.scores["image"] > 0.99
    assert (encoder.images_encoded, found.turns.degrees) == (1, (0,))
    assert layout.photo_facts_from_payload(first.photo.payload).turned == 270


def test_of_several_photos_each_is_turned_as_it_lies(sky_index):
    encoder = SkyEncoder()
    photos = (scene(1), turned_clockwise(scene(2), 180))
    found = Pipeline(sky_index, encoder, ExtractiveReader()).search(Query(photos=photos))
    assert found.turns.degrees == (0, 180)
    assert encoder.images_encoded == 3


def test_a_cache_keeps_what_the_encoder_says_of_turns(sky_index):
    inner, kept = SkyEncoder(), {}
    encoder = CachedEncoder(inner, get=kept.get, put=kept.__setitem__)
    pipeline = Pipeline(sky_index, encoder, ExtractiveReader())
    lying = turned_clockwise(scene(1), 90)
    first = pipeline.search(Query(photos=(lying,)))
    again = pipeline.search(Query(photos=(lying,)))
    assert inner.images_encoded == 2
    assert first.turns == again.turns == Turns((270,))
    assert first.evidence == again.evidence


class Looker:
    """A reader that keeps what it was shown, and answers nothing."""

    name = "looker"
    photo_side = 300
    evidence_side = 100

    def warm_up(self):
        pass

    def read(self, reading):
        self.shown = reading
        return Draft("")


def test_a_reader_that_looks_sees_both_photos_upright(sky_index):
    looker = Looker()
    pipeline = Pipeline(sky_index, SkyEncoder(), looker)
    large = scene(2, size=(320, 240))
    pipeline.ask(Query("What is it?", (turned_clockwise(large, 90),)))
    (shown,), (known,) = looker.shown.photos, looker.shown.candidates[0].photos
    assert shown.tobytes() == large.tobytes()
    assert known.size == (100, 75)
    sky = np.asarray(known.convert("L"), dtype=float)
    assert sky[:12].mean() > sky[-12:].mean() + 20


def test_a_refusal_says_how_its_candidates_photos_have_to_be_turned(sky_index):
    pipeline = Pipeline(sky_index, SkyEncoder(), ExtractiveReader())
    answer = pipeline.ask(Query("When was it built?", (scene(40, size=(320, 240)),))).answer
    assert answer.reason == "nothing_similar"
    turned = {near.title: near.turned for near in answer.candidates}
    assert (turned["Clock Tower"], turned["Old Station"]) == (270, 0)


class SkyWatcher(SkyEncoder):
    """Keeps the images that it encodes."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Image.Image] = []

    def encode_images(self, images):
        self.seen += images
        return super().encode_images(images)


def test_an_index_asks_itself_with_views_as_upright_as_what_it_holds(tmp_path):
    encoder = SkyWatcher()
    with made_sky_index(tmp_path, encoder) as index:
        encoder.seen.clear()
        found = calibrate(index, encoder)
    assert found is not None
    assert found.views == len(encoder.seen) > 1
    for seen in encoder.seen:
        top, bottom = np.split(
            np.asarray(seen.convert("L"), dtype=float)[: seen.height // 2 * 2], 2
        )
        assert top.mean() > bottom.mean()
