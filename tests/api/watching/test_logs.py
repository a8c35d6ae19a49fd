"""What the log says about requests, and what it never says."""

import io
import json
import logging

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from support import photo

from api.access.auth import Caller
from api.access.guard import Doors
from api.http.app import create_app
from api.service import Service
from api.watching.logs import Lines, RepeatsCounted, configure_logging
from knowledge.errors import ModelUnavailableError, QueryError, StorageError
from search.pipeline import Pipeline
from vlm.readers.extractive import ExtractiveReader
from vlm.readers.schema import InvalidAnswerError

CANARY = "canary"
"""Stands in every word that a test's requests hold, and in no line of the log."""


@pytest.fixture
def log(logging_restored) -> io.StringIO:
    """Everything that is logged, down to debug, as JSON and without content."""
    stream = io.StringIO()
    configure_logging("json", level="debug", content=False, stream=stream)
    return stream


def lines(log: io.StringIO) -> list[dict]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def with_exif() -> bytes:
    """A photo whose EXIF names its maker, its describer and a place."""
    exif = Image.Exif()
    exif[0x010E] = f"{CANARY} description"
    exif[0x010F] = f"{CANARY} camera"
    exif[0x8825] = {1: "N", 2: (48.0, 51.0, 30.0), 3: "E", 4: (2.0, 17.0, 40.0)}
    buffer = io.BytesIO()
    photo(1, size=(320, 240)).save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


def post(client: TestClient, path: str, data: bytes, **fields: str):
    files = [("photo", (f"{CANARY}.jpg", data, "image/jpeg"))]
    return client.post(path, files=files, data=fields)


def client_of(index, encoder, reader=None, **given) -> TestClient:
    app = create_app(Service(Pipeline(index, encoder, reader or ExtractiveReader()), **given))
    return TestClient(app, raise_server_exceptions=False)


def test_a_request_is_one_line_with_what_it_was(index, encoder, log):
    doors = Doors(authenticate=lambda headers: Caller("key:archive", frozenset({"ask"})))
    response = post(client_of(index, encoder, doors=doors), "/v1/search", with_exif())

    (line,) = [line for line in lines(log) if line["logger"] == "api.watching.observed"]
    assert line["request_id"] == response.headers["x-request-id"]
    assert (line["method"], line["route"], line["status"]) == ("POST", "/v1/search", 200)
    assert line["caller"] == "key:archive"
    assert 0 < line["seconds"] < 60
    assert line["time"].endswith("+00:00")
    assert line["level"] == "info"


def test_an_answer_says_its_outcome_and_its_stages(index, encoder, log):
    post(client_of(index, encoder), "/v1/ask", with_exif(), question="How much did it cost?")

    (line,) = [line for line in lines(log) if line["logger"] == "api.service"]
    assert line["outcome"] == "not_in_evidence"
    assert set(line["stages"]) == {"decode", "encode", "retrieve", "picture", "read"}
    assert "question" not in line


class Failing:
    """A reader that fails with what it was asked."""

    name = "failing"

    def __init__(self, error: type[Exception]) -> None:
        self.error = error

    def read(self, reading):
        raise self.error(f"could not read {reading.question!r}")


def test_nothing_that_was_asked_is_in_the_log(index, encoder, log):
    question = f"Is the {CANARY} still there?"
    client = client_of(index, encoder)
    post(client, "/v1/ask", with_exif(), question=question, caption=f"{CANARY} 1912")
    post(client, "/v1/ask", with_exif(), question=question, language=CANARY)
    post(client, "/v1/ask", with_exif(), question=question, region=CANARY)
    post(client, "/v1/ask", with_exif(), question=question, filters=f'{{"{CANARY}": "1"}}')
    post(client, "/v1/ask", with_exif(), question=question, schema=f'{{"{CANARY}": 1}}')
    post(client, "/v1/ask", CANARY.encode() * 50, question=question)
    post(client, "/v1/search", with_exif()[:400], question=question)
    client.post(f"/v1/{CANARY}?question={CANARY}", headers={"X-Name": CANARY})
    client.get(f"/v1/documents/{CANARY}")
    client.get("/v1/documents", params={"text": CANARY})
    for error in (ValueError, QueryError, InvalidAnswerError, UnicodeError):
        failing = client_of(index, encoder, Failing(error))
        post(failing, "/v1/ask", with_exif(), question=question)
        with failing.stream(
            "POST", "/v1/ask", data={"question": question}, headers={"Accept": "text/event-stream"}
        ) as response:
            response.read()

    text = log.getvalue()
    assert len(lines(log)) > 15
    assert CANARY not in text.lower()
    assert "48" not in {str(value) for line in lines(log) for value in line.values()}


def test_the_operator_can_allow_it(index, encoder, logging_restored):
    stream = io.StringIO()
    configure_logging("json", level="info", content=True, stream=stream)
    post(client_of(index, encoder), "/v1/ask", with_exif(), question=f"Where is the {CANARY}?")
    post(client_of(index, encoder, Failing(ValueError)), "/v1/ask", with_exif(), question=CANARY)

    assert any(line.get("question") == f"Where is the {CANARY}?" for line in lines(stream))
    assert any(f"could not read '{CANARY}'" in line.get("error", "") for line in lines(stream))


def test_probes_are_not_logged_while_they_succeed(index, encoder, log):
    client = client_of(index, encoder)
    for path in ("/health", "/metrics", "/ready"):
        client.get(path)

    observed = [line for line in lines(log) if line["logger"] == "api.watching.observed"]
    assert [(line["route"], line["status"]) for line in observed] == [("/ready", 503)]


def record(message: str, *args: object, error: BaseException | None = None) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("vlm.readers.fallback", logging.WARNING, "", 1, message, args, info)


def raised(error: Exception, cause: Exception | None = None) -> Exception:
    try:
        raise error from cause
    except type(error) as caught:
        return caught


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (StorageError("The disk is full."), "The disk is full."),
        (ModelUnavailableError("It took longer than 5 seconds."), "longer than 5"),
        (ValueError("secret"), "ValueError"),
        (QueryError("secret"), "QueryError"),
        (raised(ModelUnavailableError("secret"), InvalidAnswerError("secret")), "Unavailable"),
    ],
)
def test_an_error_s_message_is_logged_where_it_cannot_quote(error, said):
    line = Lines("json", content=False).format(record("reading failed: %s", error))

    assert said in line
    assert "secret" not in line


def test_a_traceback_is_one_line_of_places_and_causes():
    error = raised(StorageError("The index failed."), raised(ValueError("secret")))
    line = json.loads(Lines("json", content=False).format(record("it failed", error=error)))

    assert line["error"].startswith("StorageError: The index failed. at ")
    assert "; because of ValueError at " in line["error"]
    assert "test_logs.py:" in line["error"]
    assert "secret" not in line["error"]


def test_text_is_one_line_whatever_a_message_holds():
    line = Lines("text", content=False).format(record("two\nlines of %s", "text"))

    assert line.endswith("WARNING vlm.readers.fallback: two\\nlines of text")
    assert "\n" not in line


HOSTILE = "a\nb\rc\x1b[2Jd\x9be\u2028f\x85g\u202eh\x0bi\x1cj\udcff"


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_line_holds_nothing_that_ends_it_or_that_a_terminal_obeys(form):
    written = record("of %s", HOSTILE)
    written.question, written.caller = HOSTILE, HOSTILE
    line = Lines(form, content=True).format(written)

    assert len(line.splitlines()) == 1
    assert line.isprintable()
    line.encode()
    if form == "json":
        assert json.loads(line)["question"] == HOSTILE


def test_strangers_loggers_only_warn(log):
    logging.getLogger("httpx").info("POST https://server/%s", CANARY)
    logging.getLogger("openai").debug("%s", CANARY)
    logging.getLogger("search.pipeline").debug("ours")

    assert [line["message"] for line in lines(log)] == ["ours"]


def repeats(clock) -> tuple[logging.Logger, RepeatsCounted, io.StringIO]:
    stream = io.StringIO()
    handler = RepeatsCounted(stream, clock=clock)
    handler.setFormatter(Lines("json", content=False))
    logger = logging.Logger("api.test")
    logger.addHandler(handler)
    return logger, handler, stream


def test_a_fault_is_written_once_a_minute_with_its_count():
    now = [0.0]
    logger, handler, stream = repeats(lambda: now[0])
    for _ in range(520_000 // 1000):
        logger.warning("no file handle is left: %s", "100%")
        now[0] += 0.05
    logger.warning("another fault")
    assert [line["message"] for line in lines(stream)] == [
        "no file handle is left: 100%", "another fault",
    ]  # fmt: skip
    now[0] += 60
    logger.info("something else")
    assert [line["message"] for line in lines(stream)][2:] == [
        "519 more times in a minute: no file handle is left: 100%", "something else",
    ]  # fmt: skip
    for _ in range(2):
        logger.warning("no file handle is left: %s", "100%")
    handler.close()
    assert lines(stream)[-1]["message"].startswith("1 more times in a minute")


def test_faults_of_many_kinds_are_counted_in_bounded_memory_and_good_news_is_all_written():
    logger, handler, stream = repeats(lambda: 0.0)
    for number in range(2_000):
        logger.error("fault %d", number)
        logger.info("fine")
    assert len(lines(stream)) == 4_000
    assert len(handler._faults) <= 513
