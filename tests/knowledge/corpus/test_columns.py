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
