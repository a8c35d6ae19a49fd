"""Readers: a question, a photo, evidence -> a draft answer. Each reader is a module of its own."""

from vlm.readers.base import Candidate, Draft, LookingReader, Reader, Reading, YearEvent

__all__ = [
    "Candidate",
    "Draft",
    "LookingReader",
    "Reader",
    "Reading",
    "YearEvent",
]
