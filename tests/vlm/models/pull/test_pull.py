"""Pulling from a hub on loopback: what is fetched, resumed, checked, and where it goes."""

import errno
import json
import os
from hashlib import sha256
from importlib.util import find_spec

import pytest
from chat_server import chat_server
from hub_double import COMMIT, HubDouble, git_sha1, hub_double
from huggingface_hub import close_session, constants, try_to_load_from_cache

from knowledge.errors import (
    ConfigurationError,
    DiskFullError,
    ModelBrokenError,
    ModelMissingError,
    ModelUnavailableError,
)
from vlm.models.pull import (
    Cache,
    Folder,
    HuggingFace,
    ModelScope,
    fetch_files,
    plan_pull,
    repository_of,
)

NAME = "somebody/eye"
WEIGHTS = os.urandom(300_000)
FILES = {
    "config.json": b"{}",
    "README.md": b"a card",
    "tokenizer.json": b"t" * 200,
    "model.safetensors": WEIGHTS,
    "pytorch_model.bin": WEIGHTS,
    "onnx/model.onnx": WEIGHTS,
    "photo.png": b"p" * 300,
}
NEEDED = {"README.md", "config.json", "model.safetensors", "tokenizer.json"}


@pytest.fixture
def hub(monkeypatch):
    # Ten megabytes otherwise: what a connection brings of a chunk before it is cut is lost.
    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 10_000)
    with hub_double() as double:
        double.repositories[NAME] = dict(FILES)
        yield double


def plan(hub: HubDouble, cache, name=NAME):
    return plan_pull(name, hub=HuggingFace(hub.url), place_of=lambda main: Cache(cache))


def test_only_what_is_needed_is_fetched_and_the_hub_s_own_library_finds_it(hub, tmp_path):
    planned = plan(hub, tmp_path)
    assert {file.path for file in planned.parts[0].files} == NEEDED
    assert planned.bytes == planned.missing_bytes == 2 + 6 + 200 + len(WEIGHTS)
    counts = []

    folder = fetch_files(planned, on_bytes=counts.append)

    assert folder == tmp_path / "models--somebody--eye" / "snapshots" / COMMIT
    assert {path.name for path in folder.iterdir()} == NEEDED
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    found = try_to_load_from_cache(NAME, "model.safetensors", cache_dir=tmp_path)
    assert found == str(folder / "model.safetensors")
    assert max(counts) == planned.bytes
    assert counts == sorted(counts)
    again = plan(hub, tmp_path)
    assert (again.is_here, again.missing_bytes) == (True, 0)
    asked = len(hub.asked)
    assert fetch_files(again) == folder
    assert len(hub.asked) == asked


def test_a_cut_connection_is_taken_up_at_its_byte(hub, tmp_path):
    hub.cut["model.safetensors"] = [100_000]
    folder = fetch_files(plan(hub, tmp_path))
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    assert ("model.safetensors", None) in hub.asked
    (resumed,) = [asked for name, asked in hub.asked if name == "model.safetensors" and asked]
    assert 0 < int(resumed.removeprefix("bytes=").rstrip("-")) <= 100_000


def interrupted(hub, cache):
    """A run that a person stops when two thirds of the weights are here."""

    def stop(count):
        if count > 200_000:
            raise KeyboardInterrupt

    hub.cut["model.safetensors"] = [200_000]
    with pytest.raises((KeyboardInterrupt, ModelUnavailableError)):
        fetch_files(plan(hub, cache), on_bytes=stop)


@pytest.mark.parametrize("ignores_ranges", [False, True])
def test_a_run_that_was_stopped_is_gone_on_with_by_the_next(hub, tmp_path, ignores_ranges):
    interrupted(hub, tmp_path)
    assert try_to_load_from_cache(NAME, "config.json", cache_dir=tmp_path) is None
    planned = plan(hub, tmp_path)
    assert 0 < planned.missing_bytes < 150_000
    hub.asked.clear()
    hub.cut.clear()
    hub.ignores_ranges = ignores_ranges

    folder = fetch_files(planned)

    assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    (asked,) = [asked for name, asked in hub.asked if name == "model.safetensors"]
    assert asked.startswith("bytes=")
    assert int(asked[6:-1]) > 150_000
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.parametrize("wrong", [b"x" * len(WEIGHTS), WEIGHTS[:-1] + b"?"])
def test_a_file_that_is_not_what_the_hub_said_is_thrown_away(hub, tmp_path, wrong):
    hub.damaged["model.safetensors"] = wrong
    with pytest.raises(ModelBrokenError, match=r"model\.safetensors of somebody/eye .* damaged"):
        fetch_files(plan(hub, tmp_path))
    assert try_to_load_from_cache(NAME, "config.json", cache_dir=tmp_path) is None
    hub.damaged.clear()
    folder = fetch_files(plan(hub, tmp_path))
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS


@pytest.mark.parametrize("ignores_ranges", [False, True])
def test_no_more_is_written_than_the_hub_said(hub, tmp_path, ignores_ranges):
    hub.damaged["model.safetensors"] = WEIGHTS + b"x" * 300_000
    hub.cut["model.safetensors"] = [100_000]
    hub.ignores_ranges = ignores_ranges
    counts = []
    with pytest.raises(ModelBrokenError, match="longer than the 300,000 bytes"):
        fetch_files(plan(hub, tmp_path), on_bytes=counts.append)
    assert max(counts) <= 2 + 6 + 200 + len(WEIGHTS)
    assert not list(tmp_path.rglob("*.part"))


def put_file(root):
    root.write_text("a file")


def put_file_below(root):
    root.mkdir()
    (root / ".pull").write_text("a file")


def put_folder(root):
    (root / "model.safetensors" / "more").mkdir(parents=True)


def put_part_folder(root):
    file = f"somebody--eye--model.safetensors.{sha256(WEIGHTS).hexdigest()[:16]}.part"
    (root / ".pull" / file).mkdir(parents=True)


@pytest.mark.parametrize("put", [put_file, put_file_below, put_folder, put_part_folder])
def test_what_is_in_the_way_is_named(hub, tmp_path, put):
    root = tmp_path / "model"
    put(root)
    with pytest.raises(ConfigurationError, match=r"model cannot take the model: .*--to"):
        fetch_files(
            plan_pull(NAME, hub=HuggingFace(hub.url), place_of=lambda main: Folder(root, main))
        )


def test_a_name_that_no_disk_takes(hub, tmp_path):
    hub.repositories[NAME]["a" * 300 + ".json"] = b"{}"
    with pytest.raises(ConfigurationError, match="cannot take the model"):
        plan_pull(NAME, hub=HuggingFace(hub.url), place_of=lambda main: Folder(tmp_path, main))


@pytest.mark.parametrize("address", ["", "x", "localhost:1", "http://[::1", "ftp://x"])
def test_what_is_no_address(tmp_path, address):
    for hub in (HuggingFace(address), ModelScope(address)):
        with pytest.raises(ModelUnavailableError, match="cannot be reached"):
            plan_pull(NAME, hub=hub, place_of=lambda main: Cache(tmp_path))


def test_a_small_file_is_checked_as_git_does(hub, tmp_path):
    hub.damaged["config.json"] = b"[]"
    with pytest.raises(ModelBrokenError, match=f"in place of {git_sha1(b'{}')}"):
        fetch_files(plan(hub, tmp_path))


def test_a_disk_that_is_too_small_is_said_before_anything_is_fetched(hub, tmp_path):
    with pytest.raises(DiskFullError, match=r"needs 0\.0 GB more, .* has 0\.3 GB free"):
        fetch_files(plan(hub, tmp_path), free=lambda path: 268_500_000)
    assert not hub.asked
    assert fetch_files(plan(hub, tmp_path), free=lambda path: 300_000_000).is_dir()


def test_a_disk_that_fills_up_meanwhile(hub, tmp_path):
    def full(count):
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(DiskFullError, match="The disk is full"):
        fetch_files(plan(hub, tmp_path), on_bytes=full)


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (401, "GatedRepo", "is gated: accept its terms at"),
        (403, "GatedRepo", "is gated"),
        (401, "RepoNotFound", "knows no model"),
        (404, "RepoNotFound", "knows no model"),
        (403, "", "does not let this account read"),
    ],
)
def test_a_repository_that_is_not_shown(hub, tmp_path, status, code, said):
    hub.refused[NAME] = (status, code)
    with pytest.raises(ModelMissingError, match=said):
        plan(hub, tmp_path)


def test_a_token_opens_a_gated_repository(hub, tmp_path, monkeypatch):
    hub.refused[NAME] = (401, "GatedRepo")
    hub.tokens.add("hf_secret")
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    assert fetch_files(plan(hub, tmp_path)).is_dir()


def test_files_may_lie_elsewhere(hub, tmp_path):
    hub.redirects = True
    folder = fetch_files(plan(hub, tmp_path))
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS


def test_a_link_that_has_expired_is_asked_for_again_and_then_is_no_matter_of_a_token(hub, tmp_path):
    hub.redirects, hub.links_refused = True, 1
    folder = fetch_files(plan(hub, tmp_path / "one"))
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    hub.links_refused = 100
    with pytest.raises(ModelUnavailableError, match="localhost, where the hub keeps") as raised:
        fetch_files(plan(hub, tmp_path / "two"))
    assert "clock" in str(raised.value)
    assert "HF_TOKEN" not in str(raised.value)


@pytest.mark.parametrize(
    ("name", "value", "todo"),
    [
        ("ALL_PROXY", "socks5://127.0.0.1:9", "pip install socksio"),
        ("ALL_PROXY", "socks://127.0.0.1:9", "correct or unset HTTP_PROXY"),
        ("SSL_CERT_FILE", "/nowhere.pem", "SSL_CERT_FILE"),
        ("http_proxy", "http://127.0.0.1:9", "through the proxy http://127.0.0.1:9"),
    ],
)
def test_what_the_environment_says_wrongly_is_named(tmp_path, monkeypatch, name, value, todo):
    if "socksio" in todo and find_spec("socksio"):
        pytest.skip("SOCKS works here")
    for lower in ("all_proxy", "http_proxy", "no_proxy", "https_proxy"):
        monkeypatch.delenv(lower, raising=False)
        monkeypatch.delenv(lower.upper(), raising=False)
    monkeypatch.setenv(name, value)
    for asked in (HuggingFace("http://hub.invalid"), ModelScope("http://hub.invalid")):
        close_session()  # a client that was made before would be asked
        try:
            with pytest.raises(ModelUnavailableError) as raised:
                plan_pull(NAME, hub=asked, place_of=lambda _: Cache(tmp_path))
        finally:
            close_session()
        assert todo in str(raised.value)


def test_a_token_that_cannot_be_read_is_named(hub, tmp_path, monkeypatch):
    (tmp_path / "token").mkdir()
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "token"))
    with pytest.raises(ModelUnavailableError, match="name another folder with HF_HOME"):
        plan(hub, tmp_path)


@pytest.mark.parametrize(
    "copied",
    [
        "https://huggingface.co/somebody/eye",
        "https://huggingface.co/somebody/eye/",
        "http://hf.co/somebody/eye/tree/main",
        "huggingface.co/somebody/eye/blob/main/config.json?download=true",
        "https://hf-mirror.com/somebody/eye#files",
        "https://www.modelscope.cn/models/somebody/eye/summary",
        "https://modelscope.cn/models/somebody/eye/files",
        "http://mirror.example:8080/somebody/eye/tree/main",
        "hf://somebody/eye",
        "models--somebody--eye",
        " somebody/eye/ ",
    ],
)
def test_a_name_may_be_copied_from_a_page(copied):
    assert repository_of(copied, endpoint="http://mirror.example:8080") == NAME


@pytest.mark.parametrize(
    "name",
    ["ViT-B-16-SigLIP2/webli", "hf-hub:timm/x", "https://example.org/somebody/eye", "a/b/c/d"],
)
def test_what_is_no_page_of_a_hub_stays_as_it_is(name):
    assert repository_of(name) == name


def test_an_answer_that_is_no_list(hub, tmp_path):
    hub.commit = "not a commit"
    with pytest.raises(ModelBrokenError, match="revision"):
        plan(hub, tmp_path)
    hub.repositories[NAME] = None
    with pytest.raises(ModelMissingError, match="knows no model"):
        plan(hub, tmp_path)


def test_a_page_that_wants_a_login_is_no_hub(tmp_path):
    with (
        chat_server(listed=b"<html>Welcome to the hotel</html>") as portal,
        pytest.raises(ModelUnavailableError, match="wants a login"),
    ):
        plan_pull(NAME, hub=HuggingFace(portal.url), place_of=lambda _: Cache(tmp_path))


def test_shards_of_either_name_are_fetched_and_a_set_that_is_not_whole_is_not(hub, tmp_path):
    one, two = (f"model.safetensors-0000{at}-of-00002.safetensors" for at in (1, 2))
    index = json.dumps({"weight_map": {"a": one, "b": two}}).encode()
    files = {"config.json": b"{}", "model.safetensors.index.json": index, one: b"1", two: b"2"}
    hub.repositories[NAME] = files
    folder = fetch_files(plan(hub, tmp_path))
    assert {path.name for path in folder.iterdir()} == set(files)
    hub.repositories[NAME] = {path: text for path, text in files.items() if path != two}
    with pytest.raises(ModelMissingError, match="1 of 2 files of its weights"):
        plan(hub, tmp_path)


def test_what_an_index_of_weights_names_is_fetched_and_missed_before(hub, tmp_path):
    shard, more = "model-00001-of-00001.safetensors", "visual/more.safetensors"
    index = "model.safetensors.index.json"

    def files(named):
        return {"config.json": b"{}", index: named, shard: b"1", more: b"2"}

    hub.repositories[NAME] = files(json.dumps({"weight_map": {"a": shard, "b": more}}).encode())
    folder = fetch_files(plan(hub, tmp_path / "one"))
    assert (folder / more).read_bytes() == b"2"
    lacking = {"weight_map": {"a": shard, "b": "gone.safetensors", "c": "too.safetensors"}}
    hub.repositories[NAME] = files(json.dumps(lacking).encode())
    asked = len(hub.asked)
    with pytest.raises(ModelMissingError, match=r"names 'gone.safetensors' and 1 more, not"):
        plan(hub, tmp_path / "two")
    assert [path for path, _ in hub.asked[asked:]] == [index]
    for odd in (b"[]", b"{", b'{"weight_map": 3}', b'{"weight_map": ["x"]}', b"\xff"):
        hub.repositories[NAME] = files(odd)
        with pytest.raises(ModelBrokenError, match="belong together"):
            plan(hub, tmp_path / "three")


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"model.safetensors": b"w"}, "neither open_clip_config.json nor config.json"),
        ({"adapter_config.json": b"{}", "adapter_model.safetensors": b"w"}, "adapter"),
        ({"config.json": b"{}", "onnx/model.onnx": b"w"}, "no weights"),
    ],
)
def test_what_no_loader_could_read_is_not_fetched(hub, tmp_path, files, said):
    hub.repositories[NAME] = files
    with pytest.raises(ModelMissingError, match=said):
        plan(hub, tmp_path)
    assert not hub.asked


def test_a_clip_that_only_transformers_reads_is_not_fetched(hub, tmp_path):
    files = {"config.json": b'{"model_type": "clip"}', "model.safetensors": b"w" * 200}
    hub.repositories[NAME] = files
    with pytest.raises(ModelMissingError, match=r"as transformers packs it.*Nothing was fetched"):
        plan(hub, tmp_path)
    # a tower of sentence-transformers is read, whatever it is
    hub.repositories[NAME] = {**files, "modules.json": b"[]"}
    assert plan(hub, tmp_path).missing_bytes


def test_a_hub_that_is_down(hub, tmp_path):
    hub.refused[NAME] = (503, "")
    with pytest.raises(ModelUnavailableError, match="HTTP 503"):
        plan(hub, tmp_path)


def test_no_network(tmp_path):
    with hub_double() as gone:
        pass
    with pytest.raises(ModelUnavailableError, match="cannot be reached"):
        plan(gone, tmp_path)
    scope = ModelScope(gone.url)
    with pytest.raises(ModelUnavailableError, match="cannot be reached"):
        plan_pull(NAME, hub=scope, place_of=lambda main: Cache(tmp_path))


@pytest.mark.parametrize(
    "path",
    ["../../outside.json", "/etc/outside.json", "a/../../b.json", "a\\b", "\ud800.json",
     "\u202enosj.json", "a\nb.json"],
)  # fmt: skip
def test_a_hub_cannot_write_outside(hub, tmp_path, path):
    hub.repositories[NAME][path] = b"{}"
    with pytest.raises(ModelBrokenError, match="impossible name"):
        plan(hub, tmp_path)


@pytest.mark.parametrize(
    "name",
    [
        "a/b/c",
        "",
        "../x",
        "somebody/e ye",
        "a/..",
        "x" * 300 + "/",
        "x" * 97,
        "-a/b",
        "é/b",
        "a--b",
    ],
)
def test_what_can_be_no_name(hub, tmp_path, name):
    with pytest.raises(ModelMissingError, match="cannot be the name"):
        plan(hub, tmp_path, name)


def test_without_open_clip_its_names_are_said_to_be_unknown(hub, tmp_path, monkeypatch):
    for module in ("vlm.models.pull.plan", "vlm.models.open_clip_files"):
        monkeypatch.setattr(f"{module}.find_spec", lambda name: None)
    with pytest.raises(ModelMissingError, match=r"knows no model .* pip install '\.\[models\]'"):
        plan(hub, tmp_path, "ViT-B-16-SigLIP2/webli")


def test_gguf_is_for_other_servers(hub, tmp_path):
    hub.repositories[NAME] = {"model-Q4.gguf": b"g" * 200, "README.md": b""}
    with pytest.raises(ModelMissingError, match=r"llama\.cpp and Ollama"):
        plan(hub, tmp_path)


def test_modelscope_has_the_same_files_at_the_same_place(hub, tmp_path):
    planned = plan_pull(NAME, hub=ModelScope(hub.url), place_of=lambda main: Cache(tmp_path))
    assert {file.path for file in planned.parts[0].files} == NEEDED
    hub.cut["model.safetensors"] = [100_000]
    folder = fetch_files(planned)
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    assert try_to_load_from_cache(NAME, "config.json", cache_dir=tmp_path) is not None
    with pytest.raises(ModelMissingError, match="leave out --from"):
        plan_pull("nobody/x", hub=ModelScope(hub.url), place_of=lambda main: Cache(tmp_path))


def test_a_clip_brings_the_tokenizer_that_its_configuration_names(hub, tmp_path):
    pytest.importorskip("open_clip")
    text = {"hf_model_name": "words", "hf_tokenizer_name": "words"}
    config = {"model_cfg": {"embed_dim": 8, "vision_cfg": {}, "text_cfg": text}}
    hub.repositories["lab/clip"] = {
        "open_clip_config.json": json.dumps(config).encode(),
        "open_clip_model.safetensors": WEIGHTS,
        "open_clip_pytorch_model.bin": WEIGHTS,
        "model.safetensors": WEIGHTS,
    }
    hub.repositories["words"] = {
        "config.json": b"{}", "tokenizer.json": b"{}", "model.safetensors": WEIGHTS,
        "pytorch_model.bin": WEIGHTS,
    }  # fmt: skip
    planned = plan(hub, tmp_path / "cache", "hf-hub:lab/clip")
    assert [[file.path for file in part.files] for part in planned.parts] == [
        ["open_clip_config.json", "open_clip_model.safetensors"],
        ["config.json", "tokenizer.json"],
    ]
    to = tmp_path / "to"
    fetch_files(
        plan_pull(
            "hf-hub:lab/clip", hub=HuggingFace(hub.url), place_of=lambda main: Folder(to, main)
        )
    )
    assert sorted(str(path.relative_to(to)) for path in to.rglob("*") if path.is_file()) == [
        ".pull/checked", ".pull/lock", "open_clip_config.json", "open_clip_model.safetensors",
        "words/config.json", "words/tokenizer.json",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["folder", "cache"])
def test_what_is_there_is_read_before_it_is_believed_and_read_once(hub, tmp_path, kind):
    def planned():
        def place(main):
            return Folder(tmp_path, main) if kind == "folder" else Cache(tmp_path)

        return plan_pull(NAME, hub=HuggingFace(hub.url), place_of=place)

    weights = (fetch_files(planned()) / "model.safetensors").resolve()
    assert planned().is_here
    touched = weights.stat()
    weights.write_bytes(b"x" * len(WEIGHTS))
    os.utime(weights, ns=(touched.st_atime_ns, touched.st_mtime_ns))
    assert planned().is_here  # it was checked, and nothing says that it has changed
    os.utime(weights)
    again = planned()
    assert [file.path for file in again.parts[0].missing] == ["model.safetensors"]
    fetch_files(again)
    assert weights.read_bytes() == WEIGHTS
    for notes in ("[]", "{", '{"model.safetensors": 3}'):
        next(tmp_path.rglob("*checked")).write_text(notes)
        assert planned().is_here


def test_no_error_shows_the_password_of_a_mirror(tmp_path):
    for endpoint in ("http://me:secret-word@127.0.0.1:9", "http://me:secret-word/x@[half"):
        for asked in (HuggingFace(endpoint), ModelScope(endpoint)):
            with pytest.raises(ModelUnavailableError) as raised:
                plan_pull(NAME, hub=asked, place_of=lambda main: Cache(tmp_path))
            assert "secret-word" not in str(raised.value)


def test_an_open_clip_name_is_found_by_open_clip_s_list(hub, tmp_path):
    pytest.importorskip("open_clip")
    hub.repositories["timm/ViT-B-16-SigLIP2"] = {
        "open_clip_config.json": b"{}", "open_clip_model.safetensors": WEIGHTS,
        "open_clip_pytorch_model.bin": WEIGHTS, "tokenizer.json": b"{}",
    }  # fmt: skip
    planned = plan(hub, tmp_path, "ViT-B-16-SigLIP2/webli")
    assert len(planned.parts) == 1
    assert [file.path for file in planned.parts[0].files] == [
        "open_clip_config.json", "open_clip_model.safetensors", "tokenizer.json",
    ]  # fmt: skip
    with pytest.raises(ModelMissingError, match="the checkpoints of ViT-B-32 are"):
        plan(hub, tmp_path, "ViT-B-32/nobody")


def test_a_configuration_that_is_no_configuration(hub, tmp_path):
    for config in (b"[" * 100_000, b"{}", b"\xff", b"x" * (2**20 + 1)):
        hub.repositories["lab/clip"] = {
            "open_clip_config.json": config, "open_clip_model.safetensors": WEIGHTS,
        }  # fmt: skip
        with pytest.raises(ModelBrokenError, match="nothing was fetched"):
            plan(hub, tmp_path, "hf-hub:lab/clip")


def test_two_runs_at_once(hub, tmp_path):
    planned = plan(hub, tmp_path)
    from filelock import FileLock

    planned.place.lock.parent.mkdir(parents=True)
    with (
        FileLock(planned.place.lock),
        pytest.raises(ModelUnavailableError, match="Another run is fetching"),
    ):
        fetch_files(planned)
