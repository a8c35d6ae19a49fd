"""Write a corpus of the tiny Qwen3-VL's world, and photos to ask with.

    python scripts/write_tiny_corpus.py FOLDER [--places 12] [--seed 1]

`FOLDER/shapes` is the corpus; `FOLDER/asked` holds another photo of each place, and `stranger.jpg`,
which shows another place.
"""

import argparse
import random
from pathlib import Path

from tiny_photos import LOOKS, Look, draw
from tiny_world import Mix, Place, places

SIDE = 320


def main() -> None:
    """Write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--places", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    made = places(rng, options.places, Mix(told=1.0, noisy=0.0), held_back=True)
    write_corpus(options.folder, made, rng)
    print(f"{options.places} places in {options.folder / 'shapes'}")


def write_corpus(folder: Path, made: list[Place], rng: random.Random) -> None:
    """The places' documents and photos, and photos to ask with."""
    for name in ("shapes/knowledge", "shapes/photos", "asked"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for place in made:
        document = (
            f"---\nid: {place.name}\ntitle: {place.name}\nlanguage: en\nsource: Generated\n"
            f"photos: [photos/{place.name}.png]\n---\n{' '.join(place.sentences())}\n"
        )
        (folder / "shapes" / "knowledge" / f"{place.name}.md").write_text(document)
        draw(place.look, rng, side=SIDE).save(folder / "shapes" / "photos" / f"{place.name}.png")
        draw(place.look, rng, side=SIDE).save(folder / "asked" / f"{place.name}.jpg")
    draw(_strange(made, rng), rng, side=SIDE).save(folder / "asked" / "stranger.jpg")


def _strange(made: list[Place], rng: random.Random) -> Look:
    taken = {place.look for place in made}
    return rng.choice([look for look in LOOKS if look not in taken])


if __name__ == "__main__":
    main()
