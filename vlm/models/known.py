"""Models of the hubs that SnapCite's pages name: what they are for and about how large they are.

Any other model that a loader reads can be pulled by its name too. Sizes are counted from the
parameters; before it fetches, `snapcite models pull` says what the hub says.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from vlm.models.qwen3_vl_retrieval import FAMILIES, split_name
from vlm.models.qwen3_vl_sizes import INSTRUCT, gigabytes_of, read_name


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model to pull.

    Attributes:
        name: for `snapcite models pull`.
        use: which option takes it.
        purpose: in a few words.
        gigabytes: to fetch, about.
        memory_gb: gigabytes of weights in a GPU's memory.
    """

    name: str
    use: Literal["--encoder", "--text-encoder", "--reader qwen3-vl", "SNAPCITE_RERANKER"]
    purpose: str
    gigabytes: float
    memory_gb: float


def _encoder(name: str, millions: int, purpose: str) -> KnownModel:
    """A CLIP: checkpoints are in fp32, and bf16 is autocast over fp32 weights."""
    gigabytes = 4 * millions / 1e3
    return KnownModel(name, "--encoder", purpose, gigabytes, gigabytes)


def _readers() -> Iterator[KnownModel]:
    for name in INSTRUCT:
        for checkpoint in (name, f"{name}-FP8"):
            known = read_name(checkpoint)
            assert known is not None
            gigabytes = gigabytes_of(checkpoint)
            what = "reads photos and evidence"
            if known.scheme == "fp8":
                what += ", in FP8"
            yield KnownModel(checkpoint, "--reader qwen3-vl", what, gigabytes, gigabytes)


KNOWN: tuple[KnownModel, ...] = (
    _encoder("ViT-B-16-SigLIP2/webli", 375, "photos and texts in many languages: a first choice"),
    _encoder("xlm-roberta-base-ViT-B-32/laion5b_s13b_b90k", 366, "many languages, fast on photos"),
    _encoder("ViT-B-32/laion2b_s34b_b79k", 151, "English only, fast"),
    _encoder("ViT-L-16-SigLIP2-256/webli", 882, "many languages, larger"),
    _encoder("ViT-SO400M-14-SigLIP2/webli", 1135, "many languages, the largest of these"),
    KnownModel(
        "intfloat/multilingual-e5-small", "--text-encoder", "texts in many languages", 0.47, 0.47
    ),
    KnownModel(
        "Qwen/Qwen3-VL-Embedding-2B", "--encoder", "photos and texts, by Qwen3-VL", 4.3, 4.3
    ),
    KnownModel(
        "Qwen/Qwen3-VL-Embedding-8B", "--encoder", "photos and texts, by Qwen3-VL", 16.3, 16.3
    ),
    KnownModel("Qwen/Qwen3-VL-Reranker-2B", "SNAPCITE_RERANKER", "orders what was found", 4.3, 4.3),
    KnownModel(
        "Qwen/Qwen3-VL-Reranker-8B", "SNAPCITE_RERANKER", "orders what was found", 17.5, 17.5
    ),
    *_readers(),
)
"""Encoders first, then the reranker, then readers; of each kind the first choice first."""


def full_name(name: str) -> str:
    """A known model's whole name, given that or the part behind its owner.

    What says how a model is run (`:1024`, `@bf16`) is left out, and of a family's short name its
    smallest model is meant.

    >>> full_name("qwen3-vl-8b-instruct"), full_name("qwen3-vl-reranker@bf16")
    ('Qwen/Qwen3-VL-8B-Instruct', 'Qwen/Qwen3-VL-Reranker-2B')
    >>> full_name("ViT-B-32/openai@bf16"), full_name("Qwen/Qwen3-VL-Embedding-8B:1024")
    ('ViT-B-32/openai', 'Qwen/Qwen3-VL-Embedding-8B')
    >>> full_name("qwen/qwen3-vl-8b-instruct")
    'Qwen/Qwen3-VL-8B-Instruct'
    >>> full_name("somebody/else")
    'somebody/else'
    """
    name = split_name(name).name
    if name in FAMILIES:
        return FAMILIES[name][-1]
    last = name.casefold()
    for known in KNOWN:
        owner, _, own = known.name.rpartition("/")
        # What stands before the slash of an open_clip name is no owner.
        is_hub_name = known.use != "--encoder" or owner == "Qwen"
        if owner and is_hub_name and last in (own.casefold(), known.name.casefold()):
            return known.name
    return name
