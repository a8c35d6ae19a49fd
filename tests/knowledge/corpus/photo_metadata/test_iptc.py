"""IPTC-IIM: properties, character sets, damage."""

import pytest
from photo_metadata_samples import iptc_bytes

from knowledge.corpus.photo_metadata.iptc import iptc_statements
from knowledge.corpus.photo_metadata.statements import Statement


def test_the_properties():
    sets = [
        (5, "The market"),
        (25, "rain"),
        (25, "tram"),
        (40, "Do not crop"),
        (55, "19310512"),
        (60, "101112+0200"),
        (62, "20090304"),
        (80, "Clara Vogt"),
        (85, "Staff photographer"),
        (90, "Weimar"),
        (92, "Market Square"),
        (95, "Thuringia"),
        (101, "Germany"),
        (103, "neg. 17"),
        (105, "Rain in the market"),
        (110, "Town Archive"),
        (115, "Vogt family"),
        (116, "© Town Archive"),
        (120, "The market hall in the rain."),
        (122, "E. Lind"),
    ]
    said = {}
    for about, value, _ in iptc_statements(iptc_bytes(sets)):
        said.setdefault(about, []).append(value)
    assert said == {
        "title": ["The market"],
        "keyword": ["rain", "tram"],
        "instructions": ["Do not crop"],
        "photographer": ["Clara Vogt"],
        "photographer_role": ["Staff photographer"],
        "reference": ["neg. 17"],
        "headline": ["Rain in the market"],
        "credit": ["Town Archive"],
        "source": ["Vogt family"],
        "rights": ["© Town Archive"],
        "caption": ["The market hall in the rain."],
        "caption_writer": ["E. Lind"],
        "taken": ["1931-05-12T10:11:12"],
        "digitised": ["2009-03-04"],
        "place": ["Market Square, Weimar, Thuringia, Germany"],
        "town": ["Weimar, Thuringia, Germany"],
    }


@pytest.mark.parametrize(
    ("text", "encoding", "marked"),
    [
        ("Straße in Köln", "utf-8", True),
        ("Straße in Köln", "utf-8", False),
        ("Straße in Köln", "cp1252", False),
        ("Straße in Köln", "cp1252", True),  # the record says UTF-8 and is not
        ("Musée de l'école", "mac_roman", False),
        ("济南老火车站的钟楼", "gb18030", False),
    ],
)
def test_character_sets(text, encoding, marked):
    data = iptc_bytes([(120, text)], encoding=encoding, marked=marked)
    assert iptc_statements(data) == [Statement("caption", text)]


@pytest.mark.parametrize(
    ("day", "moment"),
    [("19310512", "1931-05-12"), ("19310500", "1931-05"), ("19310000", "1931"), ("1931", "1931")],
)
def test_dates_of_which_a_part_is_known(day, moment):
    assert iptc_statements(iptc_bytes([(55, day)])) == [Statement("taken", moment)]


def test_a_date_that_is_none_is_left_out():
    assert iptc_statements(iptc_bytes([(55, "00000000")])) == []


def test_what_stands_before_the_damage_is_read():
    data = iptc_bytes([(80, "Clara Vogt")]) + b"\x1c\x02\x78\x00\xff too short"
    assert iptc_statements(data)[0] == Statement("photographer", "Clara Vogt")
    assert iptc_statements(iptc_bytes([(80, "Clara Vogt")]) + b"rubbish") == [
        Statement("photographer", "Clara Vogt")
    ]


def test_a_caption_of_more_than_32_kilobytes():
    caption = "It rained. " * 4_000
    long = b"\x1c\x02\x78\x80\x04" + len(caption).to_bytes(4, "big") + caption.encode()
    assert iptc_statements(long) == [Statement("caption", caption.rstrip())]


def test_a_length_that_no_file_has_ends_the_reading():
    assert iptc_statements(b"\x1c\x02\x78\xff\xff" + b"\xff" * 100) == []
    assert iptc_statements(b"\x1c\x02") == []
