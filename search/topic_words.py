"""The topic words of a question, which say what it is about, and those that a subject's text holds.

Words are split as the index splits them (`knowledge.bm25`). Knows no ranking and no model.
"""

from knowledge.bm25 import Bm25
from search.evidence import Subject

_ASKING = """
    still stand standing stood exist exists existing remain remains remained left survive today
    now nowadays current currently present use used using purpose serve built build building
    buildings construct constructed construction complete completed completion finish finished
    open opened demolish demolished demolition destroy destroyed tear torn pull pulled down when
    what where which who why how year date time long old happen happened happens become became
    photo photograph picture image place site thing structure one tell know show shown see seen
    look like here there
    现在 如今 今天 还在 在吗 存在 还存在 是否 仍然 依然 矗立 吗 什么 什么时候 何时 哪一年 哪年
    哪个 哪里 谁 为什么 怎么 多少 几年 年 时候 建成 建造 修建 兴建 建 落成 竣工 开放 启用 拆除
    拆掉 拆毁 被拆 毁 毁掉 用途 用作 用来 做什么 使用 照片 图片 图中 照片里 这里 这个 这座 那座
    座 建筑 建筑物 地方 原址 旧址
"""
"""Words that questions about anything hold; they do not say what a question is about."""


class TopicWords:
    """Splits questions and subjects into words. Safe to use from several threads."""

    def __init__(self) -> None:
        self._bm25 = Bm25()
        self._asking = self._tokens(_ASKING.split())

    def in_question(self, question: str) -> frozenset[int]:
        """Ids of the question's topic words; *Is it still there?* has none."""
        return self._tokens([question]) - self._asking

    def in_subject(self, subject: Subject) -> frozenset[int]:
        """Ids of all words of a subject's names, place and passages."""
        document = subject.document
        names = (document.title, *document.aliases, document.place or "")
        return self._tokens([*names, *(passage.text for passage in subject.passages)])

    def _tokens(self, texts: list[str]) -> frozenset[int]:
        return frozenset(
            index
            for vector in map(self._bm25.encode_query, filter(None, texts))
            for index in vector.indices
        )


def share_found(asked: frozenset[int], words: frozenset[int]) -> float:
    """Share of a question's topic words that a subject's words hold; 0 for a question without any.

    >>> share_found(frozenset({1, 2, 3, 4}), frozenset({2, 3, 9}))
    0.5
    """
    return len(asked & words) / len(asked) if asked else 0.0
