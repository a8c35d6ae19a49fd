"""API keys: kept as hashes, found only by the key itself, refused once revoked or expired."""

import hashlib
import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.access.keys import ApiKey, add_key, find_key, read_keys, revoke_key
from api.access.reread import RereadFile
from knowledge.errors import ConfigurationError, NotFoundError

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def kept(secret: str, name: str = "press", *, expires: datetime | None = None) -> ApiKey:
    return ApiKey(name, hashlib.sha256(secret.encode()).hexdigest(), ("ask",), NOW, expires)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "somewhere" / "keys.json"


def test_a_key_is_kept_as_its_hash_alone_for_its_owner_s_eyes(path):
    secret, key = add_key(path, "press", scopes={"ask"})

    written = path.read_text(encoding="utf-8")
    assert secret not in written
    assert json.loads(written)["keys"][0]["sha256"] == hashlib.sha256(secret.encode()).hexdigest()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_keys(path) == (key,)
    assert len(secret) >= len("snapcite_") + 256 / 6


def test_only_the_very_key_is_found(path):
    secret, key = add_key(path, "press", scopes={"ask", "admin"})
    add_key(path, "museum", scopes={"ask"})
    keys = read_keys(path)

    assert find_key(keys, secret, now=NOW) == key
    for other in ("", secret[:-1], secret + "x", secret.upper(), key.sha256, "é\ud7ff"):
        assert find_key(keys, other, now=NOW) is None


@pytest.mark.parametrize(
    ("seconds", "found"), [(-1, True), (0, False), (1, False)], ids=["before", "at", "after"]
)
def test_a_key_ends_at_its_expiry(seconds, found):
    key = kept("secret", expires=NOW)

    assert bool(find_key([key], "secret", now=NOW + timedelta(seconds=seconds))) is found


def test_a_lifetime_counts_from_now(path):
    _, key = add_key(path, "press", scopes={"ask"}, lifetime=timedelta(days=30))

    assert key.expires - key.created == timedelta(days=30)
    assert read_keys(path)[0].expires == key.expires


def test_a_revoked_key_is_gone_and_its_name_is_free(path):
    secret, _ = add_key(path, "press", scopes={"ask"})
    add_key(path, "museum", scopes={"ask"})
    revoke_key(path, "press")

    assert [key.name for key in read_keys(path)] == ["museum"]
    assert add_key(path, "press", scopes={"ask"})[0] != secret
    with pytest.raises(NotFoundError, match="nobody"):
        revoke_key(path, "nobody")


@pytest.mark.parametrize("name", ["", "a b", "../x", "-x", "x" * 65, "a\n", "名"])
def test_a_name_is_fit_for_logs(path, name):
    with pytest.raises(ConfigurationError, match="cannot be called"):
        add_key(path, name, scopes={"ask"})
    assert not path.exists()


def test_a_name_stands_for_one_key_and_a_key_for_something(path):
    add_key(path, "press", scopes={"ask"})

    with pytest.raises(ConfigurationError, match="already"):
        add_key(path, "press", scopes={"ask"})
    with pytest.raises(ConfigurationError, match="nothing"):
        add_key(path, "museum", scopes=set())


GOOD = {"name": "a", "sha256": "0" * 64, "scopes": ["ask"], "created": "2026-11-21T00:00:00Z"}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"keys": 1}',
        json.dumps({"keys": [GOOD | {"sha256": "snapcite_plain"}]}),
        json.dumps({"keys": [GOOD | {"scopes": ["root"]}]}),
        json.dumps({"keys": [GOOD | {"expires": "2027-01-01"}]}),
        json.dumps({"keys": [GOOD | {"expiry": None}]}),
        json.dumps({"keys": [GOOD, GOOD]}),
    ],
)
def test_a_file_that_is_not_understood_lets_nobody_in(tmp_path, content):
    path = tmp_path / "keys.json"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(ConfigurationError, match=r"keys\.json"):
        read_keys(path)


def test_a_message_about_a_damaged_file_repeats_nothing_of_it(tmp_path):
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"keys": [GOOD | {"sha256": "hunter2"}]}), encoding="utf-8")

    with pytest.raises(ConfigurationError) as raised:
        read_keys(path)
    assert "hunter2" not in str(raised.value)


def test_a_changed_file_is_read_again_and_only_then(path):
    add_key(path, "press", scopes={"ask"})
    reads = []

    def read(path: Path) -> tuple[ApiKey, ...]:
        reads.append(path)
        return read_keys(path)

    file = RereadFile(path, read)
    assert [len(file.get()), len(file.get()), len(reads)] == [1, 1, 1]
    add_key(path, "museum", scopes={"ask"})
    assert [len(file.get()), len(reads)] == [2, 2]

    path.write_text("damaged", encoding="utf-8")
    for _ in range(2):  # what was good before is not fallen back upon
        with pytest.raises(ConfigurationError):
            file.get()
    path.unlink()
    with pytest.raises(ConfigurationError, match="cannot be read"):
        file.get()
    add_key(path, "press", scopes={"ask"})
    assert len(file.get()) == 1


def test_a_key_is_in_groups_and_an_older_file_has_none(tmp_path):
    file = tmp_path / "keys.json"
    _, key = add_key(file, "press", scopes={"ask"}, groups=["Staff", "reading room"])
    assert key.groups == ("reading room", "staff")
    assert read_keys(file) == (key,)
    with pytest.raises(ConfigurationError, match="group"):
        add_key(file, "odd", scopes={"ask"}, groups=["a;b"])
    entry = json.loads(file.read_text())["keys"][0]
    del entry["groups"]
    file.write_text(json.dumps({"keys": [entry]}))
    assert read_keys(file)[0].groups == ()
