"""`snapcite push` and `snapcite backup` as a person runs them."""

import json
from pathlib import Path

import pytest
from command_line import run_snapcite


@pytest.fixture(scope="module")
def lost(lost_buildings) -> Path:
    """An index of the lost buildings."""
    return lost_buildings


def found(index: Path) -> list[str]:
    result = run_snapcite("search", "--json", "--index", index, "Singer Building")
    assert result.returncode == 0, result.stderr
    return [item["document_id"] for item in json.loads(result.stdout)["evidence"]]


def test_pushed_it_is_found_alike_and_pushed_again_nothing_is_sent(lost, tmp_path):
    first = run_snapcite("push", "--index", lost, tmp_path / "there", "--json")
    again = run_snapcite("push", "--index", lost, tmp_path / "there", "--json")

    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout)["sent"] == json.loads(first.stdout)["total"] > 0
    assert json.loads(again.stdout)["sent"] == 0
    assert "points verified" in again.stderr
    assert found(tmp_path / "there") == found(lost)


def test_pushed_onto_itself_or_from_nowhere_it_says_so(lost, tmp_path):
    onto_itself = run_snapcite("push", "--index", lost, lost)
    from_nowhere = run_snapcite("push", "--index", tmp_path / "none", tmp_path / "there")

    for result, says in ((onto_itself, "is the index itself"), (from_nowhere, "snapcite index")):
        assert result.returncode == 1
        assert result.stderr.startswith("error: ")
        assert says in result.stderr
    assert not (tmp_path / "there").exists()


def test_a_backup_is_used_as_an_index(lost, tmp_path):
    made = run_snapcite("backup", "--index", lost, tmp_path / "monday", "--json")

    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["bytes"] > 0
    assert found(tmp_path / "monday") == found(lost)
    assert run_snapcite("backup", "--index", lost, tmp_path / "monday").returncode == 1
