"""A reranker on a server: vLLM with `--runner pooling`, by `/v1/rerank`, or else `/v1/score`.

All candidates of a query go in one request, photos as data URLs. The server writes the prompt, so
it has to be started with the reranker's chat template (docs/encoders.md); the check of related
pairs notices where it was not.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from knowledge.errors import ModelUnavailableError
from vlm.last_state import plain
from vlm.pooling_server import PoolingServer, RefusedError, data_url
from vlm.related_pairs import CheckedOnce
from vlm.rerankers.base import Exhibit, Reranker
from vlm.rerankers.prompt import INSTRUCTION, PHOTO_SIDE, fitted
from vlm.rerankers.qwen3_vl import check_reranker

_NO_SUCH_ROUTE = (404, 405)

Check = Callable[[Reranker], None]


class ServedReranker:
    """A `Reranker` on a server; checked before the first score is given out."""

    at_once = 50
    """All of a query's candidates: the server makes the batches."""
    photo_side = PHOTO_SIDE

    def __init__(self, server: PoolingServer, *, check: Check = check_reranker) -> None:
        """Ask nothing yet.

        Args:
            server: the server and its model.
            check: what the server has to pass. Only tests of what is sent pass another one.
        """
        self._server = server
        self.name = f"{server.options.model}@server"
        self._checked = CheckedOnce(lambda: check(self))
        self._by_pairs = False
        """Whether the server has only `/v1/score`."""

    def warm_up(self) -> None:
        """Check the server.

        Raises:
            ModelUnavailableError: it cannot be asked.
            ModelBrokenError: it does not know what belongs together.
        """
        self._checked.pass_or_raise()

    def score(self, query: Exhibit, candidates: Sequence[Exhibit]) -> list[float]:
        """How likely each candidate answers the query, from 0 to 1; higher is better.

        Raises:
            ModelUnavailableError: the server failed, or does not answer with scores.
            ModelBrokenError: it does not know what belongs together.
        """
        self._checked.pass_or_raise()
        if not candidates:
            return []
        asked, documents = _content(query), [_content(each) for each in candidates]
        if not self._by_pairs:
            body = {"query": asked, "documents": documents, "instruction": INSTRUCTION}
            try:
                return self._scores(self._server.post("rerank", body), "results", len(documents))
            except RefusedError as error:
                if error.status not in _NO_SUCH_ROUTE:
                    raise
        body = {"queries": asked, "documents": documents, "instruction": INSTRUCTION}
        scores = self._scores(self._server.post("score", body), "data", len(documents))
        self._by_pairs = True
        return scores

    def _scores(self, answer: Any, key: str, count: int) -> list[float]:  # noqa: ANN401 - JSON
        scores: dict[int, float] = {}
        try:
            for item in answer[key]:
                value = float(item["relevance_score"] if key == "results" else item["score"])
                if not math.isfinite(value) or not isinstance(item["index"], int):
                    raise ValueError("a score is no number")
                scores[item["index"]] = min(1.0, max(0.0, value))
            return [scores[number] for number in range(count)]
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise ModelUnavailableError(
                f"The model server of {self._server.options.variable} answered without a score for "
                f"each candidate; docs/encoders.md says how to start it."
            ) from error


def _content(seen: Exhibit) -> Mapping[str, Any]:
    """A query or candidate as vLLM takes it. It puts photos before the text in any order."""
    shown = fitted(seen)
    parts: list[dict[str, Any]] = []
    if shown.photo is not None:
        parts.append({"type": "image_url", "image_url": {"url": data_url(shown.photo)}})
    if shown.text or not parts:
        parts.append({"type": "text", "text": plain(shown.text) or "NULL"})
    return {"content": parts}
