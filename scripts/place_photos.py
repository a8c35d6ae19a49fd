"""Gather the photos that scripts/train_places.py sees, from clones of public repositories:

    python scripts/place_photos.py CLONES OUT

`CLONES` holds one clone a repository, bare or not, named `OWNER+NAME` (`REPOSITORIES`). What comes
out is `OUT/REPOSITORY/SUBJECT/NUMBER.jpg`, small. None of these photos states a licence of its own,
so none is kept in this project.

Left out: subjects that test sets ask about (`ASKED`), the same photo again (by its bytes, and by
a difference hash within a subject), graphics on white, and what no decoder reads.
"""

import argparse
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from knowledge.errors import ImageError
from vlm.images import PhotoSize, decode_image

SHORT_SIDE = 448
"""Pixels of a photo's shorter side at most."""
LEAST_SIDE = 120
COPY_BITS = 20
"""Bits of 256 in which two photos of a subject may differ and still be one."""
WHITE_SHARE = 0.35
"""Share of a picture that may be white."""


@dataclass(frozen=True)
class Repository:
    """Where a repository's photos are: `pattern` finds the subject in a path."""

    name: str
    pattern: str


REPOSITORIES = {
    "wonders": Repository("sivanujan-selvarajah+wonders-classifier", r"wonders/([^/]+)/[^/]+"),
    "atquiya": Repository(
        "Atquiya-Labiba+Historical-Architectural-Landmark-Recognizer", r"data/([^/]+)/[^/]+"
    ),
    "google": Repository(
        "Akshay1022+google-landmark",
        r"binary-classification/binary-dataset/[^/]+/([^/]+)/[^/]+",
    ),
    "gyeongju": Repository(
        "eungaaee+gyeongju-heritage-image-search", r"training_images/([^/]+)/[^/]+"
    ),
    "nepal": Repository("Nirajan17+temple-classification", r"dataset/(?:train|test)/([^/]+)/[^/]+"),
    "pakistan": Repository(
        "hamzanaeem1999+Historical-Places-Classification-in-Pakistan",
        r"DataSet/(?:Test Data|Train Data/Train Data)/([^/]+)/[^/]+",
    ),
    "china": Repository(
        "starmoon0309+Tourist_attraction_identification",
        r"Tourist_attraction_identification/input_data/([^/]+)/[^/]+",
    ),
    "seven": Repository(
        "Hoodiinii+7-Wonders-Of-The-World-Recognition-System",
        r"7 Wonders Of The World/Dataset/(?:Train|Test)/([^/]+)/[^/]+",
    ),
    "museums": Repository(
        "Hakku99+Museum-Recognition-System-with-SVM", r"datasets/raw/([^/]+)/[^/]+"
    ),
    "paintings": Repository(
        "tsingqingyun+Oil-painting-recognition",
        r"data/(?:gallery/dataset|queries)/0*([^/ .]+)[^/]*",
    ),
    "thai": Repository("robinoud+BADS7604_HW4_Transfer_Learning", r"Image_Dataset/([^/]+)/[^/]+"),
    "facades": Repository(
        "Urban-Research-Lab+building-facades-advertising-dataset",
        r"FacadeDatasetConverted/images/(?:train|test)/([^/]+)",
    ),
}  # fmt: skip
"""Name in `OUT` → repository. A façade is the only photo of its subject."""

ONE_NAME = {
    "christ_the_reedemer": "christ_the_redeemer",
    "christ_the_redeemer_statue": "christ_the_redeemer",
    "machu_pichu": "machu_picchu",
    "pyramids_of_giza": "giza",
    "great_pyramid_of_giza": "giza",
    "roman_colosseum": "colosseum",
    "colosseum_rome": "colosseum",
    "the_roman_colosseum": "colosseum",
    "the_great_wall_of_china": "great_wall_of_china",
    "petra_jordan": "petra",
    "badshahimosque": "badshahi_masjid",
    "minarepakistan": "minare_pakistan",
    "shahiqila": "shahiqila(lahore_fort)",
}
"""Name in a repository → the one name of its subject."""

ASKED = {
    "christ_the_redeemer",
    "eiffel_tower",
    "taj_mahal",
    "great_wall_of_china",
    "statue_of_liberty",
    "bhaktapur-durbar-square",
}
"""Subjects whose photos the test sets ask with."""

SUFFIXES = {"jpg", "jpeg", "png", "webp", "gif"}


def main() -> None:
    """Gather all repositories that are there."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("clones", type=Path)
    arguments.add_argument("out", type=Path)
    options = arguments.parse_args()
    for name, repository in REPOSITORIES.items():
        clone = options.clones / repository.name
        if not clone.is_dir():
            print(f"{name}: {clone} is not there")
            continue
        counts = gather(clone, re.compile(repository.pattern), options.out / name)
        print(f"{name}: " + ", ".join(f"{count} {what}" for what, count in counts.items()))


def gather(clone: Path, pattern: re.Pattern[str], out: Path) -> Counter[str]:
    """Write a repository's photos; how many of which kind there were."""
    counts: Counter[str] = Counter()
    seen: set[str] = set()
    hashes: dict[str, list[npt.NDArray[np.bool_]]] = {}
    for blob, path in blobs(clone):
        match = pattern.fullmatch(path)
        if match is None or path.rpartition(".")[2].lower() not in SUFFIXES:
            continue
        plain = match.group(1).lower().replace(" ", "_")
        subject = ONE_NAME.get(plain, plain)
        if subject in ASKED or blob in seen:
            counts["asked about" if subject in ASKED else "copies"] += 1
            continue
        seen.add(blob)
        photo = opened(clone, blob)
        if photo is None or min(photo.size) < LEAST_SIDE:
            counts["unreadable or tiny"] += 1
            continue
        bits = difference_hash(photo)
        if is_graphic(photo) or any((bits != other).sum() <= COPY_BITS
                                    for other in hashes.get(subject, [])):  # fmt: skip
            counts["copies and graphics"] += 1
            continue
        hashes.setdefault(subject, []).append(bits)
        target = out / subject / f"{len(seen):05d}.jpg"
        target.parent.mkdir(parents=True, exist_ok=True)
        photo.save(target, quality=92)
        counts["kept"] += 1
    return counts


def blobs(clone: Path) -> Iterator[tuple[str, str]]:
    """(object, path) of every file of the newest commit."""
    listing = subprocess.run(
        ["git", "-C", str(clone), "ls-tree", "-r", "-z", "HEAD"], capture_output=True, check=True
    ).stdout
    for line in filter(None, listing.decode(errors="replace").split("\0")):
        kind, _, path = line.partition("\t")
        yield kind.split()[2], path


def opened(clone: Path, blob: str) -> Image.Image | None:
    """A photo, scaled; None where it cannot be had."""
    read = subprocess.run(["git", "-C", str(clone), "cat-file", "blob", blob], capture_output=True)
    if read.returncode != 0:
        return None
    try:
        photo = decode_image(read.stdout, PhotoSize(2 * SHORT_SIDE)).pixels
    except ImageError:
        return None
    scale = min(1.0, SHORT_SIDE / min(photo.size))
    size = (round(photo.width * scale), round(photo.height * scale))
    return photo.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)


def difference_hash(photo: Image.Image) -> npt.NDArray[np.bool_]:
    """256 bits: whether each of 16 x 16 cells is brighter than its left neighbour."""
    cells = np.asarray(
        photo.convert("L").resize((17, 16), Image.Resampling.LANCZOS), dtype=np.int16
    )
    return np.asarray(cells[:, 1:] > cells[:, :-1]).ravel()


def is_graphic(photo: Image.Image) -> bool:
    """Whether much of it is plain white, as behind a logo or a cut-out."""
    white = np.asarray(photo.resize((64, 64))).min(axis=2) >= 240
    return bool(white.mean() > WHITE_SHARE)


if __name__ == "__main__":
    main()
