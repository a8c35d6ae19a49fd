"""Answers in words: one or two plain sentences in the question's language.

The words state what the evidence states, not what was asked: where a question asks for the
completion and the evidence only dates the opening, the answer says *was opened*.
"""

from itertools import pairwise

from knowledge.dates import Year
from vlm.readers.extractive.events import Phase
from vlm.readers.extractive.parsed_text import ParsedText, Sentence
from vlm.readers.extractive.questions import Question
from vlm.readers.extractive.year_answers import YearAnswer

Forms = tuple[str, str, str]
"""What to say of an action without a phase, of its beginning and of its end."""

_PHASES: dict[Phase | None, int] = {None: 0, "begin": 1, "finish": 2}


def _whatever_phase(form: str) -> Forms:
    return form, form, form


_ENGLISH: dict[str, Forms] = {
    "demolish": (
        "{title} was demolished {when}.",
        "Demolition of {title} began {when}.",
        "The demolition of {title} was finished {when}.",
    ),
    "explode": _whatever_phase("{title} was blown up {when}."),
    "collapse": _whatever_phase("{title} collapsed {when}."),
    "burn": _whatever_phase("{title} burnt down {when}."),
    "destroy": _whatever_phase("{title} was destroyed {when}."),
    "cornerstone": _whatever_phase("The foundation stone of {title} was laid {when}."),
    "consecrate": _whatever_phase("{title} was consecrated {when}."),
    "inaugurate": _whatever_phase("{title} was inaugurated {when}."),
    "dedicate": _whatever_phase("{title} was dedicated {when}."),
    "rebuild": (
        "{title} was rebuilt {when}.",
        "Rebuilding began {when}.",
        "The rebuilding was finished {when}.",
    ),
    "restore": (
        "{title} was restored {when}.",
        "A restoration began {when}.",
        "A restoration was finished {when}.",
    ),
    "build": (
        "{title} was built {when}.",
        "Work on {title} began {when}.",
        "{title} was completed {when}.",
    ),
    "make": (
        "{title} was made {when}.",
        "Work on {title} began {when}.",
        "{title} was completed {when}.",
    ),
    "open": _whatever_phase("{title} was opened {when}."),
    "reopen": _whatever_phase("{title} was reopened {when}."),
    "close": _whatever_phase("{title} was closed {when}."),
    "found": _whatever_phase("{title} was founded {when}."),
}
_CHINESE: dict[str, Forms] = {
    "demolish": (
        "{title}于{when}被拆除。",
        "{title}于{when}开始拆除。",
        "{title}的拆除于{when}完成。",
    ),
    "explode": _whatever_phase("{title}于{when}被炸毁。"),
    "collapse": _whatever_phase("{title}于{when}倒塌。"),
    "burn": _whatever_phase("{title}于{when}被烧毁。"),
    "destroy": _whatever_phase("{title}于{when}被毁。"),
    "cornerstone": _whatever_phase("{title}于{when}奠基。"),
    "consecrate": _whatever_phase("{title}于{when}祝圣。"),
    "inaugurate": _whatever_phase("{title}于{when}落成。"),
    "dedicate": _whatever_phase("{title}于{when}落成。"),
    "rebuild": ("{title}于{when}重建。", "重建工程于{when}开始。", "重建工程于{when}完成。"),
    "restore": ("{title}于{when}修复。", "修复工程于{when}开始。", "修复工程于{when}完成。"),
    "build": ("{title}建于{when}。", "{title}于{when}开始修建。", "{title}于{when}建成。"),
    "make": ("{title}建于{when}。", "{title}于{when}开始修建。", "{title}于{when}完成。"),
    "open": _whatever_phase("{title}于{when}开放。"),
    "reopen": _whatever_phase("{title}于{when}重新开放。"),
    "close": _whatever_phase("{title}于{when}关闭。"),
    "found": _whatever_phase("{title}始建于{when}。"),
}


def year_in_words(value: int, language: str) -> str:
    """A year as people write it.

    >>> year_in_words(-515, "en"), year_in_words(-515, "zh"), year_in_words(80, "en")
    ('515 BC', '公元前515年', 'AD 80')
    """
    if language == "zh":
        if value < 0:
            return f"公元前{-value}年"
        return f"公元{value}年" if value < 1000 else f"{value}年"
    if value < 0:
        return f"{-value} BC"
    return f"AD {value}" if value < 1000 else str(value)


def name_in(language: str, parsed: ParsedText) -> str:
    """The subject's name in the question's script, with the article that its text gives it."""
    chinese = language == "zh"
    source = parsed.source
    name = next(
        (
            name
            for name in source.names
            if any("\u4e00" <= c <= "\u9fff" for c in name) == chinese
            and (chinese or name.isascii() or name == source.title)
        ),
        source.title,
    )
    called = f"the {name}".lower()
    if not chinese and any(called in sentence.text.lower() for sentence in parsed.sentences):
        return f"the {name}"
    return name


def say_date(question: Question, title: str, found: YearAnswer) -> str:
    """What happened when, with the verb of the event that the evidence states."""
    if found.cue is not None:
        table = _CHINESE if question.language == "zh" else _ENGLISH
        for action, forms in table.items():
            if action in found.cue.actions:
                form = forms[_PHASES[found.cue.phase]]
                return _capital(form.format(title=title, when=_when(found, question.language)))
    lead = None if found.year is None else year_in_words(found.year, question.language)
    return say_fact(question, found.sentence, lead=lead)


def say_standing(
    question: Question, title: str, *, exists: bool, year: int | None, rebuilt: bool
) -> str:
    """Whether it stands, and since when it does not."""
    if question.language == "zh":
        if exists:
            return f"{title}今天仍在,现存的是重建的建筑。" if rebuilt else f"{title}今天仍然存在。"
        since = "" if year is None else f",毁于{year_in_words(year, 'zh')}"
        return f"{title}今天已不存在{since}。"
    if exists:
        how = "stands today as a reconstruction" if rebuilt else "still stands today"
        return _capital(f"{title} {how}.")
    since = "" if year is None else f"; it ceased to exist in {year_in_words(year, 'en')}"
    return _capital(f"{title} no longer stands{since}.")


def say_fact(question: Question, sentence: Sentence, *, lead: str | None = None) -> str:
    """The quoted sentence, introduced in the question's language."""
    words = sentence.text.strip()
    if question.language == "zh":
        return f"{lead}。据资料:“{words}”" if lead else f"据资料:“{words}”"
    return f"{lead}. The source says: “{words}”" if lead else f"The source says: “{words}”"


def say_nothing(question: Question, title: str | None) -> str:
    """That the evidence does not say."""
    if question.language == "zh":
        return (
            f"关于{title}的资料没有说明这一点。" if title else "资料库中没有能回答这个问题的内容。"
        )
    return (
        f"The sources on {title} do not say." if title else "Nothing in the sources answers this."
    )


def _when(found: YearAnswer, language: str) -> str:
    """The date with what the text says of it: *in about 1199*, *between 1726 and 1743*."""
    date = found.date
    if not isinstance(date, Year):
        words = found.sentence.text[date.start : date.end].strip(" .。")
        return words if language == "zh" else f"in {words}"
    year = year_in_words(date.value, language)
    started = _start_of_span(found)
    if started is not None and found.cue is not None and found.cue.phase is None:
        first = year_in_words(started, language)
        return f"{first}至{year}" if language == "zh" else f"between {first} and {year}"
    if date.approximate:
        return f"约{year}" if language == "zh" else f"in about {year}"
    return year if language == "zh" else f"in {year}"


def _start_of_span(found: YearAnswer) -> int | None:
    """The year that a span begins with whose end was found."""
    years = found.sentence.analysis.years
    for first, second in pairwise(years):
        if second == found.date and (first.role, second.role) == ("from", "to"):
            return first.value
    return None


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
