"""HTTP clients for the servers that the settings name, and why one of them cannot be reached.

Which proxies and certificates count is the environment's business (`HTTP_PROXY`, `NO_PROXY`,
`SSL_CERT_FILE`, …), as other programs read it. Two things are done better than by httpx alone: a
server on this machine is never asked through a proxy, and what cannot be used of the environment is
one error that names it. Knows no API and no question.
"""

import datetime
import ipaddress
import math
import os
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

from knowledge.credentials import without_credentials, without_secrets
from knowledge.errors import ConfigurationError

if TYPE_CHECKING:
    import httpx

_IN_CONTAINER = (Path("/.dockerenv"), Path("/run/.containerenv"))
_PROXIES = "HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY"
_PERHAPS_TLS = ("x15\\x03", "x16\\x03", "reset by peer", "disconnected without")
"""How a server that speaks TLS ends a request without it, as an error writes it."""


def server_client(address: str, **options: Any) -> "httpx.Client":  # noqa: ANN401 - of httpx
    """A client for one server; sends nothing.

    Args:
        address: of the server.
        options: of `httpx.Client`, but for `verify` and `trust_env`.

    Raises:
        ConfigurationError: the proxies or the certificates of the environment cannot be used.
    """
    import httpx

    parts = urlsplit(address)
    try:
        certificates = httpx.create_ssl_context(trust_env=parts.scheme == "https")
    except OSError as error:  # one of TLS is such an error, too
        raise ConfigurationError(
            "SSL_CERT_FILE or SSL_CERT_DIR names no certificates that can be read "
            f"({os.environ.get('SSL_CERT_FILE') or os.environ.get('SSL_CERT_DIR')}: {error}); "
            "correct it, or unset it."
        ) from error
    try:
        return httpx.Client(verify=certificates, trust_env=not _is_this_machine(parts), **options)
    except ImportError as error:
        raise ConfigurationError(
            "ALL_PROXY or another variable names a SOCKS proxy, which needs a package: `pip "
            "install socksio`. Or name an HTTP proxy, or put the server's name into NO_PROXY and "
            "unset ALL_PROXY."
        ) from error
    except (ValueError, httpx.InvalidURL) as error:
        said = without_credentials(str(error), *getproxies().values())
        raise ConfigurationError(
            f"The proxies that the environment names cannot be used ({said}): correct or unset "
            f"{_PROXIES}. NO_PROXY takes names and addresses, with commas between them and without "
            "brackets."
        ) from error


def seconds_to_wait(headers: Mapping[str, str]) -> float | None:
    """Seconds that a server asks to wait, None where it does not say: `Retry-After` is a number or
    a time, and `retry-after-ms` is finer."""
    said = headers.get("retry-after", "")
    for text, unit in ((headers.get("retry-after-ms", ""), 1000), (said, 1)):
        try:
            seconds = float(text) / unit
        except ValueError:
            continue
        if math.isfinite(seconds):
            return max(0.0, seconds)
    try:
        until = parsedate_to_datetime(said)
    except (ValueError, OverflowError):
        return None
    now = datetime.datetime.now(until.tzinfo)  # without a zone it is of this machine's clock
    return max(0.0, (until - now).total_seconds())


def why_unreachable(error: Exception, address: str) -> str:
    """What went wrong between this machine and a server, and what can be done, in a few words.

    Args:
        error: that httpx raised, or a client around it.
        address: of the server.
    """
    cause: BaseException = error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    said = without_credentials(str(cause) or str(error), address)
    advice = _advice(said.lower(), urlsplit(address))
    return "; ".join(part for part in (said or type(cause).__name__, advice) if part)


def _advice(said: str, address: SplitResult) -> str:
    if "certificate" in said and "verify failed" in said:
        return (
            "set SSL_CERT_FILE to a file with the certificate that signed the server's, or, if it "
            "signed itself, with its own"
        )
    if "wrong_version_number" in said or "record layer failure" in said:
        return "it speaks no TLS there: begin the address with http://"
    if address.scheme == "http" and any(mark in said for mark in _PERHAPS_TLS):
        return "if it speaks TLS there, begin the address with https://"
    proxy = proxy_for(address.geturl())
    if proxy is not None:
        return (
            f"it is asked through the proxy {proxy} of the environment: put {address.hostname} "
            "into NO_PROXY to ask it directly"
        )
    if "refused" in said and _is_this_machine(address) and any(p.exists() for p in _IN_CONTAINER):
        return (
            "in a container, localhost is the container itself: name the machine, such as "
            "host.docker.internal"
        )
    return ""


def proxy_for(address: str) -> str | None:
    """The proxy that a server is asked through, as it may be shown; None without one."""
    parts = urlsplit(address)
    if _is_this_machine(parts) or not parts.hostname or proxy_bypass(parts.hostname):
        return None
    named = getproxies()
    proxy = named.get(parts.scheme) or named.get("all")
    return without_secrets(proxy) if proxy else None


def _is_this_machine(address: SplitResult) -> bool:
    host = address.hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        return False
    return number.is_loopback or number.is_unspecified
