"""The service: everything that the routes share, and the one way from a route to the pipeline.

Every search, every answer and every update of every route goes through here, so that no route can
forget what concerns all of them alike: who waits, what is kept, what is counted, logged and
recorded. Knows no route, no form and no status; `api.wiring.service` builds it from the settings.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from anyio.to_thread import run_sync
from PIL import Image
from starlette.requests import Request

from api.access.auth import caller_of
from api.access.guard import Doors
from api.http.inputs import RawQuery, make_query
from api.http.samples import Sample
from api.memory.conversations import Conversations, Vectors
from api.memory.results import Results
from api.memory.thumbnails import Thumbnails
from api.traffic.admission import Traffic
from api.traffic.gate import Capacity, Gate, Gates
from api.watching.audit import AuditLog
from api.watching.index_fault import IndexFault
from api.watching.metrics import IndexCensus, Metrics, StateCollector
from api.watching.summed_metrics import SummedMetrics
from api.watching.tracing import Tracing
from api.workers.sharing import Sharing
from indexer.corrections import Corrections
from indexer.live import LiveUpdates
from indexer.optimizer import BackgroundOptimizer
from knowledge import stages
from knowledge.errors import BrokenImageError, QueryError, SnapCiteError
from knowledge.heap import give_back
from knowledge.index import View
from knowledge.stages import stage
from knowledge.viewer import ANYBODY, Viewer
from search.browse import Catalogue
from search.pipeline import Asked, Found, Pipeline
from search.query import Query
from vlm.images import ImageLimits
from vlm.images import warm_up as warm_up_decoders
from vlm.readers import LookingReader

logger = logging.getLogger(__name__)

T = TypeVar("T")

_UPDATES_QUEUE = 64
"""Updates that may wait for the one that is being written."""

_WARM_AGAIN_S = 5.0


@dataclass(slots=True, eq=False)
class Service:
    """An open pipeline, and what serving it takes.

    Attributes:
        pipeline: answers. It stays the caller's to close.
        limits: bytes and pixels of one photo that is sent.
        max_photos: photos in one question.
        body_bytes: bytes of forms that may arrive at once.
        body_memory: bytes of other bodies that may arrive at once.
        thumbnail_bytes: bytes of thumbnails that are kept.
        request_timeout: seconds that a request may take, its upload included.
        capacity: how much is done at once, and how much may wait.
        doors: who may come in; everybody unless given.
        results: what was worked out before; None keeps nothing.
        conversations: what follow-up questions refer to.
        mcp: whether the Model Context Protocol is served, if the extra is installed.
        optimize_after: points written after which an embedded index is optimised; 0 for never.
        samples: photos that the page offers.
        evaluation: report of `snapcite eval --json` that the page shows, if the file is there.
        backups: folder for backups of an embedded index; None makes none over HTTP.
        audit: records what was shown and answered. It stays the caller's to close.
        tracing: where spans go. It stays the caller's to close.
        sharing: what it shares with other workers of the same server; None where it is alone.
        gates: the queues before the stages of a question.
        updates: the queue before the index is written.
        thumbnails: the indexed photos, small.
        live: writes documents into the index.
        corrections: keeps what readers propose and reviewers decide.
        optimizer: optimises an embedded index beside the queries.
        catalogue: lists what is indexed.
        metrics: counts and times.
        traffic: the requests under way.
        ready: set once the models are loaded and a query has gone through.
        index_fault: what keeps the index from being served for good.
    """

    pipeline: Pipeline
    limits: ImageLimits = ImageLimits()  # noqa: RUF009 - frozen
    max_photos: int = 4
    body_bytes: int = 256 * 2**20
    body_memory: int = 48 * 2**20
    thumbnail_bytes: int = 32 * 2**20
    request_timeout: float = 60.0
    capacity: Capacity = field(default_factory=Capacity)
    doors: Doors = Doors()  # noqa: RUF009 - frozen
    results: Results | None = None
    conversations: Conversations = field(default_factory=Conversations)
    mcp: bool = True
    optimize_after: int = 0
    samples: Sequence[Sample] = ()
    evaluation: Path | None = None
    backups: Path | None = None
    audit: AuditLog | None = None
    tracing: Tracing | None = None
    sharing: Sharing | None = None
    gates: Gates = field(init=False)
    updates: Gate = field(init=False)
    thumbnails: Thumbnails = field(init=False)
    live: LiveUpdates = field(init=False)
    corrections: Corrections = field(init=False)
    optimizer: BackgroundOptimizer = field(init=False)
    catalogue: Catalogue = field(init=False)
    metrics: Metrics = field(init=False)
    traffic: Traffic = field(init=False, default_factory=Traffic)
    ready: threading.Event = field(init=False, default_factory=threading.Event)
    index_fault: IndexFault = field(init=False)

    def __post_init__(self) -> None:
        pipeline = self.pipeline
        self.gates = Gates(self.capacity)
        self.updates = Gate("updates", at_once=1, queue=_UPDATES_QUEUE)
        self.thumbnails = Thumbnails(
            pipeline.index, uploads=self.limits, max_bytes=self.thumbnail_bytes
        )
        self.live = LiveUpdates(
            pipeline.index,
            pipeline.encoder,
            pipeline.text_encoder,
            text_reader=pipeline.text_reader,
            alone=self.sharing.writing() if self.sharing else None,
        )
        self.corrections = Corrections(
            pipeline.index, alone=self.sharing.writing() if self.sharing else None
        )
        self.optimizer = BackgroundOptimizer(pipeline.index, after=self.optimize_after)
        self.catalogue = Catalogue(pipeline.index)
        self.index_fault = IndexFault(pipeline.index)
        states = StateCollector(self, IndexCensus(pipeline.index.seen_by(ANYBODY)))
        if self.sharing is None:
            self.metrics = Metrics()
            self.metrics.add_states(states)
        else:
            self.metrics = summed = SummedMetrics(
                self.sharing.metrics, workers=self.sharing.workers
            )
            summed.add_states(states)
            summed.note()
            summed.keep_noting()

    @property
    def is_able(self) -> bool:
        """Whether it can answer, as far as it knows without asking anybody now."""
        return self.ready.is_set() and self.index_fault.latest() is None

    def warm_up(self) -> None:
        """Load what is loaded lazily and let one query go through; then the service is ready."""
        if self.ready.is_set():
            return
        side = self.pipeline.photo_size.longest
        query = Query(question="Does this still exist?", photos=(Image.new("RGB", (side, side)),))
        try:
            warm_up_decoders()
            if isinstance(self.pipeline.reader, LookingReader):
                self.pipeline.reader.warm_up()
            self.pipeline.ask(query)
        except SnapCiteError:
            logger.exception("warming up failed; /ready stays false until it succeeds")
        else:
            give_back()
            self.ready.set()

    @contextmanager
    def becoming_ready(self) -> Iterator[threading.Thread]:
        """While this is held, a thread warms up, and again until it succeeds: a store may be away
        just when the server starts. Then it tries no more."""
        left = threading.Event()

        def warm_up_again() -> None:
            while not left.is_set():
                self.warm_up()
                if self.ready.is_set():
                    return
                left.wait(_WARM_AGAIN_S)

        thread = threading.Thread(target=warm_up_again, name="warm-up", daemon=True)
        thread.start()
        try:
            yield thread
        finally:
            left.set()

    async def decode(
        self,
        load: Callable[[], Sequence[bytes]],
        raw: RawQuery,
        *,
        count: int,
        viewer: Viewer,
    ) -> Query:
        """A query of photos and words, when its turn to be decoded has come.

        Args:
            load: reads the photos' bytes; called in a thread, so that requests that wait hold no
                photo in memory.
            raw: what was sent beside the photos.
            count: how many photos there are.
            viewer: who asks, as `Caller.viewer` says.

        Raises:
            ImageError: a photo cannot be used.
            QueryError: anything else cannot be used.
            BusyError: too many requests wait, or the request's time is over.
        """
        if count > self.max_photos:
            raise QueryError(
                f"{count} photos were sent; one question takes at most {self.max_photos}."
            )

        def work() -> Query:
            with stage("decode"):
                photos = load()
                if b"" in photos:
                    number = photos.index(b"") + 1
                    raise BrokenImageError(f"Photo {number} is empty (0 bytes); send it again.")
                if self.audit is not None:
                    self.audit.received(photos)
                size = self.pipeline.photo_size
                return make_query(photos, raw, limits=self.limits, size=size, viewer=viewer)

        return await self.gates.decode.run(work)

    async def find(self, query: Query) -> Found:
        """Find the query's subjects, and record that they are about to be shown.

        Raises:
            SnapCiteError: as `Pipeline.search`.
            BusyError: too many requests wait, or the request's time is over.
            AuditError: the search cannot be recorded, and must be.
        """
        found = await self._find(query)
        if self.audit is not None:
            await run_sync(self.audit.found, query, found)
        return found

    async def read(self, query: Query, found: Found) -> Asked:
        """Answer the query from what `find` found for it, and record the answer.

        Raises:
            SnapCiteError: as `Pipeline.answer`.
            BusyError: too many requests wait, or the request's time is over.
            AuditError: the answer cannot be recorded, and must be.
        """
        asked = await self._read(query, found)
        self.metrics.answered(asked.answer)
        outcome = asked.answer.reason or "answered"
        logger.info(
            "%s", outcome,
            extra={
                "outcome": outcome,
                "stages": {name: round(s, 4) for name, s in stages.timings().items()},
                "question": query.question,  # the formatter leaves it out unless that is allowed
            },
        )  # fmt: skip
        if self.audit is not None:
            await run_sync(self.audit.answered, query, asked)
        return asked

    async def find_and_read(self, query: Query) -> Asked:
        """`find`, then `read`."""
        return await self.read(query, await self.find(query))

    async def recall(self, caller: str, conversation_id: str | None, query: Query) -> Query:
        """The query with what is kept of the caller's conversation; without an id as it is.

        Raises:
            QueryError: the id cannot be used.
            StoreUnavailableError: the store of conversations cannot be reached.
        """
        if not conversation_id:
            return query
        return await run_sync(self.conversations.recall, caller, conversation_id, query)

    async def remember(
        self, caller: str, conversation_id: str | None, query: Query, asked: Asked
    ) -> None:
        """Keep what the next question of the conversation may refer to; nothing without an id.

        Raises:
            StoreUnavailableError: the store of conversations cannot be reached.
            BusyError: too many requests wait, or the request's time is over.
        """
        if not conversation_id:
            return
        photos: Vectors = ()
        if query.photos:
            # Encoded before, so that a cache has it.
            alone = Query(photos=asked.turns.upright(query.photos))
            vectors = await self.gates.encode.run(partial(self.pipeline.encode, alone))
            photos = tuple(tuple(row) for row in vectors.photos.tolist())
        keep = partial(self.conversations.remember, photos=photos)
        await run_sync(keep, caller, conversation_id, query, asked)

    async def update(self, work: Callable[[], T]) -> T:
        """Write to the index when the turn of this update has come.

        Raises:
            SnapCiteError: as `work`.
            BusyError: too many updates wait, or the request's time is over.
        """
        result = await self.updates.run(work)
        self.optimizer.note()
        return result

    async def _find(self, query: Query) -> Found:
        gates, results = self.gates, self.results
        key = ""
        if results is not None:
            key, known = await gates.retrieve.run(partial(_found_before, results, query))
            if known is not None:
                return known
        # Text in the photo, and a close look at photos like it, each cost more than the answer. In
        # a crowd they are left out, and what is found so is not kept.
        at_leisure = not gates.are_crowded
        if at_leisure and self.pipeline.text_reader is not None:
            query = await gates.encode.run(partial(self.pipeline.with_photo_text, query))
        vectors = await gates.encode.run(partial(self.pipeline.encode, query))
        found = await gates.retrieve.run(partial(self.pipeline.retrieve, query, vectors))
        if self.pipeline.may_be_turned(vectors, found):
            vectors = await gates.encode.run(partial(self.pipeline.encode_turned, query, vectors))
            found = await gates.retrieve.run(partial(self.pipeline.retrieve, query, vectors))
        if query.photos:
            # It decodes photos of the index, so it waits where photos wait.
            at_leisure = at_leisure and not gates.are_crowded
            look = partial(self.pipeline.with_picture, query, found, closely=at_leisure)
            found = await gates.decode.run(look)
        if results is not None and at_leisure:
            await gates.retrieve.run(partial(results.keep_found, key, found))
        return found

    async def _read(self, query: Query, found: Found) -> Asked:
        gates, results = self.gates, self.results
        key = ""
        if results is not None:
            key, known = await gates.retrieve.run(partial(_answered_before, results, query, found))
            if known is not None:
                return known
        asked = await gates.read.run(partial(self.pipeline.answer, query, found))
        self.metrics.citation_checked(asked.answer)  # of a known answer it was counted before
        if results is not None:
            await gates.retrieve.run(partial(results.keep_answer, key, asked.answer))
        return asked


def _found_before(results: Results, query: Query) -> tuple[str, Found | None]:
    """The key of a search, and what is kept under it."""
    key = results.search_key(query)
    return key, results.found(key)


def _answered_before(results: Results, query: Query, found: Found) -> tuple[str, Asked | None]:
    """The key of an answer, and what is kept under it."""
    key = results.answer_key(query, found)
    return key, results.answered(key, found)


def view_of(request: Request) -> View:
    """The index as the caller of a request sees it; no route reads it otherwise."""
    return service_of(request).pipeline.index.seen_by(caller_of(request).viewer)


def service_of(request: Request) -> Service:
    """The service of the application that a request came to."""
    service = request.app.state.service
    assert isinstance(service, Service)
    return service
