"""`snapcite eval` as a person runs it: on a few questions of the landmarks, with a report."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from command_line import run_snapcite

ROOT = Path(__file__).resolve().parents[3]
LANDMARKS = ROOT / "data" / "landmarks"
QUESTIONS = 6


def snapcite(*arguments: object) -> subprocess.CompletedProcess[str]:
    unset = {name: None for name in os.environ if name.startswith("SNAPCITE_")}
    return run_snapcite(*arguments, env=unset)


@pytest.fixture(scope="module")
def folder(landmarks) -> Path:
    """An index of the landmarks, and a test set of a few questions about them."""
    folder = landmarks.parent
    every = (LANDMARKS / "testset.jsonl").read_text(encoding="utf-8").splitlines()
    lines = every[4 : 4 * (QUESTIONS + 1) : 4]  # of several subjects, not of the first photo alone
    questions = [json.loads(line) for line in lines]
    for question in questions:
        if question["photo"]:
            question["photo"] = str(LANDMARKS / question["photo"])
    (folder / "testset.jsonl").write_text("\n".join(map(json.dumps, questions)), encoding="utf-8")
    return folder


def test_everything_is_measured_and_a_second_run_asks_nothing(folder):
    arguments = (
        "eval", folder / "testset.jsonl", "--index", folder / "index", "--json",
        "--cache", folder / "cache.jsonl", "--report", folder / "report.html",
        "--leave-one-out", "--foreign", LANDMARKS / "photos", "--foreign-count", 2,
    )  # fmt: skip
    result = snapcite(*arguments)

    assert result.returncode == 0, result.stderr
    body = json.loads(result.stdout)
    full = body["systems"]["full"]
    assert full["overall"]["questions"] == QUESTIONS
    assert full["overall"]["citation_validity"] == 1.0
    assert set(full["by_language"]) == {"en", "zh"}
    assert full["made"]["foreign"]["questions"] == 2
    low, high = full["intervals"]["answers_right"]
    assert low <= full["overall"]["answers_right"] <= high
    assert full["against_keywords"]["difference"] > 0
    assert len(body["systems"]) == 9
    assert f"{QUESTIONS}" in result.stderr  # progress, in lines: there is no terminal

    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "<svg" in page
    # One file: nothing is fetched, every picture is inside.
    assert not re.findall(r'(?:src|href)="(?!data:)[^"]*"|url\(|@import|<script|<link', page)

    kept = (folder / "cache.jsonl").read_text(encoding="utf-8")
    again = snapcite(*arguments)
    assert json.loads(again.stdout) == body
    assert (folder / "cache.jsonl").read_text(encoding="utf-8") == kept


def test_some_systems_alone_and_tables(folder):
    result = snapcite("eval", folder / "testset.jsonl", "--index", folder / "index",
                      "--cache", folder / "other.jsonl", "--system", "keywords_only")  # fmt: skip

    assert result.returncode == 0, result.stderr
    for said in ("answers right", "subject recall@1", "keywords only", "McNemar"):
        assert said in result.stdout
    assert "nearest photo" not in result.stdout


def test_a_system_that_is_not_there_is_named(folder):
    result = snapcite("eval", folder / "testset.jsonl", "--index", folder / "index",
                      "--system", "magic")  # fmt: skip
    assert result.returncode == 1
    assert "No system is called 'magic'" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_folder_without_photos_is_refused(folder, tmp_path):
    result = snapcite("eval", folder / "testset.jsonl", "--index", folder / "index",
                      "--cache", tmp_path / "c.jsonl", "--foreign", tmp_path)  # fmt: skip
    assert result.returncode == 1
    assert "holds 0 photos" in result.stderr
