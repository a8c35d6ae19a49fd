"""Who may see a document, as its corpus says: `groups` and `closed_until`, however written.

What cannot be read closes a document to everybody, and a note says so: a slip of the pen must not
open an archive. Only a value that is empty closes nothing.
"""

import datetime
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from knowledge.corpus.text import as_text
from knowledge.dates import InvalidEdtfError, dated_from_edtf, read_date
from knowledge.documents import Document, Note, Problem
from knowledge.viewer import MOST_GROUPS, NEVER, group_name

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_BETWEEN_WORDS = re.compile(r"[\s_-]+")
_LABELS = {"groups": "groups", "closed until": "closed_until"}
_BETWEEN_GROUPS = re.compile(r"[,;|\n]")
_MENTIONED = re.compile(r"(?i)\bclosed[ _-]?until\b|[\"']?\bgroups\b[\"']?\s*:")
_WITH_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})[T ][\d:.,]+(?:Z|[+-]\d{2}:?\d{2})?")
_LAST = "9999-12-30"
_MOST_CHARS = 200
_NAMED = 3
"""Documents that a note names."""


@dataclass(frozen=True, slots=True)
class Closing:
    """To whom a document is closed.

    Attributes:
        groups: whose members may see it; empty for everybody.
        until: the day, in ISO 8601, on which it opens; "" where it is not closed, `NEVER` where
            that or a group could not be read.
    """

    groups: tuple[str, ...] = ()
    until: str = ""

    def __and__(self, other: "Closing") -> "Closing":
        """Both at once: the stricter of the two."""
        until = max(self.until, other.until)
        if not self.groups or not other.groups:
            return Closing(self.groups or other.groups, until)
        both = tuple(group for group in self.groups if group in other.groups)
        return Closing(both or self.groups, until if both else NEVER)


OPEN_TO_ALL = Closing()
UNREADABLE = Closing(until=NEVER)


def closing_key(label: str) -> str | None:
    """`groups` or `closed_until`, where a key or a column is one of these.

    >>> [closing_key(label) for label in ("Groups", "closedUntil", "Closed until", "group")]
    ['groups', 'closed_until', 'closed_until', None]
    """
    words = _BETWEEN_WORDS.sub(" ", _CAMEL.sub(" ", label.strip())).casefold()
    return _LABELS.get(words)


def closing_of(values: Mapping[str, object]) -> Closing:
    """What the values of a record or of front matter say; other keys are not looked at.

    >>> closing_of({"groups": "staff, donors", "closed_until": 2050})
    Closing(groups=('staff', 'donors'), until='2050-12-31')
    >>> closing_of({"groups": None, "closed_until": ""}), closing_of({"closed_until": "soon"})
    (Closing(groups=(), until=''), Closing(groups=(), until='9999-12-31'))
    """
    closing = OPEN_TO_ALL
    for label, value in values.items():
        match closing_key(str(label)):
            case "groups":
                closing &= _groups(value)
            case "closed_until":
                closing &= _until(value)
    return closing


def without_closing(values: Mapping[str, object]) -> dict[str, object]:
    """The other values."""
    return {label: value for label, value in values.items() if closing_key(str(label)) is None}


def mentions_closing(text: str) -> bool:
    """Whether a file that cannot be read may say that its document is closed."""
    return _MENTIONED.search(text) is not None


def closed(document: Document, closing: Closing) -> Document:
    """The document, closed to whom it already was and to whom `closing` says."""
    both = Closing(document.groups, document.closed_until) & closing
    return replace(document, groups=both.groups, closed_until=both.until)


def with_notes(items: Iterable[Document | Problem | Note]) -> Iterator[Document | Problem | Note]:
    """The items of a corpus, then how many of its documents are closed, and why."""
    documents = restricted = 0
    unreadable: list[str] = []
    for item in items:
        if isinstance(item, Document):
            documents += 1
            restricted += bool(item.groups or item.closed_until)
            if item.closed_until == NEVER:
                unreadable.append(item.id)
        yield item
    if unreadable:
        named = ", ".join(unreadable[:_NAMED]) + (", …" if len(unreadable) > _NAMED else "")
        yield Note(
            "",
            f"{len(unreadable):,} documents are closed to everybody, as their `closed_until` is no "
            f"date or their `groups` are no names: {named}.",
        )
    if restricted:
        yield Note(
            "",
            f"{restricted:,} of {documents:,} documents have `groups` or `closed_until` and are "
            "shown to nobody else.",
        )


def _items(value: object) -> list[object]:
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            parsed = json.loads(value)
        except (ValueError, RecursionError):
            return [value]
        return list(parsed) if isinstance(parsed, list) else [value]
    return list(value) if isinstance(value, list | tuple | set) else [value]


def _words(item: object) -> str | None:
    """One value as a text; None where it is none."""
    if isinstance(item, Mapping | list | tuple | set | bytes | bytearray | memoryview):
        return None
    return as_text(item).strip()


def _groups(value: object) -> Closing:
    names: list[str] = []
    for item in _items(value):
        words = _words(item)
        if words is None:
            return UNREADABLE
        for part in _BETWEEN_GROUPS.split(words):
            if not part.strip():
                continue
            name = group_name(part)
            if name is None or len(names) >= MOST_GROUPS:
                return UNREADABLE
            names.append(name)
    return Closing(tuple(dict.fromkeys(names)))


def _until(value: object) -> Closing:
    until = ""
    for item in _items(value):
        words = _words(item)
        if words is None:
            return UNREADABLE
        if words:
            until = max(until, _last_day(words))
    return Closing(until=until)


def _last_day(words: str) -> str:
    """The last day of what is written; `NEVER` where it has none."""
    if len(words) > _MOST_CHARS:
        return NEVER
    if timed := _WITH_TIME.fullmatch(words):
        words = timed[1]
    try:
        dated = dated_from_edtf(words)
    except InvalidEdtfError:
        try:
            read = read_date(words)
        except ValueError:
            read = None
        if read is None:
            return NEVER
        dated = read
    last = dated.latest
    if last is None or dated.about or dated.perhaps:
        return NEVER
    if last.year > datetime.MAXYEAR:
        return _LAST
    if last.year < 1:
        return "0001-01-01"
    return min(f"{last.year:04}-{last.month:02}-{last.day:02}", _LAST)
