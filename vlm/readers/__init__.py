"""Readers: a question, a photo, evidence -> a draft answer. Each reader is a module of its own."""

from vlm.readers.asked_kind import fits_what_is_asked
from vlm.readers.base import Candidate, Draft, LookingReader, Reader, Reading, YearEvent

__all__ = [
    "Candidate",
    "Draft",
    "LookingReader",
    "Reader",
    "Reading",
    "YearEvent",
    "fits_what_is_asked",
]
