"""How many bytes of request bodies the server holds at once, of one request and of all together.

A form's files are written to temporary files while they arrive; everything else stays in memory.
Each kind has a budget of its own. A body that does not fit is refused before it is read, so that
many large requests at once cannot add up. Knows content types, and nothing of what a body says.
"""

import re
from collections.abc import Callable
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.problems import problem_of
from knowledge.errors import OverloadedError

_MEMORY = "snapcite_body_memory"

_CHARSET = re.compile(r'charset\s*\*?\d*\*?\s*=\s*"?([^";,\s]*)', re.IGNORECASE)
_UTF_8 = frozenset({"utf-8", "utf8"})

_URLENCODED_BYTES = 2**18
"""A form without photos has only short fields."""

_RETRY_SECONDS = 2


class ByteBudget:
    """Bytes that may be held at once. For one thread: the event loop's."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.used = 0

    def check(self, count: int) -> None:
        """Refuse if `count` more bytes do not fit now.

        Raises:
            OverloadedError: they do not.
        """
        if self.used + count > self.limit:
            raise OverloadedError(
                "Too many large requests arrive at once. Try again later.",
                retry_after=_RETRY_SECONDS,
            )

    def take(self, count: int) -> None:
        """Hold `count` more bytes.

        Raises:
            OverloadedError: they do not fit.
        """
        self.check(count)
        self.used += count


class BodyBudgets:
    """The budgets of one application.

    Attributes:
        form_bytes: the largest form.
        memory_bytes: the largest body that is not a form of photos.
        forms: bytes of forms, whose files lie on the disk.
        memory: bytes in memory: bodies that are no forms, and the long fields of forms.
    """

    def __init__(self, *, form_bytes: int, forms: int, memory: int) -> None:
        """
        Args:
            form_bytes: the largest form.
            forms: bytes of all forms; at least one of the largest fits.
            memory: bytes of all bodies in memory; one body takes at most three quarters of it.
        """
        self.form_bytes = form_bytes
        self.memory_bytes = min(form_bytes, memory * 3 // 4)
        self.forms = ByteBudget(max(forms, form_bytes))
        self.memory = ByteBudget(memory)


class BodyLimit:
    """ASGI middleware that refuses bodies that are too large, too many, or not in UTF-8."""

    def __init__(self, app: ASGIApp, *, budgets: BodyBudgets) -> None:
        self._app = app
        self._budgets = budgets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "multipart/form-data":
            budget, most = self._budgets.forms, self._budgets.form_bytes
        else:
            budget, most = self._budgets.memory, self._budgets.memory_bytes
        if kind == "application/x-www-form-urlencoded":
            most = min(most, _URLENCODED_BYTES)
        declared = headers.get("content-length", "0")
        expected = int(declared) if declared.isdigit() and len(declared) < 20 else 0
        try:
            check_charset(*headers.getlist("content-type"))
            if expected <= most:  # else `receive` says that it is too large
                budget.check(expected)
        except (HTTPException, OverloadedError) as refusal:
            await problem_of(Request(scope), refusal)(scope, receive, send)
            return
        received, in_memory = 0, 0

        async def limited_receive() -> Message:
            nonlocal received
            if expected > most:
                raise _too_large(kind, most)
            message = await receive()
            count = len(message.get("body", b""))
            if received + count > most:
                raise _too_large(kind, most)
            budget.take(count)
            received += count
            return message

        def take_memory(count: int) -> None:
            nonlocal in_memory
            self._budgets.memory.take(count)
            in_memory += count

        scope[_MEMORY] = take_memory
        try:
            await self._app(scope, limited_receive, send)
        finally:
            budget.used -= received
            self._budgets.memory.used -= in_memory


def memory_taker(scope: Scope) -> Callable[[int], None]:
    """What counts bytes of a form's fields, which stay in memory until the request has ended.

    It raises `OverloadedError` if they do not fit.
    """
    taker: Callable[[int], None] = scope.get(_MEMORY, lambda count: None)
    return taker


def check_charset(*content_types: str) -> None:
    """Refuse every encoding of text but UTF-8: some take a time that grows as the square.

    Raises:
        HTTPException: 415.
    """
    for charset in _CHARSET.findall(";".join(content_types)):
        if charset.lower() not in _UTF_8:
            raise HTTPException(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
                "Text is read as UTF-8 alone; send it so, and leave `charset` out.",
            )


def _too_large(kind: str, most: int) -> HTTPException:
    advice = "send fewer or smaller photos"
    if kind != "multipart/form-data":
        advice += ", or send them as a form (multipart/form-data)"
    return HTTPException(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"A request of this kind may have at most {most / 2**20:.0f} MiB; {advice}.",
    )
