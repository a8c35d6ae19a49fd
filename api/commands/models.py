"""`snapcite models`: lists encoders and readers, fetches them, and exports models for CPUs."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from api.commands import pull
from api.commands.columns import lines_of
from api.commands.hub_models import describe_cached, describe_known, lines_on_hub_models
from api.commands.options import JsonOption, print_json, stderr, stdout
from api.plain_output import escaped
from api.settings import Settings, load_settings
from knowledge.errors import ConfigurationError, ModelBrokenError, ModelError
from vlm.images import PhotoSize, decode_image
from vlm.models import folder_name, list_encoders, list_readers, load_encoder, read_machine

app = typer.Typer(
    name="models", help="Encoders and readers: list, fetch, export them.", no_args_is_help=True
)
app.command("pull")(pull.pull)

_LANGUAGES_SHOWN = 4
_LONGEST_QUALITY = 80
"""Characters of what a card says was measured."""


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """Show the encoders and readers on this machine (purpose, languages, size, quality, where), and
    those that can be fetched, with what would fit this GPU."""
    settings = load_settings()
    found = []
    for root, what in ((settings.models, "bundled"), (settings.encoders, "your own")):
        for name in list_encoders(root):
            place = {"kind": what, "where": str(root / name)}
            found.append({"name": name, **place, **_describe(name, root)})
        for name in list_readers(root):
            place = {"kind": what, "where": str(root / name)}
            found.append({"name": name, **place, **_describe_reader(root / name)})
    machine = read_machine()
    cached = list(describe_cached(machine, settings))
    known = list(describe_known(machine, settings, here={item["name"] for item in cached}))
    if as_json:
        print_json(json.dumps([*found, *cached, *known], ensure_ascii=False, indent=2))
        return
    rows = []
    for item in found:
        languages = item.get("languages", [])
        more = f" +{len(languages) - _LANGUAGES_SHOWN}" if len(languages) > _LANGUAGES_SHOWN else ""
        rows.append(
            (
                item["name"],
                f"{item['bytes'] / 1e6:.0f}",
                str(item.get("dim", "–")),
                item.get("runtime", "–"),
                " ".join(languages[:_LANGUAGES_SHOWN]) + more,
                "–" if "problem" in item else _quality(item["measured"]),
                item.get("problem") or item["purpose"],
            )
        )
    columns = ("name", "MB", "dim", "runs on", "languages", "quality", "for")
    lines = [
        f"Here, in {escaped(str(settings.models))} and {escaped(str(settings.encoders))}:",
        *lines_of(columns, rows, right=("MB", "dim")),
        *lines_on_hub_models(machine, cached, known),
    ]
    stdout().print("\n".join(lines), highlight=False, soft_wrap=True)


@app.command()
def export(
    name: Annotated[
        str,
        typer.Argument(
            help="An open_clip model, as for --encoder; or a question-answering model of "
            "transformers: a folder or a name in the Hugging Face cache."
        ),
    ],
    int8: Annotated[bool, typer.Option("--int8", help="The same as --precision int8.")] = False,
    precision: Annotated[
        Literal["int8", "fp32"] | None,
        typer.Option(
            "--precision",
            help="int8: smaller and faster. By default int8 for a reader, fp32 for an encoder.",
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for the result.")] = None,
    photos: Annotated[
        Path,
        typer.Option("--photos", help="Folder of photos that an encoder's export is checked on."),
    ] = Path("data/landmarks/photos"),
    languages: Annotated[
        str | None,
        typer.Option(
            "--languages", help="Languages that a reader reads, such as en,zh; else its README's."
        ),
    ] = None,
    nulls: Annotated[
        bool | None,
        typer.Option(
            "--nulls/--no-nulls",
            help="Whether a reader learned that a text may hold no answer; else its README's.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Export a model to an ONNX folder, which runs on a CPU without PyTorch: an open_clip model as
    an encoder, a question-answering model of transformers as a reader."""
    from vlm.readers.export import export_reader, find_transformers_model

    settings = load_settings()
    if int8 and precision == "fp32":
        raise ConfigurationError("--int8 and --precision fp32 exclude each other; give one.")
    precision = "int8" if int8 else precision
    console = stderr()
    source = find_transformers_model(name, own_root=settings.encoders)
    if source is None:
        _export_encoder(settings, name, precision or "fp32", out, photos, as_json=as_json)
        return
    shown = source.resolve().name if Path(name).expanduser().is_dir() else name
    precision = precision or "int8"
    report = export_reader(
        shown,
        source,
        out or settings.encoders / f"{folder_name(shown)}--{precision}",
        precision=precision,
        languages=[tag.strip() for tag in (languages or "").split(",") if tag.strip()],
        nulls=nulls,
        on_step=lambda step: console.print(f"{shown}: {step}", highlight=False),
    )
    if as_json:
        print_json(json.dumps(asdict(report) | {"folder": str(report.folder)}, indent=2))
        return
    lines = [f"{report.folder}: {report.bytes / 1e6:.0f} MB, {', '.join(report.languages)}"]
    lines.append(
        f"beside the model itself, {report.pairs} pairs: the same span in {report.same_spans}; "
        f"logits off by {report.errors[0]:.4f} of their spread, at worst {report.errors[1]:.4f}"
    )
    if report.nothing_answers is None:
        lines.append("it did not learn that a text may hold no answer, so it always finds one")
    else:
        asked, seen = report.nothing_answers
        lines.append(f"it sees that nothing answers in {seen} of {asked} texts without an answer")
    if report.kept_float:
        lines.append(f"kept in float: {', '.join(report.kept_float)}")
    where = report.folder.name if out is None else report.folder
    lines.append(f"use it: snapcite ask --reader-model {where} …")
    stdout().print("\n".join(lines), highlight=False, soft_wrap=True)


def _export_encoder(
    settings: Settings,
    name: str,
    precision: Literal["int8", "fp32"],
    out: Path | None,
    photos: Path,
    *,
    as_json: bool,
) -> None:
    from vlm.encoders.export import export_encoder
    from vlm.encoders.open_clip import OpenClipEncoder
    from vlm.models import find_clip

    folder = settings.encoders / name
    files = find_clip(str(folder) if name in list_encoders(settings.encoders) else name)
    if files is None:
        raise ConfigurationError(
            f"{name!r} is not an open_clip model, and no question-answering model of transformers; "
            "give a name such as ViT-B-32/laion2b_s34b_b79k, a folder with open_clip_config.json "
            "or config.json, or the name of a repository in the Hugging Face cache, where "
            "`snapcite models pull NAME` puts it. ONNX folders are exports already."
        )
    encoder = OpenClipEncoder(files, device="cpu", precision="fp32")
    target = out or settings.encoders / f"{folder_name(files.name)}--{precision}"
    console = stderr()
    report = export_encoder(
        encoder,
        target,
        int8=precision == "int8",
        photos=_read_photos(photos, encoder.card.photo_size),
        on_step=lambda step: console.print(f"{files.name}: {step}", highlight=False),
    )
    if as_json:
        print_json(json.dumps(asdict(report) | {"folder": str(report.folder)}, indent=2))
        return
    lines = [f"{report.folder}: {report.bytes / 1e6:.0f} MB"]
    for what, (mean, lowest) in (("photos", report.photo_cosines), ("texts", report.text_cosines)):
        lines.append(f"cosine to the model itself, {what}: mean {mean:.4f}, lowest {lowest:.4f}")
    for tower, layers in report.kept_float.items():
        lines.append(f"kept in float, {tower}: {', '.join(layers)}")
    where = target.name if out is None else target
    lines.append(f"use it: snapcite index --encoder {where} …")
    stdout().print("\n".join(lines), highlight=False, soft_wrap=True)


def _describe(name: str, root: Path) -> dict[str, Any]:
    """What is known of an encoder; of a broken one, also what is wrong with it."""
    folder = root / name
    described: dict[str, Any] = {
        "bytes": sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()),
        "measured": {},
        "purpose": "runs with PyTorch; `snapcite models export` makes it run on a CPU",
    }
    try:
        card = load_encoder(name, models_root=root).card
        described |= {"runtime": card.runtime, "dim": card.dim, "languages": list(card.languages)}
        if (folder / "card.json").is_file():
            described |= {"purpose": "", **_said_by(folder / "card.json")}
    except ModelError as error:
        described["problem"] = str(error)
    return described


def _describe_reader(folder: Path) -> dict[str, Any]:
    """What is known of a reader; of a broken one, also what is wrong with it."""
    from vlm.readers.extractive import load_network

    described: dict[str, Any] = {
        "bytes": sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()),
        "measured": {},
        "purpose": "reader extractive",
    }
    try:
        described["languages"] = list(load_network(folder).card.languages)
        described |= {"runtime": "onnx", "measured": _said_by(folder / "reader.json")["measured"]}
    except ModelError as error:
        described["problem"] = str(error)
    return described


def _said_by(path: Path) -> dict[str, Any]:
    """What a card says for people beside what a loader reads of it: purpose and measurements.

    Raises:
        ModelBrokenError: that is of another kind than a text and an object.
    """
    try:
        written = json.loads(path.read_bytes())
        said = {"measured": written.get("measured") or {}}
        if "purpose" in written:
            said["purpose"] = written["purpose"]
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        raise ModelBrokenError(f"{path} cannot be read: {error!r}.") from error
    for key, kind, name in (("measured", dict, "an object"), ("purpose", str, "a text")):
        if not isinstance(said.get(key, kind()), kind):
            raise ModelBrokenError(
                f"{path} cannot be read: {key} is {str(said[key])[:40]!r}, and has to be {name}."
            )
    return said


def _quality(measured: dict[str, Any]) -> str:
    """What a card says was measured, in a few words; cards are written by anybody."""
    if not measured:
        return "not measured"
    if {"same_spans", "pairs"} <= measured.keys():
        return f"the model's own span in {measured['same_spans']} of {measured['pairs']}"
    try:
        return f"cosine to fp32 {measured['photo_cosine']['mean']:.3f}"
    except (KeyError, TypeError, ValueError):
        shown = ", ".join(f"{what} {value}" for what, value in measured.items())
        return shown if len(shown) <= _LONGEST_QUALITY else shown[:_LONGEST_QUALITY] + "…"


def _read_photos(folder: Path, size: PhotoSize) -> list[Any]:
    if not folder.is_dir():
        raise ConfigurationError(
            f"The export checks itself on real photos, and the folder {folder} does not exist; "
            "give one with --photos."
        )
    paths = sorted(path for path in folder.iterdir() if path.is_file())
    return [decode_image(path.read_bytes(), size).pixels for path in paths]
