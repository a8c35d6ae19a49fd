"""What the routes share: the pipeline, the limits, and whether it is warm."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from starlette.requests import Request

from api.http.samples import Sample
from api.memory.conversations import Conversations, MemoryConversations
from api.memory.results import Remembered
from api.traffic.admission import Traffic
from api.traffic.gate import Gate, Gates
from api.watching.audit import AuditLog
from api.watching.metrics import Metrics
from indexer.live import LiveUpdates
from indexer.optimizer import BackgroundOptimizer
from search.browse import Catalogue
from search.pipeline import Pipeline
from vlm.images import ImageLimits


@dataclass(frozen=True, slots=True)
class AppState:
    """Kept as `app.state.snapcite`; `ready` is set once the first query has gone through."""

    pipeline: Pipeline
    limits: ImageLimits
    max_photos: int
    samples: Sequence[Sample]
    catalogue: Catalogue
    evaluation: Path | None
    gates: Gates
    live: LiveUpdates
    tending: BackgroundOptimizer
    updates: Gate = field(default_factory=lambda: Gate("updates", at_once=1, queue=64))
    remembered: Remembered | None = None
    conversations: Conversations = field(default_factory=MemoryConversations)
    audit: AuditLog | None = None
    metrics: Metrics = field(default_factory=Metrics)
    traffic: Traffic = field(default_factory=Traffic)
    ready: threading.Event = field(default_factory=threading.Event)


def state_of(request: Request) -> AppState:
    """The state of the application that a request came to."""
    state = request.app.state.snapcite
    assert isinstance(state, AppState)
    return state
