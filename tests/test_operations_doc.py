"""docs/operations.md speaks of settings, metrics and commands that there are."""

import re
from pathlib import Path

from exported_metrics import exported, families  # noqa: F401 - a fixture

from api.cli import app
from api.settings import Settings

DOC = (Path(__file__).parents[1] / "docs" / "operations.md").read_text(encoding="utf-8")


def test_every_setting_that_is_named_exists():
    known = {f"SNAPCITE_{name.upper()}" for name in Settings.model_fields}
    known |= {"SNAPCITE_SECRETS_DIR", "SNAPCITE_HOST", "SNAPCITE_PORT", "SNAPCITE_TEST_QDRANT_URL"}
    assert set(re.findall(r"SNAPCITE_[A-Z_]+", DOC)) <= known


def test_every_command_that_is_named_exists():
    commands = {command.name for command in app.registered_commands}
    commands |= {group.typer_instance.info.name for group in app.registered_groups}
    assert set(re.findall(r"\bsnapcite ([a-z]+)", DOC)) <= commands


def test_the_table_of_metrics_is_complete(exported):  # noqa: F811
    table = DOC[DOC.index("## Metrics") : DOC.index("## Logs")]
    told: set[str] = set()
    for first, rest in re.findall(r"^\| `(snapcite_\w+)`([^|]*)\|", table, re.MULTILINE):
        told.add(first)
        for more in re.findall(r"`(\w+)`", rest):
            prefix = first.rpartition("_")[0]
            told.add(more if more.startswith("snapcite_") else prefix + more)
    assert told == families(exported)
