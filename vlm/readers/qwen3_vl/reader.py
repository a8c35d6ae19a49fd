"""The reader in this process: Qwen3-VL on a GPU or, for tests, a tiny one on the CPU.

Turns readings into batches of tokens and answers into drafts. A question that fails, fails alone.
`vlm.readers.qwen3_vl.batching` gathers the questions of several threads; `vlm.readers.prompt` has
the words. Any folder or cached hub name of the Qwen3-VL family works, dense or mixture of experts.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PIL import Image

from knowledge import deadline
from knowledge.errors import DeadlineError, ModelBrokenError, ModelError, SnapCiteError
from vlm.readers.base import Draft, Reading
from vlm.readers.prompt import (
    PhotoBudget,
    Prompt,
    build_prompt,
    check_photos,
    photo_side,
    shortened,
    visual_tokens,
)
from vlm.readers.qwen3_vl.batching import Batcher
from vlm.readers.qwen3_vl.constrain import (
    JsonConstraint,
    RowConstraint,
    Thinking,
    constrain_answer,
    guide_tokenizer,
)
from vlm.readers.qwen3_vl.loading import Quantization, load_qwen
from vlm.readers.qwen3_vl.memory import Room, is_out_of_memory, release_memory
from vlm.readers.qwen3_vl.thoughts import how_it_thinks, render
from vlm.readers.schema import answer_schema, draft_from

if TYPE_CHECKING:
    from llguidance import LLTokenizer

logger = logging.getLogger(__name__)

_SMALLEST_PHOTO = 16
"""Visual tokens of a question's photo below which nothing can be recognised, and no smaller photo
is tried where memory runs out."""

_CERTAINTY_SCALE = 8.0
"""What the logit of the certainty is divided by, as that of other readers' signals."""


@dataclass(frozen=True, slots=True)
class QwenOptions:
    """Settings for running a model.

    Attributes:
        photos: visual tokens of a photo.
        max_tokens: tokens of free text in an answer; the JSON around it comes on top.
        thinking_tokens: further tokens for the thoughts of a *Thinking* variant.
        max_batch: most waiting questions that are answered together.
        reasoning: let the model think before it answers; costs its tokens every time.
        device: `cuda`, `mps`, `cpu`, or `auto` for the best there is.
        dtype: `bfloat16`, `float16`, `float32`, or `auto` for that of the files.
        quantization: `4bit` or `8bit` by bitsandbytes, on a GPU.
        static_cache: a cache of fixed size, whose decoding step transformers then compiles.
        large_on_cpu: load a large model even where there is no GPU for it.
    """

    photos: PhotoBudget = PhotoBudget()  # noqa: RUF009 - frozen
    max_tokens: int = 384
    thinking_tokens: int = 4_096
    max_batch: int = 8
    reasoning: bool = False
    device: str = "auto"
    dtype: str = "auto"
    quantization: Quantization | None = None
    static_cache: bool = False
    large_on_cpu: bool = False


@dataclass(frozen=True, slots=True)
class _Loaded:
    """`thinking`: how the model thinks, if it does; `opening`: what begins its thoughts."""

    model: Any  # transformers' classes have loose types
    processor: Any
    guide: "LLTokenizer"
    thinking: Thinking | None
    opening: str


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A question that waits for its turn.

    Attributes:
        reading: as it came.
        ends: when its request's time is over, by `time.monotonic()`; None for any time.
    """

    reading: Reading
    ends: float | None = None

    @property
    def is_over(self) -> bool:
        """Whether nobody waits for its answer any more."""
        return self.ends is not None and self.ends <= time.monotonic()


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question as it is put to the model.

    Attributes:
        number: its place in the batch that came in.
        waiting: the question.
        reading: as it is shown.
        size: about how many tokens it takes.
    """

    number: int
    waiting: _Waiting
    reading: Reading
    schema: Mapping[str, Any]
    prompt: Prompt
    budget: PhotoBudget
    size: int


@dataclass(frozen=True, slots=True)
class Written:
    """What a model wrote.

    Attributes:
        text: the answer.
        thoughts: what a thinking model thought before it; else empty.
        logit: of naming a source against naming none; None where that is not known.
    """

    text: str
    thoughts: str = ""
    logit: float | None = None


class QwenReader:
    """Reads with a Qwen3-VL, loaded at the first question or by `warm_up`. Thread-safe."""

    name = "qwen3-vl"

    def __init__(self, model: str, *, options: QwenOptions = QwenOptions()) -> None:
        """`model`: a folder, or a hub name whose files are in the cache."""
        self._model_name = model
        self._options = options
        self._lock = threading.Lock()
        self._loaded: _Loaded | None = None
        self._room = Room()
        self._batcher = Batcher(self._read_batch, max_batch=options.max_batch)

    @property
    def model(self) -> str:
        """The folder or name of its model."""
        return self._model_name

    @property
    def photo_side(self) -> int:
        """Longest side of a question's photo, in pixels, that the budget can use."""
        return photo_side(self._options.photos.question)

    @property
    def evidence_side(self) -> int:
        """Longest side of a candidate's photo, in pixels, that the budget can use; 0 for none."""
        return photo_side(self._options.photos.evidence)

    def warm_up(self) -> None:
        """Load the model and answer once.

        Raises:
            ModelError: it cannot be loaded.
        """
        self.read(Reading(question="?", language="en", photos=(), candidates=()))

    def read(self, reading: Reading) -> Draft:
        """Answer from the evidence; waits while a batch is being answered.

        Raises:
            QueryError: the caller's own schema cannot be used.
            UnsupportedImageError: a photo has too unequal sides.
            DeadlineError: the request's time was over before the answer was whole.
            ModelError: the model cannot be loaded, or there is not enough memory.
        """
        answer_schema(reading)  # raise here, before it waits for its turn
        check_photos(reading)
        left = deadline.remaining()
        ends = None if left is None else time.monotonic() + left
        draft = self._batcher.submit(_Waiting(reading, ends))
        if isinstance(draft, Exception):
            raise draft
        return draft

    def close(self) -> None:
        """Answer what waits, then stop the thread behind the queue."""
        self._batcher.close()

    def load(self) -> _Loaded:
        """The model, loaded once.

        Raises:
            ModelMissingError: a library or the weights are not on this machine.
            ModelBrokenError: they are on this machine and cannot be used.
        """
        with self._lock:
            if self._loaded is None:
                self._loaded = _load(self._model_name, self._options)
            return self._loaded

    def _read_batch(self, questions: Sequence[_Waiting]) -> list[Draft | Exception]:
        """A draft for each question, or why that one failed."""
        loaded = self.load()
        answers: dict[int, Draft | Exception] = {}
        waiting: deque[_Asked] = deque()
        for number, question in enumerate(questions):
            try:
                waiting.append(self._prepare(loaded, number, question, self._options.photos))
            except SnapCiteError as error:
                answers[number] = error
        most = len(waiting)
        while waiting:
            if waiting[0].waiting.is_over:
                answers[waiting.popleft().number] = _too_late()
                continue
            group = self._take_group(loaded, waiting, most)
            try:
                answers |= self._answers(loaded, group)
            except Exception as error:  # whatever one question breaks must not fail the others
                if is_out_of_memory(error):
                    self._make_room(loaded, group, waiting, answers, error)
                elif len(group) > 1:
                    logger.warning("asking each of %d questions alone: %s", len(group), error)
                    waiting.extendleft(reversed(group))
                    most = 1
                else:
                    answers[group[0].number] = _failure(error)
        return [answers[number] for number in range(len(questions))]

    def _prepare(
        self, loaded: _Loaded, number: int, waiting: _Waiting, budget: PhotoBudget
    ) -> _Asked:
        shown = shortened(waiting.reading)
        schema = answer_schema(shown, reasoning=self._reasons_in_json(loaded))
        fields = schema["properties"].get("fields")
        prompt = build_prompt(
            shown, budget=budget, reasoning=self._reasons_in_json(loaded), schema=fields
        )
        return _Asked(number, waiting, shown, schema, prompt, budget, _size(prompt))

    def _reasons_in_json(self, loaded: _Loaded) -> bool:
        """Whether the answer has a field to think in; a thinking model has thought already."""
        return self._options.reasoning and loaded.thinking is None

    def _take_group(self, loaded: _Loaded, waiting: deque[_Asked], most: int) -> list[_Asked]:
        """The next questions that are answered together, at most `most`; what did not fit before is
        not tried again, and photos are smaller where one question alone did not fit."""
        first = waiting.popleft()
        while not self._room.holds(first.size, alone=True):
            smaller = self._with_smaller_photos(loaded, first)
            if smaller is None:
                break
            first = smaller
        group, longest = [first], first.size
        while waiting and len(group) < most:
            longest = max(longest, waiting[0].size)
            if not self._room.holds(longest * (len(group) + 1), alone=False):
                break
            group.append(waiting.popleft())
        return group

    def _make_room(
        self,
        loaded: _Loaded,
        group: list[_Asked],
        waiting: deque[_Asked],
        answers: dict[int, Draft | Exception],
        error: Exception,
    ) -> None:
        """After memory ran out: ask fewer together, then with smaller photos; else give up."""
        release_memory()
        size = max(asked.size for asked in group) * len(group)
        self._room.failed(size, alone=len(group) == 1)
        logger.warning(
            "out of memory with %d questions of about %d tokens; asking fewer, or with smaller "
            "photos, for the next minutes", len(group), size // len(group),
        )  # fmt: skip
        if len(group) > 1 or self._with_smaller_photos(loaded, group[0]) is not None:
            waiting.extendleft(reversed(group))
            return
        failed = ModelError(
            f"{self._model_name} ran out of memory with one question whose photos have "
            f"{group[0].budget.question} visual tokens at most; set SNAPCITE_READER_PHOTO_TOKENS "
            f"lower, or use a smaller model or 4-bit weights."
        )
        failed.__cause__ = error
        answers[group[0].number] = failed

    def _with_smaller_photos(self, loaded: _Loaded, asked: _Asked) -> _Asked | None:
        """The question with its photos at half the budget, or less if that changes nothing; None
        where they are as small as is of use."""
        budget = asked.budget
        while budget.question > _SMALLEST_PHOTO or budget.evidence:
            least = min(_SMALLEST_PHOTO, budget.question)
            budget = replace(budget.halved(), question=max(least, budget.question // 2))
            smaller = self._prepare(loaded, asked.number, asked.waiting, budget)
            if smaller.size < asked.size:
                return smaller
        return None

    def _answers(self, loaded: _Loaded, group: Sequence[_Asked]) -> dict[int, Draft | Exception]:
        rows = [constrain_answer(loaded.guide, one.reading, one.schema) for one in group]
        written = generate(
            loaded.model,
            loaded.processor,
            loaded.guide,
            [render(loaded.processor, chat_messages(one.prompt), opening=loaded.opening)
             for one in group],
            [one.prompt.photos for one in group],
            rows,
            max_tokens=self._options.max_tokens,
            thinking=loaded.thinking,
            static_cache=self._options.static_cache,
            seconds=_seconds(group),
        )  # fmt: skip
        return {
            one.number: self._draft(answer, one) for one, answer in zip(group, written, strict=True)
        }

    def _draft(self, written: Written, asked: _Asked) -> Draft | Exception:
        """A draft, or the error: one bad answer must not fail the others of its batch."""
        try:
            draft = draft_from(written.text, asked.reading, asked.schema)
        except ModelBrokenError as error:
            return _too_late() if asked.waiting.is_over else error
        if self._options.reasoning and written.thoughts:
            draft = replace(draft, reasoning=written.thoughts)
        if written.logit is None:
            return draft
        certainty = max(-1.0, min(1.0, written.logit / _CERTAINTY_SCALE))
        return replace(draft, signals={**draft.signals, "certainty": certainty})


def generate(
    model: Any,  # noqa: ANN401
    processor: Any,  # noqa: ANN401
    guide: "LLTokenizer",
    prompts: Sequence[str],
    photos: Sequence[Sequence[Image.Image]],
    rows: Sequence[RowConstraint],
    *,
    max_tokens: int,
    thinking: Thinking | None = None,
    static_cache: bool = False,
    seconds: float | None = None,
) -> list[Written]:
    """Greedy answers to a batch of prompts, each held to its own constraint.

    Args:
        model: and its processor and its tokenizer for llguidance.
        prompts: as the chat template renders them.
        photos: of each prompt, in the order of their places in it.
        rows: one for each prompt; each serves one answer.
        max_tokens: tokens of free text in an answer.
        thinking: of a model that thinks first.
        static_cache: see `QwenOptions`.
        seconds: after which the answers stay as they are; None for any time.
    """
    import torch

    inputs = processor(
        text=list(prompts),
        images=[photo for own in photos for photo in own] or None,
        padding=True,
        padding_side="left",
        return_tensors="pt",
    ).to(model.device)
    constraint = JsonConstraint(guide, rows, max_tokens=max_tokens, thinking=thinking)
    with torch.inference_mode():
        out = model.generate(
            **inputs,
            do_sample=False,
            num_beams=1,
            max_new_tokens=constraint.budget,
            max_time=seconds,
            logits_processor=[constraint],
            cache_implementation="static" if static_cache else None,
        )
    generated = out[:, inputs["input_ids"].shape[1] :].tolist()
    decode = processor.tokenizer.decode
    closing = len(thinking.closing) if thinking is not None else 0
    return [
        Written(
            text=decode(tokens[thoughts:], skip_special_tokens=True),
            thoughts=decode(tokens[: max(0, thoughts - closing)], skip_special_tokens=True).strip(),
            logit=row.odds.logit,
        )
        for tokens, row, thoughts in zip(generated, rows, constraint.thoughts, strict=True)
    ]


def chat_messages(prompt: Prompt) -> list[dict[str, object]]:
    """The prompt in a chat template's form; the photos are passed separately, in order."""
    user = [
        {"type": "text", "text": part} if isinstance(part, str) else {"type": "image"}
        for part in prompt.user
    ]
    return [
        {"role": "system", "content": [{"type": "text", "text": prompt.system}]},
        {"role": "user", "content": user},
    ]


def _seconds(group: Sequence[_Asked]) -> float | None:
    """How long somebody waits for an answer of the group; None for any time."""
    ends = [asked.waiting.ends for asked in group]
    latest = max((end for end in ends if end is not None), default=0.0)
    return None if None in ends else max(0.0, latest - time.monotonic())


def _too_late() -> DeadlineError:
    return DeadlineError(
        "The time for the request was over before the model had answered; set "
        "SNAPCITE_REQUEST_TIMEOUT higher, or take a smaller model."
    )


def _size(prompt: Prompt) -> int:
    """About how many tokens a prompt takes: only compared with that of others."""
    texts = sum(len(part.encode()) for part in prompt.user if isinstance(part, str))
    return texts // 4 + sum(visual_tokens(photo) for photo in prompt.photos)


def _failure(error: Exception) -> Exception:
    """An error that may be shown; what is not ours says little to a person."""
    if isinstance(error, SnapCiteError):
        return error
    failed = ModelBrokenError(
        f"The model could not answer this question ({type(error).__name__}: {error}); the log has "
        f"the details. If it happens with every photo, the files of the model do not fit together."
    )
    failed.__cause__ = error
    logger.error("a question could not be answered", exc_info=error)
    return failed


def _load(name: str, options: QwenOptions) -> _Loaded:
    model, processor = load_qwen(
        name,
        device=options.device,
        dtype=options.dtype,
        quantization=options.quantization,
        large_on_cpu=options.large_on_cpu,
    )
    thinking, opening = how_it_thinks(processor, name, budget=options.thinking_tokens)
    if thinking is not None:
        logger.warning(
            "%s thinks before it answers, up to %d tokens each time; its Instruct variant answers "
            "at once", name, options.thinking_tokens,
        )  # fmt: skip
    return _Loaded(model, processor, guide_tokenizer(processor.tokenizer), thinking, opening)
