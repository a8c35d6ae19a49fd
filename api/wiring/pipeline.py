"""The pipeline as the settings say: the only place that knows all encoders and readers."""

import logging
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import TYPE_CHECKING

from pydantic import SecretStr

from api.memory.results import ResultCache
from api.settings import Settings
from indexer.run import fingerprint_of
from indexer.stored_vectors import check_stored_vectors
from knowledge.credentials import without_credentials
from knowledge.errors import (
    ConfigurationError,
    IndexMissingError,
    ModelError,
    ModelMissingError,
    ModelUnavailableError,
)
from knowledge.index import Fingerprint, Index, open_index, read_fingerprint
from knowledge.server_client import server_client
from knowledge.store import ServerOptions
from search.confidence import load_fits
from search.fusion import ACROSS, WEIGHTS
from search.own_questions import read_figures
from search.pipeline import Pipeline
from search.rerank import RerankStage
from vlm.encoders import CachedEncoder, Encoder, TurnSeeingEncoder
from vlm.encoders.text import TextEncoder
from vlm.models import (
    BUNDLED,
    choose_encoder,
    choose_text_encoder,
    find_reader,
    is_served,
    load_encoder,
    load_reranker,
    load_text_encoder,
)
from vlm.ocr import INSTALL, TextReader, find_text_reader
from vlm.ocr import is_installed as is_ocr_installed
from vlm.pooling_server import PoolingOptions
from vlm.readers import Reader
from vlm.readers.prompt import PhotoBudget
from vlm.server_address import check_address, check_key

if TYPE_CHECKING:
    from vlm.readers.extractive import Network

NO_TEXT_ENCODER = "none"
"""In place of a text encoder's name: passages get no further vector."""

NO_RERANKER = "none"
"""In place of a reranker's name: the order is that of the rankings."""

logger = logging.getLogger(__name__)


def build_encoder(settings: Settings, *, bulk: bool = False) -> Encoder:
    """The encoder of the settings. If they name none: the encoder that the index was made with, and
    without an index the best one on this machine. `bulk`: make it for many photos at a time.

    Raises:
        ModelError: its files are missing or broken.
        StorageError: the index is there and cannot be opened.
    """
    made_with = None if settings.encoder is not None else read_made_with(settings)
    return _encoder_for(settings, made_with, bulk=bulk)


def build_text_encoder(settings: Settings, *, bulk: bool = False) -> TextEncoder | None:
    """The text encoder of the settings. If they name none: that of the index, if it has one, and
    without an index the bundled one. `bulk`: make it for many texts at a time.

    Raises:
        ModelError: its files are missing or broken.
        StorageError: the index is there and cannot be opened.
    """
    made_with = None if settings.text_encoder is not None else read_made_with(settings)
    return _text_encoder_for(settings, made_with, bulk=bulk)


def build_text_reader(settings: Settings, *, made_with: Fingerprint | None) -> TextReader | None:
    """What reads text in pictures, as the settings say; None where nothing shall or can.

    Args:
        settings: if they do not say whether pictures are read, what is installed and the index do.
        made_with: of the index that is written to; None for a new one, and for asking.

    Raises:
        ModelMissingError: the settings want pictures read, and nothing here can.
    """
    if settings.ocr is False:
        return None
    if settings.ocr is None and made_with is not None and made_with.text_reader is None:
        return None
    reader = find_text_reader(threads=settings.ocr_threads)
    if reader is None and settings.ocr:
        raise ModelMissingError(
            f"SNAPCITE_OCR wants the text in pictures read, and nothing here can; run `{INSTALL}`."
        )
    return reader


def ocr_hint(settings: Settings) -> str | None:
    """One line on how text in pictures would be read, where nothing is installed for it."""
    if settings.ocr is not None or is_ocr_installed():
        return None
    return f"Text in pictures is not read: `{INSTALL}` adds it, SNAPCITE_OCR=0 ends this line."


def read_made_with(settings: Settings) -> Fingerprint | None:
    """What the index of the settings was made with; None where there is none yet.

    Raises:
        StorageError: the index is there and cannot be opened.
    """
    try:
        return read_fingerprint(settings.index, api_key=_api_key(settings))
    except IndexMissingError:
        return None


def _encoder_for(
    settings: Settings, made_with: Fingerprint | None, *, bulk: bool = False
) -> Encoder:
    load = partial(
        load_encoder,
        models_root=settings.models,
        own_root=settings.encoders,
        bulk=bulk,
        server=_server_options(
            settings.encoder_url, settings.encoder_api_key, settings.encoder_timeout, "encoder"
        ),
    )
    if settings.encoder is not None:
        return load(settings.encoder)
    if made_with is None:
        return load(choose_encoder(models_root=settings.models, own_root=settings.encoders))
    try:
        return load(made_with.encoder)
    except ModelMissingError as error:
        raise ModelMissingError(
            f"The index at {without_credentials(settings.index)} was made with the "
            f"encoder {made_with.encoder!r}, which is not on this machine; give its path with "
            f"--encoder, or another --index. {error}"
        ) from error


def _text_encoder_for(
    settings: Settings, made_with: Fingerprint | None, *, bulk: bool = False
) -> TextEncoder | None:
    name = settings.text_encoder
    if name is None:
        name = (
            made_with.text_encoder
            if made_with
            else choose_text_encoder(models_root=settings.models)
        )
    if name is None or name == NO_TEXT_ENCODER:
        return None
    return load_text_encoder(name, models_root=settings.models, bulk=bulk)


def _server_options(
    url: str | None, key: SecretStr | None, timeout: float, setting: str
) -> PoolingOptions | None:
    if not url:
        return None
    return PoolingOptions(
        base_url=url,
        api_key=key.get_secret_value() if key else None,
        timeout=timeout,
        variable=f"SNAPCITE_{setting.upper()}_URL",
    )


def has_reranker(settings: Settings) -> bool:
    """Whether the settings name a reranker."""
    return settings.reranker not in (None, "", NO_RERANKER)


def build_rerank(settings: Settings) -> RerankStage | None:
    """The reranker of the settings, loaded and checked; None where they name none.

    A server that cannot be asked just now is checked when it can.

    Raises:
        ModelError: its files are missing or broken, or it does not know what belongs together.
        ConfigurationError: it is on a server, and the settings name no server.
    """
    if not has_reranker(settings):
        return None
    reranker = load_reranker(
        settings.reranker or "",
        models_root=settings.models,
        own_root=settings.encoders,
        server=_server_options(
            settings.reranker_url, settings.reranker_api_key, settings.reranker_timeout, "reranker"
        ),
    )
    try:
        reranker.warm_up()
    except ModelUnavailableError as error:
        logger.warning("%s cannot be asked yet: %s", reranker.name, error)
    return RerankStage(
        reranker, subjects=settings.reranker_subjects, seconds=settings.reranker_timeout
    )


def encoder_hint(settings: Settings, encoder: Encoder) -> str | None:
    """One line on what a better encoder would do, where the starter is used for want of one."""
    if settings.encoder is not None or encoder.card.name != BUNDLED:
        return None
    return (
        "No CLIP model is on this machine, so the bundled starter is used. A multilingual CLIP "
        "finds places by name and reads Chinese: `snapcite models pull ViT-B-16-SigLIP2/webli`, "
        "docs/encoders.md."
    )


def build_index(
    settings: Settings,
    encoder: Encoder,
    *,
    text_encoder: TextEncoder | None = None,
    text_reader: TextReader | None = None,
    create: bool = False,
) -> Index:
    """The index of the settings, checked against the encoders.

    Raises:
        StorageError: it is missing (unless `create`), busy, or made with another encoder.
    """
    index = open_index(
        settings.index,
        fingerprint_of(encoder, text_encoder, text_reader),
        create=create,
        api_key=_api_key(settings),
        server=build_server_options(settings),
    )
    if is_served(encoder.card.name):
        try:
            check_stored_vectors(index, encoder)
        except BaseException:
            index.close()
            raise
    return index


def open_as_made(settings: Settings) -> Index:
    """The index of the settings, for work that makes no vectors and needs no model.

    Raises:
        StorageError: it is missing or busy.
    """
    return open_index(
        settings.index, None, api_key=_api_key(settings), server=build_server_options(settings)
    )


def build_server_options(settings: Settings) -> ServerOptions:
    """What the settings choose of a collection on a Qdrant server."""
    return ServerOptions(
        shards=settings.qdrant_shards,
        copies=settings.qdrant_copies,
        write_copies=settings.qdrant_write_copies,
        on_disk=settings.qdrant_on_disk,
        quantization=settings.qdrant_quantization,
        read_copies=settings.qdrant_read_copies,
    )


def _api_key(settings: Settings) -> str | None:
    key = settings.qdrant_api_key
    return key.get_secret_value() if key else None


def build_qwen_reader(settings: Settings) -> Reader:
    """Qwen3-VL in this process, the model of the settings or the largest that fits.

    Raises:
        ModelMissingError: the settings name no model and this machine has no GPU to choose one for,
            or its files are not here.
    """
    from vlm.models import largest_that_fits
    from vlm.readers.qwen3_vl import QwenOptions, QwenReader, require_model

    model = settings.reader_model or largest_that_fits(quantization=settings.reader_quantization)
    require_model(model)  # it is loaded at the first question, which is late to say so
    return QwenReader(
        model,
        options=QwenOptions(
            photos=_photo_budget(settings),
            max_tokens=settings.reader_max_tokens,
            max_batch=settings.reader_batch,
            reasoning=settings.reader_reasoning,
            thinking_tokens=settings.reader_thinking_tokens,
            quantization=settings.reader_quantization,
            large_on_cpu=settings.reader_cpu,
        ),
    )


def build_remote_reader(settings: Settings, *, bulk: bool = False) -> Reader:
    """A model on a server; while it fails the extractive reader reads, if the settings say so.
    `bulk`: make that for many questions at a time.

    Raises:
        ConfigurationError: the settings name no server or no model, or what is none, or their
            extra body replaces what makes the request, or the environment's proxies or
            certificates cannot be used.
    """
    from vlm.readers.extractive import ExtractiveReader
    from vlm.readers.fallback import FallbackReader
    from vlm.readers.openai import RemoteOptions, RemoteReader

    if settings.reader_url is None or not settings.reader_model:
        raise ConfigurationError(
            "The reader openai needs a server and a model: set SNAPCITE_READER_URL (for instance "
            "http://localhost:8001/v1) and SNAPCITE_READER_MODEL."
        )
    taken = {"messages", "model", "stream"} & set(settings.reader_extra_body or {})
    if taken:
        raise ConfigurationError(
            f"SNAPCITE_READER_EXTRA_BODY must not hold {sorted(taken)[0]!r}; SNAPCITE_READER_MODEL "
            f"and SNAPCITE_READER_STREAM are settings of their own."
        )
    key = settings.reader_api_key.get_secret_value() if settings.reader_api_key else None
    # Else each question would find out, and another reader would answer it.
    check_address(settings.reader_url, "SNAPCITE_READER_URL")
    check_key(key, "SNAPCITE_READER_API_KEY")
    server_client(settings.reader_url).close()
    reader = RemoteReader(
        RemoteOptions(
            base_url=settings.reader_url,
            model=settings.reader_model,
            api_key=key,
            photos=_photo_budget(settings),
            max_tokens=settings.reader_max_tokens,
            thinking_tokens=settings.reader_thinking_tokens,
            timeout=settings.reader_timeout,
            stream=settings.reader_stream,
            reasoning=settings.reader_reasoning,
            reasoning_effort=settings.reader_reasoning_effort,
            extra_body=settings.reader_extra_body,
            response_format=settings.reader_format,
        )
    )
    if not settings.reader_fallback:
        return reader
    return FallbackReader(reader, ExtractiveReader(threads=int(bulk)))


def _photo_budget(settings: Settings) -> PhotoBudget:
    return PhotoBudget(
        question=settings.reader_photo_tokens, evidence=settings.reader_evidence_photo_tokens
    )


def build_network(settings: Settings, *, bulk: bool = False) -> "Network | None":
    """The network of the reader extractive; None where the settings name none but the bundled one.

    `extractive:MODEL` as the reader names a model before `reader_model` does. `bulk`: make it for
    many questions at a time.

    Raises:
        ModelError: no reader has that name, or its files are missing or broken.
    """
    from vlm.readers.extractive import BUNDLED_READER, load_network

    _, _, model = settings.reader.partition(":")
    model = model or settings.reader_model or ""
    if not model:
        return None
    folder = find_reader(model, models_root=settings.models, own_root=settings.encoders)
    if folder.resolve() == BUNDLED_READER:
        return None
    return load_network(folder, threads=int(bulk))


def build_reader(settings: Settings, *, bulk: bool = False) -> Reader:
    """The reader of the settings. `bulk`: make it for many questions at a time.

    Raises:
        ConfigurationError: no reader has that name.
        ModelError: the files of its model are missing or broken.
    """
    match settings.reader.partition(":"):
        case ("extractive", _, _):
            from vlm.readers.extractive import ExtractiveReader

            return ExtractiveReader(build_network(settings, bulk=bulk), threads=int(bulk))
        case ("qwen3-vl", "", _):
            return build_qwen_reader(settings)
        case ("openai", "", _):
            return build_remote_reader(settings, bulk=bulk)
        case _:
            raise ConfigurationError(
                f"There is no reader {settings.reader!r}; the readers are: extractive, qwen3-vl, "
                "openai."
            )


def model_read_with(settings: Settings, reader: Reader) -> str:
    """Which model a reader of the settings reads with: its fingerprint's beginning, where it has
    one, else the name in the settings; empty where a reader chooses it."""
    fingerprint: str = getattr(reader, "fingerprint", "")
    return fingerprint[:16] or settings.reader_model or ""


def _turn_seer(settings: Settings, encoder: Encoder) -> TurnSeeingEncoder | None:
    """The bundled encoder, which sees turns in a few milliseconds, beside any other one."""
    if encoder.card.name == BUNDLED:
        return None
    try:
        seer = load_encoder(BUNDLED, models_root=settings.models)
    except ModelError:  # it only spares time: without it all turned views are tried
        return None
    return seer if isinstance(seer, TurnSeeingEncoder) else None


def build_pipeline(
    settings: Settings,
    *,
    cache: ResultCache | None = None,
    bulk: bool = False,
    opening: AbstractContextManager[object] | None = None,
) -> Pipeline:
    """The pipeline of the settings. Close `pipeline.index` when done.

    `cache`: keeps embeddings. `bulk`: make it for many questions at a time. `opening` is held while
    the index is opened, where other processes write to it: a change that was cut off is ended then.
    """
    reader = build_reader(settings, bulk=bulk)
    rerank = build_rerank(settings)
    # A wrong name fails before the index is opened: opening a large one takes long.
    named = _encoder_for(settings, None, bulk=bulk) if settings.encoder is not None else None
    named_text = None
    if settings.text_encoder is not None:
        named_text = _text_encoder_for(settings, None, bulk=bulk)
    with opening or nullcontext():
        index = open_as_made(settings)
    try:
        encoder = named or _encoder_for(settings, index.fingerprint, bulk=bulk)
        text_encoder = named_text or _text_encoder_for(settings, index.fingerprint, bulk=bulk)
        text_reader = build_text_reader(settings, made_with=None)
        index.check(fingerprint_of(encoder, text_encoder))
        if is_served(encoder.card.name):
            check_stored_vectors(index, encoder)
        if cache is not None:
            encoder = CachedEncoder(
                encoder, get=partial(cache.get, "embedding"), put=partial(cache.put, "embedding")
            )
        fits = load_fits(settings.encoders, settings.models)
        read_rightly = _read_rightly(index, reader, settings)
    except BaseException:
        index.close()
        raise
    weights = {
        **WEIGHTS,
        "sentence": settings.text_weight,
        "across": ACROSS * settings.text_weight,
    }
    return Pipeline(
        index,
        encoder,
        reader,
        text_encoder=text_encoder,
        text_reader=text_reader,
        turn_seer=_turn_seer(settings, encoder),
        rerank=rerank,
        weights=weights,
        fits=fits,
        read_rightly=read_rightly,
    )


def _read_rightly(index: Index, reader: Reader, settings: Settings) -> float | None:
    """The share of the index's own questions that a reader with its model answers rightly."""
    model = model_read_with(settings, reader)
    kept = (each for each in read_figures(index) if each.is_of(reader.name, model))
    figures = next(kept, None)
    return None if figures is None else figures.read_rightly
