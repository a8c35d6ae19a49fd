"""How well text in pictures is read: words right on drawn signs, and photos that give any text.

    python -m scripts.measure_ocr                     # signs at every turn and size
    python -m scripts.measure_ocr --photos FOLDER     # photos: which give text, and the time

Signs are drawn in English and Chinese, in several fonts, at 0 to 350 degrees, letters 20 pixels and
higher, seen aslant, with noise, shade and JPEG's damage. A word is right if it is read with all its
letters; capitals, accents and punctuation do not count, and of Chinese each character is a word.
Seconds are those of one core, so that other work on the machine does not count.
"""

import argparse
import io
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from knowledge.errors import InputError
from knowledge.language import fold, is_han
from vlm.images import PhotoSize, decode_image
from vlm.ocr import INSTALL, TextReader, find_text_reader

LATIN_FONTS = ("DejaVuSerif.ttf", "DejaVuSans-Bold.ttf", "DejaVuSerif-BoldItalic.ttf",
               "DejaVuSansCondensed.ttf")  # fmt: skip
HAN_FONTS = ("NotoSansCJK-Regular.ttc", "NotoSerifCJK-Bold.ttc")
_SIMPLIFIED = 2
"""Number of the simplified Chinese face in the collections."""

ENGLISH = (
    ("Corn Exchange", "Erected 1897", "by public subscription"),
    ("HARBOUR OFFICE", "Knock before entering"),
    ("Mill Lane", "leading to the old weir"),
    ("This stone was laid", "on 14 June 1903", "by Margaret Holloway"),
    ("RAILWAY HOTEL", "Stabling for forty horses"),
    ("Plate 12.", "The north bridge from the quay, 1911"),
    ("NO ENTRY", "Tunnel closed after dark"),
    ("Public Library", "Reading room upstairs"),
    ("Fourth Company", "Fire brigade, drill of 1926"),
    ("Schmidt & Sons", "Clockmakers since 1848"),
    ("In memory of the crew", "lost with the Aurora", "9 December 1882"),
    ("Platform 2", "Trains to the coast"),
)
CHINESE = (
    ("永安桥", "光绪二十三年重修"),
    ("火车站", "一九一二年建成通车"),
    ("县立图书馆", "阅览室在二楼"),
    ("东门外大街", "禁止车辆通行"),
    ("老邮局旧址", "市级文物保护单位"),
    ("第一中学校", "民国十五年奠基"),
    ("江边码头", "由此上船"),
    ("纪念碑", "建于一九五八年"),
)
SIZES = (20, 28, 40, 64)
"""Pixels of the letters' size."""
ANGLES = tuple(range(0, 360, 15))


@dataclass(frozen=True)
class Sign:
    """A drawn sign: its picture, its words, and how it was drawn."""

    picture: Image.Image
    words: Counter[str]
    language: str
    size: int
    angle: int


def signs(count: int, *, seed: int) -> Iterator[Sign]:
    """So many signs, their languages, sizes and angles in turn, all else by chance."""
    chance = random.Random(seed)
    for i in range(count):
        language = ("en", "zh")[i % 2]
        size, angle = SIZES[(i // 2) % len(SIZES)], ANGLES[(i // 2) % len(ANGLES)]
        lines = chance.choice(ENGLISH if language == "en" else CHINESE)
        fonts = LATIN_FONTS if language == "en" else HAN_FONTS
        index = _SIMPLIFIED if language == "zh" else 0
        font = ImageFont.truetype(chance.choice(fonts), size, index=index)
        picture = _seen(_drawn(lines, font, chance), angle + chance.randint(-4, 4), chance)
        yield Sign(picture, words_of(" ".join(lines)), language, size, angle)


def words_of(text: str) -> Counter[str]:
    """The words of a text, and its Chinese characters one by one."""
    apart = "".join(f" {each} " if is_han(each) else each for each in text)
    return Counter(fold(apart).split())


def _drawn(
    lines: tuple[str, ...], font: ImageFont.FreeTypeFont, chance: random.Random
) -> Image.Image:
    """A board with the lines on it."""
    boxes = [font.getbbox(line) for line in lines]
    height = int(font.size * 1.45)
    width = int(max(box[2] for box in boxes)) + 3 * int(font.size)
    dark = tuple(chance.randint(0, 70) for _ in range(3))
    light = tuple(chance.randint(150, 255) for _ in range(3))
    ink, ground = (dark, light) if chance.random() < 0.7 else (light, dark)
    board = Image.new("RGB", (width, height * len(lines) + 2 * int(font.size)), ground)
    draw = ImageDraw.Draw(board)
    for i, line in enumerate(lines):
        left = (width - font.getbbox(line)[2]) / 2
        draw.text((left, font.size + i * height), line, font=font, fill=ink)
    return board


def _seen(board: Image.Image, angle: float, chance: random.Random) -> Image.Image:
    """The board in a scene, aslant, turned, in uneven light, as a JPEG."""
    width, height = board.size
    slant = [chance.uniform(0, 0.06) for _ in range(8)]
    corners = (
        -slant[0] * width, -slant[1] * height, -slant[2] * width, (1 + slant[3]) * height,
        (1 + slant[4]) * width, (1 + slant[5]) * height, (1 + slant[6]) * width, -slant[7] * height,
    )  # fmt: skip
    scene = tuple(chance.randint(60, 200) for _ in range(3))
    board = board.transform(
        board.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor=scene
    )
    turned = board.rotate(-angle, Image.Resampling.BICUBIC, expand=True, fillcolor=scene)
    margin = chance.randint(20, 200)
    whole = Image.new("RGB", (turned.width + 2 * margin, turned.height + 2 * margin), scene)
    whole.paste(turned, (margin, margin))
    pixels = np.asarray(whole, np.float32)
    noise = np.random.default_rng(chance.randint(0, 2**31)).normal(0, 8, pixels.shape)
    shade = np.linspace(0.8, 1.1, pixels.shape[1], dtype=np.float32)[None, :, None]
    spoilt = Image.fromarray(np.clip(pixels * shade + noise, 0, 255).astype(np.uint8))
    buffer = io.BytesIO()
    spoilt.save(buffer, "JPEG", quality=75)
    return Image.open(buffer).convert("RGB")


def measure_signs(reader: TextReader, count: int, *, seed: int, show: bool) -> float:
    """Share of words read right, printed by language, size and angle."""
    right: dict[str, int] = defaultdict(int)
    wanted: dict[str, int] = defaultdict(int)
    invented, seconds = 0, 0.0
    for sign in signs(count, seed=seed):
        started = time.process_time()
        read = reader.read(sign.picture)
        seconds += time.process_time() - started
        found = words_of(" ".join(line.text for line in read.lines))
        hits = (found & sign.words).total()
        invented += (found - sign.words).total()
        for group in ("all", sign.language, f"{sign.size} px", f"{sign.angle:3}°"):
            right[group] += hits
            wanted[group] += sign.words.total()
        if show and hits < sign.words.total():
            print(sign.language, sign.size, sign.angle, dict(sign.words - found), "read",
                  [(line.text, line.certainty) for line in read.lines])  # fmt: skip
    for group in sorted(wanted):
        print(f"{group:>6}  {right[group] / wanted[group]:.3f} of {wanted[group]} words right")
    print(f"{invented} other words were read; {seconds / count:.2f} s of a core a sign")
    return right["all"] / wanted["all"]


def measure_photos(reader: TextReader, folder: Path, *, most: int) -> None:
    """Which photos give text, and the time for each."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    photos, with_text, seconds = 0, 0, []
    for file in files:
        try:
            picture = decode_image(file.read_bytes(), PhotoSize(reader.photo_side)).pixels
        except InputError:
            continue
        started = time.process_time()
        read = reader.read(picture)
        seconds.append(time.process_time() - started)
        photos += 1
        if read.lines:
            with_text += 1
            print(file.name, [(line.text, line.certainty) for line in read.lines])
        if photos == most:
            break
    print(
        f"{with_text} of {photos} photos give text; seconds of a core a photo: median "
        f"{np.median(seconds):.2f}, 95 % within {np.percentile(seconds, 95):.2f}"
    )


def main() -> None:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=Path, help="folder of photos instead of drawn signs")
    parser.add_argument("--most", type=int, default=200, help="photos, or signs, at most")
    parser.add_argument("--seed", type=int, default=15)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="print each sign not read whole")
    given = parser.parse_args()
    reader = find_text_reader(threads=given.threads)
    if reader is None:
        raise SystemExit(f"Nothing here reads text in pictures: {INSTALL}")
    if given.photos is not None:
        measure_photos(reader, given.photos, most=given.most)
    else:
        measure_signs(reader, given.most, seed=given.seed, show=given.show)


if __name__ == "__main__":
    main()
