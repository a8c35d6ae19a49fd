"""The places where a CLIP's files are found: real folders, and a small Hugging Face cache."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tiny_clip import make_clip, make_multilingual, make_siglip

from knowledge.errors import ModelBrokenError, ModelMissingError
from vlm.models.open_clip_files import CONFIG, find_clip, hub_repositories

pytest.importorskip("open_clip", reason="pip install -e '.[models]'")
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_clip(tmp_path_factory.mktemp("made") / "my-clip")


@pytest.fixture
def folder(made, tmp_path):
    return shutil.copytree(made, tmp_path / "my-clip")


def test_a_folder_is_called_as_it_is(folder):
    files = find_clip(str(folder))
    assert files.name == "my-clip"
    assert files.weights == folder / "open_clip_model.safetensors"
    assert files.tokenizer is None


def test_a_file_in_such_a_folder(folder):
    other = folder / "epoch_9.safetensors"
    shutil.copy(folder / "open_clip_model.safetensors", other)
    files = find_clip(str(other))
    assert (files.name, files.weights) == ("epoch_9", other)


def test_an_architecture_and_a_file(folder):
    files = find_clip(f"ViT-B-32/{folder / 'open_clip_model.safetensors'}")
    assert files.name == "ViT-B-32/open_clip_model.safetensors"
    assert files.model["embed_dim"] == 512


def test_names_that_are_no_open_clip_names():
    assert find_clip("starter") is None
    assert find_clip("nobody/nothing") is None


def test_an_unknown_checkpoint_lists_the_known():
    with pytest.raises(ModelMissingError, match=r"no checkpoint 'laion9b'.*laion2b_s34b_b79k"):
        find_clip("ViT-B-32/laion9b")


def test_a_missing_one_names_the_command_that_fetches_it():
    with pytest.raises(ModelMissingError, match=r"snapcite models pull hf-hub:timm/no-such"):
        find_clip("hf-hub:timm/no-such")


def test_what_a_name_consists_of_on_the_hub():
    large = hub_repositories("xlm-roberta-base-ViT-B-32/laion5b_s13b_b90k")
    assert large is not None
    assert large.repository == "laion/CLIP-ViT-B-32-xlm-roberta-base-laion5B-s13B-b90k"
    assert set(large.lenders) == {"xlm-roberta-base"}
    assert large.weights[0] == "open_clip_model.safetensors"
    assert hub_repositories("Qwen/Qwen3-VL-8B-Instruct") is None
    assert hub_repositories("starter") is None


def test_weights_without_a_configuration(folder):
    (folder / CONFIG).unlink()
    with pytest.raises(ModelMissingError, match=CONFIG):
        find_clip(str(folder / "open_clip_model.safetensors"))


def test_a_configuration_without_weights(folder):
    (folder / "open_clip_model.safetensors").unlink()
    with pytest.raises(ModelMissingError, match="has no weights"):
        find_clip(str(folder))


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"model_cfg": {"embed_dim": 3}}'])
def test_a_damaged_configuration(folder, text):
    (folder / CONFIG).write_text(text)
    with pytest.raises(ModelBrokenError, match=CONFIG):
        find_clip(str(folder))


def test_a_text_tower_whose_configuration_is_not_here(tmp_path):
    folder = make_multilingual(tmp_path / "many")
    shutil.rmtree(folder / "xlm-roberta-base")
    with pytest.raises(ModelMissingError, match="text tower xlm-roberta-base"):
        find_clip(str(folder))


def test_a_tokenizer_that_is_not_here(tmp_path):
    folder = make_siglip(tmp_path / "siglip")
    for path in folder.glob("token*"):
        path.unlink()
    with pytest.raises(ModelMissingError, match="tokenizer somebody/siglip-words"):
        find_clip(str(folder))


def test_the_place_of_a_folder_does_not_change_its_digest(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "elsewhere")
    assert find_clip(str(folder)).digest() == find_clip(str(copy)).digest()


def test_other_weights_or_preprocessing_do(folder):
    before = find_clip(str(folder)).digest()
    config = json.loads((folder / CONFIG).read_text())
    (folder / CONFIG).write_text(json.dumps(config | {"preprocess_cfg": {"mean": [0.5] * 3}}))
    assert find_clip(str(folder)).digest() != before
    (folder / CONFIG).write_text(json.dumps(config))
    with (folder / "open_clip_model.safetensors").open("ab") as file:
        file.write(b" ")
    assert find_clip(str(folder)).digest() != before


def cached(home: Path, repository: str, files: dict[str, bytes]) -> None:
    """A repository in the Hugging Face cache below `home`, laid out as the hub's client does."""
    folder = home / "hub" / f"models--{repository.replace('/', '--')}"
    (folder / "refs").mkdir(parents=True)
    (folder / "refs/main").write_text("abc")
    for name, data in files.items():
        path = folder / "snapshots/abc" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def in_a_fresh_process(home: Path, code: str) -> str:
    """What `code` prints with the caches below `home`; libraries read it at import."""
    done = subprocess.run(
        [sys.executable, "-c", f"from vlm.models.open_clip_files import find_clip\n{code}"],
        cwd=ROOT, check=True, capture_output=True, text=True,
        env={"HF_HOME": str(home), "HOME": str(home), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    return done.stdout


def look_up(home: Path, name: str) -> str:
    return in_a_fresh_process(
        home,
        f"files = find_clip({name!r}); print(files.weights.name, files.model.get('quick_gelu'))",
    ).strip()


def test_a_model_that_is_not_here_names_both_ways(tmp_path):
    names = ["ViT-B-32/laion2b_s34b_b79k", "ViT-B-16-SigLIP2/webli", "ViT-B-32/openai"]
    said = in_a_fresh_process(
        tmp_path,
        f"for name in {names!r}:\n"
        "    try: find_clip(name)\n"
        "    except Exception as error: print(repr(error))",
    )
    assert said.count("ModelMissingError") == said.count("path of a folder") == len(names)
    for name in names:
        assert f"snapcite models pull {name}" in said


def test_weights_in_the_hugging_face_cache(tmp_path):
    cached(tmp_path, "laion/CLIP-ViT-B-32-laion2B-s34B-b79K", {"open_clip_model.safetensors": b""})
    found = look_up(tmp_path, "ViT-B-32/laion2b_s34b_b79k")
    assert found == "open_clip_model.safetensors None"


def test_weights_that_openai_trained_keep_their_activation(tmp_path):
    cached(tmp_path, "timm/vit_base_patch32_clip_224.openai", {"open_clip_model.safetensors": b""})
    assert look_up(tmp_path, "ViT-B-32/openai") == "open_clip_model.safetensors True"
