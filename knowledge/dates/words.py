"""The words of dates in a dozen languages of Europe, as patterns.

English, German, French, Italian and Spanish fully; of Polish, Czech, Russian, Portuguese, Dutch and
Swedish the months and the usual hedges.

All are written in the form that `plain_words` gives a text: lower case, no accents. Chinese and
Japanese have a module of their own, as their dates are built otherwise.
"""

import re
import unicodedata

MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "january jan janner januar janvier janv gennaio gen genn enero ene "
            "styczen stycznia stycz leden ledna январь января янв janeiro januari",
            "february feb febr februar feber fevrier fevr fev febbraio febb febrero "
            "luty lutego unor unora февраль февраля февр фев fevereiro februari",
            "march mar marz maerz mars marzo mrz "
            "marzec marca brezen brezna март марта мар marco maart",
            "april apr avril avr aprile abril abr "
            "kwiecien kwietnia kwiec duben dubna апрель апреля апр",
            "may mai maggio mag magg mayo maj maja kveten kvetna маи мая maio mei",
            "june jun juni juin giugno giu junio juno "
            "czerwiec czerwca cerven cervna июнь июня junho",
            "july jul juli juillet juil luglio lug julio julei "
            "lipiec lipca cervenec cervence июль июля julho",
            "august aug aout agosto ago "
            "sierpien sierpnia sierp srpen srpna август августа авг augustus augusti",
            "september sept sep septembre settembre sett set septiembre setiembre "
            "wrzesien wrzesnia wrzes zari сентябрь сентября сент сен setembro",
            "october oct oktober okt octobre ottobre ott octubre "
            "pazdziernik pazdziernika pazdz rijen rijna октябрь октября окт outubro",
            "november nov novembre noviembre novbr "
            "listopad listopada listopadu ноябрь ноября нояб ноя novembro",
            "december dec dezember dez decembre dicembre dic diciembre decbr xbre "
            "grudzien grudnia grudz prosinec prosince декабрь декабря дек dezembro",
        ),
        start=1,
    )
    for name in names.split()
}
SEASONS: dict[str, int] = {
    name: number
    for number, names in (
        (21, "spring fruhling fruhjahr printemps primavera"),
        (22, "summer sommer ete estate verano"),
        (23, "autumn fall herbst automne autunno otono"),
        (24, "winter hiver inverno invierno"),
    )
    for name in names.split()
}
WEEKDAYS = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tues?|weds?|thurs?|thu|fri|"
    r"montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|"
    r"lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|"
    r"lunedi|martedi|mercoledi|giovedi|venerdi|sabato|domenica|"
    r"lunes|martes|miercoles|jueves|viernes|sabado|domingo)\b[.,]?\s+(?=\w)"
)


def _words(text: str) -> str:
    """Alternatives of words that are parted by `|` over several lines, the longest first."""
    words = [each.strip().replace(" ?", r"\s?").replace(" ", r"\s+") for each in text.split("|")]
    return "(?:" + "|".join(sorted(filter(None, words), key=len, reverse=True)) + ")"


UNDATED = re.compile(
    r"[\[(]?\s*(?:"
    + _words(
        r"n\.? ?d\.?|undated|not dated|no date|no date given|without date|date unknown|"
        r"unknown date|"
        r"unknown|date not known|not known|date uncertain|undetermined|various|various dates|"
        r"date undetermined|unspecified|n/a|none|date not recorded|"
        r"o\.? ?j\.?|o\.? ?d\.?|ohne jahr|ohne datum|ohne jahresangabe|undatiert|unbekannt|"
        r"datum unbekannt|nicht datiert|ohne datierung|jahr unbekannt|"
        r"s\.? ?d\.?|s\.? ?a\.?|sans date|non date|non datee|non dates|date inconnue|"
        r"date indeterminee|"
        r"inconnue?|indeterminee?|senza data|data sconosciuta|non datato|non datata|sconosciuta|"
        r"data ignota|s/f|s\.? ?f\.?|sin fecha|fecha desconocida|desconocida|sin datar|no fechado|"
        r"no fechada|sine anno|sine dato|b\.? ?d\.?|b\.? ?r\.?|brak daty|bez daty|bez roku|"
        r"niedatowane|niedatowany|nedatovano|б\.? ?г\.?|без даты|дата неизвестна|sem data|"
        r"zonder datum|ongedateerd|odaterad|utan ar"
    )
    + r")\s*[\])]?\.?"
)
NOTHING = re.compile(r"[\[(]?(?:\?+|u{4}|x{4}|0000(?:-00-00)?(?: 00:00:00)?)[\])]?")
ABOUT = _words(
    r"ca\.?|c\.|c|in or about|circa|cca\.?|circ\.?|approx\.?|approximately|approximate|about|"
    r"abt\.?|around|"
    r"roughly|in about|in around|on or about|near|estimated|est\.?|um|um das jahr|um die|um|etwa|"
    r"in etwa|gegen|ungefahr|rund|zirka|vers l'an|vers|environ|env\.?|aux environs de|autour de|"
    r"aux alentours de|verso il|verso la|verso|intorno al|attorno al|all'incirca|hacia el|hacia la|"
    r"hacia|hac\.?|alrededor de|alrededor del|aproximadamente|aprox\.?|cerca de|en torno a|"
    r"ok\.?|około|okolo|kolem|kol\.|asi|przypuszczalnie|ок\.?|около|примерно|приблизительно|прибл\.?|"
    r"por volta de|omstreeks|omstr\.|rond|omkring|~|≈|±"
)
ABOUT_AFTER = _words(
    r"ca\.?|circa|c\.|approx\.?|approximately|approximate|or so|or thereabouts|environ|env\.|"
    r"\(ca\.?\)|\(circa\)|\(approx\.?\)|\(approximate\)|\(about\)|aprox\.?|aproximadamente|~|"
    r"\[approximate\]|\[approx\.?\]|\(estimated\)|\(c\.?\)|\(um\)|\(vers\)|\(environ\)|"
    r"\(env\.?\)|\(aprox\.?\)|\(hacia\)|estimated|est\."
)
PERHAPS = _words(
    r"probably|prob\.?|possibly|poss\.?|perhaps|maybe|likely|most likely|presumably|presumed|"
    r"supposedly|conjectured|thought to be|believed to be|apparently|may be|uncertain|\?|"
    r"wohl|wahrscheinlich|wahrsch\.?|vermutlich|verm\.?|vielleicht|moglicherweise|mutmasslich|"
    r"evtl\.?|"
    r"probablement|peut-etre|sans doute|vraisemblablement|possiblement|presume|probabilmente|forse|"
    r"presumibilmente|probablemente|quizas?|tal vez|posiblemente|acaso"
)
PERHAPS_AFTER = _words(
    r"\?|\(\?\)|\[\?\]|\(probable\)|\(probably\)|probably|\(possibly\)|\(uncertain\)|"
    r"\(vermutlich\)|"
    r"\(wahrscheinlich\)|\(probable\)|\(incertain\)|\(inferred\)|\(conjectural\)|\(unsicher\)|"
    r"\(presumed\)|\[probable\]|uncertain|\(forse\)|\(incerto\)|\(fraglich\)|\(unverified\)|"
    r"\(guess\)"
)
BEFORE = _words(
    r"before|bef\.?|by|until|till|til|up to|up until|prior to|not after|not later than|"
    r"no later than|"
    r"on or before|in or before|earlier than|pre-?|ante|a\.q\.|"
    r"terminus ante quem:?|taq:?|completed by|finished by|"
    r"vor dem jahr|vor|bis|bis zum jahr|spatestens|nicht nach|nicht spater als|bis spatestens|"
    r"avant l'an|avant|jusqu'en|jusqu'a|jusque|anterieur a|au plus tard en|pas apres|au plus tard|"
    r"prima del|prima di|entro il|fino al|fino a|anteriore al|non dopo il|"
    r"przed|do roku|do|pred|nejpozdeji|до|перед|ранее|voor|tot|fore|"
    r"antes de|antes del|hasta|hasta el|anterior a|no despues de|a mas tardar en|<=?|≤|\.\."
)
AFTER = _words(
    r"after|aft\.?|since|from|post-?|not before|not earlier than|no earlier than|on or after|"
    r"in or after|later than|terminus post quem:?|tpq:?|beginning in|begun in|starting in|"
    r"nach dem jahr|nach|ab|ab dem jahr|seit|fruhestens|nicht vor|"
    r"apres l'an|apres|depuis|a partir de|a partir du|posterieur a|au plus tot en|pas avant|"
    r"dopo il|dopo|dal|a partire dal|posteriore al|non prima del|"
    r"po|po roce|od roku|od|после|с|от|na|vanaf|efter|fran|depois de|"
    r"despues de|despues del|desde|desde el|a partir de|posterior a|no antes de|>=?|≥"
)
BEFORE_AFTER = _words(
    r"or earlier|or before|and earlier|and before|or prior|oder fruher|oder vorher|und fruher|"
    r"ou avant|ou plus tot|et avant|o prima|o antes|o anterior|\(terminus ante quem\)|taq|"
    r"at the latest"
)
AFTER_AFTER = _words(
    r"or later|or after|and later|and after|onwards?|and onwards?|on|and on|ff\.?|oder spater|"
    r"oder danach|und spater|ou apres|ou plus tard|et apres|o dopo|o despues|o posterior|"
    r"\(terminus post quem\)|\+|to date|to present|to the present|- ?present|- ?today|- ?heute|"
    r"- ?ongoing|bis heute|\.\.|en adelante|a nos jours|tpq|at the earliest|-"
)
LABELS = re.compile(
    _words(
        r"date|dated|date of creation|creation date|dates|datum|datiert|datierung|fecha|data|taken|"
        r"taken in|taken on|photographed|photographed in|photo|photograph|photo taken|"
        r"created|created in|made|made in|printed|published|issued|built|built in|erected|"
        r"constructed|"
        r"completed|opened|painted|drawn|negative|negative date|print|bulk|inclusive|circulated|"
        r"postmarked|posted|postmark|stamped|recorded|filmed|shot|aufgenommen|aufnahme|entstanden|"
        r"aufnahmedatum|poststempel|gedruckt|erschienen|gelaufen|prise de vue|photographie|"
        r"publie|cree|realise|scattata|fotografia|tomada|publicado|publ\.?|pub\.?|ed\.?|exposed|"
        r"copyright|copyr\.?|cop\.?|©|\(c\)|in|on|im|am|en|el|le|les|l'|il|in the|the|on the|"
        r"during|"
        r"during the|the year|in the year|jahr|im jahre?|annee|en l'an|anno|ano|el ano|"
        r"nell'anno|nel|"
        r"year|either|signed|signed and dated|s\.? ?& ?d\.?|den|dem|der|die|das|du|los|las|gli|"
        r"negli|nei|"
        r"roku|rok|r\.|w roku|v roce|w latach|lata|w|в|дата|data wykonania|"
        r"der zeit|in den|dans les|en los|dated on|of|season of"
    )
    + r"\s*[:,]?\s*(?:(?<=[\s:'©)])|(?=[\[(\d]))"
)
PRINTED_LATER = re.compile(
    r"[,;(\[\s]+(?:(?:re)?(?:printed|print|published|reprinted|issued|copied|copy|cast|abzug|"
    r"gedruckt|"
    r"tirage|imprime|stampat[ao]|impreso)\b|(?:copyright(?:ed)?|cop\.?|c|©)\s?(?=\d)).*$"
)
CORRECTED = re.compile(
    r"^.*[\[(]\s*(?:i\.\s?e\.?|that is|recte|d\.\s?h\.|c(?:'est)?-a-d\w*\.?|"
    r"r\.)[,:]?\s*(?P<true>.+?)[\])]?$"
)
CENTURY = (
    r"(?:century|centuries|cent\.?|c\.|jahrhunderts?|jahrhunderte|jhdts?\.?|jhs?\.?|siecles?|s\.|"
    r"secoli|secolo|sec\.?|siglos?|w\.|wieku|wiek|stoleti|stol\.|века|веке|век|вв\.|в\.|"
    r"seculos?|eeuw|arhundradet|s)"
)
CENTURY_BEFORE = r"(?:seculos?|secoli|secolo|sec\.|sec|siglos?|s\.|saec\.?|saeculum)"
ORDINALS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
            "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth",
            "seventeenth", "eighteenth", "nineteenth", "twentieth",
        ),
        start=1,
    )
    for name in names.split()
} | {"twenty-first": 21, "twenty first": 21, "ottocento": 19, "novecento": 20, "settecento": 18,
     "seicento": 17, "cinquecento": 16, "quattrocento": 15, "trecento": 14}  # fmt: skip
SHORT_CENTURIES = frozenset(
    {"ottocento", "novecento", "settecento", "seicento", "cinquecento", "quattrocento", "trecento"}
)
DECADES: dict[str, int] = {
    name: number
    for number, names in (
        (20, "twenties zwanziger vingt venti veinte"),
        (30, "thirties dreissiger trente trenta treinta"),
        (40, "forties vierziger quarante quaranta cuarenta"),
        (50, "fifties funfziger cinquante cinquanta cincuenta"),
        (60, "sixties sechziger soixante sessanta sesenta"),
        (70, "seventies siebziger soixante-dix settanta setenta"),
        (80, "eighties achtziger quatre-vingt ottanta ochenta"),
        (90, "nineties neunziger quatre-vingt-dix novanta noventa"),
    )
    for name in names.split()
}
PERIODS: dict[str, tuple[int, int]] = {
    "victorian": (1837, 1901), "edwardian": (1901, 1910), "georgian": (1714, 1837),
    "regency": (1811, 1820), "elizabethan": (1558, 1603), "jacobean": (1603, 1625),
    "interwar": (1918, 1939), "inter-war": (1918, 1939), "between the wars": (1918, 1939),
    "interwar period": (1918, 1939), "zwischenkriegszeit": (1918, 1939),
    "entre-deux-guerres": (1918, 1939), "wwi": (1914, 1918), "ww1": (1914, 1918),
    "world war i": (1914, 1918), "first world war": (1914, 1918), "world war one": (1914, 1918),
    "erster weltkrieg": (1914, 1918), "wwii": (1939, 1945), "ww2": (1939, 1945),
    "world war ii": (1939, 1945), "second world war": (1939, 1945), "world war two": (1939, 1945),
    "zweiter weltkrieg": (1939, 1945), "american civil war": (1861, 1865),
    "meiji": (1868, 1912), "taisho": (1912, 1926), "showa": (1926, 1989), "edo": (1603, 1868),
    "tang": (618, 907), "song": (960, 1279), "yuan": (1271, 1368), "ming": (1368, 1644),
    "qing": (1644, 1912), "republican": (1912, 1949),
    "kangxi": (1662, 1722), "yongzheng": (1723, 1735), "qianlong": (1736, 1795),
    "jiaqing": (1796, 1820), "daoguang": (1821, 1850), "xianfeng": (1851, 1861),
    "tongzhi": (1862, 1874), "guangxu": (1875, 1908), "xuantong": (1909, 1911),
    "wanli": (1573, 1620), "jiajing": (1522, 1566), "chenghua": (1465, 1487),
    "xuande": (1426, 1435),
}  # fmt: skip
NEEDS_PERIOD = frozenset(
    {"tang", "song", "yuan", "ming", "qing", "republican", "edo", "showa", "taisho", "meiji"}
)
"""Named periods that are names of other things too, unless *period* or *dynasty* stands beside."""
PERIOD = r"(?:\s(?:dynasty|period|era|reign|age|times|years|zeit|dynastie|zeitalter))"
_OF = (
    r"(?:\s*(?:(?:of|des|der|de|du|del|della|vom|von)(?![a-z])|d\.|dell'|d'))?"
    r"(?:\s*(?:the|das|le|la|il|el|los|les|ano|year|jahres)(?![a-z])|\s*l'annee)?[\s-]*"
)
EARLY = (
    _words(
        "early|earliest|beginning|beginnings|start|opening|anfang|anfangs|beginn|fruhes|fruhe|"
        "fruhen|fruher|debut|debuts|inizio|inizi|principios|principio|comienzos|comienzo|"
        r"inicios|primi|primi anni|poczatek|poczatku|pocz\.|pocatek|poc\.|начало|начала|нач\.|"
        "inicio|begin|borjan av"
    )
    + _OF
)
MID = (
    _words(
        "mid|middle|midway|mitte|mittleres|mittleren|milieu|meta|mediados|mitad|meados|"
        r"połowa|poł\.|polovina|середина|середины|сер\.|midden|mitten av"
    )
    + _OF
)
LATE = (
    _words(
        "late|later|latter part|end|close|ende|ausgehendes|spates|spate|spaten|spater|fin|fine|"
        r"finales|final|fines|ultimi|ultimi anni|tardo|koniec|konca|kon\.|konec|konce|конец|конца|"
        r"кон\.|fim|eind|einde|slutet av"
    )
    + _OF
)
FIRST = (
    r"(?:first|1st|erste[sn]?|1\.|premiere?|1r?e|1ere|1er|prima|primo|1[ao]|primera?|primer|"
    r"pierwsza|pierwszej|prvni|первая|первои|1-я|primeira|eerste|forsta|i)"
)
SECOND = (
    r"(?:second|2nd|latter|zweite[sn]?|2\.|seconde|deuxieme|2n?de?|2e|2eme|seconda|secondo|2[ao]|"
    r"segunda|segundo|druga|drugiej|druha|вторая|второи|2-я|tweede|andra|ii)"
)
THIRD = r"(?:third|3rd|dritte[sn]?|3\.|troisieme|3e|3eme|terzo|terza|3[ao]|tercera?|tercer|iii)"
FOURTH = r"(?:fourth|4th|vierte[sn]?|4\.|quatrieme|4e|4eme|quarto|quarta|4[ao]|cuarta|cuarto|iv)"
LAST = r"(?:last|final|letzte[sn]?|dernier|derniere|ultimo|ultima)"
HALF = (
    r"(?:halfte|half|moitie|meta|mitad|halbjahr|semester|h\.|połowa|połowy|połowie|poł\.?|polovina|"
    r"polovice|pol\.|половина|половины|пол\.|metade|helft|halft)"
)
QUARTER = (
    r"(?:quarter|quart|viertel|quartal|cuarto|quarto|trimestre|cwierc|cwierci|cw\.|ctvrtina|"
    r"четверть|четверти|четв\.)"
)
TERTIAL = r"(?:third|drittel|tiers|terzo|tercio)"
OF = _OF
TURN = r"(?:turn\s+of\s+the(?:\s+last)?|um\s+die|tournant\s+du|a\s+cavallo\s+del)"


YEAR_AFTER = re.compile(
    r"(?<=\d)\s?(?:(?<=\d{4})\s?r\.?|rr\.|roku|rok|гг\.?|г\.?|года|году|годов|годы|год)(?![^\W\d_])"
)
"""What Polish, Czech and Russian write behind a year and means *year*."""
DECADE_OF = re.compile(
    r"(?:(?:lata|lat|l\.)\s(?P<before>[1-9]0)(?:\.|-?t[ey](?:ch)?)?|"
    r"(?P<after>[1-9]0)(?:\.|-[ехx])?\s(?:годы|годов|гг\.?|leta|lata)|"
    r"(?P<year>\d{3}0)(?:-[ех](?:\s(?:годы|годов|гг?\.?))?|-talet))"
    r"(?:\s(?P<century>[ivx]+|\d{1,2})\.?\s?(?:w\.|wieku|в\.|века|stol\.|stoleti))?"
)
"""A decade as the languages between Poland and Russia write it, perhaps with its century."""
_ROMAN_LOOKALIKES = str.maketrans("хіѵ", "xiv")
_ROMAN_BEFORE = re.compile(r"(?<!\w)[ivxхіѵ]+(?=[\s-]*(?:в\.|вв\.|век))")


def with_roman(text: str) -> str:
    """A plain text whose Roman numbers of centuries are in Latin letters.

    >>> with_roman("хіх век")
    'xix век'
    """
    return _ROMAN_BEFORE.sub(lambda match: match[0].translate(_ROMAN_LOOKALIKES), text)


def plain_words(text: str) -> str:
    """A text in lower case, without accents, with plain dashes, quotes and spaces.

    >>> plain_words("Été  1912 – MÄRZ 1913")
    'ete 1912 - marz 1913'
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    bare = "".join(c for c in unicodedata.normalize("NFD", folded) if not unicodedata.combining(c))
    bare = re.sub("[\u2010-\u2015\u2212\uff5e]", "-", bare)
    bare = re.sub("[’‘`´ʼ]", "'", bare)
    return re.sub(r"\s+", " ", bare).strip()
