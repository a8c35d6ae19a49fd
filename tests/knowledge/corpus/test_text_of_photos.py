"""What was read from photos, in a document's text: every line stands where it is said."""

from hypothesis import given
from hypothesis import strategies as st

from knowledge.corpus import with_picture_text
from knowledge.documents import Document, Page, Photo
from knowledge.picture_text import (
    Box,
    PictureText,
    TextLine,
    picture_place_from_payload,
    picture_place_payload,
    picture_text_from_payload,
    picture_text_payload,
)

BOX = Box(0.1, 0.2, 0.3, 0.05)


def read(*lines: str, certainty: float = 0.9) -> PictureText:
    return PictureText("cells 1", 90, tuple(TextLine(line, BOX, certainty) for line in lines))


def document(text: str = "", *paths: str, language: str = "en", pages=()) -> Document:
    photos = tuple(Photo(path, path) for path in paths or ("a.jpg",))
    return Document("c", "d", "Title", text, language, photos=photos, pages=pages)


@given(
    text=st.sampled_from(["", "A text of its own.\n\nTwo paragraphs."]),
    lines=st.lists(st.text(min_size=1, max_size=80), max_size=12),
)
def test_every_line_stands_where_it_is_said(text, lines):
    whole, sections, _ = with_picture_text(document(text), {0: read(*lines)})
    assert whole.text.startswith(text)
    wanted = [" ".join(words) for line in lines if (words := kept(line).split())]
    placed = [line for section in sections for line in section.lines]
    assert [whole.text[line.start : line.end] for line in placed] == wanted
    for section in sections:
        assert section.start >= len(text) + (2 if text else 0)
        assert all(section.start <= line.start < line.end <= section.end for line in section.lines)


def kept(line: str) -> str:
    from knowledge.corpus import one_line

    return one_line(line)


def test_wrapped_lines_are_one_sentence_and_short_ones_are_not():
    whole, *_ = with_picture_text(
        document(),
        {0: read("The bridge over the river was opened", "in the spring of 1888 by the mayor of",
                 "the town, John Hale.", "Plate 7")},
    )  # fmt: skip
    assert whole.text == (
        "The bridge over the river was opened in the spring of 1888 by the mayor of the town, "
        "John Hale.\nPlate 7"
    )


def test_a_photo_without_text_changes_nothing():
    before = document("Own text.")
    assert with_picture_text(before, {0: read()}) == (before, (), ())
    assert with_picture_text(before, {}) == (before, (), ())


def test_a_scanned_page_has_its_number():
    scan = document("", "scan.pdf#page=1", "scan.pdf#page=2")
    whole, sections, _ = with_picture_text(scan, {1: read("Second leaf"), 0: read("First leaf")})
    assert whole.text == "First leaf\n\nSecond leaf"
    assert whole.pages == (Page(1, 0, 10), Page(2, 12, 23))
    assert whole.page_at(12) == 2
    assert whole.page_at(10) is None
    assert [section.photo for section in sections] == [0, 1]


def test_what_a_page_holds_as_text_is_not_read_into_it_again():
    text = "Plate 4. The mill.\n\nLong text of page five."
    plate = document(text, "book.pdf#page=4", pages=(Page(4, 0, 18), Page(5, 20, 43)))
    whole, *_ = with_picture_text(plate, {0: read("PLATE 4.", "The Mill", "Engraved by R. Stone")})
    assert whole.text == text + "\n\nEngraved by R. Stone"
    assert whole.pages[-1] == Page(4, 45, 65)


def test_a_document_without_text_of_its_own_has_the_language_of_what_was_read():
    chinese, *_ = with_picture_text(document(), {0: read("永安桥重修碑记")})
    german, *_ = with_picture_text(document(language="de"), {0: read("Erbaut im Jahre 1898")})
    own, *_ = with_picture_text(document("Own text."), {0: read("永安桥重修碑记")})
    assert (chinese.language, german.language, own.language) == ("zh", "de", "en")


def test_the_place_of_a_part_has_the_lines_of_that_part():
    whole, (section,), _ = with_picture_text(document(), {0: read("CORN EXCHANGE", "Erected 1897")})
    start = whole.text.index("Erected")
    place = section.place("photo-1", start, start + 4)
    assert [(line.start, line.end) for line in place.lines] == [(start, len(whole.text))]
    assert (place.photo_id, place.turn, place.certainty) == ("photo-1", 90, 0.9)
    assert place.within(0, start - 1) is None
    assert picture_place_from_payload(picture_place_payload(place)) == place


def test_what_was_read_is_stored_and_comes_back():
    text = read("CORN EXCHANGE", "一九一二年")
    assert picture_text_from_payload(picture_text_payload(text)) == text


def test_what_finds_no_room_is_named():
    scan = document("Own.", "s.pdf#page=1", "s.pdf#page=2", "s.pdf#page=3")
    texts = {0: read("Fits"), 1: read("A line that is too long"), 2: read("Fits")}
    whole, sections, left_out = with_picture_text(scan, texts, most_chars=20)
    assert whole.text == "Own.\n\nFits\n\nFits"
    assert ([section.photo for section in sections], left_out) == ([0, 2], (1,))
