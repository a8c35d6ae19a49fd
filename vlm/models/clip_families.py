"""What a CLIP model's name says of it: its languages, and when a photo resembles nothing indexed.

Reads no file and needs no library. A name is an open_clip name, `ARCHITECTURE/CHECKPOINT`.
"""

ENGLISH = ("en",)

MULTILINGUAL = (
    "en", "zh", "ar", "bn", "cs", "da", "de", "el", "es", "fa", "fi", "fr", "he", "hi", "hr", "hu",
    "id", "it", "ja", "ko", "nl", "no", "pl", "pt", "ro", "ru", "sv", "sw", "te", "th", "tr", "uk",
    "vi",
)  # fmt: skip
"""Languages of Crossmodal-3600 that the multilingual families below were trained for."""

_MULTILINGUAL_FAMILIES = ("siglip2", "i18n", "worldwide", "xlm-roberta", "mt5", "nllb")

FOREIGN_BELOW = 0.5
"""Default of `EncoderCard.foreign_below`, low so that it refuses little. It was not measured with
real weights; `scripts/calibrate.py` fits it for a model."""

_FOREIGN_BELOW = {"openai": 0.6}
"""Families whose photos all lie closer together than others'."""


def languages_of(name: str) -> tuple[str, ...]:
    """BCP 47 tags that the text tower of the model `name` was trained for.

    >>> languages_of("ViT-B-32/laion2b_s34b_b79k")
    ('en',)
    >>> "zh" in languages_of("ViT-B-16-SigLIP2/webli")
    True
    """
    known = name.casefold()
    many = any(family in known for family in _MULTILINGUAL_FAMILIES)
    return MULTILINGUAL if many else ENGLISH


def foreign_below_of(name: str) -> float:
    """Image-to-image cosine; a photo whose best cosine is lower shows nothing indexed.

    >>> foreign_below_of("ViT-B-32/openai"), foreign_below_of("ViT-B-32/laion2b_s34b_b79k")
    (0.6, 0.5)
    """
    known = name.casefold()
    return next((cut for family, cut in _FOREIGN_BELOW.items() if family in known), FOREIGN_BELOW)
