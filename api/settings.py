"""Every setting, typed, read from the environment in this one place.

A variable is the field's name in capitals behind `SNAPCITE_` (`SNAPCITE_INDEX`). Command-line
options of the same name win over it.
"""

from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from knowledge.errors import ConfigurationError
from vlm.images import ImageLimits

_REPOSITORY = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """What an operator can change."""

    model_config = SettingsConfigDict(env_prefix="SNAPCITE_", frozen=True)

    index: str = Field(
        default=".snapcite/index",
        description="The index: a folder, or http(s)://host:port[/collection] of a Qdrant server.",
    )
    encoder: str = Field(default="starter", description="A bundled encoder's name or a folder.")
    reader: str = Field(default="extractive", description="What reads the evidence.")
    models: Path = Field(
        default=_REPOSITORY / "data" / "models", description="Folder of the bundled models."
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
    """Settings from the environment, overruled by the options that were given (not None).

    Raises:
        ConfigurationError: a value cannot be used; the message names the variable.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "?"
        raise ConfigurationError(
            f"The setting SNAPCITE_{name.upper()} has a value that cannot be used: {first['msg']}."
        ) from error
