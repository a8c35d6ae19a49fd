"""Real open_clip classes, tiny and with random weights, behind the Encoder protocol."""

import json
import shutil
import threading

import numpy as np
import pytest
from PIL import Image
from support import photo
from tiny_clip import CLIP, SENTENCES, build, make_clip, make_multilingual, make_siglip

from knowledge.errors import ModelBrokenError
from vlm.encoders.open_clip import OpenClipEncoder
from vlm.models.local_encoders import load_encoder
from vlm.models.open_clip_files import CONFIG, find_clip

torch = pytest.importorskip("torch", reason="pip install -e '.[models]'")
open_clip = pytest.importorskip("open_clip", reason="pip install -e '.[models]'")

MAKERS = {"clip": make_clip, "siglip": make_siglip, "many": make_multilingual}
PHOTOS = [photo(seed, size=(50 + 7 * seed, 90 - 5 * seed)) for seed in range(8)]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("models")
    return {name: make(root / name) for name, make in MAKERS.items()}


def load(folder, **options):
    return OpenClipEncoder(find_clip(str(folder)), device="cpu", **options)


@pytest.fixture(scope="module", params=list(MAKERS))
def encoder(request, folders):
    return load(folders[request.param])


def test_photos_and_texts_are_unit_vectors_of_one_space(encoder):
    for vectors in (encoder.encode_images(PHOTOS), encoder.encode_texts(SENTENCES)):
        assert vectors.dtype == np.float32
        assert vectors.shape[1] == encoder.card.dim
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    assert (
        encoder.encode_images([]).shape == encoder.encode_texts([]).shape == (0, encoder.card.dim)
    )


def test_alone_and_in_company_within_1e_5(encoder):
    images = encoder.encode_images(PHOTOS * 3)  # more than one batch
    texts = encoder.encode_texts(SENTENCES)
    for row in (0, 5, 7):
        alone = encoder.encode_images([PHOTOS[row]])[0]
        np.testing.assert_allclose(alone, images[row], atol=1e-5)
        np.testing.assert_allclose(images[row + 16], images[row], atol=1e-5)
    for row, text in enumerate(SENTENCES):
        np.testing.assert_allclose(encoder.encode_texts([text])[0], texts[row], atol=1e-5)


def test_the_same_as_open_clip_by_its_own_means(folders):
    folder = folders["clip"]
    model, preprocess = open_clip.create_model_from_pretrained(f"local-dir:{folder}")
    tokens = open_clip.get_tokenizer(f"local-dir:{folder}")(list(SENTENCES))
    with torch.inference_mode():
        squares = torch.stack([preprocess(image) for image in PHOTOS])
        images = model.eval().encode_image(squares, normalize=True).numpy()
        texts = model.encode_text(tokens, normalize=True).numpy()
    ours = load(folder)
    np.testing.assert_allclose(ours.encode_images(PHOTOS), images, atol=1e-5)
    np.testing.assert_allclose(ours.encode_texts(SENTENCES), texts, atol=1e-5)


def test_siglip_keeps_its_sigmoid_bias_and_prepares_photos_its_own_way(folders):
    encoder = load(folders["siglip"])
    assert encoder.model().logit_bias.item() == -10
    plain = encoder.encode_images([Image.new("RGB", (64, 64), (128, 128, 128))])
    wide = encoder.encode_images([Image.new("RGB", (200, 64), (128, 128, 128))])
    np.testing.assert_allclose(plain, wide, atol=1e-5)  # squeezed, so no edge is lost
    left = Image.new("RGB", (96, 32))
    left.paste((255, 0, 0), (0, 0, 20, 32))  # outside of the middle square
    black = Image.new("RGB", (96, 32))
    assert not np.allclose(*encoder.encode_images([left, black]), atol=1e-4)
    clip = load(folders["clip"])
    np.testing.assert_allclose(*clip.encode_images([left, black]), atol=1e-5)


def test_siglip_texts_are_lower_case_without_punctuation(folders):
    encoder = load(folders["siglip"])
    rows = encoder.encode_texts(["When was the Tower built?", "when was the tower built"])
    np.testing.assert_array_equal(*rows)


def test_chinese_through_a_multilingual_tower(folders):
    encoder = load(folders["many"])
    assert "zh" in encoder.card.languages
    text = encoder.files.model["text_cfg"]["hf_model_name"]
    assert text.endswith("xlm-roberta-base")
    old, new = encoder.encode_texts(["济南老火车站", "济南新火车站"])
    assert not np.allclose(old, new, atol=1e-4)


def test_tokens_are_counted_whole_and_seen_up_to_the_limit(encoder):
    text = "tower " * 200
    assert encoder.count_tokens(text) > 200
    assert encoder.count_tokens("") <= 2
    longer, long = encoder.encode_texts([text + "bridge", text])
    np.testing.assert_array_equal(longer, long)


def test_the_card(folders):
    card = load(folders["clip"]).card
    assert (card.name, card.dim, card.image_size, card.max_tokens) == ("clip", 24, 32, 16)
    assert (card.languages, card.runtime) == (("en",), "torch cpu fp32")


def test_another_precision_is_another_encoder(folders):
    exact, rough = load(folders["clip"]), load(folders["clip"], precision="bf16")
    assert exact.card.fingerprint != rough.card.fingerprint
    assert (rough.card.name, rough.card.runtime) == ("clip@bf16", "torch cpu bf16")
    cosines = np.sum(exact.encode_images(PHOTOS) * rough.encode_images(PHOTOS), axis=1)
    assert 0.99 < cosines.min() < 1
    named = load_encoder(f"{folders['clip']}@bf16", models_root=folders["clip"])
    assert named.card == rough.card


def test_what_loads_lazily_loads_once(folders):
    encoder = load(folders["many"])
    rows, models = [], set()
    start = threading.Barrier(4)

    def work():
        start.wait()  # all meet the unloaded model at once
        rows.append((encoder.encode_images(PHOTOS[:2]), encoder.encode_texts(SENTENCES)))
        models.add(id(encoder.model()))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rows) == 4
    assert len(models) == 1
    for images, texts in rows:
        np.testing.assert_allclose(images, rows[0][0], atol=1e-5)
        np.testing.assert_allclose(texts, rows[0][1], atol=1e-5)


def test_a_truncated_checkpoint(folders, tmp_path):
    folder = shutil.copytree(folders["clip"], tmp_path / "cut")
    weights = folder / "open_clip_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(ModelBrokenError, match=r"cut.*damaged"):
        load(folder).encode_images(PHOTOS[:1])


def test_a_checkpoint_of_another_shape(folders, tmp_path):
    folder = shutil.copytree(folders["clip"], tmp_path / "wide")
    config = json.loads((folder / CONFIG).read_text())
    config["model_cfg"]["vision_cfg"]["width"] = 48
    (folder / CONFIG).write_text(json.dumps(config))
    with pytest.raises(ModelBrokenError, match="belongs to another architecture"):
        load(folder).encode_texts(["tower"])


@pytest.mark.parametrize(
    "change", [{"embed_dim": "many"}, {"vision_cfg": {"image_size": "big"}}, {"text_cfg": {}}]
)
def test_a_configuration_that_makes_no_model(folders, tmp_path, change):
    folder = shutil.copytree(folders["clip"], tmp_path / "odd")
    config = json.loads((folder / CONFIG).read_text())
    (folder / CONFIG).write_text(json.dumps({"model_cfg": config["model_cfg"] | change}))
    with pytest.raises(ModelBrokenError):
        load(folder).encode_texts(["tower"])


def test_weights_that_make_no_numbers(folders, tmp_path):
    from safetensors.torch import save_file

    folder = shutil.copytree(folders["clip"], tmp_path / "nan")
    weights = {name: value * torch.nan if value.is_floating_point() else value
               for name, value in build(CLIP, folder).state_dict().items()}  # fmt: skip
    save_file(weights, folder / "open_clip_model.safetensors")
    with pytest.raises(ModelBrokenError, match="not finite"):
        load(folder).encode_images(PHOTOS[:1])


def test_a_damaged_tokenizer(folders, tmp_path):
    folder = shutil.copytree(folders["siglip"], tmp_path / "words")
    (folder / "tokenizer.json").write_text("{")
    with pytest.raises(ModelBrokenError, match="tokenizer"):
        load(folder).count_tokens("tower")


def has_code_of_its_own(folder, *, config, loaded, ran):
    """Let a configuration name a Python file beside it, which leaves a trace where it runs."""
    written = json.loads((folder / config).read_text())
    written |= {"auto_map": dict.fromkeys(loaded, "own.Own"), "model_type": "own"}
    if "AutoTokenizer" in loaded:
        written |= {"auto_map": {"AutoTokenizer": ["own.Own", None]}, "tokenizer_class": "Own"}
    (folder / config).write_text(json.dumps(written))
    (folder / "own.py").write_text(f"open({str(ran)!r}, 'w')\n")


def test_code_beside_a_model_never_runs_and_nobody_is_asked_to_let_it(
    folders, tmp_path, monkeypatch
):
    ran = tmp_path / "ran"
    monkeypatch.setattr("builtins.input", lambda _: pytest.fail("it asked on the terminal"))

    words = shutil.copytree(folders["siglip"], tmp_path / "words")
    has_code_of_its_own(words, config="tokenizer_config.json", loaded=["AutoTokenizer"], ran=ran)
    config = json.loads((words / CONFIG).read_text())
    config["model_cfg"]["text_cfg"]["tokenizer_kwargs"]["trust_remote_code"] = True
    (words / CONFIG).write_text(json.dumps(config))
    with pytest.raises(ModelBrokenError, match="tokenizer"):
        load(words).count_tokens("tower")

    tower = shutil.copytree(folders["many"], tmp_path / "tower")
    inside = tower / "xlm-roberta-base"
    has_code_of_its_own(inside, config="config.json", loaded=["AutoConfig", "AutoModel"], ran=ran)
    with pytest.raises(ModelBrokenError, match="custom code"):
        load(tower).encode_texts(["tower"])
    assert not ran.exists()


def test_a_configuration_that_names_a_repository_asks_no_hub(folders, tmp_path, monkeypatch):
    import socket

    folder = shutil.copytree(folders["siglip"], tmp_path / "elsewhere")
    config = json.loads((folder / CONFIG).read_text())
    config["model_cfg"]["vision_cfg"]["timm_model_name"] = "hf-hub:somebody/tower"
    (folder / CONFIG).write_text(json.dumps(config))
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("it connects"))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("it looks a name up"))
    with pytest.raises(ModelBrokenError, match="cannot be loaded"):
        load(folder).encode_texts(["tower"])


def test_odd_options_of_a_tokenizer_are_an_error_of_ours(folders, tmp_path):
    folder = shutil.copytree(folders["clip"], tmp_path / "options")
    config = json.loads((folder / CONFIG).read_text())
    config["model_cfg"]["text_cfg"]["tokenizer_kwargs"] = {"somewhat": "odd"}
    (folder / CONFIG).write_text(json.dumps(config))
    with pytest.raises(ModelBrokenError, match="tokenizer"):
        load(folder).count_tokens("tower")
