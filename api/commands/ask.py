"""`snapcite ask` and `snapcite search`: a question on the command line."""

import json
import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from api.commands.many import (
    ManyOptions,
    ask_many,
    cited_of,
    default_at_once,
    form_of_file,
    say_done,
    write_cited,
)
from api.commands.options import (
    AsGroupOption,
    EncoderOption,
    FiltersOption,
    IndexOption,
    JsonOption,
    LanguageOption,
    ReaderModelOption,
    ReaderOption,
    RegionOption,
    SubjectsOption,
    print_json,
    stdout,
)
from api.commands.picture_verdict import print_held
from api.exports.files import check_place, refuse_another
from api.http import schemas
from api.http.inputs import RawQuery, make_query, parse_filters
from api.plain_output import escaped
from api.settings import Settings, load_settings
from api.wiring.pipeline import build_pipeline
from knowledge.corpus import is_file
from knowledge.errors import QueryError
from knowledge.stages import collected, stage
from knowledge.viewer import OPERATOR, Viewer
from search.answer import Answer, NearSubject, Source
from search.pipeline import Asked, Found, Pipeline
from search.query import DEFAULT_K, Query

CaptionOption = Annotated[
    list[str] | None,
    typer.Option(
        "--caption", help="A photo's date or a few words; once for each photo, in their order."
    ),
]
SchemaOption = Annotated[
    Path | None,
    typer.Option(
        "--schema", help="File with a JSON schema of the fields you want; for readers with a model."
    ),
]
_LANGUAGES = {
    "en": ("English", "英文"),
    "zh": ("Chinese", "中文"),
    "de": ("German", "德文"),
    "fr": ("French", "法文"),
    "es": ("Spanish", "西班牙文"),
    "it": ("Italian", "意大利文"),
    "pt": ("Portuguese", "葡萄牙文"),
    "nl": ("Dutch", "荷兰文"),
    "ru": ("Russian", "俄文"),
    "ja": ("Japanese", "日文"),
    "ko": ("Korean", "韩文"),
}
"""Language → its name in English and in Chinese; any other goes by its tag."""
_NOT_TAKEN = {
    "looks_like": ("looks like it", "外形相似"),
    "another_kind": ("another kind of thing", "另一类事物"),
    "another_name": ("another name", "另一个名称"),
}
"""Why a candidate was not taken, in English and in Chinese."""
_AROUND_YEAR = re.compile(r"\b(?:BCE?|CE|AD)\b|公元前?|年|[\s.,，。]", re.IGNORECASE)
_GIVEN = typer.Argument(metavar="[PHOTO]... [QUESTION]", help="Photos, then the question.")
Given = Annotated[list[str], _GIVEN]
GivenOrMany = Annotated[list[str] | None, _GIVEN]
ManyOption = Annotated[
    Path | None,
    typer.Option(
        "--many",
        help="Ask about each photo of a folder, or each row of a table (CSV, JSON lines, Parquet) "
        "with columns `photo` and `question`.",
    ),
]
QuestionOption = Annotated[
    str, typer.Option("--question", help="With --many: for each row without a question.")
]
OutOption = Annotated[
    Path,
    typer.Option("--out", help="With --many: the table to write, .csv, .jsonl or .parquet."),
]
CiteOption = Annotated[
    Path | None,
    typer.Option(
        "--cite",
        help="Write the citations too: .json (CSL), .ris, .bib, or .jsonld (W3C annotations).",
    ),
]
OverwriteOption = Annotated[
    bool,
    typer.Option("--overwrite", help="Replace files that are there; with --many, begin again."),
]
AtOnceOption = Annotated[
    int | None,
    typer.Option("--at-once", min=1, help="With --many: questions asked at the same time."),
]


def ask(
    given: GivenOrMany = None,
    index: IndexOption = None,
    encoder: EncoderOption = None,
    reader: ReaderOption = None,
    reader_model: ReaderModelOption = None,
    k: SubjectsOption = DEFAULT_K,
    language: LanguageOption = None,
    filters: FiltersOption = None,
    region: RegionOption = None,
    caption: CaptionOption = None,
    schema: SchemaOption = None,
    many: ManyOption = None,
    question: QuestionOption = "",
    out: OutOption = Path("answers.csv"),
    cite: CiteOption = None,
    overwrite: OverwriteOption = False,
    at_once: AtOnceOption = None,
    as_group: AsGroupOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a question about a photo, with the sentence it was read from; or many (--many)."""
    settings = load_settings(index=index, encoder=encoder, reader=reader, reader_model=reader_model)
    raw = RawQuery(
        k=k,
        language=language,
        filters=parse_filters(filters) if filters else {},
        region=region,
        captions=tuple(caption or ()),
        schema=_read(schema, "schema").decode(errors="replace") if schema else None,
    )
    if many is not None:
        if given or caption:
            raise QueryError("With --many, give the question with --question, and no captions.")
        if schema is not None:
            raise QueryError("--schema goes with one question: a table has columns of its own.")
        options = ManyOptions(many, out, cite, overwrite, at_once or default_at_once())
        asked_as = _viewer(as_group)
        done = ask_many(options, replace(raw, question=question), settings, asked_as)
        if as_json:
            print_json(json.dumps(asdict(done)))
        say_done(done, options)
        if done.failed:
            raise typer.Exit(1)
        return
    if cite is not None:
        form_of_file(cite)
        check_place(cite)
        if not overwrite:
            refuse_another(cite)
    with _asking(given or [], raw, settings, _viewer(as_group)) as (pipeline, query):
        asked = pipeline.ask(query)
        if cite is not None:
            cited = cited_of(asked, pipeline, query.answer_language)
            write_cited(cite, [cited] if cited else [])
        if as_json:
            asked_out = schemas.ask_out(asked, pipeline)
            print_json(asked_out.model_dump_json(indent=2, exclude={"request_id"}))
        else:
            print_answer(stdout(), asked.answer, language=query.answer_language)
            print_turned(stdout(), asked, language=query.answer_language)
            print_held(stdout(), asked.picture, language=query.answer_language)
            if asked.answer.note is None:
                print_suggestion(stdout(), asked)


def search(
    given: Given,
    index: IndexOption = None,
    encoder: EncoderOption = None,
    k: SubjectsOption = DEFAULT_K,
    filters: FiltersOption = None,
    region: RegionOption = None,
    as_group: AsGroupOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find what a photo and a question are about, without reading it."""
    settings = load_settings(index=index, encoder=encoder)
    raw = RawQuery(k=k, filters=parse_filters(filters) if filters else {}, region=region)
    with _asking(given, raw, settings, _viewer(as_group)) as (pipeline, query):
        found = pipeline.search(query)
        if as_json:
            out = schemas.search_out(found, pipeline)
            print_json(out.model_dump_json(indent=2, exclude={"request_id"}))
        else:
            print_subjects(stdout(), found)
            print_turned(stdout(), found, language=query.answer_language)
            print_held(stdout(), found.picture, language=query.answer_language)
            print_suggestion(stdout(), found)
            if found.note is not None:
                stdout().print(Text(escaped(found.note, one_line=True), style="yellow"))


def _viewer(as_group: list[str] | None) -> Viewer:
    """Who runs the program could read all its files, so that nothing is closed to them."""
    return OPERATOR if as_group is None else Viewer.of(as_group)


@contextmanager
def _asking(
    given: list[str], raw: RawQuery, settings: Settings, viewer: Viewer
) -> Iterator[tuple[Pipeline, Query]]:
    """An open pipeline and the query of the arguments; its stages are collected meanwhile.

    `given` has the photos and the question, `raw` all the rest. The files are read before anything
    is opened, so that a wrong path is an error at once.
    """
    photos, question = _read_arguments(given)
    raw = replace(raw, question=question)
    pipeline = build_pipeline(settings)
    with pipeline.index, collected():
        with stage("decode"):
            query = make_query(
                photos, raw, limits=settings.image_limits, size=pipeline.photo_size, viewer=viewer
            )
        yield pipeline, query


def ask_once(pipeline: Pipeline, given: list[str], settings: Settings) -> Asked:
    """Ask an open pipeline a question about photos, given as on the command line.

    Raises:
        InputError: a photo or the question cannot be used.
        ModelError: the reader cannot answer.
    """
    photos, question = _read_arguments(given)
    raw, viewer = RawQuery(question=question), OPERATOR
    query = make_query(
        photos, raw, limits=settings.image_limits, size=pipeline.photo_size, viewer=viewer
    )
    return pipeline.ask(query)


def print_answer(console: Console, answer: Answer, *, language: str = "en") -> None:
    """Print an answer for people: the answer, the quotation, and its source.

    `language`: of the answer; a quotation in another one is marked.
    """
    if answer.subject is not None:
        console.print(Text(escaped(answer.subject.title, one_line=True), style="bold"))
    if answer.value is not None and not _is_year_alone(answer.value, answer.year):
        console.print(Text(escaped(answer.value, one_line=True), style="bold cyan"))
    if answer.value is None or answer.text.rstrip(".。") != answer.value.rstrip(".。"):
        console.print(Text(escaped(answer.text)))
    if answer.note is not None:
        console.print(Text(escaped(answer.note, one_line=True), style="yellow"))
    for each in answer.candidates:
        _print_candidate(console, each, language)
    if answer.candidates:
        first = json.dumps({"document_id": answer.candidates[0].document_id}, ensure_ascii=False)
        again = "再问一次:加上" if _is_chinese(language) else "To ask again about one, add"
        said = f"{again} --filters {shlex.quote(first)}"
        console.print(Text(escaped(said, one_line=True), style="dim"), soft_wrap=True)
    source = answer.source
    if source is None:
        return
    if answer.fields is not None:
        console.print_json(data=answer.fields)
    facts = [f"{name}: {value}" for name, value in _facts(answer) if value is not None]
    if facts:
        console.print(Text(" · ".join(facts), style="cyan"))
    _print_source(console, source, language)
    for conflict in answer.conflicts:
        console.print(Text("Another source contradicts this:", style="yellow"))
        _print_source(console, conflict.source, language)


def _print_candidate(console: Console, near: NearSubject, language: str) -> None:
    """A line on a subject that a refusal asks about."""
    why = _NOT_TAKEN[near.why][_is_chinese(language)]
    line = Text("  • ")
    line.append(escaped(near.title, one_line=True), style="bold")
    line.append(f"  {escaped(near.document_id, one_line=True)}", style="dim")
    line.append(f"  ({near.how_near}, {near.nearness:.2f}; {why})")
    console.print(line, soft_wrap=True)


def print_suggestion(console: Console, found: Found) -> None:
    """The question as the documents spell its names, where it may misspell one."""
    if found.did_you_mean is not None:
        meant = escaped(found.did_you_mean, one_line=True)
        console.print(Text(f"Did you mean: {meant}", style="yellow"))


def print_turned(console: Console, found: Found, *, language: str = "en") -> None:
    """Print a line for each photo that did not lie upright. `language`: of the answer."""
    chinese = _is_chinese(language)
    degrees = found.turns.degrees
    for number, turn in enumerate(degrees, start=1):
        if turn and chinese:
            which = f"第{number}张照片" if len(degrees) > 1 else "照片"
            console.print(Text(f"{which}没有摆正：已顺时针旋转{turn}°。", style="yellow"))
        elif turn:
            which = f"Photo {number}" if len(degrees) > 1 else "The photo"
            words = f"{which} did not lie upright: turned by {turn}° clockwise."
            console.print(Text(words, style="yellow"))


def _print_source(console: Console, source: Source, language: str) -> None:
    console.print(Padding(Text(f"“{escaped(source.quote)}”", style="italic"), (1, 0, 0, 2)))
    where = source.where(language)
    where = escaped(f"{where}, {source.url}" if source.url else where, one_line=True)
    console.print(Padding(Text(f"— {where}{_in_language(source.language, language)}"), (0, 2)))


def _is_chinese(language: str) -> bool:
    return language.partition("-")[0].casefold() == "zh"


def _in_language(quoted: str, answered: str) -> str:
    """A mark for a quotation that is in another language than the answer, else nothing."""
    primary, own = (tag.split("-")[0].casefold() for tag in (quoted, answered))
    if primary == own:
        return ""
    english, chinese = _LANGUAGES.get(primary, (quoted, quoted))
    mark = f"（{chinese}原文）" if own == "zh" else f" (in {english})"
    return escaped(mark, one_line=True)


def _is_year_alone(value: str, year: int | None) -> bool:
    """Whether a value says nothing but the year, which is printed anyway."""
    return year is not None and _AROUND_YEAR.sub("", value) == str(abs(year))


def print_subjects(console: Console, found: Found) -> None:
    """Print one line for each subject, best first."""
    for subject in found.subjects:
        document = subject.document
        scores = ", ".join(f"{name} {score:.2f}" for name, score in subject.scores.items())
        line = Text(f"{subject.rank}. ")
        line.append(escaped(document.title, one_line=True), style="bold")
        line.append(f"  {escaped(document.document_id, one_line=True)}", style="dim")
        line.append(f"  ({scores})")
        console.print(line, soft_wrap=True)


def _facts(answer: Answer) -> list[tuple[str, str | None]]:
    exists = None if answer.exists is None else ("yes" if answer.exists else "no")
    year = None
    if answer.year is not None:
        year = f"{-answer.year} BC" if answer.year < 0 else str(answer.year)
    # The year says it already where it is one.
    date = None if year is not None else answer.date
    return [
        ("exists", exists),
        ("year", year),
        ("date", date),
        ("confidence", f"{answer.confidence:.2f}"),
    ]


def _read_arguments(given: list[str]) -> tuple[list[bytes], str]:
    """The photos' bytes and the question."""
    paths, question = _split(given)
    return [_read(path) for path in paths], question


def _split(given: list[str]) -> tuple[list[Path], str]:
    """Split the arguments: photos are files and come first; the question comes last and is no file.

    Raises:
        QueryError: an argument before the last is not a file, or the last one looks like the path
            of a photo and does not exist; or nothing is given.
    """
    if not given:
        raise QueryError("Give photos, then the question in quotes; or --many FOLDER-OR-TABLE.")
    *first, last = given
    for text in first:
        if not is_file(Path(text)):
            raise QueryError(
                f"The photo {text!r} does not exist. Give photos, then the question in quotes."
            )
    if is_file(Path(last)):
        return [Path(text) for text in given], ""
    if Path(last).suffix and " " not in last and "?" not in last:
        raise QueryError(f"The photo {last!r} does not exist; check the path.")
    return [Path(text) for text in first], last


def _read(path: Path, what: str = "photo") -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise QueryError(f"The {what} {path} cannot be read: {error.strerror}.") from error
