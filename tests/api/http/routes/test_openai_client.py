"""OpenAI's own Python client, unchanged, against a server on loopback."""

import base64
from collections.abc import Iterator

import pytest
from serving import running
from support import encoded, photo

from api.access.auth import Caller
from api.access.guard import CredentialError, Doors
from api.http.app import create_app
from api.service import Service
from search.pipeline import Pipeline
from vlm.readers.extractive import ExtractiveReader

openai = pytest.importorskip("openai")

QUOTE = "The Old Station was demolished in 1992."
CITED = f"> {QUOTE}\n> — Old Station, City archive"


def key_needed(headers) -> Caller:
    if headers.get("authorization") != "Bearer the-key":
        raise CredentialError("The key is not known")
    return Caller("key:test", frozenset({"ask"}))


@pytest.fixture(scope="module")
def base_url(index, encoder) -> Iterator[str]:
    app = create_app(
        Service(Pipeline(index, encoder, ExtractiveReader()), doors=Doors(authenticate=key_needed))
    )
    with running(app) as url:
        yield f"{url}/v1"


@pytest.fixture
def client(base_url):
    with openai.OpenAI(base_url=base_url, api_key="the-key", max_retries=0) as client:
        yield client


def data_url(seed: int) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(
        encoded(photo(seed, size=(320, 240)))).decode()  # fmt: skip


def user(text: str, *urls: str) -> dict:
    images = [{"type": "image_url", "image_url": {"url": url}} for url in urls]
    return {"role": "user", "content": [{"type": "text", "text": text}, *images]}


def ask(client, *messages: dict, **options):
    return client.chat.completions.create(model="snapcite", messages=list(messages), **options)


def test_a_photo_and_a_question_get_an_answer_with_its_citation(client):
    done = ask(client, user("When was this demolished?", data_url(1)), temperature=0.2)

    (choice,) = done.choices
    assert choice.finish_reason == "stop"
    assert "1992" in choice.message.content.splitlines()[0]
    assert choice.message.content.endswith(CITED)
    assert done.snapcite["answer"]["source"]["quote"] == QUOTE
    assert done.snapcite["evidence"][0]["document_id"] == "corpus/old_station"
    assert done.object == "chat.completion"


def test_a_stream_adds_up_to_the_same(client):
    question = user("When was this demolished?", data_url(1))
    whole = ask(client, question)
    chunks = list(ask(client, question, stream=True))

    assert chunks[0].choices[0].delta.role == "assistant"
    content = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert content == whole.choices[0].message.content
    assert [chunk.choices[0].finish_reason for chunk in chunks][-1] == "stop"
    assert chunks[-1].snapcite["answer"] == whole.snapcite["answer"]
    assert len({chunk.id for chunk in chunks}) == 1


def test_a_plain_string_is_a_question_and_a_system_message_is_none(client):
    done = ask(
        client,
        {"role": "system", "content": "Answer in French."},
        {"role": "user", "content": "When was the Clock Tower completed?"},
    )
    assert done.snapcite["answer"]["year"] == 1889


def test_an_abstention_cites_nothing(client):
    done = ask(client, user("Is it still there?", data_url(77)))

    assert done.snapcite["answer"]["reason"] == "nothing_similar"
    said = done.snapcite["answer"]
    assert done.choices[0].message.content.splitlines() == [
        said["text"],
        *(f"- {near['title']}" for near in said["candidates"]),
    ]


def test_the_latest_photo_of_the_chat_is_meant(client):
    done = ask(
        client,
        user("What is this?", data_url(2)),
        {"role": "assistant", "content": "The Clock Tower."},
        user("And this, is it still there?", data_url(1)),
        {"role": "assistant", "content": "No."},
        {"role": "user", "content": "When was it opened?"},
    )
    assert done.snapcite["answer"]["subject"]["document_id"] == "corpus/old_station"
    assert done.snapcite["answer"]["year"] == 1912


def test_a_chat_of_words_goes_on_about_what_it_named(client):
    done = ask(
        client,
        {"role": "user", "content": "Is the Clock Tower still standing?"},
        {"role": "assistant", "content": "Yes."},
        {"role": "user", "content": "When was it completed?"},
    )
    assert done.snapcite["answer"]["year"] == 1889


def test_a_conversation_need_not_be_sent_again(client):
    more = {"snapcite": {"conversation_id": "a-chat-of-mine"}}
    ask(client, user("Is it still there?", data_url(1)), extra_body=more)
    done = ask(client, user("When was it opened?"), extra_body=more)
    assert done.snapcite["answer"]["year"] == 1912


def test_options_beyond_openai_s(client):
    more = {"snapcite": {"k": 1, "language": "zh", "filters": {"tags": "tower"}}}
    done = ask(client, user("Is it still standing?", data_url(2)), extra_body=more)
    assert "年" in done.choices[0].message.content or "仍" in done.choices[0].message.content
    assert {item["document_id"] for item in done.snapcite["evidence"]} == {"corpus/clock_tower"}


def test_models(client):
    assert [model.id for model in client.models.list()] == ["snapcite"]
    assert client.models.retrieve("snapcite").id == "snapcite"


@pytest.mark.parametrize(
    ("messages", "options", "kind", "code", "says"),
    [
        ([user("?", "https://example.org/a.jpg")], {}, "UnprocessableEntityError", "bad-query",
         "never fetched"),
        ([user("?", "file:///etc/passwd")], {}, "UnprocessableEntityError", "bad-query",
         "never fetched"),
        ([user("?", "data:image/jpeg;base64,%%%")], {}, "APIStatusError", "unsupported-image",
         "base64"),
        ([user("?", "data:text/plain;base64,aGk=")], {}, "APIStatusError", "unsupported-image",
         "data:image/"),
        ([user("?", "data:image/png;base64,aGk=")], {}, "APIStatusError", "unsupported-image",
         "not a photo"),
        ([user("?", *[data_url(1)] * 5)], {}, "UnprocessableEntityError", "bad-query", "at most 4"),
        ([user("")], {}, "UnprocessableEntityError", "bad-query", "Nothing was asked"),
        ([{"role": "system", "content": "x"}], {}, "UnprocessableEntityError", "bad-query",
         "no user message"),
        ([user("?")], {"n": 2}, "UnprocessableEntityError", "bad-query", "n:"),
        ([user("?")], {"response_format": {"type": "json_object"}}, "UnprocessableEntityError",
         "bad-query", "response_format"),
        ([{"role": "user", "content": [{"type": "input_audio"}]}], {}, "UnprocessableEntityError",
         "bad-query", "input_audio"),
        ([], {}, "UnprocessableEntityError", "bad-request", "messages"),
    ],
)  # fmt: skip
def test_errors_are_openai_s_and_problems(client, messages, options, kind, code, says):
    with pytest.raises(getattr(openai, kind)) as caught:
        ask(client, *messages, **options)

    error = caught.value
    assert error.code == code
    assert says in error.body["message"]
    problem = error.response.json()
    assert problem["type"] == f"urn:snapcite:problem:{code}"
    assert problem["detail"] == error.body["message"]


def test_a_wrong_key_is_an_authentication_error(base_url):
    with (
        openai.OpenAI(base_url=base_url, api_key="wrong", max_retries=0) as client,
        pytest.raises(openai.AuthenticationError) as caught,
    ):
        ask(client, user("?"))
    assert caught.value.type == "authentication_error"
