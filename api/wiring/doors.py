"""Who may come in, as the settings say: keys, tokens, rates, and which addresses need them."""

import re
import socket
from datetime import UTC, datetime
from ipaddress import IPv4Address, ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from api.access.auth import ANYBODY, Caller
from api.access.client_address import parse_networks
from api.access.guard import Authenticate, CredentialError, Doors
from api.access.keys import PREFIX, ApiKey, find_key, read_keys
from api.access.limits import RateLimits, parse_rates
from api.access.reread import RereadFile
from api.access.tokens import TokenChecker, TokenError, TokenRules
from api.settings import Settings
from knowledge.errors import ConfigurationError
from knowledge.viewer import Viewer

_HOST_NAME = re.compile(r"[a-z0-9._-]+|[0-9a-f:]+")


def build_doors(settings: Settings, *, host: str, name: str | None = None) -> Doors:
    """The doors of a server that listens on `host`.

    Args:
        settings: who may come in.
        host: the address.
        name: how the operator wrote the address, if otherwise.

    Raises:
        ConfigurationError: a setting cannot be used, or other machines could reach the server
            without a key.
    """
    loopback = is_loopback(host)
    authenticate = build_authenticate(settings)
    if not needs_credential(settings) and not loopback and not settings.insecure_open:
        raise ConfigurationError(
            f"On {host} other machines can reach this server without a key. Make one with "
            "`snapcite keys add NAME`, or give --insecure-open if a proxy checks callers."
        )
    hosts = _hosts(settings)
    trusted = parse_networks(settings.trusted_proxies)
    asker = Caller(ANYBODY.name, frozenset({"ask"}))
    # Whoever names a proxy or a public name lets others in through this machine's own address.
    is_private = loopback and not trusted and all(map(is_loopback, hosts))
    redis_url = settings.redis_url
    return Doors(
        authenticate=authenticate,
        anybody=asker,
        this_machine=ANYBODY if is_private else asker,
        hosts=hosts | {word.lower() for word in (host, name or host) if not _is_address(word)},
        origins=_origins(settings),
        trusted=trusted,
        per_caller=parse_rates(settings.rate_limit_key),
        per_address=parse_rates(settings.rate_limit_address),
        limits=RateLimits(
            redis_url.get_secret_value() if redis_url else None, workers=settings.workers
        ),
        metrics_open=settings.metrics_open,
    )


def needs_credential(settings: Settings) -> bool:
    """Whether callers need a key or a token as the settings and the files are now."""
    return (
        settings.jwt_issuer is not None
        or "keys_file" in settings.model_fields_set
        or settings.keys_file.exists()
    )


def build_authenticate(settings: Settings) -> Authenticate:
    """How callers are recognised. As long as neither keys nor tokens are set up, nobody has to be;
    a key file that is made while the server runs is used from then on.

    Raises:
        ConfigurationError: a file cannot be used, or no caller could come in.
    """
    tokens = _token_checker(settings)
    path = settings.keys_file
    keys = RereadFile(path, read_keys)
    is_there = keys.exists() or "keys_file" in settings.model_fields_set
    if is_there and not keys.get() and not tokens:
        raise ConfigurationError(
            f"The key file {path} holds no key, so no caller could come in; add one with "
            "`snapcite keys add NAME`, or remove the file."
        )
    return _Recognised(keys, tokens, is_there=is_there)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens on `host`.

    An address may be written in every way that the system takes, such as `127.1`. A name counts
    only if it always means this machine.
    """
    try:
        return ip_address(host).is_loopback
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host)).is_loopback
    except (OSError, ValueError):
        return host.lower() in ("localhost", "localhost.")


class _Recognised:
    """Finds the caller by the headers of a request."""

    def __init__(
        self,
        keys: RereadFile[tuple[ApiKey, ...]],
        tokens: TokenChecker | None,
        *,
        is_there: bool,
    ) -> None:
        """`is_there`: whether there is a key file. Once there was one, it counts for good: a file
        that is gone lets nobody in."""
        self._keys = keys
        self._tokens = tokens
        self._is_there = is_there

    def __call__(self, headers: Headers) -> Caller | None:
        if not self._is_there:
            self._is_there = self._keys.exists()
        if not self._is_there and self._tokens is None:
            return None
        sent = headers.get("x-api-key", "").strip()
        scheme, _, rest = headers.get("authorization", "").partition(" ")
        if not sent and scheme.lower() == "bearer":
            sent = rest.strip()
        if not sent:
            raise CredentialError("No key was sent")
        if self._tokens and not sent.startswith(PREFIX):
            try:
                return self._tokens.caller(sent)
            except TokenError as error:
                raise CredentialError(f"The token is not accepted: {error}") from error
        keys = self._keys.get() if self._is_there else ()
        found = find_key(keys, sent, now=datetime.now(UTC))
        if found is None:
            raise CredentialError("The key is unknown or has expired")
        return Caller(f"key:{found.name}", frozenset(found.scopes), Viewer.of(found.groups))


def _hosts(settings: Settings) -> frozenset[str]:
    """The names of the settings, as `Host` holds them."""
    for name in settings.allowed_hosts:
        if not _HOST_NAME.fullmatch(name.lower()):
            raise ConfigurationError(
                "SNAPCITE_ALLOWED_HOSTS takes host names such as archive.example, without a "
                f"scheme, a port or a path, separated by commas; {name!r} is not one."
            )
    return frozenset(name.lower() for name in settings.allowed_hosts)


def _is_address(host: str) -> bool:
    try:
        return bool(ip_address(host))
    except ValueError:
        pass
    try:
        return bool(socket.inet_aton(host))
    except OSError:
        return False


def _token_checker(settings: Settings) -> TokenChecker | None:
    signed = (settings.jwt_secret_file, settings.jwt_keys_file)
    named = (settings.jwt_issuer, settings.jwt_audience)
    if signed == (None, None) and named == (None, None):
        return None
    if not settings.jwt_issuer or not settings.jwt_audience:
        raise ConfigurationError(
            "Tokens are accepted only from one issuer and for one audience: set both "
            "SNAPCITE_JWT_ISSUER and SNAPCITE_JWT_AUDIENCE."
        )
    if signed == (None, None):
        raise ConfigurationError(
            "SNAPCITE_JWT_ISSUER and SNAPCITE_JWT_AUDIENCE are set, and nothing to check a token's "
            "signature with: set SNAPCITE_JWT_SECRET_FILE or SNAPCITE_JWT_KEYS_FILE, or neither."
        )
    return TokenChecker(
        TokenRules(
            issuer=settings.jwt_issuer,
            audience=settings.jwt_audience,
            secret_file=settings.jwt_secret_file,
            keys_file=settings.jwt_keys_file,
        )
    )


def _origins(settings: Settings) -> tuple[str, ...]:
    for origin in settings.cors_origins:
        parts = urlsplit(origin)
        if origin != "*" and origin != f"{parts.scheme}://{parts.netloc}":
            raise ConfigurationError(
                f"SNAPCITE_CORS_ORIGINS takes origins such as https://archive.example, without a "
                f"path, separated by commas; {origin!r} is not one."
            )
    return settings.cors_origins
