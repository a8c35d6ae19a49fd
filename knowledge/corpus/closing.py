"""Who may see a document, as its corpus says: `groups` and `closed_until`, however written.

What cannot be read closes a document to everybody, and a note says so: a slip of the pen must not
open an archive. Only a value that is empty closes nothing.
"""

import datetime
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from unicodedata import normalize

from knowledge.corpus.text import as_text
from knowledge.corpus.values import MOST_DEPTH, label_and_value, object_in_cell
from knowledge.dates import InvalidEdtfError, dated_from_edtf, read_date
from knowledge.documents import Document, Note, Problem
from knowledge.identifiers import visible
from knowledge.viewer import MOST_GROUPS, NEVER, group_name

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_BETWEEN_WORDS = re.compile(r"[\s_-]+")
_BEFORE_NAME = re.compile(r".*[./:#>|]")
_NUMBERED = re.compile(r" \(?\d{1,3}\)?$")
"""What repeated names of columns have behind them."""
_GROUPS = re.compile(r"(?:(?:access|closed|restricted|rights|user|viewer|visibility) )?groups")
_UNTIL = re.compile(r"(?:.+ )?closed until")
_BETWEEN_GROUPS = re.compile(r"[,;|\n]")
_MENTIONED = re.compile(r"(?i)\bclosed[ _-]?until\b|[\"']?\bgroups\b[\"']?\s*:")
_KEY_LINE = re.compile(r"(?im)^[\s\"'-]*(?:groups|closed[ _-]?until)[\"']?[ \t]*:")
_XMP_NAME = re.compile(r"(?i)[\s:<](?:groups|closed_?until)\s*[=>]")
_LABELLED = re.compile(r"([^\n:]{1,60}):(?:\s(.*))?")
_WITH_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2})(?::(\d{2}))?([.,]\d{1,9})?"
    r"\s?(Z|UTC|[+-]\d{2}:?\d{2})?"
)
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


@lru_cache(maxsize=4096)
def closing_key(label: str) -> str | None:
    """`groups` or `closed_until`, where a key or a column is one of these.

    A path before it, a namespace and the number of a repeated column make no difference, and
    neither do invisible characters and wide letters: people see the same label.

    >>> [closing_key(label) for label in ("Groups", "closedUntil", "Closed until", "group")]
    ['groups', 'closed_until', 'closed_until', None]
    >>> [closing_key(label) for label in ("access.groups", "my:closedUntil", "groups 2")]
    ['groups', 'closed_until', 'groups']
    """
    if len(label) > _MOST_CHARS:
        return None
    plain = _BEFORE_NAME.sub("", normalize("NFKC", visible(label))).strip(" \t\"'")
    words = _BETWEEN_WORDS.sub(" ", _CAMEL.sub(" ", plain)).strip().casefold()
    words = _NUMBERED.sub("", words)
    if _GROUPS.fullmatch(words):
        return "groups"
    return "closed_until" if _UNTIL.fullmatch(words) else None


def closing_of(values: Mapping[str, object]) -> Closing:
    """What the values of a record or of front matter say, however deep; other keys are not read.

    >>> closing_of({"groups": "staff, donors", "closed_until": 2050})
    Closing(groups=('staff', 'donors'), until='2050-12-31')
    >>> closing_of({"groups": None, "closed_until": ""}), closing_of({"closed_until": "soon"})
    (Closing(groups=(), until=''), Closing(groups=(), until='9999-12-31'))
    >>> closing_of({"access": {"groups": ["staff"]}, "metadata": [{"label": "Closed until",
    ...             "value": "2050"}]})
    Closing(groups=('staff',), until='2050-12-31')
    """
    closing = OPEN_TO_ALL
    for key, value in _said(values):
        closing &= _groups(value) if key == "groups" else _until(value)
    return closing


def without_closing(values: Mapping[str, object]) -> dict[str, object]:
    """The other values."""
    if next(_said(values), None) is None:
        return dict(values)
    return {str(label): value for label, value in _others(values, 0).items()}


def mentions_closing(text: str) -> bool:
    """Whether a file that cannot be read may say that its document is closed."""
    return _MENTIONED.search(text) is not None


def has_closing_key(text: str) -> bool:
    """Whether a line of it has one of the two as its key, as in front matter."""
    return _KEY_LINE.search(text) is not None


def xmp_may_close(xmp: str) -> bool:
    """Whether XMP has a property that is called so; no standard says what its values mean."""
    return _XMP_NAME.search(xmp) is not None


def split_labelled(text: str) -> tuple[Closing, str]:
    """What the labelled lines say that a text begins with, and the text without those lines.

    >>> split_labelled("Groups: staff\\nDate: 1901\\n\\nA mill. It was closed until: 1950.")
    (Closing(groups=('staff',), until=''), 'Date: 1901\\n\\nA mill. It was closed until: 1950.')
    """
    lines = text.split("\n")
    closing, kept = OPEN_TO_ALL, list[str]()
    first = next((n for n, line in enumerate(lines) if line.strip()), len(lines))
    end = first
    while end < len(lines) and (labelled := _LABELLED.fullmatch(lines[end].strip())):
        if closing_key(labelled[1]) is None:
            kept.append(lines[end])
        else:
            closing &= closing_of({labelled[1]: labelled[2] or ""})
        end += 1
    if len(kept) == end - first:
        return OPEN_TO_ALL, text
    return closing, "\n".join((*kept, *lines[end:])).lstrip("\n")


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


def _said(values: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Key and value of all that says who may see a document, at any depth."""
    left: list[tuple[object, int]] = [(values, 0)]
    while left:
        value, depth = left.pop()
        if isinstance(value, str) and depth == 1:
            value = object_in_cell(value)
        if isinstance(value, Mapping):
            pair = label_and_value(_by_name(value)) if depth else None
            if pair is not None and (key := closing_key(pair[0])):
                yield key, list(_leaves(pair[1]))
                continue
            for label, inner in value.items():
                if key := closing_key(str(label)):
                    yield key, inner
                elif depth <= MOST_DEPTH:
                    left.append((inner, depth + 1))
        elif isinstance(value, list | tuple) and depth <= MOST_DEPTH:
            left += [(item, depth + 1) for item in value]


def _others(value: object, depth: int) -> Any:  # noqa: ANN401 - of the same kind as `value`
    if isinstance(value, str) and depth == 1:
        parsed = object_in_cell(value)
        return value if parsed is None else _others(parsed, depth)
    if depth > MOST_DEPTH + 1:
        return value
    if isinstance(value, Mapping):
        return {
            label: _others(inner, depth + 1)
            for label, inner in value.items()
            if closing_key(str(label)) is None
        }
    if isinstance(value, list | tuple):
        return [_others(item, depth + 1) for item in value if not _is_closing_pair(item)]
    return value


def _is_closing_pair(item: object) -> bool:
    pair = label_and_value(_by_name(item)) if isinstance(item, Mapping) else None
    return pair is not None and closing_key(pair[0]) is not None


def _by_name(value: Mapping[Any, object]) -> dict[str, object]:
    return {str(key): inner for key, inner in value.items()}


def _leaves(value: object) -> Iterator[object]:
    """The scalars of a value, such as those of `{"en": ["2050"]}`."""
    left = [value]
    while left:
        each = left.pop()
        if isinstance(each, Mapping):
            left += each.values()
        elif isinstance(each, list | tuple):
            left += each
        else:
            yield each


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
        return _day_after(timed)
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


def _day_after(timed: re.Match[str]) -> str:
    """The first day, in UTC, that begins no earlier than a day and a time; a time without a zone is
    taken to be in UTC."""
    day, hour, minute, second, fraction, zone = timed.groups()
    zone = "+00:00" if zone in (None, "Z", "UTC") else zone
    zone = zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
    try:
        said = datetime.datetime.fromisoformat(f"{day}T{hour}:{minute}:{second or '00'}{zone}")
        moment = said.astimezone(datetime.UTC)
    except ValueError:
        return NEVER
    except OverflowError:
        return _LAST
    begins = moment.replace(hour=0, minute=0, second=0)
    if begins < moment or (fraction and fraction.strip(".,0")):
        try:
            begins += datetime.timedelta(days=1)
        except OverflowError:
            return _LAST
    return min(begins.date().isoformat(), _LAST)
