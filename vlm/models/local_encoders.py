"""The encoders on this machine: their names, the best one where none is named, and loading one.

Listing and choosing look at names and caches only; nothing here touches the network.
"""

import json
from importlib.util import find_spec
from pathlib import Path

from knowledge.errors import ModelBrokenError, ModelError, ModelMissingError
from vlm.cores import cores
from vlm.encoders.base import Encoder
from vlm.models.clip_families import languages_of
from vlm.models.hub_cache import cached_folder
from vlm.models.qwen3_vl_retrieval import EMBEDDING, find_qwen3_vl, split_name
from vlm.models.transformers_clip import kind_in, open_clip_twin, say_what_to_take
from vlm.pooling_server import PoolingOptions, server_of

BUNDLED = "starter"
ONNX_CARD = "card.json"
OPEN_CLIP_CONFIG = "open_clip_config.json"


def list_encoders(models_root: Path) -> list[str]:
    """Names of the encoders kept under `models_root`, in alphabetical order."""
    kinds = (ONNX_CARD, OPEN_CLIP_CONFIG)
    return sorted({path.parent.name for kind in kinds for path in models_root.glob(f"*/{kind}")})


def load_encoder(
    name_or_folder: str,
    *,
    models_root: Path,
    own_root: Path | None = None,
    bulk: bool = False,
    server: PoolingOptions | None = None,
) -> Encoder:
    """An encoder by name or by path; no weights are loaded before they are used.

    Args:
        name_or_folder: a folder's name under one of the roots, a path, or an open_clip name (see
            `vlm.models.open_clip_files`), which may end in `@bf16` or `@fp32`, or that of a
            Qwen3-VL-Embedding (see `vlm.models.qwen3_vl_retrieval`).
        models_root: folder of the bundled models.
        own_root: folder of exported and of added models.
        bulk: optimise for many photos at a time instead of for one as soon as possible.
        server: where a model is whose name ends in `@server`; its own `model` is not looked at.

    A name wins over a folder of the same name in the working directory.

    Raises:
        ModelMissingError: no encoder has that name, or a file of it is missing.
        ModelBrokenError: its files are there and cannot be used.
        ModelUnavailableError: it is on a server that cannot be asked.
        ConfigurationError: it is on a server, and no server is given.
    """
    qwen = split_name(name_or_folder)
    if qwen.how == "server":
        from vlm.encoders.served import ServedEncoder

        return ServedEncoder(server_of(qwen.name, server, setting="encoder"), dim=qwen.dim)
    found = find_qwen3_vl(qwen.name, EMBEDDING, models_root=models_root, own_root=own_root)
    if found is not None:
        from vlm.encoders.qwen3_vl import Qwen3VlEncoder

        return Qwen3VlEncoder(found, dim=qwen.dim, precision=qwen.how)
    from vlm.encoders.onnx import OnnxEncoder
    from vlm.encoders.open_clip import OpenClipEncoder, split_precision
    from vlm.models.open_clip_files import find_clip

    name, precision = split_precision(name_or_folder)
    folder = _find_folder(name, models_root=models_root, own_root=own_root)
    _refuse_transformers_clip(name, folder)
    if folder is not None and not (folder / OPEN_CLIP_CONFIG).is_file():
        return OnnxEncoder(folder, threads=1, workers=cores()) if bulk else OnnxEncoder(folder)
    files = find_clip(str(folder or name)) if name else None
    if files is not None:
        return OpenClipEncoder(files, precision=precision)
    names = list_encoders(models_root) + (list_encoders(own_root) if own_root else [])
    raise ModelMissingError(
        f"The encoder {name_or_folder!r} is unknown: it is neither a path, nor an open_clip name "
        f"such as ViT-B-32/laion2b_s34b_b79k, nor {EMBEDDING}, nor one of those "
        f"here: {', '.join(names) or 'none'}."
    )


def _refuse_transformers_clip(name: str, folder: Path | None) -> None:
    """Say what to take where a CLIP is named that transformers reads and open_clip does not.

    Raises:
        ModelBrokenError: it is here.
        ModelMissingError: it is not.
    """
    place = folder or (cached_folder(name.removeprefix("hf-hub:")) if "/" in name else None)
    if place is None:
        if open_clip_twin(name) is not None:
            raise ModelMissingError(say_what_to_take(name))
        return
    kind = kind_in(place)
    if kind is not None and not any(
        (place / one).is_file() for one in (ONNX_CARD, OPEN_CLIP_CONFIG)
    ):
        raise ModelBrokenError(say_what_to_take(name, kind))


def encoder_folder(name_or_folder: str, *, models_root: Path, own_root: Path | None = None) -> Path:
    """The folder for an encoder's card and calibration; it need not exist yet.

    A model in open_clip's caches gets a folder under `own_root`.
    """
    folder = _find_folder(name_or_folder, models_root=models_root, own_root=own_root)
    return folder or (own_root or models_root) / folder_name(name_or_folder)


def folder_name(name: str) -> str:
    """An encoder's name as a folder's name.

    >>> folder_name("ViT-B-32/laion2b_s34b_b79k@bf16")
    'ViT-B-32--laion2b_s34b_b79k--bf16'
    """
    plain = name.removeprefix("hf-hub:")
    return plain.replace("/", "--").replace("@", "--").replace(":", "--")


def _find_folder(name_or_folder: str, *, models_root: Path, own_root: Path | None) -> Path | None:
    for root in (models_root, own_root):
        if root is None:
            continue
        names = list_encoders(root)
        if name_or_folder in names:
            return root / name_or_folder
        for name in names:
            if name_or_folder == _card_name(root / name):
                return root / name
    folder = Path(name_or_folder).expanduser()
    return folder if name_or_folder and folder.is_dir() else None


def _card_name(folder: Path) -> str | None:
    """The name in an ONNX encoder's card, which an index stores instead of the folder's name."""
    try:
        written = json.loads((folder / ONNX_CARD).read_bytes())
    except (OSError, ValueError):
        return None
    return written.get("name") if isinstance(written, dict) else None


def choose_encoder(*, models_root: Path, own_root: Path) -> str:
    """Name of the encoder to use: one of the operator's own, a cached CLIP, or the bundled one.

    Of several, those that read many languages come first.

    Args:
        models_root: folder of the bundled models.
        own_root: folder of exported and of added models.
    """
    bundled = set(list_encoders(models_root))
    own = [name for name in list_encoders(own_root) if name not in bundled]
    return best_of(own) or best_of(_cached_clips()) or BUNDLED


def best_of(names: list[str]) -> str | None:
    """The most promising name; None if `names` is empty.

    >>> best_of(["ViT-B-32/openai", "ViT-B-16-SigLIP2/webli", "xlm-roberta-base-ViT-B-32/laion5b"])
    'ViT-B-16-SigLIP2/webli'
    """
    return min(names, key=_rank, default=None)


def _rank(name: str) -> tuple[int, int, str]:
    known = name.casefold()
    family = next((n for n, word in enumerate(("siglip2", "siglip")) if word in known), 2)
    return -len(languages_of(name)), family, name


def _cached_clips() -> list[str]:
    """open_clip names whose files are all in the caches that open_clip downloads to."""
    if find_spec("open_clip") is None or not _caches_hold_a_clip():
        return []
    import open_clip

    from vlm.models.open_clip_files import find_clip, is_cached

    names = []
    for architecture, tag in open_clip.list_pretrained():
        name = f"{architecture}/{tag}"
        try:
            if is_cached(open_clip.get_pretrained_cfg(architecture, tag)) and find_clip(name):
                names.append(name)
        except ModelError:  # its tokenizer is missing, for example
            continue
    return names


def _caches_hold_a_clip() -> bool:
    """Whether a cache may hold a CLIP, by names alone: importing open_clip takes seconds."""
    from huggingface_hub.constants import HF_HUB_CACHE

    hub = [path.name.casefold() for path in Path(HF_HUB_CACHE).glob("models--*")]
    openai = Path("~/.cache/clip").expanduser()
    return any("clip" in n or "siglip" in n for n in hub) or any(openai.glob("*.pt"))
