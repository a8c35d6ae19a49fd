"""Documents as they are sent over HTTP: JSON and photos into what `indexer.live` takes.

The keys are those of a corpus's front matter, with the same meanings; whatever cannot be used is
named by its field. Writes nothing.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from unicodedata import normalize

from indexer.live import NewPhoto, Update
from knowledge.corpus import front_of, make_document, one_line, slug
from knowledge.errors import CorpusError, DocumentError, ImageError
from knowledge.identifiers import checked_id, visible
from vlm.images import ImageLimits, PhotoSize, decode_image

MAX_PHOTOS = 64
"""Photos in one request: all are decoded before anything is written."""

MAX_DOCUMENTS = 1_000
"""Documents in one request."""

_MAX_ID = 200
_MAX_CAPTION = 500
_RANGES = {"latitude": 90.0, "longitude": 180.0}
_TOLD = ("caption", "taken_at", *_RANGES)


def parse_object(text: str | bytes, *, field: str) -> dict[str, Any]:
    """A JSON object.

    Raises:
        DocumentError: it is none; names `field`.
    """
    value = parse_json(text, field=field)
    if not isinstance(value, dict):
        raise DocumentError(f'{field}: it is no JSON object; write {{"title": …, "text": …}}.')
    return value


def parse_json(text: str | bytes, *, field: str) -> Any:  # noqa: ANN401 - any JSON
    """A JSON value.

    Raises:
        DocumentError: it is none; names `field`.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DocumentError(f"{field}: it is not valid JSON ({error}); mend it.") from None


def make_update(
    values: Mapping[str, Any], *, corpus: object, id: object, photos: Sequence[NewPhoto] = ()
) -> Update:
    """An update out of a JSON object.

    Args:
        values: title, text and the other keys of front matter; `photos`: ids of photos that the
            document has and is to keep. Other keys become sentences of the text.
        corpus: the corpus's name.
        id: unique in the corpus.
        photos: those that were sent with it.

    Raises:
        DocumentError: a value cannot be used; the message begins with its key.
    """
    known = {key: value for key, value in values.items() if key not in ("id", "corpus", "photos")}
    try:
        front = front_of(known)
    except CorpusError as error:
        field = next((key for key in known if repr(key) in str(error)), "language")
        raise DocumentError(f"{field}: {error}") from None
    if not front.title:
        raise DocumentError("title: there is none; every document needs one.")
    name, id_ = _corpus(corpus), _id(id, values.get("id"))
    try:
        document = make_document(
            front, corpus=name, id=id_, title=front.title, source=front.title, language=None
        )
    except CorpusError as error:
        field = next((key for key in known if repr(key) in str(error)), "text")
        raise DocumentError(f"{field}: {error}") from None
    return Update(document, photos=photos, keep=_keep(values.get("photos")))


def new_photo(
    data: bytes,
    *,
    name: str,
    told: Mapping[str, Any],
    limits: ImageLimits,
    size: PhotoSize,
) -> NewPhoto:
    """A photo that was sent, decoded as an index run decodes.

    Args:
        data: its bytes.
        name: what to call it in messages.
        told: what was said of it, checked by `parse_told`.
        limits: bytes and pixels.
        size: how large it is decoded.

    Raises:
        ImageError: it cannot be used; the message names it.
    """
    try:
        image = decode_image(data, size, limits=limits)
    except ImageError as error:
        raise type(error)(f"{name}: {error}") from error
    return NewPhoto(data, hashlib.sha256(data).hexdigest(), image, told)


def parse_told(value: object, *, photos: int) -> list[dict[str, Any]]:
    """What is said of each photo: a list of objects, as long as there are photos or shorter.

    Raises:
        DocumentError: it is not that; the message begins with `photo_metadata`.
    """
    if not isinstance(value, list) or len(value) > photos:
        raise DocumentError(
            f"photo_metadata: it is no list of at most {photos} objects, one for each photo."
        )
    told = [_told(item, number) for number, item in enumerate(value, start=1)]
    return told + [{} for _ in range(photos - len(told))]


def _told(item: object, number: int) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise DocumentError(f"photo_metadata: item {number} is no object.")
    told = {}
    for key, value in item.items():
        if key not in _TOLD:
            raise DocumentError(
                f"photo_metadata: there is no {key!r}; what can be said is {', '.join(_TOLD)}."
            )
        if value is not None:
            told[key] = _checked(key, value, number)
    return told


def _checked(key: str, value: object, number: int) -> str | float:
    where = f"photo_metadata: {key} of item {number}"
    if key in _RANGES:
        most = _RANGES[key]
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise DocumentError(f"{where} is no number of degrees.")
        if not -most <= value <= most:
            raise DocumentError(f"{where} is not between -{most:g} and {most:g} degrees.")
        return float(value)
    if not isinstance(value, str):
        raise DocumentError(f"{where} is no text.")
    text = one_line(value)
    if key == "caption":
        if len(text) > _MAX_CAPTION:
            raise DocumentError(f"{where} has more than {_MAX_CAPTION} characters; shorten it.")
        return text
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise DocumentError(f"{where} is no date or time such as 1912-05-01.") from None
    return text


def _corpus(value: object) -> str:
    name = normalize("NFC", value) if isinstance(value, str) else ""
    if not name or name != slug(name) or len(name) > _MAX_ID:
        raise DocumentError(
            "corpus: a corpus's name is made of letters, digits, `.`, `-` and `_`, and begins "
            "with a letter or digit."
        )
    return name


def _id(value: object, inside: object) -> str:
    id_ = normalize("NFC", value) if isinstance(value, str) else ""
    if not id_ or id_ != visible(id_) or len(id_) > _MAX_ID:
        raise DocumentError(
            f"id: an id is one line of at most {_MAX_ID} characters, all of which can be seen."
        )
    try:
        id_ = checked_id(id_)
    except CorpusError as error:
        raise DocumentError(f"id: {error}") from None
    if inside is not None and (not isinstance(inside, str) or normalize("NFC", inside) != id_):
        raise DocumentError(f"id: the document says {inside!r} and the address {value!r}.")
    return id_


def _keep(value: object) -> tuple[str, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise DocumentError(
            "photos: it is no list of ids of photos to keep; new photos are sent as files."
        )
    return tuple(dict.fromkeys(value))
