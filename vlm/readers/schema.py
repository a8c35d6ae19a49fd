"""The JSON schema of a model's answer, made for each question; and from answer to draft.

`source` can only be a passage of the prompt, `year` only a year in one of them, so a model can
invent neither. Knows no model; `search.citation` checks the quotation.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from knowledge.dates import find_years
from knowledge.errors import ModelBrokenError
from vlm.readers.base import Candidate, Draft, Reading
from vlm.readers.json_in_text import FoundObject, after_thoughts, objects_in
from vlm.readers.json_schema import closed_schema, tidied, violation

CONFIDENCE: Mapping[str, float] = {"high": 0.9, "medium": 0.6, "low": 0.3}
"""A model's words for its confidence → a number; models use words more evenly than numbers."""

_STRING = {"type": "string"}


class InvalidAnswerError(ModelBrokenError):
    """A model's answer does not keep to the schema; the message says where.

    Attributes:
        holds_object: the answer holds a JSON object, so saying what is wrong with it may help.
    """

    def __init__(self, message: str, *, holds_object: bool = True) -> None:
        super().__init__(message)
        self.holds_object = holds_object


def answer_schema(reading: Reading, *, reasoning: bool = False) -> dict[str, Any]:
    """The JSON schema of the answer to a reading: closed, all fields required but the last.

    `value` may be left out, which says the same as null: a model that was tuned on answers without
    it ends before it.

    Fields stand in the order in which they are best decided: who, where it stands, the words, and
    only then what follows from them.

    Args:
        reading: only what stands in its candidates can be cited.
        reasoning: let the model think in a field of its own before it answers.

    Raises:
        QueryError: the caller's own schema cannot be used.
    """
    properties: dict[str, Any] = {"reasoning": _STRING} if reasoning else {}
    properties |= {
        "subject": {"enum": [*(one.document_id for one in reading.candidates), None]},
        "source": {"enum": [*_passage_ids(reading.candidates), None]},
        "quote": _STRING,
    }
    if reading.answer_schema is not None:
        properties["fields"] = closed_schema(reading.answer_schema)
    else:
        properties |= {
            "exists": {"type": ["boolean", "null"]},
            "year": {"enum": [*years_in(reading.candidates), None]},
            "year_event": {"enum": ["built", "demolished", "other", None]},
            "current_use": {"type": ["string", "null"]},
        }
    properties |= {
        "confidence": {"enum": list(CONFIDENCE)},
        "text": _STRING,
        "value": {"type": ["string", "null"]},
    }
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name != "value"],
        "additionalProperties": False,
    }


def years_in(candidates: tuple[Candidate, ...]) -> list[int]:
    """Every year that stands in the candidates' passages, ascending, each once."""
    texts = (passage.text for candidate in candidates for passage in candidate.passages)
    return sorted({year.value for text in texts for year in find_years(text)})


def draft_from(answer: str, reading: Reading, schema: Mapping[str, Any]) -> Draft:
    """The draft that a model's answer makes.

    Args:
        answer: what the model wrote: one JSON object, and whatever else.
        reading: the reading that it answers.
        schema: the one that `answer_schema` made.

    Raises:
        InvalidAnswerError: it holds no JSON object, or none that keeps to the schema.
    """
    said = answer_in(answer, schema).value
    reasoning = said.get("reasoning")
    if said["source"] is None:
        return Draft(
            text=said["text"],
            document_id=said["subject"],
            # Without a photo nothing can be unlike it: then the evidence does not say.
            reason="nothing_similar"
            if said["subject"] is None and reading.photos
            else "not_in_evidence",
            reasoning=reasoning,
        )
    return Draft(
        text=said["text"],
        document_id=said["subject"],
        exists=said.get("exists"),
        year=said.get("year"),
        year_event=said.get("year_event") if said.get("year") is not None else None,
        value=said.get("value") or None,
        current_use=said.get("current_use") or None,
        passage_id=said["source"],
        quote=said["quote"],
        confidence=CONFIDENCE[said["confidence"]],
        fields=said.get("fields"),
        reasoning=reasoning,
    )


def answer_in(text: str, schema: Mapping[str, Any]) -> FoundObject:
    """The object in a model's text that keeps to the schema: the last one, as a model may write a
    draft first. Not every server enforces the form, so what says the same in another form is taken.

    Raises:
        InvalidAnswerError: the text holds no JSON object, or none that keeps to the schema.
    """
    kept, largest, why = None, 0, None
    for found in objects_in(after_thoughts(text)):
        said = _completed(tidied(found.value, schema), schema)
        wrong = violation(said, schema)
        if wrong is None:
            kept = replace(found, value=said)
        elif found.end - found.start > largest:
            largest, why = found.end - found.start, wrong
    if kept is not None:
        return kept
    if why is None:
        raise InvalidAnswerError(
            "The answer is not JSON: it holds no whole object.", holds_object=False
        )
    raise InvalidAnswerError(f"The answer does not keep to the schema: {why}")


def _completed(said: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """An answer with null for what it leaves out; who and where have to be said."""
    may_lack = {
        name: None
        for name, one in schema["properties"].items()
        if name not in ("subject", "source") and violation(None, one) is None
    }
    return may_lack | dict(said)


def _passage_ids(candidates: tuple[Candidate, ...]) -> list[str]:
    return [passage.passage_id for candidate in candidates for passage in candidate.passages]
