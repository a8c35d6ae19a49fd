"""What a model on a server writes, through the whole way to an answer."""

import json

import pytest
from chat_server import chat_server
from model_servers import vllm

from knowledge.circuit_breaker import CircuitBreaker
from search.pipeline import Pipeline
from search.query import Query
from vlm.readers.extractive import ExtractiveReader
from vlm.readers.fallback import FallbackReader
from vlm.readers.openai import RemoteOptions, RemoteReader

pytest.importorskip("openai")

SAID = {
    "subject": "corpus/yongan_gate", "source": "corpus/yongan_gate#0",
    "quote": "“永安门于 1957 年被拆除.”", "exists": None, "year": 1957, "year_event": "demolished",
    "current_use": None, "confidence": "high", "text": "永安门于1957年被拆除。", "value": "1957 年",
}  # fmt: skip
ASKED = Query("永安门是什么时候被拆除的？")


def test_a_models_own_marks_become_the_passages(index, encoder):
    with chat_server(behave=vllm(json.dumps(SAID, ensure_ascii=False))) as server:
        reader = RemoteReader(RemoteOptions(server.url, "m"))
        answer = Pipeline(index, encoder, reader).ask(ASKED).answer

    assert (answer.year, answer.value) == (1957, "1957年")
    assert answer.source.quote == "永安门于1957年被拆除。"
    assert answer.signals["certainty"] == pytest.approx(0.574, abs=0.001)  # ln(.99 / .01) / 8


def test_other_words_than_the_passages_are_withheld(index, encoder):
    said = {**SAID, "quote": "永安门在1957年被拆除。"}
    with chat_server(json.dumps(said, ensure_ascii=False)) as server:
        reader = RemoteReader(RemoteOptions(server.url, "m"))
        answer = Pipeline(index, encoder, reader).ask(ASKED).answer

    assert (answer.reason, answer.withdrawn) == ("citation_failed", "quote_not_found")


def test_while_the_server_is_away_the_second_reader_says_that_it_read(index, encoder):
    gone = RemoteReader(RemoteOptions("http://127.0.0.1:9/v1", "m"))
    reader = FallbackReader(gone, ExtractiveReader(), breaker=CircuitBreaker(failures=1))
    drafts = []

    class Remembering:
        name, photo_side, evidence_side, warm_up = reader.name, 8, 0, reader.warm_up

        def read(self, reading):
            drafts.append(reader.read(reading))
            return drafts[-1]

    assert Pipeline(index, encoder, Remembering()).ask(ASKED).answer.year == 1957
    assert [draft.reader for draft in drafts] == ["extractive"]
