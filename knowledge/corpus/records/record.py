"""A record while it is read: labels with their values, some of them in several languages.

Knows labels and languages; knows no format.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from knowledge.corpus.records import vocabulary
from knowledge.corpus.records.languages import language_tag
from knowledge.corpus.records.markup import plain
from knowledge.identifiers import is_web_address

MOST_VALUES = 5_000
"""Of one label; more are of no use to a reader, and the rest is counted in a line."""
_MOST_TITLE_CHARS = 900
_MOST_CITATION_CHARS = 2_000


class Value(NamedTuple):
    """A text and the language it is tagged with, or ""."""

    text: str
    language: str


class UnusableRecordError(Exception):
    """A record that cannot be used; the message says why and what to do."""


@dataclass(slots=True)
class Record:
    """What one record says.

    Attributes:
        id: its own id; "" for none.
        unique: whether the format promises that no other record has this id. Of another id, later
            records that have it too are told apart by a number.
        language: of its descriptions, if the record says so.
        pictures: what the record calls its pictures: addresses, paths, names of files.
        stub: whether it only names something that is described elsewhere.
    """

    id: str = ""
    unique: bool = True
    language: str = ""
    pictures: list[str] = field(default_factory=list)
    stub: bool = False
    _values: dict[str, list[Value]] = field(default_factory=dict)

    def add(self, label: str, text: str | None, language: str | None = "") -> None:
        """Add a value, without markup; an empty one and one that is there already are left out."""
        if not text or not (found := plain(text)):
            return
        values = self._values.setdefault(label, [])
        value = Value(found, language_tag(language or ""))
        if value not in values and len(values) < MOST_VALUES:
            values.append(value)

    def add_all(self, label: str, texts: Iterable[str | None]) -> None:
        """`add` each text."""
        for text in texts:
            self.add(label, text)

    def add_address(self, address: str | None) -> None:
        """Add where the record can be read on the web; only the first is an address of its own."""
        if address and is_web_address(address.strip()):
            self.add(
                vocabulary.WEB_ADDRESS
                if vocabulary.WEB_ADDRESS not in self._values
                else "Other address",
                address.strip(),
            )

    def has(self, label: str) -> bool:
        """Whether there is a value."""
        return bool(self._values.get(label))

    def labels(self) -> list[str]:
        """The labels that have values."""
        return list(self._values)

    def all(self, label: str) -> list[str]:
        """The values of a label, in every language."""
        return [value.text for value in self._values.get(label, ())]

    def first(self, label: str) -> str:
        """The first value of a label; "" for none."""
        return next(iter(self.all(label)), "")

    def remove(self, label: str) -> list[str]:
        """Take a label's values away and return them."""
        return [value.text for value in self._values.pop(label, ())]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said."""
        return not self._values and not self.pictures

    def own_language(self) -> str:
        """The language that the record says it is in, or that most of its values are tagged with.

        Of languages that tag as many values, it is the first one.
        """
        if self.language:
            return language_tag(self.language)
        tags = Counter(
            value.language for values in self._values.values() for value in values if value.language
        )
        return max(tags, key=lambda tag: tags[tag], default="")

    def values(self, language: str) -> dict[str, object]:
        """The values by label, a text or a list of texts, those in `language` first.

        Titles in other languages are other titles. Other values that are there in this language as
        well are left out in the others, except prose, which may say more there.
        """
        chosen: dict[str, object] = {}
        others: list[str] = []
        translated: list[str] = []
        for label, values in self._values.items():
            own = [value for value in values if _is_in(value, language)]
            if not own and label != vocabulary.OTHER_TITLE:  # then the first language stands for it
                own = [value for value in values if value.language == values[0].language]
            rest = [value.text for value in values if value not in own]
            texts = [value.text for value in own]
            match label:
                case vocabulary.TITLE:
                    chosen[label] = texts[0]
                    others = [*texts[1:], *others]
                    translated = [*rest, *translated]
                case vocabulary.OTHER_TITLE:
                    others += texts
                    translated += rest
                case _:
                    if label in vocabulary.PROSE:
                        texts += rest
                    texts = list(dict.fromkeys(texts))
                    chosen[label] = texts[0] if len(texts) == 1 else texts
        title = chosen.get(vocabulary.TITLE)
        if isinstance(title, str) and len(title) > _MOST_TITLE_CHARS:
            chosen[vocabulary.TITLE] = title[: _MOST_TITLE_CHARS - 1].rsplit(" ", 1)[0] + "…"
            chosen[vocabulary.DESCRIPTION] = [title, *self.all(vocabulary.DESCRIPTION)]
        for label, names in (
            (vocabulary.OTHER_TITLE, others),
            (vocabulary.TRANSLATED_TITLE, [name for name in translated if name not in others]),
        ):
            kept = [name[:_MOST_TITLE_CHARS] for name in dict.fromkeys(names) if name != title]
            if kept:
                chosen[label] = kept[0] if len(kept) == 1 else kept
        return chosen

    def cite(self) -> str:
        """A citation of what the record says about where it is kept; "" if it says nothing."""
        if said := self.first(vocabulary.CITATION):
            return said[:_MOST_CITATION_CHARS]
        kept = (vocabulary.FONDS, vocabulary.COLLECTION, vocabulary.SERIES)
        parts = [self.first(vocabulary.REPOSITORY), *(self.first(label) for label in kept)]
        parts = [part for part in parts if part]
        if not parts:
            return ""
        if number := self.first(vocabulary.IDENTIFIER):
            parts.append(number)
        return ", ".join(dict.fromkeys(parts))[:_MOST_CITATION_CHARS]


def _is_in(value: Value, language: str) -> bool:
    """Whether a value is in a language, or in none that it says."""
    if not value.language or not language:
        return not value.language
    return value.language.partition("-")[0] == language.partition("-")[0]
