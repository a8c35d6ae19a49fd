"""JSON Web Tokens: checks them, and names their caller and scopes. Fetches no key.

HS256 uses a shared secret in a file, RS256 and ES256 use public keys in a local JWKS file. The key
determines the algorithm, never the token, so that nobody can use a public key as the shared secret.
A token must have a subject (`sub`), issuer, audience and expiry. Its scopes are in `scope`, as
words separated by spaces or as a list, and so are its groups in `groups`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.access.auth import SCOPES, Caller
from api.access.reread import RereadFile
from knowledge.errors import ConfigurationError
from knowledge.viewer import MOST_GROUPS, Viewer

if TYPE_CHECKING:
    from jwt import PyJWK

_LEEWAY_S = 30
"""Seconds by which the clocks of two machines may differ."""
_SECRET_BYTES = 32
_MOST_SUBJECT = 128


@dataclass(frozen=True, slots=True)
class TokenRules:
    """What a token is checked against.

    Attributes:
        issuer: `iss` must be equal to it.
        audience: `aud` must be equal to it or contain it.
        secret_file: holds the shared secret of HS256, at least 32 bytes.
        keys_file: a JWKS with the public keys of RS256 and ES256.
    """

    issuer: str
    audience: str
    secret_file: Path | None = None
    keys_file: Path | None = None


class TokenError(Exception):
    """A token was refused; the text says why and holds no part of the token."""


class TokenChecker:
    """Checks tokens with files that are read again when they change.

    Raises:
        ConfigurationError: a file cannot be used, or PyJWT is not installed.
    """

    def __init__(self, rules: TokenRules) -> None:
        try:
            import jwt
        except ImportError as error:
            raise ConfigurationError(
                "JSON Web Tokens need PyJWT, which is not installed: pip install '.[service]'."
            ) from error
        self._jwt = jwt
        self._rules = rules
        self._secret = rules.secret_file and RereadFile(rules.secret_file, _read_secret)
        self._keys = rules.keys_file and RereadFile(rules.keys_file, _read_keys)
        for file in (self._secret, self._keys):
            if file:
                file.get()

    def caller(self, token: str) -> Caller:
        """The caller of a token.

        Raises:
            TokenError: the token is damaged, expired, forged, or for another audience.
            ConfigurationError: a file can no longer be used.
        """
        jwt = self._jwt
        try:
            header = jwt.get_unverified_header(token)
            key, algorithm = self._key_for(header)
            claims = jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                issuer=self._rules.issuer,
                audience=self._rules.audience,
                leeway=_LEEWAY_S,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except jwt.PyJWTError as error:
            raise TokenError(_reason(error, jwt)) from error
        subject = claims["sub"]
        if not (0 < len(subject) <= _MOST_SUBJECT and subject.isprintable()):
            raise TokenError("its subject cannot be the name of a caller")
        scopes = _words(claims.get("scope"))
        return Caller(
            f"token:{subject}",
            frozenset(s for s in SCOPES if s in scopes),
            Viewer.of(sorted(_words(claims.get("groups")))[:MOST_GROUPS]),
        )

    def _key_for(self, header: Mapping[str, Any]) -> "tuple[str | bytes | PyJWK, str]":
        algorithm = header.get("alg")
        if algorithm == "HS256" and self._secret:
            return self._secret.get(), "HS256"
        if algorithm in ("RS256", "ES256") and self._keys:
            keys = [key for key in self._keys.get() if key.algorithm_name == algorithm]
            if "kid" in header:
                keys = [key for key in keys if key.key_id == header["kid"]]
            if len(keys) == 1:
                return keys[0], algorithm
            raise TokenError("it was signed with a key that this server does not know")
        raise TokenError("its algorithm is not accepted here")


def _words(given: object) -> set[str]:
    """The words of a claim, which separates them by spaces or lists them."""
    if isinstance(given, str):
        return set(given.split())
    return {item for item in given if isinstance(item, str)} if isinstance(given, list) else set()


def _reason(error: Exception, jwt: Any) -> str:  # noqa: ANN401 - the module
    """The reason in our words: a foreign message may repeat what was sent."""
    match error:
        case jwt.ExpiredSignatureError():
            return "it has expired"
        case jwt.ImmatureSignatureError():
            return "it is not valid yet"
        case jwt.InvalidAudienceError():
            return "it is for another audience"
        case jwt.InvalidIssuerError():
            return "it is from another issuer"
        case jwt.MissingRequiredClaimError():
            return f"it has no claim {error.claim!r}"
        case jwt.InvalidSignatureError():
            return "its signature does not fit"
        case _:
            return "it is damaged"


def _read_secret(path: Path) -> bytes:
    secret = _bytes(path).strip()
    if len(secret) < _SECRET_BYTES:
        raise ConfigurationError(
            f"The secret in {path} has {len(secret)} bytes; HS256 is only safe with at least "
            f"{_SECRET_BYTES}. Make one: openssl rand -hex 32."
        )
    return secret


def _read_keys(path: Path) -> "tuple[PyJWK, ...]":
    from jwt import PyJWK, PyJWTError

    try:
        entries = json.loads(_bytes(path))["keys"]
        keys = tuple(PyJWK(entry) for entry in entries if entry.get("use", "sig") == "sig")
    except (ValueError, KeyError, TypeError, AttributeError, PyJWTError) as error:
        raise ConfigurationError(
            f"The key set {path} is not a JWKS file ({type(error).__name__}); it must be JSON with "
            "a list `keys` of public keys."
        ) from error
    usable = tuple(key for key in keys if key.algorithm_name in ("RS256", "ES256"))
    if not usable:
        raise ConfigurationError(f"The key set {path} has no public key for RS256 or ES256.")
    return usable


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"The file {path} cannot be read: {error.strerror}.") from error
