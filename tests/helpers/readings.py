"""Readings for tests of the readers: two places, one of which a document lies about."""

from PIL import Image

from knowledge.documents import Passage
from vlm.readers.base import Candidate, Reading

STATION = "The Old Station was opened in 1912. The Old Station was demolished in 1992."
TOWER = "The Clock Tower was completed in 1889. The Clock Tower still stands."


def candidate(name: str, *texts: str) -> Candidate:
    """A subject `corpus/<name>` whose text is cut into the given passages."""
    passages, start = [], 0
    for ordinal, text in enumerate(texts):
        passages.append(Passage(f"corpus/{name}", ordinal, text, start, start + len(text)))
        start += len(text) + 1
    return Candidate(f"corpus/{name}", name.title(), (), "en", tuple(passages))


def reading(
    *candidates: Candidate, question: str = "When was it demolished?", photos: int = 1
) -> Reading:
    """A reading of grey photos; by default of the station and the tower."""
    return Reading(
        question=question,
        language="en",
        photos=tuple(Image.new("RGB", (64, 48), (90, 90, 90)) for _ in range(photos)),
        candidates=candidates or (candidate("station", STATION), candidate("tower", TOWER)),
    )
