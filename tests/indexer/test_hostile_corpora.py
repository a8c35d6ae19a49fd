"""Whatever lies in a folder, an index run ends, names what it cannot use and indexes the rest."""

import json
import os
import random
import socket
import time
from contextlib import suppress
from pathlib import Path

import pytest
from corpus_samples import image_bytes, write
from hypothesis import given, settings
from hypothesis import strategies as st
from support import TinyEncoder

from indexer.report import IndexReport
from indexer.run import fingerprint_of, index_corpus
from knowledge.corpus import open_corpus
from knowledge.errors import CorpusError
from knowledge.index.index import open_index

GOOD = "The Old Gate was built in 1889. It was torn down in 1956."


def indexed(path: Path, place: Path) -> tuple[IndexReport, set[str]]:
    """The report of a run, and the ids of the documents that are in the index."""
    encoder = TinyEncoder()
    with open_index(str(place), fingerprint_of(encoder), create=True) as index:
        report = index_corpus(open_corpus(path), index, encoder)
        found = {r.payload["id"] for r in index.store.scroll({"kind": "document"})}
    return report, found


DEEP = "[" * 100_000
HOSTILE_FILES: dict[str, bytes] = {
    "nothing.txt": b"",
    "empty.jpg": b"",
    "empty.pdf": b"",
    "unclosed.md": b"---\ntitle: a\n",
    "aliases.md": b"---\na: &a [x]\nb: [*a, *a]\n---\nText.",
    "merge.md": b"---\na: &a {b: c}\n<<: *a\n---\nText.",
    "deep.md": f"---\na: {DEEP[:50_000]}\n---\nText.".encode(),
    "deep_block.md": (
        "---\na:\n" + "".join(" " * n + "- \n" for n in range(300)) + "---\n"
    ).encode(),
    "long_front.md": ("---\na: " + "b" * 300_000 + "\n---\nText.").encode(),
    "number.md": ("---\ntitle: a\nyear: " + "9" * 10_000 + "\nlanguage: en-12\n---\n.").encode(),
    "dots.md": b"---\nid: ../../etc\n---\nText.",
    "bidi.md": "---\nid: a\u202eb\ntitle: a\u202eb\nlanguage: x-a\n---\nText.".encode(),
    "many_photos.md": ("---\nphotos: [" + "'**/*.png', " * 2_000 + "]\n---\nText.").encode(),
    "stars.md": ("---\nphotos: ['" + "/**/*" * 150 + "', '" + "a*" * 300 + "']\n---\nT.").encode(),
    "nul_photo.md": b"![a](%00.jpg) ![b](../../../etc/passwd) ![c](/etc/passwd)",
    "photo.json.jpg": b"\xff\xd8\xff",
    "sidecar.jpg": image_bytes(),
    "sidecar.json": DEEP.encode(),
    "digits.jpg": image_bytes(),
    "digits.json": ('{"title": ' + "9" * 10_000 + "}").encode(),
    "keys.jpg": image_bytes(),
    "keys.json": json.dumps({"title": ["a"], "url": {"b": 1}}).encode(),
    "long_title.jpg": image_bytes(),
    "long_title.json": json.dumps({"title": "a" * 200_000}).encode(),
    "damaged.pdf": b"%PDF-1.7\n" + bytes(range(256)) * 20,
    "binary.txt": bytes(range(256)) * 100,
}
HARMLESS_FILES: dict[str, bytes] = {
    "tag.md": b"---\ntitle: !!bool maybe\nx: !!int y\nz: !!timestamp t\n---\n",
    "no_id.md": "---\nid: \u200b\u202e\n---\nText.".encode(),
    "quotes.md": b"> " * 10_000 + b"Text.\n\nMore text.",
    "html.md": b"<a href='x'>" * 10_000 + b"Text.",
    "lists.md": "".join("  " * n + "- a\n" for n in range(500)).encode(),
    "brackets.md": b"[a](" * 20_000,
    "utf16.txt": GOOD.encode("utf-16"),
    "gb.txt": ("这座桥建于1901年。" * 20).encode("gb18030"),
    "nuls.txt": GOOD.encode() * 20 + b"\0\0",
    "escape.txt": b"\x1b]0;title\x07" + GOOD.encode(),
}


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / "archive" / "good.txt", GOOD)
    write(tmp_path / "archive" / "good_photo.jpg", image_bytes())
    return tmp_path / "archive"


def test_hostile_files_are_named_and_the_others_indexed(folder, tmp_path):
    for name, data in {**HOSTILE_FILES, **HARMLESS_FILES}.items():
        write(folder / name, data)
    started = time.monotonic()
    report, found = indexed(folder, tmp_path / "index")
    assert time.monotonic() - started < 60
    named = {problem.path.split("#")[0] for problem in report.problems}
    described = {"sidecar.jpg", "digits.jpg", "keys.jpg", "long_title.json"}
    assert set(HOSTILE_FILES) - named == described
    assert {"good", "good_photo", "quotes", "lists", "utf16", "gb", "nuls", "escape"} <= found
    assert not named & set(HARMLESS_FILES)
    assert not report.ok


def test_what_is_no_regular_file_is_never_opened(folder, tmp_path):
    os.mkfifo(folder / "pipe.txt")
    os.mkfifo(folder / "pipe.jpg")
    os.mkfifo(folder / "good_photo.json")
    (folder / "zero.txt").symlink_to("/dev/zero")
    (folder / "circle.txt").symlink_to(folder / "circle.txt")
    (folder / "nowhere.jpg").symlink_to(folder / "missing.jpg")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "socket.txt"))
        report, found = indexed(folder, tmp_path / "index")
    assert found == {"good", "good_photo"}
    assert {problem.path for problem in report.problems} == {
        "pipe.txt", "pipe.jpg", "good_photo.json", "zero.txt", "circle.txt", "nowhere.jpg",
        "socket.txt",
    }  # fmt: skip


def test_links_that_leave_the_folder_are_named_and_not_followed(folder, tmp_path):
    secret = write(tmp_path / "secret.txt", "The secret gate was built in 1901.")
    write(tmp_path / "elsewhere" / "b.txt", "Another secret.")
    (folder / "link.txt").symlink_to(secret)
    (folder / "link.csv").symlink_to(secret)
    (folder / "good_photo.txt").symlink_to(secret)
    (folder / "more").symlink_to(tmp_path / "elsewhere")
    (folder / "inside.txt").symlink_to(folder / "good.txt")
    report, found = indexed(folder, tmp_path / "index")
    assert found == {"good", "good_photo", "inside"}
    leaving = {p.path for p in report.problems if "link that leaves the folder" in p.reason}
    assert leaving == {"link.txt", "link.csv", "good_photo.txt", "more"}


def test_links_of_a_corpus_folder_are_named_and_not_followed(tmp_path):
    secret = write(tmp_path / "secret.md", "---\nid: link\ntitle: Link\n---\nThe secret.")
    town = tmp_path / "town"
    write(town / "knowledge" / "gate.md", f"---\nid: gate\ntitle: Gate\n---\n{GOOD}")
    (town / "knowledge" / "link.md").symlink_to(secret)
    os.mkfifo(town / "knowledge" / "pipe.md")
    report, found = indexed(town, tmp_path / "index")
    assert found == {"gate"}
    assert {problem.path: problem.reason for problem in report.problems} == {
        "knowledge/link.md": (
            "It is a link that leaves the folder; copy the file itself into the folder."
        ),
        "knowledge/pipe.md": (
            "It is not a regular file (a device, a pipe or a socket); remove it."
        ),
    }


def test_a_knowledge_folder_that_is_a_link_is_refused(tmp_path):
    write(tmp_path / "elsewhere" / "gate.md", "---\nid: gate\ntitle: Gate\n---\nText.")
    (tmp_path / "town").mkdir()
    (tmp_path / "town" / "knowledge").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CorpusError, match="is a link that leaves the folder"):
        open_corpus(tmp_path / "town")


def test_ids_that_look_alike_are_one_and_it_is_said(folder, tmp_path):
    write(folder / "cafe\u0301.txt", "It was built in 1901.")
    write(folder / "caf\u00e9.txt", "It was built in 1902.")
    write(folder / "caf\u00e9\u200b.txt", "It was built in 1903.")
    report, found = indexed(folder, tmp_path / "index")
    assert found == {"good", "good_photo", "caf\u00e9"}
    assert [p.reason.startswith("Its id 'caf\u00e9' is already") for p in report.problems] == [
        True, True,
    ]  # fmt: skip


def test_twins_of_a_corpus_folder_are_one(tmp_path):
    for name in ("cafe\u0301", "caf\u00e9"):
        text = f"---\nid: {name}\ntitle: Café\n---\n{GOOD}"
        write(tmp_path / "town" / "knowledge" / f"{name}.md", text)
    report, found = indexed(tmp_path / "town", tmp_path / "index")
    assert found == {"café"}
    assert [problem.document_id for problem in report.problems] == ["town/café"]


TABLES = {
    "nuls.csv": b"id,text\n1,a\0b\n2," + GOOD.encode() * 9 + b"\n",
    "quotes.csv": b"id,text\n" + b'" "y,"\n' * 3_000 + b"2,ok\n",
    "wide.csv": b"id,text\n" + b"1" + b"," * 300_000 + b"x\n1" + b"," * 300_000 + b"\n2,ok\n",
    "ids.csv": "id,text\n\u200b,a\n..,b\ncafé,c\ncafe\u0301,d\n2,ok\n".encode(),
    "deep.jsonl": ('{"id": 2, "text": "ok"}\n' + DEEP + "\n").encode(),
    "digits.jsonl": ('{"id": ' + "9" * 10_000 + '}\n{"id": 2, "text": "ok"}\n').encode(),
    "keys.jsonl": (json.dumps(dict.fromkeys(map(str, range(5_000)), 1)) + '\n{"id": 2, "text": "o"}'
                   ).encode(),
    "surrogates.jsonl": b'{"id": "\\ud800", "text": "\\udfff"}\n{"id": 2, "x": NaN}\n[]',
    "deep.json": ('[{"id": 2, "text": "ok"}, ' + DEEP).encode(),
    "title.json": json.dumps([{"id": 2, "text": "ok"}, {"id": 3, "title": "a" * 9_000}]).encode(),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_hostile_rows_are_named_and_the_others_indexed(tmp_path, name):
    write(tmp_path / name, TABLES[name])
    report, found = indexed(tmp_path / name, tmp_path / "index")
    assert "2" in found
    assert report.problems or name in {"nuls.csv", "title.json"}  # a long title is cut


def parquet_bytes() -> bytes:
    import io

    import pyarrow as pa
    import pyarrow.parquet as pq

    buffer = io.BytesIO()
    rows = {"id": list(range(300)), "text": [f"{GOOD} {n}" for n in range(300)]}
    pq.write_table(pa.table(rows), buffer, row_group_size=100)
    return buffer.getvalue()


def pdf_bytes() -> bytes:
    content = b"BT /F1 12 Tf 72 700 Td (" + GOOD.encode() + b") Tj ET"
    return b"".join(
        [
            b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n",
            b"2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n",
            b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R ",
            b"/Resources << /Font << /F1 5 0 R >> >> >>\nendobj\n",
            b"4 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (len(content), content),
            b"5 0 obj\n<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>\nendobj\n",
            b"trailer << /Root 1 0 R /Size 6 >>\n%%EOF",
        ]
    )


BASES = {
    "a.parquet": parquet_bytes,
    "a.pdf": pdf_bytes,
    "a.csv": lambda: f'id,text,photo\n1,"{GOOD}",a.jpg\n2,b,c\n'.encode(),
    "a.jsonl": lambda: b'{"id": 1, "text": "a", "photos": ["a.jpg"]}\n{"id": [2], "x": {"y": 1}}\n',
    "a.json": lambda: b'[{"id": 1, "text": "a"}, {"id": 2, "text": null, "b": [[1, 2], {}]}]',
    "a.md": lambda: b"---\nid: a\ntitle: [a\nphotos: ['*.jpg']\n---\n# A\n\n| a | b |\n|-|-|\n",
    "a.txt": lambda: GOOD.encode("utf-16"),
    "a.jpg": image_bytes,
}


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_flipped_bytes_never_end_a_run(tmp_path_factory, seed):
    rng = random.Random(seed)
    root = tmp_path_factory.mktemp("fuzz")
    bases = {name: make() for name, make in BASES.items()}
    for n in range(40):
        name = rng.choice(sorted(bases))
        file = write(root / "archive" / str(n) / name, damaged(bases[name], rng))
        with suppress(CorpusError):  # of a table; in a folder, tables are left out
            list(open_corpus(file).read())
    write(root / "archive" / "good.txt", GOOD)
    report, found = indexed(root / "archive", root / "index")
    assert "good" in found
    assert all(problem.path.isprintable() for problem in report.problems)


def damaged(data: bytes, rng: random.Random) -> bytes:
    """The bytes with some changed, some repeated and some left out."""
    found = bytearray(data)
    for _ in range(rng.choice([1, 3, 30])):
        start = rng.randrange(len(found))
        match rng.randrange(3):
            case 0:
                found[start] = rng.randrange(256)
            case 1:
                found[start:start] = found[start : start + rng.randrange(40)] * rng.randrange(20)
            case _:
                del found[start : min(start + rng.randrange(20), len(found) - 1)]
    return bytes(found)


def test_a_pdf_of_many_damaged_pages_says_so_in_one_line(folder, tmp_path):
    kids = b" ".join(b"%d 0 R" % n for n in range(10, 3_010))
    pages = b"".join(b"%d 0 obj\n(no page)\nendobj\n" % n for n in range(10, 3_010))
    write(
        folder / "damaged.pdf",
        b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
        b"2 0 obj\n<< /Type /Pages /Kids [" + kids + b"] /Count 3000 >>\nendobj\n" + pages
        + b"trailer << /Root 1 0 R /Size 3010 >>\n%%EOF",
    )  # fmt: skip
    report, found = indexed(folder, tmp_path / "index")
    assert found >= {"good", "good_photo"}
    assert len(report.problems) == 1
    assert len(report.problems[0].reason) < 300
