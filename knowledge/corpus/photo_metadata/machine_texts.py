"""Which texts in a photo's metadata a camera or a program wrote by itself, and no person."""

import re

from knowledge.corpus.photo_metadata.statements import Property

_NAMELIKE: frozenset[Property] = frozenset({"title", "headline", "caption", "comment"})
_JUNK = re.compile(
    r"""
    (?:\w+\ )*(?:digital\ (?:still\ )?camera|dsc|dcim|optical\ co\.,\ ?ltd\.?)
    | (?:exif[_\ ])?jpeg[_\ ](?:picture|image) | samsung(?:\ camera\ pictures)?
    | my\ beautiful\ picture | image\ ?description | untitled(?:[-\ ]?\d+)? | no\ ?name
    | default | ascii | charset=\S+ | screenshot | hdrpl | applemark | binary\ comment | x-default
    | (?:created|edited|processed|optimi[sz]ed|made|taken|compressed|file\ written)
      \ (?:with|by|using|in)\ (?:the\ )?
      (?:gimp|adobe|photoshop|vsco|jpegmini|picsart|snapseed|imagemagick|paint|meitu).*
    | creator:\ .* | lead\ technologies.* | handmade\ software.* | intel\(r\)\ .* | xv\ version.*
    | software:\ .* | picasa | user\ ?name | photographer | photographer\ name | owner\ name
    | <[^<>]*> | dcf\ \d\.\d | padbytes | gpencoder | user\ comments? | \w+\ dsc\ picture | jfif.*
    | copyright,?(?:\ \d{4})?,? | \(c\)\ by\ .*\ user | dcim\\.*
    | unknown | none | null | n/?a | no | not\ available | \(c\) | ©
    | <\?xml.* | <ome.* | imagej=.* | [{\[]".* | \{["'].*
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
"""Texts that a camera or program wrote, not a person, and those that say nothing."""
_CAMERA_NAME = re.compile(
    r"(?:img|dsc[nf]?|p|pict|image|bild|foto|photo|scan|mvc|cimg|imgp|sam|gopr|pxl|mvimg|dji|wp"
    r"|screenshot|neues bild)?(?:[-_ ]?(?:wa)?\d)+(?:\s?\(\d+\))?(?:\.\w{3,4})?"
    r"|(?:unnamed|[0-9a-f]{16,64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\.\w{3,4})?",
    re.IGNORECASE,
)
"""Names of files that a camera, a scanner or a program counts, or makes of a date or a digest."""
_NOT_WORDS: tuple[Property, ...] = (
    *("taken", "exposed", "digitised", "date", "work_date"),
    *("work_number", "reference", "position", "scanned"),
)
_UNPRINTABLE = re.compile("[\ufffd\ue000-\uf8ff\x80-\x9f]")
_JUDGED_CHARS = 300
"""No text that a camera or program writes by itself is longer."""
_WRITTEN_WITH = re.compile(
    r"(?:created|made|written|generated|produced) (?:with|by|using) .*", re.IGNORECASE
)


def is_camera_name(file_name: str) -> bool:
    """Whether a camera, a scanner or a program gave a file its name.

    >>> is_camera_name("IMG_0012.JPG"), is_camera_name("market_hall.jpg")
    (True, False)
    """
    return _CAMERA_NAME.fullmatch(file_name) is not None


def says_nothing(about: Property, value: str) -> bool:
    """Whether a value of a property is a machine's text, or none.

    >>> says_nothing("caption", "OLYMPUS DIGITAL CAMERA"), says_nothing("caption", "A camera")
    (True, False)
    """
    if about in _NOT_WORDS:
        return False
    short = value[:_JUDGED_CHARS]
    marks = len(_UNPRINTABLE.findall(short))
    if marks * 10 > len(short) or not any(map(str.isalnum, value)):
        return True
    if len(value) > _JUDGED_CHARS:
        return False
    if _JUNK.fullmatch(value) or (about == "comment" and _WRITTEN_WITH.fullmatch(value)):
        return True
    is_name = " " not in value and any(map(str.isalpha, value)) and _CAMERA_NAME.fullmatch(value)
    return about in _NAMELIKE and bool(is_name)
