"""Makes a `Query` of what a caller sent: decodes photos within limits, reads filters and regions.

The HTTP routes and the command line share it, so that both refuse the same things.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from api.http.bounded_request import parse_json
from knowledge.errors import ImageTooLargeError, QueryError
from knowledge.films import Frame, frames_of_short_film, is_film
from knowledge.viewer import Viewer
from search.query import DEFAULT_K, Query
from vlm.images import ImageLimits, PhotoSize, Region, decode_image
from vlm.readers.json_schema import closed_schema

_LANGUAGES = ("en", "zh")
_MAX_VALUES = 5_000
"""Values in filters or in a schema."""

_MAX_REGION_CHARS = 200
_MIN_REGION = 0.02
_HEAD = 512
"""Bytes that say what a file is."""
_FRAMES = 4
"""Of a film: as many as a question has photos."""
_FINEST = 0.25
"""A region smaller than this share is decoded no finer: that would take too much memory."""


def parse_region(text: str) -> Region:
    """Read `left,top,width,height`, each a share between 0 and 1.

    Raises:
        QueryError: it is anything else, leaves the photo, or is too small to show anything.
    """
    if len(text) > _MAX_REGION_CHARS:
        raise QueryError("The region is not four numbers such as 0.25,0.1,0.5,0.8.")
    try:
        left, top, width, height = (float(part) for part in text.split(","))
    except ValueError:
        raise QueryError(
            f"The region {text!r} is not four numbers; write left,top,width,height as shares of "
            f"the photo, for instance 0.25,0.1,0.5,0.8."
        ) from None
    inside = left >= 0 and top >= 0 and left + width <= 1.0001 and top + height <= 1.0001
    if not (inside and width >= _MIN_REGION and height >= _MIN_REGION):
        raise QueryError(
            f"The region {text!r} does not lie in the photo; all four numbers are shares between "
            f"0 and 1, and width and height are at least {_MIN_REGION}."
        )
    return Region(left, top, width, height)


def parse_filters(text: str) -> dict[str, tuple[str, ...]]:
    """Read filters from JSON.

    Raises:
        QueryError: it is not JSON, or `read_filters` refuses it.
    """
    return read_filters(_parse_json(text, "filters"))


def read_filters(given: object) -> dict[str, tuple[str, ...]]:
    """Read filters: an object of filter → value or list of values.

    Raises:
        QueryError: it is anything else.
    """
    if not isinstance(given, dict):
        raise QueryError('The filters are not an object such as {"language": "en"}.')
    filters = {}
    for name, value in given.items():
        values = value if isinstance(value, list) else [value]
        if not values or not all(isinstance(item, str) for item in values):
            raise QueryError(f"The filter {name!r} needs a text or a list of texts.")
        filters[name] = tuple(values)
    return filters


def parse_schema(text: str) -> dict[str, Any]:
    """Read a JSON schema of the fields that an answer shall have.

    Raises:
        QueryError: it is not JSON, or uses a keyword that cannot be enforced.
    """
    raw = _parse_json(text, "schema's fields")
    try:
        return closed_schema(raw)
    except RecursionError:
        raise QueryError("The schema is nested too deeply.") from None


@dataclass(frozen=True, slots=True)
class RawQuery:
    """What a caller sent beside the photos.

    Attributes:
        question: may be empty when there is a photo.
        k: how many subjects.
        language: `en` or `zh`; None for the question's own.
        filters: filter → the values of which one must fit.
        region: as for `parse_region`; only with exactly one photo.
        captions: of the photos, in their order.
        schema: JSON schema of the answer's fields.
    """

    question: str = ""
    k: int = DEFAULT_K
    language: str | None = None
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    region: str | None = None
    captions: tuple[str, ...] = ()
    schema: str | None = None


def make_query(
    photos: Sequence[bytes],
    raw: RawQuery,
    *,
    limits: ImageLimits,
    size: PhotoSize,
    viewer: Viewer,
) -> Query:
    """Decode and check everything a caller sent.

    Args:
        photos: encoded images, as they were sent; or one film of at most a minute, of which the
            sharpest frame of each quarter is asked about, in order.
        raw: what was sent beside them.
        limits: bytes and pixels of a photo.
        size: how large whole photos are decoded.
        viewer: who asks.

    Raises:
        ImageError: a photo cannot be used.
        QueryError: anything else cannot be used.
    """
    if raw.language is not None and raw.language not in _LANGUAGES:
        raise QueryError(f"language: SnapCite answers in en or zh, not in {raw.language!r}.")
    part = parse_region(raw.region) if raw.region else None
    if part and len(photos) != 1:
        raise QueryError(f"A region needs exactly one photo; {len(photos)} were given.")
    captions = raw.captions
    if any(is_film(data[:_HEAD]) for data in photos):
        frames = _frames_of(photos, raw, limits)
        photos = [frame.jpeg for frame in frames]
        captions = tuple(f"frame of a film, at {frame.seconds:.1f} s" for frame in frames)
    # A region is decoded finer, so that it has as many pixels as a whole photo would.
    if part:
        size = size.larger(1 / max(part.width, part.height, _FINEST))
    images = [decode_image(data, size, region=part, limits=limits).pixels for data in photos]
    return Query(
        question=raw.question,
        photos=tuple(images),
        language=raw.language,
        filters=raw.filters,
        k=raw.k,
        captions=captions,
        answer_schema=parse_schema(raw.schema) if raw.schema else None,
        digests=() if part else tuple(hashlib.sha256(data).hexdigest() for data in photos),
        viewer=viewer,
    )


def _frames_of(photos: Sequence[bytes], raw: RawQuery, limits: ImageLimits) -> list[Frame]:
    if len(photos) > 1 or raw.region or raw.captions:
        raise QueryError("A film is asked about alone: without photos, region or captions.")
    (film,) = photos
    if len(film) > limits.max_bytes:
        raise ImageTooLargeError(
            f"The film has {len(film) / 1e6:,.0f} MB; at most {limits.max_bytes / 1e6:,.0f} MB are "
            "taken: cut out what is asked about."
        )
    return frames_of_short_film(film, most=_FRAMES)


def _parse_json(text: str, what: str) -> Any:  # noqa: ANN401 - JSON
    """A JSON value that a caller sent. What Python's parser cannot handle is refused like bad JSON.

    Raises:
        QueryError: it is not JSON, nested too deeply, or holds half a character.
    """
    try:
        return parse_json(text, most_values=_MAX_VALUES)
    except json.JSONDecodeError as error:
        raise QueryError(f"The {what} are not JSON ({error.msg}).") from None
    except ValueError as error:
        raise QueryError(f"The {what} cannot be read. {error}") from None
