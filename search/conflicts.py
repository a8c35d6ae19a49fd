"""Contradictions: on the year of the same event, or on whether the subject stands.

Two documents about one subject contradict each other, or a document contradicts itself. Two
different years alone are not a contradiction. They are one where both documents date the same kind
of event of the same subject, neither states the other's year, and no rounding explains them.
Compares the chronologies that the index holds, whichever reader answers. Parses no text.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from knowledge.dates import Year
from knowledge.documents import Document, Passage
from knowledge.language import fold, is_han
from search.answer import Conflict, Source, source_of
from search.citation import Citation, check_citation
from search.evidence import Subject
from vlm.chronology import EventKind
from vlm.readers import Draft

_ONCE: frozenset[EventKind] = frozenset({"begun", "built", "opened", "demolished", "destroyed"})
"""What happens to a building once; it may burn or be restored in many years."""
_ENDS: frozenset[EventKind] = frozenset({"demolished", "destroyed", "burnt", "rebuilt"})
"""What lies between a first building and a second one on the same site."""
_PLAIN = 0.9
"""The least plainness with which both sides must say whether the subject stands."""
_ROUND = ((100, 50), (50, 25), (10, 10))
"""*About 1250* may mean 25 years more or less, *about 1200* 50."""
_LEAST_LATIN, _LEAST_HAN = 4, 2


@dataclass(frozen=True, slots=True)
class Claim:
    """What a sentence of a document says: an event with its year, or whether the subject stands.

    `passage` was retrieved and holds the sentence, `document.text[start:end]`. `event`, `year`,
    `words` and `bare` are `vlm.chronology.Event`'s.
    """

    document: Document
    passage: Passage
    start: int
    end: int
    event: EventKind | None = None
    year: Year | None = None
    exists: bool | None = None
    words: str = ""
    bare: bool = False

    @property
    def quote(self) -> str:
        """The sentence."""
        return self.document.text[self.start : self.end]


def contradictions(subjects: Sequence[Subject]) -> list[tuple[Claim, Claim]]:
    """Pairs of claims that contradict each other, about the first subject."""
    if not subjects:
        return []
    group = _same(subjects[0], subjects)
    claims = [claim for subject in group for claim in _claims(subject)]
    known = {subject.document.document_id: subject.chronology.years for subject in group}
    return [
        (first, second)
        for index, first in enumerate(claims)
        for second in claims[index + 1 :]
        if _contradict(first, second, known)
    ]


def in_words(pair: tuple[Claim, Claim]) -> str:
    """A contradiction as one line for a reader: both quotations with the ids of their passages."""
    return " / ".join(f"{claim.passage.passage_id}: “{claim.quote}”" for claim in pair)


def conflicts_with(
    draft: Draft,
    citation: Citation,
    cited: Subject,
    subjects: Sequence[Subject],
    pairs: Sequence[tuple[Claim, Claim]],
) -> tuple[tuple[Conflict, ...], float]:
    """What contradicts a draft whose citation holds.

    Args:
        draft: what is claimed.
        citation: its words, found in a passage of `cited`.
        cited: one of the subjects.
        subjects: all that were found.
        pairs: their `contradictions`, about the first of them.

    Returns:
        The conflicts, one for each document, and a share: of the documents that date the event (or
        say whether the subject stands), how many contradict the draft. 0 without a conflict.
    """
    if cited is not subjects[0]:
        pairs = contradictions([cited, *(s for s in subjects if s is not cited)])
    own = [claim for pair in pairs for claim in pair if _is_drafts(claim, draft, citation)]
    against: dict[str, Claim] = {}
    for first, second in pairs:
        other = second if first in own else first if second in own else None
        if other is not None:
            against.setdefault(other.document.document_id, other)
    found = [(claim, _checked(claim)) for claim in against.values()]
    conflicts = tuple(
        Conflict(claim.year.value if claim.year else None, claim.exists, source)
        for claim, source in found
        if source is not None
    )
    if not conflicts:
        return (), 0.0
    agreeing = sum(
        any(_agree(claim, own[0]) for claim in _claims(subject))
        for subject in _same(cited, subjects)
        if subject.document.document_id not in against
    )
    return conflicts, len(conflicts) / (len(conflicts) + max(1, agreeing))


def same_subject(first: Document, second: Document) -> bool:
    """Whether two documents are about one thing: they share a whole name, and their places agree.

    *Victoria Memorial, Kolkata* and *Victoria Memorial, London* share no whole name.
    """
    if first.document_id == second.document_id:
        return True
    if not _names(first) & _names(second):
        return False
    here, there = _words(first.place), _words(second.place)
    return not here or not there or bool(here & there) or not _one_script(here, there)


def _same(subject: Subject, subjects: Iterable[Subject]) -> list[Subject]:
    """The subject, and those of the subjects that are about the same thing."""
    others = [s for s in subjects if s.document.document_id != subject.document.document_id]
    return [subject, *(s for s in others if same_subject(subject.document, s.document))]


def _contradict(first: Claim, second: Claim, known: Mapping[str, Sequence[Year]]) -> bool:
    if first.exists is not None or second.exists is not None:
        apart = first.document.document_id != second.document.document_id
        return apart and {first.exists, second.exists} == {True, False}
    if first.event != second.event:
        return False
    if first.year is None or second.year is None or _close(first.year, second.year):
        return False
    if first.document.document_id == second.document.document_id:
        alike = first.words == second.words and first.quote != second.quote
        return alike and first.bare and second.bare
    return not any(
        _close(claim.year, year)
        for claim, other in ((first, second), (second, first))
        if claim.year is not None
        for year in known[other.document.document_id]
    )


def _agree(claim: Claim, other: Claim) -> bool:
    if other.exists is not None:
        return claim.exists == other.exists
    return (
        claim.event == other.event
        and claim.year is not None
        and other.year is not None
        and _close(claim.year, other.year)
    )


def _close(first: Year, second: Year) -> bool:
    """Whether two years are equal, or as near as the rounding of one of them allows."""
    slack = max(_slack(first), _slack(second))
    return abs(first.value - second.value) <= slack


def _slack(year: Year) -> int:
    if not year.approximate:
        return 0
    return next((slack for unit, slack in _ROUND if year.value % unit == 0), 2)


def _claims(subject: Subject) -> tuple[Claim, ...]:
    """What the subject's document claims in those sentences that were retrieved."""
    chronology = subject.chronology
    dated = [
        Claim(
            document=subject.document,
            passage=passage,
            start=event.start,
            end=event.end,
            event=event.kind,
            year=event.year,
            words=event.words,
            bare=event.bare,
        )
        for event in chronology.events
        if event.kind in _ONCE
        for passage in _holding(subject, event.start, event.end)
    ]
    ended = [event.year.value for event in chronology.events if event.kind in _ENDS]
    claims = [claim for claim in dated if not _has_a_second_building(claim, dated, ended)]
    state = chronology.existence
    if state is not None and state.plainness >= _PLAIN:
        claims += [
            Claim(subject.document, passage, state.start, state.end, exists=state.exists)
            for passage in _holding(subject, state.start, state.end)
        ]
    return tuple(claims)


def _holding(subject: Subject, start: int, end: int) -> list[Passage]:
    """The first of the subject's passages that holds `document.text[start:end]`, if one does."""
    return [each for each in subject.passages if each.start <= start and end <= each.end][:1]


def _has_a_second_building(claim: Claim, dated: Sequence[Claim], ended: Sequence[int]) -> bool:
    """Whether the building ended between this claim's year and another's of the same event, so that
    each of the two dates a building of its own."""
    others = [other for other in dated if other.event == claim.event and other is not claim]
    return any(
        claim.year is not None
        and other.year is not None
        and min(claim.year.value, other.year.value)
        <= end
        <= max(claim.year.value, other.year.value)
        and not _close(claim.year, other.year)
        for other in others
        for end in ended
    )


def _is_drafts(claim: Claim, draft: Draft, citation: Citation) -> bool:
    if claim.document.document_id != citation.passage.document_id:
        return False
    if claim.exists is not None:
        of_the_state = draft.year is None or draft.year_event == "demolished"
        return of_the_state and claim.exists == draft.exists
    if claim.year is None or claim.year.value != draft.year:
        return False
    return claim.start < citation.end and citation.start < claim.end


def _checked(claim: Claim) -> Source | None:
    """The claim's source, if its words pass the check that answers pass; else None."""
    draft = Draft(
        text="",
        document_id=claim.document.document_id,
        year=claim.year.value if claim.year else None,
        passage_id=claim.passage.passage_id,
        quote=claim.quote,
    )
    citation = check_citation(draft, {claim.passage.passage_id: claim.passage})
    return source_of(citation, claim.document) if isinstance(citation, Citation) else None


def _names(document: Document) -> frozenset[str]:
    names = map(fold, (document.title, *document.aliases))
    return frozenset(
        name for name in names
        if len(name) >= (_LEAST_HAN if any(map(is_han, name)) else _LEAST_LATIN)
    )  # fmt: skip


def _words(place: str | None) -> frozenset[str]:
    return frozenset(fold(place or "").split())


def _one_script(first: Iterable[str], second: Iterable[str]) -> bool:
    return any(map(is_han, "".join(first))) == any(map(is_han, "".join(second)))
