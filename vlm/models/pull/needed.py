"""Which files of a repository the loaders read: a repository often holds one model several times.

Knows names only. Weights are taken once, as safetensors where there are such: `.bin` files are
pickles, which a person should not have to trust.
"""

import re
from collections.abc import Collection, Iterable

from vlm.models.open_clip_files import CONFIG, WEIGHTS

_TEXTS = re.compile(
    r"(?:[^/]+\.(?:json|jinja|model|tiktoken)|merges\.txt|vocab\.txt|README\.md|LICEN[CS]E[^/]*)"
)
"""At the root: configuration, vocabularies, templates, and the card with its languages."""

_MODULE = re.compile(r"\d+_\w+/(?:config\.json|model\.safetensors|pytorch_model\.bin)")
"""A module of sentence-transformers in a folder of its own, `1_Pooling/config.json`."""

_OF_WEIGHTS = re.compile(r"(?:pytorch_model|model|open_clip_\w+).*\.index\.json")

_KINDS = (
    ("model.safetensors",),
    (r"model(?:\.safetensors)?-\d+-of-\d+\.safetensors", "model.safetensors.index.json"),
    ("pytorch_model.bin",),
    (r"pytorch_model-\d+-of-\d+\.bin", "pytorch_model.bin.index.json"),
)
"""Weights as transformers looks for them, in its own order."""

_SHARD = re.compile(r"-\d+-of-(\d+)\.")
_TRANSFORMERS_CONFIG = "config.json"

_TOKENIZER = re.compile(
    r"(?:config|tokenizer|tokenizer_config|special_tokens_map|added_tokens|vocab)\.json"
    r"|merges\.txt|vocab\.txt|spiece\.model|sentencepiece\.bpe\.model"
)


def needed_files(paths: Collection[str], *, weights: Iterable[str] = ()) -> list[str]:
    """The files of a model's repository to fetch, in alphabetical order.

    Args:
        paths: all files that the repository holds.
        weights: names of the checkpoint, the best first, where the model's name says it.

    Returns:
        Configuration, vocabularies and one set of weights; empty if there are no weights, or no
        configuration of them, that SnapCite's loaders read.

    >>> needed_files(["config.json", "model.safetensors", "pytorch_model.bin", "onnx/model.onnx"])
    ['config.json', 'model.safetensors']
    """
    weights = tuple(weights)
    chosen = _weights(paths, weights)
    if not chosen or not (chosen & set(weights) or {CONFIG, _TRANSFORMERS_CONFIG} & set(paths)):
        return []
    texts = {path for path in paths if _TEXTS.fullmatch(path) and not _OF_WEIGHTS.fullmatch(path)}
    modules = {path for path in paths if _MODULE.fullmatch(path)}
    twice = {path for path in modules if _has_safetensors(path, modules)}
    return sorted(texts | (modules - twice) | chosen)


def tokenizer_files(paths: Collection[str]) -> list[str]:
    """The files of a repository that only lends its tokenizer and the shape of a text tower.

    >>> tokenizer_files(["config.json", "tokenizer.json", "model.safetensors"])
    ['config.json', 'tokenizer.json']
    """
    return sorted(path for path in paths if _TOKENIZER.fullmatch(path))


def lacks_shards(paths: Iterable[str]) -> str | None:
    """How many files of weights are lacking, by the numbers in the names of the others, in words.

    >>> lacks_shards(["config.json", "model-00001-of-00003.safetensors"])
    '2 of 3'
    >>> lacks_shards(["model-00001-of-00001.safetensors"]), lacks_shards(["model.safetensors"])
    (None, None)
    """
    counts = [int(found[1]) for path in paths if (found := _SHARD.search(path))]
    if not counts or len(counts) >= max(counts):
        return None
    return f"{max(counts) - len(counts):,} of {max(counts):,}"


def is_pickled(path: str) -> bool:
    """Whether a file holds weights as a pickle."""
    return path.endswith((".bin", ".pt", ".pth"))


def _weights(paths: Collection[str], named: Iterable[str]) -> set[str]:
    for name in named:
        if name in paths:
            return {name}
    if CONFIG in paths:
        found = next((name for name in WEIGHTS if name in paths), None)
        return {found} if found else set()
    for pattern, *index in _KINDS:
        found_here = {path for path in paths if re.fullmatch(pattern, path)}
        if found_here:
            return found_here | (set(index) & set(paths))
    return set()


def _has_safetensors(path: str, modules: Collection[str]) -> bool:
    folder, _, name = path.rpartition("/")
    return name == "pytorch_model.bin" and f"{folder}/model.safetensors" in modules
