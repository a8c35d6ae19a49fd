"""The corpora and labels that scripts/kinds makes: each value stands in the document it names."""

import csv
import json
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from kinds import archive, by_hand, make
from kinds.corpus import about, label, read_lines, write_document, write_lines
from kinds.encyclopaedia import make_encyclopaedia
from kinds.museum import make_museum

from knowledge.corpus import open_corpus
from knowledge.documents import Document
from search.evaluation import load_testset

DEV = Path(__file__).resolve().parents[1] / "scripts" / "reader" / "dev_questions.txt"


def documents(path: Path) -> dict[str, Document]:
    return {d.id: d for d in open_corpus(path).read() if isinstance(d, Document)}


def test_the_archive_s_values_are_those_of_the_row_that_is_named(tmp_path):
    archive.make_archive(tmp_path, seed=14)
    with (tmp_path / "photographs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    questions = read_lines(tmp_path / "questions" / "testset.jsonl")
    read = documents(tmp_path / "photographs.csv")

    assert len(rows) == len(read) == archive.ROWS
    assert len(questions) == archive.QUESTIONS == len({q["question"] for q in questions})
    for question in questions:
        if not question["values"]:
            continue
        (row,) = (each for each in rows if each["reference_code"] == question["document"])
        assert set(question["values"]) <= set(row.values())
        assert read[question["document"]].title == row["image_title"]
    kinds = Counter((q["language"], bool(q["values"])) for q in questions)
    assert min(kinds.values()) >= 10
    assert load_testset(tmp_path / "questions" / "testset.jsonl")


def test_the_archive_is_the_same_for_a_seed_and_full_of_near_duplicates():
    rows = archive.make_rows(Random(14))
    assert rows == archive.make_rows(Random(14)) != archive.make_rows(Random(15))
    counts = Counter(row["image_title"] for row in rows)
    assert counts.most_common(1)[0][1] >= 30
    assert sum(row["photographer"] in archive._EMPTY for row in rows) > archive.ROWS / 10
    codes = {row["reference_code"] for row in rows}
    assert len(codes) == archive.ROWS


def test_each_passage_by_hand_has_a_title_and_its_answers(tmp_path):
    by_hand.make_by_hand(DEV, tmp_path)
    questions = read_lines(tmp_path / "testset.jsonl")
    read = documents(tmp_path)

    assert len(questions) == 335
    assert len(read) == len(by_hand.NAMED)
    for question in questions:
        document = read[question["document"]]
        for value in question["values"]:
            assert value in document.text, question["id"]
        named = by_hand.NAMED[int(question["document"].removeprefix("passage_")) - 1]
        assert any(name.casefold() in question["question"].casefold() for name in named)
    kinds = Counter(q["kind"] for q in questions)
    assert kinds["exists"] > 20
    assert kinds["demolished"] > 5
    assert "Field: value" not in read["passage_02"].text
    assert "photog: Brandt, Friedrich\n" in read["passage_02"].text


def test_a_museum_s_records_become_rows_and_questions_name_them(tmp_path):
    row = {"language_question": "en", "answers": [{"text": "1890", "start": 1}], "field": "Date"}
    gate = {**row, "id": "g", "context": "Title: Gate.\nDate: 1890.", "question": "What date?"}
    mill = {**row, "id": "m", "context": "Title: Mill.\nSize: 3 m.", "answers": []}
    mill["question"] = "When was Mill made?"
    context = "Title: Album.\nPhysical Description Extent: 12 p.\nNumber of Items: 3."
    album = {**row, "id": "a", "context": context, "question": "How many items or pages are there?",
             "answers": [{"text": "12 p."}], "field": "Physical Description Extent"}  # fmt: skip
    write_lines(tmp_path / "museum_nypl.jsonl", [gate, mill, album])
    one = {**row, "id": "w", "context": "display_name: Ida.\nend_date: 1890.", "question": "End?"}
    write_lines(tmp_path / "museum_whitney.jsonl", [one])
    make_museum(tmp_path, tmp_path / "out", most=10, seed=1)
    read = documents(tmp_path / "out" / "museum_nypl" / "museum_nypl.jsonl")
    questions = {q["id"]: q for q in read_lines(tmp_path / "out" / "questions" / "testset.jsonl")}

    assert read["museum_nypl_1"].title == "Gate"
    assert read["museum_nypl_1"].text == "Title: Gate.\nDate: 1890.\nId: museum_nypl_1."
    assert read["museum_nypl_2"].text == "Title: Mill.\nSize: 3 m.\nId: museum_nypl_2."
    assert questions["g"]["question"] == "About “Gate”: What date?"
    assert questions["m"]["question"] == "When was Mill made?"
    assert questions["a"]["values"] == ["12 p.", "3"]
    assert [questions[id_]["kind"] for id_ in "gm"] == ["other_fact", "unanswerable"]


def test_a_question_put_to_a_wrong_paragraph_is_left_out_where_the_right_one_is_there(tmp_path):
    def row(id_, context, language, answers, asked="en"):
        found = [{"text": text, "start": 0} for text in answers]
        return {"source": "xquad_en_zh", "id": f"xquad_en_zh:{id_}", "question": f"{id_}?",
                "context": context, "language_context": language, "language_question": asked,
                "answers": found, "answerable": bool(found)}  # fmt: skip

    write_lines(
        tmp_path / "held_out.jsonl",
        [
            row("zh-en-1", "The city has two universities.", "en", ["two"], "zh"),
            row("neg-zh-en-1", "The sea is cold.", "en", []),
            row("neg-zh-en-2", "The sea is cold.", "en", []),
            row("zh-zh-1", "这座城市有两所大学。", "zh", ["两所", "两所"], "zh"),
        ],
    )
    make_encyclopaedia(tmp_path / "held_out.jsonl", tmp_path / "out", most=10, seed=1)
    english = read_lines(tmp_path / "out" / "en" / "testset.jsonl")
    chinese = read_lines(tmp_path / "out" / "zh" / "testset.jsonl")

    assert {q["id"].rsplit(":")[-1] for q in english} == {"zh-en-1", "neg-zh-en-2"}
    assert [q["values"] for q in chinese] == [["两所"]]
    assert documents(tmp_path / "out" / "zh")["paragraph_zh_01"].language == "zh"


def test_a_title_stands_in_front_of_a_question_that_lacks_it():
    assert about("湖", "它有多长？", "zh") == "关于“湖”：它有多长？"
    assert about("Lake Sarn", "How deep is lake sarn?", "en") == "How deep is lake sarn?"


def test_lines_of_a_record_stay_lines(tmp_path):
    write_document(tmp_path, "a", title="A: b", language="en", body="Box: 1\nDonor: \nSeat: 2")
    assert documents(tmp_path)["a"].text == "Box: 1\nDonor:\nSeat: 2"
    assert documents(tmp_path)["a"].title == "A: b"
    assert label("q", "?", "en", document=None)["kind"] == "unanswerable"


def test_material_that_is_absent_is_skipped_and_said(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(
        "sys.argv",
        ["make", str(tmp_path / "out"), "--shared", str(tmp_path), "--held-out", "nowhere.jsonl"],
    )
    indexed = []
    monkeypatch.setattr(make.subprocess, "run", lambda command, **_: indexed.append(command))
    make.main()
    said = capsys.readouterr().out

    assert "museum: skipped" in said
    assert "encyclopaedia: skipped, nowhere.jsonl is not there" in said
    assert "monuments: skipped" in said
    kinds = (tmp_path / "out" / "kinds.args").read_text(encoding="utf-8")
    names = [line.partition("=")[0] for line in kinds.splitlines() if "=" in line]
    assert names == ["by_hand", "archive", "lost_buildings", "landmarks"]
    assert len(indexed) == 4


def test_nothing_is_made_inside_the_repository(monkeypatch):
    monkeypatch.setattr("sys.argv", ["make", str(DEV.parent / "out")])
    with pytest.raises(SystemExit):
        make.main()


def test_json_lines_are_read_as_written(tmp_path):
    rows = [{"a": "é"}, {"a": "二"}]
    write_lines(tmp_path / "deep" / "rows.jsonl", rows)
    assert read_lines(tmp_path / "deep" / "rows.jsonl") == rows
    assert (
        json.loads((tmp_path / "deep" / "rows.jsonl").read_text("utf-8").split("\n")[1]) == rows[1]
    )
