"""Which models there are, where their files lie, loading one by its name, and fetching one."""

from vlm.models.hardware import (
    LEAST_CAPABILITIES,
    Gpu,
    Machine,
    TorchBuild,
    read_machine,
    require_fast_enough,
)
from vlm.models.hub_cache import (
    FP8_CAPABILITY,
    cached_models,
    has_fp8_program,
    here,
    hub_folder,
    is_loadable,
    missing_packages,
    quantization_of,
    require_here,
    weight_bytes,
    without_fp8_program,
)
from vlm.models.known import KNOWN, KnownModel, full_name
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
from vlm.models.pull import (
    Cache,
    Folder,
    Hub,
    HuggingFace,
    ModelScope,
    Place,
    Plan,
    fetch_files,
    free_bytes,
    plan_pull,
    require_room,
)
from vlm.models.qwen3_vl_retrieval import is_served
from vlm.models.qwen3_vl_sizes import (
    choose_size,
    gigabytes_of,
    largest_that_fits,
    needed_gb,
    read_name,
)

__all__ = [
    "BUNDLED",
    "BUNDLED_TEXT",
    "FP8_CAPABILITY",
    "KNOWN",
    "LEAST_CAPABILITIES",
    "Cache",
    "Folder",
    "Gpu",
    "Hub",
    "HuggingFace",
    "KnownModel",
    "Machine",
    "ModelScope",
    "Place",
    "Plan",
    "TorchBuild",
    "cached_models",
    "choose_encoder",
    "choose_size",
    "choose_text_encoder",
    "encoder_folder",
    "fetch_files",
    "find_clip",
    "find_reader",
    "folder_name",
    "free_bytes",
    "full_name",
    "gigabytes_of",
    "has_fp8_program",
    "here",
    "hub_folder",
    "is_loadable",
    "is_served",
    "largest_that_fits",
    "list_encoders",
    "list_readers",
    "load_encoder",
    "load_reranker",
    "load_text_encoder",
    "missing_packages",
    "needed_gb",
    "plan_pull",
    "quantization_of",
    "read_machine",
    "read_name",
    "require_fast_enough",
    "require_here",
    "require_room",
    "weight_bytes",
    "without_fp8_program",
]
