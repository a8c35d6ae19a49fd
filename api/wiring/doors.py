"""Who may come in, as the settings say: keys, tokens, rates, and which addresses need them."""

from datetime import UTC, datetime
from ipaddress import ip_address
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


def build_doors(settings: Settings, *, host: str) -> Doors:
    """The doors of a server that listens on `host`.

    Raises:
        ConfigurationError: a setting cannot be used, or other machines could reach the server
            without a key.
    """
    loopback = is_loopback(host)
    authenticate = build_authenticate(settings)
    if authenticate is None and not loopback and not settings.insecure_open:
        raise ConfigurationError(
            f"On {host} other machines can reach this server without a key. Make one with "
            "`snapcite keys add NAME`, or give --insecure-open if a proxy checks callers."
        )
    redis_url = settings.redis_url
    return Doors(
        authenticate=authenticate,
        anybody=ANYBODY if loopback else Caller(ANYBODY.name, frozenset({"ask"})),
        hosts=frozenset({*settings.allowed_hosts, "localhost"}) if loopback else frozenset(),
        origins=_origins(settings),
        trusted=parse_networks(settings.trusted_proxies),
        per_caller=parse_rates(settings.rate_limit_key),
        per_address=parse_rates(settings.rate_limit_address),
        limits=RateLimits(redis_url.get_secret_value() if redis_url else None),
        metrics_open=settings.metrics_open,
    )


def build_authenticate(settings: Settings) -> Authenticate | None:
    """How callers are recognised; None where neither keys nor tokens are set up.

    Raises:
        ConfigurationError: a file cannot be used, or no caller could come in.
    """
    tokens = _token_checker(settings)
    path = settings.keys_file
    if not path.exists() and "keys_file" not in settings.model_fields_set:
        return _recognise(None, tokens) if tokens else None
    keys = RereadFile(path, read_keys)
    if not keys.get() and not tokens:
        raise ConfigurationError(
            f"The key file {path} holds no key, so no caller could come in; add one with "
            "`snapcite keys add NAME`, or remove the file."
        )
    return _recognise(keys, tokens)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens on `host`."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _recognise(
    keys: RereadFile[tuple[ApiKey, ...]] | None, tokens: TokenChecker | None
) -> Authenticate:
    def authenticate(headers: Headers) -> Caller:
        sent = headers.get("x-api-key", "").strip()
        scheme, _, rest = headers.get("authorization", "").partition(" ")
        if not sent and scheme.lower() == "bearer":
            sent = rest.strip()
        if not sent:
            raise CredentialError("No key was sent")
        if tokens and not sent.startswith(PREFIX):
            try:
                return tokens.caller(sent)
            except TokenError as error:
                raise CredentialError(f"The token is not accepted: {error}") from error
        found = find_key(keys.get(), sent, now=datetime.now(UTC)) if keys else None
        if found is None:
            raise CredentialError("The key is unknown or has expired")
        return Caller(f"key:{found.name}", frozenset(found.scopes))

    return authenticate


def _token_checker(settings: Settings) -> TokenChecker | None:
    if settings.jwt_secret_file is None and settings.jwt_keys_file is None:
        return None
    if settings.jwt_issuer is None or settings.jwt_audience is None:
        raise ConfigurationError(
            "Tokens are accepted only from one issuer and for one audience: set both "
            "SNAPCITE_JWT_ISSUER and SNAPCITE_JWT_AUDIENCE."
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
