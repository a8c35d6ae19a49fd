"""The last evaluation report, as the command line writes it."""

import json

import pytest

from api.http.evaluation_report import read_report

REPORT = {
    "testsets": {"/srv/data/landmarks/testset.jsonl": 40},
    "encoder": "starter",
    "reader": "extractive",
    "systems": {
        "full": {"overall": {"questions": 40, "mrr": 0.9, "year_accuracy": None}, "by_kind": {}},
        "keywords_only": {"overall": {"questions": 40, "mrr": 0.5, "year_accuracy": 0.4}},
    },
}


def test_a_report_is_cut_to_its_overall_measures(tmp_path):
    path = tmp_path / "evaluation.json"
    path.write_text(json.dumps(REPORT))
    report = read_report(path)

    assert report.testsets == {"landmarks": 40}
    assert report.systems["full"] == {"questions": 40, "mrr": 0.9, "year_accuracy": None}
    assert list(report.systems) == ["full", "keywords_only"]
    assert report.measured_at.tzinfo is not None


@pytest.mark.parametrize("content", [None, "", "[]", '{"systems": {}}', '{"systems": 1}'])
def test_without_a_usable_report_there_is_none(tmp_path, content):
    path = tmp_path / "evaluation.json"
    if content is not None:
        path.write_text(content)
    assert read_report(path) is None
    assert read_report(None) is None
