"""The reader that runs Qwen3-VL in this process."""

from vlm.readers.qwen3_vl.loading import require_model
from vlm.readers.qwen3_vl.reader import QwenOptions, QwenReader

__all__ = ["QwenOptions", "QwenReader", "require_model"]
