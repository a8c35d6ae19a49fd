"""Does anything that reads a text take longer than its length warrants?

    python -m benchmarks.growth [NAME …]

Each function is fed texts of one pattern, repeated until they are 8,000, 32,000 and 128,000
characters long. It fails where the time grows by more than n·log n from one size to the next, or
where a call takes more than its limit. A call runs in a process of its own, so that one that takes
for ever costs its limit. Exit code 1 if anything fails.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from math import log
from typing import Any

from knowledge.documents import Document, Passage
from knowledge.isolation import IsolationError, Workers

SIZES = (8_000, 32_000, 128_000)
LIMIT_SECONDS = 20.0
TIMED = "benchmarks.growth:timed"
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
}
"""Name → what is repeated. Each is the shape that some regular expression or loop dislikes."""


def text_functions() -> dict[str, Callable[[str], object]]:
    """Name → a function of one text, of all that meet texts of strangers."""
    from knowledge import bm25, dates, language, sentences
    from knowledge.chunks import chunk
    from knowledge.corpus import front, markdown
    from knowledge.corpus import text as texts

    return {
        "sentences": sentences.split_sentences,
        "chunks": lambda text: chunk("c/d", text, count_tokens=_count, max_tokens=64),
        "dates.years": dates.find_years,
        "dates.periods": dates.find_periods,
        "language.guess": language.guess_language,
        "language.fold": language.fold,
        "bm25": lambda text: bm25.Bm25().encode_documents([text]),
        "text.clean": texts.clean,
        "text.one_line": texts.one_line,
        "text.humanise": texts.humanise,
        "text.slug": texts.slug,
        "text.unwrap": texts.unwrap,
        "text.reflow": texts.reflow_page,
        "markdown": markdown.to_prose,
        "front": lambda text: front.split_front(f"---\nx: {text}\n---\nbody"),
        "front raw": lambda text: front.split_front(f"---\n{text}\n---\nbody"),
    }


def _document(text: str) -> Document:
    return Document(corpus="c", id="d", title="Old Mill", text=text, language="en", source="s")


def _passage(text: str) -> Passage:
    return Passage(document_id="c/d", text=text, start=0, end=len(text), ordinal=0)


def _count(text: str) -> int:
    return len(text) // 4 + 1


@cache
def _functions() -> dict[str, Callable[[str], object]]:
    return text_functions()


def timed(
    _: list[bytearray], *, name: str, pattern: str, size: int
) -> tuple[dict[str, Any], list[bytes]]:
    """What a process does: the seconds of one call, the better of two where it is short."""
    text = (pattern * (size // len(pattern) + 1))[:size]
    function = _functions()[name]
    seconds = []
    for _attempt in range(2):
        started = time.process_time()
        try:
            function(text)
        except Exception as error:
            from knowledge.errors import InputError

            if not isinstance(error, InputError):
                raise
        seconds.append(time.process_time() - started)
        if seconds[0] > 1.0:
            break
    return {"seconds": min(seconds)}, []


def failures(names: list[str]) -> Iterator[tuple[str, str, list[float], str]]:
    """Function, pattern, seconds by size, and what is wrong ("" where nothing is)."""
    workers = Workers(1, memory_bytes=2 * 2**30)
    for name in names:
        for label, pattern in PATTERNS.items():
            seconds: list[float] = []
            wrong = ""
            for size in SIZES:
                try:
                    arguments = {"name": name, "pattern": pattern, "size": size}
                    result = workers.run(
                        "benchmarks.growth:timed", arguments, seconds=LIMIT_SECONDS
                    )
                except IsolationError as error:
                    wrong = f"at {size:,} characters: {error}"
                    break
                seconds.append(result.values["seconds"])
            for before, after, small, large in zip(
                seconds, seconds[1:], SIZES, SIZES[1:], strict=False
            ):
                fair = large * log(large) / (small * log(small)) * MARGIN
                if after > IGNORED_SECONDS and after > fair * max(before, IGNORED_SECONDS / 4):
                    wrong = wrong or f"grows {after / before:.0f} times where {fair:.0f} are fair"
            yield name, label, seconds, wrong
    workers.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="functions; all if none is named")
    names = parser.parse_args().names or list(_functions())
    found = slowest = 0
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
