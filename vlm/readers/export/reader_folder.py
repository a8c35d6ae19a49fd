"""A question-answering model of transformers → a folder that the reader `extractive` runs.

Before the result is moved to its folder, its scores of real pairs are compared with the model's
own. Needs `.[models]`, which is imported only when an export runs.
"""

import json
import tempfile
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from knowledge.errors import ConfigurationError, DiskFullError, ModelBrokenError, SnapCiteError
from vlm.encoders.export.clip import check_room
from vlm.encoders.export.quantize import Feed, keep_worst, prepare, quantize_matrices
from vlm.readers.export.comparison import (
    LARGEST_REGRET,
    MEAN_ERROR,
    PAIRS,
    WORST_ERROR,
    Comparison,
    Pair,
    Precision,
    pairs_in,
    prefers_nothing,
)
from vlm.readers.export.hub_page import learned_nulls, read_hub_page
from vlm.readers.export.qa_model import QaModel, first_line, load_qa_model
from vlm.readers.extractive.network import CARD, NETWORK, TOKENIZER, Network

if TYPE_CHECKING:
    from torch import Tensor, nn

_ONE_FILE = 1_800_000_000
"""Bytes of weights that fit into one ONNX file, whose format ends at 2 GiB."""
_RANKED_ON = 4
"""Pairs that rank the layers."""
_OPSET = 20


@dataclass(frozen=True, slots=True)
class ReaderReport:
    """An exported reader, with its measured quality and size.

    Attributes:
        folder: where it is.
        name: in its card.
        languages: in its card.
        nulls: whether it can say that nothing answers (`ReaderCard.nulls`).
        positions: the most tokens of a pair.
        pairs: how many questions and texts were compared.
        same_spans: for how many of them it chooses the model's own span.
        errors: mean and largest distance of its logits from the model's own, as a share of their
            spread.
        nothing_answers: how many pairs of the check have no answer in their text, and for how many
            of those it prefers "nothing answers"; None without nulls.
        kept_float: layers that stayed in float because int8 was too inexact.
        bytes: size of the folder.
    """

    folder: Path
    name: str
    languages: tuple[str, ...]
    nulls: bool
    positions: int
    pairs: int
    same_spans: int
    errors: tuple[float, float]
    nothing_answers: tuple[int, int] | None
    kept_float: list[str]
    bytes: int


def export_reader(
    name: str,
    source: Path,
    out: Path,
    *,
    precision: Precision = "int8",
    languages: Sequence[str] = (),
    nulls: bool | None = None,
    on_step: Callable[[str], None] = lambda step: None,
    one_file: int = _ONE_FILE,
) -> ReaderReport:
    """Export a question-answering model and check the result.

    Args:
        name: the model's name, to which the card's name adds the precision.
        source: its folder.
        out: a folder that does not exist yet, or is empty.
        precision: int8 rounds matrices and word embeddings to int8: about a quarter of the size.
        languages: BCP 47 tags of those that it reads; empty takes them from the model's page.
        nulls: whether it learned to find no answer; None takes that from the model's page or name.
        on_step: called with a phrase that says what is being done.
        one_file: bytes above which fp32 weights go into a file of their own.

    Raises:
        ConfigurationError: `out` is not empty, the model does not answer questions or has not
            learned to, or its languages are not known.
        DiskFullError: the disk has no room for the export and its intermediate files.
        ModelBrokenError: the model cannot be loaded or exported, or the export fails its check.
        ModelMissingError: transformers is not installed.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ConfigurationError(f"{out} is not empty; remove it or give another --out.")
    page = read_hub_page(source)
    languages = tuple(languages) or page.languages
    if not languages:
        raise ConfigurationError(
            f"The languages of {name} are not known: {source / 'README.md'} does not list them "
            "under `language:`. Say which it reads, for instance --languages en,zh."
        )
    on_step("the model itself on questions and texts")
    loaded = load_qa_model(name, source)
    out.parent.mkdir(parents=True, exist_ok=True)
    check_room(4 * loaded.model.num_parameters(), out.parent)
    if nulls is None:
        nulls = learned_nulls(name, page) and loaded.begins_specially()
    elif nulls and not loaded.begins_specially():
        raise ConfigurationError(
            f"The tokenizer of {name} puts no special token first, which could stand for `nothing "
            "answers`; export it with --no-nulls."
        )
    try:
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".export-") as scratch:
            ready = Path(scratch) / "ready"
            ready.mkdir()
            card: dict[str, Any] = {
                "name": f"{name}@onnx-{precision}",
                "languages": list(languages),
                "positions": loaded.positions,
                "nulls": nulls,
                "precision": precision,
                "made_from": name,
            }
            if not nulls:
                card["note"] = "It did not learn that a text may hold no answer."
            report = _export(
                loaded, card, ready, precision=precision, on_step=on_step, one_file=one_file
            )
            if out.exists():
                out.rmdir()
            ready.rename(out)
    except OSError as error:
        raise DiskFullError(f"The export cannot be written to {out}: {error.strerror}.") from error
    return ReaderReport(folder=out, **report)


def _export(
    loaded: QaModel,
    card: dict[str, Any],
    ready: Path,
    *,
    precision: Precision,
    on_step: Callable[[str], None],
    one_file: int,
) -> dict[str, Any]:
    pairs = pairs_in(card["languages"])
    theirs = [loaded.ask(pair) for pair in pairs]
    _write_tokenizer(loaded, ready / TOKENIZER)
    _write_card(card, ready)
    compared = Comparison([], [], nulls=card["nulls"])

    def check() -> bool:
        nonlocal compared
        network = Network(ready)
        ours = [network.read(pair.question, pair.text) for pair in pairs]
        for mine, its in zip(ours, theirs, strict=True):
            if not np.array_equal(mine.offsets, its.offsets):
                raise ModelBrokenError(
                    f"The exported tokenizer of {loaded.name} cuts a text otherwise than "
                    "transformers does, so the model cannot be exported."
                )
        compared = Comparison(ours, theirs, nulls=card["nulls"])
        return compared.passes(precision)

    on_step("fp32")
    kept: list[str] = []
    if precision == "fp32":
        _write_network(loaded, ready / NETWORK, one_file)
        check()
    else:
        feeds = [loaded.feed(pair) for pair in pairs[:_RANKED_ON]]
        kept = _write_int8(loaded, ready / NETWORK, feeds, check, on_step, one_file)
    if not compared.passes(precision):
        raise _parted(loaded.name, compared, precision)
    nothing = None
    if card["nulls"]:
        silent = [o for o, pair in zip(compared.ours, pairs, strict=True) if pair.answered is False]
        nothing = (len(silent), sum(map(prefers_nothing, silent)))
    errors, same_spans = compared.errors(), compared.same_spans()
    card["measured"] = {
        "pairs": len(pairs),
        "same_spans": same_spans,
        "errors": dict(zip(("mean", "largest"), errors, strict=True)),
        "kept_float": kept,
    }
    _write_card(card, ready)
    return {
        "name": card["name"],
        "languages": tuple(card["languages"]),
        "nulls": card["nulls"],
        "positions": card["positions"],
        "pairs": len(pairs),
        "same_spans": same_spans,
        "errors": errors,
        "nothing_answers": nothing,
        "kept_float": kept,
        "bytes": sum(path.stat().st_size for path in ready.iterdir()),
    }


def _parted(name: str, compared: Comparison, precision: Precision) -> ModelBrokenError:
    mean, worst = compared.errors()
    return ModelBrokenError(
        f"The export of {name} in {precision} parts from the model: its logits are off by "
        f"{mean:.3f} of their spread on average and {worst:.3f} at worst (at most "
        f"{MEAN_ERROR[precision]} and {WORST_ERROR[precision]} pass), and the model finds its "
        f"worst span {compared.regret():.2f} logits below its own (at most {LARGEST_REGRET})."
        + (" Export it with --precision fp32." if precision == "int8" else "")
    )


def _write_int8(
    loaded: QaModel,
    path: Path,
    feeds: Sequence[Feed],
    check: Callable[[], bool],
    on_step: Callable[[str], None],
    one_file: int,
) -> list[str]:
    """Write the model in int8; return the layers kept in float, if it did not pass without."""
    exact, prepared = path.parent.parent / "exact.onnx", path.parent.parent / "prepared.onnx"
    try:
        _round_words(loaded.model)
        _write_network(loaded, exact, one_file)
        prepare(exact, prepared)
        on_step("int8")
        quantize_matrices(prepared, path)
        if check():
            return []
        on_step("which layers to keep in float")
        return keep_worst(prepared, path, feeds, check)
    except (OSError, SnapCiteError):
        raise
    except Exception as error:  # onnx, protobuf and ONNX Runtime share no base
        raise ModelBrokenError(
            f"{loaded.name} cannot be made int8: {first_line(error)}. Models whose matrices take "
            "more than 2 GB in float do not fit; --precision fp32 exports them."
        ) from error


def _write_tokenizer(loaded: QaModel, path: Path) -> None:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(loaded.tokenizer.backend_tokenizer.to_str())
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.save(str(path), pretty=False)


def _write_card(card: dict[str, Any], folder: Path) -> None:
    text = json.dumps(card, indent=2, ensure_ascii=False) + "\n"
    (folder / CARD).write_text(text, encoding="utf-8")


def _round_words(model: Any) -> None:  # noqa: ANN401 - any of transformers' classes
    """Replace the word embeddings by int8 rows with a scale each. They are most of a multilingual
    model's weights, and a row's rounding hardly shows."""
    import torch
    from torch import Tensor, nn

    class Rows(nn.Module):
        def __init__(self, words: Tensor) -> None:
            super().__init__()
            scales = words.abs().amax(1, keepdim=True).clamp(min=1e-8) / 127
            self.rows = nn.Buffer((words / scales).round().to(torch.int8))  # (vocabulary, dim)
            self.scales = nn.Buffer(scales)  # (vocabulary, 1)

        def forward(self, tokens: Tensor) -> Tensor:
            return self.rows[tokens].float() * self.scales[tokens]

    words = model.get_input_embeddings()
    if type(words) is nn.Embedding:  # its heirs also scale
        model.set_input_embeddings(Rows(words.weight.detach()))


def _write_network(loaded: QaModel, path: Path, one_file: int) -> None:
    """Write the model in float, for one pair of any length.

    Raises:
        ModelBrokenError: PyTorch cannot export it.
    """
    import torch

    feed = loaded.feed(Pair(*PAIRS[0][1:]))
    tensors = tuple(torch.tensor(value) for value in feed.values())
    kept = [*loaded.model.parameters(), *loaded.model.buffers()]
    size = sum(tensor.numel() * tensor.element_size() for tensor in kept)
    length = torch.export.Dim("length", min=4, max=loaded.positions)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of its own inside; errors are raised
            torch.onnx.export(
                _outputs_only(loaded),
                tensors,
                path,
                input_names=list(feed),
                output_names=["start_logits", "end_logits"],
                dynamic_shapes={"inputs": tuple({1: length} for _ in tensors)},
                opset_version=_OPSET,
                dynamo=True,
                external_data=size > one_file,
                verbose=False,
            )
    except Exception as error:  # torch, onnx and onnxscript share no base
        raise ModelBrokenError(
            f"PyTorch cannot export {loaded.name}: {first_line(error)}."
        ) from error


def _outputs_only(loaded: QaModel) -> "nn.Module":
    """The model as a function from its inputs, in their order, to the two logits."""
    from torch import nn

    class Outputs(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = loaded.model

        def forward(self, *inputs: "Tensor") -> "tuple[Tensor, Tensor]":
            out = self.model(**dict(zip(loaded.inputs, inputs, strict=True)))
            return out.start_logits, out.end_logits

    return Outputs().eval()
