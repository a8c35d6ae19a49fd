"""Which models there are, where their files lie, and loading one by its name."""

from vlm.models.local_encoders import (
    BUNDLED,
    choose_encoder,
    encoder_folder,
    folder_name,
    list_encoders,
    load_encoder,
)
from vlm.models.local_readers import find_reader, list_readers
from vlm.models.local_rerankers import load_reranker
from vlm.models.local_text_encoders import (
    BUNDLED_TEXT,
    choose_text_encoder,
    load_text_encoder,
)
from vlm.models.open_clip_files import find_clip
from vlm.models.qwen3_vl_retrieval import is_served
from vlm.models.qwen3_vl_sizes import largest_that_fits

__all__ = [
    "BUNDLED",
    "BUNDLED_TEXT",
    "choose_encoder",
    "choose_text_encoder",
    "encoder_folder",
    "find_clip",
    "find_reader",
    "folder_name",
    "is_served",
    "largest_that_fits",
    "list_encoders",
    "list_readers",
    "load_encoder",
    "load_reranker",
    "load_text_encoder",
]
