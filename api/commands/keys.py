"""`snapcite keys`: API keys of those who may use a server."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from api.access.auth import SCOPES, Scope
from api.access.keys import ApiKey, add_key, read_keys, revoke_key
from api.commands.columns import lines_of
from api.commands.options import JsonOption, print_json, stderr, stdout
from api.settings import load_settings
from knowledge.errors import ConfigurationError

app = typer.Typer(name="keys", help="API keys: add, list, revoke.", no_args_is_help=True)

FileOption = Annotated[
    Path | None,
    typer.Option(
        "--file", help="The key file; by default SNAPCITE_KEYS_FILE or .snapcite/keys.json."
    ),
]


@app.command("create")
@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Name of the key; logs call the caller by it.")],
    scopes: Annotated[
        list[str] | None,
        typer.Option(
            "--scope",
            help="ask (the default): ask questions. admin: change the index. "
            "review: decide on corrections. Can be repeated.",
        ),
    ] = None,
    days: Annotated[
        int | None, typer.Option("--days", min=1, max=36_500, help="Days after which it expires.")
    ] = None,
    groups: Annotated[
        list[str] | None,
        typer.Option(
            "--group", help="A group whose closed documents the key may see. Can be repeated."
        ),
    ] = None,
    file: FileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key. It is printed once; only its hash is kept."""
    path = _path(file)
    secret, key = add_key(
        path,
        name,
        scopes={_scope(name) for name in scopes or ["ask"]},
        lifetime=timedelta(days=days) if days else None,
        groups=groups or (),
    )
    if as_json:
        print_json(json.dumps({"key": secret, **_described(key)}, indent=2))
        return
    stderr().print(
        f"The key {name} may {' and '.join(key.scopes)}; its hash is in {path}. It is shown only "
        "once:",
        highlight=False,
    )
    print(secret)


@app.command("list")
def list_(file: FileOption = None, as_json: JsonOption = False) -> None:
    """Show the keys: names, scopes, groups and dates, never the keys themselves."""
    path = _path(file)
    keys: Sequence[ApiKey] = read_keys(path) if path.exists() else ()
    if as_json:
        print_json(json.dumps([_described(key) for key in keys], indent=2))
        return
    if not keys:
        stderr().print(f"{path} has no keys; `snapcite keys add NAME` makes one.")
        return
    rows = []
    now = datetime.now(UTC)
    for key in keys:
        expires = f"{key.expires:%Y-%m-%d %H:%M}" if key.expires else "never"
        rows.append(
            (
                key.name,
                " ".join(key.scopes),
                ", ".join(key.groups),
                f"{key.created:%Y-%m-%d %H:%M}",
                expires if key.is_valid(now) else f"{expires} (expired)",
            )
        )
    lines = lines_of(("name", "scopes", "groups", "created", "expires"), rows)
    stdout().print("\n".join(lines), highlight=False, soft_wrap=True)


@app.command()
def revoke(
    name: Annotated[str, typer.Argument(help="Name of the key.")], file: FileOption = None
) -> None:
    """Remove a key; a running server refuses it at once."""
    path = _path(file)
    revoke_key(path, name)
    stderr().print(f"The key {name} is revoked in {path}.", highlight=False)


def _scope(name: str) -> Scope:
    for scope in SCOPES:
        if scope == name:
            return scope
    raise ConfigurationError(f"No scope is called {name!r}; the scopes are: {', '.join(SCOPES)}.")


def _path(given: Path | None) -> Path:
    return load_settings(keys_file=given).keys_file


def _described(key: ApiKey) -> dict[str, Any]:
    """The part of a key that may be shown, for JSON."""
    shown = asdict(key)
    del shown["sha256"]
    return shown | {
        "created": key.created.isoformat(),
        "expires": key.expires.isoformat() if key.expires else None,
    }
