"""The JSON schema of a model's answer, made for each question; and from answer to draft.

`source` can only be a passage of the prompt, `year` only a year in one of them, so a model can
invent neither. Knows no model; `search.citation` checks the quotation.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from knowledge.dates import find_years
from knowledge.errors import ModelBrokenError
from vlm.readers.base import Candidate, Draft, Reading
from vlm.readers.json_schema import closed_schema, violation

CONFIDENCE: Mapping[str, float] = {"high": 0.9, "medium": 0.6, "low": 0.3}
"""A model's words for its confidence → a number; models use words more evenly than numbers."""

_STRING = {"type": "string"}
_FENCE = re.compile(r"\A```(?:json)?\s*(.*?)\s*```\Z", re.DOTALL)


class InvalidAnswerError(ModelBrokenError):
    """A model's answer does not keep to the schema; the message says where."""


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
        answer: JSON, as the model wrote it; a Markdown fence around it is removed.
        reading: the reading that it answers.
        schema: the one that `answer_schema` made.

    Raises:
        InvalidAnswerError: it is not JSON, or does not keep to the schema.
    """
    fenced = _FENCE.match(answer.strip())
    try:
        said = json.loads(fenced.group(1) if fenced else answer, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise InvalidAnswerError(f"The answer is not JSON: {error}.") from error
    if (wrong := violation(said, schema)) is not None:
        raise InvalidAnswerError(f"The answer does not keep to the schema: {wrong}")
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


def _passage_ids(candidates: tuple[Candidate, ...]) -> list[str]:
    return [passage.passage_id for candidate in candidates for passage in candidate.passages]


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value")
