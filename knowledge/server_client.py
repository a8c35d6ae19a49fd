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
import ssl
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

from knowledge.credentials import without_credentials, without_secrets
from knowledge.errors import ConfigurationError

if TYPE_CHECKING:
    import httpx

Made = TypeVar("Made")
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

    return made_for(address, lambda **own: httpx.Client(**own, **options))


def made_for(address: str, make: Callable[..., Made]) -> Made:
    """What `make` makes of the options `verify` and `trust_env` that httpx needs for a server.

    Raises:
        ConfigurationError: the proxies or the certificates of the environment cannot be used.
    """
    import httpx

    parts = address_parts(address)
    try:
        certificates = httpx.create_ssl_context(trust_env=parts.scheme == "https")
        return make(verify=certificates, trust_env=not _is_this_machine(parts))
    except (OSError, ImportError, httpx.InvalidURL, ValueError) as error:
        fault = fault_of_environment(error)
        if fault is None and isinstance(error, httpx.InvalidURL) and not _reads_proxies():
            fault = _no_proxy(without_credentials(str(error), *getproxies().values()))
        if fault is None:
            raise
        raise ConfigurationError(fault) from error


def fault_of_environment(error: Exception) -> str | None:
    """What the environment says of proxies and certificates that cannot be used, and what to do.

    Args:
        error: that a client of HTTP raised before it asked; None comes back if it says no such
            thing.
    """
    said = str(error)
    if isinstance(error, ImportError) and "socks" in said.lower():
        return (
            "ALL_PROXY or another variable names a SOCKS proxy, which needs a package: `pip "
            "install socksio`. Or name an HTTP proxy, or put the server's name into NO_PROXY and "
            "unset ALL_PROXY."
        )
    if isinstance(error, ValueError) and "proxy" in said.lower():
        return _no_proxy(without_credentials(said, *getproxies().values()))
    if isinstance(error, OSError) and error.filename is None and _lacks_certificates():
        named = os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR")
        return (
            f"SSL_CERT_FILE or SSL_CERT_DIR names no certificates that can be read ({named}: "
            f"{said}); correct it, or unset it."
        )
    return None


def _no_proxy(said: str) -> str:
    return (
        f"The proxies that the environment names cannot be used ({said}): correct or unset "
        f"{_PROXIES}. NO_PROXY takes names and addresses, with commas between them and without "
        "brackets."
    )


def _reads_proxies() -> bool:
    """Whether the environment's proxies, and what is asked without them, are addresses at all."""
    import httpx

    try:
        httpx.Client(verify=False).close()
    except httpx.InvalidURL:
        return False
    return True


def _lacks_certificates() -> bool:
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if not file and not folder:
        return False
    try:
        ssl.create_default_context(cafile=file, capath=folder)
    except OSError:  # one of TLS is such an error, too
        return True
    return False


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
    advice = connection_advice(said, address)
    return "; ".join(part for part in (said or type(cause).__name__, advice) if part)


def connection_advice(reason: str, url: str) -> str:
    """What can be done where a server was not reached; empty where nothing is known.

    Args:
        reason: an error's words.
        url: of the server.
    """
    said, address = reason.lower(), address_parts(url)
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
    parts = address_parts(address)
    if _is_this_machine(parts) or not parts.hostname or proxy_bypass(parts.hostname):
        return None
    named = getproxies()
    proxy = named.get(parts.scheme) or named.get("all")
    return without_secrets(proxy) if proxy else None


def address_parts(address: str) -> SplitResult:
    """An address in its parts; none of one that is no address."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def _is_this_machine(address: SplitResult) -> bool:
    host = address.hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        return False
    return number.is_loopback or number.is_unspecified
