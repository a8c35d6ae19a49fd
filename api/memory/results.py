"""What was found and answered before, so that the same question need not be worked out again.

A search is known by its photos' pixels, everything else in the query, the index's version and the
encoders; an answer by its question, the very evidence it was read from, and the reader. So neither
is ever stale: an update gives the index another version, and other evidence is another key. No
photo and no question is kept, only digests of them.
"""

import dataclasses
import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from api.memory.cache import Cache
from search.answer import Answer
from search.evidence import Subject
from search.names import Spelling
from search.pipeline import Asked, Found, Pipeline
from search.query import Query
from vlm.encoders import pixels_digest

_CHECK = "words"
"""Changes where answers are checked otherwise than before, so that none of before is served."""
STAGE = "cache"
"""The stage of `timings` that stands for all those that were not needed."""


class Remembered:
    """Searches and answers of one pipeline in a cache. Safe to use from several threads.

    Attributes:
        cache: where they are kept, with its counts of hits and misses.
    """

    def __init__(self, cache: Cache, pipeline: Pipeline, *, makers: Sequence[str] = ()) -> None:
        """`makers`: whatever else answers depend on, for instance the reader's settings."""
        self.cache = cache
        self._index = pipeline.index
        cards = (pipeline.encoder.card, pipeline.text_encoder and pipeline.text_encoder.card)
        self._encoders = [card.fingerprint for card in cards if card]
        self._reader = [_CHECK, pipeline.reader.name, repr(pipeline.fit), *makers]
        self._found = TypeAdapter(tuple[tuple[Subject, ...], Spelling | None])
        self._answers = TypeAdapter(Answer)

    def search_key(self, query: Query) -> str:
        """The key of a search; to be made before the index is read.

        Raises:
            StorageError: the index cannot be read.
        """
        return _digest(self._index.version(), *self._encoders, query_digest(query))

    def find(self, key: str) -> Found | None:
        """What was found under a key of `search_key`, if that is still known."""
        started = time.perf_counter()
        kept = self.cache.get("search", key)
        if kept is None:
            return None
        try:
            subjects, spelling = self._found.validate_json(kept)
        except ValidationError:  # what another version of SnapCite put there
            return None
        return Found(subjects, {STAGE: time.perf_counter() - started}, spelling=spelling)

    def keep_found(self, key: str, found: Found) -> None:
        """Keep what was found."""
        self.cache.put("search", key, self._written(found))

    def answer_key(self, query: Query, found: Found) -> str:
        """The key of the answer to a query from what was found for it."""
        return _digest(*self._reader, query_digest(query), self._written(found).decode())

    def answer(self, key: str, found: Found) -> Asked | None:
        """What was answered under a key of `answer_key`, if that is still known."""
        started = time.perf_counter()
        kept = self.cache.get("answer", key)
        if kept is None:
            return None
        try:
            answer = self._answers.validate_json(kept)
        except ValidationError:
            return None
        spent = found.timings.get(STAGE, 0.0) + time.perf_counter() - started
        timings = {**found.timings, STAGE: spent}
        return Asked(found.subjects, timings, answer, spelling=found.spelling)

    def keep_answer(self, key: str, answer: Answer) -> None:
        """Keep an answer, unless another reader stood in for the one it should have come from."""
        if answer.note is None:
            self.cache.put("answer", key, self._answers.dump_json(answer))

    def _written(self, found: Found) -> bytes:
        return self._found.dump_json((tuple(found.subjects), found.spelling))


def query_digest(query: Query) -> str:
    """A digest of all that a query asks; a field that is added to it counts by itself."""
    asked = {
        field.name: getattr(query, field.name)
        for field in dataclasses.fields(query)
        if field.name != "photos"
    }
    text = json.dumps(asked, ensure_ascii=False, sort_keys=True, default=_plain)
    return _digest(text, *(pixels_digest(photo).hex() for photo in query.photos))


def _plain(value: object) -> Mapping[str, Any]:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    raise TypeError(f"a query holds a {type(value).__name__}, which has no digest")


def _digest(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
