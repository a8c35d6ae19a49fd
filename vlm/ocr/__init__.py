"""What reads the text in pictures."""

from vlm.ocr.base import TextReader
from vlm.ocr.installed import INSTALL, find_text_reader, is_installed

__all__ = ["INSTALL", "TextReader", "find_text_reader", "is_installed"]
