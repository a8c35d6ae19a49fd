# ruff: noqa: E501
"""Write the life of a thing as a text of many dated events, and ask for one of them.

Knows what happens to things and how it is said and asked, in English and Chinese. In a life the
question's event has to be told from others with dates of their own: begun from completed, damaged
from destroyed, the thing from its parts. Values and names come from `values` and `things`.
"""

import re
from dataclasses import dataclass
from random import Random
from typing import Any

from reader.generator.things import draw_name
from reader.generator.values import Day, Pair, make_person

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happens to a thing: how it is said and asked. `near` are happenings whose
    question it might be taken to answer, so that theirs is never called unanswerable beside it."""

    said: tuple[str, ...]
    asked: tuple[str, ...]
    said_zh: tuple[str, ...]
    asked_zh: tuple[str, ...]
    near: tuple[str, ...] = ()


HAPPENINGS = {
    "planned": Happening(
        (
            "{N} was first proposed in {V}.",
            "Plans for {n} were drawn in {V}.",
            "A competition for {n} was held in {V}.",
        ),
        (
            "When was {n} first proposed?",
            "In which year were the plans drawn?",
            "When was the competition held?",
        ),
        ("{V}首次提出修建{n}。", "{V}，{n}开始规划。"),
        ("{n}是哪一年提出修建的？", "{n}何时开始规划？"),
    ),
    "stone": Happening(
        (
            "The foundation stone was laid in {V}.",
            "{P} laid the first stone in {V}.",
            "The cornerstone of {n} was laid in {V}.",
        ),
        (
            "When was the foundation stone [of {n}|] laid?",
            "In what year was the cornerstone laid?",
            "When was the first stone laid?",
        ),
        ("{V}奠基。", "{N}于{V}奠基。"),
        ("{n}是哪一年奠基的？", "奠基是在何时？"),
        ("begun",),
    ),
    "begun": Happening(
        (
            "Work on {n} began in {V}.",
            "{N} was begun in {V}.",
            "Construction started in {V} under {P}.",
            "Building began in {V}.",
            "They started building it in {V}.",
        ),
        (
            "When did work on {n} begin?",
            "When was construction started?",
            "In which year was {n} begun?",
            "What year did building start?",
            "When did they start to build {n}?",
        ),
        ("{N}于{V}动工。", "工程始于{V}。", "{V}开始修建{n}。", "{N}始建于{V}。"),
        ("{n}是哪一年动工的？", "{n}何时开始修建？", "{n}始建于哪年？", "哪年开工？"),
        ("stone",),
    ),
    "completed": Happening(
        (
            "{N} was completed in {V}.",
            "It was finished in {V}.",
            "Work ended in {V}.",
            "{N} was not finished until {V}.",
            "The builders left in {V}, their work done.",
        ),
        (
            "When was {n} completed?",
            "In what year was {n} [finally|] finished?",
            "When was the building work over?",
            "What year was {n} built?",
            "When was {n} built?",
        ),
        ("{N}于{V}建成。", "{V}竣工。", "{N}{V}落成。", "工程到{V}才全部完成。"),
        (
            "{n}是哪一年建成的？",
            "{n}何时竣工？",
            "{n}到哪一年才全部完成？",
            "{n}哪年落成？",
            "{n}建于哪一年？",
        ),
        ("opened",),
    ),
    "opened": Happening(
        (
            "{N} was opened on {V}.",
            "It opened to the public in {V}.",
            "{P} opened it in {V}.",
            "{N} received its first visitors in {V}.",
            "{N} came into use in {V}.",
        ),
        (
            "When was {n} opened?",
            "In which year did {n} open [to the public|]?",
            "When did it come into use?",
            "When did the first visitors come?",
        ),
        ("{N}于{V}对外开放。", "{V}启用。", "{V}，{n}正式开放。"),
        ("{n}是哪一年开放的？", "{n}何时启用？", "{n}什么时候对公众开放？"),
        ("completed",),
    ),
    "blessed": Happening(
        ("{N} was consecrated in {V}.", "{P} inaugurated it in {V}.", "It was dedicated in {V}."),
        (
            "When was {n} consecrated?",
            "When was it inaugurated?",
            "In what year was {n} dedicated?",
        ),
        ("{V}举行落成典礼。", "{N}于{V}祝圣。"),
        ("落成典礼是哪一年？", "{n}何时祝圣？"),
        ("opened", "completed"),
    ),
    "enlarged": Happening(
        (
            "{N} was enlarged in {V}.",
            "A north wing was added in {V}.",
            "A second floor was put on in {V}.",
            "It was extended in {V}.",
        ),
        (
            "When was {n} enlarged?",
            "When was the north wing added?",
            "In which year was it extended?",
        ),
        ("{V}扩建。", "{N}于{V}加建北翼。", "{V}增建一层。"),
        ("{n}哪一年扩建？", "北翼是何时加建的？"),
    ),
    "part": Happening(
        (
            "The clock was added in {V}.",
            "The bell was cast in {V}.",
            "A statue of {P} was set up in front of {n} in {V}.",
            "Electric light was put in in {V}.",
            "Lifts were installed in {V}.",
            "The dome was put on in {V}.",
        ),
        (
            "When was the clock added?",
            "When was the bell cast?",
            "In what year was the statue set up?",
            "When did it get electric light?",
            "When were the lifts installed?",
            "In which year was the dome put on?",
        ),
        ("钟于{V}安装。", "{V}安装了电灯。", "门前的{P}像立于{V}。", "{V}加上了穹顶。"),
        ("钟是哪一年安装的？", "哪一年装上电灯？", "雕像是何时立的？", "穹顶是哪年加上的？"),
    ),
    "renamed": Happening(
        (
            "It got its present name in {V}.",
            "{N} was renamed in {V}.",
            "Since {V} it bears this name.",
        ),
        ("When was {n} renamed?", "In which year did it get its present name?"),
        ("{V}改今名。", "{N}于{V}改名。"),
        ("{n}哪一年改名？", "何时改为今名？"),
    ),
    "harmed": Happening(
        (
            "A fire damaged the roof in {V}.",
            "{N} was hit by a storm in {V}.",
            "An earthquake in {V} cracked the walls.",
            "Bombs set it on fire in {V}.",
            "The flood of {V} reached the first floor.",
        ),
        (
            "When did a fire damage the roof?",
            "When was {n} hit by a storm?",
            "In which year did the earthquake crack the walls?",
            "When did bombs set it on fire?",
            "When did the flood reach the first floor?",
        ),
        ("{V}火灾烧坏屋顶。", "{V}的地震使墙体开裂。", "{V}遭风暴袭击。"),
        ("火灾烧坏屋顶是哪一年？", "地震使墙体开裂是在何时？", "哪一年遭风暴袭击？"),
    ),
    "restored": Happening(
        (
            "{N} was restored in {V}.",
            "It was thoroughly repaired in {V}.",
            "A restoration was finished in {V}.",
            "{P} had it renovated in {V}.",
        ),
        ("When was {n} restored?", "In what year was it repaired?", "When was the renovation?"),
        ("{V}修缮。", "{N}于{V}修复。", "{V}全面翻修。"),
        ("{n}哪一年修缮？", "何时修复？", "{n}哪年翻修？"),
    ),
    "moved": Happening(
        ("{N} was moved to its present place in {V}.", "In {V} it was carried to another site."),
        ("When was {n} moved?", "In which year was it brought to its present place?"),
        ("{V}迁至现址。", "{N}于{V}搬迁。"),
        ("{n}哪一年迁到现址？", "何时搬迁？"),
    ),
    "sold": Happening(
        ("{P} bought {n} in {V}.", "It was sold in {V}.", "The city took it over in {V}."),
        ("When did {P} buy {n}?", "When was {n} sold?", "In which year did the city take it over?"),
        ("{V}售予{P}。", "{V}由市政府接管。"),
        ("哪一年出售？", "何时由市政府接管？"),
    ),
    "listed": Happening(
        (
            "It became a protected monument in {V}.",
            "{N} has been listed since {V}.",
            "{N} was put on the heritage list in {V}.",
        ),
        (
            "Since when is {n} protected?",
            "When was {n} listed?",
            "In what year was it put on the heritage list?",
        ),
        ("{V}列为文物保护单位。", "{N}于{V}被列入遗产名录。"),
        ("{n}哪一年列为文物保护单位？", "何时列入遗产名录？"),
    ),
    "until": Happening(
        (
            "It was the tallest in the country until {V}.",
            "{P} lived in it until {V}.",
            "A school used it until {V}.",
            "The statue stayed there until {V}.",
        ),
        (
            "Until what year was it the tallest in the country?",
            "Until when did {P} live in it?",
            "Until which year did a school use it?",
            "Until when did the statue stay?",
        ),
        ("直到{V}它都是全国最高的。", "学校使用到{V}。", "{P}一直住到{V}。"),
        ("它到哪一年为止是全国最高？", "学校用到哪一年？", "{P}住到哪一年？"),
    ),
    "visit": Happening(
        (
            "{P} gave a concert there in {V}.",
            "A plane crashed into it in {V}.",
            "The queen came to see it in {V}.",
            "{P} rediscovered it in {V}.",
            "Thieves broke in in {V}.",
        ),
        (
            "When did {P} give a concert there?",
            "In which year did a plane crash into it?",
            "When did the queen come?",
            "Who rediscovered it, and when?",
            "When did thieves break in?",
        ),
        ("{V}{P}在此举行音乐会。", "{V}一架飞机撞上它。", "{P}于{V}重新发现它。"),
        ("音乐会是哪一年举行的？", "飞机撞上它是哪一年？", "何时被重新发现？"),
    ),
    "closed": Happening(
        ("{N} was closed in {V}.", "It shut in {V}.", "The last guests left in {V}."),
        ("When was {n} closed?", "In which year did it shut?", "When did the last guests leave?"),
        ("{N}于{V}关闭。", "{V}停用。"),
        ("{n}哪一年关闭？", "何时停用？"),
        ("gone",),
    ),
    "going": Happening(
        (
            "Demolition began in {V}.",
            "In {V} they began to pull {n} down.",
            "The wreckers started in {V}.",
        ),
        ("When did the demolition of {n} begin?", "When did they start to pull {n} down?"),
        ("{V}开始拆除。", "{N}于{V}动手拆除。"),
        ("{n}哪一年开始拆除？", "拆除工程何时开始？"),
        ("gone",),
    ),
    "gone": Happening(
        (
            "{N} was demolished in {V}.",
            "It was destroyed in {V}.",
            "{N} burned down in {V}.",
            "It was pulled down in {V}.",
            "{N} collapsed in {V}.",
            "Soldiers blew it up in {V}.",
        ),
        (
            "When was {n} demolished?",
            "In what year was {n} destroyed?",
            "When was {n} pulled down?",
            "When did {n} disappear?",
            "In which year was it lost?",
        ),
        ("{N}于{V}拆除。", "{V}毁于大火。", "{V}倒塌。", "{N}于{V}被炸毁。"),
        ("{n}是哪一年拆除的？", "{n}何时被毁？", "{n}哪一年没的？"),
        ("going", "closed", "harmed"),
    ),
    "again": Happening(
        (
            "{N} was rebuilt in {V}.",
            "A new one was built on the old plan in {V}.",
            "The reconstruction was finished in {V}.",
            "{N} was reopened in {V}.",
        ),
        (
            "When was {n} rebuilt?",
            "In which year was the reconstruction finished?",
            "When was it reopened?",
            "When was the present one built?",
        ),
        ("{V}重建。", "{N}于{V}按原样复建。", "{V}重新开放。"),
        ("{n}哪一年重建？", "何时复建完成？", "现在的{n}是哪一年建的？"),
        ("restored", "opened", "completed"),
    ),
    "after": Happening(
        (
            "A hotel was built on the site in {V}.",
            "The car park there was opened in {V}.",
            "A square was laid out in its place in {V}.",
        ),
        (
            "When was the hotel on the site built?",
            "When was the car park opened?",
            "In what year was the square laid out?",
        ),
        ("{V}原址建起酒店。", "{V}原址辟为广场。"),
        ("原址的酒店是哪一年建的？", "广场何时辟建？"),
        ("completed", "opened"),
    ),
}
TWO = (
    ("begun", "completed", "Construction began in {V} and was completed in {W}.", "{N}始建于{V}，{W}建成。"),
    ("begun", "completed", "It was begun in {V} and finished in {W}.", "{V}动工，{W}竣工。"),
    ("completed", "opened", "{N} was completed in {V} and opened in {W}.", "{N}{V}建成，{W}对外开放。"),
    ("going", "gone", "Demolition began in {V}, and by {W} nothing was left.", "{V}开始拆除，到{W}已荡然无存。"),
    ("gone", "again", "It was destroyed in {V} and rebuilt in {W}.", "{V}被毁，{W}重建。"),
    ("closed", "gone", "{N} closed in {V} and was pulled down in {W}.", "{N}{V}关闭，{W}拆除。"),
    ("harmed", "restored", "It was damaged in {V} and repaired in {W}.", "{V}受损，{W}修复。"),
)  # fmt: skip
"""Two happenings in one sentence."""
_ORDER = tuple(HAPPENINGS)
_KINDS = (
    ("church", "教堂"), ("station", "车站"), ("theatre", "剧院"), ("tower", "塔"), ("palace", "宫殿"), ("bridge", "桥"), ("hotel", "饭店"), ("temple", "寺"), ("fort", "堡垒"), ("market hall", "市场"),
    ("lighthouse", "灯塔"), ("school", "学校"), ("monument", "纪念碑"), ("library", "图书馆"), ("hospital", "医院"), ("gate", "城门"), ("stadium", "体育场"), ("mill", "磨坊"), ("museum", "博物馆"), ("pavilion", "楼阁"),
)  # fmt: skip


def make_life(random: Random) -> list[Row]:
    """A text with 4 to 9 dated events, and some questions."""
    kind = random.choice(_KINDS)
    name = draw_name("maker_object", random, kind)
    language = "zh" if random.random() < 0.35 else "en"
    names = _draw_happenings(random)
    year = random.randint(1100, 1850) if random.random() < 0.3 else random.randint(1780, 1960)
    parts: list[str] = []
    said: dict[str, tuple[str, int]] = {}  # happening → its date and where it stands
    who: dict[str, Pair] = {}
    used: dict[
        str, int
    ] = {}  # happening → which phrase, since parts are asked for by what they are
    length = 0
    joint = "" if language == "zh" else " "
    subject = name[language == "zh"]
    intro = (
        f"{subject}是一座{kind[1]}。"
        if language == "zh"
        else f"{_capital(subject)} is a {kind[0]}."
    )
    if random.random() < 0.7:
        parts.append(intro)
        length = len(intro) + len(joint)
    at = 0
    while at < len(names) and year < 2010:
        pair = [two for two in TWO if names[at : at + 2] == list(two[:2])]
        first, second = names[at], None
        if pair and random.random() < 0.6:
            _, second, english, chinese = random.choice(pair)
            template = chinese if language == "zh" else english
        else:
            phrases = HAPPENINGS[first].said_zh if language == "zh" else HAPPENINGS[first].said
            used[first] = random.randrange(len(phrases))
            template = phrases[used[first]]
        dates = {}
        for mark, event in (("V", first), ("W", second)):
            if event is not None:
                year += random.randint(1, 9 if event == "completed" else 40)
                year = min(year, 2025)
                dates[mark] = _day(year, random).written(language)
        who[first] = make_person(random)
        sentence = ""
        for piece in re.split(
            r"(\{\w\})", _prepositions(template, dates) if language == "en" else template
        ):
            mark = piece[1:-1]
            if piece in ("{V}", "{W}"):
                event = first if mark == "V" else second
                assert event is not None
                said[event] = dates[mark], length + len(sentence)
                sentence += dates[mark]
            elif piece == "{P}":
                sentence += who[first][language == "zh"]
            elif piece in ("{N}", "{n}"):
                again = len(parts) > 0 and random.random() < 0.6
                word = ("它" if language == "zh" else "it") if again else subject
                sentence += _capital(word) if piece == "{N}" and language == "en" else word
            else:
                sentence += piece
        if language == "en":
            sentence = _capital(sentence)
        parts.append(sentence)
        length += len(sentence) + len(joint)
        at += 2 if second else 1
    context = joint.join(parts)
    return _questions(context, language, name, said, who, used, random)


def _draw_happenings(random: Random) -> list[str]:
    chosen = set(random.sample(_ORDER, k=random.randint(4, 9)))
    if not chosen & {"gone", "closed"}:
        chosen.discard("after")
    if "gone" not in chosen:
        chosen -= {"again", "going"}
    if random.random() < 0.5:
        chosen |= {"begun", "completed"}
    return [name for name in _ORDER if name in chosen]


def _questions(
    context: str,
    language: str,
    name: Pair,
    said: dict[str, tuple[str, int]],
    who: dict[str, Pair],
    used: dict[str, int],
    random: Random,
) -> list[Row]:
    rows: list[Row] = []
    for _ in range(3):
        asked_in = language if random.random() < 0.55 else ("en" if language == "zh" else "zh")
        if random.random() < 0.75:
            event = random.choice(sorted(said))
            answers = [said[event]]
        else:
            near = {other for each in said for other in (each, *HAPPENINGS[each].near)}
            near |= {each for each in HAPPENINGS if set(HAPPENINGS[each].near) & set(said)}
            absent = sorted(set(HAPPENINGS) - near - {"part", "visit", "until"})
            if not absent:
                continue
            event, answers = random.choice(absent), []
        question = _asked(event, asked_in, language, name, who, used, random)
        if question is None or any(row["question"] == question for row in rows):
            continue
        rows.append(
            {
                "question": question,
                "context": context,
                "answers": [{"text": text, "start": start} for text, start in answers],
                "answerable": bool(answers),
                "language_question": asked_in,
                "language_context": language,
                "record": False,
                "status": None,
                "made": "generated",
                "group": "lives",
            }
        )
    return rows


_SPECIFIC = ("part", "visit", "until", "harmed", "sold")
"""Whose questions ask for one phrase only, by its number."""


def _asked(
    event: str,
    asked_in: str,
    language: str,
    name: Pair,
    who: dict[str, Pair],
    used: dict[str, int],
    random: Random,
) -> str | None:
    happening = HAPPENINGS[event]
    questions = happening.asked_zh if asked_in == "zh" else happening.asked
    if event in _SPECIFIC:
        if event not in used or asked_in != language or used[event] >= len(questions):
            return None
        question = questions[used[event]]
    else:
        question = random.choice(questions)
    zh = asked_in == "zh"
    pointing = random.choice(
        ["它", "这座建筑", "照片里的建筑"]
        if zh
        else ["it", "this building", "the building in the picture"]
    )
    call = name[zh] if random.random() < 0.55 else pointing
    question = re.sub(r"\[([^|\]]*)\|([^\]]*)\]", lambda m: random.choice([m[1], m[2]]), question)
    person = who.get(event, ("someone", "某人"))[zh]
    filled = re.sub(r"  +", " ", question.replace("{n}", call).replace("{P}", person)).replace(
        " ?", "?"
    )
    return filled if zh else _capital(filled)


def _day(year: int, random: Random) -> Day:
    month = random.randint(1, 12) if random.random() < 0.3 else 0
    day = random.randint(1, 28) if month and random.random() < 0.7 else 0
    return Day(
        year, month, day, not month and random.random() < 0.07, random.choice([0, 1, 2, 3, 4, 5, 6])
    )


def _prepositions(template: str, dates: dict[str, str]) -> str:
    """*on 3 May*, *in 1890*."""
    for mark, date in dates.items():
        word = "on" if re.match(r"\d{1,2} [A-Z]|[A-Z][a-z]+ \d{1,2},", date) else "in"
        template = re.sub(rf"\b(?:in|on) \{{{mark}\}}", f"{word} {{{mark}}}", template)
        template = re.sub(rf"\bIn \{{{mark}\}}", f"{word.capitalize()} {{{mark}}}", template)
    return template


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
