"""What cannot be an address or a key is refused before anything is sent."""

import pytest

from knowledge.errors import ConfigurationError
from vlm.pooling_server import PoolingOptions, PoolingServer
from vlm.server_address import check_address, check_key, key_headers, request_url


@pytest.mark.parametrize(
    "address",
    ["http://localhost:8001/v1", "https://models.example/compatible-mode/v1", "http://[::1]:8/v1"],
)
def test_an_address(address):
    check_address(address, "X_URL")


@pytest.mark.parametrize(
    "address",
    ["", "x", "localhost:8001", "//x/v1", "ftp://x/v1", "http://", "http:///v1", "http://[::1/v1",
     "http://x:99999/v1", "http://x:port/v1", "http://a b/v1", "http://x/v1\n", "http://x\ud800/"],
)  # fmt: skip
def test_no_address(address):
    with pytest.raises(ConfigurationError, match=r"X_URL .* http:// or https://"):
        check_address(address, "X_URL")


@pytest.mark.parametrize(
    ("address", "asked"),
    [("http://h:1/v1", "http://h:1/v1/models"), ("http://h/v1/", "http://h/v1/models"),
     ("http://h/v1#top", "http://h/v1/models"), ("http://h", "http://h/models"),
     ("http://h/v1/chat/completions/", "http://h/v1/models"),
     ("http://h/openai/v1/models", "http://h/openai/v1/models"),
     ("http://u:p@[::1]:8/v1?api-version=2024-10-21&x=y",
      "http://u:p@[::1]:8/v1/models?api-version=2024-10-21&x=y")],
)  # fmt: skip
def test_a_request_goes_below_the_address_and_before_its_query(address, asked):
    assert request_url(address, "models") == asked


def test_a_key_is_sent_in_the_headers_that_the_address_asks_for():
    assert key_headers(None, "http://h/v1?api-version=1") == {}
    assert key_headers("k", "http://h/v1?q=api-version") == {"Authorization": "Bearer k"}
    azure = "https://n.openai.azure.com/openai/deployments/d?api-version=2024-10-21"
    assert key_headers("k", azure) == {"Authorization": "Bearer k", "api-key": "k"}


def test_a_key():
    check_key(None, "X_API_KEY")
    check_key("", "X_API_KEY")
    check_key("sk-aZ09_~+/=", "X_API_KEY")


@pytest.mark.parametrize("key", ["sk-secret\n", "sk secret", "secret 密钥", "secret\x00", "sécret"])
def test_no_key_and_the_message_does_not_show_it(key):
    with pytest.raises(ConfigurationError, match="X_API_KEY") as caught:
        check_key(key, "X_API_KEY")
    assert "cret" not in str(caught.value)


def test_a_server_of_vectors_is_not_made_with_either():
    with pytest.raises(ConfigurationError, match="SNAPCITE_RERANKER_URL"):
        PoolingServer(PoolingOptions("localhost:1", variable="SNAPCITE_RERANKER_URL"))
    options = PoolingOptions("http://x/v1", api_key="a\n", variable="SNAPCITE_RERANKER_URL")
    with pytest.raises(ConfigurationError, match="SNAPCITE_RERANKER_API_KEY"):
        PoolingServer(options)
