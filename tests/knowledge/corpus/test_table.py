"""Tables of every format become the same documents."""

import json
import tracemalloc

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from corpus_samples import image_bytes, read_all, write

from knowledge.corpus import Columns, open_corpus
from knowledge.errors import CorpusError

ROWS = [
    {"id": "g", "name": "Gate", "description": "It stands.", "year_built": "1889", "use": ""},
    {"id": "t", "name": "老塔", "description": "它在1992年拆除。", "year_built": "", "use": "公园"},
]


def write_csv(file):
    lines = [",".join(ROWS[0]), *(",".join(row.values()) for row in ROWS)]
    write(file, "\n".join(lines))


def write_tsv(file):
    lines = ["\t".join(ROWS[0]), *("\t".join(row.values()) for row in ROWS)]
    write(file, "\n".join(lines))


def write_jsonl(file):
    write(file, "\n".join(map(json.dumps, ROWS)))


def write_json(file):
    write(file, json.dumps(ROWS, indent=2))


def write_parquet(file):
    pq.write_table(pa.Table.from_pylist(ROWS), file)


@pytest.mark.parametrize(
    ("name", "writer"),
    [
        ("sites.csv", write_csv),
        ("sites.tsv", write_tsv),
        ("sites.jsonl", write_jsonl),
        ("sites.json", write_json),
        ("sites.parquet", write_parquet),
        ("no_suffix_but_parquet", write_parquet),
    ],
)
def test_every_format_gives_the_same_documents(tmp_path, name, writer):
    writer(tmp_path / name)
    corpus = open_corpus(tmp_path / name, name="town")
    assert (corpus.kind, corpus.size, corpus.root) == ("table", 2, tmp_path)
    gate, tower = corpus.read()
    assert (gate.document_id, gate.title, gate.language) == ("town/g", "Gate", "en")
    assert gate.text == "It stands.\n\nName: Gate.\nYear built: 1889."
    assert gate.source == f"{name}, g"
    assert (tower.id, tower.title, tower.language) == ("t", "老塔", "zh")
    assert tower.text == "它在1992年拆除。\n\nName: 老塔.\nUse: 公园."
    assert list(corpus.read()) == [gate, tower]


def table(tmp_path, text, **options):
    return read_all(write(tmp_path / "sites.csv", text), name="c", **options)


def test_columns_as_they_are_said(tmp_path):
    text = "key,what,story,extra,more,from,see,year\nk1,Gate,It stands.,x,It fell.,Book,https://e.org,1889"
    said = Columns(id="key", title="what", text=("more", "story"), source="from", url="see")
    (document,), problems = table(tmp_path, text, columns=said, language="fr")
    assert not problems
    assert (document.id, document.title, document.language) == ("k1", "Gate", "fr")
    assert (document.source, document.url) == ("Book", "https://e.org")
    assert document.text == "It fell.\n\nIt stands.\n\nWhat: Gate.\nExtra: x.\nYear: 1889."


def test_no_fact_is_lost_when_nothing_is_known(tmp_path):
    documents, problems = table(tmp_path, "colour,height\nred,3\nblue,\n")
    assert not problems
    assert [document.id for document in documents] == ["row-1", "row-2"]
    assert [document.text for document in documents] == [
        "Colour: red.\nHeight: 3.",
        "Colour: blue.",
    ]


def test_a_row_with_a_title_alone_can_still_be_found(tmp_path):
    (document,), _ = table(tmp_path, "id,name\n1,Gate\n")
    assert (document.title, document.text) == ("Gate", "Name: Gate.")


def test_titles_where_no_column_has_them(tmp_path):
    write(tmp_path / "old_gate.jpg", image_bytes())
    write(tmp_path / "123_4a.jpg", image_bytes())
    text = (
        f"image,caption\nold_gate.jpg,It stands.\n123_4a.jpg,It fell. Then more.\n,{'long ' * 30}"
    )
    titles = [document.title for document in table(tmp_path, text)[0]]
    assert titles[:2] == ["Old gate", "It fell"]
    assert titles[2].startswith("long long")
    assert len(titles[2]) <= 80


def test_photos(tmp_path):
    for name in ("a.jpg", "p/b.jpg", "p/c.jpg"):
        write(tmp_path / name, image_bytes())
    text = "name;photo\nGate;a.jpg| p\\b.jpg |./p/c.jpg\nTower;https://example.org/t.jpg\nHall;\n"
    documents, problems = table(tmp_path, text)
    assert not problems
    gate, tower, hall = documents
    assert [photo.path for photo in gate.photos] == ["a.jpg", "p/b.jpg", "p/c.jpg"]
    assert (tower.photos, tower.text) == ((), "Name: Tower.\nPhoto: https://example.org/t.jpg")
    assert hall.photos == ()


def test_photos_in_a_list(tmp_path):
    write(tmp_path / "a.jpg", image_bytes())
    write(tmp_path / "b.jpg", image_bytes())
    write(tmp_path / "t.jsonl", '{"name": "Gate", "photos": ["a.jpg", "b.jpg"]}')
    (document,), _ = read_all(tmp_path / "t.jsonl")
    assert len(document.photos) == 2


def test_a_photo_that_is_missing_broken_or_outside_is_a_problem(tmp_path):
    write(tmp_path.parent / "secret.jpg", image_bytes())
    write(tmp_path / "a.jpg", image_bytes())
    write(tmp_path / "empty.jpg", b"")
    text = "name,photo\nGate,a.jpg\nTower,gone.jpg\nHall,empty.jpg;a.jpg\nArch,../secret.jpg\n"
    documents, problems = table(tmp_path, text)
    assert [len(document.photos) for document in documents] == [1, 0, 1, 0]
    assert [(problem.path, problem.document_id) for problem in problems] == [
        ("sites.csv, line 3", "c/row-2"),
        ("sites.csv, line 4", "c/row-3"),
        ("sites.csv, line 5", "c/row-4"),
    ]
    for problem, part in zip(problems, ["no photo", "empty", "leaves the corpus"], strict=True):
        assert part in problem.reason


def test_photos_in_a_folder_beside_the_table(tmp_path):
    write(tmp_path / "images" / "a.jpg", image_bytes())
    (document,), problems = table(tmp_path, "image,caption\na.jpg,A dog.\n")
    assert not problems
    assert [photo.path for photo in document.photos] == ["images/a.jpg"]


def test_photos_that_are_nowhere(tmp_path):
    text = "name,image\n" + "Gate,a.jpg\n" * 3
    documents, (problem,) = table(tmp_path, text)
    assert [document.text for document in documents] == ["Name: Gate.\nImage: a.jpg."] * 3
    assert "'image'" in problem.reason
    documents, problems = table(tmp_path, text, columns=Columns(photo="image"))
    assert len(documents) == len(problems) == 3


def test_an_id_is_given_once(tmp_path):
    (first,), (problem,) = table(tmp_path, "id,name\nx,Gate\nx,Tower\n")
    assert first.title == "Gate"
    assert (problem.path, problem.document_id) == ("sites.csv, line 3", "c/x")
    assert "line 2" in problem.reason


@pytest.mark.parametrize(
    ("id_", "reason"), [("", "nothing in the id column"), ("x" * 600, "more than")]
)
def test_a_row_without_a_usable_id_is_a_problem(tmp_path, id_, reason):
    (document,), (problem,) = table(tmp_path, f"id,name\n{id_},Gate\ny,Tower\n")
    assert document.id == "y"
    assert problem.document_id is None
    assert reason in problem.reason


def test_a_broken_row_is_named_where_its_id_is_known(tmp_path):
    _, (problem,) = table(tmp_path, "name,use\nGate,x\nTower\n")
    assert problem.document_id == "c/row-2"
    _, (problem,) = table(tmp_path, "id,use\n1,x\n2\n")
    assert problem.document_id is None


def test_sources_and_addresses(tmp_path):
    text = "name,source,url\nA,https://e.org/a,\nB,Book,https://e.org/b\nC,,www.e.org\n"
    first, second, third = table(tmp_path, text)[0]
    assert (first.source, first.url, first.text) == (
        "https://e.org/a",
        "https://e.org/a",
        "Name: A.",
    )
    assert (second.source, second.url, second.text) == (
        "Book",
        "https://e.org/b",
        "Name: B.\nSource: Book.",
    )
    assert (third.source, third.url, third.text) == (
        "sites.csv, row-3",
        None,
        "Name: C.\nUrl: www.e.org.",
    )


def test_values_that_are_no_strings(tmp_path):
    row = {
        "id": 7.0,
        "name": 1984,
        "open": True,
        "tags": ["a", "b"],
        "by": {"name": "X"},
        "no": None,
    }
    write(tmp_path / "t.jsonl", json.dumps(row))
    (document,), _ = read_all(tmp_path / "t.jsonl")
    assert (document.id, document.title) == ("7", "1984")
    assert document.text == "Name: 1984.\nOpen: yes.\nTags: a, b.\nBy: X."


def test_broken_unicode_in_json(tmp_path):
    write(tmp_path / "t.jsonl", r'{"name": "half \ud800 pair", "text": "nul \u0000 byte"}')
    (document,), _ = read_all(tmp_path / "t.jsonl")
    assert (document.title, document.text) == (
        "half \ufffd pair",
        "nul  byte\n\nName: half \ufffd pair.",
    )


def test_bytes_are_told_once_and_left_out(tmp_path):
    rows = [{"name": f"Gate {n}", "photo": b"\xff\xd8"} for n in range(3)]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "t.parquet")
    documents, (problem,) = read_all(tmp_path / "t.parquet", name="c")
    assert [document.title for document in documents] == ["Gate 0", "Gate 1", "Gate 2"]
    assert problem.document_id == "c/row-1"
    assert "'photo' holds bytes" in problem.reason


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("t.csv", "id,name\n", "no rows"),
        ("t.csv", "\n", "is empty"),
        ("t.jsonl", "hello", "neither JSON objects"),
        ("t.parquet", "PAR1 and no more", "cannot be read as Parquet"),
        ("t.csv", b"\0\1", "not text"),
    ],
)
def test_tables_that_are_none(tmp_path, name, content, reason):
    write(tmp_path / name, content)
    with pytest.raises(CorpusError, match=reason):
        open_corpus(tmp_path / name)


def test_a_wrong_column_lists_those_that_are_there(tmp_path):
    write(tmp_path / "t.csv", "id,Name\n1,Gate\n")
    with pytest.raises(
        CorpusError, match=r"no column 'nmae'. Did you mean 'Name'\? .* 'id', 'Name'"
    ):
        open_corpus(tmp_path / "t.csv", columns=Columns(title="nmae"))


def test_text_files_that_are_tables(tmp_path):
    write(tmp_path / "a.jpg", image_bytes())
    text = "image,caption\na.jpg,A dog runs.\na.jpg,A cat sits.\n"
    documents, _ = read_all(write(tmp_path / "captions.txt", text))
    assert [document.text for document in documents] == ["A dog runs.", "A cat sits."]
    corpus = open_corpus(write(tmp_path / "x.txt", "a b\n1 2\n"), columns=Columns(title="a b"))
    assert corpus.kind == "table"


def test_a_hundred_thousand_rows_in_little_memory(tmp_path):
    with (tmp_path / "t.csv").open("w") as stream:
        stream.write("id,name,description\n")
        for n in range(100_000):
            stream.write(
                f"{n},Gate {n},It was built in {1000 + n % 1000} and stands to this day.\n"
            )
    corpus = open_corpus(tmp_path / "t.csv")
    assert corpus.size == 100_000
    tracemalloc.start()
    documents = corpus.read()
    for _ in range(2_000):
        next(documents)
    early = tracemalloc.get_traced_memory()[0]
    for _ in range(8_000):
        next(documents)
    late = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert (late - early) / 8_000 < 400  # bytes a row: its id, to tell it from later ones
