"""Vectors of texts from the reader's network: a tiny one of the same code, and the bundled one."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from knowledge.errors import ModelBrokenError, ModelMissingError
from vlm.models import choose_text_encoder, load_text_encoder
from vlm.readers.extractive.network import BUNDLED, load_network

TEXTS = ["the tower was built in 1912", "桥 在 哪 年 建 成", "when was the station demolished", ""]


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    pytest.importorskip("torch", reason="pip install -e '.[models]'")
    pytest.importorskip("onnx", reason="pip install -e '.[models]'")
    from tiny_text_network import write_tiny_reader

    folder = tmp_path_factory.mktemp("models")
    write_tiny_reader(folder / "reader")
    write_tiny_reader(folder / "without" / "reader", vectors=False)
    return folder


def test_vectors_have_length_one_and_do_not_depend_on_their_company(root):
    encoder = load_text_encoder("bundled", models_root=root)
    together = load_text_encoder("bundled", models_root=root, bulk=True)
    vectors = encoder.encode_passages(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.card.dim)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    np.testing.assert_array_equal(together.encode_passages(TEXTS), vectors)
    np.testing.assert_array_equal(encoder.encode_questions(TEXTS[2:3])[0], vectors[2])
    assert encoder.encode_passages([]).shape == (0, encoder.card.dim)
    assert vectors[0] @ vectors[2] < 0.999


def test_int8_is_close_to_the_network_in_float(root):
    import torch
    from reader.export import branch_vector
    from tiny_text_network import tiny_network
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(root / "reader" / "tokenizer.json"))
    network, branch = tiny_network(0)
    found = load_text_encoder("bundled", models_root=root).encode_passages(TEXTS)
    for text, vector in zip(TEXTS, found, strict=True):
        with torch.no_grad():
            wanted = branch_vector(network, branch, torch.tensor([tokenizer.encode(text).ids]))
        assert float(vector @ wanted.numpy()) > 0.99


def test_a_vector_runs_only_the_layers_that_it_needs(root):
    import onnx

    graph = onnx.load(root / "reader" / "reader.onnx").graph
    (choice,) = [node for node in graph.node if node.op_type == "If"]
    read, vector = (
        attribute.g for attribute in sorted(choice.attribute, key=lambda a: -len(a.g.node))
    )

    def products(nodes):
        kept_float = sum(node.op_type == "MatMul" and "/narrow/" in node.name for node in nodes)
        return kept_float + sum(node.op_type == "MatMulInteger" for node in nodes)

    # Four of a layer; six layers are shared, two only read, one only makes vectors.
    assert products(graph.node) == 4 * 6
    assert products(vector.node) == 4 + 1
    assert products(read.node) == 4 * 2 + 3  # ends, pooled, judged


def test_reading_is_the_same_with_and_without_vectors(root):
    question, text = "when was the tower built", "the tower was built in 1912"
    ones = [
        load_network(folder / "reader").read(question, text) for folder in (root, root / "without")
    ]
    np.testing.assert_allclose(ones[0].starts, ones[1].starts, atol=1e-5)
    np.testing.assert_allclose(ones[0].ends, ones[1].ends, atol=1e-5)
    assert ones[0].answerable == pytest.approx(ones[1].answerable, abs=1e-5)


def test_the_reader_and_the_text_encoder_share_one_network(root):
    encoder = load_text_encoder("bundled", models_root=root)
    network = load_network(root / "reader")
    encoder.encode_questions(["when"])
    loaded = network._session
    assert loaded is not None
    network.read("when", "in 1912")
    assert network._session is loaded
    assert encoder._network is network


def test_the_fingerprint_is_of_what_a_vector_depends_on(root, tmp_path):
    copy = Path(shutil.copytree(root / "reader", tmp_path / "a" / "reader"))
    card = json.loads((copy / "reader.json").read_text("utf-8"))
    (copy / "reader.json").write_text(json.dumps({**card, "languages": ["en"]}), "utf-8")
    here = load_text_encoder("bundled", models_root=root).card
    other = load_text_encoder("bundled", models_root=copy.parent).card
    assert other.fingerprint == here.fingerprint
    assert other.languages == ("en",)
    assert "zh" in here.languages
    changed = Path(shutil.copytree(root / "reader", tmp_path / "b" / "reader"))
    with (changed / "tokenizer.json").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert (
        load_text_encoder("bundled", models_root=changed.parent).card.fingerprint
        != here.fingerprint
    )


def test_a_reader_without_vectors_is_no_text_encoder(root, tmp_path):
    assert choose_text_encoder(models_root=root) == "bundled"
    assert choose_text_encoder(models_root=root / "without") is None
    assert choose_text_encoder(models_root=tmp_path) is None
    with pytest.raises(ModelMissingError, match="--text-encoder none"):
        load_text_encoder("bundled", models_root=root / "without")
    with pytest.raises(ModelBrokenError, match=r"reader\.onnx cannot be used"):
        load_network(root / "without" / "reader").vector("when")


def _bundled_has_vectors() -> bool:
    return (BUNDLED / "reader.json").is_file() and load_network().card.vector > 0


@pytest.mark.skipif(not _bundled_has_vectors(), reason="the bundled reader makes no vectors")
def test_a_question_in_chinese_finds_the_english_text_that_answers_it():
    encoder = load_text_encoder("bundled", models_root=BUNDLED.parent)
    passages = [
        "The lighthouse was switched off in 1971 and is now a small hotel.",
        "Roses need pruning in early spring, before the first leaves open.",
        "The painter gave the portrait to her brother, who sold it in Vienna.",
        "The last steam engine left the depot in 1968; buses took over the line.",
    ]
    questions = [
        "灯塔现在用来做什么?",
        "玫瑰什么时候修剪?",
        "谁卖掉了那幅肖像?",
        "什么取代了蒸汽机车?",
    ]
    similar = encoder.encode_questions(questions) @ encoder.encode_passages(passages).T
    assert similar.argmax(axis=1).tolist() == [0, 1, 2, 3]
