"""Statements of several formats as labels and values, each thing once."""

import time

import pytest

from knowledge.corpus.photo_metadata.description import describe
from knowledge.corpus.photo_metadata.statements import Statement


def pairs(*sources, file_name="hall.jpg", told=""):
    return list(describe(sources, file_name=file_name, told=told).pairs)


def test_the_order_in_which_a_person_reads():
    said = [
        Statement("camera", "NIKON D70"),
        Statement("rights", "© Town Archive"),
        Statement("keyword", "rain"),
        Statement("keyword", "tram"),
        Statement("position", "48.8584,-2.2945"),
        Statement("place", "Weimar, Germany"),
        Statement("photographer", "Clara Vogt"),
        Statement("taken", "1931-05-12"),
        Statement("people", "Otto Brandt"),
        Statement("people", "Emma Lind"),
        Statement("caption", "The market hall"),
        Statement("title", "Rain"),
    ]
    assert pairs(said) == [
        ("Title", "Rain"),
        ("Description", "The market hall"),
        ("People in the picture", "Otto Brandt, Emma Lind"),
        ("Taken", "12 May 1931"),
        ("Place", "Weimar, Germany"),
        ("Position", "48.8584° N, 2.2945° W"),
        ("Photographer", "Clara Vogt"),
        ("Keywords", "rain, tram"),
        ("Rights", "© Town Archive"),
        ("Camera", "NIKON D70"),
    ]


def test_the_same_three_times_is_one_line():
    xmp = [
        Statement("caption", "The market hall, Weimar", "x-default"),
        Statement("rights", "© 1998 Archive"),
    ]
    iptc = [
        Statement("caption", "The market hall,  Weimar."),
        Statement("rights", "(c) 1998 Archive"),
    ]
    exif = [
        Statement("caption", "THE MARKET HALL, WEIMAR"),
        Statement("rights", "Copyright 1998 Archive"),
    ]
    assert pairs(xmp, iptc, exif) == [
        ("Description", "The market hall, Weimar"),
        ("Rights", "© 1998 Archive"),
    ]


def test_a_value_that_was_cut_or_lost_its_letters_is_not_said_again():
    whole = [
        Statement("credit", "The Collection of the Town Archive of Weimar"),
        Statement("place", "Köln"),
    ]
    cut = [Statement("credit", "The Collection of the Town Arch"), Statement("place", "K?ln")]
    both = [("Place", "Köln"), ("Credit", "The Collection of the Town Archive of Weimar")]
    assert pairs(whole, cut) == pairs(cut[:1], whole, cut[1:]) == both


def test_what_differs_is_said_too_the_most_trusted_first():
    assert pairs(
        [Statement("caption", "The market hall")], [Statement("caption", "The town hall")]
    ) == [
        ("Description", "The market hall"),
        ("Description", "The town hall"),
    ]


def test_titles_headlines_and_captions_that_repeat_each_other():
    described = describe(
        [
            [
                Statement("title", "Rain"),
                Statement("headline", "Rain"),
                Statement("caption", "Rain"),
                Statement("comment", "rain"),
            ]
        ],
        file_name="hall.jpg",
    )
    assert (described.title, described.pairs) == ("Rain", (("Description", "Rain"),))


def test_versions_in_other_languages():
    described = describe(
        [[Statement("title", "Der Regen", "de"), Statement("title", "Rain", "x-default")]],
        file_name="hall.jpg",
    )
    assert (described.title, described.aliases) == ("Rain", ("Der Regen",))


def test_a_caption_that_the_text_beside_holds_is_not_said_again():
    assert (
        pairs([Statement("caption", "The market hall")], told="1931. The market hall, in rain.")
        == []
    )


@pytest.mark.parametrize(
    "text",
    [
        "OLYMPUS DIGITAL CAMERA",
        "KONICA MINOLTA DIGITAL CAMERA",
        "SONY DSC",
        "DCIM",
        "Exif_JPEG_PICTURE",
        "SAMSUNG",
        "SAMSUNG CAMERA PICTURES",
        "KODAK Digital Still Camera",
        "Created with GIMP",
        "Processed with VSCO with m5 preset",
        "<Digimax S500 / Kenox S500>",
        "Untitled",
        "DSC_0012.JPG",
        "IMG_20190504_101112",
        "hall.jpg",
        "charset=Ascii",
        "?",
        "---",
        "n/a",
        "\ufffd\ufffd\ufffd\ufffd",
        '{"shape": [3, 64, 64]}',
    ],
)
def test_what_machines_write_is_left_out(text):
    assert pairs([Statement("caption", text)]) == []


@pytest.mark.parametrize(
    "text",
    ["Group picture", "Aerial image", "1931", "000015", "No entry", "Digital camera, 1998, in use"],
)
def test_what_people_write_stays(text):
    assert pairs([Statement("caption", text)]) == [("Description", text)]


@pytest.mark.parametrize(
    ("statements", "lines"),
    [
        ([Statement("taken", "1931")], [("Taken", "1931")]),
        ([Statement("taken", "1931-05")], [("Taken", "May 1931")]),
        ([Statement("taken", "ca. 1931")], [("Taken", "ca. 1931")]),
        ([Statement("exposed", "2019-05-04T10:11:12+02:00")], [("Taken", "4 May 2019, 10:11")]),
        (
            [Statement("exposed", "2019-05-04T20:11:12+00:00")],
            [("Taken", "4 May 2019, 20:11 (UTC)")],
        ),
        # Of moments that agree, the one that is known best.
        (
            [Statement("taken", "2019-05-04"), Statement("exposed", "2019-05-04T10:11:12")],
            [("Taken", "4 May 2019, 10:11")],
        ),
        # A camera's own clock goes before one in UTC.
        (
            [
                Statement("exposed", "2019-05-05T04:11:12+00:00"),
                Statement("exposed", "2019-05-04T23:11:12"),
            ],
            [("Taken", "4 May 2019, 23:11")],
        ),
        # The camera that photographed the print.
        (
            [Statement("taken", "1931-05-12"), Statement("exposed", "2009-03-04T10:11:12")],
            [("Taken", "12 May 1931"), ("Digitised", "4 March 2009, 10:11")],
        ),
        # A catalogue that is later than the camera: both are said.
        (
            [Statement("taken", "2009-03-04"), Statement("exposed", "1998-05-12")],
            [("Taken", "4 March 2009"), ("Taken", "12 May 1998")],
        ),
        ([Statement("digitised", "2009-03-04")], [("Digitised", "4 March 2009")]),
        (
            [
                Statement("exposed", "2009-03-04T10:11:12"),
                Statement("digitised", "2009-03-04T10:11:12"),
            ],
            [("Taken", "4 March 2009, 10:11")],
        ),
        (
            [Statement("scanned", "yes"), Statement("exposed", "2009-03-04T10:11:12")],
            [("Digitised", "4 March 2009, 10:11")],
        ),
    ],
)
def test_dates(statements, lines):
    assert pairs(statements) == lines


def test_chinese_labels_for_chinese_values():
    said = [
        Statement("caption", "雨中的老火车站"),
        Statement("taken", "1931-05-12T10:11:12"),
        Statement("photographer", "王少文"),
        Statement("people", "李明"),
        Statement("people", "张华"),
        Statement("position", "-36.65,117.0"),
        Statement("camera", "NIKON D70"),
    ]
    assert pairs(said) == [
        ("说明", "雨中的老火车站"),
        ("人物", "李明、张华"),
        ("拍摄时间", "1931年5月12日10:11"),
        ("坐标", "南纬36.65°，东经117°"),
        ("摄影者", "王少文"),
        ("相机", "NIKON D70"),
    ]


def test_what_the_citation_names():
    described = describe(
        [
            [
                Statement("photographer", "Clara Vogt"),
                Statement("credit", "Clara Vogt / Town Archive"),
            ],
            [
                Statement("source", "Town Archive"),
                Statement("rights", "© 1998"),
                Statement("usage", "Editorial use only"),
            ],
        ],
        file_name="hall.jpg",
    )
    assert described.credit == "Clara Vogt / Town Archive"
    assert described.rights == "© 1998; Editorial use only"


def test_places():
    described = describe(
        [
            [Statement("place", "Weimar"), Statement("town", "Weimar")],
            [
                Statement("place", "Market Square, Weimar, Germany"),
                Statement("town", "Weimar, Germany"),
            ],
        ],
        file_name="hall.jpg",
    )
    assert described.pairs == (("Place", "Market Square, Weimar, Germany"),)
    assert described.place == "Weimar"


@pytest.mark.parametrize(
    ("file_name", "title"),
    [("IMG_0001.jpg", "The market hall"), ("P1010001.JPG", "The market hall"), ("hall.jpg", "")],
)
def test_a_short_caption_is_the_title_where_the_name_is_a_cameras(file_name, title):
    described = describe(
        [[Statement("caption", "The market hall\nin the rain")]], file_name=file_name
    )
    assert described.title == title
    long = describe([[Statement("caption", "It rained. " * 20)]], file_name=file_name)
    assert long.title == ""


@pytest.mark.parametrize("text", ["Created with Animagic GIF", "User comments", "PADBYTES"])
def test_comments_that_machines_write(text):
    assert pairs([Statement("comment", text)]) == []


def test_a_person_is_no_keyword():
    described = describe(
        [
            [
                Statement("people", "Emma Lind"),
                Statement("keyword", "emma lind"),
                Statement("keyword", "rain"),
            ]
        ],
        file_name="hall.jpg",
    )
    assert described.keywords == ("rain",)


def test_lines_of_a_caption_stay_apart():
    caption = "Front row: A. Vogt, O. Brandt\nBack row: E. Lind"
    assert pairs([Statement("caption", caption)]) == [
        ("Description", "Front row: A. Vogt, O. Brandt"),
        ("Description", "Back row: E. Lind"),
    ]


@pytest.mark.parametrize("position", ["", "1", "x,y", "91,0", "nan,nan", "0,181", "1,2,3"])
def test_positions_that_are_none(position):
    assert pairs([Statement("position", position)]) == []


def test_much_and_long_take_no_long():
    """Each of these would take minutes if values were compared one with all others."""
    text = "1" * 200_000 + "x"
    said = [
        Statement("title", text),
        Statement("comment", "_" * 200_000 + "x"),
        *(Statement("keyword", f"word number {n} of many") for n in range(10_000)),
        *(Statement("caption", f"Photo number {n} of many?") for n in range(5_000)),
        *(Statement("taken", f"{1000 + n}") for n in range(5_000)),
        *(Statement("place", f"Town {n}, Country") for n in range(5_000)),
        *(Statement("photographer", f"Person {n}") for n in range(5_000)),
    ]
    started = time.perf_counter()
    described = describe([said], file_name="hall.jpg", told="Photo number 4 of many. " * 20_000)
    assert time.perf_counter() - started < 10
    assert len(described.keywords) == 1_000
    labels = [label for label, _ in described.pairs]
    assert labels.count("Description") == 4_999
    assert labels.count("Place") == 5_000
