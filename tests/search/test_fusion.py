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


def test_a_named_subject_wins_over_a_lookalike():
    by_name = WEIGHTS["name"] / (RRF_K + 1)
    by_photo = WEIGHTS["image"] / (RRF_K + 1)

    assert by_name > by_photo


def test_the_photo_wins_over_what_the_question_says_of_others():
    """The nearest photo's subject beats the next one's, though both text rankings prefer that."""
    nearest = WEIGHTS["image"] / (RRF_K + 1)
    next_best = WEIGHTS["image"] / (RRF_K + 2)
    talked_of = sum(WEIGHTS[name] for name in ("question_text", "bm25")) / (RRF_K + 1)

    assert nearest > next_best + talked_of
