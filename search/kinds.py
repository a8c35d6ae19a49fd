"""What kind of thing a question asks about, and whether a subject is one: *this bridge* of a tomb.

A kind contradicts only where both are known, neither is a broader word for the other, people do not
take one for the other, and the subject's own text does not tell of such a thing. An unknown noun
says nothing. Knows English and Chinese, across both; no photo, no ranking and no model. Over 500
lines, since question and subject are read for the same nouns in both languages.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Literal

from knowledge.documents import Document
from knowledge.language import guess_language, is_han
from knowledge.sentences import split_sentences
from search.kind_words import ALIKE, KINDS, PARTS
from vlm.chronology import plain

Verdict = Literal["agrees", "unknown", "contradicts"]

_MOST_ASKED = 500
"""Characters of a question that are read for a kind."""
_OPENING = 1_200
"""Characters of a text that say what its subject is."""
_OPENING_HAN = 240
_MENTIONED_IN = 20_000
"""Characters of a text in which a kind may be mentioned."""
_EARLY = 400
"""Of these, where one mention counts."""
_LONGEST = 4
"""Words of the longest noun."""

_NP_STOP = frozenset(
    """a an the this that these those of in on at by for from to with without near beside behind
    under over above below between among along across into onto upon about around after before
    since until during through within as is was are were be been being has have had does do did
    will would can could may might should must and or but if when where who whom whose which what
    why how still there today now ever yet here again once also not no it its they their he she
    his her you your we our me my stand stands standing stood exist exists existing built made
    located situated lying lies lie rises rise used known called named held built found gone so
    than then currently presently nowadays anymore look looks
    """.split()  # noqa: SIM905 - easier to read
)
_ADJECTIVES_OR_VERBS = frozenset(
    """built made found become became begin began burn burnt close come cost count date die draw
    fall
    fell fly go grow hang house hold keep last lie live look lose lost mean measure need open own
    play run sail seat sell serve show sink sank sit stand stop survive take taken tell told use
    weigh work belong belongs bloom flower happen happened open closed left bought sold struck cut
    cast wrecked put set up off worth tall high long wide deep old big large heavy rare edible
    poisonous extinct alive dead intact famous important valuable safe empty abandoned complete
    unfinished visible accessible special unique protected moved drawn painted written printed
    worn say says contain cross lead led sunk shot rung broke turn turns rebuilt torn pulled down
    made broken lit
    """.split()  # noqa: SIM905
)
"""What may follow a noun in a question and is no noun itself."""
_AUXILIARIES = frozenset("is was are were does did do has have had will can could".split())  # noqa: SIM905
_DOING = frozenset(
    """built designed painted made wrote founded owns owned demolished destroyed discovered carved
    commissioned visited drew printed""".split()  # noqa: SIM905
)
_DO = frozenset({"does", "did", "do"})
_POINTING = frozenset({"this", "that", "these", "those"})
_OF_KINDS = frozenset(
    """name kind type form sort group pair set part piece complex ruins ruin remains site example
    series row variety species genus member collection fragment""".split()  # noqa: SIM905
)
_WORD = re.compile(r"[a-z]+(?:[-'’][a-z]+)*|[^\sa-z]")
_COPULA = re.compile(
    r"\b(?:is|was|are|were|became|becomes|remains|remained)\s+(?:[a-z]+ly\s+|now\s+|once\s+|also\s+"
    r"|still\s+|today\s+|first\s+|one of\s+|among\s+)*(?:an?|the|two|three|four)\s+"
)
_APPOSED = re.compile(r"[,(]\s*(?:an?|the)\s+")
_LABEL = re.compile(r"\s*([^:：\n]{1,40})[:：]\s*(.*)")
_TYPE_LABEL = re.compile(
    r"\b(?:types?|kinds?|class|categor\w*|classification|object\s?name|object|genre|form|nature"
    r"|work\s?type|object\s?type|taxon|family|order|subject type)\b"
    r"|类[型别]|种类|器类|品名|门类|性质|名称|科|目",
    re.IGNORECASE,
)
_ART_LABEL = re.compile(
    r"\b(?:artist|painter|sculptor|medium|technique|support|engraver|printmaker)\b|画家|作者|技法|质地|材质",
    re.IGNORECASE,
)
_PHOTO_LABEL = re.compile(
    r"\b(?:photographer|photograph by|publisher|negative|print size)\b|摄影|拍摄", re.IGNORECASE
)
_TITLE_END = re.compile(
    r"\s(?:of|in|at|on|near|by|for|with|de|du|des|der|del|and|from|to)\s|[,(（:：;–—]|\s-\s"
)
_HAN_RUN = re.compile(r"[\u3400-\u9fff]+")
_HAN_CLAUSE = re.compile(r"[,，。;；、()（）\s]+")
_HAN_POINTER = re.compile(
    r"(?:[这那该此](?![是里儿样些么])一?"
    r"|(?:照片|图片|图像|画面|相片|影像|图)(?:里|中|上|内)(?:面|边)?的?[这那]?一?)"
    r"[座个艘辆架棵株只匹头幅枚把尊本册条张家所件块种栋幢处台口间艇列顶方面支枝朵颗位名]?"
    r"(?P<np>[\u3400-\u9fff]{1,14})"
)
_HAN_STOP = re.compile(
    r"是|还|仍|在|现|什|哪|何|多[少高大长深重远久宽]|有|被|吗|后来|目前|如今|今天|由|叫|建[成于造]|能|会"
    r"|曾|最|一共|谁|怎|毁|拆|保|开放|几|长在|要|可|为|已|当"
)
_HAN_BARE = re.compile(
    r"^(?P<np>[\u3400-\u9fff]{1,6}?)(?=还在|现在|是什么|是哪|什么时候|建于|还有|后来)"
)
_HAN_NOT_IS = re.compile(r"[跨临邻近于在距离]")
_IRREGULAR = {
    "men": "man", "women": "woman", "people": "person", "children": "child", "geese": "goose",
    "mice": "mouse", "teeth": "tooth", "oxen": "ox", "knives": "knife", "wolves": "wolf",
    "churches": "church", "buses": "bus", "fungi": "fungus", "algae": "alga", "leaves": "leaf",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun for a kind, as it was written, and its kinds: one for each of its senses."""

    word: str
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the kind that a question asks about and a subject's own lie to each other.

    Attributes:
        verdict: `agrees`, `contradicts`, or `unknown` where one is not known or both may be.
        asked: the noun of the question, if it has one.
        own: a noun for what the subject is, if that is known.
    """

    verdict: Verdict
    asked: Noun | None = None
    own: Noun | None = None

    @property
    def signal(self) -> float:
        """1 where the kinds agree, -1 where they contradict each other, else 0."""
        return {"agrees": 1.0, "unknown": 0.0, "contradicts": -1.0}[self.verdict]

    def in_words(self, language: str) -> tuple[str, str]:
        """Both kinds in English, with an article, or in Chinese."""
        assert self.asked is not None
        assert self.own is not None
        return _said(self.asked, language), _said(self.own, language)


def compare_kinds(question: str, document: Document) -> Comparison:
    """Hold the kind of thing that a question asks about against what a document is about.

    >>> text = "The Elm Tomb is a domed tomb of white marble."
    >>> tomb = Document("c", "t", "Elm Tomb", text, "en")
    >>> compare_kinds("Is this bridge still there?", tomb).verdict
    'contradicts'
    >>> [compare_kinds(q, tomb).verdict for q in ("这座陵墓还在吗?", "Is this building open?")]
    ['agrees', 'agrees']
    >>> compare_kinds("Is this thing still there?", tomb).verdict
    'unknown'
    """
    asked = nouns_asked(question)
    if not asked:
        return Comparison("unknown")
    own, named = _own_kinds(document)
    if not own:
        return Comparison("unknown", asked[0])
    relations = [(_relation(noun.kinds, own.keys()), noun) for noun in asked]
    word = next(iter(own.values()))
    for relation, noun in relations:
        if relation == "same":
            return Comparison("agrees", noun, word)
    told = _mentioned(document.text[:_MENTIONED_IN]) | named
    if any(relation == "near" or _covers(noun.kinds, told) for relation, noun in relations):
        return Comparison("unknown", asked[0], word)
    return Comparison("contradicts", asked[0], word)


def noun_at_end(words: Sequence[str]) -> Noun | None:
    """The longest noun for a kind that words end with.

    >>> noun_at_end(["rathbone", "town", "hall"]).word
    'town hall'
    """
    folded = [plain(word) for word in words[-_LONGEST:]]
    return _known(folded, len(folded)) if folded else None


def han_noun_at_end(run: str) -> Noun | None:
    """The longest noun for a kind that Chinese characters end with.

    >>> han_noun_at_end("塞尔柯克酒店").word
    '酒店'
    """
    return _han_ending(plain(run))


@lru_cache(maxsize=1_024)
def nouns_asked(question: str) -> tuple[Noun, ...]:
    """The nouns for what a question asks about: behind *this* or *the*, 这座, 照片里的.

    >>> [noun.word for noun in nouns_asked("Is the old town hall in this photo still there?")]
    ['town hall']
    >>> [noun.word for noun in nouns_asked("照片里的这座石桥是哪年建的?")]
    ['石桥']
    >>> nouns_asked("Is it a bridge?")
    ()
    """
    said = plain(question[:_MOST_ASKED])
    return tuple(_asked_in_english(said) + _asked_in_chinese(said))


# --- the words of a question ---------------------------------------------------------------------


def _asked_in_english(said: str) -> list[Noun]:
    tokens = _WORD.findall(said)
    found: list[Noun] = []
    for at, token in enumerate(tokens):
        if token in _POINTING:
            is_pointed = True
        elif token == "the":
            before = tokens[at - 1] if at else ""
            pair = " ".join(tokens[max(0, at - 2) : at])
            is_pointed = (
                before in _AUXILIARIES
                or before in _DOING
                or pair in ("happened to", "became of", "become of")
            )
        else:
            continue
        if not is_pointed:
            continue
        has_do = any(each in _DO for each in tokens[max(0, at - 3) : at])
        noun = _head(tokens[at + 1 : at + 8], verbs_follow=has_do)
        if noun is not None:
            found.append(noun)
    return found


def _head(tokens: Sequence[str], *, verbs_follow: bool) -> Noun | None:
    """The noun at the end of the noun phrase that tokens begin with."""
    phrase: list[str] = []
    if (
        len(tokens) > 1 and tokens[1] == "of" and tokens[0] in _OF_KINDS
    ):  # *this piece of furniture*
        tokens = tokens[2:]
    for token in tokens:
        if token in _NP_STOP or not token[0].isalpha() or is_han(token[0]):
            break
        phrase.append(token.removesuffix("'s").removesuffix("’s"))
        if token != phrase[-1]:
            break
    for end in range(len(phrase), 0, -1):
        noun = _known(phrase, end)
        if noun is not None:
            rest = phrase[end:]
            may_follow = all(
                each in _ADJECTIVES_OR_VERBS or each.endswith(("ed", "ly")) for each in rest
            )
            if not rest or verbs_follow or may_follow:
                return None if noun.kinds == _ANYTHING else noun
            return None
    return None


def _known(phrase: Sequence[str], end: int) -> Noun | None:
    """The longest noun that ends before `end`."""
    for size in range(min(_LONGEST, end), 0, -1):
        word = " ".join(phrase[end - size : end])
        for form in _singulars(word):
            kinds = _english().get(form)
            if kinds:
                return Noun(form, kinds)
    return None


def _asked_in_chinese(said: str) -> list[Noun]:
    found = []
    matches = [*_HAN_POINTER.finditer(said)] or [*_HAN_BARE.finditer(said)]
    for match in matches:
        stop = _HAN_STOP.search(match["np"])
        phrase = match["np"][: stop.start()] if stop else match["np"]
        for chain in phrase.split("的"):
            noun = _han_ending(chain) or _han_first(chain)
            if noun is not None and noun.kinds != _ANYTHING:
                found.append(noun)
    return found


def _han_ending(run: str) -> Noun | None:
    """The longest noun that Chinese characters end with."""
    for size in range(min(6, len(run)), 0, -1):
        kinds = _chinese().get(run[-size:])
        if kinds:
            return Noun(run[-size:], kinds)
    return None


def _han_first(run: str) -> Noun | None:
    """The first noun of two characters and more in Chinese characters."""
    for at in range(len(run) - 1):
        for size in range(min(6, len(run) - at), 1, -1):
            kinds = _chinese().get(run[at : at + size])
            if kinds:
                return Noun(run[at : at + size], kinds)
    return None


# --- what a document is about --------------------------------------------------------------------


@lru_cache(maxsize=256)
def _own_kinds(document: Document) -> tuple[Mapping[str, Noun], frozenset[str]]:
    """Kind → the noun that says that the document's subject is one; and kinds in its names."""
    nouns: list[Noun] = []
    named: set[str] = set()
    for label, value in _labelled(document):
        if _TYPE_LABEL.search(label):
            nouns += _all_nouns(value)
        if _ART_LABEL.search(label):
            named |= {"art", "painting", "sculpture", "graphic", "depiction", "mosaic"}
        if _PHOTO_LABEL.search(label):
            named |= {"depiction"}
            nouns.append(Noun("photograph", frozenset({"depiction"})))
    opening = _nouns_of_opening(document.text)
    for number, name in enumerate((document.title, *document.aliases[:20])):
        head = _noun_of_name(name)
        nouns += [head] if head is not None else []
        nouns += opening if number == 0 else []
        named |= {kind for noun in _all_nouns(name) for kind in noun.kinds}
    for tag in document.tags[:20]:
        nouns += _all_nouns(tag)
    own: dict[str, Noun] = {}
    for noun in nouns:
        for kind in noun.kinds - _ANYTHING:
            own.setdefault(kind, noun)
    return _narrowest(own), frozenset(named)


def _narrowest(own: Mapping[str, Noun]) -> Mapping[str, Noun]:
    """The kinds without broader words for others of them, and without persons a thing may show."""
    return {
        kind: noun
        for kind, noun in own.items()
        if not any(kind in _wider(other) for other in own if other != kind)
        and (kind != "person" or len(own) == 1)
    }


def _labelled(document: Document) -> list[tuple[str, str]]:
    """Labels and values of a record, or of lines that look like one's."""
    pairs = [(field.label, field.value[:200]) for field in document.fields[:60]]
    if not pairs:
        lines = re.split(r"\n|(?<=[.。]) ?(?=[^.。:：\n]{1,40}[:：])", document.text[:_OPENING])
        pairs = [(m[1], m[2][:200]) for line in lines if (m := _LABEL.match(line))]
    return pairs


def _nouns_of_opening(text: str) -> list[Noun]:
    """Nouns for what a text's subject is, by its first two sentences."""
    said = plain(text[:_OPENING])
    spans = split_sentences(text[:_OPENING])[:2]
    found: list[Noun] = []
    for number, (start, end) in enumerate(spans):
        sentence = said[start:end].strip()
        if _LABEL.match(sentence) and "," not in sentence[:40]:
            continue
        if guess_language(sentence) == "zh":
            found += _nouns_of_clauses(sentence[:_OPENING_HAN], is_first=number == 0)
            continue
        begins = [match.end() for match in _COPULA.finditer(sentence)][:2]
        if number == 0:
            begins += [match.end() for match in _APPOSED.finditer(sentence)][:2]
            if not begins:
                begins = [re.match(r"(?:an? |the )?", sentence).end()]  # type: ignore[union-attr]
        for begin in begins:
            found += _nouns_of_phrase(_WORD.findall(sentence[begin : begin + 200]))
    return found


def _nouns_of_phrase(tokens: Sequence[str]) -> list[Noun]:
    """The heads of the noun phrases that tokens begin with, joined by *and*, *or* or a comma."""
    found: list[Noun] = []
    phrase: list[str] = []
    phrases = 0
    for token in [*tokens, "."]:
        seen = bool(phrase) and _known(phrase, len(phrase)) is not None
        is_over = (
            token in _NP_STOP or not token[0].isalpha() or (seen and token.endswith(("ed", "ing")))
        )
        if not is_over:
            phrase.append(token)
            continue
        noun = _known(phrase, len(phrase)) if phrase else None
        if noun is not None:
            found.append(noun)
        ends_with_kind = bool(phrase) and phrase[-1] in _OF_KINDS
        goes_on = (token == "of" and ends_with_kind) or (
            token in ("and", "or", ",") and bool(phrase)
        )
        is_article = token in ("a", "an", "the") and not phrase
        phrases += 1
        if not (goes_on or is_article) or phrases > 6:
            break
        phrase = []
    return found


def _nouns_of_clauses(sentence: str, *, is_first: bool) -> list[Noun]:
    found = []
    clauses = [clause for clause in _HAN_CLAUSE.split(sentence) if clause]
    for number, clause in enumerate(clauses[:8]):
        runs = _HAN_RUN.findall(clause)
        if not runs or not clause.endswith(runs[-1]):
            continue
        noun = _han_ending(runs[-1])
        if noun is None:
            continue
        said = re.search(r"[是为系]|属于|作为", clause)
        if said or (is_first and number <= 1 and not _HAN_NOT_IS.search(clause)):
            found.append(noun)
    return found


def _noun_of_name(name: str) -> Noun | None:
    """The noun that a title or an alias ends with, or begins with: *Mount Ida*, *Church of All*."""
    said = plain(name[:200])
    if any(map(is_han, said)):
        runs = _HAN_RUN.findall(re.sub(r"[(（].*", "", said))
        return _han_ending(runs[-1]) if runs and len("".join(runs)) > 1 else None
    part = (
        _TITLE_END.split(said)[0] if not said.startswith("the ") else _TITLE_END.split(said[4:])[0]
    )
    tokens = [token for token in _WORD.findall(part) if token[0].isalpha()]
    if not tokens:
        return None
    ending = _known(tokens, len(tokens))
    if ending is not None or len(tokens) < 2:
        return ending
    return _known(tokens, 1)


def _all_nouns(text: str) -> list[Noun]:
    """Every noun for a kind in a short text."""
    said = plain(text[:200])
    tokens = _WORD.findall(said)
    found = []
    for end in range(1, len(tokens) + 1):
        noun = _known(tokens[max(0, end - _LONGEST) : end], min(end, _LONGEST))
        if noun is not None:
            found.append(noun)
    for run in _HAN_RUN.findall(said):
        ending = _han_ending(run)
        found += [ending] if ending else []
    return found


@lru_cache(maxsize=256)
def _mentioned(text: str) -> frozenset[str]:
    """Kinds that a text tells of: near its beginning, or more than once, not in another's name."""
    said, kinds = plain(text), set[str]()
    counts: dict[str, int] = {}
    words = [(match.group(), match.start()) for match in re.finditer(r"[a-z]+(?:-[a-z]+)*", said)]
    for at, (word, start) in enumerate(words):
        kind = None
        for size in (3, 2, 1):
            phrase = " ".join(each for each, _ in words[at : at + size])
            kind = next((_english()[f] for f in _singulars(phrase) if f in _english()), None)
            if kind is not None:
                break
        if kind is None or (text[start].isupper() and at and text[words[at - 1][1]].isupper()):
            continue
        counts[word] = counts.get(word, 0) + 1
        if start < _EARLY or counts[word] > 1:
            kinds |= kind
    for run in _HAN_RUN.finditer(said):
        for at, size in product(range(len(run.group())), (4, 3, 2, 1)):
            word = run.group()[at : at + size]
            kind = _chinese().get(word) if len(word) == size else None
            if kind is None:
                continue
            counts[word] = counts.get(word, 0) + 1
            if run.start() + at < _EARLY // 4 or counts[word] > 1:
                kinds |= kind
    return frozenset(kinds)


# --- the kinds themselves ------------------------------------------------------------------------

_ANYTHING = frozenset({"anything"})
_SHOWN = frozenset({"built", "area", "nature", "vehicle", "living", "person", "star", "clothing"})
"""What a photograph, a painting or a map may show."""
_LIKENESSES = frozenset({"art", "depiction", "memorial", "document", "tomb", "money"})
"""What may show a person."""


def _relation(asked: Iterable[str], own: Iterable[str]) -> Literal["same", "near", "other"]:
    """The closest relation of any two kinds."""
    if _covers(asked, own):
        return "same"
    return "near" if any(_is_near(*pair) for pair in product(asked, own)) else "other"


def _covers(asked: Iterable[str], others: Iterable[str]) -> bool:
    """Whether one of the kinds asked about is another one, or a broader word for it."""
    return any(one in _wider(other) for one, other in product(asked, others))


def _is_near(asked: str, own: str) -> bool:
    """Whether a question about one kind may mean a subject of another."""
    if own in _wider(asked):  # *this bridge* of what is only called a structure
        return True
    if frozenset((asked, own)) in _pairs()[0] or asked in _pairs()[2].get(own, frozenset()):
        return True
    asks, owns = _wider(asked), _wider(own)
    if any(frozenset(pair) in _pairs()[1] for pair in product(asks, owns)):
        return True
    places = (asks | owns) & {"area"}
    if places and asks & {"area", "built", "nature"} and owns & {"area", "built", "nature"}:
        return True
    if "depiction" in owns and asks & _SHOWN:
        return True
    return "person" in owns or ("person" in asks and bool(owns & _LIKENESSES))


@lru_cache(maxsize=1_024)
def _wider(kind: str) -> frozenset[str]:
    """A kind and all that it is one of."""
    above = _tree()[2].get(kind, ())
    return frozenset({kind}).union(*(_wider(each) for each in above))


@lru_cache(maxsize=1)
def _tree() -> tuple[
    Mapping[str, frozenset[str]], Mapping[str, frozenset[str]], Mapping[str, tuple[str, ...]]
]:
    """English word → kinds, Chinese word → kinds, kind → the broader ones."""
    english: dict[str, frozenset[str]] = {}
    chinese: dict[str, frozenset[str]] = {}
    above: dict[str, tuple[str, ...]] = {}
    entries = re.split(r"\n(?=[a-z]+ (?:<[a-z ]*)?\|)", KINDS.strip())
    for entry in entries:
        head, words, han = entry.split("|")
        kind, _, broader = head.partition("<")
        above[kind.strip()] = tuple(broader.split())
        for word in filter(None, (" ".join(each.split()) for each in words.split(","))):
            english[word] = english.get(word, frozenset()) | {kind.strip()}
        for word in han.split():
            chinese[word] = chinese.get(word, frozenset()) | {kind.strip()}
    return english, chinese, above


def _english() -> Mapping[str, frozenset[str]]:
    return _tree()[0]


def _chinese() -> Mapping[str, frozenset[str]]:
    return _tree()[1]


@lru_cache(maxsize=1)
def _pairs() -> tuple[
    frozenset[frozenset[str]], frozenset[frozenset[str]], Mapping[str, frozenset[str]]
]:
    """Pairs that are taken for each other, those whose narrower kinds are too, whole → parts."""
    alike: set[frozenset[str]] = set()
    widely: set[frozenset[str]] = set()
    for line in ALIKE.strip().splitlines():
        kinds = line.removeprefix("*").split()
        both = {frozenset(pair) for pair in product(kinds, kinds) if pair[0] != pair[1]}
        (widely if line.startswith("*") else alike).update(both)
    parts = {}
    for line in PARTS.strip().splitlines():
        whole, _, names = line.partition(":")
        parts[whole] = frozenset(names.split())
    return frozenset(alike), frozenset(widely), parts


def _singulars(word: str) -> list[str]:
    """A word and what it may be the plural of."""
    first, _, last = word.rpartition(" ")
    forms = [last, *([_IRREGULAR[last]] if last in _IRREGULAR else [])]
    if last.endswith("ies"):
        forms.append(last[:-3] + "y")
    if last.endswith("es"):
        forms.append(last[:-2])
    if last.endswith("s") and not last.endswith("ss"):
        forms.append(last[:-1])
    return [f"{first} {form}".strip() for form in forms]


def _said(noun: Noun, language: str) -> str:
    """A noun in the language of an answer: itself, or its kind's first word."""
    is_chinese = language.partition("-")[0] == "zh"
    word = noun.word
    if is_chinese != any(map(is_han, word)):
        kind = min(noun.kinds)
        words = _chinese() if is_chinese else _english()
        word = next((each for each, kinds in words.items() if kind in kinds), word)
    if is_chinese or any(map(is_han, word)):
        return word
    if word.endswith("s") and not word.endswith("ss"):
        return word  # *baths*
    return f"{'an' if word[:1] in 'aeiou' else 'a'} {word}"
