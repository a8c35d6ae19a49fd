"""The language of a text by its script, and the form in which names are compared."""

import re
import unicodedata

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
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
