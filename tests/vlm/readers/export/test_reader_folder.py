"""Readers made of transformers' real classes, tiny and with random weights."""

import json
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from tiny_qa import MAKERS

from knowledge.errors import ConfigurationError, DiskFullError, ModelBrokenError
from vlm.readers.export import export_reader, find_transformers_model
from vlm.readers.export.comparison import LARGEST_REGRET, MEAN_ERROR, WORST_ERROR
from vlm.readers.extractive.network import Network, best_span

torch = pytest.importorskip("torch", reason="pip install -e '.[models]'")
transformers = pytest.importorskip("transformers", reason="pip install -e '.[models]'")
pytest.importorskip("onnxscript", reason="pip install -e '.[models]'")
# torch's exporter and ONNX Runtime's quantizer call parts of themselves that they deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")

ROOT = Path(__file__).resolve().parents[4]
POSITIONS = 64
ASKED = (
    ("When was the bridge opened?", "Opened in 1864, it was rebuilt twice; naïve “quotes” too."),
    ("这座桥是什么时候建成的？", "石桥长121米，建于1864年。\n作者：王小亭"),
    ("When?", "Who painted it in 1874? " * 40),
    ("Who?", "x"),
)


def theirs(folder, question, text):
    """Offsets and logits of a text's tokens and of the first one, by transformers alone."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForQuestionAnswering.from_pretrained(folder).eval()
    fed = tokenizer(
        question,
        text,
        truncation="only_second",
        max_length=POSITIONS,
        return_offsets_mapping=True,
        return_tensors="pt",
    )
    offsets = fed.pop("offset_mapping")[0].numpy()
    parts = [part == 1 for part in fed.sequence_ids(0)]
    with torch.no_grad():
        out = model(**fed)
    starts, ends = out.start_logits[0].numpy(), out.end_logits[0].numpy()
    inside = np.array(parts) & (offsets[:, 1] > 0)  # SentencePiece begins texts with an empty mark
    return offsets[inside], starts[inside], ends[inside], float(starts[0] + ends[0])


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Name of a maker → the folder of its model, made once."""
    return cache(lambda name: MAKERS[name](tmp_path_factory.mktemp("qa") / name))


@pytest.fixture(scope="module")
def exported(models):
    """Name of a maker, precision → the report of its export, made once; only to be read."""
    return cache(
        lambda name, precision: export_reader(
            name, models(name), models(name).parent / precision, precision=precision
        )
    )


@pytest.fixture(scope="module", params=list(MAKERS))
def model(request, models):
    return models(request.param)


@pytest.fixture(scope="module")
def bert(models):
    return models("bert")


def test_a_float_export_gives_the_logits_of_transformers(model, exported):
    report = exported(model.name, "fp32")
    network = Network(report.folder)
    assert network.card.positions == report.positions == POSITIONS
    for question, text in ASKED:
        offsets, starts, ends, nothing = theirs(model, question, text)
        scores = network.read(question, text)
        np.testing.assert_array_equal(scores.offsets, offsets)
        np.testing.assert_allclose(scores.starts, starts, atol=1e-4)
        np.testing.assert_allclose(scores.ends, ends, atol=1e-4)
        assert scores.nothing == pytest.approx(nothing, abs=1e-4)
    long = network.read("When? " * 100, "Who painted it in 1874? " * 40)
    assert np.isfinite(long.starts).all()
    assert len(long.starts) >= POSITIONS // 2 - 4
    assert report.same_spans == report.pairs
    assert report.errors[1] <= WORST_ERROR["fp32"]


def test_an_int8_export_is_as_near_as_its_report_says(model, exported):
    report = exported(model.name, "int8")
    assert report.errors[0] <= MEAN_ERROR["int8"]
    assert report.errors[1] <= WORST_ERROR["int8"]
    assert report.bytes == sum(path.stat().st_size for path in report.folder.iterdir())
    network = Network(report.folder)
    for question, text in (ASKED[0], ASKED[1]):
        offsets, starts, ends, nothing = theirs(model, question, text)
        scores = network.read(question, text)
        np.testing.assert_array_equal(scores.offsets, offsets)
        off = np.concatenate([scores.starts - starts, scores.ends - ends])
        spread = (starts.std() + ends.std()) / 2
        assert np.sqrt(np.mean(off**2)) <= 1.5 * WORST_ERROR["int8"] * spread
        assert abs(scores.nothing - nothing) <= 4 * WORST_ERROR["int8"] * spread
        first, last = best_span(scores.starts, scores.ends)
        own = best_span(starts, ends)
        assert starts[own[0]] + ends[own[1]] - starts[first] - ends[last] <= LARGEST_REGRET


def test_words_and_matrices_are_int8(bert, exported):
    import onnx

    report = exported("bert", "int8")
    weights = {
        tuple(item.dims): item.data_type
        for item in onnx.load(report.folder / "reader.onnx").graph.initializer
    }
    words = len(transformers.AutoTokenizer.from_pretrained(bert))
    assert weights[(words, 32)] == onnx.TensorProto.INT8
    assert weights[(32, 64)] == onnx.TensorProto.INT8


def test_an_export_needs_no_pytorch(exported):
    report = exported("bert", "fp32")
    code = (
        "import sys; from pathlib import Path;"
        "from vlm.readers.extractive import load_network;"
        "load_network(Path(sys.argv[1])).read('When?', 'In 1912.');"
        "sys.exit(bool({'torch', 'transformers', 'onnx'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code, str(report.folder)]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def test_weights_that_do_not_fit_into_one_file_lie_beside_it(bert, exported, tmp_path):
    whole = exported("bert", "fp32")
    parted = export_reader("bert", bert, tmp_path / "parted", precision="fp32", one_file=10_000)
    weights = parted.folder / "reader.onnx.data"
    assert weights.stat().st_size > 10_000
    ours, same = (Network(each.folder).read(*ASKED[0]) for each in (parted, whole))
    np.testing.assert_allclose(ours.starts, same.starts, atol=1e-6)
    copy = shutil.copytree(parted.folder, tmp_path / "copy")
    with (copy / weights.name).open("r+b") as file:
        file.write(b"another")
    assert Network(copy).fingerprint != Network(parted.folder).fingerprint
    weights.unlink()
    with pytest.raises(ModelBrokenError, match=r"reader\.onnx"):
        Network(parted.folder).load()


def test_the_card_says_how_it_was_made(bert, tmp_path):
    report = export_reader("somebody/bert-squad2", bert, tmp_path / "out")
    card = json.loads((tmp_path / "out" / "reader.json").read_text())
    assert card["name"] == report.name == "somebody/bert-squad2@onnx-int8"
    assert card["languages"] == ["en", "zh"]
    assert card["nulls"] is report.nulls is True
    assert card["measured"]["same_spans"] == report.same_spans
    assert report.nothing_answers is not None
    assert report.nothing_answers[0] == 3


def test_a_model_of_squad_1_is_taken_with_a_note(bert, tmp_path):
    older = shutil.copytree(bert, tmp_path / "bert")
    (older / "README.md").write_text("---\nlanguage: en\ndatasets: squad\n---\n")
    report = export_reader("bert", older, tmp_path / "out", precision="fp32")
    assert (report.nulls, report.nothing_answers, report.languages) == (False, None, ("en",))
    assert "note" in json.loads((tmp_path / "out" / "reader.json").read_text())
    scores = Network(tmp_path / "out").read(*ASKED[0])
    assert scores.nothing != pytest.approx(theirs(bert, *ASKED[0])[3], abs=1e-3)
    told = export_reader("bert", older, tmp_path / "told", precision="fp32", nulls=True)
    assert told.nulls
    assert Network(tmp_path / "told").read(*ASKED[0]).nothing == pytest.approx(
        theirs(bert, *ASKED[0])[3], abs=1e-4
    )


def test_the_languages_must_be_known(bert, tmp_path):
    nameless = shutil.copytree(bert, tmp_path / "bert")
    (nameless / "README.md").unlink()
    with pytest.raises(ConfigurationError, match="--languages"):
        export_reader("bert", nameless, tmp_path / "out")
    report = export_reader(
        "bert", nameless, tmp_path / "out", precision="fp32", languages=("de", "nl")
    )
    assert Network(report.folder).card.languages == ("de", "nl")
    assert report.nulls is False  # nothing says that it knows them


def test_what_has_not_learned_to_answer_is_refused(bert, tmp_path):
    from transformers import AutoTokenizer, BertConfig, BertForMaskedLM, ViTConfig, ViTModel

    sizes = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    headless = tmp_path / "headless"
    BertForMaskedLM(BertConfig(**sizes)).save_pretrained(headless)
    AutoTokenizer.from_pretrained(bert).save_pretrained(headless)
    with pytest.raises(ConfigurationError, match=r"not learned.*qa_outputs"):
        export_reader("headless", headless, tmp_path / "out", languages=("en",))
    ViTModel(ViTConfig(**sizes, image_size=32)).save_pretrained(tmp_path / "vit")
    with pytest.raises(ConfigurationError, match="extractive question answering"):
        export_reader("vit", tmp_path / "vit", tmp_path / "out", languages=("en",))
    assert not (tmp_path / "out").exists()


def test_a_model_that_cannot_be_loaded_leaves_nothing_behind(bert, tmp_path):
    broken = shutil.copytree(bert, tmp_path / "broken")
    weights = broken / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-50])
    with pytest.raises(ModelBrokenError, match="cannot be loaded"):
        export_reader("broken", broken, tmp_path / "models" / "out")
    assert not (tmp_path / "models").exists()


def spoil(folder):
    """One channel of a layer is thousands of times the others, as in large models."""
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    layer = "bert.encoder.layer.0."
    weights[layer + "intermediate.dense.bias"][0] = 5_000.0
    weights[layer + "output.dense.weight"][:, 0] = 0
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def test_a_layer_that_int8_spoils_is_kept_in_float(bert, tmp_path):
    spoilt = spoil(shutil.copytree(bert, tmp_path / "spoilt"))
    report = export_reader("spoilt", spoilt, tmp_path / "out")
    assert len(report.kept_float) >= 1
    assert report.errors[0] <= MEAN_ERROR["int8"]
    card = json.loads((tmp_path / "out" / "reader.json").read_text())
    assert card["measured"]["kept_float"] == report.kept_float


def test_an_export_that_parts_from_its_model_is_refused(bert, tmp_path):
    from safetensors.torch import load_file, save_file

    wild = shutil.copytree(bert, tmp_path / "wild")
    weights = load_file(wild / "model.safetensors")
    for name, values in weights.items():  # every layer has a channel that drowns the others
        if name.endswith("LayerNorm.weight"):
            values[0] = 3_000.0
        if name.endswith("weight") and "dense" in name and values.dim() == 2:
            values[:, 0] = 0
        if ("query" in name or "key" in name or "value" in name) and values.dim() == 2:
            values[:, 0] = 0
    weights["qa_outputs.weight"][:, 0] = 0
    save_file(weights, wild / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelBrokenError, match=r"parts from the model.*--precision fp32"):
        export_reader("wild", wild, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_is_there_already_is_left_alone(bert):
    with pytest.raises(ConfigurationError, match="not empty"):
        export_reader("bert", bert, bert)


def test_an_export_that_cannot_be_written(bert, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises((DiskFullError, ConfigurationError), match="file"):
        export_reader("bert", bert, tmp_path / "file", precision="fp32")


def test_models_are_found_by_path_by_name_and_in_the_cache(bert, tmp_path, monkeypatch):
    own = bert.parent
    assert find_transformers_model("bert", own_root=own) == bert
    assert find_transformers_model(str(bert), own_root=tmp_path) == bert
    assert find_transformers_model("ViT-B-32/openai", own_root=tmp_path) is None
    clip = shutil.copytree(bert, tmp_path / "clip")
    (clip / "open_clip_config.json").write_text("{}")
    assert find_transformers_model(str(clip), own_root=tmp_path) is None


def test_a_repository_of_the_cache_is_found(bert, tmp_path):
    commit = "0" * 40
    repository = tmp_path / "models--somebody--bert-squad2"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text(commit)
    folder = shutil.copytree(bert, repository / "snapshots" / commit)
    code = (
        "from pathlib import Path; from vlm.readers.export import find_transformers_model;"
        "print(*(find_transformers_model(name, own_root=Path('none'))"
        " for name in ('somebody/bert-squad2', 'a/b')))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"HF_HUB_CACHE": str(tmp_path), "PATH": "", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.split() == [str(folder), "None"]


def test_roberta_counts_positions_from_behind_its_padding(models, exported):
    config = json.loads((models("roberta") / "config.json").read_text())
    assert config["max_position_embeddings"] == 66
    report = exported("roberta", "fp32")
    assert report.positions == 64
    scores = Network(report.folder).read("Who?", "1874 " * 500)
    assert np.isfinite(scores.starts).all()
