"""How a contradiction is shown: over HTTP, with `--json`, and on the command line."""

import io

from rich.console import Console

from api.commands.ask import print_answer
from api.http.schemas import answer_out
from knowledge.documents import Document
from search.answer import Answer, Conflict, Source

DOCUMENT = Document("c", "a", "Old Hall", "The Old Hall was built in 1890.", "en")
SOURCE = Source("c/a", "Old Hall", "Guide", None, DOCUMENT.text, 0, len(DOCUMENT.text), "en")
OTHER = Source(
    "c/b", "Old Hall", "Postcard", "https://b.test", "It was built in 1895.", 4, 25, "en"
)
ANSWER = Answer(
    subject=DOCUMENT,
    text="Old Hall was built in 1890.",
    year=1890,
    source=SOURCE,
    conflicts=(Conflict(1895, None, OTHER),),
    confidence=0.4,
)


def test_each_conflict_goes_out_with_its_source():
    (conflict,) = answer_out(ANSWER).model_dump()["conflicts"]

    assert conflict == {
        "year": 1895,
        "exists": None,
        "document_id": "c/b",
        "title": "Old Hall",
        "citation": "Postcard",
        "url": "https://b.test",
        "quote": "It was built in 1895.",
        "start": 4,
        "end": 25,
        "language": "en",
        "page": None,
        "picture": None,
    }


def test_without_contradiction_the_list_is_empty():
    assert answer_out(Answer(subject=None, text="")).conflicts == []


def test_the_command_line_quotes_the_other_source_after_the_answer_s():
    console = Console(file=io.StringIO(), width=100)
    print_answer(console, ANSWER)
    printed = console.file.getvalue()  # type: ignore[attr-defined]

    assert "Another source contradicts this:" in printed
    assert printed.index("Guide") < printed.index("It was built in 1895.")
    assert "Postcard, https://b.test" in printed
