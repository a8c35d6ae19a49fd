"""Three documented subjects, two of them with a photo, and the corpus they make."""

from collections.abc import Sequence
from pathlib import Path

from support import encoded, photo

from knowledge.corpus import Corpus
from knowledge.corpus.photos import hash_photo
from knowledge.documents import Document, Photo, Problem

STATION = (
    "The Old Station was opened in 1912. It was built by the railway company. "
    "The Old Station was demolished in 1992. A shopping centre stands in its place today."
)
TOWER = (
    "The Clock Tower was completed in 1889. The Clock Tower still stands. "
    "Today it is used as a museum."
)
GATE = "永安门建于1436年。永安门于1957年被拆除。今天原址是一个广场。"


def make_documents(root: Path) -> list[Document]:
    """Three subjects; below `root` the photos of two of them: photo(1) and photo(2)."""
    (root / "photos").mkdir(parents=True)
    for seed, name in ((1, "station"), (2, "tower")):
        (root / "photos" / f"{name}.jpg").write_bytes(encoded(photo(seed, size=(320, 240))))

    def photos(name: str) -> tuple[Photo, ...]:
        path = f"photos/{name}.jpg"
        return (Photo(path, hash_photo(root, path)),)

    common = {"corpus": "corpus", "source": "City archive"}
    return [
        Document(id="old_station", title="Old Station", text=STATION, language="en",
                 aliases=("Central Terminus", "老车站"), photos=photos("station"),
                 tags=("railway",), **common),
        Document(id="clock_tower", title="Clock Tower", text=TOWER, language="en",
                 photos=photos("tower"), tags=("tower",), **common),
        Document(id="yongan_gate", title="永安门", text=GATE, language="zh",
                 aliases=("Yong'an Gate",), **common),
    ]  # fmt: skip


def corpus_of(items: Sequence[Document | Problem], root: Path) -> Corpus:
    """A corpus called `corpus` of given items, whose photos lie below `root`."""
    return Corpus("corpus", root, root, len(items), "folder", lambda: iter(items))
