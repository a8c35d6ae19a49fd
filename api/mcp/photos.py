"""The photos of a call: from base64, from data URLs, and from files in folders that are allowed.

Nothing is read that lies outside of those folders, wherever a link or `..` leads, and nothing that
is not a plain file: opening a pipe would wait for ever. Knows no tool and decodes no image.
"""

import os
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from api.http.chat_messages import decode_base64, decode_data_url
from knowledge.errors import ImageTooLargeError, QueryError
from vlm.images import ImageLimits


@dataclass(frozen=True, slots=True)
class Folders:
    """Folders from which photos may be read by path, each resolved; without one, none may be."""

    allowed: tuple[Path, ...] = ()

    @classmethod
    def of(cls, paths: Sequence[str]) -> "Folders":
        """The folders at these paths; relative ones lie in the working directory."""
        return cls(tuple(Path(path).expanduser().resolve() for path in paths))

    def read(self, path: str, *, limits: ImageLimits) -> bytes:
        """The bytes of a file; a relative path lies in the first folder.

        Raises:
            QueryError: the file may not be read, or cannot be. Of a path outside of the folders
                the text does not say whether there is such a file.
            ImageTooLargeError: it is larger than a photo may be.
        """
        if not self.allowed:
            raise QueryError(
                "photo_paths: this server reads no files; send the photo itself in `photos`."
            )
        try:
            found = (self.allowed[0] / Path(path).expanduser()).resolve()
            inside = any(found.is_relative_to(folder) for folder in self.allowed)
        except (OSError, RuntimeError, ValueError):  # a loop of links, no home, a zero byte
            inside = False
        if not inside:
            folders = ", ".join(map(str, self.allowed))
            raise QueryError(
                f"photo_paths: {path!r} does not lie in a folder that may be read ({folders}); "
                "the operator can name others with SNAPCITE_MCP_FOLDERS."
            )
        try:
            return _read_plain(found, limits)
        except OSError as error:
            raise QueryError(f"photo_paths: {path!r} cannot be read: {error.strerror}.") from None


def photo_loader(
    sent: Sequence[str], paths: Sequence[str], *, folders: Folders, limits: ImageLimits
) -> Callable[[], list[bytes]]:
    """What reads the photos of a call, those that were sent first.

    It raises `InputError` for a photo that cannot be used. It is called when the call's turn has
    come, so that a call that waits holds no photo twice.
    """

    def load() -> list[bytes]:
        photos = [_sent(text, number, limits) for number, text in enumerate(sent, start=1)]
        return photos + [folders.read(path, limits=limits) for path in paths]

    return load


def _sent(text: str, number: int, limits: ImageLimits) -> bytes:
    # Base64 has four characters for three bytes; a data URL has a short head before it.
    if len(text) > limits.max_bytes * 4 // 3 + 1024:
        raise _too_large(f"Photo {number}", limits)
    if text[:5].lower() == "data:":
        return decode_data_url(text)
    if "://" in text[:32]:
        raise QueryError(
            f"photos: photo {number} is an address, and addresses are never fetched; send the "
            "photo itself as base64 or as data:image/jpeg;base64,…"
        )
    return decode_base64("".join(text.split()))


def _read_plain(path: Path, limits: ImageLimits) -> bytes:
    # Without waiting for the other end of a pipe, and without following what came in between.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(path, flags), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise QueryError(f"photo_paths: {path.name!r} is not a file.")
        if status.st_size > limits.max_bytes:
            raise _too_large(f"The photo {path.name!r}", limits)
        return file.read(limits.max_bytes + 1)


def _too_large(which: str, limits: ImageLimits) -> ImageTooLargeError:
    return ImageTooLargeError(
        f"{which} has more than {limits.max_bytes / 1e6:.1f} MB, which a photo may have; send a "
        "smaller one."
    )
