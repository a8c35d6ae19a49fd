import json
from pathlib import Path

import pytest
from conftest import STATION
from support import encoded, photo

from knowledge.errors import BrokenImageError, InputError
from search.evaluation.metrics import percentile, rate
from search.evaluation.run import SYSTEMS, Outcome, run_questions
from search.evaluation.summary import summarise, summarise_all
from search.evaluation.testset import LabelledQuestion, load_testset
from search.pipeline import Pipeline
from vlm.extractive import ExtractiveReader

LINE = {
    "id": "q1",
    "photo": "photos/station.jpg",
    "question": "When was this demolished?",
    "language": "en",
    "kind": "demolished",
    "document": "old_station",
    "exists": False,
    "year": 1992,
    "answer": None,
}


def write(folder: Path, *lines: dict | str) -> Path:
    (folder / "photos").mkdir(exist_ok=True)
    (folder / "photos" / "station.jpg").write_bytes(encoded(photo(1, size=(320, 240))))
    (folder / "photos" / "foreign.jpg").write_bytes(encoded(photo(55, size=(320, 240))))
    path = folder / "testset.jsonl"
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_test_set_is_read_with_photos_beside_it(tmp_path):
    question = load_testset(write(tmp_path, LINE))[0]

    assert question.photo == tmp_path / "photos" / "station.jpg"
    assert (question.kind, question.year, question.answerable) == ("demolished", 1992, True)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "line 1: not JSON"),
        ("[]", "line 1: not an object"),
        (LINE | {"kind": "cost"}, "kind is 'cost'"),
        (LINE | {"question": None}, "question is None"),
        (LINE | {"year": "1992"}, "year is '1992', not int"),
        (LINE | {"year": True}, "year is True, not int"),
        (LINE | {"photo": "photos/none.jpg"}, "no photo 'photos/none.jpg'"),
        ("", "holds no questions"),
    ],
)
def test_a_malformed_test_set_is_refused_by_line(tmp_path, line, says):
    with pytest.raises(InputError, match=says):
        load_testset(write(tmp_path, line))


def test_two_questions_of_one_id_are_refused(tmp_path):
    with pytest.raises(InputError, match="two questions with the id 'q1'"):
        load_testset(write(tmp_path, LINE, LINE))


def test_the_systems_answer_and_are_judged(tmp_path, index, encoder):
    questions = load_testset(
        write(
            tmp_path,
            LINE | {"question": "Does this still stand?", "kind": "exists"},
            LINE | {"id": "q2", "photo": None, "question": "When was the Clock Tower completed?",
                    "kind": "built", "document": "clock_tower", "exists": True, "year": 1889},
            LINE | {"id": "q3", "photo": "photos/foreign.jpg", "question": "When was it built?",
                    "kind": "unanswerable", "document": None, "exists": None, "year": None},
        )
    )  # fmt: skip
    outcomes = run_questions(questions, Pipeline(index, encoder, ExtractiveReader()))

    assert [outcome.right for outcome in outcomes["full"]] == [True, True, True]
    first = outcomes["full"][0]
    assert (first.rank, first.exists_right, first.year_right) == (1, True, True)
    assert (first.source_right, first.citation_valid) == (True, True)
    assert outcomes["full"][2].abstained
    # A search box cannot know what "this" is; a lookalike search finds nothing without a photo.
    assert not outcomes["keywords_only"][0].right
    assert not outcomes["nearest_photo"][1].right
    full = summarise_all(outcomes)["full"]
    assert full["overall"]["answers_right"] == 3 / 3
    assert full["by_kind"]["built"]["year_accuracy"] == 1 / 1
    assert full["overall"]["citation_validity"] == 1.0


def test_a_namesake_in_another_corpus_counts_as_right(tmp_path, index, encoder):
    path = write(tmp_path, LINE | {"document": "old_station"})
    outcome = run_questions(load_testset(path), Pipeline(index, encoder, ExtractiveReader()))

    assert outcome["full"][0].question.document == "old_station"
    assert outcome["full"][0].source_right  # of corpus/old_station


def test_a_broken_photo_of_a_test_set_is_named(tmp_path, index, encoder):
    path = write(tmp_path, LINE)
    (tmp_path / "photos" / "station.jpg").write_bytes(b"")
    with pytest.raises(BrokenImageError, match=r"station\.jpg"):
        run_questions(load_testset(path), Pipeline(index, encoder, ExtractiveReader()))


def question(kind: str, *, document: str | None = "d", language: str = "en") -> LabelledQuestion:
    return LabelledQuestion("q", None, STATION, language, kind, document, None, None, None)


def outcome(kind: str = "built", **values) -> Outcome:
    values = {
        "rank": 1,
        "abstained": False,
        "exists_right": None,
        "year_right": None,
        "source_right": True,
        "citation_valid": True,
        "seconds": 0.1,
    } | values
    return Outcome(question=question(kind), **values)


def test_measures_count_what_they_say():
    outcomes = [
        outcome(year_right=True),
        outcome(year_right=False, rank=2, seconds=0.3),
        outcome(year_right=False, rank=None, abstained=True, source_right=None,
                citation_valid=None),
        outcome("unanswerable", abstained=True, source_right=None, citation_valid=None),
        outcome("unanswerable", source_right=False, citation_valid=False),
    ]  # fmt: skip
    measures = summarise(outcomes)

    assert measures["subject_recall_at_1"] == 3 / 5
    assert measures["subject_recall_at_5"] == 4 / 5
    assert measures["mrr"] == (1 + 1 / 2 + 0 + 1 + 1) / 5
    assert measures["year_accuracy"] == 1 / 3
    assert measures["source_accuracy"] == 2 / 3
    assert measures["answers_right"] == 2 / 5
    assert measures["abstention_precision"] == 1 / 2
    assert measures["abstention_recall"] == 1 / 2
    assert measures["citation_validity"] == 2 / 3
    assert measures["exists_accuracy"] is None
    assert measures["latency_p95_s"] == 0.3


def test_nothing_measured_is_none_and_not_a_number():
    assert rate([]) is None
    assert percentile([], 0.5) is None
    assert all(value in (None, 0) for value in summarise([]).values())


def test_every_system_is_named_once():
    assert len({system.name for system in SYSTEMS}) == len(SYSTEMS)
