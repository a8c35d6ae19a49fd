"""What a model's name says: names as open_clip writes them."""

import pytest

from vlm.models.clip_families import FOREIGN_BELOW, foreign_below_of, languages_of


@pytest.mark.parametrize(
    ("name", "chinese"),
    [
        ("ViT-B-32/laion2b_s34b_b79k", False),
        ("ViT-L-14/openai", False),
        ("ViT-B-16-SigLIP/webli", False),
        ("ViT-B-16-SigLIP2/webli", True),
        ("ViT-B-16-SigLIP-i18n-256/webli", True),
        ("xlm-roberta-base-ViT-B-32/laion5b_s13b_b90k", True),
        ("ViT-H-14-worldwide/metaclip2_worldwide", True),
        ("nllb-clip-base/v1", True),
    ],
)
def test_multilingual_families_read_chinese(name, chinese):
    assert ("zh" in languages_of(name)) is chinese
    assert "en" in languages_of(name)


def test_every_model_has_a_cut_off():
    assert foreign_below_of("my-own-model") == FOREIGN_BELOW
    assert foreign_below_of("ViT-B-32-quickgelu/openai") > FOREIGN_BELOW
