"""A question-answering model of transformers -> a folder of the reader `extractive`."""

from vlm.readers.export.qa_model import find_transformers_model
from vlm.readers.export.reader_folder import export_reader

__all__ = ["export_reader", "find_transformers_model"]
