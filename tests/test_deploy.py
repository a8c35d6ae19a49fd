"""The files that operators run, parsed: they name what exists and keep what they promise."""

import re
import tomllib
from pathlib import Path

import yaml

REPOSITORY = Path(__file__).parent.parent
COMPOSE = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text(encoding="utf-8"))
DOCKERFILE = (REPOSITORY / "Dockerfile").read_text(encoding="utf-8")


def test_compose_starts_each_service_after_what_it_needs():
    services = COMPOSE["services"]
    for name, service in services.items():
        assert ("image" in service) != ("build" in service), name
        for needed, condition in service.get("depends_on", {}).items():
            target = services[needed]
            if condition["condition"] == "service_healthy":
                assert "healthcheck" in target or "build" in target, (name, needed)
    assert set(services["api"]["depends_on"]) == {"qdrant", "index"}


def test_compose_pins_images_and_listens_on_loopback_alone():
    for service in COMPOSE["services"].values():
        if "image" in service:
            assert re.search(r":v?\d+\.\d+\.\d+$", service["image"])
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:")


def test_compose_volumes_are_declared():
    used = {
        volume.split(":")[0]
        for service in COMPOSE["services"].values()
        for volume in service.get("volumes", [])
    }
    assert used == set(COMPOSE["volumes"])


def test_compose_points_at_the_server_it_starts():
    for name in ("index", "api"):
        assert COMPOSE["services"][name]["environment"]["SNAPCITE_INDEX"].startswith(
            "http://qdrant:6333/"
        )


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
    from api.samples import load_samples

    samples = load_samples(REPOSITORY / "data" / "samples.json")
    assert samples
    for sample in samples:
        assert sample.path.is_file()
        assert set(sample.questions) == {"en", "zh"}
        assert sample.attribution
