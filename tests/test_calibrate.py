"""What scripts/calibrate.py takes for right, and which questions it asks."""

import argparse
from dataclasses import replace
from pathlib import Path

import calibrate
import pytest
from calibrate import gather, is_right, table

from search.evaluation.judge import judge
from search.evaluation.left_out import Figures
from search.evaluation.observation import Observation
from search.evaluation.testset import LabelledQuestion

DATA = Path(__file__).resolve().parents[1] / "data"
QUESTION = LabelledQuestion("q", None, "Who took it?", "en", "other_fact", "gate", None, None, None)
SAID = Observation(
    ranked=("c/gate",), seen=(), abstained=False, reason=None, exists=None, year=None,
    current_use=None, text="", quote="Photographer: Ida Pelletier.", source="c/gate",
    confidence=1.0, citation_valid=True,
)  # fmt: skip


def right(question=QUESTION, **said):
    return is_right(judge(question, _said(**said)))


def _said(**changes):
    return Observation(**{name: getattr(SAID, name) for name in SAID.__slots__} | changes)


def test_an_answer_is_right_by_the_labels_of_its_line():
    question = replace(QUESTION, values=("Ida  PELLETIER",))
    assert right(question)
    assert right(question, value="Ida Pelletier")
    assert not right(question, value="Tobias Toll")
    assert not right(question, source="c/bridge")
    assert not right(question, abstained=True, source=None, quote=None)


def test_to_a_false_premise_only_the_answer_that_it_still_exists_is_right():
    question = LabelledQuestion(
        "q", None, "When was it scrapped?", "en", "demolished", "gate", True, None, None
    )
    assert right(question, exists=True)
    assert not right(question, exists=None)
    assert not right(question, exists=True, year=1931)
    assert not right(question, exists=False)


def test_questions_are_drawn_and_photos_bring_made_ones():
    landmarks = DATA / "landmarks" / "testset.jsonl"
    text_only = DATA / "lost_buildings" / "testset.jsonl"
    ids = ["landmarks/eiffel_tower", "landmarks/christ_the_redeemer"]

    drawn = gather([landmarks], DATA / "landmarks" / "queries", ids, most=50, made=5)
    assert drawn == gather([landmarks], DATA / "landmarks" / "queries", ids, most=50, made=5)
    of_origin = [q.origin for q in drawn]
    assert of_origin == ["testset"] * 50 + ["leave_one_out"] * 5 + ["foreign"] * 5
    assert len({q.id for q in drawn}) == 60
    assert {q.origin for q in gather([text_only], None, ids, most=20, made=5)} == {"testset"}


def test_a_kind_is_a_name_an_index_and_test_sets():
    material = calibrate._material("museum=index:a.jsonl:b.jsonl")
    assert (material.kind, material.index) == ("museum", Path("index"))
    assert material.testsets == (Path("a.jsonl"), Path("b.jsonl"))
    with pytest.raises(Exception, match="NAME=INDEX:TESTSET"):
        calibrate._material("museum")


def test_the_reader_s_model_is_a_setting():
    options = argparse.Namespace(encoder=None, reader="extractive", reader_model="a/folder")
    settings = calibrate.settings_of(options, index="i")
    assert (settings.reader, settings.reader_model) == ("extractive", "a/folder")


def test_two_kinds_are_too_few(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["calibrate.py", "--kind", "a=i:t", "--kind", "b=i:t"])
    with pytest.raises(SystemExit):
        calibrate.main()
    assert "2 kinds were named; a fit needs 3" in capsys.readouterr().err


def test_the_table_has_a_line_a_kind_and_the_mean_of_the_kinds():
    one = Figures("a", 10, 8, 1 / 8, (0.0, 0.25), 0.05, 0.2, 1.0, 0.7, {"foreign": 0.9})
    two = Figures("b", 20, 0, None, None, None, 1.0, 0.5, 0.0)
    lines = table([one, two]).splitlines()

    assert lines[2] == "| a | 10 | 8 | 12.5 (0.0–25.0) | 0.050 | 0.200 | 1.000 | 0.700 | 0.900 |"
    assert lines[3] == "| b | 20 | 0 | – | – | 1.000 | 0.500 | 0.000 | – |"
    assert lines[4] == "| mean of the kinds | 30 | 8 | 12.5 | 0.050 | 0.600 | 0.750 | 0.350 |  |"
