"""Text to words with meanings: one set of concepts for English and Chinese.

A word carries its concepts (`church` for *chapel* and for 教堂) and its own stem, so that a
question in one language can be laid over a sentence in the other. Knows the vocabulary, not what
is asked and not what a sentence says.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

from vlm.readers.extractive.vocabulary import actions, names, things, world

ENGLISH_STOP = frozenset(names.ENGLISH_STOP_WORDS.split())
"""Words of an English question that need not stand in its answer."""
CHINESE_FUNCTION_WORDS = frozenset(names.CHINESE_FUNCTION_WORDS.split())
"""Words that only hold a Chinese sentence together."""
CJK = "\u3400-\u4dbf\u4e00-\u9fff"
_TOKEN = re.compile(rf"[^\W\d_{CJK}]+(?:['’][^\W\d_{CJK}]+)*|\d+|[{CJK}]+")
_PARTICLES = frozenset({"up", "down", "apart", "back", "away", "over", "out", "in", "on"})
_MAX_GAP = 5
"""Words allowed between a verb and its particle: *pulled the old tower down*."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word or fixed phrase of a text: `text[start:end]`.

    Attributes:
        stem: the word without its ending, lower case.
        concepts: what it may mean, names of the vocabulary; empty for an unknown word.
        is_name: it looks like a proper name (capital letter inside a sentence).
        possessive: it ends in *'s*.
    """

    start: int
    end: int
    stem: str
    concepts: frozenset[str]
    is_name: bool = False
    possessive: bool = False


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The vocabulary, ready for look-up; phrases are listed under their first stem."""

    exact: dict[str, frozenset[str]]
    stems: dict[str, frozenset[str]]
    phrases: dict[str, list[tuple[tuple[str, ...], frozenset[str]]]]
    particle_verbs: dict[str, list[tuple[str, frozenset[str]]]]
    chinese: dict[str, frozenset[str]]
    longest_chinese: int
    types: frozenset[str]
    kindred: dict[str, tuple[str, ...]]
    families: tuple[frozenset[str], ...]
    parts: frozenset[str]
    materials: frozenset[str]
    deeds: frozenset[str]
    places: frozenset[str]
    people: frozenset[str]
    names: frozenset[str]


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """English word without its regular ending, lower case (`opened`, `opening` → `open`).

    Crude on purpose: the same word always gives the same stem, and that is all matching needs.
    """
    word = word.lower().replace("’", "'")
    word = word.removesuffix("'s").removesuffix("'")
    if len(word) <= 3:
        return word
    if word.endswith("ies"):
        word = word[:-3] + "y"
    elif word.endswith(("sses", "xes", "ches", "shes", "zes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ied", "ing", "ed"):
        body = word[: -len(ending)]
        if word.endswith(ending) and len(body) >= 2 and any(c in "aeiouy" for c in body):
            word = body + "y" if ending == "ied" else body
            if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The whole vocabulary, read once."""
    exact: dict[str, set[str]] = defaultdict(set)
    stems: dict[str, set[str]] = defaultdict(set)
    phrases: dict[tuple[str, ...], set[str]] = defaultdict(set)
    particle_verbs: dict[tuple[str, str], set[str]] = defaultdict(set)
    chinese: dict[str, set[str]] = defaultdict(set)
    for concept, english, chinese_words in _lines():
        for entry in english:
            words = entry.replace("-", " ").split()
            if entry.startswith("!"):
                exact[entry[1:]].add(concept)
            elif "_" in entry:
                verb, particle = entry.split("_")
                particle_verbs[stem(verb), particle].add(concept)
            elif len(words) == 1:
                stems[stem(entry)].add(concept)
            else:
                phrases[tuple(stem(word) for word in words)].add(concept)
        for entry in chinese_words:
            chinese[entry].add(concept)
    for entry in CHINESE_FUNCTION_WORDS:
        chinese[entry].update()
    by_first: dict[str, list[tuple[tuple[str, ...], frozenset[str]]]] = defaultdict(list)
    for stems_of_phrase, concepts in sorted(phrases.items(), key=lambda item: -len(item[0])):
        by_first[stems_of_phrase[0]].append((stems_of_phrase, frozenset(concepts)))
    by_verb: dict[str, list[tuple[str, frozenset[str]]]] = defaultdict(list)
    for (verb, particle), concepts in particle_verbs.items():
        by_verb[verb].append((particle, frozenset(concepts)))
    return Lexicon(
        exact={word: frozenset(concepts) for word, concepts in exact.items()},
        stems={word: frozenset(concepts) for word, concepts in stems.items()},
        phrases=dict(by_first),
        particle_verbs=dict(by_verb),
        chinese={word: frozenset(concepts) for word, concepts in chinese.items()},
        longest_chinese=max(map(len, chinese)),
        types=frozenset(_concepts_of(things.TYPES)),
        kindred=_kindred_concepts(),
        families=tuple(frozenset(line.split()) for line in things.FAMILIES.split("\n") if line),
        parts=frozenset(_concepts_of(things.PARTS)),
        materials=frozenset(_concepts_of(things.MATERIALS)),
        deeds=frozenset(_concepts_of(world.DEEDS)),
        people=frozenset(_concepts_of(things.PEOPLE)),
        names=frozenset(_concepts_of(names.NAMES)),
        places=frozenset(_concepts_of(names.PLACES)),
    )


@lru_cache(maxsize=4096)
def words_of(text: str) -> tuple[Word, ...]:
    """The words and numbers of `text` in order; fixed phrases count as one word."""
    vocabulary = lexicon()
    tokens = [(match.group(), match.start(), match.end()) for match in _TOKEN.finditer(text)]
    stems = [
        stem(token) if token[0].isascii() or token[0].isalpha() else "" for token, _, _ in tokens
    ]
    words: list[Word] = []
    taken = [False] * len(tokens)
    for index, (token, start, end) in enumerate(tokens):
        if taken[index]:
            continue
        if token[0].isdigit():
            words.append(Word(start, end, token, frozenset({f"n{token}"})))
            continue
        if _is_cjk(token[0]):
            words.extend(_chinese_words(token, start, vocabulary))
            continue
        phrase = _phrase_at(index, stems, taken, vocabulary)
        if phrase is not None:
            length, concepts = phrase
            taken[index : index + length] = [True] * length
            name = token[0].isupper() and start > 0
            last = tokens[index + length - 1][2]
            words.append(Word(start, last, " ".join(stems[index : index + length]), concepts, name))
            continue
        concepts = vocabulary.exact.get(token.lower(), frozenset()) or vocabulary.stems.get(
            stems[index], frozenset()
        )
        particle = _particle_after(index, tokens, stems, text, vocabulary)
        if particle is not None:
            position, verb_concepts = particle
            taken[position] = True
            concepts = verb_concepts
        name = token[0].isupper() and start > 0
        possessive = token.endswith(("'s", "’s", "s'", "s’"))
        words.append(Word(start, end, stems[index], concepts, name, possessive))
    return tuple(words)


def _lines() -> list[tuple[str, list[str], list[str]]]:
    tables = (
        actions.ACTIONS,
        actions.PHASES,
        actions.STATUS,
        things.TYPES,
        things.PARTS,
        things.MATERIALS,
        things.PEOPLE,
        world.DEEDS,
        world.QUALITIES,
        world.NUMBERS,
        names.PLACES,
        names.NAMES,
    )
    lines = []
    for line in "\n".join(tables).split("\n"):
        if line:
            concept, _, rest = line.partition(":")
            english, _, chinese = rest.partition(";")
            lines.append((concept, _entries(english), _entries(chinese)))
    return lines


def _kindred_concepts() -> dict[str, tuple[str, ...]]:
    kindred: dict[str, tuple[str, ...]] = {}
    for line in world.KINDRED.split("\n"):
        group = tuple(line.split())
        for concept in group:
            kindred[concept] = (*kindred.get(concept, ()), *group)
    return kindred


def _entries(listed: str) -> list[str]:
    return [entry.strip() for entry in listed.split(",") if entry.strip()]


def _concepts_of(table: str) -> list[str]:
    return [line.partition(":")[0] for line in table.split("\n") if line]


def _is_cjk(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"


def _phrase_at(
    index: int, stems: list[str], taken: list[bool], vocabulary: Lexicon
) -> tuple[int, frozenset[str]] | None:
    for phrase, concepts in vocabulary.phrases.get(stems[index], ()):
        length = len(phrase)
        if tuple(stems[index : index + length]) == phrase and not any(
            taken[index : index + length]
        ):
            return length, concepts
    return None


def _particle_after(
    index: int,
    tokens: list[tuple[str, int, int]],
    stems: list[str],
    text: str,
    vocabulary: Lexicon,
) -> tuple[int, frozenset[str]] | None:
    """Where the particle of a verb such as *pull … down* stands, with the verb's meaning."""
    for particle, concepts in vocabulary.particle_verbs.get(stems[index], ()):
        for position in range(index + 1, min(index + 2 + _MAX_GAP, len(tokens))):
            if re.search(r"[,;.:]", text[tokens[position - 1][2] : tokens[position][1]]):
                break
            if stems[position] == particle:
                return position, concepts
            if stems[position] in _PARTICLES:
                break
    return None


def _chinese_words(run: str, offset: int, vocabulary: Lexicon) -> list[Word]:
    """Longest match from the left; what is unknown becomes words of two characters."""
    words: list[Word] = []
    position = 0
    unknown_from = 0
    while position < len(run):
        numeral = world.CHINESE_NUMERALS.get(run[position])
        if numeral and run[position + 1 : position + 2] in world.CHINESE_MEASURES:
            words.extend(_unknown(run, unknown_from, position, offset))
            start = offset + position
            words.append(Word(start, start + 1, run[position], frozenset({f"n{numeral}"})))
            position += 1
            unknown_from = position
            continue
        for length in range(min(vocabulary.longest_chinese, len(run) - position), 0, -1):
            piece = run[position : position + length]
            concepts = vocabulary.chinese.get(piece)
            if concepts is not None:
                words.extend(_unknown(run, unknown_from, position, offset))
                start = offset + position
                words.append(Word(start, start + length, piece, concepts))
                position += length
                unknown_from = position
                break
        else:
            position += 1
    words.extend(_unknown(run, unknown_from, len(run), offset))
    return words


def _unknown(run: str, start: int, end: int, offset: int) -> list[Word]:
    """Overlapping pairs of characters of `run[start:end]`, or its single character."""
    if end - start == 1:
        return [Word(offset + start, offset + end, run[start:end], frozenset())]
    return [
        Word(offset + i, offset + i + 2, run[i : i + 2], frozenset()) for i in range(start, end - 1)
    ]
