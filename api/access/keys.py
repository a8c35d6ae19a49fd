"""API keys: makes them, keeps their hashes in one JSON file, and finds the key that a caller sends.

A key is 256 random bits, so one round of SHA-256 protects it: unlike a password, nobody can guess
it. Knows no request.

    {"keys": [{"name": "press", "sha256": "9f86…", "scopes": ["ask"],
               "created": "2026-11-21T09:00:00+00:00", "expires": null, "groups": ["staff"]}]}
"""

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from filelock import FileLock
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from api.access.auth import Scope
from api.whole_file import write_whole
from knowledge.errors import ConfigurationError, NotFoundError
from knowledge.viewer import Viewer, group_name

PREFIX = "snapcite_"
"""Every key begins with this, so that people and scanners recognise a key that leaked."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key's entry in the file.

    Attributes:
        name: unique among the keys; logs call the caller by it.
        sha256: of the key, in hexadecimal.
        scopes: what the key allows.
        created: in UTC.
        expires: from when on it is refused, in UTC; None for never.
        groups: whose closed documents it may see.
    """

    name: str
    sha256: str
    scopes: tuple[Scope, ...]
    created: datetime
    expires: datetime | None = None
    groups: tuple[str, ...] = ()

    def is_valid(self, now: datetime) -> bool:
        """Whether the key is accepted at `now`."""
        return self.expires is None or now < self.expires


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(pattern=f"^{_NAME.pattern}$")
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    scopes: tuple[Scope, ...]
    created: AwareDatetime
    expires: AwareDatetime | None = None
    groups: tuple[str, ...] = ()


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    keys: tuple[_Entry, ...]


def find_key(keys: Sequence[ApiKey], secret: str, *, now: datetime) -> ApiKey | None:
    """The valid key that `secret` is, or None, in a time that does not depend on the secret."""
    digest = _hash(secret)
    found = None
    for key in keys:  # all of them, also after one fits
        if hmac.compare_digest(key.sha256, digest) and key.is_valid(now):
            found = key
    return found


def read_keys(path: Path) -> tuple[ApiKey, ...]:
    """The keys in a file.

    Raises:
        ConfigurationError: the file cannot be read, or is not a key file.
    """
    try:
        entries = _File.model_validate_json(path.read_bytes()).keys
    except OSError as error:
        raise ConfigurationError(
            f"The key file {path} cannot be read: {error.strerror}."
        ) from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ConfigurationError(
            f"The key file {path} is damaged ({where}: {first['msg']}); restore it, or make new "
            "keys with `snapcite keys add`."
        ) from error
    names = [entry.name for entry in entries]
    if len(set(names)) < len(names):
        raise ConfigurationError(f"The key file {path} has two keys of one name; rename one.")
    return tuple(ApiKey(**dict(entry)) for entry in entries)


def add_key(
    path: Path,
    name: str,
    *,
    scopes: Collection[Scope],
    lifetime: timedelta | None = None,
    groups: Collection[str] = (),
) -> tuple[str, ApiKey]:
    """Make a key and keep its hash in the file, which is created if needed.

    Returns:
        The key itself, which is kept nowhere, and its entry in the file.

    Raises:
        ConfigurationError: the name cannot be used or is taken; the file cannot be used.
    """
    if not _NAME.fullmatch(name):
        raise ConfigurationError(
            f"A key cannot be called {name!r}: give 1 to 64 letters, digits, dots, dashes or "
            "underscores, a letter or digit first."
        )
    if not scopes:
        raise ConfigurationError(f"The key {name} would allow nothing; give it a scope.")
    for group in groups:
        if group_name(group) is None:
            raise ConfigurationError(
                f"A group cannot be called {group!r}: give letters, digits, spaces and . _ - : @ / "
                "+ alone."
            )
    secret = PREFIX + secrets.token_urlsafe(32)
    now = datetime.now(UTC).replace(microsecond=0)
    key = ApiKey(
        name,
        _hash(secret),
        tuple(sorted(scopes)),
        now,
        now + lifetime if lifetime else None,
        Viewer.of(groups).groups,
    )
    with _held(path):
        keys = read_keys(path) if path.exists() else ()
        if any(other.name == name for other in keys):
            raise ConfigurationError(
                f"There is a key {name!r} in {path} already; revoke it or choose another name."
            )
        _write(path, (*keys, key))
    return secret, key


def revoke_key(path: Path, name: str) -> ApiKey:
    """Remove a key from the file; a running server refuses it from the next request on.

    Raises:
        NotFoundError: no key has that name.
        ConfigurationError: the file cannot be used.
    """
    with _held(path):
        keys = read_keys(path)
        gone = [key for key in keys if key.name == name]
        if not gone:
            raise NotFoundError(
                f"There is no key {name!r} in {path}; `snapcite keys list` shows all."
            )
        _write(path, [key for key in keys if key.name != name])
    return gone[0]


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@contextmanager
def _held(path: Path) -> Iterator[None]:
    """Let only one process write at a time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_name(path.name + ".lock"), timeout=10):
            yield
    except OSError as error:  # also filelock's time-out
        raise ConfigurationError(
            f"The key file {path} cannot be written: {error.strerror or error}."
        ) from error


def _write(path: Path, keys: Sequence[ApiKey]) -> None:
    """Write the file whole or not at all, readable only by its owner."""
    entries = [
        asdict(key)
        | {
            "created": key.created.isoformat(),
            "expires": key.expires.isoformat() if key.expires else None,
        }
        for key in keys
    ]
    text = json.dumps({"keys": entries}, indent=2) + "\n"
    write_whole(path, text.encode("utf-8"), mode=0o600)
