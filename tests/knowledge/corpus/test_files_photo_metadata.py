"""Photos of a folder with what they carry, and with the files of programs beside them."""

import json

import pytest
from corpus_samples import image_bytes, read_all, write
from photo_metadata_samples import exif_of, iptc_bytes, jpeg_with, xmp_packet
from PIL.ExifTags import Base

XMP = xmp_packet(
    """<dc:creator><rdf:Seq><rdf:li>Clara Vogt</rdf:li></rdf:Seq></dc:creator>
    <dc:subject><rdf:Bag><rdf:li>rain</rdf:li></rdf:Bag></dc:subject>
    <dc:rights><rdf:Alt><rdf:li xml:lang="x-default">© 1998 Town Archive</rdf:li></rdf:Alt>
    </dc:rights>
    <Iptc4xmpExt:PersonInImage><rdf:Bag><rdf:li>Otto Brandt</rdf:li></rdf:Bag>
    </Iptc4xmpExt:PersonInImage>""",
    attributes='photoshop:Credit="Town Archive" photoshop:City="Weimar" '
    'photoshop:Country="Germany"',
)
IPTC = iptc_bytes([(5, "Rain"), (55, "19310512"), (80, "CLARA VOGT"), (120, "The market hall.")])
EXIF = exif_of(
    {Base.ImageDescription: "The market hall", Base.Artist: "Clara Vogt"},
    position=((50.0, 58.0, 48.0), "N", (11.0, 19.0, 48.0), "E"),
)
BOMB = b"""<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>"""


def only(root):
    documents, problems = read_all(root)
    assert not problems
    (document,) = documents
    return document


def test_all_that_a_photo_carries(tmp_path):
    write(tmp_path / "hall.jpg", jpeg_with(exif=EXIF, iptc=IPTC, xmp=XMP))
    document = only(tmp_path)
    assert document.text == (
        "Title: Rain.\n"
        "Description: The market hall.\n"
        "People in the picture: Otto Brandt.\n"
        "Taken: 12 May 1931.\n"
        "Place: Weimar, Germany.\n"
        "Position: 50.98° N, 11.33° E.\n"
        "Photographer: Clara Vogt.\n"
        "Keywords: rain.\n"
        "Credit: Town Archive.\n"
        "Rights: © 1998 Town Archive."
    )
    assert document.title == "Rain"
    assert document.source == "Clara Vogt, Town Archive, hall.jpg"
    assert document.rights == "© 1998 Town Archive"
    assert document.place == "Weimar, Germany"
    assert document.tags == ("rain",)
    said = {field.label: field.value for field in document.fields}
    assert said["Photographer"] == "Clara Vogt"
    for field in document.fields:
        line = document.text[field.start : field.end]
        assert line.startswith(f"{field.label}: ")
        assert field.value in line


@pytest.mark.parametrize("name", ["hall.xmp", "hall.jpg.xmp", "HALL.XMP"])
def test_xmp_beside_the_photo_goes_before_what_is_in_it(tmp_path, name):
    write(tmp_path / "hall.jpg", jpeg_with(iptc=iptc_bytes([(80, "Nobody"), (120, "A hall")])))
    write(tmp_path / name, XMP)
    document = only(tmp_path)
    assert "Photographer: Clara Vogt, Nobody." in document.text.split("\n")
    assert "Description: A hall." in document.text.split("\n")


def test_texts_beside_go_before_all(tmp_path):
    write(tmp_path / "hall.jpg", jpeg_with(iptc=IPTC))
    about = {
        "title": "The hall",
        "text": "The market hall. It burnt down.",
        "Photographer": "Nobody",
    }
    write(tmp_path / "hall.json", json.dumps(about))
    document = only(tmp_path)
    assert document.title == "The hall"
    assert document.text.startswith("The market hall. It burnt down.\n\nPhotographer: Nobody.\n")
    assert "Description" not in document.text
    assert "Photographer: CLARA VOGT." in document.text.split("\n")


def test_an_export_with_copies(tmp_path):
    for name, person in (("a.jpg", "Emma Lind"), ("a(1).jpg", "Otto Brandt")):
        write(tmp_path / name, image_bytes(color="red" if "1" in name else "blue"))
        about = {
            "title": "a.jpg",
            "people": [{"name": person}],
            "photoTakenTime": {"timestamp": "1557000672"},
            "url": "https://photos.google.com/photo/x",
        }
        note = name.replace("a(1).jpg", "a.jpg(1)") + ".json"
        write(tmp_path / note, json.dumps(about))
    write(tmp_path / "metadata.json", json.dumps({"title": "Holidays", "description": ""}))
    documents, problems = read_all(tmp_path)
    assert not problems
    assert {document.id: document.text for document in documents} == {
        "a": "People in the picture: Emma Lind.\nTaken: 4 May 2019, 20:11 (UTC).",
        "a(1)": "People in the picture: Otto Brandt.\nTaken: 4 May 2019, 20:11 (UTC).",
    }
    assert [document.url for document in documents] == [None, None]


def test_one_photo_with_its_export(tmp_path):
    photo = write(tmp_path / "a(1).jpg", image_bytes())
    write(tmp_path / "a.jpg(1).json", json.dumps({"people": [{"name": "Emma"}], "imageViews": "1"}))
    write(tmp_path / "a(1).xmp", XMP)
    documents, problems = read_all(photo)
    assert not problems
    assert "People in the picture: Otto Brandt, Emma." in documents[0].text.split("\n")


@pytest.mark.parametrize(
    ("data", "reason"), [(BOMB, "refused"), (b"no XML", "damaged"), (b"", "damaged")]
)
def test_xmp_that_cannot_be_read_is_named_and_the_photo_is_indexed(tmp_path, data, reason):
    write(tmp_path / "hall.jpg", jpeg_with(exif=EXIF))
    write(tmp_path / "hall.xmp", data)
    documents, problems = read_all(tmp_path, name="town")
    assert [document.id for document in documents] == ["hall"]
    assert "Description: The market hall." in documents[0].text
    assert [(problem.path, problem.document_id) for problem in problems] == [
        ("hall.xmp", "town/hall")
    ]
    assert reason in problems[0].reason


def test_a_bomb_inside_a_photo_is_named_and_the_photo_is_indexed(tmp_path):
    write(tmp_path / "hall.jpg", jpeg_with(exif=EXIF, xmp=BOMB))
    documents, problems = read_all(tmp_path)
    assert [document.id for document in documents] == ["hall"]
    assert [problem.path for problem in problems] == ["hall.jpg"]
    assert "refused" in problems[0].reason


def test_xmp_about_nothing_is_left_out_and_logged(tmp_path, caplog):
    write(tmp_path / "hall.jpg", image_bytes())
    write(tmp_path / "other.xmp", XMP)
    assert "Vogt" not in only(tmp_path).text
    assert "other.xmp" in caplog.text


def test_a_photo_that_says_nothing_is_as_before(tmp_path):
    write(tmp_path / "old_gate.jpg", jpeg_with(exif=exif_of({Base.Software: "Camera 1.0"})))
    document = only(tmp_path)
    assert (document.title, document.text, document.source) == (
        "Old gate",
        "Photo file: Old gate.",
        "old_gate.jpg",
    )
