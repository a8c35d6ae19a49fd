"""The processor time of a question about a photo, stage by stage.

    python -m benchmarks.question_cost --index .snapcite/index

One question after another through the pipeline that `snapcite serve` makes, over the bundled
landmarks; then the same with a reader that works on all cores, as `snapcite ask` has it. Processor
time, and not the clock's: it is about the same on a busy machine. Prints a line of JSON for each;
`share` is the encoder's part, which no server on these cores can exceed as its share of
(1 / encode time) × cores.
"""

import argparse
import json
import resource
import statistics
from collections.abc import Iterator
from pathlib import Path

from api.http.inputs import RawQuery, make_query
from api.settings import load_settings
from api.wiring.pipeline import build_pipeline
from benchmarks.machine import describe
from benchmarks.server import ROOT
from knowledge.viewer import OPERATOR
from search.pipeline import Pipeline
from vlm.images import ImageLimits
from vlm.images.decoding import decode_here
from vlm.readers.extractive import ExtractiveReader

_QUESTIONS = ("Is it still there today?", "When was it built?", "What is it used for today?")
_STAGES = ("decode", "encode", "retrieve", "picture", "read")
_WARM = 6


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--index", required=True, help="of the bundled corpora")
    parser.add_argument("--questions", type=int, default=60)
    options = parser.parse_args()
    pipeline = build_pipeline(load_settings(index=options.index), bulk=True)
    with pipeline.index:
        print(json.dumps({"reader": "one core", **measure(pipeline, options.questions)}))
        pipeline.reader = ExtractiveReader()
        print(json.dumps({"reader": "all cores", **measure(pipeline, options.questions)}))
    print(json.dumps({"machine": describe()}))


def measure(pipeline: Pipeline, questions: int) -> dict[str, float]:
    """Mean milliseconds of processor time of each stage, and the encoder's share of them."""
    costs = [_cost(pipeline, number) for number in range(_WARM + questions)][_WARM:]
    means = [1e3 * statistics.fmean(of) for of in zip(*costs, strict=True)]
    figures = {name: round(mean, 1) for name, mean in zip(_STAGES, means, strict=True)}
    return {**figures, "share": round(means[1] / sum(means), 3)}


def _cost(pipeline: Pipeline, number: int) -> list[float]:
    photos = sorted((ROOT / "data" / "landmarks" / "photos").iterdir())
    raw = RawQuery(question=_QUESTIONS[number % len(_QUESTIONS)])
    data = Path(photos[7 * number % len(photos)]).read_bytes()

    def stages() -> Iterator[float]:
        # In this process: what decoding in another one takes is in no clock of ours.
        decode_here(data, pipeline.photo_size, limits=ImageLimits())
        yield _processor_seconds()
        size = pipeline.photo_size
        query = make_query([data], raw, limits=ImageLimits(), size=size, viewer=OPERATOR)
        started_at.append(_processor_seconds())
        vectors = pipeline.encode(query)
        yield _processor_seconds()
        found = pipeline.retrieve(query, vectors)
        yield _processor_seconds()
        found = pipeline.with_picture(query, found)
        yield _processor_seconds()
        pipeline.answer(query, found)
        yield _processor_seconds()

    started_at = [_processor_seconds()]
    decoded, encoded, retrieved, compared, answered = stages()
    begin, queried = started_at
    return [
        decoded - begin,
        encoded - queried,
        retrieved - encoded,
        compared - retrieved,
        answered - compared,
    ]


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
