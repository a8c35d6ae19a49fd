"""Which corpus of an index a folder or file is, when its name is new and its content is not.

A corpus has the name of its folder or file. Renaming that would make a second corpus of the same
documents, and leave the first behind with photos that are nowhere. So a corpus that is no longer
where it was, and whose documents are in what is read now, keeps its name. Where that is not clear,
nothing is done, and the person says it.
"""

import hashlib
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from knowledge.corpus import Corpus
from knowledge.documents import Document, Note
from knowledge.errors import CorpusError
from knowledge.index import Index, layout

_SAMPLE = 64
"""Documents of the new corpus that are compared."""
_SAME, _PERHAPS = 0.8, 0.25
"""Share of them that must be in another corpus to take the two for one, or to ask."""
_LEAST_TEXT = 40
"""Characters of a text that tells documents from each other."""


def recognise(corpus: Corpus, index: Index) -> tuple[Corpus, list[Note]]:
    """The corpus under the name that the index has for it, and what a person should know of that.

    Raises:
        CorpusError: it is not clear whether it is another corpus.
    """
    found = (dict(record.payload) for record in index.store.scroll({"kind": "corpus"}))
    known = sorted(found, key=lambda other: str(other["corpus"]))
    if corpus.is_named or any(other["corpus"] == corpus.name for other in known):
        return corpus, []
    path = str(corpus.path.resolve())
    if earlier := [other for other in known if other["path"] == path]:
        return corpus.named(earlier[0]["corpus"]), []
    known = [other for other in known if other["source"] != "live"]
    documents = (item for item in corpus.read() if isinstance(item, Document)) if known else ()
    sample = list(islice(documents, _SAMPLE))
    if not sample:
        return corpus, []
    shares = [(_share(sample, other, index), other) for other in known]
    gone = [(share, other) for share, other in shares if not Path(other["path"]).exists()]
    same = [other for share, other in gone if share >= _SAME]
    perhaps = [other for share, other in gone if share >= _PERHAPS]
    if len(same) == 1:
        return corpus.named(same[0]["corpus"]), [_note(corpus, same[0])]
    if perhaps:
        raise CorpusError(_question(corpus, perhaps))
    return corpus, [_copy(corpus, other) for share, other in shares if share >= _SAME]


def _share(sample: Sequence[Document], other: Mapping[str, Any], index: Index) -> float:
    """The share of documents that another corpus holds too, under their ids or any others."""
    name = other["corpus"]
    ids = [layout.document_point_id(f"{name}/{document.id}") for document in sample]
    stored = {record.payload["id"]: record.payload for record in index.store.retrieve(ids)}
    same = sum(_is_same(document, name, stored.get(document.id)) for document in sample)
    if same >= _SAME * len(sample) or Path(other["path"]).exists():
        return same / len(sample)
    held = _content_of(name, index)
    return sum(not _keys(document).isdisjoint(held) for document in sample) / len(sample)


def _is_same(document: Document, corpus: str, payload: Mapping[str, Any] | None) -> bool:
    if payload is None or (payload["title"], payload["text"]) != (document.title, document.text):
        return False
    there = Document(corpus, document.id, "", "", document.language, photos=document.photos)
    return list(payload["photo_ids"]) == layout.photo_point_ids(there)


def _content_of(corpus: str, index: Index) -> set[bytes]:
    """Keys of all photos and texts of a corpus in the index."""
    held: set[bytes] = set()
    for record in index.store.scroll({"corpus": corpus, "kind": ["photo", "document"]}):
        if record.payload["kind"] == "photo":
            held.add(bytes.fromhex(record.payload["sha256"]))
        elif len(record.payload["text"]) >= _LEAST_TEXT:
            held.add(_digest(record.payload["text"]))
    return held


def _keys(document: Document) -> set[bytes]:
    keys = {bytes.fromhex(photo.sha256) for photo in document.photos}
    return keys | ({_digest(document.text)} if len(document.text) >= _LEAST_TEXT else set())


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _note(corpus: Corpus, other: Mapping[str, Any]) -> Note:
    return Note(
        str(corpus.path),
        f"This is the corpus {other['corpus']!r}, which was read from {other['path']} and is no "
        f"longer there; it keeps its name. Say --corpus {corpus.name} to make another corpus of "
        "it.",
    )


def _copy(corpus: Corpus, other: Mapping[str, Any]) -> Note:
    return Note(
        str(corpus.path),
        f"The corpus {other['corpus']!r}, read from {other['path']}, holds the same documents; if "
        f"one of the two is enough, say `snapcite remove` with the other's name.",
    )


def _question(corpus: Corpus, others: Sequence[Mapping[str, Any]]) -> str:
    named = ", ".join(f"{other['corpus']!r} (read from {other['path']})" for other in others)
    one = others[0]["corpus"]
    return (
        f"It is not clear whether {corpus.path.name!r} is a corpus that the index has already and "
        f"that is no longer where it was: {named}. Say --corpus {one} if it is that one, or "
        f"--corpus {corpus.name} if it is another; nothing was changed."
    )
