"""The configurations in docs/readers.md are ones that SnapCite takes."""

import re
from pathlib import Path

import pytest

from api.settings import load_settings
from api.wiring.pipeline import build_reader
from knowledge.errors import ConfigurationError, ModelMissingError
from vlm.readers.base import LookingReader

DOC = (Path(__file__).parents[2] / "docs" / "readers.md").read_text(encoding="utf-8")
TINY = Path(__file__).parents[2] / "data" / "models" / "tiny-qwen3-vl"
SECTIONS = {
    section.splitlines()[0]: dict(line.split("=", 1) for line in block.split())
    for section in re.split(r"^##+ ", DOC, flags=re.MULTILINE)
    for block in re.findall(r"```dotenv\n(.*?)```", section, re.DOTALL)
}


def test_every_known_server_has_its_configuration():
    assert set(SECTIONS) == {
        "qwen3-vl: in this process",
        "vLLM",
        "SGLang",
        "transformers serve",
        "Ollama",
        "llama.cpp server",
        "DashScope",
        "LM Studio",
        "Azure OpenAI, OpenRouter",
    }


@pytest.mark.parametrize("name", SECTIONS)
def test_a_configuration_makes_its_reader(name, monkeypatch):
    for variable, value in SECTIONS[name].items():
        monkeypatch.setenv(variable, value)
    if SECTIONS[name]["SNAPCITE_READER"] == "qwen3-vl":  # its files have to be here
        monkeypatch.setenv("SNAPCITE_READER_MODEL", str(TINY))
    settings = load_settings()
    known = {f"SNAPCITE_{field.upper()}" for field in type(settings).model_fields}
    assert set(SECTIONS[name]) <= known
    reader = build_reader(settings)
    assert isinstance(reader, LookingReader)
    assert reader.name == SECTIONS[name]["SNAPCITE_READER"]
    assert reader.photo_side == 1619


def test_a_model_that_is_not_here_is_missed_before_anything_is_loaded():
    settings = load_settings(reader="qwen3-vl", reader_model="Qwen/Qwen3-VL-9B-Nowhere")
    with pytest.raises(ModelMissingError, match="snapcite models pull Qwen/Qwen3-VL-9B-Nowhere"):
        build_reader(settings)


def test_further_fields_of_requests_are_an_object_that_replaces_no_other_setting(monkeypatch):
    for variable, value in SECTIONS["vLLM"].items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setenv("SNAPCITE_READER_EXTRA_BODY", '{"chat_template_kwargs": {"x": false}}')
    assert isinstance(build_reader(load_settings()), LookingReader)
    monkeypatch.setenv("SNAPCITE_READER_EXTRA_BODY", '{"messages": []}')
    with pytest.raises(ConfigurationError, match="messages"):
        build_reader(load_settings())
    monkeypatch.setenv("SNAPCITE_READER_EXTRA_BODY", "[1]")
    with pytest.raises(ConfigurationError, match="SNAPCITE_READER_EXTRA_BODY"):
        load_settings()


def test_settings_in_the_text_exist():
    named = {text.removeprefix("SNAPCITE_").lower() for text in re.findall(r"SNAPCITE_\w+", DOC)}
    assert named <= set(type(load_settings()).model_fields)
