"""Training examples for the tiny Qwen3-VL: the generated world as tokens, packed densely.

There are two kinds of lessons. *Stories* hold sentences and then the same sentences in another
order, so that the model can know every repeated ending: they teach finding and copying fastest.
*Questions* are the product's own prompts with their answers; questions about the same evidence
share a row and do not see each other. Both mark, for each word that the model has to find, where it
stands. Knows no model.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import torch
from tiny_photos import COLOURS, LOOKS, SHAPES, Look
from tiny_world import NAMES, SENTENCES, USES, YEARS, Example
from torch import Tensor
from transformers import Qwen3VLProcessor

from vlm.readers.prompt import PhotoBudget, build_prompt
from vlm.readers.qwen3_vl.reader import chat_messages

BUDGET = PhotoBudget()
PHOTO_TOKENS = 4
"""Visual tokens of a photo, two by two."""

ROW = 256
"""Tokens of a row of questions."""

FRAME = (
    "user\n", "assistant\n", "Candidates and passages, quoted:\n", "No candidates.\n",
    'Candidate 1: {"subject": ', 'Candidate 2: {"subject": ', 'Candidate 3: {"subject": ',
    "Candidate 1, reference photo: ", "Candidate 2, reference photo: ",
    "Candidate 3, reference photo: ", '\n{"passage": ',
    '{"subject": ', '"shapes/', '", "title": "', '"}\n', '{"passage": ', '", "text": "',
    "The photograph asked about: ", 'Question: "', '"\nAnswer in English.',
    '", "source": ', ', "source": ',
    '", "quote": "', ', "quote": "', '", "exists": ', ', "year": ', ', "year_event": ',
    ', "current_use": ', '", "confidence": ', ', "confidence": ', ', "text": "', '"}', "null",
    "true", "false", '"built"', '"demolished"', '"high"', '"low"', "#0", "#1",
)  # fmt: skip
"""What prompts and answers are framed by, each one token.

No token reaches over a place where an answer may go on in several ways: what the schema leaves no
choice about is decoded in the very tokens of the tokenizer (`vlm.readers.qwen3_vl.constrain`).
"""

_SHAPES, _QUOTE = '"shapes/', '", "quote": "'
_PASSAGES = ('{"passage": ', '\n{"passage": ')
"""How a passage begins: after another line, and after a photo."""
_IGNORED = -1
_Numbers = tuple[list[int], list[int], list[int], list[int], list[int]]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of tokens and what is to be learned from them.

    Attributes:
        ids: (rows, length) int64.
        positions: (3, rows, length) int64, for the multimodal rotary embedding.
        owner: (rows, length) int64; 0 all may see, from 1 the question it belongs to, -1 padding.
        is_predicted: (rows, length) bool, tokens that the model has to predict.
        looks_at: (rows, length) int64, where to look for the *next* token: where it or what decides
            on it stands, 0 (the beginning) if there is nothing of the kind; -1 if not taught.
        belongs_to: (rows, length) int64, for a candidate's name that follows its reference photo
            the end of that photo; -1 for other tokens.
        looks: what the photos show, in order; a row's reference photos come first.
    """

    ids: Tensor
    positions: Tensor
    owner: Tensor
    is_predicted: Tensor
    looks_at: Tensor
    belongs_to: Tensor
    looks: tuple[Look, ...]

    def mask(self) -> Tensor:
        """(rows, 1, length, length) float32 to be added to attention scores: 0 or very little."""
        own = self.owner[:, :, None] == self.owner[:, None, :]
        seen = torch.ones(own.shape[1:], dtype=torch.bool).tril() & (
            own | (self.owner[:, None, :] == 0)
        )
        return torch.zeros(own.shape).masked_fill(~seen, -1e9)[:, None]


class Lessons:
    """Turns examples into batches with one tokenizer; keeps what it has tokenised of them."""

    def __init__(self, processor: Qwen3VLProcessor) -> None:
        self._processor = processor
        self._tokenizer = processor.tokenizer
        self._kept: dict[str, list[int]] = {}
        self.image = self.ids("<|image_pad|>")[0]
        self._marks = self.ids(SENTENCES["look"])[0]
        self._shapes, self._quote = (self.ids(text)[0] for text in (_SHAPES, _QUOTE))
        self._passages = {self.ids(text)[0] for text in _PASSAGES}
        self._photo_end = self.ids("<|vision_end|>")[0]

    def ids(self, text: str) -> list[int]:
        """Tokens of a text that comes often."""
        if text not in self._kept:
            self._kept[text] = self._tokenizer(text)["input_ids"]
        return self._kept[text]

    def words(self, look: Look) -> list[int]:
        """What a photo's visual tokens are to stand for: its colour and shape, twice."""
        colour, shape = look
        return (self.ids(f"{colour} ") + self.ids(shape)) * (PHOTO_TOKENS // 2)

    def in_words(self, batch: Batch) -> Tensor:
        """`batch.ids` with each photo's place taken by the words for what it shows."""
        ids = batch.ids.clone()
        told = [token for look in batch.looks for token in self.words(look)]
        ids[ids == self.image] = torch.tensor(told, dtype=ids.dtype)
        return ids

    def stories(self, rng: random.Random, rows: int) -> Batch:
        """Sentences, and the same in another order, whose ends the model has to predict."""
        told = [self._story(rng) for _ in range(rows)]
        length = max(len(ids) for ids, _, _ in told)
        ids, is_predicted, looks_at = (
            torch.tensor([_padded(one[part], length, (0, 0, _IGNORED)[part]) for one in told])
            for part in range(3)
        )
        owner = torch.tensor([_padded([0] * len(one[0]), length, -1) for one in told])
        positions = torch.arange(length).expand(3, rows, length)
        nothing = torch.full_like(ids, _IGNORED)
        return Batch(ids, positions, owner, is_predicted.bool(), looks_at, nothing, ())

    def _story(self, rng: random.Random) -> tuple[list[int], list[int], list[int]]:
        facts: list[tuple[str, str, Look | None]] = []
        count = rng.randrange(2, 9)
        looks = rng.sample(LOOKS, count)
        if rng.random() < 0.5:  # few words, so that one of the two does not tell a look
            colours, shapes = rng.sample(list(COLOURS), 3), rng.sample(SHAPES, 3)
            looks = rng.sample([(colour, shape) for colour in colours for shape in shapes], count)
        for name, look in zip(rng.sample(NAMES, count), looks, strict=True):
            facts.append((f"The {look[0]} {look[1]}{SENTENCES['look']}", name, look))
            facts.append((name + SENTENCES["built"], str(rng.choice(YEARS)), None))
            if rng.random() < 0.6:
                facts.append((name + SENTENCES["demolished"], str(rng.choice(YEARS)), None))
            if rng.random() < 0.4:
                facts.append((name + SENTENCES["use"], rng.choice(USES), None))
        facts = rng.sample(facts, min(len(facts), 18))
        ids: list[int] = []
        is_predicted: list[int] = []
        looks_at: list[int] = []
        stands: dict[str, int] = {}
        for again in (False, True):
            for beginning, end, shown in rng.sample(facts, len(facts)):
                opening = self.ids(beginning)
                if again and shown is not None and rng.random() < 0.6:  # as a photo comes
                    opening = [*self.ids("<|vision_start|>"), *self.words(shown)]
                    opening += self.ids("<|vision_end|>")
                closing = [*self.ids(end), *self.ids(". ")]
                looks_at += [_IGNORED] * (len(opening) - 1)
                looks_at.append(stands[beginning] if again else _IGNORED)
                looks_at += [_IGNORED] * len(closing)
                stands.setdefault(beginning, len(ids) + len(opening))
                is_predicted += [0] * len(opening) + [int(again)] + [0] * (len(closing) - 1)
                ids += opening + closing
        return ids, is_predicted, looks_at

    def questions(self, groups: Sequence[Sequence[Example]]) -> Batch:
        """A row for each group of examples about one evidence; what does not fit is left out."""
        rows = [self._row(group) for group in groups]
        ids, owner, is_predicted, looks_at, belongs_to = (
            torch.tensor([row[part] for row in rows]) for part in range(5)
        )
        positions = torch.tensor([row[5] for row in rows]).permute(2, 0, 1)
        looks = tuple(look for row in rows for look in row[6])
        return Batch(ids, positions, owner, is_predicted.bool(), looks_at, belongs_to, looks)

    def _row(
        self, group: Sequence[Example]
    ) -> tuple[*_Numbers, list[tuple[int, int, int]], list[Look]]:
        evidence, asked = self._split(group)
        shared = len(evidence)
        ids, owner, is_predicted = list(evidence), [0] * shared, [0] * shared
        looks_at = [_IGNORED] * shared
        positions = _positions([token == self.image for token in evidence], 0)
        after = max(positions[-1]) + 1
        looks = list(group[0].references)
        for number, (question, answer, shown) in enumerate(asked, start=1):
            tokens = question + answer
            if len(ids) + len(tokens) > ROW:
                break
            looks_at += self._sources(evidence, len(ids), question, answer, bool(shown))
            positions += _positions([token == self.image for token in tokens], after)
            ids += tokens
            owner += [number] * len(tokens)
            is_predicted += [0] * len(question) + [1] * len(answer)
            looks += shown
        return (
            _padded(ids, ROW, 0),
            _padded(owner, ROW, -1),
            _padded(is_predicted, ROW, 0),
            _padded(looks_at, ROW, _IGNORED),
            _padded(self._names_of_photos(evidence), ROW, _IGNORED),
            _padded(positions, ROW, (0, 0, 0)),
            looks,
        )

    def _split(
        self, group: Sequence[Example]
    ) -> tuple[list[int], list[tuple[list[int], list[int], tuple[Look, ...]]]]:
        """The tokens of the evidence; of each question, its own tokens, its answer's, its looks."""
        evidence: list[int] = []
        asked = []
        for one in group:
            prompt = build_prompt(one.reading, budget=BUDGET)
            messages: Any = chat_messages(prompt)  # photos too, which its types leave out
            text = self._processor.apply_chat_template(messages, add_generation_prompt=True)
            text = text.replace("<|image_pad|>", "<|image_pad|>" * PHOTO_TOKENS)
            at = text.rindex("The photograph asked" if one.looks else 'Question: "')
            evidence = evidence or self._tokenizer(text[:at])["input_ids"]
            answer = self._tokenizer(one.answer + "<|im_end|>")["input_ids"]
            asked.append((self.ids(text[at:]), answer, one.looks))
        return evidence, asked

    def _sources(
        self,
        evidence: list[int],
        start: int,
        question: list[int],
        answer: list[int],
        has_photo: bool,
    ) -> list[int]:
        """Where to look to decide on subject and source, and to copy name, fact and passage."""
        looks_at = [_IGNORED] * (len(question) + len(answer))
        first = len(question)
        if answer[1] != self._shapes:
            looks_at[first] = 0
            return looks_at
        name = answer[2]
        if has_photo:
            looks_at[first] = looks_at[first + 1] = self._shown_at(evidence, name)
        else:
            looks_at[first + 1] = start + question.index(name)
        if answer[4] != self._shapes:
            looks_at[first + 3] = 0
            return looks_at
        quote = answer.index(self._quote)
        fact = _find(evidence, answer[quote + 1 : quote + 3])
        header = max(at for at in range(fact) if evidence[at] in self._passages)
        looks_at[first + 3] = fact + 1
        looks_at[first + 4] = start + first + 2
        looks_at[first + 5] = header + 3
        looks_at[first + quote + 1] = fact + 1
        if answer[quote + 3] == evidence[fact + 2]:
            looks_at[first + quote + 2] = fact + 2
        return looks_at

    def _names_of_photos(self, evidence: list[int]) -> list[int]:
        """For the name in the first passage after a reference photo, that photo's end; else -1."""
        belongs_to = [_IGNORED] * len(evidence)
        for at, token in enumerate(evidence):
            if token == self._photo_end:
                belongs_to[at + 3] = at
        return belongs_to

    def _shown_at(self, evidence: list[int], name: int) -> int:
        """Where a place's name stands beside its look: after its photo, else in its sentence."""
        for at, photo in enumerate(self._names_of_photos(evidence)):
            if photo != _IGNORED and evidence[at] == name:
                return at
        return _find(evidence, [self._marks, name]) + 1


def _positions(is_image: Sequence[bool], start: int) -> list[tuple[int, int, int]]:
    """Time, height and width of each token, as Qwen3-VL counts them: a photo is a small plane."""
    positions, at, seen = [], start, 0
    for image in is_image:
        if not image:
            positions.append((at, at, at))
            at += 1
            continue
        positions.append((at, at + seen // 2, at + seen % 2))
        seen += 1
        if seen == PHOTO_TOKENS:
            at, seen = at + 2, 0
    return positions


def _find(tokens: Sequence[int], pattern: Sequence[int]) -> int:
    size = len(pattern)
    for at in range(len(tokens) - size + 1):
        if list(tokens[at : at + size]) == list(pattern):
            return at
    raise ValueError(f"{pattern} does not stand in the evidence")


def _padded(items: list[Item], length: int, filler: Item) -> list[Item]:
    return items + [filler] * (length - len(items))
