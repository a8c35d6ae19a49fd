"""When documents contradict each other, and when they only differ."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_documents import corpus_of
from support import TinyEncoder

from indexer.run import index_corpus
from knowledge.documents import Document, Passage
from knowledge.index.index import Index
from search.citation import Citation, check_citation, year_stands_in
from search.confidence import CONTESTED
from search.conflicts import conflicts_with, contradictions, in_words, same_subject
from search.evidence import Subject
from search.pipeline import Pipeline
from search.query import Query
from vlm.chronology import chronology_of
from vlm.readers.base import Candidate, Draft, Reading
from vlm.readers.extractive import ExtractiveReader

OPENED = "The Old Hall was built in 1890. It still stands."


def subject(
    id: str,
    text: str,
    *,
    title: str = "Old Hall",
    language: str = "en",
    place: str | None = None,
    aliases: tuple[str, ...] = (),
) -> Subject:
    document = Document("c", id, title, text, language, aliases=aliases, place=place, source=id)
    passage = Passage(document.document_id, 0, text, 0, len(text))
    chronology = chronology_of(document)
    return Subject(document, 1, {"rrf": 1.0}, {}, None, (passage,), chronology=chronology)


def pairs(*subjects: Subject) -> list[set[object]]:
    return [
        {claim.exists if claim.year is None else claim.year.value for claim in pair}
        for pair in contradictions(subjects)
    ]


def answer(question: str, *subjects: Subject) -> tuple[Draft, Citation]:
    """What the reader makes of the first subject, checked."""
    first = subjects[0]
    document = first.document
    reading = Reading(
        question,
        document.language,
        (),
        (Candidate(document.document_id, document.title, document.aliases, document.language,
                   first.passages),),
    )  # fmt: skip
    draft = ExtractiveReader().read(reading)
    citation = check_citation(draft, {p.passage_id: p for s in subjects for p in s.passages})
    assert isinstance(citation, Citation)
    return draft, citation


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ("The Old Hall was built in 1895.", [{1890, 1895}]),
        ("老厅于1895年建成。", [{1890, 1895}]),
        ("The Old Hall was built in 1890.", []),
        ("The Old Hall was built in the 1890s.", []),  # a decade that holds the year
        ("The Old Hall was built in the 19th century.", []),
        ("The Old Hall was built in about 1900.", []),  # rounded
        ("The Old Hall was built in about 1893.", [{1890, 1893}]),  # not rounded so far
        ("The Old Hall was opened in 1895.", []),  # another event
        ("The Old Hall was restored in 1895.", []),
        ("The Old Hall was begun in 1887 and built in 1890.", []),
        ("The Old Hall stood by 1890. The Old Hall was built in 1895.", []),  # it knows the year
        ("The Old Hall no longer exists.", [{True, False}]),
        ("The old hall of Weston was built in 1895 beside the Blue Tower of 1890.", []),
    ],
)
def test_what_contradicts(other: str, expected: list[set[object]]):
    title = "老厅" if other.startswith("老") else "Old Hall"
    found = pairs(subject("a", OPENED, aliases=("老厅",)), subject("b", other, title=title))

    assert found == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Old Hall was built in 1890. It has 300 seats. The Old Hall was built in 1894.",
         [{1890, 1894}]),
        ("The Old Hall was built in 1890. The hall's roof was built in 1894.", []),
        ("The Old Hall was built in 1890. It burnt down in 1892. The Old Hall was built in 1894.",
         []),
        ("The Old Hall was begun in 1890. The Old Hall was built in 1894.", []),
        ("The Old Hall was built in 1890. The new hall was built in 1960.", []),
    ],
)  # fmt: skip
def test_a_document_may_contradict_itself(text: str, expected: list[set[object]]):
    assert pairs(subject("a", text)) == expected


def test_one_subject_is_told_by_its_whole_name_and_place():
    here = subject("a", OPENED, place="Weston, England").document

    assert same_subject(here, subject("b", OPENED).document)
    assert same_subject(here, subject("b", OPENED, place="Weston").document)
    assert same_subject(here, subject("b", OPENED, place="英格兰韦斯顿").document)
    assert not same_subject(here, subject("b", OPENED, place="Northam, Scotland").document)
    assert not same_subject(here, subject("b", OPENED, title="Old Hall, Northam").document)


def test_the_conflict_names_its_source_and_its_share():
    three = (subject("a", OPENED), subject("b", "The Old Hall was built in 1895."), subject(
        "c", "The Old Hall was built in 1890."))  # fmt: skip
    draft, citation = answer("When was the Old Hall built?", *three)
    conflicts, contested = conflicts_with(draft, citation, three[0], three, contradictions(three))

    assert draft.year == 1890
    assert [(c.year, c.exists, c.source.quote) for c in conflicts] == [
        (1895, None, "The Old Hall was built in 1895.")
    ]
    assert conflicts[0].source.document_id == "c/b"
    assert contested == 1 / (1 + 2)  # one against, two for it


def test_what_is_not_asked_about_is_no_conflict():
    two = (
        subject("a", f"{OPENED} It was opened in 1891."),
        subject("b", "The Old Hall was built in 1895."),
    )
    draft, citation = answer("When was the Old Hall opened?", *two)

    assert draft.year == 1891
    assert conflicts_with(draft, citation, two[0], two, contradictions(two)) == ((), 0.0)


def test_existence_is_contested_too():
    two = (subject("a", OPENED), subject("b", "The Old Hall no longer exists."))
    draft, citation = answer("Does the Old Hall still stand?", *two)
    conflicts, contested = conflicts_with(draft, citation, two[0], two, contradictions(two))

    assert draft.exists is True
    assert [(c.exists, c.source.quote) for c in conflicts] == [
        (False, "The Old Hall no longer exists.")
    ]
    assert contested == 1 / 2


def test_a_contradiction_in_words_quotes_both():
    (pair,) = contradictions(
        [subject("a", "The Old Hall was built in 1890."), subject("b", "It was built in 1895.")]
    )

    assert in_words(pair) == (
        "c/a#0: “The Old Hall was built in 1890.” / c/b#0: “It was built in 1895.”"
    )


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.sampled_from(["built", "opened", "demolished", "restored", "burnt"]),
        min_size=1, max_size=4,
    ),
    st.lists(st.integers(1200, 2020), min_size=8, max_size=8),
)  # fmt: skip
def test_every_conflict_stands_where_it_is_said_to(events: list[str], years: list[int]):
    """Whatever two documents say: a conflict's words are in its document and hold its year, which
    is not the answer's; and a document does not contradict one that says the same."""

    def text(given: list[int]) -> str:
        return " ".join(
            f"The Old Hall was {event} in {year}."
            for event, year in zip(events, given, strict=False)
        )

    first, second = subject("a", text(years[:4])), subject("b", text(years[4:]))
    for one, other in contradictions([first, second]):
        assert one.event == other.event
        assert one.year is not None
        assert other.year is not None
        assert one.year.value != other.year.value
        for claim in (one, other):
            assert claim.quote in claim.document.text
            assert year_stands_in(claim.year.value, claim.quote)  # type: ignore[union-attr]
    apart = [
        pair
        for pair in contradictions([first, subject("b", text(years[:4]))])
        if pair[0].document.document_id != pair[1].document.document_id
    ]
    assert apart == []


class Listener:
    """Reads as the extractive reader does, and keeps what it was given."""

    name = "listener"

    def __init__(self) -> None:
        self.readings: list[Reading] = []

    def read(self, reading: Reading) -> Draft:
        self.readings.append(reading)
        return ExtractiveReader().read(reading)


def test_a_pipeline_tells_the_contradiction_to_the_reader_and_is_less_sure(
    empty_index: Index, encoder: TinyEncoder, tmp_path: Path
):
    common = {"corpus": "corpus", "title": "Old Hall", "language": "en"}
    documents = [
        Document(id="a", text=OPENED, source="Guide", **common),
        Document(id="b", text="The Old Hall was built in 1895.", source="Postcard", **common),
    ]
    reader = Listener()
    pipeline = Pipeline(empty_index, encoder, reader)
    question = Query("When was the Old Hall built?")
    index_corpus(corpus_of(documents[:1], tmp_path), empty_index, encoder)
    alone = pipeline.ask(question).answer
    index_corpus(corpus_of(documents, tmp_path), empty_index, encoder)
    contested = pipeline.ask(question).answer

    assert alone.conflicts == ()
    assert {contested.year} | {conflict.year for conflict in contested.conflicts} == {1890, 1895}
    assert contested.signals[CONTESTED] == 1 / 2
    assert contested.confidence == pytest.approx(alone.confidence / 2, rel=0.1)
    assert reader.readings[0].contradictions == ()
    assert "1890" in reader.readings[1].contradictions[0]
    assert "1895" in reader.readings[1].contradictions[0]
