"""The reader without a model: rules in English and Chinese that quote the sentence they found.

It reads years, whether something stands, what it is used for, and single facts; where the evidence
does not say, it abstains. Knows no store, no web and no photo: pixels are for other readers.
"""

from vlm.readers.extractive.network import BUNDLED as BUNDLED_READER
from vlm.readers.extractive.network import Network, load_network
from vlm.readers.extractive.reader import ExtractiveReader

__all__ = ["BUNDLED_READER", "ExtractiveReader", "Network", "load_network"]
