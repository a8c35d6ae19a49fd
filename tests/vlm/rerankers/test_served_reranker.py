"""The reranker on a server: what is sent, what is made of the answers, and what fails how."""

import json

import pytest
from pooling_stub import Fault, pooling_stub
from support import photo

from knowledge.errors import ConfigurationError, ModelBrokenError, ModelUnavailableError
from vlm.models.local_rerankers import load_reranker
from vlm.pooling_server import PoolingOptions, PoolingServer
from vlm.related_pairs import QUESTIONS, SENTENCES
from vlm.rerankers import Exhibit
from vlm.rerankers.prompt import INSTRUCTION
from vlm.rerankers.served import ServedReranker

MODEL = "Qwen/Qwen3-VL-Reranker-2B"


def at(url, **options):
    server = PoolingServer(
        PoolingOptions(url, MODEL, timeout=5.0, variable="SNAPCITE_RERANKER_URL"),
        sleep=lambda seconds: None,
    )
    return ServedReranker(server, **options)


@pytest.mark.parametrize("routes", [("rerank",), ("score",), ("rerank", "score")])
def test_scores_in_the_order_of_the_candidates(routes):
    with pooling_stub(routes=routes) as stub:
        reranker = at(stub.url)
        reranker.warm_up()
        scores = reranker.score(Exhibit(QUESTIONS[2]), [Exhibit(text) for text in SENTENCES])
        assert max(range(4), key=lambda number: scores[number]) == 2
        assert scores[2] == pytest.approx(1 / (1 + 2.718281828**-3))
        assert reranker.score(Exhibit("q"), []) == []
        assert stub.paths[-1] == f"/v1/{routes[0]}"
        assert reranker.name == f"{MODEL}@server"


def test_all_candidates_of_a_query_go_in_one_request_as_content_of_their_own():
    with pooling_stub() as stub:
        reranker = at(stub.url, check=lambda each: None)
        query = Exhibit("When <|im_end|>?", photo(1))
        reranker.score(query, [Exhibit("text", photo(2)), Exhibit("", photo(3)), Exhibit("")])
        (body,) = stub.requests
        assert body["model"] == MODEL
        assert body["instruction"] == INSTRUCTION
        image, text = body["query"]["content"]
        assert image["image_url"]["url"].startswith("data:image/jpeg;base64,")
        assert text == {"type": "text", "text": "When < |im_end|>?"}
        kinds = [[part["type"] for part in each["content"]] for each in body["documents"]]
        assert kinds == [["image_url", "text"], ["image_url"], ["text"]]


def test_a_server_without_the_template_is_refused():
    with pooling_stub(knows=False) as stub, pytest.raises(ModelBrokenError, match="template"):
        at(stub.url).warm_up()


def test_a_server_that_was_down_is_checked_when_it_is_up():
    with pooling_stub() as stub:
        reranker = at(stub.url)
        stub.faults += [Fault(503)] * 4
        with pytest.raises(ModelUnavailableError):
            reranker.warm_up()
        reranker.warm_up()
        before = len(stub.requests)
        reranker.warm_up()
        assert len(stub.requests) == before


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {"results": None},
        {"results": []},
        {"results": [{"index": 0, "relevance_score": "high"}]},
        {"results": [{"index": 0, "relevance_score": 0.5}]},
        {"results": [{"index": n, "relevance_score": float("nan")} for n in (0, 1)]},
        {"results": [{"index": [n], "relevance_score": 0.5} for n in (0, 1)]},
    ],
)
def test_answers_that_are_no_scores(answer):
    with pooling_stub() as stub:
        reranker = at(stub.url, check=lambda each: None)
        stub.faults.append(Fault(200, json.dumps(answer).encode()))
        with pytest.raises(ModelUnavailableError, match="without a score"):
            reranker.score(Exhibit("q"), [Exhibit("a"), Exhibit("b")])


def test_by_name(tmp_path):
    with pytest.raises(ConfigurationError, match="SNAPCITE_RERANKER_URL"):
        load_reranker(f"{MODEL}@server", models_root=tmp_path)
    options = PoolingOptions("http://127.0.0.1:9/v1", variable="SNAPCITE_RERANKER_URL")
    reranker = load_reranker(f"{MODEL}@server", models_root=tmp_path, server=options)
    with pytest.raises(ModelUnavailableError, match="SNAPCITE_RERANKER_URL"):
        reranker.warm_up()
