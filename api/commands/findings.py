"""What a check of `snapcite doctor` found."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from api.settings import Settings

State = Literal["ok", "warning", "failed"]


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of a check. `todo`: what to do, unless `seen` says it already."""

    check: str
    state: State
    seen: str
    todo: str | None = None


Check = Callable[[Settings], Iterator[Finding]]
