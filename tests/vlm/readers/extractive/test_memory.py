"""No photo stays in memory after a question is answered."""

import gc
import importlib
import pkgutil
import weakref

import pytest
from PIL import Image

import vlm.readers.extractive
from knowledge.documents import Passage
from vlm.readers.base import Candidate, Reading
from vlm.readers.extractive import ExtractiveReader

TEXT = (
    "Jefferson Hall was a hall in Weston. It was built in 1890. In 1895, the tower was opened. "
    "The hall was demolished in 1950. The site is now used as a park. 1905年建成钟楼。"
)
QUESTIONS = (
    "When was Jefferson Hall built?",
    "Does the clock tower of Jefferson Hall still stand?",
    "杰斐逊厅什么时候被拆除?",
    "Who built this hall?",
    "What is its site used for now?",
    "In which century was it built?",
    "How many towers has it?",
    "When was the Harbour Column inaugurated?",
)


def caches() -> dict[str, int]:
    """How much each cached function of the reader holds, by name."""
    package = vlm.readers.extractive
    names = [
        module.name for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ]
    functions = {
        f"{name}.{attribute}": value
        for name in names
        for attribute, value in vars(importlib.import_module(name)).items()
        if hasattr(value, "cache_info") and value.__module__ == name
    }
    return {name: function.cache_info().currsize for name, function in functions.items()}


def read_about(number: int, language: str) -> list[weakref.ref[Image.Image]]:
    """Ask all questions about one subject; returns weak references to its photos and the asked."""
    asked, shown = Image.new("RGB", (64, 48)), Image.new("RGB", (64, 48))
    document_id = f"c/{number}-{language}"
    text = f"{TEXT} Number {number}."
    passage = Passage(document_id, 0, text, 0, len(text))
    candidate = Candidate(
        document_id, "Jefferson Hall", ("杰斐逊厅",), language, (passage,), photos=(shown,)
    )
    for question in QUESTIONS:
        for known in (False, True):
            for photos in ((), (asked,)):
                ExtractiveReader().read(Reading(question, "", photos, (candidate,), known=known))
    return [weakref.ref(asked), weakref.ref(shown)]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_photo_outlives_its_reading(language: str):
    photos = [photo for number in range(5) for photo in read_about(number, language)]
    gc.collect()

    assert [photo() for photo in photos] == [None] * 10


def test_every_cached_function_was_used():
    read_about(0, "en")
    read_about(0, "zh")
    held = caches()

    assert len(held) >= 10
    assert [name for name, size in held.items() if size == 0] == []
