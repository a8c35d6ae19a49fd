"""Put the parts together as the settings say. The only place that knows which parts there are."""

from api.settings import Settings
from indexer.run import fingerprint_of
from knowledge.errors import ConfigurationError
from knowledge.index import Index, open_index
from search.confidence import load_calibration
from search.pipeline import Pipeline
from vlm.encoder import Encoder
from vlm.models import encoder_folder, load_encoder
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


def build_reader(settings: Settings) -> Reader:
    """The reader of the settings.

    Raises:
        ConfigurationError: there is no reader of that name.
    """
    match settings.reader:
        case "extractive":
            from vlm.extractive import ExtractiveReader

            return ExtractiveReader()
        case unknown:
            raise ConfigurationError(
                f"There is no reader {unknown!r}; the readers are: extractive."
            )


def build_pipeline(settings: Settings) -> Pipeline:
    """Everything that answering needs. Close `pipeline.index` when done."""
    reader = build_reader(settings)
    encoder = build_encoder(settings)
    folder = encoder_folder(settings.encoder, models_root=settings.models)
    fit = load_calibration(folder, card=encoder.card, reader=reader.name)
    return Pipeline(build_index(settings, encoder), encoder, reader, fit=fit)
