"""What a model's page on the hub says of it."""

import pytest

from vlm.readers.export.hub_page import HubPage, learned_nulls, read_hub_page


@pytest.mark.parametrize(
    ("matter", "languages"),
    [
        ("language: en", ("en",)),
        ("language:\n- en\n- zh-Hant\n- no", ("en", "zh-Hant", "no")),
        ("language: multilingual", ()),
        ("language:\n- multilingual\n- de", ("de",)),
        ("language: {a: b}", ()),
        ("- a list", ()),
        ("language: [unclosed", ()),
        ("tags: [x]", ()),
    ],
)
def test_languages_are_those_of_the_front_matter(tmp_path, matter, languages):
    (tmp_path / "README.md").write_text(f"---\n{matter}\n---\n# A model\n")
    assert read_hub_page(tmp_path).languages == languages


def test_a_model_without_a_page_or_without_front_matter(tmp_path):
    assert read_hub_page(tmp_path) == HubPage()
    (tmp_path / "README.md").write_text("language: en\n")
    assert read_hub_page(tmp_path) == HubPage(text="language: en\n")


@pytest.mark.parametrize(
    ("name", "datasets", "text", "nulls"),
    [
        ("a/roberta-base-squad2", (), "", True),
        ("a/mdeberta-v3-base", ("squad_v2",), "", True),
        ("a/mdeberta-v3-base", ("rajpurkar/squad_v2", "other"), "", True),
        ("a/xlm-roberta-large-squad2", ("squad",), "", False),
        ("a/bert", (), "It was trained on SQuAD 2.0.", True),
        ("a/bert", (), "It was trained on SQuAD 2.", True),
        ("a/bert", (), "It was trained on SQuAD v2", True),
        ("a/bert", (), "It was trained on SQuAD 1.1 in 2021.", False),
        ("a/bert-squad", (), "SQuAD 2018", False),
        ("a/bert", ("squad_v1.2",), "", False),
        ("a/bert", (), "", False),
    ],
)
def test_who_learned_that_a_text_may_hold_no_answer(name, datasets, text, nulls):
    assert learned_nulls(name, HubPage(datasets=datasets, text=text)) is nulls
