"""Whether the subject stands today, and the sentences that say so.

Explicit words count more than events: *no longer exists*, 已不存在, *still stands*, *seen today is a
reconstruction*. Only a text without such words is judged by what happened last.
"""

import re
from dataclasses import dataclass

from vlm.extractive.events import RUINING
from vlm.extractive.sentences import Sentence, Story, topic_of

_GONE = re.compile(
    r"\bno longer (?:exists?|stands?|extant|there|survives?)\b|\b(?:does|do) not (?:exist|stand|survive)\b|"
    r"\b(?:doesn't|don't) (?:exist|stand|survive)\b|"
    r"\bnone of (?:the|its|them)[^.;]*\b(?:stands?|survives?|remains?|exists?)\b|\bnothing (?:of (?:it|the)[^.;]*)?"
    r"(?:is left|remains|survives)\b|\bnot (?:been )?rebuilt\b|\bwas never rebuilt\b|\bno trace\b|"
    r"\b(?:is|are|has|have) (?:now |since |completely |entirely |long )*(?:gone|vanished|disappeared|lost)\b|"
    r"\bceased to exist\b|\bdisappeared\b|"
    r"不复存在|(?:已经?|现已|今已|早已)(?:完全|全部)?(?:不存|消失|不在|无存)|不存在|荡然无存|已(?:被)?(?:全部)?(?:拆除|拆毁|无存)|"
    r"(?:没有|未|从未|未能|并未|未曾)(?:在原址)?(?:再)?(?:重建|复建)|不再存在|只剩(?:下)?(?:遗址|废墟)"
)
_STANDS = re.compile(
    r"\bstill (?:stands?|exists?|survives?|remains?|standing|in use|intact|there|serves?|in place)\b|"
    r"\b(?:stands?|survives?|exists?|is standing|are standing) (?:today|still|to this day|in (?:its|their|good))\b|"
    r"\b(?:still|today)[^.;,]{0,30}\b(?:stands?|survives?|exists?)\b|\b(?:survives?|endures?)\s*[.;]|"
    r"\b(?:has|have) (?:survived|been preserved)\b|\bis (?:well )?preserved\b|\bremains? (?:standing|in use|intact|open)\b|"
    r"[仍还依](?:然|旧|在)?(?:矗立|屹立|存在|立[在于着]|存|保存|耸立|保留|可以看到|完好|在使用)|保存(?:完好|至今|良好|下来)|"
    r"(?:至今|现今|今天)(?:仍|还|依然)|现存|尚存|屹立|保存到今天"
)
_RECONSTRUCTION = re.compile(
    r"(?:\b(?:seen|standing|stands?|there|building|present|current|visible)\b[^.;]{0,30}\b(?:today|now)\b|\b[Tt]oday's\b|"
    r"\bpresent\b|\bcurrent\b)[^.;]*\b(?:reconstruction|rebuilt|replica|reconstructed|built again)\b|"
    r"(?:现在|今天|如今|现存|目前|今日)[^。;；]{0,24}(?:重建|复建|仿建|再建)|就是今天(?:人们)?(?:看到|见到)的|"
    r"\bthis is the [^.;]*\bseen today\b"
)
_PRESENT_USE = re.compile(
    r"\b(?:is|are) (?:now |today |still |currently )*(?:used|open|home|an? (?:active |protected |working )|one of|visited|kept|run|"
    r"managed|protected)\b|\b(?:serves?|houses?|holds?|receives?|welcomes?)\b|\b(?:can|may) (?:be visited|visit|climb|see|walk|"
    r"take)\b|\bvisitors? (?:can|may|walk|climb|come)\b|\btoday\b[^.;]*\b(?:is|are|it)\b|\bnow\b|"
    r"(?:现在|今天|如今|目前|现)(?:是|为|作为|用作|用于|供|仍|还|对|由)|供(?:人|游客|游人)?(?:参观|游览)|向公众开放|对(?:外|公众)开放|"
    r"对游客开放"
)
_PARTLY = re.compile(
    r"\b(?:only|part|parts|some|a single|much of)\b|只有|仅|部分|一段", re.IGNORECASE
)
_ENGLISH_SITE = re.compile(
    r"\b(?:its |the )?(?:site|place|spot)\b|原址|旧址|遗址公园|那里|on the site|in its place"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether the subject stands (None: not said), and the sentence that says it.

    `plain` is how plainly, 0 to 1; `rebuilt` that what stands is a reconstruction.
    """

    exists: bool | None
    sentence: Sentence | None
    plain: float
    rebuilt: bool = False


def standing(story: Story) -> Standing:
    """Read the subject's state today out of its text."""
    best = Standing(None, None, 0.0)
    for sentence in story.sentences:
        for found in _signs(sentence, story):
            if found.plain >= best.plain:
                best = found
    return best


def _signs(sentence: Sentence, story: Story) -> list[Standing]:
    text = sentence.text
    signs: list[Standing] = []
    topic = sentence.topic
    if _RECONSTRUCTION.search(text) and not re.search(r"没有|未|\bnot\b|\bnever\b|计划", text):
        signs.append(Standing(True, sentence, 0.98, rebuilt=True))
    gone = _GONE.search(text)
    if gone is not None:
        of = sentence.topics[sentence.analysis.clause_at(gone.start())]
        weak = bool(re.search(r"rebuilt|重建|复建", gone.group()))
        if of != "other":
            signs.append(Standing(False, sentence, 0.7 if weak else 0.95))
    stands = _STANDS.search(text)
    if stands is not None:
        of = sentence.topics[sentence.analysis.clause_at(stands.start())]
        if of in ("main", "present"):
            signs.append(Standing(True, sentence, 0.9))
    if (
        _PRESENT_USE.search(text)
        and topic in ("main", "present")
        and not _ENGLISH_SITE.search(text)
    ):
        signs.append(Standing(True, sentence, 0.45))
    for cue in sentence.analysis.cues:
        if cue.actions & RUINING and cue.phase != "begin" and not cue.denied:
            plain = 0.5 if topic_of(sentence, cue, story) == "main" else 0.0
            if plain and not _PARTLY.search(text):
                signs.append(Standing(False, sentence, plain))
        if cue.actions & {"rebuild"} and cue.phase == "finish" and topic != "other":
            signs.append(Standing(True, sentence, 0.55, rebuilt=True))
    return signs
