"""What every reader of text in pictures promises."""

from typing import Protocol

from PIL import Image

from knowledge.picture_text import PictureText

MOST_LINES = 600
"""Of a picture; a page of a newspaper has as many."""


class TextReader(Protocol):
    """Reads the text in pictures. Safe to use from several threads."""

    @property
    def name(self) -> str:
        """Names the models and the way of reading: with another name, text is read otherwise."""

    @property
    def photo_side(self) -> int:
        """Pixels of a picture's longer side beyond which more do not help."""

    def read(
        self, picture: Image.Image, *, most_lines: int = MOST_LINES, quickly: bool = False
    ) -> PictureText:
        """The lines of text in an RGB picture, at whatever turn.

        Lines that are not certain are left out, so most photos have none.

        Args:
            picture: what to read.
            most_lines: that are read, the largest ones; each takes time.
            quickly: whether somebody waits: small and faint text may then be missed.

        Raises:
            ModelError: the models are missing or broken.
            ImageError: they failed on this picture.
        """
