"""Every command says what it does and what it takes."""

import typer
from typer.testing import CliRunner

from api.cli import app


def test_every_command_has_its_help():
    command = typer.main.get_command(app)
    seen = []

    def look(command, names):
        shown = CliRunner().invoke(app, [*names, "--help"], catch_exceptions=False)
        assert shown.exit_code == 0, names
        assert "Usage" in shown.output, names
        assert all(opt in shown.output for each in command.params for opt in each.opts[:1]
                   if opt.startswith("--")), names  # fmt: skip
        seen.append(names)
        for name, inner in getattr(command, "commands", {}).items():
            look(inner, [*names, name])

    look(command, [])
    assert len(seen) > 20
