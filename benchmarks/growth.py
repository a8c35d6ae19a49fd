"""Does anything that reads a text take longer than its length warrants?

    python -m benchmarks.growth [NAME …]

Each function is fed texts of one pattern, repeated until they are 8,000, 32,000 and 128,000
characters long (512,000, where a step looked steep). It fails where its processor time grows by
more than n·log n from one size to the next, or where a call takes more than its limit. A call runs
in a process of its own, so that one that takes for ever costs its limit. Exit code 1 if anything
fails.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache, partial
from itertools import pairwise, product
from math import log
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import ValidationError

from knowledge.documents import Document, Passage
from knowledge.isolation import IsolationError, Workers

SIZES = (8_000, 32_000, 128_000)
LIMIT_SECONDS = 60.0
"""After which a call is stopped, by the clock: the machine may be busy with other things."""
TIMED = "benchmarks.growth:timed"
MOST_SECONDS = 2.0
"""Processor time that a call may take at the largest size."""
MOST_SECONDS_OF_FILE = 8.0
"""The same for a file, which may hold 60,000 rows, each a document."""
IGNORED_SECONDS = 0.1
"""Below this the clock and the warm-up say more than the function."""
MARGIN = 2.0
"""By which a step may exceed n·log n: caches fill, and the machine is shared."""

PATTERNS: dict[str, str] = {
    "words": "The old mill by the river was built in 1901 and stands there still. ",
    "no border": "which was built in 1901 and ",
    "demolished": "was demolished in 1961 and rebuilt in 1972 and ",
    "commas": "a, b, c, ",
    "capitals": "Saint Mary's Church Tower Hall ",
    "initials": "A. B. C. D. ",
    "digits": "1901",
    "years": "1901, 1902, 1903 and ",
    "year spans": "1901–1902/1903-04 ",
    "stops": ". ",
    "dots": ".",
    "spaces": " ",
    "newlines": "\n",
    "short lines": "a\n",
    "hyphens": "a-\n",
    "quotes": '"a" “b ',
    "open quotes": '"',
    "brackets": "(",
    "square": "[a](",
    "stars": "*a **b ",
    "backticks": "`a ",
    "tables": "| a | b\n",
    "lists": "- a\n  - b\n",
    "html": "<a href='x'>",
    "entities": "&amp;&#x26;",
    "colons": "Name: value\n",
    "dashes": "---\n",
    "hashes": "# a\n",
    "one letter": "a",
    "accents": "e\u0301\u0300\u0323",
    "combining": "\u0301",
    "chinese": "这座桥建于1901年,至今仍在使用。",
    "chinese no border": "该建筑建于一九〇一年并",
    "chinese commas": "一,二、",
    "chinese digits": "一九〇一年",
    "era": "光绪二十七年民国三十七年",
    "han": "桥",
    "is": "This is the view is ",
    "still": "still not no longer never ",
    "possessives": "the king's mother's house's ",
    "slashes": "1/2/3/",
    "mixed": "桥 bridge 1901 ",
    "relatives": "which was built in 1901 and who was not demolished until 1961 but ",
    "negations": "was not ",
    "months": "May 3, 1901, June 1902 ",
    "saints": "St. ",
    "abbreviations": "Mr. St. No. 5 vol. J. ",
    "quoted": "“Old Mill” 'a' \"b\" «c» ",
    "nested brackets": "([{<“‘",
    "closed brackets": "(a) [b] (c, d) ",
    "parts": "the tower of the church of the hall of ",
    "built": "built ",
    "began": "begun finished ended ",
    "since": "since 1901 until 1902 ",
    "in the same year": "It was built in 1901. In the same year it was opened. ",
    "cells": "Year: 1901. Event: Opened. ",
    "of the": "of the fair of 1937 ",
    "about": "about (about c. 1901, ",
    "before the era": "515 BC – 510 BC, ",
    "names": "Old Mill of Old Mill ",
    "misspelt": "Olfd Mlil Templle ",
    "surrogates": "\ud800",
    "full width": "１９０１年，ﬀ",
    "chinese parts": "教堂的塔楼的钟楼的",
    "chinese negations": "未不没有并非",
    "chinese quotes": "“‘「『《",
    "quote fields": '" "y,"\n',
    "json arrays": "[",
    "json objects": '{"a":',
    "json numbers": "9",
    "yaml": "- - a: [b, {c: ",
    "anchors": "&a *a !!b ",
    "quotations": "> ",
    "references": "[a]: b\n",
    "images": "![a](b.jpg ",
    "setext": "a\n=\n",
    "underscores": "_a __b ",
    "comments": "<!-- ",
    "base64": "QUJD",
    "backslashes": "\\",
    "stars and dots": "/**/*",
    "zero width": "\u200b\u202e",
}
"""Name → what is repeated. Each is the shape that some regular expression or loop dislikes."""


def text_functions() -> dict[str, Callable[[str], object]]:
    """Name → a function of one text, of all that meet texts of strangers."""
    return {**_of_knowledge(), **_of_corpora(), **_of_readers(), **_of_search(), **_of_requests()}


def _of_knowledge() -> dict[str, Callable[[str], object]]:
    from knowledge import bm25, dates, language, sentences
    from knowledge.chunks import chunk

    return {
        "sentences": sentences.split_sentences,
        "chunks": lambda text: chunk("c/d", text, count_tokens=_count, max_tokens=64),
        "dates.years": dates.find_years,
        "dates.periods": dates.find_periods,
        "dates.prose": dates.find_dates,
        "language.guess": language.guess_language,
        "language.script": language.script_language,
        "language.quotation": lambda text: language.language_of_quotation(text, "de"),
        "language.fold": language.fold,
        "bm25": lambda text: bm25.Bm25().encode_documents([text]),
        "bm25.query": lambda text: bm25.Bm25().encode_query(text),
    }


def _of_corpora() -> dict[str, Callable[[str], object]]:
    from knowledge.corpus import front, markdown
    from knowledge.corpus import text as texts
    from knowledge.corpus.columns import NO_COLUMNS, assign_roles
    from knowledge.corpus.photos import match_photos

    return {
        "text.clean": texts.clean,
        "text.one_line": texts.one_line,
        "text.humanise": texts.humanise,
        "text.slug": texts.slug,
        "text.unwrap": texts.unwrap,
        "text.reflow": texts.reflow_page,
        "text.fact": lambda text: texts.fact_line(text, text),
        "markdown": markdown.to_prose,
        "markdown image": lambda text: markdown.image_path(text, folder="knowledge"),
        "front": lambda text: front.split_front(f"---\nx: {text}\n---\nbody"),
        "front raw": lambda text: front.split_front(f"---\n{text}\n---\nbody"),
        "front json": front.parse_json,
        "columns": lambda text: assign_roles(
            NO_COLUMNS, list(dict.fromkeys(text.split())), [{"a": text}]
        ),
        "photo pattern": lambda text: list(match_photos(Path("/nowhere"), text)),
    }


def _of_readers() -> dict[str, Callable[[str], object]]:
    import numpy as np

    from vlm.chronology import (
        asked_kinds,
        asks_existence,
        asks_when,
        asks_yes_no,
        chronology_from_payload,
        chronology_of,
        chronology_payload,
        timeline,
        year_event_of,
    )
    from vlm.readers import Candidate, Reading, fits_what_is_asked
    from vlm.readers.extractive import ExtractiveReader
    from vlm.readers.extractive import agreement as agreements
    from vlm.readers.extractive.network import Scores
    from vlm.readers.extractive.spans import find_spans
    from vlm.readers.extractive.windows import Window, windows_of

    reader = ExtractiveReader()

    def read(question: str, *candidates: Candidate) -> object:
        return reader.read(Reading(question, "en", (), candidates, known=True))

    def candidate(title: str, *texts: str, aliases: tuple[str, ...] = ()) -> Candidate:
        passages = tuple(
            Passage("c/d", ordinal, text, ordinal * 2 * 10**6, ordinal * 2 * 10**6 + len(text))
            for ordinal, text in enumerate(texts)
        )
        return Candidate("c/d", title, aliases, "en", passages)

    def read_text(question: str, text: str) -> object:
        return read(question, candidate("Old Mill", text))

    said = "The Old Mill was built in 1901. It was demolished in 1961."

    def spans(text: str) -> object:
        passage = _passage(text)
        window = Window(0, candidate("Old Mill", text), "Old Mill", (passage,))
        ends = np.arange(4, len(text) + 4, 4)
        scores = Scores(
            starts=np.zeros(len(ends), np.float32), ends=np.zeros(len(ends), np.float32),
            offsets=np.stack([ends - 4, ends], axis=1), nothing=0.0, answerable=None,
            statuses=None, verdicts=None,
        )  # fmt: skip
        return find_spans(window, scores)

    return {
        "chronology": lambda text: chronology_of(_document(text)),
        "chronology names": lambda text: chronology_of(_named(text)),
        "chronology stored": lambda text: timeline(
            chronology_from_payload(chronology_payload(chronology_of(_document(text))))
        ),
        "asks existence": asks_existence,
        "asks when": asks_when,
        "asks yes or no": asks_yes_no,
        "asked kinds": asked_kinds,
        "year event": lambda text: year_event_of(text, 1901),
        "windows": lambda text: windows_of(
            Reading(text, "en", (), (candidate(text, *_pieces(text, 600)),)), _count
        ),
        "spans": spans,
        "agreement": lambda text: agreements.agreement(text, candidate("Old Mill", text)),
        "agreement names": lambda text: agreements.names_share(text, candidate(text, said)),
        "agreement title": lambda text: agreements.is_named(text, candidate("Old Mill", said)),
        "agreement another": lambda text: agreements.is_about_another(
            text, candidate("Mill", said, aliases=tuple(_pieces(text, 60)))
        ),
        "agreement fits": lambda text: fits_what_is_asked(text, text),
        **{f"reader {question}": partial(read_text, question) for question in _QUESTIONS},
        "reader passages": lambda text: read("When?", candidate("Old Mill", *_pieces(text, 600))),
        "reader question": lambda text: read(text, candidate("Old Mill", said)),
        "reader names": lambda text: read("Is it there?", candidate(text, said, aliases=(text,))),
        "reader aliases": lambda text: read(
            "Is the Old Mill there?", candidate("Mill", said, aliases=tuple(_pieces(text, 60)))
        ),
        "tokenizer": _tokenizer(),
    }


def _of_search() -> dict[str, Callable[[str], object]]:
    from search.citation import Citation, check_citation, find_quote, year_stands_in
    from search.conflicts import contradictions, same_subject
    from search.evidence import Subject
    from search.grounding import grounded, says_nothing, says_only
    from search.names import check_spelling, documents_named
    from search.topic_words import TopicWords
    from vlm.chronology import chronology_of
    from vlm.readers import Draft

    words = TopicWords()

    def subject(text: str, id: str) -> Subject:
        document = replace(_document(text), id=id)
        passages = tuple(
            Passage(f"c/{id}", n, piece, n * 600, n * 600 + len(piece))
            for n, piece in enumerate(_pieces(text, 600))
        )
        return Subject(
            document, 1, {}, {}, None, passages=passages, chronology=chronology_of(document)
        )

    def cited(text: str) -> Citation:
        return Citation(_passage(text), text, 0, len(text))

    def check(text: str) -> object:
        draft = Draft(text="", passage_id="c/d#0", quote=text, year=1901)
        return check_citation(draft, {"c/d#0": _passage(text)})

    return {
        "citation.quote": lambda text: find_quote(text, text),
        "citation.no quote": lambda text: find_quote(text[: len(text) // 2] + "§", text),
        "citation.year": lambda text: year_stands_in(-1901, text),
        "citation.check": check,
        "grounding.nothing": lambda text: says_nothing(
            Draft(text="", value=text[:600]), cited(text), _named(text), text
        ),
        "grounding.only": lambda text: says_only(
            text, text, document=_named(text), question=text, exists=None
        ),
        "grounding.value": lambda text: grounded(
            Draft(text=text, value=text, current_use=text, year=1901, year_event="built"),
            cited(text),
            _named(text),
            question="When was it built?",
            language="en",
        ),
        "names.question": lambda text: documents_named(text, [_document("")]),
        "names.title": lambda text: documents_named("The Old Mill", [_named(text)]),
        "names.both": lambda text: documents_named(text, [_named(text)]),
        "names.spelling": lambda text: check_spelling(f"a {text}", [_named(text)], [text]),
        "names.respelling": lambda text: (
            found.names_of(_named(text))
            if (found := check_spelling(f"Is the Templle {text}", [_named(f"Temple {text}")], []))
            else None
        ),
        "conflicts": lambda text: contradictions([subject(text, "a"), subject(f"x {text}", "b")]),
        "conflicts.same": lambda text: same_subject(_named(text), replace(_named(text), id="e")),
        "topic words": words.in_question,
    }


def _of_requests() -> dict[str, Callable[[str], object]]:
    from api.http.chat_messages import ChatIn, decode_data_url, read_chat
    from api.http.documents_in import DocumentIn, read_json
    from api.http.inputs import parse_filters, parse_region, parse_schema
    from search.query import Query
    from vlm.readers.json_schema import closed_schema, violation
    from vlm.readers.schema import draft_from

    schema = {"type": "object", "properties": {"a": {"type": "string", "enum": ["b"]}}}

    def chat(text: str) -> object:
        messages = [{"role": "user", "content": piece} for piece in _pieces(text, 60)]
        return read_chat(ChatIn.model_validate({"model": "m", "messages": messages}))

    def answer(text: str) -> object:
        from vlm.readers import Candidate, Reading

        candidate = Candidate("c/d", "Old Mill", (), "en", (_passage(text),))
        return draft_from(text, Reading("When?", "en", (), (candidate,)), schema)

    return {
        "chat": chat,
        "data url": lambda text: decode_data_url(f"data:image/png;base64,{text}"),
        "data url head": lambda text: decode_data_url(f"data:{text}"),
        "sent json": lambda text: read_json(text, field="x"),
        "sent document": lambda text: DocumentIn.read(
            {"title": text, "text": text, "aliases": [text], text: text}, field="document"
        ).update(corpus="c", id="d"),
        "filters": parse_filters,
        "region": parse_region,
        "query": lambda text: Query(question=text),
        "schema": parse_schema,
        "schema closed": lambda text: closed_schema(
            {"type": "object", "properties": {text: {"type": "string"}}}
        ),
        "schema check": lambda text: violation({"a": text, text: text}, schema),
        "model answer": answer,
    }


_QUESTIONS = (
    "When was it built?", "Is it still there?",
    "When was the Old Mill demolished?", "Who built it?",
    "What is it used for today?", "In which century?", "它还在吗？", "它是什么时候建成的？",
)  # fmt: skip


def _pieces(text: str, length: int) -> list[str]:
    return [text[start : start + length] for start in range(0, len(text), length)]


def _named(text: str) -> Document:
    """A document whose names a stranger wrote."""
    aliases = tuple(_pieces(text, 60))
    return replace(_document("It was built in 1901."), title=text, aliases=aliases, place=text)


def _as_csv(text: str) -> str:
    cell = text.replace('"', '""')
    return f'id,text,photo\n1,"{cell}","{cell}"\n'


FILES: dict[str, tuple[str, Callable[[str], str]]] = {
    "a text file": ("a.txt", lambda text: text),
    "a Markdown file": ("a.md", lambda text: text),
    "a corpus folder": ("knowledge/a.md", lambda text: f"---\nid: a\ntitle: A\n---\n{text}"),
    "CSV": ("a.csv", lambda text: f"id,text\n{text}"),
    "a cell of CSV": ("a.csv", _as_csv),
    "the header of CSV": ("a.csv", lambda text: f"{text}\n{text}"),
    "JSON lines": ("a.jsonl", lambda text: f'{{"a": 1}}\n{text}'),
    "a JSON array": ("a.json", lambda text: f'[{{"a": 1}}, {text}'),
    "a string of JSON": ("a.json", lambda text: json.dumps([{"text": text, "photo": text}])),
}
"""Name → a file's name, and what of a text is written into it; all are read as a corpus."""


def _tokenizer() -> Callable[[str], object]:
    from vlm.encoders.onnx import _read_tokenizer

    tokenizer = _read_tokenizer(Path("data/models/starter/tokenizer.json"))
    return lambda text: tokenizer.encode(text.encode("utf-8", "replace").decode())


def _document(text: str) -> Document:
    return Document(corpus="c", id="d", title="Old Mill", text=text, language="en", source="s")


def _passage(text: str) -> Passage:
    return Passage(document_id="c/d", text=text, start=0, end=len(text), ordinal=0)


def _count(text: str) -> int:
    return len(text) // 4 + 1


def _read_corpus(file: Path) -> object:
    from knowledge.corpus import open_corpus

    return sum(1 for _ in open_corpus(file).read())


@cache
def _functions() -> dict[str, Callable[[str], object]]:
    return text_functions()


def timed(
    _: list[bytearray], *, name: str, pattern: str, size: int, file: str
) -> tuple[dict[str, Any], list[bytes]]:
    """What a process does: the seconds of one call, the better of two where it is short."""
    from knowledge.errors import SnapCiteError

    seconds = []
    for attempt in range(2):
        # Another text each time, as what is computed of one may be cached.
        text = text_of(pattern, size - attempt)
        started = time.process_time()
        with suppress(SnapCiteError, ValidationError):  # refusing a text is an answer, too
            if file:
                _read_corpus(Path(file))
            else:
                _functions()[name](text)
        seconds.append(time.process_time() - started)
        if seconds[0] > 1.0:
            break
    return {"seconds": min(seconds)}, []


def text_of(pattern: str, size: int) -> str:
    """A text of `size` characters, the pattern repeated."""
    return (pattern * (size // len(pattern) + 1))[:size]


def failures(
    names: Sequence[str],
    *,
    sizes: Sequence[int] = SIZES,
    patterns: Sequence[str] = tuple(PATTERNS),
    limit_seconds: float = LIMIT_SECONDS,
) -> Iterator[tuple[str, str, list[float], str]]:
    """Function, pattern, seconds by size, and what is wrong ("" where nothing is)."""
    workers = Workers(1, memory_bytes=2 * 2**30)
    try:
        for name, label in product(names, patterns):
            measured = partial(_seconds, workers, name, PATTERNS[label], limit=limit_seconds)
            seconds: list[float] = []
            try:
                for size in sizes:
                    seconds.append(measured(size))
                most = MOST_SECONDS_OF_FILE if name in FILES else MOST_SECONDS
                wrong = unfair(seconds, sizes, most=most)
                if wrong and seconds[-1] < most:
                    # Where a function takes another way beyond some size, one step looks steep.
                    seconds.append(measured(sizes[-1] * 4))
                    wrong = unfair(seconds[-2:], (sizes[-1], sizes[-1] * 4), most=4 * most)
            except IsolationError as error:
                wrong = f"after {len(seconds)} sizes: {error}"
            yield name, label, seconds, wrong
    finally:
        workers.close()


def _seconds(workers: Workers, name: str, pattern: str, size: int, limit: float) -> float:
    arguments = {"name": name, "pattern": pattern, "size": size, "file": ""}
    with TemporaryDirectory() as folder:
        if name in FILES:  # the process may write no file
            relative, written = FILES[name]
            file = Path(folder) / relative
            file.parent.mkdir(exist_ok=True)
            file.write_text(written(text_of(pattern, size)), "utf-8", errors="surrogatepass")
            arguments["file"] = str(folder if file.parent != Path(folder) else file)
        return float(workers.run(TIMED, arguments, seconds=limit).values["seconds"])


def unfair(seconds: Sequence[float], sizes: Sequence[int], *, most: float = MOST_SECONDS) -> str:
    """What is wrong with the seconds that a call takes at each size; "" if nothing is."""
    for (before, small), (after, large) in pairwise(zip(seconds, sizes, strict=False)):
        fair = large * log(large) / (small * log(small)) * MARGIN
        if after > IGNORED_SECONDS and after > fair * max(before, IGNORED_SECONDS / 4):
            return f"grows {after / before:.0f} times where {fair:.0f} are fair"
    if seconds and seconds[-1] > most:
        return f"takes {seconds[-1]:.1f} s where {most:g} s are allowed"
    return ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="functions; all if none is named")
    names = parser.parse_args().names or [*_functions(), *FILES]
    found, slowest = 0, 0.0
    for name, label, seconds, wrong in failures(names):
        if wrong:
            found += 1
            figures = " ".join(f"{value:.3f}" for value in seconds)
            print(f"{name:20} {label:18} {figures:24} {wrong}", flush=True)
        slowest = max([slowest, *seconds])
    print(f"{len(names)} functions, {len(PATTERNS)} patterns: {found} failures, {slowest:.2f} s")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
