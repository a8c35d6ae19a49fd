"""The arithmetic of a cluster's size, by hand."""

import math

from benchmarks.cluster_arithmetic import plan


def test_a_hundred_million_photos_by_hand():
    found = plan(1e8)
    numbers = 2e8 * 1024 + 1e8 * 256
    memory = numbers + 2e8 * 32 * 4 * 1.1 + 3e8 * 150 + 1e8 * 320
    assert math.isclose(found.memory_gb, 2 * memory / 1e9)
    assert found.nodes == math.ceil(2 * memory / (0.75 * 64e9)) == 14
    assert found.shards % found.nodes == 0
    assert found.shards * 20e6 >= found.vectors


def test_copies_need_a_majority_and_small_collections_one_shard():
    assert (plan(1e5).nodes, plan(1e5).shards) == (3, 1)
    assert plan(1e5, copies=1).nodes == 1


def test_int8_with_exact_vectors_on_disk_takes_less_memory_and_more_disk():
    exact, quantized = plan(1e7, int8=False, on_disk=False), plan(1e7)
    assert quantized.memory_gb < exact.memory_gb / 2.5
    assert quantized.disk_gb > exact.disk_gb
