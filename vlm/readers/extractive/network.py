"""A question-answering network in a folder of ONNX files, run on the CPU without PyTorch.

The folder holds `reader.onnx`, `tokenizer.json` and `reader.json`, its card. The bundled one is
made by `scripts/reader/export.py`, others by `snapcite models export` from any extractive
question-answering model of transformers. Knows pairs of texts and scores; no document, no answer.

`reader.onnx` takes `input_ids` int64 (1, length) and, where it declares them, `attention_mask` and
`token_type_ids` int64 and `passage_mask` bool of the same shape. It gives `start_logits` and
`end_logits` float32 (1, length); the first token stands for "nothing here answers", unless the card
says `nulls: false`. A network of our own also gives `answerable` (1,), `statuses` (1, 3) and
`verdicts` (1, 3), and for a text alone, which has a `passage_mask` (1, 0), its `vector` (1, dim) of
length 1. Weights above 2 GB lie beside it in `reader.onnx.data`.

One pair a run: int8 layers choose their scale from the whole input, so that in a batch a pair's
scores would depend on the others.
"""

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from knowledge.errors import ModelBrokenError, ModelMissingError
from vlm.onnx_session import session_options
from vlm.tokenizer_file import read_tokenizer

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

BUNDLED = Path(__file__).parents[3] / "data" / "models" / "reader"
"""The folder of the reader that comes with SnapCite."""
CARD, NETWORK, TOKENIZER = "reader.json", "reader.onnx", "tokenizer.json"
WEIGHTS = f"{NETWORK}.data"
"""Weights that do not fit into NETWORK; most readers have no such file."""
STATUSES = ("standing", "gone", "not said")
VERDICTS = ("yes", "no", "neither")

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

_INPUTS = ("input_ids", "attention_mask", "token_type_ids", "passage_mask")
_REMEDY = (
    "Copy the folder again from where it came, or make it again with `snapcite models export`; the "
    "bundled reader comes back with `git checkout -- data/models/reader`."
)
_LONGEST_QUESTION = 64
"""Tokens of a question that are read, where they are at most half of the positions."""
_LONGEST_TEXT = 128
"""Tokens of a text that its vector is made of; it was trained on passages of up to 72."""
_LEAST_ELSEWHERE = 1e-6
"""Least probability that an answer lies outside the best span."""


class ReaderCard(BaseModel):
    """`reader.json`: what describes a reader; further keys are for people.

    Attributes:
        name: for answers and logs.
        languages: BCP 47 tags of the languages in which it was measured to read well enough.
        positions: the most tokens of a pair.
        nulls: whether it learned to point at the first token where nothing answers. Models trained
            on SQuAD 1.1 did not.
        vector: length of the vector that it makes of a text alone; 0 where it makes none.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    name: str = Field(min_length=1)
    languages: tuple[str, ...] = Field(min_length=1)
    positions: int = Field(gt=16)
    nulls: bool = True
    vector: int = Field(default=0, ge=0)


@dataclass(frozen=True, slots=True)
class Scores:
    """What a network says of a question and a text of `n` tokens.

    Attributes:
        starts, ends: float32 (n,), logits of the answer's first and last token.
        offsets: int64 (n, 2), the tokens' first and past-the-last character in the text.
        nothing: logit of "nothing here answers", to be held against `starts[i] + ends[j]`. A
            network without nulls cannot say that; then it is the logit of "the answer lies outside
            the best span", so that the best span's distance from it is its log-odds at most. Such
            a network is sure of some span in most texts, also where nothing answers.
        answerable: logit of "something here answers"; None where the network has no such head.
        statuses: probabilities (3,) in the order of STATUSES, or None.
        verdicts: probabilities (3,) in the order of VERDICTS, or None.
    """

    starts: Floats
    ends: Floats
    offsets: npt.NDArray[np.int64]
    nothing: float
    answerable: float | None
    statuses: Floats | None
    verdicts: Floats | None


class Network:
    """A question-answering network. The card and the tokenizer are read at once, the weights at
    first use. Safe to call from several threads."""

    def __init__(self, folder: Path, *, threads: int = 0) -> None:
        """Read the card and the tokenizer.

        Args:
            folder: where the three files are.
            threads: cores for one pair; 0 leaves it to ONNX Runtime (all).

        Raises:
            ModelMissingError: the folder or one of its files is not there.
            ModelBrokenError: the card or the tokenizer cannot be read.
        """
        missing = [each for each in (CARD, NETWORK, TOKENIZER) if not (folder / each).is_file()]
        if missing:
            raise ModelMissingError(f"The reader in {folder} lacks {', '.join(missing)}. {_REMEDY}")
        self._folder = folder
        self._threads = threads
        try:
            self.card = ReaderCard.model_validate_json((folder / CARD).read_bytes())
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise _broken(folder / CARD, f"{where or 'file'}: {first['msg']}") from error
        self._tokenizer = _read_tokenizer(folder / TOKENIZER)
        self._session: InferenceSession | None = None
        self._inputs: frozenset[str] = frozenset()
        self._outputs: tuple[str, ...] = ()
        self._lock = threading.Lock()

    @property
    def fingerprint(self) -> str:
        """Digest of its files; equal fingerprints read alike."""
        return _digest(self._folder)

    @property
    def vector_fingerprint(self) -> str:
        """Digest of what a text's vector depends on: weights and tokenizer."""
        return _digest(self._folder, (NETWORK, TOKENIZER))

    def load(self) -> None:
        """Load the weights now, so that the first question does not wait.

        Raises:
            ModelBrokenError: they cannot be loaded.
        """
        with self._lock:
            if self._session is not None:
                return
            import onnxruntime

            options = session_options(self._threads)
            path = self._folder / NETWORK
            try:
                session = onnxruntime.InferenceSession(
                    str(path), sess_options=options, providers=["CPUExecutionProvider"]
                )
            except Exception as error:  # ONNX Runtime's errors share no public base
                raise _broken(path, error) from error
            self._inputs = frozenset(each.name for each in session.get_inputs())
            outputs = [each.name for each in session.get_outputs()]
            if not {"start_logits", "end_logits"} <= set(outputs):
                raise _broken(path, "it gives no start_logits and end_logits")
            if unknown := self._inputs - set(_INPUTS):
                raise _broken(path, f"it wants {', '.join(sorted(unknown))}, which no reader gets")
            self._outputs = tuple(name for name in outputs if name != "vector")
            self._session = session

    def count_tokens(self, text: str) -> int:
        """Tokens of a text alone, without special ones."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def read(self, question: str, text: str, *, heading: str = "") -> Scores:
        """Score every token of `text` as the beginning and the end of the answer.

        Args:
            question: its first 64 tokens are read, or as many as half of the card's positions.
            text: what may answer; what does not fit beside the question is left out.
            heading: stands before the text, says what it is about and cannot be the answer.

        Raises:
            ModelBrokenError: the network cannot be loaded or run.
        """
        self.load()
        assert self._session is not None
        lead = f"{heading}\n" if heading else ""
        ids, kinds, offsets, inside = self._pair(question, lead + text)
        inside &= offsets[:, 1] > len(lead)
        given: tuple[npt.NDArray[Any], ...] = (
            ids[None],
            np.ones_like(ids)[None],
            kinds[None],
            inside[None],
        )
        fed = {n: value for n, value in zip(_INPUTS, given, strict=True) if n in self._inputs}
        try:
            values = self._session.run(self._outputs, fed)
        except Exception as error:  # ONNX Runtime's errors share no public base
            raise _broken(self._folder / NETWORK, error) from error
        said = dict(zip(self._outputs, (value[0] for value in values), strict=True))
        first = float(said["start_logits"][0] + said["end_logits"][0])
        starts, ends = said["start_logits"][inside], said["end_logits"][inside]
        return Scores(
            starts=starts,
            ends=ends,
            offsets=np.maximum(offsets[inside] - len(lead), 0),
            nothing=first if self.card.nulls else _elsewhere(starts, ends),
            answerable=float(said["answerable"]) if "answerable" in said else None,
            statuses=_softmax(said["statuses"]) if "statuses" in said else None,
            verdicts=_softmax(said["verdicts"]) if "verdicts" in said else None,
        )

    def _pair(self, question: str, text: str) -> tuple[Ints, Ints, Ints, npt.NDArray[np.bool_]]:
        """Ids (n,), kinds (n,), offsets (n, 2) of a pair that fits, and what is of the text.

        The pair is encoded whole and cut here: encoding its halves and joining them trims
        offsets twice with RoBERTa's tokenizer, and the tokenizer's own truncation is not set for
        one call only.
        """
        pair = self._tokenizer.encode(question, text)
        parts = np.array([-1 if part is None else part for part in pair.sequence_ids])
        special, asked, read = (np.flatnonzero(parts == part) for part in (-1, 0, 1))
        asked = asked[: min(_LONGEST_QUESTION, self.card.positions // 2)]
        read = read[: max(1, self.card.positions - len(asked) - len(special))]
        kept = np.sort(np.concatenate([special, asked, read]))
        ids, kinds = (np.array(row, np.int64)[kept] for row in (pair.ids, pair.type_ids))
        offsets = np.array(pair.offsets, np.int64).reshape(-1, 2)[kept]
        return ids, kinds, offsets, parts[kept] == 1

    def vector(self, text: str) -> Floats:
        """What `text` means, float32 (card.vector,) of length 1; its first 128 tokens are read.

        Raises:
            ModelBrokenError: the network cannot be loaded or run, or makes no vectors.
        """
        self.load()
        assert self._session is not None
        bare = self._tokenizer.encode(text, add_special_tokens=False)
        bare.truncate(_LONGEST_TEXT)
        ids = np.array(self._tokenizer.post_process(bare).ids, np.int64)[None]
        fed = {"input_ids": ids, "passage_mask": np.zeros((1, 0), np.bool_)}
        try:
            vector: Floats = self._session.run(["vector"], fed)[0][0]
        except Exception as error:  # ONNX Runtime's errors share no public base
            raise _broken(self._folder / NETWORK, error) from error
        return vector


def load_network(folder: Path = BUNDLED, *, threads: int = 0) -> Network:
    """The network in a folder; the same one for the same folder.

    Raises:
        ModelMissingError: the folder or one of its files is not there.
        ModelBrokenError: the card or the tokenizer cannot be read.
    """
    return _loaded(folder.resolve(), threads)


@lru_cache(maxsize=4)
def _loaded(folder: Path, threads: int) -> Network:
    return Network(folder, threads=threads)


@lru_cache(maxsize=8)
def _digest(folder: Path, names: tuple[str, ...] = (CARD, NETWORK, TOKENIZER)) -> str:
    whole = hashlib.sha256()
    for path in (folder / name for name in (*names, WEIGHTS)):
        if path.name != WEIGHTS or path.is_file():
            with path.open("rb") as file:
                whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()[:24]


def _read_tokenizer(path: Path) -> "Tokenizer":
    try:
        return read_tokenizer(path)
    except Exception as error:  # the Rust side raises a bare Exception
        raise _broken(path, error) from error


def best_span(starts: Floats, ends: Floats) -> tuple[int, int]:
    """First and last token of the span with the highest sum, for arrays (n,) with n > 0.

    >>> best_span(np.float32([0, 5, 1, 4]), np.float32([9, 0, 3, 1]))  # 9 + 0 ends too early for 5
    (0, 0)
    >>> best_span(np.float32([0, 5, 1, 4]), np.float32([2, 0, 3, 1]))
    (1, 2)
    """
    last = int(np.argmax(np.maximum.accumulate(starts) + ends))
    return int(np.argmax(starts[: last + 1])), last


def _elsewhere(starts: Floats, ends: Floats) -> float:
    """Logit of all starts and ends that are not both within the best span; 0 for an empty text."""
    if not len(starts):
        return 0.0
    first, last = best_span(starts, ends)
    within = slice(first, last + 1)
    whole = _log_sum(starts) + _log_sum(ends)
    share = np.exp(_log_sum(starts[within]) + _log_sum(ends[within]) - whole)
    return float(whole + np.log(max(1.0 - share, _LEAST_ELSEWHERE)))


def _log_sum(logits: Floats) -> float:
    exact = logits.astype(np.float64)
    return float(exact.max() + np.log(np.exp(exact - exact.max()).sum()))


def _softmax(logits: Sequence[float] | Floats) -> Floats:
    raised = np.exp(np.asarray(logits, np.float32) - np.max(logits))
    shares: Floats = raised / raised.sum()
    return shares


def _broken(path: Path, reason: object) -> ModelBrokenError:
    return ModelBrokenError(f"{path} cannot be used: {reason}. {_REMEDY}")
