"""From a query to ranked subjects with their evidence: the rankings, their fusion, the grouping.

Rankings (see `search.fusion` for weights):

    image          photo → photos, by the image tower alone
    lookalike      those of `image` that are about as close as the closest
    photo_text     photo → passages, across modalities
    question_text  question → passages, by the text tower, where it knows the language
    sentence       question → passages, by the index's text encoder, where it has one
    across         the same among passages in other languages than the question's, unless `bm25`
                   and `sentence` have the same document first
    bm25           question → passages, by words, names and aliases included
    name           documents that the question calls by name
    photo_words    words that stand in the photo → passages, as `bm25`
    photo_name     documents whose name stands in the photo, unless that surely is an indexed one's

Over 500 lines, since what one ranking finds decides how the others are asked and weighed.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from knowledge.bm25 import Bm25
from knowledge.corrections import passage_of
from knowledge.documents import Document, Passage
from knowledge.index import Index, View, layout
from knowledge.index.layout import DocumentNames
from knowledge.language import fold, guess_language
from knowledge.optional import optional
from knowledge.store import DenseVector, Hit, Nearest, SparseVector, Where
from search.evidence import Subject, read_chronology, stored_chronologies
from search.fusion import WEIGHTS, reciprocal_rank_fusion
from search.names import Spelling, check_spelling, documents_named, documents_written
from search.query import Query, refers_back
from search.resemblance import (
    KeptResemblance,
    Near,
    Resemblance,
    about_the_same,
    measure,
    photos_looked_at,
    uncalibrated,
)
from search.turned import (
    Turn,
    TurnedView,
    Turns,
    believed,
    is_doubtful,
    lies_turned,
    likely_turns,
    possible_turns,
)
from vlm.encoders import Embeddings, Encoder, encode_questions, encode_with_turns
from vlm.encoders.text import TextEncoder
from vlm.images import turned_clockwise

_DEPTH = 50
"""How many hits are taken from each ranking; several may belong to one document."""

_WEIGHED = 3
"""Subjects of which it is said whether the photo shows them: the first ones, and the closest."""

_LANGUAGES = ("en", "zh", "zh-Hant")
"""Languages of documents that `across` looks at beside those that the text encoder names."""

_SURELY = 0.6
"""Share of the way from a foreign photo to the same one from which on a photo needs no name: the
one on it may be that of a neighbour, a sponsor or a street."""

_PASSAGES_READ = 24
"""How many passages of a subject the reader gets at most, the most fitting ones."""


@dataclass(frozen=True, slots=True)
class QueryVectors:
    """A query, encoded.

    Attributes:
        photos: as they were given, (n, dim), n may be 0.
        question: (dim,), or None.
        bm25: the question's words.
        sentence: the question to the text encoder.
        photo_words: what was read from the photos.
        turned: turned views of the photos.
        not_yet: turns that the photos may need, of which there is no view yet.
    """

    photos: Embeddings
    question: DenseVector | None
    bm25: SparseVector | None
    sentence: DenseVector | None = None
    photo_words: SparseVector | None = None
    turned: tuple[TurnedView, ...] = ()
    not_yet: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class Rankings:
    """What each ranking found.

    Attributes:
        ordered: ranking → document ids, best first.
        best: ranking → document id → its best hit, for those rankings that come from vectors.
        documents: document id → what it is called, of all that were found.
        turns: how the question's photos have to be turned.
        near: the photos closest to the question's, closest first.
        kept: what the index has measured of itself; None where it has measured nothing.
    """

    ordered: Mapping[str, Sequence[str]]
    best: Mapping[str, Mapping[str, Hit]]
    documents: Mapping[str, DocumentNames]
    near: Sequence[Near] = ()
    kept: Resemblance | None = None
    turns: Turns = Turns()  # noqa: RUF009 - frozen


@dataclass(frozen=True, slots=True)
class Seen:
    """What a query's photos found, each by the view that is believed.

    Attributes:
        hits: best first, each by its closest photo.
        vectors: of the views, (n, dim).
        turns: which views they are.
    """

    hits: list[Hit]
    vectors: Embeddings
    turns: Turns


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The subjects of a query, best first, how the documents spell what it may misspell, how its
    photos have to be turned, and the photos closest to them, closest first."""

    subjects: Sequence[Subject]
    spelling: Spelling | None
    turns: Turns = Turns()  # noqa: RUF009 - frozen
    near: Sequence[Near] = ()


class Retriever:
    """Finds subjects in an index. Holds the index and the encoder; safe to use from threads."""

    def __init__(
        self,
        index: Index,
        encoder: Encoder,
        *,
        text_encoder: TextEncoder | None = None,
        weights: Mapping[str, float] = WEIGHTS,
    ) -> None:
        """`weights` names the rankings to use; the store is not queried for any other.
        `text_encoder` is the one that made the index, if one did."""
        self._index = index
        self._encoder = encoder
        self._text_encoder = (
            text_encoder if weights.get("sentence") or weights.get("across") else None
        )
        self._weights = weights
        self._bm25 = Bm25()
        self._kept = KeptResemblance(index)

    def encode(self, query: Query) -> QueryVectors:
        """Encode a query's question and photos; without photos, take the recalled vectors.

        A photo that likely lies turned is encoded upright, too.
        """
        photos, turned, not_yet = self._encode_photos(query)
        question = query.question.strip()
        written = self._bm25.encode_query("\n".join(query.photo_text)) if query.photo_text else None
        if not question:
            return QueryVectors(
                photos, None, None, photo_words=written, turned=turned, not_yet=not_yet
            )
        language = guess_language(question)
        readable = language in self._encoder.card.languages
        text_encoder = self._text_encoder
        if text_encoder is not None and not text_encoder.card.reads(language):
            text_encoder = None
        return QueryVectors(
            photos=photos,
            question=encode_questions(self._encoder, [question])[0] if readable else None,
            bm25=self._bm25.encode_query(question),
            sentence=text_encoder.encode_questions([question])[0] if text_encoder else None,
            photo_words=written,
            turned=turned,
            not_yet=not_yet,
        )

    def foreign_below(self) -> float:
        """The cosine below which photos show something else: the usual one of a photo and the
        closest stranger, as the index had measured it when a photo was last searched with; the
        encoder's where it has not."""
        kept = self._kept.latest()
        return self._encoder.card.foreign_below if kept is None else kept.scale.foreign

    def may_be_turned(self, vectors: QueryVectors, subjects: Sequence[Subject]) -> bool:
        """Whether a turned view that is not encoded yet may find more than was found."""
        if not vectors.not_yet or not self._weights.get("image"):
            return False
        closest = max((subject.scores.get("image", -1.0) for subject in subjects), default=-1.0)
        return is_doubtful(closest, self._encoder.card)

    def encode_turned(self, query: Query, vectors: QueryVectors) -> QueryVectors:
        """The query's vectors with all turned views that its photos may need."""
        turned = (*vectors.turned, *self._views(query, vectors.not_yet))
        return replace(vectors, turned=turned, not_yet=())

    def _encode_photos(
        self, query: Query
    ) -> tuple[Embeddings, tuple[TurnedView, ...], tuple[Turn, ...]]:
        if not query.photos:
            dim = self._encoder.card.dim
            return np.array(query.recalled.photos, dtype=np.float32).reshape(-1, dim), (), ()
        photos, logits = encode_with_turns(self._encoder, query.photos)
        possible = possible_turns(logits, photos=len(query.photos))
        likely = likely_turns(possible)
        not_yet = tuple(turn for turn in possible if turn not in likely)
        return photos, self._views(query, likely), not_yet

    def _views(self, query: Query, turns: Sequence[Turn]) -> tuple[TurnedView, ...]:
        if not turns:
            return ()
        images = [turned_clockwise(query.photos[turn.photo], turn.degrees) for turn in turns]
        encoded = self._encoder.encode_images(images)
        return tuple(TurnedView(turn, row) for turn, row in zip(turns, encoded, strict=True))

    def rank(self, query: Query, vectors: QueryVectors) -> "Rankings":
        """Every ranking of documents, before they are fused."""
        hits, turns = self._ask_all(query, vectors)
        kept = self._kept.read() if len(vectors.photos) else None
        resemblance = kept or uncalibrated(self._encoder.card)
        best = {name: _best_per_document(found) for name, found in hits.items()}
        found_ids = dict.fromkeys(id_ for found in best.values() for id_ in found)
        meant = _meant(query, found_ids)
        view = self._index.seen_by(query.viewer)
        documents = view.names(list({**found_ids, **dict.fromkeys(meant)}))
        ordered = {name: [id_ for id_ in found if id_ in documents] for name, found in best.items()}
        if "lookalike" in self._weights and "image" in best:
            ordered["lookalike"] = _lookalikes(best["image"], resemblance)
        if "name" in self._weights:
            # Of documents with one title, the question's other words (a number, a year) decide.
            by_words = dict.fromkeys([*ordered.get("bm25", ()), *documents])
            named = documents_named(query.question, [documents[id_] for id_ in by_words])
            ordered["name"] = named or [id_ for id_ in meant if id_ in documents]
        if "photo_name" in self._weights and query.photo_text and not _is_sure(best, resemblance):
            written = documents_written(query.photo_text, documents.values())
            ordered["photo_name"] = written
        if _first(ordered, "bm25") == _first(ordered, "sentence") is not None:
            # Words and vectors find the same text: it need not be sought in another language.
            ordered.pop("across", None)
        near = [
            Near(hit.id, hit.payload["document_id"], hit.score) for hit in hits.get("image", ())
        ]
        return Rankings(ordered, best, documents, near, kept, turns)

    def _shown(
        self, document_ids: Sequence[str], rankings: "Rankings", view: View
    ) -> dict[str, tuple[float, bool | None]]:
        """Document id → probability that the photo shows it, and whether that is enough."""
        near, kept = rankings.near, rankings.kept
        if not near:
            return {}
        resemblance = kept or uncalibrated(self._encoder.card)
        weighed = [id_ for id_ in document_ids if id_ == near[0].subject]
        weighed += [id_ for id_ in document_ids[:_WEIGHED] if id_ not in weighed]
        titles = {
            each.subject: fold(document.title)
            for each in near
            if (document := rankings.documents.get(each.subject)) is not None
        }
        found: dict[str, tuple[float, bool | None]] = {}
        near_of = {id_: _as_one(near, about_the_same(id_, titles), id_) for id_ in weighed}
        wanted = dict.fromkeys(
            photo for id_ in weighed for photo in photos_looked_at(near_of[id_], [id_])
        )
        vectors = _photo_vectors(view, list(wanted))
        for id_ in weighed:
            signals = measure(near_of[id_], vectors, id_, resemblance.scale)
            p = resemblance.probability(signals)
            found[id_] = p, None if kept is None else p >= kept.threshold
        return found

    def retrieve(self, query: Query, vectors: QueryVectors) -> "Retrieved":
        """The query's subjects, best first, at most `query.k`, and how it may be misspelt.

        A slip of the hand in a name is searched for as the documents spell the name.
        """
        rankings = self.rank(query, vectors)
        spelling = optional(
            lambda: _spelling(query, rankings), otherwise=None, what="spelling", document_id=""
        )
        if spelling is not None and spelling.is_slip:
            query = replace(query, question=spelling.question)
            vectors = replace(
                self.encode(replace(query, photos=())),
                photos=vectors.photos,
                turned=vectors.turned,
                not_yet=vectors.not_yet,
            )
            rankings = self.rank(query, vectors)
        fused = reciprocal_rank_fusion(rankings.ordered, weights=self._weights)
        view = self._index.seen_by(query.viewer)
        # Whole documents are large, and of most that were found nothing but the names is needed.
        told = view.documents_told(list(fused)[: query.k])
        chosen = [id_ for id_ in list(fused)[: query.k] if id_ in told]
        passages = self._passages(chosen, vectors, rankings.best.get("photo_text", {}), view)
        subjects = [
            _subject(
                told[document_id][0], rank, fused[document_id], rankings, *passages[document_id]
            )
            for rank, document_id in enumerate(chosen, start=1)
        ]
        shown = self._shown(chosen, rankings, view)
        found = [
            replace(
                subject,
                chronology=read_chronology(
                    told[subject.document.document_id][1], subject.document.document_id
                ),
                resembles=shown.get(subject.document.document_id, _UNWEIGHED)[0],
                is_shown=shown.get(subject.document.document_id, _UNWEIGHED)[1],
                called=spelling.names_of(subject.document)
                if spelling is not None and spelling.is_slip
                else (),
            )
            for subject in subjects
        ]
        return Retrieved(
            subjects=_with_corrections(found, view),
            spelling=spelling,
            turns=rankings.turns,
            near=rankings.near,
        )

    def _ask_all(self, query: Query, vectors: QueryVectors) -> tuple[dict[str, list[Hit]], Turns]:
        """Every ranking's hits, best first, and how the photos have to be turned.

        The store is asked once, and a second time where a turned view is believed, whose passages
        nobody has asked for.
        """
        where, store = query.where, self._index.seen_by(query.viewer).store
        asked: dict[tuple[str, int], Nearest] = {}
        if "image" in self._weights:
            views = [*vectors.photos, *(view.vector for view in vectors.turned)]
            for number, vector in enumerate(views if len(vectors.photos) else ()):
                asked["image", number] = Nearest(vector, layout.IMAGE, _DEPTH, where)
        if "photo_text" in self._weights:
            for number, vector in enumerate(vectors.photos):
                asked["photo_text", number] = Nearest(vector, layout.CLIP_TEXT, _DEPTH, where)
        for name, vector, using in _text_queries(vectors):
            if name in self._weights:
                asked[name, 0] = Nearest(vector, using, _DEPTH, where)
        words = vectors.photo_words
        if words is not None and words.indices and "photo_words" in self._weights:
            asked["photo_words", 0] = Nearest(words, layout.BM25, _DEPTH, where)
        # Who asks for a language by a filter gets that one.
        if vectors.sentence is not None and "across" in self._weights and "language" not in where:
            foreign = self._other_languages(guess_language(query.question))
            elsewhere = {**where, "language": foreign}
            asked["across", 0] = Nearest(vectors.sentence, layout.TEXT, _DEPTH, elsewhere)
        found = dict(zip(asked, store.query_all(list(asked.values())), strict=True))
        turns = Turns((0,) * len(vectors.photos))
        if ("image", 0) in found:
            seen = self._seen(vectors, [found["image", n] for n in range(len(views))])
            turns = seen.turns
            turned = [
                number
                for number, degrees in enumerate(turns.degrees)
                if degrees and ("photo_text", number) in found
            ]
            again = [Nearest(seen.vectors[n], layout.CLIP_TEXT, _DEPTH, where) for n in turned]
            # The passages of believed turned views, in the place of those of photos as given.
            for number, passages in zip(turned, store.query_all(again), strict=True):
                found["photo_text", number] = passages
        hits: dict[str, list[Hit]] = {}
        for name in dict.fromkeys(name for name, _ in found):
            of_name = [each for (of, _), each in found.items() if of == name]
            hits[name] = of_name[0] if len(of_name) == 1 else _merge(of_name)
        if ("image", 0) in found:
            hits["image"] = seen.hits
        return hits, turns

    def _seen(self, vectors: QueryVectors, found: Sequence[Sequence[Hit]]) -> Seen:
        """What the photos look like, each as it was given or turned, whichever is believed.

        `found`: the photos that are similar to each photo, then to each turned view.
        """
        chosen: list[Sequence[Hit]] = []
        degrees: list[int] = []
        rows = list(vectors.photos)
        of_views = list(zip(vectors.turned, found[len(rows) :], strict=True))
        for photo, given in enumerate(found[: len(rows)]):
            views = [(view.turn, hits) for view, hits in of_views if view.turn.photo == photo]
            best = believed(given, views, self._encoder.card)
            turn, hits = best if best is not None else (None, given)
            if turn is not None and lies_turned(given, hits):
                rows[photo] = next(view.vector for view in vectors.turned if view.turn == turn)
                degrees.append(turn.degrees)
            else:  # where the indexed photo lies turned, both are right
                hits = hits if turn is None else _merge([given, hits])
                degrees.append(0)
            chosen.append(hits)
        closest = max(range(len(chosen)), key=lambda n: chosen[n][0].score if chosen[n] else -1.0)
        return Seen(_merge(chosen), np.stack(rows), Turns(tuple(degrees), closest))

    def _other_languages(self, language: str) -> list[str]:
        """Languages that the text encoder reads, without `language`."""
        assert self._text_encoder is not None
        read = {*_LANGUAGES, *self._text_encoder.card.languages}
        return sorted(each for each in read if each.partition("-")[0] != language)

    def _passages(
        self,
        document_ids: Sequence[str],
        vectors: QueryVectors,
        seen: Mapping[str, Hit],
        view: View,
    ) -> dict[str, tuple[tuple[Passage, ...], dict[int, dict[str, float]]]]:
        """The passages of each document, ordered by how they fit the question.

        A document may have been found by its photo alone, so the store is queried for passages
        again, within the chosen documents. Passages that no ranking finds come last, in reading
        order.
        `seen`: document id → the passage that the photo was closest to. `view`: of who asks.
        """
        if not document_ids:
            return {}
        where: Where = {"kind": "passage", "document_id": list(document_ids)}
        k = _PASSAGES_READ * len(document_ids)
        asked = {
            name: Nearest(vector, using, k, where)
            for name, vector, using in _text_queries(vectors)
            if name in self._weights
        }
        rankings = dict(zip(asked, view.store.query_all(list(asked.values())), strict=True))
        found: dict[str, dict[int, Passage]] = {id_: {} for id_ in document_ids}
        scores: dict[str, dict[int, dict[str, float]]] = {id_: {} for id_ in document_ids}
        fused = reciprocal_rank_fusion(
            {name: [hit.id for hit in ranking] for name, ranking in rankings.items()},
            weights=self._weights,
        )
        by_id = {hit.id: hit for ranking in rankings.values() for hit in ranking}
        for point_id in fused:
            passage = layout.passage_from_payload(by_id[point_id].payload)
            found[passage.document_id][passage.ordinal] = passage
        scored = {**rankings, "photo_text": list(seen.values())}
        for name, ranking in scored.items():
            for hit in ranking:
                document_id = hit.payload["document_id"]
                if document_id in scores:
                    ordinal = hit.payload["ordinal"]
                    scores[document_id].setdefault(ordinal, {})[name] = hit.score
        unfinished = {id_: of for id_, of in found.items() if len(of) < _PASSAGES_READ}
        _add_rest(view, unfinished)
        return {
            id_: (tuple(found[id_].values())[:_PASSAGES_READ], scores[id_]) for id_ in document_ids
        }


def _add_rest(view: View, found: Mapping[str, dict[int, Passage]]) -> None:
    """Add to what was found of each document its other passages, in reading order."""
    if not found:
        return
    records = view.store.scroll({"kind": "passage", "document_id": list(found)})
    rest = (layout.passage_from_payload(record.payload) for record in records)
    for passage in sorted(rest, key=lambda passage: passage.ordinal):
        found[passage.document_id].setdefault(passage.ordinal, passage)


def _subject(
    document: Document,
    rank: int,
    fused: float,
    rankings: Rankings,
    passages: tuple[Passage, ...],
    passage_scores: Mapping[int, Mapping[str, float]],
) -> Subject:
    document_id = document.document_id
    found_by = {name: best[document_id] for name, best in rankings.best.items()
                if document_id in best}  # fmt: skip
    return Subject(
        document=document,
        rank=rank,
        scores={**{name: hit.score for name, hit in found_by.items()}, "rrf": fused},
        ranks={
            name: ids.index(document_id) + 1
            for name, ids in rankings.ordered.items()
            if document_id in ids
        },
        photo=found_by.get("image"),
        # While a document is being replaced, passages of its other version may be found beside it.
        passages=tuple(p for p in passages if document.text[p.start : p.end] == p.text),
        passage_scores=passage_scores,
        margins={name: _margin(rankings.best[name], document_id) for name in found_by},
    )


def _with_corrections(subjects: Sequence[Subject], view: View) -> list[Subject]:
    """The subjects, each before the approved corrections of its document."""
    of_each = view.corrections([subject.document.document_id for subject in subjects])
    if not of_each:
        return list(subjects)
    documents = [each for corrections in of_each.values() for each in corrections]
    chronologies = stored_chronologies(view, [each.document_id for each in documents])
    found: list[Subject] = []
    for subject in subjects:
        corrected = subject.document.document_id
        found.append(subject)
        found += [
            replace(
                subject,
                document=document,
                passages=(passage_of(document),),
                passage_scores={},
                chronology=chronologies[document.document_id],
                corrects=corrected,
            )
            for document in of_each.get(corrected, ())
            if document.document_id in chronologies  # else it was taken back a moment ago
        ]
    return found


def _photo_vectors(view: View, photo_ids: Sequence[str]) -> dict[str, Embeddings]:
    records = view.store.retrieve(photo_ids, with_vectors=True, keys=("document_id",))
    found = {record.id: record.vectors.get(layout.IMAGE) for record in records}
    return {id_: vector for id_, vector in found.items() if isinstance(vector, np.ndarray)}


_UNWEIGHED: tuple[None, None] = (None, None)


def _as_one(near: Sequence[Near], same: Collection[str], document_id: str) -> list[Near]:
    """The photos of documents about the same subject as if they were one's."""
    return [replace(each, subject=document_id) if each.subject in same else each for each in near]


def _is_sure(best: Mapping[str, Mapping[str, Hit]], resemblance: Resemblance) -> bool:
    """Whether the photo surely looks like an indexed one."""
    foreign = resemblance.least
    closest = max((hit.score for hit in best.get("image", {}).values()), default=-1.0)
    return closest >= foreign + _SURELY * (1.0 - foreign)


def _lookalikes(best: Mapping[str, Hit], resemblance: Resemblance) -> list[str]:
    closest = max((hit.score for hit in best.values()), default=0.0)
    least = max(resemblance.least, closest - resemblance.lookalike_band)
    return [id_ for id_, hit in best.items() if hit.score >= least]


def _spelling(query: Query, rankings: Rankings) -> Spelling | None:
    texts = (hit.payload.get("text", "") for hit in rankings.best.get("bm25", {}).values())
    return check_spelling(query.question, rankings.documents.values(), texts)


def _meant(query: Query, found: Collection[str]) -> list[str]:
    """The document that the caller chose, or the earlier subject that the question points back at,
    if the query's filters allow it."""
    if query.chosen is not None:
        return [query.chosen] if len(query.filters) == 1 or query.chosen in found else []
    subject = query.recalled.subject
    if subject is None or query.photos or not refers_back(query.question):
        return []
    return [subject] if not query.filters or subject in found else []


def _first(ordered: Mapping[str, Sequence[str]], name: str) -> str | None:
    """The document that a ranking puts first; None where it found nothing."""
    return next(iter(ordered.get(name, ())), None)


def _margin(best: Mapping[str, Hit], document_id: str) -> float:
    others = (hit.score for id_, hit in best.items() if id_ != document_id)
    return best[document_id].score - max(others, default=0.0)


def _text_queries(
    vectors: QueryVectors,
) -> Iterable[tuple[str, DenseVector | SparseVector, str]]:
    if vectors.question is not None:
        yield "question_text", vectors.question, layout.CLIP_TEXT
    if vectors.bm25 is not None and vectors.bm25.indices:
        yield "bm25", vectors.bm25, layout.BM25
    if vectors.sentence is not None:
        yield "sentence", vectors.sentence, layout.TEXT


def _merge(rankings: Iterable[Sequence[Hit]]) -> list[Hit]:
    best: dict[str, Hit] = {}
    for ranking in rankings:
        for hit in ranking:
            if hit.id not in best or hit.score > best[hit.id].score:
                best[hit.id] = hit
    return sorted(best.values(), key=lambda hit: (-hit.score, hit.id))


def _best_per_document(hits: Iterable[Hit]) -> dict[str, Hit]:
    """A document is as good as its best point."""
    best: dict[str, Hit] = {}
    for hit in hits:
        best.setdefault(hit.payload["document_id"], hit)
    return best
