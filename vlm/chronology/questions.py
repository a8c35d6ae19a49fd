"""What kind of thing a question asks: whether something exists, when, yes or no, which event.

English, German, French, Spanish and Chinese. Knows the words of questions; reads no document.
"""

import re

from knowledge.dates import find_years
from knowledge.language import guess_language
from vlm.chronology.lexicon import (
    ASKED,
    BEGINNINGS,
    ENDINGS,
    KINDS,
    OF_A_PART,
    PARTLY,
    PLANNED,
    RUINS,
    EventKind,
    either,
    plain,
)
from vlm.readers.base import YearEvent

_ENDED = either([word for word, kind in KINDS.items() if kind in ENDINGS | {"closed"}])
_MOST_READ = 1_000
_ASKS_HAN = re.compile(r"[吗嗎嘛呢哪谁誰]|[还還]在|什么|什麼|几时|何[时時]")
_NEVER = re.compile(
    r"(?:\b(?:never|not|nie|nicht|jamais|nunca|no)|n't)(?:\s(?:been|yet|be|wurde|ete|fue))?\s*$"
    r"|(?:从未|未曾|没有|并未|未|没)[被曾]?$"
)
_BEFORE_QUESTION = re.compile(
    r"^(?:(?:please|so|and|hello|hi|hey|well|ok|okay|but|then|bitte|und|et|alors|oye|y|sorry)\b[\s,!]*|"
    r"[¿¡\s]+|(?:(?:can|could|would|will) you (?:please )?|please )?(?:tell|let) me (?:know )?|"
    r"(?:do|does) (?:you|any(?:one|body)) (?:happen to )?know\s+|i(?:'d| would) like to know\s+)+|"
    r"^(?:the |this )?[^,?]{1,60}, (?=(?:is|are|does|do|has|have|did|was) (?:it|they|s?he|this)\b)"
)
_OPENS = re.compile(
    r"(?:when|what|which|who|whom|whose|where|why|how|wann|welche\w*|wer|wo|warum|wie|quand|qui|"
    r"ou|pourquoi|quel(?:le)?s?|comment|combien|cuando|cual(?:es)?|quien|donde|como|cuant\w+)\b"
)
_ASKS_WHEN = re.compile(
    r"\b(?:when|wann|quand|cuando)\b|\bthe year (?:of|in which|when|that)\b|"
    r"\b(?:what|which) (?:\w+ )?(?:year|date|decade|century|day)\b|"
    r"\bhow (?:old|long ago)\b|welche[sm]? (?:jahr|datum)|quelle (?:annee|date)|que (?:ano|fecha)|"
    r"什么时候|什么年代|何[时年]|几时|哪一?[年天日]|几几?年|啥时候?|多少年|年份"
)
_YES_NO = re.compile(
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|still|ist|sind|war|waren|hat|"
    r"haben|wurden?|gibt|gab|existier\w+|steht|stehen|kann|wird|lebt|leben|besteht|est-ce|est|sont|"
    r"existe\w*|sigue\w*|ha|han|hay|fue|fueron|es|esta|estan|se|puede|aun|todavia|vive\w*)\b|"
    r"(?:is|are|was|do|does|did|has|have|ca)n't\b|"
    r"[^?]*\b\w+(?:-t)?-(?:ils?|elles?|on)\b|[^?]*\bstill\s*\?"
)
_YES_NO_HAN = re.compile(
    r"吗|嘛(?=[?？]|$)|(?:(?<![什怎多这那])么|没有?)[啊呢]?\s*[?？]?\s*$"
    r"|是否|有没有|是不是|在不在|能不能|尚?存否|[与能可]否|还有没有"
)
_EMBEDDED = re.compile(r"\b(?:whether|if|ob|si)\b(?!\s*$)")
_STILL = (
    r"\b(?:still|yet|any ?more|any longer|today|nowadays|now|these days|currently|to this day|noch|"
    r"mehr|encore|toujours|debout|siguen?|aun|todavia|hoy)\b"
)
_ALIVE = (
    r"\b(?:stands?|around|(?<!is )(?<!are )there|here(?=\W*$)|in (?:service|use|operation|business|"
    r"print|place)|open|left|operat\w+|active|living|running|preserved|intact|remain\w*|publish\w+|"
    r"sailing|flying|afloat|produced|seen?|visit\w*|find|climb|gibt|steht|stehen|besteht|da|lebt|"
    r"fahrt|erhalten|offen|betrieb|est|tient|reste|subsiste|circule|la|vie|en pie|abiert\w+|viv\w+|"
    r"activ\w+|alli|ahi|esta|queda|conserva)\b"
)
_EXISTENCE = re.compile(
    r"\b(?:exist(?:s|ing)?|in existence|extant|surviv\w+|standing|alive|existier\w+|existe\w*)\b|"
    r"\bstands?(?=\s*\?*$)|\bstill\s*\?*$|"
    rf"{_STILL}.{{0,80}}{_ALIVE}|{_ALIVE}.{{0,60}}{_STILL}|"
    rf"(?:{_ENDED}|\b(?:gone|defunct|dead|no more))(?: (?:worden|yet|already|by now))?\s*\??$|"
    r"\b(?:in force|on the air)\b|"
    r"\bstill (?:made|held|grown?|works?|working|printed|sold|played)\b|"
    r"^(?:is|are) there (?:still|now|today)\b|"
    r"\b(?:anything|any|something|much|traces?)\b.{0,50}\b(?:left|remain\w*|stand\w*|seen)\b"
)
_EXISTENCE_HAN = re.compile(
    r"(?:[还仍尚现今]|依然|依旧|目前|至今)[然旧天在今]?.{0,12}(?:在|存|有|立|活|矗|开|看得?[到见]|运[营行]|使用|"
    r"服役|出版|发行|保留|完好|营业)(?!.{0,14}(?:什么|谁|哪|多少|几))|存在|存否|健在|在世|在不在|残存|"
    r"保存下来|(?:拆|毁|塌|倒|烧|没|沉|死|灭绝|绝迹|关|停刊|停业|停运|解散|报废|消失|不在|不存)"
    r"[除掉毁了光闭门]*(?:吗|没有?|么|嘛)|(?:是否|有没有|是不是|已经|会不会).{0,12}(?:拆|毁|灭绝|绝迹|倒闭|"
    r"关闭|停刊|解散|报废|消失|沉没|退役|去世)"
)


def asks_existence(question: str) -> bool:
    """Whether a question asks if something still exists, or has ended.

    >>> [asks_existence(q) for q in ("Is it still in service?", "塔還在嗎？", "拆了吗")]
    [True, True, True]
    >>> [asks_existence(q) for q in ("When was it demolished?", "What still stands of it?")]
    [False, False]
    """
    pattern = _EXISTENCE_HAN if _is_chinese(question) else _EXISTENCE
    return any(_is_yes_no(said) and pattern.search(said) for said in _parts(question))


def asks_when(question: str) -> bool:
    """Whether a question asks for a date.

    >>> asks_when("In what year did it close?"), asks_when("什麼時候拆的?"), asks_when("Is it old?")
    (True, True, False)
    """
    return any(map(_ASKS_WHEN.search, _parts(question)))


def asks_yes_no(question: str) -> bool:
    """Whether *yes* or *no* answers a question.

    >>> asks_yes_no("Can you tell me whether it exists?"), asks_yes_no("Can you tell me its age?")
    (True, False)
    """
    return any(map(_is_yes_no, _parts(question)))


def year_event_of(text: str, year: int | None = None) -> YearEvent | None:
    """Which of the three events a question or a quotation is about; None where it names none. With
    a `year`, the event that stands closest to that year of the text.

    >>> year_event_of("When was it pulled down?"), year_event_of("何時建成？")
    ('demolished', 'built')
    >>> year_event_of("Built in 1890, it burnt down in 1961.", 1961)
    'demolished'
    """
    found = [(match.start(), KINDS[match.group()]) for match in ASKED.finditer(plain(text))]
    places = [each.start for each in find_years(text) if each.value == year]
    if places:
        found = sorted(found, key=lambda each: abs(each[0] - places[0]))[:1]
    kinds = [kind for _, kind in found]
    if not kinds:
        return None
    if not RUINS.isdisjoint(kinds):
        return "demolished"
    return "built" if kinds[0] in BEGINNINGS else "other"


def asked_kinds(question: str) -> frozenset[EventKind]:
    """The kinds of events that a question names.

    >>> sorted(asked_kinds("When was it completed?"))
    ['built']
    """
    found = ASKED.finditer(plain(question[:_MOST_READ]))
    return frozenset(KINDS[match.group()] for match in found)


def is_planned(sentence: str) -> bool:
    """Whether a sentence only plans, fears or votes on something.

    >>> is_planned("It was to be demolished in 1961."), is_planned("It was demolished in 1961.")
    (True, False)
    """
    return PLANNED.search(plain(sentence)) is not None


def denies_what_is_asked(question: str, sentence: str) -> bool:
    """Whether a sentence says that what a question asks the date of did not happen.

    >>> denies_what_is_asked("When was she scrapped?", "She was never scrapped.")
    True
    >>> denies_what_is_asked("When was she scrapped?", "Never sold, she was scrapped in 1960.")
    False
    """
    said, kinds = plain(sentence), asked_kinds(question)
    deeds = [deed.start() for deed in ASKED.finditer(said) if KINDS[deed.group()] in kinds]
    return any(_NEVER.search(said[max(0, start - 40) : start]) for start in deeds)


def asks_of_a_part(question: str) -> bool:
    """Whether a question asks of a part of something.

    >>> asks_of_a_part("When did the last tower fall?"), asks_of_a_part("When was it demolished?")
    (True, False)
    """
    said = plain(question)
    return OF_A_PART.search(said) is not None or PARTLY.search(said) is not None


def _parts(question: str) -> list[str]:
    """The question's sentences in plain form, without what is said before each."""
    said = " ".join(plain(question[:_MOST_READ]).split())
    sentences = re.split(r"(?<=[?？。!：:])\s*|(?<=\w\w\w\w\.)\s+", said)
    return [_BEFORE_QUESTION.sub("", sentence).strip() for sentence in sentences if sentence]


def _is_chinese(question: str) -> bool:
    """Whether a question is asked in Chinese, not only about something with a Chinese name."""
    return guess_language(question) == "zh" or _ASKS_HAN.search(question) is not None


def _is_yes_no(said: str) -> bool:
    if _is_chinese(said):
        return _YES_NO_HAN.search(said) is not None and not _ASKS_WHEN.search(said)
    is_closed = _YES_NO.match(said) is not None or _EMBEDDED.search(said) is not None
    return is_closed and not _OPENS.match(said)
