"""The extractive readers on this machine: their names and their folders.

Looks at folders and cards only; `vlm.readers.extractive.network` loads a reader, and
`vlm.readers.export` makes one.
"""

import json
from pathlib import Path

from knowledge.errors import ModelMissingError
from vlm.readers.extractive.network import CARD


def list_readers(models_root: Path) -> list[str]:
    """Names of the extractive readers kept under `models_root`, in alphabetical order."""
    return sorted(path.parent.name for path in models_root.glob(f"*/{CARD}"))


def find_reader(name_or_folder: str, *, models_root: Path, own_root: Path) -> Path:
    """The folder of a reader.

    Args:
        name_or_folder: a folder's name under one of the roots, the name in a reader's card, or a
            path. A name wins over a folder of the same name in the working directory.
        models_root: folder of the bundled models.
        own_root: folder of exported and of added models.

    Raises:
        ModelMissingError: no reader has that name, and no folder that path.
    """
    known = {name: root / name for root in (own_root, models_root) for name in list_readers(root)}
    if name_or_folder in known:
        return known[name_or_folder]
    for folder in known.values():
        if name_or_folder == _card_name(folder):
            return folder
    folder = Path(name_or_folder).expanduser()
    if name_or_folder and (folder / CARD).is_file():
        return folder
    raise ModelMissingError(
        f"The reader {name_or_folder!r} is unknown: it is neither a folder with {CARD}, nor one of "
        f"those here: {', '.join(sorted(known)) or 'none'}. `snapcite models export` makes one "
        "of a question-answering model of transformers."
    )


def _card_name(folder: Path) -> str | None:
    try:
        written = json.loads((folder / CARD).read_bytes())
    except (OSError, ValueError):
        return None
    return written.get("name") if isinstance(written, dict) else None
