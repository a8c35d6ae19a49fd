"""A small real reranker: a candidate scores the share of the query's words that it holds."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from knowledge import deadline
from knowledge.errors import ModelUnavailableError
from vlm.rerankers import Exhibit


@dataclass
class WordReranker:
    """Scores by words. `asked`: what it was asked; `fails`: how often it fails before it works;
    `seconds`: how long one call takes; `left`: seconds that each call had."""

    name: str = "words"
    at_once: int = 2
    photo_side: int = 64
    fails: int = 0
    seconds: float = 0.0
    asked: list[tuple[Exhibit, tuple[Exhibit, ...]]] = field(default_factory=list)
    left: list[float | None] = field(default_factory=list)

    def warm_up(self) -> None:
        """Nothing to load."""

    def score(self, query: Exhibit, candidates: Sequence[Exhibit]) -> list[float]:
        self.asked.append((query, tuple(candidates)))
        self.left.append(deadline.remaining())
        time.sleep(self.seconds)
        if self.fails:
            self.fails -= 1
            raise ModelUnavailableError("down")
        words = set(query.text.casefold().strip("?").split())
        return [
            len(words & set(each.text.casefold().strip(".").split())) / max(1, len(words))
            for each in candidates
        ]
