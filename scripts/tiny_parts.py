"""A tiny Qwen3-VL: tokenizer, processor and untrained model, all of the real classes.

Tests use it where the answer does not matter but the real code must run: untrained, it writes
nonsense. `train_tiny_qwen.py` trains one.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    GenerationConfig,
    PreTrainedTokenizerFast,
    Qwen2VLImageProcessor,
    Qwen3VLConfig,
    Qwen3VLForConditionalGeneration,
    Qwen3VLProcessor,
    Qwen3VLVideoProcessor,
)

SPECIAL = (
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>",
    "<|image_pad|>", "<|video_pad|>",
)  # fmt: skip

CHAT_TEMPLATE = """\
{%- for message in messages if message.role != 'system' -%}
<|im_start|>{{ message.role }}
{% if message.content is string -%}
{{ message.content }}
{%- else -%}
{%- for part in message.content -%}
{%- if part.type == 'text' -%}
{{ part.text }}
{%- else -%}
<|vision_start|><|image_pad|><|vision_end|>
{%- endif -%}
{%- endfor -%}
{%- endif -%}
<|im_end|>
{% endfor -%}
{%- if add_generation_prompt -%}
<|im_start|>assistant
{% endif -%}
"""
"""As Qwen's, without the system message, which would only make it slower."""

_WORDS = r"\p{L}+|\p{N}{4}|\p{N}|\s+|[^\s\p{L}\p{N}]"


def train_tokenizer(
    texts: Iterable[str], *, size: int, phrases: Sequence[str] = ()
) -> PreTrainedTokenizerFast:
    """Byte-level BPE with Qwen's control tokens; four digits are one word, as a year is.

    `phrases`: what is to be one word too, so that `texts` with enough of them make it one token.
    """
    longest_first = sorted(phrases, key=len, reverse=True)
    words = Regex("|".join([*map(re.escape, longest_first), _WORDS]))
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(words, behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        padding_side="left",
        clean_up_tokenization_spaces=False,
        extra_special_tokens={
            "image_token": "<|image_pad|>",
            "video_token": "<|video_pad|>",
            "vision_start_token": "<|vision_start|>",
            "vision_end_token": "<|vision_end|>",
        },
    )


def make_processor(
    tokenizer: PreTrainedTokenizerFast, *, largest: int, smallest: int = 32 * 32
) -> Qwen3VLProcessor:
    """The real processor; a photo of fewer pixels than `smallest` or more than `largest` is scaled
    by it."""
    size = {"shortest_edge": smallest, "longest_edge": largest}
    half = [0.5, 0.5, 0.5]
    return Qwen3VLProcessor(
        image_processor=Qwen2VLImageProcessor(
            patch_size=16, merge_size=2, temporal_patch_size=2, size=size,
            image_mean=half, image_std=half,
        ),
        tokenizer=tokenizer,
        video_processor=Qwen3VLVideoProcessor(),
        chat_template=CHAT_TEMPLATE,
    )  # fmt: skip


def make_model(
    tokenizer: PreTrainedTokenizerFast,
    *,
    hidden: int = 128,
    layers: int = 4,
    key_value_heads: int | None = None,
    vision_hidden: int = 64,
    vocabulary: int | None = None,
    spread: float = 0.02,
) -> Qwen3VLForConditionalGeneration:
    """An untrained Qwen3-VL: vision tower, DeepStack and interleaved multimodal RoPE included.

    `vocabulary`: rows of the embedding, more than tokens as in the real ones, whose rows beyond
    the tokenizer's are padding. `spread`: standard deviation of the first weights; small models
    learn faster from a larger one.
    """
    ids: dict[str, Any] = {name: tokenizer.convert_tokens_to_ids(name) for name in SPECIAL}
    heads = hidden // 32
    config = Qwen3VLConfig(
        text_config={
            "vocab_size": vocabulary or -(-len(tokenizer) // 64) * 64,
            "hidden_size": hidden,
            "intermediate_size": 2 * hidden,
            "num_hidden_layers": layers,
            "num_attention_heads": heads,
            "num_key_value_heads": key_value_heads or max(1, heads // 2),
            "head_dim": 32,
            "max_position_embeddings": 4096,
            "rope_parameters": {
                "rope_type": "default", "rope_theta": 10_000.0,
                "mrope_section": [6, 5, 5], "mrope_interleaved": True,
            },
            "initializer_range": spread,
            "pad_token_id": ids["<|endoftext|>"],
        },
        vision_config={
            "depth": 3,
            "hidden_size": vision_hidden,
            "intermediate_size": 2 * vision_hidden,
            "num_heads": max(1, vision_hidden // 32),
            "patch_size": 16,
            "spatial_merge_size": 2,
            "temporal_patch_size": 2,
            "out_hidden_size": hidden,
            "num_position_embeddings": 64,
            "deepstack_visual_indexes": [1],
            "initializer_range": spread,
        },
        image_token_id=ids["<|image_pad|>"],
        video_token_id=ids["<|video_pad|>"],
        vision_start_token_id=ids["<|vision_start|>"],
        vision_end_token_id=ids["<|vision_end|>"],
        tie_word_embeddings=True,
    )  # fmt: skip
    model: Any = Qwen3VLForConditionalGeneration(config)
    model.generation_config = GenerationConfig(
        do_sample=False,
        eos_token_id=ids["<|im_end|>"],
        pad_token_id=ids["<|endoftext|>"],
        max_new_tokens=256,
    )
    whole: Qwen3VLForConditionalGeneration = model.to(torch.float32)
    return whole


def save_tiny(folder: Path) -> Path:
    """An untrained model with its processor in a folder, as any Qwen3-VL is kept."""
    torch.manual_seed(0)
    tokenizer = train_tokenizer(["When was the station built? Candidates, passages."], size=300)
    model = make_model(tokenizer, hidden=32, layers=2, vision_hidden=32)
    model.save_pretrained(folder)
    make_processor(tokenizer, largest=1_024 * 64).save_pretrained(folder)
    return folder
