"""The reader without a language model: a question-answering network that quotes what it found.

Knows no store, no web and no photo: pixels are for other readers.
"""

from vlm.readers.extractive.network import BUNDLED as BUNDLED_READER
from vlm.readers.extractive.network import Network, load_network
from vlm.readers.extractive.reader import ExtractiveReader

__all__ = ["BUNDLED_READER", "ExtractiveReader", "Network", "load_network"]
