"""Google Takeout: what is read of its JSON, and what is something else."""

import json

import pytest

from knowledge.corpus.photo_metadata.statements import Statement
from knowledge.corpus.photo_metadata.takeout import takeout_statements

EXPORTED = {
    "title": "IMG_1.jpg",
    "description": "The market hall",
    "imageViews": "3",
    "creationTime": {"timestamp": "1700000000", "formatted": "14 Nov 2023"},
    "photoTakenTime": {"timestamp": "1557000672", "formatted": "4 May 2019"},
    "geoData": {"latitude": 0.0, "longitude": 0.0, "altitude": 0.0},
    "geoDataExif": {"latitude": 50.98, "longitude": 11.33, "altitude": 0.0},
    "people": [{"name": "Emma Lind"}, {"name": "Otto Brandt"}, {}],
    "url": "https://photos.google.com/photo/x",
}


def test_an_exported_photo():
    """The time of the upload, the views and an address for the owner alone are left out."""
    assert takeout_statements(json.dumps(EXPORTED)) == [
        Statement("caption", "The market hall"),
        Statement("people", "Emma Lind"),
        Statement("people", "Otto Brandt"),
        Statement("exposed", "2019-05-04T20:11:12+00:00"),
        Statement("position", "50.98,11.33"),
    ]


@pytest.mark.parametrize(
    ("stamp", "moment"),
    [
        ("-1219443200", ["1931-05-12T01:46:40+00:00"]),
        ("0", []),
        ("1", []),
        ("9" * 30, []),
        ("9" * 5_000, []),
        ("soon", []),
        (None, []),
    ],
)
def test_times(stamp, moment):
    said = takeout_statements(json.dumps({"photoTakenTime": {"timestamp": stamp}}))
    assert [value for _, value, _ in said] == moment


@pytest.mark.parametrize(
    "values",
    [
        {"geoData": "here"},
        {"geoData": {"latitude": "50", "longitude": 11}},
        {"people": "Emma", "geoData": {}},
        {"people": [1, None, {"name": 3}], "imageViews": "3"},
        {"description": ["a"], "imageViews": "3"},
    ],
)
def test_values_of_the_wrong_kind_are_left_out(values):
    assert takeout_statements(json.dumps(values)) == []


@pytest.mark.parametrize(
    "text",
    [
        '{"title": "Gate", "text": "photoTakenTime is a key of exports."}',
        '{"title": "Holidays", "description": "", "access": "x", "date": {"timestamp": "1"}}',
        '{"photoTakenTime": "1931"}',
        '{"text": "the \\"geoData\\" key"}',
        '["geoData"]',
        '{"geoData": ',
        '{"geoData": ' + "[" * 100_000,
        "",
    ],
)
def test_what_is_no_export(text):
    assert takeout_statements(text) is None
