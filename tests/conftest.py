"""Fixtures that several rooms' tests share."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sample_documents import corpus_of, make_documents
from support import TinyEncoder

from indexer.run import fingerprint_of, index_corpus
from knowledge.documents import Document
from knowledge.index.index import Index, open_index

os.environ.setdefault("SNAPCITE_OCR", "0")  # what does not test it shall not wait for it
os.environ.setdefault("SNAPCITE_OWN_QUESTIONS", "0")
# Before PyTorch is imported: where tests share the cores, a second thread mostly burns the time of
# the others while it waits for its turn (fifteen times the CPU time, measured on two busy cores).
os.environ.setdefault("OMP_NUM_THREADS", "1")

SLOW = frozenset({
    "test_corpora.py", "test_drain.py", "test_eval.py", "test_kill.py", "test_kill_updates.py",
    "test_load.py", "test_memory_bound.py", "test_page_answers.py", "test_page_real.py",
    "test_pipeline_tiny_qwen.py", "test_reader_folder.py", "test_tiny_qwen_reads.py",
    "test_tiny_world.py", "test_train_starter.py", "test_transformers_serve.py",
})  # fmt: skip
"""Files that take long for the number of their tests."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow files first: workers that take file after file then end at about the same time."""
    items.sort(key=lambda item: item.path.name not in SLOW)


@pytest.fixture(scope="module")
def encoder() -> TinyEncoder:
    return TinyEncoder()


@pytest.fixture
def documents(tmp_path: Path) -> list[Document]:
    """Three subjects with their photos below `tmp_path/corpus`."""
    return make_documents(tmp_path / "corpus")


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
