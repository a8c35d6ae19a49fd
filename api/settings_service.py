"""Settings of the service: who may ask, how much at once, what is kept and what is watched."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode


def _apart_by_commas(given: object) -> object:
    if not isinstance(given, str):
        return given
    return tuple(word.strip() for word in given.split(",") if word.strip())


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_apart_by_commas)]
"""Words apart by commas."""


class ServiceSettings(BaseSettings):
    """What concerns `snapcite serve` alone; `api.settings.Settings` adds these to its own."""

    keys_file: Path = Field(
        default=Path(".snapcite/keys.json"),
        description="API keys (`snapcite keys`); once the file is there, every caller needs one.",
    )
    jwt_secret_file: Path | None = Field(
        default=None, description="Secret of JSON Web Tokens signed with HS256."
    )
    jwt_keys_file: Path | None = Field(
        default=None, description="JWKS with the public keys of tokens signed by RS256 or ES256."
    )
    jwt_issuer: str | None = Field(default=None, description="Who must have issued a token.")
    jwt_audience: str | None = Field(default=None, description="Whom a token must be for.")
    insecure_open: bool = Field(
        default=False, description="Listen where others can reach it without asking for a key."
    )
    allowed_hosts: Words = Field(
        default=(),
        description="Names besides localhost that a server without keys answers to on loopback.",
    )
    trusted_proxies: Words = Field(
        default=(), description="Networks of proxies whose X-Forwarded-For is believed."
    )
    cors_origins: Words = Field(
        default=(), description="Origins of other websites whose scripts may call; * for any."
    )
    rate_limit_key: str = Field(
        default="600/minute", description="How often one key may ask; empty for no limit."
    )
    rate_limit_address: str = Field(
        default="1200/minute",
        description="How often one network address may ask; empty for no limit. This machine's "
        "own addresses have none.",
    )
    redis_url: SecretStr | None = Field(
        default=None,
        description="Redis that replicas share, redis://host:6379/0; without it each counts and "
        "keeps for itself.",
    )
    request_timeout: float = Field(
        default=60.0, gt=0, description="Seconds that a request may take, its upload included."
    )
    optimize_after: int = Field(
        default=20_000,
        ge=0,
        description="Points written live after which an embedded index is optimised beside the "
        "queries, in a process of its own; 0 for never.",
    )
    encoder_at_once: int | None = Field(
        default=None, ge=1, description="Queries encoded together; else one a processor core."
    )
    encoder_queue: int = Field(
        default=64, ge=0, description="Requests that may wait for the encoder; more are refused."
    )
    reader_at_once: int | None = Field(
        default=None,
        ge=1,
        description="Answers read together; else 16 for openai, SNAPCITE_READER_BATCH for "
        "qwen3-vl, one a processor core for extractive.",
    )
    reader_queue: int = Field(
        default=64, ge=0, description="Requests that may wait for the reader; more are refused."
    )
    cache_bytes: int = Field(
        default=64 * 2**20,
        ge=0,
        description="Answers and embeddings kept in memory, in bytes; 0 for none. Not used with "
        "SNAPCITE_REDIS_URL.",
    )
    cache_seconds: int = Field(
        default=3600, ge=0, description="How long they are kept, also in Redis; 0 for not at all."
    )
    shutdown_delay: float = Field(
        default=0.0,
        ge=0,
        description="Seconds after SIGTERM in which new requests are still told 503: as long as a "
        "load balancer takes to notice that /ready is false.",
    )
    shutdown_grace: float = Field(
        default=25.0, gt=0, description="Seconds after SIGTERM in which the process has ended."
    )
    metrics_open: bool = Field(default=False, description="Serve /metrics without a key.")
    backups: Path | None = Field(
        default=None,
        description="Folder for backups by POST /v1/backups; without it there is no such route.",
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description="How log lines look: for people, or one JSON object each."
    )
    log_level: Literal["debug", "info", "warning", "error"] | None = Field(
        default=None, description="The least that is logged; else info as JSON, warning as text."
    )
    log_content: bool = Field(
        default=False, description="Let log lines hold questions and what errors quote of them."
    )
    audit_file: Path | None = Field(
        default=None, description="Audit log of what was shown and answered; none without it."
    )
    audit_questions: bool = Field(
        default=False, description="Let the audit log hold the questions."
    )
    audit_failure: Literal["refuse", "continue"] = Field(
        default="refuse",
        description="While the audit log cannot be written: answer nothing (503), or go on, log "
        "an error and count it.",
    )
    tracing: bool | None = Field(
        default=None,
        description="Send OpenTelemetry spans by OTLP; else where OTEL_EXPORTER_OTLP_ENDPOINT or "
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is set.",
    )
    otlp_endpoint: str | None = Field(
        default=None,
        validation_alias=AliasChoices(
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"
        ),
        description="Where the exporter sends spans; it reads the variable itself.",
    )
