"""Sentences → what happened to the subject and when, and whether it exists, by plain grammar.

A sentence is cut into clauses. Each deed in a clause has one that it happened to, the patient: the
noun phrase before *was demolished*, after *the council demolished*, or the clause before's. Only
where the patient is the document's subject does the deed count. Knows no domain; where the grammar
leaves it open, a deed is left out or marked as unsure. Linear in the text's length.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from knowledge.dates import MONTH, Year, find_years
from knowledge.language import is_han
from vlm.chronology.lexicon import (
    ADVERBS, AGAIN, APART, BE, BEGINNINGS, BEGINS, DATE_LABEL, DEFINITE, DENIED, EMPTY, ENDINGS, GONE,
    GONE_VALUES, HAN_FILL, HAN_LIKE, HAPPENED, HAVE, IN_USE, INDEFINITE, KINDS, LABEL_WORDS, LIKE,
    NAMES_OF_DEEDS, NEUTRAL, NO, OF, OTHERS, PARTLY, PEOPLE, POSSESSIVES, PREPOSITIONS, PRONOUNS,
    RELATIVES, RUINS, SITE, STANDING_VALUES, STANDS, STATUS_LABELS, UNKNOWN, YES, EventKind, plain,
)  # fmt: skip

Whose = Literal["main", "unsure", "aside", "thing", "other"]
"""Who something is said of: the document's subject, perhaps the subject, something else. After what
is said `aside`, of a person or of something of the subject's, *it* means the subject again; after
*the architect* (a `thing`) perhaps."""
_NEXT_TOPIC: dict[Whose, Whose] = {"aside": "main", "thing": "unsure"}

_WORD = re.compile(r"[^\W\d_\u3400-\u9fff]+(?:'(?=s\b))?(?:s\b)?|\d+|'s\b")
_WORDS = re.compile(r"'s\b|\d[\d.,]*|[^\W\d_\u3400-\u9fff]+(?:-[^\W\d_\u3400-\u9fff]+)*")
_DATED = rf"\s*(?:(?:on|the|of|in|um|am|le|el|de)\s+)*(?:\d{{1,2}}\.?(?:st|nd|rd|th)?\s+)?(?:{MONTH}\s+(?:de\s+)?)?(?:\d{{1,2}},\s+)?"
_BREAK = re.compile(
    rf"[;:()\[\]|]|(?<=[\u3400-\u9fff”》]),|,(?!{_DATED}\d{{3,4}}\b)|\s[—–-]\s|—(?!\d)|[，；：、（）？]|"
    rf"\b(?:while|whereas|when|where|which|who|whose|whom|that|until|till|before|after|because|"
    rf"although|though|so that|then|als|bis|nachdem|bevor|weil|qui|puis|avant|apres|dont|que|"
    rf"cuando|hasta|tras)\b(?!{_DATED}\d{{3,4}}\b)|"
    rf"(?:(?<!\d\s)|(?!\w+{_DATED}\d{{3,4}}\b))\b(?:and|but|or|und|aber|et|mais|y|e|pero)\b",
    re.IGNORECASE,
)
_RECORD = re.compile(r"[\s>*•\-–|]*(?P<label>[^\s:：|(（][^:：|(（\n]{0,40}?(?:\([^)]{0,12}\))?)\s*[:：|]\s*(?P<value>\S.*)?$")
_OPENS_RELATIVE = frozenset({"which", "who", "that", "qui", "que", "whose", "whom", "dont"})
_PERSON = re.compile(
    r"\b(?:born|geboren|nee?|nacid[oa]|nacio|geb\.)\b|出生|生于|[(（][^)）]{0,60}\d{3,4}[^)）]{0,20}"
    r"[-–—][^)）]{0,40}\d{3,4}[^)）]{0,20}[)）]"
)
_COPULA = re.compile(
    r"\b(?:(?P<now>is|are|ist|sind|est|es)|(?:was|were|war|waren|etait|fut|era|fue))\b"
    r"(?P<a>\s+(?:an?|the|one|eine?|une?|una?|der|die|das|le|la|el)\b)?|(?P<zh>[曾原]是|曾为)"
)
_WORK = frozenset("work works bau travaux obras".split())
_ROMANCE = frozenset("le la les el los est fue fut del du une una etait".split())
VERB_LAST = frozenset("wurde wurden wird werden ist sind".split())
_UNTIL = re.compile(r"\s+(?:until|till|before)\b")
_TAIL = 40
"""Characters after a deed in which *(unverified)* still is about it."""
_PLAINNESS = {"again": 0.98, "gone": 0.95, "stands": 0.92, "deed": 0.5, "use": 0.45, "tense": 0.3}


class Deed(NamedTuple):
    """A word of `text` that says what happened: `text[start:end]`."""

    start: int
    end: int
    word: str
    kind: EventKind


class Sign(NamedTuple):
    """What one sentence, or a deed, says of whether the subject exists; one that only `mends` it
    says nothing but that an end before was none."""

    exists: bool
    start: int
    end: int
    plainness: float
    rebuilt: bool = False
    year: int | None = None
    mends: bool = False


@dataclass(frozen=True, slots=True)
class Happened:
    """A deed of the subject, with its years; `start` and `end` are its sentence's."""

    kind: EventKind
    years: tuple[Year, ...]
    start: int
    end: int
    word: str
    sure: bool
    bare: bool


@dataclass(slots=True)
class Read:
    """What was read of a text so far."""

    happened: list[Happened] = field(default_factory=list)
    signs: list[Sign] = field(default_factory=list)
    years: list[Year] = field(default_factory=list)
    standing: list[tuple[int, int]] = field(default_factory=list)
    gone: list[tuple[int, int]] = field(default_factory=list)


class _Clause(NamedTuple):
    start: int
    end: int
    opener: str


class Names:
    """What a document's subject may be called: its names, their words and what kind of thing it is.

    `first` is the text's first sentence: *The SS Example was a steamer* makes *the steamer* it.
    """

    def __init__(self, names: Sequence[str], first: str) -> None:
        self.full = [
            words for words in (tuple(_words(plain(name))) for name in names) if words
        ]  # fmt: skip
        self.heads = {word for words in self.full for word in words if len(word) > 2 or is_han(word)}
        self.heads -= PREPOSITIONS | DEFINITE | INDEFINITE | PRONOUNS
        self.han = {
            part
            for name in names
            for run in re.findall(r"[\u3400-\u9fff]{2,}", plain(name))
            for part in (run, *(run[cut:] for cut in range(1, min(len(run) - 1, 12))))
        }
        said = plain(first)
        complement = re.search(r"[是为][^，。,；]{2,60}", plain(first))
        if complement is not None and is_han(complement.group()[-1]):
            self.han |= {complement.group()[-2:], complement.group()[-3:]} - HAN_LIKE
        self.is_person = _PERSON.search(said) is not None
        self.kind_words = set(_kind_of_thing(said))
        known = self.heads | self.kind_words
        self.is_alive = self.is_person or bool(known & LIKE[1])
        groups = [group for group in LIKE[:-1] if group & known] or [LIKE[-1]]
        self.is_vessel = LIKE[0] in groups
        for group in groups:
            self.kind_words |= group
        opening = _words(said)
        if opening[:1] and opening[0] in DEFINITE and not self.heads & set(opening):
            # *The windmill seen from the north*, of a document called IMG_2031
            self.kind_words |= set(opening[1:2]) - OTHERS - ADVERBS - BE
        # A name's head is its last word, in French and Spanish its first.
        is_romance = bool(_ROMANCE & set(_words(said)) and "the" not in _words(said))
        heads = {
            word
            for words in self.full
            for at, word in enumerate(words)
            if word in self.heads
            and (self.is_person or (*words, "of")[at + 1] in PREPOSITIONS or (is_romance and not at))
        }
        self.kind_words |= heads
        self.kind_words |= {
            word[cut:] for word in heads if not is_han(word[0]) for cut in range(1, len(word) - 3)
        }  # the windmill is the mill

    def whose_pronoun(self, pronoun: str, topic: Whose) -> Whose:
        """Who a pronoun means, after a sentence about `topic`."""
        if pronoun in {"he", "him", "his"} and not self.is_person:
            return "other"
        if pronoun in {"she", "her"} and not (self.is_person or self.is_vessel):
            return "other"
        return topic


def _words(text: str) -> list[str]:
    return _WORDS.findall(text)


def _kind_of_thing(first: str) -> Iterator[str]:
    """The noun of *X is a stone bridge over the Wey*: what the subject is."""
    copula = _COPULA.search(first)
    begin = copula.end() if copula is not None else 0
    words: list[str] = []
    for match in _WORDS.finditer(first, begin, min(len(first), begin + 120)):
        gap = first[match.start() - 1 : match.start()]
        if words and (match.group() in PREPOSITIONS | RELATIVES | {"and"} or gap in ",("):
            break
        if match.group() in KINDS or match.group() in {"designed", "located", "situated", "known"}:
            if words:
                break
            continue  # an extinct bird
        words.append(match.group())
    nouns = [word for word in words if word not in INDEFINITE | DEFINITE | ADVERBS | OTHERS]
    if copula is None and words[:1] and words[0] not in INDEFINITE:
        return
    yield from nouns[-1:]
    if copula is not None and copula.group().split()[-1] in {"une", "un", "una", "le", "la", "el"}:
        yield from nouns[:1]


class TextReader:
    """Reads a text's sentences one after the other; a pronoun means what was spoken of before."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.topic: Whose = "main"
        self.read = Read()
        self._is_first = True

    def sentence(self, text: str, start: int) -> None:
        """Read a sentence that stands at `start` of the document's text."""
        end = start + len(text)
        own = find_years(text)
        self.read.years += [replace(y, start=start + y.start, end=start + y.end) for y in own]
        record = _RECORD.match(text)
        if record is not None and self._record(record, own, start, end):
            return
        if record is not None and record["value"] and len(record["label"].split()) <= 4:
            # A label that says nothing here: its value is read as prose.
            text, offset = text[record.start("value") :], record.start("value")
            own = find_years(text)
            _Sentence(self, text, start, end, own, offset).read()
        else:
            _Sentence(self, text, start, end, own, 0).read()
        self._is_first = False

    def take_first(self) -> bool:
        """Whether no sentence was read before."""
        return self._is_first

    def _record(self, record: re.Match[str], years: list[Year], start: int, end: int) -> bool:
        """Read `Label: value`; False where the label says nothing about time."""
        label = " ".join(plain(record["label"]).strip(" ?？.*_").split())
        value = " ".join(plain(record["value"] or "").strip(" .。*_").split())
        empty = not any(map(str.isalnum, value)) or value in EMPTY
        read = self.read
        if label in STATUS_LABELS:
            gone, stands = GONE_VALUES.search(value), STANDING_VALUES.search(value)
            yes, no = YES.match(value), NO.match(value)
            if empty or (DENIED.search(value) and not (no or gone)):
                return True
            if bool(gone) != bool(stands):
                exists = stands is not None
            elif yes or no:
                exists = bool(yes)
            else:
                return True
            read.signs.append(Sign(exists, start, end, 0.95))
            (read.standing if exists else read.gone).append((start, end))
            return True
        deeds = _deeds(label)
        if not deeds:
            return False
        self.names.is_alive |= deeds[0].kind == "born"
        rest = re.sub(r"[\s\-_/().·]+", " ", HAPPENED.sub(" ", label)).split()
        if any(word not in LABEL_WORDS and not set(word) <= LABEL_WORDS for word in rest):
            return False
        kind = deeds[0].kind
        if kind == "died" and not self.names.is_alive:
            return True
        denied = DENIED.search(re.sub(r"^(?:no|not|未|没有|否)\b", "", value))
        if empty:
            return True
        if NO.match(value):
            if kind in RUINS or kind == "ended":
                read.signs.append(Sign(True, start, end, 0.92))
                read.standing.append((start, end))
            return True
        if value in UNKNOWN:
            if kind in ENDINGS and DATE_LABEL.search(label):
                read.signs.append(Sign(False, start, end, 0.92))
                read.gone.append((start, end))
            return True
        if denied or PARTLY.search(value):
            return True
        at = [
            replace(year, start=start + year.start, end=start + year.end)
            for year in years
            if year.start >= record.start("value")
        ]
        if not at and (bare := re.fullmatch(r"(?:c\.?|ca\.?|um|约)?\s*(\d{3,4})年?", value)):
            place = record.start("value") + (record["value"] or "").find(bare[1])
            at = [Year(start + place, start + place + len(bare[1]), int(bare[1]))]
            read.years += [year for year in at if year not in read.years]
        if at:
            read.happened.append(Happened(kind, tuple(at), start, end, label, True, True))
        if kind in ENDINGS and (at or not any(map(str.isdigit, value))):
            read.signs.append(Sign(False, start, end, 0.92, year=at[-1].value if at else None))
            read.gone.append((start, end))
        return True


def _deeds(said: str) -> list[Deed]:
    """The deeds that a plain text names, in order."""
    deeds = []
    for match in HAPPENED.finditer(said):
        word = " ".join(match.group().split())
        start = match.start() + word.startswith("年")  # 1912年建: the year's own 年
        deeds.append(Deed(start, match.end(), word.removeprefix("年"), KINDS[word]))
    for match in APART.finditer(said):
        word = f"{match['verb']} {match['particle']}"
        if word in KINDS:
            deeds.append(Deed(match.start(), match.end("verb"), word, KINDS[word]))
    return sorted({deed.start: deed for deed in deeds}.values())


class _Sentence:
    """One sentence while it is read."""

    def __init__(
        self, reader: TextReader, text: str, start: int, end: int, years: list[Year], offset: int
    ) -> None:
        self.reader, self.names, self.text, self.years = reader, reader.names, text, years
        self.start, self.end, self.offset = start, end, start + offset
        self.said = plain(text)
        self.clauses = _clauses(self.said)
        self._starts = [clause.start for clause in self.clauses]
        self.tokens: list[list[re.Match[str]]] = [[] for _ in self.clauses]
        for match in _WORDS.finditer(self.said):
            self.tokens[self.clause_at(match.start())].append(match)
        self.deeds = _deeds(self.said)
        self.by_clause: list[list[Deed]] = [[] for _ in self.clauses]
        for deed in self.deeds:
            self.by_clause[self.clause_at(deed.start)].append(deed)
        self.subjects: list[Whose | None] = []
        self.is_han = any(map(is_han, text))

    def clause_at(self, position: int) -> int:
        return max(0, bisect_right(self._starts, position) - 1)

    def read(self) -> None:
        read, said = self.reader.read, self.said
        for number in range(len(self.clauses)):
            self.subjects.append(self._subject(number))
        dated = self._dated()
        span = (self.start, self.end)
        is_question = said.rstrip().endswith(("?", "？"))
        ends = False
        for deed in self.deeds:
            if is_question or not self._happens(deed) or self._denied(deed):
                continue
            kind = self._phase(deed)
            if kind in ENDINGS and PARTLY.search(said, self.clauses[self.clause_at(deed.start)].start, deed.end):
                kind = "damaged"
            ends = ends or kind in ENDINGS or kind == "closed"
            whose = self.patient(deed)
            if whose not in {"main", "unsure"}:
                continue
            years = dated.get(deed.start, ())
            if years and not (kind == "closed" and years[0].role == "from"):
                at = tuple(replace(y, start=self.offset + y.start, end=self.offset + y.end) for y in years)
                bare = whose == "main" and self._is_bare(deed)
                read.happened.append(
                    Happened(kind, at, self.start, self.end, deed.word, whose == "main", bare)
                )  # fmt: skip
            year = years[-1].value if years else None
            begins = BEGINS.search(said, *self.clauses[self.clause_at(deed.start)][:2])
            if whose == "main" and kind in ENDINGS and not begins:
                read.signs.append(Sign(False, *span, _PLAINNESS["deed"], year=year))
            elif whose == "main" and kind in {"rebuilt", "restored"} and deed.word not in NAMES_OF_DEEDS:
                rebuilt = kind == "rebuilt"
                read.signs.append(Sign(True, *span, _PLAINNESS["deed"], rebuilt, year, not rebuilt))
        self._states(ends=ends, is_question=is_question)
        lead = next((whose for whose in self.subjects if whose is not None), None)
        if lead is not None:
            self.reader.topic = _NEXT_TOPIC.get(lead, lead)

    def _states(self, *, ends: bool, is_question: bool) -> None:
        """Note what the sentence says of today."""
        read, said, span = self.reader.read, self.said, (self.start, self.end)
        if is_question:
            return
        gone, stands = GONE.search(said), STANDS.search(said)
        again, use, site = AGAIN.search(said), IN_USE.search(said), SITE.search(said)
        if again is not None and DENIED.search(again.group()):
            again = None
        tense = _COPULA.search(said) if self.reader.take_first() and self.start == 0 else None
        is_now = tense is not None and tense["now"] is not None
        was = tense is not None and not is_now and bool(tense["a"] or tense["zh"])
        rebuilt = any(deed.kind == "rebuilt" and not self._denied(deed) for deed in self.deeds)
        if gone is None and (stands or use or again or rebuilt) or is_now:
            read.standing.append(span)
        if gone or site or ends or was:
            read.gone.append(span)
        if again is not None:
            read.signs.append(Sign(True, *span, _PLAINNESS["again"], rebuilt=True))
        if gone is not None and self._whose_at(gone) == "main" and not PARTLY.search(said):
            read.signs.append(Sign(False, *span, _PLAINNESS["gone"]))
        if gone is None and stands is not None and self._whose_at(stands) == "main":
            if not DENIED.search(said, max(0, stands.start() - 20), stands.start()):
                read.signs.append(Sign(True, *span, _PLAINNESS["stands"]))
        elif not (gone or site or ends) and use is not None and self._whose_at(use) == "main":
            read.signs.append(Sign(True, *span, _PLAINNESS["use"]))
        if tense is not None and (is_now or was) and self._whose_at(tense) in {"main", "unsure"}:
            read.signs.append(Sign(is_now, *span, _PLAINNESS["tense"]))

    def _whose_at(self, found: re.Match[str]) -> Whose:
        deed = Deed(found.start(), found.end(), found.group(), "closed")
        return self.patient(deed, is_state=True)

    def _happens(self, deed: Deed) -> bool:
        """Whether a word is said of a deed here: not *the closed border zone*, *made a saint*."""
        if deed.kind in {"born", "died"} and not self.names.is_alive:
            return False
        if is_han(deed.word[0]):
            return True
        tokens = self.tokens[self.clause_at(deed.start)]
        before = [m.group() for m in tokens if m.end() <= deed.start]
        after = [m.group() for m in tokens if m.start() >= deed.end]
        follows, leads = (after or [""])[0], (before or [""])[-1]
        plainly = not follows or follows[0].isdigit() or follows in PREPOSITIONS | ADVERBS | BE
        if deed.word in NAMES_OF_DEEDS:
            if deed.word in _WORK:
                clause = self.clauses[self.clause_at(deed.start)]
                return BEGINS.search(self.said, clause.start, clause.end) is not None
            return leads not in {"for", "zur", "zum", "pour", "para"}
        if deed.word == "made":
            return plainly
        if deed.word in {"began", "started"}:
            return follows not in {"to", "as", "with"}
        return plainly or leads not in DEFINITE | INDEFINITE | POSSESSIVES

    def _denied(self, deed: Deed) -> bool:
        clause = self.clauses[self.clause_at(deed.start)]
        number = self.clause_at(deed.start)
        before = DENIED.search(self.said, clause.start, deed.start)
        if before is not None and before.group() == "not" and _UNTIL.match(self.said, deed.end):
            before = DENIED.search(self.said, before.end(), deed.start)
        tail = DENIED.search(self.said, deed.end, min(clause.end, deed.end + _TAIL))
        if deed.word in NAMES_OF_DEEDS and tail is not None:
            return True
        after = self.clauses[number + 1] if number + 1 < len(self.clauses) else None
        aside = (
            after is not None
            and after.opener in {"(", "（"}
            and DENIED.search(self.said, after.start, after.end)
        )
        return bool(before or aside or (tail and tail.group() == "?"))

    def _phase(self, deed: Deed) -> EventKind:
        """What happened: *construction began* is begun; *its demolition began and was completed* is
        demolished twice."""
        number = self.clause_at(deed.start)
        clause = self.clauses[number]
        if deed.word in NAMES_OF_DEEDS:
            begins = deed.kind == "built" and BEGINS.search(self.said, clause.start, clause.end)
            return "begun" if begins else deed.kind
        if deed.kind in {"built", "ended"} and number and self.subjects[number] is None:
            earlier = self.by_clause[number - 1]
            if earlier and (earlier[0].word in NAMES_OF_DEEDS or self._is_work(earlier[0])):
                return earlier[0].kind
        return deed.kind

    def _is_work(self, deed: Deed) -> bool:
        return self.said.startswith("工程", deed.end)

    def _dated(self) -> dict[int, tuple[Year, ...]]:
        """Each deed's years, by the place of its word: the nearest in its clause, or the clause
        beside it that is but a date."""
        found: dict[int, tuple[Year, ...]] = {}
        years: list[list[Year]] = [[] for _ in self.clauses]
        for year in self.years:
            years[self.clause_at(year.start)].append(year)
        for number, deeds in enumerate(self.by_clause):
            deeds = self._without_phases(number, deeds)
            left = _in_spans(years[number])
            for index, deed in enumerate(deeds):
                until = deeds[index + 1].start if index + 1 < len(deeds) else self.clauses[number].end
                following = [span for span in left if deed.end <= span[0].start < until]
                if following and not (self.is_han and following[0][0].start - deed.end > 3):
                    found[deed.start] = following[0]
                    left.remove(following[0])
            for index, deed in enumerate(deeds):
                preceding = [span for span in left if span[0].start < deed.start]
                if deed.start not in found and preceding:
                    found[deed.start] = preceding[-1]
                    if not self.is_han:
                        left.remove(preceding[-1])
            rest = [deed for deed in deeds if deed.start not in found]
            for deed in rest[-1:] if not left else []:
                before, after = number - 1, number + 1
                while before > 0 and not years[before] and not self.by_clause[before]:
                    before -= 1
                if before >= 0 and self._is_date(before, years):
                    found[deed.start] = _in_spans(years[before])[-1]
                elif after < len(years) and self._is_date(after, years):
                    found[deed.start] = _in_spans(years[after])[0]
        return found

    def _without_phases(self, number: int, deeds: list[Deed]) -> list[Deed]:
        """*Construction was completed* is one deed."""
        if len(deeds) > 1 and self._is_work(deeds[0]):
            return [deeds[0], *deeds[2:]]
        if len(deeds) > 1 and deeds[0].word in NAMES_OF_DEEDS and deeds[1].kind in {"built", "begun"}:
            between = self.said[deeds[0].end : deeds[1].start].split()
            if BE & set(between) or deeds[1].kind == "begun":
                return [deeds[0], *deeds[2:]]
        return deeds

    def _is_date(self, number: int, years: list[list[Year]]) -> bool:
        """Whether a clause is but a date with its preposition: *On 3 May 1890*, 1906年."""
        if not years[number] or self.by_clause[number]:
            return False
        words = [match.group() for match in self.tokens[number]]
        lead, opener = (words or [""])[0], self.clauses[number].opener
        if opener in _OPENS_RELATIVE or not (
            self.is_han or lead[:1].isdigit() or _is_month(lead)
            or lead in PREPOSITIONS | ADVERBS or "later" in words
        ):  # fmt: skip
            return False
        plain_words = [w for w in words if not w[0].isdigit() and w not in PREPOSITIONS | DEFINITE
                       and not re.fullmatch(MONTH, w, re.IGNORECASE)]  # fmt: skip
        clause = self.said[self.clauses[number].start : self.clauses[number].end]
        han = sum(map(is_han, clause))
        return len(plain_words) <= 5 and han <= 8

    def _is_bare(self, deed: Deed) -> bool:
        """Whether its clause says this of the subject and nothing else."""
        number = self.clause_at(deed.start)
        if self.is_han:
            clause = self.said[self.clauses[number].start : self.clauses[number].end]
            for name in sorted(self.names.han | {deed.word}, key=len, reverse=True):
                clause = clause.replace(name, "")
            return all(c in HAN_FILL or not is_han(c) for c in clause)
        known = self.names.kind_words | PREPOSITIONS | DEFINITE | BE | PRONOUNS | NEUTRAL | ADVERBS
        return all(
            deed.start <= match.start() < deed.end
            or match.group()[0].isdigit()
            or match.group() in known
            or re.fullmatch(MONTH, match.group(), re.IGNORECASE)
            for match in self.tokens[number]
        )

    # Who a deed happened to.

    def patient(self, deed: Deed, *, is_state: bool = False) -> Whose:
        """Who a deed happened to; `is_state`: it is a present state, so the subject does it."""
        number = self.clause_at(deed.start)
        inherited = self._inherited(number)
        if is_han(deed.word[0]):
            return self._han_patient(deed, number, inherited, is_state=is_state)
        tokens = self.tokens[number]
        before = [m for m in tokens if m.end() <= deed.start]
        after = [m for m in tokens if m.start() >= deed.end]
        if deed.word in NAMES_OF_DEEDS:
            return self._of_noun(deed, before, after, inherited)
        words = [match.group() for match in before]
        if is_state:
            return self._resolve(before, inherited)
        at = max((index for index, word in enumerate(words) if word in BE), default=-1)
        if at >= 0:
            if words[at] in HAVE and at + 1 < len(words) and (
                words[at + 1] in INDEFINITE | DEFINITE | POSSESSIVES | PRONOUNS
            ):
                return self._resolve_object(before[at + 1 :], inherited)
            if words[at] not in VERB_LAST and set(words[at:]) & (PREPOSITIONS - OF):
                return self._resolve(self._nearest(before), inherited)  # by a hotel built in 1971
            first = at
            while first > 0 and words[first - 1] in BE | ADVERBS | {"a", "ont", "ha", "han"}:
                first -= 1
            phrase = before[:first]
            if not self._noun(phrase):
                phrase = before[at + 1 :] or phrase  # 1962 wurde das Haus abgerissen
            if deed.kind == "made" and after and after[0].group() in INDEFINITE | DEFINITE:
                return "other"  # it was made a monument
            return self._resolve(phrase, inherited)
        follows = after[0].group() if after else ""
        if after and self.said[deed.end : after[0].start()].strip() == "" and (
            follows in DEFINITE | INDEFINITE | POSSESSIVES | {"it", "them", "him", "her"}
            or (follows not in PREPOSITIONS | ADVERBS and self._is_name(after))
        ):
            return self._resolve_object(self._phrase(after), inherited)
        return self._resolve(self._nearest(before), inherited)

    def _resolve_object(self, tokens: list[re.Match[str]], inherited: Whose) -> Whose:
        """Who is done something to; *it* is not the one who does it."""
        pronoun = tokens[0].group()
        if pronoun in PRONOUNS | {"him", "her"} - DEFINITE and (len(tokens) == 1 or pronoun in "it"):
            topic: Whose = "main" if "main" in self.subjects else self.reader.topic
            return self.names.whose_pronoun(pronoun, topic)
        return self._resolve(tokens, inherited)

    def _subject(self, number: int) -> Whose | None:
        """Who a clause is about; None where it names nobody."""
        clause, tokens = self.clauses[number], self.tokens[number]
        said = self.said[clause.start : clause.end]
        if self.is_han and any(map(is_han, said)):
            deeds = self.by_clause[number]
            ends = [deeds[0].start - clause.start] if deeds else [
                found.start() for words in (GONE, STANDS, IN_USE) if (found := words.search(said))
            ]  # fmt: skip
            return self._han_subject(said[: min(ends, default=len(said))])
        if clause.opener in _OPENS_RELATIVE and number:
            return self._resolve(self._nearest(self.tokens[number - 1]), self._inherited(number))
        phrase = []
        deeds = {deed.start for deed in self.by_clause[number]}
        for match in tokens:
            if match.group() in BE or match.start() in deeds:
                break
            phrase.append(match)
        if phrase and all(m.group() in RELATIVES for m in phrase) and number:
            return self._resolve(self._nearest(self.tokens[number - 1]), self._inherited(number))
        if not self._noun(phrase):
            return None
        verbless = len(phrase) == len(tokens)
        leads = DEFINITE | POSSESSIVES | PRONOUNS
        if number and verbless and (clause.opener == "," or phrase[0].group() not in leads):
            return None  # *the London and Birmingham Railway*, or *, the sultan of Delhi,*
        return self._resolve(phrase, "main", whole=not verbless)

    def _inherited(self, number: int) -> Whose:
        """Who a clause is about that names nobody."""
        if number < len(self.subjects) and self.subjects[number] is not None:
            return self.subjects[number] or "main"
        for earlier in range(min(number, len(self.subjects)) - 1, -1, -1):
            if (whose := self.subjects[earlier]) is not None:
                return whose
        for later in self.subjects[number + 1 :]:
            if later is not None:
                return later
        return self.reader.topic if self.reader.topic != "unsure" else "main"

    def _nearest(self, tokens: list[re.Match[str]]) -> list[re.Match[str]]:
        """The last noun phrase: from its determiner on, without a place's *in Weston*."""
        words = [match.group() for match in tokens]
        end = len(tokens)
        while end and (words[end - 1] in ADVERBS or words[end - 1][0].isdigit()):
            end -= 1
        for index in range(end - 1, -1, -1):
            if words[index] in DEFINITE | INDEFINITE | POSSESSIVES | PRONOUNS:
                return self._whole(tokens[:end], index)
            if words[index] in PREPOSITIONS:
                if words[index] in {"in", "at", "near"} and index:
                    return self._nearest(tokens[:index])
                return tokens[index + 1 : end]
            if words[index] in BE:
                return tokens[index + 1 : end]
        return tokens[:end]

    def _whole(self, tokens: list[re.Match[str]], index: int) -> list[re.Match[str]]:
        """*The roof of the hall*, given where *the hall* begins."""
        if index and tokens[index - 1].group() in OF:
            return self._nearest(tokens[: index - 1])
        return tokens[index:]

    def _phrase(self, tokens: list[re.Match[str]]) -> list[re.Match[str]]:
        """The noun phrase at the beginning, up to a preposition other than *of*."""
        phrase = []
        for match in tokens:
            if phrase and match.group() in PREPOSITIONS - OF:
                break
            phrase.append(match)
        return phrase

    def _noun(self, tokens: list[re.Match[str]]) -> list[re.Match[str]]:
        """A subject's own words: no date before it, no *In the war* before *the hall*."""
        words = [match.group() for match in tokens]
        begin = 0
        while begin < len(words):
            if words[begin] in ADVERBS or words[begin][0].isdigit() or _is_month(words[begin]):
                begin += 1
            elif words[begin] in PREPOSITIONS and words[begin] not in DEFINITE:
                begin += 1
                if begin < len(words) and words[begin] in DEFINITE | INDEFINITE | POSSESSIVES:
                    begin += 1
                while begin < len(words) and not (
                    words[begin] in DEFINITE | INDEFINITE | PRONOUNS | POSSESSIVES
                    or words[begin][0].isdigit()
                    or self._is_name(tokens[begin:])
                ):
                    begin += 1
            else:
                break
        return tokens[begin:]

    def _is_name(self, tokens: list[re.Match[str]]) -> bool:
        words = tuple(match.group() for match in tokens[:12])
        return any(words[: len(name)] == name for name in self.names.full)

    def _of_noun(
        self,
        deed: Deed,
        before: list[re.Match[str]],
        after: list[re.Match[str]],
        inherited: Whose,
    ) -> Whose:
        """Whose demolition: *of the hall*, *the hall's*, *its*; else what the clause is about."""
        if after and after[0].group() in (OF | {"on"} if deed.word in _WORK else OF):
            phrase = self._phrase(after[1:])
            ends = next((i for i, m in enumerate(phrase) if m.group() in BE or m.group()[0].isdigit()), None)
            return self._resolve(phrase[:ends], inherited)
        words = [match.group() for match in before]
        if words and words[-1] == "'s":
            return self._resolve(self._nearest(before[:-1]), inherited)
        if words and words[-1] in POSSESSIVES:
            return self.names.whose_pronoun(words[-1], self._pronoun_topic())
        if words and words[-1] not in DEFINITE | PREPOSITIONS | BE | ADVERBS | INDEFINITE:
            return self._resolve(self._nearest(before), inherited)
        number = self.clause_at((before or after)[0].start()) if before or after else 0
        earlier = next((whose for whose in self.subjects[:number] if whose is not None), None)
        topic = earlier or self.reader.topic
        return "unsure" if topic == "other" and words and words[-1] in DEFINITE else topic

    def _pronoun_topic(self) -> Whose:
        """Who *it* means: whom the sentence before was about, or this one's first clause."""
        spoken = next((whose for whose in self.subjects if whose not in {None, "aside", "thing"}), None)
        return spoken or self.reader.topic

    def _resolve(
        self, tokens: list[re.Match[str]], inherited: Whose, *, whole: bool = True
    ) -> Whose:
        """Whom a noun phrase means; if it is not the `whole` of `tokens`, a verb follows in them."""
        phrase = self._noun(tokens)
        while phrase and phrase[-1].group() in ADVERBS | BE | {"a", "ont", "ha", "han"}:
            phrase = phrase[:-1]
        words = [match.group() for match in phrase]
        if not words or all(word in RELATIVES | ADVERBS for word in words):
            return inherited
        if words[0] in PRONOUNS | PEOPLE and (
            len(words) == 1 or words[0] not in DEFINITE | POSSESSIVES
        ):
            return self.names.whose_pronoun(words[0], self._pronoun_topic())
        if words[0] == "there":
            return "other"
        is_definite = words[0] in DEFINITE
        if words[0] in POSSESSIVES:
            return "aside"
        lead = words[0]
        counted = words[0] in INDEFINITE
        while phrase and words and words[0] in DEFINITE | INDEFINITE | NEUTRAL and not self._is_name(phrase):
            phrase, words = phrase[1:], words[1:]
        if not words:
            return "other" if counted else inherited
        until = next((i for i, word in enumerate(words) if i and word in PREPOSITIONS), len(words))
        head = words[:until]
        names = [name for name in self.names.full if tuple(words[: len(name)]) == name]
        if names:
            rest = words[max(map(len, names)) :]
            if not whole:
                return "aside" if rest[:1] == ["'s"] else "main"
            if not rest or rest[0] in PREPOSITIONS | ADVERBS or rest[0] in self.names.kind_words:
                return "main"
            return "other" if rest[0] == "'s" or rest[0] not in BE else "main"
        if lead in INDEFINITE and not (self.reader.take_first() and self.start == 0):
            return "other"
        if "'s" in head:
            return "aside"
        own = self.names.kind_words
        if head[-1] not in own and head[0] not in own and not (set(head) & self.names.heads):
            if not is_definite and all(self.text[match.start()].isupper() for match in phrase[:1]):
                return "aside"
            return "thing" if is_definite else "other"
        if words[until : until + 1] and words[until] in OF and set(words[until + 1 :]) & POSSESSIVES:
            return "thing"
        others = [m for m in phrase[until + 1 :] if self.text[m.start()].isupper()]
        if words[until : until + 1] and words[until] in OF and others:
            if not {m.group() for m in others} & self.names.heads:
                return "aside"  # the Palace of Chaillot, where the subject is another palace
        if any(word in OTHERS and word not in self.names.heads for word in head):
            return "other"
        if head[-1] in own:
            strange = [
                match for match, word in zip(phrase, head, strict=False)
                if word not in own | self.names.heads | NEUTRAL
            ]  # fmt: skip
            capital = any(self.text[m.start()].isupper() and m.start() > 0 for m in strange)
            if capital:
                return "other"
            return "main" if not strange or not is_definite else "unsure"
        if not whole:
            return "main" if head[0] in own else "thing"
        return "other" if head[0] not in own or len(head) > 4 else "unsure"

    def _han_patient(
        self, deed: Deed, number: int, inherited: Whose, *, is_state: bool
    ) -> Whose:
        clause = self.clauses[number]
        prefix = self.said[clause.start : deed.start]
        earlier = [d for d in self.by_clause[number] if d.end <= deed.start]
        if earlier:
            prefix = prefix[: earlier[0].start - clause.start]
        suffix = re.split(r"[，。；、,]", self.said[deed.end : clause.end])[0]
        named = self._han_subject(prefix)
        if is_state:
            return named or inherited
        if not prefix.endswith(("被", "于", "由")) and "被" not in prefix and not suffix.startswith(("于", "在", "的")):
            thing = re.split("[和及与]", suffix.removeprefix("了").strip("。！ "))[0]
            if self._han_is(re.sub(r"^(?:整|一|这|那|该|此)[座栋艘条个]?", "", thing)):
                return "main"
            if suffix.startswith("了") and thing and not HAPPENED.match(thing):
                return "other"
            if len(thing) >= 2 and is_han(thing[0]) and thing[0] not in "后时前以为和及并而至到成用期完毕工，" \
                    and not HAPPENED.match(thing) and deed.kind not in {"changed", "moved", "ended", "opened"}:
                return "other"
        return named or inherited

    def _han_is(self, phrase: str) -> bool:
        """Whether a Chinese noun phrase is one of the subject's names or means it."""
        if any(phrase.endswith(like) for like in HAN_LIKE) and phrase not in HAN_LIKE:
            phrase = next(phrase[: -len(like)] for like in HAN_LIKE if phrase.endswith(like))
        return phrase in self.names.han or phrase in HAN_LIKE or phrase in {"它", "其"}

    def _han_subject(self, prefix: str) -> Whose | None:
        """Who the words before a Chinese verb name; None for nobody."""
        phrase = re.split(r"被|由(?!于)|因|遭|随着|为了|(?<=.)[仍还依]", prefix, maxsplit=1)[0]
        phrase = re.sub(
            r"(?:公元前?|西元前?)?[\d〇零一二三四五六七八九十]{1,4}(?:世纪|年代|年|月|日)[初末底间代起春夏秋冬]?", " ", phrase
        )  # fmt: skip
        whole = phrase.strip()
        parts = [part for part in re.split(r"[\s“”《》\"，。]+", phrase) if part]
        best: Whose | None = None
        for part in parts:
            core = part.strip("".join(HAN_FILL))
            if core and self._han_is(core):
                return "main"
            core = re.sub(r"^(?:整[座个栋艘]|旧|老|全部|那[座栋艘])|(?:今天|现在|如今|目前|今日|本身)+$", "", core)
            core = core.strip("".join(HAN_FILL))
            if not any(map(is_han, core)) or core in {"工程", "施工", "建设", "建筑工程"}:
                continue
            if self._han_is(core):
                return "main"
            if re.fullmatch(r"它|该.{1,5}|此[座楼桥船]?.{0,3}|[这全][座栋个条艘幅家所件种块]?.{0,4}|本[校馆站报刊]", core):
                best = "main" if best is None else best
                if len(core) > 1 and core[-1] in "年时":
                    best = None
                continue
            if core in {"他", "她"}:
                best = "main" if self.names.is_person else "other"
                continue
            name = next((n for n in self.names.han if len(n) > 2 and core.startswith(n)), None)
            if name is not None and core[len(name) : len(name) + 1] in HAN_FILL | {"在", "位", "的"}:
                return "main" if core[len(name)] != "的" else "other"
            best = "other" if re.match(r"[一两几][座个条艘家]|另|新", core) else "aside"
        return best if whole else None


def _is_month(word: str) -> bool:
    return re.fullmatch(MONTH, word, re.IGNORECASE) is not None


def _in_spans(years: list[Year]) -> list[tuple[Year, ...]]:
    """The years, those of *between 1726 and 1743* together."""
    spans: list[tuple[Year, ...]] = []
    for year in years:
        if year.role == "to" and spans and spans[-1][-1].role == "from":
            spans[-1] = (*spans[-1], year)
        else:
            spans.append((year,))
    return spans


def _clauses(said: str) -> list[_Clause]:
    clauses, start, opener = [], 0, ""
    for match in _BREAK.finditer(said):
        if said[start : match.start()].strip():
            clauses.append(_Clause(start, match.start(), opener))
            start, opener = match.end(), match.group()
        elif match.group().strip() in _OPENS_RELATIVE or match.group() in "(（":
            start, opener = match.end(), match.group()
        else:
            start = match.end()
    if said[start:].strip() or not clauses:
        clauses.append(_Clause(start, len(said), opener))
    return clauses


def state_of(signs: Sequence[Sign]) -> Sign | None:
    """The plainest sign, the last of equals; None where the signs leave it open.

    An end without a later renewal is a sign; one that the tense of the first sentence denies is
    none: *X is a church … it burnt in 1849*.
    """
    plain_signs = [sign for sign in signs if sign.plainness > _PLAINNESS["deed"]]
    if plain_signs:
        top = max(sign.plainness for sign in plain_signs)
        chosen = [sign for sign in plain_signs if sign.plainness == top][-1]
        return chosen
    deeds = [sign for sign in signs if sign.plainness == _PLAINNESS["deed"]]
    rest = [sign for sign in signs if sign.plainness < _PLAINNESS["deed"]]
    last = _latest(deeds)
    best = max(rest, key=lambda sign: sign.plainness, default=None)
    if last is None or last.mends:
        return best
    if best is not None and best.exists != last.exists:
        return None
    return last


def _latest(deeds: Sequence[Sign]) -> Sign | None:
    """The deed that comes last in time; in the text, where a year is missing."""
    last: Sign | None = None
    for sign in deeds:
        dated = last is not None and sign.year is not None and last.year is not None
        if last is None or not dated or (sign.year or 0) >= (last.year or 0):
            last = sign
    return last
