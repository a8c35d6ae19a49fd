"""The words by which a text says that something began, changed or ended, in five languages.

English, German, French, Spanish and Chinese. Knows words and the kinds of event that they mean; no
grammar, no domain. All words are in the form that `plain` gives a text: lower case, no accents,
simplified characters.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Literal, cast, get_args

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


class _Plain(dict[int, str]):
    """Each character's plain form; always one character, so that positions stay."""

    def __missing__(self, code: int) -> str:
        base = unicodedata.normalize("NFD", chr(code))[0].lower()
        self[code] = base if len(base) == 1 else chr(code)
        return self[code]


_pairs = "".join(_TRADITIONAL_THEN_SIMPLIFIED.split())
_PLAIN = _Plain(
    {ord("’"): "'", **{ord(a): b for a, b in zip(_pairs[::2], _pairs[1::2], strict=True)}}
)


def plain(text: str) -> str:
    """The text in lower case, without accents, in simplified characters; as long as before.

    >>> plain("Démolie; 拆毀於"), len(plain("İßﬁ"))
    ('demolie; 拆毁于', 3)
    """
    return text.translate(_PLAIN)


def listed(words: str) -> list[str]:
    """Words parted by commas. `~` stands for the endings of a French participle, `@` of a Spanish
    one.

    >>> listed("peint~, no")
    ['peint', 'peinte', 'peints', 'peintes', 'no']
    """
    endings = {"~": ("", "e", "s", "es"), "@": ("o", "a", "os", "as")}
    return [
        word.rstrip("~@") + ending
        for word in (" ".join(each.split()) for each in words.split(","))
        for ending in endings.get(word[-1:], ("",))
    ]


# A line for each kind of event: verbs of what happened | nouns of it | verbs that only ask for it |
# Chinese.
_DEEDS = """
born: born, geboren, ne~, nacid@, nacio | birth, geburt, naissance, nacimiento |  | 出生, 生于, 诞生
begun: founded, established, begun, began, started, laid down, incorporated, formed, instituted,
    gegrundet, begonnen, gestiftet, angelegt, fonde~, etabli~, commence~, fundad@, fundo,
    establecid@, iniciad@ | founding, establishment, foundation stone, cornerstone, first stone,
    groundbreaking, grundung, baubeginn, grundstein, grundsteinlegung, premiere pierre, fondation,
    primera piedra, fundacion | found, establish, start, begin, fonder, fundar | 始建, 动工, 开工,
    奠基, 创建, 创立, 创办, 创刊, 成立, 开凿, 开办, 设立, 建立, 兴建, 建校, 建馆
built: built, constructed, erected, put up, completed, finished, gebaut, erbaut, errichtet,
    fertiggestellt, vollendet, construit~, bati~, edifie~, erige~, acheve~, construid@, construyo,
    edificad@, erigid@, terminad@, completad@ | construction, building work, building works,
    completion, erection, work, works, baujahr, bau, errichtung, fertigstellung, bauzeit,
    achevement, travaux, construccion, obras | build, construct, erect, complete, finish, go up,
    old, bauen, erbauen, construire, batir, construir, construyeron | 建成, 建于, 建造, 修建, 修筑,
    竣工, 完工, 落成, 年建, 所建, 而建, 建起, 盖成, 盖的, 建的, 造好, 建好
made: made, painted, written, composed, sculpted, carved, woven, published, drawn, engraved,
    created, cast, wrote, gemalt, geschrieben, komponiert, geschaffen, veroffentlicht, hergestellt,
    peint~, ecrit~, compose~, sculpte~, realise~, cree~, publie~, fabrique~, pintad@, pinto,
    escrit@, compuest@, esculpid@, cread@, publicad@, realizad@, fabricad@ | creation, publication,
    entstehung, veroffentlichung, creacion, publicacion | make, paint, write, compose, create,
    publish, date from, date, dates from, pintaron | 绘制, 绘成, 画成, 画于, 作于, 绘于, 创作, 写成,
    写于, 成书, 出版, 发表, 铸造, 铸成, 铸于, 雕刻, 雕成, 制作, 制造, 制成, 织成, 造于, 烧制
discovered: discovered, rediscovered, unearthed, first described, described, entdeckt,
    wiederentdeckt, erstbeschrieben, beschrieben, decouvert~, decrit~, descubiert@, descrit@ |
    discovery, entdeckung, decouverte, descubrimiento | discover | 发现, 出土, 发掘, 首次描述
opened: opened, opened its doors, opened to the public, opened to traffic, inaugurated,
    consecrated, dedicated, unveiled, reopened, premiered, eroffnet, eingeweiht, wiedereroffnet,
    ouvert~, ouvrit, inaugure~, consacre~, abiert@, abrio, inaugurad@, inauguro | opening,
    inauguration, reopening, consecration, eroffnung, einweihung, ouverture, inauguracion, apertura
    | open, inaugurate, eroffnen, ouvrir, abrir | 开放, 启用, 开业, 通车, 开馆, 揭幕, 开幕, 通航,
    开通, 开张, 首演, 祝圣
launched: launched, commissioned, entered service, went into service, put into service, placed in
    service, entered into service, first flew, first flown, first published, first issued, first
    appeared, in dienst gestellt, vom stapel gelaufen, mis en service, mise en service, lance~,
    mis a l'eau, botad@, puesto en servicio, puesta en servicio, entro en servicio, lanzad@ |
    launch, launching, commissioning, stapellauf, indienststellung, lancement, botadura | enter
    service, go into service, first fly | 下水, 服役, 投入使用, 投入运营, 投产, 入役, 首飞
rebuilt: rebuilt, reconstructed, re-erected, re-built, wiederaufgebaut, wieder aufgebaut,
    rekonstruiert, reconstruit~, rebati~, reconstruid@ | rebuilding, reconstruction, wiederaufbau,
    reconstruccion | rebuild, reconstruct | 重建, 复建, 再建, 重新建造, 仿建
restored: restored, renovated, refurbished, repaired, reintroduced, restauriert, renoviert,
    saniert, restaure~, renove~, restaurad@, renovad@, rehabilitad@ | restoration, renovation,
    restaurierung, sanierung, restauration, restauracion | restore, renovate | 修复, 修缮, 整修,
    翻修, 重修, 翻新, 大修, 复刊, 复办
changed: enlarged, extended, converted, altered, remodelled, remodeled, redesigned, renamed,
    modified, expanded, umgebaut, erweitert, umbenannt, umgewandelt, agrandi~, transforme~,
    rebaptise~, converti~, ampliad@, transformad@, convertid@, remodelad@, renombrad@ |
    enlargement, conversion, umbau, agrandissement, ampliacion |  | 改建, 扩建, 改造, 改名, 更名,
    改为, 改称, 加建, 增建
moved: moved, relocated, transferred, verlegt, versetzt, umgesetzt, uberfuhrt, deplace~,
    transfere~, demenage, trasladad@, traslado | relocation, verlegung | move, relocate | 迁至,
    迁到, 迁往, 搬迁, 迁移, 迁建, 移至, 搬到, 搬至, 迁址
damaged: damaged, bombed, beschadigt, endommage~, danad@ |  |  | 受损, 损坏, 受创, 轰炸, 破坏
burnt: burnt down, burned down, burnt, burned, burnt to the ground, burned to the ground, gutted,
    destroyed by fire, abgebrannt, niedergebrannt, ausgebrannt, brannte, brule~, incendie~,
    quemad@, incendiad@, se quemo, ardio |  | burn, burn down, brennen, bruler | 烧毁, 焚毁, 焚烧,
    烧掉, 烧了, 毁于大火, 毁于火灾, 毁于火, 焚于
destroyed: destroyed, collapsed, blown up, obliterated, exploded, imploded, washed away,
    swept away, blew up,
    zerstort, eingesturzt, sturzte, gesprengt, vernichtet, detruit~, effondre~, aneanti~,
    destruid@, destruyo, derrumbad@, derrumbo, colapso | destruction, collapse, zerstorung,
    einsturz, sprengung, effondrement, destruccion, derrumbe | destroy, blow up, fall down,
    zerstoren, detruire, destruir, destruyeron | 毁于, 摧毁, 毁掉, 被毁, 炸毁, 倒塌, 坍塌, 损毁,
    毁灭, 冲毁, 夷为平地, 炸掉, 塌毁, 尽毁, 毁了, 塌了, 倒了, 倒的, 塌的
demolished: demolished, torn down, tore down, pulled down, knocked down, taken down, took down,
    razed, dismantled, levelled, leveled, bulldozed, cleared away, abgerissen, abgebrochen,
    abgetragen, geschleift, demontiert, niedergerissen, demoli~, rase~, demantele~, abattu~,
    demolid@, derribad@, derruid@, desmantelad@ | demolition, dismantling, abriss, abbruch,
    abtragung, demantelement, demolicion, derribo | demolish, tear down, pull down, knock down,
    take down, dismantle, come down, came down, abreißen, demolir, derribar, derribaron,
    demolieron, be gone | 拆除, 拆毁, 拆掉, 拆去, 拆卸, 清拆, 被拆, 拆了, 拆的
scrapped: scrapped, broken up, broke up, cut up, sold for scrap, verschrottet, abgewrackt,
    ferraille~, mis a la ferraille, envoye a la casse, desguazad@ | scrapping, verschrottung,
    desguace | scrap, break up, go for scrap | 报废, 拆解, 解体
lost: sunk, sank, wrecked, scuttled, foundered, torpedoed, shipwrecked, lost, disappeared,
    vanished, gesunken, versenkt, verschollen, versunken, untergegangen, coule~, sombre, naufrage,
    perdu~, disparu~, hundid@, se hundio, hundio, perdid@, desaparecid@, desaparecio | sinking,
    loss, untergang, hundimiento | sink, go down, went down, disappear | 沉没, 击沉, 沉于, 遗失,
    失传, 凿沉, 沉了
died: died, killed, executed, assassinated, passed away, gestorben, starb, verstarb, verstorben,
    mort~, decede~, mourut, murio, fallecid@, fallecio | death, tod, deces, muerte, fallecimiento |
    die, sterben, mourir, morir | 逝世, 去世, 病逝, 卒于, 死于, 遇害, 病故, 辞世, 死了
closed: closed, closed down, closed its doors, shut, shut down, withdrawn, decommissioned, retired,
    laid up, taken out of service, out of service, withdrawn from service, abandoned, deserted,
    geschlossen, stillgelegt, außer dienst gestellt, ausgemustert, aufgegeben, ferme~, retire~,
    desarme~, desaffecte~, abandonne~, cerrad@, cerro, clausurad@, retirad@, abandonad@, dado de
    baja, dada de baja | closure, closing, decommissioning, retirement, withdrawal, schließung,
    stilllegung, fermeture, cierre | close, shut, retire, withdraw, schließen, fermer, cerrar |
    关闭, 停用, 停业, 停运, 停航, 废弃, 退役, 歇业, 关门, 停办, 关停, 闭馆, 停产, 关了, 弃用
ended: dissolved, disbanded, abolished, ceased publication, ceased operations, ceased, ceased to
    exist, ceased to be published, felled, cut down, discontinued, went bankrupt, wound up,
    liquidated, ended, came to an end, extinct, became extinct, went extinct, died out, folded,
    aufgelost, eingestellt, ausgestorben, erloschen, liquidiert, dissous, dissoute, eteint~, cesse
    de paraitre, liquide~, disuelt@, extinguid@, se extinguio, liquidad@ | dissolution, extinction,
    liquidation, auflosung, einstellung, disolucion, extincion | dissolve, cease, end, fold, die
    out, go extinct, become extinct | 解散, 撤销, 停刊, 灭绝, 绝迹, 倒闭, 破产, 废止, 裁撤, 消亡
"""
_ROW = re.compile(
    rf"^({'|'.join(get_args(EventKind))}):([^|]*)\|([^|]*)\|([^|]*)\|([^|]*?)(?=^\w+:|\Z)", re.M
)


def _kinds(*parts: int) -> dict[str, EventKind]:
    """Word → kind, out of these parts of each row."""
    return {
        word: cast(EventKind, row[1])
        for part in parts
        for row in _ROW.finditer(_DEEDS)
        for word in listed(row[part])
        if word
    }


KINDS = _kinds(4, 3, 2, 5)
"""A word of a deed → what happened."""
NAMES_OF_DEEDS = frozenset(_kinds(3))
"""Deeds as nouns: *the demolition of the hall in 1961*."""


def any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Finds whole words and phrases, the longest first; Chinese ones stand anywhere."""
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    latin = [re.escape(w).replace(r"\ ", r"\s+") for w in ordered if w[0] < "㐀"]
    return re.compile(
        "|".join([rf"\b(?:{'|'.join(latin)})\b", *(w for w in ordered if w[0] >= "㐀")])
    )


HAPPENED = any_of(_kinds(2, 3, 5))
"""What may be an event in a statement."""
ASKED = any_of(KINDS)
"""What may be an event in a question."""
APART = re.compile(
    r"\b(?P<verb>blew|tore|pulled|knocked|took|burnt|burned|broke) (?:\w+ ){1,3}?"
    r"(?P<particle>up|down)\b"
)
"""A verb whose object stands inside it: *blew the tower up*."""
DENIED = re.compile(
    r"\b(?:not(?! only)|never|\w+n't|nor|neither|without|plan(?:s|ned)?|propos\w+|scheduled|slated|"
    r"earmarked|due to|to be|would|could|may (?:have|be|well)|might|should|will|shall|possibly|"
    r"perhaps|probably|maybe|allegedly|reportedly|supposed\w*|rumou?r\w*|said to|believed|thought|"
    r"legends?|un(?:verified|confirmed|certain|clear|likely)|disputed|saved|spared|rescue\w*|"
    r"escap\w+|surviv\w+|threat\w*|avoid\w*|avert\w*|prevent\w*|oppos\w+|protest\w*|campaign\w*|"
    r"intend\w*|intention|want\w*|hop(?:ed|ing)|attempt\w*|fail(?:ed|s|ing)?|almost|nearly|"
    r"instead of|rather than|if|unless|called for|listed for|announced|approved|decided|voted|"
    r"debated|considered|agreed|nicht|nie|niemals|kein\w*|geplant\w*|soll(?:te|ten|en)?|konnten?|"
    r"angeblich|vermutlich|moglicherweise|vielleicht|gerettet|verschont|bedroht|beinahe|statt|"
    r"wird|pas|jamais|prevue?s?|devait|devrait|aurait|serait|sera|peut-etre|probablement|sauvee?|"
    r"echapp\w+|menac\w+|failli|no(?![.°])|nunca|previst[oa]|plane\w+|debia|podria|habria|quizas?|"
    r"tal vez|posiblemente|probablemente|salvad[oa]|amenaz\w+|supuestamente)\b|\?|\bn'|"
    r"未(?!来)|没有|(?<![沉淹埋])没(?=[被能再拆])|不(?!久|断|幸|得不|仅|但|同|再|远)|计划|拟(?=[于建拆将在])|"
    r"打算|将[于被]|即将|险些|几乎|差点|据传|据说|传说|相传|传闻|可能|或许|疑|反对|避免|免于|[幸免]免|逃过|躲过|"
    r"取消|暂[停缓]|若|如果|假如|原定|预计|准备|提议|建议|曾想|谣|威胁|会被|宣布(?=[清拆])|决定"
)
"""Takes the event out of a clause: it did not happen, or nobody knows, or is only planned."""
PARTLY = re.compile(
    r"\b(?:part(?:s|ly|ially)?|portions?|half|mostly|largely|severely|badly|heavily|slightly|"
    r"sections?|much|most|some|teil\w*|schwer|stark|partiel\w*|partie|gravement|parcial\w*|"
    r"parte|gravemente|all but|except)\b|部分|局部|一段|大半|一部|一半|除了|严重"
)
BEGINS = re.compile(
    r"\b(?:beg[aiu]n|begins|start(?:ed)?|commenced|begann(?:en)?|commenc\w+|debut\w*|empez\w+|"
    r"comenz\w+|inici\w+)\b|开始"
)
GONE = re.compile(
    r"\bno longer (?:exists?|stands?|standing|survives?|remains?|extant|there|existing)\b|"
    r"\b(?:does|do|did)(?: not|n't) (?:exist|stand|survive|remain)\b|\bno (?:trace|remains)\b|"
    r"\b(?:none|nothing)\b[^.;,]{0,40}\b(?:remains?|survives?|exists?|left)\b|\bceased to exist\b|"
    r"\b(?:is|are|has) (?:now |since |long |all )*(?:gone(?! (?:through|to|on|from))|vanished|"
    r"disappeared|defunct|extinct|torn down|dead)\b|\bno longer in existence\b|"
    r"\b(?:is|are) (?:an?|the) (?:\w+ )?(?:extinct|defunct|demolished|disbanded)\b|"
    r"\b(?:not|never) (?:been )?rebuilt\b(?! (?:until|till))|existiert nicht mehr|"
    r"besteht nicht mehr|nicht mehr (?:vorhanden|erhalten)|gibt es nicht mehr|n'existe(?:nt)? plus|"
    r"a(?:ujourd'hui)? disparu\b|ne subsiste|il n'en reste rien|ya no existe|no queda nada|"
    r"dejo de existir|不复存在|[已不](?:经)?不?存在了|(?<![是曾])不存在|荡然无存|不再存在|"
    r"已(?:经|全部|完全|被|都)*(?:不存|消失|不在|无存|拆除|拆毁|拆了|灭绝|沉没|停刊|解散)|已不复|"
    r"早已(?:不|消失|拆)|只剩(?:下)?(?:遗址|废墟)|(?:没有|未|从未|未能|并未|未曾)(?:在原址|原样)*再?(?:重建|复建)"
)
STANDS = re.compile(
    r"\bstill (?:stands?|exists?|survives?|remains?|standing|intact|there|in (?:place|use|service|"
    r"operation|existence|print|business)|extant|active|operating|operates?|open|alive|preserved|"
    r"surviving|existing|runs?|sails?|living|lives|published)\b|"
    r"\b(?:stands?|survives?|exists?|standing|remains) (?:today|still|to this day|(?:in its|as a) "
    r"(?:\w+ )?(?:restored|rebuilt|ruined|original|full))\b|\bremains? (?:standing|intact|open|in "
    r"(?:use|service|operation|existence|business)|active|operational|extant)\b|"
    r"\b(?:today|still)\b[^.;,]{0,30}\b(?:stands|survives|exists)\b|\b(?:survives?|endures?)(?=\s*[.;])|"
    r"\bhas (?:survived|been preserved)\b(?! (?:until|till))|"
    r"\b(?:is|are) (?:well |now |fully |still |currently )*(?:preserved|extant|on display|on show|"
    r"exhibited|open to (?:the public|visitors)|in use today|displayed|in the collection)\b|"
    r"\bcan (?:still )?be (?:seen|visited)\b|steht (?:noch|bis)|(?:noch|bis) heute|"
    r"noch (?:erhalten|vorhanden|in betrieb)|ist (?:\w+ )?erhalten|existiert (?:noch|bis)|"
    r"existe (?:encore|toujours)|(?:encore|toujours) (?:debout|en service|en activite|visible)|"
    r"subsiste|est (?:toujours|encore) |est conservee?|(?:aun|todavia) (?:existe|sigue|esta|se "
    r"conserva|en pie)|sigue en pie|se conserva|existe hoy|sigue (?:abiert|existiendo|en )|"
    r"[仍还依](?:然|旧|在)?(?:矗立|屹立|存在|立[在于着]|存|保存|耸立|保留|可以?看到|完好|在使用|在运[行营]|在用|"
    r"在服役|健在)|保存(?:完好|至今|良好|下来)|(?:至今|现今|今天)(?:仍|还|依然)|现存(?!最)|尚存|屹立|"
    r"(?:现|今)藏于|收藏于|[向对](?:公众|外|游客)开放|健在"
)
AGAIN = re.compile(
    r"(?:\b(?:seen|standing|stands?|building|visible)\b[^.;]{0,30}\b(?:today|now)\b|\btoday's\b|"
    r"\bpresent\b|\bcurrent\b)[^.;]{0,60}\b(?:reconstruction|rebuilt|replica|reconstructed)\b|"
    r"(?:现在|今天|如今|现存|目前|今日)[^。;；没未]{0,24}(?:重建|复建|仿建|再建)|就是今天(?:人们)?(?:看到|见到)的"
)
"""What is seen today is a reconstruction."""
IN_USE = re.compile(
    r"\b(?:is|are) (?:now|today|still|currently|used|home|visited|open|managed|protected|owned|"
    r"operated|maintained|run|listed|kept|held|one of)\b|"
    r"\b(?:now|today|currently)\b[^.;,]{0,40}\b(?:is|are|serves|houses)\b|"
    r"\b(?:serves?|houses?|receives?|welcomes?|attracts?|holds)\b(?! (?:been|as well))|"
    r"\bstands (?:on|in|at|beside|near)\b|\b(?:can|may) (?:visit|climb|see)\b|"
    r"\bvisitors? (?:can|may|walk|climb|come|see)\b|wird heute|ist heute|heute (?:ist|wird|dient|"
    r"beherbergt)|abrite|aujourd'hui|alberga|actualmente|hoy (?:es|alberga)|"
    r"供(?:人|游客|游人)?(?:参观|游览)|(?:现在|今天|如今|目前|现)(?:它|其)?(?:是|为|作为|用作|用于|供|仍|还|对|由)|开放参观"
)
SITE = re.compile(
    r"\b(?:its|the|old|former) (?:site|place|spot)\b|\bon the site\b|\bin its place\b|"
    r"an (?:seiner|ihrer|dieser) stelle|a (?:sa|son) (?:place|emplacement)|en su lugar|"
    r"原址|旧址|遗址"
)
"""Of a sentence that says what is there now where the subject was."""

# Records: labels and values.
STANDING_VALUES = any_of(listed("""extant, standing, existing, in use, in service, active,
    operating, open, operational, preserved, survives, surviving, alive, museum ship, intact,
    in print, living, running, on display, in betrieb, erhalten, bestehend, aktiv, existant, en
    service, conserve~, debout, en activite, en pie, activ@, conservad@, existente, abiert@, en
    servicio, 现存, 尚存, 存在, 保存, 在用, 使用中, 运营, 运行, 服役中, 在役, 健在, 完好,
    开放"""))  # fmt: skip
GONE_VALUES = any_of(listed("""demolished, destroyed, gone, lost, scrapped, extinct, defunct,
    dissolved, sunk, razed, deceased, dead, wrecked, no longer extant, not extant, burnt down,
    broken up, disbanded, torn down, nicht erhalten, nicht mehr vorhanden, abgerissen, zerstort,
    ausgestorben, aufgelost, verschrottet, gestorben, detruit~, demoli~, disparu~, eteint~,
    demolid@, destruid@, desaparecid@, extint@, disuelt@, 已拆, 拆除, 拆毁, 不存, 灭失, 已毁, 消失,
    灭绝, 解散, 停刊, 报废, 沉没, 毁于, 倒塌, 烧毁, 焚毁, 无存, 去世, 已故"""))  # fmt: skip
STATUS_LABELS = frozenset(listed("""status, state, current status, present status, existence, fate,
    conservation status, exists, extant, still exists, still standing, standing, survives, in
    service, still in use, in use, preserved, surviving, is extant, active, still in service, alive,
    zustand, verbleib, erhalten, existiert, etat, statut, existe, conserve, estado, estado actual,
    conservado, 现状, 状态, 存废, 现存, 是否现存, 是否存在, 是否尚存, 目前状态, 保存状况,
    存续状态"""))  # fmt: skip
EMPTY = frozenset(listed("""n/a, na, none, null, nil, tbd, keine angabe, entfallt, sans objet, s/o,
    no aplica, not applicable, 无, 不适用, 暂无, 未填"""))  # fmt: skip
UNKNOWN = frozenset(listed("""unknown, not known, unrecorded, date unknown, unbekannt, inconnu~,
    desconocid@, 未知, 不明, 不详, 日期不详, 年代不详"""))  # fmt: skip
YES = re.compile(r"(?:yes|y|true|ja|oui|si)\b|[是对有]")
NO = re.compile(r"(?:no|n|false|nein|non|not|never|nicht|ninguno)\b|[否未没]|不是")
LABEL_WORDS = frozenset(listed("""date, year, time, of, in, on, the, was, when, datum, jahr, zeit,
    des, der, am, annee, de, du, la, le, l, d, en, fecha, ano, del, el, period, day, first, 时间,
    日期, 年份, 年代, 年, 日, 的, 于"""))  # fmt: skip
"""A label that says these beside a deed asks for its date: `Date of demolition`, 拆除时间."""
DATE_LABEL = re.compile(r"\b(?:date|year|datum|jahr|annee|fecha|ano)\b|时间|日期|年")


# Grammar.
def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


BE = _set("""is are was were be been being has have had got gets becomes became wird wurde wurden
    worden ist sind est sont fut furent ete fue fueron sido es""")
HAVE = _set("has have had hat hatte")
VERB_LAST = _set("wurde wurden wird werden ist sind")
"""After these the verb comes last: *wurde im Jahr 1962 abgerissen*."""
AUXILIARY_A = _set("a ont ha han")
"""Auxiliaries in *a été démoli*, articles and letters elsewhere."""
PRONOUNS = _set("""it they this these both er sie es il elle ils elles celui-ci celle-ci ella ello
    este esta esto all itself them""")
PEOPLE = _set("he she him her er sie il elle ella el")
RELATIVES = _set(
    """which that die der das welche welcher welches qui que dont lequel laquelle cual"""
)
DEFINITE = _set("""the this that these those der die das den dem dieser diese dieses le la les el
    los l' l ce cet cette este esta""")
INDEFINITE = _set("""a an another one two three several some many ein eine einen einem eines un une
    des una unos unas there each every no any""")
POSSESSIVES = _set("""its his their her whose sein seine seinen seiner ihr ihre ihren ihrer son sa
    ses leur leurs su sus""")
OF = _set("of von vom des du de d del")
PREPOSITIONS = OF | _set("""in at on above below near by for to from with into over under as during
    through between beside within across along against around behind about until till before after
    since im am zu zum zur bei beim nach vor mit durch fur auf aus bis seit au aux dans en par pour
    sur avec vers chez depuis por para con hasta desde sobre tras durante entre""")
OTHERS = _set("""earlier previous first second third fourth fifth new newer another other later next
    replacement successor sister neighbouring neighboring adjacent nearby modern subsequent latter
    original preceding east west north south eastern western northern southern upper lower left
    right fruhere vorherige erste zweite dritte neue andere ursprungliche nouveau nouvelle premier
    premiere autre ancien nuevo nueva primer primero primera segundo segunda otro otra anterior""")
"""Before a name, they may mean another than the subject: *an earlier church*, *the new hall*."""
NEUTRAL = _set("""old whole entire historic famous great large small big former said beloved same
    main ganze alte ehemalige gesamte ancienne vieux vieille antiguo antigua complete last""")
ADVERBS = _set("""also then later finally eventually soon subsequently completely totally entirely
    officially formally first again now already since once only just however still so itself
    largely thereafter originally initially recently ultimately thus therefore long hence late
    early today tomorrow wieder spater dann schließlich endgultig noch heute ensuite finalement
    enfin completement totalement encore luego despues finalmente completamente""")
LIKE = tuple(map(_set, (
    """ship vessel boat liner steamer steamship frigate destroyer cruiser submarine ferry yacht
    schooner battleship tug barge trawler ss hms uss rms mv ms schiff dampfer navire paquebot
    bateau buque barco fregate sloop brig corvette clipper""",
    """species plant animal bird fish insect tree mammal frog art vogel espece especie marsupial""",
    "company firm business brand corporation manufacturer unternehmen firma entreprise empresa",
    "newspaper paper magazine journal periodical daily weekly zeitung zeitschrift periodico",
    "painting picture portrait work canvas sculpture gemalde bild werk tableau oeuvre cuadro obra",
    "locomotive engine lokomotive lok locomotora",
    "aircraft plane aeroplane airliner flugzeug avion",
    "building structure edifice complex house gebaude bau bauwerk batiment edificio",
)))  # fmt: skip
"""Words of which one may stand for another: the frigate is *the ship*."""
HAN_LIKE = _set("建筑物 建筑 大楼 楼房 船 舰 报纸 公司 画作 作品 物种 机车 学校")
HAN_FILL = frozenset(
    "于在被由曾已又再次后来也都遂终最正式首全部彻底完逐渐等就才便则将并而且及和至为是了之以月日间的约即因共陆续开始经相一"
)
