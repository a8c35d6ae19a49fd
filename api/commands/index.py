"""`snapcite index` and `snapcite remove`: corpora into the index and out of it."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from api.commands.calibrate import calibrate_shown
from api.commands.explain import explain_all
from api.commands.feed import Feed
from api.commands.follow import MOST_GONE, keep_up
from api.commands.options import (
    EncoderOption,
    IndexOption,
    JsonOption,
    TextEncoderOption,
    print_json,
    stderr,
)
from api.commands.own_questions import ask_while_indexing
from api.plain_output import escaped
from api.settings import Settings, load_settings
from api.wiring.cluster import tools_loader
from api.wiring.pipeline import (
    build_encoder,
    build_index,
    build_text_encoder,
    build_text_reader,
    encoder_hint,
    ocr_hint,
    open_as_made,
    read_made_with,
)
from indexer.cluster import ClusterWorkplace, connected
from indexer.report import IndexReport, ProgressDisplay
from indexer.run import index_corpus, remove_corpus
from indexer.watch import Patience
from knowledge.corpus import Columns, Corpus, open_corpus
from knowledge.credentials import without_credentials
from knowledge.documents import Problem
from knowledge.errors import ConfigurationError, CorpusError, ModelError, StorageError
from knowledge.index import Index, is_server
from search.resemblance import is_due
from vlm.encoders import Encoder

_PROBLEMS_SHOWN = 10
_NOTES_SHOWN = 10


def index(
    corpora: Annotated[
        list[Path],
        typer.Argument(
            metavar="CORPUS...", help="Corpus folders, photos, texts, CSV, JSONL, Parquet, PDF."
        ),
    ],
    index: IndexOption = None,
    encoder: EncoderOption = None,
    text_encoder: TextEncoderOption = None,
    corpus: Annotated[
        str | None,
        typer.Option(
            "--corpus", help="Name of the corpus; by default the name of the file or folder."
        ),
    ] = None,
    id_column: Annotated[str | None, typer.Option(help="Column with the document's id.")] = None,
    title_column: Annotated[str | None, typer.Option(help="Column with the title.")] = None,
    text_column: Annotated[
        list[str] | None, typer.Option(help="Column with text; can be repeated.")
    ] = None,
    source_column: Annotated[str | None, typer.Option(help="Column with the citation.")] = None,
    url_column: Annotated[str | None, typer.Option(help="Column with the web address.")] = None,
    photo_column: Annotated[str | None, typer.Option(help="Column with photo paths.")] = None,
    language: Annotated[
        str | None, typer.Option(help="Language of the texts (en, zh); guessed if not given.")
    ] = None,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain",
            help="Only show how the corpus is read, and what the columns of a table hold.",
        ),
    ] = False,
    cluster: Annotated[
        str | None,
        typer.Option(
            "--cluster",
            metavar="ADDRESS",
            help="Encode on a Ray cluster: local, auto, HOST:PORT or ray://HOST:PORT.",
        ),
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", help="File for a report of the run, as JSON.")
    ] = None,
    as_json: JsonOption = False,
    watch: Annotated[
        bool,
        typer.Option(
            "--watch", help="Go on until stopped: index again whenever files have changed."
        ),
    ] = False,
    server: Annotated[
        str | None,
        typer.Option(
            "--server",
            metavar="URL",
            help="With --watch: write into this running server by its API, not into an index. "
            "SNAPCITE_SERVER_KEY is a key with the scopes ask and admin.",
        ),
    ] = None,
    allow_emptying: Annotated[
        bool,
        typer.Option(
            "--allow-emptying",
            help="With --watch: remove documents also if more than half of a corpus is gone.",
        ),
    ] = False,
    rest: Annotated[
        float,
        typer.Option(
            "--rest", min=0.1, max=3600, help="With --watch: seconds in which no file may change."
        ),
    ] = Patience().rest,
    look: Annotated[
        float,
        typer.Option(
            "--look",
            min=0.1,
            max=86400,
            help="With --watch: seconds after which it looks by itself; network folders tell "
            "nobody of changes.",
        ),
    ] = Patience().look,
) -> None:
    """Make the index hold these corpora: add what is new or changed, remove what is gone."""
    if corpus is not None and len(corpora) > 1:
        raise CorpusError("--corpus names one corpus; index several corpora one by one.")
    if watch and cluster is not None:
        raise ConfigurationError("--watch indexes in this process; leave --cluster out.")
    columns = Columns(
        id=id_column,
        title=title_column,
        text=tuple(text_column or ()),
        source=source_column,
        url=url_column,
        photo=photo_column,
    )
    # Open all before writing anything, so that a wrong path leaves the index as it was.
    opened, reports = _open_all(corpora, name=corpus, columns=columns, language=language)
    if explain:
        explain_all(opened, as_json=as_json)
        for unusable in reports:
            _print_report(stderr(), unusable)
        if reports:
            raise typer.Exit(1)
        return
    _refuse_equal_names(opened)
    settings = load_settings(index=index, encoder=encoder, text_encoder=text_encoder)
    console = stderr()
    most_gone = 1.0 if allow_emptying else MOST_GONE
    patience = Patience(rest=rest, look=look)
    if server is not None:
        if not watch:
            raise ConfigurationError("--server goes with --watch.")
        key = settings.server_key.get_secret_value() if settings.server_key else None
        feed = Feed(server, key, Path(".snapcite/watch"))

        def send_once() -> list[IndexReport]:
            read, done = _open_all(corpora, name=corpus, columns=columns, language=language)
            done += [feed.send(source, most_gone=most_gone) for source in read]
            for report in done:
                _print_report(console, report)
            return done

        _until_stopped(corpora, send_once, patience, console)
        return
    model = build_encoder(settings, bulk=True)
    text_model = build_text_encoder(settings, bulk=True)
    text_reader = build_text_reader(settings, made_with=read_made_with(settings))
    beside = f" and text encoder {text_model.card.name}" if text_model else ""
    console.print(
        f"encoder {model.card.name} ({model.card.runtime}){beside} → "
        f"{without_credentials(settings.index)}",
        highlight=False,
    )
    if hint := encoder_hint(settings, model):
        console.print(hint, highlight=False)
    if text_reader is not None:
        console.print(f"text in pictures is read by {text_reader.name}", highlight=False)
    elif hint := ocr_hint(settings):
        console.print(hint, highlight=False)
    for unusable in reports:
        _print_report(console, unusable)

    def index_once() -> list[IndexReport]:
        read, done = _open_all(corpora, name=corpus, columns=columns, language=language)
        # Closed in between, so that others can open an embedded index.
        with build_index(
            settings, model, text_encoder=text_model, text_reader=text_reader, create=True
        ) as target:
            for source in read:
                done.append(
                    index_corpus(
                        source,
                        target,
                        model,
                        text_encoder=text_model,
                        text_reader=text_reader,
                        most_gone=most_gone,
                    )
                )
            if settings.calibrate and is_due(target):
                _calibrate(settings, target, model, console)
        for report in done:
            _print_report(console, report)
        _write_report(done, _report_path(None, settings.index), console)
        return done

    if watch:
        _until_stopped(corpora, index_once, patience, console)
        return
    try:
        with ExitStack() as held:
            if cluster is not None:
                held.enter_context(connected(cluster))
            target = held.enter_context(
                build_index(
                    settings, model, text_encoder=text_model, text_reader=text_reader, create=True
                )
            )
            where = None
            if cluster is not None:
                load = tools_loader(settings, target.fingerprint)
                where = held.enter_context(ClusterWorkplace(load, target.fingerprint))
            for source in opened:
                with ProgressDisplay(source.name, source.size, console) as progress:
                    reports.append(
                        index_corpus(
                            source,
                            target,
                            model,
                            text_encoder=text_model,
                            text_reader=text_reader,
                            where=where,
                            on_progress=progress,
                        )
                    )
                _print_report(console, reports[-1])
            if settings.calibrate and is_due(target):
                _calibrate(settings, target, model, console)
            if settings.calibrate and any(r.new or r.changed or r.removed for r in reports):
                ask_while_indexing(settings, target, model, text_model, console)
    except KeyboardInterrupt:
        raise _stopped(console) from None
    _write_report(reports, _report_path(report, settings.index), console)
    if as_json:
        print_json(json.dumps([item.as_json() for item in reports], ensure_ascii=False, indent=2))
    if not all(item.ok for item in reports):
        raise typer.Exit(1)


def _until_stopped(
    corpora: list[Path],
    once: Callable[[], list[IndexReport]],
    patience: Patience,
    console: Console,
) -> None:
    try:
        keep_up(corpora, once, patience=patience, console=console)
    except KeyboardInterrupt:
        raise _stopped(console) from None


def _stopped(console: Console) -> typer.Exit:
    console.print("stopped; what was done is kept: run the same command to continue")
    return typer.Exit(130)


def remove(
    corpus: Annotated[str, typer.Argument(help="Name of the corpus.")],
    index: IndexOption = None,
) -> None:
    """Remove a corpus from the index; its files stay where they are."""
    with open_as_made(load_settings(index=index)) as target:
        documents = remove_corpus(corpus, target)
    stderr().print(
        f"{corpus}: {documents:,} document{'' if documents == 1 else 's'} removed", highlight=False
    )


def _open_all(
    paths: list[Path], *, name: str | None, columns: Columns, language: str | None
) -> tuple[list[Corpus], list[IndexReport]]:
    """The corpora at `paths`, and a report of each path that is there and cannot be used.

    Raises:
        CorpusError: a path is missing, an option does not fit, or nothing can be used.
    """
    opened: list[Corpus] = []
    unusable: list[IndexReport] = []
    for path in paths:
        try:
            opened.append(open_corpus(path, name=name, columns=columns, language=language))
        except CorpusError as error:
            if len(paths) == 1 or columns != Columns() or not path.exists():
                raise
            unusable.append(IndexReport(path.name, problems=[Problem(str(path), str(error))]))
    if not opened:
        reasons = dict.fromkeys(report.problems[0].reason for report in unusable)
        raise CorpusError(" ".join(reasons))
    return opened, unusable


def _calibrate(settings: Settings, target: Index, encoder: Encoder, console: Console) -> None:
    """Calibrate; the index is done and of use, so that an encoder's failure is only said."""
    try:
        calibrate_shown(settings, target, encoder, console)
    except ModelError as error:
        said = escaped(str(error), one_line=True)
        console.print(f"not calibrated: {said} Run `snapcite calibrate`.", highlight=False)


def _refuse_equal_names(corpora: list[Corpus]) -> None:
    names = [corpus.name for corpus in corpora]
    for name in names:
        if names.count(name) > 1:
            raise CorpusError(
                f"Two of the corpora are called {name!r}; index them one by one with --corpus NAME."
            )


def _print_report(console: Console, report: IndexReport) -> None:
    console.print(escaped(report.summary(), one_line=True))
    for problem in report.problems[:_PROBLEMS_SHOWN]:
        where, why = (escaped(each, one_line=True) for each in (problem.path, problem.reason))
        console.print(f"  {where}: {why}")
    hidden = len(report.problems) - _PROBLEMS_SHOWN
    if hidden > 0:
        console.print(f"  … and {hidden} more")
    for note in report.notes[:_NOTES_SHOWN]:
        where = f"{escaped(note.path, one_line=True)}: " if note.path else ""
        console.print(f"  {where}{escaped(note.text, one_line=True)}")
    if (hidden := len(report.notes) - _NOTES_SHOWN) > 0:
        console.print(f"  … and {hidden} more notes")
    if report.kept:
        console.print(
            f"  {report.kept} documents that were not found again are kept, because a file that "
            f"could not be read may hold them; correct or remove it and index again.",
            highlight=False,
        )


def _report_path(given: Path | None, index: str) -> Path | None:
    if given is not None:
        return given
    return None if is_server(index) else Path(index) / "report.json"


def _write_report(reports: list[IndexReport], path: Path | None, console: Console) -> None:
    if path is None:
        return
    text = json.dumps([report.as_json() for report in reports], ensure_ascii=False, indent=2)
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise StorageError(
            f"The report cannot be written to {path}: {error.strerror}. The index itself is done."
        ) from error
    if not all(report.ok for report in reports):
        console.print(f"report: {path}", highlight=False)
