"""The questions that `snapcite index` and `snapcite calibrate` ask an index from its own texts.

An index's own questions decide nothing, so where they cannot be asked the command goes on.
"""

from collections.abc import Sequence

from rich.console import Console

from api.commands.progress_bar import progress_bar
from api.plain_output import escaped
from api.settings import Settings
from api.wiring.pipeline import build_reader, model_read_with
from knowledge.errors import ModelError
from knowledge.index import Index
from search.confidence import load_fits
from search.own_questions import FEWEST, OwnFigures, ask_itself, has_grown, read_figures
from search.pipeline import Pipeline
from vlm.encoders import Encoder
from vlm.encoders.text import TextEncoder

_SECONDS_WHILE_INDEXING = 6.0
BUNDLED_READER_NAME = "extractive"


def ask_while_indexing(
    settings: Settings,
    target: Index,
    encoder: Encoder,
    text_encoder: TextEncoder | None,
    console: Console,
) -> None:
    """Ask a few questions with the bundled reader, which costs no GPU time, unless the index was
    asked before and has changed little since."""
    kept = [each for each in read_figures(target) if each.reader == BUNDLED_READER_NAME]
    if settings.own_questions == 0 or (kept and not has_grown(target, kept[0])):
        return
    bundled = settings.model_copy(update={"reader": BUNDLED_READER_NAME, "reader_model": None})
    ask_shown(
        bundled, target, encoder, text_encoder, console,
        questions=settings.own_questions, seconds=_SECONDS_WHILE_INDEXING,
    )  # fmt: skip


def ask_shown(
    settings: Settings,
    target: Index,
    encoder: Encoder,
    text_encoder: TextEncoder | None,
    console: Console,
    *,
    questions: int,
    seconds: float,
) -> OwnFigures | None:
    """Ask an open index with the reader of the settings, show how far it is, and say what came of
    it in a line; None where nothing could be asked."""
    # Its stand-in would answer for a model that is down, and be taken for it.
    alone = settings.model_copy(update={"reader_fallback": False})
    try:
        reader = build_reader(alone)
        pipeline = Pipeline(
            target,
            encoder,
            reader,
            text_encoder=text_encoder,
            fits=load_fits(settings.encoders, settings.models),
        )
        with progress_bar(console, "asking itself") as on_progress:
            found = ask_itself(
                pipeline,
                model=model_read_with(settings, reader),
                questions=questions,
                seconds=seconds,
                on_progress=on_progress,
            )
    except ModelError as error:
        said = escaped(str(error), one_line=True)
        console.print(f"own questions not asked: {said}", highlight=False)
        return None
    if found is None:
        console.print(
            "own questions: none, as no text has fields, dates, plain sentences or headings to ask "
            "for",
            highlight=False,
        )
    else:
        console.print(f"own questions: {questions_in_words(found)}", highlight=False)
    return found


def questions_in_words(found: OwnFigures) -> str:
    """What came of an index's own questions, in a line."""
    count = len(found.asked)
    made = ", ".join(f"{n} from {_SOURCES.get(name, name)}" for name, n in found.sources.items())
    text = f"{count:,} asked of {found.reader} ({made})"
    if count < FEWEST:
        return f"{text}; too few to say how many are answered or refused"
    return (
        f"{text}; {found.right} answered rightly and {found.wrong} wrongly with the answer there, "
        f"{found.refused} refused with it hidden, at threshold {found.threshold:.2f}"
    )


_SOURCES = {
    "field": "fields", "section": "sections", "event": "dated events", "sentence": "sentences",
}  # fmt: skip


def figures_of_reader(kept: Sequence[OwnFigures], reader: str, model: str) -> OwnFigures | None:
    """The figures of a reader with its model; None where it was not asked."""
    return next((each for each in kept if each.is_of(reader, model)), None)
