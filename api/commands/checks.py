"""What SnapCite needs on this machine, checked one by one.

Each check looks at one thing, changes nothing, and says what to do where something is wrong. A
check that does not concern these settings says nothing; one that fails does not stop the others.
"""

import shutil
import sys
from collections.abc import Iterator
from importlib import metadata
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

from PIL import Image

from api.commands.calibrate import in_words
from api.commands.findings import Finding
from api.commands.hardware_checks import check_gpu, check_weights
from api.commands.own_questions import questions_in_words
from api.commands.reader_checks import check_reader
from api.settings import MODEL_READERS, Settings
from api.watching.audit import AuditLog
from api.wiring.doors import build_authenticate, needs_credential
from api.wiring.pipeline import (
    build_encoder,
    build_rerank,
    build_text_encoder,
    build_text_reader,
    has_reranker,
    open_as_made,
)
from api.workers.sharing import check_workers
from indexer.run import fingerprint_of
from knowledge.errors import (
    IndexBusyError,
    IndexMissingError,
    SnapCiteError,
    StoreUnavailableError,
)
from knowledge.index import Index, is_server, layout
from search.confidence import LEAST_READ_RIGHTLY, load_fits
from search.own_questions import has_grown, read_figures
from search.resemblance import is_due, read_calibration
from vlm.cores import cores
from vlm.ocr import INSTALL

_LEAST_PYTHON = (3, 11)
_LEAST_FREE_BYTES = 2**30
_ENOUGH_FOR_A_WARNING = 5 * 2**30
_SERVER_SECONDS = 5.0
_FEWEST_REFUSED = 0.1
"""Share of the questions whose answer is hidden. The bundled reader refuses less of some tables."""
_PHOTOS_LOOKED_AT = 500
_EXTRAS = {
    "ocr": ("rapidocr",),
    "pictures": ("cv2",),
    "models": ("torch", "transformers", "open_clip", "sentence_transformers", "llguidance"),
    "remote": ("openai",),
    "cluster": ("ray",),
    "service": ("redis", "jwt", "opentelemetry.sdk"),
}


def examine(settings: Settings) -> Iterator[Finding]:
    """The findings of all checks, one by one."""
    for check in (
        check_python,
        check_packages,
        check_gpu,
        check_encoder_and_index,
        check_text_reader,
        check_disk,
        check_reader,
        check_reranker,
        check_confidence,
        check_weights,
        check_redis,
        check_processes,
        check_doors,
        check_audit,
    ):
        yield from check(settings)


def check_python(settings: Settings) -> Iterator[Finding]:  # noqa: ARG001 - all checks alike
    """Whether the interpreter is recent enough."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] >= _LEAST_PYTHON:
        yield Finding("python", "ok", f"{version} at {sys.executable}")
    else:
        yield Finding("python", "failed", version, "Install Python 3.11 or newer.")


def check_packages(settings: Settings) -> Iterator[Finding]:
    """Whether the packages of pyproject.toml are installed, and which extras are."""
    missing = [name for name in required_distributions() if not is_installed(name)]
    if missing:
        names = ", ".join(missing)
        yield Finding("packages", "failed", f"missing: {names}", "Run `pip install .` again.")
    else:
        yield Finding("packages", "ok", f"snapcite {metadata.version('snapcite')}, core complete")
    needed = _needed_extras(settings)
    for extra, modules in _EXTRAS.items():
        absent = [name for name in modules if not has_module(name)]
        if not absent:
            yield Finding(f"extra {extra}", "ok", "installed")
        elif extra in needed:
            yield Finding(
                f"extra {extra}", "failed", f"{needed[extra]} needs it; missing: "
                f"{', '.join(absent)}", f"Run `pip install '.[{extra}]'`.",
            )  # fmt: skip


def check_text_reader(settings: Settings) -> Iterator[Finding]:
    """Whether text in pictures is read, if the settings allow it."""
    if settings.ocr is False:
        return
    try:
        reader = build_text_reader(settings, made_with=None)
        if reader is None:
            yield Finding(
                "text in pictures",
                "ok",
                f"not read; `{INSTALL}` adds it, SNAPCITE_OCR=0 leaves it out for good",
            )
            return
        reader.read(Image.new("RGB", (64, 64), "white"))
    except SnapCiteError as error:
        yield Finding("text in pictures", "failed", str(error))
    else:
        yield Finding("text in pictures", "ok", reader.name)


def check_encoder_and_index(settings: Settings) -> Iterator[Finding]:
    """Whether the encoders load, the index opens, and the index was made with those encoders."""
    try:
        encoder = build_encoder(settings)
        text_encoder = build_text_encoder(settings)
    except IndexBusyError as error:
        yield Finding("index", "warning", str(error))
        return
    except StoreUnavailableError as error:  # it says which encoder made the index
        yield Finding("index", "failed", str(error))
        return
    except SnapCiteError as error:
        yield Finding(
            "encoder",
            "failed",
            str(error),
            "Correct that, or name another one with SNAPCITE_ENCODER or SNAPCITE_TEXT_ENCODER.",
        )
        return
    yield Finding("encoder", "ok", f"{encoder.card.name} ({encoder.card.runtime})")
    text = text_encoder.card if text_encoder else None
    languages = ", ".join(text.languages) if text else ""
    seen = f"{text.name} ({languages or 'languages unknown'})" if text else "none"
    yield Finding("text encoder", "ok", seen)
    try:
        with open_as_made(settings) as index:
            index.check(fingerprint_of(encoder, text_encoder))
            counts = [
                f"{count:,} {kind}{'' if count == 1 else 's'}"
                for kind in ("document", "passage", "photo")
                for count in (index.store.count({"kind": kind}),)
            ]
            calibration = [
                *_check_calibration(index),
                *_check_own_questions(index, settings),
                *_check_hashes(index),
            ]
            remarks = index.store.remarks()
    except IndexMissingError as error:
        yield Finding("index", "warning", str(error))
    except SnapCiteError as error:
        yield Finding("index", "failed", str(error))
    else:
        yield Finding("index", "ok", f"{settings.index}: {', '.join(counts)}")
        yield from calibration
        for remark in remarks:
            yield Finding(
                remark.about, "ok" if remark.todo is None else "warning", remark.seen, remark.todo
            )


def _check_calibration(index: Index) -> Iterator[Finding]:
    """What the index has measured of itself, and whether it still holds."""
    kept, todo = read_calibration(index), "Run `snapcite calibrate`."
    if kept is None:
        if is_due(index):
            seen = "none: whether a photo shows something indexed is decided by one cosine"
            yield Finding("resemblance", "warning", seen, todo)
        return
    seen = f"with {kept.encoder}, {kept.date}: {in_words(kept)}"
    if is_due(index):
        yield Finding("resemblance", "warning", f"{seen}; the index has changed much since", todo)
    else:
        yield Finding("resemblance", "ok", seen)


def _check_own_questions(index: Index, settings: Settings) -> Iterator[Finding]:
    """What came of the questions that the index's own texts answer, for each reader asked, and
    whether the model of the settings was."""
    reader, model = settings.reader, settings.reader_model or ""
    try:
        fitted = load_fits(settings.encoders, settings.models).readers
    except SnapCiteError:  # `check_confidence` says so
        fitted = {}
    figures = read_figures(index)
    for kept in figures:
        seen = f"{kept.date}: {questions_in_words(kept)}"
        if has_grown(index, kept):
            seen = f"{seen}; the index has changed much since: `snapcite calibrate` asks anew"
        share = kept.read_rightly
        if share is None or kept.reader not in MODEL_READERS or kept.reader in fitted:
            yield Finding("own questions", "ok", seen)
            continue
        which = kept.model or "its model"
        seen = f"{seen}; {which}, without a fit of its own, is believed {share:.2f}"
        todo = None
        if kept.is_of(reader, model):
            if share < LEAST_READ_RIGHTLY:
                todo = "All of its answers are withheld; take another model."
            elif kept.refused < _FEWEST_REFUSED * len(kept.asked):
                todo = (
                    "It answers nearly always, also where the text does not say: look at its "
                    "quotations, or take another model."
                )
        yield Finding("own questions", "ok" if todo is None else "warning", seen, todo)
    is_known = any(kept.is_of(reader, model) for kept in figures)
    if reader in MODEL_READERS and reader not in fitted and not is_known:
        yield Finding(
            "own questions", "warning", f"none asked of {reader} with {model or 'its model'}",
            "Run `snapcite calibrate` with the same settings: then how rightly it reads is part of "
            "its confidence.",
        )  # fmt: skip


def _check_hashes(index: Index) -> Iterator[Finding]:
    """Whether the first photos have hashes, by which copies are found; older indexes have none."""
    photos = islice(index.store.scroll({"kind": "photo"}, keys=("hash",)), _PHOTOS_LOOKED_AT)
    unhashed = sum(not layout.is_hashed(record.payload) for record in photos)
    if unhashed:
        yield Finding(
            "hashes", "warning", "photos without one: copies are found by their vectors alone",
            "Run `snapcite index` on the same corpora again: only hashes are made.",
        )  # fmt: skip


def check_confidence(settings: Settings) -> Iterator[Finding]:
    """Which fit judges what the reader drafts, and what it was made for."""
    try:
        fits = load_fits(settings.encoders, settings.models)
    except SnapCiteError as error:
        yield Finding("confidence", "failed", str(error))
        return
    reader = settings.reader.partition(":")[0]
    is_model = reader != "extractive"
    fit = fits.of(reader, composed=not is_model)
    if fit is None:
        yield Finding(
            "confidence", "warning", f"no fit of {reader}: only its own confidence withholds",
            "Make one with scripts/calibrate.py (docs/trust.md).",
        )  # fmt: skip
        return
    made = f"{fit.questions:,} drafts, {fit.date}; below {fit.threshold:.2f} nothing is answered"
    aim = f"at most {fit.wrong_per_100:g} wrong in 100 answers on material like that"
    if reader in fits.readers:
        yield Finding("confidence", "ok", f"{reader} by its own fit of {made}; {aim}")
        return
    yield Finding(
        "confidence", "ok", f"{reader} by the search's signals and its own certainty: "
        f"the fit of {made}; measured with the extractive reader and not with {reader}",
    )  # fmt: skip


def check_disk(settings: Settings) -> Iterator[Finding]:
    """Whether the index's disk has room."""
    if is_server(settings.index):
        return
    place = Path(settings.index).absolute()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    seen = f"{free / 2**30:,.1f} GiB free at {place}"
    if free < _LEAST_FREE_BYTES:
        yield Finding("disk", "failed", seen, "Make room: writes stop before the disk is full.")
    elif free < _ENOUGH_FOR_A_WARNING:
        yield Finding("disk", "warning", seen, "Make room before you index much.")
    else:
        yield Finding("disk", "ok", seen)


def check_reranker(settings: Settings) -> Iterator[Finding]:
    """Whether the reranker loads and knows what belongs together, if the settings name one."""
    if not has_reranker(settings):
        return
    try:
        rerank = build_rerank(settings)
        assert rerank is not None
        rerank.reranker.warm_up()
    except SnapCiteError as error:
        yield Finding(
            "reranker",
            "failed",
            str(error),
            "Correct that, or ask without one: SNAPCITE_RERANKER=none.",
        )
        return
    yield Finding("reranker", "ok", rerank.reranker.name)


def check_redis(settings: Settings) -> Iterator[Finding]:
    """Whether Redis answers and takes what is kept there, if the settings name one."""
    if settings.redis_url is None or not has_module("redis"):
        return
    from redis import AuthenticationError, Redis, RedisError, ResponseError

    try:
        client = Redis.from_url(
            settings.redis_url.get_secret_value(),
            socket_timeout=_SERVER_SECONDS,
            socket_connect_timeout=_SERVER_SECONDS,
        )
        with client:
            version = client.info("server")["redis_version"]
            client.set("snapcite:doctor", b"1", px=1)
    except AuthenticationError:
        yield Finding(
            "redis", "failed", "takes another password or user than SNAPCITE_REDIS_URL has",
            "Write them as redis://user:password@host:6379/0; meanwhile each server counts alone.",
        )  # fmt: skip
    except ResponseError as error:
        yield Finding(
            "redis", "failed", f"answers, and keeps nothing: {error}",
            "Name the primary and not a replica, and give it room: a larger maxmemory, and the "
            "policy allkeys-lru.",
        )  # fmt: skip
    except (RedisError, ValueError) as error:
        yield Finding(
            "redis", "failed", f"does not answer ({type(error).__name__})",
            "Start it, or correct SNAPCITE_REDIS_URL; meanwhile each server counts alone.",
        )  # fmt: skip
    else:
        yield Finding("redis", "ok", f"version {version}")


def check_processes(settings: Settings) -> Iterator[Finding]:
    """Whether as many workers as the settings want can serve."""
    if settings.workers == 1:
        return
    try:
        check_workers(settings)
    except SnapCiteError as error:
        yield Finding(
            "workers", "failed", str(error), "Until then `snapcite serve` does not start."
        )
    else:
        yield Finding("workers", "ok", f"{settings.workers}, with {cores()} cores for all")


def check_doors(settings: Settings) -> Iterator[Finding]:
    """Whether the files of keys and tokens can be used."""
    try:
        build_authenticate(settings)
    except SnapCiteError as error:
        yield Finding(
            "keys",
            "failed",
            str(error),
            "Correct the file, or make a new one with `snapcite keys`.",
        )
        return
    seen = (
        "every caller needs one"
        if needs_credential(settings)
        else "none: serve answers only on loopback"
    )
    yield Finding("keys", "ok", seen)


def check_audit(settings: Settings) -> Iterator[Finding]:
    """Whether the audit log can be written, if the settings name one."""
    path = settings.audit_file
    if path is None:
        return
    try:
        AuditLog(path).close()
    except SnapCiteError as error:
        yield Finding(
            "audit log",
            "failed",
            str(error),
            "Correct that: without it the server answers nothing.",
        )
    else:
        yield Finding("audit log", "ok", str(path))


def _needed_extras(settings: Settings) -> dict[str, str]:
    """Extra → the setting that needs it."""
    needed = {}
    if settings.reader == "qwen3-vl":
        needed["models"] = "the reader qwen3-vl"
    if settings.reader == "openai":
        needed["remote"] = "the reader openai"
    if settings.redis_url is not None:
        needed["service"] = "SNAPCITE_REDIS_URL"
    elif settings.tracing or settings.otlp_endpoint is not None:
        needed["service"] = "tracing"
    elif settings.jwt_secret_file is not None or settings.jwt_keys_file is not None:
        needed["service"] = "JSON Web Tokens"
    return needed


def required_distributions() -> list[str]:
    """Names of the distributions that SnapCite's core needs."""
    names = []
    for line in metadata.requires("snapcite") or ():
        requirement, _, marker = line.partition(";")
        if "extra" not in marker:
            name = requirement.strip()
            for sign in "[<>=!~ ":
                name = name.partition(sign)[0]
            names.append(name)
    return names


def is_installed(distribution: str) -> bool:
    """Whether a distribution is installed."""
    try:
        metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return False
    return True


def has_module(name: str) -> bool:
    """Whether a module could be imported; it is not imported."""
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:  # its package is not installed
        return False
