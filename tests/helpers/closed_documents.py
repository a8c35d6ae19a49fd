"""An archive with open and closed documents that share words, names and photos, and who asks."""

import random
from collections.abc import Sequence
from pathlib import Path

from sample_documents import corpus_of
from support import encoded, photo

from knowledge.corpus import Corpus
from knowledge.corpus.photos import hash_photo
from knowledge.documents import Document, Photo
from knowledge.viewer import NEVER, Viewer

CLOSINGS: tuple[tuple[tuple[str, ...], str], ...] = (
    ((), ""),
    ((), "2001-05-01"),
    ((), ""),
    (("staff",), ""),
    (("donors",), ""),
    ((), "2999-12-31"),
    (("staff", "donors"), "1999-01-01"),
    (("staff",), "2999-12-31"),
    ((), NEVER),
)
VIEWERS = {
    "nobody": Viewer(),
    "staff": Viewer.of(["Staff"]),
    "donors": Viewer.of(["donors"]),
    "both": Viewer.of(["donors", "staff"]),
}
WORDS = tuple(
    """station tower gate bridge hall mill school market built opened demolished stands railway
    river stone brick architect mayor museum storehouse flood fire harbour canal winter square
    """.split()  # noqa: SIM905 - easier to read
)
_SUBJECTS = ("Station", "Tower", "Gate", "Bridge", "Hall", "Mill")


def canary(number: int) -> str:
    """A word that only one document has."""
    return f"zq{number:03}xylo"


def make_archive(root: Path, *, count: int = 27) -> list[Document]:
    """Documents of all closings in turn, each with a canary word, every second with a photo.

    A closed document has the photo of an open one, so that it would be found by it.
    """
    rng = random.Random(7)
    (root / "photos").mkdir(parents=True)
    documents = []
    for number in range(count):
        groups, until = CLOSINGS[number % len(CLOSINGS)]
        kind, year = rng.choice(_SUBJECTS), rng.randrange(1800, 1990)
        words = " ".join(rng.choices(WORDS, k=8))
        # Common words in closed documents would change how rare they are in open ones.
        title = f"{canary(number).title()} {kind}"
        text = (
            f"The {title} was built in {year}. It was demolished in {year + 9}. "
            f"Its {words} {canary(number)} was known."
        )
        path = f"photos/{number}.jpg"
        (root / path).write_bytes(encoded(photo(number % 4, size=(64, 48 + number))))
        photos = (Photo(path, hash_photo(root, path)),) if number % 2 else ()
        documents.append(
            Document(
                "corpus", f"d-{canary(number)}", title, text, "en",
                aliases=(f"Old {kind} {canary(number)}",), place=f"{canary(number)} town",
                source=f"File {canary(number)}", tags=(canary(number),), photos=photos,
                rights=f"© {canary(number)}", groups=groups, closed_until=until,
            )
        )  # fmt: skip
    return documents


def sees(viewer: Viewer, document: Document, *, today: str = "2026-11-29") -> bool:
    """Whether a document is open to a viewer, written out anew."""
    member = not document.groups or any(group in viewer.groups for group in document.groups)
    return member and (document.closed_until or "0001-01-01") <= today


def corpus_seen_by(viewer: Viewer, documents: Sequence[Document], root: Path) -> Corpus:
    """The corpus that there would be if what is closed to a viewer had never been in it."""
    return corpus_of([each for each in documents if sees(viewer, each)], root)
