"""Ids, corpus names, language tags and web addresses: the one form in which each is stored.

Every document passes here, whether it was read from a corpus or sent over HTTP. Two spellings of an
id that look alike (NFC and NFD, with and without a zero-width character) are one id. Knows no
document and no file.
"""

import re
import unicodedata
from urllib.parse import urlsplit

from knowledge.errors import CorpusError

MAX_ID_CHARS = 500
MAX_CORPUS_CHARS = 200
CORRECTIONS_CORPUS = "_corrections"
"""The corpus of approved corrections; no corpus of a person's is called so."""
MAX_ADDRESS_CHARS = 2_000

# Built from code points, so that none of these characters stands in the source itself.
_CONTROLS = "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u206a-\u206f"
_NOTES = "\ufff9-\ufffb\U000e0000-\U000e007f"
"""Interlinear notes, and tags: no font draws them, and models read them."""
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF)
)
UNWANTED = re.compile(f"[{_CONTROLS}{_BIDI}{_NOTES}{_NONCHARACTERS}\u00ad\ufeff]")
"""What no text keeps: controls, marks that change the direction of other text, byte order marks.
Joiners stay, since Hindi, Persian and emoji are written with them."""

SURROGATE = re.compile("[\ud800-\udfff]")
"""Half a character, as JSON may hold it (`\\ud83d`); it cannot be written as UTF-8."""

_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u2800\u3164\uffa0"
    "\ufe00-\ufe0f\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2]"
)
"""Characters that are drawn as nothing or only change their neighbours; no id keeps them."""


def visible(text: str) -> str:
    """`text` in NFC, without characters that cannot be seen, every white space a single space.

    >>> visible("e\\u0301\\u200b\\u202e  a") == "\\u00e9 a"
    True
    """
    text = SURROGATE.sub("\ufffd", text)
    # White space first: of the controls, tabs and line ends part words.
    text = " ".join(text.split())
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", UNWANTED.sub("", text)))
    return " ".join(text.split())


def checked_id(value: str) -> str:
    """The form of a document's id that is stored: visible characters, in NFC.

    An id may have parts between `/`, as those of loose files, which are their paths.

    Raises:
        CorpusError: nothing visible is left, it is too long, or it has a part that an address
            cannot hold.

    >>> checked_id("cafe\\u0301")  == "caf\\u00e9"
    True
    """
    id_ = visible(value)
    if not any(map(_is_drawn, id_)):
        raise CorpusError(
            f"The id {ascii(value)[:80]} has no character that can be seen; give it letters or "
            "digits."
        )
    if len(id_) > MAX_ID_CHARS:
        raise CorpusError(
            f"The id has {len(id_):,} characters, more than the {MAX_ID_CHARS} it may have: "
            f"{id_[:40]!r}…; shorten it."
        )
    if any(part.strip() in ("", ".", "..") for part in id_.split("/")):
        raise CorpusError(
            f"The id {id_!r} has an empty part, `.` or `..` between slashes, which no address can "
            "hold; remove it."
        )
    return id_


def checked_corpus(value: str) -> str:
    """The form of a corpus's name that is stored: visible characters without `/`, in NFC.

    Raises:
        CorpusError: it is empty, too long, or holds a `/`.
    """
    name = visible(value)
    if "/" in name or name in (".", "..") or not any(map(_is_drawn, name)):
        raise CorpusError(f"{ascii(value)[:80]} cannot name a corpus; use a word without `/`.")
    if name == CORRECTIONS_CORPUS:
        raise CorpusError(f"{name!r} is where corrections are kept; give the corpus another name.")
    if len(name) > MAX_CORPUS_CHARS:
        raise CorpusError(
            f"The corpus's name has {len(name):,} characters, more than the {MAX_CORPUS_CHARS} it "
            "may have; shorten it."
        )
    return name


def has_visible(text: str) -> bool:
    """Whether a text has any character that a reader sees."""
    return any(map(_is_drawn, visible(text)))


def _is_drawn(character: str) -> bool:
    """Whether a character is drawn by itself: neither space nor a mark on another character."""
    return unicodedata.category(character)[0] in "LNPS" or unicodedata.category(character) == "Co"


_LANGUAGE = r"[a-z]{2,3}"
_AFTER_LANGUAGE = (
    r"(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?P<variants_%s>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)"
)
_TAG = re.compile(
    rf"{_LANGUAGE}{_AFTER_LANGUAGE % 'own'}"
    r"(?P<extensions>(?:"
    r"-u(?:(?:-[a-z0-9]{3,8})+(?:-[a-z0-9][a-z](?:-[a-z0-9]{3,8})*)*"
    r"|(?:-[a-z0-9][a-z](?:-[a-z0-9]{3,8})*)+)"
    rf"|-t(?:-{_LANGUAGE}{_AFTER_LANGUAGE % 'other'}(?:-[a-z][0-9](?:-[a-z0-9]{{3,8}})+)*"
    r"|(?:-[a-z][0-9](?:-[a-z0-9]{3,8})+)+)"
    r"|-[0-9a-svwyz](?:-[a-z0-9]{2,8})+)*)"
    r"(?:-x(?:-[a-z0-9]{1,8})+)?",
)
_MAX_TAG_CHARS = 100


def checked_language(tag: str) -> str:
    """A BCP 47 language tag that browsers' `Intl` accepts, in the usual case of letters.

    A private tag alone (`x-klingon`) is refused, since browsers refuse it; `en-x-old` is fine. So
    are extended languages: `yue`, not `zh-yue`.

    Raises:
        CorpusError: it is not such a tag.

    >>> checked_language("ZH-hant-tw"), checked_language("sr-latn"), checked_language("de-1996")
    ('zh-Hant-TW', 'sr-Latn', 'de-1996')
    """
    lower = tag.lower()
    match = _TAG.fullmatch(lower) if tag.isascii() and len(tag) <= _MAX_TAG_CHARS else None
    if match is None or _repeats(match):
        raise CorpusError(
            f"{tag[:40]!r} is not a language tag; write `en`, `zh`, `zh-Hant`, `pt-BR` or the like."
        )
    parts = lower.split("-")
    for position, part in enumerate(parts[1:], start=1):
        if len(part) == 1:
            break
        if len(part) == 4 and part.isalpha():
            parts[position] = part.title()
        elif len(part) == 2:
            parts[position] = part.upper()
    return "-".join(parts)


def _repeats(match: re.Match[str]) -> bool:
    """Whether a variant or an extension stands twice, which BCP 47 forbids."""
    extensions = match["extensions"].split("-")
    singletons = [part for part in extensions if len(part) == 1]
    lists = [singletons, *(match[f"variants_{of}"] for of in ("own", "other"))]
    variants = [(part or "").split("-")[1:] if isinstance(part, str) else part for part in lists]
    return any(part is not None and len(set(part)) < len(part) for part in variants)


_ADDRESS = re.compile(r"https?://[^\s<>\"\\]+", re.IGNORECASE)


def is_web_address(value: str) -> bool:
    """Whether a value is fit to be shown as a link: `http` or `https` with a host.

    An address with a name before its host (`https://bank.example@other.example`) looks like
    another than it is, and so does one with characters that cannot be seen.

    >>> is_web_address("https://example.org/a"), is_web_address("javascript:alert(1)")
    (True, False)
    """
    if len(value) > MAX_ADDRESS_CHARS or not _ADDRESS.fullmatch(value):
        return False
    if UNWANTED.search(value) or _INVISIBLE.search(value) or SURROGATE.search(value):
        return False
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:  # a bracket that is not closed, a port that is not a number
        return False
    host = parts.hostname or ""
    return any(map(str.isalnum, host)) and "@" not in parts.netloc and "%" not in parts.netloc
