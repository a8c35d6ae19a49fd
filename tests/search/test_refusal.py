"""What a refusal says: what it looks like, how far that is, and which of these it may be."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from support import photo

from search.confidence import Fit, Fits, most_by_photo
from search.held_pictures import HeldPicture
from search.pipeline import Pipeline
from search.query import Query
from search.refusal import doubt_of, is_subject_in_doubt, nearness, refuse
from search.topic_words import TopicWords
from vlm.readers.base import Draft, Reading
from vlm.readers.extractive import ExtractiveReader

STATION_PHOTO = photo(1, size=(64, 48))
FOREIGN_PHOTO = photo(99, size=(64, 48))
FIT = Fit(
    intercept=-2.0, weights={"resembles": 2.0, "kind": 0.5, "span": 2.0}, threshold=0.5,
    wrong_per_100=5, questions=10, data={"testset: corpus": 10}, date="2024-01-01",
)  # fmt: skip


class FirstSentence:
    """Quotes the first sentence of what it is given, and keeps what that was."""

    name = "first"

    def __init__(self) -> None:
        self.readings: list[Reading] = []

    def read(self, reading: Reading) -> Draft:
        self.readings.append(reading)
        first = reading.candidates[0]
        passage = first.passages[0]
        return Draft(
            text="So it is written.",
            document_id=first.document_id,
            passage_id=passage.passage_id,
            quote=passage.text[: passage.text.index(".") + 1],
            confidence=0.8,
        )


def pipeline(index, encoder) -> Pipeline:
    return Pipeline(index, encoder, FirstSentence())


@pytest.mark.parametrize(
    ("cosine", "foreign_below", "near"),
    [(1.0, 0.3, 1.0), (0.3, 0.3, 0.5), (0.65, 0.3, 0.75), (0.15, 0.3, 0.25), (-1.0, 0.3, 0.0),
     (0.4, -0.2, 0.5 + 0.5 * 0.6 / 1.2), (-0.5, -0.2, 0.0)],
)  # fmt: skip
def test_nearness_is_one_for_the_same_picture_and_a_half_where_foreign_ones_begin(
    cosine, foreign_below, near
):
    assert nearness(cosine, foreign_below) == pytest.approx(near)


@pytest.mark.parametrize(
    ("question", "begins", "asks"),
    [
        ("Is this building still there?", "Nothing here looks much like it. The nearest is ",
         "Is it one of these all the same?"),
        ("这里现在还在吗?", "这里没有与它很相似的资料。最接近的是", "尽管如此,它是下面其中之一吗?"),
    ],
)  # fmt: skip
def test_a_foreign_photo_is_told_what_is_nearest_and_how_far(
    index, encoder, question, begins, asks
):
    answer = pipeline(index, encoder).ask(Query(question, (FOREIGN_PHOTO,))).answer

    assert (answer.reason, answer.subject, answer.source) == ("nothing_similar", None, None)
    assert answer.text.startswith(begins)
    assert answer.text.endswith(asks)
    first = answer.candidates[0]
    assert first.title in answer.text
    assert f"{first.nearness:.2f}" in answer.text
    assert first.photo_id is not None
    assert (first.nearness < 0.5, first.why) == (True, "looks_like")


def test_the_same_picture_is_answered_whatever_the_question_calls_it(index, encoder):
    asked = pipeline(index, encoder)
    assert asked.ask(Query("Is this bridge still there?", (STATION_PHOTO,))).answer.source


@pytest.mark.parametrize("question", ["Is this ship still there?", "这艘船还在吗?"])
def test_another_kind_of_thing_is_refused_before_it_is_read(index, encoder, question):
    asked = pipeline(index, encoder)
    query = Query(question, (STATION_PHOTO,))
    found = asked.search(query)
    near = asked.answer(query, _as_alike(found, 0.95)).answer  # 0.95 lies halfway from foreign

    assert asked.reader.readings == []
    assert near.reason == "nothing_similar"
    assert near.candidates[0].title == "Old Station"
    assert (near.candidates[0].nearness, near.candidates[0].why) == (0.75, "another_kind")
    said = ("a ship", "a station") if "ship" in question else ("船", "车站")
    assert all(word in near.text for word in said)


def test_what_is_chosen_is_answered_as_if_it_were_named(index, encoder):
    chosen = {"document_id": ("corpus/old_station",)}
    asked = pipeline(index, encoder)
    for question in ("Is this ship still there?", "Is the Selkirk Station still there?"):
        answer = asked.ask(Query(question, (FOREIGN_PHOTO,), filters=chosen)).answer
        assert answer.subject is not None
        assert answer.subject.id == "old_station"
        assert answer.signals["named"] == answer.signals["meant"] == 1
        assert answer.signals["photo"] == 0
    assert asked.reader.readings[-1].known
    assert "Selkirk Station" in asked.reader.readings[-1].candidates[0].aliases


def test_what_another_filter_excludes_cannot_be_chosen(index, encoder):
    filters = {"document_id": ("corpus/old_station",), "corpus": ("elsewhere",)}
    found = pipeline(index, encoder).search(Query("Is it there?", filters=filters))
    assert list(found.subjects) == []


def test_another_name_is_not_answered_from_a_namesake_s_text(index, encoder):
    asked = Pipeline(index, encoder, ExtractiveReader())
    refused = asked.ask(Query("Is the Selkirk Station still there?", filters={"language": ("en",)}))
    assert refused.answer.reason == "nothing_similar"
    assert refused.answer.text == (
        "No document here is about “Selkirk Station”; there is Old Station. Is that what you mean?"
    )
    assert [near.why for near in refused.answer.candidates] == ["another_name"]
    known = asked.ask(Query("Is the Old Station still there?")).answer
    assert known.exists is False


def test_a_name_of_nothing_like_anything_brings_no_candidates(index, encoder):
    query = Query("Who painted the Kelmscott Portrait?", filters={"language": ("en",)})
    answer = pipeline(index, encoder).ask(query).answer
    assert (answer.reason, answer.candidates) == ("nothing_similar", ())
    assert "Kelmscott Portrait" in answer.text


@pytest.mark.parametrize(
    ("signals", "is_in_doubt"),
    [
        ({"photo": 1, "resembles": 0.1, "span": 0.9}, True),
        ({"photo": 1, "resembles": 0.5, "span": 0.1}, False),
        ({"photo": 1, "resembles": 0.1, "span": 0.9, "named": 1}, False),
        ({"photo": 0, "resembles": 0.0, "span": 0.9}, False),
    ],
)
def test_the_fit_says_whether_subject_or_text_is_in_doubt(signals, is_in_doubt):
    assert is_subject_in_doubt(signals, FIT) is is_in_doubt
    assert not is_subject_in_doubt(signals, None)


def test_a_subject_in_doubt_is_asked_about_and_a_text_in_doubt_is_not(index, encoder):
    weights = {"resembles": 8.0, "span": 1.0}
    strict = FIT.model_copy(update={"weights": weights, "threshold": 0.999, "intercept": -4.0})
    asked = Pipeline(index, encoder, ExtractiveReader(), fits=Fits(readers={"extractive": strict}))
    query = Query("When was this station demolished?", (STATION_PHOTO,))
    found = _as_alike(asked.search(query), 0.95)
    doubted = asked.answer(query, found).answer
    assert doubted.reason == "nothing_similar"
    assert doubted.text.startswith("It looks like Old Station, but not closely enough to say so")
    assert doubted.confidence > 0
    assert asked.ask(query).answer.reason == "low_confidence"  # of the same picture


def _as_alike(found, cosine):
    """What was found, with photos that are as close as this and as likely another subject's."""
    (first,) = found.subjects[:1]
    scores = {**first.scores, **({"image": cosine} if "image" in first.scores else {})}
    subjects = [replace(first, scores=scores, resembles=0.5)]
    return replace(found, subjects=subjects, picture=HeldPicture("none"))


@pytest.mark.parametrize(
    ("picture", "near", "words", "begins"),
    [
        (None, 0.98, "nearly the same picture", "It looks like Old Station, but "),
        (HeldPicture("none", verified=True), 0.94, "much alike", "It looks like Old Station, but "),
        (HeldPicture("none"), 0.94, "much alike", "It looks like Old Station, but "),
        (HeldPicture("same_place", 0, "p", "corpus/old_station"), 0.94, "much alike",
         "It looks like Old Station, but "),
        (HeldPicture("same_shot", 0, "p", "corpus/old_station", verified=True), 0.98,
         "nearly the same picture", "The picture is in the collection, with Old Station, but "),
    ],
)  # fmt: skip
def test_a_refusal_says_of_nearness_what_the_verdict_on_the_picture_says(
    index, encoder, picture, near, words, begins
):
    query = Query("When was it built?", (STATION_PHOTO,), language="en")
    found = _as_alike(pipeline(index, encoder).search(query), 0.98)
    answer = refuse(
        query, found.subjects, None, picture=picture, foreign_below=0.5, words=TopicWords()
    )
    first = answer.candidates[0]
    assert first.title == "Old Station"
    assert (first.nearness, first.how_near) == (pytest.approx(near, abs=0.005), words)
    assert answer.text.startswith(begins)
    assert f"({words}, {near:.2f} of 1)" in answer.text


def test_words_alone_do_not_bring_a_subject_that_the_photo_does_not_show(index, encoder):
    asked = Pipeline(index, encoder, ExtractiveReader())
    query = Query("When was this station demolished?", (STATION_PHOTO,))
    whole = asked.search(query)
    found = _as_alike(whole, 0.95)
    (first,) = found.subjects
    another = replace(whole.subjects[1], is_shown=True, passages=())  # so what was found is read
    unlike = replace(found, subjects=[replace(first, is_shown=False, resembles=0.05), another])
    refused = asked.answer(query, unlike).answer
    assert refused.reason == "nothing_similar"
    nearest = max(refused.candidates, key=lambda each: each.nearness)
    assert refused.candidates[0] == nearest  # what it looks like, not what the words brought
    named = replace(query, question="When was the Old Station demolished?")
    assert asked.ask(named).answer.year == 1992


def test_an_answer_is_as_sure_as_its_photo_shows_the_subject_at_most(index, encoder):
    asked = Pipeline(index, encoder, ExtractiveReader())
    query = Query("When was this station demolished?", (STATION_PHOTO,))
    found = _as_alike(asked.search(query), 0.95)
    (first,) = found.subjects
    doubtful = replace(found, subjects=[replace(first, is_shown=True, resembles=0.3)])
    answer = asked.answer(query, doubtful).answer
    assert answer.year == 1992
    assert answer.confidence == pytest.approx(4 * 0.3 / (4 * 0.3 + 0.7))
    assert asked.ask(query).answer.confidence > answer.confidence  # the same picture


@pytest.mark.parametrize(
    ("resembles", "most"), [(None, 1.0), (0.5, 0.8), (1.0, 1.0), (0.0, 0.0), (0.2, 0.5)]
)
def test_the_most_by_photo_weighs_four_known_photos_against_an_unknown_one(resembles, most):
    subject = SimpleNamespace(resembles=resembles)
    assert most_by_photo(subject) == pytest.approx(most, abs=1e-5)


def test_a_refusal_asks_about_four_at_most(index, encoder):
    answer = pipeline(index, encoder).ask(Query("", (photo(98, size=(64, 48)),), k=50)).answer
    assert 0 < len(answer.candidates) <= 4


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("When was this tower completed?",
         "What was found has no photo to compare with. By its words it may be Clock Tower ("),
        ("这座塔是哪年建成的?", "找到的资料没有照片可以比较。从文字看可能是"),
    ],
)  # fmt: skip
def test_where_nothing_found_has_a_photo_nothing_is_said_of_how_alike_photos_are(
    index, encoder, question, begins
):
    query = Query(question, (FOREIGN_PHOTO,))
    found = pipeline(index, encoder).search(query)
    without = [replace(subject, photo=None, scores={}) for subject in found.subjects]
    answer = refuse(query, without, None, foreign_below=0.9, words=TopicWords())
    assert answer.text.startswith(begins)
    assert "alike" not in answer.text
    assert "像" not in answer.text
    assert answer.candidates[0].document_id == "corpus/clock_tower"


def test_a_document_that_is_not_called_so_says_nothing_of_the_others(index, encoder):
    query = Query("When was the Selkirk Tower completed?", language="en")
    found = pipeline(index, encoder).search(query)
    tower = next(s for s in found.subjects if s.document.id == "clock_tower")
    doubt = doubt_of(query, tower, foreign_below=0.9)
    answer = refuse(
        query, found.subjects, doubt, about=tower, foreign_below=0.9, words=TopicWords()
    )
    assert answer.text.startswith("What was found, Clock Tower, is not called “Selkirk Tower”.")
    assert answer.candidates[0].document_id == "corpus/clock_tower"


def test_a_text_about_another_kind_of_thing_is_named_with_its_own_kind(index, encoder):
    query = Query("When was the ship in the year 1992 demolished?", language="en")
    found = pipeline(index, encoder).search(query)
    station = next(s for s in found.subjects if s.document.id == "old_station")
    doubt = doubt_of(query, station, foreign_below=0.9)
    answer = refuse(
        query, found.subjects, doubt, about=station, foreign_below=0.9, words=TopicWords()
    )
    assert answer.text.startswith(
        "The question is about a ship. What was found, Old Station, is a station."
    )
    assert answer.candidates[0].why == "another_kind"
