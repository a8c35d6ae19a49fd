"""From a model's name to what has to be fetched: repositories, files, bytes.

Reads lists of files and, of a CLIP, its small configuration; fetches nothing else.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from knowledge.errors import ModelBrokenError, ModelMissingError
from vlm.models.open_clip_files import CONFIG, hub_repositories
from vlm.models.pull.fetch import not_writable, read_small
from vlm.models.pull.hubs import Hub, RemoteFile, Repository
from vlm.models.pull.needed import (
    is_pickled,
    lacks_shards,
    needed_files,
    tokenizer_files,
)
from vlm.models.pull.places import Place
from vlm.models.transformers_clip import is_two_towers, say_what_to_take

_HUB = "hf-hub:"
_CONFIG_BYTES = 2**20
_INDEX = (".safetensors.index.json", ".bin.index.json")
_INDEX_BYTES = 2**26
_SENTENCES = "modules.json"
"""Of a model of sentence-transformers, whose towers may be of any kind."""


@dataclass(frozen=True, slots=True)
class Part:
    """A repository of a model, and which of its files are needed.

    Attributes:
        repository: at the revision that the hub names now.
        files: needed ones, whether they are here or not.
        missing: those of them that are not here.
        here_bytes: bytes of the missing ones that an interrupted run has left.
    """

    repository: Repository
    files: tuple[RemoteFile, ...]
    missing: tuple[RemoteFile, ...]
    here_bytes: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What a model consists of, and what of it is not here yet.

    Attributes:
        name: as it was asked for.
        hub: where it is fetched from.
        place: where it goes.
        parts: the model's own repository first, then those that lend a tokenizer or a text tower.
    """

    name: str
    hub: Hub
    place: Place
    parts: tuple[Part, ...]

    @property
    def bytes(self) -> int:
        """Bytes of the whole model."""
        return sum(file.bytes for part in self.parts for file in part.files)

    @property
    def missing_bytes(self) -> int:
        """Bytes that are still to be fetched."""
        missing = sum(file.bytes for part in self.parts for file in part.missing)
        return missing - sum(part.here_bytes for part in self.parts)

    @property
    def is_here(self) -> bool:
        """Whether nothing has to be fetched."""
        return not any(part.missing for part in self.parts)

    @property
    def pickled(self) -> list[str]:
        """Weights that come as pickles, since the repository has no others."""
        return [file.path for part in self.parts for file in part.files if is_pickled(file.path)]


def plan_pull(name: str, *, hub: Hub, place_of: Callable[[str], Place]) -> Plan:
    """Ask a hub what a model consists of.

    Args:
        name: an open_clip name (`ViT-B-16-SigLIP2/webli`), `hf-hub:OWNER/NAME`, or `OWNER/NAME` of
            any model that a loader of SnapCite reads.
        hub: where to ask.
        place_of: the name of the model's own repository → where its files go.

    Raises:
        ModelMissingError: no hub knows it, or it holds nothing that a loader reads.
        ModelUnavailableError: the hub does not answer.
        ModelBrokenError: the hub answers what cannot be used.
    """
    name = name.strip()
    known = None if name.startswith(_HUB) else hub_repositories(name)
    main = known.repository if known else name.removeprefix(_HUB)
    place = place_of(main)
    try:
        repository = hub.open(main)
    except ModelMissingError as error:
        if find_spec("open_clip") is not None:
            raise
        raise ModelMissingError(
            f"{error} A name of open_clip's list, such as ViT-B-16-SigLIP2/webli, is only known "
            "where open_clip is installed: pip install '.[models]'."
        ) from error
    chosen = needed_files(repository.files.keys(), weights=known.weights if known else ())
    if not chosen:
        raise ModelMissingError(_nothing_to_load(repository))
    if lacking := lacks_shards(chosen):
        raise ModelMissingError(
            f"{repository.name} is not whole on {hub.name}: {lacking} files of its weights are not "
            "there. Nothing was fetched; look at its page, or take another one."
        )
    chosen = _with_indexed(hub, repository, chosen)
    if is_two_towers(repository.kind) and not {CONFIG, _SENTENCES} & set(repository.files):
        raise ModelMissingError(f"{say_what_to_take(main, repository.kind)} Nothing was fetched.")
    wanted = [(repository, chosen)]
    lenders = known.lenders if known else _lenders(hub, repository)
    for lender in dict.fromkeys(lenders):
        if lender != main:
            opened = hub.open(lender)
            wanted.append((opened, tokenizer_files(opened.files.keys())))
    parts = tuple(_part(place, *one) for one in wanted)
    return Plan(name, hub, place, parts)


def _part(place: Place, repository: Repository, paths: list[str]) -> Part:
    """What of a repository is needed and not here.

    Raises:
        ConfigurationError: the place cannot be looked at.
    """
    try:
        return _looked_up(place, repository, paths)
    except OSError as error:
        raise not_writable(place, error) from error


def _looked_up(place: Place, repository: Repository, paths: list[str]) -> Part:
    files = tuple(repository.files[path] for path in paths)
    missing = tuple(file for file in files if not place.is_here(repository, file))
    here = 0
    for file in missing:
        part = place.part(repository, file)
        here += min(part.stat().st_size, file.bytes) if part.is_file() else 0
    return Part(repository, files, missing, here)


def _with_indexed(hub: Hub, repository: Repository, chosen: list[str]) -> list[str]:
    """The chosen files with all that their index of weights names, whatever it calls them.

    Raises:
        ModelMissingError: the repository lacks some.
    """
    index = next((path for path in chosen if path.endswith(_INDEX)), None)
    if index is None:
        return chosen
    try:
        text = read_small(hub, repository, repository.files[index], at_most=_INDEX_BYTES)
        named = {str(each) for each in json.loads(text)["weight_map"].values()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelBrokenError(
            f"{index} of {repository.name} cannot be read ({type(error).__name__}), so nobody "
            "knows which weights belong together; nothing was fetched."
        ) from error
    lacking = sorted(named - set(repository.files))
    if lacking:
        raise ModelMissingError(
            f"{repository.name} is not whole on {hub.name}: {index} names {lacking[0]!r:.80}"
            f"{f' and {len(lacking) - 1:,} more' if len(lacking) > 1 else ''}, not there. "
            "Nothing was fetched; look at its page, or take another one."
        )
    return sorted({*chosen, *named})


def _lenders(hub: Hub, repository: Repository) -> list[str]:
    """The repositories that a CLIP's own configuration names."""
    file = repository.files.get(CONFIG)
    if file is None:
        return []
    try:
        text = json.loads(read_small(hub, repository, file, at_most=_CONFIG_BYTES))
        return list(_names(text["model_cfg"]["text_cfg"]))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ModelBrokenError(
            f"{CONFIG} of {repository.name} cannot be read ({error!r}), so it is no model of "
            "open_clip's; nothing was fetched."
        ) from error


def _names(text: dict[str, Any]) -> Iterator[str]:
    for key in ("hf_tokenizer_name", "hf_model_name"):
        if isinstance(text.get(key), str) and text[key]:
            yield text[key]


def _nothing_to_load(repository: Repository) -> str:
    if any(path.endswith(".gguf") for path in repository.files):
        return (
            f"{repository.name} holds GGUF files, which llama.cpp and Ollama serve "
            "(docs/readers.md); SnapCite itself loads safetensors."
        )
    if "adapter_config.json" in repository.files:
        return (
            f"{repository.name} holds an adapter (LoRA), which SnapCite does not load: take a "
            "model that it was merged into, or serve both with vLLM (docs/readers.md)."
        )
    if CONFIG not in repository.files and "config.json" not in repository.files:
        return (
            f"{repository.name} holds neither {CONFIG} nor config.json at its root, without which "
            "no weights can be loaded."
        )
    return (
        f"{repository.name} holds no weights that SnapCite loads: neither an open_clip model nor "
        "one of transformers, as safetensors or .bin at its root."
    )
