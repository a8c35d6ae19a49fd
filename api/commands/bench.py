"""`snapcite bench`: measures how fast this machine indexes and searches."""

import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Annotated

import numpy as np
import typer
from rich.table import Table

from api.commands.options import EncoderOption, IndexOption, JsonOption, print_json, stderr, stdout
from api.settings import load_settings
from api.wiring.pipeline import build_encoder, build_pipeline
from knowledge.errors import ConfigurationError, ImageError, NotFoundError
from knowledge.index import Index
from knowledge.stages import collected, stage
from knowledge.viewer import OPERATOR
from search.pipeline import Pipeline
from search.query import Query
from vlm.cores import cores
from vlm.encoders import Encoder
from vlm.images import DecodedImage, decode_image

_BATCH = 32


@dataclass(frozen=True, slots=True)
class Bench:
    """The measurements. Times are in milliseconds, of one query after another.

    Attributes:
        encoder: its name and its runtime.
        points: how many the index has.
        photos: how many photos of the index were used.
        megapixels: of a photo, on average.
        photos_per_second: decoded and encoded as an index run does it.
        query_p50_ms: a photo → evidence of ten subjects, decoding included.
        query_p95_ms: the same; one query in twenty takes longer.
        stages_p50_ms: stage → its part of that.
    """

    encoder: str
    points: int
    photos: int
    megapixels: float
    photos_per_second: float
    query_p50_ms: float
    query_p95_ms: float
    stages_p50_ms: dict[str, float]


def bench(
    index: IndexOption = None,
    encoder: EncoderOption = None,
    photos: Annotated[int, typer.Option(min=1, help="Photos of the index to measure with.")] = 64,
    as_json: JsonOption = False,
) -> None:
    """Measure this machine: photos per second, and the time of a query."""
    settings = load_settings(index=index, encoder=encoder)
    bulk = build_encoder(settings, bulk=True)
    pipeline = build_pipeline(settings)
    with pipeline.index:
        stderr().print("reading photos of the index …")
        found = measure(pipeline, bulk, photos=photos)
    if as_json:
        print_json(json.dumps(asdict(found), ensure_ascii=False, indent=2))
    else:
        _print(found)


def measure(pipeline: Pipeline, bulk: Encoder, *, photos: int) -> Bench:
    """Measure with photos of the pipeline's index.

    Args:
        pipeline: answers one query after another.
        bulk: the same encoder, made for many photos at a time.
        photos: the most photos to use.

    Raises:
        ConfigurationError: the index holds no photo whose file can be read.
    """
    files = _photo_files(pipeline.index, photos)
    decoded, rate = _throughput(files, bulk)
    times, stages = _queries(files, pipeline)
    card = pipeline.encoder.card
    return Bench(
        encoder=f"{card.name} ({card.runtime})",
        points=pipeline.index.store.count(),
        photos=len(files),
        megapixels=float(np.mean([image.width * image.height / 1e6 for image in decoded])),
        photos_per_second=rate,
        query_p50_ms=float(np.percentile(times, 50)),
        query_p95_ms=float(np.percentile(times, 95)),
        stages_p50_ms=stages,
    )


def _photo_files(index: Index, count: int) -> list[bytes]:
    """Bytes of the first indexed photos that can be read.

    Raises:
        ConfigurationError: no photo can be read.
    """
    files = []
    for record in index.store.scroll({"kind": "photo"}):
        try:
            data = index.whole.photo_bytes(record.id)
            decode_image(data)
        except (NotFoundError, ImageError):  # the file is gone or damaged
            continue
        files.append(data)
        if len(files) == count:
            break
    if not files:
        raise ConfigurationError(
            f"No photo of the index at {index.target} can be read; index a folder with photos "
            "first, or give another --index."
        )
    return files


def _throughput(files: Sequence[bytes], encoder: Encoder) -> tuple[list[DecodedImage], float]:
    """The decoded photos, and how many are decoded and encoded per second."""
    size = encoder.card.photo_size
    encoder.encode_images([decode_image(files[0], size).pixels])  # loads the model
    started, decoded = time.perf_counter(), list[DecodedImage]()
    with ThreadPoolExecutor(cores()) as pool:  # decodes ahead, as an index run does
        ahead = pool.map(lambda data: decode_image(data, size), files)
        while batch := list(islice(ahead, _BATCH)):
            encoder.encode_images([image.pixels for image in batch])
            decoded += batch
    return decoded, len(files) / (time.perf_counter() - started)


def _queries(files: Sequence[bytes], pipeline: Pipeline) -> tuple[list[float], dict[str, float]]:
    """Milliseconds of each query, and the median of each stage."""
    times, stages = [], list[dict[str, float]]()
    for data in [files[0], *files]:  # the first loads the model
        started = time.perf_counter()
        with collected() as of_query:
            with stage("decode"):
                photo = decode_image(data, pipeline.photo_size).pixels
            pipeline.search(Query(photos=(photo,), k=10, viewer=OPERATOR))
        times.append(1e3 * (time.perf_counter() - started))
        stages.append(of_query.timings)
    medians = {
        name: 1e3 * float(np.median([of[name] for of in islice(stages, 1, None)]))
        for name in stages[0]
    }
    return times[1:], medians


def _print(found: Bench) -> None:
    table = Table(box=None, show_header=False)
    table.add_column(justify="right")
    table.add_column()
    table.add_row(f"{found.photos_per_second:,.1f}", "photos per second, decoded and encoded")
    table.add_row(f"{found.query_p50_ms:,.0f} ms", "a query, median")
    table.add_row(f"{found.query_p95_ms:,.0f} ms", "one in twenty takes longer")
    for name, milliseconds in found.stages_p50_ms.items():
        table.add_row(f"{milliseconds:,.1f} ms", f"of that: {name}")
    console = stdout()
    console.print(
        f"{found.encoder}; {found.points:,} points; {found.photos} photos of the index, "
        f"{found.megapixels:.1f} megapixels on average",
        highlight=False,
    )
    console.print(table)
