"""Both places for uploaded photos keep the same promises."""

import os
from uuid import uuid4

import pytest
from qdrant_client import QdrantClient

from knowledge.errors import NotFoundError
from knowledge.index.uploads import FolderUploads, StoreUploads, is_upload, upload_path
from knowledge.store.base import Schema
from knowledge.store.server.engine import ServerStore

SCHEMA = Schema(dense={"image": 8}, sparse=("bm25",), keywords=("kind",))


@pytest.fixture(params=["folder", "store"])
def uploads(request, tmp_path):
    if request.param == "folder":
        yield FolderUploads(tmp_path / "index" / "photos")
        return
    client = QdrantClient(":memory:")
    with ServerStore.open(
        ":memory:", collection="c", api_key=None, schema=SCHEMA, create=True, client=client
    ) as store:
        yield StoreUploads(store)
    client.close()


@pytest.mark.parametrize("size", [1, 3 * 2**20, 7 * 2**20 + 1], ids=["1 B", "3 MiB", "7 MiB + 1 B"])
def test_a_photo_comes_back_as_it_was_sent(uploads, size):
    photo_id, data = str(uuid4()), os.urandom(size)
    uploads.write(photo_id, data)
    assert uploads.read(photo_id) == data


def test_a_photo_can_be_written_twice_and_removed_twice(uploads):
    kept, gone = str(uuid4()), str(uuid4())
    for photo_id in (kept, gone, gone):
        uploads.write(photo_id, b"photo")
    for _ in range(2):
        uploads.delete([gone, str(uuid4())])
    assert uploads.read(kept) == b"photo"
    with pytest.raises(NotFoundError, match=gone):
        uploads.read(gone)


def test_nothing_is_left_of_a_large_photo_that_was_removed(tmp_path):
    client = QdrantClient(":memory:")
    with ServerStore.open(
        ":memory:", collection="c", api_key=None, schema=SCHEMA, create=True, client=client
    ) as store:
        uploads, photo_id = StoreUploads(store), str(uuid4())
        uploads.write(photo_id, bytes(7 * 2**20))
        assert store.count({"kind": "upload"}) == 3
        uploads.delete([photo_id])
        assert store.count() == 0
    client.close()


def test_files_are_whole_or_not_there(tmp_path):
    uploads = FolderUploads(tmp_path / "photos")
    uploads.write(str(uuid4()), b"photo")
    assert [path.suffix for path in tmp_path.rglob("*") if path.is_file()] == [""]


def test_the_path_of_an_upload_is_told_from_a_file_s():
    assert is_upload(upload_path("ab12"))
    assert not is_upload("photos/upload.jpg")
