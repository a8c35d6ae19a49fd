"""The question-answering network: scores of a pair, its folder's faults, and the bundled one."""

import json
import math
import shutil
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from tiny_reader import SCORES, write_reader

from knowledge.errors import ModelBrokenError, ModelMissingError
from vlm.readers.extractive.network import BUNDLED, Network, best_span, load_network

TEXT = "built in 1912 demolished in 1992"
KIND = 100.0
"""What the table adds to each token of a text."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_reader(tmp_path_factory.mktemp("reader"))


def test_each_token_of_the_text_gets_its_scores(folder):
    scores = Network(folder).read("when built ?", TEXT)
    starts, ends = zip(*(SCORES[word] for word in TEXT.split()), strict=True)
    np.testing.assert_array_equal(scores.starts, np.float32(starts) + KIND)
    np.testing.assert_array_equal(scores.ends, np.float32(ends) + KIND)
    assert [TEXT[a:b] for a, b in scores.offsets] == TEXT.split()
    assert scores.nothing == sum(SCORES["[CLS]"])
    assert scores.answerable is scores.statuses is scores.verdicts is None


def test_a_heading_is_read_and_cannot_answer(folder):
    network = Network(folder)
    with_heading = network.read("when ?", TEXT, heading="built 1992")
    plain = network.read("when ?", TEXT)
    np.testing.assert_array_equal(with_heading.starts, plain.starts)
    np.testing.assert_array_equal(with_heading.offsets, plain.offsets)


def test_an_empty_text_has_no_scores(folder):
    for nulls in (True, False):
        network = Network(write_reader(folder.parent / f"empty{nulls}", nulls=nulls))
        scores = network.read("when ?", "")
        assert scores.starts.shape == scores.ends.shape == (0,)
        assert scores.offsets.shape == (0, 2)
        assert scores.nothing == (3.0 if nulls else 0.0)


@pytest.mark.parametrize("positions", [17, 20, 64])
@pytest.mark.parametrize("asked", [3, 1_000])
def test_what_is_too_long_is_cut(folder, positions, asked):
    network = Network(write_reader(folder.parent / f"short{positions}{asked}", positions=positions))
    scores = network.read("when " * asked, "1912 " * 10_000)
    of_question = min(asked, 64, positions // 2)
    assert len(scores.starts) == positions - of_question - 3
    assert set(scores.starts.tolist()) == {SCORES["1912"][0] + KIND}
    assert scores.offsets[-1].tolist() == [5 * len(scores.starts) - 5, 5 * len(scores.starts) - 1]


def test_no_more_than_64_tokens_of_a_question_are_read(folder):
    scores = Network(write_reader(folder.parent / "wide", positions=300)).read(
        "a " * 200, "b " * 500
    )
    assert len(scores.starts) == 300 - 64 - 3


def test_without_nulls_the_best_span_is_held_against_the_others(folder):
    network = Network(write_reader(folder.parent / "squad1", nulls=False))
    scores = network.read("when ?", "1912 or 1992")
    assert best_span(scores.starts, scores.ends) == (0, 0)
    best = 4.0 + 5.0
    starts = math.exp(4.0) + math.exp(0.0) + math.exp(3.5)
    ends = math.exp(5.0) + math.exp(0.0) + math.exp(4.5)
    others = math.log(starts * ends - math.exp(best)) + 2 * KIND
    assert scores.nothing == pytest.approx(others, abs=1e-4)
    alone = network.read("when ?", "1912")  # nothing else: all but a millionth
    assert alone.nothing == pytest.approx(best + 2 * KIND + math.log(1e-6), abs=1e-4)


def test_tokens_are_counted_without_special_ones_and_whole(folder):
    assert Network(folder).count_tokens("built " * 30) == 30


def test_two_threads_at_once(folder):
    network = Network(folder)
    texts = [TEXT, "in 1992 " * 9] * 40
    alone = [Network(folder).read("when ?", text).starts for text in texts[:2]] * 40
    with ThreadPoolExecutor(2) as pool:
        for scores, wanted in zip(
            pool.map(lambda text: network.read("when ?", text), texts), alone, strict=True
        ):
            np.testing.assert_array_equal(scores.starts, wanted)


@pytest.mark.parametrize("name", ["reader.json", "reader.onnx", "tokenizer.json"])
def test_a_missing_file_is_named(folder, tmp_path, name):
    shutil.copytree(folder, tmp_path / "reader")
    (tmp_path / "reader" / name).unlink()
    with pytest.raises(ModelMissingError, match=name):
        Network(tmp_path / "reader")
    with pytest.raises(ModelMissingError, match=r"tokenizer\.json"):
        Network(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("card", "says"),
    [
        ("{", "reader.json"),
        ("[]", "reader.json"),
        ('{"name": "x", "positions": 64}', "languages"),
        ('{"name": "x", "languages": [], "positions": 64}', "languages"),
        ('{"name": "x", "languages": ["en"], "positions": 16}', "positions"),
        ('{"name": "x", "languages": ["en"], "positions": 64, "nulls": "perhaps"}', "nulls"),
    ],
)
def test_a_damaged_card(folder, tmp_path, card, says):
    shutil.copytree(folder, tmp_path / "reader")
    (tmp_path / "reader" / "reader.json").write_text(card)
    with pytest.raises(ModelBrokenError, match=says):
        Network(tmp_path / "reader")


def test_a_damaged_tokenizer(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "reader")
    (tmp_path / "reader" / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelBrokenError, match=r"tokenizer\.json"):
        Network(tmp_path / "reader")


def test_a_damaged_network(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "reader")
    onnx = tmp_path / "reader" / "reader.onnx"
    onnx.write_bytes(onnx.read_bytes()[:-60])
    network = Network(tmp_path / "reader")
    for _ in range(2):
        with pytest.raises(ModelBrokenError, match=r"reader\.onnx"):
            network.read("when ?", TEXT)


def test_a_network_of_another_kind(tmp_path):
    network = Network(write_reader(tmp_path / "reader", outputs=("embedding", "other")))
    with pytest.raises(ModelBrokenError, match="start_logits"):
        network.load()


def test_a_network_with_fewer_words_than_its_tokenizer(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "reader")
    path = tmp_path / "reader" / "tokenizer.json"
    written = json.loads(path.read_text())
    written["model"]["vocab"]["beyond"] = 5_000
    path.write_text(json.dumps(written))
    with pytest.raises(ModelBrokenError, match=r"reader\.onnx"):
        Network(tmp_path / "reader").read("when ?", "beyond")


def test_the_fingerprint_is_that_of_the_files(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "same")
    other = write_reader(tmp_path / "other", name="other")
    assert Network(tmp_path / "same").fingerprint == Network(folder).fingerprint
    assert Network(other).fingerprint != Network(folder).fingerprint


def test_a_folder_is_loaded_once(folder):
    assert load_network(folder) is load_network(folder)


@pytest.mark.skipif(not BUNDLED.is_dir(), reason="the bundled reader is not here")
@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        (
            "When was the station demolished?",
            "The station was built in 1912. It was demolished in 1992.",
            "1992",
        ),
        ("车站是哪一年拆除的？", "车站建于1912年，1992年被拆除。", "1992年"),
        ("Who took the photo?", "Title: Market square\nPhotographer: Anna Weber", "Anna Weber"),
    ],
)
def test_the_bundled_reader_reads(question, text, answer):
    network = load_network()
    assert {"en", "zh"} <= set(network.card.languages)
    scores = network.read(question, text)
    first, last = best_span(scores.starts, scores.ends)
    assert answer in text[scores.offsets[first][0] : scores.offsets[last][1]]
    assert scores.starts[first] + scores.ends[last] > scores.nothing
    assert scores.statuses is not None
    assert scores.verdicts is not None
    assert scores.statuses.sum() == pytest.approx(1, abs=1e-5)
    assert scores.verdicts.sum() == pytest.approx(1, abs=1e-5)


@pytest.mark.skipif(not BUNDLED.is_dir(), reason="the bundled reader is not here")
def test_the_bundled_reader_masks_its_heading():
    text = "It was demolished in 1992."
    scores = load_network().read("When was the hall built?", text, heading="Old hall, 1912")
    assert scores.offsets.min() >= 0
    assert scores.offsets.max() == len(text)
    assert len(scores.starts) == len(scores.offsets) == load_network().count_tokens(text)
