"""Options and consoles that several commands share."""

import sys
from typing import Annotated

import typer
from rich.console import Console

from api.plain_output import Terminal, json_line

IndexOption = Annotated[
    str | None,
    typer.Option("--index", help="The index: a folder, or the URL of a Qdrant server."),
]
EncoderOption = Annotated[
    str | None,
    typer.Option(
        "--encoder",
        help="An encoder's name (snapcite models list), an open_clip model or a folder.",
    ),
]
TextEncoderOption = Annotated[
    str | None,
    typer.Option(
        "--text-encoder",
        help="A text encoder beside the encoder: bundled, none, a name or a folder.",
    ),
]
ReaderOption = Annotated[
    str | None,
    typer.Option("--reader", help="Reader of the evidence: extractive, qwen3-vl or openai."),
]
ReaderModelOption = Annotated[
    str | None,
    typer.Option(
        "--reader-model",
        help="The reader's model. For extractive: a name (snapcite models list) or a folder.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
SubjectsOption = Annotated[
    int, typer.Option("--k", "-k", help="For how many subjects evidence is returned.")
]
LanguageOption = Annotated[
    str | None,
    typer.Option("--language", help="Answer in en or zh; by default in the question's language."),
]
FiltersOption = Annotated[
    str | None,
    typer.Option(
        "--filters", help='JSON, such as \'{"corpus": "landmarks", "date": "1900/1914"}\'.'
    ),
]
RegionOption = Annotated[
    str | None,
    typer.Option("--region", help="Part of the photo: left,top,width,height as shares of it."),
]

AsGroupOption = Annotated[
    list[str] | None,
    typer.Option(
        "--as-group",
        help="See what a caller in this group sees, and not what is closed. Can be repeated.",
    ),
]


def stderr() -> Console:
    """The console for progress and messages, so that stdout holds only results."""
    return Terminal(file=sys.stderr, soft_wrap=True)


def stdout() -> Console:
    """The console for results."""
    return Terminal()


def print_json(text: str) -> None:
    """Print JSON for programs; a terminal obeys nothing in it."""
    print(json_line(text))
