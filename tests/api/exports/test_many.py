"""`snapcite ask --many`: rows in, rows out, none lost and none twice when it is killed."""

import csv
import io
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pyarrow import parquet
from typer.testing import CliRunner

from api.cli import app
from api.exports.journal import Journal
from api.exports.many_questions import read_many
from api.exports.tables import COLUMNS, csv_cell, table_of
from knowledge.errors import InputError

KILLS = int(os.environ.get("SNAPCITE_TEST_KILLS", "3"))
LANDMARKS = Path(__file__).parents[3] / "data" / "landmarks"
EIFFEL = LANDMARKS / "queries" / "eiffel_tower.webp"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of two documents, one of which has a title that a spreadsheet would obey."""
    folder = tmp_path_factory.mktemp("many")
    (folder / "halls.csv").write_text(
        "id,title,text\n"
        'a,"=HYPERLINK(""x"") Hall","=HYPERLINK Hall was built in 1907 by A. Example."\n'
        'b,Old Mill,"The Old Mill was built in 1811. It was pulled down in 1950."\n',
        encoding="utf-8",
    )
    made = CliRunner().invoke(
        app, ["index", "--index", str(folder / "index"), str(folder / "halls.csv")]
    )
    assert made.exit_code == 0, made.output
    return folder / "index"


def many(index: Path, source: Path, out: Path, *more: str) -> int:
    command = ["ask", "--index", str(index), "--many", str(source), "--out", str(out), *more]
    return CliRunner().invoke(app, command).exit_code


def table(folder: Path, rows: int) -> Path:
    source = folder / "questions.csv"
    lines = [f"{n},When was the Old Mill built?" for n in range(rows)]
    source.write_text("\n".join(["shelf,question", *lines]) + "\n", encoding="utf-8")
    return source


def test_a_table_of_photos_and_questions_becomes_a_table_of_answers(index, tmp_path):
    (tmp_path / "photo.webp").write_bytes(EIFFEL.read_bytes())
    source = tmp_path / "asked.jsonl"
    asked = [
        {"question": "When was the Old Mill pulled down?", "answer": "mine", "shelf": "=1+1"},
        {"photo": "photo.webp"},
        {"photo": "gone.jpg", "question": "Who built it?"},
    ]
    source.write_text("\n".join(json.dumps(row) for row in asked), encoding="utf-8")
    out = tmp_path / "answers.csv"

    code = many(index, source, out, "--question", "When was it built?", "--cite", f"{out}.ris")

    assert code == 1  # one row failed
    with out.open(encoding="utf-8", newline="") as file:
        first, second, third = csv.DictReader(file)
    assert list(first) == ["row", "answer (asked)", "shelf", *list(COLUMNS)[1:]]
    assert (first["year"], first["exists"], first["document_id"]) == ("1950", "", "halls/b")
    assert first["quotation"] == "It was pulled down in 1950."
    assert (first["answer (asked)"], first["shelf"]) == ("mine", "'=1+1")
    assert (second["question"], second["reason"]) == ("When was it built?", "nothing_similar")
    assert "no photo 'gone.jpg'" in third["error"]
    assert "pulled down in 1950" in Path(f"{out}.ris").read_text(encoding="utf-8")


def test_any_table_has_all_its_columns_in_the_answers(index, tmp_path):
    source = tmp_path / "asked.csv"
    source.write_text(
        "photo,question,cited,answer,answer (asked),row\n"
        f"{'x' * 300}.jpg,,mine,1,2,3\n,When was the Old Mill built?,mine,1,2,3\n",
        encoding="utf-8",
    )
    for out in (tmp_path / "answers.csv", tmp_path / "answers.parquet"):
        assert many(index, source, out, "--cite", f"{out}.json") == 1
    assert len(json.loads((tmp_path / "answers.csv.json").read_text(encoding="utf-8"))) == 1
    for row in parquet.read_table(tmp_path / "answers.parquet").to_pylist():
        kept = [
            row[name] for name in ("cited", "answer (asked)", "answer (asked) 2", "row (asked)")
        ]
        assert kept == ["mine", "2", "1", "3"]
    first, second = parquet.read_table(tmp_path / "answers.parquet").to_pylist()
    assert "There is no photo" in first["error"]
    assert second["year"] == 1811


def test_a_file_that_is_not_this_runs_is_replaced_only_when_asked_to(index, tmp_path):
    photos, out, cited = tmp_path / "photos", tmp_path / "a.csv", tmp_path / "library.bib"
    photos.mkdir()
    (photos / "broken.jpg").symlink_to("gone.jpg")
    cited.write_text("@book{mine}", encoding="utf-8")
    assert many(index, photos, out, "--cite", str(cited)) == 1  # there before this run
    assert (cited.read_text(encoding="utf-8"), out.exists()) == ("@book{mine}", False)
    (tmp_path / "elsewhere").mkdir()
    out.symlink_to(tmp_path / "elsewhere" / "a.csv")
    assert many(index, photos, out) == 1  # a photo failed, so the same command asks it again
    first = out.read_bytes()
    assert b"broken.jpg" in first
    assert b"a link to one that is gone" in first
    assert out.is_symlink()
    assert many(index, photos, tmp_path / "elsewhere") == 1
    assert many(index, photos, tmp_path / "elsewhere" / "a.csv") == 1  # of another run
    assert many(index, photos, out) == 1
    assert out.read_bytes() == first
    out.write_bytes(first + b"my own remark\n")
    assert many(index, photos, out) == 1
    assert out.read_bytes() == first + b"my own remark\n"
    assert many(index, photos, out, "--overwrite", "--cite", str(cited)) == 1
    assert out.read_bytes() == first
    assert "mine" not in cited.read_text(encoding="utf-8")
    one = ["ask", "--index", str(index), "When was the Old Mill built?", "--cite", str(cited)]
    assert CliRunner().invoke(app, one).exit_code == 1
    assert "1811" not in cited.read_text(encoding="utf-8")
    assert CliRunner().invoke(app, [*one, "--overwrite"]).exit_code == 0
    assert "1811" in cited.read_text(encoding="utf-8")


@pytest.mark.parametrize("column", ["照片路径", "圖片", "Dateiname", "was man sieht"])
def test_a_table_names_its_photos_in_any_language_and_as_any_system(column, tmp_path):
    (tmp_path / "bilder").mkdir()
    (tmp_path / "bilder" / "cafe\u0301.webp").write_bytes(EIFFEL.read_bytes())
    source = tmp_path / "t.csv"
    named = "bilder\\caf\u00e9.webp"
    rows = f"1,{named},?\n2,{named},?\n3,gone.jpg,?\n"
    source.write_text(f"nr,{column},问题\n{rows}", encoding="gb18030")
    first, again, gone = read_many(source, "")
    assert "gone.jpg" in str(gone.problem)
    assert first.file is not None
    assert first.file.is_file()
    assert (first.question, dict(first.others), first.problem) == ("?", {"nr": "1"}, None)
    assert first.key != again.key
    longer = source.read_bytes().replace(b"1,", b"0,,?\n1,", 1)
    source.write_bytes(longer)
    assert [each.key for each in read_many(source, "")[1:]] == [first.key, again.key, gone.key]


def test_a_table_that_cannot_be_read_is_one_error(tmp_path):
    unreadable = Path("/proc/self/mem")  # also for root, who may read what has no permissions
    if unreadable.exists():
        with pytest.raises(InputError, match="cannot be read"):
            read_many(unreadable, "")
    (tmp_path / "t.csv").write_text(f"{'q' * 100_000},b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="no column `photo`") as caught:
        read_many(tmp_path / "t.csv", "")
    assert len(str(caught.value)) < 1_000


def test_what_is_asked_is_never_written_over(index, tmp_path):
    source = table(tmp_path, 1)
    before = source.read_bytes()
    assert many(index, source, source, "--overwrite") == 1
    assert source.read_bytes() == before


def test_what_failed_is_asked_again_and_what_is_done_is_not(index, tmp_path):
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "a.jpg").write_bytes(b"no photo")
    out = tmp_path / "answers.jsonl"
    assert many(index, photos, out) == 1
    (photos / "a.jpg").write_bytes(EIFFEL.read_bytes())
    assert many(index, photos, out) == 0
    (row,) = (json.loads(line) for line in out.read_text(encoding="utf-8").splitlines())
    assert row["error"] is None
    assert sorted(file.name for file in tmp_path.iterdir()) == ["answers.jsonl", "photos"]
    assert many(index, photos, out) == 1  # it is there already
    assert many(index, photos, out, "--overwrite") == 0


def test_parquet_has_types(index, tmp_path):
    out = tmp_path / "answers.parquet"
    assert many(index, table(tmp_path, 1), out) == 0
    (row,) = parquet.read_table(out).to_pylist()
    assert (row["shelf"], row["year"], row["row"]) == ("0", 1811, 1)
    assert row["confidence"] > 0.5


@pytest.mark.parametrize("value", ["=1", "+1", "-1", "@x", "\tx", "\r=1", " =1", "＝1"])
def test_a_cell_is_never_a_formula(value, tmp_path):
    table = table_of(".csv", [{"row": 1, "title": value, "year": -44, value: value}], [value])
    (row,) = csv.DictReader(io.StringIO(table.decode("utf-8"), newline=""))
    assert row["year"] == "-44"
    assert row["title"] == row[f"'{value}"] == f"'{value}"
    assert len(str(csv_cell(value + 200_000 * "x"))) == 32_767


def test_a_killed_run_goes_on_without_loss_or_double(index, tmp_path):
    rows = max(40, 8 * KILLS)
    source, out = table(tmp_path, rows), tmp_path / "answers.jsonl"
    journal = tmp_path / "answers.jsonl.unfinished"
    code = "from api.cli import main; main()"
    arguments = ["ask", "--index", index, "--many", source, "--out", out, "--at-once", "1"]
    wait = random.Random(7)
    for kill in range(KILLS):
        stop = signal.SIGINT if kill == 0 else signal.SIGKILL
        before = journal.read_bytes().count(b"\n") if journal.exists() else 0
        with subprocess.Popen(
            [sys.executable, "-c", code, *map(str, arguments)], stderr=subprocess.PIPE, text=True
        ) as process:
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline and process.poll() is None:
                if journal.exists() and journal.read_bytes().count(b"\n") > before + 2:
                    break
                time.sleep(0.01)
            time.sleep(wait.uniform(0, 0.1))
            process.send_signal(stop)
            assert process.stderr is not None
            said = process.stderr.read()
        assert process.returncode == (130 if stop == signal.SIGINT else -signal.SIGKILL)
        if stop == signal.SIGINT:
            kept = journal.read_bytes().count(b"\n") - 1
            assert f"stopped: {kept} of {rows} answers are kept in {journal}; run the" in said
        with journal.open("ab") as torn:
            torn.write(b'{"key": "half')

    kept = [json.loads(line) for line in journal.read_bytes().splitlines()[1:-1]]
    assert len({line["key"] for line in kept}) == len(kept) >= 2 * KILLS  # none was asked twice
    assert many(index, source, out) == 0
    answers = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [row["shelf"] for row in answers] == [str(n) for n in range(rows)]
    assert {row["year"] for row in answers} == {1811}


def test_a_journal_is_of_one_job_and_one_process(tmp_path):
    path = tmp_path / "j"
    with Journal(path, {"question": "a"}) as journal:
        journal.put("1", {"value": "x"})
        with pytest.raises(InputError, match="Another run"):
            Journal(path, {"question": "a"}, anew=True)
        journal.put("2", {"value": "y"})
    with pytest.raises(InputError, match="another question"):
        Journal(path, {"question": "b"})
    with Journal(path, {"question": "a"}) as journal:
        assert (journal.get("1"), journal.get("2")) == ({"value": "x"}, {"value": "y"})
        journal.end()
    assert list(tmp_path.iterdir()) == []
    path.write_text("my own notes", encoding="utf-8")
    for anew in (False, True):
        with pytest.raises(InputError, match="no journal"):
            Journal(path, {"question": "a"}, anew=anew)
    assert path.read_text(encoding="utf-8") == "my own notes"
