"""Foreign names spelled in Chinese, matched by their consonants."""

import pytest

from vlm.readers.extractive.transliteration import chinese_runs, spelled_in


def spells(latin: str, chinese: str) -> bool:
    runs = chinese_runs(chinese)
    return any(spelled_in(latin, chinese[start:end]) for start, end in runs)


@pytest.mark.parametrize(
    ("latin", "chinese"),
    [
        ("Jefferson", "杰斐逊"),
        ("Sneferu", "斯尼夫鲁"),
        ("Borglum", "博格勒姆"),
        ("Bartholdi", "巴托尔迪"),
        ("Nazarbayev", "纳扎尔巴耶夫"),
        ("Rastrelli", "拉斯特雷利"),
        ("Lindbergh", "林德伯格"),
        ("Petrie", "皮特里"),
    ],
)
def test_a_name_is_recognised_by_its_sound(latin: str, chinese: str):
    assert spells(latin, f"哪一年{chinese}来到这里?")


@pytest.mark.parametrize(
    ("latin", "chinese"),
    [
        ("Jefferson", "罗斯福"),
        ("Borglum", "杰斐逊"),
        ("Taedong", "这座塔有多高"),
        ("Wren", "雷恩"),  # too few consonants to be sure
        ("Utzon", "重建工程"),
    ],
)
def test_other_words_are_not_that_name(latin: str, chinese: str):
    assert not spells(latin, chinese)


def test_the_span_of_the_name_is_returned():
    assert spelled_in("Borglum", "纳博格勒姆") == (1, 5)
