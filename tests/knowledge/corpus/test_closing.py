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
