"""docs/corpora.md: the files that it shows are written, and its commands read them."""

import re
import shlex
from pathlib import Path

import pytest
from corpus_samples import image_bytes, pdf_bytes, read_all, write

from knowledge.corpus import Columns

PAGE = (Path(__file__).parents[3] / "docs" / "corpora.md").read_text(encoding="utf-8")
FILES = re.findall(r"^```\w+ (\S+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
COMMANDS = [
    shlex.split(command.replace("\\\n", " "))
    for block in re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    for command in block.replace("\\\n", " ").splitlines()
]


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder with every file that the page shows, and the photos and the PDF that it names."""
    for name, content in FILES:
        write(tmp_path / name, content)
    for name in ("photos/old_gate", "photos/station", "archive/pictures/gate_1901"):
        write(tmp_path / f"{name}.jpg", image_bytes())
    for name in ("old_gate.jpg", "station.jpg"):
        write(tmp_path / "prints" / name, image_bytes())
    write(tmp_path / "town" / "photos" / "old_gate_1.jpg", image_bytes())
    write(tmp_path / "guide.pdf", pdf_bytes([["The gate was built in 1889."]]))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def parse(command):
    """The path and the options of an `index` command."""
    assert command[:2] == ["snapcite", "index"]
    options: dict[str, list[str]] = {}
    for flag, value in zip(command[3::2], command[4::2], strict=True):
        options.setdefault(flag, []).append(value)
    columns = Columns(
        text=tuple(options.pop("--text-column", ())),
        **{
            role: options.pop(f"--{role}-column", [None])[0]
            for role in ("id", "title", "source", "url", "photo")
        },
    )
    language = options.pop("--language", [None])[0]
    assert not options
    return Path(command[2]), {"columns": columns, "language": language}


def test_the_page_has_a_command_for_each_kind():
    assert [command[2] for command in COMMANDS] == [
        "photos",
        "prints",
        "archive",
        "guide.pdf",
        "sites.csv",
        "register.csv",
        "items.jsonl",
        "town",
    ]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[2])
def test_every_command_reads_what_the_page_shows(desk, command):
    path, options = parse(command)
    documents, problems = read_all(path, **options)
    assert documents
    assert not problems
    assert all(document.text for document in documents)


def test_what_the_page_says_about_its_files(desk):
    gate, station = read_all(Path("photos"))[0]
    assert gate.title == "Old gate"
    assert station.text.endswith("Architect: Hermann Fischer.")
    (text,) = read_all(Path("archive"))[0]
    assert [photo.path for photo in text.photos] == ["pictures/gate_1901.jpg"]
    row, _ = read_all(Path("sites.csv"))[0]
    assert row.text == "The gate was torn down in 1956.\n\nName: Old Gate.\nYear built: 1889."
    gate, station = read_all(Path("prints"))[0]
    assert [photo.path for photo in gate.photos] == ["old_gate.jpg"]
    assert [photo.path for photo in station.photos] == ["station.jpg", "old_gate.jpg"]
    (town,) = read_all(Path("town"))[0]
    assert len(town.photos) == 1
