"""A text encoder of the sentence-transformers library, on PyTorch.

Finds a model's files on this machine, loads it and runs it. Downloads nothing and knows no store.
Reimers and Gurevych, "Sentence-BERT", EMNLP 2019.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import yaml

from knowledge.errors import ModelBrokenError, ModelMissingError
from vlm.encoders.base import Embeddings
from vlm.encoders.text import TextEncoderCard
from vlm.encoders.torch_runtime import best_device, run_in_batches
from vlm.models.hub_cache import missing_weights, pull_command

if TYPE_CHECKING:
    from torch import Tensor

_BATCH = 64
_MODULES = "modules.json"
_DIGESTED = frozenset({".json", ".safetensors", ".bin", ".model", ".txt"})
"""Files that a vector depends on: weights, vocabulary and configuration."""
_ORGANISATION = "sentence-transformers"
_LIBRARY = "sentence_transformers."
"""What the types of modules begin with that are the library's own. Of another one, older versions
of the library run the code that lies beside the weights, without being told to."""


class SentenceTransformerEncoder:
    """A `TextEncoder` of the sentence-transformers library, on the fastest device here."""

    def __init__(self, name: str) -> None:
        """Load a model from a folder or from the Hugging Face cache; nothing is downloaded.

        Args:
            name: a folder, or a model's name (`intfloat/multilingual-e5-small`).

        Raises:
            ModelMissingError: it is not on this machine, or the library is not installed.
            ModelBrokenError: its files are there and cannot be used.
        """
        folder = _find_folder(name)
        _require_weights(name, folder)
        try:
            from sentence_transformers import SentenceTransformer
            from transformers.utils.logging import disable_progress_bar
        except ImportError as error:
            raise ModelMissingError(
                f"The sentence encoder {name!r} needs sentence-transformers: "
                f"pip install -e '.[models]'. Or index without --text-encoder."
            ) from error
        self._device = best_device()
        # Loading takes a second or two; its bar would stand among a command's own lines.
        disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            self._model = SentenceTransformer(
                str(folder), device=self._device, local_files_only=True, trust_remote_code=False
            )
            dim = self._model.get_embedding_dimension()
        except Exception as error:  # the library and its dependencies share no base class of errors
            raise ModelBrokenError(
                f"The sentence encoder in {folder} cannot be loaded: {error}. Copy its folder "
                f"again from where it came."
            ) from error
        if dim is None:
            raise ModelBrokenError(f"The sentence encoder in {folder} does not say its dimension.")
        # Commands may open an index from another working directory than the one it was made in.
        known_as = str(folder.resolve()) if Path(name).expanduser().is_dir() else name
        self._card = TextEncoderCard(known_as, _digest(folder), dim, _languages(folder))

    @property
    def card(self) -> TextEncoderCard:
        """What this encoder is."""
        return self._card

    def encode_passages(self, passages: Sequence[str]) -> Embeddings:
        """Passages → (n, dim)."""
        return self._encode(passages, prompt="document")

    def encode_questions(self, questions: Sequence[str]) -> Embeddings:
        """Questions → (n, dim)."""
        return self._encode(questions, prompt="query")

    def _encode(self, texts: Sequence[str], *, prompt: str) -> Embeddings:
        if not texts:
            return np.empty((0, self._card.dim), dtype=np.float32)
        encode = self._model.encode_query if prompt == "query" else self._model.encode_document

        def run(batch: Sequence[str]) -> "Tensor":
            return encode(
                list(batch),
                batch_size=len(batch),
                show_progress_bar=False,
                convert_to_tensor=True,
                normalize_embeddings=True,
            )

        parts, _ = run_in_batches(texts, _BATCH, run)
        rows = [part.float().cpu().numpy() for part in parts]
        return np.concatenate(rows).astype(np.float32, copy=False)


def _find_folder(name: str) -> Path:
    folder = Path(name).expanduser()
    if folder.is_dir():
        if not (folder / _MODULES).is_file():
            raise ModelBrokenError(
                f"The folder {folder} holds no sentence encoder: {_MODULES} is not there, which "
                f"sentence-transformers writes when it saves a model."
            )
        return folder
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    repository = name if "/" in name else f"{_ORGANISATION}/{name}"
    try:
        found = try_to_load_from_cache(repository, _MODULES)
    except HFValidationError:  # a path, say: no repository can have that name
        found = None
    if not isinstance(found, str):
        raise ModelMissingError(
            f"The sentence encoder {name!r} is not on this machine: it is neither a folder nor in "
            f"the Hugging Face cache. Either fetch it: {pull_command(repository)}, or give the "
            f"path of its folder."
        )
    return Path(found).parent


def _require_weights(name: str, folder: Path) -> None:
    """Refuse a model of which a part is missing or that brings code, before PyTorch is imported.

    Raises:
        ModelMissingError: weights of a transformer among its modules are not there.
        ModelBrokenError: the list of its modules is damaged, or names one of its own.
    """
    try:
        modules = json.loads((folder / _MODULES).read_bytes())
        kinds = [str(each["type"]) for each in modules]
        towers = [folder / str(each["path"]) for each in modules if _is_tower(str(each["type"]))]
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ModelBrokenError(
            f"{folder / _MODULES} of the sentence encoder {name!r} cannot be used ({error!r}). "
            "Copy its folder again from where it came."
        ) from error
    foreign = next((kind for kind in kinds if not kind.startswith(_LIBRARY)), None)
    if foreign is not None:
        raise ModelBrokenError(
            f"The sentence encoder {name!r} needs {foreign!r}, which is not of the library "
            "sentence-transformers: it would be code that lies beside the weights, which never "
            "runs here. Take another model."
        )
    for tower in towers:
        missing = missing_weights(tower) if (tower / "config.json").is_file() else ["config.json"]
        if missing:
            raise ModelMissingError(
                f"The sentence encoder {name!r} is only partly on this machine: {missing[0]} is "
                f"not in {tower}. Fetch the rest: {pull_command(name)}, or copy its folder again."
            )


def _is_tower(kind: str) -> bool:
    """Whether a module of that type has a transformer's files; others, as pooling, have their own.

    >>> _is_tower("sentence_transformers.models.Transformer"), _is_tower("other.Pooling")
    (True, False)
    """
    return kind.rpartition(".")[2] == "Transformer"


def _digest(folder: Path) -> str:
    whole = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.suffix in _DIGESTED):
        whole.update(file.relative_to(folder).as_posix().encode())
        with file.open("rb") as opened:
            whole.update(hashlib.file_digest(opened, "sha256").digest())
    return whole.hexdigest()[:24]


def _languages(folder: Path) -> tuple[str, ...]:
    """The languages in the front matter of the model's README; empty if it names none."""
    readme = folder / "README.md"
    if not readme.is_file():
        return ()
    parts = readme.read_text("utf-8", errors="replace").split("---\n", 2)
    if len(parts) < 3 or parts[0].strip():
        return ()
    try:
        front = yaml.safe_load(parts[1])
    except yaml.YAMLError:
        return ()
    said = front.get("language") if isinstance(front, dict) else None
    return tuple(map(str, said)) if isinstance(said, list) else (str(said),) if said else ()
