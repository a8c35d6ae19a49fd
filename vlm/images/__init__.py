"""Bytes of photos from strangers -> upright RGB pixels, and what their metadata says."""

from vlm.images.decoding import (
    DecodedImage,
    ImageLimits,
    PhotoSize,
    decode_image,
    shrink,
    sniff_format,
    thumbnail,
)

__all__ = [
    "DecodedImage",
    "ImageLimits",
    "PhotoSize",
    "decode_image",
    "shrink",
    "sniff_format",
    "thumbnail",
]
