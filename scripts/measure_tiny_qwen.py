"""Measure how well `data/models/tiny-qwen3-vl/` reads held-back examples in the product's reader.

    OMP_NUM_THREADS=1 python scripts/measure_tiny_qwen.py [--count 500] [--model FOLDER]

Training never saw the names and looks of held-back places together. An answer is right if the whole
draft is right: subject, passage, quotation, year and every other field.
"""

import argparse
import json
import random
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from tiny_world import SENTENCES, Example, Mix, drawn, questions

from vlm.readers.qwen3_vl import QwenOptions, QwenReader
from vlm.readers.schema import answer_schema, draft_from

FOLDER = Path(__file__).resolve().parents[1] / "data" / "models" / "tiny-qwen3-vl"
SEED = 2_000_000_000
TOGETHER = 25


def main() -> None:
    """Ask, compare, print shares as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=FOLDER)
    parser.add_argument("--count", type=int, default=500)
    options = parser.parse_args()
    reader = QwenReader(
        str(options.model),
        options=QwenOptions(max_batch=TOGETHER),
    )
    rng = random.Random(SEED)
    examples = [questions(rng, Mix(), 1, held_back=True)[0] for _ in range(options.count)]
    readings = [drawn(one, rng) for one in examples]
    with ThreadPoolExecutor(TOGETHER) as pool:
        drafts = list(pool.map(reader.read, readings))
    reader.close()
    right: dict[str, list[bool]] = defaultdict(list)
    for example, reading, draft in zip(examples, readings, drafts, strict=True):
        true = draft_from(example.answer, reading, answer_schema(reading))
        for name in ("whole answer", case(example)):
            right[name].append(replace(draft, signals={}) == true)
        right["subject"].append(draft.document_id == true.document_id)
        right["passage"].append(draft.passage_id == true.passage_id)
        right["year"].append(draft.year == true.year)
        right["abstains or not"].append((draft.passage_id is None) == (true.passage_id is None))
    shares = {name: round(sum(of) / len(of), 4) for name, of in right.items()}
    print(json.dumps({"count": options.count, "right": shares}, indent=2))


def case(example: Example) -> str:
    """What kind of example it is."""
    answer = json.loads(example.answer)
    if answer["subject"] is None:
        return "photo of no candidate"
    if answer["source"] is None:
        return "no passage says"
    if not example.looks:
        return "by name, without a photo"
    named = next(c for c in example.reading.candidates if c.document_id == answer["subject"])
    if not any(SENTENCES["look"] in passage.text for passage in named.passages):
        return "photo of a candidate whose look only its reference photo tells"
    return "photo of a candidate"


if __name__ == "__main__":
    main()
