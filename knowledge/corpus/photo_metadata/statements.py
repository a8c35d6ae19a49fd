"""What a photo's metadata says, whichever of the formats it is written in."""

from typing import Literal, NamedTuple

Property = Literal[
    "title",
    "headline",
    "caption",
    "description",
    "comment",
    "people",
    "organisations",
    "event",
    "taken",
    "exposed",
    "digitised",
    "date",
    "coverage",
    "place",
    "town",
    "camera_place",
    "position",
    "photographer",
    "photographer_role",
    "contributor",
    "work",
    "work_creator",
    "work_date",
    "work_number",
    "work_source",
    "work_rights",
    "reference",
    "credit",
    "source",
    "publisher",
    "rights",
    "rights_owner",
    "usage",
    "license",
    "instructions",
    "caption_writer",
    "keyword",
    "camera",
    "scanned",
]
"""What a statement is about.

`taken` is when the picture was made, as a person or a catalogue says; `exposed` when a camera's
shutter opened, which for a photograph of an old print is something else; `digitised` when it became
a file; `date` is one of which its maker does not say what happened then. All four are ISO 8601 as
far as they are known, or words. `place` goes from the smallest to the largest; `town` is a place
without street or building; `camera_place` is where the camera stood, if that is said apart.
`position` is `latitude,longitude` in degrees, north and east positive. The `work` is what a picture
reproduces: a painting, a print, a statue. Of `scanned` the value is without meaning.
"""


class Statement(NamedTuple):
    """One value of one property.

    Attributes:
        about: the property.
        value: the text, not yet cleaned.
        language: BCP 47 tag of the value, if it is one of several versions; `x-default` is the one
            that its maker prefers.
    """

    about: Property
    value: str
    language: str = ""


def joined_place(*parts: str) -> str:
    """`Old Market`, `Jinan`, ``, `China` → `Old Market, Jinan, China`."""
    return ", ".join(dict.fromkeys(part for p in parts if (part := p.strip(" ,\t\r\n"))))


def place_statements(sublocation: str, city: str, province: str, country: str) -> list[Statement]:
    """The place and the town of the parts that are known."""
    place = joined_place(sublocation, city, province, country)
    town = joined_place(city or sublocation, province, country)
    statements = [Statement("place", place)] if place else []
    return [*statements, Statement("town", town)] if town else statements
