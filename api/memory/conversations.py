"""Conversations: what is kept of one, so that a follow-up question needs no second upload.

Of a conversation the vectors of the latest photos, the document of the latest answer and the last
questions are kept for an hour; never a photo. The key holds the conversation's owner, so that no
other caller finds it.
"""

import hashlib
import json
import re
from dataclasses import replace

from pydantic import TypeAdapter, ValidationError

from api.memory.store import KeyValueStore, MemoryStore
from knowledge.errors import QueryError
from search.pipeline import Asked
from search.query import NOTHING, Query, Recalled

QUESTIONS = 5
"""Earlier questions that are kept."""

SECONDS = 3_600
"""How long a conversation is kept after its last question."""

_MEMORY_BYTES = 64 * 2**20
_OF_SUBJECT = ("not_in_evidence", "language_not_read")
"""Reasons of abstentions that are about a document all the same."""
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_RECALLED = TypeAdapter(Recalled)

Vectors = tuple[tuple[float, ...], ...]
"""Of photos, (n, dim), each of length 1."""


class Conversations:
    """The conversations in one store. Safe to use from several threads.

    Every method raises `QueryError` where the id cannot be used, and `StoreUnavailableError` where
    the store cannot be reached: an answer without the earlier questions would look as if it had
    taken them into account.
    """

    def __init__(self, store: KeyValueStore | None = None) -> None:
        """`store`: where they are kept; without it 64 MB of this process's memory."""
        self._store = store or MemoryStore(max_bytes=_MEMORY_BYTES, seconds=SECONDS)

    def recall(self, owner: str, conversation_id: str, query: Query) -> Query:
        """The query with what is kept of its conversation."""
        kept = self._store.get(_key(owner, conversation_id))
        if kept is None:
            return query
        try:
            recalled = _RECALLED.validate_json(kept)
        except ValidationError:  # another version of SnapCite wrote it
            return query
        if query.photos:  # another photo is another subject: nothing of the first one applies
            recalled = NOTHING
        return replace(query, recalled=recalled)

    def remember(
        self, owner: str, conversation_id: str, query: Query, asked: Asked, *, photos: Vectors
    ) -> None:
        """Keep what the next question may refer to.

        Args:
            owner: name of the caller.
            conversation_id: made up by the caller.
            query: what was asked, with what was recalled for it.
            asked: how it was answered.
            photos: vectors of the query's photos; empty where it has none.
        """
        questions = (*query.recalled.questions, query.question.strip())
        recalled = Recalled(
            photos=photos or query.recalled.photos,
            subject=_subject(query, asked),
            questions=tuple(filter(None, questions))[-QUESTIONS:],
        )
        self._store.put(_key(owner, conversation_id), _RECALLED.dump_json(recalled))

    def forget(self, owner: str, conversation_id: str) -> bool:
        """Remove a conversation; whether there was one."""
        return self._store.delete(_key(owner, conversation_id))


def _key(owner: str, conversation_id: str) -> str:
    """The key of an owner's conversation; another owner's conversation of this id has another.

    Raises:
        QueryError: the id cannot be used.
    """
    if not _ID.fullmatch(conversation_id):
        raise QueryError(
            "conversation_id: an id has 8 to 64 letters, digits, `-` or `_`; make up one that "
            "nobody can guess, such as a UUID."
        )
    digest = hashlib.sha256(json.dumps([owner, conversation_id]).encode()).hexdigest()
    return f"conversation:{digest}"


def _subject(query: Query, asked: Asked) -> str | None:
    """The document that the answer was about, where that is known; else the one before."""
    answer = asked.answer
    if answer.subject is not None and (not answer.abstained or answer.reason in _OF_SUBJECT):
        return answer.subject.document_id
    return query.recalled.subject
