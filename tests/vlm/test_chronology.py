"""Dated events of a subject, from small documents."""

import json

import pytest

from knowledge.documents import Document, Passage
from vlm.chronology import (
    Chronology,
    chronology_from_payload,
    chronology_of,
    chronology_payload,
    timeline,
)


def document(text: str, *, title: str = "Old Station", language: str = "en") -> Document:
    return Document(corpus="c", id="d", title=title, text=text, language=language)


def told(text: str, **options: str) -> list[tuple[int, str]]:
    return [
        (event.year.value, event.kind)
        for event in timeline(chronology_of(document(text, **options)))
    ]


def test_events_come_in_the_order_of_time_with_their_sentences():
    text = (
        "The Old Station was demolished in 1992. Work on the station began in 1908. "
        "The station was completed in 1912."
    )
    events = timeline(chronology_of(document(text)))

    assert [(event.year.value, event.kind) for event in events] == [
        (1908, "begun"),
        (1912, "built"),
        (1992, "demolished"),
    ]
    assert [text[event.start : event.end] for event in events] == [
        "Work on the station began in 1908.",
        "The station was completed in 1912.",
        "The Old Station was demolished in 1992.",
    ]


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("The Old Station was built between 1726 and 1743.", [(1726, "begun"), (1743, "built")]),
        ("A fire burnt down the station in 1884.", [(1884, "burnt")]),
        ("The station was rebuilt in 1950.", [(1950, "rebuilt")]),
        ("The station was built in about 2600 BC.", [(-2600, "built")]),
        ("The station was not demolished in 1950.", []),
        ("The station had 1912 seats and stands on a hill.", []),
        ("The station was opened for the first time since 1965.", []),
    ],
)
def test_what_happened_is_called_by_its_name(text, events):
    assert told(text) == events


def test_chinese_is_read_too():
    text = "永安门建于1436年。永安门于1957年被拆除。"
    assert told(text, title="永安门", language="zh") == [(1436, "built"), (1957, "demolished")]


def test_an_event_stated_twice_is_kept_once():
    text = "The station was completed in 1912. The station was completed in May 1912."
    (event,) = timeline(chronology_of(document(text)))
    assert text[event.start : event.end] == "The station was completed in 1912."


def test_a_text_without_dates_has_no_events():
    assert told("The Old Station was built of brick.") == []
    assert told("") == []


def test_the_chronology_says_where_everything_stands():
    text = (
        "The Old Station was opened in 1912. The painter A. Example was born in 1870. "
        "The station was taken down and no longer exists."
    )
    chronology = chronology_of(document(text))

    (opened,) = chronology.events
    assert (opened.kind, opened.bare) == ("opened", True)
    assert opened.words == "opened"
    assert text[opened.start : opened.end] == "The Old Station was opened in 1912."
    assert [text[year.start : year.end] for year in chronology.years] == ["1912", "1870"]
    assert chronology.years[0] == opened.year
    assert chronology.existence is not None
    assert not chronology.existence.exists
    assert chronology.existence.plainness > 0.9
    said = text[chronology.existence.start : chronology.existence.end]
    assert said == "The station was taken down and no longer exists."


def test_positions_count_in_the_document_whichever_passages_are_read():
    text = "Filler comes first. The Old Station was opened in 1912. It still stands."
    start = text.index("The Old")
    later = Passage("c/d", 1, text[start:], start, len(text))
    chronology = chronology_of(document(text), [later])

    (opened,) = chronology.events
    assert text[opened.start : opened.end] == "The Old Station was opened in 1912."
    assert text[opened.year.start : opened.year.end] == "1912"
    assert chronology.existence is not None
    assert text[chronology.existence.start : chronology.existence.end] == "It still stands."


def test_a_text_that_says_nothing_has_an_empty_chronology():
    assert chronology_of(document("")) == Chronology()
    text = "The keeper liked the view."
    assert chronology_of(document(text)) == Chronology(read_to=len(text))


@pytest.mark.parametrize(
    ("text", "standing", "gone"),
    [
        ("The tower was completed on 31 March 1889.", False, False),
        ("It cost a lot. The tower still stands.", True, False),
        ("It cost a lot. The tower no longer exists.", False, True),
        ("It cost a lot. Troops blew up the tower in 1944.", False, True),
        ("It cost a lot. The tower was not demolished in 1944.", False, False),
        ("造价很高。这座塔现存于原址之外。", True, True),
    ],
)
def test_sentences_that_say_whether_it_exists_can_be_quoted_for_it(
    text: str, standing: bool, gone: bool
):
    chronology = chronology_of(document(text))

    assert chronology.says(0, len(text), exists=True) is standing
    assert chronology.says(0, len(text), exists=False) is gone


def test_a_chronology_survives_its_payload():
    text = "The Old Station was opened on 3 May 1912 and demolished in 1992. It no longer exists."
    chronology = chronology_of(document(text))
    stored = json.loads(json.dumps(chronology_payload(chronology)))

    assert len(chronology.events) == 2
    assert chronology_from_payload(stored) == chronology


@pytest.mark.parametrize(
    ("value", "exists"),
    [
        ("no (still in use)", True),
        ("not demolished", True),
        ("extant", True),
        ("still in use", True),
        ("steht noch", True),
        ("existe encore", True),
        ("仍在使用", True),
        ("yes", False),
        ("1952", False),
        ("not extant", False),
        ("no longer extant", False),
        ("n'existe plus", False),
        ("1952, the site is still in use", False),
        ("partly", None),
        ("planned", None),
    ],
)
def test_a_record_s_end_that_did_not_come(value, exists):
    for label in ("Demolished", "Date of demolition"):
        read = chronology_of(document(f"{label}: {value}.")).existence
        assert (None if read is None else read.exists) == exists, label
