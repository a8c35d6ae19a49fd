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
from vlm.chronology.lexicon import EventKind, either, plain

Whose = Literal["main", "aside", "other"]
"""Who something is said of: the document's subject, a part of it, something else."""
Span = tuple[int, int]
"""Start and end, in characters of a document's text."""

_MOST_AT_ONCE = 800
"""Characters of a sentence that are read together."""
_DATE = (
    rf"\s*(?:(?:on|the|of|in|um|am|im|le|el|de|en|since|by|about|year|jahr|{MONTH})\s+)*"
    rf"(?:\d\d?\.?(?:st|nd|rd|th)?\s+)?(?:{MONTH}\s+(?:de\s+)?)?(?:\d\d?,\s+)?\d{{1,4}}\b"
)
_BREAK = re.compile(
    rf"[;:()\[\]|]|(?<=[\u3400-\u9fff”》]),|,(?!{_DATE})|\s[—–-]\s|—(?!\d)|[，；：、（）？]|"
    rf"\b(?:while|whereas|when|where|until|till|before|after|because|although|though|then|als|bis|"
    rf"that|which|who|whose|qui|que|dont|and|but|or|und|aber|et|mais|y|e)\b(?!{_DATE})",
    re.IGNORECASE,
)
_RELATIVE = frozenset({"which", "who", "that", "whose", "qui", "que", "dont"})
_FILL = re.compile(rf"{_DATE}|{lex.AUXILIARY}|{lex.ADVERB}|[^\w'-]+", re.IGNORECASE)
_HAN_FILL = re.compile(
    r"[\d〇零一二三四五六七八九十]{1,4}(?:世纪|年代|年|月|日)[初末底间起春夏秋冬]?|\d{3,4}|[^\w]+"
)
_HAN_VERB = re.compile(r"被|由(?!于)|因|遭|随着|为了|(?<=.)[仍还依]")
_RECORD = re.compile(
    r"[\s>*•\-–|]*(?P<label>[^\s:：|(（][^:：|(（\n]{0,40}?(?:\([^)]{0,12}\))?)\s*[:：|]\s*"
    r"(?P<value>\S.*)?$"
)
_PERSON = re.compile(
    r"\b(?:born|geboren|nee?|nacid[oa]|nacio)\b|出生|生于|"
    r"[(（][^)）]{0,60}\d{3,4}[^)）]{0,20}[-–—][^)）]{0,40}\d{3,4}[^)）]{0,20}[)）]"
)
_COPULA = re.compile(
    r"\b(?:(?P<now>is|are|ist|sind|est|es)|(?:was|were|war|waren|etait|fut|era|fue))\b"
    r"(?P<a>\s+(?:an?|the|one|eine?|une?|una?|der|die|das|le|la|el)\b)?|(?P<zh>[曾原]是|曾为)"
)
_KIND = re.compile(
    rf"(?:{_COPULA.pattern}|^(?:an?|eine?|une?|una?)\b)((?: [\w'-]+){{1,7}}?)"
    rf"(?= (?:{lex.PREPOSITION}|and|that|which|built|designed|located|known|\w+ing)\b|[,.;(]|$)"
)
_VERB = re.compile(
    "|".join([lex.AUXILIARY, lex.GONE.pattern, lex.STANDS.pattern, lex.IN_USE.pattern])
)
_OBJECT = re.compile(rf"\s*(?:{lex.DEFINITE}|{lex.INDEFINITE}|{lex.POSSESSIVE}|{lex.PRONOUN})")
_OF = re.compile(r"\s+(?:of|von|des|de|du|del)\b")
_INDEFINITE, _NOBODY = re.compile(lex.INDEFINITE), re.compile(lex.NOBODY)
_OWNER = re.compile(rf"{lex.POSSESSIVE}\s+$")
_HAD = re.compile(r".*\b(?:had|have)\b(?= .)")
_ADJECTIVE = re.compile(rf"(?:{lex.DEFINITE}|{lex.POSSESSIVE}|\ban?)\s+$")
_PREPOSITION = re.compile(lex.PREPOSITION)
_LIGHT = re.compile(r"(?:made|began|started)(?!\W*(?:$|\d|(?:in|on|by|of|at|around|it|the)\b))")
"""Of something else than a deed: *made a saint*, *began to sink*."""
_MOMENTS: frozenset[EventKind] = frozenset({"opened", "damaged", "burnt", "destroyed", "closed"})
"""What happens on a day: *since 1965* or *until 1965* does not date it."""
_AGAIN, _GONE, _LABEL, _STANDS, _DEED, _USE, _TENSE = 0.98, 0.95, 0.92, 0.92, 0.5, 0.45, 0.3
"""How plainly each sign says whether the subject exists."""


@dataclass(frozen=True, slots=True)
class Event:
    """A dated event of the subject: `document.text[start:end]` is the sentence that states it.

    Attributes:
        kind: what happened.
        year: the year, with its own position in `document.text`.
        start, end: span of the sentence.
        words: the words that say it (`opened`, 拆除), in plain form. Two sentences with equal
            `words` say the same thing.
        bare: its clause says this of the subject and nothing else, so it can be held against
            another such clause: *The hall was opened on 3 May 1890*.
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

    Attributes:
        exists: it exists today.
        start, end: span of the sentence.
        plainness: how plainly the sentence says so, 0 to 1: explicit words are above 0.9, an end
            or a use that implies it about 0.5, the tense of the first sentence 0.3.
        rebuilt: what exists is a reconstruction.
    """

    exists: bool
    start: int
    end: int
    plainness: float
    rebuilt: bool = False


class _Clause(NamedTuple):
    start: int
    end: int
    opener: str
    deeds: list[re.Match[str]]
    years: list[Year]


def _core(text: str) -> str:
    """What names somebody in the words before a verb: no date, auxiliary or adverb."""
    if any(map(is_han, text)):
        return _HAN_FILL.sub(" ", _HAN_VERB.split(text, maxsplit=1)[0]).strip(lex.HAN_FILL)
    return " ".join(_FILL.sub(" ", text).split()).strip("-'")


class Names:
    """What means a document's subject, by its names and the text's first sentence: *The SS Example
    was a steamer* makes *the steamer* it."""

    def __init__(self, names: Sequence[str], first: str) -> None:
        said = plain(first[:_MOST_AT_ONCE])
        names = [
            each for name in names[:50] for each in (name[:100], re.split("[,(（，]", name)[0])
        ]
        full = [core for name in names if (core := _core(plain(name[:100])))]
        words = {word for name in full for word in re.findall(r"[^\W\d_\u3400-\u9fff]{3,}", name)}
        words = {word for word in words if not _PREPOSITION.match(word)}
        found = _KIND.search(said)
        nouns = found[found.re.groups].split() if found is not None else []
        is_romance = found is not None and (found["a"] or "").strip() in {"un", "une", "una"}
        kinds = set(nouns[:1] if is_romance else nouns[-1:])
        groups = [group for group in lex.LIKE[:-1] if group & (words | kinds)]
        is_person = _PERSON.search(said) is not None
        self.is_alive = is_person or lex.LIKE[1] in groups
        self.is_she = is_person or lex.LIKE[0] in groups
        parts = {word[cut:] for word in words for cut in range(1, len(word) - 3)}  # wind|mill
        heads = either(kinds.union(words, parts, *(groups or lex.LIKE[-1:])))
        runs = [run for name in full for run in re.findall("[\u3400-\u9fff]{2,}", name)]
        han = {run[cut:] for run in runs for cut in range(min(max(1, len(run) - 1), 12))}
        complement = re.search("[是为][^，。,；]{1,60}([\u3400-\u9fff]{2})(?=[，。,；])", said)
        han |= {complement[1]} if complement is not None else set()
        self.han = re.compile(rf"{either(han)}(?:{lex.HAN_LIKE})?|(?:{lex.HAN_LIKE})")
        named = either([*full, *words] if self.is_she else full)
        subject = (
            rf"(?:{lex.PREPOSITION} .*? )?(?:(?:{lex.DEFINITE} )?{named}(?: {heads})?|"
            rf"{lex.DEFINITE} (?:(?:{heads}|{lex.NEUTRAL}) )*{heads}|(?P<it>{lex.PRONOUN})|"
            rf"{lex.HAN_IT}|{self.han.pattern})"
        )
        place = r"(?: (?:in|on|at|near)(?: (?!by\b|an?\b|to\b)[\w'-]+){1,4})?"
        kind = rf"(?: (?:an?|the|one of the)(?: [\w'-]+){{0,5}} {heads}{place})?"
        self.alone = re.compile(subject + place + kind)
        self.first = re.compile(
            rf"{subject}(?! (?:of|de|du|von)\b)(?=$|[^\w'-]|[{lex.HAN_FILL.replace('的', '')}位])"
        )

    def whose(self, core: str, topic: Whose, *, whole: bool = True) -> Whose | None:
        """Whom words without their dates and adverbs mean; None for nobody. If they are not the
        `whole` of a noun phrase, a verb follows it."""
        if not core or _NOBODY.fullmatch(core):
            return None
        found = self.alone.fullmatch(core) if whole else self.first.match(core)
        if found is None:
            return "other" if _INDEFINITE.match(core) else "aside"
        is_stranger = found["it"] in {"he", "she", "him", "her"} and not self.is_she
        return "main" if not found["it"] else "aside" if is_stranger else topic


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

    def sentence(self, text: str, start: int) -> None:
        """Read a sentence that stands at `start` of the document's text."""
        self.span, years = (start, start + len(text)), [_moved(y, start) for y in find_years(text)]
        self.years += years
        record = _RECORD.match(text)
        if record is not None and self._record(record, years):
            return
        is_labelled = record is not None and record["value"] and record["label"].count(" ") < 4
        begin = record.start("value") if record is not None and is_labelled else 0
        for first in range(start + begin, self.span[1], _MOST_AT_ONCE):
            last = min(first + _MOST_AT_ONCE, self.span[1])
            inside = [_moved(y, -first) for y in years if first <= y.start and y.end <= last]
            self._prose(plain(text[first - start : last - start]), first, inside)

    def _says(
        self, exists: bool, plainness: float, at: Sequence[Year] = (), rebuilt: bool = False
    ) -> None:
        sign = Existence(exists, *self.span, plainness, rebuilt)
        self.signs.append((sign, at[-1].value if at else None))

    def _date(self, kind: EventKind, at: Sequence[Year], words: str, bare: bool) -> None:
        """Note an event for each year; *built between 1726 and 1743* is begun in the first."""
        for year in at:
            if year.role == "at" or kind not in _MOMENTS:
                of_year: EventKind = "begun" if kind == "built" and year.role == "from" else kind
                self.events.append(Event(of_year, year, *self.span, words, bare))

    def _record(self, record: re.Match[str], years: list[Year]) -> bool:
        """Read `Label: value`; False where the label says nothing about time."""
        begin = self.span[0] + record.start("value")
        at = [year for year in years if year.start >= begin]
        label, value = (
            " ".join(plain(record[part] or "").strip(" ?？.。*_-–").split())
            for part in ("label", "value")
        )
        kinds = [lex.KINDS[word] for word in lex.ASKED.findall(label)]
        rest = re.sub(r"[\s\-_/().·]+", " ", lex.ASKED.sub(" ", label)).split()
        is_status, is_no = label in lex.STATUS_LABELS, lex.NO.match(value) is not None
        if not is_status and not (kinds and all({w, *w} & lex.LABEL_WORDS for w in rest)):
            return False
        is_end = not is_status and kinds[0] in lex.ENDINGS
        exists = None
        if value in lex.UNKNOWN:
            exists = False if is_end and rest else None
        elif not value or value in lex.EMPTY:
            pass
        elif is_status:
            is_gone = is_no or lex.GONE_VALUES.search(value) is not None
            is_plain = lex.STANDING_VALUES.search(value) and not lex.DENIED.search(value)
            exists = not is_gone if is_gone or is_plain else None
        elif is_no:
            exists = True if is_end and kinds[0] != "died" else None
        elif not lex.DENIED.search(value) and not lex.PARTLY.search(value):
            self.names.is_alive |= kinds[0] == "born"
            bare = re.fullmatch(r"(?:c\.?|ca\.?|um|约)?\s*(\d{3,4})年?", value)
            if bare is not None and not at:
                begin += record["value"].find(bare[1])
                at = [Year(begin, begin + len(bare[1]), int(bare[1]))]
                self.years += at
            if kinds[0] != "died" or self.names.is_alive:  # else of the photographer, perhaps
                self._date(kinds[0], at, label, bare=True)
                exists = False if is_end and (at or not any(map(str.isdigit, value))) else None
        if exists is not None:
            self._says(exists, _GONE if is_status else _LABEL, at)
            (self.standing if exists else self.gone).append(self.span)
        return True

    def _prose(self, said: str, offset: int, years: list[Year]) -> None:
        if said.rstrip().endswith(("?", "？")):
            return
        self.said, self.clauses = said, _clauses(said, years)
        self.about: list[Whose | None] = []
        for number in range(len(self.clauses)):
            self.about.append(self._about(number))
        ends = is_again = False
        for number, clause in enumerate(self.clauses):
            for deed, at in _dated(clause, self._beside(number)):
                if not self._happens(deed, number):
                    continue
                kind = lex.KINDS[deed.group()]
                if kind in lex.ENDINGS and lex.PARTLY.search(said, clause.start, deed.end()):
                    kind = "damaged"
                ends |= kind in lex.ENDINGS or kind == "closed"
                is_again |= kind == "rebuilt"
                if self._patient(deed, number) == "main":
                    at = [_moved(year, offset) for year in at]
                    around = said[clause.start : deed.start()] + " " + said[deed.end() : clause.end]
                    is_bare = self.names.whose(_core(around), "main") in {"main", None}
                    self._date(kind, at, deed.group(), is_bare)
                    begins = lex.BEGINS.search(said, clause.start, clause.end)
                    if kind in lex.ENDINGS | {"rebuilt", "restored"} and not begins:
                        self._says(kind not in lex.ENDINGS, _DEED, at, kind == "rebuilt")
        self._states(offset == 0, ends, is_again)
        lead = next((whose for whose in self.about if whose is not None), self.topic)
        self.topic = "main" if lead == "aside" else lead

    def _states(self, is_first: bool, ends: bool, is_again: bool) -> None:
        """Note what the sentence says of today."""
        signs = (lex.GONE, lex.STANDS, lex.IN_USE, lex.AGAIN, lex.SITE)
        gone, stands, use, again, site = (each.search(self.said) for each in signs)
        tense = _COPULA.search(self.said) if is_first else None
        is_now = tense is not None and tense["now"] is not None
        was = tense is not None and not is_now and bool(tense["a"] or tense["zh"])
        if (gone is None and (stands or use or again or is_again)) or is_now:
            self.standing.append(self.span)
        if gone or site or ends or was:
            self.gone.append(self.span)
        if again is not None and not lex.DENIED.search(again.group()):
            self._says(True, _AGAIN, rebuilt=True)
        if gone is not None:
            if self._is_main(gone) and not lex.PARTLY.search(self.said):
                self._says(False, _GONE)
        elif stands is not None and self._is_main(stands):
            if not lex.DENIED.search(self.said, max(0, stands.start() - 20), stands.start()):
                self._says(True, _STANDS)
        elif not (site or ends) and use is not None and self._is_main(use):
            self._says(True, _USE)
        if tense is not None and (is_now or was) and self._is_main(tense):
            self._says(is_now, _TENSE)

    def _is_main(self, found: re.Match[str]) -> bool:
        """Whether a state is said of the subject."""
        number = sum(clause.start <= found.start() for clause in self.clauses[1:])
        core = _core(self.said[self.clauses[number].start : found.start()])
        return (self.names.whose(core, self.topic) or self._inherited(number)) == "main"

    def _happens(self, deed: re.Match[str], number: int) -> bool:
        """Whether a word is said of a deed here, and no word takes it back: not *the closed border
        zone*, *was never demolished*, *demolished in 1961 (unverified)*."""
        said, clause, is_noun = self.said, self.clauses[number], deed.group() in lex.NAMES_OF_DEEDS
        if lex.KINDS[deed.group()] in {"born", "died"} and not self.names.is_alive:
            return False
        before = said[clause.start : deed.start()]
        if _LIGHT.match(said, deed.start()) or (_ADJECTIVE.search(before) and not is_noun):
            return False
        if said[deed.end() :].startswith(" until"):
            before = before.replace("not ", "")
        tail = said[deed.end() : min(clause.end, deed.end() + 40)] if is_noun else ""
        aside = self.clauses[number + 1] if number + 1 < len(self.clauses) else clause
        if aside.opener in {"(", "（"}:
            tail += said[aside.start : aside.end]
        return not lex.DENIED.search(before) and not lex.DENIED.search(tail)

    def _about(self, number: int) -> Whose | None:
        """Who a clause is about; None where it names nobody."""
        clause = self.clauses[number]
        text = self.said[clause.start : clause.end]
        verb = _VERB.search(text)
        ends = [deed.start() - clause.start for deed in clause.deeds[:1]]
        ends += [verb.start()] if verb is not None else []
        core = _core(text[: min(ends, default=len(text))])
        if clause.opener in _RELATIVE and number and not core:
            before = self.clauses[number - 1]
            return self.names.whose(_core(self.said[before.start : before.end]), self.topic)
        return self.names.whose(core, self.topic, whole=False) if ends or not number else None

    def _inherited(self, number: int) -> Whose:
        """Who a clause is about that names nobody: the clauses before, else those after."""
        near = [*self.about[number::-1], *self.about[number + 1 :]]
        return next((whose for whose in near if whose is not None), self.topic)

    def _patient(self, deed: re.Match[str], number: int) -> Whose:
        """Who a deed happened to: its object where it has one, else its subject."""
        clause, inherited, names = self.clauses[number], self._inherited(number), self.names
        before, after = self.said[clause.start : deed.start()], self.said[deed.end() : clause.end]
        if is_han(deed.group()[0]):
            before = self.said[clause.start : clause.deeds[0].start()]
            after = re.sub(r"^了?(?:[整一这那该此][座栋艘条个]?)?", "", after)
            thing = re.split("[，。；、,！ 和及与]", after, maxsplit=1)[0]
            if names.han.fullmatch(thing):
                return "main"
            has_object = len(thing) > 1 and is_han(thing[0]) and thing[0] not in lex.HAN_AFTER
            if has_object and "被" not in before and deed.group()[-1] not in "于至到往为成":
                return "other"
        elif deed.group() in lex.NAMES_OF_DEEDS:
            of = _OF.match(after)
            if of is not None:
                return names.whose(_core(after[of.end() :]), self.topic, whole=False) or inherited
            before = re.sub(r"'s\s*$|\ban?\s*$", "", before)
            if _OWNER.search(before):
                return self.topic
        elif _OBJECT.match(after) or names.first.match(_core(after)):
            core = _core(_PREPOSITION.split(after)[0])
            return names.whose(core, self.topic) or inherited
        before = _HAD.sub("", lex.HAPPENED.sub(" ", before))  # he had it built
        return names.whose(_core(before), self.topic) or inherited

    def _beside(self, number: int) -> list[Year]:
        """The years of the clause beside this one that is but a date: *On 3 May 1890, …*."""
        beside = self.clauses[max(0, number - 1) : number + 2]
        dates = [
            c for c in beside if c.years and not c.deeds and not _core(self.said[c.start : c.end])
        ]
        return dates[0].years if dates else []


def _moved(year: Year, by: int) -> Year:
    return replace(year, start=year.start + by, end=year.end + by)


def _clauses(said: str, years: Sequence[Year]) -> list[_Clause]:
    """The sentence's clauses, with their deeds and years."""
    bounds, start, opener = [], 0, ""
    for match in _BREAK.finditer(said):
        if said[start : match.start()].strip():
            bounds.append((start, match.start(), opener))
            opener = match.group()
        elif match.group() in _RELATIVE or match.group() in "(（":
            opener = match.group()
        start = match.end()
    clauses = [_Clause(*bound, [], []) for bound in (*bounds, (start, len(said), opener))]
    for clause in clauses:
        clause.years.extend(y for y in years if clause.start <= y.start <= clause.end)
        clause.deeds.extend(lex.HAPPENED.finditer(said, clause.start, clause.end))
        if clause.deeds and clause.deeds[0].group() in lex.NAMES_OF_DEEDS:
            phases = {"begun", "built", "ended"}  # *demolition was completed* is one deed
            clause.deeds[1:] = [d for d in clause.deeds[1:] if lex.KINDS[d.group()] not in phases]
    return clauses


def _dated(clause: _Clause, beside: list[Year]) -> list[tuple[re.Match[str], list[Year]]]:
    """Each deed of a clause with its years, those of *between 1726 and 1743* together: as many
    dates as deeds are in their order, else the nearest one is the deed's."""
    dates: list[list[Year]] = []
    for year in clause.years:
        if year.role == "to" and dates and dates[-1][-1].role == "from":
            dates[-1].append(year)
        else:
            dates.append([year])
    if len(dates) != len(clause.deeds):
        dates = [
            min(dates, key=lambda date: abs(date[0].start - deed.start()), default=beside)  # noqa: B023
            for deed in clause.deeds
        ]
    return list(zip(clause.deeds, dates, strict=True))


def state_of(signs: Sequence[tuple[Existence, int | None]]) -> Existence | None:
    """The plainest sign, the last of equals; None where the signs leave it open.

    Deeds count in the order of time. An end that nothing renews is a sign, unless the tense of the
    first sentence denies it: *X is a church … it burnt in 1849*.
    """
    top = max((sign.plainness for sign, _ in signs), default=0.0)
    if top > _DEED:
        return [sign for sign, _ in signs if sign.plainness == top][-1]
    last: Existence | None = None
    last_year: int | None = None
    for sign, year in signs:
        is_before = None not in (year, last_year) and (year or 0) < (last_year or 0)
        if sign.plainness == _DEED and not is_before:
            last, last_year = sign, year
    rest = [sign for sign, _ in signs if sign.plainness < _DEED]
    best = max(rest, key=lambda sign: sign.plainness, default=None)
    if last is None or (last.exists and not last.rebuilt):  # a repair
        return best
    return None if best is not None and best.exists != last.exists else last
