"""XMP: the layouts of several programs, values by language, people, and hostile XML."""

import pytest
from photo_metadata_samples import xmp_packet

from knowledge.corpus.photo_metadata.statements import Statement
from knowledge.corpus.photo_metadata.xmp import xmp_statements
from knowledge.errors import CorpusError


def said(properties="", *, attributes=""):
    found = {}
    for about, value, _ in xmp_statements(xmp_packet(properties, attributes=attributes)):
        found.setdefault(about, []).append(value)
    return found


def test_attributes_and_elements_say_the_same():
    element = "<photoshop:Credit>Town Archive</photoshop:Credit>"
    attribute = 'photoshop:Credit="Town Archive"'
    assert said(element) == said(attributes=attribute) == {"credit": ["Town Archive"]}


def test_values_by_language():
    properties = """<dc:description><rdf:Alt>
      <rdf:li xml:lang="de">Die Markthalle</rdf:li>
      <rdf:li xml:lang="x-default">The market hall</rdf:li></rdf:Alt></dc:description>"""
    assert xmp_statements(xmp_packet(properties)) == [
        Statement("caption", "Die Markthalle", "de"),
        Statement("caption", "The market hall", "x-default"),
    ]


def test_lists_and_what_should_be_one():
    bag = "<dc:subject><rdf:Bag><rdf:li>rain</rdf:li><rdf:li>tram</rdf:li></rdf:Bag></dc:subject>"
    sequence = "<dc:creator><rdf:Seq><rdf:li>Clara Vogt</rdf:li></rdf:Seq></dc:creator>"
    plain = "<dc:creator>Clara Vogt</dc:creator>"
    assert said(bag) == {"keyword": ["rain", "tram"]}
    assert said(sequence) == said(plain) == {"photographer": ["Clara Vogt"]}


def test_a_value_with_qualifiers():
    properties = """<dc:source rdf:parseType="Resource"><rdf:value>Glass plate</rdf:value>
      <xmp:Label>x</xmp:Label></dc:source>"""
    assert said(properties)["source"] == ["Glass plate"]


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("1931", "1931"),
        ("1931-05", "1931-05"),
        ("1931-05-12", "1931-05-12"),
        ("1931-05-12T00:00:00", "1931-05-12"),
        ("2019-05-04T10:11:12.50+02:00", "2019-05-04T10:11:12+02:00"),
        ("2019-05-04T10:11Z", "2019-05-04T10:11:00+00:00"),
        ("1931:05:12", "1931-05-12"),
        ("ca. 1931", "ca. 1931"),
    ],
)
def test_dates(written, moment):
    assert said(attributes=f'photoshop:DateCreated="{written}"') == {"taken": [moment]}


def test_places_and_positions():
    attributes = (
        'Iptc4xmpCore:Location="Market Square" photoshop:City="Weimar" photoshop:Country="Germany" '
        'exif:GPSLatitude="33,51.4S" exif:GPSLongitude="151,12,54E"'
    )
    latitude, longitude = -round(33 + 51.4 / 60, 7), round(151 + 12 / 60 + 54 / 3600, 7)
    assert said(attributes=attributes) == {
        "place": ["Market Square, Weimar, Germany"],
        "town": ["Weimar, Germany"],
        "position": [f"{latitude},{longitude}"],
    }


def test_where_the_camera_stood_is_not_what_is_shown():
    properties = """
      <Iptc4xmpExt:LocationShown><rdf:Bag><rdf:li rdf:parseType="Resource">
        <Iptc4xmpExt:City>Weimar</Iptc4xmpExt:City>
        <Iptc4xmpExt:CountryName>Germany</Iptc4xmpExt:CountryName></rdf:li></rdf:Bag>
      </Iptc4xmpExt:LocationShown>
      <Iptc4xmpExt:LocationCreated><rdf:Bag><rdf:li>
        <rdf:Description Iptc4xmpExt:Sublocation="Castle hill"/></rdf:li></rdf:Bag>
      </Iptc4xmpExt:LocationCreated>"""
    assert said(properties) == {
        "place": ["Weimar, Germany"],
        "town": ["Weimar, Germany"],
        "camera_place": ["Castle hill"],
    }


REGIONS_LIGHTROOM = """<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:RegionList><rdf:Bag>
  <rdf:li><rdf:Description mwg-rs:Name="Otto Brandt" mwg-rs:Type="Face">
    <mwg-rs:Area stArea:x=".5" stArea:y=".5"/></rdf:Description></rdf:li>
  <rdf:li><rdf:Description mwg-rs:Type="Focus"/></rdf:li>
</rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>"""
REGIONS_DIGIKAM = """<mwg-rs:Regions><rdf:Description><mwg-rs:RegionList><rdf:Bag>
  <rdf:li rdf:parseType="Resource"><mwg-rs:Name>Otto Brandt</mwg-rs:Name>
    <mwg-rs:Type>Face</mwg-rs:Type></rdf:li>
</rdf:Bag></mwg-rs:RegionList></rdf:Description></mwg-rs:Regions>"""
REGIONS_MICROSOFT = """<MP:RegionInfo rdf:parseType="Resource"><MPRI:Regions><rdf:Bag>
  <rdf:li MPReg:PersonDisplayName="Otto Brandt" MPReg:Rectangle="0.1, 0.1, 0.2, 0.2"/>
</rdf:Bag></MPRI:Regions></MP:RegionInfo>"""
IN_IMAGE = """<Iptc4xmpExt:PersonInImage><rdf:Bag><rdf:li>Otto Brandt</rdf:li></rdf:Bag>
</Iptc4xmpExt:PersonInImage>"""
FILED = """<lr:hierarchicalSubject><rdf:Bag><rdf:li>People|Otto Brandt</rdf:li></rdf:Bag>
</lr:hierarchicalSubject>"""
FILED_DIGIKAM = (
    "<digiKam:TagsList><rdf:Seq><rdf:li>Personen/Otto Brandt</rdf:li></rdf:Seq></digiKam:TagsList>"
)


@pytest.mark.parametrize(
    "properties",
    [REGIONS_LIGHTROOM, REGIONS_DIGIKAM, REGIONS_MICROSOFT, IN_IMAGE, FILED, FILED_DIGIKAM],
)
def test_people(properties):
    assert said(properties) == {"people": ["Otto Brandt"]}


def test_keywords_in_levels():
    properties = """<lr:hierarchicalSubject><rdf:Bag><rdf:li>Places|France|Paris</rdf:li>
      <rdf:li>darktable|format|jpg</rdf:li></rdf:Bag></lr:hierarchicalSubject>"""
    assert said(properties) == {"keyword": ["Paris"]}


def test_darktable_keeps_its_history_to_itself():
    properties = """<darktable:history><rdf:Seq><rdf:li darktable:operation="exposure"/></rdf:Seq>
      </darktable:history><dc:title><rdf:Alt><rdf:li xml:lang="x-default">Rain</rdf:li></rdf:Alt>
      </dc:title>"""
    assert said(properties, attributes='darktable:xmp_version="5"') == {"title": ["Rain"]}


def test_works_of_art():
    properties = """<Iptc4xmpExt:ArtworkOrObject><rdf:Bag><rdf:li rdf:parseType="Resource">
      <Iptc4xmpExt:AOTitle><rdf:Alt><rdf:li xml:lang="x-default">The Mill</rdf:li></rdf:Alt>
      </Iptc4xmpExt:AOTitle>
      <Iptc4xmpExt:AOSourceInvNo>G 17</Iptc4xmpExt:AOSourceInvNo></rdf:li></rdf:Bag>
      </Iptc4xmpExt:ArtworkOrObject>"""
    assert said(properties) == {"work": ["The Mill"], "work_number": ["G 17"]}


def test_rights():
    properties = """<xmpRights:UsageTerms><rdf:Alt><rdf:li xml:lang="x-default">Editorial use
      </rdf:li></rdf:Alt></xmpRights:UsageTerms>"""
    attributes = 'xmpRights:WebStatement="https://example.org/rights"'
    assert said(properties, attributes=attributes) == {
        "usage": ["Editorial use"],
        "license": ["https://example.org/rights"],
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "utf-16-le", "utf-32"])
def test_encodings(encoding):
    text = xmp_packet("<photoshop:Credit>济南市档案馆 “é”</photoshop:Credit>").decode()
    body = text[text.index("<x:xmpmeta") : text.index("<?xpacket end")]
    assert xmp_statements(body.encode(encoding))[0].value == "济南市档案馆 “é”"


def test_padding_and_characters_that_xml_has_not():
    packet = xmp_packet("<photoshop:Credit>Town\x0b Archive&#x1;</photoshop:Credit>")
    assert xmp_statements(packet + b"\0\0\0")[0].value == "Town Archive"
    broken = xmp_packet("<photoshop:Credit>Town Archive é</photoshop:Credit>").replace(
        "é".encode(), b"\xe9"
    )
    assert xmp_statements(broken)[0].value == "Town Archive \ufffd"


BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><x:xmpmeta xmlns:x="adobe:ns:meta/">&c;</x:xmpmeta>"""
EXTERNAL = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>
<x:xmpmeta xmlns:x="adobe:ns:meta/">&a;</x:xmpmeta>"""


@pytest.mark.parametrize("data", [BOMB, EXTERNAL, BOMB + b"\x01", BOMB.decode().encode("utf-16")])
def test_entities_are_refused(data):
    with pytest.raises(CorpusError, match="refused"):
        xmp_statements(data)


@pytest.mark.parametrize("data", [b"", b"not XML", b"<a>", b"\xff" * 100, b"<a/>" * 2])
def test_what_is_no_xmp(data):
    with pytest.raises(CorpusError, match="damaged"):
        xmp_statements(data)


def test_what_is_other_xml_says_nothing():
    assert xmp_statements(b"<html><body>Hello</body></html>") == []


def test_limits():
    with pytest.raises(CorpusError, match="more than the 17 MB"):
        xmp_statements(bytes(17 << 20))
    words = "".join(f"<rdf:li>{n}</rdf:li>" for n in range(10_001))
    with pytest.raises(CorpusError, match="10,000 things"):
        xmp_statements(xmp_packet(f"<dc:subject><rdf:Bag>{words}</rdf:Bag></dc:subject>"))


def test_deep_nesting_is_read_to_its_end():
    deep = "<dc:source>" + "<xmp:Label>" * 20_000 + "</xmp:Label>" * 20_000 + "</dc:source>"
    assert said(deep) == {}
