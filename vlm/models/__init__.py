"""Which models there are, where their files lie, and loading one by its name."""

from vlm.models.default import BUNDLED, choose_encoder
from vlm.models.encoders import encoder_folder, list_encoders, load_encoder, slug
from vlm.models.files import find_clip
from vlm.models.qwen3_vl import largest_that_fits

__all__ = [
    "BUNDLED",
    "choose_encoder",
    "encoder_folder",
    "find_clip",
    "largest_that_fits",
    "list_encoders",
    "load_encoder",
    "slug",
]
