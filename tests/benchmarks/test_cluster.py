"""Nodes of a real cluster killed while it is written to and asked; skipped unless
`SNAPCITE_TEST_QDRANT_BINARY` names a Qdrant binary. benchmarks/cluster.py kills more."""

import os
from pathlib import Path

import numpy as np
import pytest

from benchmarks.cluster import Outcome, run
from benchmarks.shard_statistics import overlap
from benchmarks.vectors import queries, true_neighbours

BINARY = os.environ.get("SNAPCITE_TEST_QDRANT_BINARY", "")


@pytest.mark.skipif(not BINARY, reason="SNAPCITE_TEST_QDRANT_BINARY names no Qdrant")
def test_nothing_acknowledged_is_lost_and_questions_go_on_while_nodes_die(tmp_path):
    outcome: Outcome = run(Path(BINARY), tmp_path, kills=2, pauses=1, seed=3)
    assert (outcome.lost, outcome.failed) == ([], [])
    assert outcome.acknowledged > 100
    assert outcome.questions > 100


@pytest.mark.skipif(not BINARY, reason="SNAPCITE_TEST_QDRANT_BINARY names no Qdrant")
def test_one_node_alone_loses_nothing_that_it_acknowledged(tmp_path):
    outcome = run(Path(BINARY), tmp_path, kills=3, pauses=0, seed=5, nodes=1, copies=1)
    assert outcome.lost == []
    assert outcome.acknowledged > 100


def test_one_shard_counts_words_as_the_whole_collection_does():
    assert overlap(400, 1) == (1.0, 1.0)
    shared, same = overlap(400, 4)
    assert 0.3 < shared < 1.0
    assert same > 0.9


def test_neighbours_are_those_of_the_dimension_that_is_asked_for():
    asked = queries(500, 3, dim=32)
    assert asked.shape == (3, 32)
    np.testing.assert_allclose(np.linalg.norm(asked, axis=1), 1.0, atol=1e-5)
    assert [len(row) for row in true_neighbours(500, asked)] == [10, 10, 10]
