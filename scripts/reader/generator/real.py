# ruff: noqa: E501
"""Ask new questions of real records and paragraphs of the training files.

Knows what the fields of some museums' tables mean and which of the generator's questions no
encyclopedia paragraph answers. The texts are other people's; the questions are the generator's.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from random import Random
from typing import Any

from reader.generator.compose import Row, ask_slot, make_thing
from reader.generator.domains import DOMAINS, Domain

_DOMAIN = {domain.name: domain for domain in DOMAINS}
_FIELDS: dict[str, tuple[str, dict[str, str]]] = {
    "museum_tate": ("painting", {"acno": "number", "all_artists": "maker", "dateText": "made", "medium": "material", "dimensions": "size", "creditLine": "donor", "acquisitionYear": "acquired"}),
    "museum_cmoa": ("painting", {"creator": "maker", "creation_date": "made", "medium": "material", "accession_number": "number", "credit_line": "donor", "date_acquired": "acquired"}),
    "museum_oldnyc": ("photograph", {"creator": "maker", "date": "made", "address": "place"}),
    "museum_nga": ("person", {"beginyear": "born", "endyear": "ended"}),
}  # fmt: skip
_NEVER = {
    "museum_tate": ("cost", "held"),
    "museum_cmoa": ("cost", "size"),
    "museum_oldnyc": ("donor", "material", "size", "number", "held", "acquired"),
    "museum_nga": ("spouse", "teacher", "children", "buried", "prize", "worked", "birthplace"),
}
"""Facts that no record of the table has."""
_GIFT = re.compile(r"(Presented|Bequeathed|Gift|Bequest|Donated|Given)\b")
_UNANSWERABLE = (
    ("photograph", "maker"), ("photograph", "donor"), ("photograph", "number"), ("photograph", "material"), ("painting", "cost"), ("painting", "number"), ("painting", "size"), ("file", "count"),
    ("file", "fonds"), ("instrument", "size"), ("ship", "captain"), ("vehicle", "count"), ("animal", "count"), ("animal", "weight"), ("plant", "flowers"), ("plant", "colour"), ("specimen", "determiner"),
    ("specimen", "maker"), ("coin", "made_count"), ("coin", "size"), ("dish", "temperature"), ("dish", "food"), ("map", "scale"), ("person", "children"), ("person", "buried"), ("vehicle", "engine"),
)  # fmt: skip
"""Questions that a paragraph of an encyclopedia on something else answers hardly ever."""


def ask_records(rows: Iterable[Row], random: Random) -> Iterator[Row]:
    """New questions about the museums' records among `rows`."""
    seen: set[str] = set()
    for row in rows:
        if row["source"] not in _FIELDS or row["context"] in seen:
            continue
        seen.add(row["context"])
        for _ in range(2):
            yield from _ask_record(row["context"], row["source"], random)


def _ask_record(context: str, source: str, random: Random) -> Iterator[Row]:
    domain_name, fields = _FIELDS[source]
    domain = _DOMAIN[domain_name]
    if "photographs" in context and domain_name == "painting":
        domain = _DOMAIN["photograph"]
    lines = [line for line in context.split("\n") if ": " in line]
    title = next((one for one in lines if re.match("title|forwarddisplayname", one)), None)
    if title is None:
        return
    kept = [line for line in lines if line is title or random.random() < 0.85]
    text = "\n".join(kept)
    here: dict[str, tuple[str, int]] = {}
    at = 0
    for line in kept:
        label, _, value = line.partition(": ")
        fact = fields.get(label)
        if fact and (fact != "donor" or _GIFT.match(value)):
            here[fact] = value.removesuffix("."), at + len(label) + 2
        at += len(line) + 1
    name = title.partition(": ")[2].removesuffix(".")
    missing = [fact for fact in {*fields.values(), *_NEVER[source]} if fact not in here]
    if "made" not in here and re.search(r"\b1[5-9]\d\d\b|\b20\d\d\b", text):
        missing = [fact for fact in missing if fact not in ("made", "acquired", "born", "ended")]
    if "donor" in missing and re.search("credit", text, re.IGNORECASE):
        missing.remove("donor")
    wanted = [(fact, True) for fact in random.sample(sorted(here), k=min(2, len(here)))]
    wanted += [(fact, False) for fact in random.sample(sorted(missing), k=min(1, len(missing)))]
    for fact, present in wanted:
        language = random.choices(["en", "zh"], weights=[3, 2])[0]
        question = _question(domain, fact, name, language, random)
        if question is None:
            continue
        answers = [{"text": here[fact][0], "start": here[fact][1]}] if present else []
        yield {
            "question": question, "context": text, "answers": answers, "answerable": present,
            "language_question": language, "language_context": "en", "record": True,
            "status": None, "made": "generated", "source": source, "group": "asked",
        }  # fmt: skip


def _question(domain: Domain, fact: str, name: str, language: str, random: Random) -> str | None:
    """A question for a fact of something called `name`; None where the kind lacks the fact."""
    if fact == "acquired":
        domain = _DOMAIN["photograph"]
    if fact != "ended" and all(slot.name != fact for slot in domain.slots):
        return None
    thing = make_thing(random, domain)
    thing.name = (name, name)
    thing.kind = random.choice([("work", "作品"), ("object", "藏品"), ("item", "物件"), thing.kind])
    if domain.name == "person":
        thing.kind, thing.pronoun = ("artist", "艺术家"), random.choice(["he", "she"])
    if fact == "size":
        thing.dimensions["size"] = "dimensions:big"
    return ask_slot(thing, fact, language, "en", random, named=False)


def ask_paragraphs(rows: Sequence[Row], count: int, random: Random) -> Iterator[Row]:
    """Questions that the paragraphs of `rows` do not answer."""
    for _ in range(count):
        row: dict[str, Any] = random.choice(rows)
        domain, fact = random.choice(_UNANSWERABLE)
        thing = make_thing(random, _DOMAIN[domain])
        read = row["language_context"]
        language = random.choice(["en", "zh"])
        question = ask_slot(thing, fact, language, read, random, named=False)
        if question is None:
            continue
        yield {
            "question": question, "context": row["context"], "answers": [], "answerable": False,
            "language_question": language, "language_context": read, "record": False,
            "status": None, "made": "generated", "source": row["source"], "group": "asked",
        }  # fmt: skip
