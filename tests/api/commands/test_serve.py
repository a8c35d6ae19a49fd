"""The address where `snapcite serve` listens."""

import socket

import pytest
from support import photo

from api.commands.serve import _ask_first, _listen
from api.settings import load_settings
from knowledge.errors import ConfigurationError, InputError
from search.pipeline import Pipeline
from vlm.readers.extractive import ExtractiveReader


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


def test_a_first_question_is_answered_by_what_will_serve(index, encoder, tmp_path, capsys):
    photo(2, size=(64, 48)).save(tmp_path / "tower.png")
    pipeline = Pipeline(index, encoder, ExtractiveReader())
    first = (str(tmp_path / "tower.png"), "When was the clock tower completed?")

    _ask_first(first, pipeline, load_settings())

    printed = capsys.readouterr().out
    assert "$ snapcite ask" in printed
    assert "Clock Tower" in printed
    with pytest.raises(InputError, match="nowhere"):
        _ask_first((str(tmp_path / "nowhere.png"), "When?"), pipeline, load_settings())
