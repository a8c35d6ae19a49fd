"""The reader's network: a BERT encoder with heads that point at the answer.

Knows tensors only: no text, no tokenizer, no training. Parameter names are `BertModel`'s, except
that query, key and value are one matrix.

A pair goes in as `<s> question </s></s> passage </s>`. `<s>` stands for "nothing here answers".
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

STATUSES = ("standing", "gone", "not said")
VERDICTS = ("yes", "no", "neither")
VECTOR_DEPTH = 6
"""After how many layers the text vectors branch off."""
VECTOR_SIZE = 256


@dataclass(frozen=True, slots=True)
class Shape:
    """How large the network is."""

    vocabulary: int
    hidden: int = 384
    layers: int = 12
    heads: int = 12
    feed_forward: int = 1536
    positions: int = 512
    types: int = 2
    epsilon: float = 1e-12

    def as_dict(self) -> dict[str, int | float]:
        """The shape for a checkpoint."""
        return asdict(self)


@dataclass(slots=True)
class Outputs:
    """What the network says of `n` pairs of `length` tokens; float32 logits.

    `starts`, `ends` are `(n, length)`, at -1e4 outside of the passage and of `<s>`; `answerable`
    is `(n,)`, higher where something answers; `statuses` `(n, 3)` and `verdicts` `(n, 3)` are in
    the order of STATUSES and VERDICTS.
    """

    starts: Tensor
    ends: Tensor
    answerable: Tensor
    statuses: Tensor
    verdicts: Tensor


class Layer(nn.Module):
    """A post-norm transformer layer."""

    def __init__(self, shape: Shape, dropout: float) -> None:
        super().__init__()
        self.heads = shape.heads
        self.dropout = dropout
        self.qkv = nn.Linear(shape.hidden, 3 * shape.hidden)
        self.attended = nn.Linear(shape.hidden, shape.hidden)
        self.attended_norm = nn.LayerNorm(shape.hidden, shape.epsilon)
        self.wide = nn.Linear(shape.hidden, shape.feed_forward)
        self.narrow = nn.Linear(shape.feed_forward, shape.hidden)
        self.norm = nn.LayerNorm(shape.hidden, shape.epsilon)

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """`hidden` is `(n, length, hidden)`; `mask` is added to the attention's scores."""
        n, length, width = hidden.shape
        split = (n, length, 3, self.heads, width // self.heads)
        query, key, value = (
            self.qkv(hidden).view(split).permute(2, 0, 3, 1, 4).flatten(1, 2).unbind(0)
        )  # (n * heads, length, width / heads)
        # Plain products: at heads this narrow, fused attention's backward pass is slower on a CPU.
        scores = torch.bmm(query * split[-1] ** -0.5, key.transpose(1, 2))
        scores = scores.view(n, self.heads, length, length) + mask.to(scores.dtype)
        weights = torch.softmax(scores, -1).flatten(0, 1)
        seen = torch.bmm(weights.to(value.dtype), value).view(n, self.heads, length, split[-1])
        seen = self.attended(seen.transpose(1, 2).reshape(n, length, width))
        hidden = self.attended_norm(hidden + self._drop(seen))
        wide = self.narrow(functional.gelu(self.wide(hidden)))
        normed: Tensor = self.norm(hidden + self._drop(wide))
        return normed

    def _drop(self, hidden: Tensor) -> Tensor:
        """Drop features of a whole pair: one small mask instead of one a token."""
        if not (self.dropout and self.training):
            return hidden
        kept = torch.rand(len(hidden), 1, hidden.shape[-1]) >= self.dropout
        return hidden * (kept.to(hidden.dtype) / (1 - self.dropout))


class Network(nn.Module):
    """The encoder and its heads."""

    def __init__(self, shape: Shape, *, dropout: float = 0.0) -> None:
        super().__init__()
        self.shape = shape
        self.words = nn.Embedding(shape.vocabulary, shape.hidden)
        self.places = nn.Embedding(shape.positions, shape.hidden)
        self.embedding_norm = nn.LayerNorm(shape.hidden, shape.epsilon)
        self.layers = nn.ModuleList(Layer(shape, dropout) for _ in range(shape.layers))
        self.ends = nn.Linear(shape.hidden, 2)
        self.pooled = nn.Linear(2 * shape.hidden, shape.hidden)
        self.judged = nn.Linear(shape.hidden, 1 + len(STATUSES) + len(VERDICTS))

    def states(self, tokens: Tensor, present: Tensor, *, layers: int | None = None) -> list[Tensor]:
        """The embeddings and what each of the first `layers` layers makes of them.

        Each is `(n, length, hidden)`. `tokens` is int64 and `present` bool, both `(n, length)`;
        without `layers`, all layers are run.
        """
        places = self.places.weight[: tokens.shape[1]]
        states = [self.embedding_norm(self.words(tokens) + places)]
        mask = attention_mask(present, states[0])
        for layer in self.layers[:layers]:
            states.append(layer(states[-1], mask))
        return states

    def forward(self, tokens: Tensor, present: Tensor, passage: Tensor) -> Outputs:
        """`passage` is bool `(n, length)`: the tokens that may be in an answer."""
        return self.read(self.states(tokens, present)[-1], passage)

    def read(self, hidden: Tensor, passage: Tensor) -> Outputs:
        """What the heads say of the last layer's states `(n, length, hidden)`."""
        allowed = passage.clone()
        allowed[:, 0] = True
        points = self.ends(hidden).float().masked_fill(~allowed[..., None], -1e4)
        starts, ends = points.unbind(-1)
        weights = torch.softmax(starts.masked_fill(~passage, -1e4), -1)
        found = torch.einsum("nl,nlh->nh", weights.to(hidden.dtype), hidden)
        pooled = functional.gelu(self.pooled(torch.cat([hidden[:, 0], found], -1)))
        judged = self.judged(pooled).float()
        answerable, statuses, verdicts = judged.split([1, len(STATUSES), len(VERDICTS)], -1)
        return Outputs(starts, ends, answerable[:, 0], statuses, verdicts)


class TextVectors(nn.Module):
    """A branch from the middle of the network: a text alone to one vector.

    It shares the word embeddings and the first VECTOR_DEPTH layers with reading. Then come a layer
    of its own, the mean over the tokens and a projection.
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.layer = Layer(shape, 0.0)
        self.projected = nn.Linear(shape.hidden, VECTOR_SIZE)

    def forward(self, hidden: Tensor, present: Tensor) -> Tensor:
        """`hidden` `(n, length, hidden)` of layer VECTOR_DEPTH to `(n, VECTOR_SIZE)` of length 1.

        `present` is bool `(n, length)`.
        """
        hidden = self.layer(hidden, attention_mask(present, hidden))
        return functional.normalize(self.projected(mean_of(hidden, present)).float(), dim=-1)


def attention_mask(present: Tensor, like: Tensor) -> Tensor:
    """What is added to the attention's scores, `(n, 1, 1, length)`: -1e4 where nothing stands."""
    mask = torch.zeros(present.shape, dtype=like.dtype).masked_fill(~present, -1e4)
    return mask[:, None, None, :]


def mean_of(hidden: Tensor, present: Tensor) -> Tensor:
    """The mean `(n, hidden)` over the tokens that are there."""
    weights = present.to(hidden.dtype)[..., None]
    return (hidden * weights).sum(1) / weights.sum(1)


def load_bert(network: Network, tensors: Mapping[str, npt.NDArray[np.float32]]) -> None:
    """Put `BertModel` tensors into the encoder; raises KeyError where one is left over."""
    left = {name: torch.from_numpy(np.array(values)) for name, values in tensors.items()}
    state = network.state_dict()
    types = left.pop("embeddings.token_type_embeddings.weight")
    state["words.weight"] = left.pop("embeddings.word_embeddings.weight")
    # Every token is of type 0, so that row is part of the places.
    state["places.weight"] = left.pop("embeddings.position_embeddings.weight") + types[0]
    _take(state, left, "embedding_norm", "embeddings.LayerNorm")
    for number in range(network.shape.layers):
        mine, theirs = f"layers.{number}", f"encoder.layer.{number}"
        for kind in ("weight", "bias"):
            parts = [
                left.pop(f"{theirs}.attention.self.{part}.{kind}")
                for part in ("query", "key", "value")
            ]
            state[f"{mine}.qkv.{kind}"] = torch.cat(parts)
        _take(state, left, f"{mine}.attended", f"{theirs}.attention.output.dense")
        _take(state, left, f"{mine}.attended_norm", f"{theirs}.attention.output.LayerNorm")
        _take(state, left, f"{mine}.wide", f"{theirs}.intermediate.dense")
        _take(state, left, f"{mine}.narrow", f"{theirs}.output.dense")
        _take(state, left, f"{mine}.norm", f"{theirs}.output.LayerNorm")
    if left:
        raise KeyError(f"no place for {sorted(left)}")
    network.load_state_dict(state)


def _take(state: dict[str, Tensor], left: dict[str, Tensor], mine: str, theirs: str) -> None:
    for kind in ("weight", "bias"):
        state[f"{mine}.{kind}"] = left.pop(f"{theirs}.{kind}")
