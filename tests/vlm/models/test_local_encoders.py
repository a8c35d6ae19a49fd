"""Names and folders of encoders, and which is taken where none is named.

What the bundled encoder does is in test_starter.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from knowledge.errors import ModelBrokenError, ModelMissingError
from vlm.models.local_encoders import (
    BUNDLED,
    best_of,
    choose_encoder,
    encoder_folder,
    list_encoders,
    load_encoder,
)

ROOT = Path(__file__).resolve().parents[3]
MODELS = ROOT / "data/models"


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


def test_a_folder_without_an_encoder_is_refused(tmp_path):
    with pytest.raises(ModelMissingError, match=r"lacks card\.json"):
        load_encoder(str(tmp_path), models_root=MODELS)


def test_a_clip_of_transformers_is_called_by_the_name_that_open_clip_has_for_it(tmp_path):
    known = open_clip_names()
    for name in ("openai/clip-vit-base-patch32", "google/siglip2-so400m-patch14-384"):
        with pytest.raises(ModelMissingError, match="as transformers packs it") as raised:
            load_encoder(name, models_root=MODELS)
        assert re.search(r"models pull ([^`]+)`", str(raised.value))[1] in known
    (tmp_path / "config.json").write_text('{"model_type": "siglip2"}')
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(ModelBrokenError, match=r"\(siglip2\).*ViT-B-16-SigLIP2/webli"):
        load_encoder(str(tmp_path), models_root=MODELS)


def open_clip_names():
    open_clip = pytest.importorskip("open_clip")
    return {f"{architecture}/{tag}" for architecture, tag in open_clip.list_pretrained()}


def test_one_of_ones_own_wins_over_the_bundled(tmp_path):
    shutil.copytree(MODELS / "starter", tmp_path / "mine")
    assert choose_encoder(models_root=MODELS, own_root=tmp_path) == "mine"


def test_many_languages_win():
    names = ["ViT-B-32--openai--int8", "xlm-roberta-base-ViT-B-32--laion5b_s13b_b90k--int8"]
    assert best_of(names) == names[1]
    assert best_of([]) is None


def in_a_fresh_process(home: Path) -> str:
    """The choice with the caches below `home`, in a new process: libraries read it at import."""
    code = (
        "from pathlib import Path; from vlm.models.local_encoders import choose_encoder;"
        f"print(choose_encoder(models_root=Path({str(MODELS)!r}), own_root=Path('nowhere')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True,
        env={"HF_HOME": str(home), "HOME": str(home), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    return done.stdout.strip()


def test_nothing_cached_the_starter(tmp_path):
    assert in_a_fresh_process(tmp_path) == BUNDLED


def test_a_cached_clip_whose_files_are_complete(tmp_path):
    pytest.importorskip("open_clip", reason="pip install -e '.[models]'")
    for repository in ("laion/CLIP-ViT-B-32-laion2B-s34B-b79K", "timm/ViT-B-16-SigLIP2"):
        folder = tmp_path / "hub" / f"models--{repository.replace('/', '--')}"
        (folder / "refs").mkdir(parents=True)
        (folder / "refs/main").write_text("abc")
        (folder / "snapshots/abc").mkdir(parents=True)
        (folder / "snapshots/abc/open_clip_model.safetensors").write_bytes(b"")
    # The SigLIP would be better, but its tokenizer is not here.
    assert in_a_fresh_process(tmp_path) == "ViT-B-32/laion2b_s34b_b79k"
