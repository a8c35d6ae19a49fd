"""The `snapcite` command as a person runs it: starter encoder, output and exit codes.

The program itself is started where that is what is tested; the rest runs in this process.
"""

import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command_line import run_snapcite
from filelock import FileLock
from support import encoded, photo

REPOSITORY = Path(__file__).parents[3]
LANDMARKS = REPOSITORY / "data" / "landmarks"
SNAPCITE = Path(sys.executable).parent / "snapcite"


def program(*args: object) -> subprocess.CompletedProcess[str]:
    """The installed program, in a process of its own."""
    return subprocess.run(
        [SNAPCITE, *map(str, args)], capture_output=True, text=True, timeout=120, check=False
    )


def assert_fails(result: subprocess.CompletedProcess[str], says: str) -> None:
    """One sentence on stderr, nothing on stdout, exit code 1."""
    assert result.returncode == 1, result.stderr
    assert result.stdout == ""
    assert result.stderr.splitlines()[-1].startswith("error: ")
    assert says in result.stderr
    assert "Traceback" not in result.stderr


def test_index_says_what_it_did_and_a_second_run_does_nothing(landmarks):
    result = program("index", "--index", landmarks, LANDMARKS, "--json")

    assert result.returncode == 0
    report = json.loads(result.stdout)[0]
    assert (report["new"], report["changed"], report["unchanged"]) == (0, 0, 65)
    assert "65 unchanged" in result.stderr
    assert (landmarks / "report.json").is_file()


def test_ask_prints_the_answer_and_its_sentence(landmarks):
    result = program(
        "ask", "--index", landmarks, LANDMARKS / "queries" / "eiffel_tower.webp",
        "When was this tower completed?",
    )  # fmt: skip

    assert result.returncode == 0, result.stderr
    assert "Eiffel Tower" in result.stdout
    assert "“The tower was completed on 31 March 1889.”" in result.stdout
    assert 'Wikipedia, "Eiffel Tower"' in result.stdout


def test_ask_as_json_has_the_shape_of_the_api(landmarks):
    result = run_snapcite(
        "ask", "--json", "--index", landmarks, "Is Castle Garden in New York still standing?"
    )

    body = json.loads(result.stdout)
    assert body["answer"]["exists"] is True
    assert body["answer"]["source"]["document_id"] == "landmarks/castle_clinton"
    assert body["timings"]["total"] > 0


def test_search_lists_subjects(landmarks):
    photo_path = LANDMARKS / "queries" / "taj_mahal.webp"
    result = run_snapcite("search", "--index", landmarks, photo_path, "-k", "3")

    assert result.returncode == 0
    *subjects, verdict = result.stdout.splitlines()
    assert [line.partition(". ")[0] for line in subjects] == ["1", "2", "3"]
    assert "landmarks/taj_mahal" in subjects[0]
    assert "landmarks/taj_mahal" in verdict


def test_another_spelling_is_suggested(landmarks):
    result = run_snapcite(
        "search", "--index", landmarks, "When was the Colosseun built?", "-k", "1"
    )

    assert result.returncode == 0
    assert result.stdout.splitlines()[-1] == "Did you mean: When was the Colosseum built?"


def test_settings_come_from_the_environment(landmarks):
    result = run_snapcite("ask", "--json", "Is the Colosseum still there?",
                      env={"SNAPCITE_INDEX": str(landmarks)})  # fmt: skip

    assert json.loads(result.stdout)["answer"]["subject"]["title"] == "Colosseum"


def test_broken_photos_are_reported_and_the_rest_is_indexed(tmp_path):
    folder = tmp_path / "holiday"
    folder.mkdir()
    (folder / "good.jpg").write_bytes(encoded(photo(1)))
    (folder / "broken.jpg").write_bytes(encoded(photo(2))[:300])
    result = run_snapcite("index", "--index", tmp_path / "index", folder)

    assert result.returncode == 1
    assert "broken.jpg" in result.stderr
    report = json.loads((tmp_path / "index" / "report.json").read_text())[0]
    assert [problem["path"] for problem in report["problems"]] == ["broken.jpg"]
    assert report["photos_embedded"] == 1


def test_a_file_that_cannot_be_used_is_named_and_the_others_are_indexed(tmp_path):
    (tmp_path / "broken.json").write_text('{"a": 1}{')
    (tmp_path / "good.csv").write_text("id,title,text\na,Mill,The mill was built in 1901.\n")
    place = tmp_path / "index"
    done = run_snapcite("index", "--index", place, tmp_path / "broken.json", tmp_path / "good.csv")
    assert done.returncode == 1
    assert "good: 1 document" in done.stderr
    report = json.loads((place / "report.json").read_text())
    assert [bool(each["problems"]) for each in report] == [True, False]
    missing = run_snapcite(
        "index", "--index", tmp_path / "other", tmp_path / "x", tmp_path / "good.csv"
    )
    assert_fails(missing, "There is no file or folder")
    assert not (tmp_path / "other").exists()


def test_a_csv_as_it_comes(tmp_path):
    table = tmp_path / "mills.csv"
    table.write_text(
        "name,description,built\n"
        "Lower Mill,The Lower Mill stands by the river. It is used as a hotel today.,1786\n"
        "Upper Mill,The Upper Mill burned down in 1901.,1790\n",
        encoding="utf-8",
    )
    index = tmp_path / "index"
    assert run_snapcite("index", "--index", index, table).returncode == 0
    answer = json.loads(
        run_snapcite("ask", "--json", "--index", index, "When did the Upper Mill burn down?").stdout
    )["answer"]

    assert answer["year"] == 1901
    assert answer["source"]["title"] == "Upper Mill"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["index", "nowhere"], "nowhere"),
        (["ask", "nowhere.jpg", "Is it there?"], "The photo 'nowhere.jpg' does not exist"),
        (["ask", "--reader", "oracle", "Is it there?"], "There is no reader 'oracle'"),
        (["ask", "--encoder", "nothing", "Is it there?"], "nothing"),
        (["ask", "Is it there? " * 40], "snapcite index"),  # longer than a file name may be
        (["eval", "nowhere.jsonl"], "nowhere.jsonl"),
    ],
)
def test_wrong_arguments_end_with_one_sentence(tmp_path, arguments, says):
    result = run_snapcite(*arguments, env={"SNAPCITE_INDEX": str(tmp_path / "index")})

    assert_fails(result, says)
    assert not (tmp_path / "index" / "report.json").exists()


def test_a_wrong_column_names_those_there_are_and_changes_nothing(tmp_path, landmarks):
    table = tmp_path / "mills.csv"
    table.write_text("name,text\nLower Mill,It stands.\n", encoding="utf-8")
    result = run_snapcite("index", "--index", landmarks, table, "--title-column", "nmae")

    assert_fails(result, "name")
    listed = run_snapcite("search", "--json", "--index", landmarks, "Lower Mill").stdout
    assert "mills" not in listed


def test_an_empty_corpus_is_refused(tmp_path):
    (tmp_path / "empty").mkdir()

    assert_fails(program("index", "--index", tmp_path / "index", tmp_path / "empty"), "empty")


def test_a_busy_index_is_refused(tmp_path, landmarks):
    with FileLock(landmarks / ".lock"):
        result = program("ask", "--index", landmarks, "Is the Colosseum there?")

    assert_fails(result, "in use")


def test_an_index_where_none_can_be_written(tmp_path):
    (tmp_path / "file").write_text("not a folder")

    assert_fails(run_snapcite("index", "--index", tmp_path / "file" / "index", LANDMARKS), "file")


def test_ctrl_c_says_how_to_go_on(tmp_path):
    process = subprocess.Popen(
        [SNAPCITE, "index", "--index", str(tmp_path / "index"), str(LANDMARKS)],
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("encoder")
        time.sleep(0.3)
        process.send_signal(2)
        _, stderr = process.communicate(timeout=60)

    assert process.returncode in (0, 130)
    if process.returncode == 130:
        assert "run the same command" in stderr


def test_a_corpus_is_removed(tmp_path):
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "mill.md").write_text("# Lower Mill\n\nThe Lower Mill still stands.\n")
    index = tmp_path / "index"
    assert run_snapcite("index", "--index", index, notes).returncode == 0

    result = run_snapcite("remove", "--index", index, "notes")
    assert result.returncode == 0
    assert "1 document removed" in result.stderr
    assert_fails(run_snapcite("remove", "--index", index, "notes"), "no corpus 'notes'")


def test_serve_on_a_taken_port_says_so_at_once(landmarks):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run_snapcite("serve", "--index", landmarks, "--port", port)

    assert_fails(result, f"127.0.0.1:{port}")
    assert "SnapCite at" not in result.stderr


def test_an_index_is_calibrated_at_its_end_and_again_when_asked(landmarks, tmp_path):
    result = run_snapcite("calibrate", "--index", landmarks, "--questions", "2", "--json")
    assert result.returncode == 0, result.stderr
    measured = json.loads(result.stdout)
    assert (measured["encoder"], measured["photos"], measured["subjects"]) == ("starter", 65, 65)
    assert 0.3 < measured["scale"]["foreign"] < 0.7
    assert "calibrated: " in result.stderr
    asked = measured["questions"]
    assert (asked["reader"], len(asked["asked"]), asked["sources"]) == (
        "extractive", 2, {"event": 1, "sentence": 1},
    )  # fmt: skip
    assert "own questions: 2 asked of extractive (1 from " in result.stderr

    lost = REPOSITORY / "data" / "lost_buildings"
    result = run_snapcite("index", "--index", tmp_path / "texts", lost)
    assert (result.returncode, "calibrated: " in result.stderr) == (0, False)
    assert_fails(run_snapcite("calibrate", "--index", tmp_path / "none"), "snapcite index")
