"""The network address that a request came from, as far as it can be trusted. Pure functions."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import Scope

from knowledge.errors import ConfigurationError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_IPV6_CUSTOMER = 64
"""Bits of an IPv6 address that name one customer, who chooses the other bits."""


def parse_networks(names: Sequence[str]) -> tuple[Network, ...]:
    """Addresses or networks such as `10.0.0.0/8` or `::1`.

    Raises:
        ConfigurationError: one is neither.
    """
    try:
        return tuple(ip_network(name) for name in names)
    except ValueError as error:
        raise ConfigurationError(
            f"SNAPCITE_TRUSTED_PROXIES takes addresses and networks, such as 10.0.0.0/8: {error}."
        ) from error


def client_address(scope: Scope, *, trusted: Sequence[Network]) -> Address | None:
    """The address of the client; None where the server does not know it (a Unix socket).

    `X-Forwarded-For` counts only if the proxy that sent it is in `trusted`. The client is then the
    last listed address that is not such a proxy; the client itself may have written those before.
    """
    peer = _parsed(scope["client"][0]) if scope.get("client") else None
    if peer is None or not is_in(peer, trusted):
        return peer
    forwarded = ",".join(Headers(scope=scope).getlist("x-forwarded-for"))
    for item in reversed(forwarded.split(",")):
        address = _parsed(item.strip())
        if address is None:
            break
        peer = address
        if not is_in(address, trusted):
            break
    return peer


_OF_PROXIES = (
    "forwarded",
    "via",
    "x-real-ip",
    "x-client-ip",
    "client-ip",
    "true-client-ip",
    "cf-connecting-ip",
    "fly-client-ip",
    "fastly-client-ip",
    "x-cluster-client-ip",
)


def is_this_machine(scope: Scope) -> bool:
    """Whether a program of this machine sent a request, as far as can be seen.

    The connection comes from a loopback address, no header says that a proxy passed the request
    on, and it is HTTP/1.1: nginx passes requests on as HTTP/1.0 unless its settings say otherwise.
    """
    peer = _parsed(scope["client"][0]) if scope.get("client") else None
    if peer is None or not peer.is_loopback or scope.get("http_version", "1.1") == "1.0":
        return False
    names = (name.decode("latin-1").lower() for name, _ in scope["headers"])
    return not any(name in _OF_PROXIES or name.startswith("x-forwarded") for name in names)


def bucket(address: Address | None) -> str:
    """The name for counting requests: the address; for IPv6, the network of one customer."""
    if isinstance(address, IPv6Address):
        return str(ip_network((address, _IPV6_CUSTOMER), strict=False))
    return str(address)


def _parsed(text: str) -> Address | None:
    """An address, also with a port behind it as some proxies write it."""
    for candidate in (text, text.rpartition(":")[0].strip("[]")):
        try:
            address = ip_address(candidate)
        except ValueError:
            continue
        mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
        return mapped or address
    return None


def is_in(address: Address, networks: Sequence[Network]) -> bool:
    """Whether an address belongs to one of the networks."""
    return any(address in network for network in networks)
