"""Answers in words."""

import pytest

from knowledge.documents import Passage
from vlm.readers.base import Candidate, Reading
from vlm.readers.extractive import ExtractiveReader


def told(question: str, text: str, *, title: str = "Green Hall", chinese: str = "绿厅") -> str:
    passage = Passage("c/d", 0, text, 0, len(text))
    subject = Candidate("c/d", title, (chinese,), "en", (passage,))
    return ExtractiveReader().read(Reading(question, "", (), (subject,))).text


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("It was built in 1900.", "Green Hall was built in 1900."),
        ("It was completed in 1900.", "Green Hall was completed in 1900."),
        ("It was built between 1726 and 1743.", "Green Hall was built between 1726 and 1743."),
        ("It was built in about 1450.", "Green Hall was built in about 1450."),
        ("It was built in 447 BC.", "Green Hall was built in 447 BC."),
        ("It was inaugurated in 1900.", "Green Hall was inaugurated in 1900."),
    ],
)
def test_english(sentence: str, text: str):
    assert told("When was Green Hall built?", f"Green Hall is a hall. {sentence}") == text


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("It was built in 1900.", "绿厅建于1900年。"),
        ("It was completed in 1900.", "绿厅于1900年建成。"),
        ("It was built in about 1450.", "绿厅建于约1450年。"),
        ("It was built in 447 BC.", "绿厅建于公元前447年。"),
    ],
)
def test_chinese(sentence: str, text: str):
    assert told("绿厅是哪一年建成的?", f"Green Hall is a hall. {sentence}") == text


def test_the_article_is_the_texts_own():
    assert told(
        "When was Green Hall opened?", "The Green Hall is a hall. It was opened in 1900."
    ).startswith("The Green Hall was opened")


def test_a_fact_is_introduced_in_the_language_of_the_question():
    text = "Green Hall is a hall. The architect was Anna Berg."

    assert told("Who was the architect of Green Hall?", text) == (
        "The source says: “The architect was Anna Berg.”"
    )
    assert told("绿厅的建筑师是谁?", text) == "据资料:“The architect was Anna Berg.”"


def test_an_abstention_names_the_subject():
    text = "Green Hall is a hall."

    assert told("Who designed Green Hall?", text) == "The sources on Green Hall do not say."
    assert told("绿厅是谁设计的?", text) == "关于绿厅的资料没有说明这一点。"
