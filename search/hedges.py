"""Whether a quotation doubts what it says: *possibly*, *is said to*, *unverified*, 据说.

Knows words in five languages; not who is right.
"""

import re

_HEDGES = re.compile(
    r"\b(?:possibly|perhaps|probably|presumably|supposedly|reportedly|allegedly|apparently|"
    r"purportedly|conceivably|maybe|unverified|unconfirmed|uncertain|unproven|conjectur\w+|"
    r"rumou?r(?:ed|s)?|(?:is|are|was|were) (?:often |sometimes |widely |locally )?(?:said|believed|"
    r"thought|supposed|reputed|assumed|claimed|alleged|rumou?red) to|"
    r"(?:may|might|could) (?:well )?(?:have|be|date)|"
    r"it is (?:said|believed|thought|claimed|assumed|possible)|legend has it|"
    r"according to (?:the |a |local )?(?:legend|tradition|lore|rumou?r)|attributed to|"
    r"angeblich|vermutlich|m[oö]glicherweise|wahrscheinlich|vielleicht|mutma(?:ß|ss)lich|"
    r"soll(?:en)? [^.;]{0,80}(?:sein|haben|worden)|der (?:Sage|Legende|Überlieferung) nach|"
    r"peut-[eê]tre|probablement|vraisemblablement|pr[eé]sum[eé]\w*|dit-on|aurai(?:t|ent) (?:été|"
    r"eu)|"
    r"selon la (?:l[eé]gende|tradition)|non v[eé]rifi[eé]\w*|"
    r"posiblemente|probablemente|quiz[aá]s?|tal vez|al parecer|presuntamente|supuestamente|"
    r"se dice que|se cree que|seg[uú]n la (?:leyenda|tradici[oó]n)|sin verificar)\b"
    r"|据[说說传傳]|相[传傳]|[传傳][说說]|(?<!不)可能(?!性)|或[许許]|"
    r"也[许許]|疑[似为為]|未[经經][证證][实實]|"
    r"[尚有]待考[证證]|尚[无無]定[论論]|推[测測]|存疑",
    re.IGNORECASE,
)
_UNSURE_FIELD = re.compile(
    r"^[^:：\n]{1,40}[:：].*(?:[(\[（]\s*[?？]\s*[)\]）]|[?？])\s*[)\]]?\s*\.?$", re.MULTILINE
)
"""*Architect: A. Example (?)*, *Date: 1922?*"""


_CLAUSE_END = re.compile(r"[,;，；。！？]|\.(?=\s)|\b(?:and|but|while|und|aber|et|mais|y|pero)\b")


def is_hedged(quote: str, value: str | None = None) -> bool:
    """Whether a quotation says that what it says is not certain.

    Args:
        quote: the quotation.
        value: the words of it that answer; a doubt that follows after their clause is of something
            else. None means all of the quotation.

    >>> is_hedged("It was possibly demolished in 1961."), is_hedged("It opened in May 1961.")
    (True, False)
    >>> is_hedged("据说该塔毁于1860年。"), is_hedged("Date: 1922?")
    (True, True)
    >>> is_hedged("It opened in 1877 and is said to have burnt in 1923.", "1877")
    False
    """
    at = -1 if value is None else quote.find(value)
    if at >= 0 and value is not None:
        end = _CLAUSE_END.search(quote, at + len(value))
        quote = quote if end is None else quote[: end.start()]
    return _HEDGES.search(quote) is not None or _UNSURE_FIELD.search(quote) is not None
