"""Sentences → what happened to the subject and when, and whether it exists, by plain grammar.

A sentence is cut into clauses. What a clause says counts where the words before the verb, without
dates, auxiliaries and adverbs, mean the document's subject: its name or its kind (*the bridge*), a
pronoun, or nothing. All else is left out. Knows no domain. Linear in the text's length.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from knowledge.dates import MONTH, Year, find_years
from knowledge.language import is_han
from vlm.chronology import lexicon as lex
from vlm.chronology.lexicon import EventKind, longest_first, plain

Whose = Literal["main", "aside", "other"]
"""Who something is said of: the document's subject; a person or a part of it, after which *it*
means the subject again; another thing, after which it does not."""
Span = tuple[int, int]
"""Start and end, in characters of a document's text."""

_MOST_AT_ONCE = 800
"""Characters of a sentence that are read together."""
_DATE = (
    rf"\s*(?:\b(?:on|the|of|in|um|am|im|le|el|de|en|since|by|about|year|jahr|{MONTH})\s+)*"
    rf"(?:\d\d?\.?(?:st|nd|rd|th)?\s+)?(?:{MONTH}\s+(?:de\s+)?)?(?:\d\d?,\s+)?\d{{1,4}}\b"
)
_BREAK = re.compile(
    rf"[;:()\[\]|]|(?<=[\u3400-\u9fff”》]),|,(?!{_DATE})|\s[—–-]\s|—(?!\d)|[，；：、（）？]|"
    rf"\b(?:while|whereas|when|where|until|till|before|after|because|although|though|then|als|bis|"
    rf"that|which|who|whose|qui|que|dont|and|but|or|und|aber|et|mais|y|e)\b(?!{_DATE})",
    re.IGNORECASE,
)
_RELATIVE = frozenset({"which", "who", "that", "whose", "qui", "que", "dont"})
_NUMBER = rf"\s*\d{{1,3}}\b(?!\.?(?:st|nd|rd|th)?\s+{MONTH})"  # of a name: *Locomotive 44*
_FILL = re.compile(rf"(?!{_NUMBER}){_DATE}|{lex.AUXILIARY}|{lex.ADVERB}|[^\w'-]+", re.IGNORECASE)
_HAN_FILL = re.compile(
    r"[\d〇零一二三四五六七八九十]{1,4}(?:世纪|年代|年|月|日)[初末底间起春夏秋冬]?|\d{3,4}|\W+|"
    r"今天|今日|现[在今]|如今|目前|(?:开始|动手)$|(?:被|由(?!于)|因|遭|随着|为了|(?<=.)[仍还依]).*"
)
_RECORD = re.compile(  # Label: value
    r"[\s>*•\-–|]*([^\s:：|(（][^:：|(（\n]{0,40}?(?:\([^)]{0,12}\))?)\s*[:：|]\s*(\S.*)?$"
)
_PERSON = re.compile(r"\b(?:born|geboren|nacid[oa])\b|出生|生于|[(（]\D{0,60}\d{3,4}\D{0,20}[-–—]")
_COPULA = re.compile(
    r"\b(?:(?P<now>is|are|ist|sind|est|es)|(?:was|were|war|waren|etait|fut|era|fue))\b"
    r"(?P<a>\s+(?:an?|the|one|eine?|une?|una?|der|die|das|le|la|el)\b)?|(?P<zh>[曾原]是|曾为)"
)
_KIND = re.compile(
    rf"(?:{_COPULA.pattern}|^(?:[^,.]{{1,80}}, )?(?:an?|eine?|une?|una?)\b)"
    rf"(?P<kind>(?: [\w'-]+){{1,7}}?)"
    rf"(?= (?:{lex.PREPOSITION}|and|that|which|built|designed|located|known|\w+ing)\b|[,.;(]|$)"
)
_STATES = (lex.GONE, lex.STANDS, lex.IN_USE, lex.AGAIN, lex.SITE)
_VERB = re.compile("|".join([lex.AUXILIARY, *(state.pattern for state in _STATES[:3])]))
_NAMED = rf"(?:{lex.DEFINITE} )?N(?: H|{lex.HAN_LIKE})?|{lex.HAN_LIKE}"  # N: a name, H: a head
_SUBJECT = (
    rf"(?:{lex.PREPOSITION} (?:.*? )?)?(?:{_NAMED}|{lex.DEFINITE} (?:(?:H|{lex.NEUTRAL}) )*H|"
    rf"(?P<it>{lex.PRONOUN})|{lex.HAN_IT})"
)
_PLACE = r"(?: (?:in|on|at|near)(?: (?!by\b|an?\b|to\b)[\w'-]+){1,4})?"
_WHOLE = re.compile(rf"{_SUBJECT}{_PLACE}(?: (?:an?|the|one of the)(?: [\w'-]+){{0,5}} H{_PLACE})?")
_BEGUN = re.compile(rf"{_SUBJECT}(?! (?:of|de|du|von)\b)(?=$|[^\w'-]|[{lex.HAN_FILL}位])(?!的)")
_INDEFINITE, _NOBODY = re.compile(lex.INDEFINITE), re.compile(rf"{lex.DEFINITE}|工程|施工")
_OBJECT = re.compile(rf"\s*(?:{lex.DEFINITE}|{lex.INDEFINITE}|{lex.POSSESSIVE}|{lex.PRONOUN}|N)")
_ENDS_OBJECT = re.compile(rf"[，。；、,！和及与]|{lex.PREPOSITION}")
_OF, _OWNER = re.compile(r"\s+(?:of|von|des|de|du|del)\b"), re.compile(rf"{lex.POSSESSIVE}\s+$")
_ADJECTIVE = re.compile(rf"(?:{lex.DEFINITE}|{lex.POSSESSIVE}|\ban?)\s+$")
_PASSIVE = re.compile(r"\b(?:was|were|been|being|is|are|be)\s+(?:\w+ly\s+)?$")
_THEY = re.compile(r"\b(?:they|them|sie|ils|elles|ellos|ellas)\b|[它他]们")
_LIGHT = re.compile(r"(?:made|began|started)(?!\W*(?:$|\d|(?:in|on|by|of|at|around|it|the)\b))")
"""Of something else than a deed: *made a saint*, *began to sink*."""
_MOMENTS: frozenset[EventKind] = frozenset({"opened", "damaged", "burnt", "destroyed", "closed"})
"""What happens on a day: *since 1965* or *until 1965* does not date it."""
_AGAIN, _GONE, _LABEL, _STANDS, _DEED, _USE, _TENSE = 0.98, 0.95, 0.92, 0.92, 0.5, 0.45, 0.3
_RETURNED = 0.91
"""Of something that ended and came back: that it exists."""
"""How plainly each sign says whether the subject exists."""


@dataclass(frozen=True, slots=True)
class Event:
    """A dated event of the subject: `document.text[start:end]` is the sentence that states it.

    `year` has its own position in `document.text`; `words` are those that say what happened, in
    plain form. `bare`: the clause says this of the subject and nothing else, so it can be held
    against another such clause.
    """

    kind: EventKind
    year: Year
    start: int
    end: int
    words: str = ""
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Existence:
    """Whether the subject exists today, as the sentence `document.text[start:end]` says it.

    `plainness`: explicit words are above 0.9, an end or a use that implies it about 0.5, the tense
    of the first sentence 0.3.
    """

    exists: bool
    start: int
    end: int
    plainness: float


class _Clause(NamedTuple):
    start: int
    end: int
    opener: str
    deeds: list[re.Match[str]]
    years: list[Year]


def _stands(value: str) -> bool:
    """Whether a record's value says that something stands, and not that something else does on its
    site."""
    stands = lex.STANDING_VALUES.search(value) or lex.STANDS.search(value)
    ended = lex.GONE_VALUES.search(value) or lex.GONE.search(value) or lex.SITE.search(value)
    return bool(stands) and not ended and not lex.DENIED.search(value)


def _core(text: str) -> str:
    """What names somebody in the words before a verb: no date, auxiliary or adverb."""
    if not text.isascii() and any(map(is_han, text)):
        return _HAN_FILL.sub(" ", text).strip(lex.HAN_FILL + "的 -'")
    return " ".join(_FILL.sub(" ", text).split()).strip("-'")


def _places(word: str, text: str) -> list[int]:
    """Where a word stands in a text as a whole one."""
    places, start = [], text.find(word)
    while start >= 0:
        before, after = text[start - 1 : start], text[start + len(word) : start + len(word) + 1]
        if not ("a" <= before <= "z" or "a" <= after <= "z"):
            places.append(start)
        start = text.find(word, start + 1)
    return places


class Names:
    """What means a document's subject, by its names and the text's first sentence: *The SS Example
    was a steamer* makes *the steamer* it."""

    def __init__(self, names: Sequence[str], first: str) -> None:
        said = plain(first[:_MOST_AT_ONCE])
        parts = [part[:100] for n in names[:50] for part in (n, re.split("[,(（，]", n)[0])]
        full = {core for part in parts if (core := _core(plain(part)))}
        words = {word for name in full for word in re.findall(r"[a-zß]{3,}", name)}
        words = {word for word in words if not re.match(f"{lex.PREPOSITION}|{lex.DEFINITE}", word)}
        found = _KIND.search(said)
        nouns = found["kind"].split() if found is not None else []
        is_romance = found is not None and found["a"] in {" un", " une", " una"}
        kinds = set(nouns[:1] if is_romance else nouns[-1:])
        groups = [group for group in lex.LIKE[:-1] if group & (words | kinds)]
        is_person = _PERSON.search(said) is not None
        self.is_alive = is_person or lex.LIKE[1] in groups
        is_she = is_person or lex.LIKE[0] in groups
        runs = [run for name in full for run in re.findall("[\u3400-\u9fff]{2,}", name)]
        full |= {run[cut:] for run in runs for cut in range(min(max(1, len(run) - 1), 12))}
        bodies = [run[-1] + body for run in runs for body in "房楼舍体身"]  # 车站: its 站房
        self.last = {run[-1] for run in runs}
        full |= {age + body for body in bodies for age in ("", "老", "旧", "原")}
        full |= words | {"he", "she", "him", "her"} if is_she else set()
        ends = {word[cut:] for word in words for cut in range(1, len(word) - 3)}  # wind|mill
        heads = kinds.union(words, ends, *(groups or lex.LIKE[-1:]))
        self._marks = [*((word, "N") for word in longest_first(full)),
                       *((word, "H") for word in longest_first(heads))]  # fmt: skip

    def marked(self, text: str) -> str:
        """The text with N for each name of the subject and H for each word of its kind."""
        # Not a compiled pattern of them all, which took longer to make than a record to read.
        found = [
            (start, rank, len(word), mark)
            for rank, (word, mark) in enumerate(self._marks)
            if word in text
            for start in _places(word, text)
        ]
        parts, at = [], 0
        for start, _, length, mark in sorted(found):
            if start >= at:
                parts += [text[at:start], mark]
                at = start + length
        return "".join(parts) + text[at:]

    def whose(self, text: str, topic: Whose, *, whole: bool = True) -> Whose | None:
        """Whom words mean; None for nobody. If they are not the `whole` of a noun phrase, a verb
        follows it. A pronoun means the topic."""
        core = self.marked(_core(text))
        if not core or _NOBODY.fullmatch(core):
            return None
        found = _WHOLE.fullmatch(core) if whole else _BEGUN.match(core)
        if found is None:
            return "other" if _INDEFINITE.match(core) else "aside"
        return topic if found["it"] else "main"


class TextReader:
    """Reads a text's sentences one after the other; a pronoun means what was spoken of before."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.topic: Whose = "main"
        self.events: list[Event] = []
        self.signs: list[tuple[Existence, int | None]] = []
        self.years: list[Year] = []
        self.standing: list[Span] = []
        self.gone: list[Span] = []
        self.elsewhere: list[Span] = []

    def sentence(self, text: str, start: int) -> None:
        """Read a sentence that stands at `start` of the document's text."""
        self.span, years = (start, start + len(text)), find_years(text)
        self.years += [_moved(year, start) for year in years]
        begin, record = 0, _RECORD.match(text)
        if record is not None:
            if self._record(record, [y for y in years if y.start >= record.start(2)]):
                return
            if record[2] and record[1].count(" ") < 4:
                begin = record.start(2)
        said = " " * begin + plain(text[begin:_MOST_AT_ONCE])
        if not said.rstrip().endswith(("?", "？")):
            self._prose(said, [y for y in years if begin <= y.start and y.end <= len(said)])

    def _says(self, exists: bool, plainness: float, at: Sequence[Year] = ()) -> None:
        sign = Existence(exists, *self.span, plainness)
        self.signs.append((sign, at[-1].value if at else None))

    def _date(self, kind: EventKind, at: Sequence[Year], words: str, bare: bool) -> None:
        """Note an event for each year; *built between 1726 and 1743* is begun in the first."""
        for year in at:
            if year.role == "at" or kind not in _MOMENTS:
                of_year: EventKind = "begun" if kind == "built" and year.role == "from" else kind
                moved = _moved(year, self.span[0])
                self.events.append(Event(of_year, moved, *self.span, words, bare))

    def _record(self, record: re.Match[str], at: list[Year]) -> bool:
        """Read `Label: value`; False where the label says nothing about time."""
        label, value = (
            " ".join(plain(part or "").strip(" .。*_-–").split()) for part in record.groups()
        )
        kind = next((lex.KINDS[word] for word in lex.ASKED.findall(label)), None)
        rest = re.sub(r"[\s\-_/().·]+", " ", lex.ASKED.sub(" ", label)).split()
        is_status = label in lex.STATUS_LABELS
        if not is_status and (kind is None or any(not {w, *w} & lex.LABEL_WORDS for w in rest)):
            return False
        is_no, is_end = lex.NO.match(value), not is_status and kind in lex.ENDINGS
        is_plain = not lex.DENIED.search(value) and not lex.PARTLY.search(value)
        exists: bool | None = None
        if not value or value in lex.EMPTY or (kind == "died" and not self.names.is_alive):
            return True  # died: the photographer, perhaps
        if is_status and (is_no or lex.GONE_VALUES.search(value)):
            exists = False
        elif is_status:
            exists = True if is_plain and lex.STANDS_VALUES.search(value) else None
        elif is_end and (lex.NOT_STANDING.match(value) or lex.GONE.search(value)):
            exists = False
        elif is_end and not at and _stands(value):
            exists = True  # Demolished: still in use
        elif is_no or value in lex.UNKNOWN:
            exists = is_no is not None if is_end and (is_no or rest) else None
        elif kind is not None and is_plain:
            self.names.is_alive |= kind == "born"
            self._date(kind, at, label, bare=True)
            exists = False if is_end and (at or not any(map(str.isdigit, value))) else None
        if exists is not None:
            self._says(exists, _GONE if is_status else _LABEL, at)
            (self.standing if exists else self.gone).append(self.span)
        return True

    def _prose(self, said: str, years: list[Year]) -> None:
        self.said, self.clauses = said, _clauses(said, years)
        self.about: list[Whose | None] = []
        for number in range(len(self.clauses)):
            self.about.append(self._about(number))
        happened: set[EventKind] = set()
        for number, clause in enumerate(self.clauses):
            for deed, at in self._dated(number):
                if not self._happens(deed, number):
                    continue
                kind = lex.KINDS[deed.group()]
                before = self.clauses[number - 1].deeds[:1] if number else []
                is_phase = self.about[number] is None and kind in {"built", "ended"}
                if is_phase and before and before[0].group() in lex.NAMES_OF_DEEDS:
                    kind = lex.KINDS[before[0].group()]  # *demolition began and was completed*
                if kind in lex.ENDINGS and lex.PARTLY.search(said, clause.start, deed.end()):
                    kind = "damaged"
                happened.add(kind)
                whose = self._patient(deed, number)
                if whose != "main" and kind in lex.ENDINGS | {"closed", "damaged"}:
                    lead = said[self.clauses[number].start : deed.start()]
                    if whose == "other" or lex.OF_A_PART.search(lead):
                        self.elsewhere.append(self.span)
                if whose == "main":
                    around = said[clause.start : deed.start()] + " " + said[deed.end() : clause.end]
                    is_bare = self.names.whose(around, "main") in {"main", None}
                    self._date(kind, at, deed.group(), is_bare)
                    ended = any(e.kind in lex.ENDINGS | {"closed"} for e in self.events) or any(
                        not sign.exists and sign.plainness == _DEED for sign, _ in self.signs
                    )
                    if ended and kind in {"rebuilt", "restored"}:
                        self._says(True, _RETURNED, at)
                    elif kind in lex.ENDINGS | {"rebuilt"}:
                        self._says(kind == "rebuilt", _DEED, at)
        self._states(happened)
        lead = next((whose for whose in self.about if whose is not None), self.topic)
        self.topic = "main" if lead == "aside" else lead

    def _states(self, happened: set[EventKind]) -> None:
        """Note what the sentence says of today."""
        said = self.said
        gone, stands, use, again, site = (state.search(said) for state in _STATES)
        tense = _COPULA.search(said) if self.span[0] == 0 else None
        is_now = tense is not None and tense["now"] is not None
        was = tense is not None and not is_now and bool(tense["a"] or tense["zh"])
        ends = site or not happened.isdisjoint(lex.ENDINGS | {"closed"})
        back = not happened.isdisjoint({"rebuilt", "restored"})
        if is_now or (gone is None and (stands or use or again or back)):
            self.standing.append(self.span)
        if gone or ends or was:
            self.gone.append(self.span)
        if again is not None and not lex.DENIED.search(again.group()):
            self._says(True, _AGAIN)
        if gone is not None:
            if self._is_main(gone) and not lex.PARTLY.search(said):
                self._says(False, _GONE)
        elif stands is not None and self._is_main(stands):
            if not lex.DENIED.search(said, max(0, stands.start() - 20), stands.start()):
                self._says(True, _STANDS)
        elif not ends and use is not None and self._is_main(use):
            self._says(True, _USE)
        if tense is not None and (is_now or was) and self._is_main(tense):
            self._says(is_now, _TENSE)

    def _is_main(self, found: re.Match[str]) -> bool:
        """Whether a state is said of the subject."""
        number = sum(clause.start <= found.start() for clause in self.clauses[1:])
        return self._who(self.said[self.clauses[number].start : found.start()], number) == "main"

    def _who(self, text: str, number: int) -> Whose:
        """Whom words of a clause mean; where they name nobody, whom the clauses before are about,
        else those after."""
        near = [*self.about[number::-1], *self.about[number + 1 :]]
        found = self.names.whose(text, self._topic(text, number)), *near
        return next((whose for whose in found if whose is not None), self.topic)

    def _happens(self, deed: re.Match[str], number: int) -> bool:
        """Whether a word is said of a deed here, and no word takes it back: not *the closed border
        zone*, *was never demolished*, *demolished in 1961 (unverified)*."""
        said, clause, is_noun = self.said, self.clauses[number], deed.group() in lex.NAMES_OF_DEEDS
        if lex.KINDS[deed.group()] in {"born", "died"} and not self.names.is_alive:
            return False
        before = said[clause.start : deed.start()]
        if _LIGHT.match(said, deed.start()) or (_ADJECTIVE.search(before) and not is_noun):
            return False
        if said.startswith(" until", deed.end()):
            before = before.replace("not ", "")
        tail = said[deed.end() : min(clause.end, deed.end() + 40)] if is_noun else ""
        for aside in self.clauses[number + 1 : number + 2]:
            tail += said[aside.start : aside.end] if aside.opener in {"(", "（"} else ""
        return not lex.DENIED.search(before + "\n" + tail)

    def _about(self, number: int) -> Whose | None:
        """Who a clause is about; None where it names nobody."""
        clause = self.clauses[number]
        text = self.said[clause.start : clause.end]
        topic = self._topic(text, number)
        verbs = [verb.start()] if (verb := _VERB.search(text)) else []
        verbs += [deed.start() - clause.start for deed in clause.deeds[:1]]
        lead = text[: min(verbs, default=len(text))]
        if clause.opener in _RELATIVE and number and not _core(lead):
            before = self.clauses[number - 1]
            return self.names.whose(self.said[before.start : before.end], topic)
        return self.names.whose(lead, topic, whole=False) if verbs or not number else None

    def _topic(self, text: str, number: int) -> Whose:
        """Whom a pronoun in a clause means: *they* those of the clause before."""
        before = self.about[number - 1] if number and _THEY.search(text) else None
        return "other" if before in {"aside", "other"} else self.topic

    def _patient(self, deed: re.Match[str], number: int) -> Whose:
        """Who a deed happened to: its object where it has one, else its subject."""
        clause, names = self.clauses[number], self.names
        before, after = self.said[clause.start : deed.start()], self.said[deed.end() : clause.end]
        if is_han(deed.group()[0]):
            is_this = re.match(r"了?[这该此]", after) is not None
            after = re.sub(r"^了?(?:[整一这那该此][座栋艘条个]?)?|^(?:工程|工作|作业).*", "", after)
            thing = _ENDS_OBJECT.split(after, maxsplit=1)[0]
            if names.marked(thing) == "N" or (is_this and thing in names.last):
                return "main"
            has_object = len(thing) > 1 and is_han(thing[0]) and thing[0] not in lex.HAN_AFTER
            if has_object and "被" not in before and deed.group()[-1] not in "于至到往为成":
                return "other"
        elif deed.group() in lex.NAMES_OF_DEEDS:
            if (of := _OF.match(after)) is not None:
                return names.whose(after[of.end() :], self.topic, whole=False) or "other"
            if _OWNER.search(before):
                return self.topic
            before = re.sub(r"'s\s*$|\ban?\s*$", "", before)
        elif " it " in deed.group():  # *pulled it down*
            return self.topic
        elif _OBJECT.match(names.marked(after)) and not _PASSIVE.search(before):
            return self._who(_ENDS_OBJECT.split(after)[0], number)
        before = re.sub(r".*\b(?:had|have)\b(?= .)", "", lex.HAPPENED.sub(" ", before))
        return self._who(before, number)  # he had | it built

    def _dated(self, number: int) -> list[tuple[re.Match[str], list[Year]]]:
        """Each deed of a clause with its date: as many dates as deeds are in their order, else the
        nearest one; of a clause without, that of the clause beside it which is but a date."""
        deeds, dates = self.clauses[number].deeds, list[list[Year]]()
        for year in self.clauses[number].years:
            if year.role == "to" and dates:
                dates[-1].append(year)
            else:
                dates.append([year])
        beside = self.clauses[max(0, number - 1) : number + 2]
        if sum(bool(clause.years) for clause in self.clauses[: number + 1]) == 1:
            beside.append(self.clauses[0])  # *In 1961, when the war was over, it was demolished*
        near = [c for c in beside if c.years and not c.deeds]
        dates = dates or [c.years for c in near if not _core(self.said[c.start : c.end])][:1]
        if dates and len(dates) != len(deeds):
            starts = [deed.start() for deed in deeds]
            places = [[abs(date[0].start - start) for date in dates] for start in starts]
            dates = [dates[place.index(min(place))] for place in places]
        return list(zip(deeds, dates or [[] for _ in deeds], strict=True))


def _moved(year: Year, by: int) -> Year:
    return replace(year, start=year.start + by, end=year.end + by)


def _clauses(said: str, years: Sequence[Year]) -> list[_Clause]:
    """The sentence's clauses, with their deeds and years."""
    clauses, start, opener = [], 0, ""
    for end, mark in [*((m.start(), m.group()) for m in _BREAK.finditer(said)), (len(said), "")]:
        if said[start:end].strip():
            deeds = list(lex.HAPPENED.finditer(said, start, end))
            if deeds and deeds[0].group() in lex.NAMES_OF_DEEDS:
                phases = {"begun", "built", "ended"}  # *demolition was completed* is one deed
                deeds[1:] = [deed for deed in deeds[1:] if lex.KINDS[deed.group()] not in phases]
            inside = [year for year in years if start <= year.start <= end]
            clauses.append(_Clause(start, end, opener, deeds, inside))
            opener = mark
        elif mark in _RELATIVE or mark in "(（":
            opener = mark
        start = end + len(mark)
    return clauses or [_Clause(0, len(said), "", [], [])]


def _level(sign: Existence) -> float:
    """A sign's plainness; that it came back counts in the order of time, as an end does."""
    return _DEED if sign.plainness == _RETURNED else sign.plainness


def state_of(signs: Sequence[tuple[Existence, int | None]]) -> Existence | None:
    """The plainest sign, the last of equals; None where the signs leave it open.

    Deeds count in the order of time. An end that nothing renews is a sign, unless the tense of the
    first sentence denies it: *X is a church … it burnt in 1849*.
    """
    plainest = max((_level(sign) for sign, _ in signs), default=0.0)
    last: tuple[Existence, int | None] | None = None
    for sign, year in signs:
        is_before = plainest == _DEED and last and year and last[1] and year < last[1]
        if _level(sign) == plainest and not is_before:
            last = sign, year
    if last is not None and last[0].plainness == _RETURNED:
        return last[0]
    weaker = {sign.exists for sign, _ in signs if plainest == _DEED and sign.plainness < _DEED}
    return last[0] if last is not None and weaker <= {last[0].exists} else None
