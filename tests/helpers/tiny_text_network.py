"""A bundled reader in small: the scripts' own network with random weights, exported as they do."""

from pathlib import Path

import torch
from reader.export import Exported, write_card, write_onnx, write_tokenizer
from reader.network import VECTOR_DEPTH, VECTOR_SIZE, Network, Shape, TextVectors
from tokenizers import Tokenizer, models, pre_tokenizers

WORDS = (
    *("the", "tower", "station", "bridge", "was", "built", "in", "when", "demolished"),
    *("塔", "桥", "在", "哪", "年", "建", "成", "1912"),
)
SHAPE = Shape(
    vocabulary=4 + len(WORDS), hidden=24, layers=VECTOR_DEPTH + 2, heads=2, feed_forward=32
)


def tiny_network(seed: int) -> tuple[Network, TextVectors]:
    """The network and its branch for vectors; words are far apart, so that texts are too."""
    torch.manual_seed(seed)
    network, branch = Network(SHAPE).eval(), TextVectors(SHAPE).eval()
    torch.nn.init.normal_(network.words.weight)
    return network, branch


def write_tiny_reader(folder: Path, *, vectors: bool = True, seed: int = 0) -> Path:
    """Write `reader.onnx`, `tokenizer.json` and `reader.json` to `folder`, which is returned."""
    folder.mkdir(parents=True, exist_ok=True)
    network, branch = tiny_network(seed)
    tokens = torch.randint(4, SHAPE.vocabulary, (2, 12))
    passage = torch.arange(12)[None].expand(2, -1) >= 4
    exported = Exported(network, branch if vectors else None)
    write_onnx(exported, folder / "reader.onnx", tokens, passage)
    pieces = {word: n for n, word in enumerate(["<s>", "<pad>", "</s>", "<unk>", *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(pieces, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    source = folder / "plain.json"
    tokenizer.save(str(source))
    write_tokenizer(source, folder / "tokenizer.json")
    source.unlink()
    write_card(folder, 1, SHAPE.vocabulary, VECTOR_SIZE if vectors else 0)
    return folder
