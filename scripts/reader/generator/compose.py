# ruff: noqa: E501
"""Write texts and records about things that do not exist, and ask questions of them.

Knows how facts become prose or fields, which neighbours and fillers stand among them, and which
questions have an answer in the result, which have none, and why. Every value's place in the text is
kept while it is written, so that answers are never searched for.

Over 500 lines: the kinds of question share the text under construction, and each is short.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

from reader.generator import foreign, sayings
from reader.generator.domains import DOMAINS, Domain, Slot
from reader.generator.ends import FAMILIES, Family
from reader.generator.phrases import (
    ASKED,
    ASKED_ZH,
    EMPTY,
    EMPTY_ZH,
    EXTRA_LABELS,
    EXTRA_LABELS_ZH,
    FILLERS,
    FILLERS_ZH,
    SAID,
    SAID_ZH,
)  # fmt: skip
from reader.generator.returns import HARMED, HARMED_ZH, REBUILT, REBUILT_ZH
from reader.generator.things import LISTS, Value, draw_name, draw_value
from reader.generator.values import Day, Pair, make_day

Row = dict[str, Any]

STANDING, GONE, NOT_SAID = "standing", "gone", "not said"
_IMPLY_STANDING = ("use", "held", "left")
_ABOUT_END = ("ended", "why_ended", "now")
"""Facts whose questions are told the status; of other questions nobody wants to know it."""
_CLOSE = (
    {"maker", "builder", "designer", "owner"}, {"place", "held", "birthplace", "worked", "buried"}, {"depicts", "people"},
    {"made", "opened", "born"}, {"donor", "owner"}, {"number", "fonds"}, {"count", "made_count"}, {"size", "area", "weight"},
    {"cost", "value", "income"}, {"cause", "named"}, {"now", "use"}, {"captain", "head"}, {"flowers", "made"},
)  # fmt: skip
"""Facts of one set answer each other's questions often enough that "no answer" would be wrong."""
_FOREIGN_DOMAINS = {"bridge": "building"}
_TITLES = ("Title", "Name", "Object", "title", "name", "Object name", "Heading", "Item")
_TITLES_ZH = ("题名", "名称", "标题", "品名", "名字", "名")


@dataclass(slots=True)
class Thing:
    """Something with a name, facts, and an end or none."""

    domain: Domain
    kind: Pair
    name: Pair
    values: dict[str, Value]
    dimensions: dict[str, str]
    end: str
    """`gone`, `gone_undated`, `rebuilt`, `stands`, `planned`, `perhaps` or `none`."""
    end_day: Day
    reason: Pair
    pronoun: str
    now_foreign: int

    def slot(self, name: str) -> Slot:
        """The words of a fact."""
        return next(slot for slot in self.domain.slots if slot.name == name)

    @property
    def family(self) -> Family | None:
        """How it can end."""
        return FAMILIES.get(self.domain.family)


@dataclass(slots=True)
class Fact:
    """A value's place in a text: `slot` is a fact's name, `ended`, `why_ended`, `status`, `title`."""

    thing: Thing
    slot: str
    start: int
    end: int


@dataclass(slots=True)
class Text:
    """A text or record under way."""

    language: str
    record: bool
    parts: list[str] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    length: int = 0

    def add(self, words: str) -> None:
        """Put `words` at the end."""
        self.parts.append(words)
        self.length += len(words)

    def mark(self, thing: Thing, slot: str, words: str) -> None:
        """Put a value at the end."""
        self.facts.append(Fact(thing, slot, self.length, self.length + len(words)))
        self.add(words)

    @property
    def words(self) -> str:
        """The whole text."""
        return "".join(self.parts)

    def find(self, thing: Thing, slot: str) -> list[Fact]:
        """Where a fact stands."""
        return [fact for fact in self.facts if fact.thing is thing and fact.slot == slot]


def choose(template: str, random: Random) -> str:
    """Resolve the choices of a template.

    >>> choose("a[b|b]c", Random(0))
    'abc'
    """
    while True:
        resolved = re.sub(
            r"\[([^\[\]]*)\]", lambda match: random.choice(match[1].split("|")), template
        )
        if resolved == template:
            return re.sub(r"  +", " ", resolved)
        template = resolved


def make_thing(random: Random, domain: Domain | None = None) -> Thing:
    """A thing of a random kind."""
    domain = domain or random.choice(DOMAINS)
    number = random.randrange(len(domain.kinds))
    kind = domain.kinds[number], domain.kinds_zh[number]
    year = random.randint(1480, 1990) if random.random() < 0.3 else random.randint(1820, 1995)
    values = {slot.name: draw_value(slot.value, random, year=year) for slot in domain.slots}
    dimensions = {
        slot.name: _dimension(slot, random) for slot in domain.slots if slot.kind == "size"
    }
    ends = ["gone"] * 5 + ["gone_undated"] + ["stands"] * 3 + ["planned"] * 3 + ["perhaps"] * 1
    ends += ["rebuilt"] * 2 if domain.family in REBUILT else []
    end = "none" if domain.family not in FAMILIES else random.choice([*ends, "none", "none"])
    return Thing(
        domain=domain,
        kind=kind,
        name=draw_name(domain.naming, random, kind),
        values=values,
        dimensions=dimensions,
        end=end,
        end_day=make_day(random, year + 6, max(year + 12, min(year + 110, 2024))),
        reason=random.choice(LISTS["gone_why"]),
        pronoun=random.choice(["he", "she"]) if domain.name == "person" else "it",
        now_foreign=random.randrange(4),
    )


def _dimension(slot: Slot, random: Random) -> str:
    known = {"length": "long", "height": "tall", "depth": "deep", "weight": "heavy"}
    known |= {"size": "big", "dimensions": "big", "area": "big", "leaf length": "long"}
    return f"{(noun := random.choice(slot.nouns))}:{known.get(noun, 'wide')}"


def phrase_key(thing: Thing, slot: Slot) -> str:
    """Which phrases ask for and state a fact."""
    if slot.kind == "size":
        return thing.dimensions[slot.name].split(":")[1]
    if slot.kind == "now":
        return "successor" if slot.value == "successor" else "now"
    if slot.kind == "when_month":
        return "flowers" if thing.domain.name == "plant" else "when_month"
    if slot.kind == "amount":
        special = {"income": "income", "value": "value_money"}
        return special.get(slot.name, slot.value)
    if slot.kind == "count":
        return "crew" if slot.value == "people" else slot.value
    if slot.kind == "what":
        return slot.value if slot.value in ASKED else "what"
    return slot.kind


def _words(thing: Thing, slot: Slot, language: str, random: Random) -> dict[str, str]:
    """The words of a fact for a template; those that the fact lacks are missing."""
    words = {}
    if language == "zh":
        if slot.verbs_zh:
            words["v"] = random.choice(slot.verbs_zh)
        if slot.nouns_zh:
            words["noun"] = random.choice(slot.nouns_zh)
        return words
    if slot.participles:
        number = random.randrange(len(slot.participles))
        words["pp"] = slot.participles[number]
        if slot.pasts:
            words["past"] = slot.pasts[min(number, len(slot.pasts) - 1)]
    if slot.name in thing.dimensions:
        words["noun"] = thing.dimensions[slot.name].split(":")[0]
    elif slot.nouns:
        words["noun"] = random.choice(slot.nouns)
    return words


def _usable(templates: Sequence[str], words: dict[str, str], free: str) -> list[str]:
    allowed = {*words, *free}
    return [
        template for template in templates if set(re.findall(r"\{(\w+)\}", template)) <= allowed
    ]


def written(value: Value, language: str, *, record: bool) -> str:
    """A value in a language; names and things stay English where no other form is known."""
    if isinstance(value, Day):
        return value.written(language, record=record)
    return value[1] if language == "zh" else value[0]


def _mention(thing: Thing, language: str, random: Random, *, first: bool, named: bool) -> str:
    """How a sentence calls the thing."""
    name = thing.name[language == "zh"]
    if language in foreign.LANGUAGES:
        return name.removeprefix("the ")
    if first or named or random.random() < 0.3:
        return name
    if language == "zh":
        pronoun = {"he": "他", "she": "她", "it": "它"}[thing.pronoun]
        return random.choice([pronoun, pronoun, f"该{thing.kind[1]}", f"这{thing.kind[1]}"])
    if thing.pronoun != "it":
        return thing.pronoun
    if thing.domain.name == "ship" and random.random() < 0.3:
        return "she"
    return random.choice(["it", "it", f"the {thing.kind[0]}"])


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _add_sentence(
    text: Text,
    thing: Thing,
    template: str,
    words: dict[str, str],
    marks: dict[str, tuple[str, str]],
    random: Random,
    *,
    first: bool,
    named: bool,
) -> None:
    """Put a sentence at the end; `marks` are the value and the fact's name for `V` and `W`."""
    template = choose(template, random)
    day = marks.get("V", ("", ""))[0]
    if text.language == "en":
        if re.match(r"\d{3,4}s$", day):
            template = re.sub(r"\b([Ii])n \{V\}", r"\1n the {V}", template)
        elif re.match(r"(\d{1,2} [A-Z]|[A-Z][a-z]+ \d{1,2},)", day):
            template = re.sub(r"\bin \{V\}", "on {V}", template)
            template = re.sub(r"\bIn \{V\}", "On {V}", template)
    if "W" in marks:
        template = template.replace("because of {W}", "{W}")
    mention = _mention(thing, text.language, random, first=first, named=named)
    # Pieces: plain words, {V}, {W}, and ‹words that show the status›.
    pieces = re.split(r"(\{\w+\}|‹|›)", template)
    start_of_sentence = True
    status_from = -1
    for piece in pieces:
        if not piece:
            continue
        if piece == "‹":
            status_from = text.length
            continue
        if piece == "›":
            text.facts.append(Fact(thing, "status", status_from, text.length))
            continue
        if piece in ("{N}", "{n}"):
            out = (
                mention
                if piece == "{N}" or named
                else _mention(thing, text.language, random, first=False, named=named)
            )
            text.add(_capital(out) if start_of_sentence else out)
        elif piece in ("{V}", "{W}"):
            value, slot = marks[piece[1]]
            if start_of_sentence and text.language == "en":
                value = _capital(value)
            text.mark(thing, slot, value)
        elif piece == "{k}":
            text.add(thing.kind[text.language == "zh"])
        elif piece.startswith("{"):
            out = words[piece[1:-1]]
            text.add(_capital(out) if start_of_sentence else out)
        else:
            text.add(_capital(piece) if start_of_sentence else piece)
        start_of_sentence = False


def _state_slot(
    text: Text, thing: Thing, name: str, random: Random, first: bool, named: bool
) -> bool:
    """Put a sentence that states a fact; False where no phrase fits."""
    slot = thing.slot(name)
    language = text.language
    if language in foreign.LANGUAGES:
        key = (_FOREIGN_DOMAINS.get(thing.domain.name, thing.domain.name), name)
        templates = list(foreign.SAID[language].get(key, ()))
        words: dict[str, str] = {}
        value = (
            foreign.NOW[language][thing.now_foreign]
            if name == "now"
            else written(thing.values[name], language, record=False)
        )
    else:
        words = _words(thing, slot, language, random)
        said, more = (SAID, sayings.SAID) if language == "en" else (SAID_ZH, sayings.SAID_ZH)
        templates = _usable(said[phrase_key(thing, slot)], words, "NnVk")
        special = more.get((thing.domain.name, name), ())
        if special and random.random() < 0.5:
            templates = list(special)
        value = written(thing.values[name], language, record=False)
    if first or named:
        templates = [one for one in templates if "{N}" in one or "{n}" in one]
    if not templates:
        return False
    template = random.choice(templates)
    _add_sentence(
        text, thing, template, words, {"V": (value, name)}, random, first=first, named=named
    )
    return True


def _state_end(text: Text, thing: Thing, random: Random, first: bool, named: bool) -> bool:
    """Put a sentence on the thing's end."""
    family = thing.family
    if family is None or thing.end == "none":
        return False
    language = text.language
    if language in foreign.LANGUAGES:
        domain = _FOREIGN_DOMAINS.get(thing.domain.name, thing.domain.name)
        key = {"gone": "ended", "stands": "stands", "planned": "stands"}.get(thing.end, "")
        templates: Sequence[str] = foreign.SAID[language].get((domain, key), ())
        words: dict[str, str] = {}
    else:
        suffix = "_zh" if language == "zh" else ""
        templates = _end_templates(thing, language)
        later = (thing.end_day.year or 1950) + random.randint(2, 40)
        words = {"pp": random.choice(getattr(family, "pp" + suffix)), "x": str(later)}
    if first or named:
        templates = [one for one in templates if "{N}" in one or "{n}" in one]
    if not templates:
        return False
    day = written(thing.end_day, language, record=False)
    slot = "ended" if thing.end in ("gone", "rebuilt") else "trap"
    marks = {"V": (day, slot), "W": (written(thing.reason, language, record=False), "why_ended")}
    _add_sentence(
        text, thing, random.choice(templates), words, marks, random, first=first, named=named
    )
    return True


def _end_templates(thing: Thing, language: str) -> list[str]:
    """How a sentence says the thing's end, or that it came back."""
    family, name = thing.family, thing.domain.family
    suffix = "_zh" if language == "zh" else ""
    if thing.end == "rebuilt":
        return list((REBUILT_ZH if suffix else REBUILT).get(name, ()))
    templates = list(getattr(family, thing.end + suffix))
    if thing.end == "planned":
        templates += (HARMED_ZH if suffix else HARMED).get(name, ())
    return templates


def allowed_slots(thing: Thing, language: str) -> list[str]:
    """The facts that may be stated beside the thing's end."""
    gone = thing.end in ("gone", "gone_undated")
    names = []
    for slot in thing.domain.slots:
        if slot.name == "now" and not gone:
            continue
        if slot.name in _IMPLY_STANDING and gone:
            continue
        if language in foreign.LANGUAGES:
            key = (_FOREIGN_DOMAINS.get(thing.domain.name, thing.domain.name), slot.name)
            if key not in foreign.SAID[language]:
                continue
        names.append(slot.name)
    return names


def write_prose(
    thing: Thing,
    neighbours: Sequence[Thing],
    language: str,
    random: Random,
    strange: Sequence[str] = (),
) -> Text:
    """A paragraph on `thing` with facts of its neighbours and `strange` sentences among its own."""
    text = Text(language, record=False)
    names = allowed_slots(thing, language)
    random.shuffle(names)
    names = names[: random.randint(1, 6)]
    steps: list[tuple[Callable[[bool, bool], bool], bool]] = [
        (partial(_state_slot, text, thing, name, random), False) for name in names
    ]
    ended = (partial(_state_end, text, thing, random), False)
    if random.random() < 0.85:
        steps.insert(random.randint(min(1, len(steps)), len(steps)), ended)
    for other in neighbours:
        for name in random.sample(allowed_slots(other, language), k=1):
            steps.insert(
                random.randint(1, len(steps)),
                (partial(_state_slot, text, other, name, random), True),
            )
        if random.random() < 0.5:
            steps.insert(
                random.randint(1, len(steps)),
                (partial(_state_end, text, other, random), True),
            )
    for sentence in strange:

        def put_strange(first: bool, named: bool, sentence: str = sentence) -> bool:
            del first, named
            text.add(sentence)
            return True

        steps.insert(random.randint(1, len(steps)), (put_strange, True))
    fillers = {"en": FILLERS, "zh": FILLERS_ZH}.get(language) or foreign.FILLERS[language]
    gap = "" if language == "zh" else random.choice([" "] * 9 + ["\n"])
    first, after_other = True, False
    if language in ("en", "zh") and random.random() < 0.35:
        _introduce(text, thing, random)
        first = False
    for step, is_other in steps:
        before = len(text.parts)
        if text.parts:
            text.add(gap)
        name_it = after_other or bool((neighbours or strange) and random.random() < 0.7)
        if not step(first or is_other, name_it or is_other):
            while len(text.parts) > before:
                text.length -= len(text.parts.pop())
            continue
        first, after_other = False, is_other
        if random.random() < 0.15:
            text.add(gap + random.choice(fillers))
    return text


def _introduce(text: Text, thing: Thing, random: Random) -> None:
    name = thing.name[text.language == "zh"]
    if text.language == "zh":
        text.mark(thing, "title", name)
        text.add(
            random.choice(
                [f"是一{_measure(thing)}{thing.kind[1]}。", f"是当地有名的{thing.kind[1]}。"]
            )
        )
        return
    if random.random() < 0.3:
        text.add("This is ")
        text.mark(thing, "title", name)
        text.add(f", a {thing.kind[0]}.")
        return
    text.mark(thing, "title", _capital(name))
    verb = "is" if thing.end in ("stands", "planned", "rebuilt", "none", "perhaps") else "was"
    text.add(
        random.choice([f" {verb} a well-known {thing.kind[0]}.", f" {verb} a {thing.kind[0]}."])
    )


def _measure(thing: Thing) -> str:
    return {
        "photograph": "张", "painting": "幅", "file": "个", "map": "幅", "instrument": "件", "building": "座", "bridge": "座",
        "ship": "艘", "vehicle": "辆", "plant": "种", "animal": "种", "specimen": "件", "person": "位", "company": "家",
        "festival": "个", "coin": "枚", "dish": "种", "lake": "处",
    }[thing.domain.name]  # fmt: skip


def write_record(thing: Thing, language: str, random: Random) -> tuple[Text, set[str]]:
    """A record on `thing`, and the facts whose fields are there but empty."""
    text = Text(language, record=True)
    values = language
    if language == "en" and random.random() < 0.06:
        values = "zh"
    names = allowed_slots(thing, language)
    random.shuffle(names)
    names = names[: random.randint(2, 9)]
    styles: list[Callable[[str], str]] = [str, _snake, str.upper, str.lower]
    style = random.choices(styles, weights=[12, 3, 1, 2])[0]
    stop = random.choices(["."] + ([""] if language != "zh" else ["。", ""]), k=1)[0]
    colon = random.choice(["：", ": "]) if language == "zh" else ": "
    lines: list[tuple[str, str, str, int]] = []  # label, value, fact, where the fact's value begins
    empty: set[str] = set()
    used: set[str] = set()

    def put(labels: Sequence[str], value: str, slot: str, at: int = 0) -> bool:
        free = [label for label in labels if label.lower() not in used]
        if not free:
            return False
        label = random.choice(free)
        used.add(label.lower())
        lines.append((style(label), value, slot, at))
        return True

    nothing = EMPTY if language != "zh" else EMPTY_ZH
    for name in names:
        slot = thing.slot(name)
        labels = _labels(thing, slot, language)
        if random.random() < 0.1:
            value = "" if random.random() < 0.3 else random.choice(nothing)
            if put(labels, value, ""):
                empty.add(name)
            continue
        value = (
            foreign.NOW[language][thing.now_foreign]
            if name == "now" and language in foreign.LANGUAGES
            else written(thing.values[name], values, record=True)
        )
        put(labels, _capital(value) if random.random() < 0.3 else value, name)
    if thing.family is not None and language in ("en", "zh"):
        _end_fields(thing, language, random, put, nothing, empty)
    elif thing.family is not None and thing.end == "gone":
        domain = _FOREIGN_DOMAINS.get(thing.domain.name, thing.domain.name)
        if (domain, "ended") in foreign.LABELS[language]:
            day = written(thing.end_day, language, record=True)
            put(foreign.LABELS[language][domain, "ended"], day, "ended+")
    for label, value in random.sample(
        EXTRA_LABELS if language != "zh" else EXTRA_LABELS_ZH, k=random.choice([0, 0, 1, 2, 3])
    ):
        put([label], value, "")
    random.shuffle(lines)
    if random.random() < 0.9:
        titles = {"en": _TITLES, "zh": _TITLES_ZH}.get(language) or foreign.TITLES[language]
        name = _capital(thing.name[values == "zh"].removeprefix("the "))
        lines.insert(
            0 if random.random() < 0.85 else random.randint(0, len(lines)),
            (style(random.choice(titles)), name, "title", 0),
        )
    for number, (label, value, fact, at) in enumerate(lines):
        if number:
            text.add("\n")
        text.add(label + colon)
        if fact.endswith("+"):
            # The end's date, and the whole value shows the status.
            text.facts.append(Fact(thing, "status", text.length, text.length + len(value)))
            day = written(thing.end_day, values if at == 0 else language, record=True)
            begin = text.length + at
            if thing.end == "gone":
                text.facts.append(Fact(thing, "ended", begin, begin + len(day)))
            text.add(value)
        elif fact:
            text.mark(thing, fact, value)
        else:
            text.add(value)
        text.add(stop)
    return text, empty


def _snake(label: str) -> str:
    return re.sub(r"[^\w]+", "_", label.lower()).strip("_")


def _labels(thing: Thing, slot: Slot, language: str) -> list[str]:
    if language in foreign.LANGUAGES:
        domain = _FOREIGN_DOMAINS.get(thing.domain.name, thing.domain.name)
        return list(foreign.LABELS[language].get((domain, slot.name), ()))
    labels = list(slot.labels_zh if language == "zh" else slot.labels)
    if slot.kind != "size":
        return labels
    dimension = thing.dimensions[slot.name].split(":")[1]
    marks = {
        "long": "ength|Span|LOA|全长|长|跨", "tall": "eight|Tall|Elevation|高|海拔", "deep": "epth|深",
        "heavy": "eight$|Mass|mass|重",
    }.get(dimension)  # fmt: skip
    if marks is None:
        other = "ength|eight|epth|Tall|Elevation|长|高|深|LOA|Span|跨|海拔"
        fitting = [label for label in labels if not re.search(other, label)]
        return fitting or labels
    return [label for label in labels if re.search(marks, label)] or labels


def _end_fields(
    thing: Thing,
    language: str,
    random: Random,
    put: Callable[..., bool],
    nothing: Sequence[str],
    empty: set[str],
) -> None:
    """Put the fields on the thing's end."""
    family = thing.family
    if family is None or thing.end == "none":
        return
    suffix = "_zh" if language == "zh" else ""
    day = written(thing.end_day, language, record=True)
    dates: Sequence[str] = getattr(family, "date_labels" + suffix)
    if thing.end == "gone":
        chance = random.random()
        if chance < 0.65:
            put(dates, day, "ended+", 0)
        if chance > 0.5:
            label, _, value = random.choice(getattr(family, "fields_gone" + suffix)).partition("=")
            at = value.find("{V}")
            if at >= 0:
                put([label], value.replace("{V}", day), "ended+", at)
            else:
                put([label], value, "status")
        if random.random() < 0.4:
            reason = written(thing.reason, language, record=True)
            put(getattr(family, "why_labels" + suffix), reason, "why_ended")
        return
    if thing.end == "gone_undated":
        choices = [one for one in getattr(family, "fields_gone" + suffix) if "{V}" not in one]
        label, _, value = random.choice(choices).partition("=")
        put([label], value, "status")
        if random.random() < 0.3:
            put(dates, random.choice(nothing), "")
            empty.add("ended")
        return
    key = "fields_perhaps" if thing.end == "perhaps" else "fields_stands"
    label, _, value = random.choice(getattr(family, key + suffix)).partition("=")
    put([label], value.replace("{V}", day), "" if thing.end == "perhaps" else "status")
    if random.random() < 0.25:
        put(dates, random.choice(nothing), "")
        empty.add("ended")


def status_of(text: Text, thing: Thing) -> str | None:
    """What the text says of the thing's being there; None where it only lets one guess."""
    if any(fact.slot == "status" for fact in text.facts if fact.thing is thing):
        return GONE if thing.end in ("gone", "gone_undated") else STANDING
    implied = any(
        fact.thing is thing and fact.slot in (*_IMPLY_STANDING, "now") for fact in text.facts
    )
    return None if implied else NOT_SAID


def ask_name(thing: Thing, language: str, context: str, random: Random, *, named: bool) -> str:
    """What a question calls the thing."""
    name = thing.name[language == "zh"]
    if (language == "zh") != (context == "zh") and random.random() < 0.4:
        name = thing.name[context == "zh"]
    if language in foreign.LANGUAGES:
        return name.removeprefix("the ")
    if language == "zh":
        if named or random.random() < 0.45:
            return random.choice(
                [
                    name,
                    name,
                    name,
                    f"“{name}”",
                    f"《{name}》" if thing.domain.name in ("painting", "map", "file") else name,
                ]
            )
        pronoun = {"he": "他", "she": "她", "it": "它"}[thing.pronoun]
        measure = _measure(thing)
        return random.choice(
            [
                pronoun,
                f"这{measure}{thing.kind[1]}",
                f"该{thing.kind[1]}",
                f"这个{thing.kind[1]}",
                f"图中的{thing.kind[1]}",
            ]
        )
    if named or random.random() < 0.5:
        if random.random() < 0.12:
            return f"the {thing.kind[0]} {name.removeprefix('the ')}"
        if random.random() < 0.08:
            return name.lower()
        return name
    if thing.pronoun != "it":
        return random.choice([thing.pronoun, "this person"])
    return random.choice(
        [
            "it",
            "it",
            f"this {thing.kind[0]}",
            f"this {thing.kind[0]}",
            f"the {thing.kind[0]}",
            f"that {thing.kind[0]}",
            f"the {thing.kind[0]} in the photo",
        ]
    )


def ask_slot(
    thing: Thing, name: str, language: str, context: str, random: Random, *, named: bool
) -> str | None:
    """A question for a fact, `title`, `ended`, `why_ended`; None where the language has none."""
    call = ask_name(thing, language, context, random, named=named)
    if language in foreign.LANGUAGES:
        key = {"why_ended": "why"}.get(name, name)
        domain = _FOREIGN_DOMAINS.get(thing.domain.name, thing.domain.name)
        templates = list(foreign.ASKED[language].get((domain, key), ()))
        words: dict[str, str] = {}
    elif name in ("ended", "why_ended"):
        if thing.family is None:
            return None
        suffix = "_zh" if language == "zh" else ""
        key = "when_asked" if name == "ended" else "why_asked"
        templates = list(getattr(thing.family, key + suffix))
        words = {"pp": random.choice(getattr(thing.family, "pp" + suffix))}
    elif name == "title":
        templates, words = list((ASKED_ZH if language == "zh" else ASKED)["title"]), {}
    else:
        slot = thing.slot(name)
        words = _words(thing, slot, language, random)
        zh = language == "zh"
        asked, more = (ASKED_ZH, sayings.ASKED_ZH) if zh else (ASKED, sayings.ASKED)
        templates = _usable(asked[phrase_key(thing, slot)], words, "nk")
        special = more.get((thing.domain.name, name), ())
        if special and random.random() < 0.45:
            templates = list(special)
            words = {}
    if named:
        templates = [one for one in templates if "{n}" in one]
    if not templates:
        return None
    return fill_question(random.choice(templates), thing, call, words, language, random)


def fill_question(
    template: str, thing: Thing, call: str, words: dict[str, str], language: str, random: Random
) -> str:
    """A question from its template."""
    filled = choose(template, random)
    for word, value in {**words, "n": call, "k": thing.kind[language == "zh"]}.items():
        filled = filled.replace("{" + word + "}", value)
    if language == "en":
        for pronoun, other in (("he", "him"), ("she", "her")):
            if call == pronoun:
                filled = re.sub(rf"\b(of|for|to|did|by|after) {pronoun}\b", rf"\1 {other}", filled)
                filled = re.sub(rf"\bdid {other}\b", f"did {pronoun}", filled)
        if not filled[0].islower() or random.random() < 0.9:
            filled = _capital(filled)
    if language == "zh":
        filled = filled.replace("被?", random.choice(["被", ""]))
    return re.sub(r"  +", " ", filled).strip()


def make_rows(random: Random, sentences: Mapping[str, Sequence[str]]) -> list[Row]:
    """A context with its questions; `sentences` are real ones by language, put among the prose."""
    chance = random.random()
    if chance < 0.1:
        return _listing(random)
    domain = None
    context = random.choices(["en", "zh", *foreign.LANGUAGES], weights=[54, 32, 5, 4, 4])[0]
    if context in foreign.LANGUAGES:
        names = {name for name, _ in foreign.SAID[context]} | {"bridge"}
        domain = random.choice([one for one in DOMAINS if one.name in names])
    thing = make_thing(random, domain)
    others = [make_thing(random, thing.domain) for _ in range(2)]
    empty: set[str] = set()
    neighbours: list[Thing] = []
    strange: Sequence[str] = ()
    if random.random() < 0.5:
        text, empty = write_record(thing, context, random)
    else:
        neighbours = others[: random.choice([0, 0, 1, 1, 2])]
        if context in sentences and random.random() < 0.4:
            at = random.randrange(len(sentences[context]) - 4)
            strange = sentences[context][at : at + random.choice([1, 1, 2, 3, 4])]
        text = write_prose(thing, neighbours, context, random, strange)
    if not text.facts:
        return []
    makers = [
        (5, _answered), (2, _absent), (2.5, _existence), (1.6, _end), (1.4, _wrong), (0.9, _of_neighbour),
        (0.5, _empty), (0.35, _title), (0.25, _strange),
    ]  # fmt: skip
    rows: list[Row] = []
    for _ in range(random.randint(2, 4)):
        maker = random.choices([one for _, one in makers], weights=[w for w, _ in makers])[0]
        question = _question_language(context, random)
        row = maker(
            Asking(text, thing, neighbours, others[-1], empty, question, random, bool(strange))
        )
        if row is not None and all(row["question"] != other["question"] for other in rows):
            rows.append(row)
    return rows


def _question_language(context: str, random: Random) -> str:
    if context in foreign.LANGUAGES:
        return random.choice([context, context, "en", "zh"])
    other = "zh" if context == "en" else "en"
    return random.choices([context, other, random.choice(foreign.LANGUAGES)], weights=[10, 7, 1])[0]


@dataclass(slots=True)
class Asking:
    """What a question is made from."""

    text: Text
    thing: Thing
    neighbours: Sequence[Thing]
    stranger: Thing
    empty: set[str]
    language: str
    random: Random
    crowded: bool = False

    def row(
        self,
        question: str | None,
        facts: Sequence[Fact],
        status: str | None,
        *,
        yes_no: bool | None = None,
        kept: bool = False,
    ) -> Row | None:
        """The row, or None where there is no question."""
        if question is None:
            return None
        words = self.text.words
        row: Row = {
            "question": question,
            "context": words,
            "answers": [
                {"text": words[fact.start : fact.end], "start": fact.start} for fact in facts
            ],
            "answerable": bool(facts),
            "language_question": self.language,
            "language_context": self.text.language,
            "record": self.text.record,
            "status": status,
            "made": "generated",
        }
        if yes_no is not None:
            row["yes_no"] = yes_no
        if kept:
            row["kept"] = True
        return row

    def status(self, thing: Thing, fact: str) -> str | None:
        """What the text says of the thing's being there, where the question is about that."""
        return status_of(self.text, thing) if fact in _ABOUT_END else None

    @property
    def named(self) -> bool:
        """Whether the question must name the thing, since others are in the text."""
        return (bool(self.neighbours) or self.crowded) and self.random.random() < 0.9


def _answered(asking: Asking) -> Row | None:
    """A fact of the thing that is in the text."""
    stated = {
        fact.slot
        for fact in asking.text.facts
        if fact.thing is asking.thing and fact.slot not in ("status", "trap", "title")
    }
    if not stated:
        return None
    name = asking.random.choice(sorted(stated))
    facts = asking.text.find(asking.thing, name)
    question = ask_slot(
        asking.thing, name, asking.language, asking.text.language, asking.random, named=asking.named
    )
    return asking.row(question, facts, asking.status(asking.thing, name))


def _absent(asking: Asking) -> Row | None:
    """A fact of the thing that is not in the text, though others' facts of that sort may be."""
    thing = asking.thing
    stated = {fact.slot for fact in asking.text.facts if fact.thing is thing}
    close = set().union(*(group for group in _CLOSE if group & stated), stated)
    names = [slot.name for slot in thing.domain.slots if slot.name not in close]
    if thing.domain.naming in ("scene", "artwork", "map", "file"):
        names = [name for name in names if name not in ("depicts", "people")]
    if "status" in stated or thing.end == "none":
        names = [name for name in names if name != "now"]
    if not names:
        return None
    name = asking.random.choice(names)
    question = ask_slot(
        thing, name, asking.language, asking.text.language, asking.random, named=asking.named
    )
    return asking.row(question, [], asking.status(thing, name))


def _empty(asking: Asking) -> Row | None:
    """A field that is there without a value."""
    if not asking.empty:
        return None
    name = asking.random.choice(sorted(asking.empty))
    if asking.text.find(asking.thing, name):
        return None
    question = ask_slot(
        asking.thing, name, asking.language, asking.text.language, asking.random, named=False
    )
    return asking.row(question, [], asking.status(asking.thing, name))


def _existence(asking: Asking) -> Row | None:
    """Whether the thing, or its neighbour, is still there."""
    random = asking.random
    thing = asking.thing
    if asking.neighbours and random.random() < 0.3:
        thing = random.choice(asking.neighbours)
    family = thing.family
    status = status_of(asking.text, thing)
    if family is None or status is None:
        return None
    named = thing is not asking.thing or asking.named
    call = ask_name(thing, asking.language, asking.text.language, random, named=named)
    gone_asked = (
        random.random() < 0.3 and asking.language in ("en", "zh") and thing.end != "rebuilt"
    )
    if asking.language in foreign.LANGUAGES:
        domain = _FOREIGN_DOMAINS.get(thing.domain.name, thing.domain.name)
        templates: Sequence[str] = foreign.ASKED[asking.language].get((domain, "still"), ())
        words: dict[str, str] = {}
    else:
        suffix = "_zh" if asking.language == "zh" else ""
        key = ("gone_asked" if gone_asked else "still_asked") + suffix
        templates = [one for one in getattr(family, key) if "{n}" in one or not named]
        words = {"pp": random.choice(getattr(family, "pp" + suffix))}
    if not templates:
        return None
    question = fill_question(random.choice(templates), thing, call, words, asking.language, random)
    facts = asking.text.find(thing, "status")
    if not facts:
        return asking.row(question, [], NOT_SAID)
    return asking.row(question, facts, status, yes_no=(status == GONE) == gone_asked)


def _end(asking: Asking) -> Row | None:
    """When or why the thing ended, whether or not it did and the text says so."""
    random = asking.random
    name = "ended" if random.random() < 0.7 else "why_ended"
    thing = asking.thing
    if asking.neighbours and random.random() < 0.25:
        thing = random.choice(asking.neighbours)
    if thing.family is None:
        return None
    named = thing is not asking.thing or asking.named
    facts = asking.text.find(thing, name)
    question = ask_slot(thing, name, asking.language, asking.text.language, random, named=named)
    return asking.row(question, facts, status_of(asking.text, thing))


def _wrong(asking: Asking) -> Row | None:
    """A question that names another thing than the text is about."""
    random = asking.random
    thing = asking.thing
    stated = [
        fact.slot
        for fact in asking.text.facts
        if fact.thing is thing and fact.slot not in ("status", "trap", "title", "why_ended")
    ]
    if not stated:
        return None
    other = asking.stranger
    digits = re.search(r"\d+", thing.name[0])
    if digits and random.random() < 0.8:
        number = str(int(digits[0]) + random.choice([1, 2, 3, 5, 10, 20, 100]))
        name = (thing.name[0].replace(digits[0], number), thing.name[1].replace(digits[0], number))
    else:
        name = other.name
    if name[0] == thing.name[0] or name[1] == thing.name[1] or other in asking.neighbours:
        return None
    wrong = Thing(
        thing.domain, thing.kind if digits else other.kind, name, thing.values, thing.dimensions,
        "none", thing.end_day, thing.reason, thing.pronoun, thing.now_foreign,
    )  # fmt: skip
    fact = random.choice(stated)
    question = ask_slot(wrong, fact, asking.language, asking.text.language, random, named=True)
    return asking.row(question, [], NOT_SAID if fact in _ABOUT_END else None)


def _of_neighbour(asking: Asking) -> Row | None:
    """A fact of a neighbour that is in the text, or is only in the text for the thing."""
    if not asking.neighbours:
        return None
    random = asking.random
    other = random.choice(asking.neighbours)
    stated = {
        fact.slot
        for fact in asking.text.facts
        if fact.thing is other and fact.slot not in ("status", "trap", "title")
    }
    mine = {fact.slot for fact in asking.text.facts if fact.thing is asking.thing} - {
        "status", "trap", "title", "why_ended",
    }  # fmt: skip
    close = set().union(*(group for group in _CLOSE if group & stated), stated)
    only_mine = sorted(mine - close)
    if only_mine and random.random() < 0.5:
        name, facts = random.choice(only_mine), []
        if name == "ended" and other.family is None:
            return None
    elif stated:
        name = random.choice(sorted(stated))
        facts = asking.text.find(other, name)
    else:
        return None
    question = ask_slot(other, name, asking.language, asking.text.language, random, named=True)
    return asking.row(question, facts, asking.status(other, name))


def _title(asking: Asking) -> Row | None:
    """What the thing is called."""
    facts = asking.text.find(asking.thing, "title")
    if not facts or asking.language in foreign.LANGUAGES or asking.neighbours:
        return None
    question = ask_slot(
        asking.thing, "title", asking.language, asking.text.language, asking.random, named=False
    )
    return asking.row(question, facts, None)


def _strange(asking: Asking) -> Row | None:
    """A question that fits another kind of thing."""
    random = asking.random
    if asking.language in foreign.LANGUAGES:
        return None
    other = make_thing(random)
    kinds = {slot.kind for slot in asking.thing.domain.slots}
    slots = [
        slot
        for slot in other.domain.slots
        if slot.kind not in kinds and slot.kind not in ("of", "content", "held", "use", "named")
    ]
    if not slots:
        return None
    other.kind, other.name, other.pronoun = (
        asking.thing.kind, asking.thing.name, asking.thing.pronoun,
    )  # fmt: skip
    question = ask_slot(
        other, random.choice(slots).name, asking.language, asking.text.language, random, named=False
    )
    return asking.row(question, [], None)


_CONTAINERS = (
    ("box", "盒"), ("folder", "文件夹"), ("room", "展厅"), ("drawer", "抽屉"), ("plate", "图版"), ("shelf", "书架"),
    ("case", "展柜"), ("volume", "卷"), ("locker", "储物柜"), ("reel", "胶片卷"),
)  # fmt: skip


def _listing(random: Random) -> list[Row]:
    """Numbered containers with what is in them; the number must match."""
    context = random.choice(["en", "en", "zh"])
    kind = random.choice(_CONTAINERS)
    count = random.choice([1, 1, 2, 3, 4, 5])
    numbers = random.sample(range(1, 41), k=count)
    if random.random() < 0.6:
        numbers.sort()
    contents = random.sample(LISTS["content"], k=count)
    zh = context == "zh"
    record = random.random() < 0.6
    text = Text(context, record)
    thing = make_thing(random)
    separate = count == 1 and record
    style = random.randrange(4)
    for place, (number, content) in enumerate(zip(numbers, contents, strict=True)):
        if place:
            text.add("\n" if record else ("" if zh else " "))
        _list_entry(text, thing, kind, number, content[zh], style, separate)
    rows: list[Row] = []
    for _ in range(random.randint(2, 3)):
        language = _question_language(context, random)
        if language in foreign.LANGUAGES:
            language = context
        asking = Asking(text, thing, (), thing, set(), language, random)
        row = _ask_listing(asking, kind, numbers, contents)
        if row is not None and all(row["question"] != other["question"] for other in rows):
            rows.append(row)
    return rows


def _list_entry(
    text: Text, thing: Thing, kind: Pair, number: int, content: str, style: int, separate: bool
) -> None:
    """One container of a list."""
    if text.language == "zh":
        label = [
            f"第{number}{kind[1]}",
            f"{kind[1]}{number}",
            f"{number}号{kind[1]}",
            f"{kind[1]}编号{number}",
        ][style]
        if separate:
            text.add(f"{kind[1]}号：")
            text.mark(thing, f"number{number}", str(number))
            text.add("\n内容：")
            text.mark(thing, f"content{number}", content)
            text.add("。")
            return
        text.mark(thing, f"number{number}", label)
        text.add("：" if text.record else ["里有", "装着", "存放", "为"][style])
        text.mark(thing, f"content{number}", content)
        text.add("。")
        return
    if separate:
        text.add(f"{kind[0].capitalize()}: ")
        text.mark(thing, f"number{number}", str(number))
        text.add(".\n" + ["Contents", "Content", "Holds", "Description"][style] + ": ")
        text.mark(thing, f"content{number}", content)
        text.add(".")
        return
    text.mark(thing, f"number{number}", f"{kind[0].capitalize()} {number}")
    text.add(": " if text.record else [" holds ", " contains ", " is for ", " has "][style])
    text.mark(thing, f"content{number}", content)
    text.add(".")


def _ask_listing(
    asking: Asking, kind: Pair, numbers: Sequence[int], contents: Sequence[Pair]
) -> Row | None:
    random = asking.random
    zh = asking.language == "zh"
    container = kind[zh]
    place = random.randrange(len(numbers))
    number, content = numbers[place], contents[place][zh]
    chance = random.random()
    if chance < 0.75:
        facts = asking.text.find(asking.thing, f"content{number}")
        if chance < 0.33:
            number = random.choice([one for one in range(1, 60) if one not in numbers])
            facts = []
        templates: tuple[str, ...] = (
            ("{c}{i}里有什么？", "第{i}{c}装的是什么？", "{i}号{c}的内容是什么？", "{c}{i}放了什么？")
            if zh
            else ("What is in {c} {i}?", "What does {c} {i} hold?", "What are the contents of {c} {i}?", "{c} {i}: what is it?", "What do I find in {c} no. {i}?", "what's in {c} {i}")
        )  # fmt: skip
        question = random.choice(templates).format(c=container, i=number)
        return asking.row(_capital(question), facts, None)
    facts = asking.text.find(asking.thing, f"number{number}")
    if chance > 0.88:
        left = [one for one in LISTS["content"] if one not in contents]
        content, facts = random.choice(left)[zh], []
    templates = (
        ("{x}在哪个{c}里？", "哪个{c}里有{x}？", "{x}放在几号{c}？")
        if zh
        else ("Which {c} holds {x}?", "In which {c} are {x}?", "Where are {x}?", "{x} are in which {c}?")
    )  # fmt: skip
    question = random.choice(templates).format(c=container, x=content)
    return asking.row(_capital(question), facts, None)
