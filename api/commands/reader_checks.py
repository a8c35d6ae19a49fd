"""Whether the reader of the settings can work: its network loads, or its model server answers.

Of a server only its list of models is asked for.
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

from api.commands.findings import Finding
from api.settings import Settings
from api.wiring.pipeline import build_network, build_remote_reader
from knowledge.errors import ModelUnavailableError, SnapCiteError
from knowledge.server_client import server_client, why_unreachable
from vlm.server_address import key_headers, request_url

_SERVER_SECONDS = 5.0
_MOST_LISTED_BYTES = 2**22
_MOST_NAMED = 12
_LEAST_CONTEXT = 8_192
"""Tokens; docs/readers.md says what a question takes."""
_STATUSES = {
    401: ": it wants a key, SNAPCITE_READER_API_KEY",
    403: ": SNAPCITE_READER_API_KEY may not use it",
    404: ": an address of a model server ends in /v1",
    503: ": it may still be loading its model",
}


def check_reader(settings: Settings) -> Iterator[Finding]:
    """Whether the reader can work: its model loads, or the model server answers and has it."""
    if settings.reader.partition(":")[0] == "extractive":
        yield _check_network(settings)
        return
    if settings.reader != "openai":
        known = settings.reader == "qwen3-vl"
        todo = None if known else "The readers are extractive, qwen3-vl and openai."
        yield Finding("reader", "ok" if known else "failed", settings.reader, todo)
        return
    url, model = settings.reader_url, settings.reader_model
    if url is None or not model:
        yield Finding(
            "reader", "failed", "openai, but the settings name no server or no model",
            "Set SNAPCITE_READER_URL and SNAPCITE_READER_MODEL.",
        )  # fmt: skip
        return
    try:
        build_remote_reader(settings)
        models = _served_models(settings)
    except SnapCiteError as error:
        yield Finding(
            "reader", "failed", str(error), "Start it, or correct SNAPCITE_READER_URL or its key."
        )
        return
    there = next((each for each in (model, f"{model}:latest") if each in models), None)
    if there is None:  # Ollama's name for the name alone is the second
        yield Finding(
            "reader", "warning", f"the server at {url} does not list {model}",
            f"It lists: {_listed(list(models), model)}; correct SNAPCITE_READER_MODEL.",
        )  # fmt: skip
        return
    context = models[there]
    seen = f"{model} at {url}"
    if context is None or context >= _LEAST_CONTEXT:
        yield Finding("reader", "ok", seen)
    else:
        yield Finding(
            "reader", "warning", f"{seen}, with a context of {context:,} tokens",
            f"A question takes about 6,000: give it {_LEAST_CONTEXT:,} or more (docs/readers.md).",
        )  # fmt: skip


def _listed(models: Sequence[str], wanted: str) -> str:
    """The models that a server lists; of many those whose names are most like the one wanted."""
    if len(models) <= _MOST_NAMED:
        return ", ".join(models) or "none"
    small = {name.lower(): name for name in models}
    like = get_close_matches(wanted.lower(), small, _MOST_NAMED, 0.4)
    like = [small[name] for name in like] or list(models[:_MOST_NAMED])
    return f"{len(models):,} models, among them {', '.join(like)}"


def _served_models(settings: Settings) -> dict[str, int | None]:
    """The models that the reader's server lists, by name, with their context in tokens where it
    says that.

    Raises:
        ModelUnavailableError: it does not answer, refuses, or is no model server.
    """
    import httpx

    url, key = settings.reader_url or "", settings.reader_api_key
    headers = key_headers(key.get_secret_value() if key else None, url)
    ends = time.monotonic() + _SERVER_SECONDS
    content = bytearray()
    try:
        with (
            server_client(url, timeout=_SERVER_SECONDS, headers=headers) as client,
            client.stream("GET", request_url(url, "models")) as response,
        ):
            for piece in response.iter_bytes():
                content += piece
                if len(content) > _MOST_LISTED_BYTES or time.monotonic() > ends:
                    raise httpx.ReadTimeout("it does not end")
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise ModelUnavailableError(
            f"the model server at {url} does not answer ({why_unreachable(error, url)})"
        ) from error
    if response.status_code != 200:
        why = _STATUSES.get(response.status_code, "")
        raise ModelUnavailableError(
            f"the model server answers {request_url(url, 'models')} with status "
            f"{response.status_code}{why}"
        )
    try:  # Ollama's list is null where it has no model
        return {str(each["id"]): _context_of(each) for each in json.loads(content)["data"] or ()}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ModelUnavailableError(
            f"what answers at {url} lists no models, so it is no model server"
        ) from error


def _context_of(entry: Mapping[str, object]) -> int | None:
    """What vLLM and SGLang call `max_model_len`, LM Studio and OpenRouter otherwise."""
    for name in ("max_model_len", "loaded_context_length", "context_length"):
        value = entry.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
    return None


def _check_network(settings: Settings) -> Finding:
    """Whether the network of the reader extractive loads."""
    from vlm.readers.extractive import load_network

    try:
        network = build_network(settings) or load_network()
        network.load()
    except SnapCiteError as error:
        return Finding(
            "reader", "failed", str(error), "Correct SNAPCITE_READER_MODEL or its files."
        )
    card = network.card
    return Finding("reader", "ok", f"extractive with {card.name} ({', '.join(card.languages)})")
