"""The checks of `snapcite doctor`: each with something that works and something that does not."""

import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from chat_server import chat_server
from filelock import FileLock
from redis_server import redis_server
from tiny_reader import write_reader

from api.commands.checks import (
    Finding,
    _check_calibration,
    check_audit,
    check_confidence,
    check_disk,
    check_doors,
    check_encoder_and_index,
    check_gpu,
    check_packages,
    check_python,
    check_redis,
    check_text_reader,
    has_module,
    is_installed,
    required_distributions,
)
from api.commands.reader_checks import check_reader
from api.settings import Settings, load_settings
from search.resemblance import calibrate
from vlm.ocr import is_installed as can_read_pictures
from vlm.readers.extractive import BUNDLED_READER

SNAPCITE = Path(sys.executable).parent / "snapcite"
REPOSITORY = Path(__file__).parents[3]


def settings(**given) -> Settings:
    return load_settings(**given)


def one(findings) -> Finding:
    (finding,) = list(findings)
    return finding


@pytest.fixture
def nobody() -> str:
    """An address where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return f"127.0.0.1:{taken.getsockname()[1]}"


def test_the_interpreter_and_the_core_are_fine_here():
    assert one(check_python(settings())).state == "ok"
    assert next(check_packages(settings())).state == "ok"


def test_required_distributions_are_those_of_the_core():
    required = required_distributions()

    assert {"qdrant-client", "onnxruntime", "python-multipart"} <= set(required)
    assert not {"torch", "openai", "pytest"} & set(required)
    assert all(map(is_installed, required))


def test_missing_packages_differ_from_installed_ones():
    assert not is_installed("a-distribution-that-nobody-made")
    assert has_module("json.decoder")
    assert not has_module("no_such_package.module")


def test_an_index_that_is_not_there_busy_or_no_index(tmp_path, made_lost_buildings):
    missing = list(check_encoder_and_index(settings(index=str(tmp_path / "index"))))
    assert [finding.state for finding in missing] == ["ok", "ok", "warning"]
    assert [finding.check for finding in missing] == ["encoder", "text encoder", "index"]
    assert "snapcite index" in missing[-1].seen

    shutil.copytree(made_lost_buildings, tmp_path / "index")
    there = list(check_encoder_and_index(settings(index=str(tmp_path / "index"))))
    assert [finding.state for finding in there] == ["ok", "ok", "ok"]
    assert "documents" in there[-1].seen

    with FileLock(tmp_path / "index" / ".lock"):
        busy = one(check_encoder_and_index(settings(index=str(tmp_path / "index"))))
    assert busy.state == "warning"
    assert "already open" in busy.seen

    (tmp_path / "file").write_text("")
    broken = one(check_encoder_and_index(settings(index=str(tmp_path / "file"))))
    assert broken.state == "failed"


def test_an_encoder_that_is_not_here(tmp_path):
    finding = one(check_encoder_and_index(settings(encoder=str(tmp_path / "nothing"))))

    assert (finding.check, finding.state) == ("encoder", "failed")


def test_a_qdrant_server_that_does_not_answer(nobody):
    finding = one(check_encoder_and_index(settings(index=f"http://{nobody}/x")))

    assert finding.state == "failed"
    assert "does not answer" in finding.seen


def test_the_disk_is_looked_at_where_the_index_will_be(tmp_path):
    finding = one(check_disk(settings(index=str(tmp_path / "not" / "yet"))))
    assert str(tmp_path) in finding.seen
    assert not list(check_disk(settings(index="http://somewhere:6333/x")))


def test_readers(nobody):
    assert one(check_reader(settings(reader="oracle"))).state == "failed"
    unnamed = one(check_reader(settings(reader="openai")))
    assert (unnamed.state, "SNAPCITE_READER_URL" in unnamed.todo) == ("failed", True)
    away = settings(reader="openai", reader_url=f"http://{nobody}/v1", reader_model="m")
    finding = one(check_reader(away))
    assert finding.state == "failed"
    assert "does not answer" in finding.seen


@pytest.mark.parametrize(
    ("listed", "state", "seen"),
    [
        (None, "ok", "m at http"),
        (b'{"data": [{"id": 7}]}', "warning", "does not list m"),
        (b'{"data": []}', "warning", "does not list m"),
        (b'{"data": null}', "warning", "does not list m"),
        (b'{"data": [{"id": "m:latest"}]}', "ok", "m at http"),
        (b'{"data": [{"id": "m", "max_model_len": 4096}]}', "warning", "context of 4,096 tokens"),
        (b'{"data": [{"id": "m", "max_model_len": 8192}]}', "ok", "m at http"),
        (b'{"data": [{"id": "m", "context_length": "4096"}]}', "ok", "m at http"),
        (b'{"data": [3]}', "failed", "is no model server"),
        (b'{"data": [{}]}', "failed", "is no model server"),
        (b"[]", "failed", "is no model server"),
        (b"<html>Welcome</html>", "failed", "is no model server"),
        (b"\xff", "failed", "is no model server"),
        (b"[" * 100_000, "failed", "is no model server"),
        (b" " * 5_000_000, "failed", "does not answer"),
    ],
)
def test_what_the_reader_s_server_lists(listed, state, seen):
    with chat_server(listed=listed) as server:
        finding = one(
            check_reader(settings(reader="openai", reader_url=server.url, reader_model="m"))
        )
    assert (finding.state, seen in finding.seen) == (state, True)


def test_of_hundreds_of_models_those_of_like_names_are_named():
    names = [f"maker/other-{n}" for n in range(400)] + ["qwen/qwen3-vl-8b-instruct"]
    listed = json.dumps({"data": [{"id": name} for name in names]}).encode()
    with chat_server(listed=listed) as server:
        wanted = settings(
            reader="openai", reader_url=server.url, reader_model="Qwen3-VL-8B-Instruct"
        )
        finding = one(check_reader(wanted))
    assert "401 models, among them qwen/qwen3-vl-8b-instruct" in finding.todo
    assert len(finding.todo) < 400


@pytest.mark.parametrize(
    ("status", "why"), [(401, "SNAPCITE_READER_API_KEY"), (404, "ends in /v1"), (503, "loading")]
)
def test_a_reader_s_server_that_refuses_its_list(status, why):
    with chat_server(listed=b"{}", listing=status) as server:
        finding = one(
            check_reader(settings(reader="openai", reader_url=server.url, reader_model="m"))
        )
    assert (finding.state, why in finding.seen) == ("failed", True)


@pytest.mark.parametrize("url", ["localhost:8001/v1", "http://", "http://[::1/v1", "http://a b"])
def test_what_is_no_address_of_a_reader_s_server(url):
    finding = one(check_reader(settings(reader="openai", reader_url=url, reader_model="m")))
    assert (finding.state, "SNAPCITE_READER_URL" in finding.seen) == ("failed", True)


@pytest.mark.skipif(not BUNDLED_READER.is_dir(), reason="the bundled reader is not here")
def test_the_bundled_reader_loads():
    finding = one(check_reader(settings(reader="extractive")))
    assert (finding.state, "en, zh" in finding.seen) == ("ok", True)


def test_a_reader_of_ones_own(tmp_path):
    folder = write_reader(tmp_path / "large", name="large")
    finding = one(check_reader(settings(reader="extractive", reader_model=str(folder))))
    assert (finding.state, finding.seen) == ("ok", "extractive with large (en)")
    damaged = write_reader(tmp_path / "damaged")
    (damaged / "reader.onnx").write_bytes(b"nonsense")
    finding = one(check_reader(settings(reader=f"extractive:{damaged}")))
    assert (finding.state, "reader.onnx" in finding.seen) == ("failed", True)
    missing = one(check_reader(settings(reader="extractive", reader_model="missing")))
    assert (missing.state, "SNAPCITE_READER_MODEL" in missing.todo) == ("failed", True)


def test_a_redis_that_does_not_answer_and_none_that_is_named(nobody):
    assert not list(check_redis(settings()))
    finding = one(check_redis(settings(redis_url=f"redis://:secret@{nobody}/0")))
    assert finding.state == "failed"
    assert "secret" not in finding.seen


def test_a_redis_that_answers():
    with redis_server() as port:
        finding = one(check_redis(settings(redis_url=f"redis://127.0.0.1:{port}/0")))
    assert (finding.state, "version" in finding.seen) == ("ok", True)


def test_a_redis_that_answers_and_keeps_nothing():
    from redis import Redis

    with redis_server() as port, Redis(port=port) as redis:
        redis.config_set("maxmemory", "1")
        redis.config_set("maxmemory-policy", "noeviction")
        full = one(check_redis(settings(redis_url=f"redis://127.0.0.1:{port}/0")))
        redis.config_set("maxmemory", "0")
        redis.config_set("requirepass", "right")
        locked = one(check_redis(settings(redis_url=f"redis://:wrong@127.0.0.1:{port}/0")))

    assert full.state == locked.state == "failed"
    assert "keeps nothing" in full.seen
    assert "maxmemory" in (full.todo or "")
    assert "password" in locked.seen
    assert "wrong" not in locked.seen + (locked.todo or "")


def test_keys_that_cannot_be_read(tmp_path):
    assert one(check_doors(settings())).state == "ok"
    (tmp_path / "keys.json").write_text("no JSON")
    assert one(check_doors(settings(keys_file=tmp_path / "keys.json"))).state == "failed"


def test_an_audit_log_that_cannot_be_written(tmp_path):
    assert not list(check_audit(settings()))
    assert one(check_audit(settings(audit_file=tmp_path / "audit.jsonl"))).state == "ok"
    (tmp_path / "file").write_text("")
    broken = one(check_audit(settings(audit_file=tmp_path / "file" / "audit.jsonl")))
    assert broken.state == "failed"


def test_a_reader_on_the_gpu_without_one_is_a_warning():
    finding = one(check_gpu(settings(reader="qwen3-vl")))
    assert finding.state == "ok" or "minutes" in finding.todo


def test_the_command_prints_lines_or_json_and_fails_where_something_fails(tmp_path):
    arguments = [SNAPCITE, "doctor", "--index", tmp_path / "index"]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout
    assert done.stdout.startswith("✓ python")

    failing = subprocess.run(
        [*arguments, "--reader", "oracle", "--json"], capture_output=True, text=True, check=False,
        timeout=60,
    )  # fmt: skip
    assert failing.returncode == 1
    findings = {item["check"]: item for item in json.loads(failing.stdout)}
    assert findings["reader"]["state"] == "failed"
    assert findings["python"]["state"] == "ok"


def test_text_in_pictures():
    assert list(check_text_reader(settings(ocr=False))) == []
    finding = one(check_text_reader(settings(ocr=True if can_read_pictures() else None)))
    assert (finding.check, finding.state) == ("text in pictures", "ok")
    expected = "rapidocr " if can_read_pictures() else "not read; `pip install '.[ocr]'` adds it"
    assert finding.seen.startswith(expected)


def test_it_says_which_fit_judges_the_reader(tmp_path):
    own = one(check_confidence(settings()))
    assert own.state == "ok"
    assert "its own fit" in own.seen
    model = one(check_confidence(settings(reader="qwen3-vl")))
    assert model.state == "ok"
    assert "not with qwen3-vl" in model.seen
    none = one(check_confidence(settings(models=tmp_path, encoders=tmp_path)))
    assert none.state == "warning"
    (tmp_path / "confidence.json").write_text("[]", encoding="utf-8")
    broken = one(check_confidence(settings(models=tmp_path, encoders=tmp_path)))
    assert broken.state == "failed"
    assert "calibrate.py" in broken.seen


def test_it_says_what_the_index_has_measured_of_itself(index, encoder):
    unmeasured = one(_check_calibration(index))
    assert unmeasured.state == "warning"
    assert "snapcite calibrate" in (unmeasured.todo or "")
    calibrate(index, encoder)
    assert one(_check_calibration(index)).state == "ok"
