"""The metrics that the application exports, for tests of pages and dashboards that name them."""

import re
from collections.abc import Iterable

import pytest
from fastapi.testclient import TestClient
from support import encoded, photo

from api.http.app import create_app
from api.memory.results import ResultCache, Results
from api.memory.store import MemoryStore
from api.service import Service
from search.pipeline import Pipeline
from vlm.readers.extractive import ExtractiveReader

_SUFFIXES = {
    "counter": ("_total",),
    "histogram": ("_bucket", "_sum", "_count"),
    "info": ("_info",),
    "gauge": ("",),
}


@pytest.fixture(scope="module")
def exported(index, encoder) -> dict[str, set[str]]:
    """Series name → its label names, of an application that has done its work."""
    pipeline = Pipeline(index, encoder, ExtractiveReader())
    cache = ResultCache(MemoryStore(max_bytes=2**20, seconds=60))
    client = TestClient(create_app(Service(pipeline, results=Results(cache, pipeline))))
    files = [("photo", ("p.jpg", encoded(photo(1, size=(320, 240))), "image/jpeg"))]
    for question in ("When was this demolished?", "How much did it cost?"):
        assert client.post("/v1/ask", files=files, data={"question": question}).status_code == 200
    client.app.state.service.metrics.tool_called("ask")
    registry = client.app.state.service.metrics.registry
    found: dict[str, set[str]] = {"up": set()}
    for family in registry.collect():
        for suffix in _SUFFIXES[family.type]:
            found[family.name + suffix] = set()
        for sample in family.samples:
            found[sample.name] |= set(sample.labels)
    found["snapcite_device_memory_bytes"] |= {"device", "kind"}  # only where there is a GPU
    found["snapcite_index_points"] |= {"kind"}  # counted beside the first scrape
    return found


def families(names: Iterable[str]) -> set[str]:
    """Names of ours, a histogram's three as one."""
    return {
        re.sub(r"_(bucket|sum|count)$", "", name) for name in names if name.startswith("snapcite_")
    }


_GROUPED = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")
_NAME = re.compile(r"[A-Za-z_:][\w:]*(?!\w)(?!\s*\()")
_WORDS = {"and", "or", "unless", "bool", "offset"}


def metrics_in(expression: str) -> set[str]:
    """The metric names of a PromQL expression."""
    bare = re.sub(r'"[^"]*"', "", expression)
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]", " ", bare)
    bare = _GROUPED.sub(" ", bare)
    bare = re.sub(r"\boffset\s+\w+|\b\d\w*", " ", bare)
    return {name for name in _NAME.findall(bare) if name not in _WORDS}


def labels_in(expression: str) -> set[str]:
    """The label names that an expression selects or groups by."""
    selected = re.findall(r'(\w+)\s*(?:=~|!~|!=|=)\s*"', expression)
    grouped = [
        word for words in _GROUPED.findall(expression) for word in re.split(r"[,\s]+", words)
    ]
    return {*selected, *filter(None, grouped)}
