"""A candidate's passages as sentences, each with its place, its words and what it is about."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from knowledge.dates import find_years
from knowledge.documents import Passage
from knowledge.sentences import split_sentences
from vlm.readers.base import Candidate
from vlm.readers.extractive.events import Analysis, Cue, analyse
from vlm.readers.extractive.topics import (
    SubjectNames,
    Topic,
    subject_names_of,
    topic_of_event,
    topics_of,
)

_Span = tuple[Passage, int, int]
_SAME_YEAR = re.compile(
    r"\b(?:the same|that same|that) year\b|同年|同一年|当年(?!的)", re.IGNORECASE
)
MOST_READ = 40_000
"""Characters of one subject that are read for one question, or for its chronology."""
_LONGEST_NAME = 300
_MOST_NAMES = 50
"""Names of a subject that are read."""
_LONGEST_SENTENCE = 1000
"""Characters of a sentence that is read in one piece."""
_BREAK = re.compile(r"[\s,;:，；：、|]+")
_CELL = re.compile(r"[^\s.。:：][^.。:：\n]{0,30}[:：]\s?\S")
"""The beginning of a table's cell, after its column's name."""


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
class SubjectText:
    """A candidate as these rules need it: its names and passages, never its photos.

    What is cached is cached by this or by plain text, so no cache keeps a decoded photo in memory.
    """

    document_id: str
    title: str
    aliases: tuple[str, ...]
    language: str
    passages: tuple[Passage, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Title and aliases."""
        return self.title, *self.aliases


def text_of(candidate: Candidate) -> SubjectText:
    """The candidate without its photos."""
    return subject_text(
        document_id=candidate.document_id,
        title=candidate.title,
        aliases=candidate.aliases,
        language=candidate.language,
        passages=candidate.passages,
    )


def subject_text(
    *,
    document_id: str,
    title: str,
    aliases: Sequence[str],
    language: str,
    passages: Sequence[Passage],
    most_chars: int = MOST_READ,
) -> SubjectText:
    """What is read of a subject: no more of its names and passages than costs little time.

    Args:
        document_id: its id.
        title: the first 300 characters are read.
        aliases: the first 50 are read, those of at most 300 characters.
        language: BCP 47 tag of the passages.
        passages: the first ones are read, until `most_chars` characters are together.
        most_chars: of all passages.
    """
    kept: list[Passage] = []
    left = most_chars
    for passage in passages:
        if left <= 0:
            break
        kept.append(_beginning(passage, left))
        left -= len(passage.text)
    return SubjectText(
        document_id=document_id,
        title=title[:_LONGEST_NAME],
        aliases=tuple(each for each in aliases[:_MOST_NAMES] if len(each) <= _LONGEST_NAME),
        language=language,
        passages=tuple(kept),
    )


def _beginning(passage: Passage, most: int) -> Passage:
    if len(passage.text) <= most:
        return passage
    return replace(passage, text=passage.text[:most], end=passage.start + most)


@dataclass(frozen=True, slots=True, eq=False)
class ParsedText:
    """All that a candidate's passages say, in the document's order.

    Attributes:
        subject: how the text may call the candidate.
        stem_counts, concept_counts: in how many sentences each stands.
        is_about_part: the sentences are those about a part or another thing, read as its own text.
    """

    source: SubjectText
    sentences: tuple[Sentence, ...]
    subject: SubjectNames
    stem_counts: Counter[str]
    concept_counts: Counter[str]
    is_about_part: bool = False

    @property
    def types(self) -> frozenset[str]:
        """Concepts that name the subject (a church, a tower) and their like."""
        return self.subject.types

    @property
    def names(self) -> frozenset[str]:
        """Stems of its title and aliases."""
        return self.subject.names


@lru_cache(maxsize=64)
def parse_text(source: SubjectText) -> ParsedText:
    """Take a candidate's passages apart."""
    spans: dict[int, _Span] = {}
    for passage in source.passages:
        for start, end in _short_sentences(passage.text):
            spans.setdefault(passage.start + start, (passage, start, end))
    ordered = _joined([spans[position] for position in sorted(spans)])
    analyses = [analyse(passage.text[start:end]) for passage, start, end in ordered]
    opening = analyses[0] if ordered and ordered[0][0].start == 0 else None
    subject = subject_names_of(source.names, opening)
    sentences: list[Sentence] = []
    before: Topic = "main"
    end_of_last = 0
    for (passage, start, end), analysis in zip(ordered, analyses, strict=True):
        if passage.start + start - end_of_last > 1:
            before = "main"  # a new paragraph
        end_of_last = passage.start + end
        topics = topics_of(analysis, before, subject, is_first=not sentences)
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
        # *It was built again. Work began in 1995.*
        before = "present" if topics[-1] == "present" else topics[0]
    return ParsedText(
        source,
        tuple(sentences),
        subject,
        Counter(stem for sentence in sentences for stem in sentence.stems),
        Counter(concept for sentence in sentences for concept in sentence.concepts),
    )


def _short_sentences(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the sentences; what is too long for prose (a table, a list) is cut into pieces.

    The rules compare each event of a sentence with each of its dates, which a list of a thousand
    dates would make very slow.
    """
    for start, end in split_sentences(text):
        while end - start > _LONGEST_SENTENCE:
            breaks = _BREAK.finditer(text, start + 1, start + _LONGEST_SENTENCE)
            cut = max((found.end() for found in breaks), default=start + _LONGEST_SENTENCE)
            if text[start:cut].strip():
                yield start, start + len(text[start:cut].rstrip())
            start = cut + len(text[cut:end]) - len(text[cut:end].lstrip())
        yield start, end


def _joined(ordered: list[_Span]) -> list[_Span]:
    """Join sentences that say something only together.

    *In the same year …*, 同年…… goes to the sentence before, which holds the year; the cells of a
    table's row (*Year: 1903. Event: Opened.*, as `knowledge.corpus.markdown` writes it) to one.
    """
    joined: list[_Span] = []
    for passage, start, end in ordered:
        text = passage.text[start:end]
        if joined and joined[-1][0] is passage and _CELL.match(text):
            _, start_before, end_before = joined[-1]
            in_line = "\n" not in passage.text[end_before:start]
            short = end - start_before <= _LONGEST_SENTENCE
            if in_line and short and _CELL.match(passage.text, start_before, end_before):
                joined[-1] = (passage, start_before, end)
                continue
        if joined and _SAME_YEAR.search(text) and not find_years(text):
            before, start_before, end_before = joined[-1]
            short = end - start_before <= _LONGEST_SENTENCE
            if before is passage and short and find_years(passage.text[start_before:end_before]):
                joined[-1] = (passage, start_before, end)
                continue
        joined.append((passage, start, end))
    return joined


def topic_of(sentence: Sentence, cue: Cue, parsed: ParsedText) -> Topic:
    """What the event of `cue` happened to."""
    if parsed.is_about_part:
        return "main"
    return topic_of_event(sentence.analysis, cue, sentence.topics, sentence.before, parsed.subject)
