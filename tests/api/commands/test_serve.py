"""The address where `snapcite serve` listens."""

import socket

import pytest

from api.commands.serve import _listen
from knowledge.errors import ConfigurationError


def test_accepted_connections_send_at_once():
    with (
        _listen("127.0.0.1", 0) as listening,
        socket.create_connection(listening.getsockname()),
        listening.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


def test_a_taken_port_is_an_error():
    with _listen("127.0.0.1", 0) as listening:
        host, port = listening.getsockname()
        with pytest.raises(ConfigurationError, match=f"{port}.*--port"):
            _listen(host, port)


@pytest.mark.parametrize("host", ["\u202e", "\udcff", "a\0b", "a..b"])
def test_a_host_that_is_no_name_is_an_error(host):
    with pytest.raises(ConfigurationError, match="--host"):
        _listen(host, 0)
