"""The files in which workers count have their room on the disk before they are counted in."""

import os
from pathlib import Path

import pytest
from prometheus_client.mmap_dict import MmapedDict

from api.watching import summed_metrics
from api.watching.summed_metrics import _RESERVED, _reserve, forget_states
from knowledge.errors import DiskFullError


def test_a_count_needs_no_further_room_and_a_dead_process_gives_back_what_it_did_not_use(tmp_path):
    _reserve(tmp_path)
    path = tmp_path / f"counter_{os.getpid()}.db"
    before = path.stat()
    assert before.st_blocks * 512 >= before.st_size == _RESERVED["counter"]
    counts = MmapedDict(str(path))
    counts.write_value('["asked", "asked", {}, ""]', 3.0, 0.0)
    counts.close()
    assert path.stat().st_size == before.st_size

    forget_states(tmp_path, os.getpid())

    assert path.stat().st_size < 1_000
    assert [value for _, value, _, _ in MmapedDict.read_all_values_from_file(str(path))] == [3.0]
    assert not list(tmp_path.glob("gauge_live*"))


def test_without_room_it_is_said_and_no_half_file_stays(tmp_path):
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    for kind in _RESERVED:
        (tmp_path / f"{kind}_{os.getpid()}.db").symlink_to(full)
    with pytest.raises(DiskFullError, match=r"cannot be kept in .*Make room, or set TMPDIR"):
        summed_metrics.SummedMetrics(tmp_path, workers=2)
    assert not (tmp_path / f"counter_{os.getpid()}.db").exists()
