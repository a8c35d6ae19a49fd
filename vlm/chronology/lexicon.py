"""The words by which a text says that something began, changed or ended, in five languages.

English, German, French, Spanish and Chinese. Knows words and the kinds of event that they mean; no
grammar, no domain. All words are in the form that `plain` gives a text: lower case, no accents,
simplified characters.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Literal

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

_TRADITIONAL = dict(
    pair
    for pair in """
    還还 嗎吗 毀毁 燒烧 應应 壞坏 閉闭 關关 開开 啟启 廢废 舊旧 遷迁 創创 辦办 進进 動动 興兴 設设 築筑
    繪绘 發发 現现 書书 寫写 滅灭 絕绝 沒没 復复 擴扩 轉转 為为 於于 該该 這这 樓楼 橋桥 當当 時时 間间
    後后 產产 運运 營营 撤撤 銷销 損损 轟轰 擊击 誕诞 館馆 車车 業业 體体 傳传 據据 計计 劃划 擬拟 將将
    幾几 險险 並并 圖图 鑄铸 織织 製制 塗涂 處处 無无 存存 殘残 遺遗 蕩荡 雖虽 過过 來来 許许 準准 備备
    議议 徹彻 鐘钟 種种 層层 艦舰 座座 見见 剩剩 塊块 樣样 個个 陳陈 屬属 從从 麼么 哪哪 問问 請请 歲岁
    會会 沒没 實实 佇伫 聳耸 倖幸 導导 隻只 點点 塌塌 衝冲 觸触 頓顿 齊齐 濟济 門门 聖圣 園园 廠厂 學学
    刪删 讓让 給给 裡里 裏里 灣湾 東东 馬马 鐵铁 紙纸 畫画 報报 刊刊 團团 與与 對对 經经 續续 終终 線线
    """.split()
    for pair in [tuple(pair)]
)


class _Plain(dict[int, str]):
    """Each character's plain form; always one character, so that positions stay."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        base = unicodedata.normalize("NFD", character)[0].lower()
        self[code] = base if len(base) == 1 else character
        return self[code]


_PLAIN = _Plain(
    {ord(traditional): simple for traditional, simple in _TRADITIONAL.items()}
    | {ord("’"): "'", ord("ß"): "ß"}
)


def plain(text: str) -> str:
    """The text in lower case, without accents, in simplified characters; as long as before.

    >>> plain("Démolie; 拆毀於"), len(plain("İßﬁ"))
    ('demolie; 拆毁于', 3)
    """
    return text.translate(_PLAIN)


def _listed(words: str) -> list[str]:
    return [" ".join(word.split()) for word in words.split(",")]


_DEEDS: dict[EventKind, str] = {
    "born": "born, geboren, ne, nee, nacido, nacida, nacio",
    "begun": """founded, established, begun, began, started, laid down, incorporated, formed, instituted, gegrundet,
        begonnen, gestiftet, angelegt, fonde, fondee, etabli, etablie, commence, commencee, fundado,
        fundada, fundo, establecido, establecida, iniciado, iniciada""",
    "built": """built, constructed, erected, put up, completed, finished, gebaut, erbaut, errichtet,
        fertiggestellt, vollendet, construit, construite, construits, construites, bati, batie,
        edifie, edifiee, erige, erigee, acheve, achevee, construido, construida, construyo,
        edificado, edificada, erigido, erigida, terminado, terminada, completado, completada""",
    "made": """made, painted, written, composed, sculpted, carved, woven, published, drawn,
        engraved, created, cast, wrote, gemalt, gemahlt, geschrieben, komponiert, geschaffen,
        veroffentlicht, hergestellt, peint, peinte, ecrit, ecrite, compose, composee, sculpte,
        sculptee, realise, realisee, cree, creee, publie, publiee, fabrique, fabriquee, pintado,
        pintada, pinto, escrito, escrita, compuesto, compuesta, esculpido, esculpida, creado,
        creada, publicado, publicada, realizado, realizada, fabricado, fabricada""",
    "discovered": """discovered, rediscovered, unearthed, first described, described, entdeckt,
        wiederentdeckt, erstbeschrieben, beschrieben, decouvert, decouverte, decrit, decrite,
        descubierto, descubierta, descrito, descrita""",
    "opened": """opened, opened its doors, opened to the public, opened to traffic, inaugurated,
        consecrated, dedicated, unveiled, reopened, premiered, eroffnet, eingeweiht,
        wiedereroffnet, ouvert, ouverte, ouvrit, inaugure, inauguree, consacre, consacree, abierto,
        abierta, abrio, inaugurado, inaugurada, inauguro""",
    "launched": """launched, commissioned, entered service, went into service, put into service,
        placed in service, entered into service, first flew, first flown, first published,
        first issued, first appeared, in dienst gestellt, vom stapel gelaufen, mis en service,
        mise en service, lance, lancee, mis a l'eau, botado, botada, puesto en servicio,
        puesta en servicio, entro en servicio, lanzado, lanzada""",
    "rebuilt": """rebuilt, reconstructed, re-erected, re-built, wiederaufgebaut,
        wieder aufgebaut, rekonstruiert, reconstruit, reconstruite, rebati, rebatie, reconstruido,
        reconstruida""",
    "restored": """restored, renovated, refurbished, repaired, reintroduced, restauriert, renoviert,
        saniert, restaure, restauree, renove, renovee, restaurado, restaurada, renovado, renovada,
        rehabilitado, rehabilitada""",
    "changed": """enlarged, extended, converted, altered, remodelled, remodeled, redesigned,
        renamed, modified, expanded, umgebaut, erweitert, umbenannt, umgewandelt, agrandi, agrandie,
        transforme, transformee, rebaptise, rebaptisee, converti, convertie, ampliado, ampliada,
        transformado, transformada, convertido, convertida, remodelado, remodelada, renombrado,
        renombrada""",
    "moved": """moved, relocated, transferred, verlegt, versetzt, umgesetzt, uberfuhrt, deplace,
        deplacee, transfere, transferee, demenage, trasladado, trasladada, traslado""",
    "damaged": """damaged, bombed, beschadigt, endommage, endommagee, danado, danada""",
    "burnt": """burnt down, burned down, burnt, burned, burnt to the ground, burned to the ground,
        gutted, destroyed by fire, abgebrannt, niedergebrannt, ausgebrannt, brannte, brule, brulee,
        incendie, incendiee, quemado, quemada, incendiado, incendiada, se quemo, ardio""",
    "destroyed": """destroyed, collapsed, blown up, obliterated, exploded, washed away, swept away,
        blew up, zerstort, eingesturzt, sturzte, gesprengt, vernichtet, detruit, detruite, detruits,
        detruites, effondre, effondree, aneanti, aneantie, destruido, destruida, destruyo,
        derrumbado, derrumbada, derrumbo, colapso""",
    "demolished": """demolished, torn down, tore down, pulled down, knocked down, taken down, razed, took down,
        dismantled, levelled, leveled, bulldozed, cleared away, abgerissen, abgebrochen, abgetragen,
        geschleift, demontiert, niedergerissen, demoli, demolie, demolis, demolies, rase, rasee,
        demantele, demantelee, abattu, abattue, demolido, demolida, derribado, derribada, derruido,
        derruida, desmantelado, desmantelada""",
    "scrapped": """scrapped, broken up, broke up, cut up, sold for scrap, verschrottet, abgewrackt, ferraille,
        ferraillee, mis a la ferraille, envoye a la casse, desguazado, desguazada""",
    "lost": """sunk, sank, wrecked, scuttled, foundered, torpedoed, shipwrecked, lost, disappeared,
        vanished, gesunken, versenkt, verschollen, versunken, untergegangen, coule, coulee, sombre,
        naufrage, perdu, perdue, disparu, disparue, hundido, hundida, se hundio, hundio, perdido,
        perdida, desaparecido, desaparecida, desaparecio""",
    "died": """died, killed, executed, assassinated, passed away, gestorben, starb, verstarb,
        verstorben, mort, morte, decede, decedee, mourut, murio, fallecido, fallecida, fallecio""",
    "closed": """closed, closed down, closed its doors, shut, shut down, withdrawn, decommissioned,
        retired, laid up, taken out of service, out of service, withdrawn from service, abandoned,
        deserted, geschlossen, stillgelegt, außer dienst gestellt, ausgemustert, aufgegeben, ferme,
        fermee, retire, retiree, desarme, desarmee, desaffecte, abandonne, abandonnee, cerrado,
        cerrada, cerro, clausurado, clausurada, retirado, retirada, abandonado, abandonada,
        dado de baja, dada de baja""",
    "ended": """dissolved, disbanded, abolished, ceased publication, ceased operations, ceased,
        ceased to exist, ceased to be published, felled, cut down, discontinued, went bankrupt, wound up, liquidated,
        ended, came to an end, extinct, became extinct, went extinct, died out, folded, aufgelost, eingestellt,
        ausgestorben, erloschen, liquidiert, dissous, dissoute, eteint, eteinte,
        cesse de paraitre, cessa, liquide, disuelto, disuelta, extinguido, extinguida,
        se extinguio, liquidado, liquidada""",
}
"""Finished verbs: they happened, where nothing denies them."""

_NAMES_OF_DEEDS: dict[EventKind, str] = {
    "born": "birth, geburt, naissance, nacimiento",
    "begun": """founding, establishment, foundation stone, cornerstone, first stone,
        grundstein, premiere pierre, primera piedra, groundbreaking, grundung, baubeginn,
        grundsteinlegung, fondation, fundacion""",
    "built": """construction, building work, building works, completion, erection, work, works,
        baujahr, bau, errichtung, fertigstellung, bauzeit, achevement, travaux, construccion,
        obras""",
    "made": "creation, publication, entstehung, veroffentlichung, creacion, publicacion",
    "discovered": "discovery, entdeckung, decouverte, descubrimiento",
    "opened": """opening, inauguration, reopening, consecration, eroffnung, einweihung, ouverture,
        inauguracion, apertura""",
    "launched": """launch, launching, commissioning, stapellauf, indienststellung, lancement,
        botadura""",
    "rebuilt": "rebuilding, reconstruction, wiederaufbau, reconstruccion",
    "restored": "restoration, renovation, restaurierung, sanierung, restauration, restauracion",
    "changed": "enlargement, conversion, umbau, agrandissement, ampliacion",
    "moved": "relocation, verlegung, traslado",
    "destroyed": """destruction, collapse, zerstorung, einsturz, sprengung, effondrement,
        destruccion, derrumbe""",
    "demolished": """demolition, dismantling, abriss, abbruch, abtragung, demolition,
        demantelement, demolicion, derribo""",
    "scrapped": "scrapping, verschrottung, desguace",
    "lost": "sinking, loss, untergang, naufrage, hundimiento",
    "died": "death, tod, deces, muerte, fallecimiento",
    "closed": """closure, closing, decommissioning, retirement, withdrawal, schließung, stilllegung,
        fermeture, cierre""",
    "ended": """dissolution, extinction, liquidation, auflosung, einstellung, disolucion,
        extincion""",
}
"""The same as nouns: *the demolition of the hall in 1961*."""

_ASKED_DEEDS: dict[EventKind, str] = {
    "begun": "found, establish, start, begin, began, start, beginnen, fonder, fundar",
    "built": """build, construct, erect, complete, finish, go up, age, old, bauen, erbauen,
        construire, batir, construir, construyeron""",
    "made": "make, paint, write, compose, create, publish, date from, date, dates from, pintaron",
    "opened": "open, inaugurate, eroffnen, ouvrir, abrir",
    "launched": "launch, enter service, go into service, first fly",
    "rebuilt": "rebuild, reconstruct",
    "restored": "restore, renovate",
    "moved": "move, relocate",
    "burnt": "burn, burn down, brennen, bruler",
    "destroyed": "destroy, collapse, blow up, fall down, zerstoren, detruire, destruir, destruyeron",
    "demolished": """demolish, tear down, pull down, knock down, take down, dismantle, come down,
        came down, abreißen, demolir, derribar, derribaron, demolieron, be gone, disappear""",
    "scrapped": "scrap, break up, go for scrap",
    "lost": "sink, go down, went down",
    "died": "die, sterben, mourir, morir",
    "closed": "close, shut, retire, withdraw, schließen, fermer, cerrar",
    "ended": "dissolve, cease, end, fold, die out, go extinct, become extinct",
}
"""Forms that tell of nothing that happened, but ask for it: *When did it close?*"""

_CHINESE: dict[EventKind, str] = {
    "born": "出生 生于 诞生",
    "begun": "始建 动工 开工 奠基 创建 创立 创办 创刊 成立 设立 建立 兴建 建校 建馆",
    "built": "建成 建于 建造 修建 修筑 竣工 完工 落成 年建 所建 而建 建起 盖成 盖的 建的 造好 建好",
    "made": "绘制 绘成 画成 画于 作于 绘于 创作 写成 写于 成书 出版 发表 铸造 铸成 铸于 雕刻 雕成 制作"
    " 制造 制成 织成 造于 烧制",
    "discovered": "发现 出土 发掘 首次描述",
    "opened": "开放 启用 开业 通车 开馆 揭幕 开幕 通航 开通 开张 首演 祝圣",
    "launched": "下水 服役 投入使用 投入运营 投产 入役 首飞 通邮",
    "rebuilt": "重建 复建 再建 重新建造 仿建",
    "restored": "修复 修缮 整修 翻修 重修 翻新 大修",
    "changed": "改建 扩建 改造 改名 更名 改为 改称 加建 增建",
    "moved": "迁至 迁到 迁往 搬迁 迁移 迁建 移至 搬到 搬至 迁址",
    "damaged": "受损 损坏 受创 轰炸 破坏",
    "burnt": "烧毁 焚毁 焚烧 烧掉 烧了 毁于大火 毁于火灾 毁于火 焚于",
    "destroyed": "毁于 摧毁 毁掉 被毁 炸毁 倒塌 坍塌 损毁 毁灭 冲毁 夷为平地 炸掉 塌毁 尽毁 毁了 塌了 倒了",
    "demolished": "拆除 拆毁 拆掉 拆去 拆卸 清拆 被拆 拆了 拆的",
    "scrapped": "报废 拆解 解体",
    "lost": "沉没 击沉 沉于 遗失 失传 凿沉 沉了",
    "died": "逝世 去世 病逝 卒于 死于 遇害 病故 辞世 死了",
    "closed": "关闭 停用 停业 停运 停航 废弃 退役 歇业 关门 停办 关停 闭馆 停产 关了 弃用",
    "ended": "解散 撤销 停刊 灭绝 绝迹 倒闭 破产 废止 裁撤 消亡",
}

NAMES_OF_DEEDS = frozenset(
    word for words in _NAMES_OF_DEEDS.values() for word in _listed(words)
)  # fmt: skip


def _kinds(*tables: dict[EventKind, str]) -> dict[str, EventKind]:
    return {
        word: kind for table in tables for kind, words in table.items() for word in _listed(words)
    }


_HAN_KINDS: dict[str, EventKind] = {
    word: kind for kind, words in _CHINESE.items() for word in words.split()
}
KINDS: dict[str, EventKind] = _kinds(_ASKED_DEEDS, _NAMES_OF_DEEDS, _DEEDS) | _HAN_KINDS
"""A word of a deed → what happened."""


def any_of(words: Iterable[str]) -> str:
    """A pattern of whole words and phrases, the longest first; Chinese ones stand anywhere."""
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    latin = [re.escape(w).replace(r"\ ", r"\s+") for w in ordered if w[0] < "㐀"]
    return "|".join(
        [*([rf"\b(?:{'|'.join(latin)})\b"] if latin else []), *(w for w in ordered if w[0] >= "㐀")]
    )


HAPPENED = re.compile(any_of({**_kinds(_NAMES_OF_DEEDS, _DEEDS), **_HAN_KINDS}))
"""What may be an event in a statement."""
ASKED = re.compile(any_of(KINDS))
"""What may be an event in a question."""

APART = re.compile(
    r"\b(?P<verb>blew|tore|pulled|knocked|took|burnt|burned|broke) (?:\w+ ){1,3}?(?P<particle>up|down)\b"
)
"""A verb whose object stands inside it: *blew the tower up*."""

DENIED = re.compile(
    r"\b(?:not(?! only)|never|\w+n't|nor|neither|without|plan(?:s|ned)?|propos\w+|scheduled|slated|"
    r"earmarked|due to|to be|would|could|may (?:have|be|well)|might|should|will|shall|possibly|"
    r"perhaps|probably|maybe|allegedly|reportedly|supposed\w*|rumou?r\w*|said to|believed|thought|"
    r"legends?|un(?:verified|confirmed|certain|clear|likely)|disputed|saved|spared|rescue\w*|"
    r"escap\w+|surviv\w+|threat\w*|avoid\w*|avert\w*|prevent\w*|oppos\w+|protest\w*|campaign\w*|"
    r"intend\w*|intention|want\w*|hop(?:ed|ing)|attempt\w*|fail(?:ed|s|ing)?|almost|nearly|"
    r"instead of|rather than|if|unless|called for|listed for|announced|approved|decided|voted|debated|"
    r"considered|agreed|"
    r"nicht|nie|niemals|kein\w*|geplant\w*|soll(?:te|ten|en)?|konnten?|angeblich|vermutlich|"
    r"moglicherweise|vielleicht|gerettet|verschont|bedroht|beinahe|statt|wird|werden soll|"
    r"pas|jamais|prevue?s?|devait|devrait|aurait|serait|sera|peut-etre|probablement|sauvee?|"
    r"echapp\w+|menac\w+|suppos\w+|failli|"
    r"no(?![.°])|nunca|previst[oa]|plane\w+|debia|podria|habria|sera|quizas?|tal vez|posiblemente|"
    r"probablemente|salvad[oa]|escap\w+|amenaz\w+|supuestamente)\b|\?|\bn'|"
    r"未(?!来)|没有|(?<![沉淹埋])没(?=[被能再拆])|不(?!久|断|幸|得不|仅|但|同|再|远)|计划|[拟](?=[于建拆将在])|"
    r"打算|将[于被]|即将|险些|几乎|差点|据传|据说|传说|相传|传闻|可能|或许|疑|反对|避免|免于|[幸免]免|"
    r"逃过|躲过|取消|暂[停缓]|若|如果|假如|原定|预计|准备|提议|建议|曾想|谣|威胁|会被|宣布(?=[清拆])|决定"
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
    r"\b(?:does|do|did)(?: not|n't) (?:exist|stand|survive|remain)\b|"
    r"\b(?:none|nothing)\b[^.;,]{0,40}\b(?:remains?|survives?|exists?|left)\b|"
    r"\bno (?:trace|remains|longer in existence)\b|\b(?:is|are|has) (?:now |since |long |all )*"
    r"(?:gone(?! (?:through|to|on|from))|vanished|disappeared|defunct|extinct|torn down|dead)\b|\bceased to exist\b|"
    r"\b(?:is|are) (?:an?|the) (?:\w+ )?(?:extinct|defunct|demolished|disbanded)\b|"
    r"\b(?:not|never) (?:been )?rebuilt\b(?! (?:until|till))|existiert nicht mehr|besteht nicht mehr|nicht mehr (?:vorhanden|erhalten)|gibt es nicht mehr|"
    r"n'existe(?:nt)? plus|a(?:ujourd'hui)? disparu\b|ne subsiste|il n'en reste rien|"
    r"ya no existe|no queda nada|dejo de existir|"
    r"不复存在|[已不](?:经)?不?存在了|(?<![是曾])不存在|荡然无存|不再存在|已(?:经|全部|完全|被|都)*"
    r"(?:不存|消失|不在|无存|拆除|拆毁|拆了|灭绝|沉没|停刊|解散)|已不复|早已(?:不|消失|拆)|只剩(?:下)?(?:遗址|废墟)|"
    r"(?:没有|未|从未|未能|并未|未曾)(?:在原址|原样)*再?(?:重建|复建)"
)
STANDS = re.compile(
    r"\bstill (?:stands?|exists?|survives?|remains?|standing|intact|there|in (?:place|use|service|"
    r"operation|existence|print|business)|extant|active|operating|operates?|open|alive|preserved|"
    r"surviving|existing|runs?|sails?|living|lives|published)\b|"
    r"\b(?:stands?|survives?|exists?|standing|remains) (?:today|still|to this day|(?:in its|as a) "
    r"(?:\w+ )?(?:restored|rebuilt|ruined|original|full))\b|\bremains? (?:standing|intact|open|in "
    r"(?:use|service|operation|existence|business)|active|operational|extant)\b|"
    r"\b(?:today|still)\b[^.;,]{0,30}\b(?:stands|survives|exists)\b|"
    r"\b(?:survives?|endures?)(?=\s*[.;])|\bhas (?:survived|been preserved)\b(?! (?:until|till))|"
    r"\b(?:is|are) (?:well |now |fully |still |currently )*(?:preserved|extant|on display|on show|"
    r"exhibited|on exhibition|open to (?:the public|visitors)|in use today|displayed|in the collection)\b|"
    r"\bcan (?:still )?be (?:seen|visited)\b|"
    r"steht (?:noch|bis)|(?:noch|bis) heute|noch (?:erhalten|vorhanden|in betrieb)|"
    r"ist (?:\w+ )?erhalten|existiert (?:noch|bis)|"
    r"existe (?:encore|toujours)|(?:encore|toujours) (?:debout|en service|en activite|visible)|"
    r"subsiste|est (?:toujours|encore) |est conservee?|"
    r"(?:aun|todavia) (?:existe|sigue|esta|se conserva|en pie)|sigue en pie|se conserva|existe hoy|"
    r"sigue (?:abiert|existiendo|en )|"
    r"[仍还依](?:然|旧|在)?(?:矗立|屹立|存在|立[在于着]|存|保存|耸立|保留|可以?看到|完好|在使用|在运[行营]|在用|在服役|健在)|"
    r"保存(?:完好|至今|良好|下来)|(?:至今|现今|今天)(?:仍|还|依然)|现存(?!最)|尚存|屹立|(?:现|今)藏于|收藏于|"
    r"[向对](?:公众|外|游客)开放|健在"
)
AGAIN = re.compile(
    r"(?:\b(?:seen|standing|stands?|building|visible)\b[^.;]{0,30}\b(?:today|now)\b|\btoday's\b|"
    r"\bpresent\b|\bcurrent\b)[^.;]{0,60}\b(?:reconstruction|rebuilt|replica|reconstructed)\b|"
    r"(?:现在|今天|如今|现存|目前|今日)[^。;；没未]{0,24}(?:重建|复建|仿建|再建)|就是今天(?:人们)?(?:看到|见到)的"
)
"""What is seen today is a reconstruction."""
IN_USE = re.compile(
    r"\b(?:is|are) (?:now|today|still|currently)\b|\b(?:now|today|currently)\b[^.;,]{0,40}"
    r"\b(?:is|are|serves|houses)\b|\b(?:is|are) (?:used|home|visited|open|managed|protected|owned|"
    r"operated|maintained|run|listed|kept|held|one of)\b|\b(?:serves?|houses?|receives?|welcomes?|"
    r"attracts?|holds)\b(?! (?:been|as well))|\bstands (?:on|in|at|beside|near)\b|"
    r"\b(?:can|may) (?:visit|climb|see)\b|\bvisitors? (?:can|may|walk|climb|come|see)\b|"
    r"wird heute|ist heute|heute (?:ist|wird|dient|beherbergt)|abrite|aujourd'hui|alberga|"
    r"actualmente|hoy (?:es|alberga)|(?:现在|今天|如今|目前|现)(?:它|其)?(?:是|为|作为|用作|用于|供|仍|还|对|由)|"
    r"供(?:人|游客|游人)?(?:参观|游览)|开放参观"
)
SITE = re.compile(
    r"\b(?:its|the|old|former) (?:site|place|spot)\b|\bon the site\b|\bin its place\b|"
    r"an (?:seiner|ihrer|dieser) stelle|a (?:sa|son) (?:place|emplacement)|en su lugar|原址|旧址|遗址"
)
"""Of a sentence that says what is there now where the subject was."""

STANDING_VALUES = re.compile(
    any_of(_listed("""extant, standing, existing, in use, in service, active, operating, open,
    operational, preserved, survives, surviving, alive, museum ship, intact, still in use, in print,
    living, running, on display, in betrieb, erhalten, bestehend, aktiv, existant, en service,
    conserve, conservee, debout, en activite, en pie, activo, activa, conservado, conservada,
    existente, abierto, abierta, en servicio, 现存, 尚存, 存在, 保存, 在用, 使用中, 运营, 运行, 服役中,
    在役, 健在, 完好, 开放"""))
)  # fmt: skip
GONE_VALUES = re.compile(
    any_of(_listed("""demolished, destroyed, gone, lost, scrapped, extinct, defunct, dissolved,
    sunk, razed, deceased, dead, wrecked, no longer extant, not extant, burnt down, broken up,
    disbanded, torn down, nicht erhalten, nicht mehr vorhanden, abgerissen, zerstort, ausgestorben,
    aufgelost, verschrottet, gestorben, detruit, detruite, demoli, demolie, disparu, disparue,
    eteint, demolido, demolida, destruido, destruida, desaparecido, desaparecida, extinto, extinta,
    disuelto, disuelta, 已拆, 拆除, 拆毁, 不存, 灭失, 已毁, 消失, 灭绝, 解散, 停刊, 报废, 沉没,
    毁于, 倒塌, 烧毁, 焚毁, 无存, 去世, 已故"""))
)  # fmt: skip
STATUS_LABELS = frozenset(_listed("""status, state, current status, present status, existence,
    conservation status, exists, extant, still exists, still standing, standing, survives, in service,
    still in use, in use, preserved, surviving, is extant, active, still in service, alive, zustand,
    verbleib, erhalten, existiert, etat, statut, existe, existe encore, conserve, estado,
    estado actual, existe todavia, conservado, fate, 现状, 状态, 存废, 现存, 是否现存, 是否存在, 是否尚存,
    目前状态, 保存状况, 存废情况, 存续状态"""))  # fmt: skip
EMPTY = frozenset(_listed("""n/a, na, none, null, nil, tbd, keine angabe, entfallt, sans objet, s/o,
    no aplica, not applicable, 无, 不详, 不适用, 暂无, 未填"""))  # fmt: skip
UNKNOWN = frozenset(_listed("""unknown, not known, unrecorded, date unknown, unbekannt, inconnu,
    inconnue, desconocido, desconocida, 未知, 不明, 不详, 日期不详, 年代不详"""))  # fmt: skip
YES = re.compile(r"(?:yes|y|true|ja|oui|si|是|有)\b|[是对]")
NO = re.compile(r"(?:no|n|false|nein|non|not|never|nicht|ninguno)\b|[否未没]|不是")
LABEL_WORDS = frozenset(_listed("""date, year, time, of, in, on, the, was, when, datum, jahr, zeit,
    des, der, am, annee, de, du, la, le, l, d, en, fecha, ano, del, el, period, day, first,
    时间, 日期, 年份, 年代, 年, 日, 的, 于"""))  # fmt: skip
"""A label that says these beside a deed asks for its date: `Date of demolition`, 拆除时间."""
DATE_LABEL = re.compile(r"\b(?:date|year|datum|jahr|annee|fecha|ano)\b|时间|日期|年")

BE = frozenset("""is are was were be been being has have had got gets becomes became wird wurde
    wurden worden ist sind est sont fut furent ete fue fueron sido es""".split())
HAVE = frozenset("has have had hat hatte".split())
PRONOUNS = frozenset("""it they this these both er sie es il elle ils elles celui-ci celle-ci ella
    ello este esta esto all itself them""".split())
PEOPLE = frozenset("he she him her er sie il elle ella el".split())
RELATIVES = frozenset("""which that die der das welche welcher welches qui que dont lequel laquelle
    cual""".split())
DEFINITE = frozenset("""the this that these those der die das den dem dieser diese dieses le la les l
    l' ce cet cette el los las este esta""".split())
INDEFINITE = frozenset("""a an another one two three several some many ein eine einen einem eines
    un une des una unos unas there each every no any""".split())
POSSESSIVES = frozenset("""its his their her whose sein seine seinen seiner ihr ihre ihren ihrer son
    sa ses leur leurs su sus""".split())
OF = frozenset("of von vom des du de d del".split())
PREPOSITIONS = OF | frozenset("""in at on above below near by for to from with into over under as during through
    between beside within across along against around behind about until till before after since
    im am zu zum zur bei beim nach vor mit durch fur auf aus bis seit au aux dans en par pour
    sur avec vers chez depuis por para con hasta desde sobre tras durante entre""".split())
OTHERS = frozenset("""earlier previous first second third fourth fifth new newer another other later
    next replacement successor sister neighbouring neighboring adjacent nearby
    modern subsequent latter original preceding east west north south eastern western
    northern southern upper lower left right fruhere vorherige erste zweite dritte neue andere
    ursprungliche nouveau nouvelle premier premiere autre ancien
    nuevo nueva primer primero primera segundo segunda otro otra anterior""".split())
"""Before a name, they may mean another than the subject: *an earlier church*, *the new hall*."""
NEUTRAL = frozenset("""old whole entire historic famous great large small big former said beloved
    same main ganze alte ehemalige gesamte ancienne vieux vieille antiguo antigua entire complete
    little entire once last once-famous""".split())
ADVERBS = frozenset("""also then later finally eventually soon subsequently completely totally
    entirely officially formally first again now already since once only just however still so
    itself largely thereafter originally initially recently ultimately reportedly thus therefore
    long hence late early today tomorrow wieder spater dann schließlich endgultig noch heute
    ensuite finalement enfin completement totalement encore luego despues finalmente
    completamente""".split())
LIKE = tuple(
    frozenset(words.split())
    for words in (
        """ship vessel boat liner steamer steamship frigate destroyer cruiser submarine ferry yacht
        schooner battleship tug barge trawler ss hms uss rms mv ms schiff dampfer navire paquebot
        bateau buque barco fregate sloop brig corvette clipper""",
        "species plant animal bird fish insect tree mammal frog art vogel espece especie subspecies",
        "company firm business brand corporation manufacturer unternehmen firma entreprise empresa",
        "newspaper paper magazine journal periodical daily weekly zeitung zeitschrift periodico",
        "painting picture portrait work canvas sculpture gemalde bild werk tableau oeuvre cuadro obra",
        "locomotive engine lokomotive lok locomotora",
        "aircraft plane aeroplane airliner flugzeug avion",
        """building structure edifice complex gebaude bau bauwerk batiment edifice edificio
        building's house""",
    )
)  # fmt: skip
"""Words of which one may stand for another: the frigate is *the ship*."""
_HAN_LIKE = "建筑物 建筑 大楼 楼房 船 舰 报纸 公司 画作 作品 物种 机车 学校"
HAN_LIKE = frozenset(_HAN_LIKE.split())
HAN_FILL = frozenset("于在被由曾已又再次后来也都遂终最正式首全部彻底完逐渐等就才便则将并而且及和至为是了之以月日间的约即因共陆续开始经相一")
