"""`snapcite models`: lists encoders, and exports an open_clip model for CPUs."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from api.commands.options import JsonOption, print_json, stderr, stdout
from api.settings import load_settings
from knowledge.errors import ConfigurationError, ModelError
from vlm.images import PhotoSize, decode_image
from vlm.models import folder_name, list_encoders, load_encoder

app = typer.Typer(name="models", help="Encoders: list them, export one.", no_args_is_help=True)

_LANGUAGES_SHOWN = 4


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """Show the encoders on this machine: purpose, languages, size and quality."""
    settings = load_settings()
    found = []
    for root, what in ((settings.models, "bundled"), (settings.encoders, "your own")):
        for name in list_encoders(root):
            found.append({"name": name, "kind": what, **_describe(name, root)})
    if as_json:
        print_json(json.dumps(found, ensure_ascii=False, indent=2))
        return
    table = Table(box=None, title_justify="left")
    for column in ("name", "for", "runs on", "dim", "languages", "MB", "quality"):
        table.add_column(column, justify="right" if column in ("dim", "MB") else "left")
    for item in found:
        languages = item.get("languages", [])
        more = f" +{len(languages) - _LANGUAGES_SHOWN}" if len(languages) > _LANGUAGES_SHOWN else ""
        table.add_row(
            item["name"],
            item["purpose"],
            item.get("runtime", "–"),
            str(item.get("dim", "–")),
            " ".join(languages[:_LANGUAGES_SHOWN]) + more,
            f"{item['bytes'] / 1e6:.0f}",
            item.get("problem") or _quality(item["measured"]),
        )
    stdout().print(table)


@app.command()
def export(
    name: Annotated[str, typer.Argument(help="An open_clip model, as for --encoder.")],
    int8: Annotated[
        bool, typer.Option("--int8", help="Store matrices in int8: smaller and faster.")
    ] = False,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for the result.")] = None,
    photos: Annotated[
        Path, typer.Option("--photos", help="Folder of photos that the export is checked on.")
    ] = Path("data/landmarks/photos"),
    as_json: JsonOption = False,
) -> None:
    """Export an open_clip model to an ONNX folder, which runs on a CPU without PyTorch."""
    from vlm.encoders.export import export_encoder
    from vlm.encoders.open_clip import OpenClipEncoder
    from vlm.models import find_clip

    settings = load_settings()
    folder = settings.encoders / name
    files = find_clip(str(folder) if name in list_encoders(settings.encoders) else name)
    if files is None:
        raise ConfigurationError(
            f"{name!r} is not an open_clip model; give a name such as ViT-B-32/laion2b_s34b_b79k, "
            "or a folder with open_clip_config.json. ONNX folders are exports already."
        )
    encoder = OpenClipEncoder(files, device="cpu", precision="fp32")
    target = out or settings.encoders / f"{folder_name(files.name)}--{'int8' if int8 else 'fp32'}"
    console = stderr()
    report = export_encoder(
        encoder,
        target,
        int8=int8,
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
            written = json.loads((folder / "card.json").read_text(encoding="utf-8"))
            described["measured"] = written.get("measured", {})
            described["purpose"] = written.get("purpose", "")
    except ModelError as error:
        described["problem"] = str(error)
    return described


def _quality(measured: dict[str, Any]) -> str:
    if not measured:
        return "not measured"
    if "photo_cosine" in measured:
        return f"cosine to fp32 {measured['photo_cosine']['mean']:.3f}"
    return ", ".join(f"{what} {value}" for what, value in measured.items())


def _read_photos(folder: Path, size: PhotoSize) -> list[Any]:
    if not folder.is_dir():
        raise ConfigurationError(
            f"The export checks itself on real photos, and the folder {folder} does not exist; "
            "give one with --photos."
        )
    paths = sorted(path for path in folder.iterdir() if path.is_file())
    return [decode_image(path.read_bytes(), size).pixels for path in paths]
