"""Put the parts together as the settings say. The only place that knows which parts there are."""

from api.settings import Settings
from indexer.run import fingerprint_of
from knowledge.errors import ConfigurationError
from knowledge.index import Index, open_index
from search.confidence import load_calibration
from search.pipeline import Pipeline
from vlm.encoder import Encoder
from vlm.models import encoder_folder, load_encoder
from vlm.prompt import PhotoBudget
from vlm.reader import Reader


def build_encoder(settings: Settings) -> Encoder:
    """The encoder of the settings.

    Raises:
        ModelError: its files are missing or broken.
    """
    return load_encoder(settings.encoder, models_root=settings.models)


def build_index(settings: Settings, encoder: Encoder, *, create: bool = False) -> Index:
    """The index of the settings, checked against the encoder.

    Raises:
        StorageError: it is missing (unless `create`), busy, or made with another encoder.
    """
    key = settings.qdrant_api_key
    return open_index(
        settings.index,
        fingerprint_of(encoder),
        create=create,
        api_key=key.get_secret_value() if key else None,
    )


def build_qwen_reader(settings: Settings) -> Reader:
    """Qwen3-VL in this process, the model of the settings or the largest that fits.

    Raises:
        ModelMissingError: no model was named and there is no GPU to choose one for.
    """
    from vlm.qwen import QwenOptions, QwenReader
    from vlm.qwen_sizes import largest_that_fits

    return QwenReader(
        settings.reader_model or largest_that_fits(),
        options=QwenOptions(
            photos=_photo_budget(settings),
            max_tokens=settings.reader_max_tokens,
            max_batch=settings.reader_batch,
            reasoning=settings.reader_reasoning,
            quantization=settings.reader_quantization,
        ),
    )


def build_remote_reader(settings: Settings) -> Reader:
    """A model on a server, with the rules to stand in for it if the settings let them.

    Raises:
        ConfigurationError: the server or its model is not named.
    """
    from vlm.extractive import ExtractiveReader
    from vlm.fallback import FallbackReader
    from vlm.remote import RemoteOptions, RemoteReader

    if settings.reader_url is None or settings.reader_model is None:
        raise ConfigurationError(
            "The reader openai needs a server and a model: set SNAPCITE_READER_URL (for instance "
            "http://localhost:8000/v1) and SNAPCITE_READER_MODEL."
        )
    key = settings.reader_api_key
    reader = RemoteReader(
        RemoteOptions(
            base_url=settings.reader_url,
            model=settings.reader_model,
            api_key=key.get_secret_value() if key else None,
            photos=_photo_budget(settings),
            max_tokens=settings.reader_max_tokens,
            timeout=settings.reader_timeout,
            stream=settings.reader_stream,
            reasoning=settings.reader_reasoning,
            response_format=settings.reader_format,
        )
    )
    return FallbackReader(reader, ExtractiveReader()) if settings.reader_fallback else reader


def _photo_budget(settings: Settings) -> PhotoBudget:
    return PhotoBudget(
        question=settings.reader_photo_tokens, evidence=settings.reader_evidence_photo_tokens
    )


def build_reader(settings: Settings) -> Reader:
    """The reader of the settings.

    Raises:
        ConfigurationError: there is no reader of that name.
    """
    match settings.reader:
        case "extractive":
            from vlm.extractive import ExtractiveReader

            return ExtractiveReader()
        case "qwen3-vl":
            return build_qwen_reader(settings)
        case "openai":
            return build_remote_reader(settings)
        case unknown:
            raise ConfigurationError(
                f"There is no reader {unknown!r}; the readers are: extractive, qwen3-vl, openai."
            )


def build_pipeline(settings: Settings) -> Pipeline:
    """Everything that answering needs. Close `pipeline.index` when done."""
    reader = build_reader(settings)
    encoder = build_encoder(settings)
    folder = encoder_folder(settings.encoder, models_root=settings.models)
    fit = load_calibration(folder, card=encoder.card, reader=reader.name)
    return Pipeline(build_index(settings, encoder), encoder, reader, fit=fit)
