"""Which format an image has, by its first bytes. Decodes nothing."""

_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_BMP_HEADER_SIZES = {12, 40, 52, 56, 64, 108, 124}
"""Lengths of a BMP's second header: `BM` alone begins many a text."""


def sniff_format(data: bytes) -> str | None:
    """Name of the format by the first bytes, such as `JPEG` or `HEIF`; None if not supported."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    if data.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return "TIFF"
    if data.startswith(b"BM") and int.from_bytes(data[14:18], "little") in _BMP_HEADER_SIZES:
        return "BMP"
    if data[4:8] == b"ftyp":
        end = min(int.from_bytes(data[:4], "big"), 512)
        brands = {data[8:12]} | {data[i : i + 4] for i in range(16, end, 4)}
        if brands & {b"avif", b"avis"}:
            return "AVIF"
        if brands & (_HEIF_BRANDS | {b"mif1", b"msf1"}):
            return "HEIF"
    return None
