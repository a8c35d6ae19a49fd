"""The files that operators run: they name what exists and do what they promise."""

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

REPOSITORY = Path(__file__).parents[1]
COMPOSE = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text(encoding="utf-8"))
DEPLOY = REPOSITORY / "deploy"
DOCKERFILE = (REPOSITORY / "Dockerfile").read_text(encoding="utf-8")


SERVICES = COMPOSE["services"]
OF_OURS = ("index", "api")


def is_started_with(service: dict, other: dict) -> bool:
    """Whether `other` runs whenever `service` does."""
    return set(other.get("profiles", ())) <= set(service.get("profiles", ()))


def test_compose_has_the_profiles_that_the_pages_name():
    profiles = {profile for service in SERVICES.values() for profile in service.get("profiles", ())}
    assert profiles == {"gpu", "cache", "observability"}
    assert all("profiles" not in SERVICES[name] for name in ("qdrant", "index", "api"))


def test_compose_starts_each_service_after_what_it_needs():
    for name, service in SERVICES.items():
        assert ("build" in service) == (name in OF_OURS)
        for needed, how in service.get("depends_on", {}).items():
            target = SERVICES[needed]
            if how["condition"] == "service_healthy":
                assert "healthcheck" in target, (name, needed)
            else:
                assert how["condition"] == "service_completed_successfully"
                assert target["restart"] == "no"
            assert is_started_with(service, target) or how["required"] is False, (name, needed)
    assert set(SERVICES["api"]["depends_on"]) == {"qdrant", "index", "vllm", "redis"}


def test_compose_pins_images_and_listens_on_loopback_alone():
    for service in SERVICES.values():
        assert re.search(r":v?\d+\.\d+\.\d+(-unprivileged)?$", service["image"])
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:")
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    for name in ("qdrant", "redis", "vllm"):
        assert SERVICES[name]["networks"] == ["inside"]
        assert "ports" not in SERVICES[name]


def test_compose_runs_nothing_as_root_or_with_more_than_it_needs():
    for name, service in SERVICES.items():
        assert re.fullmatch(r"[1-9]\d*:\d+", service["user"]), name
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        for mount in service.get("volumes", []):
            assert "docker.sock" not in mount


GIB = 2**30


def memory_of(service: dict) -> float:
    """Bytes that a service may take."""
    number, unit = re.fullmatch(r"(\d+)([mg])", service["mem_limit"]).groups()
    return int(number) * (GIB if unit == "g" else 2**20)


def test_compose_bounds_the_memory_of_every_service():
    for name, service in SERVICES.items():
        assert memory_of(service) >= GIB / 2, name
    in_memory = GIB / 2  # /tmp
    assert SERVICES["api"]["tmpfs"] == ["/tmp:size=512m,mode=1777"]
    assert memory_of(SERVICES["api"]) >= GIB + in_memory


LEAST_VERSIONS = {
    "vllm": (0, 20, 0),  # CVE-2026-44223; 0.14.1 for CVE-2026-22778 and CVE-2026-24779
    "redis": (8, 10, 2),  # the security release of 2026-09-18
    "prometheus": (3, 13, 0),
    "grafana": (13, 2, 0),  # CVE-2026-17183
}


def test_images_are_none_with_known_holes():
    for name, least in LEAST_VERSIONS.items():
        version = SERVICES[name]["image"].rpartition(":")[2].lstrip("v")
        assert tuple(map(int, version.split("."))) >= least, name


def test_the_api_answers_to_the_names_that_compose_calls_it_by():
    api = SERVICES["api"]
    allowed = set(api["environment"]["SNAPCITE_ALLOWED_HOSTS"].split(","))
    scraped = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text())
    targets = [
        target.partition(":")[0]
        for job in scraped["scrape_configs"]
        if job["job_name"] == "snapcite"
        for config in job["static_configs"]
        for target in config["targets"]
    ]
    assert {*targets, "localhost", "127.0.0.1"} <= allowed
    assert "http://127.0.0.1:8000/ready" in api["healthcheck"]["test"][-1]


def test_compose_volumes_are_declared_and_models_are_only_read():
    used = set()
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            source, place, *options = volume.replace("${MODELS:-models}", "models").split(":")
            if source.startswith("./"):
                assert (REPOSITORY / source).exists()
                assert options == ["ro"]
            else:
                used.add(source)
            if place == "/models":
                assert options == ["ro"]
    assert used == set(COMPOSE["volumes"])
    assert "COPY data data" in DOCKERFILE
    assert not re.search(
        r"^(COPY|ADD|RUN).*(huggingface|safetensors|Qwen)", DOCKERFILE, re.MULTILINE
    )


def test_compose_points_at_the_servers_it_starts():
    for name in OF_OURS:
        environment = SERVICES[name]["environment"]
        assert environment["SNAPCITE_INDEX"] == "http://qdrant:6333/snapcite"
    api = SERVICES["api"]["environment"]
    assert api["SNAPCITE_READER_URL"] == "http://vllm:8000/v1"
    # Empty, hence the bundled model, where no reader is named.
    assert api["SNAPCITE_READER_MODEL"] == "${SNAPCITE_READER_MODEL-${SNAPCITE_READER:+qwen3-vl}}"
    assert "--served-model-name=qwen3-vl" in SERVICES["vllm"]["command"]


def test_vllm_has_a_user_with_a_name_and_caches_that_it_may_write():
    vllm = SERVICES["vllm"]
    assert vllm["user"] == "2000:0"  # the image's own user `vllm`
    environment = vllm["environment"]
    assert environment["USER"]
    writable = vllm["tmpfs"][0].partition(":")[0]
    caches = {key: value for key, value in environment.items() if "CACHE" in key or key == "HOME"}
    assert {"HOME", "VLLM_CACHE_ROOT", "TORCHINDUCTOR_CACHE_DIR", "TRITON_CACHE_DIR"} <= set(caches)
    assert all(place == writable or place.startswith(f"{writable}/") for place in caches.values())
    assert "exec" in vllm["tmpfs"][0]
    assert vllm["command"][0].startswith("/models/")  # `--model` is going away
    assert "--limit-mm-per-prompt.video=0" in vllm["command"]


def test_the_gpu_image_has_pytorch_and_clip_and_the_light_one_has_not():
    gpu = yaml.safe_load((DEPLOY / "compose.gpu.yml").read_text(encoding="utf-8"))
    assert set(gpu["services"]) == set(OF_OURS)
    for service in gpu["services"].values():
        assert service["build"]["args"] == {"REQUIREMENTS": "gpu"}
        (device,) = service["deploy"]["resources"]["reservations"]["devices"]
        assert (device["driver"], device["capabilities"]) == ("nvidia", ["gpu"])
    assert "ARG REQUIREMENTS=server" in DOCKERFILE
    locked = {
        name: set(
            re.findall(
                r"^([a-z0-9-]+)==",
                (REPOSITORY / "requirements" / f"{name}.txt").read_text(),
                re.MULTILINE,
            )
        )
        for name in ("gpu", "server")
    }
    needed = {"torch", "torchvision", "open-clip-torch", "transformers", "accelerate", "openai"}
    assert needed <= locked["gpu"]
    assert not {"torch", "open-clip-torch"} & locked["server"]
    assert not {"pytest", "playwright"} & locked["gpu"]


def test_compose_sets_what_is_a_setting():
    from api.settings import Settings

    known = {f"SNAPCITE_{name.upper()}" for name in Settings.model_fields}
    for name in OF_OURS:
        ours = {key for key in SERVICES[name]["environment"] if key.startswith("SNAPCITE_")}
        assert ours <= known | {"SNAPCITE_SECRETS_DIR"}


def test_the_choices_of_compose_are_listed():
    text = (REPOSITORY / "docker-compose.yml").read_text(encoding="utf-8")
    chosen = set(re.findall(r"(?<!\$)\$\{(\w+)", text))
    passed = {
        key
        for service in SERVICES.values()
        for key, value in service.get("environment", {}).items()
        if value is None
    }
    told = re.findall(
        r"^#(\w+)=", (DEPLOY / "compose.env").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert chosen | passed | {"COMPOSE_PROFILES", "COMPOSE_FILE"} == set(told)


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
def test_make_run_asks_once_and_loads_the_reader_once_with_a_gpu(tmp_path):
    def commands(*given: str) -> list[str]:
        done = subprocess.run(
            ["make", "-n", "run", "READY=", "VENV=v", *given],
            cwd=REPOSITORY, capture_output=True, text=True, check=True, timeout=30,
            env={"PATH": os.environ["PATH"]},
        )  # fmt: skip
        assert ("No GPU's driver" in done.stdout) is ("PROFILE=gpu" in given)
        return [line for line in done.stdout.splitlines() if line.startswith("v/bin/snapcite ")]

    words = [line.split()[1] for line in commands()]
    assert words == ["index", "ask", "serve"]
    fetch, index, serve = commands("PROFILE=gpu")
    assert fetch.split() == ["v/bin/snapcite", "models", "pull"]
    assert "--index .snapcite/index-gpu" in index
    assert "--index .snapcite/index-gpu --first data/landmarks/queries/eiffel_tower.webp" in serve
    assert commands("PROFILE=gpu", "YES=1")[0].endswith("models pull --yes")
    with pytest.raises(subprocess.CalledProcessError) as refused:
        commands("PROFILE=GPU")
    assert "PROFILE is cpu or gpu, not 'GPU'" in refused.value.stderr


def test_secrets_are_made_once_and_are_what_compose_mounts(tmp_path):
    (tmp_path / "deploy").mkdir()
    script = shutil.copy(DEPLOY / "secrets.sh", tmp_path / "deploy")
    subprocess.run(["sh", script], check=True, timeout=30, capture_output=True)
    made = {path: path.read_text() for path in (tmp_path / "deploy" / "secrets").iterdir()}
    subprocess.run(["sh", script], check=True, timeout=30, capture_output=True)

    assert {path: path.read_text() for path in made} == made
    assert {str(path.relative_to(tmp_path)) for path in made} == {
        secret["file"] for secret in COMPOSE["secrets"].values()
    }
    contents = {path.name: text for path, text in made.items()}
    key, password = contents["snapcite_qdrant_api_key"], contents["redis_password"]
    assert len(key) == len(password) == 64
    assert yaml.safe_load(contents["qdrant.yaml"]) == {"service": {"api_key": key}}
    assert f"requirepass {password}\n" in contents["redis.conf"]
    assert contents["snapcite_redis_url"] == f"redis://:{password}@redis:6379/0"
    ignored = (REPOSITORY / ".gitignore").read_text().split()
    assert "deploy/secrets/" in ignored
    used = {
        item if isinstance(item, str) else item["source"]
        for service in SERVICES.values()
        for item in service.get("secrets", [])
    }
    assert used == set(COMPOSE["secrets"])


def test_secrets_in_files_are_settings(tmp_path, monkeypatch):
    from api.settings import load_settings

    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        folder.mkdir()
    (one / "snapcite_qdrant_api_key").write_text("from the file\n")
    (other / "snapcite_redis_url").write_text("redis://:secret@redis:6379/0")
    monkeypatch.setenv("SNAPCITE_SECRETS_DIR", f"{one}:{other}:{tmp_path / 'nowhere'}")
    settings = load_settings()
    assert settings.qdrant_api_key.get_secret_value() == "from the file"
    assert settings.redis_url.get_secret_value() == "redis://:secret@redis:6379/0"
    assert "secret@" not in repr(settings)

    monkeypatch.setenv("SNAPCITE_QDRANT_API_KEY", "from the environment")
    assert load_settings().qdrant_api_key.get_secret_value() == "from the environment"


def test_the_image_runs_as_nobody_and_copies_what_there_is():
    users = re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE)
    assert users[-1:] == ["snapcite"]
    for sources in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE):
        for source in sources.split():
            assert (REPOSITORY / source).exists(), source


PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = PROJECT["tool"]["setuptools"]["packages"]
ROOMS = {name.split(".")[0] for name in PACKAGES}


def test_every_package_is_listed():
    found = {
        ".".join(path.parent.relative_to(REPOSITORY).parts)
        for room in ROOMS
        for path in (REPOSITORY / room).rglob("__init__.py")
    }
    assert found == set(PACKAGES)


def test_the_image_holds_every_package():
    for room in ROOMS:
        assert re.search(rf"^COPY {room} {room}$", DOCKERFILE, re.MULTILINE), room


def test_samples_exist_and_are_attributed():
    from api.http.samples import load_samples

    samples = load_samples(REPOSITORY / "data" / "samples.json")
    assert samples
    for sample in samples:
        assert sample.path.is_file()
        assert set(sample.questions) == {"en", "zh"}
        assert sample.attribution
