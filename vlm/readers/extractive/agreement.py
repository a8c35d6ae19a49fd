"""Whether the numbers and names of a question are those of what was read. Exact, no network."""

import re
import unicodedata

from knowledge.language import fold, guess_language, is_han
from knowledge.sentences import split_sentences
from vlm.chronology.lexicon import plain
from vlm.chronology.reading import Names
from vlm.readers.asked_kind import ASKS_DATE
from vlm.readers.base import Candidate

_CODE = re.compile(
    r"(?:(?<![A-Za-z])|(?<=\d[A-Z]))"  # at the beginning of letters, so that long words cost little
    r"(?:[A-Za-z]+[-.])*[A-Za-z]*\d+(?:[-.,/:]?[A-Za-z]*[-.,/:]?\d+)*(?:[A-Z](?![a-z]))?"
)
"""`1,250`, `HB-2207`, `A.1976.33`, `14C`; *3rd* and *1920s* are their numbers."""
_YEAR = re.compile(r"1[0-9]{3}|20[0-9]{2}")
_DIMENSIONS = tuple(
    re.compile(words, re.IGNORECASE)
    for words in (
        r"\bwid(?:e|th)|\bbroad|\bbreadth|\bbreit|\blarg(?:e|eur)\b(?= de)|宽",
        r"\b(?:high|tall|height|altitude|hoch|höhe|hauteur)\b|高",
        r"\bhow long is\b|\b(?:metres?|meters?|m|km|feet|ft|miles?) long\b|\blength\b|长",
        r"\bdee?p(?:th)?\b|\btief|深",
        r"\bthick|厚",
        r"\bheavy\b|\bweigh|\b(?:kg|tons?|tonnes?|grams?|pounds)\b|\bgewicht|重|公斤|吨",
        r"\bcosts?\b|\bprices?\b|[$£€]|\b(?:dollars|shillings|francs|marks)\b|价|费|造价",
        r"\bdiameter|\bbore\b|直径|胸径|口径",
    )
)
"""Width, height, length, depth, thickness, weight, cost, diameter."""
_PART = re.compile(
    r"\b(?:is|are|was|does|do|did|has|have) (?:any of )?(?:the|its|their) "
    r"(?P<part>[a-z][\w'-]*(?: [a-z][\w'-]*){0,2}?)"
    r"(?= (?:of|in|at|on|from|still|standing|stand|there|exist|extant|survive|been|gone|intact"
    r"|today|now|left|yet)\b|\s*\?)",
    re.IGNORECASE,
)
_PART_HAN = re.compile(
    r"的(?P<part>[\u3400-\u9fff]{2,6}?)(?=[还仍尚现今]|是否|有没有|在不在|存在|被拆|拆)"
)
_SAYS_DATE = re.compile(r"\bdate\b|\bdatum\b|\bfecha\b|日期", re.IGNORECASE)
_OTHER_DATES = re.compile(
    r"\b(?:birth|born|death|die[ds]?|acqui\w+|accession\w*|modified|updated|digiti[sz]ed|scanned"
    r"|catalog\w*|uploaded|added|photographer|creators?|artist|author|contributor|maker|publisher"
    r"|fotograf|urheber|künstler|photographe|fotógrafo|geburt\w*|sterbe\w*|erwerbung\w*|naissance|acquisition"
    r"|nacimiento|muerte)\b|出生|逝世|去世|卒年|生年|入藏|征集|更新|录入|作者|[摄拍][影摄]者",
    re.IGNORECASE,
)
"""Of a record's label: its date is another person's, or that of the record itself."""
_BESIDE_HAN = re.compile(r"(?<=[a-z0-9])(?=[\u3400-\u9fff])|(?<=[\u3400-\u9fff])(?=[a-z0-9])")
"""Where a Latin name touches Chinese: *Corn Exchange还在吗*."""
_ASKS_WHO = re.compile(
    r"\bwho\b|\bwhose\b|\bby whom\b|\bwer\b|\bqui\b|\bquién\b|谁|何人", re.IGNORECASE
)
_ROLES = tuple(
    (re.compile(asked, re.IGNORECASE), re.compile(label, re.IGNORECASE))
    for asked, label in (
        (r"photograph|\btook\b|\btaken\b|\bshot\b|fotograf|拍|摄",
         r"photograph|fotogra|拍摄者|摄影"),
        (r"\bbuil[dt]|design|architect|\berbaut|entworfen|construi|设计|建造|建的|修建",
         r"architect|builder|built by|designer|engineer|baumeister|建筑师|设计者|建造者"),
        (r"\bgave\b|\bgiven\b|donat|donor|gift|schenkt|\bdonn|捐|赠",
         r"donor|donat|gift|schenk|捐|赠"),
        (r"collect|sammel|采集|收集", r"collector|collected|recorded ?by|\bleg\b|sammler|采集"),
        (r"identif|determin|鉴定", r"identifi|determin|\bdet\b|鉴定"),
        (r"publish|\bissued\b|verlegt|publi|出版", r"publish|verlag|éditeur|editor|出版"),
        (r"\bpainted\b|\bdrew\b|gemalt|peint|画的|绘", r"painter|artist|maler|peintre|画家|绘者"),
        (r"\bedit", r"editor"),
        (r"\brights?\b|\bowns?\b|\bown(?:er|ed)|besitz|gehört|appartien|版权|所有",
         r"rights|owner|holder|copyright|版权"),
    )
)  # fmt: skip
"""What somebody did, as a question and as a record's label say it."""
_POINTS = re.compile(
    r"\b(?:it|this|that|these|those|here|pictured?|photo(?:graph)?|image|shown|dies\w*|ce(?:tte|t)?"
    r"|est[ae])\b|[它这這那该該此图圖]|照片",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<=[\w,'’\"“] )[A-Z][\w'’-]{2,}")
_RUN_OF_NAMES = r"[A-Z][\w.'’-]*(?: [A-Z][\w.'’-]+)+"
_RUN = re.compile(rf"{_NAME.pattern}(?: [A-Z][\w'’-]{{2,}})*")
_LEAST_CODE = 4
"""Characters of a code with letters that may stand in the text with other separators."""
_ACTING = re.compile(
    rf"(?:(?:did|does|has|had|by)\s(?P<by>{_RUN_OF_NAMES})|(?P<own>{_RUN_OF_NAMES})['’]s\b"
    r"|^(?P<zh>[A-Z][A-Za-zÀ-ÿ.'’-]*(?: [A-Z][A-Za-zÀ-ÿ.'’-]+)+)(?=[是在为的拍画写建]))"
)
"""Who did it, by the question: *did A. Example take*, *A. Example's photograph*."""
_ASKING = frozenset(
    {"still", "there", "today", "exist", "existing", "stand", "standing", "around", "does", "have"}
    | {"been", "gone", "anything", "left", "nowadays", "anymore", "longer", "place", "thing"}
)
_ASKING_HAN = re.compile(r"[还仍尚现今]|依然|依旧|目前|至今|是否|有没有|是不是|存在|在不在")
"""What stands behind the subject of a Chinese question about existence."""
_ASKS_WITH = frozenset({"when", "who", "where", "what", "why", "which", "how", "in", "of", "is"})
"""Words that begin questions; as a label they name no field."""
_QUOTED = re.compile(r"[《“「\"]([^》”」\"]{2,60})[》”」\"]")


def agreement(question: str, candidate: Candidate) -> dict[str, float]:
    """Shares of the question's numbers and names that stand in the candidate's text or names.

    `numbers`: numbers and codes other than years, and persons of whom it says that they did it;
    `years`; `names`. 1 where the question has none.
    """
    known = _everything_in(candidate)
    codes = codes_of(known)
    joined = _alphanumeric(known)
    words = set(fold(known).split())
    asked = codes_of(question)
    years = {each for each in asked if _YEAR.fullmatch(each)}

    # In a text of another script a name is written otherwise; the title says that it is meant.
    apart = guess_language(question) != guess_language(known)
    foreign = apart and is_named(question, candidate)

    def stands(code: str) -> bool:
        mixed = len(code) >= _LEAST_CODE and not code.isdigit()
        return code in codes or (mixed and code in joined)

    latin = guess_language(known) != "zh"
    persons = map(_surname, _ACTING.finditer(question)) if latin else ()
    return {
        "numbers": _share(
            [*(stands(each) for each in asked - years), *(each in words for each in persons)]
        ),
        "years": _share([stands(each) for each in years]),
        "names": _share(
            [foreign or set(fold(each).split()) <= words for each in names_of(question)]
        ),
    }


def names_share(question: str, candidate: Candidate) -> float:
    """Share of the names in a question that are in the candidate's title and aliases; 1 where it is
    called by its whole name, 0 where the question has no names.

    >>> hall = Candidate("c/h", "Weston Town Hall", (), "en", ())
    >>> names_share("Who built Weston Hall?", hall), names_share("Who built it?", hall)
    (1.0, 0.0)
    """
    if is_named(question, candidate):
        return 1.0
    names = names_of(question)
    known = {word for name in (candidate.title, *candidate.aliases) for word in fold(name).split()}
    return _share([set(fold(each).split()) <= known for each in names]) if names else 0.0


def is_of_another_dimension(question: str, sentence: str, words: str) -> bool:
    """Whether a sentence measures another thing than the question asks for, by its own words.

    >>> is_of_another_dimension("How wide is it?", "It is 62 m high and 410 m long.", "410 m")
    True
    >>> is_of_another_dimension("How wide is it?", "It measures 30 x 40 cm.", "30 x 40 cm")
    False
    """
    asked = [pattern for pattern in _DIMENSIONS if pattern.search(question)]
    if not asked or any(pattern.search(sentence) for pattern in asked):
        behind = sentence.partition(words)[2][:12]
        other = [pattern for pattern in _DIMENSIONS if pattern.match(behind.lstrip())]
        return bool(asked and other) and not any(pattern in asked for pattern in other)
    return any(pattern.search(sentence) for pattern in _DIMENSIONS)


def dates_something_else(question: str, line: str) -> bool:
    """Whether a record's line dates its maker's life or the record, and a question does not ask for
    that: *When was it taken?* is not answered by a birth date.

    >>> line = "Creator birth date: 1908-01-01."
    >>> dates_something_else("When was the photo taken?", line)
    True
    >>> dates_something_else("When was its maker born?", line)
    False
    """
    label, mark, _ = field_of(line)
    asked = ASKS_DATE.search(question) or _SAYS_DATE.search(question)
    return (
        bool(mark and asked and not _OTHER_DATES.search(question))
        and _OTHER_DATES.search(label) is not None
    )


def is_of_another_role(question: str, line: str) -> bool:
    """Whether a record's line names who did another thing than the question asks about.

    >>> is_of_another_role("Who built the hall?", "Photographer: A. Doe")
    True
    >>> is_of_another_role("Who took it?", "Photographer: A. Doe")
    False
    """
    label, mark, _ = field_of(line)
    if not mark or not _ASKS_WHO.search(question):
        return False
    asked = {number for number, role in enumerate(_ROLES) if role[0].search(question)}
    said = {number for number, role in enumerate(_ROLES) if role[1].search(label)}
    return bool(asked and said) and asked.isdisjoint(said)


def names_the_field(question: str, line: str) -> bool:
    """Whether a question asks for the field of a record's line by its label.

    >>> names_the_field("What is the box number of the print?", "Box: 278-F-04")
    True
    >>> names_the_field("这件的档号是什么？", "档号：PA-12")
    True
    """
    label, _, _ = field_of(line)
    folded = fold(label)
    if not label or label == line or not folded or _ASKS_WITH.issuperset(folded.split()):
        return False
    asked = fold(question)
    if any(map(is_han, folded)):
        return folded in asked
    words = set(map(_singular, asked.split()))
    return all(
        _singular(word) in words or any(_shortens(word, each) for each in asked.split())
        for word in folded.split()
    )


def _shortens(short: str, word: str) -> bool:
    """Whether a label's word is short for another: *cat* for *catalogue*, *no* for *number*."""
    if short == "no":
        return word == "number"
    return 2 <= len(short) <= 4 and len(word) > len(short) + 2 and word.startswith(short)


def field_of(line: str) -> tuple[str, str, str]:
    """A record's line in parts: label, mark, value; an empty mark where it is prose.

    >>> field_of("Box: 278-F-04")
    ('Box', ':', ' 278-F-04')
    """
    for mark in (":", "："):
        label, found, value = line.partition(mark)
        if found and len(label) <= 40 and label.count(" ") <= 5:
            return label, found, value
    return line, "", ""


def is_named(question: str, candidate: Candidate) -> bool:
    """Whether a question calls a candidate by its title or an alias.

    >>> from knowledge.documents import Passage
    >>> tower = Candidate("c/t", "Old Tower", ("老塔楼",), "en", ())
    >>> is_named("Is the old tower still there?", tower), is_named("老塔楼还在吗？", tower)
    (True, True)
    """
    asked = f" {_BESIDE_HAN.sub(' ', fold(question))} "
    for name in (candidate.title, *candidate.aliases):
        folded = fold(name)
        han = any(map(is_han, folded))
        if len(folded) >= (2 if han else 4) and (folded if han else f" {folded} ") in asked:
            return True
    return False


def is_about_another(question: str, candidate: Candidate) -> bool:
    """Whether a question names something else than the candidate and does not point at it either.

    >>> hall = Candidate("c/h", "Weston Hall", (), "en", ())
    >>> is_about_another("Does Hotel Tisza still stand?", hall)
    True
    >>> is_about_another("Does it still stand?", hall)
    False

    A name that is in the text only (a town, an architect) says nothing where other words of the
    question are of the title:

    >>> from knowledge.documents import Passage
    >>> tower = Candidate("c/t", "Nakagin Tower", (), "en", (Passage("c/t", 0, "By Kuro.", 0, 8),))
    >>> is_about_another("Does Kuro's tower still stand?", tower)
    False
    """
    if is_named(question, candidate) or _POINTS.search(question):
        return False
    titles = {word for name in (candidate.title, *candidate.aliases) for word in fold(name).split()}
    known = _everything_in(candidate)
    text = fold(known)
    words = set(text.split())
    is_like = not titles.isdisjoint(fold(question).split())
    if any(fold(quoted) not in text for quoted in _QUOTED.findall(question)):
        return True
    runs = _RUN.findall(question)
    for run in runs:
        named = fold(re.sub(r"['’]s?$", "", run)).split()
        if titles.isdisjoint(named):
            foreign = not (is_like and words.issuperset(named))
        else:
            foreign = not titles.issuperset(named)  # *Hotel Tisza* is not the Hotel Weston
        if foreign:
            return True
    apart = guess_language(question) != guess_language(known)
    return not (runs or apart) and _says_nothing_of(question, text)


def _says_nothing_of(question: str, text: str) -> bool:
    """Whether no word of a question, or no two characters of it, stand in a folded text."""
    folded = fold(question)
    if any(map(is_han, folded)):
        runs = re.findall(r"[\u3400-\u9fff]{2,}", _ASKING_HAN.split(folded)[0])
        words = {run[at : at + 2] for run in runs for at in range(len(run) - 1)}
        return bool(words) and not any(word in text for word in words)
    words = {_singular(word) for word in folded.split() if len(word) >= 4} - _ASKING
    return bool(words) and words.isdisjoint(map(_singular, text.split()))


def part_asked(question: str, candidate: Candidate) -> str | None:
    """The part of a candidate, or the thing beside it, whose existence a question asks for, in its
    words; None where the candidate itself is meant.

    >>> from knowledge.documents import Passage
    >>> text = "Ash Bridge is a bridge. Its toll house was pulled down in 1950."
    >>> bridge = Candidate("c/b", "Ash Bridge", (), "en", (Passage("c/b", 0, text, 0, 63),))
    >>> part_asked("Is the toll house still there?", bridge)
    'toll house'
    >>> part_asked("Is the bridge still there?", bridge) is None
    True
    """
    found = _PART.search(question) or _PART_HAN.search(question)
    if found is None:
        return None
    part = found["part"]
    head = part.split()[-1]
    passages = sorted(candidate.passages, key=lambda passage: passage.start)
    first = passages[0].text if passages else ""
    opening = next((first[start:end] for start, end in split_sentences(first)), "")
    named = (candidate.title, *candidate.aliases)
    said = any(plain(part) in plain(passage.text) for passage in passages)
    is_main = fold(head) in f"{fold(' '.join(named))} {fold(opening)}" or (
        Names(named, opening).whose(plain(f"the {part}"), "main") == "main"
    )
    return part if said and not is_main else None


def codes_of(text: str) -> set[str]:
    """Its numbers and codes: letters and digits alone, in small letters, no leading zeros.

    >>> sorted(codes_of("No. 0043 and HB-2207, 1,250 sheets"))
    ['1250', '43', 'hb2207']
    """
    plain = unicodedata.normalize("NFKC", text)
    found = (_alphanumeric(match.group()) for match in _CODE.finditer(plain))
    return {each.lstrip("0") or "0" for each in found}


def names_of(question: str) -> set[str]:
    """Words of an English question that are written as names, and what stands in quotation marks.

    >>> sorted(names_of("Who photographed the Corn Exchange?"))
    ['Corn', 'Exchange']
    """
    names = (re.sub(r"['’]s?$", "", name) for name in _NAME.findall(question))
    return {*names, *_QUOTED.findall(question)}


def _everything_in(candidate: Candidate) -> str:
    texts = (passage.text for passage in candidate.passages)
    return "\n".join((candidate.title, *candidate.aliases, candidate.document_id, *texts))


def _surname(match: re.Match[str]) -> str:
    """The last word of a person's name, folded."""
    return fold(next(filter(None, match.groups())).removesuffix("'s").removesuffix("’s")).split()[
        -1
    ]


def _alphanumeric(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _singular(word: str) -> str:
    return word.removesuffix("s")


def _share(held: list[bool]) -> float:
    return sum(held) / len(held) if held else 1.0
