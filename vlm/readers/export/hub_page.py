"""What a model's own page says of it: its languages, and whether it learned to find no answer.

The page is the README.md that comes with a model from the Hugging Face hub. It begins with front
matter in YAML, whose keys `language` and `datasets` the hub defines.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_SQUAD_2 = re.compile(r"squad[\s_.-]*v?[\s_.-]*2(\.0)?(?!\.?\d)", re.IGNORECASE)
"""`squad_v2`, `squad2`, `SQuAD 2.0`: questions of which a third have no answer."""


@dataclass(frozen=True, slots=True)
class HubPage:
    """A model's page.

    Attributes:
        languages: BCP 47 tags, as the front matter lists them; `multilingual` is not a language.
        datasets: names of what it was trained on, as the front matter lists them.
        text: the whole page.
    """

    languages: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    text: str = ""


def read_hub_page(folder: Path) -> HubPage:
    """The page of the model in a folder; an empty one where there is none or it has no front matter
    that can be read."""
    try:
        text = (folder / "README.md").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return HubPage()
    matter = re.match(r"\s*---\s*\n(.*?)\n---\s*(\n|$)", text, re.DOTALL)
    try:  # all values as strings: Norwegian is `no`, which YAML reads as false
        written = yaml.load(matter[1], yaml.BaseLoader) if matter else {}
    except yaml.YAMLError:
        written = {}
    if not isinstance(written, dict):
        written = {}
    languages = tuple(tag for tag in _words(written.get("language")) if _LANGUAGE.fullmatch(tag))
    return HubPage(languages, _words(written.get("datasets")), text)


def learned_nulls(name: str, page: HubPage) -> bool:
    """Whether a model was trained on SQuAD 2, where many questions have no answer.

    The list of data sets decides if there is one, else the model's name, else the page's text.

    >>> learned_nulls("roberta-base-squad2", HubPage())
    True
    >>> learned_nulls("roberta-base-squad2", HubPage(datasets=("squad",)))
    False
    >>> learned_nulls("bert-large-squad", HubPage(text="Fine-tuned on SQuAD 1.1."))
    False
    """
    if page.datasets:
        return any(_SQUAD_2.search(each) for each in page.datasets)
    return bool(_SQUAD_2.search(name) or _SQUAD_2.search(page.text))


def _words(value: Any) -> tuple[str, ...]:  # noqa: ANN401 - whatever the YAML holds
    if isinstance(value, str):
        value = [value]
    return tuple(each for each in value if isinstance(each, str)) if value else ()
