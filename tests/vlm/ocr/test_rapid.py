"""rapidocr's models read drawn signs, at any turn, and nothing where no text is."""

import shutil

import pytest
from PIL import Image, ImageDraw, ImageFont
from support import photo

from knowledge.errors import ModelBrokenError, ModelMissingError
from knowledge.picture_text import PictureText
from vlm.ocr import find_text_reader, is_installed, rapid

pytestmark = pytest.mark.skipif(not is_installed(), reason="the extra ocr is not installed")

LATIN, HAN = "DejaVuSerif.ttf", "NotoSansCJK-Regular.ttc"
LINES = [("CORN EXCHANGE", LATIN), ("Erected in 1897", LATIN), ("永安桥重修碑记", HAN)]
WORDS = [words for words, _ in LINES]


@pytest.fixture(scope="module")
def reader():
    return find_text_reader()


def sign(lines=LINES, *, size: int = 32, side: int = 640) -> Image.Image:
    picture = Image.new("RGB", (side, side), (205, 195, 170))
    draw = ImageDraw.Draw(picture)
    for i, (words, face) in enumerate(lines):
        try:
            font = ImageFont.truetype(face, size, index=2 if face == HAN else 0)
        except OSError:
            pytest.skip(f"the font {face} is not installed")
        draw.text((120, 200 + 2 * size * i), words, font=font, fill=(30, 25, 20))
    return picture


@pytest.mark.parametrize("turn", [0, 30, 90, 180, 270])
def test_a_sign_is_read_at_any_turn(reader, turn):
    """A sign that lies turned by so many degrees clockwise, turned back, is upright."""
    lying = sign().rotate(-turn, Image.Resampling.BICUBIC, fillcolor=(205, 195, 170))
    read = reader.read(lying)
    assert [line.text for line in read.lines] == WORDS
    assert abs((read.turn + turn + 180) % 360 - 180) <= 1
    assert all(0.8 <= line.certainty <= 1 for line in read.lines)


def test_a_line_stands_where_its_box_is(reader):
    first = reader.read(sign()).lines[0].box
    drawn = ImageFont.truetype(LATIN, 32).getbbox(WORDS[0])
    assert first.x * 640 == pytest.approx(120, abs=12)
    assert first.y * 640 == pytest.approx(200 + drawn[1], abs=12)
    assert first.width * 640 == pytest.approx(drawn[2], abs=24)
    assert first.height * 640 == pytest.approx(drawn[3] - drawn[1], abs=20)


def test_a_sign_is_read_quickly_too_and_a_picture_without_one_is_done_sooner(reader, monkeypatch):
    assert reader.read(sign(), quickly=True) == reader.read(sign())
    searched = []
    boxes = rapid._boxes
    monkeypatch.setattr(
        rapid, "_boxes", lambda canvas, *a: searched.append(canvas.pixels.size) or boxes(canvas, *a)
    )
    plain = photo(3)
    assert reader.read(plain, quickly=True) == reader.read(plain) == PictureText(reader.name)
    quick, thorough = searched
    assert quick < 0.6 * thorough


def test_a_large_picture_has_the_same_boxes(reader):
    small = reader.read(sign()).lines
    large = reader.read(sign().resize((2_560, 2_560), Image.Resampling.BICUBIC)).lines
    assert [line.text for line in large] == [line.text for line in small]
    for one, other in zip(small, large, strict=True):
        assert one.box.x == pytest.approx(other.box.x, abs=0.01)
        assert one.box.y == pytest.approx(other.box.y, abs=0.01)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_row_of_chinese_is_no_column(reader, turn):
    read = reader.read(sign([("永安桥重修碑记", HAN)]).rotate(-turn))
    assert [line.text for line in read.lines] == ["永安桥重修碑记"]
    assert (read.turn + turn) % 360 == 0


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_columns_of_chinese_are_read_from_the_right_and_are_upright(reader, turn):
    columns = ["光绪二十三年重修", "永安门城楼"]
    picture = Image.new("RGB", (600, 600), (225, 220, 200))
    draw, font = ImageDraw.Draw(picture), ImageFont.truetype(HAN, 40, index=2)
    for i, words in enumerate(columns):
        for j, character in enumerate(words):
            draw.text((340 - 100 * i, 90 + 46 * j), character, font=font, fill=(25, 20, 15))
    read = reader.read(picture.rotate(-turn))
    assert [line.text for line in read.lines] == columns
    assert (read.turn + turn) % 360 == 0


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (900, 3), (40, 40), (1_600, 20)])
def test_odd_pictures_hold_no_text(reader, size):
    assert reader.read(Image.new("RGB", size, "grey")).lines == ()


@pytest.mark.parametrize("seed", range(4))
def test_no_text_is_invented(reader, seed):
    assert reader.read(photo(seed, size=(640, 480))).lines == ()


def test_its_name_says_its_models(reader):
    assert reader.name.startswith("rapidocr ")
    assert "_det_" in reader.name
    assert "_rec_" in reader.name


def test_a_missing_model_is_never_fetched(reader, tmp_path):
    from vlm.ocr.rapid import RapidTextReader

    with pytest.raises(ModelMissingError, match="without its models"):
        RapidTextReader(models=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_model_says_what_to_do(reader, tmp_path):
    from vlm.ocr.rapid import RapidTextReader

    (tmp_path / "a_det_b.onnx").write_bytes(b"no model")
    (tmp_path / "a_rec_b.onnx").write_bytes(b"no model")
    broken = RapidTextReader(models=tmp_path)
    with pytest.raises(ModelBrokenError, match="install it anew"):
        broken.read(sign())


def test_a_recogniser_without_characters_is_refused(tmp_path):
    from vlm.ocr.rapid import RapidTextReader, models_folder

    (detector,) = models_folder().glob("*_det_*.onnx")
    shutil.copy(detector, tmp_path / "a_det_b.onnx")
    shutil.copy(detector, tmp_path / "a_rec_b.onnx")
    with pytest.raises(ModelBrokenError, match="names no characters"):
        RapidTextReader(models=tmp_path).read(sign())
    assert len(list(tmp_path.iterdir())) == 2
