"""The subjects of a query ordered again by a model that sees query and subject together.

Comes after the fusion of the rankings, sees the first few subjects only, and has a time of its own.
Whatever fails leaves the order of the fusion, and a note says so. Knows no model: it gets one.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PIL import Image

from knowledge import deadline
from knowledge.circuit_breaker import CircuitBreaker
from knowledge.errors import ModelError
from search.evidence import Subject
from search.query import MAX_SUBJECTS, Query
from vlm.rerankers import Exhibit, Reranker

logger = logging.getLogger(__name__)

RERANK = "rerank"
"""Its name among the scores and ranks of a subject, and of its stage."""

_SHARE = 0.5
"""Share of the request's time left that scoring may take at most: a reader comes after it."""

_NOT_ASKED = {
    "en": "The reranker could not be asked, so the order is that of the search.",
    "zh": "重排模型暂时无法使用,本次结果按检索顺序排列。",
}
_TOO_SLOW = {
    "en": "The reranker scored {scored} of {all} subjects in its time; the others follow in the "
    "order of the search.",
    "zh": "重排模型在限定时间内只评了 {all} 个对象中的 {scored} 个,其余按检索顺序排列。",
}

PhotoOf = Callable[[Subject, int], Image.Image | None]
"""A subject and a side in pixels → its photo that is closest to the query's, if there is one."""


@dataclass(frozen=True, slots=True)
class Reordered:
    """Subjects, best first, and a note for people where not all went as it should."""

    subjects: tuple[Subject, ...]
    note: str | None = None


class RerankStage:
    """Orders subjects with a reranker. Safe to use from several threads."""

    def __init__(
        self,
        reranker: Reranker,
        *,
        subjects: int = 8,
        seconds: float = 5.0,
        breaker: CircuitBreaker | None = None,
    ) -> None:
        """Take a reranker.

        Args:
            reranker: scores pairs.
            subjects: how many subjects are scored at most.
            seconds: how long that may take; less where the request has less than twice that left.
            breaker: decides when the reranker is left alone; None makes a new one.
        """
        self.reranker = reranker
        self._most = subjects
        self._seconds = seconds
        self._breaker = breaker or CircuitBreaker()

    @property
    def key(self) -> str:
        """What results depend on, for a cache's key."""
        return f"{self.reranker.name} {self._most}"

    def deeper(self, query: Query) -> Query:
        """The query for as many subjects as are scored."""
        return replace(query, k=min(MAX_SUBJECTS, max(query.k, self._most)))

    def applies_to(self, query: Query) -> bool:
        """Whether the query is all there to be seen: a follow-up question about an earlier photo,
        of which only the vector is kept, is not."""
        return not query.continues and (bool(query.photos) or not query.recalled.photos)

    def reorder(self, query: Query, subjects: Sequence[Subject], photo_of: PhotoOf) -> Reordered:
        """The query's subjects in the order of their scores, at most `query.k`.

        Each that was scored has the score and the rank `rerank`. Those beyond the number or the
        time stay behind in their order.
        """
        language = "zh" if query.answer_language.startswith("zh") else "en"
        if not self.applies_to(query) or not subjects:
            return Reordered(tuple(subjects[: query.k]))
        if not self._breaker.allows():
            return Reordered(tuple(subjects[: query.k]), _NOT_ASKED[language])
        first = subjects[: self._most]
        try:
            scores = self._scores(query, first, photo_of)
        except ModelError as error:
            self._breaker.failed()
            logger.warning("%s failed, the order stays: %s", self.reranker.name, error)
            return Reordered(tuple(subjects[: query.k]), _NOT_ASKED[language])
        self._breaker.succeeded()
        note = None
        if len(scores) < len(first):
            note = _TOO_SLOW[language].format(scored=len(scores), all=len(first))
        return Reordered(_ordered(subjects, scores)[: query.k], note)

    def _scores(self, query: Query, first: Sequence[Subject], photo_of: PhotoOf) -> list[float]:
        """The scores of the first subjects, in their order; of fewer where the time is over."""
        asked = Exhibit(query.question.strip(), query.photos[0] if query.photos else None)
        left = deadline.remaining()
        seconds = self._seconds if left is None else min(self._seconds, _SHARE * left)
        ends = time.monotonic() + seconds
        scores: list[float] = []
        slowest = 0.0
        while len(scores) < len(first):
            started = time.monotonic()
            if scores and started + slowest > ends:
                break
            batch = first[len(scores) : len(scores) + self.reranker.at_once]
            side = self.reranker.photo_side
            seen = [
                Exhibit(_text(each), photo_of(each, side) if query.photos else None)
                for each in batch
            ]
            with deadline.within(max(0.0, ends - time.monotonic())):
                scores += self.reranker.score(asked, seen)
            slowest = max(slowest, time.monotonic() - started)
        return scores


def _ordered(subjects: Sequence[Subject], scores: Sequence[float]) -> tuple[Subject, ...]:
    """The scored subjects, best first, then the others; of equal scores the earlier first."""
    order = sorted(range(len(scores)), key=lambda number: -scores[number])
    scored = [
        replace(
            subjects[number],
            scores={**subjects[number].scores, RERANK: scores[number]},
            ranks={**subjects[number].ranks, RERANK: rank},
        )
        for rank, number in enumerate(order, start=1)
    ]
    return tuple(
        replace(subject, rank=rank)
        for rank, subject in enumerate([*scored, *subjects[len(scores) :]], start=1)
    )


def _text(subject: Subject) -> str:
    """A subject's title and its most fitting passage, as the encoder sees them."""
    passage = f". {subject.passages[0].text}" if subject.passages else ""
    return f"{subject.document.title}{passage}"
