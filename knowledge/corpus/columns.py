"""What each column of a table holds: as the caller says, otherwise by well-known names.

Knows names of columns and a few rows; reads no file.
"""

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from knowledge.corpus.photos import PHOTO_SUFFIXES
from knowledge.corpus.text import as_text
from knowledge.errors import CorpusError
from knowledge.identifiers import is_web_address
from knowledge.language import fold


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of a table's columns; a role that is None is guessed from well-known names.

    Attributes:
        id: unique in the table; without one, rows are numbered.
        title: the subject's name.
        text: prose; several columns become paragraphs, in this order.
        source: the citation a reader is shown.
        url: where the source can be read.
        photo: paths of photos relative to the table's folder, separated by `;` or `|`.
    """

    id: str | None = None
    title: str | None = None
    text: tuple[str, ...] = ()
    source: str | None = None
    url: str | None = None
    photo: str | None = None


NO_COLUMNS = Columns()
"""Guess all of them."""

Sample = Sequence[Mapping[str, object]]


def _names(listed: str) -> tuple[str, ...]:
    return tuple(map(fold, listed.split(",")))


# In order of preference.
_ID = _names(
    "id, identifier, uid, uuid, guid, object id, record id, item id, slug,"
    "编号, 标识, 序号, 编码, 主键"
)
_TITLE = _names(
    "title, name, heading, headline, label, subject, full name, display name,"
    "名称, 标题, 题名, 名字, 中文名, 景点, 建筑"
)
_TEXT = _names(
    "text, description, desc, body, content, abstract, summary, overview, article, story, details,"
    "caption, notes, note, about, long description, short description, comment,"
    "简介, 介绍, 描述, 内容, 正文, 说明, 详情, 摘要, 概述, 图注"
)
_SOURCE = _names("source, citation, reference, references, credit, 来源, 出处, 引用, 参考文献")
_URL = _names(
    "url, link, href, website, web page, webpage, homepage, permalink, uri, 网址, 链接, 网页, 网站"
)
_PHOTO = _names(
    "photo, photos, image, images, picture, pictures, img, photo path, image path, photo file,"
    "image file, image name, file, files, filename, file name, filepath, file path, path,"
    "图片, 照片, 图像, 相片, 影像, 文件, 文件名"
)
_TITLE_ENDS = re.compile(r".*\b(?:name|title)|.*(?:名称|标题)")
_NOT_TITLES = re.compile(
    r".*\b(?:file|user|city|state|country|county|region|province|street|district|author|artist)"
    r"\b.*|.*(?:文件|用户|作者|省|市|县).*"
)


@dataclass(frozen=True, slots=True)
class Roles:
    """Columns that were found for the roles of `Columns`.

    Attributes:
        spoken_for: columns that make no line of the text, as the document has them elsewhere.
    """

    columns: Columns
    spoken_for: frozenset[str]

    def without_photo(self) -> "Roles":
        """The same, with the photo column as a line of the text."""
        spoken_for = self.spoken_for - {self.columns.photo or ""}
        return Roles(replace(self.columns, photo=None), spoken_for)


def assign_roles(columns: Columns, names: Sequence[str], sample: Sample) -> Roles:
    """Check the columns that were named and find some for the other roles.

    A guessed source stays in the text as well: it may be a fact rather than a citation.

    Args:
        columns: what was said.
        names: the table's columns.
        sample: its first rows.

    Raises:
        CorpusError: a named column is not there.
    """
    for name in _named(columns):
        if name not in names:
            raise CorpusError(_no_such_column(name, names))
    free = [name for name in names if name not in _named(columns)]

    def find(known: Sequence[str], fits: Callable[[str], bool] = lambda name: True) -> str | None:
        candidates = sorted((known.index(fold(n)), n) for n in free if fold(n) in known)
        found = next((name for _, name in candidates if fits(name)), None)
        if found is not None:
            free.remove(found)
        return found

    def holds(check: Callable[[str], bool]) -> Callable[[str], bool]:
        return lambda name: any(check(as_text(row.get(name))) for row in sample)

    photo = columns.photo or find(_PHOTO, holds(_names_photo))
    url = columns.url or find(_URL, holds(is_web_address))
    id_ = columns.id or find(_ID)
    title = columns.title or find(_TITLE) or find([fold(n) for n in free if _is_like_title(n)])
    source = columns.source or find(_SOURCE)
    text = columns.text or tuple(name for name in free if fold(name) in _TEXT)
    found = Columns(id_, title, text, source, url, photo)
    guessed_source = {source} if source != columns.source else set()
    return Roles(found, frozenset(_named(found)) - guessed_source)


def _named(columns: Columns) -> list[str]:
    roles = (columns.id, columns.title, *columns.text, columns.source, columns.url, columns.photo)
    return [name for name in roles if name is not None]


def _is_like_title(name: str) -> bool:
    """Whether a name ends as titles do: `site_name`, `景点名称`, and not `city_name`."""
    folded = fold(name)
    return bool(_TITLE_ENDS.fullmatch(folded)) and not _NOT_TITLES.fullmatch(folded)


def _names_photo(value: str) -> bool:
    return PurePosixPath(value).suffix.lower() in PHOTO_SUFFIXES and not is_web_address(value)


def _no_such_column(name: str, names: Sequence[str]) -> str:
    near = difflib.get_close_matches(name.casefold(), [n.casefold() for n in names], n=1)
    hint = next((f" Did you mean {n!r}?" for n in names if near and n.casefold() == near[0]), "")
    listed = ", ".join(map(repr, names))
    return f"There is no column {name!r}.{hint} The columns are {listed}."
