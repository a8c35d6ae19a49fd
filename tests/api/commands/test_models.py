"""`snapcite models`, and which encoder opens an index, as a person meets them."""

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from api.cli import app
from api.settings import load_settings
from api.wiring.pipeline import build_encoder, build_index, encoder_hint
from knowledge.errors import ConfigurationError, IndexMismatchError, ModelMissingError

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
        (["starter"], "not an open_clip model"),
        ([str(STARTER)], "not an open_clip model"),
    ):
        result = CliRunner().invoke(app, ["models", "export", *arguments])
        assert isinstance(result.exception, ConfigurationError)
        assert says in str(result.exception)
