"""Whether a subject stands today."""

import pytest

from knowledge.documents import Passage
from vlm.readers.extractive.parsed_text import SubjectText, parse_text
from vlm.readers.extractive.standing import standing


def stands(text: str, *, title: str = "Green Tower", language: str = "en") -> bool | None:
    passage = Passage("c/d", 0, text, 0, len(text))
    return standing(parse_text(SubjectText("c/d", title, (), language, (passage,)))).exists


@pytest.mark.parametrize(
    ("text", "exists"),
    [
        ("Green Tower is a tower. It still stands.", True),
        ("Green Tower is a tower. The building survives.", True),
        ("Green Tower is a tower. Today it is a museum.", True),
        ("Green Tower was a tower. It no longer exists.", False),
        ("Green Tower was a tower. The tower does not exist any more.", False),
        ("Green Tower was a tower. It was demolished in 1900.", False),
        ("Green Tower is a tower. Its chapel was demolished. The tower still stands.", True),
        ("The old Green Tower fell in 1902. The tower seen today is a reconstruction.", True),
        ("Green Tower was a tower. It has not been rebuilt. The site is an open park.", False),
        ("Green Tower was a tower. A hotel stands there. None of the towers stands today.", False),
        ("The keeper liked the view.", None),
        ("Green Tower was opened in 1934. Architect: A. Voss.", None),
        ("Green Tower was the first tower here.", None),
    ],
)  # fmt: skip
def test_english(text: str, exists: bool | None):
    assert stands(text) is exists


@pytest.mark.parametrize(
    ("text", "exists"),
    [
        ("绿塔是一座塔。它仍然矗立在河边。", True),
        ("绿塔是一座塔。塔今天已不存在,也没有重建。", False),
        ("绿塔是一座塔。1900年,塔被拆除。", False),
        ("原来的绿塔已不存在。因此今天的绿塔是重建的。", True),
        ("绿塔是一座塔。现在是旅游景点。", True),
    ],
)
def test_chinese(text: str, exists: bool | None):
    assert stands(text, title="绿塔", language="zh") is exists
