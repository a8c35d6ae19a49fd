"""Train the branch that turns a text alone into a vector, on a reader that stays as it is.

    python vectors.py OUT [--run NAME] [--into FOLDER] [--minutes N] [--threads N]
    python vectors.py OUT --onnx FILE

Knows the pairs, the losses and how recall is measured. Does not change the reader.

Reads `OUT/RUN/network.pt`, `OUT/encoder.pt` (the original e5) and what `examples.py` wrote. Saves
the branch to `FOLDER/vectors.pt` and the state to `FOLDER/vectors_state.pt` (by default in
`OUT/RUN`), from where the same command goes on; a JSON line a report goes to
`FOLDER/vectors.jsonl`. With `--onnx` it only measures the vectors of an exported reader.

A pair is a question and a window of its passage with the answer. Two losses:

* a question's own passage among those of the batch (InfoNCE, van den Oord et al. 2018), both ways;
* the similarities between questions and passages are those of the original e5 (`query: ` and
  `passage: ` in front, mean of the tokens), which has seen more texts than these pairs. e5 prefers
  passages in the question's language, whatever they say; so that this is not learned, it compares
  passages of one language only.

The rate falls in a straight line to nothing at the end of `--minutes`.
"""

import argparse
import json
import pickle
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from reader.drawing import BOS, EOS, PAD, cut_window
from reader.examples import Example, Row, make_examples, pair_of
from reader.measure import held_out_part
from reader.network import VECTOR_DEPTH, Network, Shape, TextVectors, mean_of
from reader.train import stop_signal

SHARES = {
    "across": 0.22,
    "english": 0.22,
    "chinese": 0.16,
    "records": 0.12,
    "asked": 0.08,
    "generated": 0.08,
    "others": 0.05,
    "short": 0.04,
    "structures": 0.03,
}
"""How much of what is drawn comes from each group; groups without examples are left out."""
WINDOW = 72
"""Tokens of a passage: about as long as the passages of an index are."""
PAIRS = 96
"""Of a step."""
ONE_SOURCE = 0.5
"""Of the steps draw from one source, so that the other passages are of the same kind."""
TEMPERATURE = 0.05
TEACHER_TEMPERATURE = 0.03
"""e5's cosines lie closer together than those of the branch."""
DISTILLED = 1.0
"""Weight of the loss on e5's similarities."""
TEACH_EVERY = 2
"""Steps from one with e5 to the next: e5 costs twice as much as all the rest."""
RATE = 6e-4
WARM_UP = 50
WEIGHT_DECAY = 0.01
HAN_SHARE = 0.3
"""Of a passage's pieces, from which on it is Chinese."""
CHUNK = 32
"""Texts of like length that are run together."""
REPORT_SECONDS = 180
TESTED = 250
"""Questions of a held-out part."""

Texts = Sequence[npt.NDArray[np.int64]]
"""Token ids of texts, special tokens included."""
Encode = Callable[[Texts], Tensor]
"""Texts to vectors `(n, dim)` of length 1."""


@dataclass(frozen=True, slots=True)
class Tested:
    """A held-out part: `right[i]` are the windows with the answer to `questions[i]`."""

    questions: list[npt.NDArray[np.int64]]
    windows: list[npt.NDArray[np.int64]]
    right: list[list[int]]


def main() -> None:
    """Train until `--minutes` are over."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--run", default="main")
    parser.add_argument("--into", type=Path, help="where the branch is kept, if not in the run")
    parser.add_argument("--onnx", type=Path, help="only measure this file's vectors")
    parser.add_argument("--minutes", type=float, default=25, help="of all starts together")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=14)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    tokenizer = Tokenizer.from_file(str(options.out / "tokenizer.json"))
    tested = held_out(options.out / "held_out.jsonl", tokenizer)
    if options.onnx:
        exported = onnx_encode(options.onnx, options.threads)
        for part, test in tested.items():
            print(part, *recall(test, exported, exported))
        return
    network = load_network(options.out / options.run / "network.pt")
    teacher = load_network(options.out / "encoder.pt")
    branch = TextVectors(network.shape)
    folder = options.into or options.out / options.run
    folder.mkdir(parents=True, exist_ok=True)
    # The next layer of the reader is a better beginning than numbers at random.
    branch.layer.load_state_dict(network.layers[VECTOR_DEPTH].state_dict())
    torch.nn.init.orthogonal_(branch.projected.weight)
    optimizer = torch.optim.AdamW(branch.parameters(), RATE, weight_decay=WEIGHT_DECAY)
    state: dict[str, Any] = {"step": 0, "seconds": 0.0}
    if (folder / "vectors_state.pt").exists():
        saved = torch.load(folder / "vectors_state.pt", weights_only=True)
        branch.load_state_dict(saved["branch"])
        optimizer.load_state_dict(saved["optimizer"])
        state = saved["state"]
    with (options.out / "examples.pickle").open("rb") as file:
        pairs = Pairs(pickle.load(file), seed=options.seed)
    han = han_pieces(tokenizer)
    student = student_encode(network, branch)
    asked = teacher_encode(teacher, tokenizer.encode("query:", add_special_tokens=False).ids)
    read = teacher_encode(teacher, tokenizer.encode("passage:", add_special_tokens=False).ids)

    def report(
        name: str, questions: Encode, passages: Encode, losses: dict[str, list[float]]
    ) -> None:
        line = {
            "of": name,
            "step": state["step"],
            "minutes": round(state["seconds"] / 60, 1),
            **{loss: round(float(np.mean(values)), 3) for loss, values in losses.items()},
            "recall": {part: recall(test, questions, passages) for part, test in tested.items()},
        }
        with (folder / "vectors.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")
        print(json.dumps(line), flush=True)

    if state["step"] == 0:
        report("e5", asked, read, {})
    stopped = stop_signal()
    losses: defaultdict[str, list[float]] = defaultdict(list)
    reported_at = time.monotonic()
    while state["seconds"] < 60 * options.minutes and not stopped.is_set():
        began = time.monotonic()
        part = state["seconds"] / (60 * options.minutes)
        for group in optimizer.param_groups:
            group["lr"] = RATE * min((state["step"] + 1) / WARM_UP, 1 - part)
        questions, passages, same = pairs.batch(state["step"])
        queries, documents = student(questions), student(passages)
        similar = queries @ documents.T
        found = {"own": own_passage_loss(similar, same)}
        if state["step"] % TEACH_EVERY == 0:
            with torch.no_grad():
                wanted = asked(questions) @ read(passages).T
            language = np.array([han[text].mean() > HAN_SHARE for text in passages])
            found["e5"] = likeness_loss(similar, wanted, language[:, None] == language)
        total = found["own"] + DISTILLED * found.get("e5", torch.zeros(()))
        optimizer.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(branch.parameters(), 1.0)
        optimizer.step()
        for loss, value in found.items():
            losses[loss].append(float(value.detach()))
        state["step"] += 1
        state["seconds"] += time.monotonic() - began
        if time.monotonic() - reported_at > REPORT_SECONDS:
            report("branch", student, student, losses)
            save(folder, branch, optimizer, state)
            losses.clear()
            reported_at = time.monotonic()
    report("branch", student, student, losses)
    save(folder, branch, optimizer, state)


def load_network(path: Path) -> Network:
    """A network whose weights stay as they are."""
    weights = torch.load(path, weights_only=True)
    network = Network(Shape(vocabulary=len(weights["words.weight"])))
    network.load_state_dict(weights)
    return network.eval().requires_grad_(False)


class Pairs:
    """Draws questions with windows of their passages; a step always gets the same ones."""

    def __init__(self, examples: Sequence[Example], *, seed: int) -> None:
        self._examples = examples
        self._seed = seed
        groups: defaultdict[str, defaultdict[str, list[int]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for number, example in enumerate(examples):
            if example.answerable == 1 and len(example.spans) and example.group in SHARES:
                groups[example.group][example.source].append(number)
        self._sources = {
            group: [np.array(numbers) for numbers in sources.values()]
            for group, sources in groups.items()
            if sources
        }
        shares = np.array([SHARES[group] for group in self._sources])
        self._shares = shares / shares.sum()

    def batch(self, step: int) -> tuple[Texts, Texts, npt.NDArray[np.bool_]]:
        """PAIRS questions, their windows, and which share a passage or a question `(n, n)`."""
        random = np.random.default_rng((self._seed, step))
        names = list(self._sources)
        if random.random() < ONE_SOURCE:
            sources = self._sources[names[random.choice(len(names), p=self._shares)]]
            sizes = np.array([len(each) for each in sources])
            members = sources[random.choice(len(sources), p=sizes / sizes.sum())]
            numbers = random.choice(members, PAIRS)
        else:
            drawn = random.choice(len(names), PAIRS, p=self._shares)
            every = [np.concatenate(self._sources[name]) for name in names]
            numbers = np.array([random.choice(every[group]) for group in drawn])
        questions, passages = [], []
        for number in numbers:
            example = self._examples[number]
            cut = cut_window(example, example, None, WINDOW, random, refused=False)
            questions.append(alone(example.question))
            passages.append(alone(cut.tokens[cut.first : cut.last + 1]))
        whole = [self._examples[number].passage.tobytes() for number in numbers]
        texts = [question.tobytes() for question in questions]
        same = np.array(
            [
                [a == b or c == d for b, d in zip(whole, texts, strict=True)]
                for a, c in zip(whole, texts, strict=True)
            ]
        )
        return questions, passages, same


def han_pieces(tokenizer: Tokenizer) -> npt.NDArray[np.bool_]:
    """Which pieces of the vocabulary hold a Chinese character, `(vocabulary,)`."""
    pieces = (tokenizer.id_to_token(number) or "" for number in range(tokenizer.get_vocab_size()))
    return np.array([any("\u3400" <= each <= "\u9fff" for each in piece) for piece in pieces])


def alone(tokens: npt.NDArray[np.int32] | npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """A text with the special tokens around it."""
    return np.concatenate([[BOS], tokens, [EOS]]).astype(np.int64)


def own_passage_loss(similar: Tensor, same: npt.NDArray[np.bool_]) -> Tensor:
    """InfoNCE over cosines `(n, n)`, both ways; other pairs of a passage are no rivals."""
    rivals = torch.from_numpy(same & ~np.eye(len(same), dtype=np.bool_))
    logits = (similar / TEMPERATURE).masked_fill(rivals, -1e4)
    right = torch.arange(len(similar))
    return (functional.cross_entropy(logits, right) + functional.cross_entropy(logits.T, right)) / 2


def likeness_loss(similar: Tensor, wanted: Tensor, alike: npt.NDArray[np.bool_]) -> Tensor:
    """How far the rows of cosines are from the teacher's: the divergence of their softmax.

    `alike` `(n, n)`: which passages are in one language; a row is compared over those alone.
    """
    apart = torch.from_numpy(~alike)
    losses = [
        functional.kl_div(
            torch.log_softmax((mine / TEMPERATURE).masked_fill(apart, -1e4), -1),
            torch.log_softmax((theirs / TEACHER_TEMPERATURE).masked_fill(apart, -1e4), -1),
            reduction="batchmean",
            log_target=True,
        )
        for mine, theirs in ((similar, wanted), (similar.T, wanted.T))
    ]
    return (losses[0] + losses[1]) / 2


def student_encode(network: Network, branch: TextVectors) -> Encode:
    """The branch on the frozen reader."""

    def run(tokens: Tensor) -> Tensor:
        present = tokens != PAD
        with torch.no_grad():
            hidden = network.states(tokens, present, layers=VECTOR_DEPTH)[-1]
        vectors: Tensor = branch(hidden, present)
        return vectors

    return lambda texts: in_chunks(texts, run)


def teacher_encode(network: Network, prefix: list[int]) -> Encode:
    """The original e5, which wants a word in front that says what the text is."""

    def run(tokens: Tensor) -> Tensor:
        present = tokens != PAD
        return functional.normalize(
            mean_of(network.states(tokens, present)[-1], present).float(), dim=-1
        )

    def encode(texts: Texts) -> Tensor:
        marked = [np.concatenate([[BOS], prefix, text[1:]]).astype(np.int64) for text in texts]
        with torch.no_grad():
            return in_chunks(marked, run)

    return encode


def onnx_encode(path: Path, threads: int) -> Encode:
    """An exported reader, one text a run."""
    import onnxruntime

    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = threads
    settings.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), settings, ["CPUExecutionProvider"])
    nothing = np.zeros((1, 0), np.bool_)

    def encode(texts: Texts) -> Tensor:
        rows = [
            session.run(["vector"], {"input_ids": text[None], "passage_mask": nothing})[0]
            for text in texts
        ]
        return torch.from_numpy(np.concatenate(rows))

    return encode


def in_chunks(texts: Texts, run: Callable[[Tensor], Tensor]) -> Tensor:
    """Run texts of like length together; the rows are in the order of `texts`."""
    order = np.argsort([len(text) for text in texts], kind="stable")
    parts = []
    for begin in range(0, len(order), CHUNK):
        chunk = [texts[number] for number in order[begin : begin + CHUNK]]
        tokens = np.full((len(chunk), len(chunk[-1])), PAD, np.int64)
        for row, text in enumerate(chunk):
            tokens[row, : len(text)] = text
        with torch.autocast("cpu", torch.bfloat16):
            parts.append(run(torch.from_numpy(tokens)))
    return torch.cat(parts)[torch.from_numpy(np.argsort(order))]


def held_out(path: Path, tokenizer: Tokenizer) -> dict[str, Tested]:
    """The answerable held-out questions by part, each against all windows of its part.

    In `xquad zh on en among xquad zh`, other passages are in the question's language, so that
    preferring a language costs recall.
    """
    rows: defaultdict[str, list[Row]] = defaultdict(list)
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        part = held_out_part(row)
        if row["answerable"] and part and len(rows[part]) < TESTED:
            rows[part].append({**row, "group": part})
    tested = {part: _tested(list(make_examples(some, tokenizer))) for part, some in rows.items()}
    english: dict[str, str] = {
        pair_of(row): row["context"]
        for some in rows.values()
        for row in some
        if row["language_context"] == "en"
    }

    def chosen(part: str, half: int) -> list[Example]:
        # A paragraph and its translation are in the same half.
        kept = [
            row
            for row in rows[part]
            if crc32(english.get(pair_of(row), str(row["context"])).encode()) % 2 == half
        ]
        return list(make_examples(kept, tokenizer))

    for part, rivals in (("xquad zh on en", "xquad zh"), ("xquad en on zh", "xquad en")):
        tested[f"{part} among {rivals}"] = _tested(chosen(part, 0), chosen(rivals, 1))
    return tested


def _tested(examples: Sequence[Example], rivals: Sequence[Example] = ()) -> Tested:
    """`rivals`: examples whose passages answer none of the questions."""
    tested = Tested([], [], [])
    for rival in {each.passage.tobytes(): each for each in rivals}.values():
        for first, past in windows_of(rival):
            tested.windows.append(alone(rival.passage[first:past]))
    numbers: dict[bytes, list[tuple[int, int, int]]] = {}
    for example in examples:
        key = example.passage.tobytes()
        if key not in numbers:
            numbers[key] = []
            for first, past in windows_of(example):
                numbers[key].append((first, past, len(tested.windows)))
                tested.windows.append(alone(example.passage[first:past]))
        tested.questions.append(alone(example.question))
        tested.right.append(
            [
                number
                for first, past, number in numbers[key]
                if any(first <= begin < past for begin, _ in example.spans)
            ]
        )
    return tested


def windows_of(example: Example) -> Iterator[tuple[int, int]]:
    """Bounds of a passage's windows: whole sentences, at most WINDOW tokens of them."""
    ends = [*example.sentences[1:].tolist(), len(example.passage)]
    begin = past = 0
    for end in ends:
        if end - begin > WINDOW and past > begin:
            yield begin, past
            begin = past
        past = end
    yield begin, past


def recall(tested: Tested, questions: Encode, passages: Encode) -> tuple[float, float]:
    """Share of the questions with a right window at rank 1, and within the first 10."""
    with torch.no_grad():
        similar = (questions(tested.questions) @ passages(tested.windows).T).numpy()
    ranks = [
        int((row > row[right].max()).sum())
        for row, right in zip(similar, tested.right, strict=True)
        if right
    ]
    return tuple(round(float(np.mean([rank < k for rank in ranks])), 3) for k in (1, 10))  # type: ignore[return-value]


def save(
    folder: Path, branch: TextVectors, optimizer: torch.optim.AdamW, state: dict[str, float]
) -> None:
    """Write the branch and the state, each in one move."""
    whole = {"branch": branch.state_dict(), "optimizer": optimizer.state_dict(), "state": state}
    for name, value in (("vectors_state.pt", whole), ("vectors.pt", branch.state_dict())):
        part = folder / f"{name}.part"
        torch.save(value, part)
        part.replace(folder / name)


if __name__ == "__main__":
    main()
