"""Small pictures as data URLs, of question photos and of indexed ones; each is made once."""

import base64
import io
from pathlib import Path

from knowledge.errors import ImageError, NotFoundError
from knowledge.index import Index
from vlm.images import PhotoSize, decode_image

_SIDE = 240
_QUALITY = 60


class Thumbnails:
    """Makes thumbnails and remembers them. One that cannot be made is None: the rest is shown."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._known: dict[str, str | None] = {}

    def of_file(self, path: Path) -> str | None:
        """Of a question's photo."""
        key = str(path)
        if key not in self._known:
            try:
                self._known[key] = _data_url(path.read_bytes())
            except (OSError, ImageError):
                self._known[key] = None
        return self._known[key]

    def of_photo(self, photo_id: str | None) -> str | None:
        """Of an indexed photo."""
        if photo_id is None:
            return None
        if photo_id not in self._known:
            try:
                self._known[photo_id] = _data_url(self._index.photo_bytes(photo_id))
            except (OSError, ImageError, NotFoundError):
                self._known[photo_id] = None
        return self._known[photo_id]


def _data_url(content: bytes) -> str:
    image = decode_image(content, PhotoSize(_SIDE)).pixels
    image.thumbnail((_SIDE, _SIDE))
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=_QUALITY)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
