"""What `snapcite serve` adds to the pipeline, put together as the settings say."""

from api.gate import Capacity
from api.settings import Settings
from knowledge.index import is_server
from vlm.cores import cores

_SEARCHES = 16
"""In a Qdrant server at once: they wait for the network and not for this machine."""

_REMOTE_READINGS = 16
"""At a model server at once, which does them together."""


def build_capacity(settings: Settings) -> Capacity:
    """How much is done at once and how much may wait, by the settings and what reads."""
    match settings.reader:
        case "openai":
            readings = _REMOTE_READINGS
        case "qwen3-vl":
            readings = settings.reader_batch
        case _:
            readings = cores()
    at_once = settings.encoder_at_once or cores()
    return Capacity(
        at_once=at_once,
        retrievals=_SEARCHES if is_server(settings.index) else at_once,
        readings=settings.reader_at_once or readings,
        encoder_queue=settings.encoder_queue,
        reader_queue=settings.reader_queue,
    )
