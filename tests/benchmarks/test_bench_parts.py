"""The parts that the figures come from: small, and checked where arithmetic can be done."""

import json
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from benchmarks import results
from benchmarks.indexing import cosines
from benchmarks.photos import make_photos
from benchmarks.pipeline import commands, read_lines
from benchmarks.plot import log_log
from benchmarks.query import seconds_of
from benchmarks.results import Line
from benchmarks.vectors import (
    batches,
    measure,
    prepare,
    queries,
    read_truth,
    true_neighbours,
    vectors_around,
)


def test_photos_have_the_size_that_was_asked_and_stay(tmp_path):
    first = make_photos(tmp_path, count=3, width=64)
    with Image.open(first[0]) as photo:
        assert (photo.size, photo.format) == ((64, 48), "JPEG")
    written = [path.read_bytes() for path in first]
    assert len(set(written)) == 3
    assert [path.read_bytes() for path in make_photos(tmp_path, count=3, width=64)] == written


def test_brute_force_finds_the_closest():
    asked = queries(2_000, 5)
    everything = np.concatenate(list(batches(2_000)))
    assert everything.shape == (2_000, 512)
    np.testing.assert_allclose(np.linalg.norm(everything, axis=1), 1.0, rtol=1e-5)
    wanted = [set(np.argsort(-row)[:10].tolist()) for row in asked @ everything.T]
    assert true_neighbours(2_000, asked) == wanted


def test_vectors_lie_around_their_centres():
    rng = np.random.default_rng(0)
    centre = np.eye(1, 512, dtype=np.float32)
    around = vectors_around(centre, 200, rng)
    # the noise has length 0.8 across the centre: cosine 1 / sqrt(1 + 0.8²)
    assert np.mean(around @ centre[0]) == pytest.approx(1 / np.sqrt(1 + 0.64), abs=0.01)


@pytest.mark.parametrize("kind", ["float32", "int8"])
def test_a_small_index_is_measured(tmp_path, kind):
    folder = tmp_path / kind
    prepare(folder, 500, kind)
    found = measure(folder, 500, kind, truth=read_truth(folder, 500))
    assert found.recall >= 0.98
    assert 0 < found.p50_ms <= found.p95_ms


def test_a_ratio_says_how_many_times_better():
    line = results.more_per_second("x", "photos/s", ours=30.0, usual=5.0, target=6.0)
    assert (line.ratio, line.met) == (30.0 / 5.0, True)
    line = results.faster("x", ours_s=0.02, usual_s=0.06, target=3.5)
    assert line.ratio == pytest.approx(0.06 / 0.02)
    assert line.met is False


def test_a_target_may_be_an_upper_bound_or_none():
    assert Line("x", "s", 2.4, target=2.5, at="most").met is True
    assert Line("x", "s", 2.6, target=2.5, at="most").met is False
    assert Line("x", "s", 2.6).met is None


def test_cosines_are_also_told_without_the_mean():
    ours = {"a": np.float32([1, 0]), "b": np.float32([0, 1])}
    same = cosines(ours, ours)
    assert (same["cosine_mean"], same["centred_cosine_mean"]) == (1.0, pytest.approx(1.0))
    turned = cosines(ours, {"a": ours["b"], "b": ours["a"]})
    # orthogonal as they are; opposite once their common part is taken away
    assert (turned["cosine_mean"], turned["centred_cosine_mean"]) == (0.0, pytest.approx(-1.0))


def test_both_sides_take_turns():
    called = []
    calls = {
        "a": lambda item: called.append(("a", item)),
        "b": lambda item: called.append(("b", item)),
    }
    assert set(seconds_of(calls, [1, 2])) == {"a", "b"}
    assert called == [("a", 1), ("b", 1), ("a", 2), ("b", 2)]


def test_the_plot_is_svg_and_holds_every_point():
    svg = log_log("t & u", "points", "ms", {"p50": [(1e4, 0.4), (1e5, 0.7)], "p95": [(1e4, 0.5)]})
    root = ElementTree.fromstring(svg)
    assert len(root.findall("{http://www.w3.org/2000/svg}circle")) == 3


def test_the_full_run_differs_in_size_alone(tmp_path):
    quick = commands(full=False, scratch=tmp_path, index=tmp_path, into=tmp_path)
    full = commands(full=True, scratch=tmp_path, index=tmp_path, into=tmp_path)
    assert quick.keys() == full.keys()
    assert "500000" in full["vectors"]
    assert "500000" not in quick["vectors"]


def test_lines_are_read_back_as_they_were_saved(tmp_path):
    lines = [results.faster("x", ours_s=0.25, usual_s=0.5, target=3.5, points=7)]
    path = results.save(tmp_path, "query", lines, photos=4)
    assert read_lines(tmp_path) == lines
    assert json.loads(path.read_text())["settings"] == {"photos": 4}


def test_what_is_committed_can_be_read():
    assert any(line.ratio for line in read_lines(results.FOLDER))


def test_the_gpu_script_runs_tiny_on_the_cpu(tmp_path):
    pytest.importorskip("open_clip", reason="needs .[models]")
    from benchmarks.gpu import measure as measure_gpu

    lines = measure_gpu(tmp_path, device="cpu", tiny=True, batch=2, seconds=0.05)
    assert [line.unit for line in lines] == ["photos/s"] * 3
    assert all(line.value > 0 for line in lines)


def test_the_towers_of_the_gpu_script_can_be_built():
    open_clip = pytest.importorskip("open_clip", reason="needs .[models]")
    torch = pytest.importorskip("torch")
    from benchmarks.gpu import ARCHITECTURES, image_tower

    for name in ARCHITECTURES:
        with torch.device("meta"):
            tower = image_tower(open_clip.get_model_config(name))
        assert sum(weight.numel() for weight in tower.visual.parameters()) > 80e6


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_the_qwen_script_runs_tiny_on_the_cpu(monkeypatch):
    pytest.importorskip("llguidance", reason="needs .[models]")
    from benchmarks import qwen3vl
    from benchmarks.constraints import vocabulary
    from benchmarks.gpu import read_lines as read_printed
    from benchmarks.gpu import reading_lines
    from vlm.readers.qwen3_vl.constrain import guide_tokenizer

    monkeypatch.setattr(qwen3vl, "GRIDS", ((4, 4), (2, 2)))
    guide = guide_tokenizer(vocabulary())
    (measured,) = qwen3vl.measure_size("tiny", guide, [2], tokens=3, evidence=8)
    assert measured["prompt_tokens"] == 8 + (4 + 2) + (1 + 2) + 24
    assert min(measured["static_tokens_per_s"], measured["generate_tokens_per_s"]) > 0
    assert read_printed(f"warning\n{json.dumps(measured)}\n{{broken\n") == [measured]
    lines = reading_lines([measured, {"size": "8B", "batch": 1, "failed": "out of memory"}], 1e12)
    assert lines[0].value == measured["first_token_s"]
    assert lines[-1].what == "Qwen3-VL 8B, batch 1: out of memory"


def test_what_a_card_reached_is_held_against_its_bandwidth_and_the_table():
    from benchmarks.gpu import reading_lines

    eight = {
        "size": "8B", "batch": 1, "weights_gb": 17.6, "read_gb": 15.1, "first_token_s": 0.2,
        "generate_tokens_per_s": 60.0, "grammar_share": 0.01, "static_tokens_per_s": 240.0,
        "is_graph": True, "peak_memory_gb": 21.0,
    }  # fmt: skip
    lines = {line.what.partition(", batch 1, ")[2]: line for line in reading_lines([eight], 4.8e12)}
    share = lines["share of the bandwidth"]
    assert share.value == pytest.approx(15.1e9 * 240 / 4.8e12)  # 0.755
    assert share.met
    assert lines["cost of the grammar"].met
    assert lines["weights over the table's"].value == pytest.approx(17.6 / 17.534, rel=1e-3)
    assert lines["most memory over what is asked for"].met
