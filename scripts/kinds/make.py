"""Make corpora and test sets of several kinds of material, index them, and list them.

    PYTHONPATH=scripts:. python -m kinds.make OUT [--shared FOLDER] [--held-out FILE]
    python scripts/calibrate.py @OUT/kinds.args

OUT lies outside the repository: what is read from `shared` is not to be committed. A kind whose
material is absent is skipped, and a line says what is missing. OUT/kinds.args holds the options of
scripts/calibrate.py, one a line.
"""

import argparse
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from kinds.archive import make_archive
from kinds.by_hand import make_by_hand
from kinds.encyclopaedia import make_encyclopaedia
from kinds.museum import make_museum

ROOT = Path(__file__).resolve().parents[2]
SEED = 14


def main() -> None:
    """Write, index, list."""
    options = _options()
    out, corpora = options.out, options.shared / "corpora"
    made: Mapping[str, Callable[[Path], list[str]]] = {
        "museum": lambda folder: make_museum(
            options.shared / "qa", folder, most=options.most, seed=SEED
        ),
        "encyclopaedia": lambda folder: make_encyclopaedia(
            options.held_out, folder, most=options.most, seed=SEED
        ),
        "by_hand": lambda folder: make_by_hand(
            ROOT / "scripts" / "reader" / "dev_questions.txt", folder
        ),
        "archive": lambda folder: make_archive(folder, seed=SEED),
    }
    lines: list[str] = []
    for name, make in made.items():
        folder = out / name
        try:
            names = make(folder)
        except FileNotFoundError as error:
            print(f"{name}: skipped, {error.filename} is not there")
            continue
        if name == "encyclopaedia":  # each language is an index of its own
            for language in names:
                lines += _kind(name, out / "index" / f"{name}_{language}", [folder / language],
                               [folder / language / "testset.jsonl"])  # fmt: skip
        else:
            sets = sorted(folder.rglob("testset.jsonl"))
            lines += _kind(name, out / "index" / name, [folder / n for n in names], sets)
    for name, folders in {
        "lost_buildings": [ROOT / "data" / "lost_buildings"],
        "landmarks": [ROOT / "data" / "landmarks"],
        "monuments": [corpora / "indian_monuments", corpora / "bhaktapur"],
    }.items():
        missing = [str(folder) for folder in folders if not folder.is_dir()]
        if missing:
            print(f"{name}: skipped, {' and '.join(missing)} not there")
            continue
        sets = [folder / "testset.jsonl" for folder in folders]
        lines += _kind(name, out / "index" / name, folders, sets)
    photos = corpora / "flickr8k_1k" / "images"
    if photos.is_dir():
        lines += ["--foreign", str(photos)]
    else:
        print(f"no photos of nothing indexed: {photos} is not there")
    (out / "kinds.args").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"python scripts/calibrate.py @{out / 'kinds.args'}")


def _kind(name: str, index: Path, corpora: Sequence[Path], testsets: Sequence[Path]) -> list[str]:
    command = [str(Path(sys.executable).with_name("snapcite")), "index", "--index", str(index)]
    # Already indexed and unchanged documents cost nothing.
    subprocess.run([*command, *map(str, corpora)], cwd=ROOT, check=True)
    return ["--kind", f"{name}={index}:{':'.join(map(str, testsets))}"]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path, help="folder outside the repository")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--held-out", type=Path, default=Path("build/held_out.jsonl"),
                        help="written by scripts/reader/examples.py")  # fmt: skip
    parser.add_argument("--most", type=int, default=200, help="questions of a large kind")
    options = parser.parse_args()
    options.out = options.out.resolve()
    if options.out.is_relative_to(ROOT):
        parser.error(f"{options.out} lies in the repository; name a folder outside")
    return options


if __name__ == "__main__":
    main()
