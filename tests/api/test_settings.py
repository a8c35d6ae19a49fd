"""Values of settings that cannot be used are refused where they are read."""

import pytest

from api.settings import LONGEST, Settings, load_settings
from knowledge.errors import ConfigurationError

SECONDS = [
    "encoder_timeout", "reranker_timeout", "reader_timeout", "request_timeout", "shutdown_delay",
    "shutdown_grace",
]  # fmt: skip


def test_all_numbers_that_need_not_be_whole_are_known_here():
    floats = {name for name, field in Settings.model_fields.items() if field.annotation is float}
    assert floats == {*SECONDS, "text_weight"}


@pytest.mark.parametrize("name", SECONDS)
@pytest.mark.parametrize("value", ["inf", "nan", "-1", "1e300"])
def test_seconds_that_no_clock_takes(name, value, monkeypatch):
    monkeypatch.setenv(f"SNAPCITE_{name.upper()}", value)
    with pytest.raises(ConfigurationError, match=f"SNAPCITE_{name.upper()}"):
        load_settings()


def test_what_is_empty_counts_as_not_set(tmp_path, monkeypatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(f"SNAPCITE_{name.upper()}", raising=False)
    monkeypatch.setenv("SNAPCITE_SECRETS_DIR", "")
    unset = load_settings()
    for name in Settings.model_fields:
        monkeypatch.setenv(f"SNAPCITE_{name.upper()}", "")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "")
    assert load_settings() == unset
    monkeypatch.setenv("SNAPCITE_READER_AT_ONCE", " ")
    monkeypatch.setenv("SNAPCITE_SECRETS_DIR", str(tmp_path))
    for name in ("snapcite_redis_url", "snapcite_reader_batch"):
        (tmp_path / name).write_text("\n")
    assert load_settings() == unset
    (tmp_path / "snapcite_qdrant_api_key").write_text("of the file")
    key = load_settings().qdrant_api_key  # the variable of that name is empty
    assert key is not None
    assert key.get_secret_value() == "of the file"


@pytest.mark.parametrize("name", SECONDS)
def test_a_week_is_taken(name):
    assert getattr(load_settings(**{name: LONGEST}), name) == 604_800
