"""The whole way from a query to a checked answer: encode, retrieve, read, check.

Knows no HTTP and no settings; the caller passes everything that it needs. Over 500 lines, since
every step of the way may withhold what the one before it gave, and is read with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from PIL import Image

from knowledge.deadline import remaining
from knowledge.documents import Passage
from knowledge.errors import ImageError, NotFoundError, QueryError
from knowledge.index import Index
from knowledge.optional import optional
from knowledge.stages import stage
from knowledge.viewer import Viewer
from search.answer import Answer, Conflict, abstain, answer_from, under_another_name
from search.citation import Check, Citation, check_citation, without_unsaid_existence
from search.confidence import (
    CONTESTED,
    HEDGED,
    READ_RIGHTLY,
    Fits,
    measure_signals,
    most_by_photo,
    weigh,
)
from search.conflicts import Claim, conflicts_with, contradictions, in_words
from search.dating import with_date
from search.evidence import Evidence, Subject
from search.fusion import WEIGHTS
from search.grounding import grounded, known_thoughts, says_nothing
from search.hedges import is_hedged
from search.held_pictures import HeldPicture, held_picture
from search.named_things import things_named
from search.names import Spelling
from search.query import MAX_PHOTO_TEXT_CHARS, NOTHING, Query
from search.refusal import (
    Doubt,
    doubt_of,
    is_settled,
    is_subject_in_doubt,
    of_the_kind_asked,
    refuse,
    unknown_name,
)
from search.rerank import RERANK, RerankStage
from search.resemblance import Near
from search.retrieve import QueryVectors, Retriever
from search.topic_words import TopicWords
from search.turned import Turns
from vlm.chronology import Chronology, asks_existence, chronology_of
from vlm.encoders import Encoder, EncoderWithTurns, TurnSeeingEncoder
from vlm.encoders.text import TextEncoder
from vlm.images import PhotoSize, decode_image, shrink, turned_clockwise
from vlm.ocr import TextReader
from vlm.readers import Candidate, Draft, LookingReader, Reader, Reading

_SECONDS_TO_READ = 5.0
"""Seconds that a request must have left for the text in its photos to be read."""

_MOST_LINES = 60
"""Lines that are read in a photo that is asked about."""

_WORDS_AGREE = 3
"""Words that stand both in a photo and in a subject's texts, and at least half of those in the
photo, from which on the photo is about it."""

_SUBJECTS_READ = 3
"""How many subjects the reader gets: enough to tell lookalikes apart, few enough to read well."""

STATUS_QUESTION: Mapping[str, str] = {"en": "Does this still exist?", "zh": "这里现在还在吗?"}
"""The question that is asked about a photo without one."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found.

    Attributes:
        subjects: best first.
        spelling: how the documents spell names that the question may misspell.
        note: what a person should know of how it was found, for example that a reranker failed.
        turns: how the question's photos have to be turned to be upright.
        near: the indexed photos closest to the question's, closest first, until `picture` is known.
        picture: what the index holds of the question's photo; None without one.
    """

    subjects: Sequence[Subject]
    spelling: Spelling | None = field(default=None, kw_only=True)
    note: str | None = field(default=None, kw_only=True)
    turns: Turns = field(default=Turns(), kw_only=True)
    near: Sequence[Near] = field(default=(), kw_only=True)
    picture: HeldPicture | None = field(default=None, kw_only=True)

    @property
    def did_you_mean(self) -> str | None:
        """The question as the documents spell its names, where it may misspell one."""
        return self.spelling.question if self.spelling is not None else None

    @property
    def evidence(self) -> list[Evidence]:
        """All subjects' evidence, best subject first."""
        return [item for subject in self.subjects for item in subject.evidence()]


@dataclass(frozen=True, slots=True)
class Asked(Found):
    """What a search found and what was answered from it."""

    answer: Answer


def asked_from(found: Found, answer: Answer) -> Asked:
    """What a search found, with the answer that was given from it."""
    return Asked(
        found.subjects,
        answer,
        spelling=found.spelling,
        note=found.note,
        turns=found.turns,
        picture=found.picture,
    )


_CLEARLY_CLOSER = 0.01
"""Cosine by which a verified picture has to be closer to its subject than to the next one."""

_OF_ITS_OWN_PICTURE = 0.99
"""Probability that a subject is shown by what was verified to be its own picture."""


def _shown_photo(found: Found) -> Near | None:
    """The closest photo of the first subject that the search says is shown."""
    for subject in found.subjects:
        if subject.is_shown and subject.photo is not None:
            return Near(subject.photo.id, subject.document.document_id, subject.photo.score)
    return None


def _settled_by_picture(
    subjects: Sequence[Subject], picture: HeldPicture | None
) -> tuple[Subject, ...]:
    """The subjects, where resemblance as the index measured it says of none that it is shown: first
    the one whose own picture it was verified to be. Not where another subject's photo is as close,
    as the same picture may then be both their own."""
    of_picture = None
    if picture is not None and picture.verified and picture.verdict in ("same_file", "same_shot"):
        of_picture = next(
            (each for each in subjects if each.document.document_id == picture.document_id), None
        )
    if (
        of_picture is None
        or of_picture.is_shown is None
        or any(each.is_shown or each.is_named for each in subjects)
        or of_picture.margins.get("image", 0.0) < _CLEARLY_CLOSER
    ):
        return tuple(subjects)
    shown = replace(of_picture, is_shown=True, resembles=_OF_ITS_OWN_PICTURE)
    return (shown, *(each for each in subjects if each is not of_picture))


class Pipeline:
    """Searches an index and answers from it. Safe to use from several threads."""

    def __init__(
        self,
        index: Index,
        encoder: Encoder,
        reader: Reader,
        *,
        text_encoder: TextEncoder | None = None,
        text_reader: TextReader | None = None,
        turn_seer: TurnSeeingEncoder | None = None,
        rerank: RerankStage | None = None,
        weights: Mapping[str, float] = WEIGHTS,
        fits: Fits = Fits(),  # noqa: B008 - frozen
        read_rightly: float | None = None,
        check: Check = check_citation,
        withholds: bool = True,
    ) -> None:
        """`text_encoder` is the one that made the index, if one did. `text_reader` reads the text
        in a question's photos; None reads none. `turn_seer` says which way up they are where
        `encoder` does not. `rerank` orders what was found. `weights` names
        the rankings to use. `fits` make confidence a probability and withhold answers below their
        thresholds: a draft is judged by the fit of the reader that read it. `read_rightly` is the
        share of the index's own questions that the reader answers rightly, None if it was not
        asked; it counts for a model without a fit of its own. Only the evaluation's ablation
        passes another `check`, or False for `withholds`: then every answer is given, whatever its
        confidence."""
        self.index = index
        self.encoder = encoder
        self.text_encoder = text_encoder
        self.text_reader = text_reader
        self.turn_seer = turn_seer
        self.rerank = rerank
        self.reader = reader
        self.weights = weights
        self.fits = fits
        self.read_rightly = read_rightly
        self.withholds = withholds
        self._check = check
        self._topic_words = TopicWords()
        seeing = encoder if turn_seer is None else EncoderWithTurns(encoder, turn_seer)
        self._retriever = Retriever(index, seeing, text_encoder=text_encoder, weights=weights)

    def search(self, query: Query) -> Found:
        """Find the query's subjects, and whether the index holds its photo. No reader reads them.

        Raises:
            StorageError: the index cannot be read.
            ModelError: the encoder failed.
        """
        return self.with_picture(query, self.subjects(query))

    def subjects(self, query: Query) -> Found:
        """The first half of `search`: the query's subjects alone.

        Raises:
            StorageError: the index cannot be read.
            ModelError: the encoder failed.
        """
        query = self.with_photo_text(query)
        vectors = self.encode(query)
        found = self.retrieve(query, vectors)
        if self.may_be_turned(vectors, found):
            found = self.retrieve(query, self.encode_turned(query, vectors))
        return found

    def with_picture(self, query: Query, found: Found, *, closely: bool = True) -> Found:
        """What was found, and whether the index holds the query's own photo; without one as it is.

        Args:
            query: of the search.
            found: by the search.
            closely: whether to lay the photo on those that it may be, which takes longer than all
                the rest; else its bytes, its pixels and its hash decide.

        Raises:
            StorageError: the index cannot be read.
        """
        if not query.photos:
            return found
        with stage("picture"):
            view = self.index.seen_by(query.viewer)
            picture = held_picture(
                view,
                query,
                found.near,
                shown=_shown_photo(found),
                size=self.photo_size,
                closely=closely,
            )
        subjects = _settled_by_picture(found.subjects, picture)
        return replace(found, subjects=subjects, near=(), picture=picture)

    def with_photo_text(self, query: Query) -> Query:
        """The query with the text in its photos, where it is read and there is time for it."""
        reader, left = self.text_reader, remaining()
        if reader is None or not query.photos or (left is not None and left < _SECONDS_TO_READ):
            return query
        with stage("ocr"):
            lines = [line for photo in query.photos for line in _lines_in(photo, reader)]
        text = "\n".join(lines)[:MAX_PHOTO_TEXT_CHARS]
        return replace(query, photo_text=tuple(filter(None, text.split("\n"))))

    def encode(self, query: Query) -> QueryVectors:
        """The first half of `search`: the query's vectors.

        Raises:
            ModelError: the encoder failed.
        """
        with stage("encode"):
            return self._retriever.encode(self._small(query))

    def may_be_turned(self, vectors: QueryVectors, found: Found) -> bool:
        """Whether `retrieve` may find more with what `encode_turned` makes of the vectors."""
        return self._retriever.may_be_turned(vectors, found.subjects)

    def encode_turned(self, query: Query, vectors: QueryVectors) -> QueryVectors:
        """The query's vectors, and those of its photos turned.

        Raises:
            ModelError: the encoder failed.
        """
        with stage("encode"):
            return self._retriever.encode_turned(self._small(query), vectors)

    def _small(self, query: Query) -> Query:
        """The query with its photos as the index's were, so that the same has the same vector."""
        side = self.encoder.card.photo_size.longest
        return replace(query, photos=tuple(shrink(photo, side) for photo in query.photos))

    def retrieve(self, query: Query, vectors: QueryVectors) -> Found:
        """The second half of `search`: the subjects that are close to the query's vectors, in the
        order of the reranker where there is one, unless they may be sought again.

        Raises:
            StorageError: the index cannot be read.
        """
        rerank = self.rerank if self.rerank and self.rerank.applies_to(query) else None
        with stage("retrieve"):
            retrieved = self._retriever.retrieve(rerank.deeper(query) if rerank else query, vectors)
            again = self._retriever.may_be_turned(vectors, retrieved.subjects)
        spelling = retrieved.spelling
        if rerank is None or again:
            return Found(
                retrieved.subjects, spelling=spelling, turns=retrieved.turns, near=retrieved.near
            )
        if spelling is not None and spelling.is_slip:
            query = replace(query, question=spelling.question)
        with stage(RERANK):
            asked = replace(query, photos=retrieved.turns.upright(query.photos))
            photo_of = partial(self._photo_of, viewer=query.viewer)
            reordered = rerank.reorder(asked, _originals(retrieved.subjects), photo_of)
        return Found(
            _with_corrections(reordered.subjects, retrieved.subjects),
            spelling=spelling,
            note=reordered.note,
            turns=retrieved.turns,
            near=retrieved.near,
        )

    def answer(self, query: Query, found: Found) -> Asked:
        """Read what was found for the query, and check the citation.

        The text in the query's photos only helps to find; nothing is answered from it. The reader
        sees the photos upright.

        Raises:
            ModelError: the reader failed.
        """
        if query.answer_schema is not None and not isinstance(self.reader, LookingReader):
            raise QueryError(
                f"The reader {self.reader.name} only quotes and cannot fill a schema; use "
                f"qwen3-vl or openai."
            )
        with stage("read"):
            answer = self._answer(upright(query, found), found)
            answer = replace(answer, turned=found.turns.of_closest)
            if found.spelling is not None:
                answer = _with_spelling(answer, found.spelling, query.answer_language)
        if found.note is not None:
            answer = replace(answer, note=" ".join(filter(None, (answer.note, found.note))))
        return asked_from(found, answer)

    @property
    def photo_size(self) -> PhotoSize:
        """How large a query's photos are to be decoded."""
        size = self.encoder.card.photo_size
        sides = [size.longest]
        if isinstance(self.reader, LookingReader):  # which wants every pixel it can have
            sides.append(self.reader.photo_side)
        if self.text_reader is not None:
            sides.append(self.text_reader.photo_side)
        if self.rerank is not None:
            sides.append(self.rerank.reranker.photo_side)
        return PhotoSize(max(sides)) if len(sides) > 1 else size

    def ask(self, query: Query) -> Asked:
        """Find, read, check: `search`, then `answer`."""
        return self.answer(query, self.search(query))

    def _answer(self, query: Query, found: Found) -> Answer:
        subjects = found.subjects
        if not subjects or self._is_foreign(query, subjects):
            return self._refuse(query, found)
        doubt = self._doubt_before_reading(query, found)
        if doubt is not None:
            return self._refuse(query, found, doubt)
        if query.shows:
            subjects = of_the_kind_asked(query, subjects)
            doubt = self._doubt(query, found, subjects[0])
            if doubt is not None:
                return self._refuse(query, found, doubt, about=subjects[0])
            found = replace(found, subjects=subjects)
        originals = _originals(subjects)
        first = originals[0].document
        corrections = [each for each in subjects if each.corrects == first.document_id]
        if corrections:  # what somebody has checked since is read before what it corrects
            answer = self._read(query, found, corrections)
            if not answer.abstained:
                return replace(answer, subject=first)
        return self._read(query, found, originals[:_SUBJECTS_READ])

    def _read(self, query: Query, found: Found, read: Sequence[Subject]) -> Answer:
        """The checked answer of the reader that is given these of the subjects."""
        language, subjects = query.answer_language, found.subjects
        question = query.question.strip() or STATUS_QUESTION.get(language, STATUS_QUESTION["en"])
        first = subjects[0].document.document_id
        nothing: list[tuple[Claim, Claim]] = []
        pairs = optional(
            lambda: contradictions(subjects),
            otherwise=nothing,
            what="contradictions",
            document_id=first,
        )
        draft = self.reader.read(
            Reading(
                question=question,
                language=language,
                photos=query.photos,
                candidates=tuple(self._candidate(query, subject) for subject in read),
                captions=query.captions,
                answer_schema=query.answer_schema,
                earlier=query.recalled.questions,
                known=query.continues or query.chosen is not None,
                contradictions=tuple(map(in_words, pairs)),
            )
        )
        asked_existence = optional(
            lambda: asks_existence(question),
            otherwise=False,
            what="kind of question",
            document_id="",
        )
        answer = self._checked(
            query,
            found,
            draft,
            pairs,
            read=read,
            question=question,
            asked_existence=asked_existence,
        )
        shown = [question, *query.recalled.questions, *query.captions]
        for subject in read:
            document = subject.document
            shown += [document.title, *document.aliases, *(p.text for p in subject.passages)]
        thoughts = known_thoughts(draft.reasoning, shown)
        return replace(answer, note=draft.note, reasoning=thoughts)

    def _checked(
        self,
        query: Query,
        found: Found,
        draft: Draft,
        pairs: Sequence[tuple[Claim, Claim]],
        *,
        read: Sequence[Subject],
        question: str,
        asked_existence: bool,
    ) -> Answer:
        language, subjects = query.answer_language, found.subjects
        by_id = {subject.document.document_id: subject for subject in read}
        subject = by_id.get(draft.document_id or "", read[0])
        if draft.passage_id is None:
            if draft.reason == "nothing_similar":
                return self._refuse(query, found)
            if draft.reason == "language_not_read":
                return abstain(
                    "language_not_read",
                    subject.document,
                    language=language,
                    reader=self.reader.name,
                )
            return abstain("not_in_evidence", subject.document, language=language)
        passages = {p.passage_id: p for subject in read for p in subject.passages}
        chronologies = {
            id_: _chronology_at(subject, passages.get(draft.passage_id))
            for id_, subject in by_id.items()
        }
        citation = self._check(
            draft, passages, existence_in=chronologies if asked_existence else None
        )
        if not isinstance(citation, Citation):
            answer = abstain("citation_failed", subject.document, language=language)
            return replace(answer, withdrawn=citation.cause)
        cited = by_id[citation.passage.document_id]
        if says_nothing(draft, citation, cited.document, question):
            answer = abstain("citation_failed", subject.document, language=language)
            return replace(answer, withdrawn="quote_says_nothing")
        doubt = self._doubt(query, found, cited)
        if doubt is not None:
            return self._refuse(query, found, doubt, about=cited)
        if not asked_existence:
            chronology = chronologies[cited.document.document_id]
            said_more = draft.exists is None or draft.value or draft.year is not None
            draft = without_unsaid_existence(draft, citation, chronology)
            if draft.composed and draft.exists is None and not said_more:
                answer = abstain("citation_failed", subject.document, language=language)
                return replace(answer, withdrawn="existence_not_in_quote")
        checked = grounded(
            draft,
            citation,
            cited.document,
            question=question,
            language=language,
            schema=query.answer_schema,
        )
        draft = checked.draft
        if found.spelling is not None and found.spelling.is_slip:
            query = replace(query, question=found.spelling.question)
        if query.chosen is not None:  # somebody says which subject it is, so the photo need not
            query = replace(query, question=question, photos=(), recalled=NOTHING)
        signals = measure_signals(query, cited, draft, words=self._topic_words)
        no_conflicts: tuple[tuple[Conflict, ...], float] = ((), 0.0)
        conflicts, signals[CONTESTED] = optional(
            lambda: conflicts_with(draft, citation, cited, subjects, pairs),
            otherwise=no_conflicts,
            what="contradictions",
            document_id=cited.document.document_id,
        )
        said = draft.value if draft.value or draft.year is None else str(abs(draft.year))
        signals[HEDGED] = float(is_hedged(citation.quote, said if draft.exists is None else None))
        shown_by_photo = query.shows and not (
            is_settled(query, cited, self._foreign_below) or self._agrees(query.photo_text, cited)
        )
        if self.withholds and shown_by_photo and cited.is_shown is False:
            # Its words put it first; the photo alone would have been refused.
            return self._refuse(query, found, Doubt("looks_like"))
        reader = draft.reader or self.reader.name
        fit = self.fits.of(reader, composed=draft.composed)
        if (
            self.read_rightly is not None
            and reader == self.reader.name
            and self.fits.is_of_any_model(reader, composed=draft.composed)
        ):
            signals[READ_RIGHTLY] = self.read_rightly
        confidence = weigh(draft, signals, fit)
        # The fit was measured on years as readers name them, so what is no year is taken out after.
        dating = with_date(
            draft, citation.quote, cited.document, question=question, language=language
        )
        draft = replace(dating.draft, date=None if dating.dated is None else dating.dated.edtf)
        if self.withholds and not confidence.enough:
            if shown_by_photo and is_subject_in_doubt(signals, fit):
                answer = self._refuse(query, found, Doubt("looks_like"), about=cited)
            else:
                answer = abstain("low_confidence", cited.document, language=language)
        else:
            answer = answer_from(draft, citation, cited.document)
            answer = replace(
                answer,
                conflicts=conflicts,
                fields_withheld=checked.withheld,
            )
        probability = confidence.probability
        if shown_by_photo:
            probability = min(probability, most_by_photo(cited))
        if citation.passage.picture is not None:  # an answer is as sure as its words at most
            probability = min(probability, citation.passage.picture.certainty)
        return replace(answer, confidence=probability, signals=signals)

    def _is_foreign(self, query: Query, subjects: Sequence[Subject]) -> bool:
        """Whether the query is about something that is not indexed: the question names no subject,
        and its photos show none by what the index has measured of itself, or, where it has measured
        nothing, no indexed photo is as close as the encoder's card wants. Without photos: it has
        no topic words, or they are in no text of the best subjects and none of these was found
        across languages, where words differ."""
        if any(subject.is_named for subject in subjects):
            return False
        if self._agrees(query.photo_text, subjects[0]):
            return False
        if not query.shows:
            asked = self._topic_words.in_question(query.question)
            return not asked or not any(
                asked & self._topic_words.in_subject(subject) or "across" in subject.ranks
                for subject in subjects[:_SUBJECTS_READ]
            )
        weighed = [subject.is_shown for subject in subjects if subject.is_shown is not None]
        if weighed:
            return not any(weighed)
        closest = max((subject.scores.get("image", -1.0) for subject in subjects), default=-1.0)
        return closest < self.encoder.card.foreign_below

    def _agrees(self, photo_text: Sequence[str], subject: Subject) -> bool:
        """Whether the writing on a photo stands in a subject's texts."""
        written = self._topic_words.in_question("\n".join(photo_text))
        shared = written & self._topic_words.in_subject(subject)
        return bool(written) and len(shared) >= _WORDS_AGREE and 2 * len(shared) >= len(written)

    def _doubt_before_reading(self, query: Query, found: Found) -> Doubt | None:
        """The doubt that a question names a thing which is not indexed, in whatever spelling."""
        if found.spelling is not None:
            return None
        return optional(
            lambda: unknown_name(query, found.subjects, foreign_below=self._foreign_below),
            otherwise=None,
            what="names of the question",
            document_id="",
        )

    def _doubt(self, query: Query, found: Found, subject: Subject) -> Doubt | None:
        """The doubt that a subject is not what the question's words ask about."""
        doubt = optional(
            lambda: doubt_of(query, subject, foreign_below=self._foreign_below),
            otherwise=None,
            what="kind of the question",
            document_id=subject.document.document_id,
        )
        misspelt = found.spelling is not None and doubt is not None and doubt.why == "another_name"
        return None if misspelt else doubt

    @property
    def _foreign_below(self) -> float:
        return self._retriever.foreign_below()

    def _refuse(
        self,
        query: Query,
        found: Found,
        doubt: Doubt | None = None,
        *,
        about: Subject | None = None,
    ) -> Answer:
        if doubt is None and not query.shows and found.spelling is None:
            doubt = unknown_name(query, found.subjects, foreign_below=self._foreign_below)
        return refuse(
            query,
            _originals(found.subjects),
            doubt,
            about=about,
            picture=found.picture,
            foreign_below=self._foreign_below,
            words=self._topic_words,
        )

    def _candidate(self, query: Query, subject: Subject) -> Candidate:
        document = subject.document
        # What the caller chose goes by the name that the question has for it too.
        chosen = things_named(query.question) if query.chosen == document.document_id else ()
        return Candidate(
            document_id=document.document_id,
            title=document.title,
            aliases=(*document.aliases, *subject.called, *(thing.name for thing in chosen)),
            language=document.language,
            passages=subject.passages,
            photos=self._closest_photo(subject, query.viewer),
        )

    def _closest_photo(self, subject: Subject, viewer: Viewer) -> tuple[Image.Image, ...]:
        """The subject's photo that is closest to the query's, if the reader looks at photos."""
        side = self.reader.evidence_side if isinstance(self.reader, LookingReader) else 0
        photo = self._photo_of(subject, side, viewer=viewer) if side else None
        return () if photo is None else (photo,)

    def _photo_of(self, subject: Subject, side: int, *, viewer: Viewer) -> Image.Image | None:
        """The subject's photo that is closest to the query's, its longest side `side` pixels."""
        if subject.photo is None:
            return None
        try:
            data = self.index.seen_by(viewer).photo_bytes(subject.photo.id)
            pixels = decode_image(data, PhotoSize(side)).pixels
            return turned_clockwise(pixels, subject.photo.payload.get("turned", 0))
        except (NotFoundError, ImageError):  # its file is gone; the text is still there to be read
            return None


def _with_corrections(ordered: Sequence[Subject], found: Sequence[Subject]) -> list[Subject]:
    """Subjects in another order than they were found in, each before its corrections."""
    return [
        each
        for subject in ordered
        for each in (
            subject,
            *(
                replace(other, rank=subject.rank, scores=subject.scores, ranks=subject.ranks)
                for other in found
                if other.corrects == subject.document.document_id
            ),
        )
    ]


def _originals(subjects: Sequence[Subject]) -> list[Subject]:
    """The subjects without corrections."""
    return [subject for subject in subjects if subject.corrects is None]


def upright(query: Query, found: Found) -> Query:
    """The query with its photos turned as what was found for it says."""
    return replace(query, photos=found.turns.upright(query.photos)) if query.photos else query


def _lines_in(photo: Image.Image, reader: TextReader) -> list[str]:
    """The text in a photo; none where it cannot be read, as what it looks like may be enough."""
    return optional(
        lambda: [
            line.text for line in reader.read(photo, most_lines=_MOST_LINES, quickly=True).lines
        ],
        otherwise=[],
        what="text in a photo",
        document_id="",
    )


def _chronology_at(subject: Subject, passage: Passage | None) -> Chronology:
    """The subject's chronology; where the index's one does not reach a passage that is cited, the
    passage's own."""
    document_id = subject.document.document_id
    if passage is None or passage.document_id != document_id:
        return subject.chronology
    if passage.end <= subject.chronology.read_to:
        return subject.chronology
    return optional(
        lambda: chronology_of(subject.document, [passage]),
        otherwise=Chronology(),
        what="chronology",
        document_id=document_id,
    )


def _with_spelling(answer: Answer, spelling: Spelling, language: str) -> Answer:
    """An answer that says so where the question calls its document by another spelling."""
    if answer.abstained or answer.subject is None or not spelling.names_of(answer.subject):
        return answer
    if spelling.is_slip:
        return replace(answer, note=answer.note or f"Read as: {spelling.question}")
    return under_another_name(answer, spelling.words[0], language=language)
