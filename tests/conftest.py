"""Fixtures that several rooms' tests share."""

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from support import TinyEncoder, encoded, photo

from indexer.run import fingerprint_of, index_corpus
from knowledge.corpus import Corpus
from knowledge.documents import Document, Photo, Problem
from knowledge.index import Index, open_index
from knowledge.photos import hash_photo

STATION = (
    "The Old Station was opened in 1912. It was built by the railway company. "
    "The Old Station was demolished in 1992. A shopping centre stands in its place today."
)
TOWER = (
    "The Clock Tower was completed in 1889. The Clock Tower still stands. "
    "Today it is used as a museum."
)
GATE = "永安门建于1436年。永安门于1957年被拆除。今天原址是一个广场。"


@pytest.fixture(scope="module")
def encoder() -> TinyEncoder:
    return TinyEncoder()


@pytest.fixture
def documents(tmp_path: Path) -> list[Document]:
    """Three subjects with their photos below `tmp_path/corpus`."""
    return make_documents(tmp_path / "corpus")


def make_documents(root: Path) -> list[Document]:
    """Three subjects; below `root` the photos of two of them: photo(1) and photo(2)."""
    (root / "photos").mkdir(parents=True)
    for seed, name in ((1, "station"), (2, "tower")):
        (root / "photos" / f"{name}.jpg").write_bytes(encoded(photo(seed, size=(320, 240))))

    def photos(name: str) -> tuple[Photo, ...]:
        path = f"photos/{name}.jpg"
        return (Photo(path, hash_photo(root, path)),)

    common = {"corpus": "corpus", "source": "City archive"}
    return [
        Document(id="old_station", title="Old Station", text=STATION, language="en",
                 aliases=("Central Terminus", "老车站"), photos=photos("station"),
                 tags=("railway",), **common),
        Document(id="clock_tower", title="Clock Tower", text=TOWER, language="en",
                 photos=photos("tower"), tags=("tower",), **common),
        Document(id="yongan_gate", title="永安门", text=GATE, language="zh",
                 aliases=("Yong'an Gate",), **common),
    ]  # fmt: skip


@pytest.fixture
def logging_restored() -> Iterator[None]:
    """For tests that configure the process's logging: afterwards it is as it was."""
    names = ("api", "indexer", "knowledge", "search", "vlm", "uvicorn")
    loggers = [logging.getLogger(), *map(logging.getLogger, names)]
    before = [(logger, logger.level, list(logger.handlers)) for logger in loggers]
    yield
    logging.captureWarnings(False)
    for logger, level, handlers in before:
        logger.setLevel(level)
        logger.handlers[:] = handlers


def corpus_of(items: Sequence[Document | Problem], root: Path) -> Corpus:
    """A corpus called `corpus` of given items, whose photos lie below `root`."""
    return Corpus("corpus", root, root, len(items), "folder", lambda: iter(items))


@pytest.fixture
def empty_index(tmp_path: Path, encoder: TinyEncoder) -> Iterator[Index]:
    """An index of a test's own, to be written to."""
    with open_index(str(tmp_path / "index"), fingerprint_of(encoder), create=True) as index:
        yield index


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, encoder: TinyEncoder) -> Iterator[Index]:
    """An index that holds the three subjects, shared by a file's tests: only to be read."""
    root = tmp_path_factory.mktemp("shared")
    documents = make_documents(root / "corpus")
    with open_index(str(root / "index"), fingerprint_of(encoder), create=True) as index:
        index_corpus(corpus_of(documents, root / "corpus"), index, encoder)
        yield index
