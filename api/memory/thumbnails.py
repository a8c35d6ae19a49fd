"""Indexed photos as thumbnails: decoded once, and kept for as long as the index is the same.

An archive's photos have limits of their own. A photo that was indexed is shown, also where the
limits of uploads are lower.
"""

from api.memory.store import MemoryStore
from knowledge.errors import ImageError, NotFoundError
from knowledge.index import Index
from knowledge.viewer import Viewer
from vlm.images import ImageLimits, PhotoSize, decode_image, thumbnail

_SECONDS = 24 * 60 * 60


class Thumbnails:
    """The thumbnails of one index. Safe to use from several threads."""

    def __init__(self, index: Index, *, uploads: ImageLimits, max_bytes: int) -> None:
        """
        Args:
            index: holds the photos.
            uploads: the limits of photos that are sent; those of the archive are no lower.
            max_bytes: bytes of thumbnails that are kept.
        """
        archive = ImageLimits()
        self.limits = ImageLimits(
            max_bytes=max(archive.max_bytes, uploads.max_bytes),
            max_pixels=max(archive.max_pixels, uploads.max_pixels),
        )
        self._index = index
        self._kept = MemoryStore(max_bytes=max_bytes, seconds=_SECONDS)

    def get(self, photo_id: str, *, side: int, viewer: Viewer) -> bytes:
        """A photo as WebP, its longest side at most `side` pixels, without its metadata.

        Raises:
            NotFoundError: the index holds no such photo, it is closed to the viewer, or it cannot
                be read any more.
            StorageError: the index cannot be read.
            DeadlineError: the request's time is over.
        """
        view = self._index.seen_by(viewer)
        key = f"{view.version()} {side} {photo_id}"
        view.photo(photo_id)  # one that was kept for another caller may be closed to this one
        if (known := self._kept.get(key)) is not None:
            return known
        data = view.photo_bytes(photo_id)
        try:
            image = decode_image(data, PhotoSize(side), limits=self.limits)
        except ImageError as error:
            raise NotFoundError(f"The photo {photo_id} is no longer readable.") from error
        small = thumbnail(image.pixels, side)
        self._kept.put(key, small)
        return small
