"""The encoder on a server: what is sent, what is made of the answers, and what fails how."""

import base64
import io
import json

import numpy as np
import pytest
from PIL import Image
from pooling_stub import DIM, Fault, pooling_stub
from support import photo

from knowledge import deadline
from knowledge.circuit_breaker import CircuitBreaker
from knowledge.errors import ConfigurationError, ModelBrokenError, ModelUnavailableError
from vlm.encoders.qwen3_vl import INSTRUCTION, QUESTION_INSTRUCTION
from vlm.encoders.served import ServedEncoder
from vlm.models.local_encoders import load_encoder
from vlm.pooling_server import PoolingOptions, PoolingServer, RefusedError
from vlm.related_pairs import QUESTIONS, SENTENCES

MODEL = "Qwen/Qwen3-VL-Embedding-2B"


def server_at(url, **options):
    return PoolingServer(
        PoolingOptions(url, MODEL, **{"timeout": 5.0, **options}), sleep=lambda seconds: None
    )


def unchecked(url, **options):
    return ServedEncoder(server_at(url, **options), check=lambda encoder: None)


def test_vectors_of_a_server_that_knows_what_belongs_together():
    with pooling_stub() as stub:
        encoder = ServedEncoder(server_at(stub.url))
        assert encoder.card.name == f"{MODEL}@server"
        assert encoder.card.dim == DIM
        rows = encoder.encode_questions(QUESTIONS) @ encoder.encode_texts(SENTENCES).T
        np.testing.assert_allclose(rows, np.eye(4), atol=1e-6)
        images = encoder.encode_images([photo(seed) for seed in range(5)])
        assert images.shape == (5, DIM)
        assert images.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(images, axis=1), 1, rtol=1e-6)
        assert encoder.encode_texts([]).shape == encoder.encode_images([]).shape == (0, DIM)


def test_rows_keep_their_order_though_requests_run_at_once():
    with pooling_stub() as stub:
        encoder = unchecked(stub.url)
        texts = [f"text {number}" for number in range(40)]
        together = encoder.encode_texts(texts)
        for number in (0, 17, 39):
            np.testing.assert_array_equal(
                encoder.encode_texts([texts[number]])[0], together[number]
            )


def test_a_server_that_knows_nothing_is_refused():
    with (
        pooling_stub(knows=False) as stub,
        pytest.raises(ModelBrokenError, match="does not know what belongs together"),
    ):
        ServedEncoder(server_at(stub.url))


def test_what_is_sent_makes_vllm_write_the_prompt_that_was_trained():
    with pooling_stub() as stub:
        encoder = unchecked(stub.url, api_key="secret")
        encoder.encode_questions(["When <|im_end|> was it built?"])
        encoder.encode_texts(["It was built in 1912."])
        encoder.encode_images([Image.new("RGB", (2000, 1000), "red")])
        asked, told, shown = stub.requests[-3:]
        assert stub.paths[-1] == "/v1/embeddings"
        assert stub.headers[-1]["Authorization"] == "Bearer secret"
        for body in (asked, told, shown):
            assert body["model"] == MODEL
            assert body["continue_final_message"] is body["add_special_tokens"] is True
            assert [each["role"] for each in body["messages"]] == ["system", "user", "assistant"]
            assert body["messages"][2]["content"] == [{"type": "text", "text": ""}]
        assert asked["messages"][0]["content"][0]["text"] == QUESTION_INSTRUCTION
        assert told["messages"][0]["content"][0]["text"] == INSTRUCTION
        assert asked["messages"][1]["content"][0]["text"] == "When < |im_end|> was it built?"
        (part,) = shown["messages"][1]["content"]
        kind, data = part["image_url"]["url"].split(",")
        assert kind == "data:image/jpeg;base64"
        sent = Image.open(io.BytesIO(base64.b64decode(data)))
        assert sent.width * sent.height <= 768 * 768
        assert sent.width % 32 == sent.height % 32 == 0


def test_a_shorter_vector_is_the_beginning_of_the_whole_one_made_length_1():
    with pooling_stub() as stub:
        whole = unchecked(stub.url)
        short = ServedEncoder(server_at(stub.url), dim=64)
        assert short.card.name == f"{MODEL}:64@server"
        assert short.card.fingerprint != whole.card.fingerprint
        rows = whole.encode_texts(QUESTIONS)[:, :64]
        expected = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        np.testing.assert_allclose(short.encode_texts(QUESTIONS), expected, atol=1e-6)
        with pytest.raises(ModelBrokenError, match="64 to 128 numbers, not of 4096"):
            ServedEncoder(server_at(stub.url), dim=4096)


def test_long_texts_are_cut_and_counted_without_the_server():
    with pooling_stub() as stub:
        encoder = unchecked(stub.url)
        before = len(stub.requests)
        assert encoder.count_tokens("demolished 1992 年") == 24 + 3 + 4 + 1
        assert len(stub.requests) == before
        encoder.encode_texts(["word " * 5000])
        sent = stub.requests[-1]["messages"][1]["content"][0]["text"]
        assert encoder.count_tokens(sent) <= encoder.card.max_tokens
        assert len(sent) > 300


def test_too_many_requests_and_server_faults_are_tried_again():
    with pooling_stub() as stub:
        encoder = unchecked(stub.url)
        stub.faults += [Fault(429, headers={"Retry-After": "0.01"}), Fault(503), Fault(500)]
        assert encoder.encode_texts(["again"]).shape == (1, DIM)
        stub.faults += [Fault(503)] * 4
        with pytest.raises(ModelUnavailableError, match=r"SNAPCITE_ENCODER_URL.*status 503"):
            encoder.encode_texts(["in vain"])


@pytest.mark.parametrize("status", [400, 401, 404, 413, 302])
def test_a_refusal_is_not_asked_again_and_does_not_close_the_server_for_others(status, caplog):
    with pooling_stub() as stub:
        encoder = unchecked(stub.url)
        before = len(stub.requests)
        for _ in range(5):
            stub.faults.append(
                Fault(status, b"the server's own words", {"Location": f"{stub.url}/embeddings"})
            )
            with pytest.raises(RefusedError, match=f"status {status}") as raised:
                encoder.encode_texts(["one"])
            assert "own words are in the log" in str(raised.value)
        assert len(stub.requests) == before + 5
        assert "the server's own words" in caplog.text
        assert encoder.encode_texts(["another"]).shape == (1, DIM)


def test_a_server_that_fails_three_times_is_left_alone_for_a_while():
    now = [0.0]
    breaker = CircuitBreaker(clock=lambda: now[0])
    with pooling_stub() as stub:
        server = PoolingServer(
            PoolingOptions(stub.url, MODEL), breaker=breaker, sleep=lambda seconds: None
        )
        encoder = ServedEncoder(server, check=lambda encoder: None)
        stub.faults += [Fault(500)] * 12
        for _ in range(3):
            with pytest.raises(ModelUnavailableError):
                encoder.encode_texts(["x"])
        before = len(stub.requests)
        with pytest.raises(ModelUnavailableError, match="left alone"):
            encoder.encode_texts(["x"])
        assert len(stub.requests) == before
        now[0] = 31.0
        assert encoder.encode_texts(["x"]).shape == (1, DIM)


def test_no_request_outlives_the_deadline_also_in_threads():
    with pooling_stub() as stub:
        encoder = unchecked(stub.url)
        stub.faults += [Fault(after=3.0)] * 3
        with deadline.within(1.2), pytest.raises(ModelUnavailableError, match="longer than 0"):
            encoder.encode_texts(["one", "two", "three"])


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"[" * 100_000,
        b"{}",
        b'{"data": []}',
        b'{"data": [{"embedding": []}]}',
        b'{"data": [{"embedding": "AAAA"}]}',
        b'{"data": [{"embedding": ["x"]}]}',
        b'{"data": [{"embedding": [1' + b"0" * 400 + b"]}]}",
        json.dumps({"data": [{"embedding": [1.0] * 3}]}).encode(),
    ],
)
def test_answers_that_are_no_vectors(body):
    with pooling_stub() as stub:
        encoder = unchecked(stub.url)
        stub.faults.append(Fault(200, body))
        with pytest.raises(ModelUnavailableError):
            encoder.encode_texts(["x"])


def test_a_vector_that_is_not_finite():
    with pooling_stub() as stub:
        encoder = unchecked(stub.url)
        numbers = ", ".join(["NaN"] * DIM)
        stub.faults.append(Fault(200, f'{{"data": [{{"embedding": [{numbers}]}}]}}'.encode()))
        with pytest.raises(ModelBrokenError, match="not finite"):
            encoder.encode_texts(["x"])


def test_a_server_that_is_not_there():
    with pytest.raises(ModelUnavailableError, match="SNAPCITE_ENCODER_URL"):
        unchecked("http://127.0.0.1:9/v1")


def test_by_name(tmp_path):
    with pooling_stub() as stub:
        options = PoolingOptions(stub.url, timeout=5.0)
        encoder = load_encoder(f"{MODEL}:64@server", models_root=tmp_path, server=options)
        assert encoder.card.name == f"{MODEL}:64@server"
        assert stub.requests[-1]["model"] == MODEL
    with pytest.raises(ConfigurationError, match="set SNAPCITE_ENCODER_URL"):
        load_encoder(f"{MODEL}@server", models_root=tmp_path)
    with pytest.raises(ConfigurationError, match="http://"):
        load_encoder(f"{MODEL}@server", models_root=tmp_path, server=PoolingOptions("localhost"))
