"""A candidate's passages as sentences, each with its place, its words and what it is about.

What a sentence is about (`Topic`) is worked out from its grammatical subject: the candidate itself,
an older building on the site, the one rebuilt in its place, or another thing altogether.
"""

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from knowledge.sentences import split_sentences
from knowledge.text import is_han
from knowledge.documents import Passage
from vlm.extractive.events import ACTIONS, Analysis, Cue, analyse
from vlm.extractive.lexicon import Word, lexicon, words_of
from vlm.reader import Candidate

Topic = Literal["main", "unsure", "earlier", "present", "other"]
"""The subject; a pronoun that may mean it; what stood there before; what was rebuilt or newly
built there; anything else."""

_GENERIC = frozenset({"building", "ruin", "whole", "site"})
_PRONOUN = re.compile(
    r"\b(?:it|they|its|their|this|these)\b|[它该此]|其(?!中)|这[座个道处]", re.IGNORECASE
)
_PRESENT = re.compile(
    r"(?:\bnew|^New|\b[Pp]resent|\b[Cc]urrent|\b[Rr]ebuilt|\b[Rr]econstructed|\b[Rr]estored|"
    r"\bmodern|\b[Tt]oday's)\s|\b(?:built|put up) (?:again|anew)\b|\breplica\b|"
    r"\b[Rr]e(?:building|construction)\b|新的|新建?(?=[楼塔阁馆站殿寺庙城教桥])|[重复再仿]建|现在的|今天的|现存|今日的"
)
_EARLIER = re.compile(
    r"\b(?:[Oo]lder|[Ee]arlier|[Pp]revious|preceding)\s(?!than)|\bstood (?:here|there|on the (?:site|spot)) "
    r"(?:before|earlier|until)|\bused to stand\b|\b[Rr]eplaced an?\b|前身|早先|更早的|旧有的|此前的"
)
_INDEFINITE = re.compile(r"\W*(?:an?|another)\b", re.IGNORECASE)
_PRONOUN = re.compile(
    r"\W*(?:(?:and|but|when|while|where|because|although|so) )?"
    r"(?:it|they|he|she|its|their|this|these)\b|\W*[它该此其]",
    re.IGNORECASE,
)
_ITS = re.compile(r"\b(?:its|their)\b|[它其]的?", re.IGNORECASE)
_AUXILIARIES = frozenset(
    "be been being was were is are has had have and but to again also then was which who that not "
    "first it".split()
)
_SUCCESSOR = re.compile(r"\W*[Ii]ts (?:successor|replacement)\b|\W*(?:原址|旧址|遗址[上内])")
_OLD = re.compile(
    r"\W*(?:[Tt]he|[Ii]ts) (?:old|original|first)\b(?! (?:stone|storey|part|floor))|"
    r"[^,，]{0,4}(?:原来的|原|老|旧的?|古代的)(?=[^址因])"
)
_RELATIVE = re.compile(r"[\s,]*(?:which|who|whose|where)\b")
_OBJECT_PRONOUN = re.compile(r"\W*(?:it|them|this|these)\b|\W*[了过]?[它其]", re.IGNORECASE)
_PREPOSITION = re.compile(
    r"\b(?:of|under|in|on|at|with|by|for|from|above|near|behind|beside|over|between|inside)\b"
)
_HIS = re.compile(r"\b(?:his|her)\s(?!successor)", re.IGNORECASE)
_AND = re.compile(r"[和与及、]|\band\b")
_PARTITIVE = frozenset({"inside", "outside", "part", "half"})
_THAT = re.compile(r"\b(?:that|those)\b|那", re.IGNORECASE)
_OBJECT = re.compile(r"\s(?:it|them|the|this|that|an?|its|his|her|their|much|most|several|about)\b")
_PASSIVE = re.compile(r"\b(?:was|were|been|being|be|is|are)\b[^,;]{0,30}$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a passage: `passage.text[start:end] == analysis.text`.

    Attributes:
        stems: stems of its words.
        concepts: concepts of its words.
        topic: what it is about, by its first clause.
        topics: the same for each clause.
        before: what the sentence before was about.
    """

    passage: Passage
    start: int
    end: int
    analysis: Analysis
    stems: frozenset[str]
    concepts: frozenset[str]
    topic: Topic
    topics: tuple[Topic, ...]
    before: Topic

    @property
    def text(self) -> str:
        """The sentence's words."""
        return self.analysis.text


@dataclass(frozen=True, slots=True)
class Story:
    """All that a candidate's passages say, in the document's order.

    Attributes:
        types: concepts that name the subject (a church, a tower), from its title and the text's
            first sentence.
        names: stems of its title and aliases.
        stem_counts, concept_counts: in how many sentences each stands.
    """

    candidate: Candidate
    sentences: tuple[Sentence, ...]
    types: frozenset[str]
    names: frozenset[str]
    stem_counts: Counter[str]
    concept_counts: Counter[str]


@lru_cache(maxsize=256)
def tell(candidate: Candidate) -> Story:
    """Take a candidate's passages apart."""
    spans: dict[int, tuple[Passage, int, int]] = {}
    for passage in candidate.passages:
        for start, end in split_sentences(passage.text):
            spans.setdefault(passage.start + start, (passage, start, end))
    ordered = [spans[position] for position in sorted(spans)]
    analyses = [analyse(passage.text[start:end]) for passage, start, end in ordered]
    named = [word for name in (candidate.title, *candidate.aliases) for word in words_of(name)]
    names = frozenset(word.stem for word in named)
    opening = analyses[0] if ordered and ordered[0][0].start == 0 else None
    types = _types((candidate.title, *candidate.aliases), opening)
    sentences: list[Sentence] = []
    before: Topic = "main"
    end_of_last = 0
    for (passage, start, end), analysis in zip(ordered, analyses, strict=True):
        if passage.start + start - end_of_last > 1:
            before = "main"  # a new paragraph
        end_of_last = passage.start + end
        topics = _topics(analysis, before, types, names, is_first=not sentences)
        sentences.append(
            Sentence(
                passage,
                start,
                end,
                analysis,
                frozenset(word.stem for word in analysis.words),
                frozenset(concept for word in analysis.words for concept in word.concepts),
                topics[0],
                topics,
                before,
            )
        )
        before = topics[0]
        if topics[-1] == "present":
            before = "present"  # *It was built again. Work began in 1995.*
    return Story(
        candidate,
        tuple(sentences),
        types,
        names,
        Counter(stem for sentence in sentences for stem in sentence.stems),
        Counter(concept for sentence in sentences for concept in sentence.concepts),
    )


def patient(analysis: Analysis, cue: Cue) -> tuple[Word, ...]:
    """The words that name what the event happened to, as far as word order shows it.

    English passives and intransitives and Chinese 被 and bare clauses have it before the cue; an
    active verb followed by a noun (*fire destroyed the church*, 烧毁了教堂) has it after.
    """
    clause = analysis.clauses[cue.clause]
    before = tuple(w for w in analysis.words if clause.start <= w.start < cue.start)
    after = tuple(w for w in analysis.words if cue.end <= w.start < clause.end)
    text = analysis.text
    tail = text[cue.end : clause.end]
    things = lexicon().types | lexicon().parts
    chinese = any("\u4e00" <= c <= "\u9fff" for c in text)
    if chinese:
        if "被" in text[clause.start : cue.start]:
            return tuple(w for w in before if w.start < text.index("被", clause.start))
        close = [w for w in after if w.concepts & things]
        if (
            close
            and re.match(r"[了过]?(?:这|那|该|新|整|其|一|[^,，。]{0,8})", tail)
            and not re.match(r"[于在]", tail)
        ):
            return after
        return before
    passive = bool(_PASSIVE.search(text[clause.start : cue.start]))
    if not passive and (_OBJECT.match(tail) or (after and _follows(after[0], cue, things))):
        return after[:5]
    return before


def _follows(word: Word, cue: Cue, things: frozenset[str]) -> bool:
    """Whether a thing is named right after the verb: *to remove sculptures*."""
    return word.start - cue.end <= 1 and bool(word.concepts & things)


def topic_of(sentence: Sentence, cue: Cue, story: Story) -> Topic:
    """What the event of `cue` happened to."""
    if _OBJECT_PRONOUN.match(sentence.text, cue.end):
        return "main" if sentence.before in ("main", "unsure", "other") else sentence.before
    words = tuple(w for w in patient(sentence.analysis, cue) if w.stem not in _AUXILIARIES)
    if not words:
        return sentence.topics[cue.clause]
    text = sentence.text[words[0].start : words[-1].end]
    return _topic(text, words, sentence.topics[cue.clause], story.types, story.names)


def _types(names: tuple[str, ...], first: Analysis | None) -> frozenset[str]:
    """What kind of thing the subject is: the head nouns of its names and of *is a …*, 是……。"""
    vocabulary = lexicon()
    types: set[str] = set()
    for name in names:
        for form in re.split(r"[,，(（)）]", name):
            kinds = [word.concepts & vocabulary.types for word in words_of(form)]
            types |= next((kind for kind in reversed(kinds) if kind), set())
    if first is not None:
        types |= _predicate_types(first)
    vague = {"site", "city", "mountain", "exhibition", "street", "square", "train", "island"}
    types = types - vague or types
    kin = {kind for family in vocabulary.families if family & types for kind in family}
    return frozenset(types | kin) or frozenset({"building"})


def _predicate_types(first: Analysis) -> set[str]:
    copula = re.search(r"\b(?:is|are|was|were)\b|是", first.text)
    if copula is None:
        return set()
    rest = first.text[copula.end() :]
    end = re.search(r"\b(?:in|on|at|that|which|near|beside|held|inside)\b|[,，。]", rest)
    limit = copula.end() + end.start() if end else len(first.text)
    inside = [word for word in first.words if copula.end() <= word.start < limit]
    types: set[str] = set()
    for word, following in zip(inside, [*inside[1:], None], strict=True):
        kinds = word.concepts & lexicon().types
        modifies = following is not None and bool(following.concepts & lexicon().types)
        if kinds and not modifies:
            types |= kinds
    return types


def _topics(
    analysis: Analysis,
    previous: Topic,
    types: frozenset[str],
    names: frozenset[str],
    *,
    is_first: bool,
) -> tuple[Topic, ...]:
    topics: list[Topic] = []
    current = previous
    for clause in analysis.clauses:
        if topics and _RELATIVE.match(analysis.text, clause.start):
            current = _antecedent(analysis, clause.start, current, types, names)
            topics.append(current)
            continue
        end = clause.start + _head(analysis.text[clause.start : clause.end])
        words = tuple(w for w in analysis.words if clause.start <= w.start < end)
        if topics and (not words or (end == clause.end and not is_han(words[0].stem[0]))):
            # no subject of its own, or an apposition (*One Plaza, a new tower, opened*)
            if words and _PRESENT.search(analysis.text, clause.start, end):
                current = "present"
            topics.append(current)
            continue
        held = current
        current = _topic(analysis.text[clause.start : end], words, current, types, names)
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


def _antecedent(
    analysis: Analysis,
    position: int,
    current: Topic,
    types: frozenset[str],
    names: frozenset[str],
) -> Topic:
    """What *which* after a comma means: the last thing named before it."""
    things = lexicon().types | lexicon().parts
    before = [word for word in analysis.words if word.end <= position and word.concepts & things]
    if not before or position - before[-1].end > _NEAR:
        return current
    head = before[-1]
    own = head.concepts & types and not _is_of_another_name(head, analysis.words, names)
    return current if own else "other"


_NEAR = 12
"""Characters between a noun and the comma before *which*."""
_VERB = re.compile(
    r"\b(?:was|were|is|are|has|had|have|stands?|stood|serves?|held|began|remains?|became|took|"
    r"occup(?:y|ies)|survives?|will|would|could|can|did|does|may|must|burnt|fell|bought|sold|gave|"
    r"made|led|built|came|went|kept|put|hit|broke|found|rose|grew|saw|said|told|met|ran|sent|"
    r"brought|laid|lay|cut|lost|won|wrote|drew|blew|tore|left|got|shows?|lives?|holds?|houses?|"
    r"(?<!the )(?<!an )(?<!\ba )(?<!its )(?<!newly )(?<!badly )(?<!partly )(?<!then )[a-z]{2,}ed)\b|"
    r"[是被已于]|位于|建成|没有"
)


def _head(clause: str) -> int:
    """How many characters of the clause go before its verb: its grammatical subject."""
    verb = _VERB.search(clause, 2)
    return verb.start() if verb else len(clause)


def _topic(
    text: str,
    words: tuple[Word, ...],
    previous: Topic,
    types: frozenset[str],
    names: frozenset[str],
) -> Topic:
    """What a noun phrase means, after `previous`."""
    if _EARLIER.search(text):
        return "earlier"
    if _SUCCESSOR.match(text):
        return "other"
    if _PRESENT.search(text):
        return "present"
    if _OLD.match(text) and previous != "earlier":
        previous = "main"
    head = _head_noun(text, words, types)
    if head is None:
        if _HIS.search(text):
            return "other"
        if _RELATIVE.match(text):
            return previous
        if any(word.is_name and word.stem in names for word in words):
            return "main"
        if _PRONOUN.match(text):
            return "unsure" if previous == "other" else previous
        if _INDEFINITE.match(text) and not any(word.concepts & ACTIONS for word in words):
            return "other"
        return "main" if previous in ("other", "unsure") else previous
    if _HIS.search(text):
        return "other"
    own_name = head.stem in names and not head.concepts & (lexicon().types | lexicon().parts)
    if head.concepts & types or own_name:
        if _is_of_another_name(head, words, names):
            return "other"
        if _INDEFINITE.match(text):
            return "earlier"
        if _THAT.search(text) and previous == "main":
            return "other"  # *That theatre*: not the one that the text is about
        return "main" if previous in ("other", "unsure") else previous
    if any(word.possessive and word.stem in names for word in words):
        return "main"
    if head.concepts & _GENERIC:
        if previous in ("other", "unsure"):
            return "other" if _THAT.search(text) or _ITS.search(text) else "main"
        return previous
    return "other"


def _head_noun(text: str, words: tuple[Word, ...], types: frozenset[str]) -> Word | None:
    """The noun that a phrase is about: the last one, in English before the first preposition."""
    nouns = [
        word
        for word in words
        if word.concepts & (lexicon().types | lexicon().parts | lexicon().materials | _PARTITIVE)
        and not (word.concepts & ACTIONS and not word.concepts & types)
    ]
    if not nouns:
        return None
    preposition = _PREPOSITION.search(text)
    if preposition is not None:
        cut = words[0].start + preposition.start()
        before = [noun for noun in nouns if noun.start < cut]
        if not before and not _passes_on(words, cut):
            return None  # *a commission for the memorial*
        nouns = before or nouns[:1]
    own = [noun for noun in nouns if noun.concepts & types]
    if own and _AND.search(text):
        return own[0]  # *the church and the school*
    return nouns[-1]


def _passes_on(words: tuple[Word, ...], cut: int) -> bool:
    """Whether a phrase is about what follows its preposition: *the demolition of*, *most of*."""
    concepts = {concept for word in words if word.start < cut for concept in word.concepts}
    return bool(concepts & (ACTIONS | {"work", "most", "begin", "finish", "end"}))


def _is_of_another_name(head: Word, words: tuple[Word, ...], names: frozenset[str]) -> bool:
    """*The Goodman Theatre*, *Palais de Chaillot* in a text about another theatre or palace."""
    return any(
        word.is_name
        and not word.concepts
        and word.stem not in names
        and not word.possessive
        and min(abs(head.start - word.end), abs(word.start - head.end)) <= _NEAR_NAME
        for word in words
    )


_NEAR_NAME = 4
"""Characters between a noun and the name that goes with it, room for *de* and *du*."""
