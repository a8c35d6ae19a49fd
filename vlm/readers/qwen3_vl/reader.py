"""The reader in this process: Qwen3-VL on a GPU or, for tests, a tiny one on the CPU.

Turns readings into batches of tokens and answers into drafts. `vlm.readers.qwen3_vl.batching`
gathers the questions of several threads; `vlm.readers.prompt` has the words. Any folder or hub name
of the Qwen3-VL family works, dense or mixture of experts.
"""

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from knowledge.errors import ModelBrokenError, ModelError, ModelMissingError
from vlm.models.hardware import require_fast_enough
from vlm.models.hub_cache import pull_command, require_here
from vlm.readers.base import Draft, Reading
from vlm.readers.prompt import PhotoBudget, Prompt, build_prompt, photo_side, shortened
from vlm.readers.qwen3_vl.batching import Batcher
from vlm.readers.qwen3_vl.constrain import JsonConstraint, guide_tokenizer, tokens_reserved
from vlm.readers.schema import answer_schema, draft_from

if TYPE_CHECKING:
    from llguidance import LLTokenizer

logger = logging.getLogger(__name__)

_DTYPES = ("auto", "bfloat16", "float16", "float32")


@dataclass(frozen=True, slots=True)
class QwenOptions:
    """Settings for running a model.

    Attributes:
        photos: visual tokens of a photo.
        max_tokens: tokens of free text in an answer; the JSON around it comes on top.
        max_batch: most waiting questions that are answered together.
        reasoning: let the model think before it answers; costs its tokens every time.
        dtype: `bfloat16`, `float16`, `float32`, or `auto` for that of the files.
        quantization: `4bit` or `8bit` by bitsandbytes, on an NVIDIA GPU.
        static_cache: a cache of fixed size, whose decoding step transformers then compiles.
        large_on_cpu: load a large model even where there is no GPU for it.
    """

    photos: PhotoBudget = PhotoBudget()  # noqa: RUF009 - frozen
    max_tokens: int = 384
    max_batch: int = 8
    reasoning: bool = False
    dtype: str = "auto"
    quantization: Literal["4bit", "8bit"] | None = None
    static_cache: bool = False
    large_on_cpu: bool = False


@dataclass(frozen=True, slots=True)
class _Loaded:
    model: Any  # transformers' classes have loose types
    processor: Any
    guide: "LLTokenizer"


class QwenReader:
    """Reads with a Qwen3-VL, loaded at the first question or by `warm_up`. Thread-safe."""

    name = "qwen3-vl"

    def __init__(self, model: str, *, options: QwenOptions = QwenOptions()) -> None:
        """`model`: a folder, or a hub name whose files are in the cache."""
        self._model_name = model
        self._options = options
        self._lock = threading.Lock()
        self._loaded: _Loaded | None = None
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
            ModelError: the model cannot be loaded, or there is not enough memory.
        """
        answer_schema(reading)  # raise here: one bad schema must not fail the rest of its batch
        draft = self._batcher.submit(reading)
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

    def _read_batch(self, readings: Sequence[Reading]) -> list[Draft | Exception]:
        loaded = self.load()
        budget = self._options.photos
        try:
            return self._answers(loaded, readings, budget)
        except _out_of_memory():
            logger.warning(
                "out of memory with %d questions; trying each alone with half the photo budget",
                len(readings),
            )
        _release_memory()
        try:
            return [
                draft
                for reading in readings
                for draft in self._answers(loaded, [reading], budget.halved())
            ]
        except _out_of_memory() as error:
            _release_memory()
            raise ModelError(
                f"{self._model_name} ran out of memory twice, the second time with photos of "
                f"{budget.halved().question} visual tokens; set SNAPCITE_READER_PHOTO_TOKENS "
                f"lower, or use a smaller model or 4-bit weights."
            ) from error

    def _answers(
        self, loaded: _Loaded, readings: Sequence[Reading], budget: PhotoBudget
    ) -> list[Draft | Exception]:
        shown = [shortened(reading) for reading in readings]
        schemas = [answer_schema(one, reasoning=self._options.reasoning) for one in shown]
        prompts = [
            build_prompt(
                one,
                budget=budget,
                reasoning=self._options.reasoning,
                schema=schema["properties"].get("fields"),
            )
            for one, schema in zip(shown, schemas, strict=True)
        ]
        texts = generate(
            loaded.model,
            loaded.processor,
            loaded.guide,
            prompts,
            schemas,
            max_tokens=self._options.max_tokens,
            static_cache=self._options.static_cache,
        )
        return [_draft(*of) for of in zip(texts, shown, schemas, strict=True)]


def generate(
    model: Any,  # noqa: ANN401
    processor: Any,  # noqa: ANN401
    guide: "LLTokenizer",
    prompts: Sequence[Prompt],
    schemas: Sequence[Mapping[str, Any]],
    *,
    max_tokens: int,
    static_cache: bool = False,
) -> list[str]:
    """Greedy answers to a batch of prompts, each constrained by its schema."""
    import torch

    inputs = processor(
        text=[
            processor.apply_chat_template(chat_messages(prompt), add_generation_prompt=True)
            for prompt in prompts
        ],
        images=[photo for prompt in prompts for photo in prompt.photos] or None,
        padding=True,
        padding_side="left",
        return_tensors="pt",
    ).to(model.device)
    budget = max_tokens + max(tokens_reserved(schema) for schema in schemas)
    with torch.inference_mode():
        out = model.generate(
            **inputs,
            do_sample=False,
            num_beams=1,
            max_new_tokens=budget,
            logits_processor=[JsonConstraint(guide, schemas, max_new_tokens=budget)],
            cache_implementation="static" if static_cache else None,
        )
    generated = out[:, inputs["input_ids"].shape[1] :]
    texts: list[str] = processor.batch_decode(generated, skip_special_tokens=True)
    return texts


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


def _draft(text: str, reading: Reading, schema: Mapping[str, Any]) -> Draft | Exception:
    """A draft, or the error: one bad answer must not fail the others of its batch."""
    try:
        return draft_from(text, reading, schema)
    except ModelBrokenError as error:
        return error


def _load(name: str, options: QwenOptions) -> _Loaded:
    if options.dtype not in _DTYPES:
        raise ModelBrokenError(
            f"The dtype {options.dtype!r} is unknown; use one of {', '.join(_DTYPES)}."
        )
    try:
        import torch
        from transformers import AutoModelForImageTextToText, AutoProcessor
    except ImportError as error:
        raise ModelMissingError(
            "The reader qwen3-vl needs PyTorch and transformers: pip install '.[models]'."
        ) from error
    folder = require_here(name)
    on_gpu = torch.cuda.is_available()
    if not on_gpu and not torch.backends.mps.is_available():
        require_fast_enough(name, folder, is_allowed=options.large_on_cpu)
    logger.info("loading %s onto %s", name, "the GPU" if on_gpu else "the CPU")
    try:
        processor: Any = AutoProcessor.from_pretrained(  # type: ignore[no-untyped-call]
            str(folder), local_files_only=True
        )
        model: Any = AutoModelForImageTextToText.from_pretrained(
            str(folder),
            local_files_only=True,
            dtype=options.dtype if on_gpu or options.dtype != "auto" else "float32",
            attn_implementation=_attention() if on_gpu else "sdpa",
            device_map="auto" if on_gpu else None,
            quantization_config=_quantization(options),
        )
    except (OSError, ImportError) as error:
        raise ModelMissingError(
            f"The model {name!r} cannot be loaded ({str(error).splitlines()[0]}); give a folder "
            f"with its files, or fetch it: {pull_command(name)}"
        ) from error
    except (ValueError, RuntimeError, KeyError) as error:
        raise ModelBrokenError(
            f"The files of the model {name!r} cannot be used: {error}"
        ) from error
    model.eval()
    # If the weights' own configuration samples, greedy decoding would warn about it.
    for setting in ("temperature", "top_p", "top_k", "repetition_penalty"):
        setattr(model.generation_config, setting, None)
    return _Loaded(model, processor, guide_tokenizer(processor.tokenizer))


def _attention() -> str:
    from transformers.utils.import_utils import is_flash_attn_2_available

    return "flash_attention_2" if is_flash_attn_2_available() else "sdpa"


def _quantization(options: QwenOptions) -> Any | None:  # noqa: ANN401 - of a library not imported
    if options.quantization is None:
        return None
    import torch
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(  # type: ignore[no-untyped-call]
        load_in_4bit=options.quantization == "4bit",
        load_in_8bit=options.quantization == "8bit",
        bnb_4bit_compute_dtype=torch.bfloat16,
    )


def _out_of_memory() -> type[Exception]:
    import torch

    return torch.OutOfMemoryError


def _release_memory() -> None:
    import gc

    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
