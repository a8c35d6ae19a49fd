"""What scripts/calibrate.py takes for right, and which questions it asks."""

import json
from pathlib import Path

import calibrate
import pytest
from calibrate import accepted_values, gather, is_alike, is_right, table

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


def right(values, *, question=QUESTION, **said):
    return is_right(judge(question, _said(**said)), values)


def _said(**changes):
    return Observation(**{name: getattr(SAID, name) for name in SAID.__slots__} | changes)


def test_an_answer_is_right_whose_quotation_holds_an_accepted_value():
    assert right(["Tobias Toll", "Ida  PELLETIER"])
    assert not right(["Tobias Toll"])
    assert not right(["Ida Pelletier"], source="c/bridge")
    assert not right(["Ida Pelletier"], abstained=True, source=None, quote=None)


def test_a_year_is_right_that_is_an_accepted_value():
    assert right(["1931"], year=1931, quote="Taken in '31.")
    assert not right(["1931"], year=1932, quote="Taken in 1932.")


def test_to_a_false_premise_only_the_answer_that_it_still_exists_is_right():
    question = LabelledQuestion(
        "q", None, "When was it scrapped?", "en", "demolished", "gate", True, None, None
    )
    assert right((), question=question, exists=True)
    assert not right((), question=question, exists=None)
    assert not right((), question=question, exists=True, year=1931)
    assert not right((), question=question, exists=False)


@pytest.mark.parametrize(
    ("reference", "value", "alike"),
    [
        ("1952", "1952", True),
        ("White, Minor", "Minor White", True),
        ("海拔一千二百米以上", "一千二百米以上", True),
        ("2", "2 feet and 11 inches", False),
        ("省博物馆", "市图书馆", False),
        ("", "anything", False),
    ],
)
def test_short_texts_are_compared_by_their_words(reference, value, alike):
    assert is_alike(reference, value) is alike


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


def test_accepted_values_are_those_of_the_lines_that_have_some(tmp_path):
    lines = [{"id": "a", "values": ["1931", "in 1931"]}, {"id": "b", "values": []}, {"id": "c"}]
    path = tmp_path / "testset.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")

    assert accepted_values([path]) == {"a": ("1931", "in 1931")}


def test_a_kind_is_a_name_an_index_and_test_sets():
    material = calibrate._material("museum=index:a.jsonl:b.jsonl")
    assert (material.kind, material.index) == ("museum", Path("index"))
    assert material.testsets == (Path("a.jsonl"), Path("b.jsonl"))
    with pytest.raises(Exception, match="NAME=INDEX:TESTSET"):
        calibrate._material("museum")


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
