"""Measure a reader on questions that it was not trained on.

    python measure.py OUT [--run NAME | --onnx FILE] [--catalogue FOLDER] [--limit N] [--show N]

Knows the sets and what counts as right; the reader is the PyTorch network of a run or an exported
ONNX file, both asked for the same arrays. The right text is always given: this is reading alone.

* `xquad …`: span F1, by words in English and by characters in Chinese, and the sentence's hit rate;
* `museum …`: the field's value, and unanswerable questions refused;
* `hand …`: the questions of `dev_questions.txt`, by kind;
* `--catalogue`: the questions of `shared/corpora/catalogue_mix` with their document. A last check,
  never something to choose by.

"Refused" means that the score of nothing is above the best answer's, without a fitted threshold;
`auc` says how well the two are told apart by any threshold.
"""

import argparse
import json
import re
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from reader.examples import sentence_starts

BOS, PAD, EOS = 0, 1, 2
LONGEST_ANSWER = 48
"""Tokens."""
LONGEST = 384
"""Tokens of a pair; longer passages are read in overlapping windows."""
OVERLAP = 64
BATCH_TOKENS = 6000
STATUSES = ("standing", "gone", "not said")

Floats = npt.NDArray[np.float32]
Run = Callable[[npt.NDArray[np.int64], npt.NDArray[np.int64]], tuple[Floats, ...]]
"""Tokens and the passage's bounds `(n, 2)` to starts, ends, answerable, statuses, verdicts."""


@dataclass(slots=True)
class Question:
    """A question with its passage and what is right. `answers` is empty where nothing answers."""

    part: str
    question: str
    context: str
    answers: list[str]
    starts: list[int]
    yes_no: bool | None = None
    status: str | None = None
    chinese: bool = False


@dataclass(slots=True)
class Reply:
    """What the reader said: logits of the best span, of nothing, and of the heads."""

    text: str
    start: int
    span: float
    nothing: float
    answerable: float
    statuses: Floats
    verdicts: Floats

    @property
    def margin(self) -> float:
        """How much an answer is preferred to nothing, higher is more."""
        return (self.span - self.nothing) / 2 + self.answerable


def main() -> None:
    """Ask everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--run", default="main")
    parser.add_argument("--onnx", type=Path)
    parser.add_argument("--catalogue", type=Path)
    parser.add_argument("--limit", type=int, default=10**6, help="questions of a part")
    parser.add_argument(
        "--show", type=int, default=0, help="wrong answers of the hand set to print"
    )
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", type=Path, help="append the figures to this file")
    options = parser.parse_args()
    tokenizer = Tokenizer.from_file(str(options.out / "tokenizer.json"))
    if options.onnx:
        run = onnx_run(options.onnx, options.threads)
    else:
        run = torch_run(options.out / options.run / "network.pt", options.threads)
    questions = held_out_questions(options.out / "held_out.jsonl")
    questions += hand_questions(Path(__file__).parent / "dev_questions.txt")
    if options.catalogue:
        questions += catalogue_questions(options.catalogue)
    kept: list[Question] = []
    counts: Counter[str] = Counter()
    for question in questions:
        counts[question.part] += 1
        if counts[question.part] <= options.limit:
            kept.append(question)
    began = time.monotonic()
    replies = ask_all(kept, tokenizer, run)
    seconds = time.monotonic() - began
    figures = judge(kept, replies)
    print_table(figures)
    print(f"{len(kept)} questions in {seconds:.0f} s")
    if options.show:
        show_wrong(kept, replies, options.show)
    if options.json:
        with options.json.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"run": str(options.onnx or options.run), **figures}) + "\n")


def torch_run(path: Path, threads: int) -> Run:
    """Run a trained network."""
    import torch

    from reader.network import Network, Shape

    torch.set_num_threads(threads)
    weights = torch.load(path, weights_only=True)
    network = Network(Shape(vocabulary=len(weights["words.weight"])))
    network.load_state_dict(weights)
    network.eval()

    def run(tokens: npt.NDArray[np.int64], bounds: npt.NDArray[np.int64]) -> tuple[Floats, ...]:
        places = np.arange(tokens.shape[1])
        passage = (places >= bounds[:, :1]) & (places <= bounds[:, 1:])
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            out = network(
                torch.from_numpy(tokens), torch.from_numpy(tokens != PAD), torch.from_numpy(passage)
            )
        parts = (out.starts, out.ends, out.answerable, out.statuses, out.verdicts)
        return tuple(part.float().numpy() for part in parts)

    return run


def onnx_run(path: Path, threads: int) -> Run:
    """Run an exported network."""
    import onnxruntime

    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(path), settings, ["CPUExecutionProvider"])
    names = [each.name for each in session.get_outputs() if each.name != "vector"]

    def run(tokens: npt.NDArray[np.int64], bounds: npt.NDArray[np.int64]) -> tuple[Floats, ...]:
        places = np.arange(tokens.shape[1])
        passage = (places >= bounds[:, :1]) & (places <= bounds[:, 1:])
        fed = {"input_ids": tokens, "passage_mask": passage}
        return tuple(session.run(names, fed))

    return run


def held_out_questions(path: Path) -> list[Question]:
    """The held-out XQuAD contexts and institutions."""
    questions = []
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        part = held_out_part(row)
        if part is None:
            continue
        questions.append(
            Question(
                part, row["question"], row["context"],
                [answer["text"] for answer in row["answers"]],
                [answer["start"] for answer in row["answers"]],
                chinese=row["language_context"] in ("zh", "zh-Hant", "ja"),
            )
        )  # fmt: skip
    return questions


def held_out_part(row: dict[str, Any]) -> str | None:
    """The part that a held-out row is measured in."""
    asked, read = row["language_question"], row["language_context"]
    match row["source"]:
        case "museum_whitney" | "museum_nypl" as source:
            return f"{source} {'zh on en' if asked == 'zh' else 'en'}"
        case "squad_dev":
            return "xquad en"
        case "xquad_en_zh":
            return "xquad zh" if asked == read else f"xquad {asked} on {read}"
        case "xquad_other":
            return "xquad other languages"
    return None


def hand_questions(path: Path) -> list[Question]:
    """The questions of `dev_questions.txt`."""
    questions = []
    for block in re.split(r"^= ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]:
        head, *lines = block.strip().splitlines()
        language, _domain, kind = head.split()
        context = "\n".join(line for line in lines if not line.startswith("? "))
        context = context.strip()
        for line in lines:
            if line.startswith("? "):
                questions.append(_hand_question(line[2:], context, language, kind))
    return questions


def _hand_question(line: str, context: str, language: str, kind: str) -> Question:
    asked, _, wanted = line.partition(" => ")
    match = re.match(r"(zh|en|de|fr|es) (.+)", asked)
    code, text = (match[1], match[2]) if match else (language, asked)
    wanted, _, status = wanted.partition(" ; ")
    yes_no = None
    wanted = wanted.strip()
    if match_verdict := re.match(r"(yes|no): (.+)", wanted):
        yes_no, wanted = match_verdict[1] == "yes", match_verdict[2]
    answers = [] if wanted == "-" else [wanted]
    if answers and wanted not in context:
        raise ValueError(f"{wanted!r}, the answer to {text!r}, is not in its passage")
    across = "same" if code == language else "across"
    return Question(
        f"hand {kind} {across}", text, context, answers, [context.find(a) for a in answers],
        yes_no, status.strip() or None, language == "zh",
    )  # fmt: skip


def catalogue_questions(folder: Path) -> list[Question]:
    """The questions of a corpus with the document they are about."""
    questions = []
    for line in (folder / "testset.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["document"] is None:
            continue
        text = (folder / "knowledge" / f"{row['document']}.md").read_text("utf-8")
        context = text.split("\n---", 1)[1].partition("\n")[2].strip()
        quote = row.get("quote")
        answers = [quote] if quote and quote in context else []
        if quote and not answers:
            continue
        questions.append(
            Question(
                f"catalogue {row['kind']} {row['language']}", row["question"], context, answers,
                [context.find(a) for a in answers], None,
                None if row["exists"] is None else STATUSES[not row["exists"]],
                bool(re.search("[一-鿿]", context)),
            )
        )  # fmt: skip
    return questions


def ask_all(questions: Sequence[Question], tokenizer: Tokenizer, run: Run) -> list[Reply]:
    """The replies, in the questions' order."""
    jobs = []
    for number, question in enumerate(questions):
        asked = tokenizer.encode(question.question, add_special_tokens=False).ids[:64]
        passage = tokenizer.encode(question.context, add_special_tokens=False)
        room = LONGEST - len(asked) - 4
        first = 0
        while True:
            jobs.append(
                (
                    number,
                    asked,
                    passage.ids[first : first + room],
                    passage.offsets[first : first + room],
                )
            )
            if first + room >= len(passage.ids):
                break
            first += room - OVERLAP
    jobs.sort(key=lambda job: len(job[1]) + len(job[2]))
    best: dict[int, Reply] = {}
    while jobs:
        count = max(1, BATCH_TOKENS // (len(jobs[-1][1]) + len(jobs[-1][2]) + 4))
        batch, jobs = jobs[-count:], jobs[:-count]
        for (number, *_), reply in zip(batch, _ask(batch, questions, run), strict=True):
            if number not in best or reply.margin > best[number].margin:
                best[number] = reply
    return [best[number] for number in range(len(questions))]


def _ask(batch: Sequence[Any], questions: Sequence[Question], run: Run) -> list[Reply]:
    length = max(len(asked) + len(ids) for _, asked, ids, _ in batch) + 4
    tokens = np.full((len(batch), length), PAD, np.int64)
    bounds = np.zeros((len(batch), 2), np.int64)
    for row, (_, asked, ids, _) in enumerate(batch):
        pair = [BOS, *asked, EOS, EOS, *ids, EOS]
        tokens[row, : len(pair)] = pair
        bounds[row] = len(asked) + 3, len(asked) + 2 + len(ids)
    starts, ends, answerable, statuses, verdicts = run(tokens, bounds)
    replies = []
    for row, (number, _, _, offsets) in enumerate(batch):
        first, last = bounds[row]
        begin, end, score = best_span(starts[row, first : last + 1], ends[row, first : last + 1])
        at, to = offsets[begin][0], offsets[end][1]
        text = questions[number].context[at:to]
        clean = text.strip(" \n:：,，;；")
        at += text.find(clean)
        replies.append(
            Reply(
                clean, at, score, float(starts[row, 0] + ends[row, 0]), float(answerable[row]),
                statuses[row], verdicts[row],
            )
        )  # fmt: skip
    return replies


def best_span(starts: Floats, ends: Floats) -> tuple[int, int, float]:
    """First and last token of the best span, and its score.

    >>> best_span(np.array([0.0, 3.0, 0.0]), np.array([5.0, 0.0, 1.0]))
    (0, 0, 5.0)
    """
    length = len(starts)
    scores = starts[:, None] + ends[None, :]
    places = np.arange(length)
    allowed = (places[None, :] >= places[:, None]) & (
        places[None, :] < places[:, None] + LONGEST_ANSWER
    )
    best = int(np.argmax(np.where(allowed, scores, -np.inf)))
    first, last = divmod(best, length)
    return first, last, float(scores[first, last])


def judge(questions: Sequence[Question], replies: Sequence[Reply]) -> dict[str, Any]:
    """Figures by part, 0 to 1; higher is better."""
    parts: defaultdict[str, defaultdict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    margins: defaultdict[str, tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    for question, reply in zip(questions, replies, strict=True):
        figures = parts[question.part]
        answered = reply.margin > 0
        margins[question.part][not question.answers].append(reply.margin)
        if question.status is not None:
            said = STATUSES[int(reply.statuses.argmax())]
            figures["status"].append(said == question.status)
        if not question.answers:
            figures["refused"].append(not answered)
            continue
        figures["answered"].append(answered)
        same = _same_sentence(question, reply)
        figures["sentence"].append(same)
        figures["sentence, answered"].append(same and answered)
        if question.yes_no is not None:
            figures["verdict"].append(int(reply.verdicts.argmax()) == int(not question.yes_no))
            continue
        figures["f1"].append(
            max(f1(reply.text, answer, question.chinese) for answer in question.answers)
        )
    return {
        part: {
            **{name: round(float(np.mean(values)), 3) for name, values in figures.items()},
            "auc": auc(*margins[part]),
            "n": sum(map(len, margins[part])),
        }
        for part, figures in sorted(parts.items())
    }


def _same_sentence(question: Question, reply: Reply) -> bool:
    bounds = sentence_starts(question.context)
    mine = int(np.searchsorted(bounds, reply.start, "right"))
    return any(
        mine >= int(np.searchsorted(bounds, start, "right"))
        and mine <= int(np.searchsorted(bounds, start + len(answer) - 1, "right"))
        for start, answer in zip(question.starts, question.answers, strict=True)
    )


def f1(said: str, right: str, chinese: bool) -> float:
    """Overlap of the words, or of the characters, as SQuAD has it.

    >>> f1("the old bridge", "bridge", chinese=False)
    0.6666666666666666
    """
    a, b = _units(said, chinese), _units(right, chinese)
    common = sum((Counter(a) & Counter(b)).values())
    return 2 * common / (len(a) + len(b)) if common else float(a == b)


def _units(text: str, chinese: bool) -> list[str]:
    text = unicodedata.normalize("NFKC", text).lower()
    text = "".join(c if unicodedata.category(c)[0] not in "PS" else " " for c in text)
    if chinese:
        return re.findall(r"[a-z0-9]+|\S", text)
    return [word for word in text.split() if word not in ("a", "an", "the")]


def auc(answerable: Iterable[float], nothing: Iterable[float]) -> float | None:
    """How often an answerable question's margin is above an unanswerable one's."""
    right, wrong = np.array(list(answerable)), np.array(list(nothing))
    if not (len(right) and len(wrong)):
        return None
    return round(float((right[:, None] > wrong[None, :]).mean()), 3)


def print_table(figures: dict[str, Any]) -> None:
    """One line a part."""
    names = (
        "n",
        "f1",
        "sentence",
        "sentence, answered",
        "answered",
        "refused",
        "auc",
        "verdict",
        "status",
    )
    print(f"{'':28}" + "".join(f"{name[:9]:>10}" for name in names))
    for part, values in figures.items():
        cells = "".join(f"{'' if values.get(name) is None else values[name]:>10}" for name in names)
        print(f"{part:28}{cells}")


def show_wrong(questions: Sequence[Question], replies: Sequence[Reply], count: int) -> None:
    """Print wrong answers of the hand set."""
    for question, reply in zip(questions, replies, strict=True):
        if not question.part.startswith("hand"):
            continue
        right = (
            reply.margin > 0 and _same_sentence(question, reply)
            if question.answers
            else reply.margin <= 0
        )
        if not right and count > 0:
            count -= 1
            print(
                f"{reply.margin:6.1f} {question.question!r} -> {reply.text!r}, "
                f"wanted {question.answers or 'nothing'}"
            )


if __name__ == "__main__":
    main()
