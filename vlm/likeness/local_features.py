"""Local features of a picture: places that are found again in another picture, however it is
turned, scaled or lit, with a description of each.

SIFT by OpenCV, described as RootSIFT (Arandjelović and Zisserman, 2012). Needs the extra
`pictures`.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from knowledge.errors import ModelUnavailableError
from vlm.images import shrink

SIDE = 512
"""Pixels of the longest side of a picture whose features are looked for."""

_LEAST_SIDE = 320
"""A smaller picture is enlarged: SIFT finds next to nothing in a hundred pixels."""

_MOST = 1_200
"""Features of a picture, the clearest ones."""

_PLAIN = 0.02
"""Least contrast of a feature, half of SIFT's usual one: scans and old prints are soft."""

INSTALL = "pip install '.[pictures]'"


@dataclass(frozen=True, slots=True)
class Features:
    """The local features of a picture.

    Attributes:
        grey: uint8 (height, width), its longest side 320 to 512 pixels.
        points: float32 (n, 2), x and y in pixels of `grey`.
        descriptors: float32 (n, 128), each of length 1.
    """

    grey: npt.NDArray[np.uint8]
    points: npt.NDArray[np.float32]
    descriptors: npt.NDArray[np.float32]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        height, width = self.grey.shape
        return width, height

    def mirrored(self) -> npt.NDArray[np.float32]:
        """The descriptors that the picture would have if left and right changed places.

        A descriptor holds 4 × 4 places with 8 directions each, in the frame of its feature's own
        direction: mirrored, the places across that direction and the sense of turning change.
        """
        parts = self.descriptors.reshape(-1, 4, 4, 8)[:, ::-1]
        return parts[..., [0, 7, 6, 5, 4, 3, 2, 1]].reshape(-1, 128)


def is_installed() -> bool:
    """Whether OpenCV is there. It is not imported."""
    from importlib.util import find_spec

    return find_spec("cv2") is not None


def features_of(picture: Image.Image) -> Features:
    """The local features of an RGB picture.

    Raises:
        ModelUnavailableError: OpenCV is not installed.
    """
    try:
        import cv2
    except ImportError as error:
        raise ModelUnavailableError(
            f"Pictures are compared by OpenCV, which is missing; run `{INSTALL}`."
        ) from error
    # Requests are spread over the cores already; threads within one would only wait for each other.
    cv2.setNumThreads(1)
    grey = np.asarray(_sized(picture).convert("L"))
    sift = cv2.SIFT_create(nfeatures=_MOST, contrastThreshold=_PLAIN)
    found, raw = sift.detectAndCompute(grey, None)
    if raw is None or not len(found):
        empty = np.zeros((0, 128), dtype=np.float32)
        return Features(grey, np.zeros((0, 2), dtype=np.float32), empty)
    points = np.array([point.pt for point in found[:_MOST]], dtype=np.float32)
    sums = raw[:_MOST].sum(axis=1, keepdims=True)
    descriptors = np.sqrt(raw[:_MOST] / np.maximum(sums, 1e-7)).astype(np.float32)
    return Features(grey, points, descriptors)


def _sized(picture: Image.Image) -> Image.Image:
    longest = max(picture.size)
    if longest >= _LEAST_SIDE:
        return shrink(picture, SIDE)
    width, height = (max(1, round(side * _LEAST_SIDE / longest)) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.BICUBIC)
