"""`snapcite index --watch --server URL`: makes a running server hold the corpora, by its API.

What was sent is noted in a file, a line a document, so that a start after a kill sends only what
changed. Only what was sent from here is ever removed: what others wrote into a corpus of the same
name stays. A document is sent as the HTTP API takes it; of a PDF, its pages' numbers are not.
"""

import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from api.http.documents_in import MAX_PHOTOS, DocumentIn
from indexer.report import IndexReport
from knowledge.corpus import Corpus, read_photo
from knowledge.documents import Document, Note, Problem
from knowledge.errors import (
    ConfigurationError,
    InputError,
    SnapCiteError,
    StorageError,
    StoreUnavailableError,
)
from knowledge.server_client import server_client, why_unreachable

_SECONDS = 120.0
_LONGEST_WAIT = 120.0
"""Seconds that a server may ask to be waited for, in one go."""

_PAGE = 100
_WAIT = frozenset({429, 503})
_APART = frozenset({"id", "text", "photos"})
"""What of a document is sent in ways of its own."""

_OUR_FAULT = frozenset({401, 403})
_DOCUMENTS_FAULT = frozenset({400, 413, 415, 422})


class Ledger:
    """Document id → digest of what was sent, kept in a file through kills."""

    def __init__(self, path: Path) -> None:
        """
        Raises:
            StorageError: the file cannot be read.
        """
        self._path = path
        self.sent: dict[str, str] = {}
        try:
            lines = path.read_text(encoding="utf-8").split("\n") if path.exists() else []
        except (OSError, UnicodeDecodeError) as error:
            raise StorageError(f"{path} cannot be read ({error}); remove it.") from error
        for line in lines:
            try:
                document_id, digest = json.loads(line)
            except ValueError:  # cut off by a kill: it is sent again
                continue
            self._note(str(document_id), digest)

    def note(self, document_id: str, digest: str | None) -> None:
        """Note what was sent; None that it was removed.

        Raises:
            StorageError: the file cannot be written.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                # A line that a kill cut off must not swallow this one.
                file.write("\n" + json.dumps([document_id, digest]))
        except OSError as error:
            raise StorageError(f"{self._path} cannot be written: {error.strerror}.") from error
        self._note(document_id, digest)

    def _note(self, document_id: str, digest: str | None) -> None:
        if digest is None:
            self.sent.pop(document_id, None)
        else:
            self.sent[document_id] = digest


@dataclass(frozen=True, slots=True)
class Feed:
    """A running server that is kept as corpora are.

    Attributes:
        url: of the server.
        key: of the scope `admin`; None where the server asks for none.
        folder: where it is noted what was sent.
        transport: instead of the network, for tests.
        confirmed: id and digest of the closed documents that the server said it has. The key need
            not see them, so that a list of the server's documents does not tell.
    """

    url: str
    key: str | None
    folder: Path
    transport: httpx.BaseTransport | None = None
    confirmed: dict[str, str] = field(default_factory=dict)

    def send(self, corpus: Corpus, *, most_gone: float) -> IndexReport:
        """Make the server hold what a corpus holds.

        Args:
            corpus: what to read.
            most_gone: share of the documents sent before that may be removed; if more are gone,
                none is.

        Returns:
            What was done, and what could not be used.

        Raises:
            ConfigurationError: the address is not that of a server, or the key does not suffice.
            StoreUnavailableError: the server does not answer now.
        """
        started = time.perf_counter()
        report = IndexReport(corpus=corpus.name)
        digest = hashlib.sha256(f"{self.url}\n{corpus.name}".encode()).hexdigest()[:16]
        ledger = Ledger(self.folder / f"{digest}.jsonl")
        headers = {"X-API-Key": self.key} if self.key else {}
        try:
            with server_client(
                self.url, base_url=self.url, headers=headers, timeout=_SECONDS,
                transport=self.transport,
            ) as http:  # fmt: skip
                self._send(corpus, ledger, _Server(http), report, most_gone)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise ConfigurationError(f"{self.url!r} is not the address of a server.") from error
        except httpx.TransportError as error:
            raise StoreUnavailableError(
                f"The server at {self.url} does not answer ({why_unreachable(error, self.url)})."
            ) from error
        report.seconds = time.perf_counter() - started
        return report

    def _send(
        self, corpus: Corpus, ledger: Ledger, server: "_Server", report: IndexReport, most: float
    ) -> None:
        there = set(server.documents(corpus.name))
        before, seen, all_named = set(ledger.sent), set[str](), True
        if not there:  # it may be another index by now
            self.confirmed.clear()
        for item in corpus.read():
            if isinstance(item, Note):
                report.notes.append(item)
            elif isinstance(item, Problem):
                report.problems.append(item)
                all_named &= item.document_id is not None
                if item.document_id is not None:
                    seen.add(item.document_id)
            else:
                seen.add(item.document_id)
                self._send_one(item, corpus, ledger, server, report, there)
        gone = before - seen
        if not all_named:
            report.kept = len(gone)
        elif len(gone) > most * len(before):
            report.withheld = len(gone)
        else:
            for document_id in sorted(gone):
                server.remove(document_id)
                ledger.note(document_id, None)
                report.removed += 1

    def _send_one(
        self,
        document: Document,
        corpus: Corpus,
        ledger: Ledger,
        server: "_Server",
        report: IndexReport,
        there: set[str],
    ) -> None:
        values = as_sent(document)
        photos = [photo.sha256 for photo in document.photos]
        said = json.dumps([values, photos], sort_keys=True, ensure_ascii=False)
        digest = hashlib.sha256(said.encode()).hexdigest()
        document_id = document.document_id
        is_there = document_id in there or self.confirmed.get(document_id) == digest
        if is_there and ledger.sent.get(document_id) == digest:
            report.unchanged += 1
            return
        try:
            if len(photos) > MAX_PHOTOS:
                raise InputError(f"It has {len(photos)} photos, more than {MAX_PHOTOS}.")
            files = [read_photo(corpus.root, photo.path) for photo in document.photos]
            status = server.put(document_id, values, files)
        except InputError as error:
            report.problems.append(Problem(document.id, str(error), document_id))
            return
        ledger.note(document_id, digest)
        if document.groups or document.closed_until:
            self.confirmed[document_id] = digest
        report.photos_embedded += len(files) if status != "unchanged" else 0
        match status:
            case "created":
                report.new += 1
            case "updated":
                report.changed += 1
            case _:
                report.unchanged += 1


def as_sent(document: Document) -> dict[str, Any]:
    """A document as the HTTP API takes it.

    A record's fields are sent as such where the API makes the same text and fields of them, and
    else as the lines of the text that they stand in.
    """
    # Every key that the API knows, so that none that says who may see a document can be forgotten.
    values: dict[str, Any] = {}
    for each in fields(document):
        value = getattr(document, each.name)
        if each.name in DocumentIn.model_fields and each.name not in _APART and value:
            values[each.name] = list(value) if isinstance(value, tuple) else value
    if not document.photos:
        values["photos"] = []
    if document.fields:
        labelled: dict[str, list[str]] = {}
        for pair in document.fields:
            labelled.setdefault(pair.label, []).append(pair.value)
        prose = document.text[: document.fields[0].start].rstrip("\n")
        tried = values | ({"text": prose} if prose else {})
        if not labelled.keys() & DocumentIn.model_fields.keys():
            tried |= labelled
            if _is_the_same(tried, document):
                return tried
    return values | ({"text": document.text} if document.text else {})


def _is_the_same(values: dict[str, Any], document: Document) -> bool:
    try:
        sent = DocumentIn.read(values, field="document")
        made = sent.update(corpus=document.corpus, id=document.id).document
    except SnapCiteError:
        return False
    return (made.text, made.fields) == (document.text, document.fields)


class _Server:
    """The calls of the API that are needed."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def documents(self, corpus: str) -> Iterator[str]:
        """The ids of a corpus's documents."""
        offset = 0
        while True:
            params: dict[str, str | int] = {"corpus": corpus, "offset": offset, "limit": _PAGE}
            page = self._call("GET", "/v1/documents", params=params).json()
            yield from (each["document_id"] for each in page["documents"])
            offset += _PAGE
            if offset >= page["total"]:
                return

    def put(self, document_id: str, values: dict[str, Any], photos: list[bytes]) -> str:
        """Write a document: what became of it."""
        files = [("photo", (f"{n}", data)) for n, data in enumerate(photos, start=1)]
        response = self._call(
            "PUT", _path(document_id), data={"document": json.dumps(values)}, files=files or None
        )
        return str(response.json()["status"])

    def remove(self, document_id: str) -> None:
        """Remove a document."""
        self._call("DELETE", _path(document_id))

    def _call(self, method: str, path: str, **sent: Any) -> httpx.Response:  # noqa: ANN401
        while True:
            response = self._http.request(method, path, **sent)
            if response.is_success:
                return response
            said = _detail(response)
            wait = response.headers.get("retry-after", "")
            if response.status_code == 429 and wait.isdigit() and int(wait) <= _LONGEST_WAIT:
                time.sleep(int(wait))
                continue
            if response.status_code in _DOCUMENTS_FAULT:
                raise InputError(said)
            if response.status_code in _OUR_FAULT:
                raise ConfigurationError(
                    f"The server refuses the key: {said} Set SNAPCITE_SERVER_KEY to one of the "
                    "scopes ask and admin."
                )
            if response.status_code in _WAIT or response.status_code >= 500:
                raise StoreUnavailableError(f"The server cannot write now: {said}")
            raise ConfigurationError(
                f"{self._http.base_url} is no SnapCite server of this version ({said})."
            )


def _path(document_id: str) -> str:
    return "/v1/documents/" + quote(document_id, safe="/")


def _detail(response: httpx.Response) -> str:
    try:
        return str(response.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return f"HTTP {response.status_code}"
