"""What the README and the pages of docs/ name is there: settings, commands, routes, files."""

import re
from pathlib import Path

import pytest
import typer

from api.access.guard import OPEN_FOLDERS, OPEN_PATHS
from api.cli import app as command_line
from api.http.app import create_app
from api.service import Service
from api.settings import Settings
from search.pipeline import Pipeline
from vlm.readers.extractive import ExtractiveReader

ROOT = Path(__file__).parents[2]
PAGES = {
    path.name: path.read_text(encoding="utf-8")
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
}
SETTINGS = {f"SNAPCITE_{name.upper()}" for name in Settings.model_fields if name != "otlp_endpoint"}
NOT_IN_SETTINGS = {"SNAPCITE_SECRETS_DIR", "SNAPCITE_HOST", "SNAPCITE_PORT"}
"""Read before the settings are, or options of `serve` alone."""

ROOMS = "api|knowledge|vlm|indexer|search|tests|docs|deploy|benchmarks|scripts|data"
FILE = re.compile(rf"(?<![\w/.])((?:{ROOMS})/[\w/.-]+\.(?:py|md|json|yml|yaml|env|sh|html))\b")


@pytest.fixture(scope="module")
def routes(index, encoder, tmp_path_factory) -> set[tuple[str, str]]:
    """Method and path of every route of an application that has them all."""
    service = Service(
        Pipeline(index, encoder, ExtractiveReader()), backups=tmp_path_factory.mktemp("backups")
    )
    described = create_app(service).openapi()["paths"]
    files = {("GET", path) for path in ("/", "/corpus", "/docs", "/openapi.json")}
    return files | {(method.upper(), path) for path in described for method in described[path]}


def is_one(place: str, path: str) -> bool:
    """Whether a page that writes `/v1/documents/{corpus}/{id}` means this path of a route."""
    pattern = re.sub(r"\\\{\w+\\\}", ".+", re.escape(path))
    return re.fullmatch(pattern, re.sub(r"\{\w+\}", "x", place)) is not None


@pytest.mark.parametrize("page", PAGES)
def test_settings_that_are_named_exist(page):
    named = set(re.findall(r"\bSNAPCITE_[A-Z][A-Z_]*[A-Z]\b", PAGES[page]))
    tests = {name for name in named if name.startswith("SNAPCITE_TEST_")}
    assert named - tests <= SETTINGS | NOT_IN_SETTINGS


def test_every_setting_is_named_on_a_page():
    assert {name for name in SETTINGS if not any(name in text for text in PAGES.values())} == set()


COMMAND = re.compile(r"(?:^ {4,}|`|\$ |&& )(?:[A-Z_]+=\S+ )*snapcite ([^`\n#&|]*)", re.MULTILINE)


def commands() -> dict[str, set[str]]:
    """`index`, `keys add`, … → the command's options."""
    found = {}
    for name, command in typer.main.get_command(command_line).commands.items():
        for inner, inside in getattr(command, "commands", {"": command}).items():
            options = {text for option in inside.params for text in option.opts}
            found[f"{name} {inner}".strip()] = options
    return found


@pytest.mark.parametrize("page", PAGES)
def test_commands_and_options_that_are_named_exist(page):
    known = commands()
    groups = {name.split()[0] for name in known}
    for line in COMMAND.findall(PAGES[page]):
        words = line.split()
        if not words or not words[0].isalpha():
            continue
        assert words[0] in groups, line
        name = " ".join(words[:2]) if " ".join(words[:2]) in known else words[0]
        options = known.get(name, set().union(*known.values()))
        assert {word.split("=")[0] for word in words if word.startswith("--")} <= options, line


def test_every_command_is_named_on_a_page():
    text = "\n".join(PAGES.values())
    assert {name for name in commands() if f"snapcite {name}" not in text} == set()


ROUTE = re.compile(r"\b(GET|POST|PUT|DELETE) (/[\w/{}:.]*[\w}])")


@pytest.mark.parametrize("page", PAGES)
def test_routes_that_are_named_exist(page, routes):
    text = PAGES[page].replace("/collections/", "qdrant:/collections/")  # a server of another kind
    for method, place in ROUTE.findall(text):
        assert any(method == known and is_one(place, path) for known, path in routes), place


def test_every_route_is_named_on_a_page(routes):
    named = [found for text in PAGES.values() for found in ROUTE.findall(text)]
    for method, path in routes:
        if path.startswith("/v1/"):
            assert any(method == other and is_one(place, path) for other, place in named), path


@pytest.mark.parametrize("page", PAGES)
def test_files_that_are_named_exist(page):
    assert [name for name in FILE.findall(PAGES[page]) if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_links_to_other_pages_lead_somewhere(page):
    folder = ROOT if page == "README.md" else ROOT / "docs"
    prose = re.sub(r"^ {4}.*$|^```.*?^```", "", PAGES[page], flags=re.MULTILINE | re.DOTALL)
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", re.sub(r"`[^`\n]*`", "", prose))
    assert [link for link in links if not (folder / link).exists()] == []


def test_open_paths_are_named_in_the_page_about_security():
    for path in (*OPEN_PATHS, "/static"):
        assert f"`{path}`" in PAGES["security.md"]
    assert {folder.strip("/") for folder in OPEN_FOLDERS} == {"static", "static-offline-docs"}
