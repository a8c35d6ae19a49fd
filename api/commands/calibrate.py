"""`snapcite calibrate`: an index measured with its own photos and with its own texts' questions.

`snapcite index` does it by itself where an index is new or has changed much: the photos in the same
way, of the questions a few.
"""

import json
from functools import partial
from typing import Annotated, Any

import typer
from rich.console import Console

from api.commands.options import (
    EncoderOption,
    IndexOption,
    JsonOption,
    ReaderModelOption,
    ReaderOption,
    print_json,
    stderr,
)
from api.commands.own_questions import ask_shown
from api.commands.progress_bar import progress_bar
from api.settings import Settings, load_settings
from api.wiring.pipeline import build_encoder, build_text_encoder, open_as_made
from api.wiring.strangers import load_strangers
from indexer.run import fingerprint_of
from knowledge.index import Index
from search.own_questions import QUESTIONS, SECONDS
from search.resemblance import Resemblance, calibrate
from vlm.encoders import Encoder

_FEWEST_FOUND_FIRST = 0.5
"""Share of known photos that find their subject first, below which an encoder is said to fail."""


def calibrate_index(
    index: IndexOption = None,
    encoder: EncoderOption = None,
    reader: ReaderOption = None,
    reader_model: ReaderModelOption = None,
    questions: Annotated[
        int, typer.Option(min=0, help="Questions of its own that it is asked at most; 0: none.")
    ] = QUESTIONS,
    seconds: Annotated[
        float, typer.Option(min=1, help="How long these questions take at most.")
    ] = SECONDS,
    as_json: JsonOption = False,
) -> None:
    """Measure anew what resembling means in the index, and how its reader does on questions that
    the index's own texts answer, whatever was measured before."""
    settings = load_settings(index=index, encoder=encoder, reader=reader, reader_model=reader_model)
    model = build_encoder(settings, bulk=True)
    text_model = build_text_encoder(settings, bulk=True) if questions else None
    with open_as_made(settings) as target:
        wanted = fingerprint_of(model)
        made_with = target.fingerprint
        if made_with.encoder_fingerprint != wanted.encoder_fingerprint:
            target.check(wanted)
        found = calibrate_shown(settings, target, model, stderr())
        asked = None
        if questions:
            asked = ask_shown(
                settings, target, model, text_model, stderr(),
                questions=questions, seconds=seconds,
            )  # fmt: skip
    if found is None and asked is None:
        stderr().print("the index has no photo, so that there is nothing to calibrate")
        raise typer.Exit(1)
    if as_json:
        said: dict[str, Any] = {} if found is None else found.model_dump(mode="json")
        said["questions"] = None if asked is None else asked.model_dump(mode="json")
        print_json(json.dumps(said, ensure_ascii=False, indent=2))


def calibrate_shown(
    settings: Settings, target: Index, encoder: Encoder, console: Console
) -> Resemblance | None:
    """Calibrate an open index, show how far it is, and say what came of it in a line."""
    with progress_bar(console, "calibrating") as on_progress:
        found = calibrate(
            target,
            encoder,
            strangers=partial(load_strangers, settings),
            on_progress=on_progress,
        )
    if found is not None:
        console.print(f"calibrated: {in_words(found)}", highlight=False)
    return found


def in_words(found: Resemblance) -> str:
    """What an index has measured, in a line.

    Shares are of its own photos: of those whose subject came first, how many would be refused, and
    of those with their subject hidden, how many would be taken for another.
    """
    views = f" and {_plural(found.views, 'changed view')} of them" if found.views else ""
    text = (
        f"asked with {found.asked - found.views:,} of {_plural(found.photos, 'photo')} of "
        f"{_plural(found.subjects, 'document')}{views}; strangers at cosine "
        f"{found.scale.foreign:.2f} ± {found.scale.spread:.2f}"
    )
    if found.found_first is not None and found.found_first < _FEWEST_FOUND_FIRST:
        return (
            f"{text}; only {found.found_first:.0%} of known photos find their subject first: this "
            "encoder does not tell these subjects apart, so most photos are refused"
        )
    if found.false_refusals is None or found.false_matches is None:
        return f"{text}; too few to say how many are refused or matched falsely"
    return (
        f"{text}; expected: {found.false_refusals:.0%} of known photos refused, "
        f"{found.false_matches:.0%} of unknown ones matched"
    )


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
