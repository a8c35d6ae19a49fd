"""YAML as people write it by hand: texts stay texts, and nothing refers to anything.

`title: 1984`, `title: No` and a date are texts. Reads no file; knows no document.
"""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from knowledge.errors import CorpusError

if TYPE_CHECKING:
    import yaml

_MOST_YAML = 256 * 1024
"""Characters."""
_MOST_DEPTH = 20
"""Of lists and mappings within each other."""


def parse_yaml(text: str, *, what: str, first_line: int = 1) -> Mapping[str, object]:
    """The keys and values of a YAML mapping, its scalars as they are written.

    Args:
        text: YAML.
        what: what it is, for messages: `front matter`.
        first_line: number of its first line in its file.

    Raises:
        CorpusError: it is not YAML, holds no keys, or is too long or too deep.
    """
    import yaml

    if len(text) > _MOST_YAML:
        raise CorpusError(
            f"The {what} has {len(text):,} characters, more than {_MOST_YAML:,}; move its "
            "prose elsewhere."
        )
    try:
        _check_events(text, what)
        value = yaml.load(text, _yaml_loader())
    except yaml.MarkedYAMLError as error:
        where = f" in line {error.problem_mark.line + first_line}" if error.problem_mark else ""
        raise CorpusError(
            f"The {what} is not valid YAML{where} ({error.problem}); "
            "put quotes around a value that holds a colon, a # or a quotation mark."
        ) from error
    except (yaml.YAMLError, RecursionError, ValueError, TypeError) as error:
        raise CorpusError(f"The {what} is not valid YAML ({error}); mend it.") from error
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise CorpusError(f"The {what} holds no keys; write lines like `title: Charminar`.")
    return value


def _check_events(text: str, what: str) -> None:
    """Refuse references and deep nesting before anything is built of them.

    The parser's time grows with the square of the depth, so this stops where it gets deep.
    """
    import yaml

    depth = 0
    for event in yaml.parse(text, _yaml_loader()):
        if isinstance(event, yaml.AliasEvent):
            raise CorpusError(
                f"The {what} refers to another part of itself (`*name`), which is not read; "
                "put quotes around a value that begins with `*`."
            )
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _MOST_DEPTH:
            raise CorpusError(f"The {what} is nested more than {_MOST_DEPTH} deep; write it flat.")


@cache
def _yaml_loader() -> "type[yaml.SafeLoader]":
    """A loader that takes scalars as they are written, whatever tag they carry."""
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    absent = "tag:yaml.org,2002:null"

    class AsWritten(base):  # type: ignore[misc]
        """Only an absent value is None; maps and lists are what they are, all else is text."""

    def construct(loader: Any, _: str, node: yaml.Node) -> object:  # noqa: ANN401
        if isinstance(node, yaml.MappingNode):
            return loader.construct_mapping(node, deep=True)
        if isinstance(node, yaml.SequenceNode):
            return loader.construct_sequence(node, deep=True)
        return loader.construct_scalar(node)

    AsWritten.yaml_implicit_resolvers = {
        first: kept
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
        if (kept := [pair for pair in resolvers if pair[0] == absent])
    }
    AsWritten.yaml_constructors = {absent: lambda _loader, _node: None}
    AsWritten.yaml_multi_constructors = {"": construct}
    return cast("type[yaml.SafeLoader]", AsWritten)
