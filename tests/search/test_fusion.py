import pytest

from search.fusion import RRF_K, WEIGHTS, reciprocal_rank_fusion


def test_scores_are_weighted_reciprocal_ranks():
    fused = reciprocal_rank_fusion(
        {"image": ["a", "b", "c"], "bm25": ["c", "a"]}, weights={"image": 2.0, "bm25": 0.5}, k=60
    )

    assert fused == {
        "a": pytest.approx(2.0 / (60 + 1) + 0.5 / (60 + 2)),
        "b": pytest.approx(2.0 / (60 + 2)),
        "c": pytest.approx(2.0 / (60 + 3) + 0.5 / (60 + 1)),
    }
    assert list(fused) == ["a", "c", "b"]


def test_ties_keep_the_order_of_the_first_ranking():
    assert list(reciprocal_rank_fusion({"a": ["x"], "b": ["y"]}, weights={"a": 1, "b": 1})) == [
        "x",
        "y",
    ]


def test_nothing_found_is_nothing_fused():
    assert reciprocal_rank_fusion({"image": []}) == {}


def score(**ranks: int) -> float:
    return sum(WEIGHTS[name] / (RRF_K + rank) for name, rank in ranks.items())


def test_the_only_lookalike_wins_over_what_the_question_says_of_others():
    lookalike = score(image=1, lookalike=1)
    talked_of = score(image=2, question_text=1, bm25=1, photo_text=1)

    assert lookalike > talked_of


def test_between_lookalikes_the_question_s_words_decide():
    assert score(image=2, lookalike=2, bm25=1) > score(image=1, lookalike=1, bm25=20)


def test_a_named_subject_wins_over_the_only_lookalike():
    assert score(name=1, bm25=1, image=30) > score(image=1, lookalike=1)
