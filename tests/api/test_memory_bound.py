"""The whole server stays within its memory, whatever is sent at once.

Memory is what the server and its processes take in the machine (the proportional set size: a page
that several processes share counts once).
"""

import io
import struct
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx
import pillow_heif
import psutil
import pytest
from PIL import Image
from snapcite_process import Served, make_starter_index, snapcite_serve

BOUND = 2**30
SIDE = 10_000
BIG = b'{"model":"x","messages":[{"role":"user","content":"%s"}]}'


def png(side: int, *, kind: int, depth: int) -> bytes:
    """A black square; `kind` and `depth` as its header says them."""
    row = bytes(1 + side * {2: 3, 6: 4}[kind] * depth // 8)
    packer = zlib.compressobj(1)
    data = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack("!IIBBBBB", side, side, depth, kind, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack("!I", len(body)) + name + body + struct.pack("!I", zlib.crc32(name + body))
        for name, body in chunks
    )


def large_photos() -> list[bytes]:
    """Small files of pictures that take much memory."""
    made = [png(SIDE, kind=6, depth=8), png(SIDE, kind=2, depth=16)]
    for mode, side, format_, options in (
        ("F", 6_000, "TIFF", {"compression": "tiff_adobe_deflate"}),
        ("I;16", SIDE, "TIFF", {"compression": "tiff_adobe_deflate"}),
        ("RGB", 3_000, "AVIF", {"speed": 10}),
    ):
        buffer = io.BytesIO()
        Image.new(mode, (side, side)).save(buffer, format_, **options)
        made.append(buffer.getvalue())
    buffer = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (3_000, 3_000))).save(buffer)
    return [*made, buffer.getvalue()]


class Memory(threading.Thread):
    """Notes the most memory that a process and its children take together, in bytes.

    They stand still while they are counted: one that ends and the next one that begins would else
    be counted as if they had been there at once.
    """

    def __init__(self, served: Served) -> None:
        super().__init__()
        self._process = psutil.Process(served.process.pid)
        self.stop = threading.Event()
        self.most = 0

    def run(self) -> None:
        while not self.stop.wait(0.05):
            self.most = max(self.most, self.now())

    def now(self) -> int:
        total = 0
        processes = (self._process, *self._process.children(recursive=True))
        for process in processes:
            with suppress(psutil.Error):  # a process has just ended
                process.suspend()
        for process in processes:
            with suppress(psutil.Error):
                total += process.memory_full_info().pss
        for process in processes:
            with suppress(psutil.Error):
                process.resume()
        return total


@pytest.mark.skipif(not psutil.LINUX, reason="only Linux says how pages are shared")
def test_the_worst_that_comes_at_once_stays_within_the_bound(tmp_path: Path):
    # Reading text in pictures, which an extra does, takes more: docs/operations.md.
    with snapcite_serve(make_starter_index(tmp_path), {"SNAPCITE_OCR": "0"}) as served:
        documents = httpx.get(f"{served.url}/v1/documents").json()["documents"]
        shown = [each["photo_url"] for each in documents if each["photo_url"]]

        def upload(data: bytes) -> int:
            files = {"photo": ("p", data)}
            return httpx.post(f"{served.url}/v1/search", files=files, timeout=90).status_code

        def send_json(count: int) -> int:
            headers = {"Content-Type": "application/json"}
            url = f"{served.url}/v1/chat/completions"
            try:
                body = BIG % (b"a" * count)
                return httpx.post(url, content=body, headers=headers, timeout=90).status_code
            except httpx.TransportError:  # it was refused while it was being sent
                return 413

        def show(number: int) -> int:
            url = served.url + shown[number % len(shown)]
            return httpx.get(url, timeout=90).status_code

        memory = Memory(served)
        idle = memory.now()
        memory.start()
        with ThreadPoolExecutor(32) as pool:
            photos = [pool.submit(upload, data) for data in large_photos()]
            bodies = [pool.submit(send_json, 100 * 10**6) for _ in range(6)]
            bodies += [pool.submit(send_json, 30 * 10**6) for _ in range(6)]
            thumbnails = [pool.submit(show, number) for number in range(8)]
            assert {each.result() for each in photos} <= {200, 413, 429, 504}
            assert {each.result() for each in bodies} <= {413, 422, 429, 504}
            assert {each.result() for each in thumbnails} <= {200, 429, 504}
        time.sleep(0.1)
        memory.stop.set()
        memory.join()
        assert idle < memory.most < BOUND
        assert httpx.get(f"{served.url}/health").status_code == 200
