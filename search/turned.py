"""Photos that lie on their side or their head: which views are searched with, which is believed.

A scan or a phone's picture may lie on its side and say nothing of it (what EXIF says is obeyed when
a photo is decoded). Degrees count clockwise: by so many a photo has to be turned to be upright.

    1. An encoder that sees turns says how likely each is. The likeliest turned view is encoded too
       where that is likely enough, so an upright photo is encoded once.
    2. Where the best hit is not sure, all further views that may be right are encoded in one batch
       and searched with: those an encoder that sees turns does not rule out, or all three.

A view is believed only where its best hit is clearly closer than that of the photo as it was given,
so that turned views of what is not indexed find nothing more. Where the encoder is sure of a turn,
the view is believed unless its best hit is clearly farther. Knows no store and encodes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from knowledge.store import DenseVector, Hit
from vlm.encoders import EncoderCard, TurnLogits, turn_probabilities
from vlm.images import turned_clockwise

TURNED = (90, 180, 270)
"""The turns that a photo may need, degrees clockwise."""

_LIKELY = 0.1
"""Probability from which on a turned view is searched with at once."""

_POSSIBLE = 0.02
"""The same where the hits of the other views are not sure."""

_SURE = 0.9
"""Probability from which on a view need not be clearly closer."""

_DOUBTFUL = 0.3
"""Share of the span from a foreign photo to the same one below which the best hit is not sure."""

_CLEARLY = 0.04
"""Share of that span by which a hit has to be closer to be clearly closer."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn that a photo may need.

    Attributes:
        photo: position among the query's photos.
        degrees: one of `TURNED`.
        probability: as the encoder says; None where it does not see turns.
    """

    photo: int
    degrees: int
    probability: float | None = None


@dataclass(frozen=True, slots=True)
class TurnedView:
    """A photo that was turned, and its vector (dim,)."""

    turn: Turn
    vector: DenseVector


@dataclass(frozen=True, slots=True)
class Turns:
    """How the photos of a query have to be turned.

    Attributes:
        degrees: of each photo, in their order: 0, or one of `TURNED`.
        closest: position of the photo that is closest to an indexed one.
    """

    degrees: tuple[int, ...] = ()
    closest: int = 0

    @property
    def of_closest(self) -> int:
        """The turn of the photo that is closest to an indexed one; 0 without a photo."""
        return self.degrees[self.closest] if self.degrees else 0

    def upright(self, photos: Sequence[Image.Image]) -> tuple[Image.Image, ...]:
        """The photos, each turned as it has to be."""
        if not any(self.degrees):
            return tuple(photos)
        return tuple(map(turned_clockwise, photos, self.degrees))


def possible_turns(logits: TurnLogits | None, *, photos: int) -> list[Turn]:
    """The turns that photos may need, likeliest first; those that are ruled out are left out.

    Args:
        logits: of each photo, from an encoder that sees turns; else None.
        photos: how many there are.
    """
    if logits is None:
        return [Turn(photo, degrees) for photo in range(photos) for degrees in TURNED]
    turns = []
    for photo, row in enumerate(turn_probabilities(logits)):
        # Which of its sides a tower lies on is harder to see than that it lies on one.
        on_a_side = max(row[1], row[3]) >= _LIKELY
        turns += [
            # A photo that lies turned by 90 degrees is upright after 270 more.
            Turn(photo, 360 - 90 * quarter, float(row[quarter]))
            for quarter in (1, 2, 3)
            if row[quarter] >= _POSSIBLE or (on_a_side and quarter != 2)
        ]
    return sorted(turns, key=lambda turn: -(turn.probability or 0.0))


def likely_turns(turns: Sequence[Turn]) -> list[Turn]:
    """Of `possible_turns`, those that are searched with at once: at most one a photo."""
    likeliest: dict[int, Turn] = {}
    for turn in turns:
        if turn.probability is not None and turn.probability >= _LIKELY:
            likeliest.setdefault(turn.photo, turn)
    return list(likeliest.values())


def is_doubtful(closest: float, card: EncoderCard) -> bool:
    """Whether the closest indexed photo, by its cosine, is not surely of what the photo shows."""
    return closest < card.foreign_below + _DOUBTFUL * (1.0 - card.foreign_below)


def believed(
    given: Sequence[Hit],
    views: Sequence[tuple[Turn, Sequence[Hit]]],
    card: EncoderCard,
) -> tuple[Turn, Sequence[Hit]] | None:
    """The turned view of a photo that is believed, with its hits; None where none is.

    Args:
        given: hits of the photo as it was given, best first.
        views: its turned views with their hits, best first.
        card: of the encoder.
    """
    clearly = _CLEARLY * (1.0 - card.foreign_below)
    plain = _closest(given)
    sure = [
        (turn, hits)
        for turn, hits in views
        if (turn.probability or 0.0) >= _SURE and _closest(hits) >= plain - clearly
    ]
    closer = [
        (turn, hits)
        for turn, hits in views
        if _closest(hits) >= max(plain + clearly, card.foreign_below)
    ]
    return max([*sure, *closer], key=lambda view: _closest(view[1]), default=None)


def lies_turned(given: Sequence[Hit], turned: Sequence[Hit]) -> bool:
    """Whether it is the photo that lies turned and not the indexed photo that its view found.

    Of one indexed photo nobody can tell without looking. Of several of the same document, most are
    upright: the photo lies turned unless more of them are closer to it as it was given.
    """
    if not turned:
        return True
    document = turned[0].payload["document_id"]
    plain, other = (
        {hit.id: hit.score for hit in hits if hit.payload["document_id"] == document}
        for hits in (given, turned)
    )
    ids = {*plain, *other}
    closer = sum(other.get(id_, -1.0) > plain.get(id_, -1.0) for id_ in ids)
    return 2 * closer >= len(ids)


def _closest(hits: Sequence[Hit]) -> float:
    return hits[0].score if hits else -1.0
