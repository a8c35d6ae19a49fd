"""The benchmarks of load and soak, for seconds instead of minutes."""

import asyncio
from pathlib import Path

import pytest

from benchmarks.asking import Question, landmark_questions, learn, load
from benchmarks.load import kept, measure, percentile, summary
from benchmarks.server import ROOT, make_index, serving
from benchmarks.soak import soak


@pytest.fixture(scope="module")
def bundled_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_index(tmp_path_factory.mktemp("bundled"))


def test_many_clients_get_their_own_answers_or_are_asked_to_come_back(bundled_index):
    settings = {
        "SNAPCITE_CACHE_SECONDS": "0",
        "SNAPCITE_ENCODER_QUEUE": "8",
        "SNAPCITE_REQUEST_TIMEOUT": "10",
    }
    with serving(bundled_index, settings) as server:
        questions = landmark_questions(ROOT / "data" / "landmarks")[::15]
        measured = asyncio.run(measure(server, questions, clients=40, seconds=4))
    # How soon an answer is as quick as before says as much of the machine as of the server, when
    # other things run on it; the benchmark holds it to five seconds.
    assert kept({**measured, "recovered_after_s": 0.0}), measured
    assert not kept({**measured, "lost": 1})
    assert not kept({**measured, "wrong": 1})
    assert not kept({**measured, "refused": 0})


def test_a_mixed_up_answer_would_be_seen(bundled_index):
    with serving(bundled_index, {}) as server:

        async def scene() -> dict[str, int]:
            one, other = landmark_questions(ROOT / "data" / "landmarks")[:6:3]
            known = await learn(server.url, [one, other])
            swapped = {one.name: known[other.name], other.name: known[one.name]}
            found = await load(server.url, [one, other], swapped, clients=2, seconds=0.5)
            return summary(found, 0.5)

        figures = asyncio.run(scene())
    assert figures["wrong"] > 0
    assert figures["answered"] == 0


def test_a_photo_that_is_not_found_again_stops_the_benchmark(bundled_index):
    with serving(bundled_index, {}) as server:
        right = landmark_questions(ROOT / "data" / "landmarks")[0]
        wrong = Question(right.name, right.body, "landmarks/not_this_one")
        with pytest.raises(RuntimeError, match="found"):
            asyncio.run(learn(server.url, [wrong]))


def test_a_server_does_not_grow_in_seconds(bundled_index):
    with serving(bundled_index, {"SNAPCITE_CACHE_BYTES": str(2**20)}) as server:
        measured = asyncio.run(soak(server, 6))
    assert measured["wrong"] == measured["lost"] == 0
    assert measured["answered"] > 0
    assert measured["memory_growth"] < 1.25
    assert measured["handles"][2] < 60


def test_a_percentile_is_a_value_that_was_measured():
    assert percentile([4, 1, 3, 2], 50) == 3
    assert percentile([4, 1, 3, 2], 99) == 4
    assert percentile([], 50) == 0
