"""Names and folders of encoders; what the bundled one does is in test_starter."""

import shutil
from pathlib import Path

import pytest

from knowledge.errors import ModelMissingError
from vlm.models.encoders import encoder_folder, list_encoders, load_encoder

MODELS = Path(__file__).resolve().parents[3] / "data/models"


def test_by_name_and_by_folder_it_is_the_same_encoder(tmp_path):
    copy = shutil.copytree(MODELS / "starter", tmp_path / "mine")
    by_name = load_encoder("starter", models_root=MODELS)
    assert by_name.card.name == "starter"
    assert load_encoder(str(copy), models_root=MODELS).card == by_name.card


def test_the_list_holds_what_has_a_card(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "card.json").write_text("{}")
    assert list_encoders(tmp_path) == ["a"]
    assert list_encoders(tmp_path / "nowhere") == []


@pytest.mark.parametrize("name", ["strater", "", "nobody/nothing"])
def test_an_unknown_name_lists_the_known(name):
    with pytest.raises(ModelMissingError, match="starter"):
        load_encoder(name, models_root=MODELS)


def test_what_was_exported_or_brought_here_has_a_name_too(tmp_path):
    own = tmp_path / "own"
    shutil.copytree(MODELS / "starter", own / "mine")
    assert load_encoder("mine", models_root=MODELS, own_root=own).card.name == "starter"
    assert encoder_folder("mine", models_root=MODELS, own_root=own) == own / "mine"
    with pytest.raises(ModelMissingError, match=r"mine"):
        load_encoder("yours", models_root=MODELS, own_root=own)


def test_a_model_in_a_cache_gets_a_place_for_its_calibration(tmp_path):
    place = encoder_folder("ViT-B-32/openai", models_root=MODELS, own_root=tmp_path)
    assert place == tmp_path / "ViT-B-32--openai"


def test_a_folder_that_is_no_encoder(tmp_path):
    with pytest.raises(ModelMissingError, match=r"lacks card\.json"):
        load_encoder(str(tmp_path), models_root=MODELS)
