"""Statements of several formats → labels and values that a document says of its photo, once each.

A camera writes EXIF, an agency IPTC, an archive's program XMP, often all three into one file and
the same caption into each. So values that say the same are one, and where they differ the more
trusted format stands first: a file beside the photo, XMP, IPTC, EXIF.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain, islice, zip_longest

from knowledge.corpus.limits import MOST_NAME_CHARS, MOST_NAMES
from knowledge.corpus.photo_metadata.machine_texts import is_camera_name, says_nothing
from knowledge.corpus.photo_metadata.statements import Property, Statement
from knowledge.corpus.text import clean, one_line, unwrap
from knowledge.language import fold, guess_language

_ORDER: tuple[Property, ...] = (
    "title",
    "headline",
    "caption",
    "description",
    "people",
    "organisations",
    "event",
    "taken",
    "date",
    "place",
    "camera_place",
    "coverage",
    "position",
    "photographer",
    "photographer_role",
    "contributor",
    "work",
    "work_creator",
    "work_date",
    "work_source",
    "work_number",
    "work_rights",
    "reference",
    "keyword",
    "comment",
    "credit",
    "source",
    "publisher",
    "rights",
    "rights_owner",
    "usage",
    "license",
    "instructions",
    "caption_writer",
    "digitised",
    "camera",
)
# Words that the reader tells apart (docs/decisions.md): asked what a photo shows, it finds a
# `Description` more often than a `Caption`; asked who took it, it takes `People` for an answer.
_ENGLISH: Mapping[Property, str] = {
    "title": "Title",
    "headline": "Headline",
    "caption": "Description",
    "description": "Description",
    "comment": "Comment",
    "people": "People in the picture",
    "organisations": "Organisations",
    "event": "Event",
    "taken": "Taken",
    "digitised": "Digitised",
    "date": "Date",
    "coverage": "Coverage",
    "place": "Place",
    "camera_place": "Taken at",
    "position": "Position",
    "photographer": "Photographer",
    "photographer_role": "Photographer's role",
    "contributor": "Contributor",
    "work": "Work shown",
    "work_creator": "Creator of the work",
    "work_date": "Date of the work",
    "work_source": "Collection",
    "work_number": "Inventory number",
    "work_rights": "Rights of the work",
    "reference": "Reference",
    "credit": "Credit",
    "source": "Source",
    "publisher": "Publisher",
    "rights": "Rights",
    "rights_owner": "Rights owner",
    "usage": "Usage terms",
    "license": "Rights statement",
    "instructions": "Instructions",
    "caption_writer": "Description written by",
    "keyword": "Keywords",
    "camera": "Camera",
}
_CHINESE: Mapping[Property, str] = {
    "title": "题名",
    "headline": "标题",
    "caption": "说明",
    "description": "描述",
    "comment": "备注",
    "people": "人物",
    "organisations": "机构",
    "event": "事件",
    "taken": "拍摄时间",
    "digitised": "数字化时间",
    "date": "日期",
    "coverage": "范围",
    "place": "地点",
    "camera_place": "拍摄地点",
    "position": "坐标",
    "photographer": "摄影者",
    "photographer_role": "摄影者职务",
    "contributor": "贡献者",
    "work": "作品",
    "work_creator": "作品作者",
    "work_date": "作品年代",
    "work_source": "收藏",
    "work_number": "藏品编号",
    "work_rights": "作品版权",
    "reference": "编号",
    "credit": "署名",
    "source": "来源",
    "publisher": "出版者",
    "rights": "版权",
    "rights_owner": "版权所有者",
    "usage": "使用条款",
    "license": "版权声明",
    "instructions": "说明事项",
    "caption_writer": "说明撰写者",
    "keyword": "关键词",
    "camera": "相机",
}
_LISTED: frozenset[Property] = frozenset({"people", "organisations", "photographer", "keyword"})
"""Properties whose values stand in one line."""
_PROSE: frozenset[Property] = frozenset({"caption", "description", "comment"})

_WORDS: tuple[Property, ...] = (
    *("title", "headline", "caption", "description", "comment", "people", "event"),
    *("place", "photographer", "credit", "source", "keyword"),
)
"""Properties by which the language is told."""
_COMPARED = 50
"""Values of one property that are compared with each other for more than being the same: photos
that people wrote into have fewer, and the time grows with the square."""
_FOLDED_CHARS = 20_000
_TOLD_CHARS = 1_000_000
"""Of the longest value, and the longest text beside a photo, that are compared without accents and
punctuation."""
_TITLE_CHARS = 120
_MOST_JOINED = 2_000
"""Characters of a credit or of rights; the lines of the text have the rest."""
_CUT_CHARS = 24
"""Of the shortest beginning that may be a value cut short: IPTC cuts credits at 32 characters,
titles at 64, captions at 2,000."""
_NOTICE = re.compile(r"\(c\)|©|copyright", re.IGNORECASE)

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Description:
    """What photos' metadata say, ready for a document.

    Attributes:
        title: the picture's; "" if it has none.
        aliases: its titles in other languages.
        place: town and country.
        keywords: for filters.
        credit: whom a citation names: photographer, agency, archive.
        rights: the notices of copyright and the terms of use.
        pairs: labels and values of everything, in the order in which a person reads them.
    """

    title: str = ""
    aliases: tuple[str, ...] = ()
    place: str = ""
    keywords: tuple[str, ...] = ()
    credit: str = ""
    rights: str = ""
    pairs: tuple[tuple[str, str], ...] = ()


def describe(
    sources: Iterable[Iterable[Statement]], *, file_name: str, told: str = ""
) -> Description:
    """One description of what several formats say.

    The labels are Chinese where the values are: a question in Chinese finds `摄影者` by its words,
    and the sentence that is quoted is in one language.

    Args:
        sources: the statements of each format, the most trusted first.
        file_name: of the photo; a title that repeats it says nothing.
        told: what texts beside the photo say; a caption that stands there is not said again.
    """
    said = _by_property(chain.from_iterable(map(_preferred_first, sources)), file_name)
    said["taken"], said["digitised"] = _dates(said)
    towns = said.pop("town", [])
    known_people = {fold(name) for name in said.get("people", [])}
    said["keyword"] = [word for word in said.get("keyword", []) if fold(word) not in known_people]
    titles = _titles(said, file_name)
    _leave_out_echoes(said, told)
    words = chain.from_iterable(said.get(about, []) for about in _WORDS)
    rights = [said.get(about, []) for about in ("rights", "usage", "license")]
    names = [said.get(about, []) for about in ("photographer", "credit", "source")]
    return Description(
        title=next(iter(titles), ""),
        aliases=tuple(titles[1:MOST_NAMES]),
        place=next((town for town in towns if len(town) <= MOST_NAME_CHARS), ""),
        keywords=tuple(k for k in said["keyword"] if len(k) <= MOST_NAME_CHARS)[:MOST_NAMES],
        credit=_joined(chain.from_iterable(names), ", "),
        rights=_joined(chain.from_iterable(rights), "; "),
        pairs=tuple(_pairs(said, chinese=guess_language("\n".join(words)) == "zh")),
    )


def _preferred_first(source: Iterable[Statement]) -> list[Statement]:
    """Of values in several languages, first the one that the photo's maker prefers."""
    return sorted(source, key=lambda one: one.language.casefold() != "x-default")


def _titles(said: Mapping[Property, Sequence[str]], file_name: str) -> list[str]:
    """Titles; else a headline; else, for a name that a camera gave, a short caption."""
    titles = [title for title in said.get("title", []) if len(title) <= MOST_NAME_CHARS]
    if not titles:
        titles = [line for line in said.get("headline", []) if len(line) <= MOST_NAME_CHARS][:1]
    if not titles and is_camera_name(file_name):
        captions = [value.split("\n")[0] for value in said.get("caption", [])]
        titles = [line for line in captions if len(line) <= _TITLE_CHARS][:1]
    return titles


def _joined(values: Iterable[str], separator: str) -> str:
    """Values in one line; one that another holds within itself is left out."""
    kept: list[str] = []
    for value in islice(map(one_line, values), _COMPARED):
        folded = f" {fold(value)} "
        if not any(folded in f" {fold(other)} " for other in kept):
            kept = [other for other in kept if f" {fold(other)} " not in folded]
            kept.append(value)
    text = separator.join(kept)
    return text if len(text) <= _MOST_JOINED else text[:_MOST_JOINED] + "…"


def _by_property(statements: Iterable[Statement], file_name: str) -> dict[Property, list[str]]:
    """The values of each property, cleaned, those that say the same once."""
    said: dict[Property, list[str]] = {}
    known: set[tuple[Property, str]] = set()
    plains: dict[Property, list[str]] = {}  # of the first of `said`
    names = (fold(file_name), fold(file_name.rpartition(".")[0]))
    for about, text, _ in statements:
        value = clean(text) if about in _PROSE else one_line(text)
        if not value or says_nothing(about, value):
            continue
        if about in ("title", "headline", "caption") and fold(value) in names:
            continue
        plain = _plain(value) or value
        if (about, plain) in known:
            continue
        known.add((about, plain))
        values = said.setdefault(about, [])
        compared = plains.setdefault(about, [])
        same = next(
            (n for n, other in enumerate(compared) if _is_cut(other, plain, values[n], value)), None
        )
        if same is None:
            values.append(value)
            if len(compared) < _COMPARED:
                compared.append(plain)
        elif len(plain) > len(compared[same]):
            values[same], compared[same] = value, plain
    return said


def _plain(value: str) -> str:
    """A value's form for comparing: as names are compared, without the sign of copyright."""
    if len(value) > _FOLDED_CHARS:
        return value.casefold()
    return fold(_NOTICE.sub(" ", value))


def _is_cut(one: str, other: str, as_written: str, other_as_written: str) -> bool:
    """Whether one value is another, cut short or written in a character set without its letters.

    Args:
        one: a value as `_plain` gives it.
        other: another.
        as_written: the first value.
        other_as_written: the second.
    """
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    if len(short) >= _CUT_CHARS and long.startswith(short):
        return True
    if len(as_written) != len(other_as_written) or "?" not in as_written + other_as_written:
        return False
    return all(x == y or "?" in (x, y) for x, y in zip(as_written, other_as_written, strict=True))


def _leave_out_echoes(said: dict[Property, list[str]], told: str) -> None:
    """Leave out a title, headline or comment that another text of the photo says as well."""
    echoes: tuple[tuple[Property, tuple[Property, ...]], ...] = (
        ("headline", ("title", "caption")),
        ("title", ("caption",)),
        ("comment", ("caption", "title")),
        ("description", ("caption",)),
        ("credit", ("photographer",)),
        ("source", ("credit", "photographer")),
        ("rights_owner", ("rights",)),
        ("license", ("rights", "usage")),
        ("date", ("taken",)),
        ("camera_place", ("place",)),
        ("coverage", ("place",)),
    )
    for about, others in echoes:
        elsewhere = {_plain(value) for other in others for value in said.get(other, [])}
        said[about] = [value for value in said.get(about, []) if _plain(value) not in elsewhere]
    places = [set(map(fold, value.split(","))) for value in said.get("place", [])[:_COMPARED]]
    parts_of = zip_longest(said.get("place", []), places)
    said["place"] = [
        value
        for value, parts in parts_of
        if parts is None or not any(parts < others for others in places)
    ]
    if not told:
        return
    beside = f" {fold(told) if len(told) <= _TOLD_CHARS else told.casefold()} "
    for prose in _PROSE:
        texts = said.get(prose, [])
        new = [text for text in texts[:_COMPARED] if f" {_plain(text)} " not in beside]
        said[prose] = new + texts[_COMPARED:]


def _dates(said: dict[Property, list[str]]) -> tuple[list[str], list[str]]:
    """When the picture was made, and when it became a file.

    A camera that photographs an old print writes the date of that day; a catalogue writes the date
    of the print. So a camera's date that is later than the catalogue's is one of digitising.
    """
    taken, exposed = _distinct(said.pop("taken", [])), _distinct(said.pop("exposed", []))
    digitised = said.pop("digitised", [])
    if said.pop("scanned", None) and not any(
        not _agree(one, d) for one in exposed for d in digitised
    ):
        exposed, digitised = [], [*digitised, *exposed]
    if not taken:
        taken, exposed = exposed, []
    for moment in exposed:
        same = next((n for n, known in enumerate(taken) if _agree(known, moment)), None)
        if same is not None:
            taken[same] = max(taken[same], moment, key=len)
        elif all(_day(known) and known[:4] <= moment[:4] for known in taken):
            digitised = [*digitised, moment]
        else:
            taken.append(moment)
    others = [one for one in _distinct(digitised) if not any(_agree(one, known) for known in taken)]
    return taken, others


def _distinct(moments: Iterable[str]) -> list[str]:
    """Moments that do not agree; of those that do, the one that is known best."""
    kept: list[str] = []
    for moment in islice(moments, _COMPARED):
        same = next((n for n, other in enumerate(kept) if _agree(other, moment)), None)
        if same is None:
            kept.append(moment)
        elif _is_finer(moment, kept[same]):
            kept[same] = moment
    return kept


def _is_finer(one: str, other: str) -> bool:
    """Whether a moment says more than another; a camera's own clock more than one in UTC."""
    return len(one[:16]) > len(other[:16]) or (
        _is_utc(other) and not _is_utc(one) and len(one) > 10
    )


def _is_utc(moment: str) -> bool:
    return moment.endswith(("Z", "+00:00"))


def _agree(one: str, other: str) -> bool:
    """Whether two moments can be one: up to a day apart where a zone is in doubt."""
    shared = min(len(one[:10]), len(other[:10]))
    if one[:shared] == other[:shared]:
        return True
    first, second = _day(one), _day(other)
    in_doubt = len(one) > 10 and len(other) > 10
    return bool(in_doubt and first and second and abs(first - second) <= _ONE_DAY)


def _day(moment: str) -> date | None:
    """The first day that a moment can be; None of words."""
    found = re.match(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", moment)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return None


def _pairs(said: Mapping[Property, Sequence[str]], *, chinese: bool) -> Iterable[tuple[str, str]]:
    labels = _CHINESE if chinese else _ENGLISH
    for about in _ORDER:
        values = said.get(about, [])
        if about in _PROSE:
            lines = chain.from_iterable(unwrap(value).split("\n") for value in values)
            values = [line for line in lines if line.strip()]
        elif about in ("taken", "digitised", "date", "work_date"):
            values = [_moment_in_words(value, chinese=chinese) for value in values]
        elif about == "position":
            values = [_position_in_words(value, chinese=chinese) for value in values]
        elif about in _LISTED and values:
            values = [("、" if chinese else ", ").join(values)]
        yield from ((labels[about], value) for value in values if value)


def _moment_in_words(moment: str, *, chinese: bool) -> str:
    """`1931-05-12` → `12 May 1931`; words stay as they are."""
    if _day(moment) is None or not re.fullmatch(r"\d{4}(-\d\d(-\d\d(T.*)?)?)?", moment):
        return moment
    year, month, day = int(moment[:4]), int(moment[5:7] or 0), int(moment[8:10] or 0)
    try:
        time = datetime.fromisoformat(moment).strftime("%H:%M") if "T" in moment else ""
    except ValueError:
        time = ""
    if chinese:
        words = f"{year}年" + (f"{month}月" if month else "") + (f"{day}日" if day else "")
        return f"{words}{time}" + ("（世界时）" if time and _is_utc(moment) else "")
    words = " ".join(filter(None, (str(day or ""), _MONTHS[month - 1] if month else "", str(year))))
    zone = " (UTC)" if time and _is_utc(moment) else ""
    return f"{words}, {time}{zone}" if time else words


def _position_in_words(position: str, *, chinese: bool) -> str:
    """`48.8584,2.2945` → `48.8584° N, 2.2945° E`."""
    try:
        north, east = map(float, position.split(","))
    except ValueError:
        return ""
    if not (abs(north) <= 90 and abs(east) <= 180):
        return ""
    latitude, longitude = (f"{abs(value):.5f}".rstrip("0").rstrip(".") for value in (north, east))
    if chinese:
        return (
            f"{'北纬' if north >= 0 else '南纬'}{latitude}°，"
            f"{'东经' if east >= 0 else '西经'}{longitude}°"
        )
    return f"{latitude}° {'N' if north >= 0 else 'S'}, {longitude}° {'E' if east >= 0 else 'W'}"
