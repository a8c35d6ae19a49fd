"""What a question asks for: the form of the answer, the event, the words that must be found.

English and Chinese. Knows no document.
"""

import re
from dataclasses import dataclass
from typing import Literal

from knowledge.dates import find_periods
from vlm.readers.extractive.events import ACTIONS, RUINING, Phase, analyse
from vlm.readers.extractive.lexicon import ENGLISH_STOP, Word, words_of

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
    r"\bstill (?:visit|see|climb|enter|tour)\b|"
    r"(?:^|[.!?]\s+|,\s)(?:can|could|may)\s[^?]*\b(?:visit|see|climb|enter|tour)\b[^?]*"
    r"\b(?:today|now|nowadays|still)\b|"
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
    "exists": r"还在|还?存在[吗么不]|还有吗|"
    r"还有(?![^吗]*(?:人|住|生活|使用))[^,，。?？吗]{2,12}吗|是否(?:还|仍|依然|存)|在不在|还?(?:矗立|屹立|立着|"
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


Stage = Literal["main", "earlier", "present"]
"""Which building of a site is meant: the subject, one before it, or the one that is there now."""

_PHOTO = re.compile(
    r"\b(?:this|these|here|photo\w*|picture\w*|image|shown|pictured|seen)\b|照片|图[中里片]|"
    r"这[座个处些道里片]|"
    r"画面|拍的|眼前",
    re.IGNORECASE,
)
_PART_END = re.compile(r"(?<=[a-z]{3}[.])\s+(?=[A-Z])|(?<=[?!])\s+|(?<=[。？！；;:：])\s*(?=\S)")
_SCENE = re.compile(
    r"\b(?:behind|beside|next to|near|in front of|with (?:this|these|the)|on (?:this|the)|"
    r"through (?:this|the)|"
    r"among|under|above|by the|in the (?:background|foreground|distance))\b[^,.?!;]*?(?=\b(?:is|"
    r"are|was|were|still|does|do|"
    r"did|has|have|built|made|inaugurated|completed|opened|used|now|here|in which|in what)\b|"
    r"[,.?!;]|$)|"
    r"\b(?:seen|shown|pictured|depicted)\b[^,.?!;]*|"
    r"\b(?:after|before|during) (?:the|its|his|her|a)\b[^,.?!;]*",
    re.IGNORECASE,
)
"""What only describes the picture: *behind the palms*, *shown on this disc*."""
_PRESENT = re.compile(
    r"\b(?:new|present|current|rebuilt|reconstructed|reconstruction|modern|today's|present-day)\b|"
    r"(?<!be )\bseen today\b|(?:现在|今天|如今|目前|现存|今日)(?:人们)?(?:所)?(?:看到|见到|"
    r"立着)?的|新[楼塔阁馆桥]|重建|复建|"
    r"现在这"
)
"""Lower case only: *New York* is not a new building."""
_EARLIER = re.compile(
    r"\b(?:older|earlier|previous|former|preceding|original)\b|"
    r"\bold\b(?!\s(?:photo|picture|postcard|image|view|print))|前身|早先的|以前的|原先的|原来的|"
    r"最初的|旧的|第一座|古代的|老[的塔楼站桥]|旧[楼塔站桥]"
)
_STRICTLY_EARLIER = re.compile(
    r"\b(?:older|earlier|previous|preceding)\b|\bstood here\b|\bused to stand\b|前身|早先|更早",
)
_CHINESE_STOP = re.compile(
    r"照片|图中|图片|图里|这座|这个|这里|这处|这道|这些|那座|那个|哪一年|哪年|何年|什么时候|何时|"
    r"哪个|哪位|什么|"
    r"多少|请问|发生|现在|如今|今天|目前|是否|还在吗|"
    r"[的了吗呢是在于被把和与及从到由有里中上下后前时年月日间一几哪谁么怎当曾为其它他她这那个座道处些们年份就也都还很而或吧啊]"
)
_WEAK = frozenset(
    {"building", "crowd", "site", "today", "begin", "year", "photograph", "part", "age", "time"}
)


_MOST_CHARS = 1000


@dataclass(frozen=True, slots=True)
class Sought:
    """A word of the question that the evidence should hold.

    Attributes:
        stem: the word itself, without ending.
        concepts: what it may mean.
        weight: how much it says, 1 for a plain content word.
        is_name: a proper name.
        is_scene: it may only describe the picture (*behind the palms*, or before the question).
        start, end: where it stands in the question.
    """

    stem: str
    concepts: frozenset[str]
    weight: float
    is_name: bool
    is_scene: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Question:
    """A question, understood as far as its own words go.

    Attributes:
        text: the question.
        language: `en` or `zh`, by its script.
        wanted: the form of the answer.
        actions: the events asked about (names from `actions.ACTIONS`), empty for any other fact.
        phase: whether their beginning or their end is asked for.
        span_end: which end of a span of years is asked for, if one is (*until what year*).
        stage: which building of the site.
        of_plans: it asks about a plan, a decision or what was not done.
        sought: content words, in order.
        asks_now: it asks about the present day.
        points: it points at a photo (*this tower*) rather than naming its subject alone.
    """

    text: str
    language: str
    wanted: Wanted
    actions: frozenset[str]
    phase: Phase | None
    span_end: Literal["from", "to"] | None
    stage: Stage
    of_plans: bool
    sought: tuple[Sought, ...]
    asks_now: bool
    points: bool

    @property
    def is_ruin(self) -> bool:
        """Whether it asks for the end of something."""
        return bool(self.actions) and self.actions <= RUINING


def parse_question(text: str) -> Question:
    """Read a question, its first 1,000 characters.

    Never fails: what it does not recognise is a question for a fact.
    """
    text = text[:_MOST_CHARS]
    language = "zh" if re.search(r"[\u4e00-\u9fff]", text) else "en"
    actions, phase = _event(text)
    stage: Stage = "main"
    if _STRICTLY_EARLIER.search(text):
        stage = "earlier"
    elif _PRESENT.search(text):
        stage = "present"
    elif _EARLIER.search(text):
        stage = "earlier"
    return Question(
        text=text,
        language=language,
        wanted=wanted(text, language),
        actions=actions,
        phase=phase,
        span_end=_span_end(text),
        stage=stage,
        of_plans=any(word.concepts & {"plan", "negate"} for word in words_of(text)),
        sought=_sought(text, language),
        asks_now=asks_now(text),
        points=bool(_PHOTO.search(text)),
    )


def _event(text: str) -> tuple[frozenset[str], Phase | None]:
    """The event asked about, with its phase: the last one of the part that asks."""
    analysis = analyse(_asking_part(text))
    cues = [cue for cue in analysis.cues if cue.actions & ACTIONS]
    if not cues:
        concepts = {concept for word in analysis.words for concept in word.concepts}
        return (
            frozenset(),
            "begin" if "begin" in concepts else "finish" if "end" in concepts else None,
        )
    last = cues[-1]
    beside = [cue for cue in cues if cue.clause == last.clause]
    with_phase = [cue for cue in beside if cue.phase]
    chosen = with_phase[-1] if with_phase else last
    phase = chosen.phase
    if phase is None and re.search(r"全部|完毕|\bfinally\b|\bentirely\b|\bfully\b", text):
        phase = "finish"
    actions = chosen.actions
    if {"build", "add"} <= actions:
        actions -= {"add"}  # *put up*
    return actions, phase


def _asking_part(text: str) -> str:
    """The last sentence of the question, or what follows its colon; before it stands the scene."""
    parts = [part for part in _PART_END.split(text.strip()) if part.strip()]
    return parts[-1] if parts else text


def _span_end(text: str) -> Literal["from", "to"] | None:
    if re.search(
        r"\b(?:until|till|to) (?:what|which|when)\b|到哪一?年|直到|(?:至|到)何时", text, re.I
    ):
        return "to"
    if re.search(r"\b(?:from|since) (?:what|which|when)\b|从哪一?年|自哪一?年|何时起", text, re.I):
        return "from"
    return None


def _sought(text: str, language: str) -> tuple[Sought, ...]:
    sought = []
    stopped = _stopped(text)
    scenes = [match.span() for match in _SCENE.finditer(text)]
    scenes.append((0, text.rfind(_asking_part(text))))
    periods = find_periods(text)
    for word in words_of(text):
        if any(period.start <= word.start < period.end for period in periods):
            continue
        if language == "zh" and any(stopped[word.start : word.end]) and not _keeps(word, stopped):
            continue
        if text[word.start : word.end].lower() in ENGLISH_STOP:
            continue
        if word.stem in ENGLISH_STOP or (len(word.stem) == 1 and word.stem.isascii()):
            continue
        scene = any(start <= word.start < end for start, end in scenes)
        sought.append(
            Sought(
                word.stem, word.concepts, _weight(word), word.is_name, scene, word.start, word.end
            )
        )
    return tuple(sought)


def _stopped(text: str) -> list[bool]:
    """Which characters belong to Chinese function words and question words."""
    stopped = [False] * len(text)
    for match in _CHINESE_STOP.finditer(text):
        stopped[match.start() : match.end()] = [True] * (match.end() - match.start())
    return stopped


def _keeps(word: Word, stopped: list[bool]) -> bool:
    """A known word keeps its meaning though a character of it could be a function word (里面)."""
    return (
        bool(word.concepts)
        and word.end - word.start >= 2
        and not all(stopped[word.start : word.end])
    )


def _weight(word: Word) -> float:
    if word.concepts and word.concepts <= _WEAK:
        return 0.3
    if not word.concepts and not word.stem.isascii():
        return 0.6  # a pair of characters of an unknown word: half a word, near enough
    if word.end - word.start == 1:
        return 0.5
    return 1.3 if word.is_name else 1.0
