"""Who looks at an index, and which of its points are open to them: the one place that decides it.

A document may name groups, of which a viewer has to be in one, and a day on which it opens; where
it has both, both must hold. Points of such a document carry that in their payload, and points of
any other document carry nothing, so that an index without closed documents has no more to filter.
Knows neither keys nor tokens: `api.access` gives a caller its groups.
"""

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from unicodedata import normalize

from knowledge.store.base import OpenTo

NEVER = "9999-12-31"
"""`Document.closed_until` of a document whose date or groups could not be read: no day comes."""

MOST_GROUPS = 1_000
"""Of one document, or of one caller."""

_GROUP = re.compile(r"[\w.:@/+-]+(?: [\w.:@/+-]+){0,9}")
_MOST_GROUP_CHARS = 100


def group_name(text: str) -> str | None:
    """A group's name as it is compared: in NFKC, without capitals; None where it cannot be one.

    >>> group_name(" Staff "), group_name("reading  room"), group_name("a;b"), group_name("")
    ('staff', 'reading room', None, None)
    """
    name = " ".join(normalize("NFKC", text).casefold().split())
    return name if len(name) <= _MOST_GROUP_CHARS and _GROUP.fullmatch(name) else None


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks.

    Attributes:
        groups: that the viewer is in, as `group_name` writes them, sorted.
        sees_all: whether closed documents are open to them too, as to the operator.
    """

    groups: tuple[str, ...] = ()
    sees_all: bool = False

    @staticmethod
    def of(groups: Iterable[str]) -> "Viewer":
        """A member of these groups; what cannot be a group's name lets in nowhere."""
        return Viewer(tuple(sorted({name for each in groups if (name := group_name(each))})))

    def may_see(self, payload: Mapping[str, Any], *, day: int | None = None) -> bool:
        """Whether a point is open to the viewer, by its payload.

        `day`: as `today` gives it; None for today.
        """
        if self.sees_all:
            return True
        groups, until = payload.get("groups"), payload.get("closed_until")
        if groups is not None and not set(groups) & set(self.groups):
            return False
        return until is None or int(until) <= (today() if day is None else day)

    def open_to(self, *, own_statistics: bool) -> OpenTo | None:
        """What the store has to keep for the viewer, today; None where that is everything.

        `own_statistics`: whether the words of points that it does not keep must not count.
        """
        if self.sees_all:
            return None
        return OpenTo(self.groups, today(), own_statistics=own_statistics)


ANYBODY = Viewer()
"""Who comes without a key, or with one that is in no group."""

OPERATOR = Viewer(sees_all=True)
"""Who runs the program, and could read its files as well."""


def today() -> int:
    """This day in UTC, as `knowledge.dates.Day.number` writes it: `20261129`."""
    return day_number(datetime.datetime.now(datetime.UTC).date().isoformat())


def day_number(day: str) -> int:
    """A day in ISO 8601 as a number that sorts: `2050-12-31` is 20501231."""
    return int(day.replace("-", ""))


def day_text(number: int | None) -> str:
    """The inverse of `day_number`; "" for None."""
    if number is None:
        return ""
    return f"{number // 10_000:04}-{number // 100 % 100:02}-{number % 100:02}"


CLOSING_KEYS = ("closed", "groups", "closed_until")
"""What of a payload says to whom a point is open."""


def closing_payload(groups: Iterable[str], closed_until: str) -> dict[str, Any]:
    """What the payloads of a document's points say of that; empty for one that is open to all."""
    payload: dict[str, Any] = {}
    if names := list(groups):
        payload |= {"groups": names, "closed": ["groups"]}
    if closed_until:
        payload["closed_until"] = day_number(closed_until)
        payload["closed"] = [*payload.get("closed", []), "until"]
    return payload
