"""Train `data/models/tiny-qwen3-vl/`, a Qwen3-VL of 1.4 million parameters that really reads.

    nice python scripts/train_tiny_qwen.py [--minutes 20] [--out FOLDER] [--resume]

It learns the house's own prompt (`vlm.prompt`) on a generated world (`tiny_world.py`): to find the
candidate that a photo shows, to copy the sentence, the year and the passage's id that answer, and
to abstain. Accuracy is measured on examples of another seed. Minutes on two cores, less on a GPU.
"""

import argparse
import itertools
import json
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from tiny_parts import PHRASES, make_model, make_processor, train_tokenizer
from tiny_world import LOOKS, SIDE, YEARS, Example, draw, examples, marks
from torch import Tensor
from torch.nn import functional
from transformers import Qwen3VLForConditionalGeneration, Qwen3VLProcessor

from vlm.prompt import PhotoBudget, build_prompt
from vlm.qwen import chat_messages

ROOT = Path(__file__).resolve().parents[1]
BUDGET = PhotoBudget()
HELD_BACK_SEED = 2_000_000_000
EVIDENCE_WEIGHTS = (0.2, 0.02)
"""Weight of predicting the prompt, early and late: names that recur in evidence teach copying
before answers do; once that is learned, what cannot be predicted in it is only noise."""


def main() -> None:
    """Train, save, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "data" / "models" / "tiny-qwen3-vl")
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--resume", action="store_true", help="go on from what is in --out")
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    if options.resume:
        processor = Qwen3VLProcessor.from_pretrained(options.out)
        model = Qwen3VLForConditionalGeneration.from_pretrained(options.out, dtype=torch.float32)
    else:
        tokenizer = train_tokenizer(
            tokenizer_texts(), size=1_600, phrases=[*PHRASES, *(marks(look) for look in LOOKS)]
        )
        processor = make_processor(tokenizer, side=SIDE)
        model = make_model(tokenizer)
    model.to(device)
    print(f"{model.num_parameters():,} parameters, {len(processor.tokenizer):,} tokens, {device}")
    train(
        model, processor, options.out, seconds=options.minutes * 60, batch=options.batch,
        rate=options.rate, seed=options.seed, is_late=options.resume,
    )  # fmt: skip
    save(model, processor, options.out)
    found = measure(model, processor, 400)
    print(json.dumps(found))


def tokenizer_texts() -> list[str]:
    """What the tokenizer learns from: prompts with their answers, and every year."""
    texts = [str(year) for year in YEARS] * 3
    for one in itertools.islice(examples(0), 3_000):
        texts += [prompt_text(one), one.answer]
    return texts


def prompt_text(one: Example) -> str:
    """The texts of the user message."""
    parts = build_prompt(one.reading, budget=BUDGET).user
    return "".join(part for part in parts if isinstance(part, str))


def train(
    model: Qwen3VLForConditionalGeneration,
    processor: Qwen3VLProcessor,
    folder: Path,
    *,
    seconds: float,
    batch: int,
    rate: float,
    seed: int,
    is_late: bool,
) -> None:
    """AdamW, warmed up and cooled down by time, until `seconds` are over."""
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, betas=(0.9, 0.98), weight_decay=0.01)
    world, looks = batches(seed, batch), random.Random(seed)
    started, step, recent = time.monotonic(), 0, 0.0
    while (gone := (time.monotonic() - started) / seconds) < 1:
        factor = min(1.0, (step + 1) / 200) * (1.0 if gone < 0.6 else max(0.02, (1 - gone) / 0.4))
        for group in optimizer.param_groups:
            group["lr"] = rate * factor
        late = is_late or gone > 0.4
        if step % (4 if late else 2) == 1 and gone < 0.6:
            inputs, weights = look_batch(processor, looks, batch)
        else:
            inputs, weights = answer_batch(processor, next(world), EVIDENCE_WEIGHTS[late])
        with torch.autocast(model.device.type, torch.bfloat16):
            value = weighted_loss(model, inputs, weights)
        optimizer.zero_grad(set_to_none=True)
        value.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        step += 1
        recent = 0.98 * recent + 0.02 * value.item() if step > 1 else value.item()
        if step % 100 == 0:
            save(model, processor, folder)
            right = answers_right(model, inputs, weights)
            print(f"{time.monotonic() - started:6.0f} s  step {step}  loss {recent:.3f}  "
                  f"answer tokens right {right:.3f}", flush=True)  # fmt: skip


def batches(seed: int, size: int) -> Iterator[list[Example]]:
    """Batches of examples of about one length, so that little is spent on padding."""
    world, order = examples(seed), random.Random(seed)
    while True:
        pool = sorted(itertools.islice(world, 8 * size), key=lambda one: len(prompt_text(one)))
        for at in order.sample(range(8), 8):
            yield pool[at * size : (at + 1) * size]


def answer_batch(
    processor: Qwen3VLProcessor, batch: Sequence[Example], evidence_weight: float
) -> tuple[dict[str, Tensor], Tensor]:
    """Prompts with their answers, and the weight of each token as something to predict."""
    texts, photos = [], []
    for one in batch:
        prompt = build_prompt(one.reading, budget=BUDGET, reasoning=True)
        text = processor.apply_chat_template(chat_messages(prompt), add_generation_prompt=True)
        texts.append(text + one.answer + "<|im_end|>")
        photos += prompt.photos
    return _encoded(processor, texts, photos, evidence_weight)


def look_batch(
    processor: Qwen3VLProcessor, rng: random.Random, count: int
) -> tuple[dict[str, Tensor], Tensor]:
    """Photos to be called by colour and shape: a short way to teach the vision tower."""
    looks = [rng.choice(LOOKS) for _ in range(count)]
    text = "<|im_start|>user\nPhoto: <|vision_start|><|image_pad|><|vision_end|>\n<|im_end|>\n"
    opening = f'{text}<|im_start|>assistant\n{{"reasoning": "A '
    texts = [opening + marks(look) for look in looks]
    return _encoded(processor, texts, [draw(look, rng) for look in looks], 0.0)


def _encoded(
    processor: Qwen3VLProcessor, texts: list[str], photos: list[object], prompt_weight: float
) -> tuple[dict[str, Tensor], Tensor]:
    inputs = dict(
        processor(
            text=texts,
            images=photos or None,
            padding=True,
            padding_side="right",
            return_tensors="pt",
        )
    )
    ids, tokenizer = inputs["input_ids"], processor.tokenizer
    weights = prompt_weight * inputs["attention_mask"].float()
    start = tokenizer.convert_tokens_to_ids("<|im_start|>")
    opening = len(tokenizer.tokenize("<|im_start|>assistant\n"))
    for row in range(len(ids)):
        answer = int((ids[row] == start).nonzero()[-1]) + opening
        weights[row, answer:] = inputs["attention_mask"][row, answer:].float()
    for name in ("<|image_pad|>", "<|vision_end|>", "<|vision_start|>"):
        weights[ids == tokenizer.convert_tokens_to_ids(name)] = 0.0
    return inputs, weights


def weighted_loss(
    model: Qwen3VLForConditionalGeneration, inputs: dict[str, Tensor], weights: Tensor
) -> Tensor:
    """Mean cross entropy of the next token, weighted."""
    inputs = {name: value.to(model.device) for name, value in inputs.items()}
    weights = weights[:, 1:].to(model.device)
    logits = model(**inputs, use_cache=False).logits[:, :-1]
    each = functional.cross_entropy(
        logits.transpose(1, 2).float(), inputs["input_ids"][:, 1:], reduction="none"
    )
    return (each * weights).sum() / weights.sum()


@torch.no_grad()
def answers_right(
    model: Qwen3VLForConditionalGeneration, inputs: dict[str, Tensor], weights: Tensor
) -> float:
    """Share of answers' tokens that are predicted right, given those before."""
    inputs = {name: value.to(model.device) for name, value in inputs.items()}
    told = model(**inputs, use_cache=False).logits[:, :-1].argmax(-1)
    counted = (weights[:, 1:] == 1.0).to(model.device)
    return (told == inputs["input_ids"][:, 1:])[counted].float().mean().item()


@torch.no_grad()
def measure(
    model: Qwen3VLForConditionalGeneration, processor: Qwen3VLProcessor, count: int
) -> dict[str, float]:
    """Greedy, unconstrained answers to held-back examples: shares that are right."""
    model.eval()
    held_back = list(itertools.islice(examples(HELD_BACK_SEED), count))
    right: dict[str, list[bool]] = {}
    for at in range(0, count, 50):
        batch = held_back[at : at + 50]
        for one, told in zip(batch, generate(model, processor, batch), strict=True):
            true = json.loads(one.answer)
            try:
                said = json.loads(told)
            except ValueError:
                said = {}
            right.setdefault("json", []).append(bool(said))
            right.setdefault("whole answer", []).append(said == true)
            for name in ("subject", "source", "year", "exists"):
                right.setdefault(name, []).append(bool(said) and said.get(name) == true[name])
            if true["source"] is None:
                right.setdefault("abstains", []).append(said.get("source", "") is None)
    return {name: round(sum(values) / len(values), 4) for name, values in right.items()}


def generate(
    model: Qwen3VLForConditionalGeneration, processor: Qwen3VLProcessor, batch: Sequence[Example]
) -> list[str]:
    """Greedy answers, unconstrained."""
    prompts = [build_prompt(one.reading, budget=BUDGET, reasoning=True) for one in batch]
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
    out = model.generate(**inputs, do_sample=False, max_new_tokens=160)
    told = out[:, inputs["input_ids"].shape[1] :]
    answers: list[str] = processor.batch_decode(told, skip_special_tokens=True)
    return answers


def save(model: Qwen3VLForConditionalGeneration, processor: Qwen3VLProcessor, folder: Path) -> None:
    """As any Qwen3-VL is saved, in half the bytes of training."""
    folder.mkdir(parents=True, exist_ok=True)
    model.to(torch.bfloat16).save_pretrained(folder)
    model.to(torch.float32)
    processor.save_pretrained(folder)


if __name__ == "__main__":
    main()
