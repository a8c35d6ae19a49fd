"""The grammar of an answer: what its JSON schema cannot say about one field by another.

A JSON schema made for a question knows every passage, but not which of them an answer chose. The
grammar has one branch for each candidate and, in it, one for each passage: `source` is a passage of
the chosen subject or null, `quote` is words of that passage one after the other, `value` likewise,
and `year` is a year of that passage. `exists` and what else follows from a quotation are as the
schema says. Written for llguidance (https://github.com/guidance-ai/llguidance, docs/syntax.md).
Knows no model.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from vlm.readers.base import Candidate, Reading
from vlm.readers.json_schema import Schema
from vlm.readers.schema import years_in

LAYOUT: Mapping[str, Any] = {
    "whitespace_flexible": False,
    "item_separator": ", ",
    "key_separator": ": ",
}
"""As `json.dumps` writes it. A weak model that can choose its white space never stops."""

MOST_CHUNKS = 4_000
"""Most chunks of a passage whose quotations are constrained; about 4,000 words, or as many Chinese
characters. The words of a longer passage are free, and the check of the citation alone holds."""

LONGEST_CHUNK = 24
"""Most bytes of a chunk: a longer word is cut, so that a quotation can always end soon."""

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
"""Thai, Lao, Burmese, Khmer, kana and Chinese characters: no spaces stand between their words."""

_CHUNK = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+|\s|[^\w\s]")

_STRING = {"type": "string"}
_NOT_SAID = 'null, "quote": ""'
"""What follows the key `source` where no passage answers."""


def chunks_of(text: str) -> list[str]:
    """The pieces at which a quotation of `text` may begin and end, as they stand in a JSON string.

    Words, numbers, signs and white space of scripts with spaces; single characters of the others.

    >>> chunks_of('Built "1889", 建于')
    ['Built', ' ', '\\\\"', '1889', '\\\\"', ',', ' ', '建', '于']
    """
    return [piece for match in _CHUNK.finditer(text) for piece in _pieces(match.group())]


def _pieces(word: str) -> Iterator[str]:
    """A word as JSON, cut where it has more than `LONGEST_CHUNK` bytes, never inside a character."""
    piece = ""
    for character in word:
        escaped = json.dumps(character, ensure_ascii=False)[1:-1]
        if piece and len((piece + escaped).encode()) > LONGEST_CHUNK:
            yield piece
            piece = ""
        piece += escaped
    yield piece


def answer_grammar(reading: Reading, schema: Schema) -> str:
    """The grammar of the answers to a reading, in llguidance's Lark syntax.

    Args:
        reading: as it is shown.
        schema: that `answer_schema` made of it; every answer of the grammar keeps to it.
    """
    properties = schema["properties"]
    rules: list[str] = []
    branches = [
        branch
        for at, candidate in enumerate(reading.candidates)
        for branch in _subject(at, candidate, properties, rules)
    ]
    # Without a photo a question may name no subject and still have its answer in a passage.
    anywhere = not reading.photos
    passages = [
        f"passage_{at}_{turn}"
        for at, candidate in enumerate(reading.candidates)
        for turn in range(len(candidate.passages) if anywhere else 0)
    ]
    unnamed = " | ".join([*passages, "silent"])
    branches.append(f"{_text('null, ' + _key('source'))} ({unnamed})")
    reasoning = (
        f"{_text(_key('reasoning'))} {_json(_STRING)} {_text(', ')}"
        if "reasoning" in properties
        else ""
    )
    subject = f"{_text(_key('subject'))} ({' | '.join(branches)})"
    start = f"start: {_text('{')} {reasoning} {subject}"
    silent = f"silent: {_text(_NOT_SAID)} {_rest(properties, {})}"
    return "\n".join([f"{start} {_text('}')}", silent, *rules]) + "\n"


def _subject(
    at: int, candidate: Candidate, properties: Mapping[str, Any], rules: list[str]
) -> Iterator[str]:
    """The branch in which the answer is about a candidate; adds the rules of its passages."""
    choices = []
    for turn, passage in enumerate(candidate.passages):
        name = f"{at}_{turn}"
        chunks = chunks_of(passage.text)
        own = {"year": {"enum": [*_years(candidate, turn), None]}}
        if 0 < len(chunks) <= MOST_CHUNKS:
            words = json.dumps({"substring_chunks": chunks}, ensure_ascii=False)
            rules.append(f"WORDS_{name}: %regex {words}")
            rules.append(f'QUOTED_{name}: "\\"" WORDS_{name} "\\""')
            quote = f"QUOTED_{name}"
            own["value"] = f"(QUOTED_{name} | {_text('null')})"
        else:
            quote = _json(_STRING)
        head = _text(f'{json.dumps(passage.passage_id, ensure_ascii=False)}, "quote": ')
        rules.append(f"passage_{name}: {head} {quote} {_rest(properties, own)}")
        choices.append(f"passage_{name}")
    head = _text(f'{json.dumps(candidate.document_id, ensure_ascii=False)}, "source": ')
    yield f"{head} ({' | '.join([*choices, 'silent'])})"


def _years(candidate: Candidate, turn: int) -> list[int]:
    from dataclasses import replace

    return years_in((replace(candidate, passages=candidate.passages[turn : turn + 1]),))


def _rest(properties: Mapping[str, Any], own: Mapping[str, Any]) -> str:
    """What follows the quotation; `own`: what holds for fields of the chosen passage."""
    parts = []
    for name, schema in properties.items():
        if name in ("reasoning", "subject", "source", "quote"):
            continue
        held = own.get(name, schema)
        field = f"{_text(', ' + _key(name))} {held if isinstance(held, str) else _json(held)}"
        parts.append(f"({field})?" if name == "value" else field)
    return " ".join(parts)


def _key(name: str) -> str:
    return f"{json.dumps(name)}: "


def _text(text: str) -> str:
    """A text that is said as it stands."""
    return json.dumps(text, ensure_ascii=False)


def _json(schema: Mapping[str, Any]) -> str:
    return "%json " + json.dumps({"x-guidance": dict(LAYOUT), **schema}, ensure_ascii=False)
