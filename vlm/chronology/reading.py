"""Sentences → what happened to the subject and when, and whether it exists, by plain grammar.

A sentence is cut into clauses. Each deed in a clause has one that it happened to, the patient: the
noun phrase before *was demolished*, after *the council demolished*, or the clause before's. Only
where the patient is the document's subject does the deed count. Knows no domain; where the grammar
leaves it open, a deed is left out or marked as unsure. Linear in the text's length.

Over 500 lines, since what one rule of the grammar lets pass, the next has to hold.
"""

import re  # noqa: I001 - the words below, several a line
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, takewhile
from typing import Literal, NamedTuple

from knowledge.dates import MONTH, Year, find_years
from knowledge.language import is_han
from vlm.chronology.lexicon import (
    ADVERBS, AGAIN, APART, AUXILIARY_A, BE, BEGINS, DATE_LABEL, DEFINITE, DENIED, EMPTY, ENDINGS,
    GONE, GONE_VALUES, HAN_FILL, HAN_LIKE, HAPPENED, HAVE, IN_USE, INDEFINITE, KINDS, LABEL_WORDS,
    LIKE, NAMES_OF_DEEDS, NEUTRAL, NO, OF, OTHERS, PARTLY, PEOPLE, POSSESSIVES, PREPOSITIONS,
    PRONOUNS, RELATIVES, RUINS, SITE, STANDING_VALUES, STANDS, STATUS_LABELS, UNKNOWN, VERB_LAST,
    YES, EventKind, plain,
)  # fmt: skip

Whose = Literal["main", "unsure", "aside", "thing", "other"]
"""Who something is said of: the document's subject, perhaps the subject, something else. After what
is said `aside`, of a person or of something of the subject's, *it* means the subject again; after
*the architect* (a `thing`) perhaps."""
_NEXT_TOPIC: dict[Whose, Whose] = {"aside": "main", "thing": "unsure"}

_MOST_AT_ONCE = 800
"""Characters of a sentence whose clauses are held together."""
_HAN = r"[\u3400-\u9fff]"
_WORDS = re.compile(r"'s\b|\d[\d.,]*|[^\W\d_\u3400-\u9fff]+(?:-[^\W\d_\u3400-\u9fff]+)*")
_DATE = (
    rf"\s*(?:(?:on|the|of|in|um|am|le|el|de)\s+)*(?:\d{{1,2}}\.?(?:st|nd|rd|th)?\s+)?"
    rf"(?:{MONTH}\s+(?:de\s+)?)?(?:\d{{1,2}},\s+)?\d{{3,4}}\b"
)
_BREAK = re.compile(
    rf"[;:()\[\]|]|(?<=[\u3400-\u9fff”》]),|,(?!{_DATE})|\s[—–-]\s|—(?!\d)|[，；：、（）？]|"
    rf"\b(?:while|whereas|when|where|which|who|whose|whom|that|until|till|before|after|because|"
    rf"although|though|so that|then|als|bis|nachdem|bevor|weil|qui|puis|avant|apres|dont|que|"
    rf"cuando|hasta|tras)\b(?!{_DATE})|"
    rf"\b(?:and|but|or|und|aber|et|mais|y|e|pero)\b(?:(?<!\d\sand)(?<!\d\sund)(?<!\d\set)(?<!\d\sy)|(?!{_DATE}))",
    re.IGNORECASE,
)
_MONTH = re.compile(MONTH, re.IGNORECASE)
_OPENS_RELATIVE = frozenset({"which", "who", "that", "qui", "que", "whose", "whom", "dont"})
_ROMANCE = frozenset(
    {"le", "la", "les", "el", "los", "est", "fue", "fut", "del", "du", "une", "una"}
)
_WORK = frozenset({"work", "works", "bau", "travaux", "obras"})
_DEFINITE_START = DEFINITE | POSSESSIVES | PRONOUNS
_NOUN_START = _DEFINITE_START | INDEFINITE
_RECORD = re.compile(
    r"[\s>*•\-–|]*(?P<label>[^\s:：|(（][^:：|(（\n]{0,40}?(?:\([^)]{0,12}\))?)\s*[:：|]\s*(?P<value>\S.*)?$"
)
_PERSON = re.compile(
    r"\b(?:born|geboren|nee?|nacid[oa]|nacio|geb\.)\b|出生|生于|"
    r"[(（][^)）]{0,60}\d{3,4}[^)）]{0,20}[-–—][^)）]{0,40}\d{3,4}[^)）]{0,20}[)）]"
)
_COPULA = re.compile(
    r"\b(?:(?P<now>is|are|ist|sind|est|es)|(?:was|were|war|waren|etait|fut|era|fue))\b"
    r"(?P<a>\s+(?:an?|the|one|eine?|une?|una?|der|die|das|le|la|el)\b)?|(?P<zh>[曾原]是|曾为)"
)
_UNTIL = re.compile(r"\s+(?:until|till|before)\b")
_HAN_DATE = re.compile(
    r"(?:公元前?|西元前?)?[\d〇零一二三四五六七八九十]{1,4}(?:世纪|年代|年|月|日)[初末底间代起春夏秋冬]?"
)
_HAN_IT = re.compile(
    r"它|该.{1,5}|此[座楼桥船]?.{0,3}|[这全][座栋个条艘幅家所件种块]?.{0,4}|本[校馆站报刊]"
)
_MOMENTS: frozenset[EventKind] = frozenset({"opened", "damaged", "burnt", "destroyed", "closed"})
"""What happens on a day: *since 1965* or *until 1965* does not date it."""
_AGAIN, _GONE, _LABEL, _STANDS, _DEED, _USE, _TENSE = 0.98, 0.95, 0.92, 0.92, 0.5, 0.45, 0.3
"""How plainly each sign says whether the subject exists."""


class Deed(NamedTuple):
    """A word of a text that says what happened: `text[start:end]`."""

    start: int
    end: int
    word: str
    kind: EventKind


class Word(NamedTuple):
    """A word in plain form, with its place in the sentence."""

    said: str
    start: int
    end: int


class Sign(NamedTuple):
    """What one sentence, or a deed, says of whether the subject exists; one that only `mends` says
    nothing but that an end before was none."""

    exists: bool
    start: int
    end: int
    plainness: float
    rebuilt: bool = False
    year: int | None = None
    mends: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """A dated event of the subject: `document.text[start:end]` is the sentence that states it.

    Attributes:
        kind: what happened.
        year: the year, with its own position in `document.text`.
        start, end: span of the sentence.
        words: the words that say it (`opened`, 拆除), in plain form. Two sentences with equal
            `words` say the same thing.
        sure: the sentence names the subject plainly as what it happened to.
        bare: its clause says this of the subject and nothing else, so it can be held against
            another such clause: *The hall was opened on 3 May 1890*.
    """

    kind: EventKind
    year: Year
    start: int
    end: int
    words: str = ""
    sure: bool = True
    bare: bool = False


@dataclass(slots=True)
class Read:
    """What was read of a text so far."""

    events: list[Event] = field(default_factory=list)
    signs: list[Sign] = field(default_factory=list)
    years: list[Year] = field(default_factory=list)
    standing: list[tuple[int, int]] = field(default_factory=list)
    gone: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True)
class _Clause:
    start: int
    end: int
    opener: str
    words: list[Word] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)
    years: list[Year] = field(default_factory=list)
    whose: Whose | None = None

    def before(self, place: int) -> list[Word]:
        return [word for word in self.words if word.end <= place]

    def after(self, place: int) -> list[Word]:
        return [word for word in self.words if word.start >= place]


class Names:
    """What a document's subject may be called: its names, their heads and what kind of thing it is.

    `first` is the text's first sentence: *The SS Example was a steamer* makes *the steamer* it.
    """

    def __init__(self, names: Sequence[str], first: str) -> None:
        said = plain(first[:_MOST_AT_ONCE])
        opening = _words(said)
        self.full = [
            words for name in names if (words := tuple(_words(plain(name[:_MOST_AT_ONCE]))))
        ]
        self.by_first: dict[str, list[tuple[str, ...]]] = {}
        for name in self.full:
            self.by_first.setdefault(name[0], []).append(name)
        self.words = {word for words in self.full for word in words if len(word) > 2}
        self.words -= PREPOSITIONS | DEFINITE | INDEFINITE | PRONOUNS
        self.is_person = _PERSON.search(said) is not None
        heads = set(_kind_of_thing(said))
        known = self.words | heads
        groups = [group for group in LIKE[:-1] if group & known] or [LIKE[-1]]
        self.is_vessel, self.is_alive = LIKE[0] in groups, self.is_person or LIKE[1] in groups
        # A name's head is its last word, in French and Spanish its first; a person has no head.
        is_romance = bool(_ROMANCE & set(opening)) and "the" not in opening
        own = {
            word
            for words in self.full
            for at, word in enumerate(words)
            if self.is_person or (*words, "of")[at + 1] in PREPOSITIONS or (is_romance and not at)
        } & self.words
        if opening[:1] and opening[0] in DEFINITE and not self.words & set(opening):
            own |= set(opening[1:2]) - OTHERS - ADVERBS - BE  # *The windmill*, called IMG_2031
        endings = {
            word[cut:] for word in own for cut in range(max(1, len(word) - 24), len(word) - 3)
        }  # wind|mill
        self.heads = heads.union(own, endings, *groups)
        runs = [
            run
            for name in names
            for run in re.findall(rf"{_HAN}{{2,}}", plain(name[:_MOST_AT_ONCE]))
        ]
        self.han = {run[cut:] for run in runs for cut in range(min(max(1, len(run) - 1), 12))}
        complement = re.search(rf"[是为][^，。,；]{{1,60}}{_HAN}(?=[，。,；])", said)
        if complement is not None:
            self.han |= {complement.group()[-2:], complement.group()[-3:]} - HAN_LIKE

    def start(self, words: Sequence[str]) -> int:
        """How many of the words, at their beginning, are one of the names."""
        begun = tuple(words[:12])
        same = self.by_first.get(begun[0], ()) if begun else ()
        return max((len(name) for name in same if begun[: len(name)] == name), default=0)

    def whose_pronoun(self, pronoun: str, topic: Whose) -> Whose:
        """Who a pronoun means, after something was said of `topic`."""
        if pronoun in {"he", "him", "his"} and not self.is_person:
            return "other"
        if pronoun in {"she", "her"} and not (self.is_person or self.is_vessel):
            return "other"
        return topic

    def is_han_name(self, phrase: str) -> bool:
        """Whether a Chinese noun phrase is one of the subject's names or means it."""
        like = next((each for each in HAN_LIKE if phrase.endswith(each) and phrase != each), "")
        return phrase.removesuffix(like) in self.han or phrase in HAN_LIKE or phrase in {"它", "其"}


def _words(text: str) -> list[str]:
    return _WORDS.findall(text)


def _kind_of_thing(first: str) -> Iterator[str]:
    """The noun of *X is a stone bridge over the Wey*, of *A stone bridge*: what the subject is."""
    copula = _COPULA.search(first)
    begin = copula.end() if copula is not None else 0
    words: list[str] = []
    for match in _WORDS.finditer(first, begin, min(len(first), begin + 120)):
        word = match.group()
        ends = word in PREPOSITIONS | RELATIVES | {"and"} or first[match.start() - 1] in ",("
        if words and (ends or word in KINDS or word in {"designed", "located", "known"}):
            break
        if word not in KINDS:  # an extinct bird
            words.append(word)
    if copula is None and words[:1] and words[0] not in INDEFINITE:
        return
    if copula is not None and not copula["a"]:
        return  # it was demolished
    nouns = [word for word in words if word not in INDEFINITE | DEFINITE | ADVERBS | OTHERS]
    yield from nouns[-1:]
    yield from (noun for noun, next_ in pairwise(nouns) if next_.endswith("ing"))  # a mill making
    if copula is not None and copula.group().split()[-1] in {"une", "un", "una", "le", "la", "el"}:
        yield from nouns[:1]


class TextReader:
    """Reads a text's sentences one after the other; a pronoun means what was spoken of before."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.topic: Whose = "main"
        self.read = Read()
        self.is_first = True

    def sentence(self, text: str, start: int) -> None:
        """Read a sentence that stands at `start` of the document's text."""
        end, years = start + len(text), find_years(text)
        self.read.years += [_moved(year, start) for year in years]
        record = _RECORD.match(text)
        if record is not None and self._record(record, years, start, end):
            return
        offset = 0
        if record is not None and record["value"] and len(record["label"].split()) <= 4:
            offset = record.start("value")  # a label that says nothing here: its value is prose
            years = [year for year in find_years(text) if year.start >= offset]
        for first, last in _pieces(text, offset):
            inside = [
                _moved(year, -first) for year in years if first <= year.start and year.end <= last
            ]
            _Sentence(self, text[first:last], (start, end), start + first, inside).read()
        self.is_first = False

    def _record(self, record: re.Match[str], years: list[Year], start: int, end: int) -> bool:
        """Read `Label: value`; False where the label says nothing about time."""
        read, value_at = self.read, record.start("value")
        label = " ".join(plain(record["label"]).strip(" ?？.*_").split())
        value = " ".join(plain(record["value"] or "").strip(" .。*_").split())
        is_empty = not any(map(str.isalnum, value)) or value in EMPTY

        def says(exists: bool, plainness: float, year: int | None = None) -> bool:
            read.signs.append(Sign(exists, start, end, plainness, year=year))
            (read.standing if exists else read.gone).append((start, end))
            return True

        if label in STATUS_LABELS:
            gone, stands, no = (
                GONE_VALUES.search(value),
                STANDING_VALUES.search(value),
                NO.match(value),
            )
            if is_empty or (DENIED.search(value) and not (no or gone)):
                return True
            if bool(gone) != bool(stands):
                return says(stands is not None, _GONE)
            return says(no is None, _GONE) if no or YES.match(value) else True
        deeds = _deeds(label)
        rest = re.sub(r"[\s\-_/().·]+", " ", HAPPENED.sub(" ", label)).split()
        if not deeds or any(w not in LABEL_WORDS and not set(w) <= LABEL_WORDS for w in rest):
            return False
        kind = deeds[0].kind
        self.names.is_alive |= kind == "born"
        if is_empty or (kind == "died" and not self.names.is_alive):
            return True
        if NO.match(value):
            return says(True, _LABEL) if kind in RUINS or kind == "ended" else True
        if value in UNKNOWN:
            return says(False, _LABEL) if kind in ENDINGS and DATE_LABEL.search(label) else True
        if DENIED.search(value) or PARTLY.search(value):
            return True
        at = [_moved(year, start) for year in years if year.start >= value_at]
        bare = re.fullmatch(r"(?:c\.?|ca\.?|um|约)?\s*(\d{3,4})年?", value)
        if not at and bare is not None:
            place = start + value_at + record["value"].find(bare[1])
            at = [Year(place, place + len(bare[1]), int(bare[1]))]
            read.years += at
        if at:
            read.events += _events(kind, at, (start, end), label, sure=True, bare=True)
        if kind in ENDINGS and (at or not any(map(str.isdigit, value))):
            says(False, _LABEL, at[-1].value if at else None)
        return True


def _pieces(text: str, start: int) -> Iterator[tuple[int, int]]:
    """The text from `start` on in pieces, since each deed looks at its whole clause."""
    while start < len(text):
        end = min(len(text), start + _MOST_AT_ONCE)
        if end < len(text):
            space = max(text.rfind(mark, start + _MOST_AT_ONCE // 2, end) for mark in " ,，、;；")
            end = space + 1 if space > start else end
        yield start, end
        start = end


def _moved(year: Year, by: int) -> Year:
    return replace(year, start=year.start + by, end=year.end + by)


def _events(
    kind: EventKind,
    years: Sequence[Year],
    span: tuple[int, int],
    word: str,
    *,
    sure: bool,
    bare: bool,
) -> list[Event]:
    """One event for each year; *built between 1726 and 1743* is begun in the first."""
    return [
        Event(
            "begun" if kind == "built" and year.role == "from" else kind,
            year,
            *span,
            word,
            sure,
            bare,
        )
        for year in years
        if year.role == "at" or kind not in _MOMENTS
    ]


def _deeds(said: str) -> list[Deed]:
    """The deeds that a plain text names, in order."""
    deeds = {}
    for match in HAPPENED.finditer(said):
        word = " ".join(match.group().split())
        start = match.start() + word.startswith("年")  # 1912年建: the year's own 年
        deeds[start] = Deed(start, match.end(), word.removeprefix("年"), KINDS[word])
    for match in APART.finditer(said):
        word = f"{match['verb']} {match['particle']}"
        if word in KINDS:
            deeds[match.start()] = Deed(match.start(), match.end("verb"), word, KINDS[word])
    return [deeds[start] for start in sorted(deeds)]


def _clauses(said: str, years: Sequence[Year]) -> list[_Clause]:
    """The sentence's clauses, with their words, deeds and years."""
    clauses, start, opener = [], 0, ""
    for match in _BREAK.finditer(said):
        if said[start : match.start()].strip():
            clauses.append(_Clause(start, match.start(), opener))
            opener = match.group()
        elif match.group() in _OPENS_RELATIVE or match.group() in "(（":
            opener = match.group()
        start = match.end()
    if said[start:].strip() or not clauses:
        clauses.append(_Clause(start, len(said), opener))
    words = [Word(match.group(), *match.span()) for match in _WORDS.finditer(said)]
    found: list[Word | Deed | Year] = [*words, *_deeds(said), *years]
    number = 0
    for each in sorted(found, key=lambda each: each.start):
        while number + 1 < len(clauses) and clauses[number + 1].start <= each.start:
            number += 1
        clause = clauses[number]
        if isinstance(each, Word):
            if clause.start <= each.start < clause.end:  # not the *and* between two clauses
                clause.words.append(each)
        elif isinstance(each, Deed):
            clause.deeds.append(each)
        else:
            clause.years.append(each)
    return clauses


class _Sentence:
    """One sentence while it is read; `offset` is where it begins in the document's text."""

    def __init__(
        self, reader: TextReader, text: str, span: tuple[int, int], offset: int, years: list[Year]
    ) -> None:
        self.reader, self.names = reader, reader.names
        self.text, self.span, self.offset = text, span, offset
        self.said = plain(text)
        self.clauses = _clauses(self.said, years)
        self.is_han = any(map(is_han, text))
        self.opens_text = reader.is_first and span[0] == 0

    def read(self) -> None:
        read, ends = self.reader.read, False
        for number in range(len(self.clauses)):
            self.clauses[number].whose = self._subject(number)
        dated = self._dated()
        is_question = self.said.rstrip().endswith(("?", "？"))
        for number, clause in enumerate(self.clauses):
            for deed in clause.deeds:
                if is_question or not self._happens(deed, clause) or self._denied(deed, number):
                    continue
                kind = self._phase(deed, number)
                if kind in ENDINGS and PARTLY.search(self.said, clause.start, deed.end):
                    kind = "damaged"
                ends = ends or kind in ENDINGS or kind == "closed"
                whose = self._patient(deed, number)
                if whose not in {"main", "unsure"}:
                    continue
                is_sure, years = whose == "main", dated.get(deed.start, ())
                if years and not (kind == "closed" and years[0].role == "from"):
                    at = [_moved(year, self.offset) for year in years]
                    bare = is_sure and self._is_bare(deed, clause)
                    read.events += _events(kind, at, self.span, deed.word, sure=is_sure, bare=bare)
                year = years[-1].value if years else None
                begins = BEGINS.search(self.said, clause.start, clause.end)
                if is_sure and kind in ENDINGS and not begins:
                    read.signs.append(Sign(False, *self.span, _DEED, year=year))
                elif (
                    is_sure and kind in {"rebuilt", "restored"} and deed.word not in NAMES_OF_DEEDS
                ):
                    again = kind == "rebuilt"
                    read.signs.append(Sign(True, *self.span, _DEED, again, year, not again))
        if not is_question:
            self._states(ends=ends)
        lead = next((clause.whose for clause in self.clauses if clause.whose is not None), None)
        if lead is not None:
            self.reader.topic = _NEXT_TOPIC.get(lead, lead)

    def _states(self, *, ends: bool) -> None:
        """Note what the sentence says of today."""
        read, said, span = self.reader.read, self.said, self.span
        gone, stands, use, site = (each.search(said) for each in (GONE, STANDS, IN_USE, SITE))
        again = AGAIN.search(said)
        if again is not None and DENIED.search(again.group()):
            again = None
        tense = _COPULA.search(said) if self.opens_text else None
        is_now = tense is not None and tense["now"] is not None
        was = tense is not None and not is_now and bool(tense["a"] or tense["zh"])
        rebuilt = any(
            deed.kind == "rebuilt" and not self._denied(deed, number)
            for number, clause in enumerate(self.clauses)
            for deed in clause.deeds
        )
        if (gone is None and (stands or use or again or rebuilt)) or is_now:
            read.standing.append(span)
        if gone or site or ends or was:
            read.gone.append(span)
        if again is not None:
            read.signs.append(Sign(True, *span, _AGAIN, rebuilt=True))
        if gone is not None:
            if self._whose_at(gone) == "main" and not PARTLY.search(said):
                read.signs.append(Sign(False, *span, _GONE))
        elif stands is not None and self._whose_at(stands) == "main":
            if not DENIED.search(said, max(0, stands.start() - 20), stands.start()):
                read.signs.append(Sign(True, *span, _STANDS))
        elif not (site or ends) and use is not None and self._whose_at(use) == "main":
            read.signs.append(Sign(True, *span, _USE))
        if tense is not None and (is_now or was) and self._whose_at(tense) in {"main", "unsure"}:
            read.signs.append(Sign(is_now, *span, _TENSE))

    def _whose_at(self, found: re.Match[str]) -> Whose:
        """Who a state is said of."""
        starts = [n for n, clause in enumerate(self.clauses) if clause.start <= found.start()]
        number = starts[-1] if starts else 0
        clause, inherited = self.clauses[number], self._inherited(number)
        if is_han(found.group()[:1]):
            return self._han_subject(self.said[clause.start : found.start()]) or inherited
        return self._resolve(clause.before(found.start()), inherited)

    def _happens(self, deed: Deed, clause: _Clause) -> bool:
        """Whether a word is said of a deed here: not *the closed border zone*, *made a saint*."""
        if deed.kind in {"born", "died"} and not self.names.is_alive:
            return False
        if is_han(deed.word[0]):
            return True
        leads = [word.said for word in clause.before(deed.start)][-1:]
        follows = next((word.said for word in clause.after(deed.end)), "")
        plainly = not follows or follows[0].isdigit() or follows in PREPOSITIONS | ADVERBS | BE
        if deed.word in _WORK:
            return BEGINS.search(self.said, clause.start, clause.end) is not None
        if deed.word in NAMES_OF_DEEDS:
            return not {"for", "zur", "zum", "pour", "para"} & set(leads)
        if deed.word in {"began", "started"}:
            return follows not in {"to", "as", "with"}
        return plainly or (deed.word != "made" and not (_NOUN_START - PRONOUNS) & set(leads))

    def _denied(self, deed: Deed, number: int) -> bool:
        """Whether its clause, or an aside in brackets after it, takes a deed back."""
        said, clause = self.said, self.clauses[number]
        before = DENIED.search(said, clause.start, deed.start)
        if before is not None and before.group() == "not" and _UNTIL.match(said, deed.end):
            before = DENIED.search(said, before.end(), deed.start)
        if before is not None:
            return True
        tail = DENIED.search(said, deed.end, min(clause.end, deed.end + 40))
        if tail is not None and (deed.word in NAMES_OF_DEEDS or tail.group() == "?"):
            return True
        asides = [
            each for each in self.clauses[number + 1 : number + 2] if each.opener in {"(", "（"}
        ]
        return any(DENIED.search(said, each.start, each.end) for each in asides)

    def _phase(self, deed: Deed, number: int) -> EventKind:
        """What happened: *construction began* is begun; *demolition began and ended* is one."""
        clause = self.clauses[number]
        if deed.word in NAMES_OF_DEEDS:
            begins = deed.kind == "built" and BEGINS.search(self.said, clause.start, clause.end)
            return "begun" if begins else deed.kind
        earlier = self.clauses[number - 1].deeds if number and clause.whose is None else []
        is_work = earlier and (earlier[0].word in NAMES_OF_DEEDS or self._is_work(earlier[0]))
        return earlier[0].kind if is_work and deed.kind in {"built", "ended"} else deed.kind

    def _is_work(self, deed: Deed) -> bool:
        return self.said.startswith("工程", deed.end)

    # When a deed happened.

    def _dated(self) -> dict[int, tuple[Year, ...]]:
        """Each deed's years, by the place of its word: the nearest in its clause, or the clause
        beside it that is but a date."""
        found: dict[int, tuple[Year, ...]] = {}
        for number, clause in enumerate(self.clauses):
            deeds, left = self._without_phases(clause), _in_spans(clause.years)
            for deed, until in zip(
                deeds, [*(d.start for d in deeds[1:]), clause.end], strict=False
            ):
                after = [span for span in left if deed.end <= span[0].start < until]
                if after and not (self.is_han and after[0][0].start - deed.end > 3):
                    found[deed.start] = after[0]
                    left.remove(after[0])
            rest = [deed for deed in deeds if deed.start not in found]
            for deed in rest:
                before = [span for span in left if span[0].start < deed.start]
                if before:
                    found[deed.start] = before[-1]
                    if not self.is_han:
                        left.remove(before[-1])
            if rest and rest[-1].start not in found and not left:
                at = number - 1
                while at > 0 and not self.clauses[at].years and not self.clauses[at].deeds:
                    at -= 1
                if at >= 0 and self._is_date(self.clauses[at]):
                    found[rest[-1].start] = _in_spans(self.clauses[at].years)[-1]
                elif number + 1 < len(self.clauses) and self._is_date(self.clauses[number + 1]):
                    found[rest[-1].start] = _in_spans(self.clauses[number + 1].years)[0]
        return found

    def _without_phases(self, clause: _Clause) -> list[Deed]:
        """*Construction was completed* is one deed."""
        if len(clause.deeds) < 2:
            return clause.deeds
        first, second, *rest = clause.deeds
        between = set(self.said[first.end : second.start].split())
        is_phase = first.word in NAMES_OF_DEEDS and (
            second.kind == "begun" or (second.kind == "built" and BE & between)
        )
        return [first, *rest] if is_phase or self._is_work(first) else clause.deeds

    def _is_date(self, clause: _Clause) -> bool:
        """Whether a clause is but a date with its preposition: *On 3 May 1890*, 1906年."""
        if not clause.years or clause.deeds or clause.opener in _OPENS_RELATIVE:
            return False
        words = [word.said for word in clause.words]
        lead = words[0] if words else ""
        begins = lead in PREPOSITIONS | ADVERBS or lead[:1].isdigit() or _MONTH.fullmatch(lead)
        if not (self.is_han or begins or "later" in words):
            return False
        free = PREPOSITIONS | DEFINITE
        strange = [
            w for w in words if w not in free and not w[0].isdigit() and not _MONTH.fullmatch(w)
        ]
        return len(strange) <= 5 and sum(map(is_han, self.said[clause.start : clause.end])) <= 8

    def _is_bare(self, deed: Deed, clause: _Clause) -> bool:
        """Whether its clause says this of the subject and nothing else."""
        if self.is_han:
            said = self.said[clause.start : clause.end]
            for name in sorted(self.names.han | {deed.word}, key=len, reverse=True):
                said = said.replace(name, "")
            return all(character in HAN_FILL or not is_han(character) for character in said)
        names = self.names.heads | self.names.words
        known = names | PREPOSITIONS | DEFINITE | BE | PRONOUNS | NEUTRAL | ADVERBS
        return all(
            deed.start <= word.start < deed.end
            or word.said[0].isdigit()
            or word.said in known
            or _MONTH.fullmatch(word.said)
            for word in clause.words
        )

    # Who a deed happened to.

    def _patient(self, deed: Deed, number: int) -> Whose:
        """Who a deed happened to."""
        clause, inherited = self.clauses[number], self._inherited(number)
        if is_han(deed.word[0]):
            return self._han_patient(deed, clause, inherited)
        before, after = clause.before(deed.start), clause.after(deed.end)
        if deed.word in NAMES_OF_DEEDS:
            return self._owner(deed, number, before, after, inherited)
        words = [word.said for word in before]
        at = max((index for index, word in enumerate(words) if word in BE), default=-1)
        if at >= 0:
            follows = words[at + 1 : at + 2]
            if words[at] in HAVE and follows and follows[0] in _NOUN_START:  # he had it built
                return self._object(before[at + 1 :], inherited)
            if words[at] not in VERB_LAST and set(words[at:]) & (PREPOSITIONS - OF):
                return self._resolve(self._nearest(before), inherited)  # by a hotel built in 1971
            first = at
            while first > 0 and words[first - 1] in BE | ADVERBS | AUXILIARY_A:
                first -= 1
            phrase = before[:first]
            if not self._noun(phrase):
                phrase = before[at + 1 :] or phrase  # 1962 wurde das Haus abgerissen
            return self._resolve(phrase, inherited)
        lead = after[0].said if after else ""
        is_next = bool(after) and not self.said[deed.end : after[0].start].strip()
        if is_next and (lead in _NOUN_START or self.names.start([word.said for word in after])):
            phrase = list(takewhile(lambda word: word.said not in PREPOSITIONS - OF, after))
            return self._object(phrase, inherited)
        return self._resolve(self._nearest(before), inherited)

    def _subject(self, number: int) -> Whose | None:
        """Who a clause is about; None where it names nobody."""
        clause = self.clauses[number]
        said = self.said[clause.start : clause.end]
        if self.is_han and any(map(is_han, said)):
            ends = [deed.start - clause.start for deed in clause.deeds[:1]] or [
                found.start() for state in (GONE, STANDS, IN_USE) if (found := state.search(said))
            ]
            return self._han_subject(said[: min(ends, default=len(said))])
        deeds = {deed.start for deed in clause.deeds}
        phrase = list(takewhile(lambda w: w.said not in BE and w.start not in deeds, clause.words))
        is_relative = clause.opener in _OPENS_RELATIVE or (
            bool(phrase) and all(word.said in RELATIVES for word in phrase)
        )
        if is_relative and number:
            nearest = self._nearest(self.clauses[number - 1].words)
            return self._resolve(nearest, self._inherited(number))
        if not self._noun(phrase):
            return None
        named = self._noun(phrase)[0]
        is_noun = named.said in _NOUN_START | self.names.heads or self.text[named.start].isupper()
        if number and clause.opener == "," and not is_noun:
            return None  # *, once thought to be lost,*
        verbless = len(phrase) == len(clause.words)
        if number and verbless and (clause.opener == "," or phrase[0].said not in _DEFINITE_START):
            return None  # *the London and Birmingham Railway*, or *, the sultan of Delhi,*
        return self._resolve(phrase, "main", whole=not verbless)

    def _inherited(self, number: int) -> Whose:
        """Who a clause is about that names nobody: the clauses before, else those after."""
        near = [*self.clauses[number::-1], *self.clauses[number + 1 :]]
        whose = next((clause.whose for clause in near if clause.whose is not None), None)
        return whose or ("main" if self.reader.topic == "unsure" else self.reader.topic)

    def _nearest(self, words: list[Word]) -> list[Word]:
        """The last noun phrase: from its determiner on, without *in Weston*, *of Weston*."""
        end = len(words)
        while end and (words[end - 1].said in ADVERBS or words[end - 1].said[0].isdigit()):
            end -= 1
        for index in range(end - 1, -1, -1):
            said = words[index].said
            if said in _NOUN_START:
                part = bool(index) and words[index - 1].said in OF  # the roof of | the hall
                return self._nearest(words[: index - 1]) if part else words[index:end]
            if said in OF | {"in", "at", "near"} and index:
                return self._nearest(words[:index])
            if said in PREPOSITIONS | BE:
                return words[index + 1 : end]
        return words[:end]

    def _noun(self, words: list[Word]) -> list[Word]:
        """A subject's own words: no date before it, no *In the war* before *the hall*."""
        said = [word.said for word in words]
        begin = 0
        while begin < len(said):
            if said[begin] in PREPOSITIONS and said[begin] not in DEFINITE:
                begin += 1 + (said[begin + 1 : begin + 2] != [] and said[begin + 1] in _NOUN_START)
                while begin < len(said) and not (
                    said[begin] in _NOUN_START
                    or said[begin][0].isdigit()
                    or self.names.start(said[begin : begin + 12])
                ):
                    begin += 1
            elif (
                said[begin] in ADVERBS or said[begin][0].isdigit() or _MONTH.fullmatch(said[begin])
            ):
                begin += 1
            else:
                break
        return words[begin:]

    def _owner(
        self, deed: Deed, number: int, before: list[Word], after: list[Word], inherited: Whose
    ) -> Whose:
        """Whose demolition: *of the hall*, *the hall's*, *its*; else what was spoken of."""
        if after and after[0].said in (OF | {"on"} if deed.word in _WORK else OF):
            stops = (PREPOSITIONS - OF) | BE | KINDS.keys()
            phrase = takewhile(lambda w: w.said not in stops and not w.said[0].isdigit(), after[1:])
            return self._resolve(list(phrase), inherited)
        last = before[-1].said if before else ""
        if last == "'s":
            return self._resolve(self._nearest(before[:-1]), inherited)
        if last in POSSESSIVES:
            return self.names.whose_pronoun(last, self._spoken_of())
        if last and last not in DEFINITE | PREPOSITIONS | BE | ADVERBS | INDEFINITE:
            return self._resolve(self._nearest(before), inherited)
        earlier = (clause.whose for clause in self.clauses[:number] if clause.whose is not None)
        topic = next(earlier, None) or self.reader.topic
        return "unsure" if topic == "other" and last in DEFINITE else topic

    def _spoken_of(self) -> Whose:
        """Who *it* means: whom this sentence is about, or the one before."""
        aside = (None, "aside", "thing")
        spoken = next((c.whose for c in self.clauses if c.whose not in aside), None)
        return spoken or self.reader.topic

    def _object(self, words: list[Word], inherited: Whose) -> Whose:
        """Who something is done to; *it* is not the one who does it."""
        pronoun = words[0].said
        if pronoun == "it" or (pronoun in PRONOUNS | {"him", "her"} - DEFINITE and len(words) == 1):
            is_main = any(clause.whose == "main" for clause in self.clauses)
            return self.names.whose_pronoun(pronoun, "main" if is_main else self.reader.topic)
        return self._resolve(words, inherited)

    def _resolve(self, words: list[Word], inherited: Whose, *, whole: bool = True) -> Whose:
        """Whom a noun phrase means; if it is not the `whole` of them, a verb follows too."""
        phrase = self._noun(words)
        while phrase and phrase[-1].said in ADVERBS | BE | AUXILIARY_A:
            phrase = phrase[:-1]
        said, names = [word.said for word in phrase], self.names
        if all(word in RELATIVES | ADVERBS for word in said):
            return inherited
        lead = said[0]
        is_pronoun = len(said) == 1 or lead not in DEFINITE | POSSESSIVES
        if lead in PRONOUNS | PEOPLE and is_pronoun:
            return names.whose_pronoun(lead, self._spoken_of())
        if lead in POSSESSIVES or lead == "there":
            return "other" if lead == "there" else "aside"
        while said and said[0] in DEFINITE | INDEFINITE | NEUTRAL and not names.start(said):
            phrase, said = phrase[1:], said[1:]
        if not said:
            return "other" if lead in INDEFINITE else inherited
        named = names.start(said)
        if named:
            rest = said[named : named + 1]
            if not whole:
                return "aside" if rest == ["'s"] else "main"
            is_main = not rest or rest[0] in PREPOSITIONS | ADVERBS | BE or rest[0] in names.heads
            return "main" if is_main else "other"
        if lead in INDEFINITE and not self.opens_text:
            return "other"
        until = next((i for i, word in enumerate(said) if i and word in PREPOSITIONS), len(said))
        head, later = said[:until], phrase[until + 1 :]
        if "'s" in head:
            return "aside"
        if not {head[0], head[-1]} & names.heads and not set(head) & names.words:
            if lead in DEFINITE:
                return "thing"
            return "aside" if self.text[phrase[0].start].isupper() else "other"
        if said[until : until + 1] and said[until] in OF:
            called = {word.said for word in later if self.text[word.start].isupper()}
            if {word.said for word in later} & POSSESSIVES:
                return "thing"  # the house of his birth
            if called and not called & names.words:
                return "aside"  # the Palace of Chaillot, where the subject is another palace
        if any(word in OTHERS and word not in names.words for word in head):
            return "other"
        if head[-1] in names.heads:
            known = names.heads | names.words | NEUTRAL
            strange = [word for word in phrase[:until] if word.said not in known]
            if any(self.text[word.start].isupper() and word.start > 0 for word in strange):
                return "other"
            return "main" if not strange or lead not in DEFINITE else "unsure"
        is_common = lead in {"der", "die", "das"} or self.text[phrase[0].start].islower()
        if (
            head[0] in names.words
            and lead in DEFINITE
            and is_common
            and (len(head) == 1 or not whole)
        ):
            return "main"  # the fort, of Fort Weston
        if not whole:
            return "main" if head[0] in names.heads else "thing"
        return "unsure" if head[0] in names.heads and len(head) <= 4 else "other"

    # The same in Chinese.

    def _han_patient(self, deed: Deed, clause: _Clause, inherited: Whose) -> Whose:
        prefix = self.said[clause.start : clause.deeds[0].start]
        suffix = re.split(r"[，。；、,]", self.said[deed.end : clause.end])[0]
        whose = self._han_subject(prefix) or inherited
        if "被" in prefix or prefix.endswith(("于", "由")) or suffix.startswith(("于", "在", "的")):
            return whose
        if deed.word.endswith(("于", "至", "到", "往", "为", "成")):
            return whose
        thing = re.split("[和及与]", suffix.removeprefix("了").strip("。！ "))[0]
        if self.names.is_han_name(re.sub(r"^(?:整|一|这|那|该|此)[座栋艘条个]?", "", thing)):
            return "main"
        if not thing or HAPPENED.match(thing) or not is_han(thing[0]):
            return whose
        is_object = suffix.startswith("了") or (
            len(thing) >= 2
            and thing[0] not in "后时前以为和及并而至到成用期完毕工"
            and deed.kind not in {"changed", "moved", "ended", "opened"}
        )
        return "other" if is_object else whose

    def _han_subject(self, prefix: str) -> Whose | None:
        """Who the words before a Chinese verb name; None for nobody."""
        fill = "".join(HAN_FILL)
        best: Whose | None = None
        phrase = re.split(r"被|由(?!于)|因|遭|随着|为了|(?<=.)[仍还依]", prefix, maxsplit=1)[0]
        for part in re.split(r"[\s“”《》\"，。]+", _HAN_DATE.sub(" ", phrase)):
            core = part.strip(fill)
            bare = re.sub(
                r"^(?:整[座个栋艘]|旧|老|全部|那[座栋艘])|(?:今天|现在|如今|目前|今日|本身|原|现)+$",
                "",
                core,
            )
            if self.names.is_han_name(core) or self.names.is_han_name(bare.strip(fill)):
                return "main"
            core = bare.strip(fill)
            if not any(map(is_han, core)) or core in {"工程", "施工", "建设", "建筑工程"}:
                continue
            if _HAN_IT.fullmatch(core):
                best = None if len(core) > 1 and core[-1] in "年时" else best or "main"
            elif core in {"他", "她"}:
                best = "main" if self.names.is_person else "other"
            else:
                name = next((n for n in self.names.han if len(n) > 2 and core.startswith(n)), core)
                after = core[len(name) : len(name) + 1]
                if after and after in HAN_FILL | {"在", "位", "的"}:
                    return "other" if after == "的" else "main"
                best = "other" if re.match(r"[一两几][座个条艘家]|另|新", core) else "aside"
        return best


def _in_spans(years: list[Year]) -> list[tuple[Year, ...]]:
    """The years, those of *between 1726 and 1743* together."""
    spans: list[tuple[Year, ...]] = []
    for year in years:
        if year.role == "to" and spans and spans[-1][-1].role == "from":
            spans[-1] = (*spans[-1], year)
        else:
            spans.append((year,))
    return spans


def state_of(signs: Sequence[Sign]) -> Sign | None:
    """The plainest sign, the last of equals; None where the signs leave it open.

    Deeds count in the order of time. An end that nothing renews is a sign, unless the tense of the
    first sentence denies it: *X is a church … it burnt in 1849*.
    """
    top = max((sign.plainness for sign in signs), default=0.0)
    if top > _DEED:
        return [sign for sign in signs if sign.plainness == top][-1]
    last: Sign | None = None
    for sign in signs:
        if sign.plainness == _DEED:
            is_dated = last is not None and None not in (sign.year, last.year)
            if last is None or not is_dated or (sign.year or 0) >= (last.year or 0):
                last = sign
    rest = [sign for sign in signs if sign.plainness < _DEED]
    best = max(rest, key=lambda sign: sign.plainness, default=None)
    if last is None or last.mends:
        return best
    return None if best is not None and best.exists != last.exists else last
