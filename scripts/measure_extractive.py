"""Measure how well the extractive reader reads when retrieval has found the right document.

For every question of a test set the reader gets the document that holds the answer, with
`--distractors` others behind it; a text question that no document answers gets the three most
similar documents. Prints, separately for the even and the odd lines of the test sets (thresholds
are chosen on even lines only), by kind and language: answers right on `exists` and `year`,
questions rightly abstained from, questions answered at all, the right document, and whether the
quotation holds the reference answer.

    python scripts/measure_extractive.py data/landmarks data/lost_buildings
"""

import argparse
import json
import re
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from knowledge.chunks import chunk
from knowledge.corpus import open_corpus
from knowledge.documents import Document, Passage
from vlm.readers import Candidate, Draft, Reading
from vlm.readers.extractive import ExtractiveReader

_MAX_TOKENS = 64
"""Passages about as long as a CLIP text tower sees."""
_MEASURES = ("exists", "year", "abstained", "answered", "document", "quote")


@dataclass(frozen=True, slots=True)
class Asked:
    """A labelled question: a line of a test set."""

    corpus: str
    line: int
    labels: dict[str, Any]

    @property
    def half(self) -> str:
        """Thresholds may be chosen on `even` lines; `odd` ones are held out."""
        return "odd" if self.line % 2 else "even"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the reader made of a question; `right` names what could be judged."""

    asked: Asked
    draft: Draft
    right: dict[str, bool]
    seconds: float


def main() -> None:
    """Measure the test sets named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("corpora", nargs="+", type=Path, help="corpus folders with a testset.jsonl")
    parser.add_argument("--distractors", type=int, default=2, help="documents behind the right one")
    parser.add_argument("--failures", action="store_true", help="print the failures of even lines")
    options = parser.parse_args()
    outcomes = [
        outcome
        for corpus in options.corpora
        for outcome in measure(corpus, distractors=options.distractors)
    ]
    for outcome in outcomes:
        if options.failures and outcome.asked.half == "even" and not all(outcome.right.values()):
            print_failure(outcome)
    print_table(outcomes)


def measure(corpus: Path, *, distractors: int, every: int = 1) -> Iterator[Outcome]:
    """Ask the questions of a corpus's test set, or each `every`-th one."""
    reader = ExtractiveReader()
    photo = (Image.new("RGB", (8, 8)),)  # the reader looks only at whether there is one
    candidates = {
        document.id: candidate_of(document)
        for document in open_corpus(corpus).read()
        if isinstance(document, Document)
    }
    lines = (corpus / "testset.jsonl").read_text(encoding="utf-8").splitlines()
    for number, line in list(enumerate(lines, start=1))[::every]:
        asked = Asked(corpus.name, number, json.loads(line))
        given = given_candidates(asked.labels, candidates, distractors=distractors)
        if given is None:
            continue
        photos = photo if asked.labels["photo"] else ()
        reading = Reading(asked.labels["question"], asked.labels["language"], photos, given)
        started = time.perf_counter()
        draft = reader.read(reading)
        yield Outcome(asked, draft, judge(asked.labels, draft), time.perf_counter() - started)


def candidate_of(document: Document) -> Candidate:
    """A document as retrieval hands it over, with all its passages."""
    passages = chunk(
        document.document_id, document.text, max_tokens=_MAX_TOKENS, count_tokens=count_tokens
    )
    return Candidate(
        document.document_id, document.title, document.aliases, document.language, tuple(passages)
    )


def count_tokens(text: str) -> int:
    """About what a word-piece tokenizer counts."""
    words = len(re.findall(r"[^\W\u4e00-\u9fff]+|[^\w\s]", text))
    return int(1.2 * words + 1.5 * len(re.findall(r"[\u4e00-\u9fff]", text)))


def given_candidates(
    labels: dict[str, Any], candidates: dict[str, Candidate], *, distractors: int
) -> tuple[Candidate, ...] | None:
    """The right document first, its passages most similar first; if none is right, those that
    share most with the question. None for a photo of something that no document is about: that is
    retrieval's question.
    """
    question = labels["question"]
    others = sorted(
        (candidate for name, candidate in candidates.items() if name != labels["document"]),
        key=lambda candidate: -len(pieces(question) & pieces(text_of(candidate))),
    )
    if labels["document"] is None:
        return None if labels["photo"] else tuple(others[:3])
    right = candidates[labels["document"]]

    def unlike(passage: Passage) -> int:
        return -len(pieces(question) & pieces(passage.text))

    ordered = tuple(sorted(right.passages, key=unlike))
    first = Candidate(right.document_id, right.title, right.aliases, right.language, ordered)
    return (first, *others[:distractors])


def text_of(candidate: Candidate) -> str:
    """Names and text of a candidate."""
    texts = (passage.text for passage in candidate.passages)
    return " ".join((candidate.title, *candidate.aliases, *texts))


def pieces(text: str) -> set[str]:
    """Words of an English text, characters in pairs of a Chinese one."""
    runs = re.findall(r"[\u4e00-\u9fff]+", text)
    pairs = {run[i : i + 2] for run in runs for i in range(len(run) - 1)}
    return set(re.findall(r"[a-z]{3,}", text.lower())) | pairs


def judge(labels: dict[str, Any], draft: Draft) -> dict[str, bool]:
    """What of the answer can be right or wrong, and whether it is."""
    answered = draft.passage_id is not None
    if labels["kind"] == "unanswerable":
        return {"abstained": not answered}
    right = {
        "answered": answered,
        "exists": answered
        and (
            draft.exists == labels["exists"]
            or (labels["kind"] != "exists" and draft.exists is None)
        ),
        "year": answered and (labels["year"] is None or draft.year == labels["year"]),
        "document": (draft.document_id or "").endswith("/" + labels["document"]),
    }
    if labels["kind"] in ("other_fact", "current_use") and labels["answer"]:
        held = holds_answer(labels["answer"], draft.quote or "")
        if held is not None:
            right["quote"] = answered and held
    return right


def holds_answer(answer: str, quote: str) -> bool | None:
    """Whether a quotation has the answer's first year or a third of its words.

    None where the two are in different scripts, so that words cannot tell.
    """
    year = re.search(r"\d{3,4}", answer)
    if year:
        return year.group() in quote
    if bool(re.search(r"[\u4e00-\u9fff]", answer)) != bool(re.search(r"[\u4e00-\u9fff]", quote)):
        return None
    wanted = pieces(answer) - {"the", "and", "for", "with", "that", "this", "from", "its"}
    return 3 * len(wanted & pieces(quote)) >= len(wanted)


def print_failure(outcome: Outcome) -> None:
    """A question with what was wanted and what came."""
    labels, draft = outcome.asked.labels, outcome.draft
    wrong = [name for name, right in outcome.right.items() if not right]
    print(f"{outcome.asked.corpus} {outcome.asked.line} {labels['kind']} {labels['document']}")
    print(f"  asked  {labels['question']}  wrong: {', '.join(wrong)}")
    print(f"  wanted {labels['exists']} {labels['year']} {labels['answer']}")
    print(f"  got    {draft.exists} {draft.year} {draft.confidence} {draft.quote or draft.reason}")


def print_table(outcomes: list[Outcome]) -> None:
    """Share right and number judged, by half, corpus, kind and language."""
    table: dict[tuple[str, str, str], dict[str, list[bool]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for outcome in outcomes:
        labels = outcome.asked.labels
        for corpus in (outcome.asked.corpus, "(all)"):
            for group in ("all", labels["kind"], labels["language"]):
                for name, right in outcome.right.items():
                    table[outcome.asked.half, corpus, group][name].append(right)
    print(f"{'half corpus           of':38}" + "".join(f"{name:>12}" for name in _MEASURES))
    for (half, corpus, group), measured in sorted(table.items()):
        cells = (measured[name] for name in _MEASURES)
        shown = (f"{sum(c) / len(c):.3f}/{len(c)}" if c else "" for c in cells)
        print(f"{half:4} {corpus:16} {group:15}" + "".join(f"{cell:>12}" for cell in shown))
    seconds = sorted(outcome.seconds for outcome in outcomes)
    print(f"a read: median {1000 * seconds[len(seconds) // 2]:.1f} ms, {len(seconds)} reads")


if __name__ == "__main__":
    main()
