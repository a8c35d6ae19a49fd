import base64
import io
import json
from dataclasses import replace

import pytest
from chat_server import Reply, chat_server
from PIL import Image
from readings import reading

from knowledge.errors import ModelError, ModelUnavailableError
from vlm.readers.openai import RemoteOptions, RemoteReader
from vlm.readers.prompt import PhotoBudget

pytest.importorskip("openai")

READING = reading()
ANSWER = json.dumps(
    {
        "subject": "corpus/station",
        "source": "corpus/station#0",
        "quote": "The Old Station was demolished in 1992.",
        "exists": False,
        "year": 1992,
        "year_event": "demolished",
        "current_use": None,
        "confidence": "high",
        "text": "It was demolished in 1992.",
    }
)


def reader(server, pauses=None, **options):
    pauses = [] if pauses is None else pauses
    return RemoteReader(
        RemoteOptions(base_url=server.url, model="m", **options), sleep=pauses.append
    )


def formats(server):
    return [asked.get("response_format", {}).get("type", "text") for asked in server.requests]


@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_held_to_the_schema_becomes_a_draft(stream):
    with chat_server(ANSWER) as server:
        draft = reader(server, stream=stream).read(READING)
    assert (draft.year, draft.passage_id) == (1992, "corpus/station#0")
    (asked,) = server.requests
    held = asked["response_format"]["json_schema"]
    assert held["strict"] is True
    assert held["schema"]["additionalProperties"] is False
    assert held["schema"]["required"] == list(held["schema"]["properties"])  # as strict demands
    assert held["schema"]["properties"]["source"]["enum"][-1] is None
    assert asked["temperature"] == 0


def test_photos_are_sent_as_data_within_their_budget():
    given = replace(READING, photos=(Image.new("RGB", (640, 320)),))
    with chat_server(ANSWER) as server:
        reader(server, photos=PhotoBudget(question=50)).read(given)
    parts = server.requests[0]["messages"][1]["content"]
    (url,) = [part["image_url"]["url"] for part in parts if part["type"] == "image_url"]
    kind, data = url.split(",", 1)
    assert kind == "data:image/jpeg;base64"
    assert Image.open(io.BytesIO(base64.b64decode(data))).size == (320, 160)


def test_a_server_without_schemas_gets_the_schema_in_the_prompt_and_is_asked_for_json():
    with chat_server(Reply(status=400), ANSWER) as server:
        asking = reader(server)
        assert asking.read(READING).year == 1992
        assert asking.read(READING).year == 1992
    assert formats(server) == ["json_schema", "json_object", "json_object"]
    first, second, _ = (asked["messages"][1]["content"][0]["text"] for asked in server.requests)
    assert "Schema of the answer" not in first
    assert second.startswith("Schema of the answer: {")


def test_a_server_without_json_is_asked_for_text():
    with chat_server(Reply(status=400), Reply(status=422), f"```json\n{ANSWER}\n```") as server:
        assert reader(server).read(READING).year == 1992
    assert formats(server) == ["json_schema", "json_object", "text"]


def test_a_request_that_is_refused_in_every_way_is_an_error_and_nothing_is_remembered():
    with chat_server(Reply(status=400)) as server:
        asking = reader(server)
        with pytest.raises(ModelError, match="400"):
            asking.read(READING)
        server.replies = [Reply(ANSWER)]
        asking.read(READING)
    assert formats(server)[-1] == "json_schema"


def test_a_wrong_answer_is_repaired_once_by_saying_what_was_wrong():
    invented = ANSWER.replace("1992,", "1850,")
    with chat_server(invented, ANSWER) as server:
        assert reader(server).read(READING).year == 1992
    repair = server.requests[1]["messages"]
    assert [message["role"] for message in repair] == ["system", "user", "assistant", "user"]
    assert repair[2]["content"] == invented
    assert "1850" in repair[3]["content"]


def test_a_second_wrong_answer_is_an_error():
    with chat_server("It was 1992, I think.") as server:
        with pytest.raises(ModelUnavailableError, match="not JSON"):
            reader(server).read(READING)
        assert len(server.requests) == 2


def test_too_many_requests_and_faults_of_the_server_are_tried_again_with_growing_pauses():
    pauses = []
    with chat_server(Reply(status=429), Reply(status=503), Reply(status=500), ANSWER) as server:
        assert reader(server, pauses).read(READING).year == 1992
    assert len(server.requests) == 4
    first, second, third = pauses
    assert 0.375 <= first <= 0.625
    assert 0.75 <= second <= 1.25
    assert 1.5 <= third <= 2.5


def test_the_server_may_say_how_long_to_wait():
    pauses = []
    with chat_server(Reply(status=429, headers={"Retry-After": "3"}), ANSWER) as server:
        reader(server, pauses).read(READING)
    assert pauses == [3.0]


def test_four_faults_are_enough():
    with chat_server(Reply(status=500)) as server:
        with pytest.raises(ModelError, match="500"):
            reader(server).read(READING)
        assert len(server.requests) == 4


@pytest.mark.parametrize("status", [401, 403, 409])
def test_what_would_only_be_refused_again_is_not_tried_again(status):
    with chat_server(Reply(status=status)) as server:
        with pytest.raises(ModelError, match=str(status)):
            reader(server).read(READING)
        assert len(server.requests) == 1


@pytest.mark.parametrize("stream", [False, True])
def test_a_server_that_takes_too_long_is_left_at_once(stream):
    with chat_server(Reply(ANSWER, after=1.0)) as server:
        with pytest.raises(ModelError, match=r"longer than 0\.3 seconds"):
            reader(server, timeout=0.3, stream=stream).read(READING)
        assert len(server.requests) == 1


def test_a_server_that_is_not_there_is_an_error_that_names_the_setting():
    gone = RemoteReader(RemoteOptions(base_url="http://127.0.0.1:9/v1", model="m"))
    with pytest.raises(ModelError, match="SNAPCITE_READER_URL"):
        gone.read(READING)


@pytest.mark.parametrize("raw", [b"<html>Welcome</html>", b"", b"{}"])
def test_something_else_than_a_model_server_is_an_error(raw):
    with chat_server(Reply(raw=raw)) as server, pytest.raises(ModelError):
        reader(server).read(READING)


def test_the_key_is_sent_and_never_shown():
    with chat_server(Reply(status=401)) as server, pytest.raises(ModelError) as caught:
        reader(server, api_key="sk-secret").read(READING)
    assert "sk-secret" not in str(caught.value)
