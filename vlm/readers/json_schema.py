"""The part of JSON Schema that answers use: closing a caller's schema, and checking a value.

The part is what constrained decoders and OpenAI-compatible servers all enforce in the same way; a
keyword outside of it is refused rather than ignored. Knows no model and no question.
"""

import json
from collections.abc import Mapping
from typing import Any

from knowledge.errors import QueryError

Schema = Mapping[str, Any]

_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "null": type(None),
}
_NOTES = {"title", "description", "$schema", "examples", "default"}
_KEYWORDS = _NOTES | {
    "type", "enum", "const", "properties", "required", "additionalProperties", "items",
    "minItems", "maxItems", "anyOf",
}  # fmt: skip
_MAX_DEPTH = 8
_MAX_BYTES = 16_384


def closed_schema(schema: object) -> dict[str, Any]:
    """A caller's schema of an answer as it is enforced: closed, every property required.

    Grammars decode better when a model can say nothing but the fields asked for, and servers'
    strict mode demands it; a property that may be missing is written `{"type": ["…", "null"]}`.

    Raises:
        QueryError: it is not the schema of an object, or uses what is not enforced.
    """
    if not isinstance(schema, Mapping) or schema.get("type") != "object":
        raise QueryError(
            'The answer\'s schema is not that of an object; write {"type": "object", '
            '"properties": {…}}.'
        )
    if len(json.dumps(schema)) > _MAX_BYTES:
        raise QueryError(f"The answer's schema has more than {_MAX_BYTES:,} bytes; shorten it.")
    return _closed(schema, "schema", 0)


def _closed(schema: object, where: str, depth: int) -> dict[str, Any]:
    if not isinstance(schema, Mapping):
        raise QueryError(f"{where} is not an object with a `type`, an `enum` or `anyOf`.")
    if depth > _MAX_DEPTH:
        raise QueryError(f"{where} is nested more than {_MAX_DEPTH} deep; flatten the schema.")
    unknown = sorted(set(schema) - _KEYWORDS)
    if unknown:
        raise QueryError(
            f"{where} uses {unknown[0]!r}, which is not enforced; use "
            f"{', '.join(sorted(_KEYWORDS - _NOTES))}."
        )
    if not {"type", "enum", "const", "anyOf"} & set(schema):
        raise QueryError(f"{where} says neither `type` nor `enum`, `const` or `anyOf`.")
    named = schema.get("type", [])
    if not isinstance(named, str | list) or ("type" in schema and not named):
        raise QueryError(f"{where} has the type {named!r}; types are {', '.join(_TYPES)}.")
    types = _types(schema)
    if any(not isinstance(name, str) or name not in _TYPES for name in types):
        raise QueryError(f"{where} has the type {schema['type']!r}; types are {', '.join(_TYPES)}.")
    closed = {key: value for key, value in schema.items() if key not in {"required", "$schema"}}
    if "enum" in schema and not (isinstance(schema["enum"], list) and schema["enum"]):
        raise QueryError(f"{where}.enum is not a list of values.")
    for name in ("minItems", "maxItems"):
        count = schema.get(name, 0)
        if not isinstance(count, int) or isinstance(count, bool) or count < 0:
            raise QueryError(f"{where}.{name} is not a number of items.")
    if "anyOf" in schema:
        if not isinstance(schema["anyOf"], list) or not schema["anyOf"]:
            raise QueryError(f"{where}.anyOf is not a list of schemas.")
        closed["anyOf"] = [_closed(one, f"{where}.anyOf", depth + 1) for one in schema["anyOf"]]
    if "object" in types:
        properties = schema.get("properties")
        if not isinstance(properties, Mapping) or not properties:
            raise QueryError(f"{where} is an object without `properties`; name its fields.")
        closed["properties"] = {
            name: _closed(one, f"{where}.{name}", depth + 1) for name, one in properties.items()
        }
        closed["required"] = list(properties)
        closed["additionalProperties"] = False
    if "array" in types:
        closed["items"] = _closed(schema.get("items"), f"{where}.items", depth + 1)
    return closed


def violation(value: object, schema: Schema, where: str = "the answer") -> str | None:
    """How `value` violates `schema`, in one sentence; None if it does not.

    >>> violation({"year": 1992}, {"type": "object", "properties": {"year": {"type": "null"}}})
    'the answer.year is 1992, not null.'
    """
    if "anyOf" in schema:
        found = [violation(value, one, where) for one in schema["anyOf"]]
        return None if None in found else found[0]
    if "const" in schema and not _same(value, schema["const"]):
        return f"{where} is {_shown(value)}, not {_shown(schema['const'])}."
    if "enum" in schema and not any(_same(value, one) for one in schema["enum"]):
        return f"{where} is {_shown(value)}, not one of {_shown(schema['enum'])}."
    types = _types(schema)
    if types and not any(_is(value, name) for name in types):
        return f"{where} is {_shown(value)}, not {' or '.join(types)}."
    if isinstance(value, dict) and "properties" in schema:
        return _object_violation(value, schema, where)
    if isinstance(value, list) and "items" in schema:
        return _array_violation(value, schema, where)
    return None


def tidied(said: Mapping[str, Any], schema: Schema) -> dict[str, Any]:
    """The fields of an object in the form of `schema`, where a model that nothing held to it says
    the same in another form.

    Fields that were not asked for are left out; a number, a truth or null may be written as a text,
    and one of several words in capitals. What means something else stays and breaks the schema.

    >>> of = {"properties": {"year": {"enum": [1992, None]}, "sure": {"enum": ["high", "low"]}}}
    >>> tidied({"year": "1992", "sure": "High", "box": [1, 2]}, of)
    {'year': 1992, 'sure': 'high'}
    """
    properties = schema["properties"]
    return {
        name: _tidied_value(value, properties[name])
        for name, value in said.items()
        if name in properties
    }


def _tidied_value(value: object, schema: Schema) -> object:
    if not isinstance(value, str) or (violation(value, schema) is None and value != "null"):
        return value
    text = value.strip().casefold()
    others = [*schema.get("enum", ()), *_WRITTEN.values()]
    for other in others:
        written = other if isinstance(other, str) else json.dumps(other)
        if written.casefold() == text and violation(other, schema) is None:
            return other
    return value


def _object_violation(value: Mapping[str, object], schema: Schema, where: str) -> str | None:
    properties = schema["properties"]
    missing = [name for name in schema.get("required", ()) if name not in value]
    if missing:
        return f"{where} has no {missing[0]!r}."
    extra = sorted(set(value) - set(properties))
    if extra and schema.get("additionalProperties") is False:
        return f"{where} has a field {extra[0]!r} that was not asked for."
    found = (
        violation(value[name], one, f"{where}.{name}")
        for name, one in properties.items()
        if name in value
    )
    return next(filter(None, found), None)


def _array_violation(value: list[object], schema: Schema, where: str) -> str | None:
    if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
        return f"{where} has {len(value)} items."
    found = (violation(one, schema["items"], f"{where}[{at}]") for at, one in enumerate(value))
    return next(filter(None, found), None)


def shortest_length(schema: Schema) -> int:
    """Bytes that the shortest JSON of `schema` takes at most, whatever its enums choose."""
    if "anyOf" in schema:
        return max(shortest_length(one) for one in schema["anyOf"])
    if "const" in schema:
        return len(json.dumps(schema["const"], ensure_ascii=False).encode())
    if "enum" in schema:
        return max(len(json.dumps(one, ensure_ascii=False).encode()) for one in schema["enum"])
    length = 8  # null, true, false, an empty string, a short number
    if "properties" in schema:
        parts = (
            len(json.dumps(name, ensure_ascii=False).encode()) + 4 + shortest_length(one)
            for name, one in schema["properties"].items()
        )
        length = max(length, 2 + sum(parts))
    if "items" in schema:
        length = max(length, 2 + schema.get("minItems", 0) * (2 + shortest_length(schema["items"])))
    return length


_WRITTEN: Mapping[str, Any] = {"null": None, "true": True, "false": False}


def _types(schema: Schema) -> list[str]:
    types = schema.get("type", [])
    return [types] if isinstance(types, str) else list(types)


def _is(value: object, name: str) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, _TYPES[name])


def _same(value: object, other: object) -> bool:
    return type(value) is type(other) and value == other


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else text[:119] + "…"
