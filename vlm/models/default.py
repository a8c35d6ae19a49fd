"""Which encoder is used where none was named and there is no index yet: the best one that is here.

Looks at names and caches only; loads nothing and touches no network.
"""

from importlib.util import find_spec
from pathlib import Path

from knowledge.errors import ModelError
from vlm.models.encoders import list_encoders
from vlm.models.families import languages_of

BUNDLED = "starter"


def choose_encoder(*, models_root: Path, own_root: Path) -> str:
    """Name of the encoder to use: one of the operator's own, a cached CLIP, or the bundled one.

    Of several, those that read many languages come first.

    Args:
        models_root: folder of the bundled models.
        own_root: folder of exported models and of ones brought here.
    """
    bundled = set(list_encoders(models_root))
    own = [name for name in list_encoders(own_root) if name not in bundled]
    return best_of(own) or best_of(_cached_clips()) or BUNDLED


def best_of(names: list[str]) -> str | None:
    """The name that promises most; None of none.

    >>> best_of(["ViT-B-32/openai", "ViT-B-16-SigLIP2/webli", "xlm-roberta-base-ViT-B-32/laion5b"])
    'ViT-B-16-SigLIP2/webli'
    """
    return min(names, key=_rank, default=None)


def _rank(name: str) -> tuple[int, int, str]:
    known = name.casefold()
    family = next((n for n, word in enumerate(("siglip2", "siglip")) if word in known), 2)
    return -len(languages_of(name)), family, name


def _cached_clips() -> list[str]:
    """open_clip names whose files are all in the caches that open_clip downloads to."""
    if find_spec("open_clip") is None or not _caches_hold_a_clip():
        return []
    import open_clip

    from vlm.models.files import find_clip, is_cached

    names = []
    for architecture, tag in open_clip.list_pretrained():
        name = f"{architecture}/{tag}"
        try:
            if is_cached(open_clip.get_pretrained_cfg(architecture, tag)) and find_clip(name):
                names.append(name)
        except ModelError:  # its tokenizer is not here, say
            continue
    return names


def _caches_hold_a_clip() -> bool:
    """A look at names, since to import open_clip takes seconds."""
    from huggingface_hub.constants import HF_HUB_CACHE

    hub = [path.name.casefold() for path in Path(HF_HUB_CACHE).glob("models--*")]
    openai = Path("~/.cache/clip").expanduser()
    return any("clip" in n or "siglip" in n for n in hub) or any(openai.glob("*.pt"))
