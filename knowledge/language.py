"""The language of a text by its script, and the form in which names are compared."""

import re
import unicodedata

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LATIN = re.compile(r"[A-Za-z]")
_EAST_ASIAN = re.compile(r"[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_WRITTEN_IN_HAN = frozenset({"zh", "yue", "wuu", "nan", "hak", "lzh", "cmn", "ja", "ko"})
"""Languages whose texts hold Han characters."""
_WORD = re.compile(r"[^\W\d_]")
_HAN_SHARE = 0.2
"""A Han character stands for about a word, so a text can be Chinese with fewer than half of its
letters Han: `纽约的Pennsylvania Station还在吗` is Chinese."""


def guess_language(text: str) -> str:
    """`zh` where Han characters are common, else `en`; a guess by script alone.

    >>> guess_language("纽约的Pennsylvania Station还在吗"), guess_language("Is it there?")
    ('zh', 'en')
    """
    han = len(_HAN.findall(text))
    letters = len(_WORD.findall(text))
    return "zh" if letters and han / letters >= _HAN_SHARE else "en"


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
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    kept = (
        character if character.isalnum() else " "
        for character in decomposed
        if not unicodedata.combining(character)
    )
    return " ".join("".join(kept).split())
