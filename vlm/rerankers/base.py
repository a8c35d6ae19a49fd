"""The `Reranker` protocol: a query and candidates, each a text with or without a photo → scores.

An encoder sees query and candidate apart; a reranker sees them together, which is more exact and
takes a run of the model for each candidate. Knows no index: `search.rerank` chooses candidates.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from PIL import Image


@dataclass(frozen=True, slots=True)
class Exhibit:
    """What a reranker is shown of a query or candidate: a text, maybe empty; a photo or none."""

    text: str
    photo: Image.Image | None = field(default=None, hash=False)


class Reranker(Protocol):
    """Scores candidates. Safe to call from several threads.

    Attributes:
        name: of the model, for people, and for the key of a cache.
        at_once: candidates that one call should hold; the time is checked between two calls.
        photo_side: longest side of a photo, in pixels, that it can use.
    """

    @property
    def name(self) -> str: ...

    @property
    def at_once(self) -> int: ...

    @property
    def photo_side(self) -> int: ...

    def warm_up(self) -> None:
        """Load what loads lazily, and check that it knows what belongs together.

        Raises:
            ModelError: it cannot be used.
        """

    def score(self, query: Exhibit, candidates: Sequence[Exhibit]) -> list[float]:
        """How likely each candidate answers the query, from 0 to 1; higher is better.

        Raises:
            ModelError: the model failed.
        """
