"""The text encoders on this machine: the bundled one, and models of sentence-transformers."""

from pathlib import Path

from knowledge.errors import ModelMissingError
from vlm.cores import cores
from vlm.encoders.text import TextEncoder, TextEncoderCard
from vlm.readers.extractive.network import BUNDLED, CARD, load_network

BUNDLED_TEXT = "bundled"
"""The name of the text encoder that comes with SnapCite: the vectors of the bundled reader."""


def choose_text_encoder(*, models_root: Path) -> str | None:
    """The text encoder of a new index where none is named; None where the reader has no vectors.

    Args:
        models_root: folder of the bundled models.

    Raises:
        ModelError: the bundled reader is incomplete or cannot be used.
    """
    folder = models_root / BUNDLED.name
    if not (folder / CARD).is_file():
        return None
    return BUNDLED_TEXT if load_network(folder).card.vector else None


def load_text_encoder(name: str, *, models_root: Path, bulk: bool = False) -> TextEncoder:
    """A text encoder by name; the bundled one loads no weights before they are used.

    Args:
        name: `bundled`, a folder, or a name in the Hugging Face cache.
        models_root: folder of the bundled models.
        bulk: optimise for many texts at a time instead of for one as soon as possible.

    Raises:
        ModelMissingError: it is not on this machine, or a library that it needs is not.
        ModelBrokenError: its files are there and cannot be used.
    """
    if name != BUNDLED_TEXT:
        from vlm.encoders.sentence_transformer import SentenceTransformerEncoder

        return SentenceTransformerEncoder(name)
    from vlm.encoders.onnx_text import OnnxTextEncoder

    folder = models_root / BUNDLED.name
    # Without `bulk`, this is the network that the reader has loaded.
    network = load_network(folder, threads=1) if bulk else load_network(folder)
    if not network.card.vector:
        raise ModelMissingError(
            f"The reader in {folder} makes no vectors of texts. Make a new index without them: "
            f"--text-encoder none. For an index that has them, copy back the reader that made it."
        )
    card = TextEncoderCard(
        BUNDLED_TEXT, network.vector_fingerprint, network.card.vector, network.card.languages
    )
    return OnnxTextEncoder(network, card, workers=cores() if bulk else 1)
