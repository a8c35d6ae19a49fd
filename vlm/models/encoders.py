"""From a name or a folder to a loaded encoder: the one place that knows which kinds there are."""

import json
from pathlib import Path

from knowledge.errors import ModelMissingError
from vlm.cores import cores
from vlm.encoders.base import Encoder

ONNX_CARD = "card.json"
OPEN_CLIP_CONFIG = "open_clip_config.json"


def list_encoders(models_root: Path) -> list[str]:
    """Names of the encoders kept under `models_root`, in alphabetical order."""
    kinds = (ONNX_CARD, OPEN_CLIP_CONFIG)
    return sorted({path.parent.name for kind in kinds for path in models_root.glob(f"*/{kind}")})


def load_encoder(
    name_or_folder: str, *, models_root: Path, own_root: Path | None = None, bulk: bool = False
) -> Encoder:
    """An encoder by name or by path; no weights are loaded before they are used.

    Args:
        name_or_folder: a folder's name under one of the roots, a path, or an open_clip name (see
            `vlm.models.files`), which may end in `@bf16` or `@fp32`.
        models_root: folder of the bundled models.
        own_root: folder of exported models and of ones brought here.
        bulk: for many photos at a time rather than for one as soon as possible.

    A name wins over a folder of the same name in the working directory.

    Raises:
        ModelMissingError: there is no such encoder, or a file of it is missing.
        ModelBrokenError: its files are there and cannot be used.
    """
    from vlm.encoders.onnx import OnnxEncoder
    from vlm.encoders.open_clip import OpenClipEncoder, split_precision
    from vlm.models.files import find_clip

    name, precision = split_precision(name_or_folder)
    folder = _find_folder(name, models_root=models_root, own_root=own_root)
    if folder is not None and not (folder / OPEN_CLIP_CONFIG).is_file():
        return OnnxEncoder(folder, threads=1, workers=cores()) if bulk else OnnxEncoder(folder)
    files = find_clip(str(folder or name)) if name else None
    if files is not None:
        return OpenClipEncoder(files, precision=precision)
    names = list_encoders(models_root) + (list_encoders(own_root) if own_root else [])
    raise ModelMissingError(
        f"There is no encoder {name_or_folder!r}: it is neither a path, nor an open_clip name such "
        f"as ViT-B-32/laion2b_s34b_b79k, nor one of those here: {', '.join(names) or 'none'}."
    )


def encoder_folder(name_or_folder: str, *, models_root: Path, own_root: Path | None = None) -> Path:
    """The folder with what is kept of an encoder (card, calibration), also where there is none yet.

    An open_clip name that lies in a cache gets a place of its own under `own_root`.
    """
    folder = _find_folder(name_or_folder, models_root=models_root, own_root=own_root)
    return folder or (own_root or models_root) / slug(name_or_folder)


def slug(name: str) -> str:
    """An encoder's name as that of a folder.

    >>> slug("ViT-B-32/laion2b_s34b_b79k@bf16")
    'ViT-B-32--laion2b_s34b_b79k--bf16'
    """
    return name.removeprefix("hf-hub:").replace("/", "--").replace("@", "--")


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
    """What an ONNX encoder calls itself; an index knows it by that, not by its folder."""
    try:
        written = json.loads((folder / ONNX_CARD).read_bytes())
    except (OSError, ValueError):
        return None
    return written.get("name") if isinstance(written, dict) else None
