"""The kind `encyclopaedia`: paragraphs that the reader's training held out, in two languages.

Reads `held_out.jsonl`, which scripts/reader/examples.py writes. English and Chinese paragraphs
become corpora of their own with an index each, since every paragraph is there in both languages
and a question across languages is to be answered from the other one.
"""

from pathlib import Path
from random import Random

from kinds.corpus import label, read_lines, write_document, write_lines
from knowledge.sentences import split_sentences

SOURCES = ("squad_dev", "xquad_en_zh")
LANGUAGES = ("en", "zh")
_TITLE_CHARS = {"en": 60, "zh": 20}


def make_encyclopaedia(held_out: Path, out: Path, *, most: int, seed: int) -> list[str]:
    """Write a corpus a language, with `most` questions in all, in both languages.

    Left out are questions that were put to a wrong paragraph where the right one is indexed too.

    Returns:
        The corpora's names, one a language.

    Raises:
        OSError: the file of what was held out is missing.
    """
    rows = [row for row in read_lines(held_out) if row["source"] in SOURCES]
    answered = {_question_id(row["id"]) for row in rows if row["answerable"]}
    for language in LANGUAGES:
        folder = out / language
        ids: dict[str, str] = {}
        questions = []
        for row in rows:
            if row["language_context"] != language:
                continue
            context = row["context"]
            id_ = ids.setdefault(context, f"paragraph_{language}_{len(ids) + 1:02}")
            if row["answerable"] or _question_id(row["id"]) not in answered:
                asked = row["language_question"]
                values = list(dict.fromkeys(answer["text"] for answer in row["answers"]))
                questions.append(
                    label(row["id"], row["question"], asked, document=id_, values=values)
                )
        for context, id_ in ids.items():
            title = opening(context, _TITLE_CHARS[language])
            write_document(folder, id_, title=title, language=language, body=context)
        drawn = Random(seed).sample(questions, min(most // len(LANGUAGES), len(questions)))
        write_lines(folder / "testset.jsonl", drawn)
    return list(LANGUAGES)


def opening(text: str, characters: int) -> str:
    """The beginning of a text that has no title, whole words.

    >>> opening("The city has two universities. More follows.", 20)
    'The city has two…'
    """
    start, end = split_sentences(text)[0]
    sentence = text[start:end].strip().rstrip(".。")
    if len(sentence) <= characters:
        return sentence
    cut = sentence[:characters]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut) + "…"


def _question_id(id_: str) -> str:
    return id_.rsplit(":", 1)[-1].rsplit("-", 1)[-1]
