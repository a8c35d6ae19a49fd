"""From a name or a folder to a loaded encoder: the one place that knows which kinds there are."""

from pathlib import Path

from knowledge.errors import ModelMissingError
from vlm.encoder import Encoder
from vlm.onnx_encoder import OnnxEncoder


def list_encoders(models_root: Path) -> list[str]:
    """Names of the encoders kept under `models_root`, in alphabetical order."""
    return sorted(card.parent.name for card in models_root.glob("*/card.json"))


def load_encoder(name_or_folder: str, *, models_root: Path) -> Encoder:
    """Load an encoder by the name of its folder under `models_root`, or by the path of a folder.

    A name wins over a folder of the same name in the working directory.

    Raises:
        ModelMissingError: there is no such encoder, or a file of it is missing.
        ModelBrokenError: its files are there and cannot be used.
    """
    return OnnxEncoder(encoder_folder(name_or_folder, models_root=models_root))


def encoder_folder(name_or_folder: str, *, models_root: Path) -> Path:
    """The folder that a name or a path means: the card, the weights, the calibration.

    Raises:
        ModelMissingError: there is no such encoder.
    """
    names = list_encoders(models_root)
    if name_or_folder in names:
        return models_root / name_or_folder
    folder = Path(name_or_folder).expanduser()
    if name_or_folder and folder.is_dir():
        return folder
    raise ModelMissingError(
        f"There is no encoder {name_or_folder!r}: it is neither a folder nor one of those in "
        f"{models_root}: {', '.join(names) or 'none'}."
    )
