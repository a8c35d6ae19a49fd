"""open_clip's own lists of architectures and checkpoints, read without importing it.

Importing open_clip imports PyTorch, which takes seconds; what a name stands for is known sooner.
The lists are literals in open_clip's files, so they are read as text and never run. Where a later
open_clip writes them in another way, nothing is known here and the caller asks open_clip itself.
"""

import ast
import copy
from collections.abc import Mapping
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_LIST = "_PRETRAINED"
_CONFIGS = "model_configs"
_QUICK = "-quickgelu"
_MOST_BYTES = 2**22


def list_checkpoints() -> Mapping[str, Mapping[str, Mapping[str, Any]]] | None:
    """Architecture → tag → what open_clip's list says of the checkpoint (`url`, `hf_hub`).

    None where open_clip is not installed, or its list cannot be read in this way.
    """
    package = _package()
    return None if package is None else _read_list(package / "pretrained.py")


def has_architecture(name: str) -> bool | None:
    """Whether open_clip knows an architecture of that name; None where that cannot be seen."""
    package = _package()
    if package is None or not (package / _CONFIGS).is_dir():
        return None
    return name in {path.stem for path in (package / _CONFIGS).glob("*.json")}


def clean_tag(tag: str) -> str:
    """A checkpoint's tag as open_clip's list writes it.

    >>> clean_tag("laion2b-s34b-B79K")
    'laion2b_s34b_b79k'
    """
    return tag.lower().replace("-", "_")


def _package() -> Path | None:
    spec = find_spec("open_clip")
    return None if spec is None or spec.origin is None else Path(spec.origin).parent


@lru_cache(maxsize=1)
def _read_list(path: Path) -> Mapping[str, Mapping[str, Mapping[str, Any]]] | None:
    names: dict[str, Any] = {}
    try:
        if path.stat().st_size > _MOST_BYTES:
            return None
        for statement in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                try:
                    names[statement.targets[0].id] = _value(statement.value, names)
                except ValueError:  # something else than a list of checkpoints
                    continue
    except (OSError, ValueError, SyntaxError, RecursionError):
        return None
    found = names.get(_LIST)
    if not isinstance(found, dict) or not found or not all(map(_is_of_tags, found.values())):
        return None
    quick = {
        name + _QUICK: chosen
        for name, tags in found.items()
        if (chosen := {tag: known for tag, known in tags.items() if known.get("quick_gelu")})
    }
    return found | quick


def _is_of_tags(tags: object) -> bool:
    return isinstance(tags, dict) and all(isinstance(known, dict) for known in tags.values())


def _value(node: ast.expr, names: Mapping[str, Any]) -> Any:  # noqa: ANN401 - of a literal
    """The value of a literal, of a name given before, or of a call with keywords alone, which here
    always makes a dict.

    Raises:
        ValueError: it is anything else.
    """
    match node:
        case ast.Constant():
            return node.value
        case ast.Name() if node.id in names:
            return copy.copy(names[node.id])
        case ast.Tuple() | ast.List():
            return [_value(each, names) for each in node.elts]
        case ast.Dict():
            made: dict[Any, Any] = {}
            for key, value in zip(node.keys, node.values, strict=True):
                made |= (
                    _value(value, names)
                    if key is None
                    else {_value(key, names): _value(value, names)}
                )
            return made
        case ast.Call(func=ast.Name(), args=[]):
            made = {}
            for keyword in node.keywords:
                read = _known_or_none(keyword.value, names)
                made |= read if keyword.arg is None else {keyword.arg: read}
            return made
        case _:
            raise ValueError(ast.dump(node))


def _known_or_none(node: ast.expr, names: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """The value of a keyword; None for one that does not say where a checkpoint is, as `mean`."""
    if isinstance(node, ast.Name) and node.id not in names:
        return None
    return _value(node, names)
