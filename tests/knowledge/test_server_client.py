"""What the environment says of proxies and certificates, and what an error says to do about it."""

import datetime
import ipaddress
import os
import ssl
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from qdrant_client.http.exceptions import ResponseHandlingException
from sample_documents import corpus_of

from api.commands.feed import Feed
from api.settings import load_settings
from api.wiring.pipeline import build_remote_reader
from knowledge.errors import ConfigurationError, ModelUnavailableError
from knowledge.index import read_fingerprint
from knowledge.server_client import proxy_for, server_client, why_unreachable
from knowledge.store.server.errors import to_storage_error
from vlm.pooling_server import PoolingOptions, PoolingServer

NAMES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")


@pytest.fixture(autouse=True)
def plain(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


class Handler(BaseHTTPRequestHandler):
    """Answers everything with its path."""

    def do_GET(self):
        body = self.path.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Silent."""


class Quiet(ThreadingHTTPServer):
    def handle_error(self, *args):
        """A client that does not trust the certificate hangs up."""


@contextmanager
def serving(certificate=None):
    server = Quiet(("127.0.0.1", 0), Handler)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A file with a certificate for 127.0.0.1 that signed itself, and its key."""
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "models")])
    now = datetime.datetime.now(datetime.UTC)
    here = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([here]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )  # fmt: skip
    return path


def fetched(address: str) -> str:
    with server_client(address) as client:
        return client.get(f"{address}/v1/models").text


def failure(address: str) -> str:
    with pytest.raises(httpx.HTTPError) as caught:
        fetched(address)
    return why_unreachable(caught.value, address)


@pytest.mark.parametrize(
    ("name", "value"),
    [("HTTP_PROXY", "http://127.0.0.1:9"), ("ALL_PROXY", "socks5://127.0.0.1:9"),
     ("ALL_PROXY", "socks://127.0.0.1:9"), ("NO_PROXY", "[::1]")],
)  # fmt: skip
def test_a_server_on_this_machine_is_asked_without_any_proxy(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with serving() as port:
        assert fetched(f"http://127.0.0.1:{port}") == "/v1/models"
        assert fetched(f"http://localhost:{port}") == "/v1/models"
    assert proxy_for("http://localhost:8001/v1") is None


@pytest.mark.parametrize(
    ("name", "value", "todo"),
    [("ALL_PROXY", "socks5://me:hidden@10.0.0.9:1080", "pip install socksio"),
     ("ALL_PROXY", "socks://me:hidden@10.0.0.9:1080", "correct or unset HTTP_PROXY"),
     ("NO_PROXY", "localhost,[::1]", "without brackets"),
     ("SSL_CERT_FILE", "/nowhere.pem", "SSL_CERT_FILE")],
)  # fmt: skip
def test_what_cannot_be_used_of_the_environment_is_an_error_before_any_question(
    monkeypatch, tmp_path, name, value, todo
):
    if "socksio" in todo and _has_socksio():
        pytest.skip("SOCKS works here")
    monkeypatch.setenv(name, value)
    options = PoolingOptions("https://models.example/v1", "m")
    settings = load_settings(
        reader="openai", reader_url="https://models.example/v1", reader_model="m"
    )
    for ask in (
        lambda: server_client("https://models.example/v1"),
        lambda: PoolingServer(options).post("embeddings", {}),
        lambda: build_remote_reader(settings),
        lambda: read_fingerprint("https://vectors.example:6333"),
        lambda: Feed("https://snapcite.example", None, tmp_path).send(
            corpus_of([], tmp_path), most_gone=0.5
        ),
    ):
        with pytest.raises(ConfigurationError) as caught:
            ask()
        assert todo in str(caught.value)
        assert "hidden" not in str(caught.value)


def _has_socksio() -> bool:
    try:
        import socksio  # noqa: F401
    except ImportError:
        return False
    return True


def test_a_proxy_that_stands_between_is_named_without_its_password(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://me:hidden@127.0.0.1:9")
    said = failure("http://models.invalid")
    assert "through the proxy http://127.0.0.1:9 of the environment" in said
    assert "put models.invalid into NO_PROXY" in said
    assert "hidden" not in said
    refused = ResponseHandlingException(httpx.ConnectError("Connection refused"))
    place = "http://vectors.invalid:6333 (collection snapcite)"
    assert "put vectors.invalid into NO_PROXY" in str(to_storage_error(refused, place))
    monkeypatch.setenv("no_proxy", "models.invalid")
    assert "proxy" not in failure("http://models.invalid")


def test_a_certificate_is_trusted_where_the_environment_names_it(monkeypatch, certificate):
    with serving(certificate) as port:
        assert "set SSL_CERT_FILE" in failure(f"https://127.0.0.1:{port}")
        with pytest.raises(ModelUnavailableError, match="set SSL_CERT_FILE"):
            PoolingServer(PoolingOptions(f"https://127.0.0.1:{port}", "m")).post("embeddings", {})
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
        assert fetched(f"https://127.0.0.1:{port}") == "/v1/models"


def test_http_and_https_that_were_mistaken_for_each_other_are_told_apart(certificate):
    with serving() as port:
        assert "begin the address with http://" in failure(f"https://127.0.0.1:{port}")
    with serving(certificate) as port:
        said = failure(f"http://127.0.0.1:{port}")
    assert "begin the address with https://" in said, said


def test_no_address_is_like_another(monkeypatch):
    assert os.environ.get("HTTP_PROXY") is None
    monkeypatch.setenv("HTTP_PROXY", "http://10.0.0.9:3128")
    asked_through = {
        address: proxy_for(address)
        for address in ("http://[::1]:8/v1", "http://127.9.9.9/v1", "http://10.0.0.1/v1",
                        "https://10.0.0.1/v1", "http://localhost.example/v1")
    }  # fmt: skip
    assert [address for address, proxy in asked_through.items() if proxy] == [
        "http://10.0.0.1/v1", "http://localhost.example/v1",
    ]  # fmt: skip
