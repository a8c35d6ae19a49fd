"""What a Qwen3-VL-Reranker is asked: one query and one candidate, and whether they fit.

The words are those that the models were trained with. Knows no model and no server.
"""

import re

from PIL import Image

from vlm.last_state import ModelInput, scaled
from vlm.rerankers.base import Exhibit

SYSTEM = (
    "Judge whether the Document meets the requirements based on the Query and the Instruct "
    'provided. Note that the answer can only be "yes" or "no".'
)
INSTRUCTION = "Given a search query, retrieve relevant candidates that answer the query."

PHOTO_TOKENS = 256
"""Visual tokens of a photo: a square of 512 pixels. Two photos stand in each prompt."""

PHOTO_SIDE = 724
"""Longest side in pixels at which a photo of up to 2:1 can use them: 32 · √(2 · 256)."""

_LONGEST_TEXT = 2_000
"""Characters of a query's or a candidate's text."""

_MARKS = re.compile(r"<(?=/?(?:Instruct|Query|Document)>)")


def fitted(seen: Exhibit) -> Exhibit:
    """A query or candidate as it is shown: its photo scaled, its text without marks, shortened."""
    photo = None if seen.photo is None else scaled(seen.photo, PHOTO_TOKENS)
    return Exhibit(_MARKS.sub("< ", seen.text[:_LONGEST_TEXT]), photo)


def pair_input(query: Exhibit, candidate: Exhibit) -> ModelInput:
    """The prompt of a pair, of which both are `fitted`."""
    return ModelInput(
        SYSTEM,
        (
            f"<Instruct>: {INSTRUCTION}<Query>:",
            *_parts(query),
            "\n<Document>:",
            *_parts(candidate),
        ),
    )


def _parts(seen: Exhibit) -> list[str | Image.Image]:
    parts: list[str | Image.Image] = [] if seen.photo is None else [seen.photo]
    if seen.text:
        parts.append(seen.text)
    return parts or ["NULL"]
