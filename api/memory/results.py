"""Results that were worked out before, so that the same question is not worked out again.

The key of a search is made of its photos' pixels, everything else in the query, the index's
version, the encoders and the day; that of an answer of its question, the evidence it was read from,
and the reader. So neither is ever stale: an update gives the index another version, what is closed
until a day opens with it, and other evidence is another key. No photo and no question is kept, only
digests of them.
"""

import dataclasses
import hashlib
import json
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from api.memory.store import KeyValueStore
from knowledge.errors import StoreUnavailableError
from knowledge.stages import report
from knowledge.viewer import today
from search.answer import Answer
from search.evidence import Subject
from search.held_pictures import HeldPicture
from search.names import Spelling
from search.pipeline import Asked, Found, Pipeline, asked_from
from search.query import Query
from search.turned import Turns
from vlm.encoders import pixels_digest

_CHECK = "refusal"
"""Changes where answers are checked otherwise than before, so that none of before is served."""
STAGE = "cache"
"""The stage of `timings` that stands for all stages that were not needed."""


class ResultCache:
    """Values of several kinds in one store, with counts. Safe to use from several threads.

    Every value could be computed again, so a store that cannot be reached holds nothing.

    Attributes:
        hits: kind → how often a value was there.
        misses: kind → how often no value was there.
    """

    def __init__(self, store: KeyValueStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self.hits: Counter[str] = Counter()
        self.misses: Counter[str] = Counter()

    def get(self, kind: str, key: str) -> bytes | None:
        """The value of this kind under this key, if it is still there."""
        try:
            value = self._store.get(f"{kind}:{key}")
        except StoreUnavailableError:  # the store has logged it
            value = None
        with self._lock:
            (self.misses if value is None else self.hits)[kind] += 1
        return value

    def put(self, kind: str, key: str, value: bytes) -> None:
        """Keep a value for a while, if there is room."""
        try:
            self._store.put(f"{kind}:{key}", value)
        except StoreUnavailableError:
            return


class Results:
    """Searches and answers of one pipeline in a cache. Safe to use from several threads.

    Attributes:
        cache: where they are kept, with its counts of hits and misses.
    """

    def __init__(
        self, cache: ResultCache, pipeline: Pipeline, *, made_with: Sequence[str] = ()
    ) -> None:
        """`made_with`: whatever else answers depend on, for instance the reader's settings."""
        self.cache = cache
        self._index = pipeline.index
        cards = (pipeline.encoder.card, pipeline.text_encoder and pipeline.text_encoder.card)
        self._encoders = [card.fingerprint for card in cards if card]
        if pipeline.text_reader is not None:
            self._encoders.append(pipeline.text_reader.name)
        if pipeline.rerank is not None:
            self._encoders.append(pipeline.rerank.key)
        self._reader = [_CHECK, pipeline.reader.name, repr(pipeline.fits), *made_with]
        self._found = TypeAdapter(
            tuple[tuple[Subject, ...], Spelling | None, Turns, HeldPicture | None]
        )
        self._answers = TypeAdapter(Answer)

    def search_key(self, query: Query) -> str:
        """The key of a search. Make it before the index is read: the result of a search during
        which the index is updated is then kept under a version that nobody asks for again.

        Raises:
            StorageError: the index cannot be read.
        """
        # What is closed until a day opens without another version.
        day = str(today())
        return _digest(self._index.version(), day, *self._encoders, query_digest(query))

    def found(self, key: str) -> Found | None:
        """What was found under a key of `search_key`, if it is still kept."""
        started = time.perf_counter()
        kept = self.cache.get("search", key)
        if kept is None:
            return None
        try:
            subjects, spelling, turns, picture = self._found.validate_json(kept)
        except ValidationError:  # another version of SnapCite wrote it
            return None
        report(STAGE, time.perf_counter() - started)
        return Found(subjects, spelling=spelling, turns=turns, picture=picture)

    def keep_found(self, key: str, found: Found) -> None:
        """Keep what was found, unless it has a note: then the reranker did not do its part."""
        if found.note is not None:
            return
        self.cache.put("search", key, self._written(found))

    def answer_key(self, query: Query, found: Found) -> str:
        """The key of the answer to a query from what was found for it."""
        return _digest(*self._reader, query_digest(query), self._written(found).decode())

    def answered(self, key: str, found: Found) -> Asked | None:
        """What was answered under a key of `answer_key`, if it is still kept."""
        started = time.perf_counter()
        kept = self.cache.get("answer", key)
        if kept is None:
            return None
        try:
            answer = self._answers.validate_json(kept)
        except ValidationError:
            return None
        report(STAGE, time.perf_counter() - started)
        return asked_from(found, answer)

    def keep_answer(self, key: str, answer: Answer) -> None:
        """Keep an answer, unless it has a note: then another reader may have stood in."""
        if answer.note is None:
            self.cache.put("answer", key, self._answers.dump_json(answer))

    def _written(self, found: Found) -> bytes:
        return self._found.dump_json(
            (tuple(found.subjects), found.spelling, found.turns, found.picture)
        )


def query_digest(query: Query) -> str:
    """A digest of everything that a query holds; a new field of `Query` is part of it by itself."""
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
