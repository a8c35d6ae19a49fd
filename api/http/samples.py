"""Sample photos for people who have no photo at hand, with their attribution."""

import json
from dataclasses import dataclass
from pathlib import Path

from knowledge.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Sample:
    """A photo to try and what to ask about it, by language; `path` is where the photo is."""

    path: Path
    title: str
    questions: dict[str, str]
    attribution: str


def load_samples(path: Path) -> list[Sample]:
    """The samples of a JSON file: a list of objects with `photo` (relative to the file), `title`,
    `questions` and `attribution`; an empty list where the file does not exist.

    Raises:
        ConfigurationError: the file holds anything else.
    """
    if not path.is_file():
        return []
    try:
        return [
            Sample(
                path=path.parent / item["photo"],
                title=item["title"],
                questions=dict(item["questions"]),
                attribution=item["attribution"],
            )
            for item in json.loads(path.read_text(encoding="utf-8"))
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(
            f"The samples in {path} cannot be read ({error!r}); correct the file, or set "
            f"SNAPCITE_SAMPLES to another one."
        ) from error
