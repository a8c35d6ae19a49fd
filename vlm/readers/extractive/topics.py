"""What a clause or an event is about: the subject of a text, or another building near it.

Finds out first what the text may call its subject (its kinds and its names), then reads the noun
phrase that stands as grammatical subject or object, by rules for English and Chinese. Knows one
sentence and what the sentence before was about; knows no passage and no question.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from knowledge.language import is_han
from vlm.readers.extractive.events import ACTIONS, Analysis, Cue
from vlm.readers.extractive.lexicon import Word, lexicon, words_of

_VAGUE_KINDS = frozenset(
    {"site", "city", "mountain", "exhibition", "street", "square", "train", "island"}
)


@dataclass(frozen=True, slots=True)
class SubjectNames:
    """How a text may call its subject.

    Attributes:
        types: concepts that name it (a church, a tower) and their like.
        names: stems of its title and aliases.
    """

    types: frozenset[str]
    names: frozenset[str]


def subject_names_of(names: tuple[str, ...], opening: Analysis | None) -> SubjectNames:
    """What the subject may be called, from its title and aliases and the text's first sentence."""
    kinds: set[str] = set()
    for name in names:
        for form in re.split(r"[,，(（)）]", name):
            found = [word.concepts & lexicon().types for word in words_of(form)]
            kinds |= next((types for types in reversed(found) if types), set())
    if opening is not None:
        kinds |= _predicate_kinds(opening)
    kinds = kinds - _VAGUE_KINDS or kinds
    kin = {kind for family in lexicon().families if family & kinds for kind in family}
    stems = frozenset(word.stem for name in names for word in words_of(name))
    return SubjectNames(frozenset(kinds | kin) or frozenset({"building"}), stems)


def _predicate_kinds(opening: Analysis) -> set[str]:
    """Kinds in *X is a railway terminal in …*, 是……: the nouns that no other noun follows."""
    copula = re.search(r"\b(?:is|are|was|were)\b|是", opening.text)
    if copula is None:
        return set()
    rest = opening.text[copula.end() :]
    end = re.search(r"\b(?:in|on|at|that|which|near|beside|held|inside)\b|[,，。]", rest)
    limit = copula.end() + end.start() if end else len(opening.text)
    inside = [word for word in opening.words if copula.end() <= word.start < limit]
    kinds: set[str] = set()
    for index, word in enumerate(inside):
        following = inside[index + 1].concepts if index + 1 < len(inside) else frozenset()
        if not following & lexicon().types:
            kinds |= word.concepts & lexicon().types
    return kinds


Topic = Literal["main", "unsure", "earlier", "present", "other"]
"""The subject; a pronoun that may mean it; what stood there before; what was rebuilt or newly
built there; anything else."""

_GENERIC = frozenset({"building", "ruin", "whole", "site"})
_PARTITIVE = frozenset({"inside", "outside", "part", "half"})
_PLAIN_WORDS = frozenset({"old", "new", "large", "most", "first", "second"})
"""What a capital letter does not make a name: *the Old Building*."""
_EMPTY_WORDS = frozenset(
    ("be", "been", "being", "was", "were", "is", "are", "has", "had", "have", "and", "but", "to",
     "again", "also", "then", "which", "who", "that", "not", "first", "it", "they", "he", "she",
     "this", "these")
)  # fmt: skip
"""Words before a verb that say nothing of what it happens to but *the same as before*."""
_PRESENT = re.compile(
    r"(?:\bnew|^New|\b[Pp]resent|\b[Cc]urrent|\b[Rr]ebuilt|\b[Rr]econstructed|\b[Rr]estored|"
    r"\bmodern|\b[Tt]oday's)\s|\b(?:built|put up) (?:again|anew)\b|\breplica\b|"
    r"\b[Rr]e(?:building|construction)\b|新的|新建?(?=[楼塔阁馆站殿寺庙城教桥])|[重复再仿]建|"
    r"现在的|"
    r"今天的|现存|今日的"
)
_EARLIER = re.compile(
    r"\b(?:[Oo]lder|[Ee]arlier|[Pp]revious|preceding)\s(?!than)|"
    r"\bstood (?:here|there|on the (?:site|spot)) (?:before|earlier|until)|\bused to stand\b|"
    r"\b[Rr]eplaced an?\b|前身|早先|更早的|旧有的|此前的"
)
_OLD = re.compile(
    r"\W*(?:[Tt]he|[Ii]ts) (?:old|original|first)\b(?! (?:stone|storey|part|floor))|"
    r"[^,，]{0,4}(?:原来的|原|老|旧的?|古代的)(?=[^址因])"
)
_ONE_OF_THEM = re.compile(r"\W*[Tt]he (?:largest|biggest|smallest|best-known|most \w+|finest)\b")
_SUCCESSOR = re.compile(r"\W*[Ii]ts (?:successor|replacement)\b|\W*(?:原址|旧址|遗址[上内])")
_INDEFINITE = re.compile(r"\W*(?:an?|another)\b", re.IGNORECASE)
_PRONOUN = re.compile(
    r"\W*(?:(?:and|but|when|while|where|because|although|so) )?"
    r"(?:it|they|he|she|its|their|this|these)\b|\W*[它该此其]",
    re.IGNORECASE,
)
_ITS = re.compile(r"\b(?:its|their)\b|[它其]的?", re.IGNORECASE)
_HIS = re.compile(r"\b(?:his|her)\s(?!successor)", re.IGNORECASE)
_THAT = re.compile(r"\b(?:that|those)\b|那", re.IGNORECASE)
_AND = re.compile(r"[和与及、]|\band\b")
_RELATIVE = re.compile(r"[\s,]*(?:which|who|whose|where)\b")
_PREPOSITION = re.compile(
    r"\b(?:of|under|in|on|at|with|by|for|from|above|near|behind|beside|over|between|inside)\b"
)
_NAME_JOINTS = frozenset({" ", " de ", " du ", " des ", " of "})
_OBJECT_PRONOUN = re.compile(r"\W*(?:it|them|this|these)\b|\W*[了过]?[它其]", re.IGNORECASE)
_OBJECT = re.compile(r"\s(?:it|them|the|this|that|an?|its|his|her|their|much|most|several|about)\b")
_CHINESE_OBJECT = re.compile(r"(?![于在])[了过]?(?:这|那|该|新|整|其|一|[^,，。]{0,8})")
_PASSIVE = re.compile(r"\b(?:was|were|been|being|be|is|are)\b[^,;]{0,30}$", re.IGNORECASE)
_OBJECT_WORDS = 5
_FEW = 3
"""Words of *the largest*, *the most famous one*: no noun says that the subject is meant."""
_NEAR = 24
"""Characters between a noun and the comma before *which*."""
_VERB = re.compile(
    r"\b(?:was|were|is|are|has|had|have|stands?|stood|serves?|held|began|remains?|became|took|"
    r"occup(?:y|ies)|survives?|will|would|could|can|did|does|may|must|burnt|fell|bought|sold|gave|"
    r"made|led|built|came|went|kept|put|hit|broke|found|rose|grew|saw|said|told|met|ran|sent|"
    r"brought|laid|lay|cut|lost|won|wrote|drew|blew|tore|left|got|shows?|lives?|holds?|houses?|"
    r"(?<!the )(?<!an )(?<!\ba )(?<!its )(?<!newly )(?<!badly )(?<!partly )(?<!then )"
    r"[a-z]{2,}ed)\b|"
    r"[是被已于]|位于|建成|没有"
)


@dataclass(frozen=True, slots=True)
class _Phrase:
    """`sentence[start:end]` with its words, whose places count in the sentence."""

    sentence: str
    start: int
    end: int
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        return self.sentence[self.start : self.end]


def topics_of(
    analysis: Analysis, before: Topic, subject: SubjectNames, *, is_first: bool
) -> tuple[Topic, ...]:
    """What each clause is about.

    Args:
        analysis: the sentence.
        before: what the sentence before was about.
        subject: of the text.
        is_first: whether the sentence opens the text, and so brings in the subject itself.
    """
    topics: list[Topic] = []
    current = before
    for clause in analysis.clauses:
        if topics and _RELATIVE.match(analysis.text, clause.start):
            current = _antecedent(analysis, clause.start, current, subject)
            topics.append(current)
            continue
        phrase = _grammatical_subject(analysis, clause.start, clause.end)
        whole = phrase.end == clause.end
        if topics and (
            not phrase.words
            or (whole and not is_han(phrase.text[phrase.words[0].start - phrase.start]))
        ):
            # no subject of its own, or an apposition (*One Plaza, a new tower, opened*)
            if phrase.words and _PRESENT.search(phrase.text):
                current = "present"
            topics.append(current)
            continue
        held = current
        current = _topic(phrase, current, subject)
        if topics and current == "unsure" and held == "other":
            current = "other"  # *Two towers survived, but they were taken down*
        if is_first and current == "earlier" and not topics:
            current = "main"  # *A church …* opens the text: that is the subject
        topics.append(current)
    for cue in analysis.cues:
        if "rebuild" in cue.actions and not cue.denied:
            topics[cue.clause :] = [
                "present" if topic == "main" else topic for topic in topics[cue.clause :]
            ]
    return tuple(topics)


@lru_cache(maxsize=4096)
def topic_of_event(
    analysis: Analysis, cue: Cue, topics: tuple[Topic, ...], before: Topic, subject: SubjectNames
) -> Topic:
    """What the event of `cue` happened to, given what clauses and the sentence before are about."""
    if _OBJECT_PRONOUN.match(analysis.text, cue.end):
        return "main" if before in ("main", "unsure", "other") else before
    words = tuple(
        word
        for word in _patient(analysis, cue)
        if analysis.text[word.start : word.end].lower() not in _EMPTY_WORDS
    )
    if not words:
        return topics[cue.clause]
    phrase = _Phrase(analysis.text, words[0].start, words[-1].end, words)
    return _topic(phrase, topics[cue.clause], subject)


def _grammatical_subject(analysis: Analysis, start: int, end: int) -> _Phrase:
    """What goes before the clause's verb; the whole clause where no verb is known."""
    verb = _VERB.search(analysis.text[start:end], 2)
    end = start + verb.start() if verb else end
    words = tuple(word for word in analysis.words if start <= word.start < end)
    return _Phrase(analysis.text, start, end, words)


def _patient(analysis: Analysis, cue: Cue) -> tuple[Word, ...]:
    """The words that name what the event happened to, as far as word order shows it.

    English passives and intransitives and Chinese 被 and bare clauses have it before the cue; an
    active verb followed by a noun (*fire destroyed the church*, 烧毁了教堂) has it after.
    """
    clause = analysis.clauses[cue.clause]
    text = analysis.text
    before = tuple(w for w in analysis.words if clause.start <= w.start < cue.start)
    after = tuple(w for w in analysis.words if cue.end <= w.start < clause.end)
    things = lexicon().types | lexicon().parts
    if any(is_han(character) for character in text):
        marker = text.find("被", clause.start, cue.start)
        if marker >= 0:
            return tuple(word for word in before if word.start < marker)
        named = any(word.concepts & things for word in after)
        return after if named and _CHINESE_OBJECT.match(text, cue.end) else before
    if _PASSIVE.search(text[clause.start : cue.start]):
        return before
    follows = after and after[0].start - cue.end <= 1 and after[0].concepts & things
    if follows or _OBJECT.match(text, cue.end):
        return after[:_OBJECT_WORDS]
    return before


def _antecedent(analysis: Analysis, position: int, current: Topic, subject: SubjectNames) -> Topic:
    """What *which* after a comma means: the last thing named before it."""
    things = lexicon().types | lexicon().parts
    before = [word for word in analysis.words if word.end <= position and word.concepts & things]
    if not before or position - before[-1].end > _NEAR:
        return current
    phrase = _Phrase(analysis.text, 0, position, analysis.words)
    own = before[-1].concepts & subject.types
    return current if own and not _is_of_another_name(before[-1], phrase, subject) else "other"


def _topic(phrase: _Phrase, previous: Topic, subject: SubjectNames) -> Topic:
    """What a noun phrase means, after `previous`."""
    text = phrase.text
    if _EARLIER.search(text):
        return "earlier"
    if _SUCCESSOR.match(text) or (_ONE_OF_THEM.match(text) and len(phrase.words) <= _FEW):
        return "other"
    if _PRESENT.search(text):
        return "present"
    if _OLD.match(text) and previous != "earlier":
        previous = "main"
    head = _head_noun(phrase, subject)
    if _HIS.search(text):
        return "other"
    if head is None:
        return _topic_without_noun(phrase, previous, subject)
    known = lexicon().types | lexicon().parts
    if head.concepts & subject.types or (head.stem in subject.names and not head.concepts & known):
        if _is_of_another_name(head, phrase, subject):
            return "other"
        if _INDEFINITE.match(text):
            return "earlier"
        if _THAT.search(text) and previous == "main":
            return "other"  # *That theatre*: not the one that the text is about
        return _settled(previous)
    if any(word.possessive and word.stem in subject.names for word in phrase.words):
        return "main"
    if head.concepts & _GENERIC:
        if previous in ("other", "unsure") and (_THAT.search(text) or _ITS.search(text)):
            return "other"
        return _settled(previous)
    return "other"


def _topic_without_noun(phrase: _Phrase, previous: Topic, subject: SubjectNames) -> Topic:
    if _RELATIVE.match(phrase.text):
        return previous
    if any(word.is_name and word.stem in subject.names for word in phrase.words):
        return "main"
    if _PRONOUN.match(phrase.text):
        return "unsure" if previous == "other" else previous
    happens = any(word.concepts & ACTIONS for word in phrase.words)
    if _INDEFINITE.match(phrase.text) and not happens:
        return "other"
    return _settled(previous)


def _settled(previous: Topic) -> Topic:
    """A phrase that names the subject or nothing else: back to it from what was in between."""
    return "main" if previous in ("other", "unsure") else previous


def _head_noun(phrase: _Phrase, subject: SubjectNames) -> Word | None:
    """The noun that a phrase is about: the last one, in English before the first preposition."""
    vocabulary = lexicon()
    things = vocabulary.types | vocabulary.parts | vocabulary.materials | _PARTITIVE
    nouns = [
        word
        for word in phrase.words
        if word.concepts & things
        and not (word.concepts & ACTIONS and not word.concepts & subject.types)
    ]
    if not nouns:
        return None
    preposition = _PREPOSITION.search(phrase.text)
    if preposition is not None:
        cut = phrase.start + preposition.start()
        before = [noun for noun in nouns if noun.start < cut]
        if not before and not _passes_on(phrase.words, cut):
            return None  # *a commission for the memorial*
        nouns = before or nouns[:1]
    own = [noun for noun in nouns if noun.concepts & subject.types]
    if own and _AND.search(phrase.text):
        return own[0]  # *the church and the school*
    return nouns[-1]


def _passes_on(words: tuple[Word, ...], cut: int) -> bool:
    """Whether a phrase is about what follows its preposition: *the demolition of*, *most of*."""
    concepts = {concept for word in words if word.start < cut for concept in word.concepts}
    return bool(concepts & (ACTIONS | {"work", "most", "begin", "finish", "end"}))


def _is_of_another_name(head: Word, phrase: _Phrase, subject: SubjectNames) -> bool:
    """*The Goodman Theatre*, *Palais de Chaillot* in a text about another theatre or palace."""
    return any(
        word.is_name
        and (not word.concepts or (head.is_name and word.concepts.isdisjoint(_PLAIN_WORDS)))
        and not word.possessive
        and word.stem not in subject.names
        and phrase.sentence[min(word.end, head.end) : max(word.start, head.start)] in _NAME_JOINTS
        for word in phrase.words
    )
