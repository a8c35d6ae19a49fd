"""Many clients that ask a server about photos and know what each answer must be.

The client is a few lines over asyncio's streams rather than httpx: where client and server share
the cores, what one takes the other lacks.
"""

import asyncio
import json
import random
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

Kind = Literal["answered", "refused", "late", "wrong", "lost"]
"""`answered`: with what belongs to the photo. `refused`: 429. `late`: 504. `wrong`: 200 with
something else. `lost`: any other status, or none."""

_QUESTIONS = ("Is it still there today?", "When was it built?", "What is it used for today?")
_BOUNDARY = "----snapcite-benchmark"


@dataclass(frozen=True, slots=True)
class Question:
    """A question ready to be sent. `document_id`: what the photo shows, where that is known."""

    name: str
    body: bytes
    document_id: str | None


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. `seconds`: from the first byte sent to the last received."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question. `asked`: seconds after the first. `cause`: of a lost one."""

    kind: Kind
    seconds: float
    asked: float = 0.0
    cause: str = ""


def landmark_questions(root: Path) -> list[Question]:
    """Three questions about each indexed photo of `data/landmarks`: it is known what they show."""
    return [
        _question(path, text, f"landmarks/{path.stem}")
        for path in sorted((root / "photos").iterdir())
        for text in _QUESTIONS
    ]


def _question(photo: Path, text: str, document_id: str | None) -> Question:
    head = f"--{_BOUNDARY}\r\nContent-Disposition: form-data; name="
    parts = [
        f'{head}"question"\r\n\r\n{text}\r\n'.encode(),
        f'{head}"photo"; filename="photo"\r\nContent-Type: image/webp\r\n\r\n'.encode(),
        photo.read_bytes(),
        f"\r\n--{_BOUNDARY}--\r\n".encode(),
    ]
    return Question(f"{photo.stem}: {text}", b"".join(parts), document_id)


class Client:
    """One connection that is kept alive and opened again where the server closed it."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, question: Question, *, path: str = "/v1/ask") -> Reply:
        """Send a question and wait for what comes.

        Raises:
            OSError, EOFError: the connection broke.
        """
        started = time.perf_counter()
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._streams
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(question.body)}\r\n"
            f"Content-Type: multipart/form-data; boundary={_BOUNDARY}\r\n\r\n"
        )
        try:
            writer.write(head.encode() + question.body)
            await writer.drain()
            lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            pairs = (line.partition(": ") for line in lines[1:] if line)
            headers = {name.lower(): value for name, _, value in pairs}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
        except BaseException:  # also when it is cancelled: what comes then is no answer to the next
            await self.close()
            raise
        if headers.get("connection") == "close":
            await self.close()
        seconds = time.perf_counter() - started
        return Reply(int(lines[0].split()[1]), headers, body, seconds)

    async def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            (_, writer), self._streams = self._streams, None
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


Known = dict[str, Any]
"""Question's name → the answer and evidence that it had while the server was idle."""


async def learn(url: str, questions: Sequence[Question]) -> Known:
    """Ask everything once, one after another.

    Raises:
        RuntimeError: a question is not answered, or a photo is not found again.
    """
    known: Known = {}
    async with Client(url) as client:
        for question in questions:
            reply = await client.ask(question)
            if reply.status != 200:
                raise RuntimeError(f"{question.name}: status {reply.status}")
            known[question.name] = _told(reply)
            subjects = {item["document_id"] for item in known[question.name]["evidence"]}
            if question.document_id is not None and question.document_id not in subjects:
                raise RuntimeError(f"{question.name}: found {sorted(subjects)}")
    return known


def _told(reply: Reply) -> dict[str, Any]:
    body = json.loads(reply.body)
    return {"answer": body["answer"], "evidence": body["evidence"]}


async def load(
    url: str, questions: Sequence[Question], known: Known, *, clients: int, seconds: float
) -> list[Outcome]:
    """Ask from so many clients at once for so long, and wait for the last answers.

    A client asks its next question when the last one was answered; one that is refused comes back
    after as long as it is told, and up to half as long again.
    """
    outcomes: list[Outcome] = []
    began = time.monotonic()
    ends = began + seconds

    async def one(number: int) -> None:
        dice = random.Random(number)
        turn = dice.randrange(len(questions))
        async with Client(url) as client:
            while time.monotonic() < ends:
                question = questions[turn % len(questions)]
                asked = time.monotonic() - began
                outcome, wait = await _outcome(client, question, known)
                outcomes.append(replace(outcome, asked=asked))
                if wait:
                    left = max(0.0, ends - time.monotonic())
                    await asyncio.sleep(min(left, wait * dice.uniform(1.0, 1.5)))
                turn += 1

    await asyncio.gather(*(one(number) for number in range(clients)))
    return outcomes


async def _outcome(client: Client, question: Question, known: Known) -> tuple[Outcome, float]:
    """What became of a question, and the seconds after which to come back."""
    started = time.perf_counter()
    try:
        reply = await client.ask(question)
    except (OSError, EOFError) as error:
        return Outcome("lost", time.perf_counter() - started, cause=repr(error)), 0.1
    match reply.status:
        case 200:
            right = _told(reply) == known[question.name]
            return Outcome("answered" if right else "wrong", reply.seconds), 0.0
        case 429:
            return Outcome("refused", reply.seconds), float(reply.headers["retry-after"])
        case 504:
            return Outcome("late", reply.seconds), float(reply.headers["retry-after"])
        case status:
            return Outcome("lost", reply.seconds, cause=f"status {status}"), 0.1
