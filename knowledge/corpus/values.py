"""Values as files hold them → values as people read them.

Markup is removed and its lists and paragraphs become lines; nested JSON, pairs of label and value,
and maps of languages become labelled values; what only says that nothing is known is recognised.
Knows no table, no document and no role of a column.
"""

import ast
import html
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from knowledge.corpus.limits import MOST_COLUMNS
from knowledge.corpus.text import as_text, clean, one_line
from knowledge.language import fold

MOST_DEPTH = 12
"""Of lists and mappings within each other in one value."""
_MOST_VALUES = 20_000
"""Of one record."""
_MOST_PARSED = 1_000_000
"""Characters of a cell that may be JSON."""
_LONGEST_PART = 100
"""Characters of one of several values that stand in one cell with semicolons between them."""

_COMMENT = re.compile(
    r"<!--(?:(?!<!--).)*?-->|<(script|style)\b(?:(?!<\1).)*?</\1\s*>", re.S | re.I
)
_TAGS = (
    "a|abbr|b|big|blockquote|body|br|center|cite|code|dd|div|dl|dt|em|font|h[1-6]|head|hr|html|"
    "i|img|"
    "ins|li|mark|ol|p|pre|q|s|small|span|strike|strong|sub|sup|table|tbody|td|th|thead|tr|tt|u|ul"
)
_TAG = re.compile(rf"</?(?:{_TAGS})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_BREAK = re.compile(r"<(?:br|li|tr|dt|dd|hr)\b[^<>]*>", re.IGNORECASE)
_BLOCK = re.compile(r"</?(?:p|div|ul|ol|table|blockquote|h[1-6])\b[^<>]*>", re.IGNORECASE)
_CELL = re.compile(r"</t[dh]\s*>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,24}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_BLANK_LINES = re.compile(r"\n{3,}")

BETWEEN_VALUES = re.compile(r"\|+|\^\^|\u241f|\n")
_SEMICOLON = re.compile("[;；]")
_MAY_PART = re.compile("[|^\u241f\n;；]")
_SENTENCE = re.compile(r"[.!?。！？]\s+\S")
_LANGUAGE_KEY = re.compile(r"@?none|@none|und|[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")

_NOTHING = frozenset(
    fold(words)
    for words in """
    n/a, na, nan, none, null, nil, void, tbd, tba, to be determined, undefined, not available, not
    applicable, not specified, unspecified, not recorded, not given, not stated, no data, no
    information, blank, empty, missing, #n/a, #ref, keine angabe, keine angaben, k a, ohne angabe,
    entfällt, nicht bekannt, non renseigné, sans objet, néant, sin datos, no consta, no aplica,
    sin observaciones, no disponible, sin
    información, ninguno, ninguna, nessuno, nessuna, non indicato, geen, 无, 暂无, 无数据, 空,
    待考, 待补充, 不适用
    """.replace("\n", " ").split(",")
)
_UNKNOWN = frozenset(
    fold(words)
    for words in """
    unknown, not known, unbekannt, inconnu, inconnue, desconocido, desconocida, sconosciuto,
    sconosciuta, ignoto, desconhecido, onbekend, 未知, 不详, 不明, 佚名 不详
    """.replace("\n", " ").split(",")
)
_NO_DATE = re.compile(r"0{1,4}[-/.]0{1,2}[-/.]0{1,4}(?:[T ][0:.]+Z?)?")

_LABELS = ("label", "property_label", "name", "key", "field", "property", "term", "element", "tag")
_VALUES = ("value", "values", "@value", "text", "content", "#text", "_text", "$")
_NAMES = (
    "@value", "value", "name", "title", "label", "text", "o:label", "display_title", "prefLabel",
    "full_name", "fullname", "display_name", "displayName", "displayname", "preferred_name",
    "primary_name", "caption", "content", "#text", "_text", "$", "@id",
)  # fmt: skip
"""Keys of what an object of JSON is called, the most telling first."""
_ROLES = ("role", "relation", "relationship", "Role", "roleName", "role_name")
_TECHNICAL = frozenset(
    {"@type", "@context", "@language", "property_id", "is_public", "property_label", "@annotation"}
)


@dataclass(slots=True)
class Expanded:
    """The labelled values of a record.

    Attributes:
        values: label → its values, in the record's order; of each only what says something.
        is_cut: whether it holds more, or is nested deeper, than is read.
    """

    values: dict[str, list[str]] = field(default_factory=dict)
    is_cut: bool = False
    _known: set[tuple[str, str]] = field(default_factory=set)

    def add(self, label: str, text: str) -> None:
        """Note a value; one that a label has already is noted once."""
        if not text or (label, text) in self._known:
            return
        is_new = label not in self.values
        if len(self._known) >= _MOST_VALUES or (is_new and len(self.values) >= MOST_COLUMNS):
            self.is_cut = True
            return
        self._known.add((label, text))
        self.values.setdefault(label, []).append(text)


def expand(record: Mapping[str, object]) -> Expanded:
    """A record's values as labelled texts; nested objects get labels of their own.

    >>> expand({"by": {"name": "X", "born": 1832}, "size": [3, None]}).values
    {'by': ['X'], 'by born': ['1832'], 'size': ['3']}
    >>> expand({"metadata": [{"label": "Creator", "value": "A"}]}).values
    {'Creator': ['A']}
    """
    found = Expanded()
    for label, value in record.items():
        _add(found, str(label), value, 0)
    return found


def _add(found: Expanded, label: str, value: object, depth: int) -> None:
    if depth > MOST_DEPTH:
        found.is_cut = True
        return
    if isinstance(value, str):
        parsed = object_in_cell(value) if depth == 0 else None
        if parsed is None:
            found.add(label, plain_text(value))
        else:
            _add(found, label, parsed, depth + 1)
    elif isinstance(value, Mapping):
        _add_object(found, label, value, depth)
    elif isinstance(value, list | tuple | set):
        for item in value:
            _add(found, label, item, depth + 1)
    else:
        found.add(label, as_text(value))


def _add_object(found: Expanded, label: str, value: Mapping[object, object], depth: int) -> None:
    keys = {str(key): item for key, item in value.items()}
    if keys and all(map(_LANGUAGE_KEY.fullmatch, keys)) and _are_texts(keys.values()):
        for item in keys.values():
            _add(found, label, item, depth + 1)
        return
    if (pair := label_and_value(keys)) is not None:
        _add(found, pair[0], pair[1], depth + 1)
        return
    name = next((key for key in _NAMES if _is_scalar(keys.get(key)) and keys[key] != ""), None)
    role = next((key for key in _ROLES if isinstance(keys.get(key), str) and keys[key]), None)
    if name is not None:
        said = one_line(str(keys[role]))[:60] if role is not None else label
        _add(found, said, keys[name], depth + 1)
        if "@value" in keys or name == "@id":
            return
    for key, item in keys.items():
        if key not in _TECHNICAL and key != name and (key != role or name is None):
            _add(found, f"{label} {key}" if label else key, item, depth + 1)


def label_and_value(keys: Mapping[str, object]) -> tuple[str, object] | None:
    """Label and value of an object that is such a pair, as in IIIF, Omeka and many exports."""
    if "@value" in keys or "@id" in keys:
        return None
    for label_key in _LABELS:
        label = _first_text(keys.get(label_key))
        if label and len(label) <= 100:
            for value_key in _VALUES:
                if value_key in keys and value_key != label_key:
                    return label, keys[value_key]
    return None


def _first_text(value: object, depth: int = 0) -> str:
    """The first text in a value such as `"Creator"`, `["Creator"]` or `{"en": ["Creator"]}`."""
    if isinstance(value, str):
        return plain_text(value)
    if depth < 3 and isinstance(value, Mapping | list | tuple):
        items: Sequence[object] = list(value.values()) if isinstance(value, Mapping) else value
        return next((text for item in items[:20] if (text := _first_text(item, depth + 1))), "")
    return ""


def _are_texts(values: Iterable[object]) -> bool:
    return all(
        isinstance(item, str)
        or (isinstance(item, list) and all(isinstance(each, str) for each in item))
        for item in values
    )


def _is_scalar(value: object) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def object_in_cell(text: str) -> object | None:
    """The list or object that a cell holds as JSON or as Python writes it; None if it holds none.

    `[1932]` is a date in brackets, so a list has to hold a text or an object.
    """
    text = text.strip()
    if not (text[:1] in "[{" and text[-1:] in "]}" and 2 < len(text) <= _MOST_PARSED):
        return None
    value: object = None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        if text.startswith(("['", "{'", "[{'")) and len(text) <= _MOST_PARSED // 100:
            try:
                value = ast.literal_eval(text)
            except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
                return None
    if isinstance(value, dict) and value:
        return value
    if isinstance(value, list) and any(isinstance(item, str | dict | list) for item in value):
        return value
    return None


def plain_text(text: str) -> str:
    """Text without markup, entities decoded; items and paragraphs stand on lines of their own.

    What only looks like markup stays: `a < b`, `<unknown>`.

    >>> plain_text("<p>Fish &amp; chips</p><ul><li>one</li><li>two</li></ul>")
    'Fish & chips\\n\\none\\ntwo'
    >>> plain_text("width < 3 > 2")
    'width < 3 > 2'
    """
    if "<" in text and _TAG.search(text):
        text = _COMMENT.sub(" ", text)
        text = " ".join(text.replace("\r", "\n").split("\n"))
        text = _CELL.sub(" ", _BLOCK.sub("\n\n", _BREAK.sub("\n", text)))
        text = html.unescape(_TAG.sub("", text))
        lines = (one_line(line) for line in clean(text).split("\n"))
        return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()
    if "&" in text and _ENTITY.search(text):
        text = html.unescape(text)
    return clean(text)


def split_values(text: str) -> list[str]:
    """The values in a cell that holds several: parted by bars or line ends, or by semicolons where
    the parts are short.

    >>> split_values("aerial views; towns; mountains"), split_values("12 High St\\n3 Low St")
    (['aerial views', 'towns', 'mountains'], ['12 High St', '3 Low St'])
    >>> split_values("It was moved; nobody knows why. It is lost.")
    ['It was moved; nobody knows why. It is lost.']
    """
    if not _MAY_PART.search(text):
        return [line] if (line := one_line(text)) else []
    parts: list[str] = []
    for part in filter(str.strip, BETWEEN_VALUES.split(text)):
        several = [each for each in map(str.strip, _SEMICOLON.split(part)) if each]
        is_list = len(several) > 1 and not _SENTENCE.search(part)
        if is_list and max(map(len, several)) <= _LONGEST_PART:
            parts += several
        else:
            parts.append(part)
    return [line for each in parts if (line := one_line(each))]


def says_nothing_at_all(text: str) -> bool:
    """Whether a value stands for no value: `-`, `?`, `n/a`, `none`, `00/00/0000`.

    >>> says_nothing_at_all(" ? "), says_nothing_at_all("N/A"), says_nothing_at_all("no")
    (True, True, False)
    """
    if len(text) > 40:
        return False
    if not any(map(str.isalnum, text)):
        return True
    return _folded(text) in _NOTHING or _NO_DATE.fullmatch(text.strip()) is not None


def says_unknown(text: str) -> bool:
    """Whether a value says that it is not known, which of a photographer is worth knowing.

    >>> says_unknown("[Unknown]"), says_unknown("unknown soldier")
    (True, False)
    """
    return len(text) <= 40 and _folded(text) in _UNKNOWN


@lru_cache(maxsize=1024)  # a value is asked both questions, and by several roles
def _folded(text: str) -> str:
    return fold(text)
