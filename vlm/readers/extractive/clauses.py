"""A sentence cut into clauses, English or Chinese, without cutting a date or a number."""

import re
from dataclasses import dataclass
from itertools import pairwise

from knowledge.dates import MONTH, Year

_CLAUSE_BREAK = re.compile(
    r"[,;:()，；：（）—。]|\.\s|\s[–-]\s|\b(?:and|but|while|when|whereas|although|though|because|which|"
    r"who|where|until|after|before|so that|in spite of)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Clause:
    """`sentence[start:end]` between two clause breaks."""

    start: int
    end: int


def split_clauses(text: str, years: tuple[Year, ...]) -> tuple[Clause, ...]:
    """Cut a sentence at punctuation and conjunctions; `years` are those that stand in it."""
    cuts = [0]
    for match in _CLAUSE_BREAK.finditer(text):
        if _inside_a_date(text, match.start(), match.end(), years):
            continue
        if match.start() > cuts[-1]:
            cuts.append(match.start())
    cuts.append(len(text))
    return tuple(Clause(start, end) for start, end in pairwise(cuts) if end > start)


def _inside_a_date(text: str, start: int, end: int, years: tuple[Year, ...]) -> bool:
    """Whether a break is no break: *May 5, 1931*, *1965 and 1966*, *after 1945*, *10,000*."""
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    if before.isdigit() and after.isdigit():
        return True
    for year in years:
        lead = text[end : year.start]
        if re.fullmatch(rf"\s*(?:\d{{1,2}}\s)?{MONTH}\s*", lead) and re.search(
            rf"{MONTH}\s*$", text[:start]
        ):
            return True
        if end <= year.start <= end + 7 and not lead.strip(" aboutcirhe.("):
            joined = any(0 <= start - other.end <= 1 for other in years)
            word = text[start:end].lower()
            if word in {"after", "before", "until"} or joined:
                return True
            if text[start:end] == "," and re.search(r"[A-Z][a-z]+\.?\s\d{1,2}$", text[:start]):
                return True
        if year.start <= start < year.end:
            return True
    return False
