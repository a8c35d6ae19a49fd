import pytest
from support import encoded, photo

from api.http.inputs import RawQuery, make_query, parse_filters, parse_region, parse_schema
from knowledge.errors import QueryError, UnsupportedImageError
from knowledge.viewer import ANYBODY
from vlm.images.decoding import ImageLimits, PhotoSize

LIMITS = ImageLimits()


def test_a_region_is_cropped_in_shares_of_the_photo():
    cropped = parse_region("0.25,0.5,0.5,0.25").crop(photo(1, size=(400, 200)))

    assert cropped.size == (400 * 0.5, 200 * 0.25)


@pytest.mark.parametrize(
    "text", ["", "1,2,3", "a,b,c,d", "0.5,0.5,0.6,0.2", "-0.1,0,1,1", "0,0,0.001,1", "nan,0,1,1"]
)
def test_a_region_that_is_none_is_refused(text):
    with pytest.raises(QueryError, match="region"):
        parse_region(text)


def test_filters_are_values_or_lists_of_values():
    assert parse_filters('{"language": "en", "tags": ["a", "b"]}') == {
        "language": ("en",),
        "tags": ("a", "b"),
    }


@pytest.mark.parametrize("text", ["{", "[]", '{"tags": 3}', '{"tags": []}', '{"tags": [1]}'])
def test_filters_that_are_none_are_refused(text):
    with pytest.raises(QueryError, match="filter"):
        parse_filters(text)


def test_a_query_has_its_photos_decoded():
    raw = RawQuery("Is it there?", language="zh", k=3)
    data = encoded(photo(1, size=(900, 600)))
    query = make_query([data], raw, limits=LIMITS, size=PhotoSize(300), viewer=ANYBODY)

    assert max(query.photos[0].size) == 300
    assert (query.question, query.answer_language, query.k) == ("Is it there?", "zh", 3)


def test_a_region_is_decoded_finer():
    data = encoded(photo(1, size=(900, 600)))
    query = make_query(
        [data], RawQuery(region="0,0,0.5,0.5"), limits=LIMITS, size=PhotoSize(300), viewer=ANYBODY
    )

    assert query.photos[0].size == (300, 200)


@pytest.mark.parametrize(
    ("photos", "raw", "error"),
    [
        ([], RawQuery("x", language="fr"), QueryError),
        ([], RawQuery("x", region="0,0,0.5,0.5"), QueryError),
        ([], RawQuery(), QueryError),
        ([b"text named .jpg"], RawQuery("x"), UnsupportedImageError),
    ],
)
def test_what_cannot_be_asked_is_refused(photos, raw, error):
    with pytest.raises(error):
        make_query(photos, raw, limits=LIMITS, size=PhotoSize(300), viewer=ANYBODY)


@pytest.mark.parametrize("parse", [parse_filters, parse_schema])
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[" * 4_000, "nested too deeply"),
        ('{"tags": ' + "1" * 5_000 + "}", "not JSON"),
        ('{"tags": "\\ud800"}', "half a surrogate pair"),
        ("{", "not JSON"),
    ],
    ids=["deep", "long number", "half a character", "broken"],
)
def test_json_that_would_choke_a_parser_is_refused(parse, text, says):
    with pytest.raises(QueryError, match=says):
        parse(text)
