"""An index: a vector store in the layout of `knowledge.index.layout`, with a fingerprint.

Knows which engine a target needs and refuses a store made with another fingerprint. It never
deletes anything to make a store fit. `search/` retrieves, `indexer/` writes documents.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from knowledge.errors import ConfigurationError, IndexMismatchError, IndexMissingError
from knowledge.index import layout
from knowledge.index.change import Journal
from knowledge.index.layout import Fingerprint
from knowledge.index.view import Presence, View
from knowledge.store.base import Files, Point, Schema, VectorStore
from knowledge.store.server.options import ServerOptions
from knowledge.viewer import OPERATOR, Viewer

DEFAULT_COLLECTION = "snapcite"


class Index:
    """An open index. Close it when done; an embedded one is locked until then.

    What it holds is read as somebody sees it (`seen_by`).

    Attributes:
        store: its points.
        uploads: bytes of the photos that came over HTTP, by photo id.
        journal: applies changes of documents to both.
        fingerprint: what it was made with.
        target: where it is.
    """

    def __init__(self, store: VectorStore, fingerprint: Fingerprint, target: str) -> None:
        self.store = store
        self.fingerprint = fingerprint
        self.target = target
        self.uploads: Files = store.files
        self.journal = Journal(store)
        self._closed = Presence(store, {"closed": ["groups", "until"]})
        self._corrections = Presence(store, {"kind": "correction"})

    def check(self, wanted: Fingerprint) -> None:
        """Refuse an encoder whose vectors cannot be compared with those of the index.

        Raises:
            IndexMismatchError: `wanted` is another fingerprint; says what differs.
        """
        if self.fingerprint != wanted:
            raise _mismatch(self.fingerprint, wanted, self.target)

    def check_kept(self) -> None:
        """Refuse a place that holds this index no longer, since others may write there.

        Raises:
            IndexMissingError: it is missing or empty.
            IndexMismatchError: another one was made there.
            StorageError: it cannot be read just now.
        """
        found = _made_with(self.store, self.target)
        if found != self.fingerprint:
            raise _mismatch(found, self.fingerprint, self.target)

    def check_text_reader(self, wanted: str | None) -> None:
        """Refuse to index with another reader of text in pictures than the index was made with.

        Args:
            wanted: name of the reader; None where nothing reads pictures.

        Raises:
            IndexMismatchError: says what differs and what to do.
        """
        made_with = self.fingerprint.text_reader
        if made_with == wanted:
            return
        if made_with is None:
            what = "without reading text in pictures: SNAPCITE_OCR=0 goes on like that"
        elif wanted is None:
            what = (
                f"reading text in pictures with {made_with}: leave SNAPCITE_OCR unset, and run "
                "`pip install '.[ocr]'` where that is missing"
            )
        else:
            what = f"reading text in pictures with {made_with}, not {wanted}: install that one"
        raise IndexMismatchError(
            f"The index at {self.target} was made {what}; or give another --index and index again "
            f"into it. Nothing was changed."
        )

    def seen_by(self, viewer: Viewer) -> View:
        """The index as a viewer sees it, without what is closed to them."""
        return View(
            self.store,
            viewer,
            self._closed,
            self._corrections,
            fingerprint=self.fingerprint,
            uploads=self.uploads,
        )

    def expect_corrections(self) -> None:
        """Look for approved corrections from now on, as one is about to be written."""
        self._corrections.expect()

    @property
    def whole(self) -> View:
        """The index as who runs the program sees it, closed documents included. What is read
        through it must reach no caller."""
        return self.seen_by(OPERATOR)

    def keep_calibration(
        self, content: Mapping[str, Any], measured: str = layout.RESEMBLANCE
    ) -> None:
        """Keep what was measured of this index by itself; it replaces what was kept before.

        Args:
            content: JSON values.
            measured: as of `calibration`.

        Raises:
            StorageError: the index cannot be written.
        """
        payload = layout.calibration_payload(content)
        self.store.upsert([Point(layout.calibration_point_id(measured), payload)])

    def version(self) -> str:
        """A value that changes with every write, by whichever process; cheap to ask for.

        Ask before reading: a result may be kept under the version if all its reads began later.

        Raises:
            StorageError: the index cannot be read.
        """
        return self.store.version()

    def close(self) -> None:
        """Make everything durable and release the store."""
        self.store.close()

    def __enter__(self) -> "Index":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_index(
    target: str,
    fingerprint: Fingerprint | None,
    *,
    create: bool = False,
    api_key: str | None = None,
    server: ServerOptions | None = None,
) -> Index:
    """Open the index at a folder or a Qdrant URL.

    Args:
        target: a folder (embedded), or `http(s)://host:port[/collection]` (server); of a cluster,
            several nodes with commas between them.
        fingerprint: of the caller's encoders. None takes the index's own, for callers that make no
            vectors, or that choose their encoder by it and call `Index.check` then.
        create: make an empty index if it is missing; needs a fingerprint.
        api_key: for a server that wants one.
        server: of a collection that is made on a server, and of reads.

    Raises:
        IndexMissingError: the index is missing and `create` is false.
        IndexMismatchError: it was made with another fingerprint.
        StorageError: it cannot be opened for another reason.
    """
    try:
        store = _open_store(target, None, create=False, api_key=api_key, server=server)
    except IndexMissingError:
        if not create or fingerprint is None:
            raise
        wanted = fingerprint.schema()
        store = _open_store(target, wanted, create=True, api_key=api_key, server=server)
    try:
        if fingerprint is None:
            fingerprint = _made_with(store, target)
        else:
            fingerprint = _checked_fingerprint(store, fingerprint, target, create=create)
        if create:  # making them may have been cut off, or an older SnapCite made the index
            store.add_payload_indexes(fingerprint.schema())
        index = Index(store, fingerprint, target)
        index.journal.recover()
    except BaseException:
        store.close()
        raise
    return index


def read_fingerprint(target: str, *, api_key: str | None = None) -> Fingerprint:
    """The fingerprint of the index at `target`.

    Raises:
        IndexMissingError: the index is missing or empty.
        StorageError: it cannot be opened.
    """
    store = _open_store(target, None, create=False, api_key=api_key, server=None)
    try:
        return _made_with(store, target)
    finally:
        store.close()


def is_server(target: str) -> bool:
    """Whether `target` is a Qdrant server's URL rather than a folder."""
    return target.startswith(("http://", "https://"))


def _open_store(
    target: str,
    schema: Schema | None,
    *,
    create: bool,
    api_key: str | None,
    server: ServerOptions | None,
) -> VectorStore:
    if is_server(target):
        from knowledge.store.server import ServerStore

        urls, collection = _nodes_and_collection(target)
        return ServerStore.open(
            urls,
            collection=collection,
            api_key=api_key,
            schema=schema,
            create=create,
            options=server or ServerOptions(),
        )
    from knowledge.store.edge import EdgeStore

    return EdgeStore.open(Path(target), schema=schema, create=create)


def _nodes_and_collection(target: str) -> tuple[str, str]:
    """The URLs of a target, with commas between them, and its collection.

    Raises:
        ConfigurationError: two of them name different collections.
    """
    nodes, collections = [], set()
    for url in target.split(","):
        parts = urlsplit(url.strip())
        nodes.append(parts._replace(path="").geturl())
        collections.add(parts.path.strip("/"))
    named = collections - {""}
    if len(named) > 1:
        raise ConfigurationError(
            f"The addresses of one index must name one collection, not {', '.join(sorted(named))}."
        )
    return ",".join(nodes), next(iter(named), DEFAULT_COLLECTION)


def _stored_fingerprint(store: VectorStore) -> Fingerprint | None:
    records = store.retrieve([layout.INDEX_POINT_ID])
    if not records:
        return None
    payload = records[0].payload
    version = payload.get("schema_version")
    if version != layout.SCHEMA_VERSION:
        raise IndexMismatchError(
            f"The index has layout version {version}, this SnapCite reads "
            f"{layout.SCHEMA_VERSION}; give another --index and index again into it."
        )
    return Fingerprint.from_payload(payload)


def _made_with(store: VectorStore, target: str) -> Fingerprint:
    found = _stored_fingerprint(store)
    if found is None:
        raise _empty(target)
    return found


def _empty(target: str) -> IndexMissingError:
    return IndexMissingError(f"The index at {target} is empty; fill it with `snapcite index`.")


def _checked_fingerprint(
    store: VectorStore, wanted: Fingerprint, target: str, *, create: bool
) -> Fingerprint:
    """The fingerprint of the index, which is `wanted` in all that is compared.

    Raises:
        IndexMismatchError: it is another one.
        IndexMissingError: the index is empty, and `create` is false.
    """
    found = _stored_fingerprint(store)
    if found is None:
        if store.count() > 0:
            raise IndexMismatchError(
                f"{target} holds points that SnapCite did not write; give another --index."
            )
        if not create:
            raise _empty(target)
        store.upsert([Point(layout.INDEX_POINT_ID, wanted.payload())])
        return wanted
    if found != wanted:
        raise _mismatch(found, wanted, target)
    return found


def _mismatch(found: Fingerprint, wanted: Fingerprint, target: str) -> IndexMismatchError:
    return IndexMismatchError(
        f"The index at {target} was made with {_differences(found, wanted)}. Vectors of the two "
        f"cannot be compared: use what it was made with, or give another --index and index again "
        f"into it. Nothing was changed."
    )


def _differences(found: Fingerprint, wanted: Fingerprint) -> str:
    if found.encoder != wanted.encoder:
        return f"encoder {found.encoder!r}, not {wanted.encoder!r}"
    pairs: Iterable[tuple[str, Any, Any]] = (
        (
            "other weights or precision of its encoder, fingerprint",
            found.encoder_fingerprint[:12],
            wanted.encoder_fingerprint[:12],
        ),
        ("dimension", found.dim, wanted.dim),
        ("passages of at most this many tokens:", found.passage_tokens, wanted.passage_tokens),
        ("text encoder", _text_encoder(found), _text_encoder(wanted)),
    )
    return "; ".join(f"{name} {a}, not {b}" for name, a, b in pairs if a != b)


def _text_encoder(made_with: Fingerprint) -> str:
    if made_with.text_encoder_fingerprint is None:
        return "none"
    return f"{made_with.text_encoder} ({made_with.text_encoder_fingerprint[:12]})"
