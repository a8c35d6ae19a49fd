"""Confidence as a probability: named signals of one answer, and the logistic fit that weighs them.

`scripts/calibrate.py` makes a fit for a reader on development questions and keeps it in
`confidence.json` beside the models. No signal is a cosine, which means something else with each
encoder: how likely the photo shows the subject comes from what the index has measured of itself
(`search.resemblance`). So a fit goes with a reader, whatever encoder made the index. Knows no store
and no reader.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from knowledge.errors import ModelBrokenError
from search.evidence import Subject
from search.kinds import compare_kinds
from search.query import Query
from search.topic_words import TopicWords, share_found
from vlm.readers import Draft

FILE = "confidence.json"
"""Its name in a folder of models."""

SIGNALS: Mapping[str, str] = {
    "photo": "1 where a photo was asked with, else 0",
    "resembles": "that the photo shows the subject (`search.resemblance`), a logit / 8; 0 without",
    "named": "1 where the question calls the subject by name",
    "meant": "1 where a photo or a name says which subject is meant",
    "words": "share of the question's topic words in the subject's text",
    "words_without_photo": "the same where there is no photo, else 0",
    "across": "1 where question and document are in two languages, so that words cannot agree",
    "bm25_margin": "BM25 score over the next subject's, as a share of the own",
    "agreement": "1 where photo and words put the same subject first",
    "kind": "1 where the subject is of the kind that the question asks about, -1 of another",
    "first": "1 where the reader settled on the subject that came first",
    "reader": "the reader's own confidence in the quoted words",
    "year": "1 where a year is answered",
}
"""Signal → its meaning, for those measured of the search. All lie about between 0 and 1."""

READER_SIGNALS: Mapping[str, str] = {
    "span": "how far the reader prefers its words, or the state it says, to nothing, a logit / 8",
    "answerable": "how far it holds that the passage answers at all, a logit / 8",
    "lead": "how far its words lead over the best other sentence, a logit / 8",
    "certainty": "how far a model preferred a passage's id to null as its source, a logit / 8",
    "existence": "1 where the answer says whether something exists",
    "stated": "of existence: 1 where the text's plain words say the same, -1 the opposite, else 0",
    "place": "1 where the words are not in the first subject",
    "fits": "1 where the words are a number, or a date, if one is asked for",
    "numbers": "share of the question's numbers and codes that are in the subject's text",
    "years": "share of the question's years that are in the subject's text",
    "names": "share of the question's names that are in the subject's text",
}
"""Signal → its meaning, for those that a reader measures of its own draft (`Draft.signals`)."""

SIGNS: Mapping[str, int] = {
    "meant": 1, "resembles": 1, "words": 1,
    "words_without_photo": 1, "bm25_margin": 1, "agreement": 1, "kind": 1, "first": 1, "reader": 1,
    "span": 1, "answerable": 1, "lead": 1, "stated": 1, "place": -1, "fits": 1,
    "numbers": 1, "years": 1, "names": 1,
}  # fmt: skip
"""Signal → the only sign that its weight may have; a signal that is not named may have either. What
speaks for an answer on one kind of material then cannot count against it on another."""

CONTESTED = "contested"
"""A further signal: the share of the sources on the same event that contradict the answer
(`search.conflicts`). No fit weighs it, since the test sets hold no contradictions."""

HEDGED = "hedged"
"""A further signal: 1 where the quotation itself doubts what it says (`search.hedges`). No fit
weighs it either, since few questions of the test sets have such a quotation."""

CERTAINTY = "certainty"
"""The signal of `READER_SIGNALS` that a language model gives: how sure it is that a passage answers
at all. A fit that does not weigh it is multiplied by that probability."""

READ_RIGHTLY = "read_rightly"
"""A further signal: the share of right answers among those that the model gave to the index's own
questions (`search.own_questions`). Only models without a fit of their own have it, and their
confidence is multiplied by it: the fit of `MODEL` says how likely the subject is right, and not how
the model reads."""

LEAST_READ_RIGHTLY = 0.5
"""A model that reads fewer of them rightly is likelier wrong than right, whatever the search says:
nothing is answered with it."""

_WHERE_HEDGED = 0.6
"""What the confidence is multiplied by where the quotation doubts itself. It is chosen, not
measured: *probably* and *is said to* are right more often than not, and surely less often than a
plain statement."""


def measure_signals(
    query: Query,
    chosen: Subject,
    draft: Draft,
    *,
    words: TopicWords,
) -> dict[str, float]:
    """The signals of a draft that cites `chosen`: `SIGNALS` and the reader's own."""
    photo = query.shows
    found = share_found(words.in_question(query.question), words.in_subject(chosen))
    bm25 = chosen.scores.get("bm25", 0.0)
    by_words = chosen.ranks.get("name", chosen.ranks.get("bm25"))
    return {
        **{name: _clip(value) for name, value in draft.signals.items()},
        "photo": float(photo),
        "resembles": _resembles(chosen) if photo else 0.0,
        "named": float(chosen.is_named),
        "meant": float(chosen.is_named or photo or query.continues),
        "words": found,
        "words_without_photo": 0.0 if photo else found,
        "across": float(query.answer_language != chosen.document.language),
        "bm25_margin": _clip(chosen.margins.get("bm25", 0.0) / bm25) if bm25 > 0 else 0.0,
        "agreement": float(photo and chosen.ranks.get("image") == 1 and by_words == 1),
        "kind": compare_kinds(query.question, chosen.document).signal,
        "first": float(chosen.rank == 1),
        "reader": draft.confidence,
        "year": float(draft.year is not None),
    }


_UNLIKELY = 0.02
"""Probability that a photo shows a subject which it was not weighed for: others are likelier."""


def _resembles(chosen: Subject) -> float:
    p = _UNLIKELY if chosen.resembles is None else chosen.resembles
    p = max(1e-6, min(1 - 1e-6, p))
    return _clip(math.log(p / (1 - p)) / 8)


def _clip(value: float) -> float:
    return max(-1.0, min(1.0, value))


class Fit(BaseModel):
    """Weights of one reader's signals. `z = intercept + Σ weight · signal`, `p = 1 / (1 + e^-z)`.

    Attributes:
        weights: signal → weight; a signal without a weight counts 0.
        threshold: the lowest probability at which an answer is given.
        wrong_per_100: how many wrong answers in 100 the threshold was chosen for.
        questions: how many drafts it was fitted on.
        data: test set → how many of those drafts came from it.
        date: of the fit, ISO 8601.
    """

    model_config = ConfigDict(frozen=True)

    intercept: float
    weights: dict[str, float]
    threshold: float = Field(ge=0, le=1)
    wrong_per_100: float = Field(gt=0)
    questions: int = Field(gt=0)
    data: dict[str, int]
    date: str

    def probability(self, signals: Mapping[str, float]) -> float:
        """The probability that an answer with these signals is right."""
        z = self.intercept + sum(w * signals.get(name, 0.0) for name, w in self.weights.items())
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, z))))


MODEL = "model"
"""The reader under whose name the fit of every language model without its own is kept. It says how
likely the subject is the right one by the search's signals alone, since no model's own were
measured; what the model says of itself (`certainty`) is a factor, and what the index's own
questions say of it (`READ_RIGHTLY`) is one."""


class Fits(BaseModel):
    """`confidence.json`: the fits of readers, by name."""

    model_config = ConfigDict(frozen=True)

    readers: dict[str, Fit] = Field(default_factory=dict)

    def of(self, reader: str, *, composed: bool) -> Fit | None:
        """The fit for a draft of a reader; `composed` as the draft is, which no model's is."""
        return self.readers.get(reader) or (None if composed else self.readers.get(MODEL))

    def is_of_any_model(self, reader: str, *, composed: bool) -> bool:
        """Whether a draft of a reader is judged by the fit of every model without its own."""
        return not composed and reader not in self.readers and MODEL in self.readers


def load_fits(*folders: Path) -> Fits:
    """The fits that are kept in these folders; where two have one of a reader, the first counts.

    Without a fit, the confidence is the reader's own.

    Raises:
        ModelBrokenError: a file is there and cannot be used.
    """
    readers: dict[str, Fit] = {}
    for folder in folders:
        path = folder / FILE
        if not path.is_file():
            continue
        try:
            found = Fits.model_validate(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, ValidationError) as error:
            raise ModelBrokenError(
                f"The fits of confidence in {path} cannot be used: {error}. Make them again with "
                "`python scripts/calibrate.py`, or remove the file."
            ) from error
        readers = {**found.readers, **readers}
    return Fits(readers=readers)


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure an answer is, and whether that is enough to give it."""

    probability: float
    enough: bool


_KNOWN_TO_UNKNOWN = 4.0
"""Photos of what is indexed for one of what is not, among those that are asked about. It is chosen,
not measured; an index measures itself with as many of the one as of the other."""


def most_by_photo(subject: Subject) -> float:
    """The most that an answer about a photo can be worth: the probability that the photo shows the
    subject at all. 1 where nothing was measured."""
    if subject.resembles is None:
        return 1.0
    p = max(1e-6, min(1 - 1e-6, subject.resembles))
    odds = _KNOWN_TO_UNKNOWN * p / (1 - p)
    return odds / (1 + odds)


_EVEN = 0.5


def sureness(signals: Mapping[str, float], fit: Fit | None) -> float:
    """The probability that a draft with these signals is right, before contradictions and doubts;
    without a fit, the reader's own confidence.

    A fit that was made for the search alone (`MODEL`) is multiplied by the model's certainty, and
    by how rightly it reads this index's own questions.
    """
    if fit is None:
        return signals.get("reader", 0.0)
    probability = fit.probability(signals)
    if CERTAINTY in signals and CERTAINTY not in fit.weights:
        probability *= 1.0 / (1.0 + math.exp(-8.0 * signals[CERTAINTY]))
    return probability * signals.get(READ_RIGHTLY, 1.0)


def weigh(draft: Draft, signals: Mapping[str, float], fit: Fit | None) -> Confidence:
    """The confidence of a draft: the fit's, or the reader's own without a fit. Then only drafts of
    the extractive reader are withheld for it, where it held nothing to be likelier.

    Where sources contradict each other, some are wrong and nothing says which. The confidence is
    multiplied by the share of the sources that agree with the draft. No answer is withheld for a
    contradiction, so that a person sees it. Where the quotation doubts itself, the confidence is
    multiplied by 0.6, and no answer is withheld for that either.
    """
    uncontested = 1.0 - signals.get(CONTESTED, 0.0)
    if signals.get(HEDGED, 0.0) > 0:
        uncontested *= _WHERE_HEDGED
    if fit is None:
        # What a network scored as unlikelier than nothing is no answer; a model chose to answer.
        enough = not draft.composed or draft.confidence >= _EVEN
        return Confidence(draft.confidence * uncontested, enough=enough)
    probability = sureness(signals, fit)
    is_believed = signals.get(READ_RIGHTLY, 1.0) >= LEAST_READ_RIGHTLY
    enough = is_believed and probability >= fit.threshold
    return Confidence(probability * uncontested, enough=enough)
