"""The labels that records of every format are read into, and the role that each has.

One place says both, so that a reader of a format names no role and the mapping of columns need not
guess. Knows no format.
"""

from collections.abc import Mapping
from typing import Literal

Role = Literal[
    "id", "title", "aliases", "language", "text", "creator", "date", "place", "source", "rights",
    "url", "photo", "left_out",
]  # fmt: skip
"""What `Table.roles` may say of a label: the roles of `knowledge.corpus.columns.Columns`, and the
language of a record."""

RECORD_ID = "Record id"
TEXT_LANGUAGE = "Language of the record"
CITATION = "Citation"
PHOTOS = "Photos"
WEB_ADDRESS = "Web address"

TITLE = "Title"
OTHER_TITLE = "Other title"
TRANSLATED_TITLE = "Title in other languages"
CREATOR = "Creator"
CONTRIBUTOR = "Contributor"
DATE = "Date"
NORMALISED_DATE = "Normalised date"
PERIOD = "Period"
PLACE = "Place"
COORDINATES = "Coordinates"
IDENTIFIER = "Identifier"
RIGHTS = "Rights"
ACCESS = "Access"
CREDIT = "Credit line"
SOURCE = "Source"
SUBJECT = "Subject"
NAME = "Name"
TYPE = "Type"
FORM = "Form"
LANGUAGE = "Language"
EXTENT = "Extent"
MATERIAL = "Material"
PUBLISHER = "Publisher"
PLACE_OF_PUBLICATION = "Place of publication"
EDITION = "Edition"
REPOSITORY = "Repository"
LOCATION = "Location"
CONTAINER = "Container"
FONDS = "Fonds"
COLLECTION = "Collection"
SERIES = "Series"
PART_OF = "Part of"
LEVEL = "Level"
RELATED = "Related material"
CONTENTS = "Contents"
PROVENANCE = "Provenance"
INSCRIPTION = "Inscription"

DESCRIPTION = "Description"
ABSTRACT = "Abstract"
SCOPE = "Scope and content"
HISTORY = "Biography or history"
NOTE = "Note"
TEXT = "Text"

PROSE = (TEXT, DESCRIPTION, ABSTRACT, SCOPE, HISTORY)
"""Labels whose values are paragraphs of the text rather than lines with a label."""

ROLES: Mapping[str, Role] = {
    RECORD_ID: "id",
    TITLE: "title",
    OTHER_TITLE: "aliases",
    TRANSLATED_TITLE: "aliases",
    TEXT_LANGUAGE: "language",
    **dict.fromkeys(PROSE, "text"),
    CREATOR: "creator",
    DATE: "date",
    PLACE: "place",
    CITATION: "source",
    RIGHTS: "rights",
    WEB_ADDRESS: "url",
    PHOTOS: "photo",
}
"""What `Table.roles` is for every format of this package that has records with labels of ours."""

HIDDEN = frozenset({RECORD_ID, TEXT_LANGUAGE, CITATION, PHOTOS, TRANSLATED_TITLE})
"""Labels that make no line of a text: what they hold stands elsewhere in the document."""


_KNOWN = {
    label.casefold(): label
    for name, label in list(globals().items())
    if name.isupper() and not name.startswith("_") and isinstance(label, str)
}


def known(name: str) -> str:
    """A label that somebody wrote, in our spelling if it is one of ours.

    >>> known("creator:"), known("Mühle")
    ('Creator', 'Mühle')
    """
    name = " ".join(name.split()).strip(" :：")
    return _KNOWN.get(name.casefold(), name)
