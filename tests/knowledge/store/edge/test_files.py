"""Files of an embedded index are whole on the disk, and refused if the disk has no room."""

import shutil
from uuid import uuid4

import pytest

from knowledge.errors import DiskFullError
from knowledge.store.base import Schema
from knowledge.store.edge.engine import EdgeStore

SCHEMA = Schema(dense={"image": 8}, sparse=(), keywords=())


def test_a_file_is_whole_or_not_there(tmp_path):
    with EdgeStore.open(tmp_path / "index", schema=SCHEMA, create=True) as store:
        name = str(uuid4())
        store.files.write(name, b"photo")
    written = [path for path in (tmp_path / "index" / "photos").rglob("*") if path.is_file()]
    assert [path.name for path in written] == [name]


def test_a_file_that_does_not_fit_is_refused(tmp_path):
    EdgeStore.open(tmp_path / "index", schema=SCHEMA, create=True).close()
    everything = shutil.disk_usage(tmp_path).total
    with EdgeStore.open(
        tmp_path / "index", schema=SCHEMA, create=False, reserve_bytes=everything
    ) as store:
        with pytest.raises(DiskFullError, match="must stay free"):
            store.files.write(str(uuid4()), b"photo")
        assert not any(path.is_file() for path in (tmp_path / "index" / "photos").rglob("*"))
