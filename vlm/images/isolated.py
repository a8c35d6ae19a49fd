"""Photos decoded in processes that can be stopped: the one way in, for index and query alike.

Most photos take little memory and are decoded side by side, one a core. One that takes more waits
until no other large one is being decoded, so that the memory of all together stays bounded.
"""

from dataclasses import astuple
from functools import cache
from typing import Any

from PIL import Image

from knowledge.errors import BrokenImageError, ImageTooLargeError
from knowledge.heap import give_back, taking_much
from knowledge.isolation import Blob, CrashedError, Result, TooLargeError, TooSlowError, Workers
from vlm.cores import cores
from vlm.images.decoding import (
    DEFAULT_LIMITS,
    DEFAULT_SIZE,
    DecodedImage,
    ImageLimits,
    NeedsMemoryError,
    PhotoSize,
    Region,
    decode_here,
)

_SMALL_BYTES = 64 * 2**20
"""What decoding may take while other photos are decoded."""

_RESERVE_BYTES = 64 * 2**20
"""Of a process: Python, Pillow, and the file itself in part; measured at 45 MB when idle."""


def decode_image(
    data: bytes,
    size: PhotoSize = DEFAULT_SIZE,
    *,
    region: Region | None = None,
    limits: ImageLimits = DEFAULT_LIMITS,
) -> DecodedImage:
    """Decode a photo of any supported format; of an animation, its first frame.

    Args:
        data: the whole file.
        size: how many pixels are wanted, of the whole photo.
        region: what to cut out of the upright photo; None for all of it.
        limits: what to refuse.

    Raises:
        UnsupportedImageError: not an image, or of a type that cannot be read.
        BrokenImageError: empty, truncated or damaged.
        ImageTooLargeError: more bytes, pixels, memory or time than `limits` allow.
        DeadlineError: the request's time is over.
    """
    if len(data) > limits.max_bytes:  # not worth sending
        return decode_here(data, size, limits=limits)
    arguments: dict[str, Any] = {
        "size": astuple(size),
        "region": None if region is None else astuple(region),
        "limits": astuple(limits),
    }
    result = _run(data, {**arguments, "allowed": _SMALL_BYTES}, limits)
    if "needed" in result.values:
        with taking_much("its large photo could be decoded"):
            result = _run(data, {**arguments, "allowed": None}, limits)
    values = dict(result.values)
    shape = tuple(values.pop("shape"))
    return DecodedImage(pixels=Image.frombytes("RGB", shape, bytes(result.blobs[0])), **values)


def warm_up() -> None:
    """Start the processes now, so that the first photo does not wait for them."""
    _workers(DEFAULT_LIMITS.max_memory).warm_up()


def _run(data: bytes, arguments: dict[str, Any], limits: ImageLimits) -> Result:
    workers = _workers(limits.max_memory)
    try:
        return workers.run(
            "vlm.images.isolated:_decode", arguments, [data], seconds=limits.max_seconds
        )
    except TooSlowError:
        raise ImageTooLargeError(
            f"The photo takes more than {limits.max_seconds:g} seconds to decode; save it anew, or "
            "smaller."
        ) from None
    except TooLargeError:
        raise ImageTooLargeError(
            "The photo needs more memory than decoding may take; save it with fewer pixels."
        ) from None
    except CrashedError:
        raise BrokenImageError(
            "The photo made its decoder fail; it is damaged: copy it again from its source, or "
            "save it anew."
        ) from None


@cache
def _workers(max_memory: int) -> Workers:
    return Workers(
        cores(),
        memory_bytes=max_memory + _RESERVE_BYTES,
        modules=("vlm.images.isolated", "PIL.JpegImagePlugin", "PIL.PngImagePlugin"),
    )


def _decode(
    blobs: list[Blob],
    *,
    size: list[Any],
    region: list[float] | None,
    limits: list[Any],
    allowed: int | None,
) -> tuple[dict[str, Any], list[bytes]]:
    """What a process does: `decode_here`, its result as plain values."""
    try:
        image = decode_here(
            bytes(blobs.pop()),
            PhotoSize(*size),
            region=None if region is None else Region(*region),
            limits=ImageLimits(*limits),
            allowed=allowed,
        )
    except NeedsMemoryError as error:
        return {"needed": error.needed}, []
    if allowed is None:
        give_back()  # before the next one begins
    values = {
        "shape": image.pixels.size,
        "width": image.width,
        "height": image.height,
        "format": image.format,
        "taken_at": image.taken_at,
        "latitude": image.latitude,
        "longitude": image.longitude,
    }
    return values, [image.pixels.tobytes()]
