import base64
import io
import itertools
import json
import math
import time
from dataclasses import replace
from email.utils import formatdate

import pytest
from chat_server import Reply, chat_server, events_of
from model_servers import as_stream, completion_of, refusal, refuser, tokens_of, vllm
from PIL import Image
from readings import reading

from knowledge import deadline
from knowledge.errors import (
    ModelError,
    ModelRefusedError,
    ModelUnavailableError,
    UnsupportedImageError,
)
from vlm.readers.extractive import ExtractiveReader
from vlm.readers.fallback import FallbackReader
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


def reader(server, pauses=None, clock=None, **options):
    pauses = [] if pauses is None else pauses
    options = {"base_url": server.url, "model": "m"} | options
    return RemoteReader(
        RemoteOptions(**options),
        sleep=pauses.append,
        clock=(lambda: clock[0]) if clock else time.monotonic,
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


def test_prose_leads_to_the_next_format_and_after_the_last_to_an_error():
    with (
        chat_server("It was 1992, I think.") as server,
        pytest.raises(ModelUnavailableError, match="not JSON"),
    ):
        reader(server).read(READING)
    assert formats(server) == ["json_schema", "json_object", "text"]


def test_an_answer_that_stays_wrong_leads_to_the_next_format_and_then_to_an_error():
    with (
        chat_server(ANSWER.replace("1992,", "1850,")) as server,
        pytest.raises(ModelUnavailableError, match="1850"),
    ):
        reader(server).read(READING)
    assert formats(server) == ["json_schema", "json_schema", "json_object", "text"]


def test_a_server_that_ignores_the_format_is_asked_in_the_one_that_worked_for_minutes():
    clock = [0.0]
    with chat_server("Certainly!", ANSWER) as server:
        asking = reader(server, clock=clock)
        asking.read(READING)
        asking.read(READING)
        clock[0] = 601.0
        asking.read(READING)
    assert formats(server) == ["json_schema", "json_object", "json_object", "json_schema"]


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


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({"Retry-After": "2"}, 2, 2),
        ({"retry-after-ms": "250", "Retry-After": "1"}, 0.25, 0.25),
        ({"Retry-After": "nan"}, 0.3, 0.7),
        ({"Retry-After": "soon"}, 0.3, 0.7),
        ({"Retry-After": "in 9 seconds"}, 0.1, 9),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0, 0),
    ],
)
@pytest.mark.parametrize("status", [408, 429, 529])
def test_a_wait_that_a_server_asks_for_is_kept_in_whatever_form(status, headers, least, most):
    pauses = []
    if "seconds" in headers["Retry-After"]:
        headers = {"Retry-After": formatdate(time.time() + 9, usegmt=True)}
    busy = Reply(status=status, headers=headers)
    with chat_server(busy, ANSWER) as server:
        assert reader(server, pauses).read(READING).year == 1992
    assert [least <= pause <= most for pause in pauses] == [True], pauses


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("kind", ["tool_calls", "function_call", "object"])
def test_an_answer_that_calls_a_tool_is_read_from_its_arguments(kind, stream):
    def called(arguments):
        function = {"name": "answer", "arguments": arguments}
        if kind == "function_call":
            return {"content": None, "function_call": function}
        return {"content": None, "tool_calls": [{"index": 0, "function": function}]}

    if stream and kind != "object":
        halves = [ANSWER[:40], ANSWER[40:]]
        reply = Reply(
            chunks=[{"choices": [{"index": 0, "delta": called(half)}]} for half in halves]
        )
    else:
        whole = called(json.loads(ANSWER) if kind == "object" else ANSWER)
        reply = Reply(body={"choices": [{"message": whole, "finish_reason": "tool_calls"}]})
    with chat_server(reply) as server:
        assert reader(server, stream=stream).read(READING).year == 1992
    assert len(server.requests) == 1


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


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("reply", [Reply(ANSWER, drips=0.05), Reply(drips=0.05, status=400)])
def test_a_server_that_sends_a_byte_now_and_then_does_not_outlast_the_time(reply, stream):
    with chat_server(reply) as server:  # the whole would take 40 seconds
        asking = reader(server, timeout=0.5, stream=stream)
        asking.warm_up()
        begun = time.monotonic()
        with pytest.raises(ModelError, match="longer than"):
            asking.read(READING)
        assert time.monotonic() - begun < 10


def test_all_requests_of_a_reading_fit_into_its_time():
    with chat_server(Reply("Hm.", after=2.0)) as server:
        asking = reader(server, timeout=4.5)
        asking.warm_up()
        begun = time.monotonic()
        with pytest.raises(ModelError, match=r"longer than 4\.5 seconds"):
            asking.read(READING)
        assert len(server.requests) in (2, 3)  # each within 4.5 seconds
    assert time.monotonic() - begun < 12


def test_the_requests_own_time_is_shared_and_named_and_some_of_it_is_left():
    with chat_server(Reply(ANSWER, after=6.0)) as server:
        asking = reader(server)
        asking.warm_up()
        with deadline.within(4.0):
            with pytest.raises(ModelError, match=r"3\.?\d* seconds.*SNAPCITE_REQUEST_TIMEOUT"):
                asking.read(READING)
            assert deadline.remaining() > 0


def test_no_pause_is_longer_than_the_time_that_is_left():
    pauses = []
    with (
        chat_server(Reply(status=503, headers={"Retry-After": "900"})) as server,
        pytest.raises(ModelError, match="no time to ask again"),
    ):
        reader(server, pauses).read(READING)
    assert pauses == []


def test_an_answer_larger_than_any_is_not_read_to_its_end():
    endless = b'{"choices": "' + b"x" * (17 * 2**20)
    with chat_server(Reply(raw=endless)) as server, pytest.raises(ModelError, match="bytes"):
        reader(server).read(READING)


@pytest.mark.parametrize("stream", [False, True])
def test_the_models_certainty_of_its_source_is_a_signal(stream):
    abstains = json.dumps({**json.loads(ANSWER), "source": None, "quote": ""})
    signals = []
    for answer in (ANSWER, abstains):
        said = completion_of(answer, tokens=tokens_of(answer, null=0.01))
        with chat_server(as_stream(said) if stream else said) as server:
            signals.append(reader(server, stream=stream).read(READING).signals)
            assert server.requests[0]["logprobs"] is True
    assert signals == [{"certainty": pytest.approx(math.log(0.99 / 0.01) / 8)}, {}]


def test_a_server_that_does_not_stream_is_read_whole():
    with chat_server(behave=vllm(ANSWER)) as server:
        assert reader(server, stream=True).read(READING).year == 1992


@pytest.mark.parametrize("name", ["reasoning", "reasoning_content"])
@pytest.mark.parametrize("stream", [False, True])
def test_thoughts_that_are_told_apart_show_a_model_that_thinks(name, stream):
    thought = completion_of(ANSWER, **{name: "Let me see."})
    with chat_server(as_stream(thought) if stream else thought) as server:
        asking = reader(server, stream=stream)
        for _ in range(2):
            assert asking.read(READING).year == 1992
    first, second = server.requests
    assert "enable_thinking" not in first
    assert second["enable_thinking"] is False


@pytest.mark.parametrize(
    ("around", "stream"),
    [
        (around, stream)
        for stream in (False, True)
        for around in (
            "<think>\nIt may be {}. Hm, </think>\n\n%s", "It is …</think>%s", "<think>\n%s",
            "Sure, here you are:\n%s\nAnything else?", "```json\n%s\n```", "{%s}", "%s}", "%s,",
            "[%s]", '{"draft": {"subject": null}}\n%s',
        )
    ],
)  # fmt: skip
def test_the_answer_is_found_at_once_whatever_stands_around_it(around, stream):
    with chat_server(around % ANSWER) as server:
        assert reader(server, stream=stream).read(READING).year == 1992
    assert len(server.requests) == 1


def test_an_object_within_thoughts_that_were_cut_off_is_no_answer():
    cut = completion_of(f"<think>Perhaps {ANSWER}? But", finish="length")
    with chat_server(cut) as server, pytest.raises(ModelError, match="with thinking"):
        reader(server).read(READING)
    assert len(server.requests) == 2


def test_a_model_that_thinks_too_long_gets_more_room_and_is_told_not_to_then_it_is_an_error():
    cut = completion_of("", finish="length", reasoning_content="Let me see …")
    with chat_server(cut) as server, pytest.raises(ModelError, match="Instruct"):
        reader(server, max_tokens=100, thinking_tokens=1_000).read(READING)
    first, second = server.requests
    assert (first["max_tokens"], second["max_tokens"]) == (100, 1_100)
    assert "reasoning_effort" not in first
    assert "chat_template_kwargs" not in first
    assert second["reasoning_effort"] == "none"
    assert second["chat_template_kwargs"]["enable_thinking"] is False
    assert second["enable_thinking"] is False


def test_an_answer_that_was_cut_off_gets_more_room_once():
    cut = completion_of(ANSWER[:90], finish="length")
    with chat_server(cut, ANSWER) as server:
        assert reader(server).read(READING).year == 1992
    first, second = server.requests
    assert second["max_tokens"] > first["max_tokens"]
    assert "enable_thinking" not in second
    with chat_server(cut) as server, pytest.raises(ModelError, match="SNAPCITE_READER_MAX_TOKENS"):
        reader(server).read(READING)
    assert len(server.requests) == 2


def test_what_no_setting_can_make_larger_is_not_asked_again():
    cut = completion_of(ANSWER[:90], finish="length")
    with chat_server(cut) as server, pytest.raises(ModelError, match="768 tokens"):
        reader(server, thinking_tokens=0).read(READING)
    assert len(server.requests) == 1


def test_an_answer_that_ends_in_white_space_is_asked_for_in_another_format():
    idle = completion_of(ANSWER[:-1] + "\n" * 500, finish="length")
    with chat_server(idle, ANSWER) as server:
        assert reader(server).read(READING).year == 1992
    assert formats(server) == ["json_schema", "json_object"]
    assert server.requests[0]["max_tokens"] == server.requests[1]["max_tokens"]


def test_an_answer_that_the_server_holds_back_is_an_error_with_its_words():
    held = completion_of(None, finish="content_filter")
    with (
        chat_server(held) as server,
        pytest.raises(ModelRefusedError, match=r"back: content filter"),
    ):
        reader(server).read(READING)
    no = completion_of(None, refusal="I cannot help with that")
    with chat_server(no) as server, pytest.raises(ModelRefusedError, match="I cannot help"):
        reader(server).read(READING)


def test_own_settings_are_sent_as_they_are():
    own = {"top_k": 1, "chat_template_kwargs": {"x": 1}}
    with chat_server(ANSWER) as server:
        options = {"model": "Qwen3-VL-8B-Thinking", "reasoning_effort": "low", "extra_body": own}
        reader(server, **options).read(READING)
    (asked,) = server.requests
    assert (asked["top_k"], asked["chat_template_kwargs"]) == (1, {"x": 1})
    assert asked["reasoning_effort"] == "low"
    assert "enable_thinking" not in asked  # who says how much to think wants thoughts
    assert asked["max_tokens"] == 768 + 4_096


def test_a_refusal_of_an_own_setting_is_an_error_that_says_so():
    with (
        chat_server(behave=refuser(ANSWER, part="top_k")) as server,
        pytest.raises(ModelError, match="top_k is not supported"),
    ):
        reader(server, extra_body={"top_k": 1}).read(READING)
    with (
        chat_server(behave=refuser(ANSWER, part="reasoning_effort")) as server,
        pytest.raises(ModelError, match="reasoning_effort is not supported"),
    ):
        reader(server, reasoning_effort="low").read(READING)


@pytest.mark.parametrize("names", [True, False])
@pytest.mark.parametrize("part", ["response_format", "logprobs"])
def test_what_a_server_refuses_is_left_out_for_minutes(part, names, caplog):
    clock = [0.0]
    message = "{part} is not supported" if names else "Bad request"
    with chat_server(behave=refuser(ANSWER, part=part, message=message)) as server:
        asking = reader(server, clock=clock)
        for _ in range(2):
            assert asking.read(READING).year == 1992
        taken = len(server.requests)
        asking.read(READING)
        assert part not in server.requests[-1]
        assert len(server.requests) == taken + 1
        clock[0] = 601.0
        asking.read(READING)
        assert part in server.requests[taken + 1]
    if names:
        assert f"{part} is not supported" in caplog.text
        other = "logprobs" if part == "response_format" else "response_format"
        assert other in server.requests[-1]


def test_the_servers_words_are_shown_on_one_line_without_the_key_and_the_question(caplog):
    said = "No.\n\tsk-secret " + READING.question + " \x1b[31m" + "very " * 900
    with (
        chat_server(behave=lambda asked: refusal(said)) as server,
        pytest.raises(ModelError) as caught,
    ):
        reader(server, api_key="sk-secret").read(READING)
    shown = str(caught.value)
    assert "No. … …" in shown
    assert len(shown) < 500
    assert shown.isprintable()
    assert READING.question not in caplog.text + shown


def test_a_web_page_of_an_error_is_shown_by_its_words():
    page = b"<html><style>p{}</style><title>502</title><h1>Bad Gateway</h1></html>"
    with (
        chat_server(Reply(status=502, raw=page)) as server,
        pytest.raises(ModelError, match="502: 502 Bad Gateway"),
    ):
        reader(server).read(READING)
    with (
        chat_server(Reply(raw=b"<html><p>Welcome</p></html>")) as server,
        pytest.raises(ModelError, match="not a model server: Welcome"),
    ):
        reader(server).read(READING)


def test_a_proxy_that_refuses_is_named(monkeypatch):
    page = Reply(status=403, raw=b"<html><title>Squid</title>Access denied</html>")
    with chat_server(page) as proxy:
        monkeypatch.setenv(
            "http_proxy", proxy.url.removesuffix("/v1").replace("//", "//me:hidden@")
        )
        monkeypatch.setenv("no_proxy", "")
        away = RemoteReader(RemoteOptions("http://models.invalid/v1", "m"))
        with pytest.raises(
            ModelUnavailableError, match=r"Or the proxy http://127\.0\.0\.1"
        ) as raised:
            away.read(READING)
    assert "hidden" not in str(raised.value)


def test_what_a_server_s_filter_refuses_is_no_failure_of_the_server():
    filtered = refusal("The response was filtered by our content management policy.")
    with chat_server(filtered) as server, pytest.raises(ModelRefusedError):
        reader(server).read(READING)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ([{"error": {"code": 400, "message": 'Unknown name "logprobs"'}}], "logprobs"),
        (
            {"error": {"message": "Provider returned error", "code": 400,
                       "metadata": {"raw": '{"error": {"message": "no logprobs here"}}'}}},
            "Provider returned error: no logprobs here",
        ),
        ({"error": {"message": "no", "metadata": {"raw": "not JSON: logprobs"}}}, "not JSON"),
    ],
)  # fmt: skip
def test_the_words_of_an_error_are_found_wherever_a_server_puts_them(body, said, caplog):
    def behave(asked):
        if "logprobs" in asked:
            return Reply(status=400, body=body)
        return completion_of(ANSWER)

    with chat_server(behave=behave) as server:
        assert reader(server).read(READING).year == 1992
    assert len(server.requests) == 2
    assert said in caplog.text


def test_a_limit_that_more_money_would_raise_is_waited_for_all_the_same():
    pauses = []
    said = "Rate limit reached: 3 a minute. Add a payment method at example.com/account/billing."
    with chat_server(refusal(said, 429), ANSWER) as server:
        assert reader(server, pauses).read(READING).year == 1992
    assert len(pauses) == 1


def test_an_answer_that_the_server_has_read_itself_is_read():
    whole = {"content": json.loads(ANSWER)}
    with chat_server(Reply(body={"choices": [{"message": whole}]})) as server:
        assert reader(server).read(READING).year == 1992


def test_a_photo_that_no_model_takes_fails_its_own_question_only():
    strange = replace(READING, photos=(Image.new("RGB", (4_100, 20)),))
    with chat_server(ANSWER) as server:
        asking = FallbackReader(reader(server), ExtractiveReader())
        for _ in range(4):
            with pytest.raises(UnsupportedImageError, match="4,100 × 20"):
                asking.read(strange)
        assert asking.read(READING).note is None
    assert len(server.requests) == 1


def test_a_question_that_the_server_alone_refuses_does_not_close_the_door_for_others():
    def behave(asked):
        if "strange" in json.dumps(asked["messages"]):
            return refusal("Failed to apply the processor: absolute aspect ratio must be …", 500)
        return completion_of(ANSWER)

    with chat_server(behave=behave) as server:
        asking = FallbackReader(reader(server), ExtractiveReader())
        assert asking.read(READING).reader == ""
        for _ in range(4):
            drafted = asking.read(replace(READING, question="When was it demolished, strange?"))
            assert drafted.reader == "extractive"
        assert asking.read(READING).note is None
    assert len(server.requests) == 1 + 4 + 1


def test_every_photo_is_named_by_the_words_before_it():
    photo = Image.new("RGB", (64, 64))
    candidates = tuple(replace(one, photos=(photo,)) for one in READING.candidates)
    with chat_server(ANSWER) as server:
        reader(server).read(replace(READING, candidates=candidates))
    parts = server.requests[0]["messages"][1]["content"]
    named = [
        before["text"].splitlines()[-1]
        for before, part in itertools.pairwise(parts)
        if part["type"] == "image_url"
    ]
    assert len(named) == 3
    assert "reference photo" in named[0]
    assert "Candidate 2" in named[1]
    assert "asked about" in named[2]


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


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    "logprobs",
    [
        [], {}, {"content": None}, {"content": [None]}, {"content": [{}]}, {"content": {"a": 1}},
        {"content": [{"token": "{", "logprob": 10**400}]},
        {"content": [{"token": "{", "logprob": float("nan")}]},
        {"content": [{"token": "{", "logprob": "-0.1"}]},
        {"content": [{"token": 7, "logprob": -0.1, "bytes": [999]}]},
        {"content": [{"token": "{", "logprob": -0.1, "top_logprobs": [{"token": []}, 3]}]},
        {"tokens": ["{"], "token_logprobs": [-0.1], "top_logprobs": [{"{": -0.1}]},
    ],
)  # fmt: skip
def test_log_probabilities_of_odd_shapes_leave_the_answer_as_it_is(logprobs, stream):
    choice = {
        "index": 0, "logprobs": logprobs, "finish_reason": "eos",
        "delta" if stream else "message": {"role": "assistant", "content": ANSWER},
    }  # fmt: skip
    whole = {"id": 1, "created": "now", "model": None, "choices": [choice], "usage": [1]}
    reply = Reply(chunks=[whole]) if stream else Reply(body=whole)
    with chat_server(reply) as server:
        draft = reader(server, stream=stream).read(READING)  # warnings are errors here
    assert (draft.year, "certainty" in draft.signals) == (1992, False)


@pytest.mark.parametrize(
    "detail",
    [[{"loc": None, "msg": "no"}], [{"loc": 3}], [7], {"loc": []}, [[]], [{"loc": ["body", 0]}]],
)
def test_a_refusal_of_an_odd_shape_is_a_refusal(detail):
    with (
        chat_server(Reply(body={"detail": detail}, status=422)) as server,
        pytest.raises(ModelUnavailableError, match="status 422"),
    ):
        reader(server).read(READING)


def test_photos_and_passages_go_to_no_server_that_was_not_named():
    with chat_server(ANSWER) as other:
        elsewhere = other.url.replace("127.0.0.1", "localhost")
        for status in (302, 307, 308):
            headers = {"Location": f"{elsewhere}/chat/completions"}
            with (
                chat_server(Reply(status=status, headers=headers)) as server,
                pytest.raises(ModelUnavailableError, match="another name"),
            ):
                reader(server).read(READING)
    assert not other.requests


def test_another_path_of_the_same_server_is_followed():
    with chat_server(ANSWER) as other:
        headers = {"Location": f"{other.url}/chat/completions"}
        with chat_server(Reply(status=307, headers=headers)) as server:
            assert reader(server).read(READING).year == 1992


@pytest.mark.parametrize("location", ["", "http://[::1", "//", "?", "http://x:99999/"])
def test_a_redirect_that_leads_nowhere_is_an_error(location):
    with (
        chat_server(Reply(status=307, headers={"Location": location})) as server,
        pytest.raises(ModelUnavailableError),
    ):
        reader(server).read(READING)


def test_a_template_without_a_system_gets_its_words_from_the_user():
    def behave(asked):
        if asked["messages"][0]["role"] == "system":
            return refusal("Error: System role not supported", status=500)
        return completion_of(ANSWER)

    with chat_server(behave=behave) as server:
        asking = reader(server)
        assert asking.read(READING).year == asking.read(READING).year == 1992
    first, *others = server.requests
    assert len(others) == 2
    for asked in others:
        (user,) = asked["messages"]
        assert user["content"][0]["text"] == first["messages"][0]["content"]
        assert user["content"][1:] == first["messages"][1]["content"]


@pytest.mark.parametrize("kind", ["text/event-stream", "application/json", ""])
@pytest.mark.parametrize("stream", [False, True])
def test_a_stream_is_read_asked_for_or_not_and_whatever_it_is_called(kind, stream):
    chunks = as_stream(completion_of(ANSWER)).chunks
    events = b": ping\n\n" + events_of(chunks).replace(b"\n", b"\r\n")
    with chat_server(Reply(raw=events, headers={"Content-Type": kind})) as server:
        assert reader(server, stream=stream).read(READING).year == 1992
    assert len(server.requests) == 1


@pytest.mark.parametrize("stream", [False, True])
def test_a_character_that_was_cut_breaks_no_answer(stream):
    said = ANSWER.replace("It was", "It X was")
    body = json.dumps(completion_of(said).body).encode()
    events = events_of([{"choices": [{"index": 0, "delta": {"content": said}}]}])
    kind = {"Content-Type": "text/event-stream" if stream else "application/json"}
    raw = (events if stream else body).replace(b"X", b"\xe2\x80")
    with chat_server(Reply(raw=raw, headers=kind)) as server:
        assert (
            reader(server, stream=stream).read(READING).text == "It \ufffd was demolished in 1992."
        )


@pytest.mark.parametrize(
    "said",
    [
        {"error": {"message": "the engine died", "code": 500}},
        {"object": "error", "message": "the engine died", "code": 503},
        {"choices": [{"error": {"message": "the engine died", "code": 502}, "finish_reason": "e"}]},
        {"detail": "the engine died"},
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_an_error_that_is_sent_in_place_of_an_answer_is_shown_by_its_words(said, stream):
    begun = {"choices": [{"index": 0, "delta": {"content": ANSWER[:40]}}]}
    reply = Reply(chunks=[begun, said]) if stream else Reply(body=said)
    with (
        chat_server(reply) as server,
        pytest.raises(ModelUnavailableError, match="the engine died"),
    ):
        reader(server, stream=stream).read(READING)


def test_an_error_line_of_a_stream_is_an_error():
    events = (
        b'data: {"choices": [{"delta": {"content": "{"}}]}\n\nerror: {"message": "used up"}\n\n'
    )
    kind = {"Content-Type": "text/event-stream"}
    with (
        chat_server(Reply(raw=events, headers=kind)) as server,
        pytest.raises(ModelUnavailableError, match="used up"),
    ):
        reader(server, stream=True).read(READING)


def test_a_connection_that_breaks_off_is_made_once_more():
    whole = json.dumps(completion_of(ANSWER).body).encode()
    cut = Reply(raw=whole[:-20], headers={"Content-Length": str(len(whole)), "Connection": "close"})
    with chat_server(cut, ANSWER) as server:
        pauses = []
        assert reader(server, pauses).read(READING).year == 1992
        assert len(pauses) == 1
    with chat_server(cut) as server, pytest.raises(ModelUnavailableError, match="broke off"):
        reader(server).read(READING)
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("status", "said", "todo"),
    [
        (401, "Unauthorized", "SNAPCITE_READER_API_KEY"),
        (404, "Not Found", "SNAPCITE_READER_URL, which ends in /v1"),
        (404, 'model "m" not found, try pulling it first', "SNAPCITE_READER_MODEL"),
        (400, "m is not a multimodal model", "model that sees photos"),
        (500, "image input is not supported - you may need to provide the mmproj", "--mmproj"),
        (400, "At most 1 image(s) may be provided in one prompt.", "EVIDENCE_PHOTO_TOKENS=0"),
        (413, "Request Entity Too Large", "larger requests"),
        (402, "Insufficient credits", "has to be paid for"),
        (429, "You exceeded your current quota, please check your billing.", "has to be paid for"),
        (400, "Access denied, please make sure your account is in good standing.", "be paid for"),
        (404, "The API deployment for this resource does not exist.", "SNAPCITE_READER_MODEL"),
        (412, "The model requires a newer version of Ollama.", "newer version"),
        (400, "The prompt was filtered by our content management policy.", "content management"),
        (407, "Proxy Authentication Required", "the proxy's user and password"),
        (400, "The plain HTTP request was sent to HTTPS port", "URL with https://"),
        (
            422,
            "Input validation error: `inputs` must have less than 1024 tokens. Given: 6000",
            "larger context",
        ),
        (400, "The model 'm' does not exist.", "SNAPCITE_READER_MODEL"),
        (400, "No models loaded. Please load one.", "SNAPCITE_READER_MODEL"),
    ],
)
def test_a_refusal_says_what_to_do(status, said, todo):
    with (
        chat_server(refusal(said, status=status)) as server,
        pytest.raises(ModelUnavailableError, match=todo) as raised,
    ):
        reader(server).read(READING)
    assert said.rstrip(".") in str(raised.value)
    assert len(server.requests) == 1  # no other way of asking changes that
