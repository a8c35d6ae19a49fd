"""The thing that a question calls by a name, and whether a document knows that name.

*Is the Selkirk Hotel still there?* is not answered of the Rathbone Hotel. What tells a name apart
is what is left of it without the noun for its kind and without words such as *old* and *grand*. A
name that may be spelt otherwise, in another script or with another letter, is never called unknown.
Knows no ranking.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.documents import Document
from knowledge.language import fold, guess_language, is_han
from search.kinds import han_noun_at_end, noun_at_end

_MOST_ASKED = 500
"""Characters of a question that are read for a name."""
_MOST_KNOWN = 60_000
"""Characters of a text whose words are known."""
_ALIKE = 5
"""Letters that two words must begin with alike to be forms of one: *Victorian*, *Victoria*."""
_POINTS = re.compile(
    r"\b(?:this|that|these|those|here|pictured?|photo(?:graph)?s?|image|shown)\b"
    r"|[它这那该此]|照片|图片|图中",
    re.IGNORECASE,
)
_BACK = re.compile(r"\b(?:it|its|they|their|them)\b", re.IGNORECASE)
"""Points back, at a thing that the same question named before or at an earlier question's."""
_CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w.&’'-]*"
_RUN = re.compile(
    rf"{_CAPITAL}(?:\s+(?:(?:of|the|de|du|des|la|le|von|del|di|and|&|on)\s+){{0,2}}{_CAPITAL})*"
)
_OWNER = re.compile(r"(?<=\w)['’]s?$")
_SAINT = re.compile(r"(?:st|saint|ste|santa|san)\.?", re.IGNORECASE)
_PLACE_BEFORE = re.compile(r"\b(?:in|at|near|from|by|of)\s+(?:the\s+)?$", re.IGNORECASE)
_BEFORE_THING = re.compile(
    r"(?:^|\b(?:is|was|are|were|does|did|do|has|have|had|will|can|to|of|about|built|painted|designed"
    r"|made|wrote|founded|owned|owns|burnt|tell me about|called|named)(?:\s+the)?|['’]s?)\s*$",
    re.IGNORECASE,
)
_ASKING = frozenset(
    """is was are were does did do has have had will can could when where who whom whose what which
    why how in on at the a an and or tell please if since until by from for to of name give list
    show
    """.split()  # noqa: SIM905 - easier to read
)
_COMMON = frozenset(
    """old new great grand royal big little north south east west upper lower central main first
    second third saint st ste santa san sir lord lady king queen mr mrs ms miss dr prince princess
    national city town public modern former original famous historic ancient northern southern
    eastern western imperial holy large small tall long wide oldest tallest largest biggest
    smallest longest newest highest high low deep twin open red white black blue green yellow
    brown grey gray golden silver stone wooden brick iron steel concrete glass marble bronze
    beautiful ugly local nearby ruined abandoned entire whole same other last next present current
    british english french german chinese american indian italian spanish roman greek gothic
    victorian baroque medieval uncle aunt my our your its his her their railway train steam oil
    water art opera clock bell lost forgotten missing building buildings there still whole two
    three four five very most more least best and the of de du la le von del di on
    """.split()  # noqa: SIM905
)
"""Words that do not tell one name from another."""
_LOWER = re.compile(
    r"\b(?:is|was|are|were|does|did|has|had|to|of)\s+(?:the\s+)?(?P<np>[a-z'’-]+(?:\s+[a-z'’-]+){1,3}?)"
    r"\s+(?:still|ever|built|demolished|pulled|torn|open|opened|closed|burnt|destroyed|there|exist"
    r"|stand|standing|survive|today|now|located)\b"
)
"""A name in small letters, as people type it."""
_HAN_ASKED = re.compile(r"[\u3400-\u9fff·]{2,24}")
_HAN_STOP = re.compile(
    r"是|还|仍|在|现|什|哪|何|多|有|被|吗|后来|目前|如今|今天|由|叫|建于|建成|能|会|怎|毁|拆|开放|几|谁|为什"
)
_HAN_BEFORE = re.compile(r"^(?:请问|关于|原来的?|从前的?|那个)+")
_HAN_COMMON = re.compile(
    r"^(?:请问|关于|原来的?|从前的?|那个|老|旧|古|原|大|小|新|前)+|(?:的|老|旧|古|大|小)+$"
)

_HAN_DESCRIBES = frozenset(
    "石木铁钢铜金银砖瓦土竹水红白黑青灰黄绿蓝紫高低长短圆方双单破城洋东西南北中上下"
)
"""Characters that say what a thing is like, beside a word such as *old*."""


@dataclass(frozen=True, slots=True)
class NamedThing:
    """A thing that a question calls by name.

    Attributes:
        name: as the question has it.
        words: what tells the name apart: folded words, or runs of Chinese characters.
        has_kind: a noun for a kind is part of it, as in *Selkirk Hotel*.
    """

    name: str
    words: tuple[str, ...]
    has_kind: bool = True

    @property
    def is_han(self) -> bool:
        """Whether it is written in Chinese characters."""
        return any(map(is_han, self.words[0]))


def things_named(question: str) -> tuple[NamedThing, ...]:
    """The things that a question calls by name; none where it points at something instead.

    >>> [thing.name for thing in things_named("Is the Selkirk Hotel in Leeds still there?")]
    ['Selkirk Hotel']
    >>> [thing.words for thing in things_named("塞尔柯克酒店还在吗?")]
    [('塞尔柯克',)]
    >>> things_named("Is the Old Town Hall still there?"), things_named("Did Wren build it?")
    ((), ())
    """
    asked = question[:_MOST_ASKED]
    if _POINTS.search(asked):
        return ()
    if guess_language(asked) == "zh":
        return tuple(_in_chinese(asked))
    back = _BACK.search(asked)
    if back is not None and not any(each.has_kind for each in _in_english(asked[: back.start()])):
        return ()
    return tuple(_in_english(asked) or _in_small_letters(asked))


def is_unknown(thing: NamedThing, document: Document, called: Iterable[str] = ()) -> bool:
    """Whether nothing that tells a name apart stands in a document's names, place or text.

    False too where that cannot be told: the document has no name in the name's script.

    Args:
        thing: what the question names.
        document: that may be about it.
        called: further names of the document.

    >>> hotel = Document("c", "r", "Rathbone Hotel", "Opened by Ada Rathbone in 1888.", "en")
    >>> [is_unknown(each, hotel) for each in things_named("Is the Selkirk Hotel still there?")]
    [True]
    >>> [is_unknown(each, hotel) for each in things_named("Is the Rathbon Hotel still there?")]
    [False]
    """
    names = (document.title, *document.aliases, *called)
    if thing.is_han:
        known = "".join((*names, document.place or "", document.text[:_MOST_KNOWN]))
        if not any(map(is_han, "".join(names))) and guess_language(known) != "zh":
            return False
        return not any(pair in known for word in thing.words for pair in _pairs(word))
    if not any(guess_language(name) == "en" and re.search(r"[A-Za-z]{3}", name) for name in names):
        return False
    if not thing.has_kind and guess_language(document.text[:_MOST_KNOWN]) == "zh":
        return False  # a person or a place, which the text writes in Chinese
    words = _words_of(document)
    own = {word for name in names for word in fold(name).split()}
    return not any(_is_known(word, words | own, own) for word in thing.words)


def unknown_thing(
    question: str, documents: Sequence[tuple[Document, Sequence[str]]]
) -> NamedThing | None:
    """What a question is about by name, if it names things and no document knows any of them.

    Args:
        question: what is asked.
        documents: those that were found, each with further names that it goes by.
    """
    things = things_named(question)
    if not things or not documents:
        return None
    others = _other_names(question, places=not any(thing.has_kind for thing in things))
    for document, called in documents:
        names = (document.title, *document.aliases, *called)
        own = {word for name in names for word in fold(name).split()}
        if any(_is_known(word, own, own) for word in others):
            return None
        if not all(is_unknown(thing, document, called) for thing in things):
            return None
    return things[0]


def _other_names(question: str, *, places: bool) -> frozenset[str]:
    """The telling words of all names in a question, with or without those of *in Leeds*."""
    asked = question[:_MOST_ASKED]
    return frozenset(
        word
        for match in _RUN.finditer(asked)
        if places or not _PLACE_BEFORE.search(asked[: match.start()])
        for word in _telling(match.group().split())
        if word not in _ASKING
    )


def _in_english(asked: str) -> list[NamedThing]:
    found = []
    for match in _RUN.finditer(asked):
        for start, run in _unowned(match):
            words = run.split()
            while words and (words[0].lower() in _ASKING):
                start += len(words[0]) + 1
                words = words[1:]
            if not words:
                continue
            noun = noun_at_end(words) or noun_at_end(words[:1])
            is_thing = noun is not None or _BEFORE_THING.search(asked[:start]) is not None
            telling = _telling(words)
            if is_thing and telling:
                found.append(NamedThing(" ".join(words), telling, noun is not None))
    return found


def _unowned(match: re.Match[str]) -> list[tuple[int, str]]:
    """The parts of a run of names, parted behind an owner: *Holm's Girl*."""
    parts, at, begun = [], match.start(), match.start()
    words: list[str] = []
    for word in match.group().split():
        bare = _OWNER.sub("", word).strip(".'’")
        is_saint = bool(words) and _SAINT.fullmatch(words[-1]) is not None
        words.append(bare)
        at = match.string.find(word, at) + len(word)
        if bare != word.strip(".") and not is_saint:
            # An owner is no thing that is asked about, unless what is owned has no name.
            parts.append((begun, " ".join(words)))
            words, begun = [], at + 1
    if words:
        parts.append((begun, " ".join(words)))
    return parts[-1:] if len(parts) > 1 else parts


def _telling(words: Sequence[str]) -> tuple[str, ...]:
    """The words of a name that tell it apart, folded."""
    noun = noun_at_end(words)
    if "of" in words and noun_at_end(words[: list(words).index("of")]) is not None:
        words = words[list(words).index("of") + 1 :]
    elif noun is not None:
        words = words[: len(words) - len(noun.word.split())]
    elif len(words) > 1 and noun_at_end(words[:1]) is not None:
        words = words[1:]
    parts = [part for word in words for part in fold(word).split()]
    return tuple(part for part in parts if len(part) > 2 and part not in _COMMON)


def _in_small_letters(asked: str) -> list[NamedThing]:
    if asked[1:] != asked[1:].lower():
        return []
    match = _LOWER.search(asked.lower())
    words = match["np"].split() if match is not None else []
    if not words or noun_at_end(words) is None:
        return []
    telling = tuple(
        word
        for word in _telling(words)
        if noun_at_end([word]) is None
        and not word.endswith(("ed", "ing", "ern", "ic", "al", "est"))
    )
    return [NamedThing(" ".join(words), telling)] if telling else []


def _in_chinese(asked: str) -> list[NamedThing]:
    match = _HAN_ASKED.search(asked)
    if match is None or match.start() > 2:
        return []
    stop = _HAN_STOP.search(match.group())
    phrase = match.group()[: stop.start()] if stop else match.group()
    noun = han_noun_at_end(phrase)
    if noun is None:
        return []
    parts = [part for part in phrase[: -len(noun.word)].replace("·", "").split("的") if part]
    own = [bare for part in parts if (bare := _without_common(part))]
    if own and parts and _HAN_COMMON.sub("", parts[-1]):
        own = own[-1:]  # the name itself, and not whose or where it is
    telling = tuple(part for part in own if len(part) > 1)
    return [NamedThing(_HAN_BEFORE.sub("", phrase), telling)] if telling else []


def _without_common(part: str) -> str:
    """A part of a Chinese name without words such as *old* and *big*, unless one character would be
    left that describes nothing: *小雁* of 小雁塔 is a name, *大石* of 大石桥 may be none."""
    bare = _HAN_COMMON.sub("", part)
    named = _HAN_BEFORE.sub("", part)
    if len(bare) == 1 and bare not in _HAN_DESCRIBES and len(named) == 2:
        return named
    return bare


def _pairs(word: str) -> list[str]:
    return [word[at : at + 2] for at in range(len(word) - 1)]


@lru_cache(maxsize=256)
def _words_of(document: Document) -> frozenset[str]:
    known = (document.place or "", document.document_id, document.text[:_MOST_KNOWN])
    return frozenset(fold(" ".join(known)).split())


def _is_known(word: str, words: Iterable[str], own: Iterable[str]) -> bool:
    """Whether a word, or another form of it, is among words; or among a document's own names with
    another letter, as a misspelling would be."""
    forms = {word, word.removesuffix("s"), f"{word}s"}
    known = words if isinstance(words, frozenset | set) else set(words)
    if not forms.isdisjoint(known):
        return True
    if len(word) == _ALIKE - 1 and any(each.startswith(word) for each in own):
        return True
    if len(word) >= _ALIKE and any(
        each[:_ALIKE] == word[:_ALIKE] and (each.startswith(word) or word.startswith(each))
        for each in known
        if len(each) >= _ALIKE
    ):
        return True
    most = 2 if len(word) > 8 else 1 if len(word) > _ALIKE else 0
    if not most:
        return False
    return process.extractOne(word, list(own), scorer=OSA.distance, score_cutoff=most) is not None
