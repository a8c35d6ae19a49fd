"""`snapcite models`, and which encoder opens an index, as a person meets them."""

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image
from tiny_reader import write_reader
from typer.testing import CliRunner

from api.cli import app
from api.settings import load_settings
from api.wiring.pipeline import build_encoder, build_index, build_reader, encoder_hint
from knowledge.errors import (
    ConfigurationError,
    IndexMismatchError,
    ModelBrokenError,
    ModelMissingError,
)
from vlm.models import KNOWN

STARTER = Path(__file__).resolve().parents[3] / "data/models/starter"


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A folder for encoders of one's own, with no encoder named and no index yet."""
    monkeypatch.delenv("SNAPCITE_ENCODER", raising=False)
    monkeypatch.setenv("SNAPCITE_ENCODERS", str(tmp_path / "models"))
    monkeypatch.setenv("SNAPCITE_INDEX", str(tmp_path / "index"))
    return tmp_path / "models"


def renamed(folder, name):
    """The starter under another name: another encoder, as far as an index can tell."""
    shutil.copytree(STARTER, folder)
    card = json.loads((folder / "card.json").read_text())
    (folder / "card.json").write_text(json.dumps(card | {"name": name}))


def listed():
    result = CliRunner().invoke(app, ["models", "list", "--json"])
    assert result.exit_code == 0, result.output
    return {item["name"]: item for item in json.loads(result.stdout)}


def test_the_list_shows_what_each_is_for(own):
    starter = listed()["starter"]
    assert starter["kind"] == "bundled"
    assert starter["languages"] == ["en"]
    assert starter["bytes"] > 30e6
    assert starter["measured"]
    assert "any CPU" in starter["purpose"]
    assert "starter" in CliRunner().invoke(app, ["models", "list"]).stdout


def test_a_broken_one_is_listed_with_what_is_wrong(own):
    renamed(own / "mine", "mine")
    (own / "mine" / "image.onnx").unlink()
    assert "image.onnx" in listed()["mine"]["problem"]


ODD = (None, "", "words", 3, -1, [], [1, "a"], {}, {"mean": "x"}, {"photo_cosine": 3}, True)


def test_an_odd_card_is_one_line_and_breaks_nothing(own, monkeypatch):
    for number, value in enumerate(ODD):
        for key in ("measured", "purpose", "languages", "dim", "name"):
            folder = own / f"{key}-{number}"
            folder.mkdir(parents=True)
            for file in STARTER.iterdir():
                (folder / file.name).symlink_to(file)
            (folder / "card.json").unlink()
            card = json.loads((STARTER / "card.json").read_text())
            (folder / "card.json").write_text(json.dumps(card | {key: value}))
    monkeypatch.setattr("vlm.encoders.onnx._fingerprint", lambda folder, card: "same")
    monkeypatch.setattr("vlm.encoders.onnx._read_tokenizer", lambda path: None)
    found = listed()
    assert "measured is" in found["measured-2"]["problem"]
    assert "purpose is" in found["purpose-3"]["problem"]
    assert "dim" in found["dim-2"]["problem"]
    assert "problem" not in found["measured-8"]
    lines = CliRunner().invoke(app, ["models", "list"]).stdout.splitlines()
    assert sum(line.startswith("measured-2 ") for line in lines) == 1


def test_a_name_is_never_cut(own, monkeypatch):
    name = "a-long-name-" * 8 + "end"
    renamed(own / name, name)
    monkeypatch.setenv("COLUMNS", "40")
    shown = CliRunner().invoke(app, ["models", "list"]).stdout.splitlines()
    assert any(line.startswith(name + " ") for line in shown)
    for known in KNOWN:
        assert any(line.startswith(known.name + " ") for line in shown)


def test_the_index_decides_which_encoder_opens_it(own):
    renamed(own / "folder", "elder@onnx-int8")
    named = load_settings(encoder="folder")
    build_index(named, build_encoder(named), create=True).close()
    renamed(own / "better-siglip2", "better")

    settings = load_settings()
    encoder = build_encoder(settings)
    assert encoder.card.name == "elder@onnx-int8"
    build_index(settings, encoder).close()

    other = load_settings(encoder="better-siglip2")
    better = build_encoder(other)
    with pytest.raises(IndexMismatchError, match="elder@onnx-int8"):
        build_index(other, better)
    shutil.rmtree(own / "folder")
    with pytest.raises(ModelMissingError, match=r"was made with the encoder 'elder@onnx-int8'"):
        build_encoder(settings)


def test_without_an_index_the_best_that_is_here(own, monkeypatch):
    renamed(own / "better-siglip2", "better")
    assert build_encoder(load_settings()).card.name == "better"
    monkeypatch.setenv("SNAPCITE_ENCODER", "starter")
    assert build_encoder(load_settings()).card.name == "starter"


def test_the_hint_is_given_where_the_starter_stands_in(own):
    encoder = build_encoder(load_settings(encoder="starter"))
    hint = encoder_hint(load_settings(), encoder)
    assert hint is not None
    assert "Chinese" in hint
    assert encoder_hint(load_settings(encoder="starter"), encoder) is None


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_export_then_use_by_name(own, tmp_path):
    pytest.importorskip("open_clip", reason="pip install -e '.[models]'")
    from tiny_clip import make_clip

    make_clip(tmp_path / "tiny")
    photos = tmp_path / "photos"
    photos.mkdir()
    for name in ("charminar", "taj_mahal"):
        shutil.copy(STARTER.parents[1] / f"landmarks/photos/{name}.webp", photos)
    arguments = ["models", "export", str(tmp_path / "tiny"), "--int8", "--photos", str(photos)]
    result = CliRunner().invoke(app, [*arguments, "--json"])
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert report["photo_cosines"][0] >= 0.99
    assert listed()["tiny--int8"]["purpose"] == "tiny on a CPU, without PyTorch"
    encoder = build_encoder(load_settings(encoder="tiny--int8"))
    assert encoder.encode_images([Image.new("RGB", (9, 9))]).shape == (1, 24)
    again = CliRunner().invoke(app, arguments)
    assert isinstance(again.exception, ConfigurationError)


def test_what_cannot_be_exported(own, tmp_path):
    for arguments, says in (
        (["starter"], "not an open_clip model, and no question-answering model"),
        ([str(STARTER)], "not an open_clip model, and no question-answering model"),
    ):
        result = CliRunner().invoke(app, ["models", "export", *arguments])
        assert isinstance(result.exception, ConfigurationError)
        assert says in str(result.exception)


def test_readers_are_listed(own):
    write_reader(own / "large", languages=["en", "zh"])
    write_reader(own / "broken")
    (own / "broken" / "reader.json").write_text("{")
    shown = listed()
    assert shown["large"]["languages"] == ["en", "zh"]
    assert (shown["large"]["kind"], shown["large"]["purpose"]) == ("your own", "reader extractive")
    assert shown["large"]["bytes"] > 0
    assert "reader.json" in shown["broken"]["problem"]
    assert "large" in CliRunner().invoke(app, ["models", "list"]).stdout


def test_a_reader_is_chosen_by_folder_by_card_or_by_path(own, tmp_path, monkeypatch):
    monkeypatch.delenv("SNAPCITE_READER_MODEL", raising=False)
    write_reader(own / "large", name="somebody/large@onnx-int8")
    elsewhere = write_reader(tmp_path / "elsewhere", name="other")
    assert build_reader(load_settings()).name == "extractive"
    assert build_reader(load_settings(reader_model="")).name == "extractive"
    for given, name in (
        ({"reader_model": "large"}, "somebody/large@onnx-int8"),
        ({"reader_model": "somebody/large@onnx-int8"}, "somebody/large@onnx-int8"),
        ({"reader": "extractive:large"}, "somebody/large@onnx-int8"),
        ({"reader": "extractive:large", "reader_model": "other"}, "somebody/large@onnx-int8"),
        ({"reader_model": str(elsewhere)}, "other"),
    ):
        reader = build_reader(load_settings(**given))
        assert reader.name == f"extractive:{name}"
        assert reader.network.card.name == name
    monkeypatch.setenv("SNAPCITE_READER_MODEL", "large")
    again = build_reader(load_settings())
    assert build_reader(load_settings(reader=again.name)).network is again.network


def test_a_reader_that_is_not_here_or_broken(own):
    write_reader(own / "large")
    with pytest.raises(ModelMissingError, match=r"'missing'.*large"):
        build_reader(load_settings(reader_model="missing"))
    (own / "large" / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelBrokenError, match=r"tokenizer\.json"):
        build_reader(load_settings(reader_model="large"))
    for name in ("oracle", "qwen3-vl:8b", "openai:x"):
        with pytest.raises(ConfigurationError, match="the readers are"):
            build_reader(load_settings(reader=name))


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_export_a_reader_then_use_it_by_name(own, tmp_path):
    pytest.importorskip("onnxscript", reason="pip install -e '.[models]'")
    from tiny_qa import make_bert

    folder = make_bert(tmp_path / "bert-squad2")
    arguments = ["models", "export", str(folder), "--languages", "en, de"]
    result = CliRunner().invoke(app, [*arguments, "--precision", "fp32"])
    assert result.exit_code == 0, result.output
    assert "the same span in 8" in result.stdout
    assert "--reader-model bert-squad2--fp32" in result.stdout
    assert listed()["bert-squad2--fp32"]["languages"] == ["en", "de"]
    reader = build_reader(load_settings(reader_model="bert-squad2--fp32"))
    assert reader.name == "extractive:bert-squad2@onnx-fp32"
    result = CliRunner().invoke(app, [*arguments, "--no-nulls", "--json"])
    report = json.loads(result.stdout)
    assert (report["nulls"], report["folder"]) == (False, str(own / "bert-squad2--int8"))
    assert report["bytes"] < listed()["bert-squad2--fp32"]["bytes"]
    both = CliRunner().invoke(app, [*arguments, "--int8", "--precision", "fp32"])
    assert isinstance(both.exception, ConfigurationError)
