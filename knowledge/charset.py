"""Short texts in an unknown character set: the labels that programs wrote into photos for 30 years.

`knowledge.corpus.encoding` does the same for whole files, of which there is more to judge by.
"""

import re

from knowledge.language import is_han

_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_HIGH = re.compile(r"[^\x00-\x7f]+")
_MAC_INSIDE = re.compile(rb"[a-z][\x8a\x8c\x8e\x9f]|[\x8a\x8c\x8e\x9f][a-z]{2}")
"""Letters with accents in Mac OS Roman; in Windows-1252 capitals (`Š`, `Œ`, `Ž`, `Ÿ`), which do not
stand inside of words."""
_NOT_IN_WINDOWS = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_LEAST_IN_PAIRS = 0.6


def decode_short(data: bytes) -> str:
    """A text whose character set nothing says: UTF-8, GB 18030, Mac OS Roman or Windows-1252.

    >>> decode_short("Musée".encode()), decode_short("Musée".encode("cp1252"))
    ('Musée', 'Musée')
    >>> decode_short("济南老火车站".encode("gb18030")), decode_short("Musée".encode("mac_roman"))
    ('济南老火车站', 'Musée')
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # Programs cut texts at a number of bytes, through a character.
        if error.end == len(data) and error.reason == "unexpected end of data" and error.start:
            return data[: error.start].decode("utf-8-sig")
    runs = [len(run) for run in _HIGH_RUN.findall(data)]
    if sum(run for run in runs if run % 2 == 0) >= _LEAST_IN_PAIRS * sum(runs):
        text = data.decode("gb18030", errors="replace")
        others = "".join(_HIGH.findall(text))
        if others and sum(map(_is_chinese, others)) > len(others) / 2:
            return text
    if _NOT_IN_WINDOWS.search(data) or _MAC_INSIDE.search(data):
        return data.decode("mac_roman")
    return data.decode("cp1252", errors="replace")


def _is_chinese(character: str) -> bool:
    return (
        is_han(character) or "\u3000" <= character <= "\u303f" or "\uff00" <= character <= "\uff65"
    )
