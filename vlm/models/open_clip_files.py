"""From the name of a CLIP model to its files on this machine. Never touches the network.

A name is one of

    ViT-B-32/laion2b_s34b_b79k     architecture and checkpoint as open_clip lists them, if the
                                   checkpoint lies in the caches that open_clip downloads to
    hf-hub:timm/ViT-B-16-SigLIP2   a repository in the Hugging Face cache
    folder                         with `open_clip_config.json`, the weights and the tokenizer
    folder/weights.safetensors     a checkpoint in such a folder
    ViT-B-32/folder/weights.pt     an architecture of open_clip and your own checkpoint

Loads no weights: `vlm.encoders.open_clip` does.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from knowledge.errors import ModelBrokenError, ModelMissingError
from vlm.models.open_clip_list import clean_tag, has_architecture, list_checkpoints

CONFIG = "open_clip_config.json"
WEIGHTS = (
    "open_clip_model.safetensors",
    "open_clip_pytorch_model.safetensors",
    "model.safetensors",
    "open_clip_pytorch_model.bin",
    "pytorch_model.bin",
)
"""Checkpoints by name, the safer kinds first."""

_FOLDERS = ("hf_model_name", "hf_tokenizer_name")
_HUB = "hf-hub:"
_CLIP_CACHE = Path("~/.cache/clip")
_NOT_CACHED = "its weights are not in the caches that open_clip downloads to"


@dataclass(frozen=True, slots=True)
class ClipFiles:
    """The files and the configuration of a CLIP model.

    Attributes:
        name: open_clip's name, or its folder's or file's.
        family: all names that say which kind of model it is.
        model: open_clip's configuration, its names of Hugging Face models turned into folders.
        preprocess: where its preparation of photos differs from open_clip's default.
        weights: the checkpoint.
        tokenizer: folder of a Hugging Face tokenizer; None means CLIP's own byte pairs.
    """

    name: str
    family: str
    model: dict[str, Any]
    preprocess: dict[str, Any]
    weights: Path
    tokenizer: Path | None

    def digest(self) -> str:
        """SHA-256 of everything that a vector depends on, except precision."""
        text = dict(self.model["text_cfg"])
        for key in _FOLDERS:
            text.pop(key, None)  # a vector does not depend on the folder
        described = {"model": self.model | {"text_cfg": text}, "preprocess": self.preprocess}
        digest = hashlib.sha256(json.dumps(described, sort_keys=True).encode())
        digest.update(_file_digest(self.weights).encode())
        if self.tokenizer is not None:
            for name in ("tokenizer.json", "spiece.model", "sentencepiece.bpe.model"):
                if (self.tokenizer / name).is_file():
                    digest.update(_file_digest(self.tokenizer / name).encode())
        return digest.hexdigest()


def find_clip(name: str) -> ClipFiles | None:
    """The files of the model `name`, or None if the name is not an open_clip name.

    Raises:
        ModelMissingError: a file of the model, or open_clip itself, is not on this machine.
        ModelBrokenError: its configuration cannot be read.
    """
    path = Path(name).expanduser()
    if (path / CONFIG).is_file():
        return _from_folder(path.resolve().name, path, None)
    if path.is_file():
        return _from_folder(path.stem, path.parent, path)
    if name.startswith(_HUB):
        return _from_hub(name)
    return _from_registry(name)


@dataclass(frozen=True, slots=True)
class HubRepositories:
    """What a model of open_clip's list consists of on the Hugging Face hub.

    Attributes:
        repository: the one with the weights.
        weights: names that the checkpoint may have there, the best first.
        lenders: repositories whose tokenizer, or whose text tower's shape, it uses.
    """

    repository: str
    weights: tuple[str, ...]
    lenders: tuple[str, ...]


def hub_repositories(name: str) -> HubRepositories | None:
    """The repositories of an open_clip name; None if it is none, or open_clip is not installed.

    Raises:
        ModelMissingError: open_clip knows the architecture and no such checkpoint of it, or one
            that is not on the Hugging Face hub.
    """
    architecture, _, tag = name.partition("/")
    if not tag or find_spec("open_clip") is None or has_architecture(architecture) is False:
        return None
    open_clip = _open_clip(name)
    config = open_clip.get_model_config(architecture)
    if config is None:
        return None
    known = open_clip.get_pretrained_cfg(architecture, tag)
    if not known:
        raise _unknown_checkpoint(open_clip.list_pretrained_tags_by_model(architecture), name)
    repository, _, file = (known.get("hf_hub") or "").rpartition("/")
    if not repository:
        raise ModelMissingError(
            f"The weights of {name} are not on the Hugging Face hub; download {known.get('url')} "
            f"and give --encoder {architecture}/FILE."
        )
    lenders = (config["text_cfg"].get(key) for key in _FOLDERS)
    return HubRepositories(repository, _checkpoints(file), tuple(filter(None, lenders)))


def is_cached(known: Mapping[str, Any]) -> bool:
    """Whether the weights of an entry of open_clip's list are on this machine."""
    return next(_cached(known), None) is not None


def _missing(name: str, what: str) -> ModelMissingError:
    return ModelMissingError(
        f"The encoder {name!r} is not on this machine: {what}. Either fetch "
        f"it (`snapcite models pull {name}`) or give the path of a folder with {CONFIG}, the "
        "weights and the tokenizer as --encoder (on a machine with a network, `--to FOLDER` "
        "makes such a folder)."
    )


def _from_registry(name: str) -> ClipFiles | None:
    architecture, _, tag = name.partition("/")
    if not tag or has_architecture(architecture) is False:
        return None
    checkpoint = Path(tag).expanduser()
    if not checkpoint.is_file():
        _require_weights(name, architecture, tag)
    open_clip = _open_clip(name)
    config = open_clip.get_model_config(architecture)
    if config is None:
        return None
    known = open_clip.get_pretrained_cfg(architecture, tag)
    weights: Path | None
    if checkpoint.is_file():
        known, weights, name = {}, checkpoint, f"{architecture}/{checkpoint.name}"
    elif known:
        weights = next(_cached(known), None)
        if weights is None:
            raise _missing(name, _NOT_CACHED)
    else:
        raise _unknown_checkpoint(open_clip.list_pretrained_tags_by_model(architecture), name)
    model = deepcopy(config)
    if known.get("quick_gelu"):  # the activation belongs to the weights, not to the name
        model["quick_gelu"] = True
    return _complete(name, model, known, weights, folder=None)


def _require_weights(name: str, architecture: str, tag: str) -> None:
    """Refuse a name whose weights are not here, before open_clip and PyTorch are imported.

    Raises:
        ModelMissingError: they are not in the caches, or open_clip lists no such checkpoint.
    """
    listed = list_checkpoints()
    if listed is None:
        return
    tags = listed.get(architecture, {})
    known = tags.get(clean_tag(tag))
    if known is None:
        raise _unknown_checkpoint(tags, name)
    if not is_cached(known):
        raise _missing(name, _NOT_CACHED)


def _unknown_checkpoint(tags: Iterable[str], name: str) -> ModelMissingError:
    architecture, _, tag = name.partition("/")
    return ModelMissingError(
        f"open_clip has no checkpoint {tag!r} of {architecture}, and no file has that path; the "
        f"checkpoints of {architecture} are: {', '.join(tags) or 'none'}."
    )


def _from_hub(name: str) -> ClipFiles:
    folder = _cached_folder(name.removeprefix(_HUB), CONFIG)
    if folder is None:
        raise _missing(name, f"its {CONFIG} is not in the Hugging Face cache")
    return _from_folder(name, folder, None)


def _from_folder(name: str, folder: Path, weights: Path | None) -> ClipFiles:
    config = folder / CONFIG
    if not config.is_file():
        raise ModelMissingError(
            f"{CONFIG}, which describes the weights, is missing beside {weights}. Add it, or put "
            f"an open_clip architecture before the file: --encoder ViT-B-32/{weights}."
        )
    if weights is None:
        weights = next((folder / file for file in WEIGHTS if (folder / file).is_file()), None)
    if weights is None:
        raise ModelMissingError(
            f"The model folder {folder} has no weights; expected one of {', '.join(WEIGHTS)}. "
            "Copy the folder again from where it came."
        )
    try:
        written = json.loads(config.read_bytes())
        model, preprocess = dict(written["model_cfg"]), dict(written.get("preprocess_cfg") or {})
        for key in ("embed_dim", "vision_cfg", "text_cfg"):
            model[key]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelBrokenError(
            f"{config} cannot be used: {error!r}. It has to hold open_clip's `model_cfg` with "
            "embed_dim, vision_cfg and text_cfg."
        ) from error
    return _complete(name, model, preprocess, weights, folder=folder)


def _complete(
    name: str,
    model: dict[str, Any],
    preprocess: dict[str, Any],
    weights: Path,
    *,
    folder: Path | None,
) -> ClipFiles:
    """Replace names of Hugging Face repositories by folders of this machine."""
    text = dict(model["text_cfg"])
    tower, words = (text.get(key) for key in _FOLDERS)
    if tower:
        found = _folder_of(tower, folder, ("config.json",))
        if found is None:
            raise _missing(name, f"the configuration of its text tower {tower} is not here")
        text |= {"hf_model_name": str(found), "hf_model_pretrained": False}
    tokenizer = None
    if words:
        tokenizer = _folder_of(words, folder, ("tokenizer.json", "tokenizer_config.json"))
        if tokenizer is None:
            raise _missing(name, f"its tokenizer {words} is not here")
        text["hf_tokenizer_name"] = str(tokenizer)
    vision = dict(model["vision_cfg"])
    if "timm_model_name" in vision:
        vision["timm_model_pretrained"] = False  # all weights come from the checkpoint
    keys = ("mean", "std", "interpolation", "resize_mode")
    return ClipFiles(
        name=name,
        family=" ".join(part for part in (name, tower, words) if part),
        model=model | {"text_cfg": text, "vision_cfg": vision},
        preprocess={key: preprocess[key] for key in keys if preprocess.get(key) is not None},
        weights=weights,
        tokenizer=tokenizer,
    )


def _folder_of(repository: str, folder: Path | None, names: tuple[str, ...]) -> Path | None:
    """Search beside the weights, in a folder of that name there, and in the Hugging Face cache."""
    if folder is not None:
        for place in (folder / repository, folder):
            if any((place / name).is_file() for name in names):
                return place
    return next((found for name in names if (found := _cached_folder(repository, name))), None)


def _cached(known: Mapping[str, Any]) -> Iterator[Path]:
    """The places where open_clip itself would look for a checkpoint of its list."""
    repository, _, file = (known.get("hf_hub") or "").rpartition("/")
    if repository:
        for name in _checkpoints(file):
            found = _cached_folder(repository, name)
            if found is not None:
                yield found / name
    if url := known.get("url"):
        path = _CLIP_CACHE.expanduser() / url.rpartition("/")[2]
        if path.is_file():
            yield path


def _checkpoints(file: str) -> tuple[str, ...]:
    """Names that open_clip tries for a checkpoint; `file` is what its list says, often nothing."""
    return (re.sub(r"\.(bin|pth)$", ".safetensors", file), file) if file else WEIGHTS


def _cached_folder(repository: str, file: str) -> Path | None:
    """The folder in the Hugging Face cache that holds a repository's file."""
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        found = try_to_load_from_cache(repository, file)
    except HFValidationError:  # not a possible repository name, for example a path
        return None
    return Path(found).parent if isinstance(found, str) else None


def _file_digest(path: Path) -> str:
    """SHA-256 of a file, taken from its name in the Hugging Face cache if it has it there."""
    target = path.resolve()
    if re.fullmatch(r"[0-9a-f]{64}", target.name):
        return target.name
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _open_clip(name: str) -> Any:  # noqa: ANN401 - a module without type hints
    try:
        import open_clip
    except ImportError as error:
        raise ModelMissingError(
            f"The encoder {name!r} needs PyTorch and open_clip: pip install -e '.[models]'. "
            "Without them only exported encoders run; `snapcite models list` shows those here."
        ) from error
    return open_clip
