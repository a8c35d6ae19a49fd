"""The probability that a photo shows the subject that it is near to: what an index keeps of it.

`search.resemblance.calibration` measures it. Where an index was not calibrated, the prior that
comes with this package is used on a scale guessed from the encoder's card.
"""

import json
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from search.resemblance.nearness import Scale
from vlm.encoders import EncoderCard

METHOD = 1
"""Grows when signals or their measuring change, so that what was measured before is not used."""

USUAL_SPREAD = 0.12
"""`Scale.spread` as a share of the way from `Scale.foreign` to 1, where nothing is measured. It is
the mean over thirty indexes of the starter's (scripts/fit_resemblance.py)."""

_FAR, _WHERE_FAR = -1.5, 3.0
"""A photo that is further from everything than nearly every stranger shows nothing indexed, however
empty it is around it; else an empty crowd would speak for whatever is closest. Each spread below
`_FAR` takes so much from the logit."""

_PRIOR = Path(__file__).with_name("prior.json")


class Weights(BaseModel):
    """`z = intercept + Σ weight · signal`, `p = 1 / (1 + e^-z)`."""

    model_config = ConfigDict(frozen=True)

    intercept: float
    weights: dict[str, float]

    def probability(self, signals: Mapping[str, float]) -> float:
        """The probability that a photo with these signals shows the subject."""
        z = self.intercept + sum(w * signals.get(name, 0.0) for name, w in self.weights.items())
        z -= _WHERE_FAR * max(0.0, _FAR - signals.get("closeness", 0.0))
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, z))))


class Prior(BaseModel):
    """Weights made on other indexes (scripts/fit_resemblance.py).

    Attributes:
        weights: of the signals.
        deviations: signal → its standard deviation there, for the ridge of an index's own fit.
        threshold: the least probability at which a photo is said to show a subject, where an index
            cannot tell its own.
        view_share: how far above foreign a true second photo is, as a share of how far a changed
            view of the same photo is.
        data: set → questions it was made on.
        date: ISO 8601.
    """

    model_config = ConfigDict(frozen=True)

    weights: Weights
    deviations: dict[str, float]
    threshold: float = Field(ge=0, le=1)
    view_share: float = Field(gt=0, le=1)
    data: dict[str, int]
    date: str


class Resemblance(BaseModel):
    """What resembling means in one index.

    Attributes:
        method: `METHOD` when it was made.
        encoder: the encoder's name, for people.
        fingerprint: the encoder's.
        scale: of cosines in this index.
        weights: of the signals.
        threshold: the least probability at which a photo is said to show a subject.
        photos: that the index had.
        subjects: with photos, that it had.
        asked: photos of its own that it was asked with: themselves, and changed views.
        views: how many of those were changed views.
        false_refusals: share of its own photos, asked with, that were refused although their
            subject was found; None where too few could be asked.
        false_matches: share of them that were taken for another subject with their own hidden.
        found_first: share of them whose subject came first; None where too few could be asked, or
            an earlier version asked.
        date: ISO 8601.
    """

    model_config = ConfigDict(frozen=True)

    method: int
    encoder: str
    fingerprint: str
    scale: Scale
    weights: Weights
    threshold: float = Field(ge=0, le=1)
    photos: int = Field(ge=0)
    subjects: int = Field(ge=0)
    asked: int = Field(ge=0)
    views: int = Field(ge=0)
    false_refusals: float | None
    false_matches: float | None
    found_first: float | None = None
    date: str

    def probability(self, signals: Mapping[str, float]) -> float:
        """The probability that a photo with these signals shows the subject."""
        return self.weights.probability(signals)

    @property
    def least(self) -> float:
        """A photo whose best cosine is lower looks like nothing indexed, whatever else is so."""
        return self.scale.foreign - self.scale.spread

    @property
    def lookalike_band(self) -> float:
        """A photo whose cosine is at most this much below the closest one's is as likely."""
        return 1.5 * self.scale.spread


@cache
def prior() -> Prior:
    """The prior that comes with this package."""
    return Prior.model_validate(json.loads(_PRIOR.read_text(encoding="utf-8")))


def uncalibrated(card: EncoderCard) -> Resemblance:
    """What resembling may mean in an index that was never calibrated, by its encoder's card."""
    # A card's cut-off refuses little, so it is where `Resemblance.least` is.
    foreign = (card.foreign_below + USUAL_SPREAD) / (1 + USUAL_SPREAD)
    foreign = max(-0.99, min(0.95, foreign))
    return Resemblance(
        method=METHOD,
        encoder=card.name,
        fingerprint=card.fingerprint,
        scale=Scale(foreign=foreign, spread=USUAL_SPREAD * (1.0 - foreign)),
        weights=prior().weights,
        threshold=prior().threshold,
        photos=0,
        subjects=0,
        asked=0,
        views=0,
        false_refusals=None,
        false_matches=None,
        date="",
    )  # fmt: skip
