"""The language of a text by its script, and the form in which names are compared."""

import re
import unicodedata

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LATIN = re.compile(r"[A-Za-z]")
_EAST_ASIAN = re.compile(r"[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_WRITTEN_IN_HAN = frozenset({"zh", "yue", "wuu", "nan", "hak", "lzh", "cmn", "ja", "ko"})
"""Languages whose texts hold Han characters."""
_WORD = re.compile(r"[^\W\d_]")
_NOT_IN_NAMES = re.compile(r"[\W_]")
_ASCII_IN_NAMES = "".join(chr(n) if chr(n).isalnum() else " " for n in range(128))
_HAN_SHARE = 0.2
"""A Han character stands for about a word, so a text can be Chinese with fewer than half of its
letters Han: `纽约的Pennsylvania Station还在吗` is Chinese."""


def guess_language(text: str) -> str:
    """`zh` where Han characters are common, else `en`; a guess by script alone.

    >>> guess_language("纽约的Pennsylvania Station还在吗"), guess_language("Is it there?")
    ('zh', 'en')
    """
    if text.isascii():
        return "en"
    han = len(_HAN.findall(text))
    letters = len(_WORD.findall(text))
    return "zh" if letters and han / letters >= _HAN_SHARE else "en"


_SCRIPTS: dict[str, re.Pattern[str]] = {
    "ja": re.compile(r"[\u3041-\u30ff]"),
    "ko": re.compile(r"[\uac00-\ud7af\u1100-\u11ff]"),
    "ru": re.compile(r"[\u0400-\u04ff]"),
    "el": re.compile(r"[\u0370-\u03ff]"),
    "he": re.compile(r"[\u0590-\u05ff]"),
    "ar": re.compile(r"[\u0600-\u06ff]"),
    "hi": re.compile(r"[\u0900-\u097f]"),
    "th": re.compile(r"[\u0e00-\u0e7f]"),
}
"""A script that is neither Latin nor Han, and the language that is most often written in it."""


def script_language(text: str) -> str | None:
    """The language of a text whose script is neither Latin nor Han; else None.

    >>> script_language("Кто построил мост?"), script_language("この橋は誰が建てた?")
    ('ru', 'ja')
    >>> script_language("Who built 桥?") is None
    True
    """
    letters = len(_WORD.findall(text))
    for language, script in _SCRIPTS.items():
        if letters and len(script.findall(text)) / letters >= _HAN_SHARE:
            return language
    return None


def language_of_quotation(quote: str, document_language: str) -> str:
    """The language of words that are quoted from a document: the document's, unless the words are
    in another script.

    A document in English may hold a Chinese sentence, and a table may give one language for all of
    its rows. Then the language is guessed from the words.

    Args:
        quote: the words.
        document_language: BCP 47 tag of the document; empty or `und` where it is not known.

    >>> language_of_quotation("Die Brücke steht.", "de"), language_of_quotation("桥还在。", "en")
    ('de', 'zh')
    """
    primary = document_language.split("-")[0].casefold()
    if primary in ("", "und"):
        return guess_language(quote)
    if guess_language(quote) == "zh":
        return document_language if primary in _WRITTEN_IN_HAN else "zh"
    is_foreign = (
        primary in _WRITTEN_IN_HAN and _LATIN.search(quote) and not _EAST_ASIAN.search(quote)
    )
    return "en" if is_foreign else document_language


def is_han(character: str) -> bool:
    """Whether a character is a Chinese ideograph."""
    return _HAN.match(character) is not None


def fold(text: str) -> str:
    """A name's form for comparing: NFKD, case folded, no accents or punctuation, single spaces.

    >>> fold("Château  d'If") == fold("chateau d if")
    True
    """
    if text.isascii():  # every value of every row comes through here
        return " ".join(text.lower().translate(_ASCII_IN_NAMES).split())
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return " ".join(_NOT_IN_NAMES.sub(_parting, decomposed).split())


def _parting(match: re.Match[str]) -> str:
    return "" if unicodedata.combining(match[0]) else " "
