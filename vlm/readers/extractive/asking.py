"""The form of answer that a question wants, told from its English or Chinese question words."""

import re
from typing import Literal

Wanted = Literal["year", "period", "exists", "use", "quantity", "who", "fact"]
"""A year, a dynasty or century, whether something stands, what it is used for, a number, a person,
or anything else."""

_PERSON = (
    r"(?:king|queen|emperor|empress|ruler|architect|engineer|sculptor|artist|painter|person|man|"
    r"woman|saint|god|goddess|deity|sultan|shah|pope|bishop|general|president|minister|company|"
    r"firm|family|country|nation|people|poet|writer|author|archaeologist|historian|explorer|"
    r"traveller|officer|prince|princess|pharaoh|governor|mayor|designer|builder|singer|soldier)s?"
)
_STANDING = (
    r"(?:stands?|standing|exists?|survives?|survived|still there|there today|still here|around|"
    r"be seen|be visited|gone|remains?|left|preserved|intact|extant|demolished|destroyed|torn down|"
    r"pulled down|knocked down|in place|rebuilt|(?:go|come) (?:and|to) see|visit (?:it|this|the))"
)
_ENGLISH: dict[Wanted, str] = {
    "period": r"\b(?:what|which)\s(?:century|centuries|dynasty|period|era|decade|age)\b|"
    r"\bbetween (?:roughly |about )?(?:which|what) (?:dates|years)\b",
    "year": r"\b(?:what|which)(?:\s\w+)?\s(?:years?|dates?)\b|\b(?:on|in) (?:what|which) (?:day|"
    r"month) (?:was|were|did)\b|\byear\b[^.?!]*\?|\bhow long ago\b|\b(?:at|around|"
    r"about) what time\b|\baround when\b|"
    r"\bwhat (?:was|is) the (?:exact )?(?:date|year)\b|\bhow old\b",
    "quantity": r"\bhow\s(?:many|much(?! of)|tall|high|long|wide|deep|large|big|heavy|far|often|"
    r"thick|"
    r"fast)\b|\bwhat (?:is|was|are|were) (?:the|its) (?:\w+\s){0,2}(?:height|length|width|depth|"
    r"weight|area|number|cost|price|population|capacity|size|diameter|thickness|budget|fee)\b|"
    r"\bwhat did .* cost\b|\bwhat (?:percentage|share|proportion)\b",
    "exists": r"(?:^|[.!?]\s+|,\s|\b(?:or|if|whether)\s)(?:so\s)?(?:does|do|is|are|can|could|has|"
    r"have|did|was|were|"
    rf"will|would|may|should)\b.*\b{_STANDING}\b|\bstill (?:standing|there|exists?|around)\b|"
    r"\bwhat (?:ever )?(?:happened to|became of|has become of|has happened to)\b|"
    r"\bhow much of\b.*\b(?:left|remains?|stands?|standing|survives?)\b|\bpossible to (?:see|"
    r"visit)\b|"
    r"\b(?:is|are|was|were)\b.*\b(?:original|replica|reconstruction|copy)\b.*\?|"
    r"\bpresent (?:state|condition)\b|"
    r"\b(?:is|are) there (?:still )?(?:an?|any|anything)\b|\bstill have\b|\bnothing left\b|"
    r"\bthe fate of\b|"
    r"\b(?:has|have|did|was|were)\b.*\b(?:disappear(?:ed)?|vanish(?:ed)?|replaced|lost)\b.*\?|"
    r"\bis it the original\b|\b(?:find|see|visit)\b.*\b(?:standing|today|still)\b[^.]*\?$",
    "use": r"\bused? (?:for|as|to)\b|\bwhat use\b|\b(?:purpose|function)\b|\bserves?\b|"
    r"\bwhat\b[^.?!]*\b(?:now|today|nowadays|at present|currently|these days)\b|"
    r"\bwho (?:uses?|lives?|meets?|works?)\b|"
    r"\bwhat (?:stands|is left|remains|happens|occupies|goes on|takes place|replaced)\b|"
    r"\bwhat (?:do|can|may) (?:people|visitors|tourists|one|you|i|we)\b|"
    r"\bstill (?:used|in use|works?|lived?|open|serves?|holds?|active|worship|a (?:place|working))|"
    r"\bin use\b|\bwhich body meets\b|\b(?:is|are) there still\b|\bopen to\b.*\?|"
    r"\bhow (?:is|are) (?:it|the|this|these|they)\b[^?]*\b(?:used|today|now)|\b(?:do|does|"
    r"can) (?:people|anyone|"
    r"visitors|tourists|monks|kings?)\b[^.]*\b(?:still|today|now)\b|\bstill\b[^.]*\b(?:live|pray|"
    r"worship|meet)\b",
    "who": rf"\b(?:who|whom|whose)\b|\b(?:which|what)\s(?:\w+\s){{0,2}}{_PERSON}\b",
}
_CHINESE: dict[Wanted, str] = {
    "period": r"(?:哪|什么|何)(?:一|个)*(?:朝代?|世纪|时代|时期|年代|王朝)",
    "year": r"哪一?年|何年|哪[一]?天|什么时候|何时|几时|啥时候|年份|几几年|什么年(?!代)|哪些年|"
    r"何月|几月|哪一?个年|"
    r"建于何|多少年前|什么日期|哪一?日",
    "quantity": r"多少|多久|多[高长宽深重大厚远]|几[个座层米人次根块扇间口位名种条道]|面积|造价|"
    r"租金|票价",
    "exists": r"还在|还?存在[吗么不]|还有吗|是否(?:还|仍|依然|存)|在不在|还?(?:矗立|屹立|立着|"
    r"耸立)|"
    r"(?:还|仍)能?(?:看到|见到|看得到|看见|参观到)|不在了[吗么]|消失|幸存|存世|保存(?:着|下来|"
    r"至今)|还?健在|在吗|"
    r"(?:拆|毁)(?:除|掉|了)*[吗么没]|没了|还有没有|怎么样了|后来怎样|还剩|原物吗|"
    r"原来的(?:建筑)?吗|完好",
    "use": r"用途|用来|用作|用于|有什么用|做什么|干什么|作什么|什么作用|派什么用场|"
    r"[现如今].{0,12}(?:是什么|是哪里|变成|成了)|"
    r"(?:位置|原址|旧址|地方|那里|这里).{0,6}(?:什么|建了)|什么(?:建筑|地方|场所)[??]?$|"
    r"还有.{1,8}(?:住|生活|"
    r"使用)|还.{0,8}(?:使用|举行|开放|住人|做礼拜)|谁在用|什么机构|能做什么|可以做什么|干嘛|做啥",
    "who": r"谁|哪一?[位名]|哪个(?:国王|皇帝|人|国家|公司|家族|民族)|(?<!为)什么人|何人|哪国|"
    r"哪些人|哪几位|哪家",
}
_ORDER: tuple[Wanted, ...] = ("period", "year", "quantity", "exists", "use", "who")
_WHEN = re.compile(r"\bwhen\b", re.IGNORECASE)
_OTHER_QUESTION_WORD = re.compile(r"\b(?:what|who|whom|whose|which|where|why|how)\b", re.IGNORECASE)
_EXPLICIT_USE = {
    "en": r"\bused? (?:for|as)\b|\b(?:purpose|function)\b|\bwhat\b[^.?!]*\bnow\b|\blive\b|"
    r"\bservices?\b|\bworship",
    "zh": r"用途|用来|用作|做什么|干什么|住|举行|是什么",
}
_PAST_USE = re.compile(
    r"\b(?:was|were|did|used to)\b|曾|当时|期间|时期|时候|之前|以前", re.IGNORECASE
)
_NOW = re.compile(
    r"\b(?:now|today|nowadays|still|present|currently)\b|现在|如今|今天|目前|还|仍", re.IGNORECASE
)
_WHO_NOW = re.compile(r"\b(?:now|today|uses?)\b|现在|如今|今天", re.IGNORECASE)


def asks_now(text: str) -> bool:
    """Whether a question asks about the present day."""
    return _NOW.search(text) is not None


def wanted(text: str, language: str) -> Wanted:
    """The form of answer a question wants; `fact` where no question word decides it.

    Args:
        text: the question.
        language: `en` or `zh`.
    """
    patterns = _CHINESE if language == "zh" else _ENGLISH
    hits = {form for form in _ORDER if re.search(patterns[form], text, re.IGNORECASE)}
    if _asks_when(text):
        hits.add("year")
    if {"exists", "use"} <= hits and re.search(_EXPLICIT_USE[language], text, re.IGNORECASE):
        hits.discard("exists")
    if "use" in hits and _PAST_USE.search(text) and not asks_now(text):
        hits.discard("use")
    if {"who", "use"} <= hits and not _WHO_NOW.search(text):
        hits.discard("use")
    return next((form for form in _ORDER if form in hits), "fact")


def _asks_when(text: str) -> bool:
    """*When was …*, *tell me when …*, but not *what happens when there is wind?*"""
    when = _WHEN.search(text)
    if when is None:
        return False
    before = re.split(r"[.;:!?]|,\sand\b", text[: when.start()])[-1]
    return _OTHER_QUESTION_WORD.search(before) is None
