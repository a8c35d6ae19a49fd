"""Reads chat messages as OpenAI's clients send them: the question, and its photos.

The question is the last message of the user. Photos are data URLs. If the last message has no
photo, the photos of the latest message that has some are meant. Knows no route, decodes no image.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.plain_output import escaped
from knowledge.errors import QueryError, UnsupportedImageError
from search.query import DEFAULT_K

_EARLIER = 5
"""Earlier questions that are taken into account."""


class _Lenient(BaseModel):
    """Accepts keys that are not used: clients send many options."""

    model_config = ConfigDict(extra="allow")


class ImageUrl(_Lenient):
    """The address of a photo: only `data:image/…;base64,…`, since nothing is fetched."""

    url: str


class Part(_Lenient):
    """A piece of a message: `text`, or `image_url`."""

    type: str
    text: str | None = None
    image_url: ImageUrl | str | None = None


class Message(_Lenient):
    """One turn."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None


class Options(BaseModel):
    """SnapCite's own fields of a chat; in OpenAI's Python client, in `extra_body`."""

    k: int = Field(default=DEFAULT_K, description="How many subjects to bring evidence for.")
    language: str | None = Field(default=None, description="`en` or `zh`; else the question's.")
    filters: dict[str, str | list[str]] | None = None
    conversation_id: str | None = Field(
        default=None, description="As for /v1/ask: earlier messages need not be sent again."
    )


class ChatIn(_Lenient):
    """A chat completion request. Sampling options are accepted and ignored."""

    model: str = Field(description="Any name; this server always answers with its own pipeline.")
    messages: list[Message] = Field(min_length=1)
    stream: bool | None = None
    n: int | None = None
    response_format: dict[str, Any] | None = None
    snapcite: Options = Field(default_factory=Options)


@dataclass(frozen=True, slots=True)
class Turn:
    """A message of the user: its words, and its photos still encoded."""

    text: str
    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chat:
    """What a chat asks.

    Attributes:
        question: the last message's words.
        urls: data URLs of the photos it is about.
        earlier: the questions since those photos were sent, oldest first.
    """

    question: str
    urls: tuple[str, ...]
    earlier: tuple[str, ...]


def read_chat(chat: ChatIn) -> Chat:
    """The question in a chat.

    Raises:
        QueryError: there is no question, or the chat asks for something that is not supported.
    """
    if chat.n not in (None, 1):
        raise QueryError("n: SnapCite gives one answer; leave it out or set it to 1.")
    kind = (chat.response_format or {}).get("type", "text")
    if kind != "text":
        raise QueryError(
            f"response_format: {kind!r} is not supported; leave it out. The response has the "
            "checked answer in the field `snapcite`."
        )
    turns = [_turn(message) for message in chat.messages if message.role == "user"]
    if not turns:
        raise QueryError("messages: no user message was sent; the last one is the question.")
    seen = next((n for n in range(len(turns) - 1, -1, -1) if turns[n].urls), 0)
    earlier = [turn.text for turn in turns[seen:-1] if turn.text]
    return Chat(turns[-1].text, turns[seen].urls, tuple(earlier[-_EARLIER:]))


def decode_data_url(url: str) -> bytes:
    """The bytes in a data URL.

    Raises:
        QueryError: it is another address, which would have to be fetched.
        UnsupportedImageError: it is damaged, or its type is not that of an image.
    """
    scheme, _, rest = url.partition(":")
    if scheme.lower() != "data":
        raise QueryError(
            "messages: the address of a photo is never fetched; send the photo itself as "
            "data:image/jpeg;base64,…"
        )
    head, comma, data = rest.partition(",")
    kind, *options = head.lower().split(";")
    if not comma or "base64" not in options or not kind.startswith("image/"):
        raise UnsupportedImageError("A data URL of a photo begins with data:image/…;base64,")
    return decode_base64(data)


def decode_base64(data: str) -> bytes:
    """The bytes in base64.

    Raises:
        UnsupportedImageError: it is not base64.
    """
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise UnsupportedImageError(f"The photo is not valid base64 ({error}).") from None


def _turn(message: Message) -> Turn:
    if message.content is None or isinstance(message.content, str):
        return Turn((message.content or "").strip(), ())
    texts, urls = [], []
    for part in message.content:
        match part:
            case Part(type="text", text=str() as text):
                texts.append(text)
            case Part(type="image_url", image_url=ImageUrl() as image):
                urls.append(image.url)
            case Part(type="image_url", image_url=str() as url):
                urls.append(url)
            case _:
                raise QueryError(
                    f"messages: a part of type {part.type!r} cannot be used; send `text` and "
                    "`image_url`."
                )
    return Turn("\n".join(texts).strip(), tuple(urls))


_MARKUP = re.compile(r"(?<!\\)(?:<(?=[A-Za-z/!?])|(?<=\])[(:\[]|`)")


def as_words(text: str) -> str:
    r"""A document's words that stay words where chats are shown as Markdown: no link, no image that
    is fetched, no HTML, no unseen character.

    >>> print(as_words("![x](https://evil.example) <img src=x>"))
    ![x]\(https://evil.example) \<img src=x>
    """
    return _MARKUP.sub(lambda match: "\\" + match.group(), escaped(text))


def as_text(answer_text: str, *, citation: Sequence[str]) -> str:
    """An answer and its citation as one message. `citation`: quotation, title, source, address.

    >>> print(as_text("It was demolished in 1992.", citation=["It fell in 1992.", "Old Station"]))
    It was demolished in 1992.
    <BLANKLINE>
    > It fell in 1992.
    > — Old Station
    """
    if not citation:
        return answer_text
    quote, *named = map(as_words, citation)
    lines = [*quote.splitlines(), "— " + ", ".join(dict.fromkeys(filter(None, named)))]
    return answer_text + "\n\n" + "\n".join(f"> {line}" for line in lines)
