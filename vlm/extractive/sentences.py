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
from knowledge.documents import Passage
from vlm.extractive.events import ACTIONS, Analysis, Cue, analyse
from vlm.extractive.lexicon import Word, lexicon, words_of
from vlm.reader import Candidate

Topic = Literal["main", "earlier", "present", "other"]
"""The subject; what stood there before; what was rebuilt or newly built there; anything else."""

GENERIC = frozenset({"building", "ruin", "site", "whole"})
_PRONOUN = re.compile(
    r"\b(?:it|they|its|their|this|these)\b|[它该此]|其(?!中)|这[座个道处]", re.IGNORECASE
)
_PRESENT = re.compile(
    r"\b(?:[Nn]ew|[Pp]resent|[Cc]urrent|[Rr]ebuilt|[Rr]econstructed|[Rr]estored|modern|today's)\s(?!York|Delhi|Year)"
    r"|\b(?:built|put up) (?:again|anew)\b|\b[Rr]e(?:building|construction)\b|\breplica\b|\bcopy\b|新[的建]?(?=[楼塔阁馆站殿寺庙城教桥])|"
    r"[重复再仿]建|现在的|今天的|现存|今日的|按原样"
)
_EARLIER = re.compile(
    r"\b(?:[Oo]lder|[Ee]arlier|[Pp]revious|preceding)\s(?!than)|\bstood (?:here|there|on the (?:site|spot)) "
    r"(?:before|earlier|until)|\bused to stand\b|\b[Rr]eplaced an?\b|前身|早先|更早的|旧有的|此前的"
)
_PASSIVE = re.compile(r"\b(?:was|were|been|being|be|is|are)\b[^,;]{0,30}$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a passage: `passage.text[start:end] == analysis.text`.

    Attributes:
        stems: stems of its words.
        concepts: concepts of its words.
        topic: what it is about, by its first clause.
        topics: the same for each clause.
    """

    passage: Passage
    start: int
    end: int
    analysis: Analysis
    stems: frozenset[str]
    concepts: frozenset[str]
    topic: Topic
    topics: tuple[Topic, ...]

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
    types = _types(named, analyses[0] if analyses and ordered[0][0].ordinal == 0 else None)
    sentences: list[Sentence] = []
    topic: Topic = "main"
    for (passage, start, end), analysis in zip(ordered, analyses, strict=True):
        topics = _topics(analysis, topic, types, names)
        topic = topics[0] if topics else topic
        sentences.append(
            Sentence(
                passage,
                start,
                end,
                analysis,
                frozenset(word.stem for word in analysis.words),
                frozenset(concept for word in analysis.words for concept in word.concepts),
                topic,
                topics,
            )
        )
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
    if not passive and re.match(
        r"\s(?:it|them|the|this|that|a|an|its|his|much|most|several)\b", tail
    ):
        return after[:5]
    return before


def topic_of(sentence: Sentence, cue: Cue, story: Story) -> Topic:
    """What the event of `cue` happened to."""
    words = patient(sentence.analysis, cue)
    if not words:
        return sentence.topics[cue.clause]
    clause = sentence.analysis.clauses[cue.clause]
    start = min(words[0].start, clause.end)
    text = sentence.text[start : words[-1].end]
    return _topic(text, words, sentence.topics[cue.clause], story.types, story.names)


def _types(named: list[Word], first: Analysis | None) -> frozenset[str]:
    vocabulary = lexicon()
    types = {c for word in named for c in word.concepts & vocabulary.types}
    if first is not None:
        text = first.text
        copula = re.search(r"\b(?:is|are|was|were)\b|是", text)
        if copula:
            end = re.search(
                r"\b(?:in|on|at|that|which|near|beside|held)\b|。", text[copula.end() :]
            )
            limit = copula.end() + end.start() if end else len(text)
            types |= {
                c
                for word in first.words
                if copula.end() <= word.start < limit
                for c in word.concepts & vocabulary.types
            }
    return frozenset(types - {"site", "city", "mountain", "exhibition"}) or frozenset({"building"})


def _topics(
    analysis: Analysis, previous: Topic, types: frozenset[str], names: frozenset[str]
) -> tuple[Topic, ...]:
    topics: list[Topic] = []
    current = previous
    for clause in analysis.clauses:
        head = _head(analysis.text[clause.start : clause.end])
        text = analysis.text[clause.start : clause.start + head]
        words = tuple(w for w in analysis.words if clause.start <= w.start < clause.start + head)
        current = _topic(text, words, current, types, names)
        topics.append(current)
    return tuple(topics)


_VERB = re.compile(
    r"\b(?:was|were|is|are|has|had|have|stands?|stood|serves?|held|began|opened|closed|remains?|"
    r"became|took|occup(?:y|ies)|replaced|survived?|will|would|could|can|did|does|burnt|fell|"
    r"collapsed)\b|[是被已于]|位于|建成|没有"
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
    if _EARLIER.search(text):
        return "earlier"
    if _PRESENT.search(text):
        return "present"
    vocabulary = lexicon()
    nouns = [
        word
        for word in words
        if word.concepts & (vocabulary.types | vocabulary.parts)
        and not (word.concepts & ACTIONS and not word.concepts & types)
    ]
    if nouns:
        kinds = nouns[-1].concepts
        if kinds & types or any(word.stem in names for word in nouns):
            return "main" if previous in ("main", "other") else previous
        if kinds & GENERIC:
            return previous
        if any(word.concepts & types for word in nouns):
            return "main" if previous in ("main", "other") else previous
        return "other"
    if any(word.is_name and word.stem in names for word in words):
        return "main"
    return previous
