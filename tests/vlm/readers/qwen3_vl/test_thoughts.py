"""Chat templates of the kinds that Qwen's models have, rendered by the real processor."""

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("llguidance")

from tiny_parts import CHAT_TEMPLATE, make_processor, train_tokenizer

from knowledge.errors import ModelBrokenError
from vlm.readers.qwen3_vl.thoughts import how_it_thinks, render

ASKED = [{"role": "user", "content": [{"type": "text", "text": "Say <think> to me."}]}]
START = "<|im_start|>assistant\n"
OPENED = CHAT_TEMPLATE.replace(START, f"{START}<think>\n")
HYBRID = CHAT_TEMPLATE.replace(
    START,
    START + "{% if enable_thinking is defined and enable_thinking is false %}"
    "<think>\n\n</think>\n\n{% else %}<think>\n{% endif %}",
)


@pytest.fixture
def make():
    def make(template, *, knows_thoughts=True):
        tokenizer = train_tokenizer(["When was it built?"], size=300)
        if knows_thoughts:
            tokenizer.add_tokens(["<think>", "</think>"])
        processor = make_processor(tokenizer, largest=64 * 64)
        processor.chat_template = template
        return processor

    return make


def test_an_instruct_variant_does_not_think(make):
    processor = make(CHAT_TEMPLATE)
    assert how_it_thinks(processor, "Qwen/Qwen3-VL-8B-Instruct", budget=9) == (None, "")
    assert render(processor, ASKED).endswith(START)


def test_a_template_that_opens_thoughts_is_a_thinking_variant_s_whatever_its_name(make):
    processor = make(OPENED)
    thinking, opening = how_it_thinks(processor, "/models/mine", budget=9)
    ids = processor.tokenizer("</think>\n\n")["input_ids"]
    assert (thinking.budget, list(thinking.closing), opening) == (9, ids, "")


def test_a_thinking_variant_by_name_has_its_thoughts_opened(make):
    processor = make(CHAT_TEMPLATE)
    thinking, opening = how_it_thinks(processor, "Qwen/Qwen3-VL-8B-Thinking-FP8", budget=9)
    assert thinking is not None
    assert render(processor, ASKED, opening=opening).endswith(f"{START}<think>\n")


def test_a_folder_called_thinking_does_not_make_an_instruct_variant_think(make):
    name = "/home/thinking/Qwen3-VL-8B-Instruct"
    assert how_it_thinks(make(CHAT_TEMPLATE), name, budget=9) == (None, "")


def test_a_hybrid_is_told_not_to_think(make):
    processor = make(HYBRID)
    assert how_it_thinks(processor, "Qwen/Qwen4-VL", budget=9) == (None, "")
    assert render(processor, ASKED).endswith("<think>\n\n</think>\n\n")


def test_a_thinking_variant_without_an_end_of_thoughts_is_refused(make):
    with pytest.raises(ModelBrokenError, match=r"no token </think>.*Instruct"):
        how_it_thinks(make(OPENED, knows_thoughts=False), "x", budget=9)
