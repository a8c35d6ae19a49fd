"""How documents, passages and photos are stored as points: ids, payloads, vector names.

The layout is the same in both engines, so an index can move between them. Eight kinds of points:

    index      one         the fingerprint; no vectors
    corpus     a corpus    where it was read from; no vectors
    document   a document  everything that a person sees; no vectors. It is written after the
                           document's other points, so it marks them as complete.
    passage    a chunk     vectors `clip_text`, `bm25` and, with a text encoder, `text`
    photo      an image    vector `image`
    calibration  two       what resembling means in this index, as `search.resemblance` measured it,
                           and what came of the index's own questions (`search.own_questions`); no
                           vectors. An index made before there was one has none.
    proposal   a correction that a reader proposed, whatever became of it unless it was approved
    correction an approved one: what a document has, beside what the proposal said; no vectors

Besides, `knowledge.index.change` writes points of kind `pending`, and a store may keep files as
points of kind `upload`.
"""

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from functools import lru_cache
from typing import Any
from unicodedata import normalize

from knowledge.dates import Dated
from knowledge.document_dates import dates_of
from knowledge.documents import Document, Field, Page, Passage, Photo, Problem, time_of_photo
from knowledge.identifiers import CORRECTIONS_CORPUS
from knowledge.picture_hash import keys_of
from knowledge.picture_text import (
    PictureText,
    picture_place_from_payload,
    picture_place_payload,
    picture_text_from_payload,
    picture_text_payload,
)
from knowledge.store.base import OPEN, Overlap, Schema
from knowledge.viewer import closing_payload, day_text

SCHEMA_VERSION = 3

IMAGE = "image"
CLIP_TEXT = "clip_text"
TEXT = "text"
BM25 = "bm25"

HASH_KEYS = "hash_keys"
"""Key of a photo's payload, indexed for filters: what near hashes have in common."""

_NAMESPACE = uuid.UUID("6c1c2f0e-6f0b-5d0f-9d55-5b1a3a0c4c17")

_UPLOAD = "upload:"

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The encoders and the layout of an index. Vectors of two fingerprints cannot be compared.

    Attributes:
        encoder: the encoder's name, for people.
        encoder_fingerprint: `EncoderCard.fingerprint`.
        dim: length of the dense vectors.
        passage_tokens: the chunking budget.
        schema_version: of this layout.
        text_encoder: name or folder that the text encoder is loaded by, if there is one; not
            compared, as the same encoder may lie in two places.
        text_encoder_fingerprint: `TextEncoderCard.fingerprint`.
        text_dim: length of the text encoder's vectors; 0 without one.
        text_reader: name of what reads text in pictures while indexing, None where nothing does;
            not compared, as vectors do not depend on it. `Index.check_text_reader` compares it.
    """

    encoder: str
    encoder_fingerprint: str
    dim: int
    passage_tokens: int
    schema_version: int = SCHEMA_VERSION
    text_encoder: str | None = field(default=None, compare=False)
    text_encoder_fingerprint: str | None = None
    text_dim: int = 0
    text_reader: str | None = field(default=None, compare=False)

    def schema(self) -> Schema:
        """The collection that such an index needs."""
        text = {TEXT: self.text_dim} if self.text_dim else {}
        return Schema(
            dense={IMAGE: self.dim, CLIP_TEXT: self.dim, **text},
            sparse=(BM25,),
            keywords=(
                *("kind", "corpus", "document_id", "language", "tags"),
                *("closed", "groups", HASH_KEYS),
            ),
            spans=("dates",),
            numbers=("closed_until",),
        )

    def payload(self) -> Payload:
        """The payload of the `index` point."""
        return {"kind": "index", **asdict(self)}

    @staticmethod
    def from_payload(payload: Mapping[str, Any]) -> "Fingerprint":
        """The inverse of `payload`."""
        return Fingerprint(**{key: value for key, value in payload.items() if key != "kind"})


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    """What is known of an indexed photo, from its bytes or from who sent it; upright, in pixels.

    `taken_at` is ISO 8601 without a zone unless the camera wrote one; latitude and longitude are
    degrees, north and east positive. `read`: the text in it, where a reader looked for some.
    `turned`: degrees by which its file's picture was turned clockwise before it was encoded, as it
    lay on its side or its head. `hash`: its perceptual hash (`knowledge.picture_hash`), empty where
    there is too little in it; None in an index made before there were hashes. `seconds`: of a
    film's frame, from the film's beginning, as its path says.
    """

    width: int
    height: int
    format: str
    taken_at: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    caption: str | None = None
    read: PictureText | None = None
    turned: int = 0
    hash: str | None = None
    seconds: float | None = None


def _point_id(*parts: str | int) -> str:
    return str(uuid.uuid5(_NAMESPACE, json.dumps(parts, ensure_ascii=False)))


INDEX_POINT_ID = _point_id("index")

RESEMBLANCE, OWN_QUESTIONS = "resemblance", "own_questions"
"""What an index can be measured for; each has a `calibration` point of its own."""

CALIBRATION_POINT_ID = _point_id("calibration")


def calibration_point_id(measured: str) -> str:
    """The id of the point that keeps what was measured."""
    return CALIBRATION_POINT_ID if measured == RESEMBLANCE else _point_id("calibration", measured)


def calibration_payload(content: Mapping[str, Any]) -> Payload:
    """The payload of a `calibration` point, of what was measured."""
    return {"kind": "calibration", "content": dict(content)}


def corpus_point_id(corpus: str) -> str:
    """The id of the point that says where a corpus was read from."""
    return _point_id("corpus", corpus)


@lru_cache(maxsize=16_384)  # each question has those of all documents that were found
def document_point_id(document_id: str) -> str:
    """The id of a document's own point; it stays when the document's content changes."""
    return _point_id("document", stored_form(document_id))


def correction_point_id(id: str) -> str:
    """The id of a correction's point; of an approved one it is that of its document."""
    return document_point_id(f"{CORRECTIONS_CORPUS}/{id}")


def stored_form(document_id: str) -> str:
    """A document id as it is stored, of one that somebody typed or sent: in NFC."""
    return normalize("NFC", document_id)


def photo_point_ids(document: Document) -> list[str]:
    """One id for each photo, from its content; also the `photo_id` that the API serves.

    The ordinal counts copies of the same content, not positions, so that the others keep their ids
    when a photo is put in front of them.
    """
    return _content_ids("photo", document.document_id, [photo.sha256 for photo in document.photos])


def passage_point_ids(document: Document, passages: Sequence[Passage]) -> list[str]:
    """One id for each passage, from all texts that its vectors are made from, and from whether it
    is closed: a store may keep other vectors of closed points."""
    closed = "\0closed" if document.groups or document.closed_until else ""
    contents = [
        passage_clip_text(document, passage) + "\0" + passage_bm25_text(document, passage) + closed
        for passage in passages
    ]
    return _content_ids("passage", document.document_id, [_sha256(text) for text in contents])


def _content_ids(kind: str, document_id: str, hashes: Sequence[str]) -> list[str]:
    copies: dict[str, int] = {}
    ids = []
    for content_hash in hashes:
        ordinal = copies.get(content_hash, 0)
        copies[content_hash] = ordinal + 1
        ids.append(_point_id(kind, document_id, ordinal, content_hash))
    return ids


def passage_clip_text(document: Document, passage: Passage) -> str:
    """The text that the encoder sees: the title first, as a passage rarely names its subject."""
    return f"{document.title}. {passage.text}"


def passage_bm25_text(document: Document, passage: Passage) -> str:
    """The text that BM25 sees: every name of the subject, its place and the passage."""
    names = [document.title, *document.aliases, document.place or ""]
    return "\n".join([*filter(None, names), passage.text])


def content_hash(document: Document, *, text_reader: str | None = None) -> str:
    """Digest of a whole document; a document of the same hash need not be indexed again.

    `text_reader`: name of what reads its photos, if something does.
    """
    # Not `asdict`, which copies each of thousands of values deeply.
    whole = {each.name: getattr(document, each.name) for each in _DOCUMENT_FIELDS}
    whole["photos"] = [{"path": each.path, "sha256": each.sha256} for each in document.photos]
    whole["pages"] = [asdict(each) for each in document.pages]
    whole["fields"] = _stored_fields(document)
    for name in ("groups", "closed_until"):
        if not whole[name]:  # so that what was indexed before there were any is not changed
            del whole[name]
    digest = _sha256(json.dumps(whole, ensure_ascii=False, sort_keys=True))
    if text_reader is None or not document.photos:
        return digest
    return _sha256(f"{digest} {text_reader}")


_DOCUMENT_FIELDS = fields(Document)


def _stored_fields(document: Document) -> list[list[str | int]]:
    return [[each.label, each.value, each.start, each.end] for each in document.fields]


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def document_payload(
    document: Document,
    *,
    photo_ids: Sequence[str],
    passages: int,
    problems: Sequence[Problem],
    chronology: Mapping[str, Any],
    corpus_hash: str | None = None,
) -> Payload:
    """The payload of a `document` point.

    Args:
        document: what it is.
        photo_ids: ids of the photos that were indexed, in order.
        passages: how many passages it was cut into.
        problems: photos of it that could not be used.
        chronology: what its text says of its subject over time, as `vlm.chronology` writes it.
        corpus_hash: `content_hash` of the document as its corpus has it, where text from its
            pictures was added since; None where it is as it was.
    """
    return {
        **_common("document", document),
        "content_hash": corpus_hash or content_hash(document),
        "id": document.id,
        "title": document.title,
        "aliases": list(document.aliases),
        "place": document.place,
        "source": document.source,
        "url": document.url,
        "text": document.text,
        "rights": document.rights,
        "fields": _stored_fields(document),
        "photo_ids": list(photo_ids),
        "passages": passages,
        "problems": [{"path": problem.path, "reason": problem.reason} for problem in problems],
        "chronology": dict(chronology),
        "pages": [[page.number, page.start, page.end] for page in document.pages],
    }


def corpus_payload(corpus: str, *, path: str, root: str, source: str) -> Payload:
    """The payload of a `corpus` point.

    Args:
        corpus: its name.
        path: what was read.
        root: the folder that photo paths are relative to.
        source: the kind of the corpus, as `Corpus.kind` names it.
    """
    return {"kind": "corpus", "corpus": corpus, "path": path, "root": root, "source": source}


def live_corpus_payload(corpus: str) -> Payload:
    """The payload of the `corpus` point of a corpus that came over HTTP and is in no file.

    No file can have its `path`, so that a corpus of that name may be indexed later.
    """
    return corpus_payload(corpus, path=f"live:{corpus}", root=f"live:{corpus}", source="live")


def live_payload(payload: Mapping[str, Any]) -> Payload:
    """The payload of a document that came over HTTP; indexing its corpus again leaves it alone."""
    return {**payload, "live": True}


LIVE_KEYS = ("live",)
"""What of a payload `is_live` looks at."""


def is_live(payload: Mapping[str, Any]) -> bool:
    """Whether this is the payload of a document that came over HTTP."""
    return bool(payload.get("live"))


NAME_KEYS = ("document_id", "title", "aliases")
"""What of a document's payload `names_from_payload` looks at."""


@dataclass(frozen=True, slots=True)
class DocumentNames:
    """What a document is called."""

    document_id: str
    title: str
    aliases: tuple[str, ...]


def names_from_payload(payload: Mapping[str, Any]) -> DocumentNames:
    """The names in a document's payload."""
    return DocumentNames(payload["document_id"], payload["title"], tuple(payload["aliases"]))


def document_from_payload(payload: Mapping[str, Any]) -> Document:
    """The document that `document_payload` was made of, without its photos."""
    return Document(
        corpus=payload["corpus"],
        id=payload["id"],
        title=payload["title"],
        text=payload["text"],
        language=payload["language"],
        aliases=tuple(payload["aliases"]),
        place=payload["place"],
        source=payload["source"],
        url=payload["url"],
        tags=tuple(payload["tags"]),
        pages=tuple(Page(*page) for page in payload.get("pages", ())),
        # An index made before records had fields has neither, and can be read all the same.
        rights=payload.get("rights", ""),
        fields=tuple(Field(*each) for each in payload.get("fields", ())),
        dates=tuple(each["edtf"] for each in payload.get("dates", ())),
        groups=tuple(payload.get("groups", ())),
        closed_until=day_text(payload.get("closed_until")),
    )


def upload_path(sha256: str) -> str:
    """The `Photo.path` of a photo that came over HTTP and so lies in no corpus."""
    return _UPLOAD + sha256


def is_upload(path: str) -> bool:
    """Whether this is the `Photo.path` of a photo that came over HTTP."""
    return path.startswith(_UPLOAD)


def passage_payload(document: Document, passage: Passage) -> Payload:
    """The payload of a `passage` point."""
    return {
        **_common("passage", document),
        "ordinal": passage.ordinal,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        **({"picture": picture_place_payload(passage.picture)} if passage.picture else {}),
    }


def passage_from_payload(payload: Mapping[str, Any]) -> Passage:
    """The inverse of `passage_payload`."""
    return Passage(
        document_id=payload["document_id"],
        ordinal=payload["ordinal"],
        text=payload["text"],
        start=payload["start"],
        end=payload["end"],
        picture=picture_place_from_payload(payload["picture"]) if "picture" in payload else None,
    )


def photo_payload(document: Document, photo: Photo, ordinal: int, facts: PhotoFacts) -> Payload:
    """The payload of a `photo` point. `ordinal`: its position among the document's photos."""
    known = asdict(replace(facts, read=None))
    del known["seconds"]
    payload = {
        **_common("photo", document),
        "ordinal": ordinal,
        "path": photo.path,
        "sha256": photo.sha256,
        **known,
        "read": picture_text_payload(facts.read) if facts.read else None,
    }
    return with_hash(payload, facts.hash)


def with_hash(payload: Mapping[str, Any], picture_hash: str | None) -> Payload:
    """The payload of a `photo` point with its perceptual hash, as `PhotoFacts` has it."""
    return {
        **payload,
        "hash": picture_hash,
        HASH_KEYS: keys_of(picture_hash) if picture_hash else [],
    }


def is_hashed(payload: Mapping[str, Any]) -> bool:
    """Whether a photo was hashed; not in an index made before there were hashes."""
    return payload.get("hash") is not None


def photo_facts_from_payload(payload: Mapping[str, Any]) -> PhotoFacts:
    """The facts in the payload of a `photo` point."""
    facts = {name: payload[name] for name in PhotoFacts.__slots__ if name in payload}
    read = facts.pop("read", None)
    return PhotoFacts(
        **facts,
        read=picture_text_from_payload(read) if read else None,
        seconds=time_of_photo(payload["path"]),
    )


def _common(kind: str, document: Document) -> Payload:
    """The keys that every point of a document has, so that filters work on each of them."""
    return {
        "kind": kind,
        "corpus": document.corpus,
        "document_id": document.document_id,
        "language": document.language,
        "tags": list(document.tags),
        "dates": [
            {**overlap_of(dated).payload(), "edtf": dated.edtf} for dated in dates_of(document)
        ],
        **closing_payload(document.groups, document.closed_until),
    }


def overlap_of(dated: Dated) -> Overlap:
    """A date as the span of its days, for the filter `date`."""
    first, last = dated.earliest, dated.latest
    return Overlap(-OPEN if first is None else first.number, OPEN if last is None else last.number)
