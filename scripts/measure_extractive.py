"""How well the extractive reader reads when retrieval has found the right document.

For every question of a test set the reader gets the document that holds the answer, alone and with
two others behind it; a question that no document answers and that names its subject gets the three
documents most like it. Prints, for the test set's even and odd lines apart (rules are tuned on even
lines alone), by kind and language: answers right on `exists` and `year`, questions abstained from,
and whether the quotation of a single fact holds the reference answer.

    python scripts/measure_extractive.py data/landmarks data/lost_buildings [--failures even]
"""

import argparse
import json
import re
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import yaml
from PIL import Image

from knowledge.chunks import chunk
from knowledge.documents import Passage
from vlm.extractive import ExtractiveReader
from vlm.reader import Candidate, Draft, Reading

MAX_TOKENS = 64
"""Passages about as long as the starter encoder sees."""


def main() -> None:
    """Measure the test sets named on the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("corpora", nargs="+", type=Path, help="corpus folders with a testset.jsonl")
    parser.add_argument("--failures", choices=["even", "odd", "all"], help="print these failures")
    parser.add_argument(
        "--distractors", type=int, default=2, help="other documents behind the right one"
    )
    options = parser.parse_args()
    reader = ExtractiveReader()
    photo = (Image.new("RGB", (8, 8)),)
    totals: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    seconds: list[float] = []
    for corpus in options.corpora:
        candidates = read_candidates(corpus)
        lines = (corpus / "testset.jsonl").read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, start=1):
            asked = json.loads(line)
            half = "odd" if number % 2 else "even"
            given = given_candidates(asked, candidates, options.distractors)
            if given is None:
                continue
            reading = Reading(
                asked["question"], asked["language"], photo if asked["photo"] else (), given
            )
            started = time.perf_counter()
            draft = reader.read(reading)
            seconds.append(time.perf_counter() - started)
            results = judge(asked, draft)
            for group in ("all", asked["kind"], asked["language"]):
                for name, right in results.items():
                    totals[f"{corpus.name:16} {half:4} {group}"][name].append(right)
                    totals[f"{'TOTAL':16} {half:4} {group}"][name].append(right)
            if options.failures in (half, "all") and not all(results.values()):
                failed = [name for name, right in results.items() if not right]
                print(
                    f"{number} {asked['kind']} {asked['document']} {failed}\n  Q {asked['question']}"
                )
                print(f"  want {asked['exists']} {asked['year']} {asked['answer']}")
                print(
                    f"  got  {draft.exists} {draft.year} {draft.confidence} {draft.quote} {draft.reason or ''}"
                )
    names = ("exists", "year", "abstained", "answered", "document", "fact")
    print(f"{'':36}" + "".join(f"{name:>14}" for name in names))
    for group in sorted(totals):
        cells = [totals[group][name] for name in names]
        shown = (f"{sum(c) / len(c):.3f} ({len(c)})" if c else "-" for c in cells)
        print(f"{group:36}" + "".join(f"{cell:>14}" for cell in shown))
    seconds.sort()
    print(f"seconds a read: median {seconds[len(seconds) // 2]:.4f}, longest {seconds[-1]:.4f}")


def read_candidates(corpus: Path) -> dict[str, Candidate]:
    """Every document of a corpus folder as a candidate with all its passages."""
    candidates = {}
    for path in sorted((corpus / "knowledge").glob("*.md")):
        _, front, text = path.read_text(encoding="utf-8").split("---\n", 2)
        meta = yaml.safe_load(front)
        identity = f"{corpus.name}/{meta['id']}"
        passages = chunk(identity, text.strip(), max_tokens=MAX_TOKENS, count_tokens=count_tokens)
        candidates[meta["id"]] = Candidate(
            identity, meta["title"], tuple(meta["aliases"] or ()), meta["language"], tuple(passages)
        )
    return candidates


def count_tokens(text: str) -> int:
    """About what a word-piece tokenizer counts: a token a word, one and a half a Chinese character."""
    return int(len(re.findall(r"[^\W\u4e00-\u9fff]+|[^\w\s]", text)) * 1.2) + int(
        1.5 * len(re.findall(r"[\u4e00-\u9fff]", text))
    )


def given_candidates(
    asked: dict[str, Any], candidates: dict[str, Candidate], distractors: int
) -> tuple[Candidate, ...] | None:
    """The right document first; where there is none, those that share most with the question.

    None for a photo of something that no document is about: that is retrieval's question.
    """
    others = sorted(
        (c for name, c in candidates.items() if name != asked["document"]),
        key=lambda candidate: -shared(asked["question"], candidate),
    )
    if asked["document"] is None:
        return None if asked["photo"] else tuple(others[:3])
    right = candidates[asked["document"]]
    mixed = Candidate(right.document_id, right.title, right.aliases, right.language,
                      order(asked["question"], right.passages))  # fmt: skip
    return (mixed, *others[:distractors])


def order(question: str, passages: tuple[Passage, ...]) -> tuple[Passage, ...]:
    """Passages as retrieval gives them: the most similar first."""
    return tuple(sorted(passages, key=lambda p: -len(pieces(question) & pieces(p.text))))


def shared(question: str, candidate: Candidate) -> int:
    """How many word pieces question and document share."""
    text = " ".join((candidate.title, *candidate.aliases, *(p.text for p in candidate.passages)))
    return len(pieces(question) & pieces(text))


def pieces(text: str) -> set[str]:
    """Words of an English text, characters in pairs of a Chinese one."""
    chinese = re.findall(r"[\u4e00-\u9fff]+", text)
    pairs = {run[i : i + 2] for run in chinese for i in range(len(run) - 1)}
    return set(re.findall(r"[a-z]{3,}", text.lower())) | pairs


def judge(asked: dict[str, Any], draft: Draft) -> dict[str, bool]:
    """What of the answer can be right or wrong, and whether it is."""
    abstained = draft.passage_id is None
    if asked["kind"] == "unanswerable":
        return {"abstained": abstained}
    results = {"answered": not abstained, "exists": draft.exists == asked["exists"]}
    results["year"] = not abstained and draft.year == asked["year"]
    results["document"] = bool(draft.document_id and draft.document_id.endswith(asked["document"]))
    if asked["kind"] in ("other_fact", "current_use") and asked["answer"]:
        results["fact"] = not abstained and holds_answer(asked["answer"], draft.quote or "")
    return results


def holds_answer(answer: str, quote: str) -> bool | Any:
    """Whether the quotation has the answer's year, or a third of its words in the same script."""
    years = re.findall(r"\d{3,4}", answer)
    if years:
        return all(year in quote for year in years[:1])
    wanted = pieces(answer) - {"the", "and", "for", "with", "that", "this", "from", "its"}
    if not wanted or bool(re.search(r"[\u4e00-\u9fff]", answer)) != bool(
        re.search(r"[\u4e00-\u9fff]", quote)
    ):
        return True  # another language: not to be judged by words
    return len(wanted & pieces(quote)) >= len(wanted) / 3


if __name__ == "__main__":
    main()
