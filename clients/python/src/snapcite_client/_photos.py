"""Photos to be sent: paths, bytes, or open files. Each is read whole, so that it can be resent."""

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import BinaryIO

Photo = str | PathLike[str] | bytes | bytearray | BinaryIO
"""A path, the bytes of an image file, or a file that is open for reading bytes."""

Photos = Photo | Sequence[Photo] | None
"""One photo, several of one subject, or none."""

File = tuple[str, tuple[str, bytes, str]]
"""A part of a form: the field, then file name, bytes and media type."""

_MEDIA_TYPE = "application/octet-stream"
"""The server looks at the bytes and believes no name."""


def photo_parts(photos: Photos) -> list[File]:
    """The parts of a form that photos are sent as.

    Raises:
        OSError: a file cannot be read.
        TypeError: something else was given.
    """
    return [("photo", (f"photo-{n}", data, _MEDIA_TYPE)) for n, data in enumerate(_all(photos), 1)]


def read_photo(photo: Photo) -> bytes:
    """The bytes of a photo.

    Raises:
        OSError: the file cannot be read.
        TypeError: something else was given.
    """
    match photo:
        case bytes() | bytearray():
            return bytes(photo)
        case str() | PathLike():
            return Path(photo).read_bytes()
    read = getattr(photo, "read", None)
    data = read() if read is not None else None
    if not isinstance(data, bytes):
        raise TypeError(
            f"A photo is a path, bytes or a file opened with 'rb', not {type(photo).__name__}."
        )
    return data


def _all(photos: Photos) -> list[bytes]:
    if photos is None:
        return []
    if isinstance(photos, Sequence) and not isinstance(photos, str | bytes | bytearray):
        return [read_photo(each) for each in photos]
    return [read_photo(photos)]
