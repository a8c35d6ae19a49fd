"""Qwen3-VL-Reranker in this process, run by PyTorch on a GPU or the CPU.

The score is the probability of *yes* against *no* as the first word of an answer: the sigmoid of
the difference of the two words' logits, of which the model's head has a row each.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from knowledge.errors import ModelBrokenError
from vlm.encoders.torch_runtime import Device, Precision
from vlm.last_state import LastState
from vlm.models.qwen3_vl_retrieval import ModelName, QwenFiles
from vlm.related_pairs import CheckedOnce, check_scores
from vlm.rerankers.base import Exhibit, Reranker
from vlm.rerankers.prompt import PHOTO_SIDE, fitted, pair_input

if TYPE_CHECKING:
    from torch import Tensor

_AT_ONCE = 4
_YES, _NO = "yes", "no"

Check = Callable[[Reranker], None]


def check_reranker(reranker: Reranker) -> None:
    """Refuse a reranker that does not know what belongs together.

    Raises:
        ModelBrokenError: see `vlm.related_pairs`.
        ModelUnavailableError: its server cannot be asked.
    """
    check_scores(
        reranker.name,
        lambda query, candidates: reranker.score(
            Exhibit(*query), [Exhibit(*candidate) for candidate in candidates]
        ),
    )


class Qwen3VlReranker:
    """A `Reranker` on PyTorch; loaded and checked at first use or by `warm_up`."""

    at_once = _AT_ONCE
    photo_side = PHOTO_SIDE

    def __init__(
        self,
        files: QwenFiles,
        *,
        device: Device | None = None,
        precision: Precision | None = None,
        check: Check = check_reranker,
    ) -> None:
        """Choose device and precision; load nothing.

        Args:
            files: from `vlm.models.qwen3_vl_retrieval.find_qwen3_vl`.
            device: where to run; None takes the fastest device of this machine.
            precision: None means bf16 on a GPU, fp32 on the CPU.
            check: what the loaded model has to pass. Only tests of what a score is, with random
                weights, pass another one.

        Raises:
            ModelMissingError: PyTorch is missing, or the model is too large for this machine.
        """
        self._state = LastState(files, head="words", device=device, precision=precision)
        how: Precision | None = None if self._state.precision == "fp32" else "bf16"
        self.name = str(ModelName(files.name, None, how))
        self._checked = CheckedOnce(lambda: check(self))
        self._yes_or_no: Tensor | None = None

    def warm_up(self) -> None:
        """Load the model and check it.

        Raises:
            ModelBrokenError: it cannot be loaded, or does not know what belongs together.
        """
        self._checked.pass_or_raise()

    def score(self, query: Exhibit, candidates: Sequence[Exhibit]) -> list[float]:
        """How likely each candidate answers the query, from 0 to 1; higher is better.

        Raises:
            ModelBrokenError: the model cannot be used, or not one pair fits into memory.
        """
        self._checked.pass_or_raise()
        shown = fitted(query)
        states = self._state.of([pair_input(shown, fitted(each)) for each in candidates])
        scores: list[float] = (states @ self._direction()).sigmoid().tolist()
        return scores

    def _direction(self) -> "Tensor":
        """The row of *yes* less the row of *no*: float32 (hidden,)."""
        if self._yes_or_no is None:
            yes, no = self._state.token_id(_YES), self._state.token_id(_NO)
            if yes is None or no is None:
                raise ModelBrokenError(
                    f"The tokenizer of {self.name} has no words 'yes' and 'no', of which a "
                    f"Qwen3-VL-Reranker makes its score: this is another model."
                )
            rows = self._state.model().lm_head.weight
            difference = rows[yes].float() - rows[no].float()
            self._yes_or_no = difference.detach().cpu()
        return self._yes_or_no
