"""Whether a reader of text in pictures is installed, and which. Imports no model."""

from importlib.util import find_spec

from vlm.ocr.base import TextReader

INSTALL = "pip install '.[ocr]'"
"""The command that installs one."""


def is_installed() -> bool:
    """Whether the extra `ocr` is installed."""
    return find_spec("rapidocr") is not None


def find_text_reader(*, threads: int = 1) -> TextReader | None:
    """The reader that is installed, its models not yet loaded; None without one.

    Args:
        threads: cores that one picture is read on.

    Raises:
        ModelMissingError: it is installed and its models are not there.
    """
    if not is_installed():
        return None
    from vlm.ocr.rapid import RapidTextReader

    return RapidTextReader(threads=threads)
