"""Encoders: photos and texts -> vectors. Each runtime is a module of its own, loaded when used."""

from vlm.encoders.base import Embeddings, Encoder, EncoderCard, encode_questions
from vlm.encoders.cached import CachedEncoder, pixels_digest

__all__ = [
    "CachedEncoder",
    "Embeddings",
    "Encoder",
    "EncoderCard",
    "encode_questions",
    "pixels_digest",
]
