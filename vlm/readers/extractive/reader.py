"""The extractive reader: from a question and candidates to one draft.

A network finds the words that answer, or that nothing answers, and says standing, gone, yes, no.
What must be exact is left to code: the bounds of what is quoted, the year in the words, numbers and
names that must agree, the wording. Knows no store, no web and no photo. Over 500 lines, since what
speaks against words and what is said of existence both weigh the same reading.
"""

import math
import re
from dataclasses import replace
from functools import cached_property

from knowledge.dates import find_dates, find_years, read_date
from knowledge.documents import Document
from knowledge.language import guess_language, script_language
from vlm.chronology import (
    BEGINNINGS,
    RUINS,
    Chronology,
    EventKind,
    asked_kinds,
    asks_existence,
    asks_of_a_part,
    asks_when,
    asks_yes_no,
    chronology_of,
    denies_what_is_asked,
    is_planned,
    year_event_of,
)  # fmt: skip
from vlm.composed_text import say_existence, say_not_read, say_nothing, say_value, say_verdict
from vlm.readers.asked_kind import fits_what_is_asked
from vlm.readers.base import Draft, Reading
from vlm.readers.extractive.agreement import (
    agreement,
    dates_something_else,
    field_of,
    is_about_another,
    is_named,
    is_of_another_dimension,
    is_of_another_role,
    names_share,
    names_the_field,
    part_asked,
)
from vlm.readers.extractive.network import Network, load_network
from vlm.readers.extractive.phases import in_the_phase_asked
from vlm.readers.extractive.spans import Found, find_spans, probability
from vlm.readers.extractive.windows import Window, windows_of

_MOST_ASKED = 2_000
"""Characters of a question that are read."""
_BEHIND_WITH_PHOTO = 8.0
"""Margin that a later candidate must be ahead by, where a photo says that the first is meant."""
_BEHIND = 1.0
"""The same without a photo."""
_BEHIND_NAMED = 6.0
"""The same where the question names another candidate and not this one."""
_DISAGREEING = 8.0
"""What margins are lowered by where a number or code of the question is not in the document."""
_OTHER_NAMES = 4.0
"""The same where a name of the question is not in the document."""
_OTHER_YEARS = 12.0
"""The same where a year of the question is not."""
_SAME_FIELD = 3.0
"""What a margin is raised by where the question has the label of the record's line in it."""
_IMPOSSIBLE = 20.0
"""What a margin is lowered by where the words measure another dimension, or date another event, the
maker's life or the record: no margin makes that an answer."""
_OTHER_EVENT = 10.0
"""The same where the sentence tells what happened to a part, or to another thing."""
_PLANNED = 8.0
"""The same where a clause has a date of a plan, a threat or a vote."""
_SURE = 3.0
"""Of a margin, to look no further."""
_UNFIT = 4.0
"""What a margin is lowered by where the words are no number, or no date, and one is asked for."""
_LEAST_MARGIN = -8.0
"""Below it, nothing that was read answers."""
_LEAST_END = -9.0
"""The same for the date of an end, of something that is known to have ended."""
_LEAST_STATUS = 0.5
"""Of the probability that something stands, or is gone, to say so."""
_BY_DEEDS = 0.5
"""Of the plainness of what a text states: its subject ended, or came back."""
_SURE_STATUS = 0.6
"""Of the same, to go before an end or a use that implies it."""
_LEAST_VERDICT = 0.7
"""Of the probability of yes, or of no, to say so."""
_PLAIN = 0.9
"""Of the plainness of what a text states, to go before the network's judgement."""
_SAME_EVENT = 2.0
"""What a margin is raised by where the sentence dates the event that is asked for."""
_ASKS_USE = re.compile(
    r"\b(?:used (?:for|as)|use of|in use as|purpose|serve[sd]? as|function|occupies"
    r"|what is (?:it|there|found)|stands? (?:there|in its place|on (?:the|its) site))\b"
    r"|用途|用作|用来|做什么|作何用|当什么",
    re.IGNORECASE,
)
_REPLACED = re.compile(
    r"[^:：\n]{0,20}(?:replace|successor|on (?:the )?site|ersatz|nachfolger|remplac|sustitu|现址"
    r"|今址)[^:：\n]{0,20}[:：]",
    re.IGNORECASE,
)
"""A record's line on what stands there now."""
_ENDED = {"zh": "它是什么时候被拆除或毁掉的？"}
_ENDED_ENGLISH = "When was it demolished, destroyed or closed?"
_TAKEN = re.compile(
    r"\b(?:taken|photographed|shot|aufgenommen|fotografiert|prise?|photographi\w+|tomada|fotografi\w+)\b"
    r"|拍|摄",
    re.IGNORECASE,
)
"""Asks for the date of a photograph, not of an event of what it shows."""
_HAN_YEAR = re.compile(r"[〇○零一二三四五六七八九]{2,4}年")
_LONGEST_VALUE = 120
"""Characters of a record's field that are given whole."""


class ExtractiveReader:
    """Reads with a network on the CPU. Safe to call from several threads."""

    def __init__(self, network: Network | None = None, *, threads: int = 0) -> None:
        """`network`: None takes the bundled one, with `threads` cores for one pair of texts; 0 for
        all. Where many questions are read side by side 1 is best: cores that wait for each other
        work for nobody.

        Raises:
            ModelMissingError: its files are not there.
            ModelBrokenError: they cannot be used.
        """
        self.network = network or load_network(threads=threads)
        self.name = "extractive" if network is None else f"extractive:{network.card.name}"

    @property
    def fingerprint(self) -> str:
        """Digest of the network; equal ones read alike."""
        return self.network.fingerprint

    def read(self, reading: Reading) -> Draft:
        """Answer from the evidence alone, or abstain.

        The reason is `nothing_similar` without candidates, `language_not_read` where the question
        or the text is in a language that the network does not read, else `not_in_evidence`.

        Raises:
            ModelBrokenError: the network cannot be run.
        """
        question = reading.question[:_MOST_ASKED]
        if not reading.candidates:
            return Draft(text=say_nothing(reading.language, None), reason="nothing_similar")
        kept = tuple(each for each in reading.candidates if self._reads(each.language))
        if not kept or not self._reads(reading.language, question):
            return Draft(
                text=say_not_read(reading.language),
                document_id=reading.candidates[0].document_id,
                reason="language_not_read",
            )
        read = _Read(self.network, replace(reading, candidates=kept), question)
        return read.answer() or Draft(
            text=say_nothing(reading.language, reading.candidates[0].title),
            document_id=reading.candidates[0].document_id,
            reason="not_in_evidence",
        )

    def _reads(self, language: str, text: str = "") -> bool:
        """Whether the network reads a language, and the one whose script `text` is in."""
        known = {each.partition("-")[0] for each in self.network.card.languages}
        spoken = (language, script_language(text) or language)
        return all(each.partition("-")[0].lower() in known for each in spoken if each)


class _Read:
    """One reading: what the network said of each window."""

    def __init__(self, network: Network, reading: Reading, question: str) -> None:
        self.network = network
        self.reading = reading
        self.question = question
        self.windows = windows_of(reading, network.count_tokens)
        self._asked_kinds: frozenset[EventKind] = frozenset()
        if asks_when(question):
            taken: frozenset[EventKind] = frozenset({"made"} if _TAKEN.search(question) else ())
            self._asked_kinds = asked_kinds(question) or taken
        self._chronologies: dict[int, Chronology | None] = {}
        self._scores: dict[tuple[object, ...], float] = {}
        self.found = self._read_until_sure()

    def _read_until_sure(self) -> list[Found]:
        """What was found, best first; once a candidate answers surely, no other one is read."""
        found: list[Found] = []
        places = sorted({window.place for window in self.windows}, key=self._behind)
        if self._shown and max(self._named) <= self._named[0]:
            places = places[:1]  # the photo says which subject is meant
        for place in places:
            windows = [window for window in self.windows if window.place == place]
            found += [each for window in windows for each in self._ask(window, self.question)]
            found.sort(key=lambda each: -self._score(each))
            if found and self._score(found[0]) >= _SURE:
                break
        return found

    @property
    def _shown(self) -> bool:
        """Whether a photo, or what was asked before, says which subject is meant."""
        return bool(self.reading.photos) or self.reading.known

    @cached_property
    def _named(self) -> tuple[float, ...]:
        """How far the question calls each candidate by name; beside a photo by a whole name."""
        if self._shown:
            return tuple(float(is_named(self.question, each)) for each in self.reading.candidates)
        return tuple(names_share(self.question, each) for each in self.reading.candidates)

    @cached_property
    def _agreements(self) -> tuple[dict[str, float], ...]:
        return tuple(agreement(self.question, each) for each in self.reading.candidates)

    def _score(self, found: Found) -> float:
        """A margin, lowered by what speaks against the words."""
        words = (found.window.place, found.passage.passage_id, found.start, found.first, found.last)
        key = (*words, found.margin)
        if (known := self._scores.get(key)) is None:
            known = self._scores[key] = self._worked_out(found)
        return known

    def _worked_out(self, found: Found) -> float:
        same = _SAME_EVENT if self._dated(found) else 0.0
        if names_the_field(self.question, found.sentence):
            same += _SAME_FIELD
        if _ASKS_USE.search(self.question) and _REPLACED.match(found.sentence):
            same += _SAME_FIELD + _SAME_EVENT
        return found.margin + same - self._behind(found.window.place) - self._unfit(found, same)

    def _unfit(self, found: Found, same: float) -> float:
        """What a margin is lowered by where the words cannot be what is asked for."""
        if is_of_another_dimension(
            self.question, found.sentence, found.words
        ) or dates_something_else(self.question, found.sentence):
            return _IMPOSSIBLE
        if is_of_another_role(self.question, found.sentence):
            return _IMPOSSIBLE
        unfit = 0.0 if fits_what_is_asked(self.question, found.words) else _UNFIT
        if self._asked_kinds or asks_when(self.question):
            if self._is_of_another_event(found):
                return unfit + _IMPOSSIBLE
            if denies_what_is_asked(self.question, found.sentence):
                return unfit + _IMPOSSIBLE
            if self._asked_kinds and not same:
                unfit += self._other_event(found)
            if not same and self._is_elsewhere(found):
                unfit += _OTHER_EVENT
            asked = self.question.rstrip("?？ ")
            if not same and is_planned(found.clause) and not is_planned(asked):
                unfit += _PLANNED
        return unfit

    def _behind(self, place: int) -> float:
        """What a candidate's margins are lowered by."""
        return self._penalties[place]

    @cached_property
    def _penalties(self) -> tuple[float, ...]:
        """`_behind` of every candidate: it is the same for each of a candidate's sentences."""
        return tuple(map(self._penalty, range(len(self.reading.candidates))))

    def _penalty(self, place: int) -> float:
        agree = self._agreements[place]
        behind = _OTHER_NAMES * (float(agree["names"] < 1) + 1 - agree["names"])
        if not asks_yes_no(self.question):
            behind += _DISAGREEING * (1 - agree["numbers"]) + _OTHER_YEARS * (1 - agree["years"])
        behind += _BEHIND_NAMED * (max(self._named) - self._named[place])
        if place > 0 and self._named[place] <= self._named[0]:
            behind += _BEHIND_WITH_PHOTO if self._shown else _BEHIND
        return behind

    def _ask(self, window: Window, question: str) -> list[Found]:
        return find_spans(window, self.network.read(question, window.text, heading=window.heading))

    def answer(self) -> Draft | None:
        if not self.found:
            return None
        if asks_existence(self.question):
            return self._existence()
        best = self.found[0]
        wants_end = year_event_of(self.question) == "demolished"
        if wants_end and asks_when(self.question) and self._score(best) < _SURE:
            meant = self._meant()
            ended = None if meant is None else self._stated_end(meant)
            if ended is not None:
                end = in_the_phase_asked(self.question, ended[0].sentence) or ended[1]
                draft = self._quote(ended[0], value=str(end), year=end)
                return replace(draft, year_event="demolished")
            standing = self._existence(only=True)
            if standing is not None:
                return standing
        if self._score(best) < _LEAST_MARGIN or self._is_second_choice(best):
            return None
        if asks_yes_no(self.question):
            return self._verdict(best)
        value = _value(best)
        year = self._year(best) if asks_when(self.question) else None
        if year is not None and not _may_mean(value, year):
            value = str(year)
        draft = self._quote(best, value=value, year=year)
        if year is not None:
            draft = replace(draft, year_event=year_event_of(self.question) or "other")
        if _ASKS_USE.search(self.question):
            draft = replace(draft, current_use=value)
        return draft

    def _is_second_choice(self, best: Found) -> bool:
        """Whether the network prefers other words of the candidate, which cannot be right, and is
        not sure of these."""
        if best.margin >= _SURE:
            return False
        return any(
            each.window.place == best.window.place
            and each.margin > best.margin
            and self._unfit(each, 0.0) >= _PLANNED
            for each in self.found
        )

    def _existence(self, *, only: bool | None = None) -> Draft | None:
        """Whether the subject exists; `only`: say so only if that is the state.

        What code reads in plain words goes before what the network makes of a text; where the two
        part, the signal `stated` says so.
        """
        place = self._meant()
        if place is None:
            return None
        part = part_asked(self.question, self.reading.candidates[place])
        if part is not None:
            return self._part(place, part)
        chronology = self._chronology(place)
        stated = None if chronology is None else chronology.existence
        plain = stated is not None and stated.plainness >= _PLAIN
        states = [
            (each, each.scores.statuses)
            for each in self.found
            if each.window.place == place and each.scores.statuses is not None
        ]
        if stated is not None and plain:  # the network is asked of the sentence that says it
            says = [each for each, _ in states if each.passage.start + each.start == stated.start]
            states = (
                [state for state in states if state[0].window == says[0].window] if says else states
            )
        judged = max(states, key=lambda state: max(state[1][:2]), default=None)
        likely = None if judged is None else bool(judged[1][0] > judged[1][1])
        weak = judged is None or max(judged[1][:2]) < _SURE_STATUS
        if stated is not None and (stated.plainness >= _BY_DEEDS or weak):
            exists = stated.exists
        elif likely is not None:
            exists = likely
        else:
            return None
        sure = 0.5 if judged is None else float(judged[1][0 if exists else 1])
        if (not plain and sure < _LEAST_STATUS) or (only is not None and exists != only):
            return None
        best = judged[0] if judged is not None else self.found[0]
        if stated is not None and stated.exists == exists:
            best = next(
                (
                    each for each in self.found
                    if each.window.place == place
                    and each.passage.start + each.start == stated.start
                ),
                best,
            )  # fmt: skip
        best = self._saying(best, chronology, exists=exists)
        year = None
        if not exists:
            ended = self._ended(place)
            if ended is not None:
                best, year = ended
        draft = self._quote(best, value=None, year=year, exists=exists)
        agrees = 0.0
        if stated is not None:
            agrees = stated.plainness * (1 if likely is None or stated.exists == likely else -1)
        signals = {
            **draft.signals,
            "span": _scaled(_logit(sure) - self._behind(place)),
            "stated": agrees,
            "existence": 1.0,
        }
        return replace(
            draft,
            confidence=round(probability(_logit(sure) - self._behind(place)), 3),
            signals=signals,
            year_event="demolished" if year is not None else None,
        )

    def _part(self, place: int, part: str) -> Draft | None:
        """Whether a part of a candidate exists, where its text says so in plain words."""
        candidate = self.reading.candidates[place]
        document = Document("", "part", part, "", candidate.language)
        stated = chronology_of(document, candidate.passages).existence
        for each in self.found:
            if stated and (each.window.place, each.passage.start + each.start) == (
                place,
                stated.start,
            ):
                draft = self._quote(each, value=None, exists=stated.exists)
                text = say_existence(self.reading.language, part, exists=stated.exists, year=None)
                return replace(draft, text=text)
        return None

    def _meant(self) -> int | None:
        """The candidate that an answer about existence is of: the one called by its name, if one
        is, else the one with the best words that is not another thing than the one asked about."""
        named = [place for place, share in enumerate(self._named) if share == 1]
        places = list(dict.fromkeys(found.window.place for found in self.found))
        if len(named) == 1 and named[0] in places:
            return named[0]
        return next((place for place in places if self._shown or self._may_be(place)), None)

    def _may_be(self, place: int) -> bool:
        """Whether a candidate may be the thing asked about: names in another script may mean it."""
        candidate = self.reading.candidates[place]
        apart = guess_language(self.question) != guess_language(candidate.title)
        return apart or not is_about_another(self.question, candidate)

    def _saying(self, best: Found, chronology: Chronology | None, *, exists: bool) -> Found:
        """Of a candidate's sentences the first that says the state in plain words, else `best`."""
        if chronology is None:
            return best

        def says(each: Found) -> bool:
            start = each.passage.start
            return chronology.says(start + each.start, start + each.end, exists=exists)

        same = (each for each in self.found if each.window.place == best.window.place)
        return best if says(best) else next(filter(says, same), best)

    def _chronology(self, place: int) -> Chronology | None:
        """What a candidate's passages say in plain words; None if another thing is asked about."""
        if place not in self._chronologies:
            candidate = self.reading.candidates[place]
            corpus, _, id_ = candidate.document_id.partition("/")
            document = Document(
                corpus, id_, candidate.title, "", candidate.language, candidate.aliases
            )
            other = is_about_another(self.question, candidate)
            read = None if other else chronology_of(document, candidate.passages)
            self._chronologies[place] = read
        return self._chronologies[place]

    def _dated(self, found: Found) -> list[int]:
        """The years in which the event that is asked for happened, by the found sentence."""
        if not self._asked_kinds:
            return []
        chronology = self._chronology(found.window.place)
        events = () if chronology is None else chronology.events
        start = found.passage.start + found.start
        return [
            event.year.value for event in events
            if event.start == start and event.kind in self._asked_kinds
        ]  # fmt: skip

    def _is_of_another_event(self, found: Found) -> bool:
        """Whether a record's line names another event: *Born* for *when did he die*."""
        label, mark, value = field_of(found.sentence)
        if not (mark and self._asked_kinds):
            return False
        dated = asked_kinds(label) or asked_kinds(value)
        return bool(dated) and _phase_of(dated).isdisjoint(_phase_of(self._asked_kinds))

    def _is_elsewhere(self, found: Found) -> bool:
        """Whether a sentence tells the end of a part, or of another thing, and an end is asked."""
        chronology = self._chronology(found.window.place)
        asks_end = year_event_of(self.question) == "demolished"
        if chronology is None or not asks_end or asks_of_a_part(self.question):
            return False
        return found.passage.start + found.start in {start for start, _ in chronology.elsewhere}

    def _other_event(self, found: Found) -> float:
        """What a sentence of prose is lowered by that dates other events than the one asked for:
        most where it tells the beginning and the end is asked, or the other way round."""
        chronology = self._chronology(found.window.place)
        start = found.passage.start + found.start
        events = () if chronology is None else chronology.events
        told = frozenset(event.kind for event in events if event.start == start)
        wide, asked = _phase_of(told), _phase_of(self._asked_kinds)
        if not told or not wide.isdisjoint(asked):
            return 0.0
        ends = RUINS | {"closed"}
        opposite = {wide.isdisjoint(ends), asked.isdisjoint(ends)} == {True, False}
        is_start = not (wide | asked).isdisjoint(BEGINNINGS)
        return _IMPOSSIBLE if opposite and is_start else _SAME_EVENT

    def _year(self, best: Found) -> int | None:
        """The one year of the event asked for, or in the words; of a span, its end."""
        dated = set(self._dated(best))
        label, mark, field = field_of(best.sentence)
        dated_field = read_date(field.strip(" .。")) if mark else None
        of_works = year_event_of(label) in {"built", "demolished"}
        if dated_field is not None and dated_field.is_known and not of_works:
            return dated_field.year  # None for a span, a bound or a guess
        inside = _years(best)
        phased = in_the_phase_asked(self.question, best.sentence)
        if phased is not None:
            return phased
        if len(dated) == 1 and not dated.isdisjoint(inside or dated):
            return dated.pop()
        return inside[-1] if inside else None

    def _ended(self, place: int) -> tuple[Found, int] | None:
        """Where the text dates the end of the subject."""
        stated = self._stated_end(place)
        if stated is not None:
            return stated
        asked = _ENDED.get(self.reading.language, _ENDED_ENGLISH)
        windows = [window for window in self.windows if window.place == place]
        found = [each for window in windows for each in self._ask(window, asked)]
        for each in sorted(found, key=lambda each: -each.margin):
            years = _years(each)
            if not years or each.margin < _LEAST_END:
                continue
            if each.margin >= 0 or year_event_of(each.sentence, years[-1]) == "demolished":
                return each, years[-1]
        return None

    def _stated_end(self, place: int) -> tuple[Found, int] | None:
        """Where a sentence says in plain words in which year the subject was destroyed."""
        chronology = self._chronology(place)
        ends = [] if chronology is None else [e for e in chronology.events if e.kind in RUINS]
        for event in reversed(ends):
            for each in self.found:
                start = each.passage.start + each.start
                if each.window.place == place and start == event.start:
                    return each, event.year.value
        return None

    def _verdict(self, best: Found) -> Draft | None:
        dated = self._dated_verdict()
        if dated is not None:
            return dated
        verdicts = best.scores.verdicts
        draft = self._quote(best, value=None)
        if verdicts is None or max(verdicts[:2]) < _LEAST_VERDICT:
            signals = {**draft.signals, "span": _scaled(self._score(best) - _UNFIT)}
            return replace(draft, confidence=draft.confidence / 2, signals=signals)
        yes = bool(verdicts[0] > verdicts[1])
        text = say_verdict(self.reading.language, yes=yes)
        return replace(draft, text=text)

    def _dated_verdict(self) -> Draft | None:
        """Yes or no to *Was it opened in 1872?*, where a sentence dates just this event."""
        years = {year.value for year in find_years(self.question)}
        kinds = asked_kinds(self.question)
        meant = self._meant()
        chronology = None if meant is None or len(years) != 1 else self._chronology(meant)
        if chronology is None:
            return None
        events = [event for event in chronology.events if event.kind in kinds]
        fitting = [event for event in events if event.year.value in years] or events[:1]
        for each in self.found:
            start = each.passage.start + each.start
            if fitting and each.window.place == meant and start == fitting[0].start:
                yes = fitting[0].year.value in years
                text = say_verdict(self.reading.language, yes=yes)
                return replace(self._quote(each, value=None), text=text)
        return None

    def _quote(
        self, best: Found, *, value: str | None, year: int | None = None, exists: bool | None = None
    ) -> Draft:
        candidate = best.window.candidate
        language = self.reading.language
        if exists is not None:
            text = say_existence(language, candidate.title, exists=exists, year=year)
        else:
            text = say_value(language, value, best.sentence)
        agree = self._agreements[best.window.place]
        return Draft(
            text=text,
            document_id=candidate.document_id,
            exists=exists,
            year=year,
            passage_id=best.passage.passage_id,
            quote=best.sentence,
            value=value,
            confidence=round(probability(self._score(best)), 3),
            composed=True,
            signals=self._signals(best) | agree,
        )

    def _signals(self, best: Found) -> dict[str, float]:
        others = [
            self._score(each) for each in self.found
            if (each.passage, each.start) != (best.passage, best.start)
        ]  # fmt: skip
        lead = self._score(best) - max(others, default=-8.0)
        scores = best.scores
        return {
            "span": _scaled(self._score(best)),
            "answerable": _scaled(scores.answerable or 0.0),
            "lead": _scaled(lead),
            "place": float(best.window.place > 0),
            "fits": float(self._unfit(best, 0.0) == 0.0),
        }


def _phase_of(kinds: frozenset[EventKind]) -> frozenset[EventKind]:
    """The kinds, with all beginnings for one beginning and all ends for one end."""
    starts: frozenset[EventKind] = BEGINNINGS | {"born"}
    stops: frozenset[EventKind] = frozenset({"closed", "ended", "died"})
    ruins: frozenset[EventKind] = RUINS | {"ended"}
    groups = (starts, stops, ruins)
    return kinds.union(*(group for group in groups if not kinds.isdisjoint(group)))


def _logit(share: float) -> float:
    held = max(1e-4, min(1 - 1e-4, share))
    return math.log(held / (1 - held))


def _scaled(logit: float) -> float:
    """A logit as a signal from -1 to 1."""
    return max(-1.0, min(1.0, logit / 8))


def _value(best: Found) -> str:
    """The words, or the whole field of a record's line that they stand in."""
    label, mark, field = field_of(best.sentence)
    inside = best.last - best.start > len(label) + len(mark)
    if mark and inside and len(field.strip()) <= _LONGEST_VALUE:
        return field.strip().rstrip(".;；。")
    return best.words


def _may_mean(value: str, year: int) -> bool:
    """Whether words are a date of this year: not *the same year*, nor another year."""
    years = [each.value for each in find_years(value)]
    if years or str(year) in value:
        return year in years or str(year) in value
    return re.search(r"\d|[一二三四五六七八九十]", value) is not None


def _years(best: Found) -> list[int]:
    """The years in the words; where there are none, the sentence's, if it has only one."""
    years = find_years(best.sentence)
    inside = [
        year.value for year in years
        if best.start + year.start < best.last and best.first < best.start + year.end
    ]  # fmt: skip
    if not inside and find_dates(best.words):
        return []  # of a reign, or a decade: the sentence's other year is not its
    values = list(dict.fromkeys(inside or (year.value for year in years)))
    values = [
        year
        for year in values
        if str(abs(year)) in best.sentence or _HAN_YEAR.search(best.sentence)
    ]
    # *Who opened it, and when?* has a name for its words, and a year beside it.
    return values if inside or len(values) == 1 else []
