"""The dates that a document's record gives, by which searches are filtered.

Knows labels of dates in a dozen languages. Dates in prose are not taken: a text that names 1961 is
not from 1961.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache

from knowledge.dates import (
    DateColumn,
    Dated,
    column_of,
    dated_from_edtf,
    day_of_serial,
    read_date,
)
from knowledge.dates.words import plain_words
from knowledge.documents import Document

_MOST_DATES = 16
"""Dates that are kept of one document."""
_MOST_LINES = 2_000
_LINE = re.compile(r"^([^\n:：]{1,60})[:：][ \t]*(\S[^\n]{0,119})$", re.MULTILINE)
_WORD = re.compile(r"[^\W\d_\u3040-\u30ff\u3400-\u9fff]+|[\u3400-\u9fff]+")
_DATE_WORDS_TEXT = """
    date dates dated dating datum daten datierung datierungen fecha fechas data datazione datation
    year years jahr jahre annee annees anno ano epoch period periode periodo epoque zeitraum
    entstehungszeit entstehungsjahr aufnahmedatum aufnahmejahr aufnahmezeit taken photographed
    captured made datace datovani datowanie rok vzniku powstania wykonania czas
    дата датировка год съемки datering opnamedatum jaar artal data ano
    撮影年月日 撮影時期 年月日 作成日 制作年 作成年月日 時代
    unitdate created issued temporal datecreated dateissued datetimeoriginal
    日期 年代 时间 年份 时期 拍摄时间 拍摄日期 拍摄年代 创作年代 创作时间 制作年代 成立时间 摄影时间
    日期 時間 年份 時期 拍攝時間 拍攝日期 撮影年 撮影日 制作年
"""
_DATE_WORDS = frozenset(_DATE_WORDS_TEXT.split())
_OTHER_DATES_TEXT = """
    accession accessioned acquired acquisition added available birth born catalogued cataloged
    catalog changed copyrighted death died digital digitised digitized digitization deceased
    donated donation downloaded edited embargo entered entry expiry exported gift harvested
    imported indexed ingested inventory last life lived loan log metadata modified record
    recorded registered retrieved review scan scanned submitted update updated uploaded upload
    identified dateidentified lastmodified
    urodzenia smierci nabycia modyfikacji skanowania dodania rejestracji wpisu
    рождения смерти поступления изменения сканирования регистрации
    narozeni umrti akvizice zmeny nascimento falecimento aquisicao modificacao
    geboorte overlijden verwerving wijziging fodelse forvarv andrad
    誕生 没年 受入 更新日
    geburt geboren gestorben tod erworben erwerbung zugang geandert digitalisierung
    naissance deces acquisition numerisation modification nacimiento muerte adquisicion
    入藏 登记 扫描 上传 更新 修改 出生 逝世 生卒 采集 录入 访问
"""
_OTHER_DATES = frozenset(_OTHER_DATES_TEXT.split())
_EPOCH = re.compile(r"(?:1\d{9}|1\d{12})(?:\.\d+)?")
"""Seconds or milliseconds since 1970, of 2001 to 2033: what programs write for a time."""
_OF_A_TIME = re.compile(r"creat|modif|updat|date|time|stamp|edited|chang|added|upload|import")


def is_date_label(label: str) -> bool:
    """Whether a label says that its value is the date of what the record describes.

    >>> [is_date_label(each) for each in ("Date", "dcterms:created", "Date added")]
    [True, True, False]
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|[_\W]+", " ", label)
    words = set(_WORD.findall(plain_words(spaced))) | {plain_words(label)}
    return not words.isdisjoint(_DATE_WORDS) and words.isdisjoint(_OTHER_DATES)


def date_columns(
    rows: Sequence[Mapping[str, Sequence[str]]], named: Collection[str] = ()
) -> dict[str, DateColumn]:
    """The columns of a table that hold dates, and how each is written.

    Args:
        rows: some rows, by column name; a cell may hold several values.
        named: columns that are known to hold dates, whatever their labels.
    """
    names = dict.fromkeys(name for row in rows for name in row)
    return {
        name: column_of([value for row in rows for value in row.get(name, ())])
        for name in names
        if name in named or is_date_label(name)
    }


def is_epoch(label: str, value: str) -> bool:
    """Whether a value is a time that a program wrote of its record, which nobody can read.

    >>> is_epoch("wof:created", "1523296710"), is_epoch("ISBN", "1523296710")
    (True, False)
    """
    is_number = _EPOCH.fullmatch(value.strip()) is not None
    return is_number and _OF_A_TIME.search(label.casefold()) is not None


def days_written_out(
    values: Mapping[str, Sequence[str]], columns: Mapping[str, DateColumn]
) -> dict[str, list[str]]:
    """A row whose days that a spreadsheet counted (`39887`) are written as days (`2009-03-15`)."""
    found = {name: list(texts) for name, texts in values.items()}
    for name, column in columns.items():
        found |= (
            {name: [day_of_serial(t, column) or t for t in found[name]]} if name in found else {}
        )
    return found


def dates_of_row(
    values: Mapping[str, Sequence[str]], columns: Mapping[str, DateColumn]
) -> tuple[str, ...]:
    """The dates of a table's row in EDTF, each once; those without bounds left out."""
    read = (
        read_date(value, column=column)
        for name, column in columns.items()
        for value in values.get(name, ())
    )
    return tuple(dict.fromkeys(each.edtf for each in read if each is not None and each.is_known))


def dates_of(document: Document) -> tuple[Dated, ...]:
    """The dates of a document's record, each once, in their order; those without bounds left out.

    `Document.dates`, else its fields, else the lines `Label: value` of its text.
    """
    fields = tuple((each.label, each.value) for each in document.fields)
    return _dates(document.dates[:_MOST_DATES], fields, document.text)


@lru_cache(maxsize=64)  # each point of a document asks again
def _dates(
    dates: tuple[str, ...], fields: tuple[tuple[str, str], ...], text: str
) -> tuple[Dated, ...]:
    if dates:
        return tuple(dated_from_edtf(each) for each in dates)
    found: dict[str, Dated] = {}
    for label, value in fields or _lines(text):
        if len(found) >= _MOST_DATES:
            break
        if not is_date_label(label):
            continue
        dated = read_date(value.strip())
        if dated is not None and dated.is_known:
            found.setdefault(dated.edtf, dated)
    return tuple(found.values())


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for number, match in enumerate(_LINE.finditer(text)):
        if number >= _MOST_LINES:
            return
        yield match[1].strip(" *_-•"), match[2]
