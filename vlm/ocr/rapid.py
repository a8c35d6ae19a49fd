"""Text in pictures through rapidocr's models, which lie in its wheel. Nothing is ever fetched.

rapidocr finds the lines and recognises one. Here is what it leaves open: how large a picture is
read, which way up each line is, which lines are certain enough, and where they stand. The order in
which they are read is in `vlm.ocr.order`.

A picture is first looked at small. Most photos hold no text and are done then.
"""

import logging
import math
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from knowledge.errors import BrokenImageError, ModelBrokenError, ModelMissingError
from knowledge.language import is_han
from knowledge.picture_text import PictureText
from vlm.images import shrink
from vlm.ocr.base import MOST_LINES
from vlm.ocr.order import Found, in_reading_order

_WAY = 1
"""Number of the way of reading below; another way gives another name."""

_SIDE = 1_600
"""Pixels of the longer side at which a picture with text is read."""
_FIRST_SIDE = 960
"""Pixels of the longer side at which a picture is looked at first."""
_QUICK_SIDE = 640
"""The same where somebody waits. Chosen on 536 photos, 89 of them with text: what is missed so were
11 watermarks and stamps, and a photo without text took a fifth of the time."""
_LEAST_SIDE = 736
"""Pixels of the shorter side below which a picture is enlarged, so that small letters are seen."""
_MOST_ENLARGED = 2.5
_SLIMMEST = 6
"""Longer side over shorter side; a slimmer picture is padded, as the models know none."""

_PADDING = 16
"""Pixels of border around a picture, as letters that touch its edge are not found."""
_BOX_CERTAINTY = 0.5
"""Least certainty that a box holds text."""
_PERHAPS = 0.35
"""The same at the first look, which decides only whether to look closer."""
_LEAST_HEIGHT = 8
"""Pixels; lower lines cannot be read."""
_CERTAIN = 0.9
"""A line that is read so certainly one way up is not tried the other way."""
_SAMPLE = 8
"""Lines that are tried both ways up to find how a picture is turned."""
_TALL = 1.5
"""Height over width from which a box is a line on its side; rapidocr turns it by 90°."""
_LEAST_FULL = 0.35
"""Letters of a line for each of its heights in its length; in print there are 0.8 and more."""
_AT_ONCE = 6
"""Lines recognised in one run of the model."""
_MOST_RATIO = 120.0
"""Width over height up to which a line is recognised; a longer one is no line of text."""

_LEAST_CERTAINTY = 0.8
"""Of a line; a less certain one is left out."""
_LEAST_CERTAINTY_SHORT = 0.95
"""The same of a line of few letters, as a pattern may look like them."""
_SHORT = 3
_SNAP = 8
"""Degrees within which a picture counts as turned by a whole quarter."""

Pixels = npt.NDArray[np.uint8]
"""(height, width, 3), blue first, as OpenCV has them."""


@dataclass(frozen=True, slots=True)
class _Crop:
    """A line cut out of a picture.

    Attributes:
        pixels: of the line, along its longer side.
        corners: (4, 2), in pixels of the picture.
        angle: degrees, clockwise, in which the crop's rows run in the picture.
        is_square: whether it cannot be seen along which side its letters stand.
    """

    pixels: Pixels
    corners: npt.NDArray[np.float32]
    angle: float
    is_square: bool

    def turned(self, quarters: int) -> "_Crop":
        """The crop turned counter-clockwise by so many quarters."""
        if quarters % 4 == 0:
            return self
        pixels = np.ascontiguousarray(np.rot90(self.pixels, quarters))
        return replace(self, pixels=pixels, angle=(self.angle + 90 * quarters) % 360)


@dataclass(frozen=True, slots=True)
class _Read:
    """A crop as it was recognised."""

    crop: _Crop
    text: str
    certainty: float

    @property
    def letters(self) -> int:
        return sum(map(str.isalnum, self.text))

    @property
    def weight(self) -> float:
        """How much was read: a line read upside down may be a certain letter or two."""
        return self.certainty * self.letters

    @property
    def is_full(self) -> bool:
        """Whether so long a line may hold no more letters."""
        return self.letters >= _LEAST_FULL * _ratio(self.crop)


class RapidTextReader:
    """Reads English and Chinese. The models are loaded when the first picture is read."""

    def __init__(self, *, threads: int = 1, models: Path | None = None) -> None:
        """Use the models in a folder, by default the wheel's.

        Args:
            threads: cores that one picture is read on; further threads may read others.
            models: the folder.

        Raises:
            ModelMissingError: a model's file is not in the wheel.
        """
        self._detector, self._recogniser = _model_files(models or models_folder())
        self._threads = threads
        self._lock = threading.Lock()
        self._models: tuple[Any, Any] | None = None

    @property
    def name(self) -> str:
        """The models' names and the way of reading."""
        return f"rapidocr {self._detector.stem} {self._recogniser.stem} {_WAY}"

    @property
    def photo_side(self) -> int:
        """Pixels of a picture's longer side beyond which more do not help."""
        return _SIDE

    def read(
        self, picture: Image.Image, *, most_lines: int = MOST_LINES, quickly: bool = False
    ) -> PictureText:
        """The lines of text in an RGB picture, at whatever turn.

        Args:
            picture: what to read.
            most_lines: that are read, the largest ones.
            quickly: to be done at once with a picture that shows no text when it is small.

        Raises:
            ModelBrokenError: the models cannot be loaded.
            BrokenImageError: they failed on this picture.
        """
        detect, recognise = self._loaded()
        picture = picture.convert("RGB")
        try:
            if quickly and not _shows_text(picture, detect):
                return PictureText(self.name)
            return self._read(picture, most_lines, detect, recognise)
        except Exception as error:  # OpenCV and ONNX Runtime raise types of their own
            raise BrokenImageError(
                f"The text in the picture cannot be read ({error or type(error).__name__}); save "
                "the picture anew."
            ) from error

    def _read(
        self,
        picture: Image.Image,
        most_lines: int,
        detect: Any,  # noqa: ANN401 - rapidocr's
        recognise: Any,  # noqa: ANN401 - rapidocr's
    ) -> PictureText:
        first = shrink(picture, _FIRST_SIDE)
        canvas, corners, scores = _boxes(_canvas(first), detect)
        if not any(score >= _PERHAPS for score in scores):
            return PictureText(self.name)
        if max(picture.size) > _FIRST_SIDE:
            canvas, corners, scores = _boxes(_canvas(shrink(picture, _SIDE)), detect)
        certain = [each for each, score in zip(corners, scores, strict=True)
                   if score >= _BOX_CERTAINTY]  # fmt: skip
        reads = _recognised(_crops(canvas.pixels, certain)[:most_lines], recognise)
        kept = [read for read in reads if _is_certain(read)]
        skew = _turn(kept)
        turn = round(_snapped(skew)) % 360
        found = [Found(read.text, canvas.shares(read.crop.corners), read.certainty, read.crop.angle)
                 for read in kept]  # fmt: skip
        lines = in_reading_order(found, turn=skew, aspect=picture.width / picture.height)
        if _is_vertical(kept, recognise):
            turn = (turn + 90) % 360
        return PictureText(self.name, turn if lines else 0, tuple(lines))

    def _loaded(self) -> tuple[Any, Any]:
        with self._lock:
            if self._models is None:
                self._models = _load(self._detector, self._recogniser, self._threads)
            return self._models


def models_folder() -> Path:
    """Where rapidocr's wheel has its models.

    Raises:
        ModelMissingError: it is not installed.
    """
    spec = find_spec("rapidocr")
    if spec is None or not spec.submodule_search_locations:
        raise ModelMissingError(
            "Text in pictures is read by rapidocr, which is not installed; install it with "
            "`pip install '.[ocr]'`, or set SNAPCITE_OCR=0."
        )
    return Path(spec.submodule_search_locations[0]) / "models"


def _model_files(folder: Path) -> tuple[Path, Path]:
    """The files that find lines and that recognise one."""
    files = [sorted(folder.glob(f"*_{task}_*.onnx")) for task in ("det", "rec")]
    if not all(files):
        raise ModelMissingError(
            f"rapidocr {version('rapidocr')} is installed without its models (none in {folder}); "
            "install it anew with `pip install --force-reinstall '.[ocr]'`, or set SNAPCITE_OCR=0."
        )
    return files[0][-1], files[1][-1]


def _load(detector: Path, recogniser: Path, threads: int) -> tuple[Any, Any]:
    """rapidocr's detector and recogniser on sessions of our own: it would fetch what it misses."""
    made: list[Any] = []
    try:  # its libraries too may be missing or unfit for this machine
        from omegaconf import OmegaConf
        from onnxruntime import InferenceSession, SessionOptions
        from rapidocr.ch_ppocr_det import TextDetector
        from rapidocr.ch_ppocr_rec import TextRecognizer
        from rapidocr.main import DEFAULT_CFG_PATH
        from rapidocr.utils.typings import EngineType

        logging.getLogger("RapidOCR").setLevel(logging.ERROR)
        options = SessionOptions()
        options.log_severity_level = 4
        options.enable_cpu_mem_arena = False
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        config = OmegaConf.load(DEFAULT_CFG_PATH)
        for file, kind, part in (
            (detector, TextDetector, config.Det),
            (recogniser, TextRecognizer, config.Rec),
        ):
            session = InferenceSession(
                str(file), sess_options=options, providers=["CPUExecutionProvider"]
            )
            if kind is TextRecognizer and not session.get_modelmeta().custom_metadata_map.get(
                "character"
            ):
                raise ValueError(f"{file.name} names no characters")  # rapidocr would fetch them
            settings: Any = OmegaConf.create(
                {**part, "engine_type": EngineType.ONNXRUNTIME, "session": session,
                 "font_path": None, "box_thresh": _PERHAPS},
                flags={"allow_objects": True},
            )  # fmt: skip
            made.append(kind(settings))
    except Exception as error:
        raise ModelBrokenError(
            f"The models of rapidocr cannot be used ({error}); install it anew with "
            "`pip install --force-reinstall '.[ocr]'`, or set SNAPCITE_OCR=0."
        ) from error
    return made[0], made[1]


@dataclass(frozen=True, slots=True)
class _Canvas:
    """A picture as the detector gets it: scaled, and padded on all sides.

    Attributes:
        pixels: all of it.
        left: pixels of padding on the left.
        top: pixels of padding at the top.
        width: pixels of the picture in it.
        height: pixels of the picture in it.
    """

    pixels: Pixels
    left: int
    top: int
    width: int
    height: int

    def shares(self, corners: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Corners in shares of the picture's width and height, within the picture."""
        shares = (corners.astype(np.float64) - (self.left, self.top)) / (self.width, self.height)
        return np.clip(shares, 0.0, 1.0)


def _shows_text(picture: Image.Image, detect: Any) -> bool:  # noqa: ANN401 - rapidocr's
    """Whether a small copy of a picture is seen to hold text."""
    _, _, scores = _boxes(_padded(shrink(picture, _QUICK_SIDE)), detect)
    return any(score >= _BOX_CERTAINTY for score in scores)


def _canvas(picture: Image.Image) -> _Canvas:
    """A picture enlarged until small letters are seen, and padded."""
    width, height = picture.size
    scale = min(_LEAST_SIDE / min(width, height), _MOST_ENLARGED, _SIDE / max(width, height))
    if scale > 1:
        size = max(1, round(width * scale)), max(1, round(height * scale))
        picture = picture.resize(size, Image.Resampling.BICUBIC)
    return _padded(picture)


def _padded(picture: Image.Image) -> _Canvas:
    width, height = picture.size
    least = max(width, height) // _SLIMMEST
    left = max(_PADDING, (least - width) // 2)
    top = max(_PADDING, (least - height) // 2)
    around = np.pad(
        np.asarray(picture)[:, :, ::-1], ((top, top), (left, left), (0, 0)), mode="edge"
    )
    return _Canvas(np.ascontiguousarray(around), left, top, width, height)


def _boxes(
    canvas: _Canvas,
    detect: Any,  # noqa: ANN401 - rapidocr's
) -> tuple[_Canvas, list[npt.NDArray[np.float32]], list[float]]:
    """The picture as it was searched, the corners of its lines and how certain each is."""
    # Its own scaling would enlarge again what was enlarged as far as is of use.
    detect.limit_type, detect.limit_side_len = "max", 4 * _SIDE
    found = detect(canvas.pixels)
    if found.boxes is None:
        return canvas, [], []
    return canvas, [box.astype(np.float32) for box in found.boxes], list(map(float, found.scores))


def _crops(pixels: Pixels, corners: Sequence[npt.NDArray[np.float32]]) -> list[_Crop]:
    """The lines cut out, largest first, without those that are too low or too long."""
    from rapidocr.utils.process_img import get_rotate_crop_image

    crops = []
    for box in corners:
        across = max(_length(box[0], box[1]), _length(box[3], box[2]))
        down = max(_length(box[0], box[3]), _length(box[1], box[2]))
        low, long = sorted((across, down))
        if low < _LEAST_HEIGHT or long > _MOST_RATIO * low:
            continue
        along = box[1] - box[0] + box[2] - box[3]
        angle = math.degrees(math.atan2(float(along[1]), float(along[0])))
        cut = np.ascontiguousarray(get_rotate_crop_image(pixels, box.copy()))
        # Those that are tall are turned counter-clockwise, so that their rows run downwards.
        is_turned = int(down) / max(1, int(across)) >= _TALL
        crops.append(
            _Crop(
                pixels=cut,
                corners=box,
                angle=(angle + (90 if is_turned else 0)) % 360,
                is_square=not is_turned and across < _TALL * down,
            )
        )
    crops.sort(key=lambda crop: -crop.pixels.shape[0] * crop.pixels.shape[1])
    return crops


def _length(a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]) -> float:
    return float(np.linalg.norm(a - b))


def _recognised(crops: Sequence[_Crop], recognise: Any) -> list[_Read]:  # noqa: ANN401 - rapidocr's
    """Each line, read the way up in which it is most certain.

    A few lines are tried both ways up; the others first as those are, and the other way only where
    that is not certain.
    """
    long = [crop for crop in crops if not crop.is_square]
    squares = [crop for crop in crops if crop.is_square]
    sample, rest = long[:_SAMPLE], long[_SAMPLE:]
    reads = _best(sample, (0, 2), recognise, all_ways=True)
    turn = _turn([read for read in reads if _is_certain(read)]) if reads else None
    way_up = [crop if turn is None else _nearest(crop, turn, (0, 2)) for crop in rest]
    reads += _best(way_up, (0, 2), recognise)
    if squares:
        turn = _turn([read for read in reads if _is_certain(read)]) if reads else None
        likely = [crop if turn is None else _nearest(crop, turn, (0, 1, 2, 3)) for crop in squares]
        reads += _best(likely, (0, 2, 1, 3), recognise)
    return reads


def _nearest(crop: _Crop, turn: float, quarters: Sequence[int]) -> _Crop:
    """The crop the way up that is closest to how the picture is turned."""
    turned = (crop.turned(each) for each in quarters)
    return min(turned, key=lambda each: _apart(each.angle, -turn))


def _best(
    crops: Sequence[_Crop],
    quarters: Sequence[int],
    recognise: Any,  # noqa: ANN401 - rapidocr's
    *,
    all_ways: bool = False,
) -> list[_Read]:
    """Each crop at the turn at which most is read, tried in order until one is certain.

    `all_ways`: try the other turns of a certain one too.
    """
    reads = _texts(crops, recognise)
    for quarter in quarters[1:]:
        doubtful = [
            i
            for i, read in enumerate(reads)
            if all_ways or read.certainty < _CERTAIN or not read.is_full
        ]
        if not doubtful:
            break
        others = _texts([crops[i].turned(quarter) for i in doubtful], recognise)
        for i, other in zip(doubtful, others, strict=True):
            if other.weight > reads[i].weight:
                reads[i] = other
    return reads


def _texts(crops: Sequence[_Crop], recognise: Any) -> list[_Read]:  # noqa: ANN401 - rapidocr's
    from rapidocr.ch_ppocr_rec import TextRecInput

    if not crops:
        return []
    # Lines of about one length together: the shorter ones of a run are padded to the longest.
    order = sorted(range(len(crops)), key=lambda i: _ratio(crops[i]))
    reads: list[_Read | None] = [None] * len(crops)
    for start in range(0, len(order), _AT_ONCE):
        some = order[start : start + _AT_ONCE]
        result = recognise(TextRecInput(img=[crops[i].pixels for i in some], return_word_box=False))
        for i, text, certainty in zip(some, result.txts, result.scores, strict=True):
            reads[i] = _Read(crops[i], " ".join(text.split()), float(certainty))
    return [read for read in reads if read is not None]


def _ratio(crop: _Crop) -> float:
    return float(crop.pixels.shape[1] / crop.pixels.shape[0])


def _turn(reads: Iterable[_Read]) -> float:
    """Degrees clockwise that turn most of what was read upright: the weighted mean direction of the
    lines that run as the heaviest do."""
    reads = [read for read in reads if read.weight > 0]
    if not reads:
        return 0.0

    def support(angle: float) -> float:
        return sum(read.weight for read in reads if _apart(read.crop.angle, angle) <= 20)

    main = max((read.crop.angle for read in reads), key=support)
    near = [read for read in reads if _apart(read.crop.angle, main) <= 20]
    x = sum(read.weight * math.cos(math.radians(read.crop.angle)) for read in near)
    y = sum(read.weight * math.sin(math.radians(read.crop.angle)) for read in near)
    return -math.degrees(math.atan2(y, x)) % 360


def _snapped(turn: float) -> float:
    """A turn by about a whole quarter as one; a hand-held photo is never quite straight."""
    quarter = 90 * round(turn / 90)
    return quarter if abs(turn - quarter) <= _SNAP else turn


def _is_vertical(reads: Sequence[_Read], recognise: Any) -> bool:  # noqa: ANN401 - rapidocr's
    """Whether the heaviest line is Chinese that runs downwards.

    Its crop lies on its side and is read like that, while its characters stand upright in the
    picture.
    """
    if not reads:
        return False
    read = max(reads, key=lambda each: each.weight)
    text = read.text.replace(" ", "")
    if not (2 <= len(text) <= 4 * _SAMPLE and all(map(is_han, text))):
        return False
    height, width = read.crop.pixels.shape[:2]
    if width < _TALL * height:
        return False
    borders = [round(width * i / len(text)) for i in range(len(text) + 1)][: _SAMPLE + 1]
    signs = [
        replace(read.crop, pixels=np.ascontiguousarray(read.crop.pixels[:, left:right]))
        for left, right in pairwise(borders)
    ]

    def right(quarters: int) -> int:
        seen = _texts([sign.turned(quarters) for sign in signs], recognise)
        return sum(each.text == sign for each, sign in zip(seen, text, strict=False))

    return right(3) > right(0)


def _apart(a: float, b: float) -> float:
    """Degrees between two directions, 0 to 180."""
    return abs((a - b + 180) % 360 - 180)


def _is_certain(read: _Read) -> bool:
    letters = read.letters
    least = _LEAST_CERTAINTY if letters > _SHORT else _LEAST_CERTAINTY_SHORT
    is_text = letters >= 2 and letters * 2 >= len(read.text) and read.is_full
    return is_text and read.certainty >= least
