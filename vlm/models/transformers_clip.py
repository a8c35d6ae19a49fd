"""CLIP models as transformers packs them, which are not read here: open_clip has the same weights.

Their names on the Hugging Face hub are the best known ones, so people try them first.
"""

import json
import re
from pathlib import Path

_KINDS = frozenset(
    {
        "align", "altclip", "blip", "chinese_clip", "clip", "groupvit", "metaclip_2", "siglip",
        "siglip2", "vision-text-dual-encoder",
    }
)  # fmt: skip
"""What `model_type` says in the `config.json` of a model with two towers."""

_CONFIG_BYTES = 2**20
_SIZES = {"base": "B", "large": "L", "so400m": "SO400M", "giant-opt": "gopt"}
_NAME = re.compile(
    r"(?:openai/(?P<clip>clip)-vit|google/(?P<siglip>siglip2?))-(?P<size>base|large|so400m|giant-opt)"
    r"-patch(?P<patch>\d+)(?:-(?P<side>\d+))?"
)
_USUAL_SIDE = "224"
_EXAMPLE = "ViT-B-16-SigLIP2/webli"


def open_clip_twin(name: str) -> str | None:
    """open_clip's name of the same weights; None for a name that is not known.

    >>> open_clip_twin("google/siglip2-base-patch16-384"), open_clip_twin("Qwen/Qwen3-VL-8B")
    ('ViT-B-16-SigLIP2-384/webli', None)
    >>> open_clip_twin("openai/clip-vit-large-patch14")
    'ViT-L-14/openai'
    """
    found = _NAME.fullmatch(name.strip().removeprefix("hf-hub:"))
    if found is None:
        return None
    side = found["side"]
    if (found["siglip"], found["patch"], side) == ("siglip2", "14", "384"):
        side = "378"  # 27 patches of 14 pixels, which open_clip calls by what is seen
    end = f"-{side}" if side and side != _USUAL_SIDE else ""
    tower = f"ViT-{_SIZES[found['size']]}-{found['patch']}"
    if found["clip"]:
        return f"{tower}{end}/openai"
    return f"{tower}-{'SigLIP2' if found['siglip'] == 'siglip2' else 'SigLIP'}{end}/webli"


def is_two_towers(kind: str | None) -> bool:
    """Whether a `model_type` is that of a model with two towers.

    >>> is_two_towers("siglip2"), is_two_towers("qwen3_vl"), is_two_towers(None)
    (True, False, False)
    """
    return kind in _KINDS


def kind_in(folder: Path) -> str | None:
    """The `model_type` of the model in a folder, where it is one with two towers; else None."""
    config = folder / "config.json"
    try:
        if config.stat().st_size > _CONFIG_BYTES:
            return None
        named = json.loads(config.read_bytes())["model_type"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return named if isinstance(named, str) and is_two_towers(named) else None


def say_what_to_take(name: str, kind: str | None = None) -> str:
    """What to say of a model of that name and kind: what it is, and what to take in its place."""
    twin = open_clip_twin(name)
    which = f" ({kind})" if kind else ""
    return (
        f"{name} is a CLIP as transformers packs it{which}. SnapCite reads them as open_clip does: "
        + (
            f"the same weights are {twin} there (`snapcite models pull {twin}`)."
            if twin
            else f"take one of its names, such as {_EXAMPLE} (`snapcite models list`), or a folder "
            "with open_clip_config.json."
        )
    )
