"""Which of a sentence's years is that of the phase asked for: begun, completed or opened.

Exact, for sentences with a year for each: *Work began in 1904, and it opened in 1910*.
"""

import re

from knowledge.dates import find_years

_PHASES = (
    re.compile(
        r"\b(?:beg[aiu]n\w*|start\w*|commenc\w*|founded|foundation|laid)\b|开工|动工|始建|开始|奠基|動工|開工",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:complet\w*|finish\w*|ended|over)\b|完工|建成|竣工|落成|完成",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:opened|open|opening|inaugurat\w*|dedicat\w*|consecrat\w*)\b"
        r"|启用|开放|啟用|開放|通车",
        re.IGNORECASE,
    ),
)
_CLAUSE = re.compile(r"[,;，；、]|\band\b|\bbut\b", re.IGNORECASE)


def in_the_phase_asked(question: str, sentence: str) -> int | None:
    """The only year whose clause has the phase that is asked for, of a sentence with several.

    >>> text = "Building work started in 1904, and the station opened in 1910."
    >>> in_the_phase_asked("When did it open?", text)
    1910
    >>> in_the_phase_asked("When was it built?", text) is None
    True
    """
    years = find_years(sentence)
    asked = {number for number, phase in enumerate(_PHASES) if phase.search(question)}
    if len({year.value for year in years}) < 2 or len(asked) != 1:
        return None
    borders = [0, *(match.start() for match in _CLAUSE.finditer(sentence)), len(sentence)]
    phase = _PHASES[asked.pop()]
    fitting = set()
    for year in years:
        start = max(border for border in borders if border <= year.start)
        end = min(border for border in borders if border >= year.end)
        if phase.search(sentence, start, end):
            fitting.add(year.value)
    return fitting.pop() if len(fitting) == 1 else None
