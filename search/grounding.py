"""The check of a draft's words: an answer says nothing that its quotation does not hold.

A model that reads a hostile document can write anything beside a true quotation. So its words are
held against the quotation, the cited document's names and the question, and what does not hold is
replaced by the text that code composes from the quotation, or left out. Trusts no model and calls
none. `search.citation` has found the quotation before; here it is a fact.

Over 500 lines, since each rule for a word needs the others: what one of them lets pass, the next
has to hold.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from knowledge.documents import Document
from knowledge.language import fold, is_han
from knowledge.optional import optional
from search.citation import Citation, find_quote, year_stands_in
from vlm.chronology import (
    BEGINNINGS,
    RUINS,
    Chronology,
    Event,
    asks_existence,
    asks_yes_no,
    chronology_of,
)
from vlm.composed_text import compose_text
from vlm.readers import Draft, YearEvent, fits_what_is_asked

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(rf"\d+(?:[.,:]\d+)*|[{_HAN}]+|[^\W\d_{_HAN}]+(?:['’][^\W\d_{_HAN}]+)*")
_MARKS = frozenset(" \n.,;:!?'\"“”‘’()-–—。，、；：！？《》「」『』（）·…")
"""Characters that hold words together; any other one that is no letter must be quoted."""

_FUNCTION_WORDS_TEXT = """
    a an the it its this that these those they their there source sources says said document text
"""
_FUNCTION_WORDS = frozenset(_FUNCTION_WORDS_TEXT.split())
"""English words that say nothing by themselves. No verb is one: *was* before another's participle
makes a deed suffered of a deed done."""
_AUXILIARIES_TEXT = """
    is are was were be been being am has have had do does did will shall can must
"""
_AUXILIARIES = frozenset(_AUXILIARIES_TEXT.split())
"""Words that a question does not lend: with them any two nouns make a statement."""
_SMALL_WORDS_TEXT = """
    of in on at to for from by with into about as and or also both am is are was were be been being
    has have had do does did will shall can i me my we us our you your he him his she her hers they
    them who which s there
"""
_SMALL_WORDS = frozenset(_SMALL_WORDS_TEXT.split())
"""Further English words that do not answer an open question. No denial is one of them, nor *still*
or *yet*: they say what the question does not."""
_BEFORE_DATES = frozenset({"in", "on"})
"""May stand before a number in place of each other: *on 31 March 1889* → *in 1889*."""
_FUNCTION_HAN = frozenset("的了于在是它其该这那座个为年月日被据资料")
_DENIALS_TEXT = """
    not no never neither nor none nothing without cannot hardly scarcely barely almost nearly if
    unless would could might may should planned proposed intended supposed supposedly alleged
    allegedly reportedly rumoured rumored falsely false wrongly legend myth hoax claim claims
    claimed denied denies until before after except instead rather former formerly
"""
_DENIALS = frozenset(_DENIALS_TEXT.split())
"""English words that turn or weaken what stands beside them, so they cannot be left out."""
_DENYING_HAN = re.compile(
    r"[不没未无非莫勿否谎误]|计划|曾拟|打算|如果|假如|传说|据传|谣|几乎|险些|以前|之前|以后|之后"
)
_CONJUNCTIONS_TEXT = """
    and but or while whereas which who whom whose that when where than because so yet
"""
_CONJUNCTIONS = frozenset(_CONJUNCTIONS_TEXT.split())
_HAN_CHARACTER = re.compile(f"[{_HAN}]")
_HAN_CLAUSE = re.compile(r"[,;:()，；：、（）。！？!?\n]")
_CLAUSE_END = re.compile(r"[,;:()—–，；：、（）]")
_SENTENCE_END = re.compile(r"(?<=[。！？!?;；\n])|(?<=\.)(?=\s|$)")

_OPEN_QUESTION = re.compile(
    r"\b(?:when|what|which|who|whom|whose|where|why|how)\b|[哪谁何]|什么|怎|多少|几|为啥",
    re.IGNORECASE,
)
"""A question that takes its own words for granted: *When was it built?*, not *Was it built?*"""
_OF_KNOWN_LANGUAGE = re.compile(
    rf"\b(?:the|of|and|is|are|was|were|it|its|by|from|with)\b|[{_HAN}]", re.IGNORECASE
)
"""English and Chinese, whose words for dates and numbers are known well enough to miss them."""
_DENIES_DATE = re.compile(
    r"\bun(?:known|dated|certain|clear|recorded)\b|\b(?:still|yet)\b|[不没未无無]|仍"
)
"""Says that there is no date, or that what is asked about has not come."""
_RECORD_LINE = re.compile(r"[^:：?？]{1,40}[:：]\s*[^\s?？]")
"""`Label: value`; its label says something even if it is a number."""
_UNSURE = re.compile(r"[(\[–—-]\s*[?？][)\].\s]*$")
_POLITE = re.compile(
    r"^(?:please\s+)?(?:(?:can|could|would|will|do)\s+you\s+(?:please\s+)?"
    r"(?:tell|say|show|know|explain)|tell|i\s+want\s+to\s+know)\b"
    r"|^(?:请问|你知道|您知道|能告诉我|请告诉我|想知道)",
    re.IGNORECASE,
)
"""How a question begins that asks for what follows: *Can you tell me when …?*"""
_PARTICLE = re.compile(r"[吗嗎][?？]?$")
_OPEN_ELSEWHERE = re.compile(
    r"\b(?:wann|wo|wer|wem|wessen|wie|warum|woher|welche[mnrs]?|quand|où|comment|combien|pourquoi"
    r"|quel(?:le)?s?|cu[aá]ndo|d[oó]nde|qui[eé]n(?:es)?|cu[aá]l(?:es)?|c[oó]mo|cu[aá]nt[oa]s?)\b"
    r"|^(?:qui|que|qué|was)\b(?!.*\b(?:the|a|an|it|this)\b)",
    re.IGNORECASE,
)
"""The same in German, French and Spanish."""
_CHOICE = re.compile(r"\bor\b|还是|或", re.IGNORECASE)
"""A question that offers answers takes none of them for granted."""

_SAID_OF_STATE: Mapping[bool, re.Pattern[str]] = {
    True: re.compile(
        r"\b(?:still|today|currently)\s+(?:stands?|standing|exists?|existing|there)\b"
        r"|\b(?:stands?|exists?|remains)\s+(?:still|today)\b|\bstill\b(?=\s*[.,]?\s*$)"
        r"|今天?(?:仍然?|依然|还)(?:存在|在|矗立)|(?:仍然?|依然|至今|还)(?:存在|在|矗立)",
        re.IGNORECASE,
    ),
    False: re.compile(
        r"\bno longer\s+(?:stands?|standing|exists?|existing|there)\b"
        r"|\b(?:does not|doesn['’]t)\s+(?:stand|exist)(?:\s+(?:today|any\s?more))?\b"
        r"|今?天?已?经?(?:不复|不再|不)存在(?:了)?|已?经?不在了?",
        re.IGNORECASE,
    ),
}
"""How an answer says whether its subject stands, where the quotation says so."""
_REPLY: Mapping[bool, re.Pattern[str]] = {
    True: re.compile(r"^yes\b,?|^(?:是的|还?在)(?=[，,。]|$)", re.IGNORECASE),
    False: re.compile(r"^no\b,?|^(?:不|没有|不在了?)(?=[，,。]|$)", re.IGNORECASE),
}
"""How it begins, where whether it stands is what was asked."""

_MONTHS_TEXT = """
    january february march april may june july august september october november december
"""
_MONTHS = frozenset(_MONTHS_TEXT.split())
_MOST_GAP = 3
"""Words of the quotation that may be left out at one place: *on 31 March 1889* → *in 1889*."""
_LEAST_HAN = 2
"""Fewer Chinese characters in a row could be put together to any word."""
_MOST_ROOM = 200
"""Characters by which a text may be longer than its quotation."""

NOT_IN_EVIDENCE = "not_in_evidence"
"""Why a value of a caller's field is withheld: it does not stand in the cited passage."""


@dataclass(frozen=True, slots=True)
class Grounded:
    """A draft whose words hold.

    Attributes:
        draft: what is left of it.
        withheld: path of a value in `draft.fields` (`use.name`, `names[0]`) → why it is null now.
    """

    draft: Draft
    withheld: Mapping[str, str]


def grounded(
    draft: Draft,
    citation: Citation,
    document: Document,
    *,
    question: str,
    language: str,
    schema: Mapping[str, Any] | None = None,
) -> Grounded:
    """The draft as far as its quotation holds it.

    `value` and `current_use` must stand in the quotation. `year_event` is what the quotation says
    of the year. Each string and number of `fields` must stand in the cited passage. `text` is
    replaced by a composed one where it says more than the quotation. Of a composed draft only
    `value` is checked: code made the rest of it from the quotation.

    Args:
        draft: its citation holds, and `exists` is what the quotation says.
        citation: its quotation.
        document: the document that is cited.
        question: what was asked.
        language: of the answer.
        schema: the caller's schema of `fields`. A value that its `enum` or `const` lists is the
            caller's own word and is kept, and so is a truth value.
    """
    quote = citation.quote
    draft = replace(draft, value=_words_in(draft.value, quote))
    if draft.composed:
        return Grounded(draft, {})
    withheld: dict[str, str] = {}
    fields = draft.fields
    if fields is not None:
        held = _held(fields, schema or {}, citation.passage.text, "", withheld)
        fields = held if isinstance(held, Mapping) else None
    text = draft.text
    if not says_only(text, quote, document=document, question=question, exists=draft.exists):
        text = compose_text(
            document.title, quote, language=language, year=draft.year, exists=draft.exists
        )
    draft = replace(
        draft,
        text=text,
        current_use=_words_in(draft.current_use, quote),
        year_event=_event_of(draft, document, quote),
        fields=fields,
    )
    return Grounded(draft, withheld)


def says_nothing(draft: Draft, citation: Citation, document: Document, question: str) -> bool:
    """Whether a quotation tells nothing that the question does not say itself.

    It tells nothing where it is one of the document's names, the question over again, or a question
    itself; where it is a bare number; and where each of its words is a function word or stands in
    the question or in the document's names: *The Old Mill was demolished* does not answer when.
    Such words are an answer all the same to a question that they affirm or deny (*Was it
    demolished?*), and where they give a value or a year that the question does not have. It tells
    nothing either where it has no date at all and *when* is asked, or no number and *how many*.
    """
    quote = citation.quote
    names = {fold(name) for name in (document.title, *document.aliases)}
    said = fold(quote)
    has_words = any(map(str.isalpha, quote)) or _RECORD_LINE.match(quote) is not None
    if said in names or said == fold(question) or not has_words:
        return True
    sentences = [part for part in _SENTENCE_END.split(quote) if _TOKEN.search(part)]
    if all(_is_question(part.strip()) for part in sentences):
        return True
    if _cannot_answer(draft, quote, question):
        return True
    if _takes_yes_or_no(question, draft) or _gives_more(draft, quote, question):
        return False
    return not _adds_words(quote, names, question)


def _cannot_answer(draft: Draft, quote: str, question: str) -> bool:
    """Whether a date or a number is all that is asked for, and the quotation has none. A state or a
    denial may be said instead: *It still stands* answers when it was pulled down."""
    asked = {word.casefold() for word in _OPEN_QUESTION.findall(question)}
    return (
        draft.exists is None
        and len(asked) <= 1
        and not (_denials(quote) or _DENIES_DATE.search(quote))
        and _OF_KNOWN_LANGUAGE.search(quote) is not None
        and not fits_what_is_asked(question, quote)
    )


def _takes_yes_or_no(question: str, draft: Draft) -> bool:
    """Whether a sentence that repeats the question answers it."""
    asked, is_polite = _POLITE.subn("", question.strip())
    if is_polite:  # 你知道它是哪一年建的吗 asks when
        asked = _PARTICLE.sub("", asked)
    is_open = _OPEN_QUESTION.search(asked) or _OPEN_ELSEWHERE.search(asked)
    is_closed = optional(
        lambda: asks_yes_no(asked) or asks_existence(question),
        otherwise=False,
        what="kind of question",
        document_id="",
    )
    return is_closed or (
        not is_open and ("?" in asked or "？" in asked or draft.exists is not None)
    )


def _gives_more(draft: Draft, quote: str, question: str) -> bool:
    """Whether the draft gives a year or a value that the question does not have. A value that the
    quotation has more often is another one: *Eiffel built the Eiffel Tower*."""
    if draft.year is not None and not year_stands_in(draft.year, question):
        return True
    value = _words_in(draft.value, quote)
    return value is not None and _count_words(value, quote) > _count_words(value, question)


def _count_words(words: str, text: str) -> int:
    """How often words stand in a text, whole words alone, folded."""
    wanted, said = fold(words), fold(text)
    if is_han(wanted[:1]):
        return said.count(wanted)
    return f" {said.replace(' ', '  ')} ".count(f" {wanted.replace(' ', '  ')} ")


def _is_question(sentence: str) -> bool:
    """Whether a sentence asks. *Place: Mashhad?* and *French (?)* do not: they are unsure."""
    asks = sentence.endswith(("?", "？"))
    return asks and not _RECORD_LINE.match(sentence) and not _UNSURE.search(sentence)


def _adds_words(quote: str, names: Set[str], question: str) -> bool:
    """Whether a quotation holds a word that is neither a function word nor stands in the question
    or in the document's names (`names`, folded).

    A name is left out as a whole. Of its single words only those that the quotation writes with a
    small letter are left out: *the station* of *Old Station*, but not the painter whom a title
    names.
    """
    said = f" {fold(quote)} "
    for name in sorted(names, key=len, reverse=True):
        said = said.replace(name if is_han(name[:1]) else f" {name} ", " ") if name else said
    asked = fold(question)
    small = {
        word for token in _TOKEN.findall(quote) if token.islower() for word in fold(token).split()
    }
    of_names = {word for name in names for word in name.split()} & small
    known = {*_TOKEN.findall(asked), *of_names, *_FUNCTION_WORDS, *_SMALL_WORDS}
    return any(
        not _repeats_han(token, asked) if is_han(token[0]) else token not in known
        for token in _TOKEN.findall(said)
    )


def _repeats_han(run: str, asked: str) -> bool:
    """Whether Chinese characters are made of pieces of the question and of function characters. Of
    two neighbouring pieces one is longer than a character: 山西 is not 山…西."""
    position, was_single = 0, False
    while position < len(run):
        end = position
        while end < len(run) and run[position : end + 1] in asked:
            end += 1
        is_function = run[position] in _FUNCTION_HAN
        is_single = end - position <= 1 and not is_function
        if is_single and (end == position or was_single):
            return False
        was_single = is_single
        position = max(end, position + 1)
    return True


def says_only(
    text: str, quote: str, *, document: Document, question: str, exists: bool | None
) -> bool:
    """Whether a text says nothing that a quotation does not say.

    Each sentence has to repeat words of the quotation, in their order and out of one clause, with
    nothing between them but function words, the document's names and what an open question takes
    for granted. It leaves out no denial, dates nothing otherwise than the quotation, and holds no
    character that could hide or imitate another.

    >>> station = Document("c", "s", "Old Station", "", "en")
    >>> says_only("It was demolished in 1992.", "The Old Station was demolished in July 1992.",
    ...           document=station, question="", exists=None)
    True
    >>> says_only("It was demolished in 1993.", "The Old Station was demolished in July 1992.",
    ...           document=station, question="", exists=None)
    False
    """
    if not text.strip() or len(text) > len(quote) + _MOST_ROOM:
        return False
    if not _is_plain(text, quote, document.title):
        return False
    if text == quote:
        return True
    source = _Source.of(quote, document, question, exists)
    sentences = [part.strip() for part in _SENTENCE_END.split(text)]
    if not all(source.holds(part) for part in sentences if _TOKEN.search(part)):
        return False
    return _dates_alike(text, quote, document, exists)


@dataclass(frozen=True, slots=True)
class _Word:
    """A token of the quotation: its forms, the clause and the sentence that it stands in."""

    forms: frozenset[str]
    clause: int
    sentence: int
    is_number: bool


@dataclass(frozen=True, slots=True)
class _Source:
    """What a text is held against."""

    words: tuple[_Word, ...]
    clauses: tuple[str, ...]  # of the quotation, for texts in Chinese
    denials: Mapping[int, frozenset[str]]  # sentence of the quotation → its denying words
    names: frozenset[str]
    names_han: tuple[str, ...]
    question: frozenset[str]
    question_han: str
    exists: bool | None
    asks_existence: bool

    @staticmethod
    def of(quote: str, document: Document, question: str, exists: bool | None) -> "_Source":
        words: list[_Word] = []
        denials: dict[int, frozenset[str]] = {}
        clause = 0
        for number, sentence in enumerate(_SENTENCE_END.split(quote)):
            denials[number] = _denials(sentence)
            clause += 1
            last = 0
            for match in _TOKEN.finditer(sentence):
                token = match.group()
                parted = _CLAUSE_END.search(sentence[last : match.start()])
                last = match.end()
                if parted is not None or token.casefold() in _CONJUNCTIONS:
                    clause += 1
                words.append(_Word(_forms(token), clause, number, token[0].isdigit()))
        names = (document.title, *document.aliases)
        is_open = _OPEN_QUESTION.search(question) and not _CHOICE.search(question)
        asked = question if is_open else ""
        return _Source(
            words=tuple(word for word in words if not _is_function(word.forms)),
            clauses=tuple(filter(None, _HAN_CLAUSE.split(quote.casefold()))),
            denials=denials,
            names=frozenset(form for name in names for form in _tokens(name)),
            names_han=tuple(sorted({n for n in names if is_han(n[:1])}, key=len, reverse=True)),
            question=frozenset(
                token
                for token in _tokens(asked)
                if not token[0].isdigit() and token not in _DENIALS | _AUXILIARIES
            ),
            question_han=asked,
            exists=exists,
            asks_existence=optional(
                lambda: asks_existence(question),
                otherwise=False,
                what="kind of question",
                document_id="",
            ),
        )

    def holds(self, sentence: str) -> bool:
        """Whether a sentence says nothing else."""
        state = False
        if self.exists is not None:
            if self.asks_existence:
                sentence, replied = _REPLY[self.exists].subn(" ", sentence)
                state = replied > 0
            sentence, found = _SAID_OF_STATE[self.exists].subn(" ", sentence)
            state = state or found > 0
        if _HAN_CHARACTER.search(sentence):
            for name in self.names_han:
                sentence = sentence.replace(name, " ")
            parts = [part for part in _HAN_CLAUSE.split(sentence.casefold()) if _TOKEN.search(part)]
            return (state or bool(parts)) and all(map(self._holds_han, parts))
        return self._holds_latin(sentence, state=state)

    def _holds_latin(self, sentence: str, *, state: bool) -> bool:
        tokens = [match.group().casefold() for match in _TOKEN.finditer(sentence)]
        said = _denials(sentence)
        return (state and self._goes_on(tokens, None, said)) or any(
            self._goes_on(tokens, start, said) for start in self._starts()
        )

    def _goes_on(self, tokens: Sequence[str], start: int | None, said: frozenset[str]) -> bool:
        """Whether a sentence repeats the quotation from `start` on; from nowhere, if it is None."""
        at: int | None = None  # the latest word of the quotation that was repeated
        touched: set[int] = set()
        for number, form in enumerate(tokens):
            if form in _FUNCTION_WORDS or (form in self.names and not form.isdigit()):
                continue
            is_dated = number + 1 < len(tokens) and tokens[number + 1][0].isdigit()
            if form in _BEFORE_DATES and is_dated:
                continue
            found = start if at is None else self._next(form, at)
            if found is None or form not in self.words[found].forms:
                if form in self.names or form in self.question:
                    continue
                return False
            touched.add(self.words[found].sentence)
            at = found
        denied = any(not self.denials[number] <= said for number in touched)
        return not denied and (start is None or at is not None)

    def _holds_han(self, part: str) -> bool:
        """Whether one clause of the quotation says what a clause of a Chinese text says."""
        return any(
            set(_DENYING_HAN.findall(clause)) <= set(_DENYING_HAN.findall(part))
            and self._follows(part, clause)
            for clause in self.clauses
        )

    def _follows(self, part: str, clause: str) -> bool:
        after, repeated = 0, False
        for match in _TOKEN.finditer(part):
            token, position = match.group(), 0
            if not is_han(token[0]):
                found = re.compile(rf"(?<![^\W_{_HAN}]){re.escape(token)}(?![^\W_{_HAN}])").search(
                    clause, after
                )
                if found is not None:
                    after, repeated = found.end(), True
                elif token not in self.names:
                    return False
                continue
            while position < len(token):
                for end in range(len(token), position + _LEAST_HAN - 1, -1):
                    at = clause.find(token[position:end], after)
                    if at >= 0:
                        after, repeated, position = at + end - position, True, end
                        break
                    if token[position:end] in self.question_han:
                        position = end
                        break
                else:
                    if token[position] not in _FUNCTION_HAN:
                        return False
                    position += 1
        return repeated

    def _next(self, form: str, at: int) -> int | None:
        """Where the quotation goes on with a word: near the word before, in the same clause."""
        for index in range(at + 1, min(len(self.words), at + 2 + _MOST_GAP)):
            word = self.words[index]
            if word.clause != self.words[at].clause and not word.forms & _CONJUNCTIONS:
                return None
            if form in word.forms:
                return index
        return None

    def _starts(self) -> list[int]:
        """Words that a sentence may begin with: their clause names nobody else before them, since
        otherwise the sentence would exchange its subject."""
        starts, clause, is_open = [], -1, True
        for index, word in enumerate(self.words):
            if word.clause != clause:
                clause, is_open = word.clause, True
            if is_open:
                starts.append(index)
            free = self.names | _BEFORE_DATES | _CONJUNCTIONS | _MONTHS
            is_open = is_open and (word.is_number or not free.isdisjoint(word.forms))
        return starts


def _is_plain(text: str, *sources: str) -> bool:
    """Whether a text's characters are letters, digits, plain marks, or such as the sources have."""
    known = _MARKS.union(*sources)
    return all(
        character in known or (character.isalnum() and unicodedata.category(character)[0] in "LN")
        for character in text
    )


def _tokens(text: str) -> Iterator[str]:
    for match in _TOKEN.finditer(text):
        yield from _forms(match.group())


@lru_cache(maxsize=8_192)
def _forms(token: str) -> frozenset[str]:
    """How a word of a source may be written: as it is, or in NFKC. Another ending is another word:
    *wanted to demolish it* is not *demolished it*."""
    plain = token.casefold()
    folded = unicodedata.normalize("NFKC", token).casefold()
    return frozenset({plain, folded, plain.replace("’", "'")})


def _is_function(forms: frozenset[str]) -> bool:
    return not forms.isdisjoint(_FUNCTION_WORDS)


def _denials(sentence: str) -> frozenset[str]:
    words = {match.group().casefold() for match in _TOKEN.finditer(sentence)}
    negated = {"not" for word in words if word.endswith(("n't", "n’t"))}
    return frozenset((words & _DENIALS) | negated)


def _dates_alike(text: str, quote: str, document: Document, exists: bool | None) -> bool:
    """Whether the text states no event and no state that the quotation does not state."""
    said, quoted = _read(text, document), _read(quote, document)
    known = {(event.kind, event.year.value) for event in quoted.events}
    for event in said.events:
        if (event.kind, event.year.value) not in known:
            return False
    state = said.existence
    if state is None or quoted.existence is None:
        claimed = None if state is None or state.plainness < 0.9 else state.exists
        return claimed is None or claimed == exists
    return state.exists == quoted.existence.exists


def _read(text: str, document: Document) -> Chronology:
    return chronology_of(replace(document, text=text))


def _event_of(draft: Draft, document: Document, quote: str) -> YearEvent | None:
    """What the quotation says happened in the draft's year; None where it does not say."""
    if draft.year is None or draft.year_event is None:
        return None
    events = [event for event in _read(quote, document).events if event.year.value == draft.year]
    happened = {_named(event) for event in events}
    if draft.year_event in happened:
        return draft.year_event
    return next(iter(sorted(happened)), None)


def _named(event: Event) -> YearEvent:
    if event.kind in RUINS:
        return "demolished"
    return "built" if event.kind in BEGINNINGS else "other"


def _words_in(words: str | None, text: str) -> str | None:
    """The words as they stand in a text, whole words alone; None where they do not."""
    if words is None or not _TOKEN.search(words):
        return None
    begin = 0
    for _ in range(_MOST_TRIES):  # *he* stands in *The* before it stands alone
        span = find_quote(words, text[begin:])
        if span is None:
            return None
        start, end = begin + span[0], begin + span[1]
        cut = _joins(text[max(0, start - 1) : start], text[start : start + 1]) or _joins(
            text[end - 1 : end], text[end : end + 1]
        )
        if not cut and not _cuts_number(text, start, end):
            return text[start:end]
        begin = start + 1
    return None


def _cuts_number(text: str, start: int, end: int) -> bool:
    """Whether a span begins or ends within a number: 889 of 1,889, or 3 of 3.5."""
    return any(
        match.start() < start < match.end() or match.start() < end < match.end()
        for match in _LONG_NUMBER.finditer(text)
    )


def _joins(first: str, second: str) -> bool:
    """Whether two neighbouring characters are parts of one word or one number."""
    if not first or not second or _UNSPACED.match(first) or _UNSPACED.match(second):
        return False
    if _is_katakana(first) != _is_katakana(second):
        return False
    return first.isalnum() and second.isalnum()


def _is_katakana(character: str) -> bool:
    return "\u30a0" <= character <= "\u30ff"


_MOST_TRIES = 16
_UNSPACED = re.compile(rf"[{_HAN}\u3040-\u309f\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
"""Scripts that put no spaces between words: Chinese, Japanese, Thai, Lao, Burmese, Khmer."""
_LONG_NUMBER = re.compile(r"(?<!\d)\d+(?:[,，]\d{3}(?!\d)|\.\d+)+")
_NUMBER = re.compile(r"(?<![\w.,])[-−]?\d+(?:[,，]\d{3})*(?:\.\d+)?(?!\w)|\d+(?:\.\d+)?")


def _number_stands_in(number: float, text: str) -> bool:
    if isinstance(number, int) and year_stands_in(number, text):
        return True
    plain = unicodedata.normalize("NFKC", text)
    written = (
        match.group().replace(",", "").replace("−", "-") for match in _NUMBER.finditer(plain)
    )
    return any(float(each) == number for each in written)


def _held(
    value: object, schema: Mapping[str, Any], text: str, path: str, withheld: dict[str, str]
) -> object:
    """A value of the caller's fields; whatever of it stands neither in the text nor, as one of the
    caller's own values, in the schema is null, and its path is added to `withheld`."""
    schemas = [schema, *(one for one in schema.get("anyOf", ()) if isinstance(one, Mapping))]
    if isinstance(value, Mapping):
        known = [one["properties"] for one in schemas if isinstance(one.get("properties"), Mapping)]
        return {
            key: _held(
                each,
                next((one[key] for one in known if isinstance(one.get(key), Mapping)), {}),
                text,
                f"{path}.{key}" if path else str(key),
                withheld,
            )
            for key, each in value.items()
        }
    if isinstance(value, list):
        items: Mapping[str, Any] = next(
            (one["items"] for one in schemas if isinstance(one.get("items"), Mapping)), {}
        )
        return [
            _held(each, items, text, f"{path}[{at}]", withheld) for at, each in enumerate(value)
        ]
    if value is None or isinstance(value, bool):
        return value
    for one in schemas:
        if value in one.get("enum", ()) or ("const" in one and value == one["const"]):
            return value
    held: object = None
    if isinstance(value, str):
        held = _words_in(value, text) if value.strip() else ""
    elif isinstance(value, int | float) and _number_stands_in(value, text):
        held = value
    if held is None:
        withheld[path] = NOT_IN_EVIDENCE
    return held


def known_thoughts(reasoning: str | None, sources: Sequence[str]) -> str | None:
    """A model's thoughts, unless they hold a number, an address or a hidden character that no
    source holds: that is what an injected text wants people to read.

    Args:
        reasoning: the thoughts; None stays None.
        sources: the passages and names that the model was shown, and the question.
    """
    if reasoning is None or not _is_plain(reasoning, *sources):
        return None
    known = {form for source in sources for form in _tokens(source)}
    strange = _ADDRESS.search(reasoning) or any(
        match.group() not in known for match in _DIGITS.finditer(reasoning)
    )
    return None if strange else reasoning


_DIGITS = re.compile(r"\d+(?:[.,:]\d+)*")
_ADDRESS = re.compile(r"@|://|\bwww\.|\b[\w-]+\.(?=[a-z]{2,}\b)", re.IGNORECASE)
