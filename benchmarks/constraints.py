"""llguidance and xgrammar on SnapCite's own schema: compile time, and time of a mask.

    python -m benchmarks.constraints            (xgrammar: pip install xgrammar)

The vocabulary is CLIP's 49,408 byte-level tokens, padded to the 151,936 rows of Qwen3-VL's with
pairs of them, so that the trie is about as wide; the answers that are walked through are real.
"""

import argparse
import json
import sys
import time
from importlib.util import find_spec

import numpy as np
from open_clip.tokenizer import SimpleTokenizer
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from knowledge.documents import Passage
from vlm.readers import Candidate, Reading
from vlm.readers.schema import answer_schema

ROWS = 151_936
ROUNDS = 20


def vocabulary() -> PreTrainedTokenizerFast:
    """A byte-level tokenizer with as many tokens as Qwen3-VL has."""
    pieces = [piece.replace("</w>", "") for piece in SimpleTokenizer().encoder]
    known = dict.fromkeys([*sorted(pre_tokenizers.ByteLevel.alphabet()), *pieces])
    spaced = [f"\u0120{piece}" for piece in list(known)]
    known |= dict.fromkeys(spaced)
    words = list(known)
    known |= dict.fromkeys(a + b for a, b in zip(words, words[7_001:], strict=False))
    ids = {piece: number for number, piece in enumerate(list(known)[: ROWS - 300])}
    tokenizer = Tokenizer(models.BPE(vocab=ids, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|im_end|>")


def schema_and_answer(seed: int) -> tuple[dict[str, object], str]:
    """A schema of three subjects and 24 passages, and an answer that keeps to it."""
    candidates = tuple(
        Candidate(name, name, (), "en", tuple(
            Passage(name, at, f"Built in {1500 + 37 * at + seed}.", 0, 14) for at in range(8)
        ))
        for name in (f"archive/place_{seed}_{one}" for one in range(3))
    )  # fmt: skip
    reading = Reading("When?", "en", (), candidates)
    answer = {
        "subject": candidates[0].document_id, "source": candidates[0].passages[3].passage_id,
        "quote": f"Built in {1611 + seed}.", "exists": None, "year": 1611 + seed,
        "year_event": "built", "current_use": None, "confidence": "high",
        "text": "It was built then, says the archive's own document about the place.",
    }  # fmt: skip
    return answer_schema(reading), json.dumps(answer)


def told(name: str, compiling: list[float], masking: list[float]) -> dict[str, object]:
    """Medians and tails."""
    masks = np.array(masking) * 1e6
    return {
        "library": name,
        "compile_ms_p50": round(float(np.median(compiling)) * 1e3, 2),
        "compile_ms_max": round(max(compiling) * 1e3, 2),
        "mask_us_p50": round(float(np.percentile(masks, 50)), 1),
        "mask_us_p99": round(float(np.percentile(masks, 99)), 1),
        "mask_us_max": round(float(masks.max()), 1),
        "masks": len(masks),
    }


def measure_llguidance(tokenizer: PreTrainedTokenizerFast) -> dict[str, object]:
    """Through the same calls as `vlm.readers.qwen3_vl.constrain`."""
    from vlm.readers.qwen3_vl.constrain import constrain_schema, guide_tokenizer

    guide = guide_tokenizer(tokenizer)
    compiling, masking = [], []
    for seed in range(ROUNDS):
        schema, answer = schema_and_answer(seed)
        started = time.perf_counter()
        matcher = constrain_schema(guide, schema).matcher
        compiling.append(time.perf_counter() - started)
        for token in tokenizer(answer)["input_ids"]:
            started = time.perf_counter()
            matcher.compute_bitmask()
            masking.append(time.perf_counter() - started)
            assert matcher.consume_token(token)
    return told("llguidance", compiling, masking)


def measure_xgrammar(tokenizer: PreTrainedTokenizerFast) -> dict[str, object]:
    """With its own bitmask, white space fixed as ours is."""
    import xgrammar

    info = xgrammar.TokenizerInfo.from_huggingface(tokenizer, vocab_size=ROWS)
    compiler = xgrammar.GrammarCompiler(info, max_threads=1, cache_enabled=False)
    bitmask = xgrammar.allocate_token_bitmask(1, ROWS)
    compiling, masking = [], []
    for seed in range(ROUNDS):
        schema, answer = schema_and_answer(seed)
        started = time.perf_counter()
        grammar = compiler.compile_json_schema(
            json.dumps(schema), any_whitespace=False, separators=(", ", ": ")
        )
        compiling.append(time.perf_counter() - started)
        matcher = xgrammar.GrammarMatcher(grammar)
        for token in tokenizer(answer)["input_ids"]:
            started = time.perf_counter()
            matcher.fill_next_token_bitmask(bitmask)
            masking.append(time.perf_counter() - started)
            assert matcher.accept_token(token)
    return told("xgrammar", compiling, masking)


def main() -> None:
    """Measure and print a line of JSON for each library that is installed."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    words = vocabulary()
    print(json.dumps(measure_llguidance(words)), flush=True)
    if find_spec("xgrammar") is None:
        sys.exit("xgrammar is not installed and was not measured: pip install xgrammar")
    print(json.dumps(measure_xgrammar(words)))


if __name__ == "__main__":
    main()
