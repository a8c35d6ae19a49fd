"""How near a photo is to a subject, as signals that mean about the same with every encoder.

A cosine alone says little: with one encoder 0.4 is a stranger's, with another the same building's.
So cosines are measured from the index's own strangers: `Scale.foreign` is the usual cosine of an
indexed photo and the closest photo of another subject, `Scale.spread` how far that varies. Then a
photo counts by how far it is above that, above the next subject, and above the crowd that it and
the subject's photo lie in: a photo of a temple among two hundred temples has close strangers
(CSLS, Conneau et al. 2018, "Word translation without parallel data", is the same thought).

Knows no store and no encoder.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from vlm.encoders import Embeddings

SIGNALS: Mapping[str, str] = {
    "closeness": "cosine of the subject's closest photo, above foreign, in spreads",
    "margin": "the same above the next subject's closest photo",
    "crowd_question": "mean cosine to the nearest other subjects, likewise",
    "crowd_photo": "that of the subject's closest photo, likewise",
    "share": "share of the subject's photos among the ten nearest, where it has several",
    "further": "its three closest photos' mean cosine, less the closest's, in spreads",
    "likeness": "cosine of the subject's closest photo and its other near ones, above foreign",
    "single": "1 where one photo of the subject is near",
    "photos": "logarithm of how many photos of the subject are near",
}  # fmt: skip
"""Signal → its meaning. All are clipped to what was seen when the prior was made."""

SIGNS: Mapping[str, int] = {"closeness": 1, "margin": 1, "share": 1, "further": 1}
"""Signal → the only sign that its weight may have."""

_NEAREST = 10
"""Photos among which a subject's share is counted."""

_CROWD = 5
"""Strangers that a crowd is the mean of."""

_CROWD_USUAL = 3
"""As many strangers at the usual distance are put to each crowd, so that a few say little."""

_OWN = 6
"""Photos of the subject that are looked at for `likeness`."""

_FOREIGN = 16
"""Photos of other subjects that are looked at for `crowd_photo`."""

_LOWEST, _HIGHEST = -6.0, 10.0


class Scale(BaseModel):
    """What cosines mean in an index.

    Attributes:
        foreign: the usual cosine of a photo and the closest photo of another subject.
        spread: how far that varies.
    """

    model_config = ConfigDict(frozen=True)

    foreign: float = Field(ge=-1, lt=1)
    spread: float = Field(gt=0)


@dataclass(frozen=True, slots=True)
class Near:
    """A photo near the one asked about. `score`: their cosine."""

    photo_id: str
    subject: str
    score: float


_ONE_TITLE = 4
"""A title that more documents near a photo have is no name (*Postcard*, *Untitled*)."""


def about_the_same(document_id: str, titles: Mapping[str, str]) -> set[str]:
    """Documents about the same subject: of the same id in another corpus, or of the same title.

    Args:
        document_id: with its corpus; one of `titles`.
        titles: document id → folded title, of the documents near a photo.

    >>> sorted(about_the_same("a/fort", {"a/fort": "x", "b/fort": "y", "b/gate": "x", "b/pit": ""}))
    ['a/fort', 'b/fort', 'b/gate']
    """
    title, name = titles.get(document_id, ""), document_id.partition("/")[2]
    titled = {id_ for id_, other in titles.items() if title and other == title}
    same = {id_ for id_ in titles if name and id_.partition("/")[2] == name}
    return {document_id, *same, *(titled if len(titled) <= _ONE_TITLE else ())}


def photos_looked_at(near: Sequence[Near], subjects: Sequence[str]) -> list[str]:
    """Ids of the photos whose vectors `measure` needs for these subjects.

    `near`: closest first.
    """
    wanted: dict[str, None] = {}
    for subject in subjects:
        own = [each.photo_id for each in near if each.subject == subject]
        others = [each.photo_id for each in near if each.subject != subject]
        wanted.update(dict.fromkeys([*own[:_OWN], *others[:_FOREIGN]]))
    return list(wanted)


def measure(
    near: Sequence[Near], vectors: Mapping[str, Embeddings], subject: str, scale: Scale
) -> dict[str, float]:
    """The signals of a photo and a subject; of one without a near photo, those of a stranger.

    Args:
        near: the photos nearest to the one asked about, closest first.
        vectors: photo id → vector (dim,), of those that `photos_looked_at` names.
        subject: which of the subjects in `near`.
        scale: of the index.
    """
    own = [each for each in near if each.subject == subject]
    if not own:
        return _clipped({"closeness": _LOWEST, "margin": _LOWEST, "single": 1.0})
    others: dict[str, float] = {}
    for each in near:
        if each.subject != subject:
            others.setdefault(each.subject, each.score)
    closest = own[0].score
    # Where every near photo is the subject's own, another is at most as close as the last of them.
    following = max(others.values(), default=min(near[-1].score, scale.foreign))
    crowd_question = _crowd(sorted(others.values(), reverse=True), scale)
    crowd_photo = _crowd_of_photo(near, vectors, own[0], scale)
    several = len(own) > 1
    signals = {
        "closeness": (closest - scale.foreign) / scale.spread,
        "margin": (closest - following) / scale.spread,
        "crowd_question": (crowd_question - scale.foreign) / scale.spread,
        "crowd_photo": (crowd_photo - scale.foreign) / scale.spread,
        "single": float(not several),
        "photos": math.log(len(own)),
    }
    if several:
        among = sum(each.subject == subject for each in near[:_NEAREST])
        further = float(np.mean([each.score for each in own[:3]]))
        signals["share"] = among / min(_NEAREST, len(own))
        signals["further"] = (further - closest) / scale.spread
        signals["likeness"] = (_likeness(own, vectors, scale) - scale.foreign) / scale.spread
    return _clipped(signals)


def _crowd(cosines: Sequence[float], scale: Scale) -> float:
    near = list(cosines[:_CROWD])
    return (sum(near) + _CROWD_USUAL * scale.foreign) / (len(near) + _CROWD_USUAL)


def _crowd_of_photo(
    near: Sequence[Near], vectors: Mapping[str, Embeddings], photo: Near, scale: Scale
) -> float:
    vector = vectors.get(photo.photo_id)
    others = [
        vectors[each.photo_id]
        for each in near
        if each.subject != photo.subject and each.photo_id in vectors
    ]
    if vector is None or not others:
        return scale.foreign
    cosines = np.stack(others[:_FOREIGN]) @ vector
    return _crowd(sorted(map(float, cosines), reverse=True), scale)


def _likeness(own: Sequence[Near], vectors: Mapping[str, Embeddings], scale: Scale) -> float:
    known = [vectors[each.photo_id] for each in own[:_OWN] if each.photo_id in vectors]
    if len(known) < 2:
        return scale.foreign
    return float(np.mean(np.stack(known[1:]) @ known[0]))


def _clipped(signals: Mapping[str, float]) -> dict[str, float]:
    return {name: max(_LOWEST, min(_HIGHEST, float(signals.get(name, 0.0)))) for name in SIGNALS}
