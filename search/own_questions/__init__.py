"""Questions that an index's own texts answer, asked with the answering lines there and hidden."""

from search.own_questions.calibration import (
    FEWEST,
    METHOD,
    QUESTIONS,
    SECONDS,
    Asked,
    OwnFigures,
    ask_itself,
    drafts_of,
    has_grown,
    read_figures,
)
from search.own_questions.making import OwnQuestion, questions_of, spread

__all__ = [
    "FEWEST",
    "METHOD",
    "QUESTIONS",
    "SECONDS",
    "Asked",
    "OwnFigures",
    "OwnQuestion",
    "ask_itself",
    "drafts_of",
    "has_grown",
    "questions_of",
    "read_figures",
    "spread",
]
