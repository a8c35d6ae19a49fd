"""What is computed beside an answer, helps a person, and must never fail the answer.

Contradictions, timelines, suggested questions and spellings meet texts that nobody foresaw.
Whatever their rules raise is logged once for each document, and the result is left out.
"""

import logging
import threading
from collections.abc import Callable
from typing import TypeVar

logger = logging.getLogger(__name__)

_T = TypeVar("_T")

_MOST_REMEMBERED = 10_000
"""Documents whose failure is remembered; past that many, the memory begins anew."""

_logged: set[tuple[str, str]] = set()
_lock = threading.Lock()


def optional(compute: Callable[[], _T], *, otherwise: _T, what: str, document_id: str) -> _T:
    """The result of `compute`, or `otherwise` where it raises. Safe to call from several threads.

    Args:
        compute: the computation.
        otherwise: stands in for the result; an empty value of its type.
        what: names the computation in the log.
        document_id: of the document it is about, for the log; empty where it is about none.

    >>> optional(lambda: 1 // 1, otherwise=0, what="quotient", document_id="c/d")
    1
    """
    try:
        return compute()
    except Exception:
        if _is_first(what, document_id):
            logger.exception("The %s of %s failed and is left out.", what, document_id or "a query")
        return otherwise


def _is_first(what: str, document_id: str) -> bool:
    with _lock:
        if (what, document_id) in _logged:
            return False
        if len(_logged) >= _MOST_REMEMBERED:
            _logged.clear()
        _logged.add((what, document_id))
        return True
