"""Text → BM25 sparse vectors, with Qdrant's own tokenizer, in this process, without a model.

Knows no store: the same vectors go to both engines, which multiply them by the inverse document
frequency of their collection (`Modifier.Idf`). A change here changes every stored vector.
"""

import re
import unicodedata
from collections.abc import Sequence

from knowledge.identifiers import SURROGATE
from knowledge.store.base import SparseVector

K = 1.2
"""How soon a repeated word stops counting (the customary value)."""

B = 0.75
"""How much a passage's length counts (the customary value)."""

AVERAGE_TOKENS = 32
"""Tokens of a typical passage without stop words; passages are cut to fit an encoder."""

CHINESE_PARTICLES = frozenset("的了着著是在于於被和与與及或也都就而吗嗎呢吧啊之其这這那它")
"""Function words, in both scripts: the tokenizer turns some into the traditional form.
Qdrant's own Chinese list is not used: it drops 存在 (`exists`)."""

_NUMBER = re.compile(r"(?<![A-Za-z0-9])[0-9]+(?![A-Za-z0-9])")


class Bm25:
    """Qdrant's BM25 with the `Multilingual` tokenizer. Safe to call from several threads.

    Chinese is segmented into words; other scripts are split at word boundaries, lowercased and
    stripped of accents. English stop words and Chinese particles are dropped, and Latin words go
    through the English stemmer (`stations` and `station` are one token). A number is a token
    of its own, so a year can be searched for.
    """

    def __init__(self) -> None:
        from qdrant_edge import Bm25 as Engine
        from qdrant_edge import Bm25Config, Language, StopwordsSet, TokenizerType

        self._engine = Engine(
            Bm25Config(
                k=K,
                b=B,
                avg_len=AVERAGE_TOKENS,
                tokenizer=TokenizerType.Multilingual,
                stopwords=StopwordsSet(languages={Language.English}, custom=set(CHINESE_PARTICLES)),
            )
        )

    def encode_documents(self, texts: Sequence[str]) -> list[SparseVector]:
        """Passages → token ids, weighted by how often each stands in its passage."""
        found = (self._engine.embed_document(_keep_numbers(text)) for text in texts)
        return [SparseVector(tuple(v.indices), tuple(v.values)) for v in found]

    def encode_query(self, text: str) -> SparseVector:
        """A question → its token ids, each of weight 1; empty if it has only stop words."""
        found = self._engine.embed_query(_keep_numbers(text))
        return SparseVector(tuple(found.indices), tuple(found.values))


def _keep_numbers(text: str) -> str:
    """Put a letter before each bare number: the tokenizer drops tokens without a letter."""
    return _NUMBER.sub(r" n\g<0> ", unicodedata.normalize("NFKC", SURROGATE.sub("\ufffd", text)))
