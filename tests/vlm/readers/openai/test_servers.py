"""The reader against servers that take, refuse and answer as the well-known ones do."""

import json
import math
from dataclasses import replace

import pytest
from chat_server import chat_server
from model_servers import (
    dashscope,
    llama_cpp,
    ollama,
    openai_reasoner,
    sglang,
    short_of,
    sizes_of,
    thinker,
    vllm,
)
from PIL import Image
from readings import reading

from knowledge.errors import ModelError
from vlm.readers.openai import RemoteOptions, RemoteReader
from vlm.readers.openai.thinking import thinks_by_name

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
        "value": "1992",
    }
)


def reader(server, **options):
    options = {"base_url": server.url, "model": "m"} | options
    return RemoteReader(RemoteOptions(**options), sleep=lambda seconds: None)


def asked_twice(behave, *, shown=READING, **options):
    """The drafts of two questions, and how many requests each took."""
    with chat_server(behave=behave) as server:
        asking = reader(server, **options)
        first = asking.read(shown)
        taken = len(server.requests)
        second = asking.read(shown)
        assert (first.year, second.year) == (1992, 1992)
        return second, (taken, len(server.requests) - taken), server.requests


def test_vllm_with_an_instruct_model():
    draft, taken, (asked, _) = asked_twice(vllm(ANSWER))
    assert taken == (1, 1)
    assert draft.signals["certainty"] == pytest.approx(math.log(99) / 8)
    assert "enable_thinking" not in asked


@pytest.mark.parametrize("efforts", [("none", "low"), ("low", "medium", "high")])
def test_vllm_with_a_hybrid_model_is_told_not_to_think(efforts):
    behave = vllm(ANSWER, hybrid=True, efforts=efforts)
    _, taken, requests = asked_twice(behave, max_tokens=512)
    # Cut off; told not to think, in a way that an older server refuses in part; at once.
    assert taken == ((2, 1) if "none" in efforts else (3, 1))
    assert requests[-1]["chat_template_kwargs"]["enable_thinking"] is False
    assert requests[-1]["response_format"]["type"] == "json_schema"


def test_vllm_with_a_model_that_says_its_name_is_asked_rightly_at_once():
    behave = vllm(ANSWER, hybrid=True)
    _, taken, requests = asked_twice(behave, max_tokens=512, model="Qwen/Qwen3-VL-8B-Thinking")
    assert taken == (1, 1)
    assert requests[0]["max_tokens"] == 512 + 4_096


def test_vllm_without_room_for_thoughts_is_asked_for_the_answer_alone():
    behave = vllm(ANSWER, context=4_096)
    _, taken, requests = asked_twice(behave, max_tokens=512, model="Qwen/Qwen3-VL-8B-Thinking")
    assert taken == (2, 1)
    assert requests[-1]["max_tokens"] == 512


def test_vllm_with_too_small_a_context_says_what_to_set():
    with chat_server(behave=vllm(ANSWER, context=2_000)) as server:
        with pytest.raises(ModelError, match=r"context length is 2000.*SNAPCITE_READER_PHOTO"):
            reader(server).read(READING)
        assert len(server.requests) == 1


WITH_PHOTOS = replace(
    READING,
    photos=(Image.new("RGB", (1600, 1200), "grey"),),  # 1,230 visual tokens when it is sent
    candidates=tuple(
        replace(one, photos=(Image.new("RGB", (700, 500)),)) for one in READING.candidates
    ),
)


@pytest.mark.parametrize(
    ("server", "photos"),
    [
        # fewer photos
        ({"most": 1, "message": "At most 1 image(s) may be provided in one prompt."}, 1),
        ({"most": 1, "status": 500, "message": "model only supports a single image"}, 1),
        ({"most": 2, "message": "Too many images provided. It supports up to 2 images"}, 1),
        ({"tokens": 1400, "message": "the request exceeds the available context size"}, 1),
        # smaller ones
        ({"tokens": 600, "status": 413, "message": "Payload too large"}, 3),
        ({"tokens": 600, "message": "Image size exceeds the maximum of 0.5 megapixels"}, 3),
        # both
        ({"tokens": 400, "message": "the request exceeds the available context size"}, 1),
    ],
)
def test_a_server_that_takes_fewer_or_smaller_photos_gets_them(server, photos):
    draft, (first, second), requests = asked_twice(short_of(ANSWER, **server), shown=WITH_PHOTOS)
    assert draft.year == 1992
    assert first in (2, 3)
    assert second == 1  # it is remembered
    assert len(sizes_of(requests[-1])) == photos
    assert [asked["response_format"]["type"] for asked in requests] == ["json_schema"] * len(
        requests
    )


def test_sglang():
    draft, taken, _ = asked_twice(sglang(ANSWER))
    assert taken == (1, 1)
    assert draft.signals["certainty"] == pytest.approx(math.log(0.7 / 0.3) / 8)


def test_ollama_with_its_thinking_default():
    draft, taken, requests = asked_twice(ollama(ANSWER), model="qwen3-vl:8b")
    assert taken == (2, 1)
    assert requests[-1]["reasoning_effort"] == "none"
    assert draft.signals["certainty"] == pytest.approx(math.log(999) / 8)


def test_ollama_that_puts_the_answer_among_the_thoughts():
    _, taken, _ = asked_twice(ollama(ANSWER, in_thinking=True))
    assert taken == (1, 1)


def test_llama_cpp_whose_slots_are_taken_is_asked_again():
    draft, taken, _ = asked_twice(llama_cpp(ANSWER, slots_taken=2))
    assert taken == (3, 1)
    assert draft.signals["certainty"] == pytest.approx(math.log(49) / 8)


def test_llama_cpp_with_too_small_a_context_is_not_asked_in_other_formats():
    with chat_server(behave=llama_cpp(ANSWER, context=64)) as server:
        with pytest.raises(ModelError, match=r"exceeds the available context size.*larger context"):
            reader(server).read(READING)
        assert len(server.requests) == 1
    with (
        chat_server(behave=llama_cpp(ANSWER, slots_taken=99)) as server,
        pytest.raises(ModelError, match=r"Context size has been exceeded.*larger context"),
    ):
        reader(server).read(READING)


def test_dashscope_with_a_hybrid_model_is_asked_for_json_without_thoughts():
    _, taken, requests = asked_twice(dashscope(ANSWER), model="qwen3-vl-plus")
    assert taken[1] == 1
    assert requests[-1]["response_format"] == {"type": "json_object"}
    assert requests[-1]["enable_thinking"] is False


def test_dashscope_with_a_model_that_always_thinks_is_read_as_a_stream():
    behave = dashscope(ANSWER, thinking_only=True)
    _, taken, requests = asked_twice(behave, model="qwen3-vl-8b-thinking")
    assert taken[1] == 1
    assert requests[-1]["stream"] is True
    assert "enable_thinking" not in requests[-1]
    assert "response_format" not in requests[-1]


def test_openais_reasoning_models():
    _, taken, requests = asked_twice(openai_reasoner(ANSWER), model="gpt-5-mini")
    assert taken[1] == 1
    assert requests[-1]["max_completion_tokens"] == 768 + 4_096
    assert requests[-1]["response_format"]["type"] == "json_schema"
    assert not {"temperature", "logprobs", "chat_template_kwargs"} & set(requests[-1])


def test_a_model_that_always_thinks_in_its_text():
    _, taken, requests = asked_twice(thinker(ANSWER, needs=3_000), max_tokens=512)
    assert taken == (2, 1)
    assert requests[-1]["max_tokens"] == 512 + 4_096
    with chat_server(behave=thinker(ANSWER, needs=30_000)) as server:
        with pytest.raises(ModelError, match="SNAPCITE_READER_THINKING_TOKENS"):
            reader(server).read(READING)
        assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("model", "thinks"),
    [
        ("Qwen/Qwen3-VL-30B-A3B-Thinking-FP8", True),
        ("qwen3-vl:8b-thinking-q4_K_M", True),
        ("qwen3-vl-235b-a22b-thinking", True),
        ("qwen3.5-plus", True),
        ("Qwen/Qwen3.6-35B-A3B", True),
        ("qvq-max", True),
        ("deepseek-ai/DeepSeek-R1", True),
        ("o4-mini", True),
        ("openai/gpt-5.1", True),
        ("Qwen/Qwen3-VL-8B-Instruct", False),
        ("qwen3-vl:8b-instruct", False),
        ("Qwen3.5-9B-Non-Thinking", False),
        ("Qwen/Qwen2.5-VL-7B-Instruct", False),
        ("gpt-4o", False),
        ("llava-v1.6-mistral-7b", False),
        ("qwen3-vl", False),
        ("/models/gemma-3-27b-it.gguf", False),
        ("", False),
    ],
)
def test_names_that_say_whether_a_model_thinks(model, thinks):
    assert thinks_by_name(model) is thinks
