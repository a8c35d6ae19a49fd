"""What a column holds: as the caller says, as guessed, or a mistake."""

import pytest

from knowledge.corpus.columns import NO_COLUMNS, Columns, assign_roles
from knowledge.errors import CorpusError

SAMPLE = {
    "photo": "photos/a.jpg",
    "image": "a.PNG",
    "file": "a.webp",
    "照片": "a.jpg;b.jpg",
    "url": "https://example.org",
    "link": "http://example.org",
    "网址": "https://example.org",
}


def guess(*names, columns=NO_COLUMNS, sample=SAMPLE):
    return assign_roles(columns, names, [sample])


@pytest.mark.parametrize(
    ("names", "columns"),
    [
        (("id", "name", "description"), Columns(id="id", title="name", text=("description",))),
        (("ID", "Title", "Year"), Columns(id="ID", title="Title")),
        (("name", "title"), Columns(title="title")),
        (("object_id", "site_name"), Columns(id="object_id", title="site_name")),
        (("city_name", "Museum Name"), Columns(title="Museum Name")),
        (("file_name", "user name"), NO_COLUMNS),
        (("编号", "名称", "简介"), Columns(id="编号", title="名称", text=("简介",))),
        (("文物名称", "年代"), Columns(title="文物名称")),
        (("caption", "notes"), Columns(text=("caption", "notes"))),
        (("photo", "url", "source"), Columns(photo="photo", url="url", source="source")),
        (("image", "link", "credit"), Columns(photo="image", url="link", source="credit")),
        (("照片", "网址", "来源"), Columns(photo="照片", url="网址", source="来源")),
        (("file", "document"), Columns(photo="file")),
        (("x", "y"), NO_COLUMNS),
    ],
)
def test_well_known_names(names, columns):
    assert guess(*names).columns == columns


def test_what_a_column_holds_must_fit_its_name():
    sample = {"image": "https://example.org/a.jpg", "url": "none", "file": "report.docx"}
    assert guess("image", "url", "file", sample=sample).columns == NO_COLUMNS


def test_what_was_said_is_not_guessed():
    said = Columns(id="key", text=("story",))
    roles = guess("id", "key", "name", "text", "story", columns=said)
    assert roles.columns == Columns(id="key", title="name", text=("story",))
    assert roles.spoken_for == {"key", "name", "story"}


def test_a_guessed_source_stays_in_the_text():
    assert "source" not in guess("name", "source").spoken_for
    assert "source" in guess("name", "source", columns=Columns(source="source")).spoken_for


def test_one_column_may_have_two_roles():
    said = Columns(id="name", title="name")
    assert guess("name", columns=said).columns == said


def test_a_photo_column_can_be_taken_back():
    roles = guess("photo", "name").without_photo()
    assert (roles.columns, roles.spoken_for) == (Columns(title="name"), {"name"})


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (
            Columns(title="titel"),
            "no column 'titel'. Did you mean 'Title'? The columns are 'id', 'Title'.",
        ),
        (Columns(text=("Title", "xyz")), "no column 'xyz'. The columns are 'id', 'Title'."),
    ],
)
def test_a_column_that_is_not_there(said, message):
    with pytest.raises(CorpusError) as raised:
        guess("id", "Title", columns=said)
    assert message in str(raised.value)


def many(make, n=20):
    return [make(i) for i in range(n)]


def roles_of(rows):
    return assign_roles(NO_COLUMNS, list(rows[0]), rows)


def test_a_title_is_never_what_most_rows_have():
    rows = many(lambda i: {"title": "Title supplied.", "object name": f"Bridge {i}", "n": f"A{i}"})
    assert roles_of(rows).columns.title == "object name"
    rows = many(
        lambda i: {"name": f"Bridge {i}", "title": f"The bridge at mile {i}" * (i % 4 == 0)}
    )
    assert roles_of(rows).columns.title == "name"  # fuller, though a less plain label


def test_an_id_is_in_every_row_and_in_none_twice():
    rows = many(lambda i: {"identifier": "A1" if i < 5 else f"A{i}", "object_id": f"x{i}"})
    assert roles_of(rows).columns.id == "object_id"
    rows = many(lambda i: {"identifier": f"A{i}" if i % 2 else "", "objectid": f"x{i}"})
    assert roles_of(rows).columns.id == "objectid"
    rows = many(lambda i: {"negative": f"HB-{i:04}", "what": f"Boats at pier {i}"})
    assert roles_of(rows).columns.id == "negative"


def test_values_speak_where_labels_do_not():
    rows = many(
        lambda i: {
            "c1": f"F-{i:03}",
            "c2": f"Two men beside stall {i}",
            "c3": f"scans/{i}.TIF",
            "c4": f"https://example.org/items/{i}",
            "c5": f"c. 19{i:02}",
            "c6": "It was taken from the tower while the market was being held. " * 2 + str(i),
        }
    )
    found = roles_of(rows).columns
    assert (found.id, found.title, found.photo, found.url) == ("c1", "c2", "c3", "c4")
    assert (found.date, found.text) == (("c5",), ("c6",))


def test_the_four_questions_of_a_photograph():
    rows = many(
        lambda i: {
            "Titel": f"Brücke {i}",
            "Fotograf": "Ida Brand",
            "Aufnahmedatum": f"190{i % 10}",
            "Erwerbungsdatum": "2001",
            "Ort": "Weston",
            "Bundesland": "Ashshire",
            "Rechte": "CC BY 4.0",
        }
    )
    found = roles_of(rows).columns
    assert (found.title, found.creator, found.date) == ("Titel", ("Fotograf",), ("Aufnahmedatum",))
    assert (found.place, found.rights) == (("Ort",), "Rechte")


def test_parts_of_an_address_make_a_place_and_other_languages_other_names():
    rows = many(
        lambda i: {"name_en": f"Gate {i}", "name": f"Tor {i}", "city": "Weston", "country": "UK"}
    )
    found = roles_of(rows).columns
    assert (found.title, found.aliases) == ("name", ("name_en",))
    assert found.place == ("city", "country")


def test_a_role_that_is_settled_is_not_guessed():
    rows = many(lambda i: {"id": f"A{i}", "title": f"Gate {i}", "creator": "X"})
    said = Columns(title="creator", settled=frozenset({"id", "creator"}))
    found = assign_roles(said, list(rows[0]), rows).columns
    assert (found.id, found.title, found.creator) == (None, "creator", ())


@pytest.mark.parametrize(
    "labels",
    [
        ("Nr inw.", "Tytuł", "Autor", "Data powstania", "Miejsce"),
        ("Инвентарный номер", "Название", "Фотограф", "Дата съёмки", "Место съёмки"),
        ("Inv. č.", "Název", "Autor", "Datace", "Místo"),
        ("資料番号", "タイトル", "撮影者", "撮影年月日", "撮影場所"),
        ("Cota", "Título", "Fotógrafo", "Data da fotografia", "Local"),
        ("Inventarisnummer", "Titel", "Fotograaf", "Opnamedatum", "Plaats"),
        ("Inventarienummer", "Benämning", "Fotograf", "Datering", "Plats"),
    ],
)
def test_a_table_of_three_rows_in_other_languages(labels):
    rows = [
        dict(zip(labels, (f"F {i}", name, "I. Wald", "1910", "Weston"), strict=True))
        for i, name in enumerate(("Bridge", "Gate", "Mill"))
    ]
    found = roles_of(rows).columns
    assert (found.id, found.title) == labels[:2]
    assert (found.creator, found.date, found.place) == tuple((label,) for label in labels[2:])


def test_a_place_that_is_an_object_or_of_a_survey():
    rows = [{"title": "Gate", "location": {"city": "Leek", "country": "UK"}}] * 2
    assert roles_of(rows).columns.place == ("location city", "location country")
    survey = [{"locality": "Mill pond", "stateProvince": "Ashshire", "country": "UK"}] * 2
    assert roles_of(survey).columns.place == ("locality", "stateProvince", "country")
