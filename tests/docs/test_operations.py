"""docs/operations.md names the metrics and the loggers that there are."""

import importlib
import logging
import re
from pathlib import Path

from exported_metrics import exported, families  # noqa: F401 - a fixture

DOC = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """The text below a heading, up to the next heading of its kind."""
    return DOC.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_the_table_of_metrics_is_complete(exported):  # noqa: F811
    named: set[str] = set()
    for first, rest in re.findall(
        r"^\| `(snapcite_\w+)`([^|]*)\|", section("Metrics"), re.MULTILINE
    ):
        named.add(first)
        for more in re.findall(r"`(\w+)`", rest):
            prefix = first.rpartition("_")[0]
            named.add(more if more.startswith("snapcite_") else prefix + more)
    assert named == families(exported)


def test_metrics_that_are_named_elsewhere_exist(exported):  # noqa: F811
    named = set(re.findall(r"\bsnapcite_(?!qdrant|redis|keys)\w+", DOC))
    assert named <= families(exported)


def test_loggers_that_are_named_log():
    rows = re.findall(r"^\| `([\w.]+)` \|([^|]*)\|", section("Logs"), re.MULTILINE)
    assert rows
    for name, _ in rows:
        logger = importlib.import_module(name).logger
        assert logger is logging.getLogger(name)


def test_fields_of_log_lines_that_are_named_are_written():
    from api.watching.logs import FIELDS

    rows = re.findall(r"^\| `api[\w.]+` \|([^|]*)\|", section("Logs"), re.MULTILINE)
    named = {field for row in rows for field in re.findall(r"`(\w+)`", row)}
    assert named | {"question"} == set(FIELDS)
