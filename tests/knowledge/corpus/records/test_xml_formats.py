"""EAD, METS, MODS, Dublin Core, OAI, RDF, LIDO: small records with what must be read of them."""

import pytest
from corpus_samples import image_bytes, write
from record_samples import (
    EAD_3,
    EAD_2002,
    LIDO,
    METS,
    MODS,
    OAI,
    RDF,
    read_file,
    read_one,
    values,
)


def by_id(documents):
    return {document.id: document for document in documents}


def test_ead_gives_every_component(tmp_path):
    write(tmp_path / "pictures" / "north_front.jpg", image_bytes())
    documents, problems = read_file(tmp_path / "aid.xml", EAD_2002)
    assert problems == []
    found = by_id(documents)
    assert len(found) == len(documents) == 4
    item = found["ms12/i1"]
    assert item.title == "North front of the mill"
    assert values(item, "Fonds") == ["Weston Mill Company"]
    assert values(item, "Series") == ["Photographs"]
    assert values(item, "Identifier") == ["MS 12/1/1"]
    assert values(item, "Date") == ["about 1900"]
    assert values(item, "Normalised date") == ["1895/1905"]
    assert values(item, "Photographer") == ["Example, Ada"]
    assert values(item, "Container") == ["Box 2", "Folder 7"]
    assert values(item, "Subject") == ["Mills"]
    assert item.place == "Weston"
    assert item.language == "de"
    assert item.rights == "Copies for study only."
    assert item.source == "Weston Town Archive, Weston Mill Company, Photographs, MS 12/1/1"
    assert [photo.path for photo in item.photos] == ["pictures/north_front.jpg"]


def test_an_ead_component_without_a_title_has_that_of_its_series_and_its_date(tmp_path):
    documents, _ = read_file(tmp_path / "aid.xml", EAD_2002)
    untitled = documents[1]
    assert untitled.title == "Photographs, 1912"
    assert "Date: 1912." in untitled.text


def test_ead_describes_the_fonds_as_well(tmp_path):
    fonds = by_id(read_file(tmp_path / "aid.xml", EAD_2002)[0])["ms12"]
    assert fonds.text.startswith("The company was founded in 1850.\n\nIt closed in 1931.")
    assert values(fonds, "Extent") == ["3 boxes", "30 x 40 cm"]
    assert values(fonds, "Creator") == ["Weston Mill Company"]
    assert values(fonds, "Language") == ["German"]
    assert fonds.url == "https://archive.example/fa/ms12"


def test_ead3(tmp_path):
    letters, papers = read_file(tmp_path / "aid.xml", EAD_3)[0]
    assert papers.id == "x-7"
    assert values(papers, "Date") == ["1901–1950"]
    assert values(papers, "Extent") == ["4 linear metres"]
    assert values(letters, "Author") == ["Example, B., 1880-1950"]
    assert values(letters, "Collection") == ["B. Example papers"]
    assert letters.language == "en"


def test_mods(tmp_path):
    document = read_one(tmp_path / "55.xml", MODS)
    assert document.id == "rec55"
    assert document.title == "The corn exchange: view from the market"
    assert document.aliases == ("Die Getreidebörse",)
    assert document.text.startswith("The hall with its clock.")
    assert values(document, "Photographer") == ["Example, Ada, 1870-1940"]
    assert values(document, "Date") == ["ca. 1901/ca. 1905"]
    assert values(document, "Subject") == ["Markets – 1900s"]
    assert values(document, "Identifier") == ["WTA 55"]
    assert values(document, "Call number") == ["Drawer 3"]
    assert values(document, "Collection") == ["Market photographs"]
    assert values(document, "Series") == ["Prints"]
    assert document.place == "Weston, Exampleland"
    assert document.rights == "Public domain"
    assert document.url == "https://archive.example/item/55"
    assert document.source == "Weston Town Archive, Market photographs, Prints, WTA 55"


def test_a_collection_of_mods(tmp_path):
    other = MODS.replace("rec55", "rec56").replace("WTA 55", "WTA 56")
    text = f'<modsCollection xmlns="http://www.loc.gov/mods/v3">{MODS}{other}</modsCollection>'
    documents, problems = read_file(tmp_path / "all.xml", text)
    assert [document.id for document in documents] == ["rec55", "rec56"]
    assert problems == []


def test_mets_is_its_logical_object_with_the_best_pictures_that_are_there(tmp_path):
    write(tmp_path / "master" / "p1.jpg", image_bytes())
    write(tmp_path / "master" / "p2.jpg", image_bytes(color="blue"))
    write(tmp_path / "thumbs" / "p1.jpg", image_bytes(color="green"))
    document = read_one(tmp_path / "mets.xml", METS)
    assert document.title == "The corn exchange: view from the market"
    assert values(document, "Identifier") == ["WTA 55", "obj-55"]
    assert [photo.path for photo in document.photos] == ["master/p1.jpg", "master/p2.jpg"]


def test_a_whole_answer_of_an_oai_server(tmp_path):
    (bridge, toll_house), problems = read_file(tmp_path / "oai.xml", OAI)
    assert problems == []
    assert bridge.id == "oai:archive.example:1"
    assert bridge.title == "Stone bridge"
    assert bridge.aliases == ("Pont de pierre",)
    assert bridge.language == "en"
    assert bridge.text.startswith("It was widened in 1930.")
    assert values(bridge, "Creator") == ["Example, Ada", "Example, Bert"]
    assert values(bridge, "Identifier") == ["WTA 9"]
    assert values(bridge, "Language") == ["French"]
    assert values(bridge, "Set") == ["bridges"]
    assert bridge.url == "https://archive.example/item/9"
    assert bridge.rights == "Public domain"
    assert toll_house.title == "Toll house"


def test_an_error_of_an_oai_server_is_told(tmp_path):
    answer = '<error code="badArgument">No such set</error>'
    text = f'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">{answer}</OAI-PMH>'
    documents, (problem,) = read_file(tmp_path / "oai.xml", text)
    assert documents == []
    assert "badArgument: No such set" in problem.reason


def test_dublin_core_alone_and_in_a_list(tmp_path):
    dc = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
    one = (
        "<{0}><dc:identifier>X 1</dc:identifier><dc:title>{1}</dc:title>"
        "<dcterms:spatial>Weston</dcterms:spatial><dcterms:isPartOf>Mills</dcterms:isPartOf></{0}>"
    )
    text = f"<things {dc}>{one.format('thing', 'First')}{one.format('thing', 'Second')}</things>"
    first, second = read_file(tmp_path / "list.xml", text)[0]
    assert (first.id, second.id) == ("X 1", "X 1~2")
    assert (first.title, second.title) == ("First", "Second")
    assert first.place == "Weston"
    assert values(first, "Collection") == ["Mills"]


def test_rdf_names_what_a_record_refers_to(tmp_path):
    write(tmp_path / "tower_4.jpg", image_bytes())
    document = read_one(tmp_path / "edm.rdf", RDF)
    assert document.id == "cho/4"
    assert document.title == "Water tower"
    assert values(document, "Creator") == ["Example, Carl"]
    assert values(document, "Date") == ["1908"]
    assert document.place == "Weston Hill"
    assert values(document, "Subject") == []  # a number says nothing to a reader
    assert values(document, "Repository") == ["Weston Museum"]
    assert document.url == "https://museum.example/4"
    assert document.rights == "https://rights.example/by/4.0/"
    assert [photo.path for photo in document.photos] == ["tower_4.jpg"]


def test_lido(tmp_path):
    write(tmp_path / "bilder" / "TOR_17.JPG", image_bytes())
    document = read_one(tmp_path / "lido.xml", LIDO)
    assert document.id == "museum/17"
    assert document.title == "Altes Tor"
    assert document.aliases == ("Old gate",)
    assert document.language == "de"
    assert document.text.startswith("Das Tor von Norden.")
    assert values(document, "Photographer") == ["Muster, Eva"]
    assert values(document, "Date") == ["um 1890"]
    assert values(document, "Normalised date") == ["1885/1895"]
    assert values(document, "Erwerbung, date") == ["1933"]
    assert values(document, "Identifier") == ["F 1933/17"]
    assert values(document, "Subject") == ["Stadttor"]
    assert document.place == "Beispielstadt"
    assert document.rights == "CC BY 4.0"
    assert document.source == "Museum Beispielstadt, F 1933/17"
    assert document.url == "https://museum.example/17"
    assert [photo.path for photo in document.photos] == ["bilder/TOR_17.JPG"]


def test_every_field_is_a_line_of_the_text(tmp_path):
    for content in (EAD_2002, MODS, OAI, LIDO):
        for document in read_file(tmp_path / "some.xml", content)[0]:
            for field in document.fields:
                assert field.value.rstrip(".") in document.text[field.start : field.end]


def test_xml_of_no_known_kind_is_read_if_its_records_repeat(tmp_path):
    text = """<export><made>2024</made><objects>
      <object id="a1"><objectTitle>Mill</objectTitle><maker><name>Ada</name></maker>
        <year>1850</year></object>
      <object id="a2"><objectTitle>Barn</objectTitle><field name="Town">Weston</field></object>
    </objects></export>"""
    mill, barn = read_file(tmp_path / "export.xml", text)[0]
    assert (mill.id, mill.title) == ("a1", "Mill")
    assert "Year: 1850." in mill.text
    assert values(mill, "Maker name") == ["Ada"]
    assert values(barn, "Town") == ["Weston"]


def test_ead_inside_of_an_oai_record_and_in_a_namespace(tmp_path):
    body = EAD_2002[EAD_2002.index("<ead>") :].replace(
        "<ead>", '<ead xmlns="urn:isbn:1-931666-22-9">'
    )
    text = (
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords><record>'
        f"<header><identifier>oai:x:1</identifier></header><metadata>{body}</metadata>"
        "</record></ListRecords></OAI-PMH>"
    )
    documents, problems = read_file(tmp_path / "oai.xml", text)
    assert problems == []
    assert by_id(documents)["ms12/i1"].title == "North front of the mill"
    assert len(documents) == 4


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "iso-8859-1"])
def test_encodings(tmp_path, encoding):
    text = (
        f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>\n'
        '<dc xmlns="http://purl.org/dc/elements/1.1/"><title>Mühle</title></dc>'
    )
    assert read_one(tmp_path / "m.xml", text.encode(encoding)).title == "Mühle"


def test_an_old_encoding_that_the_file_does_not_say(tmp_path):
    one = '<dc xmlns="http://purl.org/dc/elements/1.1/"><title>{}</title></dc>'
    plain = one.format("Gate") * 3_000
    text = f"<list>{plain}{one.format('Mühle')}{one.format('Brücke')}</list>"
    documents, problems = read_file(tmp_path / "m.xml", text.encode("cp1252"))
    assert problems == []
    assert [document.title for document in documents[2_999:]] == ["Gate", "Mühle", "Brücke"]


def test_a_broken_byte_in_utf8_costs_its_record(tmp_path):
    one = '<dc xmlns="http://purl.org/dc/elements/1.1/"><title>{}</title></dc>'
    text = f"<list>{one.format('Mühle') * 20}{one.format('@')}{one.format('Brücke')}</list>"
    documents, (problem,) = read_file(tmp_path / "m.xml", text.encode().replace(b"@", b"\xff"))
    assert [document.title for document in documents] == ["Mühle"] * 20 + ["Brücke"]
    assert problem.path == "m.xml, record 21"


def test_values_of_a_leaf_that_holds_html(tmp_path):
    text = (
        '<dc xmlns="http://purl.org/dc/elements/1.1/"><title>Mill</title>'
        "<description>&lt;p&gt;Burnt &amp;amp; rebuilt.&lt;/p&gt;&lt;p&gt;Gone.&lt;/p&gt;"
        "</description></dc>"
    )
    assert read_one(tmp_path / "m.xml", text).text.startswith("Burnt & rebuilt.\n\nGone.")


def test_a_mapping_file_beside_records_says_what_their_labels_hold(tmp_path):
    write(tmp_path / "55.xml.mapping.yaml", "title: Identifier\nrights:\n")
    document = read_one(tmp_path / "55.xml", MODS)
    assert document.title == "WTA 55"
    assert document.rights == ""
    assert values(document, "Title") == ["The corn exchange: view from the market"]
    assert document.id == "rec55"


def test_ead_items_have_the_conditions_of_access_of_their_fonds(tmp_path):
    text = EAD_2002.replace(
        "<userestrict>", "<accessrestrict><p>Closed until 2050.</p></accessrestrict><userestrict>"
    )
    item = by_id(read_file(tmp_path / "aid.xml", text)[0])["ms12/i1"]
    assert values(item, "Access") == ["Closed until 2050."]


def test_coverage_is_a_place_or_a_time(tmp_path):
    text = OAI.replace(
        "</dc:title>",
        "</dc:title><dc:coverage>Weston</dc:coverage><dc:coverage>1890-1900</dc:coverage>",
        1,
    )
    document = read_file(tmp_path / "oai.xml", text)[0][0]
    assert "Weston" in (document.place or "")
    assert values(document, "Period") == ["1890-1900"]
