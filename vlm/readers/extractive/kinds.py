"""INTERIM kinds of questions; helper chronology's functions take over."""
import re
from vlm.readers.base import YearEvent
_WHEN = re.compile(r"\b(when|what year|which year|what date|which date|in what (?:year|decade|century)|since when|how long ago|wann|in welchem jahr|quand|en quelle année|cuándo|en qué año)\b|何时|何時|什么时候|什麼時候|哪年|哪一年|哪天|什么年代|几几年|多久以前|年份|哪个年代|几年(?!级)|日期", re.I)
_YES = re.compile(r"^\W*(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|ist|sind|war|waren|hat|haben|gibt|steht|est|sont|était|existe|es|son|fue|fueron|hay)\b(?!.*\bor\b)|吗|嗎|是否|有没有|是不是|有無|有无|能否|可否|否[?？]", re.I)
_USE = re.compile(r"\b(used for|used as|use of|in use as|what is it now|purpose|serve[sd]? as|what is there (?:now|today)|stands? (?:there|in its place|on (?:the|its) site)|occupies)\b|用途|用作|用来|做什么用|现在是什么|作何用|当什么用", re.I)
_END = re.compile(r"\b(?:demolish|destroy|torn? down|tear|pulled? down|knock|raz|wreck|dismantl|burn|collapse|gone|end|close|clos|disappear|lost|scrap|sunk|sink|extinct|die|withdrawn)\w*|拆|毁|毀|烧|燒|塌|消失|关闭|關閉|停|灭|亡|沉", re.I)
_BEGIN = re.compile(r"\b(?:buil[dt]|construct|complet|finish|erect|open|found|establish|inaugurat|begin|began|begun|start|made|create|born|launch|consecrat)\w*|建|修|落成|竣工|开放|開放|启用|始|创|成立|奠基|造|生|下水", re.I)
def asks_when(q: str) -> bool: return bool(_WHEN.search(q))
def asks_yes_no(q: str) -> bool: return bool(_YES.search(q)) and not _WHEN.search(q)
def asks_use(q: str) -> bool: return bool(_USE.search(q))
def asked_event(q: str) -> YearEvent:
    if _END.search(q): return "demolished"
    return "built" if _BEGIN.search(q) else "other"
def when_it_ended(language: str) -> str:
    return "它是什么时候被拆除或毁掉的？" if language=="zh" else "When was it demolished, destroyed or closed?"
