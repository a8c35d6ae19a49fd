"""The address and the key of a server: whether they can be used at all, and what is asked there."""

from urllib.parse import parse_qs, urlsplit, urlunsplit

from knowledge.credentials import without_secrets
from knowledge.errors import ConfigurationError


def check_address(address: str, variable: str) -> None:
    """Refuse what is no address of a server.

    Raises:
        ConfigurationError: it is not one of http or https, or names no host or an impossible port.
    """
    try:
        parts = urlsplit(address)
        is_one = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_one = False
    if not is_one or not address.isprintable() or " " in address:
        raise ConfigurationError(
            f"{variable} is {without_secrets(address)!r}, which is no address of a server; it has "
            "to begin with http:// or https:// and to end in /v1."
        )


_ENDPOINTS = ("/chat/completions", "/completions", "/responses", "/models", "/embeddings",
              "/pooling", "/rerank", "/score")  # fmt: skip
"""Endings of addresses that were copied from an example of a request."""


def request_url(address: str, path: str) -> str:
    """The address of a request to a server: its path comes before the address's own query.

    Args:
        address: of the server, up to and with `/v1`; an endpoint at its end is left out.
        path: below it.

    >>> request_url("http://host:8001/v1/", "models")
    'http://host:8001/v1/models'
    >>> request_url("https://host/v1/chat/completions?api-version=1", "chat/completions")
    'https://host/v1/chat/completions?api-version=1'
    """
    parts = urlsplit(address)
    base = parts.path.rstrip("/")
    ending = next((each for each in _ENDPOINTS if base.endswith(each)), "")
    return urlunsplit(parts._replace(path=f"{base.removesuffix(ending)}/{path}", fragment=""))


def key_headers(key: str | None, address: str) -> dict[str, str]:
    """The headers that carry a server's key.

    An address with an `api-version` is one of Azure's older ones, which take a key only in a header
    of their own.
    """
    if not key:
        return {}
    bearer = {"Authorization": f"Bearer {key}"}
    is_versioned = "api-version" in parse_qs(urlsplit(address).query)
    return bearer | ({"api-key": key} if is_versioned else {})


def check_key(key: str | None, variable: str) -> None:
    """Refuse a key that no header of HTTP can hold. The message does not show it.

    Raises:
        ConfigurationError: it has spaces, line ends or characters beyond ASCII.
    """
    if key and not (key.isascii() and key.isprintable() and " " not in key):
        raise ConfigurationError(
            f"{variable} holds a space, a line end or a letter beyond ASCII, which no key of a "
            "server has; copy it again."
        )
