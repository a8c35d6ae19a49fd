"""Whether a subject is of the kind of thing that a question asks about."""

import re
from pathlib import Path

import pytest

from knowledge.documents import Document, Field
from search.kind_words import ALIKE, KINDS, PARTS
from search.kinds import compare_kinds, nouns_asked

PAIRS = Path(__file__).resolve().parents[2] / "data" / "question_kinds"
TOMB = Document("c", "t", "Elm Tomb", "The Elm Tomb is a domed tomb of marble.", "en")


def pairs(path: Path) -> list[tuple[str, str, Document]]:
    """`+` or `-`, the question and the subject, of a file of `data/question_kinds`."""
    found = []
    for block in path.read_text(encoding="utf-8").removeprefix("# ").split("\n# "):
        head, *questions = block.strip().splitlines()
        domain, language, title, text = head.split(" | ")
        document = Document("c", domain, title, text, language)
        found += [(line[0], line[2:], document) for line in questions]
    return found


@pytest.mark.parametrize("name", ["development", "held_back"])
def test_kinds_agree_and_contradict_each_other_as_people_say(name):
    verdicts = [
        (sign, compare_kinds(question, document).verdict)
        for sign, question, document in pairs(PAIRS / f"{name}.txt")
    ]
    agreeing = [verdict for sign, verdict in verdicts if sign == "+"]
    other = [verdict for sign, verdict in verdicts if sign == "-"]
    assert len(agreeing) == len(other) == 44
    assert agreeing.count("contradicts") == 0
    assert other.count("contradicts") / len(other) >= 0.75


def test_every_relation_is_between_kinds_that_there_are():
    kinds = set(re.findall(r"^([a-z]+) (?:<[a-z ]*)?\|", KINDS, re.MULTILINE))
    broader = {b for line in re.findall(r"^[a-z]+ <([a-z ]*)\|", KINDS, re.MULTILINE)
               for b in line.split()}  # fmt: skip
    named = {word for line in ALIKE.splitlines() for word in line.removeprefix("*").split()}
    named |= set(PARTS.replace(":", " ").split())
    assert (broader | named) - kinds == set()


@pytest.mark.parametrize(
    ("question", "nouns"),
    [
        ("Is the old town hall in this photo still there?", ["town hall"]),
        ("照片里的这座石桥是哪年建的?", ["石桥"]),
        ("桥还在吗?", ["桥"]),
        ("这座山西的桥还在吗?", ["桥"]),
        ("When were these bridges built?", ["bridge"]),
        ("Is this church organ still played?", ["organ"]),
        ("Is this station master known?", []),
        ("Is this a bridge?", []),
        ("Is this place still there?", []),
        ("Does it still stand?", []),
        ("", []),
    ],
)
def test_the_kind_asked_about_is_the_head_of_what_is_pointed_at(question, nouns):
    assert [noun.word for noun in nouns_asked(question)][-1:] == nouns[-1:]


@pytest.mark.parametrize(
    ("question", "document", "verdict"),
    [
        ("Is this bridge there?", TOMB, "contradicts"),
        ("这座桥还在吗?", TOMB, "contradicts"),
        ("Is this mausoleum there?", TOMB, "agrees"),
        ("Is this structure there?", TOMB, "agrees"),
        ("Is this mosque there?", TOMB, "unknown"),  # which many domed tombs are taken for
        ("Is this gizmo there?", TOMB, "unknown"),
        # A broader word of the text says too little, a part that it tells of may be meant.
        ("Is this bridge there?", Document("c", "x", "X", "X is a structure.", "en"), "unknown"),
        (
            "Is this bridge there?",
            Document("c", "x", "X", "X is a castle. The bridge to its gate fell in 1800.", "en"),
            "unknown",
        ),
        ("Is this bridge there?", Document("c", "x", "X", "Nothing is known.", "en"), "unknown"),
        # A record's own words.
        (
            "Who built this locomotive?",
            Document("c", "x", "No. 5", "Object name: sword\n", "en",
                     fields=(Field("Object name", "sword", 0, 18),)),
            "contradicts",
        ),
        (
            "Is this bridge there?",
            Document("c", "x", "At noon", "Photographer: A. Doe\nDate: 1910", "en"),
            "unknown",
        ),
        (
            "Who made this painting?",
            Document("c", "x", "The blue boat", "Artist: B. Roe\nMedium: oil on canvas", "en"),
            "unknown",
        ),
        ("这座教堂还在吗?", Document("c", "x", "云渡桥", "一座石拱桥。", "zh"), "contradicts"),
    ],
)  # fmt: skip
def test_only_what_is_plainly_another_kind_contradicts(question, document, verdict):
    assert compare_kinds(question, document).verdict == verdict


def test_both_kinds_are_named_in_the_answer_s_language():
    found = compare_kinds("Is this bridge there?", TOMB)
    assert found.in_words("en") == ("a bridge", "a tomb")
    assert found.in_words("zh") == ("桥", "墓")


def test_hostile_questions_and_texts_take_no_time():
    long = "this " * 50_000 + "这座" * 50_000
    document = Document("c", "x", "bridge " * 5_000, "a tomb of " * 100_000, "en")
    assert compare_kinds(long, document).verdict in ("unknown", "agrees", "contradicts")
