"""No address that is shown holds what opens a server."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.credentials import without_credentials, without_secrets

PASSWORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Z", "C"]), min_size=4)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("http://localhost:6333", "http://localhost:6333"),
        ("https://me:pass@host:6333/prefix?api_key=k#x", "https://host:6333/prefix"),
        ("me:pass@host:6333?key=k", "host:6333"),
        (":memory:", ":memory:"),
        ("http://u:p@[half", "http://[half"),
        ("https://host/@user/name", "https://host/@user/name"),
        ("redis://:p/a@s?s#w@host:6379/0", "redis://host:6379/0"),
    ],
)
def test_an_address_without_secrets(address, shown):
    assert without_secrets(address) == shown


@settings(max_examples=60)
@given(PASSWORDS)
def test_no_password_is_shown_however_it_is_written(password):
    address = f"https://user:{password}@host.example/v1"
    assert without_secrets(address) == "https://host.example/v1"
    for words in (f"{address} refused", f"port {password!r}", f"get {address}: {password}"):
        shown = without_credentials(words, address)
        assert password not in shown.replace("***", "")
    if not set(password) & set("'\"<>"):
        assert without_credentials(f"got {address} back") == "got https://host.example/v1 back"


def test_a_long_line_takes_no_time():
    for words in ("a." * 50_000, "?" + "a" * 100_000, "http://" + "a:" * 50_000):
        assert without_credentials(words) == words
