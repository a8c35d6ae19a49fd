"""The words by which a text says that something began, changed or ended, in five languages.

English, German, French, Spanish and Chinese. Knows words and the kinds of event that they mean; no
grammar, no domain. All words are in the form that `plain` gives a text: lower case, no accents,
simplified characters.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Literal, cast

EventKind = Literal[
    "born", "begun", "built", "made", "discovered", "opened", "launched", "rebuilt", "restored",
    "changed", "moved", "damaged", "burnt", "destroyed", "demolished", "scrapped", "lost", "died",
    "closed", "ended",
]  # fmt: skip
"""What happened to the subject. `launched`: put into service; `closed`: taken out of it; `ended`:
dissolved, discontinued, extinct."""

BEGINNINGS: frozenset[EventKind] = frozenset({"begun", "built", "made", "opened", "launched"})
RUINS: frozenset[EventKind] = frozenset({"burnt", "destroyed", "demolished", "scrapped", "lost"})
ENDINGS: frozenset[EventKind] = RUINS | {"died", "ended"}
"""After these the subject no longer exists; what is closed may still stand."""

_TRADITIONAL_THEN_SIMPLIFIED = """
    還还嗎吗毀毁燒烧應应壞坏閉闭關关開开啟启廢废舊旧遷迁創创辦办進进動动興兴設设築筑繪绘發发現现書书寫写滅灭絕绝沒没復复
    擴扩轉转為为於于該该這这樓楼橋桥當当時时間间後后產产運运營营銷销損损轟轰擊击誕诞館馆車车業业體体傳传據据計计劃划擬拟
    將将幾几險险並并圖图鑄铸織织製制塗涂處处無无殘残遺遗蕩荡雖虽過过來来許许準准備备議议徹彻鐘钟種种層层艦舰見见剩剩塊块
    樣样個个從从麼么問问請请歲岁會会實实佇伫聳耸倖幸導导隻只點点衝冲觸触頓顿濟济門门聖圣園园廠厂學学讓让給给裡里裏里灣湾
    東东馬马鐵铁紙纸畫画報报團团與与對对經经續续終终線线機机藝艺術术電电氣气長长場场國国華华龍龙廣广豐丰寶宝歷历曆历
"""


_pairs = "".join(_TRADITIONAL_THEN_SIMPLIFIED.split())
_SIMPLIFIED = {"’": "'", **dict(zip(_pairs[::2], _pairs[1::2], strict=True))}


@cache
def _plain(character: str) -> str:
    """A character's plain form; always one character, so that positions stay."""
    base = unicodedata.normalize("NFD", character)[0].lower()
    base = " " if base.isspace() else base if len(base) == 1 else character
    return _SIMPLIFIED.get(base, base)


def plain(text: str) -> str:
    """The text in lower case, without accents, in simplified characters; as long as before.

    >>> plain("Démolie; 拆毀於"), len(plain("İßﬁ"))
    ('demolie; 拆毁于', 3)
    """
    return "".join(map(_plain, text))


def _listed(words: str) -> list[str]:
    """Words parted by commas; `~` and `@`: the endings of a French and a Spanish participle."""
    endings = {"~": ("", "e", "s", "es"), "@": ("o", "a", "os", "as")}
    parts = filter(None, (" ".join(each.split()) for each in words.split(",")))
    return [w.rstrip("~@") + end for w in parts for end in endings.get(w[-1], ("",))]


def either(words: Iterable[str]) -> str:
    """A pattern of any of the words, whole ones, the longest first; of none: one without match."""
    any_word = "|".join(map(re.escape, longest_first(words))) or "(?!)"
    return rf"(?<![a-z])(?:{any_word})(?![a-z])"


def longest_first(words: Iterable[str]) -> list[str]:
    """Words in the order in which they are tried, so that the whole of a name is found."""
    return sorted(words, key=lambda word: (-len(word), word))


# Each kind: its verbs | its nouns | what only a question or a label has, beside the verbs' stems.
_DEEDS = """
born: born, geboren, nacid@, nacio, 出生, 生于, 诞生, 生年 | birth, geburt, naissance, nacimiento |
begun: founded, established, begun, began, started, laid down, gegrundet, fonde~, fundad@, 始建,
    动工, 开工, 奠基, 创建, 创立, 创办, 创刊, 成立, 设立, 建立, 兴建 | founding, foundation stone,
    grundung, baubeginn, fondation, fundacion | begin, establishment
built: built, constructed, erected, completed, finished, complete by, complete in, gebaut, erbaut,
    errichtet, construit~, bati~, acheve~, construid@, 建成, 建于, 建造, 修建, 修筑, 竣工, 完工,
    落成, 建好 | completion | build, go up, old, construction, baujahr, construccion, 建的, 盖的
made: made, painted, written, composed, published, created, cast, gemalt, geschrieben, peint~,
    ecrit~, publie~, pintad@, escrit@, 绘制, 作于, 绘于, 创作, 出版, 发表, 铸造, 制作, 制造 | |
    make, write, date from, 画的
discovered: discovered, rediscovered, first described, entdeckt, decouvert~, 发现 | discovery |
opened: opened, opened to the public, inaugurated, unveiled, reopened, dedicated, consecrated,
    eroffnet, eingeweiht, ouvert~, inaugure~, abiert@, inaugurad@, 开放, 启用, 开业, 通车, 开通,
    开馆 | opening, inauguration, eroffnung, inauguracion |
launched: launched, commissioned, entered service, went into service, first flew, first published,
    in dienst gestellt, mis en service, lance~, botad@, 下水, 服役, 投入使用, 首飞 | |
    enter service, first fly
rebuilt: rebuilt, reconstructed, wiederaufgebaut, reconstruit~, reconstruid@, 重建, 复建 |
    reconstruction | rebuild
restored: restored, renovated, repaired, restauriert, restaure~, restaurad@, 修复, 修缮, 整修,
    翻修, 翻新, raised, refloated, salvaged, revived, resumed, relaunched, reopened, recommissioned,
    rediscovered, reintroduced, reinstated, came back, brought back, taken up again, wiedereroffnet,
    wiederentdeckt, rouvert~, reabiert@, 复刊, 复航, 复业, 复校, 复办, 恢复, 重开, 重新开放, 打捞,
    重新发现, 重现 | restoration, renovation, revival, reopening |
changed: enlarged, extended, converted, altered, renamed, expanded, umgebaut, 改建, 扩建, 改造,
    改名, 更名, 改为, 改称 | |
moved: moved, relocated, transferred, trasladad@, 迁至, 迁到, 搬迁 | |
damaged: damaged, beschadigt, 受损, 损坏, 破坏 | |
burnt: burnt down, burned down, burnt, burned, gutted, destroyed by fire, abgebrannt, brannte,
    brule~, incendie~, quemad@, 烧毁, 焚毁, 毁于大火, 毁于火灾, 毁于火 | |
destroyed: destroyed, collapsed, blown up, blew up, zerstort, eingesturzt, gesprengt, detruit~,
    destruid@, 毁于, 摧毁, 毁掉, 被毁, 炸毁, 倒塌, 坍塌, 毁灭, 塌了, 倒了 | destruction, collapse,
    zerstorung | fall down, 倒的, 塌的
demolished: demolished, torn down, tore down, pulled down, knocked down, taken down, razed,
    tore it down, pulled it down, knocked it down, took it down, took down, 拆卸, 清拆,
    dismantled, abgerissen, abgetragen, demoli~, rase~, demolid@, derribad@, 拆除, 拆毁, 拆掉, 拆去,
    被拆, 拆了 | demolition, abriss, abbruch, demolicion | tear down, take down, come down, 拆的
scrapped: scrapped, broken up, broke it up, sold for scrap, verschrottet, 报废, 拆解 | |
    scrap, break up
lost: sunk, sank, wrecked, torpedoed, lost, disappeared, gesunken, versenkt, coule~, disparu~,
    hundid@, 沉没, 击沉, 遗失, 失传, 沉了 | sinking, loss | sink, go down
died: died, killed, gestorben, starb, mort~, murio, fallecid@, 逝世, 去世, 病逝, 死于, 卒年 |
    death, tod |
closed: closed, closed down, shut, shut down, withdrawn, decommissioned, retired, abandoned,
    geschlossen, stillgelegt, ferme~, cerrad@, 关闭, 停用, 停业, 停运, 废弃, 退役, 停办, 关了 |
    closure, decommissioning, fermeture |
ended: dissolved, disbanded, ceased publication, discontinued, ended, extinct, died out, aufgelost,
    ausgestorben, dissous, dissoute, eteint~, disuelt@, 解散, 停刊, 灭绝, 绝迹, 倒闭, 破产 |
    dissolution, extinction | cease, die out
"""
_ROWS = [row.replace("|", ":").split(":") for row in re.split(r"\n(?=\w)", _DEEDS.strip())]


def _kinds(*columns: int) -> dict[str, EventKind]:
    """Word → kind, of these columns of the table."""
    rows = [(cast(EventKind, row[0]), row[column]) for column in columns for row in _ROWS]
    return {word: kind for kind, words in rows for word in _listed(words)}


_STATED = _kinds(2, 1)
_STEMS = {re.sub(r"ed\b", end, w, count=1): _STATED[w] for w in _STATED for end in ("", "e")}
KINDS: dict[str, EventKind] = {**_STEMS, **_kinds(3), **_STATED}
"""A word of a deed → what happened; beside *demolished* also *demolish*."""
NAMES_OF_DEEDS = frozenset(_kinds(2))
"""Deeds as nouns: *the demolition of the hall in 1961*."""
HAPPENED, ASKED = re.compile(either(_STATED)), re.compile(either(KINDS))
"""What may be an event in a statement; in a question or a label."""
DENIED = re.compile(
    r"\b(?:not(?! only)|never|\w+n't|nor|neither|without|plan(?:s|ned)?|propos\w+|scheduled|due to|"
    r"to be|[wc]ould|may (?:have|be|well)|might|should|will|shall|possibly|perhaps|probably|maybe|"
    r"allegedly|reportedly|supposed\w*|rumou?r\w*|said to|belie\w+|some (?:say|think)|thought|"
    r"legends?|almost|nearly|"
    r"un(?:verified|confirmed|certain|clear|likely)|saved|spared|rescue\w*|escap\w+|surviv\w+|"
    r"threat\w*|menac\w+|bedroht\w*|avoid\w*|avert\w*|prevent\w*|oppos\w+|protest\w*|"
    r"campaign\w*|intend\w*|want\w*|"
    r"attempt\w*|fail(?:ed|s)?|instead of|rather than|if|unless|announced|decided|approved|voted|"
    r"dropped|rejected|refused|shelved|feared|cancel\w*|"
    r"considered|nicht|nie|kein\w*|geplant\w*|soll(?:te|ten)?|angeblich|beinahe|wird|pas|jamais|"
    r"devait|aurait|serait|sera|peut-etre|no(?![.°])|nunca|podria|habria|quizas?)\b|\?|\bn'|"
    r"未(?!来)|没有|(?<![沉淹埋])没(?=[被能再拆])|不(?!久|断|幸|得不|仅|但|同|再|远)|计划|拟(?=[于建拆将在])|打算|"
    r"将[于被]|险[些被遭]|几乎|差点|据[传说]|传说|相传|可能|或许|疑|反对|避免|[免幸]免|免于|逃过|取消|若|如果|原定|"
    r"预计|准备|提议|建议|谣|威胁|会被|宣布|决定"
)
"""Takes the event out of a clause: it did not happen, or nobody knows, or is only planned."""
PARTLY = re.compile(
    r"\b(?:part(?:s|ly|ially)?|half|mostly|largely|severely|badly|heavily|sections?|much|most|some|"
    r"teil\w*|partiel\w*|partie|parte)\b|部分|局部|一段|大半|一半|严重"
)
PLANNED = re.compile(
    r"\b(?:plan(?:s|ned)?|propos\w+|scheduled|due to|to be|would|will|shall|threat\w*|menac\w+|"
    r"bedroht\w*|feared|avert\w*|avoid\w*|saved from|rescued from|escap\w+|announced|decided|"
    r"approved|voted|dropped|rejected|refused|shelved|cancel\w*|considered|supposedly|geplant\w*|"
    r"soll(?:te|ten)?|devait|serait|sera)\b|计划|拟(?=[于建拆将在])|打算|将[于被]|险[些被遭]|几乎|差点|取消|"
    r"原定|预计|准备|提议|建议|威胁|宣布|决定"
)
"""Takes a date out of a clause: of a plan, a threat, a vote; a hedge is quoted as it is."""
OF_A_PART = re.compile(
    r"\b(?:its|their|one of|part of|north\w*|south\w*|east\w*|west\w*|upper|lower|first|second|"
    r"third|last|other|two|three|four|several|wing|roof|end|side|section|half)\b|其|[东西南北侧]|[两二三四几]"
)
"""Whose words a deed's subject has that is a part of something, or another one of its kind."""
GONE = re.compile(
    r"\bno longer (?:exists?|stands?|standing|survives?|remains?|extant|there)\b|不[复再]存在|"
    r"\b(?:does|do|did)(?: not|n't) (?:exist|stand|survive|remain)\b|\bno (?:trace|remains)\b|"
    r"\b(?:none|nothing)\b[^.;,]{0,40}\b(?:remains?|survives?|exists?|left)\b|\b(?:is|are|has) "
    r"(?:now |since |long |all )*(?:gone(?! (?:through|to|on|from))|disappeared|defunct|extinct)\b|"
    r"\b(?:is|are) (?:an?|the) (?:\w+ )?(?:extinct|defunct|demolished)\b|\b(?:not|never) (?:been )?"
    r"rebuilt\b(?! until)|(?:existiert|besteht) nicht mehr|n'existe(?:nt)? plus|ya no existe|"
    r"荡然无存|(?<![是曾])不存在|(?:没有|[未从]未|未能|未)再?[重复]建|只剩下?(?:遗址|废墟)|早已(?:不|消失|拆)|"
    r"已(?:经|全部|完全|被|都)*(?:不[存复在]|消失|无存|拆[除毁了]|灭绝|沉没|停刊|解散)"
)
STANDS = re.compile(
    r"\bstill (?:stands?|exists?|survives?|remains?|standing|intact|there|in (?:use|service|print)|"
    r"extant|active|operat\w+|open|alive|preserved|runs?|sails?|lives?|published)\b|\bsurvives?(?="
    r"\s*[.;])|\b(?:stands?|survives?|exists?|standing|remains) (?:today|still|to this day)\b|"
    r"\bremains? (?:standing|open|intact|in (?:use|service)|active|extant)\b|\b(?:is|are) (?:well |"
    r"now |still )*(?:preserved|extant|on display|on show|open to (?:the public|visitors))\b|"
    r"\bcan (?:still )?be (?:seen|visited)\b|\b(?:has|have)(?: not|n't| never) (?:yet )?been "
    r"(?:demolished|torn down|pulled down|destroyed|scrapped|dismantled)\b|"
    r"(?:尚|还|至今|从)[未没]有?被?[拆毁]|"
    r"heute noch|(?:noch|bis) (?:heute|erhalten|in betrieb)|"
    r"existe (?:encore|toujours)|toujours debout|sigue en pie|se conserva|todavia existe|健在|屹立|"
    r"[仍还依](?:然|旧)?在?(?:矗立|存|立[在于着]|保[存留]|耸立|完好|使用|运[行营]|服役|用)|(?:至今|今天)[仍还依]|"
    r"保存(?:完好|至今|良好|下来)|现存(?!最)|尚存|[现今收]藏于|[向对](?:公众|外|游客)开放"
)
AGAIN = re.compile(
    r"\b(?:today|now|today's|present|current)\b[^.;]{0,60}\b(?:reconstruction|rebuilt|replica)\b|"
    r"(?:现在|今天|如今|现存|目前)[^。;；没未]{0,24}[重复仿]建"
)
"""What is seen today is a reconstruction."""
IN_USE = re.compile(
    r"\b(?:is|are) (?:now|today|still|currently|used|home|visited|open|managed|protected|owned|"
    r"operated|maintained|listed|kept|held|one of)\b|\b(?:serves|houses|attracts|holds)\b|heute|"
    r"\bstands (?:on|in|at|near)\b|aujourd'hui|hoy es|供(?:人|游客)?(?:参观|游览)|"
    r"(?:现在|今天|如今|目前|现)(?:它|其)?(?:是|为|作为|用[作于]|供|仍|还)"
)

SITE = re.compile(r"\b(?:its|the|old|former) (?:site|place)\b|原址|旧址|遗址")

# Records: labels and values.
_STANDING = _listed("""extant, standing, existing, in use, in service, active, open, preserved,
    survives, alive, intact, erhalten, in betrieb, existant, en pie, conserve~, conservad@, 现存,
    尚存, 存在, 保存, 使用中, 运营, 服役中, 健在, 完好, steht noch, besteht noch, vorhanden, debout,
    en place, existente, esistente, in piedi, in uso, en uso""")
STANDING_VALUES = re.compile(either(_STANDING))
"""Under a label of an end, such as `Demolished`, it did not come; *yes* means there that it did."""
NOT_STANDING = re.compile(
    r"(?:no longer|not|nicht(?: mehr)?|n'est plus|ya no|non piu) (?:extant|standing|existing|there|"
    r"preserved|surviving|erhalten|vorhanden|debout|existente|en pie)\b|不存|无存|不在了"
)
"""The same turned round: *Demolished: no longer extant*."""
STANDS_VALUES = re.compile(either([*_STANDING, *_listed("yes, ja, oui, si, 是")]))
GONE_VALUES = re.compile(either([*(w for w in _STATED if _STATED[w] in ENDINGS), *_listed(
    "gone, defunct, dead, not extant, nicht erhalten, 不存, 已毁, 消失, 已故, 已拆")]))  # fmt: skip
STATUS_LABELS = frozenset(_listed("""status, state, current status, existence, fate, extant, exists,
    still exists, still standing, standing, survives, in service, in use, preserved, zustand, etat,
    estado, 现状, 状态, 存废, 现存, 是否现存, 是否存在, 是否尚存"""))  # fmt: skip
CONDITION = re.compile(
    r"(?m)^[^:：\n]{0,30}(?:\bcondition\b|zustand|\berhaltung\w*|\b[ée]tat\b|\bestado\b|\bstato\b|"
    r"保存状况|保存状態|品相|\bstatus\b)[^:：\n]{0,20}[:：]\s*"
    r"(?:very |rather |sehr |très |muy |molto )?"
    r"(?:good|fair|poor|excellent|fine|mint|clean|intact|worn|stain\w*|fox\w*|torn|tears?|fad\w*|"
    r"scratch\w*|crack\w*|chip\w*|brittle|yellow\w*|damaged|gut|mäßig|schlecht|befriedigend|bon|mauvais|"
    r"bueno|malo|regular|buono|discreto|完好|良好|较好|一般|较差|破损)\b[^\n]*",
    re.IGNORECASE,
)
"""A record's line on the condition of a print or a specimen, which is no word of what it shows."""
EMPTY = frozenset(_listed("n/a, na, none, null, nil, tbd, 无, 不适用, 暂无"))
UNKNOWN = frozenset(_listed("unknown, not known, unbekannt, inconnu~, desconocid@, 未知, 不详"))
NO = re.compile(r"(?:no|n|false|nein|non|not|never|nicht)\b|[否未没]|不是")
LABEL_WORDS = frozenset(_listed("""date, year, datum, jahr, annee, fecha, ano, 时间, 日期, 年份, 年,
    of, in, on, the, was, when, des, der, am, de, du, la, le, en, del"""))  # fmt: skip
"""A label that has only these beside a deed asks for its date: `Date of demolition`, 拆除时间."""


# Grammar.
def _any(words: str) -> str:
    return either(words.split())


AUXILIARY = r"\b(?:(?:has|have|had)(?! (?:an?|the|no|its)\b)|(?:a|ont|ha|han) (?=ete|sido))\b|"
AUXILIARY += _any("""is are was were be been being got gets becomes became wird wurde wurden worden
    ist sind est sont fut furent ete fue fueron sido es se""")
ADVERB = _any("""also then later finally eventually soon subsequently completely totally entirely
    officially formally first again now already since once only just however still itself both and
    originally recently ultimately thus therefore late early today work works construction und et y
    wieder dann noch heute ensuite finalement encore luego bau""")
DEFINITE = _any("the this that these those der die das den dem le la les el los l ce cette este")
INDEFINITE = _any("a an another one ein eine einen einem un une una there each no any")
POSSESSIVE = _any("its his their whose sein seine seiner ihr ihre ihrer son sa ses su sus")
PRONOUN = _any("it they them er sie es il elle ils elles el ella ello both all")
PREPOSITION = _any("""in at on above below near by for to from with into over under as during
    through between beside within across along around behind about until before after since of im
    opposite am zum bei nach von vor mit durch auf aus bis seit au dans en par sur avec por con
    hasta de""")
NEUTRAL = _any("old whole entire historic former main present current original stone alte")
LIKE = tuple(
    frozenset(words.split())
    for words in (
        """ship vessel boat liner steamer frigate destroyer cruiser submarine ferry yacht ss hms uss
    schiff dampfer navire paquebot buque barco clipper""",
        "species plant animal bird fish insect tree mammal",
        "newspaper paper magazine journal zeitung",
        "company firm business brand",
        "painting picture portrait work canvas",
        "building structure edifice complex house gebaude batiment edificio",
    )
)  # the frigate is *the ship*; fmt: skip
HAN_LIKE = "(?:建筑物|建筑|大楼|船|舰|报纸|公司|画作|作品|物种|机车|学校)"
HAN_IT = "[它其]|[该此].{1,5}|这[座栋个条艘幅家所件种块]?.{0,4}|本[校馆站报刊]"
HAN_FILL = (
    "于在被由曾已又再后来也都遂终最正全部彻底逐渐就才便而且及和至为是了之以月日约即因共现原今"
)
HAN_AFTER = "后时前以为和及并而至到成用期完毕工于在的"
"""After a verb, they begin something else than its object."""
