"""`snapcite` in the test's own process: what it prints, where, and its exit code.

A process of its own takes more than a second to start, most of it imports. Where the process is the
point (signals, a terminal, the installed program), tests start one.
"""

import io
import logging
import os
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from subprocess import CompletedProcess
from unittest.mock import patch

from api.cli import main


def run_snapcite(*arguments: object, env: Mapping[str, str | None] = {}) -> "CompletedProcess[str]":
    """Run a command. `env`: variables that it finds besides; None takes one away.

    An error that is not one of SnapCite's is raised: as a process it would be a traceback.
    """
    words = [str(argument) for argument in arguments]
    out, err = io.StringIO(), io.StringIO()
    root = logging.getLogger()
    handlers = list(root.handlers)
    environment = {**os.environ, **env}
    kept = {name: value for name, value in environment.items() if value is not None}
    code: object = 0
    with (
        patch.dict(os.environ, kept, clear=True),
        patch.object(sys, "argv", ["snapcite", *words]),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as ended:
            code = ended.code
        finally:
            root.handlers[:] = handlers
    number = code if isinstance(code, int) else 0 if code is None else 1
    return CompletedProcess(words, number, out.getvalue(), err.getvalue())
