"""The reader on a server: any OpenAI-compatible server with a vision model."""

from vlm.readers.openai.reader import RemoteReader
from vlm.readers.openai.request import RemoteOptions, ResponseFormat

__all__ = ["RemoteOptions", "RemoteReader", "ResponseFormat"]
