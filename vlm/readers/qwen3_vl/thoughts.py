"""Models that think before they answer: which they are, and how their thoughts end.

An answer is constrained from its first token on. A thinking variant's prompt ends inside its
thoughts, where JSON would be nonsense: such a model first gets tokens to think. Knows no question.
"""

import re
from typing import Any

from knowledge.errors import ModelBrokenError
from vlm.readers.qwen3_vl.constrain import Thinking

_OPENING, _END, _AFTER = "<think>", "</think>", "\n\n"
_BY_NAME = re.compile(r"thinking(?!.*instruct)", re.IGNORECASE | re.DOTALL)


def render(processor: Any, messages: list[dict[str, object]], *, opening: str = "") -> str:  # noqa: ANN401
    """The text of a prompt, up to where the model goes on.

    A hybrid model, whose template can switch its thoughts off, does not think.

    Args:
        processor: of the model.
        messages: the prompt.
        opening: what begins a model's thoughts where its template does not, see `how_it_thinks`.
    """
    switches = {"enable_thinking": False} if "enable_thinking" in _template(processor) else {}
    text: str = processor.apply_chat_template(messages, add_generation_prompt=True, **switches)
    return text + opening


def how_it_thinks(processor: Any, name: str, *, budget: int) -> tuple[Thinking | None, str]:  # noqa: ANN401
    """How a model thinks, None for one that does not, and what has to begin its thoughts.

    Args:
        processor: of the model.
        name: of the model, or its folder; *Thinking* in it is believed unless *Instruct* follows.
        budget: most tokens of its thoughts.

    Raises:
        ModelBrokenError: it thinks, and its tokenizer does not know how thoughts end.
    """
    asked = render(processor, [{"role": "user", "content": [{"type": "text", "text": "?"}]}])
    _, opened, thought = asked.rpartition(_OPENING)
    is_open = bool(opened) and _END not in thought
    if not is_open and (opened or not _BY_NAME.search(name)):
        return None, ""
    tokenizer = processor.tokenizer
    end = tokenizer.convert_tokens_to_ids(_END)
    if end is None or end == tokenizer.unk_token_id:
        raise ModelBrokenError(
            f"The model {name!r} thinks before it answers, and its tokenizer has no token {_END} "
            f"with which the thoughts would end. Use the model's Instruct variant."
        )
    after = tokenizer(_AFTER, add_special_tokens=False)["input_ids"]
    return Thinking(budget, (end, *after)), "" if is_open else f"{_OPENING}\n"


def _template(processor: Any) -> str:  # noqa: ANN401
    """Its chat template; several with names are put together."""
    template = getattr(processor, "chat_template", None) or processor.tokenizer.chat_template or ""
    return template if isinstance(template, str) else "\n".join(template.values())
