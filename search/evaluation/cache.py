"""Observations kept on disk while a run goes on, so that one that was stopped goes on from there.

One JSON object a line, appended and flushed; a line that a killed run left half written is left
aside. The key says everything an observation depends on, so nothing stale is ever read.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from knowledge.errors import InputError
from search.evaluation.observation import Observation


def digest(*parts: Any) -> str:  # noqa: ANN401 - anything JSON can hold
    """A key of everything given.

    >>> digest("a", 1) == digest("a", 1) != digest("a", 2)
    True
    """
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class Cache:
    """Key → observation. With `path` None it remembers for this run alone. Close it when done."""

    def __init__(self, path: Path | None) -> None:
        """Read what is there.

        Raises:
            InputError: the file cannot be read or written.
        """
        self._known: dict[str, Observation] = {}
        self._file = None
        if path is None:
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.is_file():
                self._read(path.read_text(encoding="utf-8"))
            self._file = path.open("a", encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"The evaluation's cache {path} cannot be used: {error}.") from error

    def get(self, key: str) -> Observation | None:
        """What was observed under this key, if anything."""
        return self._known.get(key)

    def put(self, key: str, observation: Observation) -> None:
        """Keep an observation, at once."""
        self._known[key] = observation
        if self._file is not None:
            line = json.dumps({"key": key, **observation.to_json()}, ensure_ascii=False)
            # A newline before, too: what a killed run left half written ends here.
            self._file.write(f"\n{line}\n")
            self._file.flush()

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()

    def __enter__(self) -> "Cache":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self, text: str) -> None:
        for line in text.splitlines():
            try:
                raw = json.loads(line)
                key = raw.pop("key")
                self._known[key] = Observation.from_json(raw)
            except (ValueError, TypeError, KeyError, AttributeError):
                continue
