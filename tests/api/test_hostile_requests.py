"""Requests of a megabyte that are made to cost much: `/health` answers at once meanwhile."""

import json
import threading
import time
from collections.abc import Iterator

import httpx
import pytest
from snapcite_process import Served, make_starter_index, snapcite_serve

MB = 2**20
SENTENCE = b"which was built in 1901 and "
CHARSETS = (
    "punycode",
    "unicode_escape",
    "utf-7",
    "idna",
    "utf-16",
    "latin-1",
    "raw_unicode_escape",
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with snapcite_serve(make_starter_index(tmp_path_factory.mktemp("starter"))) as served:
        yield served


def form(*fields: tuple[bytes, bytes], headers: bytes = b"", more: str = "") -> tuple[str, bytes]:
    """A form's content type and body; `headers` are each part's, `more` the content type's."""
    parts = [
        b'--xyz\r\nContent-Disposition: form-data; name="%s"\r\n%s\r\n%s\r\n'
        % (name, headers, value)
        for name, value in fields
    ]
    return "multipart/form-data; boundary=xyz" + more, b"".join([*parts, b"--xyz--\r\n"])


def chat(content: str) -> bytes:
    message = {"role": "user", "content": content}
    return json.dumps({"model": "x", "messages": [message]}).encode()


FORMS = {
    **{f"charset {name}": form((b"question", b"a" * MB), more=f"; charset={name}")
       for name in CHARSETS},
    "charset*": form((b"question", b"a" * MB), more="; charset*=utf-8''punycode"),
    "part's charset": form(
        (b"question", b"a" * MB), headers=b"Content-Type: text/plain; charset=punycode\r\n"
    ),
    "half a character": form((b"question", b"\xed\xa0\x80" * 9)),
    "question": form((b"question", SENTENCE * (MB // 28 - 9))),
    "caption": form((b"question", b"x"), (b"caption", SENTENCE * (MB // 28 - 9))),
    "parts": form(*[(b"caption", b"")] * 18_000),
    "borders": form((b"question", b"\r\n--xy" * 170_000)),
    "a part's header": form((b"question", b"x"), headers=b"X: " + b"a" * MB + b"\r\n"),
    "a part's headers": form((b"question", b"x"), headers=b"X: a\r\n" * 170_000),
    "deep filters": form((b"filters", b"[" * MB)),
    "many filters": form((b"filters", b'{"a":[' + b"[]," * 330_000 + b"1]}")),
    "quotes in filters": form((b"filters", b'"' + b'\\"' * 500_000)),
    "deep schema": form((b"schema", b'{"a":' * 200_000)),
    "region": form((b"region", b"1" * MB)),
    "k": form((b"k", b"1" * MB)),
    "language": form((b"language", b"e" * MB)),
    "conversation": form((b"question", b"x"), (b"conversation_id", b"1" * MB)),
}  # fmt: skip
URLENCODED = {
    "escapes": b"question=" + b"%41" * 349_000,
    "fields": b"a=&" * 349_000,
}
JSON = {
    "lists": b"[" * MB,
    "objects": b'{"a":' * 200_000,
    "items": b'{"inputs":[' + b"{}," * 340_000 + b"{}]}",
    "items within the limit": b'{"inputs":[' + b"{}," * 6_000 + b"{}]}",
    "messages": b'{"model":"x","messages":[' + b'{"role":"user"},' * 6_000 + b"{}]}",
    "quotes": b'{"model":"x","inputs":[{"text":"' + b'\\"' * 500_000,
    "half characters": chat("\ud800" * 170_000),
    "a number": b'{"model":' + b"1" * MB + b"}",
    "not a number": b'{"model":"x","messages":[{"role":"user","content":NaN}]}',
    "keys": b"{" + b",".join(b'"%d":1' % n for n in range(6_000)) + b"}",
    "words": chat("the " * (MB // 4)),
    "UTF-16": chat("x").decode().encode("utf-16"),
}
CASES = {
    **{f"form {name}": ("/v1/ask", *case) for name, case in FORMS.items()},
    **{f"vision {name}": ("/v1/chat/vision", *case) for name, case in FORMS.items()},
    **{f"fields {name}": ("/v1/ask", "application/x-www-form-urlencoded", body)
       for name, body in URLENCODED.items()},
    **{f"{path} {name}": (path, "application/json", body) for name, body in JSON.items()
       for path in ("/v1/chat/completions", "/v1/models/x:predict", "/v1/documents")},
    "charset of JSON": ("/v1/chat/completions", "application/json; charset=punycode", b"a" * MB),
    "form of documents": ("/v1/documents", *form((b"documents", b"[{}," * 250_000))),
}  # fmt: skip


class Watch(threading.Thread):
    """Asks `/health` without a pause; `longest` is the most seconds that an answer took."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url, self.longest, self.stop = url, 0.0, threading.Event()

    def run(self) -> None:
        with httpx.Client(base_url=self.url, timeout=60) as client:
            while not self.stop.wait(0.01):
                started = time.perf_counter()
                assert client.get("/health").status_code == 200
                self.longest = max(self.longest, time.perf_counter() - started)


def test_nothing_that_is_sent_keeps_the_others_waiting(served):
    wrong = []
    for name, (path, kind, body) in CASES.items():
        for _ in range(4):  # this machine may be busy with other work
            watch = Watch(served.url)
            watch.start()
            response = httpx.post(
                served.url + path, content=body, headers={"Content-Type": kind}, timeout=60
            )
            watch.stop.set()
            watch.join()
            if watch.longest < 0.5:
                break
        else:
            wrong.append((name, watch.longest))
        if not 400 <= response.status_code < 500:
            wrong.append((name, response.status_code))
        if "charset" in name and response.status_code != 415:
            wrong.append((name, response.status_code))
    assert wrong == []


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf8"'])
def test_utf_8_may_be_named(served, charset):
    kind, body = form((b"question", "老站什么时候拆除？".encode()), more=f"; charset={charset}")
    response = httpx.post(
        served.url + "/v1/ask", content=body, headers={"Content-Type": kind}, timeout=60
    )
    assert response.status_code == 200
