"""Dates in Chinese and Japanese: common-era dates, reigns, dynasties, the Republic, *20世纪30年代*.

A year of a reign is given as the common-era year in which it began. Months of a reign are lunar, so
only the year is taken from them; the Republic's and Japan's months are the common calendar's.
"""

import re

from knowledge.dates.spans import (
    End,
    Span,
    any_of,
    century_span,
    day_span,
    decade_span,
    joined,
    month_span,
    part_of,
    season_span,
    since,
    until,
    year_span,
    years_span,
)

_SIMPLE = str.maketrans(
    "緒國紀約後間無時慶豐統寶曆歷漢晉齊陳遼蘇氏萬啟順總戰爭爾濟稱號應於來達隆貞觀閏臘終內東詳記載億",
    "绪国纪约后间无时庆丰统宝历历汉晋齐陈辽苏氏万启顺总战争尔济称号应于来达隆贞观闰腊终内东详记载亿",
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "○": 0,
    "元": 1,
    "正": 1,
    "两": 2,
}
_UNITS = {"十": 10, "百": 100, "千": 1000}

_REIGNS: dict[str, tuple[int, int]] = {
    "洪武": (1368, 1398), "建文": (1399, 1402), "永乐": (1403, 1424), "洪熙": (1425, 1425),
    "宣德": (1426, 1435), "正统": (1436, 1449), "景泰": (1450, 1456), "天顺": (1457, 1464),
    "成化": (1465, 1487), "弘治": (1488, 1505), "正德": (1506, 1521), "嘉靖": (1522, 1566),
    "隆庆": (1567, 1572), "万历": (1573, 1620), "泰昌": (1620, 1620), "天启": (1621, 1627),
    "崇祯": (1628, 1644), "顺治": (1644, 1661), "康熙": (1662, 1722), "雍正": (1723, 1735),
    "乾隆": (1736, 1795), "嘉庆": (1796, 1820), "道光": (1821, 1850), "咸丰": (1851, 1861),
    "同治": (1862, 1874), "光绪": (1875, 1908), "宣统": (1909, 1911), "贞观": (627, 649),
    "开元": (713, 741), "天宝": (742, 756), "至正": (1341, 1368), "庆历": (1041, 1048),
    "熙宁": (1068, 1077), "元丰": (1078, 1085), "绍兴": (1131, 1162), "乾道": (1165, 1173),
    "淳熙": (1174, 1189), "洪宪": (1916, 1916),
}  # fmt: skip
"""Reign → its first and last year. The first year of a reign is 元年."""
_SOLAR: dict[str, tuple[int, int]] = {
    "民国": (1912, 1949), "中华民国": (1912, 1949), "明治": (1868, 1912), "大正": (1912, 1926),
    "昭和": (1926, 1989), "平成": (1989, 2019), "令和": (2019, 2199),
}  # fmt: skip
_DYNASTIES: dict[str, tuple[int, int]] = {
    "商": (-1599, -1045), "西周": (-1045, -770), "东周": (-769, -255), "春秋": (-769, -475),
    "战国": (-474, -220), "秦": (-220, -206), "西汉": (-205, 8), "东汉": (25, 220),
    "汉": (-205, 220),
    "三国": (220, 280), "西晋": (266, 316), "东晋": (317, 420), "晋": (266, 420),
    "南北朝": (420, 589),
    "北魏": (386, 534), "隋": (581, 618), "唐": (618, 907), "五代": (907, 960), "宋": (960, 1279),
    "北宋": (960, 1127), "南宋": (1127, 1279), "辽": (907, 1125), "金": (1115, 1234),
    "元": (1271, 1368), "明": (1368, 1644), "清": (1644, 1912), "江户": (1603, 1868),
}  # fmt: skip
_NAMED: dict[str, tuple[int, int]] = {
    "晚清": (1840, 1912), "清末": (1840, 1912), "清晚期": (1840, 1912), "清代晚期": (1840, 1912),
    "清后期": (1840, 1912), "清代后期": (1840, 1912), "清末民初": (1901, 1928),
    "民初": (1912, 1928),
    "民国初": (1912, 1928), "民国初年": (1912, 1928), "民国初期": (1912, 1928),
    "民国早期": (1912, 1928), "清初": (1644, 1722), "清早期": (1644, 1722),
    "清代早期": (1644, 1722),
    "清前期": (1644, 1722), "清代初期": (1644, 1722), "清中期": (1723, 1839),
    "清代中期": (1723, 1839),
    "清中叶": (1723, 1839), "近代": (1840, 1949), "抗战": (1937, 1945), "抗战时期": (1937, 1945),
    "抗日战争时期": (1937, 1945), "抗日战争": (1937, 1945), "解放战争时期": (1945, 1949),
    "解放战争": (1945, 1949), "文革": (1966, 1976), "文革时期": (1966, 1976),
    "文革期间": (1966, 1976),
    "文化大革命时期": (1966, 1976), "文化大革命": (1966, 1976), "第一次世界大战": (1914, 1918),
    "第二次世界大战": (1939, 1945), "二战": (1939, 1945), "二战时期": (1939, 1945),
    "一战时期": (1914, 1918), "江户时代": (1603, 1868), "明治时代": (1868, 1912),
}  # fmt: skip
"""Periods whose parts have bounds of their own: 1840 ends the middle of the Qing for everyone."""
_FIXED_BOUNDS: dict[str, tuple[int, bool]] = {
    "解放前": (1949, False), "新中国成立前": (1949, False), "建国前": (1949, False),
    "解放后": (1949, True), "新中国成立后": (1949, True), "建国后": (1949, True),
    "改革开放后": (1978, True), "改革开放以来": (1978, True), "改革开放前": (1978, False),
}  # fmt: skip

_UNDATED = re.compile(
    r"(?:无(?:日期|年代|年份|纪年)|日期不[详明]|年代不[详明]|年份不[详明]|"
    r"时间不[详明]|不[详明]|未知|待考|"
    r"年代未知|日期未知|未注明(?:日期|年代)?|未标注|年代待考|无|不明|年代不可考|"
    r"日期不明|未署年月|没有日期)"
)
_N = r"[\d〇○零一二三四五六七八九十百廿卅元正]"
_Y = r"(?:\d{1,4}|[〇○零一二三四五六七八九]{3,4})"
_BC = r"(?:公元前|西元前|纪元前|前)"
_PART = (
    r"(?:(?P<early>初年|初期|早期|前期|初叶|初)|(?P<mid>中叶|中期|"
    r"中)|(?P<late>末年|末期|晚期|后期|末叶|末)|"
    r"(?P<h1>上半叶|前半叶|前半期|前半|上半)|(?P<h2>下半叶|后半叶|后半期|后半|下半))?"
)
_GROUP = r"(?:代|朝|时期|时代|年间|朝代|期间)?"
_YEAR = re.compile(
    rf"(?P<bc>{_BC})?(?:公元|西元)?(?P<year>{_Y})(?:年|(?=$))(?:(?P<month>{_N}{{1,3}})月(?:份)?)?"
    rf"(?:(?P<day>{_N}{{1,3}})[日号])?(?P<more>.{{0,4}})"
)
_CENTURY = re.compile(
    rf"(?P<bc>{_BC})?(?:公元)?(?P<n>{_N}{{1,3}})世纪(?:(?P<decade>{_N}{{1,2}})年代)?{_PART}"
)
_LAST_CENTURY = re.compile(rf"(?:上个?世纪)(?P<decade>{_N}{{1,2}})年代{_PART}")
_DECADE = re.compile(rf"(?P<year>\d{{3}}0|[〇零一二三四五六七八九]{{4}})年代{_PART}")
_SHORT_DECADE = re.compile(rf"(?P<decade>[2-9]0|[二三四五六七八九]十)年代{_PART}")
_ERA_NAMES = "|".join(sorted((*_REIGNS, *_SOLAR), key=len, reverse=True))
_ERA = re.compile(
    rf"(?:[明清唐宋元日本]{{1,2}}[代朝]?)?(?P<era>{_ERA_NAMES})"
    rf"(?:(?P<year>{_N}{{1,3}})年(?:闰?(?P<month>{_N}{{1,2}}|"
    rf"腊|冬)月(?:份)?)?(?:(?P<day>初?{_N}{{1,3}})[日号]?)?"
    rf"(?P<season>[春夏秋冬])?|(?:年间|朝|时期|年|帝|年制|年造|期间)?{_PART})"
)
_DYNASTY = re.compile(
    rf"(?P<name>{'|'.join(sorted(_DYNASTIES, key=len, reverse=True))}){_GROUP}{_PART}"
)
_AFTER_YEAR: dict[str, int] = {
    "春": 21, "夏": 22, "秋": 23, "冬": 24, "春季": 21, "夏季": 22,
    "秋季": 23, "冬季": 24, "春天": 21, "夏天": 22, "秋天": 23, "冬天": 24,
}  # fmt: skip
_PARTS_OF_YEAR: dict[str, tuple[int, int]] = {
    "初": (1, 3), "年初": (1, 3), "中": (2, 3), "年中": (2, 3), "末": (3, 3), "底": (3, 3),
    "年底": (3, 3), "年末": (3, 3), "上半年": (1, 2), "下半年": (2, 2), "前期": (1, 3),
    "第一季度": (1, 4), "第二季度": (2, 4), "第三季度": (3, 4), "第四季度": (4, 4),
    "上旬": (1, 3), "中旬": (2, 3), "下旬": (3, 3),
}  # fmt: skip
_ABOUT_HEAD = re.compile(
    r"^(?:大约|约莫|大概|约在|约为|约|大致|近|circa|ca\.?|c\.)\s*(?:公元)?\s*(?=\S)"
)
_ABOUT_TAIL = re.compile(r"\s*(?:左右|前后|上下|许|頃|顷|ごろ|ころ|\(约\)|\[约\])$")
_PERHAPS_HEAD = re.compile(
    r"^(?:可能(?:是|为|在|于)?|或许是?|或为|疑为|疑|推测为?|推断为?|"
    r"据说是?|似为|估计为?|大概是)\s*(?=\S)"
)
_PERHAPS_TAIL = re.compile(r"\s*(?:\(?\?\)?|\(推测\)|\(存疑\)|\(疑\)|\(待考\)|\(推定\)|\(估计\))$")
_BEFORE_HEAD = re.compile(r"(?:早于|不晚于|不迟于|至迟|最晚|截至|截止)\s*(?=\S)")
_AFTER_HEAD = re.compile(r"(?:晚于|不早于|至早|最早|自|从)\s*(?=\S)")
_BEFORE_TAIL = re.compile(r"(?:以前|之前|及以前|前|以来前|为止|止)$")
_AFTER_TAIL = re.compile(r"(?:以后|之后|及以后|以来|以降|起|后|至今|开始)$")
_LABEL = re.compile(
    r"(?:日期|年代|时间|拍摄于|摄于|拍摄时间|拍摄日期|建于|始建于|建成于|刊于|"
    r"作于|绘于|于|在|公元|西元|制作于|撮影)\s*:?\s*(?=\S)"
)
_BESIDE = re.compile(
    r"(?P<out>[^()\[\]]+?)\s*[(\[](?:即|公元|西元|约)?(?P<inside>[^()\[\]]+)[)\]](?P<tail>年?)"
)
_TO = re.compile(r"\s*(?:至|到|--+|-|~|—+|/|迄)\s*")
_OR = re.compile(r"\s*(?:或者?|/)\s*")
_AND = re.compile(r"\s*(?:、|和|及|与|,|;)\s*")
_HEDGES = (
    (_PERHAPS_TAIL, False),
    (_ABOUT_TAIL, True),
    (_PERHAPS_HEAD, False),
    (_ABOUT_HEAD, True),
)
_MOST_READINGS = 150
"""How many pieces of one text are tried."""
_Seen = dict[str, Span | None]


def has_han(text: str) -> bool:
    """Whether a text has a Chinese character."""
    return _HAN.search(text) is not None


def read_han(text: str) -> Span | None:
    """The date that a text is as a whole, or None; one without bounds where it says *undated*."""
    if _UNDATED.fullmatch(text.translate(_SIMPLE).strip("。.()[] ")):
        return Span(None, None, End("XXXX"))
    return _read(re.sub(r"\s+", "", text.translate(_SIMPLE)), {})


def _read(text: str, seen: _Seen) -> Span | None:
    text = text.strip("。,.;:、 ")
    if text in seen or not text or len(seen) > _MOST_READINGS:
        return seen.get(text)
    seen[text] = None  # what leads back to itself is no date
    seen[text] = found = _taken_apart(text, seen)
    return found


def _taken_apart(text: str, seen: _Seen) -> Span | None:
    found = _atom(text)
    if found is not None:
        return found
    for pattern, about in _HEDGES:
        match = pattern.search(text)
        if match is not None:
            found = _read(text[: match.start()] + text[match.end() :], seen)
            if found is not None:
                return found.marked(about=about, perhaps=not about)
    beside = _BESIDE.fullmatch(text)
    if beside is not None:  # 光绪二十六年(1900)
        inside, outside = beside["inside"], beside["out"] + beside["tail"]
        for words in (inside, f"{inside}年", outside):
            if re.search(r"\d|年|世纪", words) and (found := _read(words, seen)) is not None:
                return found
    if re.fullmatch(r"[\[(].*[\])]", text):
        return _read(text[1:-1], seen)
    steps = (_bounded, _joined, _listed, _labelled)
    return next(filter(None, (step(text, seen) for step in steps)), None)


def _labelled(text: str, seen: _Seen) -> Span | None:
    match = _LABEL.match(text)
    return None if match is None else _read(text[match.end() :], seen)


def _bounded(text: str, seen: _Seen) -> Span | None:
    if text in _FIXED_BOUNDS:
        year, is_after = _FIXED_BOUNDS[text]
        return since(year_span(year)) if is_after else until(year_span(year))
    for head, tail, bound in (
        (_BEFORE_HEAD, _BEFORE_TAIL, until),
        (_AFTER_HEAD, _AFTER_TAIL, since),
    ):
        match = head.match(text)
        rest = text[match.end() :] if match else None
        if rest is None and (match := tail.search(text)) is not None and match.start() > 0:
            rest = text[: match.start()]
        found = None if rest is None else _read(rest, seen)
        if found is not None and (found.low is not None and found.high is not None):
            return bound(found)
    return None


def _joined(text: str, seen: _Seen) -> Span | None:
    text = re.sub(r"(?:之间|期间|间)$", "", re.sub(r"^(?:从|自|介于)", "", text))
    for match in _TO.finditer(text):
        left, right = text[: match.start()], text[match.end() :]
        if not left or not right:
            continue
        last_words = _completed_right(left, right)
        last = _read(last_words, seen)
        if last is None:
            continue
        for words in _completed_left(left, last_words):
            first = _read(words, seen)
            if first is not None and (found := joined(first, last)) is not None:
                return found
    return None


def _completed_left(left: str, right: str) -> list[str]:
    """What the left side of a range may be: 1966至1976年, 18-19世纪, 公元前5至前4世纪."""
    ends = [end for end in ("世纪", "年代", "年") if end in right and end not in left]
    era = re.match(rf"[明清]?(?:{'|'.join((*_REIGNS, *_SOLAR))})", right)
    heads = [era.group()] if era and left[:1] and re.fullmatch(rf"{_N}+年?", left) else []
    return [left, *(left + end for end in ends), *(head + left for head in heads)]


def _completed_right(left: str, right: str) -> str:
    """*光绪元年至三年*: the era of the left holds for the right; *1932年5月至8月*: its year."""
    era = re.match(rf"(?:清|明)?(?:{'|'.join((*_REIGNS, *_SOLAR))})", left)
    if era is not None and re.fullmatch(rf"{_N}{{1,3}}年.*", right):
        return era.group() + right
    if re.fullmatch(rf"{_N}{{1,2}}月.*", right) and (year := re.match(r".*?年", left)):
        return year.group() + right
    if re.fullmatch(rf"{_N}{{1,3}}[日号]", right) and (month := re.match(r".*?月", left)):
        return month.group() + right
    if re.fullmatch(rf"{_N}{{1,2}}年代.*", right) and (century := re.match(r".*?世纪", left)):
        return century.group() + right
    if re.fullmatch(r"\d{2}年?", right) and (year := re.match(r"\d{4}", left)):
        return year.group()[:2] + right
    if re.fullmatch(rf"{_Y}年?", right) and re.match(_BC, left) and not re.match(_BC, right):
        number, other = re.search(r"\d+", left), re.search(r"\d+", right)
        if number and other and int(number[0]) > int(other[0]):
            return "公元前" + right
    return right


def _listed(text: str, seen: _Seen) -> Span | None:
    for pattern, all_of in ((_OR, False), (_AND, True)):
        parts = pattern.split(text)
        if not 2 <= len(parts) <= 12:
            continue
        ends = [end for end in ("世纪", "年代", "年") if end in parts[-1]]
        spans = [
            _read(part, seen) or (_read(part + ends[0], seen) if ends else None) for part in parts
        ]
        if all(span is not None for span in spans):
            return any_of([span for span in spans if span is not None], all_of=all_of)
    return None


def _atom(text: str) -> Span | None:
    for read in (_dated, _century, _decade, _era, _named):
        found = read(text)
        if found is not None:
            return found
    return None


def _dated(text: str) -> Span | None:
    """A year of the common era with what follows it."""
    match = _YEAR.fullmatch(text)
    if match is None:
        return None
    year = number_of(match["year"])
    if (
        year is None
        or year == 0
        or (len(match["year"]) < 3 and not (match["bc"] or text.startswith("公元")))
    ):
        return None
    if match["bc"]:
        return None if match["more"] or match["month"] else year_span(1 - year)
    if year > 2199:
        return None
    span: Span | None = year_span(year)
    month = None if match["month"] is None else number_of(match["month"])
    if match["month"]:
        span = None if month is None else month_span(year, month)
    elif match["day"]:
        return None
    if match["day"] and span is not None:
        day = number_of(match["day"])
        span = None if month is None or day is None else day_span(year, month, day)
    more = match["more"]
    if not more or span is None:
        return span
    if more in _AFTER_YEAR and not match["month"]:
        return season_span(year, _AFTER_YEAR[more])
    if more in _PARTS_OF_YEAR and not match["day"]:
        return part_of(span, *_PARTS_OF_YEAR[more])
    return None


def _part(match: re.Match[str], span: Span) -> Span | None:
    for name, number, parts in (
        ("early", 1, 3),
        ("mid", 2, 3),
        ("late", 3, 3),
        ("h1", 1, 2),
        ("h2", 2, 2),
    ):
        if match[name]:
            return part_of(span, number, parts)
    return span


def _century(text: str) -> Span | None:
    match = _CENTURY.fullmatch(text)
    if match is not None:
        number = number_of(match["n"])
        if number is None or not 1 <= number <= 60:
            return None
        if match["decade"]:
            decade = number_of(match["decade"])
            if decade is None or decade % 10 or not 0 <= decade <= 90 or match["bc"]:
                return None
            return _part(match, decade_span((number - 1) * 100 + decade))
        return _part(match, century_span(number, bc=match["bc"] is not None))
    match = _LAST_CENTURY.fullmatch(text)
    decade = None if match is None else number_of(match["decade"])
    if match is None or decade is None or decade % 10:
        return None
    return _part(match, decade_span(1900 + decade))


def _decade(text: str) -> Span | None:
    if (match := _DECADE.fullmatch(text)) is not None:
        year = number_of(match["year"])
        return None if year is None or year % 10 or year > 2199 else _part(match, decade_span(year))
    if (match := _SHORT_DECADE.fullmatch(text)) is not None:
        decade = number_of(match["decade"])
        found = None if decade is None else _part(match, decade_span(1900 + decade))
        return None if found is None else found.marked(perhaps=True)
    return None


def _era(text: str) -> Span | None:
    if text in _NAMED:
        return years_span(*_NAMED[text])
    match = _ERA.fullmatch(text)
    if match is None:
        return None
    is_solar = match["era"] in _SOLAR
    first, last = _SOLAR[match["era"]] if is_solar else _REIGNS[match["era"]]
    if not match["year"]:
        return _part(match, years_span(first, last))
    number = number_of(match["year"])
    if number is None or number < 1:
        return None
    year = first + number - 1
    if match["era"] in {"民国", "中华民国"}:
        last = first + 199  # it is counted on in Taiwan
    if year > last + 1:
        return None
    if match["season"] and not match["month"]:
        return season_span(year, _AFTER_YEAR[match["season"]]) if is_solar else year_span(year)
    if not match["month"]:
        return None if match["day"] else year_span(year)
    month = {"腊": 12, "冬": 11}.get(match["month"]) or number_of(match["month"])
    if month is None or not 1 <= month <= 12:
        return None
    if not is_solar:  # a lunar year ends in January or February
        return year_span(year) if month <= 10 else years_span(year, year + 1)
    if match["day"]:
        day = number_of(match["day"])
        return None if day is None else day_span(year, month, day)
    return month_span(year, month)


def _named(text: str) -> Span | None:
    if text in _NAMED:
        return years_span(*_NAMED[text])
    match = _DYNASTY.fullmatch(text)
    if match is None:
        return None
    return _part(match, years_span(*_DYNASTIES[match["name"]]))


def number_of(text: str) -> int | None:
    """A Chinese or Arabic number up to thousands: 二十六, 一九一二, 廿三, 元 (the first).

    >>> number_of("二十六"), number_of("一九一二"), number_of("元"), number_of("十")
    (26, 1912, 1, 10)
    """
    text = text.removeprefix("初")
    if text.isdigit() and text.isascii():
        return int(text)
    text = text.replace("廿", "二十").replace("卅", "三十")
    if not text or any(c not in _DIGITS and c not in _UNITS for c in text):
        return None
    if not any(c in _UNITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    total, digit = 0, 1
    for position, character in enumerate(text):
        if character in _UNITS:
            total += digit * _UNITS[character]
            digit = 0
        else:
            digit = _DIGITS[character]
        if character in _UNITS and position + 1 < len(text):
            digit = 0
    return total + digit if text[-1] not in _UNITS else total
