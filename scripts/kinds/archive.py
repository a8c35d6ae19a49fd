"""The kind `archive`: a made table of a city archive's photographs, as such tables come.

Invented city, people and numbers. The table has dates of all sorts, blanks, `n/a`, titles that
stand on thirty rows, and numbers of several kinds; its questions are labelled from its own rows.
Nothing here is used to train a reader.
"""

import csv
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from kinds.corpus import label, write_lines

ROWS = 2_000
QUESTIONS = 150
_UNANSWERABLE_SHARE = 0.4

COLUMNS = (
    "reference_code", "image_title", "photographer", "date", "fonds", "series", "box", "item",
    "address", "dimensions", "medium", "copyright", "condition", "notes",
)  # fmt: skip

_EMPTY = ("", "", "", "n/a", "N/A", "-", "unknown", "not recorded")
_STREETS = (
    "Main Street", "Harbour Road", "Pender Row", "Gastown Lane", "Quarry Hill", "Cordwainer Street",
    "Bellevue Avenue", "Tannery Street", "Kingsway", "Lockkeeper's Walk", "Chandler Street",
    "Granary Street", "Third Avenue", "Observatory Road", "Salt Street", "Orchard Crescent",
)  # fmt: skip
_PEOPLE = (
    "Hanna Lindqvist", "W. J. Moorehouse", "Tobias Achterberg", "Ida Pelletier", "Chen Wing-fai",
    "Rosalind Okafor", "Major J. S. Matthewson", "Stuart Thomsen", "Leonard Frankel",
    "Philip Timmons", "Yoshio Nakagawa", "Dominion Photo Works", "Bailey Brothers Studio",
    "Agnes Dunsmuir", "Percy Bentall-Lowe", "Harriet Zubrowski", "C. Bradbury", "Emil Hartvigsen",
    "Pacific Airviews Ltd.", "Margarethe Toll", "J. D. Hammersley", "Otto Landauer",
)  # fmt: skip
_FAMILY = (
    "Abernathy", "Bergqvist", "Castellane", "Dhaliwal", "Eggleston", "Fairweather", "Galbraith",
    "Hirota", "Ingersoll", "Jankowski", "Kavanagh", "Lavallee", "McTaggart", "Norquay", "Oppenheim",
    "Prudhomme", "Quennell", "Rasmussen", "Sinclair", "Tregillus", "Umansky", "Vandersloot",
    "Wickenden", "Yeomans", "Zimmerling",
)  # fmt: skip
_TRADES = (
    "Bakery", "Brewery", "Hotel", "Shoe Repair", "Drug Store", "Iron Works", "Cannery", "Theatre",
    "Garage", "Sawmill", "Laundry", "Dairy", "Bottling Works", "Department Store", "Boat Yard",
)  # fmt: skip
_SHIPS = (
    "S.S. Cassiar Maid", "M.V. Northern Spray", "S.S. Lady Estevan", "tug Ivanhoe II",
    "ferry North Sannich", "S.S. Empress of Kobe", "schooner Thermopylae Lass", "S.S. Beaver Point",
)  # fmt: skip
_EVENTS = (
    "Labour Day parade", "Royal visit", "Fire at the grain elevator", "Opening of the swing bridge",
    "Peace celebrations", "Sea Festival", "Snow clearing", "Streetcar accident", "Regatta",
)  # fmt: skip
_VIEWS = ("Exterior of", "Interior of", "Staff of", "Delivery wagon of", "Fire damage at")
_DIRECTIONS = ("north", "south", "east", "west")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_FONDS = (
    "Moorehouse Studio fonds", "City Engineer's Department fonds", "Matthewson collection",
    "Port Alder Board of Trade fonds", "Parks Commission fonds", "Alder Daily Courier fonds",
)  # fmt: skip
_MEDIA = (
    "b&w negative, glass plate", "b&w print, silver gelatin", "nitrate negative", "cyanotype",
    "colour transparency", "postcard, collotype", "lantern slide, hand-coloured", "albumen print",
)  # fmt: skip
_SIZES = (
    "20.5 x 25 cm", "12 x 17 cm", "8 x 10 in.", "4 x 5 in.", "9 x 14 cm", "35 mm", "16.5 x 21.5 cm",
)  # fmt: skip
_RIGHTS = (
    "Public domain",
    "City of Port Alder",
    "Restrictions apply",
    "Estate of the photographer",
)
_CONDITIONS = ("good", "fair", "corner missing", "foxing along the left edge", "emulsion lifting")
_NOTES = (
    "Stamped on verso: {}", "Caption taken from the negative envelope", "Donated by the {} family",
    "Copy print; the original is with {}", "See also item {}", "Lettered in white ink: No. {}",
    "Possibly taken from the roof of {}", "Printed in the Courier",
)  # fmt: skip

ASKED: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "photographer": (
        ("Who took “{}”?", "Who was the photographer of “{}”?", "Who photographed “{}”?",
         "“{}” – whose picture is it?"),
        ("“{}”是谁拍的？", "“{}”的摄影者是谁？", "谁拍了“{}”这张照片？"),
    ),
    "date": (
        ("When was “{}” taken?", "What is the date of “{}”?", "From when is the photo “{}”?"),
        ("“{}”是什么时候拍的？", "“{}”的拍摄日期是什么？"),
    ),
    "fonds": (
        ("Which fonds does “{}” belong to?", "In which fonds is “{}”?"),
        ("“{}”属于哪个全宗？",),
    ),
    "box": (
        ("Which box is “{}” in?", "What is the box number of “{}”?"),
        ("“{}”在哪个盒子里？", "“{}”的盒号是多少？"),
    ),
    "item": (("What is the item number of “{}”?",), ("“{}”的件号是多少？",)),
    "reference_code": (
        ("What is the reference code of “{}”?", "Under which code is “{}” filed?"),
        ("“{}”的档号是什么？",),
    ),
    "address": (
        ("At which address was “{}” taken?", "What address is given for “{}”?"),
        ("“{}”的地址是哪里？",),
    ),
    "dimensions": (
        ("How big is “{}”?", "What are the dimensions of “{}”?"),
        ("“{}”的尺寸是多少？", "“{}”有多大？"),
    ),
    "medium": (
        ("What kind of negative or print is “{}”?", "What is the medium of “{}”?"),
        ("“{}”是什么材质的底片或照片？",),
    ),
    "copyright": (("Who holds the copyright of “{}”?",), ("“{}”的版权归谁？",)),
    "condition": (("What condition is “{}” in?",), ("“{}”的保存状况怎样？",)),
    "notes": (("What does the note on “{}” say?",), ("“{}”的备注写了什么？",)),
}  # fmt: skip
"""Column → its questions in English and in Chinese; `{}` is the photograph's title or code."""

_SHOWN = (
    ("What does photograph {} show?", "What is the title of {}?"),
    ("{}这张照片拍的是什么？", "档号{}的题名是什么？"),
)
_NOT_IN_TABLE = (
    ("How much did “{}” cost?", "Which camera was “{}” taken with?", "Who restored “{}”?"),
    ("“{}”当年卖多少钱？", "“{}”是用什么相机拍的？"),
)
_BY_ANOTHER = (
    ("When did {other} take “{title}”?", "In which box is {other}'s photograph “{title}”?"),
    ("{other}是什么时候拍的“{title}”？",),
)
_WRONG_CODE = (
    ("Who took “{title}”, {code}?", "When was {code}, “{title}”, taken?"),
    ("档号{code}的“{title}”是谁拍的？",),
)
_NO_SUCH_BOX = (("What is in box {box}?", "Which photos are kept in box {box}?"),
                ("{box}号盒里有什么？",))  # fmt: skip
_WHICH_OF_MANY = (
    ("Who took “{title}”, number {code}?", "Who photographed {code}, “{title}”?"),
    ("档号{code}的“{title}”是谁拍的？",),
)
_YEAR_OF_MANY = (("Who took the {year} photograph “{title}”?",), ("{year}年的“{title}”是谁拍的？",))

Row = dict[str, str]


def make_archive(out: Path, *, seed: int) -> list[str]:
    """Write the table and its questions.

    Returns:
        The table's name.

    Raises:
        OSError: they cannot be written.
    """
    random = Random(seed)
    rows = make_rows(random)
    out.mkdir(parents=True, exist_ok=True)
    with (out / "photographs.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    write_lines(out / "questions" / "testset.jsonl", make_questions(random, rows))
    return ["photographs.csv"]


def make_rows(random: Random) -> list[Row]:
    """The table's rows, in the order of their reference codes."""
    titles = _titles(random)
    rows: list[Row] = []
    for number in range(1, ROWS + 1):
        fonds = random.choice(_FONDS)
        series = random.randrange(1, 9)
        item = random.choice((f"{number}", f"{number}.{random.randrange(1, 10)}", f"P{number}"))
        row = {
            "reference_code": f"PA{_FONDS.index(fonds) + 11}-S{series}-{number:04}",
            "image_title": titles[number - 1],
            "photographer": random.choice(_PEOPLE),
            "date": _date(random),
            "fonds": fonds,
            "series": f"S{series}",
            "box": _box(random, 100, 340),
            "item": item,
            "address": f"{random.randrange(2, 1800)} {random.choice(_STREETS)}",
            "dimensions": random.choice(_SIZES),
            "medium": random.choice(_MEDIA),
            "copyright": random.choice(_RIGHTS),
            "condition": random.choice(_CONDITIONS),
            "notes": random.choice(_NOTES).format(random.choice((*_FAMILY, *_PEOPLE))),
        }  # fmt: skip
        blanks = {"photographer": 0.2, "date": 0.1, "address": 0.4, "dimensions": 0.25,
                  "copyright": 0.1, "condition": 0.3, "notes": 0.6}  # fmt: skip
        rows.append(
            {
                name: random.choice(_EMPTY) if random.random() < blanks.get(name, 0.0) else value
                for name, value in row.items()
            }
        )
    return rows


def make_questions(random: Random, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Labelled questions on the rows; a row's document has its reference code for an id."""
    counts = Counter(row["image_title"] for row in rows)
    single = [row for row in rows if counts[row["image_title"]] == 1]
    many = [row for row in rows if counts[row["image_title"]] >= 10]
    answerable = [_field, _field, _field, _field, _shown, _code_of_many, _year_of_many]
    unanswerable = [_empty, _empty, _not_in_table, _by_another, _wrong_code, _no_code, _no_box]
    made: list[dict[str, Any]] = []
    asked: set[str] = set()
    while len(made) < QUESTIONS:
        has_answer = random.random() >= _UNANSWERABLE_SHARE
        make: Callable[..., tuple[str, Row | None, str] | None]
        make = random.choice(answerable if has_answer else unanswerable)
        language = random.choice(("en", "en", "zh"))
        found = make(random, 0 if language == "en" else 1, single, many, rows)
        if found is None or found[0] in asked:
            continue
        question, row, value = found
        asked.add(question)
        made.append(
            label(
                f"archive-{len(made) + 1:03}", question, language,
                document=None if row is None else row["reference_code"],
                values=[value] if value else [],
            )
        )  # fmt: skip
    return made


Made = tuple[str, Row | None, str] | None
"""A question, the row that it is about and the value that answers, "" where nothing does."""
Rows = Sequence[Row]


def _field(random: Random, in_: int, single: Rows, _many: Rows, _rows: Rows) -> Made:
    row, name = random.choice(single), random.choice(list(ASKED))
    if row[name] in _EMPTY:
        return None
    return random.choice(ASKED[name][in_]).format(row["image_title"]), row, row[name]


def _shown(random: Random, in_: int, _single: Rows, _many: Rows, rows: Rows) -> Made:
    row = random.choice(rows)
    return random.choice(_SHOWN[in_]).format(row["reference_code"]), row, row["image_title"]


def _code_of_many(random: Random, in_: int, _single: Rows, many: Rows, _rows: Rows) -> Made:
    row = random.choice(many)
    if row["photographer"] in _EMPTY:
        return None
    question = random.choice(_WHICH_OF_MANY[in_])
    title, code = row["image_title"], row["reference_code"]
    return question.format(title=title, code=code), row, row["photographer"]


def _year_of_many(random: Random, in_: int, _single: Rows, many: Rows, _rows: Rows) -> Made:
    row = random.choice(many)
    year = row["date"]
    others = [other for other in many if other["image_title"] == row["image_title"]]
    if not year.isdigit() or sum(year in other["date"] for other in others) != 1:
        return None
    if row["photographer"] in _EMPTY:
        return None
    question = random.choice(_YEAR_OF_MANY[in_])
    return question.format(title=row["image_title"], year=year), row, row["photographer"]


def _empty(random: Random, in_: int, single: Rows, _many: Rows, _rows: Rows) -> Made:
    row, name = random.choice(single), random.choice(list(ASKED))
    if row[name] not in _EMPTY:
        return None
    return random.choice(ASKED[name][in_]).format(row["image_title"]), row, ""


def _not_in_table(random: Random, in_: int, single: Rows, _many: Rows, _rows: Rows) -> Made:
    row = random.choice(single)
    return random.choice(_NOT_IN_TABLE[in_]).format(row["image_title"]), row, ""


def _by_another(random: Random, in_: int, single: Rows, _many: Rows, _rows: Rows) -> Made:
    row, other = random.choice(single), random.choice(_PEOPLE)
    if row["photographer"] in (other, *_EMPTY):
        return None
    question = random.choice(_BY_ANOTHER[in_])
    return question.format(other=other, title=row["image_title"]), row, ""


def _wrong_code(random: Random, in_: int, single: Rows, _many: Rows, rows: Rows) -> Made:
    row, other = random.choice(single), random.choice(rows)
    if other is row:
        return None
    question = random.choice(_WRONG_CODE[in_])
    return question.format(title=row["image_title"], code=other["reference_code"]), row, ""


def _no_code(random: Random, in_: int, _single: Rows, _many: Rows, _rows: Rows) -> Made:
    code = f"PA{random.randrange(11, 17)}-S{random.randrange(1, 9)}-{random.randrange(5000, 9999)}"
    name = random.choice(("photographer", "date", "box"))
    return random.choice(ASKED[name][in_]).format(code), None, ""


def _no_box(random: Random, in_: int, _single: Rows, _many: Rows, _rows: Rows) -> Made:
    box = _box(random, 400, 990)
    return random.choice(_NO_SUCH_BOX[in_]).format(box=box), None, ""


def _titles(random: Random) -> list[str]:
    """A title for each row: views of thirty and ten rows of one title, then ones of a few rows."""
    titles = [f"{street} looking {direction}" for street, direction in
              zip(_STREETS, _DIRECTIONS * 4, strict=True)]  # fmt: skip
    drawn = [title for place, title in enumerate(titles) for _ in range(30 if place < 4 else 10)]
    while len(drawn) < ROWS:
        family, trade = random.choice(_FAMILY), random.choice(_TRADES)
        street, ship = random.choice(_STREETS), random.choice(_SHIPS)
        drawn.append(
            random.choice(
                (
                    f"{random.choice(_VIEWS)} {family}'s {trade}",
                    f"{family} and {random.choice(_FAMILY)}'s {trade} on {street}",
                    f"{ship} at Pier {random.randrange(1, 30)}",
                    f"{random.choice(_EVENTS)}, {street}",
                    f"Portrait of {random.choice(('Mrs.', 'Dr.', 'Capt.', 'Ald.'))} {family}",
                    f"{family} residence, {street}",
                    f"{street} School, Grade {random.randrange(1, 9)} class",
                    f"{family}'s {trade} and the corner of {street} and {random.choice(_STREETS)}",
                )
            )
        )
    random.shuffle(drawn)
    return drawn


def _box(random: Random, first: int, last: int) -> str:
    return f"{random.randrange(first, last)}-{random.choice('ABCDEF')}-{random.randrange(1, 9):02}"


def _date(random: Random) -> str:
    year, other = random.randrange(1886, 1985), random.randrange(1, 9)
    month, day = random.randrange(12), random.randrange(1, 29)
    return random.choice(
        (
            f"{year}", f"{year}", f"{year}", f"ca. {year}", f"[{year}?]", f"[{year}]",
            f"{_MONTHS[month]} {day}, {year}", f"{year}-{month + 1:02}-{day:02}",
            f"{_MONTHS[month][:3]}. {year}", f"between {year} and {year + other}",
            f"{year // 10}-", f"before {year}", f"{year}-{year + other}", f"Summer {year}",
        )
    )  # fmt: skip
