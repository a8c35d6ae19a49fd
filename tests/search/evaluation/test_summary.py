import pytest

from search.evaluation.judge import (
    CAUSES,
    cause,
    count_causes,
    judge,
    same_value,
    share_of_words,
)
from search.evaluation.observation import Observation, Seen
from search.evaluation.summary import compare, summarise, summarise_all
from search.evaluation.testset import LabelledQuestion


def question(kind: str = "built", **values) -> LabelledQuestion:
    values = {
        "id": "q",
        "photo": None,
        "question": "?",
        "language": "en",
        "kind": kind,
        "document": "d" if kind != "unanswerable" else None,
        "exists": None,
        "year": 1900 if kind == "built" else None,
        "answer": None,
        "testset": "set",
    } | values
    return LabelledQuestion(**values)


def said(**values) -> Observation:
    """An answer: the right year from the right document."""
    values = {
        "ranked": ("c/d", "c/e"),
        "seen": (Seen("c/d", "D", {"bm25": 2.0}, None, "Built in 1900."),),
        "abstained": False,
        "reason": None,
        "exists": None,
        "year": 1900,
        "current_use": None,
        "text": "Built in 1900.",
        "quote": "Built in 1900.",
        "source": "c/d",
        "confidence": 0.75,
        "citation_valid": True,
        "signals": {"words": 1.0},
        "timings": {"encode": 0.1, "read": 0.3},
    } | values
    return Observation(**values)


def silent(reason: str = "not_in_evidence", **values) -> Observation:
    nothing = {"abstained": True, "reason": reason, "year": None, "quote": None, "source": None,
               "citation_valid": None, "confidence": 0.0}  # fmt: skip
    return said(**nothing | values)


ANSWERABLE = question()
UNANSWERABLE = question("unanswerable")


def test_measures_count_what_they_say():
    outcomes = [
        judge(ANSWERABLE, said()),
        judge(ANSWERABLE, said(year=1901, ranked=("c/e", "c/d"))),
        judge(ANSWERABLE, silent(ranked=())),
        judge(UNANSWERABLE, silent()),
        judge(UNANSWERABLE, said(citation_valid=False)),
    ]
    measures = summarise(outcomes)

    assert measures["subject_recall_at_1"] == 1 / 3
    assert measures["subject_recall_at_5"] == 2 / 3
    assert measures["mrr"] == (1 + 1 / 2 + 0) / 3
    assert measures["year_accuracy"] == 1 / 3
    assert measures["year_accuracy_within_1"] == 2 / 3
    assert measures["source_accuracy"] == 2 / 3
    assert measures["answers_right"] == 2 / 5
    assert measures["abstention_precision"] == 1 / 2
    assert measures["abstention_recall"] == 1 / 2
    assert measures["false_abstentions"] == 1 / 3
    assert measures["wrong_per_100_answered"] == 100 * 2 / 3
    assert measures["truthfulness"] == (1 - 1 + 0 + 1 - 1) / 5
    assert measures["citation_validity"] == 2 / 3
    assert measures["exists_accuracy"] is None
    assert measures["latency_p95_s"] == 0.1 + 0.3


def test_nothing_measured_is_none_and_not_a_number():
    assert all(value in (None, 0) for value in summarise([]).values())
    assert compare([], []) is None


def test_existence_is_judged_where_it_is_asked_for():
    asked = question("exists", exists=True)
    assert judge(asked, said(exists=True, year=None)).right
    assert not judge(asked, said(exists=False, year=None)).right
    assert judge(question("other_fact", exists=True), said(exists=None)).exists_right is None


def test_a_use_is_right_where_it_says_enough_of_the_reference():
    asked = question("current_use", answer="A museum of railways, and a library")
    outcome = judge(asked, said(current_use="a railway museum with a library", year=None))
    assert outcome.use_right
    assert judge(asked, said(current_use="a prison", year=None)).use_right is False
    assert judge(asked, silent()).use_right is False
    # A Chinese quotation does not share words with an English reference: that is no verdict.
    chinese = said(current_use="博物馆", quote="现在是博物馆。", text="现在是博物馆。", year=None)
    assert judge(asked, chinese).use_right is None


@pytest.mark.parametrize(
    ("reference", "value", "is_same"),
    [
        ("Gustave Eiffel", "Gustave Eiffel", True),
        ("Gustave Eiffel", "Eiffel", True),  # F1 = 2 · 1 · ½ / (1 + ½) = ⅔
        ("Émile Durand", "durand, emile", True),
        ("Eiffel", "Gustave Eiffel", True),
        ("Eiffel", "the company of Gustave Eiffel", False),  # five words for one
        ("box 3, folder 7", "box 3, folder 2", False),  # F1 = ¾, another number
        ("31 March 1889", "March 1889", True),  # F1 = 2 · ⅔ / (⅔ + 1) = ⅘
        ("A. Example", "B. Sample", False),
        ("赫尔曼·菲舍尔", "德国建筑师赫尔曼·菲舍尔", True),
        ("山东济南", "济南", True),  # F1 = ⅔
        ("山东济南", "山西太原", False),  # F1 = ¼
    ],
)
def test_a_value_is_compared_by_its_words(reference, value, is_same):
    assert same_value(reference, value) is is_same


def test_a_value_is_judged_where_it_is_labelled():
    asked = question("other_fact", values=("Gustave Eiffel", "埃菲尔"))
    plain = {"year": None, "quote": "It was built by the company of Gustave Eiffel."}
    assert judge(asked, said(**plain, value="Eiffel")).right
    assert judge(asked, said(**plain, value="埃菲尔")).right
    wrong = judge(asked, said(**plain, value="the company"))
    assert (wrong.value_right, wrong.right, wrong.wrong) == (False, False, True)
    # Without a value its quotation counts, and its year.
    assert judge(asked, said(**plain)).right
    assert not judge(asked, said(year=None, quote="It was built by a company.")).right
    assert judge(question("other_fact", values=("1900",)), said(quote="一九〇〇年建成。")).right
    assert judge(asked, silent()).value_right is False
    assert judge(question("other_fact"), said(value="anything")).value_right is None
    assert judge(question("unanswerable", values=("x",)), said()).value_right is None
    measures = summarise([judge(asked, said(**plain, value="Eiffel")), wrong])
    assert measures["value_accuracy"] == measures["answers_right"] == 1 / 2


def test_words_are_compared_without_their_small_ones():
    assert share_of_words("the museum", "a museum") == 1 / 1
    assert share_of_words("the", "a museum") == 0.0


def test_an_observation_survives_json():
    observation = said(value="1900")
    assert Observation.from_json(observation.to_json()) == observation


def test_every_failure_has_one_cause():
    outcomes = {
        "answered_unknown": judge(UNANSWERABLE, said()),
        "taken_for_foreign": judge(ANSWERABLE, silent("nothing_similar")),
        "subject_missed": judge(ANSWERABLE, said(source="c/e", ranked=("c/e",))),
        "withheld": judge(ANSWERABLE, silent("low_confidence")),
        "withdrawn": judge(ANSWERABLE, silent("citation_failed")),
        "language_not_read": judge(ANSWERABLE, silent("language_not_read")),
        "subject_not_first": judge(ANSWERABLE, silent(ranked=("c/e", "c/d"))),
        "reader_silent": judge(ANSWERABLE, silent()),
        "wrong_document": judge(ANSWERABLE, said(source="c/e")),
        "wrong_existence": judge(question("exists", exists=True), said(exists=False, year=None)),
        "wrong_year": judge(ANSWERABLE, said(year=1800)),
        "wrong_value": judge(question(values=("1900",)), said(value="the king")),
    }
    assert {name: cause(outcome) for name, outcome in outcomes.items()} == {n: n for n in outcomes}
    assert set(outcomes) == set(CAUSES)
    assert count_causes([*outcomes.values(), judge(ANSWERABLE, said())]) == dict.fromkeys(CAUSES, 1)


def test_groups_and_the_comparison_with_keywords():
    chinese = question(language="zh")
    full = [judge(ANSWERABLE, said(), document_language="en"),
            judge(chinese, said(), document_language="en")]  # fmt: skip
    keywords = [judge(ANSWERABLE, said()), judge(chinese, silent())]
    summary = summarise_all({"full": full, "keywords_only": keywords})["full"]

    assert summary["by_crossing"]["cross-language"]["questions"] == 1
    assert summary["by_language"]["zh"]["answers_right"] == 1 / 1
    assert summary["intervals"]["answers_right"] == (1.0, 1.0)
    assert summary["against_keywords"]["difference"] == 2 / 2 - 1 / 2
    assert summary["against_keywords"]["only_this_right"] == 1
    assert summary["calibration"]["bins"][0]["accuracy"] == 1.0
    assert summary["calibration"]["coverage"] == 2 / 2
