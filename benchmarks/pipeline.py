"""All benchmarks, one after another, and one table of all their lines.

    python -m benchmarks.pipeline                 (make bench: some minutes)
    python -m benchmarks.pipeline --full          (make bench BENCH=full: 500,000 points, an hour)

Each part runs in a process of its own, so that one's threads and memory are not the next one's, and
writes its own file: a full run under benchmarks/results/, a quick one beside what it measured with,
since its figures are rougher. This file knows the parts and nothing of measuring.
`benchmarks.growth` runs first; it passes or fails and has no lines.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from benchmarks import results

_PARTS = ("indexing", "query", "startup", "vectors")


def commands(*, full: bool, scratch: Path, index: Path, into: Path) -> dict[str, list[str]]:
    """Part → its arguments."""
    photos, points = ("128", ["10000", "100000", "500000"]) if full else ("32", ["10000", "50000"])
    place = ["--scratch", str(scratch), "--results", str(into)]
    return {
        "indexing": ["--photos", photos, "--rounds", "2", *place],
        "query": place,
        "startup": ["--index", str(index), *place],
        "vectors": ["--points", *points, "--kinds", "float32", "int8", *place],
    }


def read_lines(folder: Path) -> list[results.Line]:
    """The lines of every part that was measured."""
    lines = []
    for part in _PARTS:
        path = folder / f"{part}.json"
        if path.exists():
            for written in json.loads(path.read_text())["lines"]:
                written.pop("met")
                lines.append(results.Line(**written))
    return lines


def main() -> None:
    """Run the parts, then show everything; exit code 1 if a target was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--index", type=Path, default=Path(".snapcite/index"))
    parser.add_argument("--scratch", type=Path, default=Path(".snapcite/bench"))
    options = parser.parse_args()
    print("growth …", file=sys.stderr, flush=True)
    growth = subprocess.run([sys.executable, "-m", "benchmarks.growth"], check=False)
    into = results.FOLDER if options.full else options.scratch / "results"
    parts = commands(full=options.full, scratch=options.scratch, index=options.index, into=into)
    for part, arguments in parts.items():
        print(f"{part} …", file=sys.stderr, flush=True)
        subprocess.run(
            [sys.executable, "-m", f"benchmarks.{part}", *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
        )
    lines = read_lines(into)
    results.show(lines)
    sys.exit(growth.returncode or any(line.met is False for line in lines))


if __name__ == "__main__":
    main()
