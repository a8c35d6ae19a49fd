"""Proper names that question and text write in different scripts, found by their sound."""

from functools import lru_cache

from vlm.readers.extractive.questions import Question, Sought
from vlm.readers.extractive.sentences import Story
from vlm.readers.extractive.transliteration import chinese_runs, spelled_in

_WEIGHT = 1.3
_LEAST_LETTERS = 4


def with_names(question: Question, story: Story) -> tuple[Sought, ...]:
    """The words sought, a Chinese question's foreign names spelled as the English text has them."""
    if question.language != "zh" or story.candidate.language == "zh":
        return question.sought
    taken: list[tuple[int, int]] = []
    names: list[Sought] = []
    for start, end in chinese_runs(question.text):
        for name in _latin_names(story):
            span = spelled_in(name, question.text[start:end])
            if span is not None:
                place = start + span[0], start + span[1]
                taken.append(place)
                names.append(Sought(name, frozenset(), _WEIGHT, True, False, *place))
    kept = [
        word
        for word in question.sought
        if not any(word.start < end and start < word.end for start, end in taken)
    ]
    return tuple(sorted((*kept, *names), key=lambda word: word.start))


def sounding(question: Question, story: Story) -> dict[int, set[str]]:
    """Sentence → stems of an English question's names that the Chinese sentence spells by sound."""
    found: dict[int, set[str]] = {}
    if question.language == "zh" or story.candidate.language != "zh":
        return found
    names = [w for w in question.sought if w.is_name and len(w.stem) >= _LEAST_LETTERS]
    for index, sentence in enumerate(story.sentences):
        for start, end in chinese_runs(sentence.text) if names else ():
            for name in names:
                if spelled_in(name.stem, sentence.text[start:end]) is not None:
                    found.setdefault(index, set()).add(name.stem)
    return found


@lru_cache(maxsize=256)
def _latin_names(story: Story) -> tuple[str, ...]:
    """Stems of the names in an English text that are no names of its subject."""
    return tuple(
        {
            word.stem: None
            for sentence in story.sentences
            for word in sentence.analysis.words
            if word.is_name
            and not word.concepts
            and len(word.stem) >= _LEAST_LETTERS
            and word.stem not in story.names
        }
    )
