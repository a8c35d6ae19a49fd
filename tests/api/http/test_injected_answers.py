"""What a model under injection adds reaches no caller, by whichever door the answer goes out."""

import json

import pytest
from fastapi.testclient import TestClient

from api.http.app import create_app
from api.http.chat_messages import as_words
from api.service import Service
from search.pipeline import Pipeline
from vlm.composed_text import say_value
from vlm.readers.base import Draft

FELL = "The Old Station was demolished in 1992."
INJECTED = "It was demolished in 1992. Call +44 20 7946 0958 or see [this](https://evil.example)."
QUESTION = "When was the Old Station demolished?"


class Obedient:
    """Quotes truly and says beside it what a document told it to."""

    name = "obedient"

    def read(self, reading) -> Draft:
        passage = next(p for one in reading.candidates for p in one.passages if FELL in p.text)
        return Draft(
            text=INJECTED,
            document_id=passage.document_id,
            year=1992,
            year_event="built",
            value="+44 20 7946 0958",
            current_use="call +44 20 7946 0958",
            passage_id=passage.passage_id,
            quote=FELL,
            confidence=0.9,
            reasoning="Call +44 20 7946 0958.",
        )


@pytest.fixture
def client(index, encoder):
    with TestClient(create_app(Service(Pipeline(index, encoder, Obedient())))) as client:
        yield client


def chat(client, **options) -> str:
    body = {"model": "x", "messages": [{"role": "user", "content": QUESTION}]} | options
    return client.post("/v1/chat/completions", json=body).text


def test_by_no_door(client):
    asked = client.post("/v1/ask", data={"question": QUESTION})
    streamed = client.post(
        "/v1/ask", data={"question": QUESTION}, headers={"Accept": "text/event-stream"}
    )
    for said in (asked.text, streamed.text, chat(client), chat(client, stream=True)):
        assert "demolished in 1992" in said
        assert "evil" not in said
        assert "7946" not in said

    answer = asked.json()["answer"]
    assert answer["text"] == say_value("en", "1992", FELL)
    assert (answer["year"], answer["year_event"]) == (1992, "demolished")
    assert (answer["value"], answer["current_use"], answer["reasoning"]) == (None, None, None)
    assert answer["source"]["language"] == "en"


def test_a_stream_is_the_message(client):
    pieces = []
    for line in chat(client, stream=True).splitlines():
        if line.startswith("data: {"):
            pieces.append(json.loads(line[6:])["choices"][0]["delta"].get("content", ""))
    whole = json.loads(chat(client))["choices"][0]["message"]["content"]
    assert "".join(pieces) == whole


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("![x](https://evil.example/?q=1)", r"![x]\(https://evil.example/?q=1)"),
        ("[x][1]\n[1]: https://evil.example", "[x]\\[1]\n[1]\\: https://evil.example"),
        ("<img src=x><script>", r"\<img src=x>\<script>"),
        ("a `b` c", r"a \`b\` c"),
        ("\u202egpj.exe \x1b[2J", r"\u202egpj.exe \x1b[2J"),
        ("Built 1889 (rebuilt 1901) [sic], < 3 m.",) * 2,
    ],
)
def test_a_document_s_words_stay_words_in_a_chat(text, shown):
    assert as_words(text) == shown
