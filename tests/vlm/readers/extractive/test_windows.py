"""Which parts of the candidates are read."""

from knowledge.documents import Passage
from vlm.readers.base import Candidate, Reading
from vlm.readers.extractive.windows import MOST_TOKENS, WINDOW_TOKENS, windows_of


def candidate(name: str, texts: list[str], *, order: list[int] | None = None) -> Candidate:
    passages = []
    at = 0
    for ordinal, text in enumerate(texts):
        passages.append(Passage(f"c/{name}", ordinal, text, at, at + len(text)))
        at += len(text) + 1
    ordered = tuple(passages[place] for place in order or range(len(passages)))
    return Candidate(f"c/{name}", name, (), "en", ordered)


def words(text: str) -> int:
    return len(text.split())


def test_neighbouring_passages_are_read_together_in_the_documents_order():
    one = candidate("Bridge", ["A b.", "C d.", "E f."], order=[1, 0, 2])

    (window,) = windows_of(Reading("?", "en", (), (one,)), words)

    assert window.text == "A b.\nC d.\nE f."
    assert [passage.text[slice(*span)] for passage, span, _ in window.sentences()] == [
        "A b.", "C d.", "E f.",
    ]  # fmt: skip
    assert [window.text[slice(*span)] for _, _, span in window.sentences()] == [
        "A b.", "C d.", "E f.",
    ]  # fmt: skip


def test_a_long_document_is_read_in_windows_of_limited_length_best_passages_first():
    long = candidate("Long", [f"s{number} " + "word " * 58 + "." for number in range(60)],
                     order=[40, 41, 7, *range(7), *range(8, 40), *range(42, 60)])  # fmt: skip

    windows = windows_of(Reading("?", "en", (), (long,)), words)

    read = [passage.ordinal for window in windows for passage in window.passages]
    assert {40, 41, 7} <= set(read)
    assert all(words(window.text) <= WINDOW_TOKENS for window in windows)
    assert sum(words(window.text) for window in windows) <= MOST_TOKENS


def test_later_candidates_are_read_too():
    first = candidate("First", ["word " * 60] * 40)
    second = candidate("Second", ["word " * 60] * 40)

    windows = windows_of(Reading("?", "en", (), (first, second)), words)

    assert {window.place for window in windows} == {0, 1}
    assert sum(words(window.text) for window in windows) <= MOST_TOKENS + 60


def test_the_heading_holds_the_title_and_names_in_the_questions_script():
    tower = Candidate(
        "c/t", "Old Tower", ("老塔", "La Tour"), "en", (Passage("c/t", 0, "x", 0, 1),)
    )

    asked_in_chinese = windows_of(Reading("它还在吗？", "zh", (), (tower,)), words)
    asked_in_english = windows_of(Reading("Is it there?", "en", (), (tower,)), words)

    assert asked_in_chinese[0].heading == "Old Tower / 老塔"
    assert asked_in_english[0].heading == "Old Tower / La Tour"
