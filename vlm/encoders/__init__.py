"""Encoders: photos and texts -> vectors. Each runtime is a module of its own, loaded when used."""

from vlm.encoders.base import (
    Embeddings,
    Encoder,
    EncoderCard,
    TurnLogits,
    TurnSeeingEncoder,
    encode_questions,
    encode_upright,
    encode_with_turns,
    turn_probabilities,
)
from vlm.encoders.cached import CachedEncoder, pixels_digest
from vlm.encoders.turn_seer import EncoderWithTurns

__all__ = [
    "CachedEncoder",
    "Embeddings",
    "Encoder",
    "EncoderCard",
    "EncoderWithTurns",
    "TurnLogits",
    "TurnSeeingEncoder",
    "encode_questions",
    "encode_upright",
    "encode_with_turns",
    "pixels_digest",
    "turn_probabilities",
]
