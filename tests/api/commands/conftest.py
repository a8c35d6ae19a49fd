"""Indexes of whole corpora, which several files' tests begin with: made once for each worker."""

import shutil
from pathlib import Path

import pytest
from command_line import run_snapcite

DATA = Path(__file__).resolve().parents[3] / "data"


@pytest.fixture(scope="session")
def made_landmarks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the landmarks: only to be copied."""
    return _made(tmp_path_factory, "landmarks")


@pytest.fixture(scope="session")
def made_lost_buildings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the lost buildings: only to be copied."""
    return _made(tmp_path_factory, "lost_buildings")


@pytest.fixture(scope="module")
def landmarks(made_landmarks: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the landmarks, a file's own."""
    return shutil.copytree(made_landmarks, tmp_path_factory.mktemp("landmarks") / "index")


@pytest.fixture(scope="module")
def lost_buildings(made_lost_buildings: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the lost buildings, a file's own."""
    return shutil.copytree(made_lost_buildings, tmp_path_factory.mktemp("lost") / "index")


def _made(tmp_path_factory: pytest.TempPathFactory, corpus: str) -> Path:
    index = tmp_path_factory.mktemp(corpus) / "index"
    unset = dict.fromkeys(("SNAPCITE_ENCODER", "SNAPCITE_READER", "SNAPCITE_INDEX"))
    made = run_snapcite("index", "--index", index, DATA / corpus, env=unset)
    assert made.returncode == 0, made.stderr
    return index
