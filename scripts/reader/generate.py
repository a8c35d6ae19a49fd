"""Make questions with texts and records to train on.

    python generate.py QA_FOLDER OUT.jsonl [--count 90000] [--seed 14]

The same count, seed and question files give the same file. Knows how much is made of what; the
`generator` package knows what is said and asked. Real sentences, records and paragraphs come from
the training part of the question files.
"""

import argparse
import json
from collections import Counter
from itertools import pairwise
from pathlib import Path
from random import Random

from reader.examples import held_out, read_rows, sentence_starts
from reader.generator.compose import Row, make_rows
from reader.generator.lives import make_life
from reader.generator.real import ask_paragraphs, ask_records

LIVES = 0.2
"""Of the made texts: lives of things, with many dates."""
PARAGRAPHS = 6000
"""Questions put to paragraphs that do not answer them."""
_ENGLISH = ("squad_dev", "squad_train_part", "qed_nq", "quoref_part", "boolq_dev")
_CHINESE = ("cmrc2018", "drcd")


def main() -> None:
    """Write the rows and print what they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("qa", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=170_000)
    parser.add_argument("--seed", type=int, default=14)
    options = parser.parse_args()
    random = Random(options.seed)
    real = [row for path in sorted(options.qa.glob("*.jsonl")) for row in read_rows(path)]
    held = held_out(real)
    real = [row for row in real if row["id"] not in held]
    sentences = {
        "en": real_sentences([row for row in real if row["source"] in _ENGLISH], random),
        "zh": real_sentences([row for row in real if row["source"] in _CHINESE], random),
    }
    paragraphs = [row for row in real if row["source"] in _ENGLISH + _CHINESE]
    rows = list(ask_records(real, random))
    rows += ask_paragraphs(paragraphs, PARAGRAPHS, random)
    while len(rows) < options.count:
        rows += make_life(random) if random.random() < LIVES else make_rows(random, sentences)
    counts: Counter[str] = Counter()
    with options.out.open("w", encoding="utf-8") as file:
        for number, row in enumerate(rows):
            group = "generated" if row["status"] is None else "ends"
            named = {"id": f"generated:{number}", "source": "generated", "group": group}
            file.write(json.dumps(named | row, ensure_ascii=False) + "\n")
            counts["answerable" if row["answerable"] else "unanswerable"] += 1
            counts[f"{row['language_question']} > {row['language_context']}"] += 1
            counts[f"status {row['status']}"] += 1
            counts["record" if row["record"] else "prose"] += 1
            counts["yes/no"] += "yes_no" in row
            counts[f"group {row.get('group', 'generated')}"] += 1
    for name, count in counts.most_common():
        print(f"{count:7} {name}")


def real_sentences(rows: list[Row], random: Random) -> list[str]:
    """Sentences of moderate length, those of a paragraph next to each other."""
    contexts = sorted({row["context"] for row in rows})
    random.shuffle(contexts)
    sentences = []
    for context in contexts:
        bounds = [*sentence_starts(context), len(context)]
        for start, end in pairwise(bounds):
            sentence = context[start:end].strip()
            if 15 <= len(sentence) <= 180 and "\n" not in sentence:
                sentences.append(sentence)
    return sentences


if __name__ == "__main__":
    main()
