"""The ONNX runtime around two towers so small that their vectors can be worked out by hand.

Image tower: the mean of each colour channel. Text tower: a row of a table for each token, added
up. Both then scaled to length 1.
"""

import hashlib
import json
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from knowledge.errors import ModelBrokenError, ModelMissingError
from vlm.encoders import encode_with_turns
from vlm.encoders.onnx import OnnxEncoder, square_pixels
from vlm.images import turned_clockwise

pytest.importorskip("onnx", reason="the tiny towers are made with it: pip install -e '.[starter]'")

SIDE = 4
CARD = {
    "name": "tiny",
    "dim": 3,
    "image_size": SIDE,
    "resize": "crop",
    "max_tokens": 5,
    "languages": ["en"],
    "foreign_below": 0.5,
    "precision": "fp32",
    "note": "keys that are not known are for people",
}
WORDS = {"[CLS]": 0, "[SEP]": 1, "tower": 2, "bridge": 3, "old": 4, "[UNK]": 5}
TABLE = np.array(
    [[0, 0, 0], [0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]], dtype=np.float32
)


def unit(*values):
    return np.array(values, dtype=np.float32) / np.linalg.norm(values)


def save_model(path, inputs, nodes, constants, more=()):
    from onnx import TensorProto, helper, numpy_helper, save

    name, kind, shape = inputs
    graph = helper.make_graph(
        nodes,
        "tower",
        [helper.make_tensor_value_info(name, kind, shape)],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [1, 3]), *more],
        [numpy_helper.from_array(value, key) for key, value in constants.items()],
    )
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10), path)


def save_image_tower(path):
    from onnx import TensorProto, helper

    save_model(
        path,
        ("pixels", TensorProto.UINT8, [1, SIDE, SIDE, 3]),
        [
            helper.make_node("Cast", ["pixels"], ["float"], to=TensorProto.FLOAT),
            helper.make_node("ReduceMean", ["float", "axes"], ["mean"], keepdims=0),
            helper.make_node("LpNormalization", ["mean"], ["embedding"], axis=1, p=2),
        ],
        {"axes": np.array([1, 2], dtype=np.int64)},
    )


def save_text_tower(path):
    from onnx import TensorProto, helper

    save_model(
        path,
        ("input_ids", TensorProto.INT64, [1, "length"]),
        [
            helper.make_node("Gather", ["table", "input_ids"], ["rows"]),
            helper.make_node("ReduceSum", ["rows", "axes"], ["sum"], keepdims=0),
            helper.make_node("LpNormalization", ["sum"], ["embedding"], axis=1, p=2),
        ],
        {"table": TABLE, "axes": np.array([1], dtype=np.int64)},
    )


def save_tokenizer(path):
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    tokenizer = Tokenizer(models.WordLevel(WORDS, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 0), ("[SEP]", 1)]
    )
    tokenizer.enable_padding(length=128)  # what a package's file may say must not matter
    tokenizer.enable_truncation(3)
    tokenizer.save(str(path))


@pytest.fixture
def folder(tmp_path):
    save_image_tower(tmp_path / "image.onnx")
    save_text_tower(tmp_path / "text.onnx")
    save_tokenizer(tmp_path / "tokenizer.json")
    (tmp_path / "card.json").write_text(json.dumps(CARD))
    return tmp_path


def test_images_and_texts_share_a_space(folder):
    encoder = OnnxEncoder(folder)
    images = encoder.encode_images([Image.new("RGB", (9, 7), (0, 30, 40))])
    np.testing.assert_allclose(images, [[0, 3 / 5, 4 / 5]], rtol=1e-6)
    texts = encoder.encode_texts(["tower bridge bridge", "old"])
    np.testing.assert_allclose(texts, [unit(1, 2, 0), unit(0, 0, 1)], rtol=1e-6)
    assert images.dtype == texts.dtype == np.float32


def save_tower_that_sees_turns(path):
    """Besides the colours' mean, the mean of each edge: above, right, below, left."""
    from onnx import TensorProto, helper, numpy_helper, save

    cuts = {"above": (1, 0, 1), "right": (2, SIDE - 1, SIDE), "below": (1, SIDE - 1, SIDE)}
    cuts |= {"left": (2, 0, 1)}
    nodes = [
        helper.make_node("Cast", ["pixels"], ["float"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["float", "axes"], ["mean"], keepdims=0),
        helper.make_node("LpNormalization", ["mean"], ["embedding"], axis=1, p=2),
    ]
    constants = {"axes": np.array([1, 2], dtype=np.int64)}
    constants |= {"all": np.array([1, 2, 3], dtype=np.int64), "flat": np.array([1, 1])}
    for name, (axis, start, end) in cuts.items():
        for key, value in (("axis", axis), ("start", start), ("end", end)):
            constants[f"{name}_{key}"] = np.array([value], dtype=np.int64)
        cut = ["float", f"{name}_start", f"{name}_end", f"{name}_axis"]
        nodes.append(helper.make_node("Slice", cut, [f"{name}_edge"]))
        nodes.append(helper.make_node("ReduceMean", [f"{name}_edge", "all"], [f"{name}_mean"],
                                      keepdims=0))  # fmt: skip
        nodes.append(helper.make_node("Reshape", [f"{name}_mean", "flat"], [name]))
    nodes.append(helper.make_node("Concat", list(cuts), ["upright"], axis=1))
    graph = helper.make_graph(
        nodes,
        "tower",
        [helper.make_tensor_value_info("pixels", TensorProto.UINT8, [1, SIDE, SIDE, 3])],
        [
            helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [1, 3]),
            helper.make_tensor_value_info("upright", TensorProto.FLOAT, [1, 4]),
        ],
        [numpy_helper.from_array(value, key) for key, value in constants.items()],
    )
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10), path)


def test_a_second_output_says_which_way_up_a_photo_is(folder):
    plain = OnnxEncoder(folder)
    assert not plain.sees_turns()
    save_tower_that_sees_turns(folder / "image.onnx")
    encoder = OnnxEncoder(folder, workers=2)
    upright = Image.new("RGB", (SIDE, SIDE), (0, 30, 40))
    upright.paste((255, 255, 255), (0, 0, SIDE, 1))
    photos = [turned_clockwise(upright, degrees) for degrees in (0, 90, 180, 270)]

    assert encoder.sees_turns()
    vectors, logits = encode_with_turns(encoder, photos)
    assert logits.shape == (4, 4)
    assert logits.argmax(axis=1).tolist() == [0, 1, 2, 3]
    np.testing.assert_array_equal(vectors, encoder.encode_images(photos))
    assert encoder.card.fingerprint != plain.card.fingerprint


def test_an_encoder_without_it_says_nothing_and_encodes_as_ever(folder):
    encoder = OnnxEncoder(folder)
    photos = [Image.new("RGB", (9, 7), (0, 30, 40))]
    vectors, logits = encode_with_turns(encoder, photos)
    assert logits is None
    np.testing.assert_array_equal(vectors, encoder.encode_images(photos))
    with pytest.raises(ModelBrokenError, match=r"image\.onnx"):
        encoder.encode_seeing_turns(photos)


def test_a_second_output_of_another_shape_is_a_broken_model(folder):
    from onnx import TensorProto, helper

    save_model(
        folder / "image.onnx",
        ("pixels", TensorProto.UINT8, [1, SIDE, SIDE, 3]),
        [
            helper.make_node("Cast", ["pixels"], ["float"], to=TensorProto.FLOAT),
            helper.make_node("ReduceMean", ["float", "axes"], ["mean"], keepdims=0),
            helper.make_node("LpNormalization", ["mean"], ["embedding"], axis=1, p=2),
            helper.make_node("Identity", ["mean"], ["upright"]),
        ],
        {"axes": np.array([1, 2], dtype=np.int64)},
        more=[helper.make_tensor_value_info("upright", TensorProto.FLOAT, [1, 3])],
    )
    with pytest.raises(ModelBrokenError, match=r"image\.onnx"):
        encode_with_turns(OnnxEncoder(folder), [Image.new("RGB", (9, 7))])


def test_nothing_to_encode(folder):
    encoder = OnnxEncoder(folder)
    assert encoder.encode_images([]).shape == encoder.encode_texts([]).shape == (0, 3)


def test_the_card(folder):
    card = OnnxEncoder(folder).card
    assert (card.name, card.dim, card.image_size, card.max_tokens) == ("tiny", 3, SIDE, 5)
    assert card.languages == ("en",)
    assert card.foreign_below == 0.5
    assert card.runtime == "onnx cpu fp32"


def test_tokens_are_counted_whole_and_seen_up_to_the_limit(folder):
    encoder = OnnxEncoder(folder)
    assert encoder.count_tokens("tower") == 3  # [CLS] tower [SEP]
    assert encoder.count_tokens("tower tower tower bridge bridge") == 5 + 2
    long = encoder.encode_texts(["tower tower tower bridge bridge"])  # sees 5 - 2 words
    np.testing.assert_allclose(long, encoder.encode_texts(["tower"]), rtol=1e-6)


def test_crop_sees_the_middle_and_squash_sees_all():
    image = Image.new("RGB", (30, 10), (255, 0, 0))
    image.paste((0, 0, 255), (10, 0, 20, 10))
    crop, squash = square_pixels(image, 6, "crop"), square_pixels(image, 6, "squash")
    assert crop.shape == squash.shape == (1, 6, 6, 3)
    assert (crop[0, :, 1:-1] == [0, 0, 255]).all()  # at the cut the resampling reads beyond it
    assert (squash[0, :, 0] == [255, 0, 0]).all()


@settings(max_examples=20, deadline=None)
@given(
    colours=st.lists(st.tuples(*[st.integers(1, 255)] * 3), min_size=1, max_size=5),
    texts=st.lists(st.sampled_from(["tower", "old bridge", "old old tower", ""]), max_size=5),
)
def test_a_vector_is_its_own_affair(tmp_path_factory, colours, texts):
    folder = tmp_path_factory.mktemp("encoder")
    save_image_tower(folder / "image.onnx")
    save_text_tower(folder / "text.onnx")
    save_tokenizer(folder / "tokenizer.json")
    (folder / "card.json").write_text(json.dumps(CARD))
    encoder = OnnxEncoder(folder)
    images = [Image.new("RGB", (5, 5), colour) for colour in colours]
    together = encoder.encode_images(images)
    for image, row in zip(images, together, strict=True):
        assert (encoder.encode_images([image])[0] == row).all()
    together = encoder.encode_texts(texts)
    for text, row in zip(texts, together, strict=True):
        np.testing.assert_array_equal(encoder.encode_texts([text])[0], row)


@pytest.mark.parametrize("name", ["card.json", "image.onnx", "text.onnx", "tokenizer.json"])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(ModelMissingError, match=rf"lacks {name}.*git checkout"):
        OnnxEncoder(folder)


def test_no_folder_at_all(tmp_path):
    with pytest.raises(ModelMissingError, match=r"card\.json"):
        OnnxEncoder(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("card", "reason"),
    [
        ("{", "Invalid JSON"),
        (json.dumps(CARD | {"dim": "many"}), "dim"),
        (json.dumps({key: value for key, value in CARD.items() if key != "resize"}), "resize"),
    ],
)
def test_a_broken_card(folder, card, reason):
    (folder / "card.json").write_text(card)
    with pytest.raises(ModelBrokenError, match=reason):
        OnnxEncoder(folder)


def test_a_broken_tokenizer(folder):
    (folder / "tokenizer.json").write_text("[]")
    with pytest.raises(ModelBrokenError, match=r"tokenizer\.json"):
        OnnxEncoder(folder)


def test_a_truncated_model(folder):
    whole = (folder / "image.onnx").read_bytes()
    (folder / "image.onnx").write_bytes(whole[: len(whole) // 2])
    encoder = OnnxEncoder(folder)  # opened, not loaded
    with pytest.raises(ModelBrokenError, match=r"image\.onnx cannot be used"):
        encoder.encode_images([Image.new("RGB", (4, 4))])
    assert encoder.encode_texts(["tower"]).shape == (1, 3)


def test_a_model_of_another_size(folder):
    (folder / "card.json").write_text(json.dumps(CARD | {"dim": 4}))
    with pytest.raises(ModelBrokenError, match=r"text\.onnx"):
        OnnxEncoder(folder).encode_texts(["tower"])
    (folder / "card.json").write_text(json.dumps(CARD | {"image_size": 8}))
    with pytest.raises(ModelBrokenError, match=r"image\.onnx"):
        OnnxEncoder(folder).encode_images([Image.new("RGB", (4, 4))])


def fingerprint(folder):
    return OnnxEncoder(folder).card.fingerprint


@pytest.mark.parametrize(
    "change",
    [{"image_size": 8}, {"resize": "squash"}, {"max_tokens": 4}, {"dim": 2}, {"pad_to": 9}],
)
def test_what_decides_a_vector_decides_the_fingerprint(folder, change):
    before = fingerprint(folder)
    (folder / "card.json").write_text(json.dumps(CARD | change))
    assert fingerprint(folder) != before


@pytest.mark.parametrize("change", [{"foreign_below": 0.1}, {"note": "else"}, {"name": "other"}])
def test_what_only_describes_does_not(folder, change):
    before = fingerprint(folder)
    (folder / "card.json").write_text(json.dumps(CARD | change))
    assert fingerprint(folder) == before


@pytest.mark.parametrize("name", ["image.onnx", "text.onnx", "tokenizer.json"])
def test_other_weights_other_fingerprint(folder, name):
    before = fingerprint(folder)
    with (folder / name).open("ab") as file:
        file.write(b" ")
    assert fingerprint(folder) != before


def test_keys_that_came_later_leave_older_fingerprints_alone(folder):
    """A card without `interpolation` and `pad_to` keeps its fingerprint, as the starter's must."""
    digest = hashlib.sha256()
    keys = ("dim", "image_size", "max_tokens", "resize")
    digest.update(json.dumps({key: CARD[key] for key in keys}, sort_keys=True).encode())
    for name in ("image.onnx", "text.onnx", "tokenizer.json"):
        digest.update(hashlib.sha256((folder / name).read_bytes()).digest())
    assert fingerprint(folder) == digest.hexdigest()[:32]
    (folder / "card.json").write_text(json.dumps(CARD | {"pad_to": 5}))
    assert fingerprint(folder) != digest.hexdigest()[:32]


def test_a_tower_of_fixed_length_gets_its_padding(folder):
    (folder / "card.json").write_text(json.dumps(CARD | {"pad_to": 5, "pad_id": WORDS["old"]}))
    filled = OnnxEncoder(folder).encode_texts(["tower", "tower tower tower bridge"])
    # [CLS] tower [SEP] old old; [CLS] tower tower tower [SEP]
    np.testing.assert_allclose(filled, [unit(1, 0, 2), unit(1, 0, 0)], rtol=1e-6)


def test_many_threads_get_the_same_vectors(folder):
    encoder = OnnxEncoder(folder)
    image, rows = Image.new("RGB", (4, 4), (10, 20, 30)), []
    start = threading.Barrier(6)

    def work():
        start.wait()  # all meet the unloaded model at once
        for _ in range(20):
            rows.append((encoder.encode_images([image]), encoder.encode_texts(["old tower"])))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rows) == 6 * 20
    for image_row, text_row in rows:
        np.testing.assert_allclose(image_row, [unit(10, 20, 30)], rtol=1e-6)
        np.testing.assert_allclose(text_row, [unit(1, 0, 1)], rtol=1e-6)


def test_workers_side_by_side_keep_the_order(folder):
    images = [Image.new("RGB", (8, 8), (n * 9, 255 - n * 9, n)) for n in range(25)]
    texts = ["tower", "bridge", "old tower", "old bridge"] * 6
    alone, together = OnnxEncoder(folder), OnnxEncoder(folder, threads=1, workers=3)
    assert np.array_equal(together.encode_images(images), alone.encode_images(images))
    assert np.array_equal(together.encode_texts(texts), alone.encode_texts(texts))


def test_the_bundled_encoder_makes_the_same_vectors_in_bulk():
    """Bit by bit: several workers fill an index that is queried with vectors of one."""
    starter = Path(__file__).parents[3] / "data" / "models" / "starter"
    rng = np.random.default_rng(3)
    images = [Image.fromarray(rng.integers(0, 256, (60, 80, 3), dtype=np.uint8)) for _ in range(6)]
    texts = ["When was this tower completed?", "The bridge was built in 1912.", "A square."]
    one, bulk = OnnxEncoder(starter), OnnxEncoder(starter, threads=1, workers=2)
    assert np.array_equal(one.encode_images(images), bulk.encode_images(images))
    assert np.array_equal(one.encode_texts(texts), bulk.encode_texts(texts))
