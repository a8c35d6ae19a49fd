"""Pictures turned by quarters. Which way up a picture should be, others say."""

from PIL import Image

_CLOCKWISE = {
    90: Image.Transpose.ROTATE_270,  # Pillow turns counter-clockwise
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


def turned_clockwise(image: Image.Image, degrees: int) -> Image.Image:
    """The image turned by 0, 90, 180 or 270 degrees clockwise; by 0, the image itself.

    >>> turned_clockwise(Image.new("RGB", (4, 3)), 90).size
    (3, 4)
    """
    return image.transpose(_CLOCKWISE[degrees]) if degrees else image
