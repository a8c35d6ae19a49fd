"""Documents as they are sent over HTTP: their models, and how they become updates of the index.

`DocumentIn` is the one place that says which keys a document has: requests are validated by it and
the OpenAPI description is made of it. The keys are those of a corpus's front matter, and
`knowledge.corpus` says what their values may be. An error begins with the key that it is about.
Writes nothing.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar, Self
from unicodedata import normalize

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from api.http.bounded_request import parse_json
from indexer.live import NewPhoto, Update
from knowledge.corpus import front_of, make_document, one_line, slug
from knowledge.errors import CorpusError, DocumentError, FieldTooLongError, ImageError
from knowledge.identifiers import checked_id, visible
from knowledge.viewer import NEVER
from vlm.images import ImageLimits, PhotoSize, decode_image

MAX_PHOTOS = 64
"""Photos in one request: all are decoded before anything is written."""

MAX_DOCUMENTS = 1_000
"""Documents in one request."""

_MAX_VALUES = 500_000
"""Values in the JSON of one request: a thousand documents have far fewer."""

_MAX_ID = 200
_MAX_CAPTION = 500

Scalar = StrictStr | StrictInt | StrictFloat | StrictBool | None


def _refused(message: str) -> PydanticCustomError:
    return PydanticCustomError("document", "{message}", {"message": message})


def _checked_caption(value: object) -> object:
    caption = one_line(value) if isinstance(value, str) else value
    if isinstance(caption, str) and len(caption) > _MAX_CAPTION:
        raise _refused(f"it has more than {_MAX_CAPTION} characters; shorten it.")
    return caption


def _checked_time(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = one_line(value)
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise _refused("it is not a date or time such as 1912-05-01.") from None
    return text


def _checked_corpus(value: object) -> object:
    name = normalize("NFC", value) if isinstance(value, str) else ""
    if not name or name != slug(name) or len(name) > _MAX_ID:
        raise _refused(
            f"the name of a corpus has at most {_MAX_ID} letters, digits, `.`, `-` and `_`, and "
            "begins with a letter or digit."
        )
    return name


def _checked_id(value: object) -> object:
    id_ = normalize("NFC", value) if isinstance(value, str) else ""
    if not id_ or id_ != visible(id_) or len(id_) > _MAX_ID:
        raise _refused(
            f"an id is one line of at most {_MAX_ID} characters, all of which can be seen."
        )
    try:
        return checked_id(id_)
    except CorpusError as error:
        raise _refused(str(error)) from None


def _checked_prose(value: object) -> object:
    items = value if isinstance(value, list) else [value]
    if any(isinstance(item, dict | list) for item in items):
        raise _refused("it must be a text or a list of texts.")
    return value


def _checked_ids(value: object) -> object:
    if value is not None and not (
        isinstance(value, list) and all(isinstance(item, str) for item in value)
    ):
        raise _refused("it must be a list of ids of photos to keep; new photos are sent as files.")
    return value


Line = Scalar
"""One line of text; a number or a truth value is written out."""

Lines = list[Scalar] | Scalar
"""Several lines, or one."""

Prose = Annotated[list[Scalar] | Scalar, BeforeValidator(_checked_prose)]
"""Text of any length; a list is joined by line breaks."""


class PhotoMetadataIn(BaseModel):
    """Metadata of a photo that is sent; it wins over the photo's EXIF."""

    model_config = ConfigDict(extra="forbid")

    caption: Annotated[StrictStr | None, BeforeValidator(_checked_caption)] = Field(
        default=None, description=f"At most {_MAX_CAPTION} characters."
    )
    taken_at: Annotated[StrictStr | None, BeforeValidator(_checked_time)] = Field(
        default=None, description="A date or time in ISO 8601, such as 1912-05-01."
    )
    latitude: Annotated[float, Strict(), Field(ge=-90, le=90)] | None = Field(
        default=None, description="Degrees north."
    )
    longitude: Annotated[float, Strict(), Field(ge=-180, le=180)] | None = Field(
        default=None, description="Degrees east."
    )


class DocumentIn(BaseModel):
    """A document. A key that is not named here becomes a sentence of its text."""

    model_config = ConfigDict(extra="allow")
    NOT_TEXT: ClassVar[tuple[str, ...]] = ("corpus", "id", "photos")
    """Keys that are about the document and no part of its text."""

    title: Line = Field(description="Every document has a title.")
    text: Prose = Field(default=None, description="The text; may be missing with a photo.")
    description: Prose = Field(default=None, description="Further text.")
    caption: Prose = Field(default=None, description="Further text.")
    aliases: Lines = Field(default=None, description="Other names of the subject.")
    language: Line = Field(default=None, description="BCP 47 tag; guessed from the text if absent.")
    place: Line = Field(default=None, description="Where the subject is.")
    source: Line = Field(default=None, description="The citation; the title if absent.")
    url: Line = Field(default=None, description="Web address of the source.")
    tags: Lines = Field(default=None, description="Words to filter by.")
    rights: Line = Field(default=None, description="Who owns the photos; what others may do.")
    groups: Lines = Field(default=None, description="Groups whose members may see it; all if none.")
    closed_until: Line = Field(
        default=None,
        description="A date or a year; nobody sees the document before (the last day of) it.",
    )
    photos: Annotated[list[str] | None, BeforeValidator(_checked_ids)] = Field(
        default=None,
        description="Ids of photos that the document has and keeps. If absent, it keeps all of "
        "them where no photo is sent, and else none.",
    )
    id: Annotated[str | None, BeforeValidator(_checked_id)] = Field(
        default=None, description="If given, the id in the address."
    )

    @field_validator("groups", "closed_until", mode="before")
    @classmethod
    def _closes(cls, value: object, info: ValidationInfo) -> object:
        """A value that cannot be read closes a document of a corpus; here somebody can mend it.

        `NEVER` itself is such a document of a corpus, which another program sends.
        """
        if value == NEVER and info.field_name == "closed_until":
            return value
        if front_of({str(info.field_name): value}).closing.until == NEVER:
            raise _refused(
                "it must be a list of names of groups."
                if info.field_name == "groups"
                else "it must be a date or a year, such as 2050-12-31 or 2050."
            )
        return value

    @field_validator(
        "title", "aliases", "language", "place", "source", "url", "tags", "rights", mode="before"
    )
    @classmethod
    def _is_front_matter(cls, value: object, info: ValidationInfo) -> object:
        """The rules of a corpus's front matter, for this key."""
        try:
            front = front_of({str(info.field_name): value})
        except CorpusError as error:
            raise _refused(str(error)) from None
        if info.field_name == "title" and not front.title:
            raise _refused("it is empty; every document needs a title.")
        return value

    @classmethod
    def read(cls, values: object, *, field: str) -> Self:
        """The document in a JSON value.

        Raises:
            DocumentError: it cannot be used; the message begins with the key, or with `field`
                where the value is not an object.
        """
        if not isinstance(values, dict):
            raise DocumentError(f'{field}: it is not a JSON object such as {{"title": …}}.')
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise _document_error(error) from None

    def update(self, *, corpus: str, id: str, photos: Sequence[NewPhoto] = ()) -> Update:
        """The update that makes the document `<corpus>/<id>` of the index this one.

        Args:
            corpus: the corpus's name.
            id: unique in the corpus.
            photos: those that were sent with it.

        Raises:
            DocumentError: the corpus or the id cannot be used; the message begins with its name.
        """
        stored = {}
        for field, check, value in (("corpus", _checked_corpus, corpus), ("id", _checked_id, id)):
            try:
                stored[field] = str(check(value))
            except PydanticCustomError as error:
                raise DocumentError(f"{field}: {error.message()}") from None
        if self.id is not None and self.id != stored["id"]:
            raise DocumentError(f"id: the document says {self.id!r} and the address {id!r}.")
        values = self.model_dump(exclude_unset=True, exclude=set(self.NOT_TEXT))
        try:
            front = front_of(values)
            document = make_document(
                front,
                corpus=stored["corpus"],
                id=stored["id"],
                title=front.title,
                source=front.title,
                language=None,
                adds_names=False,
            )
        except FieldTooLongError as error:
            raise DocumentError(f"{error.field}: {error}") from None
        keep = None if self.photos is None else tuple(dict.fromkeys(self.photos))
        return Update(document, photos=photos, keep=keep)


class ListedDocumentIn(DocumentIn):
    """A document in a list of documents, with its corpus, its id and the names of its files."""

    NOT_TEXT: ClassVar[tuple[str, ...]] = (*DocumentIn.NOT_TEXT, "files", "photo_metadata")

    corpus: Annotated[str, BeforeValidator(_checked_corpus)]
    id: Annotated[str, BeforeValidator(_checked_id)]
    files: list[str] = Field(default=[], description="Names of the document's files in the form.")
    photo_metadata: list[PhotoMetadataIn] | None = Field(
        default=None, description="Of the files, in their order."
    )


MODELS = (DocumentIn, ListedDocumentIn, PhotoMetadataIn)
"""What the API's description says of these requests."""

_METADATA = TypeAdapter(list[PhotoMetadataIn])


def read_json(text: str | bytearray, *, field: str) -> Any:  # noqa: ANN401 - any JSON
    """A JSON value.

    Raises:
        DocumentError: it is not JSON; the message begins with `field`.
    """
    try:
        return parse_json(text, most_values=_MAX_VALUES)
    except ValueError as error:
        raise DocumentError(f"{field}: it is not valid JSON ({error}); correct it.") from None


def read_metadata(text: str) -> list[PhotoMetadataIn]:
    """Metadata of photos, from a JSON list.

    Raises:
        DocumentError: it cannot be used; the message begins with `photo_metadata`.
    """
    try:
        return _METADATA.validate_python(read_json(text, field="photo_metadata"))
    except ValidationError as error:
        raise _document_error(error, "photo_metadata") from None


def metadata_for(photos: int, metadata: Sequence[PhotoMetadataIn]) -> list[dict[str, Any]]:
    """The metadata of each photo; photos without an item have none.

    Raises:
        DocumentError: there are more items than photos.
    """
    if len(metadata) > photos:
        raise DocumentError(
            f"photo_metadata: it has {len(metadata)} items for {photos} photos; each item is of "
            "one photo."
        )
    of_each = [item.model_dump(exclude_none=True) for item in metadata]
    return of_each + [{} for _ in range(photos - len(of_each))]


def new_photo(
    data: bytes,
    *,
    name: str,
    metadata: dict[str, Any],
    limits: ImageLimits,
    size: PhotoSize,
) -> NewPhoto:
    """A photo that was sent, decoded as an index run decodes it.

    Args:
        data: its bytes.
        name: what messages call it.
        metadata: of `metadata_for`.
        limits: bytes and pixels.
        size: how large it is decoded.

    Raises:
        ImageError: it cannot be used; the message names it.
    """
    try:
        image = decode_image(data, size, limits=limits)
    except ImageError as error:
        raise type(error)(f"{name}: {error}") from error
    return NewPhoto(data, hashlib.sha256(data).hexdigest(), image, metadata)


_SENTENCES = {
    "missing": "it is missing.",
    "extra_forbidden": "there is no such key; the keys are "
    f"{', '.join(PhotoMetadataIn.model_fields)}.",
    "list_type": "it must be a list.",
    "model_type": "it must be an object.",
    "string_type": "it must be a text.",
    "float_type": "it must be a number.",
}
"""Of pydantic's errors, those that a document can have, in our words."""


def _document_error(error: ValidationError, *at: str) -> DocumentError:
    """The first of the errors, with the key that it is about."""
    first = error.errors(include_url=False, include_input=False)[0]
    location: tuple[int | str, ...] = (*at, *first["loc"])
    field, inside = location[0], location[1:]
    sentence = _SENTENCES.get(first["type"]) or first["msg"].rstrip(".") + "."
    place = "".join(
        f"item {part + 1}: " if isinstance(part, int) else f"{part}: "
        for part in (inside if field in _NESTED else ())
    )
    return DocumentError(f"{field}: {place}{sentence}")


_NESTED = ("photo_metadata", "files")
"""Keys whose values have places; of a union, pydantic would name the type that was tried."""
