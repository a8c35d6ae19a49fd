"""What each column of a table holds: as the caller says, otherwise by its label and its values.

A label says what a column is meant to hold (`knowledge.corpus.labels`), the values of the first
rows whether it does: an id is in every row and in none twice, a title is not the same in most rows,
an address is on the web. Reads no file.

Each role takes its columns from those that the roles before it left, which is why the rules of all
roles stand together here, in over 500 lines.
"""

import difflib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import PurePosixPath

from knowledge.corpus.labels import Role, is_of_another, meanings, rank_of, spoken_in
from knowledge.corpus.photos import PICTURE_SUFFIXES
from knowledge.corpus.values import expand, says_nothing_at_all, says_unknown, split_values
from knowledge.dates import read_date
from knowledge.document_dates import is_epoch
from knowledge.errors import CorpusError
from knowledge.identifiers import is_web_address
from knowledge.language import fold, is_han


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of a table's columns; a role that is empty is guessed.

    Attributes:
        id: unique in the table; without one, rows are numbered.
        title: the subject's name.
        text: prose; several columns become paragraphs, in this order.
        source: the citation a reader is shown.
        url: where the source can be read.
        photo: paths of photos relative to the table's folder, separated by `;` or `|`.
        more_photos: further such columns, as of the backs of prints.
        aliases: other names.
        creator: who made it.
        date: when.
        place: where; several columns become one place, the narrowest first.
        rights: who owns it, and what others may do with it.
        left_out: columns that nobody needs; they are not read.
        settled: names of roles that are not guessed, even where no column has them.
    """

    id: str | None = None
    title: str | None = None
    text: tuple[str, ...] = ()
    source: str | None = None
    url: str | None = None
    photo: str | None = None
    more_photos: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    creator: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    rights: str | None = None
    left_out: tuple[str, ...] = ()
    settled: frozenset[str] = frozenset()

    def named(self) -> list[str]:
        """All columns that have a role, in the order of the roles."""
        said = (getattr(self, each.name) for each in fields(self) if each.name != "settled")
        groups = ((value,) if isinstance(value, str) else value or () for value in said)
        return list(dict.fromkeys(name for group in groups for name in group))


_ROLES = frozenset(each.name for each in fields(Columns)) - {"settled"}

NO_COLUMNS = Columns()
"""Guess all of them."""

Sample = Sequence[Mapping[str, object]]

_FEW_ROWS = 10
"""In fewer rows a plain label is believed, whatever its values."""
_SAME_IN_MOST = 0.5
"""Of the rows, to be no title."""
_STOCK_SHARE = 0.2
"""Of the rows, for a title that is repeated to say nothing of the one subject."""
_LONGEST_ID = 80
_MOST_LOOKED_AT = 100
"""Values of a column that are read as dates, to see whether they are."""
_PROSE_CHARS = 80
_PROSE_WORDS = 10
_YEAR = re.compile(r"(?<!\d)(?:1[0-9]{3}|20[0-9]{2})(?!\d)|[〇一二三四五六七八九]{2,4}年|世纪|年代")
_STOCK_TEXT = """
    untitled, no title, title supplied, supplied title, title unknown, unknown title, not titled,
    title devised by cataloguer, ohne titel, o t, sans titre, sin título, senza titolo, sem título,
    zonder titel, 无题, 無题, 无标题, 未命名, image, photo, photograph, foto, 照片
"""
_STOCK_TITLES = frozenset(map(fold, _STOCK_TEXT.split(",")))


@dataclass(frozen=True, slots=True)
class Roles:
    """Columns that were found for the roles of `Columns`.

    Attributes:
        columns: one or more for each role.
        spoken_for: columns that make no line of the text, as the document has them elsewhere.
        titles: columns to take a title from where the title column has none in a row.
        stock_titles: titles, folded, that so many rows have that they name none of them.
        names: all columns of the table, in order.
        silent: columns that make no line of the text in any case, as the format says.
    """

    columns: Columns
    spoken_for: frozenset[str] = frozenset()
    titles: tuple[str, ...] = ()
    stock_titles: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()
    silent: frozenset[str] = frozenset()

    def without_photo(self) -> "Roles":
        """The same, with the photo columns as lines of the text."""
        photos = {self.columns.photo or "", *self.columns.more_photos}
        columns = replace(self.columns, photo=None, more_photos=())
        return replace(self, columns=columns, spoken_for=self.spoken_for - photos)

    def is_stock(self, title: str) -> bool:
        """Whether a title says nothing of the subject: *Untitled*, or what many rows have."""
        folded = fold(title)
        return folded in _STOCK_TITLES or folded in self.stock_titles


@dataclass(frozen=True, slots=True)
class _Look:
    """What the values of a column look like; shares are of the values that say something.

    `filled`: share of the rows with a value; `varied`: different values in all rows, as a share;
    `top`: share of the commonest value; `chars` and `words`: of a value, on average.
    """

    rows: int = 0
    filled: float = 0.0
    varied: float = 0.0
    top: float = 0.0
    chars: float = 0.0
    words: float = 0.0
    address: float = 0.0
    photo: float = 0.0
    year: float = 0.0
    number: float = 0.0
    lettered: float = 0.0
    coded: float = 0.0
    prose: float = 0.0

    @property
    def is_unique(self) -> bool:
        return self.filled >= 0.9 and self.varied >= 0.9 * self.filled


def columns_of_format(roles: Mapping[str, str]) -> Columns:
    """What a format says of its columns, by their names; nothing where it says nothing."""
    by_role: dict[str, tuple[str, ...]] = {}
    for name, role in roles.items():
        by_role[role] = (*by_role.get(role, ()), name)
    said: dict[str, str | tuple[str, ...]] = {}
    for each in fields(Columns):
        if names := by_role.get(each.name):
            said[each.name] = names if isinstance(each.default, tuple) else names[0]
    # A format that knows the title knows all roles, but for those that people label as they like;
    # another format only adds to what is guessed.
    settled = frozenset[str]()
    if "title" in by_role:
        open_ = (
            {"creator", "date", "place", "rights"} if "date" not in by_role else frozenset[str]()
        )
        settled = _ROLES - open_
    return replace(NO_COLUMNS, **said, settled=settled)  # type: ignore[arg-type]


def assign_roles(columns: Columns, names: Sequence[str], sample: Sample) -> Roles:
    """Check the columns that were named and find some for the other roles.

    A guessed source stays in the text as well: it may be a fact rather than a citation. So do the
    columns of creator, date, place, rights and other names.

    Args:
        columns: what was said.
        names: the table's columns; a nested value of JSON adds its own, as `artist name`.
        sample: its first rows.

    Raises:
        CorpusError: a named column is not there.
    """
    known = set(names)
    rows = [expand({n: v for n, v in row.items() if n in known}).values for row in sample]
    names = tuple(dict.fromkeys([*names, *(name for row in rows for name in row)]))
    for name in columns.named():
        if name not in names:
            raise CorpusError(_no_such_column(name, names))
    found = _Guess(columns, names, rows).roles()
    silent = {found.columns.id, found.columns.title, found.columns.url, found.columns.photo}
    silent |= {*found.columns.text, *found.columns.more_photos, *columns.left_out}
    if columns.source:
        silent.add(columns.source)
    return replace(found, spoken_for=frozenset(name for name in silent if name), names=names)


class _Guess:
    """The roles of one table's columns, found one after the other."""

    def __init__(
        self, said: Columns, names: Sequence[str], rows: Sequence[Mapping[str, list[str]]]
    ) -> None:
        self.said = said
        self.names = names
        self.looks = {name: _look([row.get(name, []) for row in rows]) for name in names}
        self.values = {name: _told([row.get(name, []) for row in rows]) for name in names}
        self.few = len(rows) < _FEW_ROWS
        self.unseen = not rows
        nested = _only_nested(names, rows)
        self.free = [name for name in names if name not in said.named() and name not in nested]

    def roles(self) -> Roles:
        said, open_ = self.said, _ROLES - self.said.settled
        url, photo, id_, title = said.url, said.photo, said.id, said.title
        titles: tuple[str, ...] = ()
        if url is None and "url" in open_:
            url = self._take("url", self._is_address) or self._address_by_look()
        if photo is None and "photo" in open_:
            photo = self._take("photo", self._has_photos) or self._photo_by_look()
        more_photos = said.more_photos
        if not more_photos and photo is not None and said.photo is None:
            more_photos = self._further_photos()
        if id_ is None and "id" in open_:
            id_ = self._take("id", self._is_whole_id) or self._take("id", self._is_id)
            id_ = id_ or self._id_by_look()
        aliases = said.aliases
        if not aliases and "aliases" in open_:
            aliases = self._take_all("aliases")
        if "title" in open_:
            title, titles = self._titles()
        rights, source, text = said.rights, said.source, said.text
        if rights is None and "rights" in open_:
            rights = self._take("rights", self._is_said, prefers=self._is_no_address)
        if source is None and "source" in open_:
            source = self._take("source", self._is_said)
        if not text and "text" in open_:
            text = self._take_all("text", keeps=True) or self._prose_by_look()
        creator, date, place = said.creator, said.date, said.place
        if not creator and "creator" in open_:
            creator = self._best("creator", self._is_name)
        if not date and "date" in open_:
            date = self._best("date", self._is_date)[:1] or self._date_by_look()
        if not place and "place" in open_:
            place = self._place()
        if title is not None and not said.aliases and "aliases" in open_:
            aliases = (*aliases, *self._titles_in_other_languages())
        columns = Columns(
            id=id_, title=title, text=text, source=source, url=url, photo=photo,
            more_photos=more_photos, aliases=aliases, creator=creator, date=date, place=place,
            rights=rights, left_out=said.left_out, settled=said.settled,
        )  # fmt: skip
        return Roles(columns, titles=titles, stock_titles=self._stock([title, *titles]))

    def _ranked(self, role: Role) -> list[tuple[int, str]]:
        """The free columns whose labels mean a role before any other, the plainest first."""
        found = []
        for name in self.free:
            rank = rank_of(name, role)
            if rank is not None and not (role == "title" and meanings(name)[0].rank < rank):
                found.append((rank, name))
        return sorted(found, key=lambda each: each[0])

    def _take(
        self,
        role: Role,
        fits: Callable[[str], bool],
        *,
        prefers: Callable[[str], bool] = lambda name: True,
    ) -> str | None:
        """The plainest column of a role whose values fit, which no other role may have then; of
        equals the one that is preferred."""
        fitting = [(rank, name) for rank, name in self._ranked(role) if fits(name)]
        if not fitting:
            return None
        _, found = min(fitting, key=lambda each: (each[0], not prefers(each[1])))
        self.free.remove(found)
        return found

    def _take_all(self, role: Role, *, keeps: bool = False) -> tuple[str, ...]:
        """Every column that means a role and says something, in the order of the table."""
        ranked = {name for _, name in self._ranked(role)}
        found = tuple(n for n in self.free if n in ranked and (keeps or self._is_said(n)))
        self.free = [name for name in self.free if name not in found]
        return found

    def _best(self, role: Role, fits: Callable[[str], bool]) -> tuple[str, ...]:
        """All columns of the plainest rank that fits."""
        fitting = [(rank, name) for rank, name in self._ranked(role) if fits(name)]
        best = [name for rank, name in fitting if rank == fitting[0][0]]
        self.free = [name for name in self.free if name not in best]
        return tuple(best)

    def _first(self, fits: Callable[[str, _Look], bool]) -> str | None:
        """The first free column whose values look as they should."""
        if self.few:
            return None
        found = next((name for name in self.free if fits(name, self.looks[name])), None)
        if found is not None:
            self.free.remove(found)
        return found

    def _is_said(self, name: str) -> bool:
        return self.few or self.looks[name].filled > 0

    def _is_address(self, name: str) -> bool:
        return self.looks[name].address > 0

    def _is_no_address(self, name: str) -> bool:
        return self.looks[name].address < 0.5

    def _has_photos(self, name: str) -> bool:
        return self.looks[name].photo > 0

    def _is_id(self, name: str) -> bool:
        look, rank = self.looks[name], rank_of(name, "id") or 0
        if self.unseen or (self.few and rank <= 1):
            return True
        short = look.chars <= _LONGEST_ID and look.address < 0.1
        return short and look.is_unique and (rank < 3 or look.coded > 0.5)

    def _is_whole_id(self, name: str) -> bool:
        """Whether no row would be lost for want of an id."""
        look = self.looks[name]
        return self._is_id(name) and (self.unseen or look.filled == look.varied == 1)

    def _is_name(self, name: str) -> bool:
        look = self.looks[name]
        if self.few and look.filled == 0:  # *unknown* in every row, perhaps
            return True
        return look.filled > 0 and look.lettered > 0.5 and look.address < 0.5

    def _is_date(self, name: str) -> bool:
        look = self.looks[name]
        if any(is_epoch(name, value) for value in self.values[name]):
            return False
        return self.unseen or (look.filled > 0 and look.chars < 60 and look.address < 0.5)

    def _address_by_look(self) -> str | None:
        return self._first(
            lambda name, look: (
                look.address > 0.9
                and look.varied > 0.5 * look.filled
                and not meanings(name)
                and not is_of_another(name, "url")
                and not any(_is_picture(value) for value in self.values[name])
            )
        )

    def _photo_by_look(self) -> str | None:
        found = self._first(lambda n, look: look.photo > 0.5 and not is_of_another(n, "photo"))
        return found or self._first(lambda _, look: look.photo > 0.5)

    def _further_photos(self) -> tuple[str, ...]:
        found = tuple(
            name
            for name in self.free
            if self.looks[name].photo > 0.5 and not is_of_another(name, "photo")
        )
        self.free = [name for name in self.free if name not in found]
        return found

    def _id_by_look(self) -> str | None:
        return self._first(
            lambda name, look: (
                look.is_unique
                and look.filled == 1
                and look.chars <= 30
                and look.coded > 0.9
                and look.address + look.photo == 0
                and not meanings(name)
                and not is_of_another(name, "id")
                and not all("." in value and _is_number(value) for value in self.values[name])
            )
        )

    def _titles(self) -> tuple[str | None, tuple[str, ...]]:
        """The title column, and those to look into for the rows where it has none."""
        ranked = [
            (rank, name)
            for rank, name in self._ranked("title")
            if self._may_be_title(name, rank) and spoken_in(name) is None
        ]
        ranked = ranked or [
            (rank, name) for rank, name in self._ranked("title") if self._may_be_title(name, rank)
        ]
        if self.said.title:
            return self.said.title, tuple(name for rank, name in ranked if rank < 3)
        if not ranked:
            found = self._title_by_look()
            return found, ()
        best = max(self.looks[name].varied for _, name in ranked)
        good = [each for each in ranked if self.looks[each[1]].varied >= 0.6 * best]
        plainest = min(rank for rank, _ in good)
        title = max(
            (name for rank, name in good if rank == plainest),
            key=lambda name: round(self.looks[name].varied, 2),
        )
        self.free.remove(title)
        return title, tuple(name for rank, name in ranked if name != title and rank < 3)

    def _may_be_title(self, name: str, rank: int) -> bool:
        look = self.looks[name]
        if self.unseen or (self.few and look.filled == 0 and rank <= 2):
            return True
        if look.filled == 0 or look.address > 0.5 or look.photo > 0.5:
            return False
        if rank >= 2 and look.lettered < 0.5:
            return False
        if rank >= 3 and (look.varied < 0.5 * look.filled or look.chars > 120):
            return False
        return self.few or look.top <= _SAME_IN_MOST

    def _title_by_look(self) -> str | None:
        """A column of short and various words that is nothing else."""
        if self.few:
            return None

        def fits(name: str) -> bool:
            look = self.looks[name]
            others = {meaning.role for meaning in meanings(name)} - {"text", "title"}
            return (
                not others
                and not is_of_another(name, "title")
                and look.filled >= 0.6
                and look.varied >= 0.7 * look.filled
                and look.lettered > 0.8
                and 4 <= look.chars <= 100
                and look.words >= 1.5
                and look.address + look.photo + look.prose == 0
            )

        fitting = [name for name in self.free if fits(name)]
        if not fitting:
            return None
        found = max(fitting, key=lambda name: round(self.looks[name].varied, 1))
        self.free.remove(found)
        return found

    def _stock(self, titles: Sequence[str | None]) -> frozenset[str]:
        """Values of the title columns that a good part of the rows have."""
        stock: set[str] = set()
        for name in filter(None, titles):
            counted = Counter(map(fold, self.values[name]))
            least = max(3, _STOCK_SHARE * self.looks[name].rows)
            stock |= {value for value, count in counted.items() if count > least}
        return frozenset(stock)

    def _titles_in_other_languages(self) -> tuple[str, ...]:
        return tuple(
            name
            for rank, name in self._ranked("title")
            if rank <= 1 and spoken_in(name) is not None and self._is_said(name)
        )

    def _prose_by_look(self) -> tuple[str, ...]:
        found = self._first(lambda name, look: look.prose > 0.5 and not meanings(name))
        return () if found is None else (found,)

    def _date_by_look(self) -> tuple[str, ...]:
        found = self._first(
            lambda name, look: (
                look.year > 0.9
                and look.chars <= 30
                and look.words <= 4
                and not meanings(name)
                and not is_of_another(name, "date")
            )
        )
        if found is None:
            found = next((name for name in self.free if self._is_written_as_date(name)), None)
            self.free = [name for name in self.free if name != found]
        return () if found is None else (found,)

    def _is_written_as_date(self, name: str) -> bool:
        """Whether most values of a column of an unknown label are dates in words or with marks."""
        values = self.values[name][:_MOST_LOOKED_AT]
        if len(values) < 2 or meanings(name) or is_of_another(name, "date"):
            return False
        return sum(map(_is_written_date, values)) >= 0.8 * len(values)

    def _place(self) -> tuple[str, ...]:
        """The plainest place; where a table has only parts of an address, one column of each."""
        fitting = [each for each in self._ranked("place") if self._is_name(each[1])]
        if not fitting:
            return ()
        parts = list(dict(fitting[::-1]).values())[::-1]
        found = [fitting[0][1]] if fitting[0][0] == 0 else parts
        self.free = [name for name in self.free if name not in found]
        return tuple(found)


def _only_nested(names: Sequence[str], rows: Sequence[Mapping[str, object]]) -> frozenset[str]:
    """Columns whose values are objects, which stand in columns of their own: `location city`."""
    seen = {name for row in rows for name in row}
    outer = {name[:n] for name in seen for n, mark in enumerate(name) if mark == " "}
    return frozenset(name for name in names if name not in seen and name in outer)


def _told(rows: Iterable[Sequence[str]]) -> list[str]:
    """Each row's value of a column, of those that say something."""
    values = ("\n".join(texts).strip() for texts in rows)
    return [v for v in values if v and not says_nothing_at_all(v) and not says_unknown(v)]


def _look(rows: Sequence[Sequence[str]]) -> _Look:
    values = _told(rows)
    if not values:
        return _Look(rows=len(rows))
    counted = Counter(values)

    def share(is_such: Callable[[str], bool]) -> float:
        return sum(count for value, count in counted.items() if is_such(value)) / len(values)

    return _Look(
        rows=len(rows),
        filled=len(values) / len(rows),
        varied=len(counted) / len(rows),
        top=counted.most_common(1)[0][1] / len(rows),
        chars=sum(map(len, values)) / len(values),
        words=sum(map(_count_words, values)) / len(values),
        address=share(lambda value: is_web_address(split_values(value)[0])),
        photo=share(lambda value: any(map(_names_photo, split_values(value)))),
        year=share(lambda value: _YEAR.search(value) is not None),
        number=share(_is_number),
        lettered=share(lambda value: sum(map(str.isalpha, value)) * 2 > len(value)),
        coded=share(lambda value: any(map(str.isdigit, value)) and value.count(" ") < 3),
        prose=share(_is_prose),
    )


def _count_words(value: str) -> float:
    return len(value.split()) + sum(map(is_han, value[:1_000])) / 2


def _is_prose(value: str) -> bool:
    han = sum(map(is_han, value[:400]))
    return han > 30 or (len(value) >= _PROSE_CHARS and value.count(" ") >= _PROSE_WORDS)


def _is_number(value: str) -> bool:
    return re.fullmatch(r"[-+]?\d+(?:[.,]\d+)*", value) is not None


def _is_written_date(value: str) -> bool:
    """Whether a value is a date and no number (`1910`, `1910.12`) or time of a program's."""
    if re.fullmatch(r"\d+|\d{4}\.[\d.]+|.*\d[T ]\d\d:\d\d.*", value, re.DOTALL):
        return False
    dated = read_date(value)
    return dated is not None and dated.is_known


def _is_picture(value: str) -> bool:
    return PurePosixPath(value.split("?")[0]).suffix.lower() in PICTURE_SUFFIXES


def _names_photo(value: str) -> bool:
    suffix = PurePosixPath(value.replace("\\", "/")).suffix.lower()
    return suffix in PICTURE_SUFFIXES and not is_web_address(value)


def _no_such_column(name: str, names: Sequence[str]) -> str:
    near = difflib.get_close_matches(name.casefold(), [n.casefold() for n in names], n=1)
    hint = next((f" Did you mean {n!r}?" for n in names if near and n.casefold() == near[0]), "")
    listed = ", ".join(map(repr, names))
    return f"There is no column {name!r}.{hint} The columns are {listed}."
