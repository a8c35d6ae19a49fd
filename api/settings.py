"""Every setting, typed, read from the environment in this one place.

A variable is the field's name in capitals behind `SNAPCITE_` (`SNAPCITE_INDEX`). Command-line
options of the same name win over it. Instead of a variable there may be a file of its name in small
letters (`snapcite_redis_url`) in a folder of secrets, as container engines mount them. An empty
variable or file counts as none.
"""

import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AliasChoices,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from knowledge.errors import ConfigurationError
from search.fusion import SENTENCE
from vlm.images import ImageLimits

_SECRETS_VARIABLE = "SNAPCITE_SECRETS_DIR"
_SECRETS = "/run/secrets"
"""Where Docker and Podman mount secrets; the variable names one or more folders instead."""

_REPOSITORY = Path(__file__).resolve().parent.parent


def _apart_by_commas(given: object) -> object:
    if not isinstance(given, str):
        return given
    return tuple(word.strip() for word in given.split(",") if word.strip())


MODEL_READERS = frozenset({"openai", "qwen3-vl"})
"""Values of `reader` that read with a language model."""

LONGEST = 7 * 86_400.0
"""Seconds. Clocks and sockets take no infinite ones, nor such as 1e300."""

Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_apart_by_commas)]
"""Words separated by commas."""


class Settings(BaseSettings):
    """What an operator can change: first what every command uses, then what `serve` alone does."""

    model_config = SettingsConfigDict(env_prefix="SNAPCITE_", env_ignore_empty=True, frozen=True)

    index: str = Field(
        default=".snapcite/index",
        description="The index: a folder, or http(s)://host:port[/collection] of a Qdrant server.",
    )
    encoder: str | None = Field(
        default=None,
        description="An encoder's name, an open_clip model or a folder. If unset: the encoder that "
        "the index was made with, or the best one on this machine.",
    )
    encoder_url: str | None = Field(
        default=None,
        description="The address of the server of an encoder whose name ends in @server, ending in "
        "/v1.",
    )
    encoder_api_key: SecretStr | None = Field(
        default=None, description="Key of the encoder's server, if it needs one."
    )
    encoder_timeout: float = Field(
        default=30.0,
        gt=0,
        le=LONGEST,
        description="Seconds that a request to the encoder's server may take.",
    )
    reranker: str | None = Field(
        default=None,
        description="A reranker that orders what was found: qwen3-vl-reranker, a name or a folder "
        "of one, or NAME@server. If unset or none: nothing is reordered.",
    )
    reranker_url: str | None = Field(
        default=None,
        description="The address of the server of a reranker whose name ends in @server, ending in "
        "/v1.",
    )
    reranker_api_key: SecretStr | None = Field(
        default=None, description="Key of the reranker's server, if it needs one."
    )
    reranker_subjects: int = Field(
        default=8, ge=1, le=50, description="Subjects that the reranker scores."
    )
    reranker_timeout: float = Field(
        default=5.0,
        gt=0,
        le=LONGEST,
        description="Seconds that scoring may take, and at most half of what a request has left.",
    )
    text_encoder: str | None = Field(
        default=None,
        description="A text encoder for passages, beside the encoder: bundled, none, a folder, or "
        "a name in the Hugging Face cache. If unset: what the index was made with; for a new one "
        "bundled.",
    )
    text_weight: float = Field(
        default=SENTENCE,
        ge=0,
        le=10,
        description="How much the text encoder's ranking counts (BM25's counts 1), and 3.5 times "
        "that among texts in another language than the question's; with 0 it is not used. "
        "docs/encoders.md says how to measure what it brings.",
    )
    ocr: bool | None = Field(
        default=None,
        description="Read text in pictures: while indexing, and in photos that are asked about. If "
        "unset: where the extra ocr is installed; an index goes on as it was made.",
    )
    ocr_threads: int = Field(
        default=1,
        ge=1,
        le=64,
        description="Processor cores that the text in one picture is read on; while indexing, each "
        "core reads another picture anyway.",
    )
    calibrate: bool = Field(
        default=True,
        description="Measure an index with its own photos and questions at the end of "
        "`snapcite index`; otherwise only `snapcite calibrate` does.",
    )
    own_questions: int = Field(
        default=12,
        ge=0,
        le=1_000,
        description="Questions that an index's own texts answer and that it is asked at the end of "
        "`snapcite index`, in about six seconds; 0 asks none. `snapcite calibrate` asks more.",
    )
    strangers: Path = Field(
        default=_REPOSITORY / "data" / "landmarks" / "photos",
        description="Photos that an index of fewer than ten subjects is calibrated with besides; "
        "without the folder there are none.",
    )
    reader: str = Field(
        default="extractive",
        description="What reads the evidence: extractive, qwen3-vl, openai; extractive:MODEL names "
        "a model that `snapcite models list` shows.",
    )
    reader_model: str | None = Field(
        default=None,
        description="The reader's model. For extractive: a name that `snapcite models list` shows "
        "or a folder; if unset, the bundled one. For qwen3-vl: a folder or a hub name; if unset, "
        "the largest that fits the GPU. For openai: the server's name of it.",
    )
    reader_url: str | None = Field(
        default=None,
        description="The address of the model server of the reader openai, ending in /v1.",
    )
    reader_api_key: SecretStr | None = Field(
        default=None, description="Key of the model server, if it needs one."
    )
    reader_photo_tokens: int = Field(
        default=1_280, ge=1, le=16_384, description="Visual tokens of a photo that is asked about."
    )
    reader_evidence_photo_tokens: int = Field(
        default=256,
        ge=0,
        le=16_384,
        description="Visual tokens of a candidate's photo; with 0 none is shown to the model.",
    )
    reader_max_tokens: int = Field(
        default=512, ge=16, le=8_192, description="Tokens of an answer's texts."
    )
    reader_thinking_tokens: int = Field(
        default=4_096,
        ge=0,
        le=131_072,
        description="Further tokens for a served model that thinks before it answers.",
    )
    reader_reasoning_effort: str | None = Field(
        default=None,
        max_length=16,
        description="How long a served model thinks, as its server calls it: none, low, medium, "
        "high. If unset: `none` is sent to models that think by themselves, nothing to others.",
    )
    reader_extra_body: dict[str, Any] | None = Field(
        default=None,
        description="A JSON object of further fields for requests to the model server, such as "
        '{"chat_template_kwargs": {"enable_thinking": false}}.',
    )
    reader_timeout: float = Field(
        default=60.0,
        gt=0,
        le=LONGEST,
        description="Seconds that a reading by the model server may take, its repeated requests "
        "included; never more than the request has left (SNAPCITE_REQUEST_TIMEOUT).",
    )
    reader_stream: bool = Field(
        default=False, description="Read the model server's answer while it is written."
    )
    reader_format: Literal["json_schema", "json_object", "text"] | None = Field(
        default=None,
        description="How the server is asked for JSON. If unset: the strictest way that it knows.",
    )
    reader_fallback: bool = Field(
        default=True, description="Let the extractive reader answer while the model server fails."
    )
    reader_reasoning: bool = Field(
        default=False, description="Let the model think before it answers; slower."
    )
    reader_batch: int = Field(
        default=8, ge=1, le=256, description="Questions that qwen3-vl answers together."
    )
    reader_quantization: Literal["4bit", "8bit"] | None = Field(
        default=None, description="Load the weights of qwen3-vl in fewer bits, with bitsandbytes."
    )
    reader_cpu: bool = Field(
        default=False,
        description="Let qwen3-vl load a model of 3 billion parameters or more where PyTorch finds "
        "no GPU; it takes minutes for a question.",
    )
    modelscope_url: str = Field(
        default="https://www.modelscope.cn",
        description="Where `snapcite models pull --from modelscope` asks.",
    )
    models: Path = Field(
        default=_REPOSITORY / "data" / "models", description="Folder of the bundled models."
    )
    encoders: Path = Field(
        default=Path(".snapcite/models"),
        description="Folder of exported encoders and readers, and of those that you put there.",
    )
    samples: Path = Field(
        default=_REPOSITORY / "data" / "samples.json",
        description="Sample photos for the page; without the file it offers none.",
    )
    evaluation: Path = Field(
        default=Path(".snapcite/evaluation.json"),
        description="Report of `snapcite eval --json`; the page at /corpus shows it if it exists.",
    )
    qdrant_api_key: SecretStr | None = Field(
        default=None, description="Key of the Qdrant server, if it needs one."
    )
    qdrant_shards: int | None = Field(
        default=None,
        ge=1,
        le=1_024,
        description="Parts that a new collection's points are spread over; it cannot be changed "
        "later. If unset: 1, which suits some million photos (docs/cluster.md).",
    )
    qdrant_copies: int | None = Field(
        default=None,
        ge=1,
        le=32,
        description="Copies of each shard in a new collection, on as many nodes; 2 bear the loss "
        "of one node. If unset: 1.",
    )
    qdrant_write_copies: int | None = Field(
        default=None,
        ge=1,
        le=32,
        description="Copies in a new collection that must have a write before it is acknowledged; "
        "one that fails is left out until it has caught up. If unset: 1.",
    )
    qdrant_on_disk: bool | None = Field(
        default=None,
        description="Keep a new collection's exact vectors on disk; together with int8, memory "
        "holds a quarter of them. If unset: the server's own setting, usually in memory.",
    )
    qdrant_quantization: Literal["none", "int8"] | None = Field(
        default=None,
        description="int8: search a new collection in vectors of a quarter of the size and order "
        "what is found by the exact ones. If unset: none.",
    )
    qdrant_read_copies: Literal["one", "quorum", "majority", "all"] = Field(
        default="one",
        description="Copies of a shard that a read asks. one goes on while a copy is down; quorum "
        "needs more than half, majority and all need every one (docs/cluster.md).",
    )
    max_upload_bytes: int = Field(default=32 * 2**20, ge=1, description="Bytes of one photo.")
    max_upload_pixels: int = Field(
        default=100_000_000, ge=1, description="Pixels of one photo, checked before decoding."
    )
    max_photos: int = Field(default=4, ge=1, description="Photos in one question.")

    workers: int = Field(
        default=1,
        ge=1,
        le=256,
        description="Processes that serve behind one port. More than one need a Qdrant server as "
        "the index, and SNAPCITE_REDIS_URL.",
    )
    keys_file: Path = Field(
        default=Path(".snapcite/keys.json"),
        description="API keys (`snapcite keys`). Once the file exists, every caller needs a key.",
    )
    jwt_secret_file: Path | None = Field(
        default=None, description="Secret of JSON Web Tokens signed with HS256."
    )
    jwt_keys_file: Path | None = Field(
        default=None, description="JWKS with the public keys of tokens signed by RS256 or ES256."
    )
    jwt_issuer: str | None = Field(default=None, description="The issuer that tokens must have.")
    jwt_audience: str | None = Field(
        default=None, description="The audience that tokens must have."
    )
    insecure_open: bool = Field(
        default=False,
        description="Let everybody ask without a key on an address that other machines can reach.",
    )
    allowed_hosts: Words = Field(
        default=(),
        description="Host names, besides those of this machine, that the server answers to.",
    )
    trusted_proxies: Words = Field(
        default=(), description="Networks of proxies whose X-Forwarded-For is trusted."
    )
    cors_origins: Words = Field(
        default=(), description="Origins of other websites whose scripts may call; * for any."
    )
    rate_limit_key: str = Field(
        default="600/minute", description="How often one key may ask; none for no limit."
    )
    rate_limit_address: str = Field(
        default="1200/minute",
        description="How often one network address may ask; none for no limit. Programs of this "
        "machine have no limit.",
    )
    redis_url: SecretStr | None = Field(
        default=None,
        description="Redis that replicas share, redis://host:6379/0. Without it each replica has "
        "its own rates, cache and conversations.",
    )
    body_bytes: int = Field(
        default=256 * 2**20,
        ge=2**20,
        description="Bytes of forms that may arrive at once, of all requests together; the photos "
        "in them lie in temporary files. At least one form of the largest size is taken.",
    )
    body_memory: int = Field(
        default=48 * 2**20,
        ge=2**20,
        description="Bytes of other request bodies that may arrive at once, of all requests "
        "together: JSON lies in memory. One body has at most three quarters of it.",
    )
    thumbnail_bytes: int = Field(
        default=32 * 2**20, ge=0, description="Bytes of thumbnails kept in memory; 0 keeps none."
    )
    max_connections: int = Field(
        default=512,
        ge=4,
        description="Connections that are served at once; fewer where the process may not have so "
        "many open files.",
    )
    request_timeout: float = Field(
        default=60.0,
        gt=0,
        le=LONGEST,
        description="Seconds that a request may take, its upload included.",
    )
    optimize_after: int = Field(
        default=20_000,
        ge=0,
        description="Points written live after which an embedded index is optimised beside the "
        "queries, in another process; 0 for never.",
    )
    encoder_at_once: int | None = Field(
        default=None,
        ge=1,
        description="Queries encoded together. If unset: one per processor core.",
    )
    encoder_queue: int = Field(
        default=64,
        ge=0,
        description="Requests that may wait for the encoder; further ones are refused.",
    )
    reader_at_once: int | None = Field(
        default=None,
        ge=1,
        description="Answers read together. If unset: 16 for openai, SNAPCITE_READER_BATCH for "
        "qwen3-vl, one per processor core for extractive.",
    )
    reader_queue: int = Field(
        default=64,
        ge=0,
        description="Requests that may wait for the reader; further ones are refused.",
    )
    cache_bytes: int = Field(
        default=64 * 2**20,
        ge=0,
        description="Bytes of answers and embeddings kept in memory; 0 keeps none. Not used with "
        "SNAPCITE_REDIS_URL.",
    )
    cache_seconds: int = Field(
        default=3600,
        ge=0,
        description="Seconds for which they are kept, also in Redis; 0 keeps none.",
    )
    shutdown_delay: float = Field(
        default=0.0,
        ge=0,
        le=LONGEST,
        description="Seconds after SIGTERM in which new requests still get 503: the time that a "
        "load balancer takes to notice that /ready is false.",
    )
    shutdown_grace: float = Field(
        default=25.0,
        gt=0,
        le=LONGEST,
        description="Seconds after SIGTERM after which the process has ended.",
    )
    mcp: bool = Field(
        default=True,
        description="Serve the Model Context Protocol at /mcp, if the extra mcp is installed.",
    )
    server_key: SecretStr | None = Field(
        default=None,
        description="Key for the server that `snapcite index --watch --server` writes into.",
    )
    mcp_folders: Words = Field(
        default=(".",),
        description="Folders whose photos `snapcite mcp` may read by path; empty for none.",
    )
    metrics_open: bool = Field(default=False, description="Serve /metrics without a key.")
    backups: Path | None = Field(
        default=None,
        description="Folder for backups by POST /v1/backups; without it there is no such route.",
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description="Log lines as text for people, or as one JSON object each."
    )
    log_level: Literal["debug", "info", "warning", "error"] | None = Field(
        default=None,
        description="Lowest level that is logged. If unset: info as JSON, warning as text.",
    )
    log_content: bool = Field(
        default=False, description="Let log lines hold questions, and errors that quote them."
    )
    audit_file: Path | None = Field(
        default=None, description="File of the audit log; without it nothing is recorded."
    )
    audit_questions: bool = Field(
        default=False, description="Let the audit log hold the questions."
    )
    audit_failure: Literal["refuse", "continue"] = Field(
        default="refuse",
        description="What happens while the audit log cannot be written: refuse (503), or "
        "continue, with an error in the log and in the metrics.",
    )
    tracing: bool | None = Field(
        default=None,
        description="Send OpenTelemetry spans by OTLP. If unset: send them if "
        "OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is set.",
    )
    otlp_endpoint: str | None = Field(
        default=None,
        validation_alias=AliasChoices(
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"
        ),
        description="Where the exporter sends spans; it reads the variable itself.",
    )

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, given: Any) -> Any:  # noqa: ANN401 - of any source
        """What is blank counts as not given, as an empty variable does."""
        if not isinstance(given, dict):
            return given
        return {
            name: value
            for name, value in given.items()
            if not (isinstance(value, str) and not value.strip())
        }

    @property
    def image_limits(self) -> ImageLimits:
        """The limits of one photo that is sent."""
        return ImageLimits(max_bytes=self.max_upload_bytes, max_pixels=self.max_upload_pixels)


def load_settings(**given: Any) -> Settings:  # noqa: ANN401 - options of any field's type
    """Settings from files of secrets, overruled by the environment, overruled by the options that
    were given (not None).

    Raises:
        ConfigurationError: a value cannot be used; the message names the variable.
    """
    folders = map(Path, (os.environ.get(_SECRETS_VARIABLE) or _SECRETS).split(os.pathsep))
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
