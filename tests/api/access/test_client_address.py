"""The address of a request: a header counts only if a trusted proxy sent it."""

from ipaddress import ip_address

import pytest

from api.access.client_address import bucket, client_address, is_this_machine, parse_networks
from knowledge.errors import ConfigurationError

PROXIES = parse_networks(["10.0.0.0/8", "fd00::/8"])


def scope(peer: str | None, *forwarded: str):
    headers = [(b"x-forwarded-for", value.encode("latin-1")) for value in forwarded]
    return {"type": "http", "client": (peer, 1) if peer else None, "headers": headers}


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.5", (), "203.0.113.5"),
        ("203.0.113.5", ("198.51.100.1",), "203.0.113.5"),  # no proxy of ours
        ("10.0.0.1", ("198.51.100.1",), "198.51.100.1"),
        ("10.0.0.1", ("1.1.1.1, 198.51.100.1",), "198.51.100.1"),  # the first was made up
        ("10.0.0.1", ("1.1.1.1, 198.51.100.1, 10.0.0.2",), "198.51.100.1"),
        ("10.0.0.1", ("1.1.1.1", "198.51.100.1"), "198.51.100.1"),
        ("10.0.0.1", ("nonsense",), "10.0.0.1"),
        ("10.0.0.1", ("198.51.100.1, nonsense, 10.0.0.2",), "10.0.0.2"),
        ("10.0.0.1", ("10.0.0.3, 10.0.0.2",), "10.0.0.3"),
        ("10.0.0.1", ("198.51.100.1:4711",), "198.51.100.1"),
        ("fd00::1", ("[2001:db8::7]:4711",), "2001:db8::7"),
        ("::ffff:10.0.0.1", ("198.51.100.1",), "198.51.100.1"),
        (None, ("198.51.100.1",), None),
        ("testclient", (), None),
    ],
)
def test_the_address_is_the_last_that_is_no_trusted_proxy(peer, forwarded, expected):
    address = client_address(scope(peer, *forwarded), trusted=PROXIES)

    assert address == (ip_address(expected) if expected else None)


def test_an_ipv6_customer_is_counted_as_one():
    assert bucket(ip_address("2001:db8:1:2:3::4")) == bucket(ip_address("2001:db8:1:2::9"))
    assert bucket(ip_address("2001:db8:1:2::9")) != bucket(ip_address("2001:db8:1:3::9"))
    assert bucket(ip_address("192.0.2.1")) != bucket(ip_address("192.0.2.2"))


def test_a_proxy_is_named_by_its_network():
    with pytest.raises(ConfigurationError, match="SNAPCITE_TRUSTED_PROXIES"):
        parse_networks(["proxy.example"])


@pytest.mark.parametrize("header", [b"fastly-client-ip", b"x-cluster-client-ip"])
def test_what_a_proxy_adds_is_not_this_machine(header):
    scope = {"type": "http", "client": ("127.0.0.1", 1), "http_version": "1.1", "headers": []}
    assert is_this_machine(scope)
    assert not is_this_machine({**scope, "headers": [(header, b"192.0.2.1")]})
