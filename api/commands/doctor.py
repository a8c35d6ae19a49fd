"""`snapcite doctor`: checks this machine and says what to do."""

import json
from dataclasses import asdict

import typer
from rich.text import Text

from api.commands.checks import examine
from api.commands.findings import Finding, State
from api.commands.options import (
    EncoderOption,
    IndexOption,
    JsonOption,
    ReaderModelOption,
    ReaderOption,
    print_json,
    stdout,
)
from api.plain_output import escaped
from api.settings import load_settings

_MARKS: dict[State, tuple[str, str]] = {
    "ok": ("✓", "green"),
    "warning": ("!", "yellow"),
    "failed": ("✗", "red"),
}


def doctor(
    index: IndexOption = None,
    encoder: EncoderOption = None,
    reader: ReaderOption = None,
    reader_model: ReaderModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check everything that these settings need; exit code 1 if something fails."""
    settings = load_settings(index=index, encoder=encoder, reader=reader, reader_model=reader_model)
    console = stdout()
    findings = []
    for finding in examine(settings):
        findings.append(finding)
        if not as_json:
            console.print(_line(finding), soft_wrap=True)
    if as_json:
        print_json(
            json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2)
        )
    if any(finding.state == "failed" for finding in findings):
        raise typer.Exit(1)


def _line(finding: Finding) -> Text:
    mark, style = _MARKS[finding.state]
    line = Text(f"{mark} ", style=style)
    line.append(finding.check, style="bold")
    line.append(f"  {escaped(finding.seen, one_line=True)}")
    if finding.todo:
        line.append(f"  → {escaped(finding.todo, one_line=True)}", style=style)
    return line
