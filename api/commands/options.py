"""Options that several commands share, and what ends a command with one sentence."""

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
    typer.Option("--encoder", help="A name (snapcite models list), an open_clip one or a folder."),
]
TextEncoderOption = Annotated[
    str | None,
    typer.Option("--text-encoder", help="A sentence encoder beside it: a name or a folder."),
]
ReaderOption = Annotated[
    str | None,
    typer.Option("--reader", help="What reads the evidence: extractive, qwen3-vl or openai."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
SubjectsOption = Annotated[
    int, typer.Option("--k", "-k", help="How many subjects to bring evidence for.")
]
LanguageOption = Annotated[
    str | None, typer.Option("--language", help="Answer in en or zh; else as the question.")
]
FiltersOption = Annotated[
    str | None, typer.Option("--filters", help='JSON, such as \'{"corpus": "landmarks"}\'.')
]
RegionOption = Annotated[
    str | None,
    typer.Option("--region", help="Part of the photo: left,top,width,height as shares of it."),
]


def stderr() -> Console:
    """For progress and messages, so that stdout holds results alone."""
    return Terminal(file=sys.stderr, soft_wrap=True)


def stdout() -> Console:
    """For results."""
    return Terminal()


def print_json(text: str) -> None:
    """Print JSON for programs; a terminal obeys nothing in it."""
    print(json_line(text))
