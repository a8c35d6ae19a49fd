"""`snapcite ask --many`: one question about each photo of a folder, or each row of a table.

The answers are kept one by one in a journal beside the table that they become, so a run that was
stopped goes on from there: run the same command again.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from hashlib import sha256
from itertools import count, islice
from pathlib import Path
from typing import Any

import typer

from api.commands.options import stderr
from api.commands.progress_bar import progress_bar
from api.exports.citations import ENDINGS, write_citations
from api.exports.cited import Cited, cite
from api.exports.files import check_place, refuse_another, replace_file
from api.exports.journal import Journal
from api.exports.many_questions import OneOfMany, read_many
from api.exports.tables import columns_apart, kind_of_table, table_of
from api.http.inputs import RawQuery, make_query
from api.plain_output import escaped
from api.settings import Settings
from api.wiring.pipeline import build_pipeline
from knowledge.errors import InputError, QueryError, SnapCiteError
from knowledge.viewer import Viewer
from search.pipeline import Asked, Pipeline

_MOST_FAILED_IN_A_ROW = 10
"""After so many failures of the machine, not of the photos, the rest would fail too."""


@dataclass(frozen=True, slots=True)
class ManyOptions:
    """What `--many` is told.

    Attributes:
        source: a folder of photos, or a table.
        out: the table of answers.
        citations: a file for the citations of all answers; None for none.
        overwrite: begin again, and replace what is there, whoever wrote it.
        at_once: how many are asked at the same time.
    """

    source: Path
    out: Path
    citations: Path | None = None
    overwrite: bool = False
    at_once: int = 2


@dataclass(frozen=True, slots=True)
class ManyDone:
    """How a run ended: rows in all, answered, withheld with a reason, and failed."""

    rows: int
    answered: int
    withheld: int
    failed: int


def ask_many(options: ManyOptions, raw: RawQuery, settings: Settings, viewer: Viewer) -> ManyDone:
    """Ask all, and write the table and the citations.

    Args:
        options: from where, and where to.
        raw: the question for rows without one, and all that is asked alike.
        settings: of the index and the models.
        viewer: who asks; what is closed to them is as if it were not indexed.

    Raises:
        InputError: the source or the files cannot be used, or a file is there that this run did
            not write.
        typer.Exit: somebody stopped it (130); what was answered is kept.
        SnapCiteError: the index or the models cannot; or ten questions in a row failed for them.
    """
    kind = kind_of_table(options.out)
    if options.citations is not None:
        form_of_file(options.citations)
    if options.at_once < 1:
        raise QueryError("--at-once is at least 1.")
    files = [path for path in (options.out, options.citations) if path is not None]
    for file in files:
        check_place(file)
    written = [file.resolve() for file in files]
    if options.source.resolve() in written or len(set(written)) < len(written):
        raise InputError("--out, --cite and what is asked are one file; name another for each.")
    journal_path = options.out.with_name(f"{options.out.name}.unfinished")
    if not options.overwrite and not journal_path.exists():
        for file in files:
            refuse_another(file)
    asked = read_many(options.source, raw.question)
    pipeline = build_pipeline(settings)
    job = _job(options, raw, settings.index, pipeline, viewer)
    with (
        pipeline.index,
        Journal(journal_path, job, anew=options.overwrite) as journal,
        _kept_when_stopped(journal, asked),
    ):
        if not options.overwrite:
            for file in files:
                refuse_another(file, besides=journal.written(file))
        left = [each for each in asked if _is_open(journal.get(each.key))]
        if len(left) < len(asked):
            stderr().print(f"{len(asked) - len(left)} of {len(asked)} were answered before")
        before = len(asked) - len(left)
        done_now = count(before + 1)
        with progress_bar(stderr(), "asking", counted="asked", before=before) as show:
            _ask_all(
                left,
                _Asker(pipeline, raw, settings, viewer),
                journal,
                options.at_once,
                on_progress=lambda: show(next(done_now), len(asked)),
            )
        others = columns_apart(name for each in asked for name in each.others)
        said = [dict(journal.get(each.key) or {}) for each in asked]
        cited = [Cited.from_json(kept) for row in said if (kept := row.pop("cited", None))]
        rows = [_row_of(each, row, others) for each, row in zip(asked, said, strict=True)]
        contents: dict[Path, bytes] = {options.out: table_of(kind, rows, list(others.values()))}
        if options.citations is not None:
            contents[options.citations] = citations_in(options.citations, cited)
        try:
            for file, content in contents.items():
                if not options.overwrite:  # it may have come in the meantime
                    refuse_another(file, besides=journal.written(file))
                journal.will_write(file, sha256(content).hexdigest())
                replace_file(file, content)
        except InputError as error:
            raise InputError(
                f"{error} All answers are kept in {journal_path}: the same command writes them "
                "when that is mended."
            ) from error
        done = ManyDone(
            rows=len(rows),
            answered=sum(row.get("quotation") is not None for row in rows),
            withheld=sum(row.get("reason") is not None for row in rows),
            failed=sum(row.get("error") is not None for row in rows),
        )
        if not done.failed:
            journal.end()
    return done


def form_of_file(path: Path) -> str:
    """The ending that says which citations a file takes.

    Raises:
        InputError: it is none of those known.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise InputError(f"{path.name}: name a file that ends in {', '.join(ENDINGS)}.")
    return ending


def write_cited(path: Path, cited: Sequence[Cited]) -> None:
    """Write citations in the form that the path's ending names.

    Raises:
        InputError: it cannot be written.
    """
    replace_file(path, citations_in(path, cited))


def citations_in(path: Path, cited: Sequence[Cited]) -> bytes:
    """Citations in the form that the path's ending names, as a file holds them."""
    text = write_citations(ENDINGS[form_of_file(path)], cited)
    return text.encode("utf-8", errors="replace")


def cited_of(asked: Asked, pipeline: Pipeline, language: str) -> Cited | None:
    """The citation of an answer; None of a refusal. `language`: of the answer."""
    source = asked.answer.source
    if source is None:
        return None
    document, _ = pipeline.index.whole.document(source.document_id)
    today = date.today()
    return cite(document, source, accessed=today).commented(asked.answer.text, language)


_Running = tuple[OneOfMany, Future[dict[str, Any]]]


class _Asker:
    """Asks one of many, in any thread."""

    def __init__(
        self, pipeline: Pipeline, raw: RawQuery, settings: Settings, viewer: Viewer
    ) -> None:
        self._pipeline, self._raw, self._limits = pipeline, raw, settings.image_limits
        self._viewer = viewer

    def __call__(self, each: OneOfMany) -> dict[str, Any]:
        """The columns of the answer.

        Raises:
            InputError: the photo or the question cannot be used.
            SnapCiteError: the index or a model cannot.
        """
        if each.problem is not None:
            raise QueryError(each.problem)
        photos = []
        if each.file is not None:
            try:
                with each.file.open("rb") as file:
                    photos = [file.read(self._limits.max_bytes + 1)]  # one more is refused
            except OSError as error:
                raise QueryError(
                    f"The photo {each.photo} cannot be read: {error.strerror}."
                ) from error
        raw, pipeline = replace(self._raw, question=each.question), self._pipeline
        query = make_query(
            photos, raw, limits=self._limits, size=pipeline.photo_size, viewer=self._viewer
        )
        asked = pipeline.ask(query)
        answer, language = asked.answer, query.answer_language
        source, subject = answer.source, answer.subject
        cited = cited_of(asked, pipeline, language)
        return {
            "answer": answer.text,
            "value": answer.value,
            "year": answer.year,
            "date": answer.date,
            "exists": answer.exists,
            "quotation": source.quote if source else None,
            "citation": source.where(language) if source else None,
            "page": source.page if source else None,
            "url": source.url if source else None,
            "document_id": subject.document_id if subject else None,
            "title": subject.title if subject else None,
            "confidence": round(answer.confidence, 4),
            "verdict": asked.picture.verdict if asked.picture else None,
            "reason": answer.reason,
            "candidates": "; ".join(near.document_id for near in answer.candidates) or None,
            "note": answer.note,
            "cited": cited.to_json() if cited else None,
        }


def _ask_all(
    left: Sequence[OneOfMany],
    ask: Callable[[OneOfMany], dict[str, Any]],
    journal: Journal,
    at_once: int,
    on_progress: Callable[[], None],
) -> None:
    """Ask a few at a time and keep each; photos that wait are not in memory yet."""
    waiting = iter(left)
    failed_in_a_row = 0
    with ThreadPoolExecutor(at_once, thread_name_prefix="many") as threads:
        running: deque[_Running] = deque()
        try:
            while True:
                for each in islice(waiting, 2 * at_once - len(running)):
                    running.append((each, threads.submit(ask, each)))
                if not running:
                    return
                trouble = _keep(running[0], journal)
                running.popleft()
                failed_in_a_row = 0 if trouble is None else failed_in_a_row + 1
                if trouble is not None and failed_in_a_row == _MOST_FAILED_IN_A_ROW:
                    raise trouble
                on_progress()
        except KeyboardInterrupt:
            _keep_what_runs(running, journal)
            raise
        finally:
            for _, future in running:
                future.cancel()


def _keep(running: _Running, journal: Journal) -> SnapCiteError | None:
    """Wait for an answer and keep it; an error that is not its photo's or its question's."""
    each, future = running
    trouble: SnapCiteError | None = None
    try:
        row = future.result()
    except InputError as error:
        row = {"error": str(error)}
    except SnapCiteError as error:
        row, trouble = {"error": str(error)}, error
    if journal.get(each.key) != row:  # not once more what was kept when Ctrl-C came
        journal.put(each.key, row)
    return trouble


def _keep_what_runs(running: Iterable[_Running], journal: Journal) -> None:
    """After Ctrl-C: wait for the answers that are being made. A second one ends it at once."""
    begun = [each for each in running if not each[1].cancel()]
    try:
        if begun:
            stderr().print(
                f"stopping: {len(begun)} answers are being made and will be kept; "
                "Ctrl-C again leaves them"
            )
        for each in begun:
            _keep(each, journal)
    except KeyboardInterrupt:
        os._exit(130)  # threads would be waited for; all that was kept is on the disk


@contextmanager
def _kept_when_stopped(journal: Journal, asked: Sequence[OneOfMany]) -> Iterator[None]:
    """Say what is kept and how to go on, when somebody stops the run."""
    try:
        yield
    except KeyboardInterrupt:
        kept = sum(not _is_open(journal.get(each.key)) for each in asked)
        stderr().print(
            f"stopped: {kept} of {len(asked)} answers are kept in "
            f"{escaped(str(journal.path), one_line=True)}; run the same command to go on",
            soft_wrap=True,
        )
        raise typer.Exit(130) from None


def _is_open(row: Mapping[str, Any] | None) -> bool:
    return row is None or row.get("error") is not None


def _row_of(each: OneOfMany, said: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
    others = {columns[name]: value for name, value in each.others.items()}
    return {**others, "row": each.row, "photo": each.photo, "question": each.question, **said}


def _job(
    options: ManyOptions, raw: RawQuery, index: str, pipeline: Pipeline, viewer: Viewer
) -> dict[str, Any]:
    """What the answers depend on, by the name that a person knows it by."""
    return {
        "source": str(options.source.resolve()),
        "index": {
            "at": index if "://" in index else str(Path(index).resolve()),
            **asdict(pipeline.index.fingerprint),
        },
        "reader": pipeline.reader.name,
        "question": raw.question,
        "k": raw.k,
        "language": raw.language,
        "filters": dict(raw.filters),
        "region": raw.region,
        "groups": None if viewer.sees_all else list(viewer.groups),
    }


def default_at_once() -> int:
    """As many as there are cores, and at most four."""
    return min(4, os.cpu_count() or 1)


def say_done(done: ManyDone, options: ManyOptions) -> None:
    """Say how a run ended, and what to do about rows that failed."""
    console = stderr()
    console.print(
        f"{done.rows} asked: {done.answered} answered, {done.withheld} without an answer, "
        f"{done.failed} failed; written to {escaped(str(options.out), one_line=True)}"
    )
    if done.failed:
        console.print("the column `error` says why; the same command asks those again")
