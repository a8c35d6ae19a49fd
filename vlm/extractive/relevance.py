"""How much of a question a sentence holds: overlap of words and meanings, rare words counting more.

The one measure by which sentences are compared, within a language and across the two.
"""

import math

from vlm.extractive.questions import Question, Sought
from vlm.extractive.sentences import Sentence, Story

_SAME_MEANING = 0.85
"""A word met by its meaning (*chapel* for *church*, 教堂 for *church*), not by itself."""
_NEIGHBOUR = 0.45
"""A word met in the sentence before, which a pronoun may carry over."""


class Relevance:
    """The question's words, weighted for one subject's text; built once per subject read."""

    def __init__(self, question: Question, story: Story) -> None:
        self.story = story
        self.weights: list[tuple[Sought, float]] = []
        for word in question.sought:
            weight = word.weight * _rarity(word, story)
            if word.stem in story.names or word.concepts & story.types:
                weight *= 0.25  # every sentence is about the subject
            self.weights.append((word, weight))
        self.total = sum(weight for _, weight in self.weights)

    def share(self, index: int) -> float:
        """Share of the question's weight that sentence `index` holds, 0 to 1."""
        if self.total <= 0:
            return 0.0
        sentence = self.story.sentences[index]
        before = self.story.sentences[index - 1] if index > 0 else None
        held = 0.0
        for word, weight in self.weights:
            match = met(word, sentence)
            if match < _NEIGHBOUR and before is not None:
                match = max(match, _NEIGHBOUR * met(word, before))
            held += weight * match
        return held / self.total

    def found(self) -> float:
        """Share of the question's weight that stands anywhere in the subject's text."""
        if self.total <= 0:
            return 1.0
        held = sum(
            weight
            for word, weight in self.weights
            if word.stem in self.story.names
            or self.story.stem_counts[word.stem]
            or any(self.story.concept_counts[concept] for concept in word.concepts)
        )
        return held / self.total


def met(word: Sought, sentence: Sentence) -> float:
    """1 where the sentence has the word itself, less for its meaning, 0 for neither."""
    if word.stem in sentence.stems:
        return 1.0
    return _SAME_MEANING if word.concepts & sentence.concepts else 0.0


def _rarity(word: Sought, story: Story) -> float:
    """Inverse document frequency over the subject's sentences, scaled to about 0.3 to 1."""
    count = story.stem_counts[word.stem]
    if not count and word.concepts:
        count = max(story.concept_counts[concept] for concept in word.concepts)
    sentences = max(1, len(story.sentences))
    return max(0.3, math.log((sentences + 1) / (count + 0.5)) / math.log((sentences + 1) / 0.5))
