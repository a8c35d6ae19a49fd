"""Speed and memory of Qwen3-VL at its true geometry, with random weights: no download is needed.

    python -m benchmarks.qwen3vl --sizes 2B 4B 8B 30B-A3B --batches 1 8      (one GPU, bf16)
    python -m benchmarks.qwen3vl --sizes tiny --batches 1 2                  (CPU, seconds)

A question has a photo of 1,280 visual tokens, three candidates' photos of 256 each, and 1,500
tokens of evidence. Speed does not depend on what the weights are, but which experts are called
does: random routing spreads them evenly. Decoding is measured twice: as transformers' `generate`
runs it, and one step captured as a CUDA graph over a static cache, which is what a card can reach.
Prints one JSON object a size and batch; `benchmarks.gpu` collects them.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import torch
from llguidance import LLTokenizer
from transformers import (
    Qwen3VLConfig,
    Qwen3VLForConditionalGeneration,
    Qwen3VLMoeConfig,
    Qwen3VLMoeForConditionalGeneration,
    StaticCache,
)

from benchmarks.constraints import schema_and_answer, vocabulary
from vlm.readers.qwen3_vl.constrain import JsonConstraint, constrain_schema, guide_tokenizer

Model: TypeAlias = Any
"""A Qwen3-VL, dense or of experts, whose parts transformers' types do not name."""
IMAGE, VIDEO, VISION_START, VISION_END = 151_655, 151_656, 151_652, 151_653
GRIDS = ((64, 80), (32, 32), (32, 32), (32, 32))
"""Patches of the question's photo, 32 by 40 visual tokens, and of three candidates', 16 by 16."""

_SMALL_EYE = {
    "depth": 24, "hidden_size": 1024, "intermediate_size": 4096, "num_heads": 16,
    "deepstack_visual_indexes": [5, 11, 17],
}  # fmt: skip
_LARGE_EYE = {
    "depth": 27, "hidden_size": 1152, "intermediate_size": 4304, "num_heads": 16,
    "deepstack_visual_indexes": [8, 16, 24],
}  # fmt: skip
_TINY_EYE = {
    "depth": 2, "hidden_size": 32, "intermediate_size": 64, "num_heads": 2,
    "deepstack_visual_indexes": [0],
}  # fmt: skip

GEOMETRIES: Mapping[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "2B": (_SMALL_EYE, {"hidden_size": 2048, "intermediate_size": 6144, "num_hidden_layers": 28,
                        "num_attention_heads": 16, "num_key_value_heads": 8}),
    "4B": (_SMALL_EYE, {"hidden_size": 2560, "intermediate_size": 9728, "num_hidden_layers": 36,
                        "num_attention_heads": 32, "num_key_value_heads": 8}),
    "8B": (_LARGE_EYE, {"hidden_size": 4096, "intermediate_size": 12288, "num_hidden_layers": 36,
                        "num_attention_heads": 32, "num_key_value_heads": 8}),
    "32B": (_LARGE_EYE, {"hidden_size": 5120, "intermediate_size": 25600, "num_hidden_layers": 64,
                         "num_attention_heads": 64, "num_key_value_heads": 8}),
    "30B-A3B": (_LARGE_EYE, {"hidden_size": 2048, "intermediate_size": 6144,
                             "num_hidden_layers": 48, "num_attention_heads": 32,
                             "num_key_value_heads": 4, "moe_intermediate_size": 768,
                             "num_experts": 128, "num_experts_per_tok": 8}),
    "tiny": (_TINY_EYE, {"hidden_size": 128, "intermediate_size": 128, "num_hidden_layers": 2,
                         "num_attention_heads": 2, "num_key_value_heads": 1}),
}  # fmt: skip
"""Size → vision tower and language model."""


def main() -> None:
    """Measure every size at every batch."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", choices=GEOMETRIES, default=["tiny"])
    parser.add_argument("--batches", nargs="+", type=int, default=[1, 8])
    parser.add_argument("--tokens", type=int, default=64, help="answer tokens to decode")
    parser.add_argument("--evidence", type=int, default=1_500, help="tokens of evidence")
    options = parser.parse_args()
    guide = guide_tokenizer(vocabulary())
    for size in options.sizes:
        for line in measure_size(
            size, guide, options.batches, tokens=options.tokens, evidence=options.evidence
        ):
            print(json.dumps(line), flush=True)


def measure_size(
    size: str, guide: LLTokenizer, batches: Sequence[int], *, tokens: int, evidence: int
) -> Iterator[dict[str, Any]]:
    """What a size takes and how fast it is, for each batch; a batch that fails says why."""
    model = build(size)
    weights = torch.cuda.memory_allocated() / 1e9 if torch.cuda.is_available() else 0.0
    for batch in batches:
        known = {"size": size, "batch": batch, "weights_gb": round(weights, 2)}
        try:
            measured = measure(model, guide, batch, tokens, evidence)
        except RuntimeError as error:  # out of memory, for one
            yield {**known, "failed": str(error).splitlines()[0][:200]}
            continue
        yield {**known, "read_gb": round(weights_read(model) / 1e9, 3), **measured}
    del model
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def build(size: str, *, device: str | None = None) -> Model:
    """A model of a size, of random weights in bf16, made where it runs: on `device`, else a GPU."""
    vision, text = GEOMETRIES[size]
    is_moe = "num_experts" in text
    config = (Qwen3VLMoeConfig if is_moe else Qwen3VLConfig)(
        vision_config={**vision, "out_hidden_size": text["hidden_size"]},
        text_config={
            **text,
            "head_dim": 128,
            "vocab_size": 151_936,
            "max_position_embeddings": 262_144,
            "rope_parameters": {
                "rope_type": "default", "rope_theta": 5e6,
                "mrope_section": [24, 20, 20], "mrope_interleaved": True,
            },
        },
        image_token_id=IMAGE,
        video_token_id=VIDEO,
        vision_start_token_id=VISION_START,
        vision_end_token_id=VISION_END,
        tie_word_embeddings=size in ("2B", "4B"),
    )  # fmt: skip
    kind: Any = Qwen3VLMoeForConditionalGeneration if is_moe else Qwen3VLForConditionalGeneration
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.bfloat16)
    try:
        with torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu")):
            model = kind(config)
    finally:
        torch.set_default_dtype(before)
    model.generation_config.eos_token_id = None  # every answer is as long as it is told to be
    model.generation_config.pad_token_id = 0
    return model.eval()


def weights_read(model: Model) -> int:
    """Bytes of weights that one decoded token reads: the language model's, of experts the called
    ones, and the output layer's; the embedding is looked up, not read."""
    text = model.config.text_config
    called = getattr(text, "num_experts_per_tok", 1) / getattr(text, "num_experts", 1)
    head = model.get_output_embeddings().weight
    total = float(head.numel())
    for name, weight in model.model.language_model.named_parameters():
        if "embed_tokens" not in name:
            total += weight.numel() * (called if ".experts." in name else 1.0)
    return round(total * int(head.element_size()))


def inputs_of(model: Model, batch: int, evidence: int) -> dict[str, torch.Tensor]:
    """Questions with a photo each, as a processor would make them."""
    random = torch.Generator().manual_seed(0)
    words = torch.randint(1_000, 100_000, (batch, evidence), generator=random)
    asked = torch.randint(1_000, 100_000, (batch, 24), generator=random)
    photos = []
    for high, wide in GRIDS:
        photo = torch.full((batch, high * wide // 4 + 2), IMAGE)
        photo[:, 0], photo[:, -1] = VISION_START, VISION_END
        photos.append(photo)
    ids = torch.cat([words, *photos, asked], dim=1)
    patches = batch * sum(high * wide for high, wide in GRIDS)
    pixels = torch.randn(patches, 1536, generator=random)
    made = {
        "input_ids": ids,
        "attention_mask": torch.ones_like(ids),
        "mm_token_type_ids": (ids == IMAGE).int(),
        "pixel_values": pixels.to(model.dtype),
        "image_grid_thw": torch.tensor([[1, *grid] for grid in GRIDS] * batch),
    }
    return {name: value.to(model.device) for name, value in made.items()}


def measure(
    model: Model, guide: LLTokenizer, batch: int, tokens: int, evidence: int
) -> dict[str, Any]:
    """Seconds to the first token, tokens a second after it, memory, and what the grammar costs."""
    inputs = inputs_of(model, batch, evidence)
    schemas = [schema_and_answer(seed)[0] for seed in range(batch)]

    def seconds(count: int, *, constrained: bool = False) -> float:
        rows = [constrain_schema(guide, schema) for schema in schemas]
        held = [JsonConstraint(guide, rows, max_tokens=10**6)] if constrained else []
        started = time.perf_counter()
        with torch.inference_mode():
            model.generate(**inputs, do_sample=False, max_new_tokens=count, logits_processor=held)
        wait()
        return time.perf_counter() - started

    seconds(2)  # warms up kernels
    seconds(2, constrained=True)
    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()
    first, all_, held = seconds(1), seconds(tokens), seconds(tokens, constrained=True)
    memory = torch.cuda.max_memory_allocated() if torch.cuda.is_available() else 0
    step = max(all_ - first, 1e-9) / (tokens - 1)
    static, is_graph = static_steps(model, inputs, tokens)
    return {
        "device": torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu",
        "prompt_tokens": inputs["input_ids"].shape[1],
        "first_token_s": round(first, 4),
        "generate_tokens_per_s": round(batch / step, 1),
        "grammar_ms_per_token": round(1e3 * (held - all_) / (tokens - 1), 4),
        "grammar_share": round((held - all_) / (tokens - 1) / step, 4),
        "static_tokens_per_s": round(batch / static, 1),
        "is_graph": is_graph,
        "peak_memory_gb": round(memory / 1e9, 2),
    }


def static_steps(
    model: Model, inputs: Mapping[str, torch.Tensor], tokens: int
) -> tuple[float, bool]:
    """Seconds a decoding step over a cache of fixed size, and whether it ran as a CUDA graph."""
    batch, length = inputs["input_ids"].shape
    cache = StaticCache(config=model.config.get_text_config(), max_cache_len=length + tokens + 8)
    text, head = model.model.language_model, model.get_output_embeddings()
    with torch.inference_mode():
        out = model(**inputs, past_key_values=cache, use_cache=True, logits_to_keep=1)
        token = out.logits[:, -1].argmax(-1, keepdim=True)
        at = torch.full((4, batch, 1), length, device=model.device)

        def step() -> None:
            hidden = text(
                input_ids=token, position_ids=at, past_key_values=cache, use_cache=True
            ).last_hidden_state
            token.copy_(head(hidden[:, -1]).argmax(-1, keepdim=True))
            at.add_(1)

        run, is_graph = step, False
        if torch.cuda.is_available():
            run, is_graph = captured(step)
        else:
            step()
        wait()
        started = time.perf_counter()
        for _ in range(tokens):
            run()
        wait()
    return (time.perf_counter() - started) / tokens, is_graph


def captured(step: Callable[[], None]) -> tuple[Callable[[], None], bool]:
    """A step as a CUDA graph; itself, where something in it cannot be captured."""
    beside = torch.cuda.Stream()
    beside.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(beside):
        step()
        step()
    torch.cuda.current_stream().wait_stream(beside)
    graph = torch.cuda.CUDAGraph()
    try:
        with torch.cuda.graph(graph):
            step()
    except RuntimeError as error:
        print(f"not captured: {str(error).splitlines()[0]}", file=sys.stderr)
        torch.cuda.synchronize()
        return step, False
    return graph.replay, True


def wait() -> None:
    """Wait for the GPU, if there is one."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()


if __name__ == "__main__":
    main()
