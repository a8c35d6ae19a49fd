"""Bodies are counted before they are read, of one request and of all together."""

import asyncio

import pytest
from starlette.exceptions import HTTPException

from api.traffic.body_budget import BodyBudgets, BodyLimit, check_charset
from knowledge.errors import OverloadedError

FORM = b"multipart/form-data; boundary=b"
JSON = b"application/json"


class Sent:
    """A request whose body comes in pieces of 100 bytes, as many as `pieces`."""

    def __init__(self, budgets: BodyBudgets, kind: bytes, pieces: int, *, declared: bool) -> None:
        self.reads, self.status, self.held = 0, 0, 0
        self._budgets, self._pieces = budgets, pieces
        headers = [(b"content-type", kind)]
        if declared:
            headers.append((b"content-length", str(100 * pieces).encode()))
        self.scope = {"type": "http", "method": "POST", "path": "/v1/ask", "headers": headers}

    async def receive(self):
        self.reads += 1
        return {"type": "http.request", "body": b"x" * 100, "more_body": self.reads < self._pieces}

    async def send(self, message):
        self.status = message.get("status", self.status)

    async def app(self, scope, receive, send):
        while (await receive())["more_body"]:
            pass
        self.held = self._budgets.forms.used + self._budgets.memory.used

    def run(self) -> "Sent":
        asyncio.run(BodyLimit(self.app, budgets=self._budgets)(self.scope, self.receive, self.send))
        return self


def budgets(**given: int) -> BodyBudgets:
    return BodyBudgets(**{"form_bytes": 1000, "forms": 2000, "memory": 400} | given)


def test_what_is_held_is_given_back():
    these = budgets()
    assert Sent(these, FORM, 10, declared=True).run().held == 1000
    assert Sent(these, JSON, 3, declared=False).run().held == 300
    assert (these.forms.used, these.memory.used) == (0, 0)


@pytest.mark.parametrize(("kind", "pieces"), [(FORM, 11), (JSON, 4)])
def test_a_body_that_is_too_large_is_not_read(kind, pieces):
    for declared, reads in ((True, 0), (False, pieces)):
        these = budgets()
        sent = Sent(these, kind, pieces, declared=declared)
        with pytest.raises(HTTPException) as refused:
            sent.run()
        assert refused.value.status_code == 413
        assert sent.reads == reads
        assert (these.forms.used, these.memory.used) == (0, 0)


@pytest.mark.parametrize("kind", [FORM, JSON])
def test_bodies_that_do_not_fit_together_are_refused_before_they_are_read(kind):
    these = budgets()
    these.forms.used, these.memory.used = 1500, 200
    sent = Sent(these, kind, 6 if kind == FORM else 3, declared=True).run()
    assert (sent.status, sent.reads) == (429, 0)
    with pytest.raises(OverloadedError):  # it did not say how long it is
        Sent(these, kind, 6 if kind == FORM else 3, declared=False).run()
    assert (these.forms.used, these.memory.used) == (1500, 200)


def test_the_largest_form_is_taken_whatever_the_budget():
    assert Sent(budgets(forms=10), FORM, 10, declared=True).run().held == 1000


@pytest.mark.parametrize(
    ("content_type", "is_read"),
    [
        ("text/plain", True),
        ("text/plain; charset=UTF-8", True),
        ('text/plain; charset="utf8"; boundary=b', True),
        ("text/plain; charset=latin-1", False),
        ("text/plain; CharSet = punycode", False),
        ("text/plain; charset*=utf-8''punycode", False),
        ("text/plain; charset*0=puny; charset*1=code", False),
        ("text/plain; charset=utf-8; charset=idna", False),
        ("text/plain; charset=", False),
    ],
)
def test_text_is_utf_8(content_type, is_read):
    if is_read:
        check_charset(content_type)
        return
    with pytest.raises(HTTPException) as refused:
        check_charset(content_type)
    assert refused.value.status_code == 415
