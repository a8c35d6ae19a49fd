"""A model for extractive question answering as transformers has it, and its tokenizer.

Loads what `AutoModelForQuestionAnswering` takes (BERT, RoBERTa, XLM-R, DeBERTa, ELECTRA,
DistilBERT, MobileBERT, …) from a folder or from the Hugging Face cache, and downloads nothing.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.errors import (
    ConfigurationError,
    ModelBrokenError,
    ModelMissingError,
    SnapCiteError,
)
from vlm.readers.export.comparison import Pair
from vlm.readers.extractive.network import Scores

_POSITIONS = 512
"""Most tokens of a pair: longer texts are read in parts, and attention grows with the square."""
_ENDLESS = 10**6
"""Tokenizers without a limit give a number far above this."""


@dataclass(frozen=True, slots=True)
class QaModel:
    """A model and its tokenizer, classes of transformers without type hints.

    Attributes:
        name: for messages.
        model: in fp32 on the CPU.
        tokenizer: a fast one.
        inputs: what the model takes for one pair, in this order.
        positions: the most tokens of a pair.
    """

    name: str
    model: Any
    tokenizer: Any
    inputs: tuple[str, ...]
    positions: int

    def begins_specially(self) -> bool:
        """Whether a pair begins with a token such as [CLS], which can stand for "nothing"."""
        encoded = self.tokenizer("a", "b", return_special_tokens_mask=True)
        return bool(encoded["special_tokens_mask"][0])

    def feed(self, pair: Pair) -> dict[str, npt.NDArray[np.int64]]:
        """The model's inputs for a pair, each (1, length), by transformers' own tokenizer."""
        encoded = self._encode(pair)
        return {name: np.array([encoded[name]], np.int64) for name in self.inputs}

    def ask(self, pair: Pair) -> Scores:
        """What the model itself says of a pair.

        Raises:
            ConfigurationError: its outputs are not two logits a token.
        """
        import torch

        feed = {name: torch.from_numpy(value) for name, value in self.feed(pair).items()}
        with torch.no_grad():
            out = self.model(**feed)
        if out.start_logits.shape != feed["input_ids"].shape:
            raise ConfigurationError(f"{self.name} does not give two logits for each token.")
        encoded = self._encode(pair)
        offsets = np.array(encoded["offset_mapping"], np.int64)
        of_text = np.array([part == 1 for part in encoded.sequence_ids(0)])
        inside = of_text & (offsets[:, 1] > 0)
        starts, ends = out.start_logits[0].numpy(), out.end_logits[0].numpy()
        return Scores(
            starts=starts[inside],
            ends=ends[inside],
            offsets=offsets[inside],
            nothing=float(starts[0] + ends[0]),
            answerable=None,
            statuses=None,
            verdicts=None,
        )

    def _encode(self, pair: Pair) -> Any:  # noqa: ANN401 - transformers' own
        return self.tokenizer(
            pair.question,
            pair.text,
            truncation="only_second",
            max_length=self.positions,
            return_offsets_mapping=True,
        )


def find_transformers_model(name_or_folder: str, *, own_root: Path) -> Path | None:
    """The folder of a model of transformers: a path, a folder's name under `own_root`, or the name
    of a repository in the Hugging Face cache. None if there is none, or it is a CLIP of open_clip.
    """
    cached = _cached_folder(name_or_folder)
    for folder in (own_root / name_or_folder, Path(name_or_folder).expanduser(), cached):
        if folder is not None and (folder / "config.json").is_file():
            return None if (folder / "open_clip_config.json").is_file() else folder
    return None


def load_qa_model(name: str, source: Path) -> QaModel:
    """Load a model from its folder.

    Raises:
        ConfigurationError: it does not answer questions, has not learned to, or reads otherwise
            than the reader does.
        ModelBrokenError: it cannot be loaded.
        ModelMissingError: transformers is not installed.
    """
    try:
        import torch
        import transformers
        from transformers import AutoConfig, AutoModelForQuestionAnswering, AutoTokenizer
    except ImportError as error:
        raise ModelMissingError(
            f"To export {name}, install PyTorch and transformers: pip install -e '.[models]'."
        ) from error
    level = transformers.logging.get_verbosity()
    # What it would report is an error below.
    transformers.logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    try:
        config = AutoConfig.from_pretrained(source, local_files_only=True, trust_remote_code=False)
        if type(config) not in transformers.MODEL_FOR_QUESTION_ANSWERING_MAPPING:
            raise ConfigurationError(
                f"{name} is a {config.model_type or 'model'} of transformers that has no form for "
                "extractive question answering; give one for AutoModelForQuestionAnswering."
            )
        model, loading = AutoModelForQuestionAnswering.from_pretrained(
            source,
            local_files_only=True,
            trust_remote_code=False,  # else transformers asks on the terminal whether to run it
            dtype=torch.float32,
            attn_implementation="eager",
            output_loading_info=True,
        )
        tokenizer = AutoTokenizer.from_pretrained(
            source, local_files_only=True, trust_remote_code=False
        )
    except SnapCiteError:
        raise
    except Exception as error:  # transformers, safetensors and PyTorch share no base
        raise ModelBrokenError(f"{name} cannot be loaded: {first_line(error)}.") from error
    finally:
        transformers.logging.set_verbosity(level)
    untrained = sorted(map(str, loading["missing_keys"])) + [
        str(key[0] if isinstance(key, tuple) else key) for key in loading["mismatched_keys"]
    ]
    if untrained:
        raise ConfigurationError(
            f"{name} has not learned to answer questions: its files hold no {untrained[0]}. Give a "
            "model that was trained on question answering, such as one on SQuAD 2."
        )
    if not tokenizer.is_fast:
        raise ConfigurationError(
            f"The tokenizer of {name} has no tokenizer.json, which the reader needs."
        )
    if tokenizer.padding_side != "right":
        raise ConfigurationError(f"{name} reads the text before the question; no reader does.")
    inputs = ("input_ids", "token_type_ids")
    return QaModel(
        name,
        model.eval(),
        tokenizer,
        tuple(each for each in inputs if each in tokenizer.model_input_names),
        _count_positions(model, tokenizer),
    )


def _count_positions(
    model: Any,  # noqa: ANN401 - any of transformers' classes
    tokenizer: Any,  # noqa: ANN401 - the same
) -> int:
    """The most tokens of a pair: RoBERTa and its kin count positions from behind the padding's id,
    so that two of their table's rows are never used."""
    from torch import nn

    limits = [_POSITIONS]
    if tokenizer.model_max_length < _ENDLESS:
        limits.append(int(tokenizer.model_max_length))
    configured = getattr(model.config, "max_position_embeddings", None)
    if isinstance(configured, int) and configured > 0:
        limits.append(configured)
    for name, module in model.named_modules():
        is_table = isinstance(module, nn.Embedding) and name.endswith("position_embeddings")
        if is_table and module.padding_idx is not None:
            limits.append(module.num_embeddings - module.padding_idx - 1)
    return min(limits)


def _cached_folder(repository: str) -> Path | None:
    """The folder of a repository in the Hugging Face cache."""
    try:
        from huggingface_hub import try_to_load_from_cache
        from huggingface_hub.errors import HFValidationError
    except ImportError:
        return None
    try:
        found = try_to_load_from_cache(repository, "config.json")
    except HFValidationError:  # not a possible repository name, for example a path
        return None
    return Path(found).parent if isinstance(found, str) else None


def first_line(error: Exception) -> str:
    """The first line of an error's text, or its class if it has none."""
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
