"""How much of a question a sentence holds: overlap of words and meanings, rare words counting more.

The one measure by which sentences are compared, within a language and across the two.
"""

import math
import re
from itertools import pairwise

from vlm.readers.extractive.asked_subject import name_span
from vlm.readers.extractive.events import ACTIONS
from vlm.readers.extractive.lexicon import lexicon
from vlm.readers.extractive.parsed_text import ParsedText, Sentence
from vlm.readers.extractive.questions import Question, Sought
from vlm.readers.extractive.transliteration import sounding, with_names

_SAME_MEANING = 0.85
"""A word met by its meaning (*chapel* for *church*, 教堂 for *church*), not by itself."""
_KINDRED = 0.6
"""A word met by a kindred one: *ordered* by *built by*, *paid* by *the cost*."""
_NEIGHBOUR = 0.45
"""A word met in the sentence before, which a pronoun may carry over."""
_ADJACENT = 0.15
"""The same where no pronoun leads back to that sentence."""
_PRONOUN = re.compile(
    r"(?:It|They|He|She|This|These|That|Those|His|Her|Its|Their|There|Here|Then)\b|[它他她其这该此]"
)
_SIDE_BY_SIDE = 0.25
"""Added where neighbouring words of the question stand side by side in the sentence too."""
_OF_SUBJECT = 0.15
_OF_EVENT = 0.4
_OF_STAGE = 0.4
_WITHOUT_DEED = 0.7
"""A sentence that does not state what was done, where another sentence does."""
_COMMON_DEEDS = frozenset(
    {"use", "name", "hold", "tell", "work", "show", "stop", "continue", "date"}
)
_STAGES = frozenset({"old", "new"})
_PHASES = frozenset({"begin", "finish", "end"})
_DEED = 1.5
_SCENE = 0.3
_FOREIGN_NAME = 0.15
_PLACE = 0.4
_MISSED = 0.5


class Relevance:
    """The question's words, weighted for one subject's text; built once per subject read.

    Attributes:
        weights: each word sought with its weight.
        total: their sum.
        besides: the sum without the event and the subject, which are judged on their own.
    """

    def __init__(self, question: Question, parsed: ParsedText, *, with_photo: bool) -> None:
        self.parsed = parsed
        self._sounding = sounding(question, parsed)
        self.weights: list[tuple[Sought, float]] = []
        self.besides = 0.0
        event = question.actions | _PHASES
        asking = [w for w in question.sought if not w.is_scene and not w.concepts & event]
        self._aside: list[bool] = []
        self._deeds: list[Sought] = []
        named = name_span(question.text, parsed.source)
        for word in with_names(question, parsed):
            weight = word.weight * _rarity(word, parsed)
            if _is_deed(word):
                weight *= _DEED
            is_aside = False
            if question.wanted == "use" and "use" in word.concepts:
                weight *= _OF_EVENT
            if question.wanted == "year" and word.concepts & event:
                weight *= _OF_EVENT
                is_aside = bool(question.actions)
            if named is not None and named[0] <= word.start < named[1]:
                weight *= _OF_SUBJECT
                is_aside = True
            elif word.concepts & _STAGES or (
                parsed.sentences and word.concepts & lexicon().places & parsed.sentences[0].concepts
            ):
                weight *= _OF_STAGE  # which building of the site, and where it is
                is_aside = True
            elif word.stem in parsed.names or word.concepts & parsed.types:
                weight *= _OF_SUBJECT  # every sentence is about the subject
                is_aside = True
            elif not _held(word, parsed):
                weight *= _absent(word, question, parsed, with_photo)
            if _is_deed(word) and not is_aside and not word.is_scene and _held(word, parsed):
                self._deeds.append(word)
            self.weights.append((word, weight))
            is_aside = is_aside or (word.is_scene and bool(asking))
            self._aside.append(is_aside)
            self.besides += 0.0 if is_aside else weight
        self.total = sum(weight for _, weight in self.weights)

    def share(self, index: int) -> float:
        """Share of the question's weight that sentence `index` holds, 0 to 1."""
        if self.total <= 0:
            return 0.0
        sentence = self.parsed.sentences[index]
        before = self.parsed.sentences[index - 1] if index > 0 else None
        held = 0.0
        for word, weight in self.weights:
            match = self._met(word, index)
            if match < _NEIGHBOUR and before is not None:
                match = max(match, _NEIGHBOUR * self._met(word, index - 1))
            held += weight * match
        share = min(1.0, held / self.total + _SIDE_BY_SIDE * self._side_by_side(sentence))
        if self._deeds and not any(self._met(deed, index) for deed in self._deeds):
            share *= _WITHOUT_DEED
        return share

    def share_besides(self, index: int) -> float:
        """Like `share`, over the words that are neither the event nor the subject; 0 for none."""
        if self.besides <= 0:
            return 0.0
        before = self.parsed.sentences[index - 1] if index > 0 else None
        carried = _NEIGHBOUR if _PRONOUN.match(self.parsed.sentences[index].text) else _ADJACENT
        held = 0.0
        for (word, weight), aside in zip(self.weights, self._aside, strict=True):
            if not aside:
                match = self._met(word, index)
                if match < carried and before is not None:
                    match = max(match, carried * self._met(word, index - 1))
                held += weight * match
        return held / self.besides

    def found(self) -> float:
        """Share of the question's weight that stands anywhere in the subject's text."""
        if self.total <= 0:
            return 1.0
        return sum(weight for word, weight in self.weights if _held(word, self.parsed)) / self.total

    def misses_a_deed(self) -> bool:
        """Whether the question mentions a deed that the text does not mention."""
        return any(
            (_is_deed(word) or word.concepts & ACTIONS) and not _held(word, self.parsed)
            for word, _ in self.weights
        )

    def _met(self, word: Sought, index: int) -> float:
        """1 where a sentence has the word itself, less for its meaning, least for a kindred one."""
        sentence = self.parsed.sentences[index]
        if word.stem in sentence.stems or word.stem in self._sounding.get(index, ()):
            return 1.0
        if word.concepts & sentence.concepts:
            return _SAME_MEANING
        return _KINDRED if _kindred(word) & sentence.concepts else 0.0

    def _side_by_side(self, sentence: Sentence) -> float:
        pairs = {(a.stem, b.stem) for a, b in pairwise(sentence.analysis.words)}
        total = held = 0
        for (first, _), (second, _) in pairwise(self.weights):
            # a deed with its object says most: *renamed* what?
            worth = 3 if first.concepts & lexicon().deeds else 1
            total += worth
            held += worth * ((first.stem, second.stem) in pairs)
        return held / total if total else 0.0


def _kindred(word: Sought) -> frozenset[str]:
    kindred = lexicon().kindred
    return frozenset(other for concept in word.concepts for other in kindred.get(concept, ()))


def _is_deed(word: Sought) -> bool:
    return bool(word.concepts & lexicon().deeds) and word.concepts.isdisjoint(_COMMON_DEEDS)


def _held(word: Sought, parsed: ParsedText) -> bool:
    return bool(
        word.stem in parsed.names
        or parsed.stem_counts[word.stem]
        or any(parsed.concept_counts[concept] for concept in word.concepts | _kindred(word))
    )


def _absent(word: Sought, question: Question, parsed: ParsedText, with_photo: bool) -> float:
    """What a word that the text lacks still weighs.

    A name in the other script cannot be found; a text may leave out a well-known place; words that
    describe the picture need not be in the text. A missing deed counts in full, another missing
    word in part.
    """
    if question.language != parsed.source.language and not word.concepts:
        return _FOREIGN_NAME
    if word.concepts and word.concepts <= lexicon().places:
        return _PLACE
    vocabulary = lexicon()
    if (_is_deed(word) or word.concepts & ACTIONS) and not word.is_scene:
        return 1.0
    if word.is_scene or (
        with_photo and word.concepts and word.concepts <= vocabulary.types | vocabulary.parts
    ):
        return _SCENE
    return _MISSED


def _rarity(word: Sought, parsed: ParsedText) -> float:
    """Inverse document frequency over the subject's sentences, scaled to 0.3 to 1."""
    if word.concepts and word.concepts <= {"building", "site"}:
        return _OF_SUBJECT
    count = parsed.stem_counts[word.stem]
    if not count and word.concepts:
        count = max(parsed.concept_counts[concept] for concept in word.concepts)
    sentences = max(1, len(parsed.sentences))
    return max(0.3, math.log((sentences + 1) / (count + 0.5)) / math.log((sentences + 1) / 0.5))
