"""Indexing on a real Ray cluster of three nodes on this machine, one of which is killed."""

import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import TinyEncoder, encoded, photo

from indexer.cluster import ClusterWorkplace, connected
from indexer.cluster.actor_pool import ActorPool
from indexer.report import IndexReport
from indexer.run import fingerprint_of, index_corpus
from knowledge.corpus import open_corpus
from knowledge.errors import ClusterError, ConfigurationError
from knowledge.index.index import Index, open_index

ray = pytest.importorskip("ray")

from cluster_tools import Counting, Crowding, TinyTools  # noqa: E402 - needs Ray's absence to be known

HELPERS = Path(__file__).parents[1] / "helpers"
STORE = 100 * 2**20
PHOTOS = 150
MADE_WITH = fingerprint_of(TinyEncoder())


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    from ray.cluster_utils import Cluster

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_AUTH_MODE", "disabled")  # else a token is written into the home folder
        patch.setenv("PYTHONPATH", os.pathsep.join((str(HELPERS.parents[1]), str(HELPERS))))
        head = {"num_cpus": 1, "object_store_memory": STORE, "include_dashboard": False}
        cluster = Cluster(initialize_head=True, head_node_args=head)
        try:
            with connected(cluster.address):
                yield cluster
        finally:
            cluster.shutdown()


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Photos with and without texts, texts without photos, and three files that are broken."""
    root = tmp_path_factory.mktemp("corpus")
    for folder in ("knowledge", "photos"):
        (root / folder).mkdir()
    for number in range(PHOTOS):
        data = encoded(photo(number, size=(160, 120)))
        broken = number % 50 == 7
        (root / "photos" / f"d{number}.jpg").write_bytes(data[:900] if broken else data)
        photos = f"photos: [photos/d{number}.jpg]\n" if number % 5 else ""
        (root / "knowledge" / f"d{number}.md").write_text(
            f"---\nid: d{number}\ntitle: House {number}\nlanguage: en\nsource: test\n"
            + f"{photos}---\n\n"
            + f"House {number} was built in {1500 + number}. " * 12,
            encoding="utf-8",
        )
    return root


@pytest.fixture(scope="module")
def alone(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[IndexReport, dict]:
    """The report and the contents of a run in this process."""
    return run(corpus, tmp_path_factory.mktemp("alone") / "index", None)


@pytest.fixture(scope="class")
def workplace(cluster: Any) -> Iterator[ClusterWorkplace]:
    cluster.add_node(num_cpus=1, object_store_memory=STORE)
    with ClusterWorkplace(TinyTools(), MADE_WITH) as workplace:
        yield workplace


def contents(index: Index) -> dict[str, tuple]:
    return {
        record.id: (
            record.payload,
            {
                name: vector.tobytes() if isinstance(vector, np.ndarray) else vector
                for name, vector in record.vectors.items()
            },
        )
        for record in index.store.scroll(with_vectors=True)
    }


def run(
    corpus: Path,
    target: Path,
    where: ClusterWorkplace | None,
    on_progress: Any = lambda report: None,
) -> tuple[IndexReport, dict[str, tuple]]:
    with open_index(str(target), MADE_WITH, create=True) as index:
        report = index_corpus(
            open_corpus(corpus), index, TinyEncoder(), where=where, on_progress=on_progress
        )
        return report, contents(index)


def said(report: IndexReport) -> dict[str, Any]:
    told = report.as_json() | {"seconds": 0.0}
    return told | {"problems": sorted(told["problems"], key=str)}


class TestOneWorkplace:
    def test_nodes_make_the_index_that_one_process_makes(self, corpus, alone, workplace, tmp_path):
        report, held = run(corpus, tmp_path / "index", workplace)

        assert held == alone[1]
        assert said(report) == said(alone[0])
        assert len(report.problems) == 3
        assert report.photos_embedded > 100

    def test_a_node_that_is_killed_costs_only_time(
        self, corpus, alone, cluster, workplace, tmp_path
    ):
        third = cluster.add_node(num_cpus=1, object_store_memory=STORE)
        calls = 0

        def kill(report: IndexReport) -> None:
            nonlocal calls
            calls += 1
            if calls == 1:
                killer.start()

        killer = threading.Thread(target=lambda: cluster.remove_node(third, allow_graceful=False))
        report, held = run(corpus, tmp_path / "index", workplace, kill)
        killer.join()

        assert held == alone[1]
        assert said(report) == said(alone[0])

    def test_cut_off_and_begun_again_nothing_is_done_twice(
        self, corpus, alone, workplace, tmp_path
    ):
        def stop(report: IndexReport) -> None:
            if report.photos_embedded > 20:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            run(corpus, tmp_path / "index", workplace, stop)
        with open_index(str(tmp_path / "index"), MADE_WITH) as index:
            done = {kind: index.store.count({"kind": kind}) for kind in ("photo", "passage")}
        report, held = run(corpus, tmp_path / "index", workplace)

        assert done["photo"] > 20
        assert report.photos_embedded == alone[0].photos_embedded - done["photo"] > 0
        assert report.passages_embedded == alone[0].passages_embedded - done["passage"] > 0
        assert held == alone[1]


def test_a_node_with_another_encoder_ends_the_run_with_its_name(corpus, cluster, tmp_path):
    with (
        ClusterWorkplace(TinyTools("other"), MADE_WITH) as workplace,
        pytest.raises(ClusterError, match=r"The node .* cannot take part: its encoder 'other'"),
    ):
        run(corpus, tmp_path / "index", workplace)


def test_what_is_sent_is_bounded_and_what_ends_actors_is_said(cluster):
    values = np.ones(2**20, dtype=np.uint8)
    with ActorPool(Counting, arguments=lambda shape: (), check=(), most_losses=2) as pool:
        assert pool.most_bytes == 32 * 2**20
        # 200 MB by way of a store of 100 MB: what waits for room is not sent.
        jobs = [pool.submit("total", values, size=2**20) for _ in range(200)]
        assert {job.result(60) for job in jobs} == {2**20}
        with pytest.raises(ValueError, match="as told"):
            pool.submit("fail", "as told", size=1).result(60)
        lost = pool.submit("end", None, size=1)
        with pytest.raises(ClusterError, match="ended 2 processes"):
            lost.result(120)
        with pytest.raises(ClusterError, match="ended 2 processes"):
            pool.submit("total", values, size=2**20)


def test_a_node_that_bears_fewer_processes_gets_fewer(cluster, tmp_path, caplog):
    values = np.ones(2**10, dtype=np.uint8)
    node = cluster.add_node(num_cpus=2, object_store_memory=STORE)
    try:
        with ActorPool(Crowding, arguments=lambda shape: (str(tmp_path),), check=()) as pool:
            wanted = pool.actors
            ends = time.monotonic() + 90
            while "1 at a time run there now" not in caplog.text:
                assert time.monotonic() < ends, caplog.text
                time.sleep(0.1)
            assert pool.actors < wanted
            jobs = [pool.submit("total", values, size=2**10) for _ in range(50)]
            assert {job.result(60) for job in jobs} == {2**10}
            assert "left out" not in caplog.text
    finally:
        cluster.remove_node(node)


def test_nothing_is_told_to_the_makers_of_ray(cluster):
    try:
        from ray._common.usage import usage_lib
    except ImportError:  # where it was until 2.50
        from ray._private.usage import usage_lib

    assert not usage_lib.usage_stats_enabled()


@pytest.mark.parametrize("address", ["", "somewhere", "http://host:1", "ray://", "a b:1", "h:1;x"])
def test_what_is_no_address_is_refused(address):
    with pytest.raises(ConfigurationError, match="local, auto, HOST:PORT or ray://HOST:PORT"):
        connected(address).__enter__()


@pytest.mark.parametrize("scheme", ["", "ray://"])
def test_where_nobody_listens_it_is_said_at_once(scheme):
    with socket.socket() as taken:  # bound, and not listened to
        taken.bind(("127.0.0.1", 0))
        address = f"{scheme}127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(ClusterError, match=f"Nobody listens at {address} .*Nothing was"):
            connected(address).__enter__()


def test_without_ray_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ConfigurationError, match=r"pip install '\.\[cluster\]'"):
        connected("local").__enter__()
