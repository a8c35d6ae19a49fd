"""Train `data/models/tiny-qwen3-vl/`, a Qwen3-VL of 1.2 million parameters that really reads.

    OMP_NUM_THREADS=1 python scripts/train_tiny_qwen.py [--out FOLDER] [--carry FOLDER]

Takes about ten minutes of one core. Training has four stages, each until the model is good enough:
finding and copying (`stories`); the product's own prompts with the photo described in words; naming
what photos show in those words; and the whole task with photos. The script knows which words of the
evidence an answer copies, so it also trains two heads on where to look: without that, the model
learns finding only after hours. Needs `pip install -e '.[models]'`. `measure_tiny_qwen.py` says how
well it reads.
"""

import argparse
import itertools
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tiny_lessons import BUDGET, FRAME, Batch, Lessons
from tiny_parts import make_model, make_processor, train_tokenizer
from tiny_photos import LOOKS, SIDE, Look, draw
from tiny_world import NOISE, PHRASES, YEARS, Example, Mix, questions
from torch import Tensor
from torch.nn import functional
from transformers import PreTrainedTokenizerFast, Qwen3VLForConditionalGeneration, Qwen3VLProcessor

from vlm.readers.prompt import build_prompt

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "data" / "models" / "tiny-qwen3-vl"
ROWS = 12
STORIES = 16
PHOTOS = 64
EVERY = 50
"""Steps between two looks at how good it is."""

EASY = Mix(counts=(2,), foreign=0.0, named=0.0, noisy=0.0, kinds=("built",), told=1.0)


@dataclass(frozen=True, slots=True)
class Stage:
    """One of the stages.

    Attributes:
        steps: at most.
        enough: share that has to be right for the next stage to begin.
        rate: of learning; falls to nothing over the last half where `cools`.
        photos: share of the batches with real photos; the rest describe them in words.
        stories: share of the batches that are stories.
        looking: weight of where to look.
    """

    name: str
    steps: int
    mix: Mix | None = None
    enough: float = 2.0
    rate: float = 2e-3
    photos: float = 0.0
    stories: float = 0.15
    looking: float = 1.0
    cools: bool = False


STAGES = (
    Stage("stories", 1_200, stories=1.0, enough=0.9),
    Stage("easy questions, photos in words", 600, EASY, enough=0.8),
    Stage("all questions, photos in words", 800, Mix(), enough=0.92),
    Stage("all questions, photos", 400, Mix(), photos=0.9, stories=0.05, rate=1.5e-3, cools=True),
)
LOOKING_STEPS = 900
"""Steps of learning what photos show, before the last stage, at most."""
ENOUGH_LOOKS = 0.96
"""Share of photos after which it ends."""


def main() -> None:
    """Train and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=FOLDER)
    parser.add_argument("--resume", type=int, default=0, help="stages that --out has behind it")
    parser.add_argument(
        "--carry",
        type=Path,
        help="begin at stage 2 with the weights of this folder, made for other words of the prompt",
    )
    options = parser.parse_args()
    torch.manual_seed(0)
    if options.resume:
        processor = Qwen3VLProcessor.from_pretrained(options.out)
        model = Qwen3VLForConditionalGeneration.from_pretrained(options.out, dtype=torch.float32)
    else:
        tokenizer = make_tokenizer()
        processor = make_processor(tokenizer, smallest=SIDE * SIDE, largest=SIDE * SIDE)
        model = make_model(tokenizer, hidden=128, layers=4, key_value_heads=4, spread=0.06)
    if options.carry is not None:
        carry_over(options.carry, model, processor.tokenizer)
        options.resume = 2
    print(f"{model.num_parameters():,} parameters, {len(processor.tokenizer):,} tokens", flush=True)
    model.set_attn_implementation({"text_config": "eager", "vision_config": "sdpa"})
    teacher = Teacher(model, processor)
    for number, stage in enumerate(STAGES[options.resume :], start=options.resume):
        if stage.photos:
            teacher.learn_looks(LOOKING_STEPS)
        teacher.learn(stage, seed=number, folder=options.out)


def make_tokenizer() -> PreTrainedTokenizerFast:
    """A tokenizer of about a thousand tokens: the world's words and phrases, and every year."""
    rng = random.Random(0)
    phrases = [*FRAME, *PHRASES]
    words = [*NOISE, *(word.capitalize() for word in NOISE), *map(str, YEARS)]
    texts = [text for text in (*phrases, *words) for _ in range(300)]
    for _ in range(3_000):
        (one,) = questions(rng, Mix(), 1, held_back=False)
        parts = build_prompt(one.reading, budget=BUDGET).user
        texts += ["".join(part for part in parts if isinstance(part, str)), one.answer]
    return train_tokenizer(texts, size=2_000, phrases=phrases)


def carry_over(
    folder: Path, model: Qwen3VLForConditionalGeneration, tokenizer: PreTrainedTokenizerFast
) -> None:
    """Give `model` the weights of `folder`; a token that both know keeps its embedding."""
    older = Qwen3VLForConditionalGeneration.from_pretrained(folder, dtype=torch.float32)
    known = Qwen3VLProcessor.from_pretrained(folder).tokenizer.get_vocab()
    ours: Any = model.get_input_embeddings()
    theirs: Any = older.get_input_embeddings()
    rows = ours.weight.detach().clone()
    for token, at in tokenizer.get_vocab().items():
        if token in known:
            rows[at] = theirs.weight[known[token]]
    weights = older.state_dict()
    embedded = {name for name, weight in weights.items() if len(weight) != len(rows)} & {
        "model.language_model.embed_tokens.weight", "lm_head.weight"
    }  # fmt: skip
    model.load_state_dict(weights | dict.fromkeys(embedded, rows))


def groups(seed: int, mix: Mix, *, held_back: bool = False) -> Iterator[list[list[Example]]]:
    """For each batch, the examples of its rows."""
    rng = random.Random(seed)
    while True:
        yield [questions(rng, mix, 7, held_back=held_back) for _ in range(ROWS)]


class Teacher:
    """Holds a model in training and what its layers attend to."""

    def __init__(self, model: Qwen3VLForConditionalGeneration, processor: Qwen3VLProcessor) -> None:
        self._model = model
        self._visual = model.model.visual
        self._language = model.model.language_model
        self._processor = processor
        self._lessons = Lessons(processor)
        self._attention: dict[int, Tensor] = {}
        for number, layer in enumerate(self._language.layers):
            layer.self_attn.register_forward_hook(
                lambda _, __, out, number=number: self._attention.__setitem__(number, out[1])
            )

    def learn(self, stage: Stage, *, seed: int, folder: Path) -> None:
        """One stage; the model is saved whenever it is looked at."""
        optimizer = self._optimizer(self._model, stage.rate)
        rng, started, right = random.Random(seed), time.monotonic(), 0.0
        examples = groups(seed, stage.mix) if stage.mix else None
        self._model.train()
        for step in range(1, stage.steps + 1):
            _set_rate(optimizer, stage.rate, step, stage.steps if stage.cools else None)
            with torch.autocast("cpu", torch.bfloat16):
                if examples is None or rng.random() < stage.stories:
                    batch, photos = self._lessons.stories(rng, STORIES), None
                else:
                    batch = self._lessons.questions(next(examples))
                    photos = rng if rng.random() < stage.photos else None
                loss, told = self._loss(batch, photos)
                (loss + stage.looking * self._looking_loss(batch)).backward()
            _step(optimizer)
            if stage.mix is None:
                right += (told.float().mean().item() - right) / 10
            if step % EVERY == 0:
                if stage.mix is not None:
                    right = self._whole_answers(stage)
                print(
                    f"{stage.name}: {step} steps, {time.monotonic() - started:.0f} s, "
                    f"loss {loss.item():.3f}, right {right:.3f}",
                    flush=True,
                )
                save(self._model, self._processor, folder)
                if right >= stage.enough:
                    return

    def learn_looks(self, steps: int) -> None:
        """Teach the vision tower to say what a photo shows in the language model's own words."""
        words = self._language.embed_tokens.weight.detach()
        known = torch.tensor([self._lessons.words(look) for look in LOOKS])
        for merger in self._visual.deepstack_merger_list:  # adds nothing until it has learned to
            torch.nn.init.zeros_(merger.linear_fc2.weight)
            torch.nn.init.zeros_(merger.linear_fc2.bias)
        optimizer = self._optimizer(self._visual, 2e-3)
        rng, right = random.Random(0), 0.0
        for step in range(1, steps + 1):
            _set_rate(optimizer, 2e-3, step, steps)
            chosen = [rng.randrange(len(LOOKS)) for _ in range(PHOTOS)]
            told = known[chosen].flatten()
            pixels = self._pixels([LOOKS[one] for one in chosen], rng)
            with torch.autocast("cpu", torch.bfloat16):
                seen = self._visual(pixels[0], grid_thw=pixels[1]).pooler_output.float()
                scores = 4 * seen @ words.T
                far = (seen - words[told]).square().mean() / words.square().mean()
                (functional.cross_entropy(scores, told) + far).backward()
            _step(optimizer)
            whole = (scores.argmax(-1) == told).view(PHOTOS, -1).all(-1).float().mean().item()
            right += (whole - right) / 10
            if step % (2 * EVERY) == 0:
                print(f"photos in words: {step} steps, right {right:.3f}", flush=True)
                if right >= ENOUGH_LOOKS:
                    return

    def _optimizer(self, part: torch.nn.Module, rate: float) -> torch.optim.AdamW:
        return torch.optim.AdamW(
            part.parameters(), lr=rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True
        )

    def _pixels(self, looks: Sequence[Look], rng: random.Random) -> tuple[Tensor, Tensor]:
        images = self._processor.image_processor(
            images=[draw(look, rng) for look in looks], return_tensors="pt"
        )
        return images["pixel_values"], images["image_grid_thw"]

    def _loss(self, batch: Batch, photos: random.Random | None) -> tuple[Tensor, Tensor]:
        """Mean cross entropy of the predicted tokens, and for each of them whether it is right."""
        words = self._lessons.in_words(batch)
        pixels, grids = self._pixels(batch.looks, photos) if photos and batch.looks else (None,) * 2
        hidden = self._model.model(
            input_ids=words if pixels is None else batch.ids,
            position_ids=batch.positions,
            attention_mask=batch.mask(),
            pixel_values=pixels,
            image_grid_thw=grids,
            use_cache=False,
        ).last_hidden_state
        is_predicted = batch.is_predicted[:, 1:]
        scores = self._model.lm_head(hidden[:, :-1][is_predicted]).float()
        told = batch.ids[:, 1:][is_predicted]
        return functional.cross_entropy(scores, told), scores.argmax(-1) == told

    def _looking_loss(self, batch: Batch) -> Tensor:
        """How far heads look elsewhere than where they should.

        In the first layer three heads should look one, two and three tokens back; in the second,
        one head should look from a candidate's name to its reference photo; in the third, two heads
        should look where the next token, or what decides on it, stands.
        """
        first, second, third = (self._attention[layer].float() for layer in range(3))
        shared = batch.owner == 0
        loss = torch.zeros(())
        for head in range(3):
            back = first[:, head].diagonal(offset=-head - 1, dim1=1, dim2=2)
            loss = loss - (back[shared[:, head + 1 :]] + 1e-6).log().mean() / 3
        row, at = (batch.belongs_to >= 0).nonzero(as_tuple=True)
        if len(row):
            loss = loss - (second[row, -1, at, batch.belongs_to[row, at]] + 1e-6).log().mean()
        row, at = (batch.looks_at >= 0).nonzero(as_tuple=True)
        return loss - (third[row, :2, at, batch.looks_at[row, at]] + 1e-6).log().mean()

    @torch.no_grad()
    def _whole_answers(self, stage: Stage) -> float:
        """Share of held-back questions with every token of the answer right, given those before."""
        assert stage.mix is not None
        asked = itertools.islice(groups(-1, stage.mix, held_back=True), 4)
        batch = self._lessons.questions([row for rows in asked for row in rows])
        with torch.autocast("cpu", torch.bfloat16):
            _, right = self._loss(batch, random.Random(0) if stage.photos else None)
        number = torch.arange(len(batch.ids))[:, None] * 100 + batch.owner
        of = number[:, 1:][batch.is_predicted[:, 1:]]
        whole = [right[of == one].all().item() for one in of.unique()]
        return sum(whole) / len(whole)


def _set_rate(optimizer: torch.optim.Optimizer, rate: float, step: int, cools: int | None) -> None:
    """Learning rate: rises over 50 steps; with cooling, falls over the last half of the steps."""
    factor = min(1.0, step / 50)
    if cools is not None:
        factor *= min(1.0, max(0.02, 2 * (1 - step / cools)))
    for group in optimizer.param_groups:
        group["lr"] = rate * factor


def _step(optimizer: torch.optim.Optimizer) -> None:
    for group in optimizer.param_groups:
        torch.nn.utils.clip_grad_norm_(group["params"], 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)


def save(model: Qwen3VLForConditionalGeneration, processor: Qwen3VLProcessor, folder: Path) -> None:
    """As any Qwen3-VL is saved."""
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)


if __name__ == "__main__":
    main()
