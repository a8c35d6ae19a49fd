"""The wording of answers that code composes from a quotation, per language.

Nothing but the quotation, its value, the document's name and what is asked goes into it. The
extractive reader words its answers so, and `search.grounding` those of models whose own words do
not hold.
"""

import re
from collections.abc import Mapping

from knowledge.dates import Dated

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "source": "The source says: “{quote}”",
        "exists": "{title} still exists.",
        "gone": "{title} no longer exists.",
        "gone in": "{title} no longer exists; the year given is {year}.",
        "gone on": "{title} no longer exists; the date given: {date}.",
        "year": "{year}", "by": "by {date}", "from": "{date} or later",
        "span": "between {first} and {last}", "either": "{first} or {last}",
        "decade": "in the {year}s", "century": "in the {number}{th} century",
        "about": "about {date}", "perhaps": "possibly {date}",
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
        "gone on": "{title}已不复存在,所载时间:{date}。",
        "year": "{year}年", "by": "不晚于{date}", "from": "{date}或之后",
        "span": "{first}至{last}之间", "either": "{first}或{last}",
        "decade": "{year}年代", "century": "{number}世纪",
        "about": "约{date}", "perhaps": "可能是{date}",
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
        "gone on": "{title} besteht nicht mehr; angegebenes Datum: {date}.",
        "year": "{year}", "by": "spätestens {date}", "from": "{date} oder später",
        "span": "zwischen {first} und {last}", "either": "{first} oder {last}",
        "decade": "in den {year}er Jahren", "century": "im {number}. Jahrhundert",
        "about": "um {date}", "perhaps": "vielleicht {date}",
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
        "gone on": "{title} n’existe plus ; date donnée : {date}.",
        "year": "{year}", "by": "au plus tard en {date}", "from": "en {date} ou après",
        "span": "entre {first} et {last}", "either": "{first} ou {last}",
        "decade": "dans les années {year}", "century": "au {number}e siècle",
        "about": "vers {date}", "perhaps": "peut-être {date}",
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
        "gone on": "{title} ya no existe; fecha que consta: {date}.",
        "year": "{year}", "by": "a más tardar en {date}", "from": "en {date} o después",
        "span": "entre {first} y {last}", "either": "{first} o {last}",
        "decade": "en la década de {year}", "century": "en el siglo {roman}",
        "about": "hacia {date}", "perhaps": "quizás {date}",
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
    dated: Dated | None = None,
) -> str:
    """One or two sentences that answer with a quotation.

    Args:
        title: the document's.
        quote: words that stand in it.
        language: of the answer; English for those that no wording is known in.
        value: the answer in words of the quotation.
        year: the year that the answer gives, which stands in the quotation.
        exists: whether the subject exists, as far as the quotation says it.
        dated: the date that the answer gives, where it is not one year for certain.
    """
    if exists is not None:
        return say_existence(language, title, exists=exists, year=year, dated=dated)
    date = None if dated is None else say_date(language, dated)
    if date is not None:
        return say_value(language, date[:1].upper() + date[1:], quote)
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


def say_existence(
    language: str,
    title: str,
    *,
    exists: bool,
    year: int | None = None,
    dated: Dated | None = None,
) -> str:
    """Whether something exists, and the year or the date of its end.

    >>> say_existence("en", "Old Mill", exists=False, year=1931)
    'Old Mill no longer exists; the year given is 1931.'
    """
    words = _words(language)
    date = None if dated is None or exists else say_date(language, dated)
    if date is not None:
        return words["gone on"].format(title=title, date=date)
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


def say_date(language: str, dated: Dated) -> str | None:
    """A date as it is said, with how sure it is; None for one without bounds.

    >>> from knowledge.dates import read_date
    >>> [say_date("en", read_date(each)) for each in ("before 1904", "[ca. 1932]", "1890s")]
    ['by 1904', 'about 1932', 'in the 1890s']
    >>> say_date("zh", read_date("before 1904")), say_date("es", read_date("19th century"))
    ('不晚于1904年', 'en el siglo XIX')
    """
    words = _words(language)
    said = _interval(language, dated)
    if said is None:
        return None
    if dated.about:
        said = words["about"].format(date=said)
    if dated.perhaps:
        said = words["perhaps"].format(date=said)
    return said


def _interval(language: str, dated: Dated) -> str | None:
    words, first, last = _words(language), dated.earliest, dated.latest
    if first is None or last is None:
        bound = first or last
        if bound is None:
            return None
        edge = _edge(dated.edtf.strip("[]").replace("..", "/").replace("//", "/").strip("/~?%"))
        date = say_year(language, _historical(bound.year)) if edge is None else edge
        whole = words["year"].format(year=date) if edge is None else date
        return words["by" if first is None else "from"].format(date=whole)
    bare = dated.edtf.rstrip("~?%")
    if _CENTURY.fullmatch(bare):
        return _century(language, bare)
    if _DECADE.fullmatch(bare):
        return words["decade"].format(year=first.year)
    if bare.startswith("["):
        ends = bare.strip("[]").split(",")
        return words["either"].format(first=_end(language, ends[0]), last=_end(language, ends[-1]))
    if "/" in bare or bare.startswith("{"):
        ends = [end.rstrip("~?%") for end in bare.strip("{}").replace(",", "/").split("/")]
        return words["span"].format(first=_end(language, ends[0]), last=_end(language, ends[-1]))
    if first.year == last.year:
        return _end(language, bare)
    low, high = (say_year(language, _historical(day.year)) for day in (first, last))
    return words["span"].format(
        first=words["year"].format(year=low), last=words["year"].format(year=high)
    )


_CENTURY = re.compile(r"-?\d{2}XX")
_DECADE = re.compile(r"\d{3}X")
_WHOLE_YEAR = re.compile(r"-?\d{4}")


def _edge(edtf: str) -> str | None:
    """A month or a day as it is written in ISO 8601; None for a year, which is said in words."""
    return None if _WHOLE_YEAR.fullmatch(edtf) else edtf if re.fullmatch(r"[\d-]+", edtf) else None


def _end(language: str, edtf: str) -> str:
    bare = edtf.split("..")[0].rstrip("~?%")
    if not _WHOLE_YEAR.fullmatch(bare):
        return bare
    return _words(language)["year"].format(year=say_year(language, _historical(int(bare))))


def _century(language: str, edtf: str) -> str:
    number = abs(int(edtf[:-2])) + 1
    th = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    said = _words(language)["century"].format(number=number, th=th, roman=_roman(number))
    return _words(language)["bc"].format(year=said) if edtf.startswith("-") else said


def _roman(number: int) -> str:
    tens, ones = divmod(number, 10)
    return "X" * tens + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[ones]


def _historical(year: int) -> int:
    """EDTF's year 0 is 1 BC, which is said as -1."""
    return year if year > 0 else year - 1


def _words(language: str) -> Mapping[str, str]:
    return _WORDS.get(language.partition("-")[0], _WORDS["en"])
