"""What a check of `snapcite doctor` found."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from api.settings import Settings
from knowledge.credentials import without_credentials

State = Literal["ok", "warning", "failed"]


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of a check. `todo`: what to do, unless `seen` says it already."""

    check: str
    state: State
    seen: str
    todo: str | None = None

    def __post_init__(self) -> None:
        """Hide the credentials of addresses, whichever check says them."""
        object.__setattr__(self, "seen", without_credentials(self.seen))


Check = Callable[[Settings], Iterator[Finding]]
