"""Reading a `tokenizer.json`, for encoders and readers alike."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Tokenizer


def read_tokenizer(path: Path) -> "Tokenizer":
    """The tokenizer in a file, without the padding and truncation that the file may ask for.

    Raises:
        Exception: the file cannot be used; the Rust side has no class of its own for that.
    """
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer
