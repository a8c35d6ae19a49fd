"""The numbers and the quarantine list of an index run, as a person and as a program read them."""

from dataclasses import asdict, dataclass, field
from typing import Any

from knowledge.documents import Problem


@dataclass(slots=True)
class IndexReport:
    """What an index run did. Counts are of documents, photos, passages; `seconds` is wall time.

    `photos_embedded` and `passages_embedded` count encoder work alone: what was found in the
    index, from this version of a document or an earlier one, is not in them.
    """

    corpus: str
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    kept: int = 0
    photos_embedded: int = 0
    passages_embedded: int = 0
    seconds: float = 0.0
    problems: list[Problem] = field(default_factory=list)

    @property
    def documents(self) -> int:
        """Documents read from the corpus and now in the index."""
        return self.new + self.changed + self.unchanged

    @property
    def ok(self) -> bool:
        """Whether everything in the corpus could be used."""
        return not self.problems

    def as_json(self) -> dict[str, Any]:
        """Plain data, one key a field."""
        return asdict(self)

    def summary(self) -> str:
        """One line for people."""
        parts = [
            f"{self.new} new",
            f"{self.changed} changed",
            f"{self.unchanged} unchanged",
            f"{self.removed} removed",
        ]
        text = (
            f"{self.corpus}: {_plural(self.documents, 'document')} ({', '.join(parts)}); "
            f"{_plural(self.photos_embedded, 'photo')} and "
            f"{_plural(self.passages_embedded, 'passage')} embedded in {self.seconds:.1f} s"
        )
        if self.problems:
            text += f"; {_plural(len(self.problems), 'problem')}, see the report"
        return text


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
