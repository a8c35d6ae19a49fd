"""Whether the address and the key of a server can be used at all, before anything is sent."""

from urllib.parse import urlsplit

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
