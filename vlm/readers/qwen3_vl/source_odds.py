"""How sure a model is that a passage answers: the odds of an answer's source against null.

They are gathered while an answer is decoded under its grammar, whose first fields are `subject` and
`source`. Knows no model and no grammar: it sees, for each token, the scores of those allowed.
"""

import math
import re
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

_KEYS = (b'"subject": ', b'"source": ')
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_NULL, _MARK = ord("n"), ord('"')

Scores = Callable[[npt.NDArray[np.int64]], npt.NDArray[np.float64]]
"""Token ids (n,) → their scores (n,) at the present step."""


class SourceOdds:
    """Follows one answer. The odds are known once its `source` is said.

    An answer about a photo is silent on two ways: it names no subject, and then no source, or it
    names one and no source. So the odds of a passage are those of its whole way, the subject and
    then the source, against both ways of silence together. Where an answer may have a source
    without a subject, only the step at `source` counts. The odds of an answer that is silent are
    those of any subject, or of any passage, against that silence.
    """

    def __init__(self, bytes_of: Callable[[int], bytes], *, needs_subject: bool) -> None:
        """`bytes_of`: token → its bytes. `needs_subject`: without a subject there is no source."""
        self._bytes_of = bytes_of
        self._needs_subject = needs_subject
        self._text = b""
        self._value_at: int | None = None
        self._chances: list[_Chances] = []

    @property
    def is_known(self) -> bool:
        """Whether `source` is said, or can no longer be anything but null."""
        if not self._chances or not self._chances[-1].is_whole:
            return False
        ends_here = self._needs_subject and self._chances[0].is_null
        return len(self._chances) == len(_KEYS) or ends_here

    @property
    def logit(self) -> float | None:
        """Logarithm of the odds; None before they are known."""
        if not self.is_known:
            return None
        subject, source = self._chances[0], self._chances[-1]
        if source is subject or not self._needs_subject:
            return source.named - source.null
        silent = float(np.logaddexp(subject.null, subject.named + source.null))
        return subject.named + source.named - silent

    def follow(self, token: int, allowed: npt.NDArray[np.int64], scores: Scores) -> None:
        """Take note of the next token, of those that were allowed and of their scores."""
        if self.is_known:
            return
        before, self._text = self._text, self._text + self._bytes_of(token)
        at = self._place_of_value(before)
        if at is None or len(self._text) <= at:
            return
        if len(before) <= at:
            self._chances.append(self._first(before, at, token, allowed, scores))
        elif len(allowed) > 1:
            logs = _log_softmax(scores(allowed))
            self._chances[-1].named += float(logs[np.flatnonzero(allowed == token)[0]])
        chances = self._chances[-1]
        string = _STRING.match(self._text, at)
        if chances.is_null or string is not None:
            chances.is_whole = True
            self._text = self._text[string.end() :] if string is not None else b""
            self._value_at = None

    def _place_of_value(self, before: bytes) -> int | None:
        """Where in the text the value that is awaited begins; None while its key is not said."""
        if self._value_at is None:
            key = _KEYS[len(self._chances)]
            found = self._text.find(key, max(0, len(before) - len(key)))
            if found >= 0:
                self._value_at = found + len(key)
        return self._value_at

    def _first(
        self, before: bytes, at: int, token: int, allowed: npt.NDArray[np.int64], scores: Scores
    ) -> "_Chances":
        """The chances at the token in which the value begins: a token may hold what precedes it."""
        starts = [self._start(before, at, one) for one in allowed.tolist()]
        logs = _log_softmax(scores(allowed))
        null = _sum_of_logs(logs[[start == _NULL for start in starts]])
        is_null = self._start(before, at, token) == _NULL
        if is_null:
            named = _sum_of_logs(logs[[start == _MARK for start in starts]])
        else:
            named = float(logs[np.flatnonzero(allowed == token)[0]])
        return _Chances(named, null, is_null)

    def _start(self, before: bytes, at: int, token: int) -> int | None:
        """The value's first byte if `token` came next; None if it would not reach so far."""
        text, place = self._bytes_of(token), at - len(before)
        return text[place] if place < len(text) else None


class _Chances:
    """Of one field: the log-probabilities of what was named and of null."""

    def __init__(self, named: float, null: float, is_null: bool) -> None:
        self.named = named
        self.null = null
        self.is_null = is_null
        self.is_whole = False


def _log_softmax(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return scores - _sum_of_logs(scores)


_LEAST = -60.0
"""What is reckoned as the logarithm of no chance at all."""


def _sum_of_logs(logs: npt.NDArray[np.float64]) -> float:
    """The logarithm of the sum of the exponentials."""
    if not len(logs):
        return _LEAST
    highest = float(logs.max())
    if not math.isfinite(highest):
        return _LEAST
    return highest + math.log(float(np.exp(logs - highest).sum()))
