"""A value is the quotation's own words, and a quotation adds something to the question."""

import pytest

from knowledge.documents import Document, Passage
from search.citation import Citation
from search.grounding import grounded, says_nothing
from vlm.readers.base import Draft


def cite(quote: str, *, title: str, aliases: tuple[str, ...] = ()) -> tuple[Citation, Document]:
    """A document that says nothing but the quotation."""
    document = Document("c", "d", title, quote, "en", aliases=aliases)
    passage = Passage(document.document_id, 0, quote, 0, len(quote))
    return Citation(passage, quote, 0, len(quote)), document


SILENT = [
    ("Old Mill", "When was the Old Mill demolished?", "The Old Mill was demolished."),
    ("Old Mill", "When was it demolished?", "The Old Mill was demolished."),
    ("Old Mill", "When was it demolished?", "The mill was demolished."),
    ("Old Mill", "Can you tell me when it was demolished?", "The Old Mill was demolished."),
    ("Old Mill", "What is the Old Mill?", "The Old Mill is a mill."),
    ("Old Mill", "Architect of the Old Mill", "Architect: Old Mill"),
    ("Foxglove", "Where is the foxglove found?", "The foxglove is found."),
    ("Forth Bridge", "How long is the Forth Bridge?", "The Forth Bridge is long."),
    ("Flying Scotsman", "Which company built the locomotive?", "The Flying Scotsman: locomotive."),
    ("Daily Star", "When did the newspaper close?", "The newspaper did close."),
    ("Brücke", "Wann wurde die Brücke gebaut?", "Die Brücke wurde gebaut."),
    ("Le pont", "Quand le pont a-t-il été construit ?", "Le pont a été construit."),
    ("济南老火车站", "老站房是哪一年拆除的?", "老站房拆除了。"),
    ("济南老火车站", "济南老火车站哪年建成?", "济南老火车站建成。"),
    ("大桥", "这座桥是什么时候建成的？", "这座桥建成了。"),
    ("大熊猫", "大熊猫分布在哪里?", "大熊猫分布。"),
    ("奔马", "这幅画的作者是谁?", "这幅画的作者。"),
    ("大桥", "你知道它是哪一年建的吗?", "它是哪一年建的"),
    # A date or a number is asked for, and there is none.
    ("Old Mill", "When was it built?", "Old Mill is a watermill of brick on the River Aire."),
    ("Old Mill", "In which year did it burn down?", "Its owner was a miller, John Fielden."),
    ("Old Mill", "How many storeys does it have?", "The Old Mill was built for grinding corn."),
    ("大桥", "它是哪一年通车的?", "大桥横跨长江,由本地工匠建造。"),
]  # fmt: skip


@pytest.mark.parametrize(("title", "question", "quote"), SILENT)
def test_a_quotation_of_the_question_s_words_says_nothing(title, question, quote):
    assert says_nothing(Draft(quote), *cite(quote, title=title), question)


TELLING = [
    # Another word, a number, a denial: even one of them is an answer.
    ("Old Mill", "When was it demolished?", "The Old Mill was demolished in 1961."),
    ("Forth Bridge", "How long is the Forth Bridge?", "The Forth Bridge is 2,467 m long."),
    ("Forth Bridge", "How long is the Forth Bridge?", "2,467 m long."),
    ("SS Aurora", "When did the ship sink?", "The ship did not sink."),
    ("Daily Star", "Who reads the newspaper?", "Nobody reads the newspaper."),
    ("Marie Curie", "Where was she born?", "She was born in Lyon."),
    ("大熊猫", "大熊猫分布在哪里?", "大熊猫分布在四川。"),
    ("济南老火车站", "老站房是哪一年拆除的?", "1992年,老站房拆除。"),
    ("地图", "山的西面叫什么?", "山西"),
    ("大桥", "你知道它是哪一年建的吗?", "它建于1908年。"),
    ("Old Mill", "When was it built?", "It went up during the reign of Queen Anne."),
    ("Old Mill", "When was it built?", "The date of its building is unknown."),
    ("Old Mill", "When was it pulled down?", "It still stands by the river."),
    ("Old Mill", "Who built it, and when?", "It was built by the miller John Fielden."),
    ("Old Mill", "When was it built?", "Построена мельником Фильденом."),
    ("Pont", "Quand a-t-il été construit ?", "Construit sous Louis le Grand."),
    ("大桥", "它是哪一年通车的?", "大桥于光绪年间通车。"),
    # A title may name the answer.
    ("Portrait of a Lady (Rembrandt, 1632)", "Who painted it?", "Painted by Rembrandt."),
    ("徐悲鸿《奔马》", "谁画的?", "徐悲鸿画"),
    # A label is an answer's too, and a mark of doubt is no question.
    ("Population", "What was the population in 2005?", "2005: 98 453."),
    ("Old map", "Where was it published?", "Place of publication: Mashhad?"),
    ("Old map", "When was it made?", "Made 173-?"),
    # The question is affirmed or denied.
    ("Old Mill", "Is the Old Mill demolished?", "The Old Mill was demolished."),
    ("Old Mill", "Do you know whether it was demolished?", "The Old Mill was demolished."),
    ("Old Mill", "Does the Old Mill still exist?", "The Old Mill still exists."),
    ("Titanic", "Was the ship which sank in 1912 British?", "The ship which sank was British."),
    ("Quagga", "Is the quagga extinct?", "The quagga is extinct."),
    ("老站房", "老站房拆除了吗?", "老站房拆除了。"),
    ("老站房", "老站房是否已经拆除?", "老站房已经拆除。"),
    ("大熊猫", "大熊猫灭绝了没有?", "大熊猫没有灭绝。"),
    ("奔马", "奔马是徐悲鸿画的吗?", "奔马是徐悲鸿画的。"),
    ("Brücke", "Steht die Brücke?", "Die Brücke steht."),
]  # fmt: skip


@pytest.mark.parametrize(("title", "question", "quote"), TELLING)
def test_a_quotation_that_answers_is_kept(title, question, quote):
    assert not says_nothing(Draft(quote), *cite(quote, title=title), question)


@pytest.mark.parametrize(
    ("title", "question", "quote", "claims"),
    [
        ("Old Mill", "What is it called?", "It is called the Old Mill.", {"value": "Old Mill"}),
        ("Eiffel Tower", "Who built the Eiffel Tower?", "Eiffel built the Eiffel Tower.",
         {"value": "Eiffel"}),
        ("St Mary", "What grade or category is it?", "Grade: I.", {"value": "I"}),
        ("Exhibition of 1900", "When was the exhibition?", "The Exhibition of 1900.",
         {"year": 1900}),
        ("Old Mill", "Old Mill demolished", "The Old Mill was demolished.", {"exists": False}),
        ("徐悲鸿", "这是谁?", "这是徐悲鸿。", {"value": "徐悲鸿"}),
    ],
)  # fmt: skip
def test_a_value_a_year_or_existence_says_something(title, question, quote, claims):
    cited = cite(quote, title=title)
    assert says_nothing(Draft(quote), *cited, question)
    assert not says_nothing(Draft(quote, **claims), *cited, question)


@pytest.mark.parametrize(
    "claims", [{"value": "1961"}, {"value": "the Mill"}, {"value": "Old Mil"}, {"exists": False}]
)
def test_a_claim_that_the_quotation_does_not_hold_says_nothing(claims):
    quote = "The Old Mill was demolished."
    question = "When was the Old Mill demolished?"
    assert says_nothing(Draft(quote, **claims), *cite(quote, title="Old Mill"), question)


QUOTE = "The bridge was built by Émile\n Durand in 1,889 days; it cost ４５０ francs."


@pytest.mark.parametrize("composed", [False, True])
@pytest.mark.parametrize(
    ("value", "held"),
    [
        ("Émile Durand", "Émile\n Durand"),
        ("E\u0301mile Durand", "Émile\n Durand"),
        ("450 francs", "４５０ francs"),
        ("1,889 days", "1,889 days"),
        ("889 days", None),
        ("1", None),
        ("Durand, Émile", None),
        ("émile durand", None),
        ("Émile Dur", None),
        ("Gustave Eiffel", None),
        (" ", None),
        ("", None),
        (None, None),
    ],
)
def test_a_value_stands_in_the_quotation(value, held, composed):
    citation, document = cite(QUOTE, title="Bridge")
    draft = Draft(QUOTE, value=value, composed=composed)
    checked = grounded(draft, citation, document, question="Who built it?", language="en")
    assert checked.draft.value == held


@pytest.mark.parametrize(
    ("quote", "value", "held"),
    [
        ("The doctor said he was safe.", "he", "he"),  # not that of *The*
        ("Tesla was the fourth of five children.", "four", None),
        ("今日のハイチは共和国である。", "ハイチ", "ハイチ"),
        ("今日のハイチは共和国である。", "ハイ", None),
        ("9つの人物像", "9つ", "9つ"),
        ("a" * 5_000, "a", None),
    ],
)
def test_a_value_stands_there_as_a_word(quote, value, held):
    citation, document = cite(quote, title="Thing")
    checked = grounded(Draft("", value=value), citation, document, question="?", language="en")
    assert checked.draft.value == held


def test_a_chinese_value_needs_no_spaces_around_it():
    citation, document = cite("设计者是德国建筑师赫尔曼·菲舍尔。", title="济南老火车站")
    draft = Draft("", value="赫尔曼·菲舍尔")
    checked = grounded(draft, citation, document, question="谁设计的?", language="zh")
    assert checked.draft.value == "赫尔曼·菲舍尔"
