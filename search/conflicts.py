"""Where documents about one subject contradict each other, or one itself: on the year of the same
event, or on whether the subject stands.

Two years are no contradiction because they differ. They are one where both documents date the same
kind of event of the same subject, neither knows the other's year, and no rounding explains them.
Works by the extractive reader's rules on passages that were retrieved, whichever reader answers;
knows no index.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from knowledge.dates import Year
from knowledge.documents import Document, Passage
from knowledge.language import fold, is_han
from search.answer import Conflict, Source, source_of
from search.citation import Citation, check_citation
from search.subjects import Subject
from vlm.readers import Candidate, Draft
from vlm.readers.extractive.sentences import Story, tell
from vlm.readers.extractive.standing import standing
from vlm.readers.extractive.timeline import Happening, happenings

_ONCE: frozenset[Happening] = frozenset({"begun", "built", "opened", "demolished", "destroyed"})
"""What happens to a building once; it may burn or be restored in many years."""
_ENDS: frozenset[Happening] = frozenset({"demolished", "destroyed", "burnt", "rebuilt"})
"""What lies between a first building and a second one on the same site."""
_PLAIN = 0.9
"""How plainly both sides have to say whether the subject stands."""
_ROUND = ((100, 50), (50, 25), (10, 10))
"""*About 1250* may mean 25 years more or less, *about 1200* 50."""
_LEAST_LATIN, _LEAST_HAN = 4, 2


@dataclass(frozen=True, slots=True)
class Claim:
    """What a sentence of a document says: an event with its year, or whether the subject stands.

    `passage.text` holds `quote`. `actions`, `topic` and `bare` are `timeline.Told`'s.
    """

    document: Document
    passage: Passage
    quote: str
    event: Happening | None
    year: Year | None
    exists: bool | None
    actions: frozenset[str] = frozenset()
    topic: str = "main"
    bare: bool = False


def contradictions(subjects: Sequence[Subject]) -> list[tuple[Claim, Claim]]:
    """Pairs of claims that contradict each other, about the first subject."""
    if not subjects:
        return []
    group = _same(subjects[0], subjects)
    claims = [claim for subject in group for claim in _claims(subject)]
    known = {subject.document.document_id: _years(subject) for subject in group}
    return [
        (first, second)
        for index, first in enumerate(claims)
        for second in claims[index + 1 :]
        if _contradict(first, second, known)
    ]


def in_words(pair: tuple[Claim, Claim]) -> str:
    """A contradiction as one line for a reader: both quotations with their passages' ids."""
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
        The conflicts, one a document, and the share of the documents that date the event, or say
        whether the subject stands, which contradict the draft: 0 where none does.
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
    """Whether two documents are about one thing: a whole name is shared, and no place differs.

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
    if first.event != second.event or first.topic != second.topic:
        return False
    if first.year is None or second.year is None or _close(first.year, second.year):
        return False
    if first.document.document_id == second.document.document_id:
        alike = first.actions == second.actions and first.quote != second.quote
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
    """Whether two years are one, or one of them rounded."""
    slack = max(_slack(first), _slack(second))
    return abs(first.value - second.value) <= slack


def _slack(year: Year) -> int:
    if not year.approximate:
        return 0
    return next((slack for unit, slack in _ROUND if year.value % unit == 0), 2)


def _claims(subject: Subject) -> tuple[Claim, ...]:
    story = _story(subject)
    state = standing(story)
    told = [
        Claim(subject.document, each.sentence.passage, each.sentence.text, each.event, each.year,
              None, each.actions, "main" if each.topic == "unsure" else each.topic,
              each.bare and each.topic != "unsure")
        for each in happenings(story)
        if each.event in _ONCE
    ]  # fmt: skip
    ended = [each.year.value for each in happenings(story) if each.event in _ENDS]
    claims = [claim for claim in told if not _has_a_second_building(claim, told, ended)]
    if state.exists is not None and state.sentence is not None and state.plain >= _PLAIN:
        sentence = state.sentence
        claims.append(
            Claim(subject.document, sentence.passage, sentence.text, None, None, state.exists)
        )
    return tuple(claims)


def _has_a_second_building(claim: Claim, told: Sequence[Claim], ended: Sequence[int]) -> bool:
    """Whether an end lies between this claim and another of its kind: each has its own building."""
    others = [other for other in told if other.event == claim.event and other is not claim]
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
    start = claim.passage.start + claim.passage.text.find(claim.quote)
    return start < citation.end and citation.start < start + len(claim.quote)


def _checked(claim: Claim) -> Source | None:
    """The claim's words after the check that answers go through; None where they do not hold."""
    draft = Draft(
        text="",
        document_id=claim.document.document_id,
        year=claim.year.value if claim.year else None,
        passage_id=claim.passage.passage_id,
        quote=claim.quote,
    )
    citation = check_citation(draft, {claim.passage.passage_id: claim.passage})
    return source_of(citation, claim.document) if isinstance(citation, Citation) else None


def _years(subject: Subject) -> tuple[Year, ...]:
    """All years that a subject's text states, whatever happened in them."""
    return tuple(year for sentence in _story(subject).sentences for year in sentence.analysis.years)


def _story(subject: Subject) -> Story:
    document = subject.document
    return tell(
        Candidate(
            document_id=document.document_id,
            title=document.title,
            aliases=document.aliases,
            language=document.language,
            passages=subject.passages,
        )
    )


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
