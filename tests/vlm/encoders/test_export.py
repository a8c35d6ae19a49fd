"""Exports of real open_clip classes, tiny and with random weights, checked on real photos."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tiny_clip import CLIP, SENTENCES, build, make_clip, make_multilingual, make_siglip

from knowledge.errors import ConfigurationError, DiskFullError, ModelBrokenError
from vlm.encoders.export.clip import LOWEST_COSINE, MEAN_COSINE, check_room, export_encoder
from vlm.encoders.export.tokenizer import save_tokenizer
from vlm.encoders.onnx import OnnxEncoder, square_pixels
from vlm.encoders.open_clip import OpenClipEncoder
from vlm.images import PhotoSize, decode_image
from vlm.models.open_clip_files import find_clip

torch = pytest.importorskip("torch", reason="pip install -e '.[models]'")
pytest.importorskip("open_clip", reason="pip install -e '.[models]'")
pytest.importorskip("onnxscript", reason="pip install -e '.[models]'")
# torch's exporter and ONNX Runtime's quantizer call parts of themselves that they deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")

ROOT = Path(__file__).resolve().parents[3]
MAKERS = {"clip": make_clip, "siglip": make_siglip, "many": make_multilingual}


def load(folder):
    return OpenClipEncoder(find_clip(str(folder)), device="cpu")


@pytest.fixture(scope="module")
def photos():
    paths = sorted((ROOT / "data/landmarks/photos").iterdir())[:6]
    return [decode_image(path.read_bytes(), PhotoSize(64)).pixels for path in paths]


@pytest.fixture(scope="module", params=list(MAKERS))
def exported(request, tmp_path_factory, photos):
    """A model, and its int8 export."""
    folder = MAKERS[request.param](tmp_path_factory.mktemp("export") / request.param)
    encoder = load(folder)
    return encoder, export_encoder(encoder, folder / "out", int8=True, photos=photos)


def test_an_export_is_as_good_as_its_report_says(exported, photos):
    encoder, report = exported
    ours = OnnxEncoder(report.folder)
    for method, given, said in (
        ("encode_images", photos, report.photo_cosines),
        ("encode_texts", SENTENCES, None),
    ):
        rows = getattr(ours, method)(given)
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, rtol=1e-5)
        cosines = np.sum(rows * getattr(encoder, method)(given), axis=1)
        assert cosines.mean() >= MEAN_COSINE
        assert cosines.min() >= LOWEST_COSINE
        if said:
            np.testing.assert_allclose((cosines.mean(), cosines.min()), said, atol=1e-4)
    assert report.kept_float == {}
    assert report.bytes == sum(path.stat().st_size for path in report.folder.iterdir())


def test_photos_are_prepared_to_the_pixel_as_by_open_clip(exported, photos):
    encoder, report = exported
    encoder.model()
    prepared = encoder.preprocessing()
    mean, std = (np.float32(prepared[key])[:, None, None] for key in ("mean", "std"))
    for photo, feed in zip(photos, OnnxEncoder(report.folder).image_feeds(photos), strict=True):
        theirs = encoder.transform(photo).numpy() * std + mean
        ours = feed["pixels"][0].transpose(2, 0, 1) / 255
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


TEXTS = [
    *SENTENCES,
    "Notre-Dame’s  spire…  was “rebuilt” in 2024, they’re proud!",
    "St. Mary's Church, Zürich – café naïve ſ №5 100%",
    "全角：ＡＢＣ，１２３？！（括号）",
    "snake_case & a/b <tag> 🙂 emoji",
    "don't, we'll, I'm, it'd, you've",
    "",
    "word " * 40,
]


@pytest.mark.parametrize("kind", list(MAKERS))
def test_texts_become_the_same_tokens(kind, tmp_path):
    from tokenizers import Tokenizer

    encoder = load(MAKERS[kind](tmp_path / kind))
    save_tokenizer(encoder, tmp_path / "tokenizer.json")
    ours = Tokenizer.from_file(str(tmp_path / "tokenizer.json"))
    long = 300
    for text in TEXTS:
        ids = ours.encode(text).ids
        theirs = encoder.tokenizer()([text], context_length=long)[0].tolist()
        assert theirs == ids + [encoder.pad_id()] * (long - len(ids)), text
        assert encoder.count_tokens(text) == len(ids)


def test_an_export_needs_no_pytorch(exported):
    code = (
        "import sys; from pathlib import Path; from PIL import Image;"
        "from vlm.encoders.onnx import OnnxEncoder; e = OnnxEncoder(Path(sys.argv[1]));"
        "e.encode_images([Image.new('RGB', (8, 8))]); e.encode_texts(['济南']);"
        "sys.exit(bool({'torch', 'transformers', 'onnx', 'open_clip'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code, str(exported[1].folder)]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def test_the_card_says_how_it_was_made(exported):
    encoder, report = exported
    card = json.loads((report.folder / "card.json").read_text())
    assert card["made_from"]["fingerprint"] == encoder.card.fingerprint
    assert card["measured"]["photo_cosine"]["mean"] == report.photo_cosines[0]
    assert len(card["mean"]) == len(card["std"]) == 3
    assert OnnxEncoder(report.folder).card.languages == encoder.card.languages
    assert OnnxEncoder(report.folder).card.name == f"{encoder.card.name}@onnx-int8"


def spoil(folder):
    """One channel of a layer is a thousand times the others, as in large CLIPs."""
    from safetensors.torch import save_file

    torch.manual_seed(0)
    model = build(CLIP, folder)
    for block in model.visual.transformer.resblocks[:1]:
        block.mlp.c_fc.bias.data[0] = 3000.0
        block.mlp.c_proj.weight.data *= 10  # what the others say weighs much
        block.mlp.c_proj.weight.data[:, 0] = 0
    weights = {name: value.contiguous() for name, value in model.state_dict().items()}
    save_file(weights, folder / "open_clip_model.safetensors")
    return folder


def test_a_layer_that_int8_spoils_is_named_and_kept_in_float(tmp_path, photos):
    folder = spoil(make_clip(tmp_path / "spoilt"))
    report = export_encoder(load(folder), folder / "out", int8=True, photos=photos)
    assert len(report.kept_float["image"]) >= 1
    assert "text" not in report.kept_float
    assert report.photo_cosines[0] >= MEAN_COSINE
    assert report.photo_cosines[1] >= LOWEST_COSINE
    card = json.loads((report.folder / "card.json").read_text())
    assert card["measured"]["kept_float"] == report.kept_float


def test_what_is_there_already_is_left_alone(tmp_path, photos):
    folder = make_clip(tmp_path / "clip")
    with pytest.raises(ConfigurationError, match="not empty"):
        export_encoder(load(folder), folder, int8=True, photos=photos)
    with pytest.raises(ConfigurationError, match="none were given"):
        export_encoder(load(folder), folder / "out", int8=True, photos=[])


def test_a_model_that_cannot_be_loaded_leaves_nothing_behind(tmp_path, photos):
    folder = make_clip(tmp_path / "clip")
    weights = folder / "open_clip_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-50])
    with pytest.raises(ModelBrokenError, match="cannot be loaded"):
        export_encoder(load(folder), tmp_path / "models" / "out", int8=True, photos=photos)
    assert list((tmp_path / "models").iterdir()) == []


def test_no_room(tmp_path):
    with pytest.raises(DiskFullError, match="GB are free"):
        check_room(10**18, tmp_path)


@pytest.mark.parametrize("size", [(64, 48), (33, 64), (65, 64), (100, 31), (7, 5), (32, 32)])
@pytest.mark.parametrize("interpolation", ["bicubic", "bilinear"])
def test_the_shortest_side_scaled_is_what_torchvision_does(size, interpolation):
    from PIL import Image
    from torchvision.transforms import CenterCrop, Compose, InterpolationMode, Resize

    noise = np.random.default_rng(1).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    image = Image.fromarray(noise)
    theirs = Compose([Resize(32, InterpolationMode(interpolation)), CenterCrop(32)])(image)
    ours = square_pixels(image, 32, "shortest", interpolation)
    np.testing.assert_array_equal(ours[0], np.asarray(theirs))
