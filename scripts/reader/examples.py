"""Questions with their passages as the network is trained on them.

    python examples.py QA_FOLDER OUT [--generated FILE]

Knows the format of the question files (`shared/qa/README.md`), which of them are held out, and how
a passage becomes tokens and sentences. Does not know how examples are drawn or cut (`drawing.py`).

Writes `OUT/examples.pickle` (training) and `OUT/held_out.jsonl` (the XQuAD contexts, SQuAD rows and
institutions that are measured and never trained on).
"""

import argparse
import hashlib
import json
import pickle
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tokenizers import Encoding, Tokenizer

Row = dict[str, Any]
"""A line of a question file."""

HELD_OUT_FILES = ("museum_whitney", "museum_nypl")
HELD_OUT_PERCENT = 20
"""Of the XQuAD contexts."""
SQUADS = ("squad_dev", "squad_train_part", "squad_it", "squad_es", "xquad_en_zh", "xquad_other")
UNKNOWN = -1
"""A label that the row does not have: no loss is taken there."""
_ABOUT_END = re.compile(
    r"still|exist|stand|demol|destroy|torn|pulled|raz|gone|surviv|还|拆|毁|存在", re.IGNORECASE
)
"""Questions of `wiki_structures` that its status is an answer to."""
STATUSES = {"standing": 0, "gone": 1, "not said": 2}
GROUPS = {
    "english": ("squad_dev", "squad_train_part", "quoref_part", "covid_qa"),
    "short": ("qamr", "qed_nq", "afriqa"),
    "chinese": ("cmrc2018", "drcd"),
    "across": ("xquad_en_zh",),
    "others": ("xquad_other", "jaquad", "squad_it", "squad_es", "arcd"),
    "yes_no": ("boolq_dev",),
    "records": (
        "heritage_tables",
        "museum_tate",
        "museum_cmoa",
        "museum_nga",
        "museum_oldnyc",
        "wikitablequestions",
        "fetaqa",
        "ott_hybridqa_dev",
    ),
    "structures": ("wiki_structures",),
}
_GROUP_OF = {source: group for group, sources in GROUPS.items() for source in sources}


@dataclass(slots=True)
class Example:
    """A question and its whole passage in tokens.

    `question`, `passage`: int32 ids. `sentences`: int32, the passage token each sentence or record
    line begins with, ascending from 0. `spans`: int32 `(n, 2)`, first and last passage token of the
    answers that were given. `removable`: the sentence that says the answer, where no other does and
    the question can be put to the rest, else UNKNOWN. `answerable`, `status`, `verdict`: labels or
    UNKNOWN.
    """

    group: str
    source: str
    question: npt.NDArray[np.int32]
    passage: npt.NDArray[np.int32]
    sentences: npt.NDArray[np.int32]
    spans: npt.NDArray[np.int32]
    removable: int
    answerable: int
    status: int
    verdict: int
    record: bool


def main() -> None:
    """Read, hold out, tokenise, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("qa", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--generated", type=Path, nargs="*", default=[])
    options = parser.parse_args()
    tokenizer = Tokenizer.from_file(str(options.out / "tokenizer.json"))
    rows = [row for path in sorted(options.qa.glob("*.jsonl")) for row in read_rows(path)]
    held = held_out(rows)
    with (options.out / "held_out.jsonl").open("w", encoding="utf-8") as file:
        for row in rows:
            if row["id"] in held:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
    training = [row for row in rows if row["id"] not in held and not _foreign(row)]
    for path in options.generated:
        training += read_rows(path)
    examples = [example for example in make_examples(training, tokenizer) if len(example.passage)]
    with (options.out / "examples.pickle.part").open("wb") as binary:
        pickle.dump(examples, binary, protocol=5)
    (options.out / "examples.pickle.part").replace(options.out / "examples.pickle")
    counts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for example in examples:
        count = counts[example.group]
        count[0] += 1
        count[1] += example.answerable == 0
        count[2] += len(example.passage) + len(example.question)
    for group, (number, refused, tokens) in counts.items():
        print(f"{group:12} {number:6} {refused:6} unanswerable {tokens / number:6.0f} tokens")
    print(f"held out: {len(held)}")


def read_rows(path: Path) -> list[Row]:
    """The lines of a question file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _foreign(row: Row) -> bool:
    """Whether the question is in a language that e5 hardly knows: AfriQA's, by three letters."""
    return len(row["language_question"]) == 3


def held_out(rows: Iterable[Row]) -> set[str]:
    """Ids of the rows to hold out: two institutions, and a fifth of the XQuAD paragraphs.

    A paragraph is held out with its translations and with every SQuAD row that shares a sentence
    of its text.
    """
    rows = list(rows)
    held = {row["id"] for row in rows if row["source"] in HELD_OUT_FILES}
    squads = [row for row in rows if row["source"] in SQUADS]
    parents: dict[str, str] = {}

    def root(name: str) -> str:
        while parents.setdefault(name, name) != name:
            name = parents[name]
        return name

    for row in squads:
        number = pair_of(row)
        for piece in _long_sentences(row["context"]):
            parents[root(piece)] = root(number)
    chosen: set[str] = set()
    for row in squads:
        if row["source"] == "xquad_en_zh":
            chosen.add(root(pair_of(row)))
    # By hash of the smallest id in the paragraph, so that a new file does not move the choice.
    members: defaultdict[str, list[Row]] = defaultdict(list)
    for row in squads:
        members[root(pair_of(row))].append(row)
    for name in chosen:
        first = min(row["pair"] for row in members[name] if "pair" in row)
        if int(hashlib.sha256(first.encode()).hexdigest(), 16) % 100 < HELD_OUT_PERCENT:
            held.update(row["id"] for row in members[name])
    return held


def pair_of(row: Row) -> str:
    """What the question has in common with its translations."""
    return "id:" + str(row.get("pair") or row["id"].partition(":")[2])


def _long_sentences(text: str) -> list[str]:
    """Sentences that are long enough to mark a paragraph."""
    pieces = re.split(r"(?<=[.!?])\s+|[。！？]", text)
    return [piece.strip() for piece in pieces if len(piece.strip()) >= 24]


def make_examples(rows: Iterable[Row], tokenizer: Tokenizer) -> Iterator[Example]:
    """The rows in tokens; rows whose answer falls on no token are left out."""
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == 2000:
            yield from _encode(batch, tokenizer)
            batch = []
    yield from _encode(batch, tokenizer)


def _encode(rows: list[Row], tokenizer: Tokenizer) -> Iterator[Example]:
    questions = tokenizer.encode_batch([row["question"] for row in rows], add_special_tokens=False)
    passages = tokenizer.encode_batch([row["context"] for row in rows], add_special_tokens=False)
    for row, question, passage in zip(rows, questions, passages, strict=True):
        example = _example(row, question, passage)
        if example is not None:
            yield example


def _example(row: Row, question: Encoding, passage: Encoding) -> Example | None:
    context = row["context"]
    bounds = sentence_starts(context)
    offsets = np.array(passage.offsets, np.int64).reshape(-1, 2)
    spans = [
        span
        for answer in row["answers"]
        if (span := tokens_of(offsets, answer["start"], answer["start"] + len(answer["text"])))
    ]
    if row["answers"] and not spans:
        return None
    firsts = np.unique(np.searchsorted(offsets[:, 0], bounds))
    starts = firsts[firsts < len(offsets)].astype(np.int32)
    if len(starts) == 0 or starts[0] != 0:
        starts = np.concatenate([np.zeros(1, np.int32), starts])
    source = row["source"]
    yes_no = row.get("yes_no")
    status: int = STATUSES.get(row.get("status") or "", UNKNOWN)
    if "exists" in row and _ABOUT_END.search(row["question"]):
        status = {True: 0, False: 1, None: 2}[row["exists"]]
    return Example(
        group=row.get("group") or _GROUP_OF[source],
        source=source,
        question=np.array(question.ids[:64], np.int32),
        passage=np.array(passage.ids, np.int32),
        sentences=starts,
        spans=np.array(spans, np.int32).reshape(-1, 2),
        removable=_removable(row, starts, spans, context),
        answerable=int(row["answerable"]),
        status=status,
        verdict=2 if yes_no is None else int(not yes_no),
        record=bool(row.get("record")),
    )


def sentence_starts(text: str) -> list[int]:
    """Where the sentences and lines of `text` begin, in characters.

    >>> sentence_starts("One. Two.\\nThree")
    [0, 5, 10]
    """
    ends = re.finditer(r"(?<![A-Z])[.!?][\"')\]]*\s+(?=\S)|[。！？；][”」』）]*|\n+", text)
    return [0] + [match.end() for match in ends if match.end() < len(text)]


def tokens_of(offsets: npt.NDArray[np.int64], start: int, end: int) -> tuple[int, int] | None:
    """First and last token that lie in the characters `start` to `end`, or None.

    `offsets` is `(tokens, 2)`.
    """
    inside = np.flatnonzero((offsets[:, 0] < end) & (offsets[:, 1] > start))
    # A lone word-begin mark before the answer shares the answer's first character.
    if len(inside) == 0:
        return None
    return int(inside[0]), int(inside[-1])


def _removable(
    row: Row, starts: npt.NDArray[np.int32], spans: list[tuple[int, int]], context: str
) -> int:
    """The only sentence that says the answer, or UNKNOWN."""
    if not spans or row.get("yes_no") is not None or len(starts) < 3 or row.get("kept"):
        return UNKNOWN
    sentences = {int(np.searchsorted(starts, first, "right")) - 1 for first, _ in spans}
    texts = {answer["text"] for answer in row["answers"]}
    if len(sentences) > 1 or any(context.count(text) > 1 for text in texts):
        return UNKNOWN
    return sentences.pop()


if __name__ == "__main__":
    # Pickles name the module of a class, and that must not be `__main__`.
    from reader.examples import main as write_examples

    write_examples()
