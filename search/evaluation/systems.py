"""The ways of answering that an evaluation compares: the full pipeline, baselines and ablations.

Each differs from the full pipeline in one thing, which its `name` says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from knowledge.documents import Passage
from search.citation import Citation, Withdrawn, check_citation, find_quote
from search.confidence import Fits
from search.fusion import WEIGHTS
from search.pipeline import Asked, Found, Pipeline
from search.query import Query
from vlm.chronology import Chronology
from vlm.encoders import Encoder
from vlm.readers import Draft, Reader

FULL = "full"
KEYWORDS = "keywords_only"
UNCALIBRATED = "no_threshold"
_BY_PHOTO = ("image", "lookalike", "photo_text")
_ONE_RANKING = {"image": 1.0, "bm25": 1.0}
"""Only one of them finds anything where a photo is searched with alone, or a question alone."""


@dataclass(frozen=True, slots=True)
class System:
    """A way of answering.

    Attributes:
        name: its name in results.
        about: what it does, as results show it.
        weights: ranking → weight of those it uses; None uses all, as the pipeline weighs them.
        uses_photo: whether it gets the photo.
        fuses: whether it fuses rankings; else it uses one alone.
        groups: whether it gathers a subject's passages; else it reads each as it was found.
        checks: whether it checks the citation after the reader.
        withholds: whether it withholds an answer below the calibrated threshold.
        reader: the reader's name; None is the evaluation's first reader.
        asks_made: whether it answers the made questions too, or only those of the test sets.
    """

    name: str
    about: str
    weights: Mapping[str, float] | None = None
    uses_photo: bool = True
    fuses: bool = True
    groups: bool = True
    checks: bool = True
    withholds: bool = True
    reader: str | None = None
    asks_made: bool = False


SYSTEMS: tuple[System, ...] = (
    System(FULL, "everything", asks_made=True),
    System(KEYWORDS, "what a search box gives: BM25 on the question's words, no photo",
           {"bm25": 1.0}, uses_photo=False, asks_made=True),
    System("nearest_photo", "what a lookalike search gives: the closest photo, no words",
           {"image": 1.0}),
    System("no_photo", "the photo is not shown", uses_photo=False),
    System("no_question", "the question is read, but not searched with",
           {name: WEIGHTS[name] for name in _BY_PHOTO}),
    System("no_fusion", "one ranking: the photo's where there is one, else the keywords'",
           fuses=False),
    System("no_grouping", "passages are read as they were found, not gathered by subject",
           groups=False),
    System("no_citation_check", "the reader is believed", checks=False),
    System(UNCALIBRATED, "nothing is withheld for low confidence", withholds=False, asks_made=True),
)  # fmt: skip


def with_readers(systems: Sequence[System], readers: Sequence[str]) -> list[System]:
    """The systems, and for each further reader the full pipeline with it."""
    others = [
        System(f"reader_{name}", f"reads with {name}", reader=name, asks_made=True)
        for name in readers
    ]
    return [*systems, *others]


def _ungrouped(found: Found) -> Found:
    """Each subject with those passages alone that a ranking found by themselves as its best."""
    subjects = [
        replace(
            subject,
            passages=tuple(
                passage
                for passage in subject.passages
                if any(
                    subject.scores.get(name) == score
                    for name, score in subject.passage_scores.get(passage.ordinal, {}).items()
                )
            ),
        )
        for subject in found.subjects
    ]
    return replace(found, subjects=subjects)


def believe(
    draft: Draft,
    passages: Mapping[str, Passage],
    *,
    existence_in: Mapping[str, Chronology] | None = None,  # noqa: ARG001 - part of the check
) -> Citation | Withdrawn:
    """The ablation of the citation check: it lets every claim pass.

    A quotation that stands nowhere is kept with an empty span, so that the measures count it as
    false.
    """
    checked = check_citation(draft, passages)
    if isinstance(checked, Citation) or not passages:
        return checked
    passage = passages.get(draft.passage_id or "", next(iter(passages.values())))
    quote = draft.quote or ""
    start, end = find_quote(quote, passage.text) or (0, 0)
    return Citation(passage, quote, passage.start + start, passage.start + end)


class SystemRunner:
    """Answers questions as a system does. Systems share encodings through the encoder."""

    def __init__(
        self, system: System, pipeline: Pipeline, encoder: Encoder, reader: Reader
    ) -> None:
        self.system = system
        self.index = pipeline.index
        weights = system.weights or pipeline.weights
        rerank = pipeline.rerank if system.weights is None and system.fuses else None
        self._pipeline = Pipeline(
            pipeline.index,
            encoder,
            reader,
            text_encoder=pipeline.text_encoder,
            turn_seer=pipeline.turn_seer,
            rerank=rerank,
            weights=weights if system.fuses else _ONE_RANKING,
            fits=pipeline.fits if system.withholds else Fits(),
            read_rightly=pipeline.read_rightly if reader is pipeline.reader else None,
            withholds=pipeline.withholds and system.withholds,
            check=check_citation if system.checks else believe,
        )
        self._rerank = {} if rerank is None else {"rerank": rerank.key}
        self._fits = pipeline.fits
        self._name = reader.name
        self._reads = reader
        self._reader = {
            "name": reader.name,
            "model": getattr(reader, "model", None),
            "fingerprint": getattr(reader, "fingerprint", None),
        }

    @property
    def about(self) -> dict[str, Any]:
        """Everything that this system's answers depend on, for a cache's key."""
        return {**asdict(self.system), "reader": self._reader, **self._rerank}

    @property
    def stood_in(self) -> int:
        """How many readings another reader has done in the place of this system's."""
        return int(getattr(self._reads, "stood_in", 0))

    def ask(self, query: Query) -> Asked:
        """Find and answer as the system does."""
        if not self.system.uses_photo:
            query = replace(query, photos=())
        searched = query
        if query.photos and not self.system.fuses:
            searched = replace(query, question="")
        found = self._pipeline.subjects(searched)
        if not self.system.groups:
            found = _ungrouped(found)
        asked = self._pipeline.answer(query, found)
        fit = self._fits.of(self._name, composed=False)
        if fit is not None and not self.system.withholds and not asked.answer.abstained:
            probability = fit.probability(asked.answer.signals)
            asked = replace(asked, answer=replace(asked.answer, confidence=probability))
        return asked
