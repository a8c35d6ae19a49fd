"""Bytes of photos from strangers -> upright RGB pixels, and what their metadata says."""

from knowledge.image_format import sniff_format
from vlm.images.decoding import (
    DecodedImage,
    ImageLimits,
    PhotoSize,
    Region,
    shrink,
    thumbnail,
)
from vlm.images.isolated import decode_image, warm_up
from vlm.images.turning import turned_clockwise

__all__ = [
    "DecodedImage",
    "ImageLimits",
    "PhotoSize",
    "Region",
    "decode_image",
    "shrink",
    "sniff_format",
    "thumbnail",
    "turned_clockwise",
    "warm_up",
]
