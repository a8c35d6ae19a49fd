"""Whether the subject stands today, and the sentence that says so.

Explicit words count more than events: *no longer exists*, 已不存在, *still stands*, *seen today is
a reconstruction*. Only a text without such words is judged by what happened last.
"""

import re
from dataclasses import dataclass

from vlm.readers.extractive.events import RUINING
from vlm.readers.extractive.parsed_text import ParsedText, Sentence, topic_of

_BE_GONE = r"(?:exists?|stands?|survives?|remains?|extant|there)"
_GONE = re.compile(
    rf"\bno longer {_BE_GONE}\b|\b(?:does|do) not {_BE_GONE}\b|\b(?:doesn't|don't) {_BE_GONE}\b|"
    rf"\b(?:none|nothing) (?:of (?:the|its|it|them))?[^.;]*\b{_BE_GONE}\b|\bno trace\b|"
    r"\bnothing (?:is|was) left\b|\b(?:not|never) (?:been )?rebuilt\b|\bceased to exist\b|"
    r"\b(?:is|are|has|have) (?:(?:now|since|completely|entirely|long|all|been) )*"
    r"(?:gone|vanished|disappeared|lost)\b|"
    r"不复存在|不存在|荡然无存|不再存在|(?:现|今|早|都)?已(?:经|全部|完全|被)*"
    r"(?:不存|消失|不在|无存|拆除|拆毁)|只剩(?:下)?(?:遗址|废墟)|"
    r"(?:没有|未|从未|未能|并未|未曾)(?:在原址|原样)*再?(?:重建|复建)",
    re.IGNORECASE,
)
_STANDS = re.compile(
    r"\bstill (?:stands?|exists?|survives?|remains?|standing|intact|there|in place)\b|"
    r"\b(?:stands?|survives?|exists?|standing) (?:today|still|to this day|now|(?:in its|as a) "
    r"(?:\w+ )?(?:restored|rebuilt|ruined|original|full))\b|"
    r"\b(?:still|today)\b[^.;,]{0,30}\b(?:stands?|survives?|exists?)\b|"
    r"\b(?:survives?|endures?)\s*[.;]|\b(?:has|have) (?:survived|been preserved)\b|"
    r"\b(?:is|are) (?:well )?preserved\b|\bremains? (?:standing|intact)\b|"
    r"[仍还依](?:然|旧|在)?(?:矗立|屹立|存在|立[在于着]|存|保存|耸立|保留|可以看到|完好)|"
    r"保存(?:完好|至今|良好|下来)|(?:至今|现今|今天)(?:仍|还|依然)|现存|尚存|屹立",
    re.IGNORECASE,
)
_RECONSTRUCTION = re.compile(
    r"(?:\b(?:seen|standing|stands?|building|visible)\b[^.;]{0,30}\b(?:today|now)\b|\b[Tt]oday's\b|"
    r"\b[Pp]resent\b|\b[Cc]urrent\b)[^.;]*"
    r"\b(?:reconstruction|rebuilt|replica|reconstructed|built again)\b|"
    r"(?:现在|今天|如今|现存|目前|今日)[^。;；]{0,24}(?:重建|复建|仿建|再建)|"
    r"就是今天(?:人们)?(?:看到|见到)的"
)
_NEGATED = re.compile(r"没有|未|计划|\b(?:not|never|planned|proposed)\b")
_IN_USE = re.compile(
    r"\b(?:is|are) (?:(?:now|today|still|currently) )*(?:used|open|home|one of|visited|kept|run|"
    r"managed|protected|an? (?:active|protected|working|museum))\b|\b(?:serves?|houses?|holds?|"
    r"receives?|welcomes?)\b|\b(?:can|may) (?:be visited|visit|climb|see|walk|take)\b|"
    r"\bvisitors? (?:can|may|walk|climb|come|see)\b|\bstill (?:used|live|serves?)\b|\bvisit it\b|"
    r"\bstands (?:on|in|at|beside|near)\b|"
    r"\b(?:today|now)\b[^.;]*\b(?:is|are)\b|\b(?:is|are) (?:now|today)\b|"
    r"(?:现在|今天|如今|目前|现)[它其]?(?:是|为|作为|用作|用于|供|仍|还|对|由)|供(?:人|游客|"
    r"游人)?(?:参观|游览)|"
    r"[向对](?:公众|外|游客)开放"
)
_PARTLY = re.compile(r"\b(?:only|parts?|some|much of|most of)\b|部分|一段|大半", re.IGNORECASE)
_COPULA = re.compile(r"\b(?:(is|are)|was|were)\b(\s+an?\b)?")
_HERE = ("main", "present")
_SITE = re.compile(
    r"\b(?:its|the|old|former) (?:site|place|spot)\b|\bon the site\b|\bin its place\b|"
    r"原址|旧址|遗址|那里"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether the subject stands today.

    Attributes:
        exists: None where the text does not say.
        sentence: the sentence that says it.
        plain: how plainly it says so, 0 to 1.
        rebuilt: what stands is a reconstruction.
    """

    exists: bool | None
    sentence: Sentence | None
    plain: float
    rebuilt: bool = False


def standing(parsed: ParsedText) -> Standing:
    """Read the subject's state today out of its text: the plainest sign, the last of equals."""
    best = _by_tense(parsed)
    for sentence in parsed.sentences:
        for sign in _signs(sentence, parsed):
            if sign.plain >= best.plain:
                best = sign
    return best


def says_existence(sentence: Sentence, *, exists: bool) -> bool:
    """Whether a sentence by itself says that what it is about exists today, or no longer does.

    Wider than `standing`, since it judges a quotation that a reader has chosen: it asks neither
    which of a site's buildings is meant nor how plainly the sentence says so.
    """
    text = sentence.text
    events = [cue for cue in sentence.analysis.cues if not cue.denied]
    is_first = sentence.passage.start + sentence.start == 0
    tense = _COPULA.search(text) if is_first else None
    if exists:
        again = _RECONSTRUCTION.search(text)
        return (
            _STANDS.search(text) is not None
            or _IN_USE.search(text) is not None
            or (again is not None and not _NEGATED.search(again.group()))
            or any("rebuild" in cue.actions for cue in events)
            or (tense is not None and tense[1] is not None)
        )
    return (
        _GONE.search(text) is not None
        or _SITE.search(text) is not None
        or any(cue.actions & RUINING for cue in events)
        or (tense is not None and tense[1] is None and tense[2] is not None)
    )


def _by_tense(parsed: ParsedText) -> Standing:
    """*X is a church* or *X was a church* at the head of the text: a weak sign in English.

    *X was built in 1934* and *X was the first bridge* say nothing of today.
    """
    if not parsed.sentences or parsed.sentences[0].start > 0:
        return Standing(None, None, 0.0)
    first = parsed.sentences[0]
    copula = _COPULA.search(first.text)
    if copula is None or not (copula[1] or copula[2]):
        return Standing(None, None, 0.0)
    return Standing(copula[1] is not None, first, 0.3)


def _signs(sentence: Sentence, parsed: ParsedText) -> list[Standing]:
    text = sentence.text
    signs: list[Standing] = []
    again = _RECONSTRUCTION.search(text)
    if again is not None and not _NEGATED.search(again.group()):
        signs.append(Standing(True, sentence, 0.98, rebuilt=True))
    gone = _GONE.search(text)
    if gone is not None and _topic_at(sentence, gone.start()) != "other":
        only_not_rebuilt = re.search(r"rebuilt|[重复]建", gone.group())
        signs.append(Standing(False, sentence, 0.7 if only_not_rebuilt else 0.95))
    stands = _STANDS.search(text)
    if stands is not None and gone is None and _topic_at(sentence, stands.start()) in _HERE:
        signs.append(Standing(True, sentence, 0.9))
    beside = _SITE.search(text) and not parsed.is_about_part
    if _IN_USE.search(text) and sentence.topic in _HERE and not beside:
        signs.append(Standing(True, sentence, 0.45))
    for cue in sentence.analysis.cues:
        if cue.denied or cue.phase == "begin" or _PARTLY.search(text):
            continue
        if cue.actions & RUINING and topic_of(sentence, cue, parsed) == "main":
            signs.append(Standing(False, sentence, 0.5))
        if "rebuild" in cue.actions and sentence.topic != "other":
            signs.append(Standing(True, sentence, 0.5, rebuilt=True))
    return signs


def _topic_at(sentence: Sentence, position: int) -> str:
    return sentence.topics[sentence.analysis.clause_at(position)]
