"""Front matter as the makers of other programs write it, in the keys that are known here.

Hugo, Jekyll, Zola, Eleventy, Obsidian and their like name pictures in `images`, `cover.image` or
`featured_image`, languages in `lang`, tags in `categories`, and fence front matter in TOML (`+++`)
or JSON too. Knows keys; reads no file.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, time

from knowledge.corpus.limits import MOST_PATTERNS
from knowledge.corpus.text import as_text, one_line
from knowledge.corpus.values import expand
from knowledge.errors import CorpusError, InputError
from knowledge.identifiers import checked_language, is_web_address

_PICTURE_KEYS = frozenset(
    {"image", "images", "photo", "picture", "pictures", "img", "cover", "cover image", "banner"}
    | {"featured image", "feature image", "featuredimage", "thumbnail", "thumb", "hero", "teaser"}
    | {"hero image", "header", "og image", "gallery", "resources", "illustration", "illustrations"}
)
_PICTURE_PARTS = frozenset({"image", "src", "path", "url", "file", "filename", "name", "teaser"})
_LANGUAGE_KEYS = frozenset({"lang", "locale", "langcode", "language code"})
_TAG_KEYS = frozenset({"categories", "category", "keywords", "topics", "topic"})
_WRAPPERS = frozenset({"params", "extra", "taxonomies", "data", "metadata"})
"""Keys whose mappings hold what others write at the top."""
_SETTINGS = frozenset({"layout", "draft", "weight", "toc", "comments", "template", "cssclasses"})
"""Keys that tell a program how to publish a page, and nobody anything about its subject."""
_OF_DOCUMENTS = frozenset(
    {"id", "title", "text", "description", "caption", "place", "source", "url", "rights"}
)
"""Keys whose values are texts and are refused if they are anything else."""
_LINKED = re.compile(r"!?\[\[([^\]|#]+)(?:[|#][^\]]*)?\]\]|!?\[[^\]]*\]\(([^)\s]+)[^)]*\)")
_MOST_TOML = 256 * 1024
"""Characters; as of YAML."""


def split_fences(text: str) -> tuple[Mapping[str, object], str] | None:
    """Front matter in TOML or JSON, and the text after it; None if the text has none.

    Raises:
        CorpusError: it begins like such front matter, and is none.
    """
    lines = text.split("\n")
    if lines[0].rstrip() == "+++":
        end = next((n for n in range(1, len(lines)) if lines[n].rstrip() == "+++"), None)
        if end is None:
            raise CorpusError("The front matter has no end; put a line `+++` after it.")
        return _toml("\n".join(lines[1:end])), "\n".join(lines[end + 1 :])
    if lines[0].strip() in ("{", ";;;") or lines[0].startswith('{"'):
        return _json(text)
    return None


def as_known(values: Mapping[str, object]) -> dict[str, object]:
    """The values under the keys that `knowledge.corpus.front` knows; nothing is lost.

    >>> as_known({"lang": "de_AT", "cover": {"image": "a.jpg", "alt": "A gate"}})
    {'photos': ['a.jpg'], 'language': 'de-AT', 'cover alt': 'A gate'}
    """
    photos: list[str] = []
    tags: list[str] = []
    language = ""
    known: dict[str, object] = {}
    for key, value in _unwrapped(values):
        plain = re.sub(r"[\s_-]+", " ", key).strip().casefold()
        if plain in _SETTINGS:
            continue
        if key in ("photos", "tags", "aliases") and _is_nested(value):
            known[key] = value  # which is refused, with a reason
        elif key == "photos":
            photos += [as_text(item) for item in (value if isinstance(value, list) else [value])]
        elif plain in _PICTURE_KEYS:
            pictures, others = _pictures(value)
            photos += [each for each in pictures if not is_web_address(each)]
            others += [(key, each) for each in pictures if is_web_address(each)]
            for label, text in others:
                name = key if label == key else f"{key} {label}"
                known[name] = [*_listed(known.get(name)), text] if name in known else text
        elif plain in _LANGUAGE_KEYS and "language" not in values:
            language = _language(value)
            if not language:
                known[key] = value
        elif key == "tags" or plain in _TAG_KEYS:
            tags += _listed(value)
        elif key == "aliases":
            names = _listed(value)
            known[key] = [name for name in names if not name.startswith("/")]
            if moved := [name for name in names if name.startswith("/")]:
                known["earlier address"] = moved
        elif _is_nested(value) and key not in _OF_DOCUMENTS:
            flat = expand({key: value}).values
            known |= {label: "; ".join(texts) for label, texts in flat.items()}
        else:
            known[key] = _plain(value)
    found: dict[str, object] = {}
    if photos:
        found["photos"] = list(dict.fromkeys(photos))
    if language:
        found["language"] = language
    if tags:
        found["tags"] = list(dict.fromkeys(tags))
    return {**found, **known}


def _is_nested(value: object) -> bool:
    items = value if isinstance(value, list) else [value]
    return any(isinstance(item, dict | list) for item in items)


def _unwrapped(values: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for key, value in values.items():
        if key in _WRAPPERS and isinstance(value, Mapping):
            yield from ((str(inner), each) for inner, each in value.items() if inner not in values)
        else:
            yield str(key), value


def _pictures(value: object) -> tuple[list[str], list[tuple[str, str]]]:
    """Paths of pictures, and what else is said of them."""
    paths: list[str] = []
    others: list[tuple[str, str]] = []
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, list):  # `image: [[a.jpg]]`, a link of Obsidian
            inner, more = _pictures(item)
            paths += inner
            others += more
        elif isinstance(item, Mapping):
            for label, part in item.items():
                text = one_line(as_text(part))
                if label in _PICTURE_PARTS and _is_path(text):
                    paths.append(_path(text))
                elif text:
                    others.append((str(label), text))
        elif text := one_line(as_text(item)):
            paths.append(_path(text))
    return paths[:MOST_PATTERNS], others


def _is_path(text: str) -> bool:
    return "." in text or "/" in text


def _path(text: str) -> str:
    match = _LINKED.fullmatch(text)
    return (match[1] or match[2]).strip() if match else text


def _language(value: object) -> str:
    tag = one_line(as_text(value)).split(".")[0].replace("_", "-")
    try:
        return checked_language(tag) if tag else ""
    except InputError:
        return ""


def _listed(value: object) -> list[str]:
    """A list of texts, of one or of a text with commas."""
    if value is None:
        return []
    items = value if isinstance(value, list) else as_text(value).split(",")
    texts = (one_line(as_text(_plain(item))) for item in items)
    return [text for text in texts if text]


def _plain(value: object) -> object:
    """A date or time of TOML as it is written; any other value as it is."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date | time) else value


def _toml(text: str) -> Mapping[str, object]:
    if len(text) > _MOST_TOML:
        raise CorpusError(
            f"The front matter has {len(text):,} characters, more than {_MOST_TOML:,}; move its "
            "prose below it."
        )
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise CorpusError(f"The front matter is not valid TOML ({error}); mend it.") from error


def _json(text: str) -> tuple[Mapping[str, object], str] | None:
    fenced = text.startswith(";;;")
    body = text.split("\n", 1)[1] if fenced and "\n" in text else text
    try:
        value, end = json.JSONDecoder().raw_decode(body.lstrip())
    except (ValueError, RecursionError) as error:
        if not fenced:
            return None  # a text that begins with a brace
        raise CorpusError(f"The front matter is not valid JSON ({error}); mend it.") from error
    if not isinstance(value, dict):
        return None
    rest = body.lstrip()[end:]
    return value, rest.lstrip().removeprefix(";;;") if fenced else rest
