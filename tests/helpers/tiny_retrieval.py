"""Tiny models of Qwen3-VL's real classes that learned a few pairs, as retrieval models have them.

They know `vlm.related_pairs` by heart and nothing else: enough to pass the check that real weights
pass, and to run everything behind it.
"""

import atexit
import shutil
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from vlm.encoders.qwen3_vl import (
    INSTRUCTION as TEXT_INSTRUCTION,
)
from vlm.encoders.qwen3_vl import (
    QUESTION_INSTRUCTION,
    image_input,
    question_input,
    text_input,
)
from vlm.last_state import ModelInput, scaled
from vlm.related_pairs import CAPTIONS, QUESTIONS, SENTENCES, pictures
from vlm.rerankers import Exhibit
from vlm.rerankers.prompt import INSTRUCTION, SYSTEM, fitted, pair_input

_MOST_STEPS = 400
_PHRASES = [
    *QUESTIONS, *SENTENCES, *CAPTIONS, SYSTEM, INSTRUCTION, TEXT_INSTRUCTION, QUESTION_INSTRUCTION,
    "<Instruct>: ", "<Query>:", "<Document>:", "assistant", "system", "user", "yes", "no",
]  # fmt: skip
"""One token each, so that prompts are short and learned in a second."""


def random_folder(*, seed: int = 0) -> Path:
    """A Qwen3-VL with random weights."""
    folder, _, _ = _fresh(seed)
    return folder


@cache
def embedding_folder() -> Path:
    """A Qwen3-VL whose last states lie together where two things belong together."""
    import torch

    folder, model, processor = _fresh(1)
    shown = [
        *map(question_input, QUESTIONS),
        *map(text_input, SENTENCES),
        *(image_input(scaled(picture, 64)) for picture in pictures()),
        *map(text_input, CAPTIONS),
    ]

    def loss_of(states):
        rows = torch.nn.functional.normalize(states, dim=-1)
        words, seen = rows[:4] @ rows[4:8].T, rows[8:11] @ rows[11:].T
        return sum(
            torch.nn.functional.cross_entropy(20 * each, torch.arange(len(each)))
            for cosines in (words, seen)
            for each in (cosines, cosines.T)
        )

    _train(model, _tensors(processor, shown), loss_of, enough=0.05)
    model.save_pretrained(folder)
    return folder


@cache
def reranker_folder() -> Path:
    """A Qwen3-VL that says yes where two things belong together, and no where they do not."""
    import torch

    folder, model, processor = _fresh(2)
    drawn = pictures()
    pairs = []
    for later in (0, 1):
        pairs += [
            (Exhibit(q), Exhibit(SENTENCES[(n + later) % 4])) for n, q in enumerate(QUESTIONS)
        ]
        pairs += [(Exhibit(c), Exhibit("", drawn[(n + later) % 3])) for n, c in enumerate(CAPTIONS)]
    fits = [number < len(pairs) / 2 for number in range(len(pairs))]
    yes, no = (processor.tokenizer.get_vocab()[word] for word in ("yes", "no"))

    def loss_of(states):
        rows = model.lm_head.weight
        return torch.nn.functional.binary_cross_entropy_with_logits(
            states @ (rows[yes] - rows[no]), torch.tensor(fits).float()
        )

    shown = [pair_input(fitted(query), fitted(candidate)) for query, candidate in pairs]
    _train(model, _tensors(processor, shown), loss_of, enough=0.05)
    model.save_pretrained(folder)
    return folder


def _fresh(seed: int):
    import torch
    from tiny_parts import make_model, make_processor, train_tokenizer

    torch.manual_seed(seed)
    folder = Path(tempfile.mkdtemp(prefix="tiny-retrieval-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    tokenizer = train_tokenizer(_PHRASES * 3, size=2_000, phrases=_PHRASES)
    model = make_model(tokenizer, hidden=64, layers=2, vision_hidden=32, spread=0.05)
    processor = make_processor(tokenizer, largest=1_024 * 64)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder, model, processor


def _tensors(processor, shown: Sequence[ModelInput]):
    return processor(
        text=[each.text() for each in shown],
        images=[photo for each in shown for photo in each.photos],
        padding=True,
        padding_side="right",
        do_resize=False,
        return_tensors="pt",
    )


def _train(model, batch, loss_of, *, enough: float) -> None:
    import torch

    last = batch["attention_mask"].sum(dim=1) - 1
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    model.train()
    for _ in range(_MOST_STEPS):
        states = model.model(**batch, use_cache=False).last_hidden_state
        loss = loss_of(states[torch.arange(len(last)), last])
        if loss.item() < enough:
            break
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
