"""Every setting, typed, read from the environment in this one place.

A variable is the field's name in capitals behind `SNAPCITE_` (`SNAPCITE_INDEX`). Command-line
options of the same name win over it. What is no variable may be a file of that name in small
letters (`snapcite_redis_url`) in a folder of secrets, as container engines mount them.
"""

import os
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import SettingsConfigDict

from api.settings_service import ServiceSettings
from knowledge.errors import ConfigurationError
from vlm.images import ImageLimits

_SECRETS_VARIABLE = "SNAPCITE_SECRETS_DIR"
_SECRETS = "/run/secrets"
"""Where Docker and Podman mount secrets; the variable names one or more folders instead."""

_REPOSITORY = Path(__file__).resolve().parent.parent


class Settings(ServiceSettings):
    """What an operator can change."""

    model_config = SettingsConfigDict(env_prefix="SNAPCITE_", frozen=True)

    index: str = Field(
        default=".snapcite/index",
        description="The index: a folder, or http(s)://host:port[/collection] of a Qdrant server.",
    )
    encoder: str | None = Field(
        default=None,
        description="An encoder's name, an open_clip model or a folder; else what the index was "
        "made with, else the best one that is here.",
    )
    text_encoder: str | None = Field(
        default=None,
        description="A sentence encoder to index passages with beside the CLIP: a folder or a name "
        "in the Hugging Face cache; else the one that the index was made with, if any.",
    )
    text_weight: float = Field(
        default=0.0,
        ge=0,
        le=10,
        description="How much the sentence encoder's ranking counts (BM25's counts 1); 0: it is "
        "not asked. docs/encoders.md says how to find out what it is worth.",
    )
    reader: str = Field(
        default="extractive", description="What reads the evidence: extractive, qwen3-vl, openai."
    )
    reader_model: str | None = Field(
        default=None,
        description="The reader's model: a folder or a hub name for qwen3-vl (else the largest "
        "that fits the GPU), the server's name for it for openai.",
    )
    reader_url: str | None = Field(
        default=None, description="The model server of the reader openai, up to and with /v1."
    )
    reader_api_key: SecretStr | None = Field(
        default=None, description="Key of the model server, where it wants one."
    )
    reader_photo_tokens: int = Field(
        default=1_280, ge=1, le=16_384, description="Visual tokens of a photo that is asked about."
    )
    reader_evidence_photo_tokens: int = Field(
        default=256, ge=0, le=16_384, description="Visual tokens of a candidate's photo; 0: none."
    )
    reader_max_tokens: int = Field(
        default=512, ge=16, le=8_192, description="Tokens of an answer's texts."
    )
    reader_timeout: float = Field(
        default=60.0, gt=0, description="Seconds that a request to the model server may take."
    )
    reader_stream: bool = Field(
        default=False, description="Read the model server's answer while it is written."
    )
    reader_format: Literal["json_schema", "json_object", "text"] | None = Field(
        default=None, description="How the server is asked for JSON; else the strictest it knows."
    )
    reader_fallback: bool = Field(
        default=True, description="Let the extractive reader stand in while the server fails."
    )
    reader_reasoning: bool = Field(
        default=False, description="Let the model think before it answers; slower."
    )
    reader_batch: int = Field(
        default=8, ge=1, le=256, description="Questions that qwen3-vl answers together."
    )
    reader_quantization: Literal["4bit", "8bit"] | None = Field(
        default=None, description="Weights of qwen3-vl in fewer bits, by bitsandbytes."
    )
    models: Path = Field(
        default=_REPOSITORY / "data" / "models", description="Folder of the bundled models."
    )
    encoders: Path = Field(
        default=Path(".snapcite/models"),
        description="Folder of exported encoders and of ones brought here.",
    )
    samples: Path = Field(
        default=_REPOSITORY / "data" / "samples.json",
        description="Sample photos that the page offers; none are offered if it is not there.",
    )
    evaluation: Path = Field(
        default=Path(".snapcite/evaluation.json"),
        description="Report of `snapcite eval --json` that the page at /corpus shows, if there.",
    )
    qdrant_api_key: SecretStr | None = Field(
        default=None, description="Key of the Qdrant server, where it wants one."
    )
    max_upload_bytes: int = Field(default=32 * 2**20, ge=1, description="Bytes of one photo.")
    max_upload_pixels: int = Field(
        default=100_000_000, ge=1, description="Pixels of one photo, checked before decoding."
    )
    max_photos: int = Field(default=4, ge=1, description="Photos in one question.")

    @property
    def image_limits(self) -> ImageLimits:
        """What one photo may be."""
        return ImageLimits(max_bytes=self.max_upload_bytes, max_pixels=self.max_upload_pixels)


def load_settings(**given: Any) -> Settings:  # noqa: ANN401 - options of any field's type
    """Settings from files of secrets, overruled by the environment, overruled by the options that
    were given (not None).

    Raises:
        ConfigurationError: a value cannot be used; the message names the variable.
    """
    folders = map(Path, os.environ.get(_SECRETS_VARIABLE, _SECRETS).split(os.pathsep))
    secrets = [folder for folder in folders if folder.is_dir()]
    try:
        values = {name: value for name, value in given.items() if value is not None}
        return Settings(**values | {"_secrets_dir": secrets or None})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "?"
        raise ConfigurationError(
            f"The setting SNAPCITE_{name.upper()} has a value that cannot be used: {first['msg']}."
        ) from error
