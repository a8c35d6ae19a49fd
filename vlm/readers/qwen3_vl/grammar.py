"""The grammar of an answer: what its JSON schema cannot say about one field by another.

The JSON schema of a question knows every passage, but not which of them an answer chose. The
grammar has a branch for each candidate and, in it, one for each passage: `source` is a passage of
the chosen subject or null, `quote` is words of that passage one after another, `value` likewise,
and `year` is a year of that passage. The other fields are as the schema says. Written for
llguidance, in its variant of Lark (https://github.com/guidance-ai/llguidance, docs/syntax.md).
Knows no model.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from vlm.readers.base import Candidate, Reading
from vlm.readers.json_schema import Schema
from vlm.readers.prompt import quoted
from vlm.readers.schema import years_in

if TYPE_CHECKING:
    from llguidance._lib import JsonCompileOptions

LAYOUT: "JsonCompileOptions" = {
    "whitespace_flexible": False,
    "item_separator": ", ",
    "key_separator": ": ",
}
"""As `json.dumps` writes it. A weak model that can choose its white space never stops."""

MOST_CHUNKS = 4_000
"""Most chunks of a passage whose quotations are constrained: about 2,000 words with the spaces
between them, or 4,000 Chinese characters. The words of a longer passage are free, and the check of
the citation alone holds."""

LONGEST_CHUNK = 24
"""Most bytes of a chunk. A longer word is cut, so that a quotation can always end soon."""

_BEFORE_QUOTE = ("reasoning", "subject", "source", "quote")
_STRING = {"type": "string"}
_NOT_SAID = 'null, "quote": ""'
"""What follows the key `source` where no passage answers."""

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
"""Thai, Lao, Burmese, Khmer, kana and Chinese characters: no spaces stand between their words."""

_SPECIAL = re.compile(r'["\\<\x00-\x1f\x85\u2028\u2029]')
"""What JSON or the prompt escapes."""
_CHUNK = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+|\s|[^\w\s]")


def chunks_of(text: str) -> list[str]:
    """The pieces at which a quotation of `text` may begin and end, as they stand in a JSON string.

    Words, numbers, signs and white space where words have spaces; single characters elsewhere.

    >>> chunks_of('Built "1889", 建于')
    ['Built', ' ', '\\\\"', '1889', '\\\\"', ',', ' ', '建', '于']
    """
    chunks: list[str] = []
    for word in _CHUNK.findall(text):
        size = len(word) if word.isascii() else 4 * len(word)  # at most so many bytes
        if size <= LONGEST_CHUNK and not _SPECIAL.search(word):
            chunks.append(word)
        else:
            chunks += _pieces(word)
    return chunks


def _escaped(text: str) -> str:
    """As the prompt shows it, inside the marks of a JSON string."""
    return quoted(text)[1:-1]


def _pieces(word: str) -> Iterator[str]:
    """A word as JSON in pieces of at most `LONGEST_CHUNK` bytes, never cut inside a character."""
    piece = ""
    for character in word:
        escaped = _escaped(character)
        if piece and len((piece + escaped).encode()) > LONGEST_CHUNK:
            yield piece
            piece = ""
        piece += escaped
    yield piece


def answer_grammar(reading: Reading, schema: Schema) -> str:
    """The grammar of the answers to a reading, every one of which keeps to its schema.

    Where the question has a photo, an answer without a subject has no source either. Without one, a
    question may name no subject and have its answer in any passage.

    Args:
        reading: as it is shown.
        schema: that `answer_schema` made of it.
    """
    properties = schema["properties"]
    passages = [
        [f"passage_{at}_{turn}" for turn in range(len(candidate.passages))]
        for at, candidate in enumerate(reading.candidates)
    ]
    branches = [
        _choice(candidate.document_id, [*own, "unsaid"])
        for candidate, own in zip(reading.candidates, passages, strict=True)
    ]
    anywhere = [] if reading.photos else [name for own in passages for name in own]
    branches.append(_choice(None, [*anywhere, "unsaid"]))
    reasoning = (
        [_key("reasoning"), _json(_STRING), _text(", ")] if "reasoning" in properties else []
    )
    start = [_text("{"), *reasoning, _key("subject"), f"({' | '.join(branches)})", _text("}")]
    rules = [f"start: {' '.join(start)}", f"unsaid: {_text(_NOT_SAID)} {_rest(properties, {})}"]
    for at, candidate in enumerate(reading.candidates):
        for turn in range(len(candidate.passages)):
            rules += _passage_rules(candidate, turn, f"{at}_{turn}", properties)
    return "\n".join(rules) + "\n"


def _choice(document_id: str | None, sources: list[str]) -> str:
    """A subject and then one of the rules that say the source."""
    said = _text(quoted(document_id) + ', "source": ')
    return f"{said} ({' | '.join(sources)})"


def _passage_rules(
    candidate: Candidate, turn: int, name: str, properties: Mapping[str, Any]
) -> Iterator[str]:
    """The rules of a passage: its words, and an answer that cites it from `source` on."""
    passage = candidate.passages[turn]
    alone = replace(candidate, passages=(passage,))
    rest: dict[str, str] = {}
    if "year" in properties:
        rest["year"] = _json({"enum": [*years_in((alone,)), None]})
    quote = _json(_STRING)
    chunks = chunks_of(passage.text)
    if 0 < len(chunks) <= MOST_CHUNKS:
        quote = f"QUOTED_{name}"
        words = json.dumps({"substring_chunks": chunks}, ensure_ascii=False)
        yield f"WORDS_{name}: %regex {words}"
        # Three characters: the marks and something between them.
        yield f'{quote}: ("\\"" WORDS_{name} "\\"") & /(?s:...+)/'
        rest["value"] = f"({quote} | {_text('null')})"
    said = _text(quoted(passage.passage_id) + ', "quote": ')
    yield f"passage_{name}: {said} {quote} {_rest(properties, rest)}"


def _rest(properties: Mapping[str, Any], own: Mapping[str, str]) -> str:
    """What follows the quotation; `own`: field → the rule of the chosen passage for it."""
    parts = []
    for name, schema in properties.items():
        if name not in _BEFORE_QUOTE:
            field = f"{_text(', ')} {_key(name)} {own.get(name) or _json(schema)}"
            parts.append(f"({field})?" if name == "value" else field)
    return " ".join(parts)


def _key(name: str) -> str:
    return _text(f"{json.dumps(name)}: ")


def _text(text: str) -> str:
    """A rule for a text as it stands."""
    return json.dumps(text, ensure_ascii=False)


def _json(schema: Mapping[str, Any]) -> str:
    return "%json " + json.dumps({"x-guidance": LAYOUT, **schema}, ensure_ascii=False)
