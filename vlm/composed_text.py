"""The wording of answers that code composes from a quotation, per language.

Nothing but the quotation, its value, the document's name and what is asked goes into it. The
extractive reader words its answers so, and `search.grounding` those of models whose own words do
not hold.
"""

from collections.abc import Mapping

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "source": "The source says: “{quote}”",
        "exists": "{title} still exists.",
        "gone": "{title} no longer exists.",
        "gone in": "{title} no longer exists; the year given is {year}.",
        "yes": "Yes.", "no": "No.", "bc": "{year} BC",
        "nothing": "The documents about {title} do not say.",
        "nothing found": "Nothing in the index resembles what is asked about.",
        "not read": "The question or the documents are in a language that this reader was not "
        "measured to read well.",
    },
    "zh": {
        "source": "据资料:“{quote}”",
        "exists": "{title}今天仍然存在。",
        "gone": "{title}已不复存在。",
        "gone in": "{title}已不复存在,所载年份为{year}年。",
        "yes": "是的。", "no": "不是。", "bc": "公元前{year}",
        "nothing": "关于{title}的资料没有说明这一点。",
        "nothing found": "索引中没有与所问内容相似的资料。",
        "not read": "问题或资料所用的语言不在本阅读器经测试可读的语言之内。",
    },
    "de": {
        "source": "Die Quelle sagt: „{quote}“",
        "exists": "{title} besteht noch.",
        "gone": "{title} besteht nicht mehr.",
        "gone in": "{title} besteht nicht mehr; als Jahr ist {year} angegeben.",
        "yes": "Ja.", "no": "Nein.", "bc": "{year} v. Chr.",
        "nothing": "Die Dokumente über {title} sagen es nicht.",
        "nothing found": "Nichts im Index ähnelt dem Gefragten.",
        "not read": "Die Frage oder die Dokumente sind in einer Sprache, die dieser Leser nicht "
        "nachweislich gut liest.",
    },
    "fr": {
        "source": "La source dit : « {quote} »",
        "exists": "{title} existe encore.",
        "gone": "{title} n’existe plus.",
        "gone in": "{title} n’existe plus ; l’année donnée est {year}.",
        "yes": "Oui.", "no": "Non.", "bc": "{year} av. J.-C.",
        "nothing": "Les documents sur {title} ne le disent pas.",
        "nothing found": "Rien dans l’index ne ressemble à ce qui est demandé.",
        "not read": "La question ou les documents sont dans une langue que ce lecteur ne lit pas "
        "assez bien.",
    },
    "es": {
        "source": "La fuente dice: «{quote}»",
        "exists": "{title} todavía existe.",
        "gone": "{title} ya no existe.",
        "gone in": "{title} ya no existe; el año que consta es {year}.",
        "yes": "Sí.", "no": "No.", "bc": "{year} a. C.",
        "nothing": "Los documentos sobre {title} no lo dicen.",
        "nothing found": "Nada en el índice se parece a lo que se pregunta.",
        "not read": "La pregunta o los documentos están en una lengua que este lector no lee con "
        "la calidad medida.",
    },
}  # fmt: skip
_STOPS = ".!?。！？…"


def compose_text(
    title: str,
    quote: str,
    *,
    language: str,
    value: str | None = None,
    year: int | None = None,
    exists: bool | None = None,
) -> str:
    """One or two sentences that answer with a quotation.

    Args:
        title: the document's.
        quote: words that stand in it.
        language: of the answer; English for those that no wording is known in.
        value: the answer in words of the quotation.
        year: the year that the answer gives, which stands in the quotation.
        exists: whether the subject exists, as far as the quotation says it.
    """
    if exists is not None:
        return say_existence(language, title, exists=exists, year=year)
    if value is None and year is not None:
        value = say_year(language, year)
    return say_value(language, value, quote)


def say_value(language: str, value: str | None, quote: str) -> str:
    """An answer in the source's own few words; without them, the quotation.

    Where an answer is shown, its quotation stands beside it, so that it is not said twice.

    >>> say_value("en", "1889", "The tower was completed in 1889.")
    '1889.'
    """
    words = _words(language)
    if not value or value.strip() == quote.strip():
        return words["source"].format(quote=quote)
    stop = "" if value.rstrip()[-1:] in _STOPS else ("。" if language == "zh" else ".")
    return f"{value}{stop}"


def say_existence(language: str, title: str, *, exists: bool, year: int | None = None) -> str:
    """Whether something exists, and the year of its end.

    >>> say_existence("en", "Old Mill", exists=False, year=1931)
    'Old Mill no longer exists; the year given is 1931.'
    """
    words = _words(language)
    lead = words["exists" if exists else "gone" if year is None else "gone in"]
    return lead.format(title=title, year=None if year is None else say_year(language, year))


def say_verdict(language: str, *, yes: bool) -> str:
    """Yes or no."""
    return _words(language)["yes" if yes else "no"]


def say_nothing(language: str, title: str | None) -> str:
    """That the documents about `title` do not say, or that there is no document."""
    words = _words(language)
    return words["nothing found"] if title is None else words["nothing"].format(title=title)


def say_not_read(language: str) -> str:
    """That the reader does not read the language."""
    return _words(language)["not read"]


def say_year(language: str, year: int) -> str:
    """A year; negative ones are before the common era.

    >>> say_year("en", -515), say_year("zh", -515)
    ('515 BC', '公元前515')
    """
    return str(year) if year > 0 else _words(language)["bc"].format(year=-year)


def _words(language: str) -> Mapping[str, str]:
    return _WORDS.get(language.partition("-")[0], _WORDS["en"])
