"""An open_clip model -> a folder of ONNX files that `vlm.encoders.onnx` runs without PyTorch."""

from vlm.encoders.export.clip import export_encoder

__all__ = ["export_encoder"]
