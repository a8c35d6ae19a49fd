"""Settings of the service: who may ask, how much at once, what is kept and what is watched."""

from pydantic_settings import BaseSettings


class ServiceSettings(BaseSettings):
    """What concerns `snapcite serve` alone; `api.settings.Settings` adds these to its own."""
