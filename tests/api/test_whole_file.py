import os
import stat

import pytest

from api.whole_file import write_whole


def test_a_file_takes_the_place_of_another_or_leaves_it(tmp_path, monkeypatch):
    path = tmp_path / "new" / ("n" * 255)
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~umask

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, b"three")
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]


def test_a_private_file_is_never_open_to_others(tmp_path):
    path = tmp_path / "keys.json"
    write_whole(path, b"{}", mode=0o600)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
