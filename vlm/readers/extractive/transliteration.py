"""Names across scripts: whether Chinese characters spell a Latin name by sound.

Chinese spells foreign names with a few hundred characters chosen for their sound (杰斐逊 for
*Jefferson*). Both are reduced to their consonants, sounds that Chinese does not distinguish are
merged, and the results are compared. Vowels are ignored; a match is likely, not certain. The last
part finds such names in a question and the text of a subject.
"""

import re
from functools import lru_cache

from rapidfuzz.distance import LCSseq

from vlm.readers.extractive.parsed_text import ParsedText
from vlm.readers.extractive.questions import Question, Sought

_LEAST_SOUNDS = 3
_OF_CHINESE = 0.8
_OF_LATIN = 0.6
"""Shares of each spelling's consonants that the other has to hold, in order."""
_SOUNDS = """
P 布巴贝比伯博波勃柏拜毕彼普帕佩皮珀坡保派珀鲍白百
PN 班本宾潘彭平蓬邦庞
T 达德迪杜多戴蒂特塔泰提图托陶铁忒狄底
TN 丹登邓丁顿坦汤滕廷通丁东敦
K 克卡科库凯考柯格加盖戈古高基奎葛可
KN 坎肯康甘冈根贡昆金
F 弗夫法费菲福富佛斐维瓦沃威韦伏
FN 范芬冯方温文旺
H 哈赫海黑霍胡豪惠
HN 汉亨洪翰
J 杰吉季朱乔贾切奇丘查基
JN 简詹京昌钱琼
L 拉勒莱利里丽罗洛卢鲁路劳雷列尔莉露略吕伽
LN 伦林龙朗兰隆琳
M 马玛梅米密莫默穆姆摩迈
MN 曼门蒙明敏
N 纳娜内尼妮诺努恩安南宁奈涅
S 斯萨塞西锡希索苏兹扎泽齐佐祖沙舍谢施什舒瑟思士撒茨夏
SN 桑森松逊辛申山
Y 亚雅耶尤约伊阿埃艾奥欧乌爱叶俄
"""
_OF_CHARACTER = {
    character: sounds
    for sounds, characters in (line.split() for line in _SOUNDS.split("\n") if line)
    for character in characters
}
_RUN = re.compile(f"[{''.join(_OF_CHARACTER)}]{{2,}}")
_LATIN_SOUNDS = (
    ("sch", "S"), ("tch", "J"), ("ph", "F"), ("ch", "J"), ("sh", "S"), ("th", "T"), ("ck", "K"),
    ("gh", "K"), ("qu", "K"), ("wr", "L"), ("kn", "N"), ("ll", "L"), ("ci", "S"), ("ce", "S"),
)  # fmt: skip
_LATIN_SOUND = str.maketrans(
    "bpdtckgqfvwhjlrmnszx" + "aeiouyàáâãäåèéêëìíîïòóôõöøùúûüýāēīōū",
    "PPTTKKKKFFFHJLLMNSSS" + " " * (6 + 30),
)


def chinese_runs(text: str) -> list[tuple[int, int]]:
    """Spans of `text` that could spell a foreign name, two characters or more."""
    return [match.span() for match in _RUN.finditer(text)]


def spelled_in(latin: str, run: str) -> tuple[int, int] | None:
    """Where in a Chinese run a Latin name is spelled, the longest such part, or None.

    >>> spelled_in("Sneferu", "斯尼夫鲁")
    (0, 4)
    >>> spelled_in("Petrie", "斯尼夫鲁") is None
    True
    """
    wanted = _latin_sounds(latin)
    if len(wanted) < _LEAST_SOUNDS:
        return None
    for length in range(min(len(run), len(wanted) + 2), 1, -1):
        for start in range(len(run) - length + 1):
            if _alike(wanted, _chinese_sounds(run[start : start + length])):
                return start, start + length
    return None


@lru_cache(maxsize=4096)
def _latin_sounds(name: str) -> str:
    name = name.lower().removesuffix("'s").removesuffix("’s")
    for letters, sound in _LATIN_SOUNDS:
        name = name.replace(letters, sound)
    sounds = "".join(c for c in name.translate(_LATIN_SOUND) if c.isupper() and c != "H")
    return re.sub(r"(.)\1", r"\1", sounds)


@lru_cache(maxsize=4096)
def _chinese_sounds(run: str) -> str:
    sounds = "".join(_OF_CHARACTER[character] for character in run)
    return sounds.replace("Y", "").replace("H", "")


@lru_cache(maxsize=8192)
def _alike(latin: str, chinese: str) -> bool:
    if len(chinese) < _LEAST_SOUNDS or latin[0] != chinese[0]:
        return False
    common: int = LCSseq.similarity(latin, chinese)
    return (
        common >= _LEAST_SOUNDS
        and common >= _OF_CHINESE * len(chinese)
        and common >= _OF_LATIN * len(latin)
    )


_WEIGHT = 1.3
_LEAST_LETTERS = 4


def with_names(question: Question, parsed: ParsedText) -> tuple[Sought, ...]:
    """The words sought, a Chinese question's foreign names spelled as the English text has them."""
    if question.language != "zh" or parsed.source.language == "zh":
        return question.sought
    taken: list[tuple[int, int]] = []
    names: list[Sought] = []
    for start, end in chinese_runs(question.text):
        for name in _latin_names(parsed):
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


def sounding(question: Question, parsed: ParsedText) -> dict[int, set[str]]:
    """Sentence → stems of an English question's names that the Chinese sentence spells by sound."""
    found: dict[int, set[str]] = {}
    if question.language == "zh" or parsed.source.language != "zh":
        return found
    names = [w for w in question.sought if w.is_name and len(w.stem) >= _LEAST_LETTERS]
    for index, sentence in enumerate(parsed.sentences):
        for start, end in chinese_runs(sentence.text) if names else ():
            for name in names:
                if spelled_in(name.stem, sentence.text[start:end]) is not None:
                    found.setdefault(index, set()).add(name.stem)
    return found


@lru_cache(maxsize=256)
def _latin_names(parsed: ParsedText) -> tuple[str, ...]:
    """Stems of the names in an English text that are no names of its subject."""
    return tuple(
        {
            word.stem: None
            for sentence in parsed.sentences
            for word in sentence.analysis.words
            if word.is_name
            and not word.concepts
            and len(word.stem) >= _LEAST_LETTERS
            and word.stem not in parsed.names
        }
    )
