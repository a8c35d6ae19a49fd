"""Write the held-out XQuAD paragraphs as a corpus of two languages, with test sets across them.

    python mixed.py OUT FOLDER

Every other paragraph is kept in English and the rest in Chinese, under titles that say nothing, so
that a question can only be found by what it asks. `FOLDER/knowledge` is the corpus;
`FOLDER/en_on_zh/testset.jsonl` and its three siblings are the questions by their language and their
paragraph's. `snapcite index` and `scripts/measure_fusion.py` take them.
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path

from reader.examples import pair_of, read_rows

SOURCES = ("xquad_en_zh", "squad_dev")
LANGUAGES = ("en", "zh")


def main() -> None:
    """Choose a language for each paragraph and write both kinds of file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    rows = [row for row in read_rows(options.out / "held_out.jsonl") if row["source"] in SOURCES]
    texts: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for row in rows:
        texts[pair_of(row)][row["language_context"]] = row["context"]
    chinese = {each["en"]: each["zh"] for each in texts.values() if len(each) == len(LANGUAGES)}
    knowledge = options.folder / "knowledge"
    knowledge.mkdir(parents=True, exist_ok=True)
    names: dict[str, str] = {}
    for number, english in enumerate(sorted(chinese)):
        language, name = LANGUAGES[number % 2], f"p{number}"
        text = english if language == "en" else chinese[english]
        names[text] = name
        head = f"---\nid: {name}\ntitle: {name}\nlanguage: {language}\nsource: XQuAD\n---\n"
        (knowledge / f"{name}.md").write_text(head + text + "\n", encoding="utf-8")
    asked: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for row in rows:
        if row["answerable"] and row["context"] in names:
            part = f"{row['language_question']}_on_{row['language_context']}"
            asked[part][row["question"]] = names[row["context"]]
    for part, questions in asked.items():
        lines = [
            json.dumps(
                {"id": f"{part}-{number}", "photo": None, "question": question,
                 "language": part[:2], "kind": "other_fact", "document": document,
                 "exists": None, "year": None, "answer": None},
                ensure_ascii=False,
            )
            for number, (question, document) in enumerate(questions.items())
        ]  # fmt: skip
        (options.folder / part).mkdir(exist_ok=True)
        text = "\n".join(lines) + "\n"
        (options.folder / part / "testset.jsonl").write_text(text, encoding="utf-8")
        print(f"{part}: {len(lines)} questions")


if __name__ == "__main__":
    main()
