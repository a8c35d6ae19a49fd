"""The HTML report: one file, nothing of a test set breaks out of it, plots hold their data."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import encoded, photo

from search.evaluation.report.page import write_report
from search.evaluation.report.plots import bars, curve, reliability
from search.evaluation.run import run_questions
from search.evaluation.summary import summarise_all
from search.evaluation.systems import SYSTEMS
from search.evaluation.testset import LabelledQuestion
from search.pipeline import Pipeline
from vlm.readers.extractive import ExtractiveReader


def number(plot: str, kind: str, attribute: str) -> list[float]:
    found = ElementTree.fromstring(plot).iter(kind)
    return [
        float(e.get(attribute)) for e in found if e.get("class", "").startswith(("bar", "mark"))
    ]


def test_bars_are_as_long_as_what_they_show():
    full, half = number(
        bars("t", [("a", 1.0, (0.9, 1.0)), ("b", 0.5, None), ("c", None, None)]), "rect", "width"
    )
    assert half == pytest.approx(full / 2, abs=0.1)


def test_the_mark_of_a_curve_lies_on_its_scale():
    left = number(curve("t", [(0, 0), (1, 0.2)], across="x", up="y", mark=(0, 0)), "circle", "cx")
    right = number(curve("t", [(0, 0), (1, 0.2)], across="x", up="y", mark=(1, 0)), "circle", "cx")
    assert 0 < left[0] < right[0] < 340


@given(st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc")), max_size=30))
def test_a_plot_is_well_formed_whatever_it_is_called(name):
    ElementTree.fromstring(bars(name, [(name, 0.5, (0.4, 0.6))]))
    ElementTree.fromstring(curve(name, [], across=name, up=name))
    ElementTree.fromstring(reliability(name, [{"count": 3, "confidence": 0.9, "accuracy": 0.5}]))


def test_failures_and_confusions_are_shown_and_nothing_breaks_out(tmp_path, index, encoder):
    (tmp_path / "tower.png").write_bytes(encoded(photo(2, size=(320, 240)), "PNG"))
    common = {"language": "en", "kind": "built", "exists": None, "answer": None, "testset": "t"}
    questions = [
        # A photo of the tower that is labelled as the station: so the tower is a confusion.
        LabelledQuestion("a", tmp_path / "tower.png", "<script>alert('tower')</script> built?",
                         document="old_station", year=1912, **common),
        LabelledQuestion("b", None, "When was the Clock Tower completed?",
                         document="clock_tower", year=1889, **common),
    ]  # fmt: skip
    pipeline = Pipeline(index, encoder, ExtractiveReader())
    outcomes = run_questions(questions, pipeline)
    result = {
        "encoder": "tiny",
        "reader": "extractive",
        "threshold": None,
        "about": {system.name: system.about for system in SYSTEMS},
        "systems": summarise_all(outcomes),
    }
    page = write_report(result, outcomes, index.whole)

    assert not outcomes["full"][0].right
    assert outcomes["full"][1].right
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "came first: Clock Tower" in page
    assert len(re.findall(r'src="data:image/webp;base64,', page)) >= 2
    assert not re.findall(r'(?:src|href)="(?!data:)', page)
