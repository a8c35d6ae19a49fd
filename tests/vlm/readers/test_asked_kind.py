import pytest

from vlm.readers import fits_what_is_asked


@pytest.mark.parametrize(
    ("question", "words", "fits"),
    [("How many sheets are there?", "1,250", True),
     ("How many sheets are there?", "letters", False),
     ("有多少页？", "信件", False), ("有多少页？", "三百页", True),
     ("When was it made?", "by hand", False), ("When was it made?", "in the spring", True),
     ("何时制成？", "光绪年间", True), ("何时制成？", "由工匠", False),
     ("Who made it?", "anyone", True)],
)  # fmt: skip
def test_what_can_answer(question: str, words: str, fits: bool):
    assert fits_what_is_asked(question, words) is fits
