"""What sentences and events are about."""

import pytest

from knowledge.documents import Passage
from vlm.readers.extractive.parsed_text import ParsedText, SubjectText, parse_text, topic_of


def parsed(text: str, *, title: str = "Green Church", language: str = "en") -> ParsedText:
    return parse_text(
        SubjectText("c/d", title, (), language, (Passage("c/d", 0, text, 0, len(text)),))
    )


def topics(text: str, **options: str) -> list[str]:
    return [sentence.topic for sentence in parsed(text, **options).sentences]


def happened_to(text: str, **options: str) -> str:
    """What the last event of the text happened to."""
    whole = parsed(text, **options)
    last = whole.sentences[-1]
    return topic_of(last, last.analysis.cues[-1], whole)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Green Church is a church. It was demolished in 1900.", "main"),
        ("Green Church is a church. The building was demolished.", "main"),
        ("Green Church is a church. Fire destroyed the church.", "main"),
        ("Green Church is a church. A museum was opened in 1900.", "other"),
        ("Green Church is a church. The roof was destroyed.", "other"),
        ("Green Church is a church. The Blue Church was demolished.", "other"),
        ("Green Church is a church. An older church was burnt.", "earlier"),
        ("Green Church is a church. The new church was opened.", "present"),
        ("Green Church is a church. It was built again. Work began in 1995.", "present"),
        ("Green Church is a church. Two towers survived, but they were demolished.", "other"),
        ("Green Church is a church. It was replaced by a garage, which was pulled down.", "other"),
        ("Green Church is a church. A museum stood near. The church was closed.", "main"),
    ],
)
def test_what_an_event_happened_to(text: str, topic: str):
    assert happened_to(text) == topic


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("绿教堂是一座教堂。教堂于1900年被拆除。", "main"),
        ("绿教堂是一座教堂。大火烧毁了教堂和学院。", "main"),
        ("绿教堂是一座教堂。新的教堂于1900年落成。", "present"),
        ("绿教堂是一座教堂。附近的桥于1900年建成。", "other"),
        ("绿教堂是一座教堂。原址建成了博物馆。", "other"),
    ],
)
def test_what_an_event_happened_to_in_chinese(text: str, topic: str):
    assert happened_to(text, title="绿教堂", language="zh") == topic


def test_a_new_paragraph_goes_back_to_the_subject():
    text = "Green Church is a church. An older church stood here before.\n\nIt was closed in 1900."

    assert topics(text) == ["main", "earlier", "main"]


def test_passages_are_read_in_the_order_of_the_document():
    first, second = "Green Church is a church.", "It was closed."
    passages = (Passage("c/d", 1, second, 26, 40), Passage("c/d", 0, first, 0, 25))

    told = parse_text(SubjectText("c/d", "Green Church", (), "en", passages))

    assert [sentence.text for sentence in told.sentences] == [first, second]


def test_the_same_year_is_joined_to_the_sentence_that_holds_it():
    told = parsed("The church was listed in 1988. In the same year it was opened to visitors.")

    assert len(told.sentences) == 1
