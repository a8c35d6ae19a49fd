"""Chat messages as OpenAI's clients send them: what is asked in them, with which photos.

The last message of the user is the question. Photos come as data URLs; where the last message has
none, those of the latest that has. Knows no route and decodes no image.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.plain_output import visible
from knowledge.errors import QueryError, UnsupportedImageError
from search.query import DEFAULT_K

_EARLIER = 5
"""Earlier questions that are looked at."""


class _Lenient(BaseModel):
    """What is not used is not refused: clients send many options."""

    model_config = ConfigDict(extra="allow")


class ImageUrl(_Lenient):
    """Where a photo is: only `data:image/…;base64,…`, since nothing is fetched."""

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
    """What SnapCite takes beyond OpenAI's fields; in the Python client, in `extra_body`."""

    k: int = Field(default=DEFAULT_K, description="How many subjects to bring evidence for.")
    language: str | None = Field(default=None, description="`en` or `zh`; else the question's.")
    filters: dict[str, str | list[str]] | None = None
    conversation_id: str | None = Field(
        default=None, description="As of /v1/ask: what went before need not be sent again."
    )


class ChatIn(_Lenient):
    """A chat completion request. Sampling options are accepted and mean nothing here."""

    model: str = Field(description="Any name: what answers is what this server was started with.")
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
    """What is asked.

    Attributes:
        question: the last message's words.
        urls: data URLs of the photos it is about.
        earlier: questions before it, oldest first, since those photos came.
    """

    question: str
    urls: tuple[str, ...]
    earlier: tuple[str, ...]


def read_chat(chat: ChatIn) -> Chat:
    """The question in a chat.

    Raises:
        QueryError: there is none, or something is asked for that is not done here.
    """
    if chat.n not in (None, 1):
        raise QueryError("n: one answer is given; leave it out or make it 1.")
    kind = (chat.response_format or {}).get("type", "text")
    if kind != "text":
        raise QueryError(
            f"response_format: {kind!r} is not given here; leave it out. The checked answer stands "
            "in the response's field `snapcite`."
        )
    turns = [_turn(message) for message in chat.messages if message.role == "user"]
    if not turns:
        raise QueryError("messages: there is none of the user; the last one is the question.")
    seen = next((n for n in range(len(turns) - 1, -1, -1) if turns[n].urls), 0)
    earlier = [turn.text for turn in turns[seen:-1] if turn.text]
    return Chat(turns[-1].text, turns[seen].urls, tuple(earlier[-_EARLIER:]))


def decode_data_url(url: str) -> bytes:
    """The bytes in a data URL.

    Raises:
        QueryError: it is another address, which would have to be fetched.
        UnsupportedImageError: it is damaged, or no image by what it says itself.
    """
    scheme, _, rest = url.partition(":")
    if scheme.lower() != "data":
        raise QueryError(
            "messages: a photo's address is not fetched; send the photo itself as "
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
    return _MARKUP.sub(lambda match: "\\" + match.group(), visible(text))


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
