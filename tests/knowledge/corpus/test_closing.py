"""`groups` and `closed_until` in every kind of corpus; what cannot be read opens nothing."""

import datetime
import json
from pathlib import Path

import pytest
from support import encoded, photo

from knowledge.corpus import open_corpus
from knowledge.corpus.closing import OPEN_TO_ALL, UNREADABLE, Closing, closing_of
from knowledge.documents import Document, Note
from knowledge.viewer import NEVER, Viewer, closing_payload

_ODD = (
    "soon", "?", "-", "no", "unknown", "2050/..", "about 2050", "x" * 999, "2050-13-01",
    "31.31.2050", False, {"year": 2050}, [["2050"]], b"2050", ["2050", "soon"], "forever",
)  # fmt: skip


@pytest.mark.parametrize(
    ("value", "until"),
    [
        ("2050", "2050-12-31"),
        (2050, "2050-12-31"),
        (2050.0, "2050-12-31"),
        ("2050-02", "2050-02-28"),
        ("2050-06-01", "2050-06-01"),
        ("2050-06-01T00:00:00Z", "2050-06-01"),
        ("2050-06-01T00:00:01Z", "2050-06-02"),
        ("2050-06-01T23:30:00-12:00", "2050-06-03"),
        ("2050-06-01T00:00+14:00", "2050-06-01"),
        ("2050-06-01T00:00:00.5", "2050-06-02"),
        ("2050-06-01T25:99:00Z", NEVER),
        ("9999-12-31T23:59:59-12:00", "9999-12-30"),
        (datetime.date(2050, 6, 1), "2050-06-01"),
        (datetime.datetime(2050, 6, 1), "2050-06-01"),
        ("1 June 2050", "2050-06-01"),
        ("2040/2050", "2050-12-31"),
        ("205X", "2059-12-31"),
        (["2040", "2050"], "2050-12-31"),
        ('["2040", "2050"]', "2050-12-31"),
        ("2050年", "2050-12-31"),
        *[(odd, NEVER) for odd in _ODD],
        *[(nothing, "") for nothing in (None, "", "  ", [], [None, ""], float("nan"))],
    ],
)  # fmt: skip
def test_a_date_closes_until_its_last_day_and_anything_else_for_good(value, until):
    assert closing_of({"closed_until": value}) == Closing(until=until)


@pytest.mark.parametrize(
    ("value", "closing"),
    [
        ("Staff", Closing(("staff",))),
        (["Staff", "reading room"], Closing(("staff", "reading room"))),
        ("staff; Donors|x,y", Closing(("staff", "donors", "x", "y"))),
        (7, Closing(("7",))),
        ("", OPEN_TO_ALL),
        ([], OPEN_TO_ALL),
        (["staff", {"a": "b"}], UNREADABLE),
        ("<everybody>", UNREADABLE),
        (["x" * 101], UNREADABLE),
        ([f"g{n}" for n in range(1_001)], UNREADABLE),
    ],
)
def test_groups_are_names_and_anything_else_lets_nobody_in(value, closing):
    assert closing_of({"Groups": value}) == closing


def test_of_two_statements_the_stricter_counts():
    staff, both = Closing(("staff",), "2030-01-01"), Closing(("staff", "donors"), "2040-01-01")
    assert staff & both == Closing(("staff",), "2040-01-01")
    assert staff & OPEN_TO_ALL == staff
    assert (staff & Closing(("donors",))).until == NEVER


def test_a_viewer_sees_by_groups_and_by_day():
    staff, nobody = Viewer.of([" STAFF ", "\u0000"]), Viewer()
    payload = closing_payload(("staff",), "2050-06-01")
    assert [staff.may_see(payload, day=day) for day in (20500531, 20500601)] == [False, True]
    assert not nobody.may_see(payload, day=99990101)
    assert nobody.may_see({})
    assert Viewer(sees_all=True).may_see(payload, day=0)
    assert closing_payload((), "") == {}


def closings(path: Path) -> tuple[dict[str, Closing], list[str]]:
    items = list(open_corpus(path).read())
    documents = [item for item in items if isinstance(item, Document)]
    for document in documents:
        assert "staff" not in document.text
        assert "2050" not in document.text
    notes = [item.text for item in items if isinstance(item, Note)]
    return {d.title: Closing(d.groups, d.closed_until) for d in documents}, notes


STAFF = Closing(("staff",), "2050-12-31")


def test_tables_front_matter_and_sidecars_close_their_documents(tmp_path):
    rows = [("Mill", "staff", "2050"), ("Hall", "", ""), ("Gate", "", "soon")]
    (tmp_path / "t.csv").write_text(
        "title,description,Groups,closedUntil\n"
        + "".join(f"{t},A tall old building.,{g},{u}\n" for t, g, u in rows)
    )
    found, notes = closings(tmp_path / "t.csv")
    assert found == {"Mill": STAFF, "Hall": OPEN_TO_ALL, "Gate": UNREADABLE}
    assert len(notes) == 2
    assert notes[0].startswith("1 documents are closed to everybody")
    assert notes[1].startswith("2 of 3 documents")

    lines = [{"title": t, "text": "A tall building.", "groups": g and [g], "closed_until": u}
             for t, g, u in rows]  # fmt: skip
    (tmp_path / "t.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert closings(tmp_path / "t.jsonl")[0] == found

    folder = tmp_path / "notes"
    folder.mkdir()
    front = "---\ntitle: Mill\ngroups: [staff]\nclosed_until: 2050\n---\nA tall building.\n"
    (folder / "mill.md").write_text(front)
    (folder / "hall.jpg").write_bytes(encoded(photo(1)))
    (folder / "hall.json").write_text('{"title": "Hall", "groups": "staff", "closed_until": 2050}')
    (folder / "gate.jpg").write_bytes(encoded(photo(2)))
    (folder / "gate.json").write_text('{"title": "Gate", "closed_until": 2050')
    found, _ = closings(folder)
    assert found == {"Mill": STAFF, "Hall": STAFF, "Gate": UNREADABLE}


_SAID_OTHERWISE = {
    "quoted.md": '---\n"closed until": 2050\n"Groups": staff\n---\n',
    "indented.md": "---\n  groups : staff\n  closed_until: 2050\n---\n",
    "nested.md": "---\naccess:\n  groups: [staff]\n  closed_until: 2050\n---\n",
    "lines.md": "Groups: staff\nClosed until: 2050\n\n",
    "fenced.txt": "---\ngroups: staff\nclosed_until: 2050\n---\n",
    "toml.txt": '+++\ngroups = "staff"\nclosed_until = 2050\n+++\n',
    "lines.txt": "Groups: staff\nClosed until: 2050\n\n",
}


@pytest.mark.parametrize(("name", "front"), _SAID_OTHERWISE.items(), ids=list(_SAID_OTHERWISE))
def test_a_text_closes_its_document_however_its_front_is_written(tmp_path, name, front):
    """Beside a photo, and as a document of its own."""
    text = front + "A tall old building.\n"
    for beside in (False, True):
        folder = tmp_path / str(beside)
        folder.mkdir()
        (folder / name).write_text(text)
        if beside:
            (folder / name).with_suffix(".jpg").write_bytes(encoded(photo(1)))
        found, _ = closings(folder)
        assert list(found.values()) == [STAFF]


def test_prose_about_groups_and_closing_closes_nothing(tmp_path):
    for name, text in {
        "a.txt": "The bridge was closed until 1950.\n\nGroups: twelve pupils came.\n",
        "b.md": "---\n\nA rule. It was closed until 1950.\n\n---\n\nEthnic groups: two.\n",
        "c.txt": "---\nnot yaml: [\n---\nA tall building.\n",
    }.items():
        (tmp_path / name).write_text(text)
    documents = [item for item in open_corpus(tmp_path).read() if isinstance(item, Document)]
    assert [(d.groups, d.closed_until) for d in documents] == [((), "")] * 3


def test_a_record_closes_its_document_at_any_depth_and_under_any_spelling(tmp_path):
    records = [
        {"access": {"groups": ["staff"], "closed_until": 2050}},
        {"rights": [{"closedUntil": "2050", "groups": "staff"}]},
        {"metadata": [{"label": "Groups", "value": "staff"},
                      {"label": {"en": ["Closed until"]}, "value": {"none": ["2050"]}}]},
        {"ｇｒｏｕｐｓ": "staff", "closed\u00a0until": "2050"},
        {"gro\u200bups": "staff", "my:closed_until": "2050"},
        {"access.groups": "staff", "access/closed until": "2050"},
        {"policy": '{"groups": ["staff"], "closed_until": "2050"}'},
    ]  # fmt: skip
    (tmp_path / "r.json").write_text(
        json.dumps(
            [
                {"title": f"Mill {n}", "text": "A tall old building.", **record}
                for n, record in enumerate(records)
            ]
        )
    )
    found, _ = closings(tmp_path / "r.json")
    assert found == {f"Mill {n}": STAFF for n in range(len(records))}

    (tmp_path / "t.csv").write_text(
        "id,title,text,groups,groups,closed_until,closed_until\n"
        "1,Mill,A tall old building.,,staff,,2050\n2,Hall,A tall old building.,staff,,2050,\n"
    )
    assert closings(tmp_path / "t.csv")[0] == {"Mill": STAFF, "Hall": STAFF}


def test_a_property_of_xmp_that_is_called_so_closes_to_everybody(tmp_path):
    (tmp_path / "mill.jpg").write_bytes(encoded(photo(1)))
    (tmp_path / "mill.xmp").write_text(
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        'xmlns:my="http://example.org/" my:closedUntil="2050"/></rdf:RDF></x:xmpmeta>'
    )
    found, notes = closings(tmp_path)
    assert list(found.values()) == [UNREADABLE]
    assert notes[0].startswith("1 documents are closed to everybody")
