"""`snapcite models pull` and `list` as a person meets them, with a hub on loopback."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hub_double import hub_double
from huggingface_hub import constants
from typer.testing import CliRunner

from api.cli import app
from api.commands.hub_models import describe_known
from api.settings import load_settings
from knowledge.errors import ConfigurationError, DiskFullError, ModelMissingError
from vlm.models import Gpu, Machine, TorchBuild

REPOSITORY = Path(__file__).resolve().parents[3]
NAME = "lab/eye"
FILES = {"config.json": b"{}", "model.safetensors": b"w" * 5_000}


@pytest.fixture
def hub(tmp_path, monkeypatch):
    for variable in ("SNAPCITE_ENCODER", "SNAPCITE_READER", "YES"):
        monkeypatch.delenv(variable, raising=False)
    with hub_double() as double:
        monkeypatch.setattr(constants, "ENDPOINT", double.url)
        files = double.url + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", files)
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
        monkeypatch.setenv("SNAPCITE_MODELSCOPE_URL", double.url)
        double.repositories[NAME] = dict(FILES)
        yield double


def pull(*arguments):
    return CliRunner().invoke(app, ["models", "pull", *arguments])


def test_it_says_what_it_fetches_and_asks(hub, tmp_path):
    asked = pull(NAME)
    assert isinstance(asked.exception, ConfigurationError)
    assert "Say --yes, or set YES=1" in str(asked.exception)
    assert f"{NAME}: 5.0 kB in 2 files, from huggingface" in asked.stderr
    assert "are free" in asked.stderr
    assert not hub.asked

    done = pull(NAME, "--yes", "--json")
    assert done.exit_code == 0, done.output
    (result,) = json.loads(done.stdout)
    assert result["fetched_bytes"] == 5_002
    assert (Path(result["folder"]) / "model.safetensors").read_bytes() == b"w" * 5_000
    assert "5.0 kB of 5.0 kB" in done.stderr

    again = pull(NAME)
    assert again.exit_code == 0
    assert "here already" in again.stderr


def test_a_person_agrees_by_the_environment_too(hub, monkeypatch):
    monkeypatch.setenv("YES", "1")
    assert pull(NAME).exit_code == 0


def test_into_a_folder_and_from_the_other_hub(hub, tmp_path):
    done = pull(NAME, "--to", str(tmp_path / "eye"), "--from", "modelscope", "--yes")
    assert done.exit_code == 0, done.output
    assert done.stdout.strip() == str(tmp_path / "eye")
    assert {path.name for path in (tmp_path / "eye").iterdir()} == {*FILES, ".pull"}
    two = pull(NAME, "lab/other", "--to", str(tmp_path / "x"))
    assert isinstance(two.exception, ConfigurationError)


def test_an_unknown_name(hub):
    assert isinstance(pull("lab/nobody", "--yes").exception, ModelMissingError)


def test_room_for_all_of_several_models(hub, monkeypatch):
    hub.repositories["lab/ear"] = dict(FILES)
    monkeypatch.setattr("api.commands.pull.free_bytes", lambda path: 2**28 + 8_000)
    done = pull(NAME, "lab/ear", "--yes")
    assert isinstance(done.exception, DiskFullError)
    assert "lab/ear needs" in str(done.exception)
    assert not hub.asked


def test_without_a_name_it_takes_what_the_settings_name(hub, monkeypatch):
    nothing = pull()
    assert isinstance(nothing.exception, ConfigurationError)
    assert "Name a model" in str(nothing.exception)
    monkeypatch.setenv("SNAPCITE_ENCODER", "starter")
    monkeypatch.setenv("SNAPCITE_READER", "qwen3-vl")
    monkeypatch.setenv("SNAPCITE_READER_MODEL", NAME)
    done = pull("--yes", "--json")
    assert [result["name"] for result in json.loads(done.stdout)] == [NAME]
    shown = CliRunner().invoke(app, ["models", "list", "--json"])
    cached = {item["name"]: item for item in json.loads(shown.stdout) if item["kind"] == "cache"}
    assert cached[NAME]["bytes"] == 5_002
    assert NAME in CliRunner().invoke(app, ["models", "list"]).stdout


def test_the_model_of_another_reader_is_not_taken_for_a_name_on_a_hub(hub, monkeypatch):
    monkeypatch.setenv("SNAPCITE_READER", "openai")
    monkeypatch.setenv("SNAPCITE_READER_MODEL", "qwen3-vl:8b-instruct")
    done = pull("qwen3-vl", "--yes")
    assert "qwen3-vl:8b-instruct" not in str(done.exception)


def test_what_the_hub_s_library_logs_is_shown_once(hub):
    pull(NAME, "--yes")
    assert not logging.getLogger("huggingface_hub").handlers


def test_what_would_fit_a_card():
    machine = Machine(
        (Gpu("card", 24 * 2**30, 25 * 10**9, 8.9),), "580.1", (13, 0), TorchBuild("2.15", (13, 0))
    )
    told = {item["name"]: item for item in describe_known(machine, load_settings(), here=())}
    fits = {name.removeprefix("Qwen/Qwen3-VL-"): item["fits"] for name, item in told.items()}
    assert fits["8B-Instruct"] == fits["4B-Instruct-FP8"] == "yes"
    assert fits["30B-A3B-Instruct"] == "no"
    assert fits["ViT-B-16-SigLIP2/webli"] == "yes"
    small = Machine((Gpu("card", 12 * 2**30, 12 * 10**9),), None, None, machine.torch)
    told = {item["name"]: item for item in describe_known(small, load_settings(), here=())}
    assert told["Qwen/Qwen3-VL-8B-Instruct"]["fits"] == "4bit"
    assert told["Qwen/Qwen3-VL-8B-Instruct"]["gpu_gb"] == pytest.approx(23.2, abs=0.1)
    nothing = {item["name"]: item for item in describe_known(Machine(), load_settings(), here=())}
    assert "fits" not in nothing["Qwen/Qwen3-VL-8B-Instruct"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_a_pulled_clip_indexes_without_a_network(hub, tmp_path, monkeypatch):
    pytest.importorskip("open_clip")
    from PIL import Image
    from tiny_clip import make_multilingual

    from api.wiring.pipeline import build_encoder

    made = make_multilingual(tmp_path / "made")
    tower = made / "xlm-roberta-base"
    hub.repositories["lab/clip"] = {
        path.name: path.read_bytes() for path in made.iterdir() if path.is_file()
    }
    hub.repositories["xlm-roberta-base"] = {
        path.name: path.read_bytes() for path in tower.iterdir() if path.is_file()
    }
    absent = load_settings(encoder="hf-hub:lab/clip")
    with pytest.raises(ModelMissingError, match="snapcite models pull hf-hub:lab/clip"):
        build_encoder(absent)
    assert pull("hf-hub:lab/clip", "--yes").exit_code == 0
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    encoder = build_encoder(absent)
    assert encoder.encode_images([Image.new("RGB", (9, 9))]).shape == (1, 24)
    assert encoder.encode_texts(["济南老火车站"]).shape == (1, 24)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_a_pulled_reader_loads_without_a_network(hub, monkeypatch):
    pytest.importorskip("transformers")
    from vlm.readers.qwen3_vl import QwenReader

    tiny = REPOSITORY / "data" / "models" / "tiny-qwen3-vl"
    hub.repositories["Qwen/tiny"] = {
        path.name: path.read_bytes() for path in tiny.iterdir() if path.is_file()
    }
    with pytest.raises(ModelMissingError, match="snapcite models pull Qwen/tiny"):
        QwenReader("Qwen/tiny").load()
    assert pull("Qwen/tiny", "--yes").exit_code == 0
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert QwenReader("Qwen/tiny").load().model is not None


def test_a_killed_command_is_gone_on_with(hub, tmp_path):
    weights = os.urandom(25_000_000)
    hub.repositories["lab/large"] = {"config.json": b"{}", "model.safetensors": weights}
    hub.cut["model.safetensors"] = [22_000_000] * 20
    environment = {
        **os.environ, "HF_ENDPOINT": hub.url, "HF_HOME": str(tmp_path / "home"), "YES": "1",
        "PYTHONPATH": str(REPOSITORY),
    }  # fmt: skip
    command = [
        sys.executable,
        "-c",
        "from api.cli import main; main()",
        "models",
        "pull",
        "lab/large",
    ]
    running = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    for line in running.stderr:
        if "20.0 MB of" in line or "resume" in line:
            break
    running.kill()
    running.wait(timeout=30)
    running.stderr.close()
    parts = (tmp_path / "home").rglob("*.part")
    part = max(parts, key=lambda path: path.stat().st_size)  # the small files' may be there too
    assert part.stat().st_size >= 10_000_000

    hub.cut.clear()
    hub.asked.clear()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert " left, from" in done.stderr
    ((_, asked),) = [one for one in hub.asked if one[0] == "model.safetensors"]
    assert int(asked.removeprefix("bytes=").rstrip("-")) >= 10_000_000
    (found,) = (tmp_path / "home").rglob("model.safetensors")
    assert found.read_bytes() == weights
