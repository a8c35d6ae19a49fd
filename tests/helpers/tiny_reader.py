"""A folder of a reader whose network is a table: each word has its own two logits."""

import json
from pathlib import Path

SCORES = {
    "[CLS]": (1.0, 2.0),
    "built": (3.0, -1.0),
    "in": (0.5, 0.25),
    "1912": (4.0, 5.0),
    "demolished": (2.0, 1.0),
    "1992": (3.5, 4.5),
}
"""Word → logit of a start, logit of an end; those of all other words are 0."""


def write_reader(folder: Path, *, outputs=("start_logits", "end_logits"), **card) -> Path:
    """Write the three files; `card` overrules what stands in the card."""
    import numpy as np
    from onnx import TensorProto, checker, helper, numpy_helper, save
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    folder.mkdir(parents=True, exist_ok=True)
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *(word for word in SCORES if word[0] != "[")]
    vocabulary = {word: number for number, word in enumerate(words)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    tokenizer.enable_truncation(8)  # what a file may bring along and the network must not obey
    tokenizer.save(str(folder / "tokenizer.json"))
    tables = np.array([SCORES.get(word, (0.0, 0.0)) for word in words], np.float32)
    nodes = [
        helper.make_node("Gather", [f"table_{n}", "input_ids"], [f"plain_{n}"]) for n in (0, 1)
    ]
    # A text's tokens get a hundred more than the question's, so that the kinds show.
    nodes.append(helper.make_node("Cast", ["token_type_ids"], ["kinds"], to=TensorProto.FLOAT))
    nodes.append(helper.make_node("Mul", ["kinds", "hundred"], ["more"]))
    nodes += [
        helper.make_node("Add", [f"plain_{n}", "more"], [name]) for n, name in enumerate(outputs)
    ]
    graph = helper.make_graph(
        nodes,
        "reader",
        [
            helper.make_tensor_value_info(name, TensorProto.INT64, [1, "length"])
            for name in ("input_ids", "token_type_ids")
        ],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, "length"]) for name in outputs],
        [
            *(numpy_helper.from_array(tables[:, n].copy(), f"table_{n}") for n in (0, 1)),
            numpy_helper.from_array(np.float32(100), "hundred"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model)
    save(model, folder / "reader.onnx")
    written = {"name": "table", "languages": ["en"], "positions": 64} | card
    (folder / "reader.json").write_text(json.dumps(written), encoding="utf-8")
    return folder
