"""What kind of words can answer a question, whoever read them: a number, a date. No network."""

import re

_ASKS_NUMBER = re.compile(
    r"\bhow (?:many|much|tall|high|long|wide|deep|large|big|old|far|heavy|fast)\b"
    r"|\bwie(?: ?viele?| hoch| lang| groß| alt| schwer)\b|\bcombien\b|\bcuánt[oa]s?\b"
    r"|多少|多[高长長宽寬深大重远遠久快]|几[个個座层層人]",
    re.IGNORECASE,
)
ASKS_DATE = re.compile(
    r"\b(?:when|(?:what|which) (?:year|date|century|decade|day)|wann|welche[mns]? jahr|quand"
    r"|quelle année|cuándo|qué año)\b"
    r"|[何哪]时|何時|什么时候|什麼時候|[哪何]一?[年天日]|年份|年代|几几年",
    re.IGNORECASE,
)
_NUMBER_WORD = re.compile(
    r"\d|\b(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|twenty"
    r"|thirty|forty|fifty|hundreds?|thousands?|millions?|half|twice|single|no|none|several|few"
    r"|size|life)\b|[一二两兩三四五六七八九十百千万萬亿半几]",
    re.IGNORECASE,
)
_DATE_WORD = re.compile(
    r"(?<![A-Za-z\d])\d|centur|jahrhundert|siècle|siglo|\b(?:war|age|period|era|reign|dynasty|day|night|morning"
    r"|noon|midnight|dawn|dusk|hours?|o'clock|daily|weekly|monthly|annually|always|once|first|last"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|january|february|march|april|may|june|july"
    r"|august|september|october|november|december|easter|christmas|ramadan|weekends?"
    r"|spring|summer|autumn|winter|year|month|week|time|ago|recently|before|after|during|under"
    r"|krieg|guerre|guerra)\b|[年世代朝时時期月日夜春夏秋冬]|战争|之前|之后",
    re.IGNORECASE,
)


def fits_what_is_asked(question: str, words: str) -> bool:
    """Whether words can answer a question: a number where one is asked for, a date for *when*.

    >>> fits_what_is_asked("How many rivets hold it?", "three bronze figures")
    True
    >>> fits_what_is_asked("When was it built?", "by the architect")
    False
    """
    if _ASKS_NUMBER.search(question) and not _NUMBER_WORD.search(words):
        return False
    return not ASKS_DATE.search(question) or _DATE_WORD.search(words) is not None
