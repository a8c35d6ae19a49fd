"""A generated world for the tiny Qwen3-VL: places that look like coloured shapes, and their story.

Each example is a real `Reading` with its right answer as JSON. Nothing here knows a model.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from PIL import Image, ImageDraw, ImageFilter

from knowledge.documents import Passage
from vlm.reader import Candidate, Reading

SIDE = 64
"""Pixels of a photo's side."""

COLOURS = {
    "red": (208, 32, 38),
    "green": (34, 150, 58),
    "blue": (36, 74, 200),
    "yellow": (238, 202, 26),
    "purple": (134, 44, 160),
    "black": (24, 24, 26),
}
SHAPES = ("circle", "square", "triangle", "cross")
LOOKS = tuple((colour, shape) for colour in COLOURS for shape in SHAPES)

NAMES = (
    "amber", "birch", "cedar", "dover", "elder", "fern", "grove", "hazel", "ivory", "jasper",
    "kestrel", "laurel", "maple", "nettle", "olive", "pearl", "quarry", "raven", "sable", "thorn",
    "umber", "velvet", "willow", "yarrow", "zephyr", "acorn", "basil", "coral", "drake", "ember",
    "flint", "garnet",
)  # fmt: skip
YEARS = range(1800, 2030)

QUESTIONS = {
    "built": ("When was it built?", "In which year was this built?"),
    "demolished": ("When was it demolished?", "In which year was this demolished?"),
    "exists": ("Does this still exist?", "Does it still stand today?"),
}
NAMED_QUESTIONS = {
    "built": "When was {name} built?",
    "demolished": "When was {name} demolished?",
    "exists": "Does {name} still exist?",
}
NOBODY = "none"
SILENT = "No passage says."
"""The text of an abstention."""


@dataclass(frozen=True, slots=True)
class Place:
    """A subject: what it looks like and what happened to it (None: not told, or it stands)."""

    name: str
    look: tuple[str, str]
    built: int | None
    demolished: int | None
    stands: bool

    @property
    def document_id(self) -> str:
        return f"shapes/{self.name}"

    def sentences(self) -> list[str]:
        """What its document says, a fact a sentence, its look first."""
        said = [f"A {marks(self.look)}{self.name}."]
        if self.built is not None:
            said.append(f"{self.name} was built in {self.built}.")
        if self.demolished is not None:
            said.append(f"{self.name} was demolished in {self.demolished}.")
        if self.stands:
            said.append(f"{self.name} still stands.")
        return said

    def answer(self, kind: str) -> tuple[str, dict[str, object]] | None:
        """The sentence that answers a kind of question and the fields it fills, or None."""
        if kind == "built" and self.built is not None:
            fields = {"exists": None, "year": self.built, "year_event": "built"}
            return f"{self.name} was built in {self.built}.", fields
        if kind in ("demolished", "exists") and self.demolished is not None:
            fields = {"exists": False, "year": self.demolished, "year_event": "demolished"}
            return f"{self.name} was demolished in {self.demolished}.", fields
        if kind == "exists" and self.stands:
            fields = {"exists": True, "year": None, "year_event": None}
            return f"{self.name} still stands.", fields
        return None


@dataclass(frozen=True, slots=True)
class Example:
    """A reading and its right answer as JSON; `kind` is what is asked."""

    reading: Reading
    answer: str
    kind: str


def places(rng: random.Random, count: int) -> list[Place]:
    """So many places that differ in name and look."""
    made = []
    for name, look in zip(rng.sample(NAMES, count), rng.sample(LOOKS, count), strict=True):
        fate = rng.random()
        built = rng.choice(YEARS[:-30]) if rng.random() < 0.85 else None
        later = range((built or YEARS[0]) + 1, YEARS[-1] + 1)
        made.append(
            Place(
                name=name,
                look=look,
                built=built,
                demolished=rng.choice(later) if fate < 0.5 else None,
                stands=0.5 <= fate < 0.85,
            )
        )
    return made


def candidate(place: Place, rng: random.Random, *, with_photo: bool = False) -> Candidate:
    """A place as retrieval would bring it: one or two passages, in any order."""
    sentences = place.sentences()
    cut = rng.randrange(1, len(sentences)) if len(sentences) > 1 and rng.random() < 0.5 else None
    groups = [sentences] if cut is None else [sentences[:cut], sentences[cut:]]
    passages, start = [], 0
    for ordinal, group in enumerate(groups):
        text = " ".join(group)
        passages.append(Passage(place.document_id, ordinal, text, start, start + len(text)))
        start += len(text) + 1
    rng.shuffle(passages)
    return Candidate(
        document_id=place.document_id,
        title=place.name,
        aliases=(),
        language="en",
        passages=tuple(passages),
        photos=(draw(place.look, rng),) if with_photo else (),
    )


def example(rng: random.Random) -> Example:
    """One example: a photo of a candidate, of something else, or none and a name."""
    found = places(rng, rng.choice((1, 2, 2, 2, 2, 3)))
    kind = rng.choice(tuple(QUESTIONS))
    with_photos = rng.random() < 0.15
    candidates = tuple(candidate(place, rng, with_photo=with_photos) for place in found)
    asked: Place | None = rng.choice(found)
    assert asked is not None
    photos: tuple[Image.Image, ...] = ()
    look: tuple[str, str] | None
    if rng.random() < 0.2:
        question = NAMED_QUESTIONS[kind].format(name=asked.name)
        look = None
    else:
        question = rng.choice(QUESTIONS[kind])
        look = asked.look
        if rng.random() < 0.3:
            asked = None
            look = rng.choice([look for look in LOOKS if look not in {one.look for one in found}])
        photos = (draw(look, rng),)
    reading = Reading(question=question, language="en", photos=photos, candidates=candidates)
    return Example(reading, answer_json(reading, asked, kind, look), kind)


def marks(look: tuple[str, str]) -> str:
    """What stands between `A` and a name in the sentence that says what a place looks like."""
    return f"{look[0]} {look[1]} marks "


def answer_json(
    reading: Reading, asked: Place | None, kind: str, look: tuple[str, str] | None
) -> str:
    """The right answer about a place; None for a photo of no candidate.

    It begins by saying what the photo shows (`look`) and whose that is: a model this small finds a
    candidate by words more easily than by pixels.
    """
    said = asked.answer(kind) if asked is not None else None
    quote, fields = said or ("", {"exists": None, "year": None, "year_event": None})
    source = None
    for one in reading.candidates:
        for passage in one.passages:
            if asked is not None and one.title == asked.name and quote and quote in passage.text:
                source = passage.passage_id
    seen = f"A {marks(look)}{asked.name if asked is not None else NOBODY}." if look else ""
    answer = {
        "reasoning": seen,
        "subject": asked.document_id if asked is not None else None,
        "source": source,
        "quote": quote,
        **fields,
        "current_use": None,
        "confidence": "high" if source else "low",
        "text": quote or SILENT,
    }
    return json.dumps(answer)


def examples(seed: int) -> Iterator[Example]:
    """Examples without end; another seed gives others."""
    rng = random.Random(seed)
    while True:
        yield example(rng)


def draw(look: tuple[str, str], rng: random.Random, *, side: int = SIDE) -> Image.Image:
    """A photo of a coloured shape, anywhere, on a light and noisy ground."""
    scale = side / SIDE
    ground = tuple(rng.randrange(190, 245) for _ in range(3))
    image = Image.new("RGB", (side, side), ground)
    noise = Image.frombytes("L", (side, side), rng.randbytes(side * side)).convert("RGB")
    image = Image.blend(image, noise, 0.08)
    pen = ImageDraw.Draw(image)
    colour = tuple(min(255, max(0, c + rng.randrange(-16, 17))) for c in COLOURS[look[0]])
    size = rng.uniform(26, 44) * scale
    left, top = (
        rng.uniform(4 * scale, side - size - 4 * scale),
        rng.uniform(4 * scale, side - size - 4 * scale),
    )
    box = (left, top, left + size, top + size)
    middle = (left + size / 2, top + size / 2)
    match look[1]:
        case "circle":
            pen.ellipse(box, fill=colour)
        case "square":
            pen.rectangle(box, fill=colour)
        case "triangle":
            pen.polygon(
                [(middle[0], top), (left, top + size), (left + size, top + size)], fill=colour
            )
        case _:
            arm = size * 0.16
            pen.rectangle((left, middle[1] - arm, left + size, middle[1] + arm), fill=colour)
            pen.rectangle((middle[0] - arm, top, middle[0] + arm, top + size), fill=colour)
    return image.filter(ImageFilter.GaussianBlur(0.6 * scale))


def shuffled(reading: Reading, rng: random.Random) -> Reading:
    """The same evidence in another order."""
    candidates = [
        replace(one, passages=tuple(rng.sample(one.passages, len(one.passages))))
        for one in reading.candidates
    ]
    return replace(reading, candidates=tuple(rng.sample(candidates, len(candidates))))
