"""Draw examples, cut their passages, and put them into batches of like length.

Knows which group is drawn how often and how a passage is cut around its answer. The same seed and
pool number always give the same batches, so that training goes on where it stopped. Knows neither
text nor the network.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reader.examples import UNKNOWN, Example

SHARES = {
    "english": 0.20,
    "short": 0.06,
    "chinese": 0.13,
    "across": 0.13,
    "others": 0.02,
    "yes_no": 0.02,
    "records": 0.09,
    "structures": 0.03,
    "generated": 0.19,
    "ends": 0.09,
    "lives": 0.10,
    "asked": 0.09,
}
"""How much of what is drawn comes from each group; groups without examples are left out."""
MADE = ("generated", "ends", "lives")
"""Groups of made texts."""
WINDOWS = ((0.45, 72), (0.37, 120), (0.18, 210))
"""Share of passages, and the tokens they are cut to."""
WHOLE = 160
"""Tokens that generated passages are cut to at the least; most are shorter."""
REMOVED = 0.10
"""Of the answerable questions: the sentence that answers is taken out, so nothing answers."""
SWAPPED = 0.04
"""Of the answerable questions: the passage is another one, so nothing answers."""
LINES_DROPPED = 0.15
"""Of a record's lines without the answer, in half of the records."""
POOL = 768
"""Examples that are sorted by length together."""
TOKENS = 3600
"""Of a batch, with padding."""
STEP = 16
"""Lengths are rounded up to its multiples: a CPU's kernels are made anew for every new shape."""
BOS, PAD, EOS = 0, 1, 2

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(slots=True)
class Cut:
    """An example as the network sees it.

    `tokens` int64 `(length,)`; `first`, `last` bound the passage; `sentences` bounds the sentences
    of the answers, both ends inside; `starts`, `ends` are the right tokens, 0 where nothing
    answers and empty where no span is known. Labels as in `Example`.
    """

    tokens: Ints
    first: int
    last: int
    sentences: list[tuple[int, int]]
    starts: list[int]
    ends: list[int]
    answerable: int
    status: int
    verdict: int


@dataclass(slots=True)
class Batch:
    """`n` pairs padded to one length; every array is `(n, length)` or `(n,)`.

    `right_starts`, `right_ends`, `right_sentence` are bool masks; rows without a known span are
    false everywhere.
    """

    tokens: Ints
    present: Bools
    passage: Bools
    right_starts: Bools
    right_ends: Bools
    right_sentence: Bools
    answerable: Ints
    statuses: Ints
    verdicts: Ints


class Drawer:
    """Draws pools of batches from examples."""

    def __init__(
        self,
        examples: Sequence[Example],
        *,
        seed: int,
        shares: Mapping[str, float] = SHARES,
        pool: int = POOL,
    ) -> None:
        self._examples = examples
        self._seed = seed
        self._pool = pool
        groups: defaultdict[str, list[int]] = defaultdict(list)
        for number, example in enumerate(examples):
            groups[example.group].append(number)
        self._groups = {name: np.array(groups[name]) for name in shares if name in groups}
        total = sum(shares[name] for name in self._groups)
        self._shares = {name: shares[name] / total for name in self._groups}

    def batches(self, pool: int) -> list[Batch]:
        """The batches of pool number `pool`."""
        random = np.random.default_rng((self._seed, pool))
        cuts = [
            cut
            for number in self._numbers(pool, random)
            if (cut := self._cut(number, random)) is not None
        ]
        bins: defaultdict[int, list[Cut]] = defaultdict(list)
        for cut in cuts:
            bins[-(-len(cut.tokens) // STEP) * STEP].append(cut)
        batches = []
        waiting: list[Cut] = []
        for length in sorted(bins):
            waiting += bins[length]
            count = TOKENS // length
            while len(waiting) >= count:
                batches.append(collate(waiting[:count], length))
                del waiting[:count]
        if waiting:
            # The longest left; others of the pool fill the batch up.
            filled = [cuts[int(number)] for number in random.integers(len(cuts), size=count)]
            batches.append(collate((waiting + filled)[:count], length))
        return [batches[number] for number in random.permutation(len(batches))]

    def _numbers(self, pool: int, random: np.random.Generator) -> list[int]:
        """Examples of a pool: each group is gone through in a new order again and again."""
        numbers: list[int] = []
        for name, share in self._shares.items():
            members = self._groups[name]
            begin, end = round(pool * self._pool * share), round((pool + 1) * self._pool * share)
            for place in range(begin, end):
                epoch, within = divmod(place, len(members))
                numbers.append(int(members[_order(self._seed, name, epoch, len(members))[within]]))
        random.shuffle(numbers)
        return numbers

    def _cut(self, number: int, random: np.random.Generator) -> Cut | None:
        example = self._examples[number]
        shares, sizes = zip(*WINDOWS, strict=True)
        size = int(random.choice(sizes, p=shares))
        if example.group in MADE:
            # What makes such a question hard may stand anywhere in its text.
            size = max(size, WHOLE)
        answered = len(example.spans) > 0 and example.verdict == 2
        if answered and example.answerable == 1:
            chance = random.random()
            if chance < SWAPPED and example.group not in (*MADE, "asked"):
                other = self._neighbour(number, random)
                if other is not None:
                    return cut_window(example, other, None, size, random, refused=True)
            elif chance < SWAPPED + REMOVED and example.removable != UNKNOWN:
                return cut_window(example, example, example.removable, size, random, refused=True)
        return cut_window(example, example, None, size, random, refused=False)

    def _neighbour(self, number: int, random: np.random.Generator) -> Example | None:
        """An example near by with another passage: often of the same article or collection."""
        example = self._examples[number]
        answers = {tuple(example.passage[first : last + 1]) for first, last in example.spans}
        for _ in range(4):
            near = number + int(random.integers(-40, 41))
            if not 0 <= near < len(self._examples):
                continue
            other = self._examples[near]
            if other.source != example.source or np.array_equal(other.passage, example.passage):
                continue
            if other.record and example.record:
                # Another row of the same kind has the field: the question would have an answer.
                continue
            text = tuple(other.passage)
            if not any(_inside(answer, text) for answer in answers):
                return other
        return None


_orders: dict[tuple[int, str, int], Ints] = {}


def _order(seed: int, name: str, epoch: int, count: int) -> Ints:
    """In which order a group is gone through in `epoch`."""
    key = (seed, name, epoch)
    if key not in _orders:
        for old in [old for old in _orders if old[1] == name and old[2] < epoch - 1]:
            del _orders[old]
        mixed = np.random.default_rng((seed, epoch, *name.encode()))
        _orders[key] = mixed.permutation(count)
    return _orders[key]


def _inside(part: tuple[int, ...], whole: tuple[int, ...]) -> bool:
    return any(
        whole[start : start + len(part)] == part for start in range(len(whole) - len(part) + 1)
    )


def cut_window(
    asked: Example,
    read: Example,
    removed: int | None,
    size: int,
    random: np.random.Generator,
    *,
    refused: bool,
) -> Cut:
    """The question of `asked` with sentences of `read`, about `size` passage tokens.

    The sentence `removed` is left out. Where `refused`, nothing answers; else the sentences around
    an answer of `asked` are taken, with the answer at any place among them.
    """
    bounds = np.append(read.sentences, len(read.passage))
    lengths = np.diff(bounds)
    numbers = [number for number in range(len(lengths)) if number != removed]
    answer = None
    if not refused and len(asked.spans):
        first, last = asked.spans[random.integers(len(asked.spans))]
        answer = range(_sentence(bounds, first), _sentence(bounds, last) + 1)
    if read.record and random.random() < 0.5:
        held = set(answer or ()) | {numbers[0]}
        numbers = [n for n in numbers if n in held or random.random() >= LINES_DROPPED]
    kept = _grow(numbers, lengths, answer, removed, size, random)
    moved = np.full(len(read.passage) + 1, -1)
    question = asked.question
    at = len(question) + 3
    pieces = []
    sentences = [(0, 0)]
    for number in kept:
        begin, end = bounds[number], bounds[number + 1]
        pieces.append(read.passage[begin:end])
        moved[begin:end] = np.arange(at, at + end - begin)
        at += int(end - begin)
    tokens = np.concatenate([[BOS], question, [EOS, EOS], *pieces, [EOS]]).astype(np.int64)
    starts, ends = [0], [0]
    answerable = 0 if refused else asked.answerable
    if answerable and answer is not None:
        inside = [
            (int(moved[first]), int(moved[last]))
            for first, last in asked.spans
            if moved[first] >= 0 and moved[last] >= 0
        ]
        starts = [first for first, _ in inside]
        ends = [last for _, last in inside]
        sentences = [
            (
                int(moved[bounds[_sentence(bounds, first)]]),
                int(moved[bounds[_sentence(bounds, last) + 1] - 1]),
            )
            for first, last in asked.spans
            if moved[first] >= 0 and moved[last] >= 0
        ]
    elif answerable:
        starts, ends = [], []
    status = asked.status
    told_by_answer = asked.verdict != 2
    if refused or (len(kept) < len(lengths) and status != 2 and not told_by_answer):
        # What was cut away may be what said it.
        status = UNKNOWN
    return Cut(
        tokens=tokens[:512],
        first=len(question) + 3,
        last=min(at, 511) - 1,
        sentences=sentences,
        starts=[start for start in starts if start < 511],
        ends=[end for end in ends if end < 511],
        answerable=answerable,
        status=status,
        verdict=2 if refused else asked.verdict,
    )


def _sentence(bounds: Ints, token: int) -> int:
    return int(np.searchsorted(bounds, token, "right")) - 1


def _grow(
    numbers: list[int],
    lengths: Ints,
    answer: range | None,
    removed: int | None,
    size: int,
    random: np.random.Generator,
) -> list[int]:
    """Sentences next to each other of at most `size` tokens, `answer` among them."""
    if sum(int(lengths[number]) for number in numbers) <= size:
        return numbers
    if answer is not None:
        centre = [place for place, number in enumerate(numbers) if number in answer]
    elif removed is not None:
        centre = [min(max(removed - 1, 0), len(numbers) - 1)]
    else:
        centre = [int(random.integers(len(numbers)))]
    low, high = centre[0], centre[-1]
    room = size - sum(int(lengths[numbers[place]]) for place in range(low, high + 1))
    before = random.random()
    while True:
        left = low > 0 and lengths[numbers[low - 1]] <= room
        right = high + 1 < len(numbers) and lengths[numbers[high + 1]] <= room
        if not (left or right):
            return numbers[low : high + 1]
        if left and (not right or random.random() < before):
            low -= 1
            room -= int(lengths[numbers[low]])
        else:
            high += 1
            room -= int(lengths[numbers[high]])


def collate(cuts: Sequence[Cut], length: int) -> Batch:
    """Pad to `length` tokens."""
    shape = (len(cuts), length)
    tokens = np.full(shape, PAD, np.int64)
    masks = [np.zeros(shape, np.bool_) for _ in range(5)]
    present, passage, right_starts, right_ends, right_sentence = masks
    for row, cut in enumerate(cuts):
        tokens[row, : len(cut.tokens)] = cut.tokens
        present[row, : len(cut.tokens)] = True
        passage[row, cut.first : cut.last + 1] = True
        right_starts[row, cut.starts] = True
        right_ends[row, cut.ends] = True
        if cut.starts:
            for first, last in cut.sentences:
                right_sentence[row, first : last + 1] = True
    return Batch(
        tokens,
        present,
        passage,
        right_starts,
        right_ends,
        right_sentence,
        np.array([cut.answerable for cut in cuts]),
        np.array([cut.status for cut in cuts]),
        np.array([cut.verdict for cut in cuts]),
    )
