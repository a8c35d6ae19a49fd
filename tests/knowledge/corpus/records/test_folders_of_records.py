"""Folders of records: many files, kinds beside each other, ids that several files use."""

from corpus_samples import image_bytes, read_all, write
from record_samples import EAD_2002, LIDO, MARCXML, MODS, values

from knowledge.corpus import open_corpus


def dc(title, identifier=""):
    return (
        '<dc xmlns="http://purl.org/dc/elements/1.1/">'
        f"<title>{title}</title><identifier>{identifier}</identifier></dc>"
    )


def test_five_hundred_files_are_one_corpus(tmp_path):
    for number in range(500):
        write(
            tmp_path / "c" / f"{number % 7}" / f"r{number}.xml", dc(f"Mill {number}", f"M {number}")
        )
    corpus = open_corpus(tmp_path / "c")
    assert corpus.kind == "records"
    documents, problems = read_all(tmp_path / "c")
    assert len({document.id for document in documents}) == 500
    assert problems == []


def test_each_file_is_read_by_what_it_holds(tmp_path):
    folder = tmp_path / "mixed"
    for name, content in (
        ("a.dat", EAD_2002),
        ("b.xml", MODS),
        ("c.txt.xml", LIDO),
        ("d", MARCXML),
        ("e.html", "<html><title>Page</title><body><p>About it.</p></body></html>"),
        ("f.txt", "A note about the town."),
    ):
        write(folder / name, content)
    write(folder / "loose.jpg", image_bytes())
    documents, problems = read_all(folder)
    assert problems == []
    titles = {document.title for document in documents}
    assert {"Weston Mill Company", "Altes Tor", "Lighthouse at Weston", "Page", "F"} <= titles
    assert "Loose" in titles


def test_a_photo_that_a_record_has_makes_no_document_of_its_own(tmp_path):
    write(tmp_path / "c" / "m1.xml", dc("Mill", "M 1"))
    write(tmp_path / "c" / "m1.jpg", image_bytes())
    write(tmp_path / "c" / "m2.xml", dc("Barn", "M 2"))
    write(tmp_path / "c" / "m2" / "p1.jpg", image_bytes(color="blue"))
    write(tmp_path / "c" / "m2" / "p2.jpg", image_bytes(color="green"))
    mill, barn = read_all(tmp_path / "c")[0]
    assert [photo.path for photo in mill.photos] == ["m1.jpg"]
    assert [photo.path for photo in barn.photos] == ["m2/p1.jpg", "m2/p2.jpg"]


def test_an_id_that_several_files_use_for_different_records(tmp_path):
    write(tmp_path / "c" / "north.xml", dc("Mill", "1"))
    write(tmp_path / "c" / "south.xml", dc("Barn", "1"))
    documents, problems = read_all(tmp_path / "c")
    assert [(document.id, document.title) for document in documents] == [
        ("1", "Mill"),
        ("south/1", "Barn"),
    ]
    assert problems == []


def test_the_same_record_in_two_files_is_told(tmp_path):
    write(tmp_path / "c" / "a.xml", MODS)
    write(tmp_path / "c" / "b.xml", MODS)
    documents, (problem,) = read_all(tmp_path / "c")
    assert len(documents) == 1
    assert (problem.path, "'a.xml'" in problem.reason) == ("b.xml", True)


def test_files_of_an_unknown_kind_are_a_record_each(tmp_path):
    for number in range(3):
        text = (
            f"<thing><name>Mill {number}</name><maker>Ada</maker><year>185{number}</year></thing>"
        )
        write(tmp_path / "c" / f"t{number}.xml", text)
    documents, problems = read_all(tmp_path / "c")
    assert [document.title for document in documents] == ["Mill 0", "Mill 1", "Mill 2"]
    assert values(documents[1], "Year") == ["1851"]
    assert problems == []


def test_a_broken_file_is_named_and_the_others_are_read(tmp_path):
    write(tmp_path / "c" / "a.xml", MODS)
    write(tmp_path / "c" / "b.xml", MODS[:400])
    write(tmp_path / "c" / "c.docx", b"PK\x03\x04nothing")
    documents, problems = read_all(tmp_path / "c")
    assert len(documents) == 1
    assert {problem.path.partition(",")[0] for problem in problems} == {"b.xml", "c.docx"}


def test_metadata_of_photos_and_layouts_are_no_records(tmp_path):
    write(tmp_path / "c" / "a.jpg", image_bytes())
    write(tmp_path / "c" / "a.xmp", '<x:xmpmeta xmlns:x="adobe:ns:meta/"><a/></x:xmpmeta>')
    write(tmp_path / "c" / "page.xml", "<alto><Layout><Page/></Layout></alto>")
    corpus = open_corpus(tmp_path / "c")
    assert corpus.kind == "photos"
