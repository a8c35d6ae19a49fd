"""Encodings are recognised by their bytes."""

import pytest

from knowledge.corpus.encoding import detect_encoding, read_text
from knowledge.errors import CorpusError

FRENCH = "Château, bâti en 1529 près de Marseille – « élevé » à l’époque de François Ier."
CHINESE = "黄鹤楼是武汉武昌蛇山上的一座楼阁，毁于一八八四年。"


@pytest.mark.parametrize(
    ("data", "encoding", "text"),
    [
        (b"plain", "utf-8-sig", "plain"),
        (CHINESE.encode(), "utf-8-sig", CHINESE),
        (CHINESE.encode("utf-8-sig"), "utf-8-sig", CHINESE),
        (CHINESE.encode("utf-16"), "utf-16", CHINESE),
        (CHINESE.encode("gb18030"), "gb18030", CHINESE),
        (f"Wuhan, {CHINESE}".encode("gb18030"), "gb18030", f"Wuhan, {CHINESE}"),
        (FRENCH.encode("cp1252"), "cp1252", FRENCH),
        (b"a" * 5_000_000 + "é".encode("cp1252"), "cp1252", "a" * 5_000_000 + "é"),
        (b"a" * 200 + b"\0", "utf-8-sig", "a" * 200 + "\0"),
        (b"", "utf-8-sig", ""),
    ],
)
def test_encodings(tmp_path, data, encoding, text):
    file = tmp_path / "file.txt"
    file.write_bytes(data)
    assert detect_encoding(file) == encoding
    assert read_text(file) == text


def test_utf8_with_a_broken_byte_is_still_utf8(tmp_path):
    file = tmp_path / "file.txt"
    file.write_bytes(CHINESE.encode() + b"\xff" + CHINESE.encode())
    assert detect_encoding(file) == "utf-8-sig"
    assert read_text(file) == f"{CHINESE}\ufffd{CHINESE}"


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"a\0b", "not text"), (b"\x81\x8d \x81 \x8f \x81 \xff", "unknown encoding")],
)
def test_no_text(tmp_path, data, reason):
    file = tmp_path / "file.bin"
    file.write_bytes(data)
    with pytest.raises(CorpusError, match=reason):
        read_text(file)


def test_a_text_as_large_as_a_disk_is_refused(tmp_path):
    file = tmp_path / "file.txt"
    with file.open("wb") as stream:
        stream.truncate(40 << 20)
    with pytest.raises(CorpusError, match="split it"):
        read_text(file)


def test_a_missing_file(tmp_path):
    with pytest.raises(CorpusError, match="cannot be read"):
        read_text(tmp_path / "no.txt")
