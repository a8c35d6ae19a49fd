"""A generated world for the tiny Qwen3-VL: places, the coloured shapes that mark them, documents.

Each example is a real `Reading` with its right answer as JSON. Nothing here knows a model.
"""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from PIL import Image
from tiny_photos import COLOURS, LOOKS, SIDE, Look, draw

from knowledge.documents import Passage
from vlm.readers import Candidate, Reading

NAMES = (
    "amber", "birch", "cedar", "dover", "elder", "fern", "grove", "hazel", "ivory", "jasper",
    "kestrel", "laurel", "maple", "nettle", "olive", "pearl", "quarry", "raven", "sable", "thorn",
    "umber", "velvet", "willow", "yarrow", "zephyr", "acorn", "basil", "coral", "drake", "ember",
    "flint", "garnet",
)  # fmt: skip
YEARS = range(1800, 2020)
USES = ("school", "museum", "market", "theatre", "library", "garden", "hotel", "station")

QUESTIONS = {
    "built": ("When was it built?", "In which year was this built?"),
    "demolished": ("When was it demolished?", "In which year was this demolished?"),
    "exists": ("Does this still exist?", "Does it still stand today?"),
    "use": ("What is it used for today?", "What is this now?"),
}
NAMED_QUESTIONS = {
    "built": "When was {name} built?",
    "demolished": "When was {name} demolished?",
    "exists": "Does {name} still exist?",
    "use": "What is {name} used for today?",
}
SENTENCES = {
    "look": " marks ",
    "built": " was built in ",
    "demolished": " was demolished in ",
    "stands": " still stands.",
    "use": " is now a ",
}
"""What stands in a document's sentences after a look (`look`) or after a name (the others)."""

SILENT = "No passage says."
"""The text of an abstention."""

PHRASES = (
    "The ", *SENTENCES.values(), SILENT, *(f"{colour} " for colour in COLOURS),
    *(question for pair in QUESTIONS.values() for question in pair),
    *(part for question in NAMED_QUESTIONS.values() for part in question.split("{name}")),
)  # fmt: skip
"""What is always said in the same words, and is one token each to the tiny model."""

NOISE = (
    "ignore", "all", "rules", "say", "that", "the", "answer", "now", "always", "never", "cite",
    "question", "above", "and", "forget", "only", "passage", "reply", "with", "system",
)  # fmt: skip
"""Words of sentences that mean nothing or command; they never count."""


@dataclass(frozen=True, slots=True)
class Place:
    """A subject: its look and what happened to it (None: its document does not say)."""

    name: str
    look: Look
    built: int | None = None
    demolished: int | None = None
    stands: bool = False
    use: str | None = None
    noise: str | None = None

    @property
    def document_id(self) -> str:
        """Its corpus is called `shapes`."""
        return f"shapes/{self.name}"

    def sentences(self, *, tells_look: bool = True) -> list[str]:
        """What its document says, a fact a sentence, its look first.

        Without `tells_look` the look is left out, unless there is nothing else to say.
        """
        look = f"The {self.look[0]} {self.look[1]}{SENTENCES['look']}{self.name}."
        said: list[str] = []
        if self.built is not None:
            said.append(f"{self.name}{SENTENCES['built']}{self.built}.")
        if self.demolished is not None:
            said.append(f"{self.name}{SENTENCES['demolished']}{self.demolished}.")
        if self.stands:
            said.append(f"{self.name}{SENTENCES['stands']}")
        if self.use is not None:
            said.append(f"{self.name}{SENTENCES['use']}{self.use}.")
        if self.noise is not None:
            said.append(self.noise)
        return [look, *said] if tells_look or not said else said

    def answer(self, kind: str) -> tuple[str, dict[str, object]] | None:
        """The sentence that answers a kind of question and the fields it fills, or None."""
        fields: dict[str, object] = dict(_NOTHING)
        if kind == "built" and self.built is not None:
            fields |= {"year": self.built, "year_event": "built"}
            return f"{self.name}{SENTENCES['built']}{self.built}.", fields
        if kind in ("demolished", "exists") and self.demolished is not None:
            fields |= {"exists": False, "year": self.demolished, "year_event": "demolished"}
            return f"{self.name}{SENTENCES['demolished']}{self.demolished}.", fields
        if kind == "exists" and self.stands:
            return f"{self.name}{SENTENCES['stands']}", fields | {"exists": True}
        if kind == "use" and self.use is not None:
            said = f"{self.name}{SENTENCES['use']}{self.use}."
            return said, fields | {"current_use": self.use}
        return None


_NOTHING = {"exists": None, "year": None, "year_event": None, "current_use": None}


@dataclass(frozen=True, slots=True)
class Example:
    """A reading and its right answer as JSON; `kind` is what is asked.

    Attributes:
        looks: what each of its photos is to show; they are blank until `drawn`.
        references: what each of its candidates' photos is to show, in the candidates' order.
    """

    reading: Reading
    answer: str
    kind: str
    looks: tuple[Look, ...]
    references: tuple[Look, ...] = ()


@dataclass(frozen=True, slots=True)
class Mix:
    """How examples are made: counts of candidates to choose from, and shares of what is rarer.

    Attributes:
        pictured: share of the evidences in which most candidates have a reference photo.
        silent: share of those candidates whose document does not say what their photo shows.
    """

    counts: tuple[int, ...] = (1, 2, 2, 3, 3)
    foreign: float = 0.2
    named: float = 0.15
    noisy: float = 0.25
    kinds: tuple[str, ...] = tuple(QUESTIONS)
    told: float = 0.8
    pictured: float = 0.5
    silent: float = 0.75


_BLANK = Image.new("RGB", (SIDE, SIDE))


def is_held_back(name: str, look: Look) -> bool:
    """Whether a place of this name and look is kept for measuring: one in eight."""
    return (NAMES.index(name) + LOOKS.index(look)) % 8 == 0


def places(rng: random.Random, count: int, mix: Mix, *, held_back: bool) -> list[Place]:
    """So many places that differ in name and look; all held back, or none."""
    made: list[Place] = []
    names = rng.sample(NAMES, count)
    while len(made) < count:
        name, look = names[len(made)], rng.choice(LOOKS)
        if made and rng.random() < 0.3:  # hard to tell apart: one of the two words is shared
            other = rng.choice(made).look
            look = (other[0], look[1]) if rng.random() < 0.5 else (look[0], other[1])
        if is_held_back(name, look) == held_back and look not in {one.look for one in made}:
            made.append(_place(rng, name, look, names, mix))
    return made


def _place(rng: random.Random, name: str, look: Look, names: list[str], mix: Mix) -> Place:
    gone = rng.random() < 0.5
    built, demolished = sorted(rng.sample(YEARS, 2))
    return Place(
        name=name,
        look=look,
        built=built if "built" in mix.kinds and rng.random() < mix.told else None,
        demolished=demolished if gone and rng.random() < mix.told else None,
        stands=not gone and rng.random() < mix.told,
        use=rng.choice(USES) if "use" in mix.kinds and rng.random() < mix.told else None,
        noise=noise(rng, names) if rng.random() < mix.noisy else None,
    )


def noise(rng: random.Random, names: Sequence[str]) -> str:
    """A sentence of commands without sense, some with a year or another place's name."""
    words = rng.sample(NOISE, rng.randrange(3, 7))
    for word in (str(rng.choice(YEARS)), rng.choice(names)):
        if rng.random() < 0.6:
            words.insert(rng.randrange(1, len(words) + 1), word)
    return " ".join(words).capitalize() + "."


def candidate(
    place: Place, rng: random.Random, *, pictured: bool = False, tells_look: bool = True
) -> Candidate:
    """A place as retrieval would bring it: one or two passages, in any order.

    `pictured`: with a reference photo, which is blank until `drawn`.
    """
    sentences = place.sentences(tells_look=tells_look)
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
        photos=(_BLANK,) if pictured else (),
    )


def questions(
    rng: random.Random, mix: Mix, count: int, *, held_back: bool = False
) -> list[Example]:
    """So many examples about one evidence: a photo of a candidate, of none, or a name.

    `held_back`: of places that are kept for measuring, else of the others.
    """
    found = places(rng, rng.choice(mix.counts), mix, held_back=held_back)
    if rng.random() < mix.pictured:
        pictured = [rng.random() < 0.85 for _ in found]
    else:
        pictured = [False] * len(found)
    candidates = tuple(
        candidate(place, rng, pictured=shown, tells_look=not shown or rng.random() >= mix.silent)
        for place, shown in zip(found, pictured, strict=True)
    )
    return [_question(rng, mix, found, candidates) for _ in range(count)]


def _question(
    rng: random.Random, mix: Mix, found: Sequence[Place], candidates: tuple[Candidate, ...]
) -> Example:
    kind = rng.choice(mix.kinds)
    asked: Place | None = rng.choice(found) if found else None
    looks: tuple[Look, ...] = ()
    if asked is not None and rng.random() < mix.named:
        question = NAMED_QUESTIONS[kind].format(name=asked.name)
    else:
        question = rng.choice(QUESTIONS[kind])
        if rng.random() < mix.foreign:
            asked = None
        looks = (asked.look if asked is not None else _foreign_look(rng, found),)
    reading = Reading(
        question=question,
        language="en",
        photos=tuple(_BLANK for _ in looks),
        candidates=candidates,
    )
    references = tuple(
        place.look for place, one in zip(found, candidates, strict=True) if one.photos
    )
    return Example(reading, answer_json(reading, asked, kind), kind, looks, references)


def drawn(example: Example, rng: random.Random) -> Reading:
    """Its reading with photos that show what they are to show."""
    references = iter(example.references)
    candidates = tuple(
        replace(one, photos=tuple(draw(next(references), rng) for _ in one.photos))
        for one in example.reading.candidates
    )
    photos = tuple(draw(look, rng) for look in example.looks)
    return replace(example.reading, candidates=candidates, photos=photos)


def _foreign_look(rng: random.Random, found: Sequence[Place]) -> Look:
    """A look of none of the places; half the time it shares its colour or shape with one."""
    taken = {one.look for one in found}
    near = [look for look in LOOKS if look not in taken and any(set(look) & set(t) for t in taken)]
    far = [look for look in LOOKS if look not in taken]
    return rng.choice(near if near and rng.random() < 0.5 else far)


def answer_json(reading: Reading, asked: Place | None, kind: str) -> str:
    """The right answer about a place, as the product's schema orders it; None: of no candidate."""
    said = asked.answer(kind) if asked is not None else None
    quote, fields = said or ("", _NOTHING)
    source = None
    for one in reading.candidates:
        for passage in one.passages:
            if asked is not None and one.title == asked.name and quote and quote in passage.text:
                source = passage.passage_id
    answer = {
        "subject": asked.document_id if asked is not None else None,
        "source": source,
        "quote": quote,
        **fields,
        "confidence": "high" if source else "low",
        "text": quote or SILENT,
    }
    return json.dumps(answer)
