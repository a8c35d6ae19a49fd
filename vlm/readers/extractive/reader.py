"""The extractive reader: from a question and candidates to one draft.

A network finds the words that answer, or that nothing answers, and says standing, gone, yes, no.
What must be exact is left to code: the bounds of what is quoted, the year in the words, numbers and
names that must agree, the wording. Knows no store, no web and no photo.
"""

from dataclasses import replace
from functools import cached_property

from knowledge.dates import find_years
from knowledge.documents import Document
from knowledge.language import script_language
from vlm.chronology import Existence, asks_existence, chronology_of
from vlm.composed_text import say_existence, say_not_read, say_nothing, say_value, say_verdict
from vlm.readers.base import Draft, Reading
from vlm.readers.extractive.agreement import agreement, fits_what_is_asked, is_about_another, names_share
from vlm.readers.extractive.kinds import asked_event, asks_use, asks_when, asks_yes_no, when_it_ended
from vlm.readers.extractive.network import Network, load_network
from vlm.readers.extractive.spans import Found, best_of, find_spans, probability
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
_SURE = 3.0
"""Of a margin, to look no further."""
_UNFIT = 4.0
"""What a margin is lowered by where the words are no number, or no date, and one is asked for."""
_LEAST_MARGIN = -4.0
"""Below it, nothing that was read answers."""
_LEAST_STATUS = 0.5
"""Of the probability that something stands, or is gone, to say so."""
_LEAST_VERDICT = 0.7
"""Of the probability of yes, or of no, to say so."""
_PLAIN = 0.9
"""Of the plainness of what a text states, to go before the network's judgement."""
_LONGEST_VALUE = 80
"""Characters of a record's field that are given whole."""


class ExtractiveReader:
    """Reads with a network on the CPU. Safe to call from several threads."""

    def __init__(self, network: Network | None = None) -> None:
        """`network`: None takes the bundled one.

        Raises:
            ModelMissingError: its files are not there.
            ModelBrokenError: they cannot be used.
        """
        self._network = network or load_network()
        self.name = "extractive" if network is None else f"extractive:{network.card.name}"

    @property
    def fingerprint(self) -> str:
        """Digest of the network; equal ones read alike."""
        return self._network.fingerprint

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
        read = _Read(self._network, replace(reading, candidates=kept), question)
        return read.answer() or Draft(
            text=say_nothing(reading.language, reading.candidates[0].title),
            document_id=reading.candidates[0].document_id,
            reason="not_in_evidence",
        )

    def _reads(self, language: str, text: str = "") -> bool:
        """Whether the network reads a language, and the one whose script `text` is in."""
        known = {each.partition("-")[0] for each in self._network.card.languages}
        spoken = (language, script_language(text) or language)
        return all(each.partition("-")[0].lower() in known for each in spoken if each)


class _Read:
    """One reading: what the network said of each window."""

    def __init__(self, network: Network, reading: Reading, question: str) -> None:
        self.network = network
        self.reading = reading
        self.question = question
        self.windows = windows_of(reading, network.count_tokens)
        self.found = self._read_until_sure()

    def _read_until_sure(self) -> list[Found]:
        """What was found, best first; once a candidate answers surely, no other one is read."""
        found: list[Found] = []
        places = sorted({window.place for window in self.windows}, key=self._behind)
        for place in places:
            windows = [window for window in self.windows if window.place == place]
            found += [each for window in windows for each in self._ask(window, self.question)]
            found.sort(key=lambda each: -self._score(each))
            if found and self._score(found[0]) >= _SURE:
                break
        return found

    @cached_property
    def _named(self) -> tuple[float, ...]:
        """How far the question calls each candidate by name."""
        return tuple(names_share(self.question, each) for each in self.reading.candidates)

    @cached_property
    def _agreements(self) -> tuple[dict[str, float], ...]:
        return tuple(agreement(self.question, each) for each in self.reading.candidates)

    def _score(self, found: Found) -> float:
        """A margin, lowered by what speaks against the words."""
        unfit = 0.0 if fits_what_is_asked(self.question, found.words) else _UNFIT
        return found.margin - self._behind(found.window.place) - unfit

    def _behind(self, place: int) -> float:
        """What a candidate's margins are lowered by."""
        agree = self._agreements[place]
        behind = 0.0 if asks_yes_no(self.question) else _DISAGREEING * (1 - agree["numbers"])
        behind += _BEHIND_NAMED * (max(self._named) - self._named[place])
        if place > 0 and self._named[place] <= self._named[0]:
            shown = bool(self.reading.photos) or self.reading.known
            behind += _BEHIND_WITH_PHOTO if shown else _BEHIND
        return behind

    def _ask(self, window: Window, question: str) -> list[Found]:
        return find_spans(window, self.network.read(question, window.text, heading=window.heading))

    def answer(self) -> Draft | None:
        if not self.found:
            return None
        if asks_existence(self.question):
            return self._existence()
        best = self.found[0]
        wants_end = asked_event(self.question) == "demolished"
        if self._score(best) < _LEAST_MARGIN:
            return self._existence(only=True) if wants_end and asks_when(self.question) else None
        if asks_yes_no(self.question):
            return self._verdict(best)
        value = _value(best)
        year = _year(best, self.question) if asks_when(self.question) else None
        draft = self._quote(best, value=value, year=year)
        if year is not None:
            draft = replace(draft, year_event=asked_event(self.question))
        if asks_use(self.question):
            draft = replace(draft, current_use=value)
        return draft

    def _existence(self, *, only: bool | None = None) -> Draft | None:
        """Whether the subject exists; `only`: say so only if that is the state.

        What code reads in plain words goes before what the network makes of a text; where the two
        part, the signal `stated` says so.
        """
        place = self.found[0].window.place
        states = [
            (each, each.scores.statuses)
            for each in self.found
            if each.window.place == place and each.scores.statuses is not None
        ]
        judged = max(states, key=lambda state: max(state[1][:2]), default=None)
        stated = self._stated(place)
        plain = stated is not None and stated.plainness >= _PLAIN
        if judged is None and stated is None:
            return None
        likely = None if judged is None else bool(judged[1][0] > judged[1][1])
        exists = stated.exists if plain or likely is None else likely
        sure = 0.5 if judged is None else float(judged[1][0 if exists else 1])
        if not plain and sure < _LEAST_STATUS or (only is not None and exists != only):
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
        year = None
        if not exists:
            ended = self._ended(place)
            if ended is not None:
                best, year = ended
        draft = self._quote(best, value=None, year=year, exists=exists)
        agrees = 0.5 if stated is None else float(likely is None or stated.exists == likely)
        signals = {**draft.signals, "status": sure, "stated": agrees}
        return replace(
            draft,
            confidence=round(sure, 3),
            signals=signals,
            year_event="demolished" if year is not None else None,
        )

    def _stated(self, place: int) -> Existence | None:
        """What the candidate's passages say in plain words."""
        candidate = self.reading.candidates[place]
        if is_about_another(self.question, candidate):
            return None
        corpus, _, id_ = candidate.document_id.partition("/")
        document = Document(
            corpus, id_, candidate.title, "", candidate.language, candidate.aliases
        )
        return chronology_of(document, candidate.passages).existence

    def _ended(self, place: int) -> tuple[Found, int] | None:
        """Where the text dates the end of the subject."""
        asked = when_it_ended(self.reading.language)
        windows = [window for window in self.windows if window.place == place]
        found = [each for window in windows for each in self._ask(window, asked)]
        best = best_of(found)
        if best is None or best.margin < _LEAST_MARGIN:
            return None
        year = _year(best, asked)
        return None if year is None else (best, year)

    def _verdict(self, best: Found) -> Draft | None:
        verdicts = best.scores.verdicts
        draft = self._quote(best, value=None)
        if verdicts is None or max(verdicts[:2]) < _LEAST_VERDICT:
            return draft
        yes = bool(verdicts[0] > verdicts[1])
        text = say_verdict(self.reading.language, best.sentence, yes=yes)
        return replace(draft, text=text)

    def _quote(
        self, best: Found, *, value: str | None, year: int | None = None, exists: bool | None = None
    ) -> Draft:
        candidate = best.window.candidate
        language = self.reading.language
        if exists is not None:
            text = say_existence(
                language, candidate.title, best.sentence, exists=exists, year=year
            )
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
            confidence=round(probability(best.margin), 3),
            composed=True,
            signals=self._signals(best) | agree,
        )

    def _signals(self, best: Found) -> dict[str, float]:
        others = [
            each.margin for each in self.found
            if (each.passage, each.start) != (best.passage, best.start)
        ]  # fmt: skip
        lead = best.margin - max(others, default=best.margin - 8.0)
        scores = best.scores
        return {
            "span": probability((best.span - scores.nothing) / 4),
            "answerable": 0.5 if scores.answerable is None else probability(scores.answerable / 2),
            "lead": probability(lead / 2) * 2 - 1,
            "place": float(best.window.place > 0),
        }


def _value(best: Found) -> str:
    """The words, or the whole field of a record's line that they stand in."""
    label, mark, field = _field_of(best.sentence)
    inside = best.first - best.start >= len(label) + len(mark)
    if mark and inside and len(field.strip()) <= _LONGEST_VALUE:
        return field.strip().rstrip(".;；。")
    return best.words


def _field_of(line: str) -> tuple[str, str, str]:
    """A record's line in parts: label, mark, value; an empty mark where it is prose."""
    for mark in (":", "："):
        label, found, value = line.partition(mark)
        if found and len(label) <= 40 and label.count(" ") <= 5:
            return label, found, value
    return line, "", ""


def _year(best: Found, question: str) -> int | None:
    """The one year in the words; of a span, its end, or its beginning where that is asked for."""
    inside = [
        year for year in find_years(best.sentence)
        if best.start + year.start < best.last and best.first < best.start + year.end
    ]  # fmt: skip
    values = list(dict.fromkeys(year.value for year in inside))
    if not values:
        # *Who opened it, and when?* has a name for its words, and a year beside it.
        values = list(dict.fromkeys(year.value for year in find_years(best.sentence)))
        return values[0] if len(values) == 1 else None
    return values[-1]
