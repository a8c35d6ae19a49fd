from knowledge.documents import Document
from search.names import documents_named


def subject(id: str, title: str, *aliases: str) -> Document:
    return Document("c", id, title, "", "en", aliases=aliases)


CASTLE = subject("castle", "Castle Clinton", "Castle Garden")
CATHEDRAL = subject("cathedral", "Dresden Frauenkirche", "圣母教堂")
DRESDEN = subject("dresden", "Dresden")
STATION = subject("station", "济南老火车站")


def test_title_and_alias_are_found_whatever_the_case_and_accents():
    assert documents_named("is CASTLE  garden still there?", [CASTLE, DRESDEN]) == ["c/castle"]
    chateau = subject("if", "Château d'If")
    assert documents_named("Does Chateau d'If still stand?", [chateau]) == ["c/if"]


def test_chinese_names_need_no_spaces():
    assert documents_named("请问济南老火车站现在还在吗?", [STATION, CASTLE]) == ["c/station"]
    assert documents_named("德累斯顿的圣母教堂还在吗?", [CATHEDRAL]) == ["c/cathedral"]


def test_latin_names_are_whole_words():
    assert documents_named("Is the Dresdener Hof still there?", [DRESDEN]) == []


def test_a_name_within_a_longer_name_is_no_mention():
    question = "When was the Dresden Frauenkirche rebuilt?"

    assert documents_named(question, [DRESDEN, CATHEDRAL]) == ["c/cathedral"]


def test_two_subjects_can_be_named():
    question = "Is Castle Clinton older than Dresden?"

    assert documents_named(question, [DRESDEN, CASTLE]) == ["c/castle", "c/dresden"]


def test_short_names_are_not_trusted():
    assert documents_named("Is it a big tower?", [subject("big", "Big"), subject("t", "塔")]) == []
