"""Whether the document that has an id now is the one that had it before.

What is said of a document outlives it: it may be removed and come back, be edited, or leave its id
to another subject. So whoever says something keeps a short description of the document, and
compares it later. Reads payloads of `document` points; writes nothing.
"""

import hashlib
import heapq
import re
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any
from unicodedata import normalize

from knowledge.viewer import CLOSING_KEYS

SAME_KEYS = ("document_id", "title", "aliases", "text", "photo_ids", *CLOSING_KEYS)
"""What of a document's payload is described and compared."""

_MOST_NAMES = 32
_MOST_PHOTOS = 64
_SAMPLE = 64
"""Runs of words that are kept of a text, whatever its length."""
_MOST_WORDS = 20_000
"""Words of a text that are looked at."""
_RUN = 3
_UNSPACED = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
"""Letters of scripts without spaces between words, of which each counts as one."""
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")

_LEAST_RUNS = 8
_COME_BACK, _RENAMED = 0.5, 0.9
"""Share of the shorter text that is in the other, of a document that came back under its name, and
of one that has no name of its own any more."""


def description_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """What to keep of a document to know it again, of at most a few kilobytes.

    Args:
        document: its payload, at least the `SAME_KEYS`.
    """
    return {
        "names": sorted(_names(document))[:_MOST_NAMES],
        "runs": heapq.nsmallest(_SAMPLE, _runs(document["text"])),
        "photos": list(document["photo_ids"])[:_MOST_PHOTOS],
        **{key: document[key] for key in CLOSING_KEYS if key in document},
    }


def is_described(
    description: Mapping[str, Any], document: Mapping[str, Any], *, was_removed: bool
) -> bool:
    """Whether a document is the one that was described, under the same id.

    A document that was there all the time stays what it is under its name, however its text is
    rewritten. One that was removed has to have that text, or a photo, too. Under another name it
    is the same where nearly all of its text is, unless all its photos are others.

    >>> old = {"title": "Old Station", "aliases": [], "text": "It was opened in 1912.",
    ...        "photo_ids": []}
    >>> kept = description_of(old)
    >>> is_described(kept, old | {"text": "Rewritten."}, was_removed=False)
    True
    >>> is_described(kept, old | {"text": "Another town's."}, was_removed=True)
    False
    >>> is_described(kept, old | {"title": "Town Library"}, was_removed=False)
    False
    """
    photos, photos_now = set(description["photos"]), set(document["photo_ids"])
    shared = bool(photos & photos_now)
    others = bool(photos and photos_now) and not shared
    runs, runs_now = set(description["runs"]), _runs(document["text"])
    is_named = not _names(document).isdisjoint(description["names"])
    if not runs and not runs_now:
        return shared or (is_named and not others)
    if is_named and not was_removed:
        return True
    same_text = _contained(runs, runs_now)
    if is_named:
        return shared or same_text >= _COME_BACK
    long_enough = min(len(runs), len(runs_now)) >= _LEAST_RUNS
    return long_enough and same_text >= _RENAMED and not others


def _names(document: Mapping[str, Any]) -> set[str]:
    names = (document["title"], *document["aliases"])
    return {" ".join(normalize("NFKC", name).casefold().split()) for name in names}


def _runs(text: str) -> set[int]:
    """Hashes of all runs of three words, of the whole where it is shorter."""
    found = _WORD.finditer(normalize("NFKC", text).casefold())
    words = [match[0] for match in islice(found, _MOST_WORDS)]
    if not words:
        return set()
    starts = range(max(1, len(words) - _RUN + 1))
    return {_hash(words[start : start + _RUN]) for start in starts}


def _hash(words: Sequence[str]) -> int:
    text = " ".join(words).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=6).digest(), "big")


def _contained(sample: set[int], runs: set[int]) -> float:
    """The share of one text's runs that are in the other, the larger of both ways.

    `sample`: the smallest hashes of one, or all where it has few, which is a fair sample of it; of
    the other, those that are as small are one.
    """
    if not sample or not runs:
        return 0.0
    reach = max(sample)
    comparable = runs if len(sample) < _SAMPLE else {each for each in runs if each <= reach}
    both = len(sample & runs)
    return max(both / len(sample), both / len(comparable) if len(comparable) >= _LEAST_RUNS else 0)
