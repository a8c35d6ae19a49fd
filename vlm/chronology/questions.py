"""What kind of thing a question asks: whether something exists, when, yes or no, which event.

English, German, French, Spanish and Chinese. Knows the words of questions; reads no document.
"""

import re

from knowledge.dates import find_years
from vlm.chronology.lexicon import ASKED, BEGINNINGS, KINDS, NAMES_OF_DEEDS, RUINS, plain
from vlm.readers.base import YearEvent

_OPENS = re.compile(
    r"(?:when|what|which|who|whom|whose|where|why|how|wann|welche\w*|wer|wo|warum|wie|quand|"
    r"quel(?:le)?s?|qui|ou|pourquoi|comment|combien|depuis quand|cuando|cual(?:es)?|quien|donde|"
    r"por que|como|cuant\w+|what's|who's)\b"
)
_ASKS_WHEN = re.compile(
    r"\bwhen\b|\b(?:what|which) (?:\w+ )?(?:year|date|decade|century|day)\b|\bhow (?:old|long ago)\b|"
    r"\bwann\b|welche[sm]? (?:jahr|datum)|\bquand\b|quelle (?:annee|date)|\bcuando\b|que (?:ano|fecha)|"
    r"什么时候|什么年代|何[时年]|几时|哪[一]?[年天日]|几几?年|啥时候?|多少年|年份"
)
_YES_NO = re.compile(
    r"^(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|isn't|aren't|wasn't|doesn't|"
    r"don't|didn't|hasn't|haven't|can't|ist|sind|war|waren|hat|haben|wurde|wurden|gibt|gab|existiert|"
    r"existieren|steht|stehen|kann|konnen|wird|lebt|leben|besteht|est-ce|est|sont|a-t-\w+|existe\w*|"
    r"sigue\w*|ha|han|hay|fue|fueron|es|esta|estan|se|puede|aun|todavia|y a-t-il|peut-on|vit|"
    r"vive\w*|sont-ils|est-il|est-elle)\b|^[^?]*\b\w+(?:-t)?-(?:ils?|elles?|on)\b"
)
_YES_NO_CHINESE = re.compile(r"吗|嘛(?=[?？]|$)|[么没]有?[啊呢]?\s*[?？]?\s*$|是否|有没有|是不是|还在不在|在不在|能不能|尚?存否|与否|还有没有|没$")
_EMBEDDED = re.compile(r"\b(?:whether|if|ob|si)\b(?!\s*$)")
_ASIDE = re.compile(
    r"^(?:(?:please|so|and|hello|hi|hey|well|ok|okay|but|then|sag mal|bitte|und|also|et|alors|dis|"
    r"oye|y|entonces|por favor|sorry|excuse me)\b[\s,!]*|[¿¡\s]+|"
    r"(?:(?:can|could|would|will) you (?:please |kindly )?|please )?(?:tell|let|show) me (?:know )?|"
    r"(?:do|does) (?:you|anyone|anybody|somebody) (?:happen to )?know\s+|i(?:'d| would) like to know\s+|"
    r"any idea\s+)+|"
    r"^(?:the |this )?[^,?]{1,60}, (?=(?:is|are|does|do|has|have|did|was) (?:it|they|she|he|this|there)\b)"
)
_STILL = (
    r"(?:still|yet|any ?more|any longer|today|nowadays|now|these days|currently|at present|"
    r"to this day)"
)
_ALIVE = (
    r"(?:exist\w*|stand(?:ing|s)?|surviv\w+|extant|around|there|in (?:service|use|operation|existence|"
    r"business|print|place)|open|operating|operational|active|alive|living|running|preserved|intact|"
    r"remain\w*|up|publish\w+|sailing|flying|afloat|produced|seen|visited|visit|see|with us|left)"
)
_ENDED = (
    r"(?:demolished|destroyed|torn down|pulled down|knocked down|scrapped|broken up|gone|extinct|"
    r"defunct|dissolved|razed|sunk|lost|dead|closed(?: down)?|died out|retired|decommissioned|"
    r"withdrawn|disappeared|vanished|shut down|disbanded|burnt down|burned down|dismantled)"
)
_EXISTENCE = re.compile(
    # The verb and its word of state: *does it still exist*, *is it standing*, *can one still see it*.
    rf"\b(?:is|are|does|do|has|have|can|could|isn't|doesn't|aren't|don't|whether|if|will)\b.{{0,80}}\b{_STILL}\b"
    rf"(?=.{{0,60}}\b{_ALIVE}\b)|"
    rf"\b(?:is|are|does|do|has|isn't|doesn't|aren't|whether|if)\b.{{0,80}}\b{_ALIVE}\b[^.?]{{0,30}}"
    rf"\b{_STILL}\b|"
    rf"\b(?:does|do|doesn't|don't|whether|if)\b.{{0,80}}\b(?:exists?|survives?|stands?)\b(?! (?:for|out|of|up))|"
    rf"\b(?:is|are|isn't|aren't)\b (?:it|they|she|he|there|the|this|that|these|those|[a-z]).{{0,80}}"
    rf"\b(?:standing|extant|alive|in existence|in (?:service|use|operation|print|business)|surviving)\b|"
    rf"\b(?:is|are|whether|if) (?:it|they|the|this|that|these|those|[a-z]).{{0,80}}"
    rf"\b(?:gone|extinct|defunct|dead|no more)\b|"
    rf"\b(?:is|are|can)\b.{{0,60}}\b(?:anything|any|something|much|a trace|traces?)\b.{{0,50}}"
    rf"\b(?:left|remain\w*|surviv\w+|stand\w*|seen)\b|"
    rf"\b(?:do|does)\b.{{0,20}}\b(?:any(?:thing)?|traces?)\b.{{0,50}}\b(?:remain|survive|stand|exist)\b|"
    rf"\b(?:has|have|hasn't|whether|if)\b.{{0,80}}\b(?:been|gone|become|already|since)\b.{{0,20}}\b{_ENDED}\b|"
    rf"\b(?:has|have|whether|if)\b.{{0,80}}\b(?:died out|disappeared|vanished|closed|shut(?: down)?|sunk|"
    rf"burnt down|burned down|collapsed|ceased|died)\s*\??$|"
    rf"\b(?:was|were|did|wasn't)\b.{{0,60}}\b(?:ever|already|since|survive)\b.{{0,20}}(?:\b{_ENDED}\b|$)|"
    rf"\bwas(?:n't)? (?:it|she|he|the [^?]{{1,60}}|[^?]{{1,40}}) {_ENDED}\s*\??$|"
    rf"\b(?:will i|would i|could i|can i|can one|can you|can we)\b.{{0,40}}\b(?:find|see|visit|climb|go into|board)\b"
    rf".{{0,80}}(?:\b{_STILL}\b|standing)|"
    rf"\b(?:can|may|could) (?:i|one|you|we|people)\b.{{0,15}}\b(?:still )(?:see|visit|find|climb|enter|ride|buy|read)\b|"
    rf"\bstill (?:there|here|standing|alive|around|exist\w*|in (?:use|service|operation|print|business)|open|with us)\b"
    rf"\s*\??$|\bis there (?:a|an|still)\b.{{0,60}}\b(?:standing|today|now)\b|"
    # German, French, Spanish.
    r"\b(?:gibt es|existier\w+|steht|stehen|besteht|ist|sind|lebt|leben|fahrt|wird|ob)\b.{0,80}\b(?:noch|mehr|heute noch)\b|"
    r"\b(?:wurde|ist|sind)\b.{0,60}\b(?:abgerissen|zerstort|ausgestorben|verschrottet|aufgelost|geschlossen worden)"
    r"(?: worden)?\s*\??$|"
    r"\b(?:existe|existent|est|sont|tient|vit|reste|subsiste|fonctionne|circule|voit|si)\b.{0,80}"
    r"\b(?:encore|toujours|debout)\b|(?:encore|toujours)\b.{0,60}\b(?:existe|debout|en service|vivant|vie|ouvert)|"
    r"\b(?:a|ont|est|a-t-\w+)\b.{0,60}\b(?:ete )?(?:demoli|detruit|rase|disparu|eteint|dissous|ferraill|ferme)\w*\s*\??$|"
    r"\bexiste-t-|\b(?:sigue|siguen|continua)\b.{0,80}\b(?:en pie|existiendo|abiert|viv|activ|en servicio|en uso|alli|ahi)|"
    r"\b(?:aun|todavia)\b.{0,80}\b(?:existe|en pie|viv|abiert|alli|ahi|se conserva|en servicio|en uso|queda)|"
    r"\b(?:existe|esta|vive|queda|se conserva)\b.{0,60}\b(?:aun|todavia|hoy|actualidad)|"
    r"\b(?:fue|fueron|ha sido|han sido|se ha|esta)\b.{0,60}\b(?:demolid|destruid|derribad|desguazad|extint|extinguid|disuelt)\w*\s*\??$"
)
_EXISTENCE_CHINESE = re.compile(
    r"(?:[还仍尚]|现|今|依然|依旧|目前|至今)(?:然|旧|天|在|今)?.{0,12}(?:在|存|有|立|活|矗|开|能看到|看得到|看得见|见得到|开着|开放|运[营行]|"
    r"使用|服役|出版|发行|保留|完好|营业|健在)(?!.{0,14}(?:什么|谁|哪|多少|几))|"
    r"(?:存在|存否|尚存|健在|在世|在不在|现存|残存|保存下来)|"
    r"(?:拆|毁|塌|倒|烧|没|沉|死|灭绝|绝迹|倒闭|关门|关|停刊|停业|停运|解散|报废|消失|不在|不存)(?:除|掉|毁|了|光|闭)*了?"
    r"(?:吗|没有?|么|嘛|没$)|(?:是否|有没有|是不是|已经|会不会).{0,12}(?:拆|毁|灭绝|绝迹|倒闭|关闭|停刊|解散|报废|消失|沉没|退役|去世)"
)
def asks_existence(question: str) -> bool:
    """Whether a question asks if something still exists, or has ended.

    >>> [asks_existence(q) for q in ("Is it still in service?", "塔還在嗎？", "拆了吗")]
    [True, True, True]
    >>> [asks_existence(q) for q in ("When was it demolished?", "What still stands of it?")]
    [False, False]
    """
    said = _asked(question)
    if not said:
        return False
    if re.search(r"[\u3400-\u9fff]", said):
        if not _YES_NO_CHINESE.search(said) or _ASKS_WHEN.search(said):
            return False
        return _EXISTENCE_CHINESE.search(said) is not None
    if not asks_yes_no(question):
        return False
    return _EXISTENCE.search(said) is not None


def asks_when(question: str) -> bool:
    """Whether a question asks for a date.

    >>> asks_when("In what year did it close?"), asks_when("什麼時候拆的?"), asks_when("Is it old?")
    (True, True, False)
    """
    return _ASKS_WHEN.search(_asked(question)) is not None


def asks_yes_no(question: str) -> bool:
    """Whether *yes* or *no* answers a question.

    >>> asks_yes_no("Can you tell me whether it exists?"), asks_yes_no("Can you tell me its age?")
    (True, False)
    """
    said = _asked(question)
    if re.search(r"[\u3400-\u9fff]", said):
        return _YES_NO_CHINESE.search(said) is not None and not _ASKS_WHEN.search(said)
    embedded = _EMBEDDED.search(said)
    if embedded is not None:
        return _OPENS.match(said[embedded.end() :].strip()) is None and not _ASKS_WHEN.match(said)
    if _OPENS.match(said):
        return False
    return _YES_NO.match(said) is not None or _TAG.search(said) is not None


_TAG = re.compile(r"^(?:(?!\b(?:when|what|which|who|where|why|how)\b).)*\bstill\b.*\?\s*$")


def year_event_of(text: str, year: int | None = None) -> YearEvent | None:
    """Which of the three events a question or a quotation is about; None where it names none.

    Args:
        text: the question or the quotation.
        year: take the event that stands closest to this year of the text.

    >>> year_event_of("When was it pulled down?"), year_event_of("何時建成？")
    ('demolished', 'built')
    >>> year_event_of("Built in 1890, it burnt down in 1961.", 1961)
    'demolished'
    """
    said = plain(text)
    found = [(match.start(), KINDS[" ".join(match.group().split())]) for match in ASKED.finditer(said)]
    if not found:
        return None
    places = [each.start for each in find_years(text) if each.value == year]
    if places:
        kinds = [min(found, key=lambda each: abs(each[0] - places[0]))[1]]
    else:
        kinds = [kind for _, kind in found]
    if any(kind in RUINS for kind in kinds):
        return "demolished"
    return "built" if kinds[0] in BEGINNINGS else "other"


def _asked(question: str) -> str:
    """The question in plain form, without what is said before it."""
    said = " ".join(plain(question).split())
    return _ASIDE.sub("", said).strip()
