"""Tiny photos with metadata written by hand: EXIF, IPTC and XMP as programs lay them out."""

import io
import struct
from collections.abc import Mapping, Sequence

from PIL import ExifTags, Image

Rational = tuple[float, float, float]


def iptc_bytes(
    sets: Sequence[tuple[int, bytes | str]], *, encoding: str = "utf-8", marked: bool = True
) -> bytes:
    """An IPTC-IIM record of data sets of record 2; `marked`: it says that it is UTF-8."""
    data = b"\x1c\x01\x5a\x00\x03\x1b%G" if marked else b""
    for number, value in sets:
        raw = value.encode(encoding) if isinstance(value, str) else value
        data += struct.pack(">BBBH", 0x1C, 2, number, len(raw)) + raw
    return data


def photoshop_block(iptc: bytes) -> bytes:
    """IPTC among Photoshop's resources."""
    padding = b"\0" * (len(iptc) % 2)
    return b"8BIM\x04\x04\0\0" + struct.pack(">I", len(iptc)) + iptc + padding


def xmp_packet(properties: str, *, attributes: str = "") -> bytes:
    """An XMP packet; `properties` and `attributes` use the prefixes below."""
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/"
 xmlns:exif="http://ns.adobe.com/exif/1.0/"
 xmlns:lr="http://ns.adobe.com/lightroom/1.0/"
 xmlns:digiKam="http://www.digikam.org/ns/1.0/"
 xmlns:darktable="http://darktable.sf.net/"
 xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"
 xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#"
 xmlns:MP="http://ns.microsoft.com/photo/1.2/"
 xmlns:MPRI="http://ns.microsoft.com/photo/1.2/t/RegionInfo#"
 xmlns:MPReg="http://ns.microsoft.com/photo/1.2/t/Region#">
<rdf:Description rdf:about="" {attributes}>{properties}</rdf:Description>
</rdf:RDF></x:xmpmeta><?xpacket end="w"?>""".encode()


def exif_of(
    tags: Mapping[int, object],
    details: Mapping[int, object] | None = None,
    *,
    position: tuple[Rational, str, Rational, str] | None = None,
) -> Image.Exif:
    """EXIF with tags of its first directory and of the one of details."""
    exif = Image.Exif()
    for tag, value in tags.items():
        exif[tag] = value
    exif.get_ifd(ExifTags.IFD.Exif).update(details or {})
    if position is not None:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        latitude, north, longitude, east = position
        gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLatitudeRef] = latitude, north
        gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLongitudeRef] = longitude, east
    return exif


def jpeg_with(
    *,
    exif: Image.Exif | None = None,
    iptc: bytes = b"",
    xmp: bytes = b"",
    comment: bytes = b"",
    image: Image.Image | None = None,
) -> bytes:
    """A JPEG with what is given."""
    options: dict[str, object] = {}
    if exif is not None:
        options["exif"] = exif
    if iptc:
        block = b"Photoshop 3.0\0" + photoshop_block(iptc)
        options["extra"] = b"\xff\xed" + struct.pack(">H", len(block) + 2) + block
    if xmp:
        options["xmp"] = xmp
    if comment:
        options["comment"] = comment
    buffer = io.BytesIO()
    (image or Image.new("RGB", (8, 6), "red")).save(buffer, "JPEG", **options)
    return buffer.getvalue()
