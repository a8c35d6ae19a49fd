"""`snapcite calibrate`: what resembling means in an index, measured with its own photos.

`snapcite index` does it by itself where an index is new or has changed much.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from api.commands.options import EncoderOption, IndexOption, JsonOption, print_json, stderr
from api.settings import Settings, load_settings
from api.wiring.pipeline import build_encoder, open_as_made
from api.wiring.strangers import load_strangers
from indexer.run import fingerprint_of
from knowledge.index import Index
from search.resemblance import Resemblance, calibrate
from vlm.encoders import Encoder


def calibrate_index(
    index: IndexOption = None,
    encoder: EncoderOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure anew what resembling means in the index, whatever it has measured before."""
    settings = load_settings(index=index, encoder=encoder)
    model = build_encoder(settings, bulk=True)
    with open_as_made(settings) as target:
        wanted = fingerprint_of(model)
        made_with = target.fingerprint
        if made_with.encoder_fingerprint != wanted.encoder_fingerprint:
            target.check(wanted)
        found = calibrate_shown(settings, target, model, stderr())
    if found is None:
        stderr().print("the index has no photo, so that there is nothing to calibrate")
        raise typer.Exit(1)
    if as_json:
        print_json(json.dumps(found.model_dump(mode="json"), ensure_ascii=False, indent=2))


def calibrate_shown(
    settings: Settings, target: Index, encoder: Encoder, console: Console
) -> Resemblance | None:
    """Calibrate an open index, show how far it is, and say what came of it in a line."""
    with _progress(console) as on_progress:
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
    if found.false_refusals is None or found.false_matches is None:
        return f"{text}; too few to say how many are refused or matched falsely"
    return (
        f"{text}; expected: {found.false_refusals:.0%} of known photos refused, "
        f"{found.false_matches:.0%} of unknown ones matched"
    )


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


@contextmanager
def _progress(console: Console) -> Iterator[Callable[[int, int], None]]:
    columns = (TextColumn("[bold]calibrating"), BarColumn(), MofNCompleteColumn(),
               TimeRemainingColumn())  # fmt: skip
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("calibrating", total=None)

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield show
