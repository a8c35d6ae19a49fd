"""A prompt as the messages of the chat API that OpenAI-compatible servers take."""

import base64
import io
from collections.abc import Mapping
from typing import Any, Literal

from PIL import Image

from vlm.readers.prompt import Prompt

ResponseFormat = Literal["json_schema", "json_object", "text"]
"""How a server is asked for JSON, the strictest first."""


def chat_messages(prompt: Prompt) -> list[dict[str, Any]]:
    """The prompt as messages of the chat API, photos as data URLs: no server fetches anything."""
    user = [
        {"type": "text", "text": part}
        if isinstance(part, str)
        else {"type": "image_url", "image_url": {"url": data_url(part)}}
        for part in prompt.user
    ]
    return [
        {"role": "system", "content": prompt.system},
        {"role": "user", "content": user},
    ]


def data_url(photo: Image.Image) -> str:
    """A photo as a JPEG in a URL."""
    buffer = io.BytesIO()
    photo.save(buffer, "JPEG", quality=90)
    return f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"


def schema_in_prompt(
    schema: Mapping[str, Any], format_: ResponseFormat
) -> Mapping[str, Any] | None:
    """The schema as it is to stand in the prompt, if it is to."""
    if format_ != "json_schema":
        return schema
    # A model that is held to it has still to be told what the caller's fields mean.
    fields: Mapping[str, Any] | None = schema["properties"].get("fields")
    return fields
