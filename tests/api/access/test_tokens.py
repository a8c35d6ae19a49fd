"""JSON Web Tokens: only intact, current tokens of the right issuer for this audience count."""

import json
import subprocess
import sys
import time
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from api.access.tokens import TokenChecker, TokenError, TokenRules
from knowledge.errors import ConfigurationError
from knowledge.viewer import Viewer

SECRET = "0123456789abcdef0123456789abcdef"
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())


def claims(**changes: object) -> dict[str, object]:
    usual = {"sub": "alice", "iss": "https://login.example", "aud": "snapcite",
             "exp": time.time() + 60, "scope": "openid ask"}  # fmt: skip
    return {name: value for name, value in (usual | changes).items() if value is not None}


def jwks(*keys: tuple[object, str]) -> str:
    entries = []
    for key, kid in keys:
        algorithm = RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else ECAlgorithm
        entries.append({**json.loads(algorithm.to_jwk(key.public_key())), "kid": kid, "use": "sig"})
    return json.dumps({"keys": entries})


@pytest.fixture
def rules(tmp_path: Path) -> TokenRules:
    (tmp_path / "secret").write_text(SECRET + "\n", encoding="utf-8")
    (tmp_path / "jwks.json").write_text(jwks((RSA_KEY, "r"), (EC_KEY, "e")), encoding="utf-8")
    return TokenRules(
        issuer="https://login.example",
        audience="snapcite",
        secret_file=tmp_path / "secret",
        keys_file=tmp_path / "jwks.json",
    )


@pytest.mark.parametrize(
    ("key", "algorithm", "kid"),
    [(SECRET, "HS256", None), (RSA_KEY, "RS256", "r"), (RSA_KEY, "RS256", None),
     (EC_KEY, "ES256", "e")],
)  # fmt: skip
def test_a_token_names_its_caller(rules, key, algorithm, kid):
    headers = {"kid": kid} if kid else None
    caller = TokenChecker(rules).caller(jwt.encode(claims(), key, algorithm, headers))

    assert (caller.name, caller.scopes) == ("token:alice", {"ask"})


@pytest.mark.parametrize(
    ("groups", "expected"),
    [("Staff press", ("press", "staff")), (["Reading room", 3, "a;b"], ("reading room",)),
     (None, ()), ({"staff": True}, ())],
)  # fmt: skip
def test_groups_are_words_or_a_list(rules, groups, expected):
    token = jwt.encode(claims(groups=groups), SECRET, "HS256")

    assert TokenChecker(rules).caller(token).viewer == Viewer(expected)


@pytest.mark.parametrize(
    ("scope", "expected"),
    [("ask admin", {"ask", "admin"}), (["admin", 3], {"admin"}), (None, set()), ("asking", set()),
     (7, set())],
)  # fmt: skip
def test_scopes_are_words_or_a_list(rules, scope, expected):
    token = jwt.encode(claims(scope=scope), SECRET, "HS256")

    assert TokenChecker(rules).caller(token).scopes == expected


PUBLIC_PEM = RSA_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def confused() -> str:
    """A token signed by HMAC with the public key as the secret."""
    import base64
    import hashlib
    import hmac

    def part(data: bytes) -> bytes:
        return base64.urlsafe_b64encode(data).rstrip(b"=")

    signed = part(b'{"alg":"HS256","kid":"r"}') + b"." + part(json.dumps(claims()).encode())
    return (signed + b"." + part(hmac.digest(PUBLIC_PEM, signed, hashlib.sha256))).decode()


@pytest.mark.parametrize(
    ("token", "why"),
    [
        (lambda: jwt.encode(claims(exp=time.time() - 60), SECRET, "HS256"), "expired"),
        (lambda: jwt.encode(claims(nbf=time.time() + 90), SECRET, "HS256"), "not valid yet"),
        (lambda: jwt.encode(claims(aud="other"), SECRET, "HS256"), "another audience"),
        (lambda: jwt.encode(claims(iss="https://evil.example"), SECRET, "HS256"), "issuer"),
        (lambda: jwt.encode(claims(exp=None), SECRET, "HS256"), "'exp'"),
        (lambda: jwt.encode(claims(sub=None), SECRET, "HS256"), "'sub'"),
        (lambda: jwt.encode(claims(sub="a\nb"), SECRET, "HS256"), "subject"),
        (lambda: jwt.encode(claims(sub="x" * 129), SECRET, "HS256"), "subject"),
        (lambda: jwt.encode(claims(), SECRET[::-1], "HS256"), "signature"),
        (lambda: jwt.encode(claims(), SECRET * 2, "HS512"), "algorithm"),
        (lambda: jwt.encode(claims(), None, "none"), "algorithm"),
        (lambda: jwt.encode(claims(), OTHER_RSA_KEY, "RS256", {"kid": "r"}), "signature"),
        (lambda: jwt.encode(claims(), RSA_KEY, "RS256", {"kid": "x"}), "does not know"),
        (confused, "signature"),
        (lambda: "a.b.c", "damaged"),
        (lambda: "", "damaged"),
        (lambda: "\u00e9" * 9, "damaged"),
    ],
)
def test_other_tokens_are_refused_with_the_reason(rules, token, why):
    with pytest.raises(TokenError, match=why):
        TokenChecker(rules).caller(token())


def test_a_key_set_that_changed_is_read_again(rules):
    checker = TokenChecker(rules)
    token = jwt.encode(claims(), OTHER_RSA_KEY, "RS256", {"kid": "new"})
    with pytest.raises(TokenError):
        checker.caller(token)

    rules.keys_file.write_text(jwks((OTHER_RSA_KEY, "new")), encoding="utf-8")
    assert checker.caller(token).name == "token:alice"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("secret", "short", "5 bytes"),
        ("jwks.json", "{", "not a JWKS"),
        ("jwks.json", '{"keys": [{"kty": "RSA"}]}', "not a JWKS"),
        ("jwks.json", '{"keys": [{"kty": "oct", "k": "AAAA"}]}', "no public key"),
    ],
)
def test_files_that_cannot_be_used_are_errors_at_once(rules, tmp_path, name, content, says):
    (tmp_path / name).write_text(content, encoding="utf-8")

    with pytest.raises(ConfigurationError, match=says):
        TokenChecker(rules)


def test_without_pyjwt_it_says_what_to_install():
    code = (
        "import sys; sys.modules['jwt'] = None\n"
        "from api.access.tokens import TokenChecker, TokenRules\n"
        "TokenChecker(TokenRules(issuer='i', audience='a'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert "ConfigurationError" in done.stderr
    assert "pip install '.[service]'" in done.stderr
