"""Two pictures laid on each other by the places that both show, and whether they are one shot.

    1. Local features of one picture that have one clear counterpart in the other, and the same the
       other way round, are matched; where more match with the picture mirrored, it is mirrored.
    2. A homography that many matches agree with is sought (MAGSAC++, Barath et al. 2020). It has to
       be one through which a picture can be seen: not folded, not inside out, not at the horizon.
    3. So many matches have to agree that chance cannot be why (a number of false alarms, Moisan and
       Stival 2004), and they have to be spread over both pictures: one window is like another.
    4. The pictures are laid on each other and compared. Of one shot nearly all matches agree,
       details agree nearly everywhere, and one curve takes the tones of one to those of the other,
       whatever was done to light and colour. Two photos of one place differ in light, viewpoint and
       people. Two sheets (forms, maps) that share a template alone are two pictures.

Knows no index and no file. Needs the extra `pictures`. Over 500 lines, since the steps share their
thresholds and what they mean.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import atan2, degrees, lgamma, log, sqrt
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image

from vlm.likeness.local_features import Features
from vlm.likeness.sheets import is_sheet

Matrix = npt.NDArray[np.float64]
Points = npt.NDArray[np.float64]
Plane = npt.NDArray[np.float32]

Row = tuple[float, float, float]
Edit = Literal["cropped", "framed", "mirrored", "turned", "grey"]
"""What was done to a picture: only a part of it is there, something is around it, left and right
have changed places, it is turned, it has lost its colours."""

_RATIO = 0.82
"""A feature's counterpart has to be this much nearer than the next feature."""

_PIXELS = 4.0
"""How far from where the homography says a match may lie, in pixels of `Features.grey`."""

_TRIES = 3_000
_FEWEST = 8
"""Matches without which nothing is sought."""

_DEPTHS = 4.0
"""How many times farther one corner may seem than another."""

_LARGEST_SCALE = 12.0
_SURPRISE = 10.0
"""Decimal digits of the chance that unrelated pictures agree as well."""

_CELLS = 8
_LEAST_SPREAD = 0.06
"""Share of the 8 × 8 cells of each picture's common part in which matches agree."""

_SHOT_SHARE = 0.8
"""Least share of the matches that agree where both are one shot. Without parallax all would; what
is drawn over a picture, and grain, costs some."""

_CLEAR_SHARE, _CLEAR_DETAIL = 0.7, 0.95
"""The same where detail agrees so well as it does in no two photos: of few matches, chance ones are
a larger share."""

_SHOT_TONES, _SHOT_DETAIL = 0.95, 0.88
"""Least share of the common part whose tones one curve explains, and least usual correlation of
blocks of detail."""

_FADED_TONES, _FADED_DETAIL = 0.92, 0.98
"""The same where a copy's tones are stained, as on an old print."""

_COVERED_TONES, _COVERED_SHARE, _COVERED_PIXELS = 0.75, 0.95, 0.32
"""The same where something was put over the picture: then the rest has to fit to a third of a
pixel."""

_EXACT_PIXELS, _EXACT_DETAIL = 0.15, 0.6
"""Where it fits so well as no two photos do, less of the detail has to be left."""

_BURNT_TONES, _BURNT_DETAIL = 0.5, 0.95
"""Or less of the tones: too light or too dark, they are lost colour by colour."""

_NEAR_TONES, _NEAR_DETAIL = 0.9, 0.6
"""The same where the hashes of both are near, which those of two photos never were: a tiny copy has
lost its details."""

_SHEET_WORST, _TEMPLATE_WORST = 0.8, 0.6
"""Of two sheets, such as forms, the detail that the worst fifth of the blocks has at most: of one
shot, and of one sheet in two editions. Below the second only what both were printed from is
shared. Copies had 0.88 and more, other sheets of one template 0.67 and less."""

_HELD, _APART_DETAIL, _APART_PIXELS = 0.85, 0.98, 0.5
"""Share of one picture that is in the other, below which neither is a part of the other. Two photos
from one spot lie on each other like that much more often than two parts of one shot, so more of the
detail has to agree, and without perspective: a camera that was turned between them leaves some."""

_SHOT_BLOCKS = 12
"""Blocks with anything in them without which nothing is one shot."""

_BLOCKS_ACROSS = 12
_FINE, _COARSE = 2.0, 5.0
"""Detail is what lies between two blurs of so many pixels: grain and small shifts are finer,
shadows coarser."""

_PLAIN, _FLAT = 4.0, 0.5
"""Variance of detail below which a block shows nothing; below the second it agrees with nothing."""

_TONE_BLUR, _TONE_STEP, _TONE_PARTS = 3.0, 4, 16
_LEAST_CONTRAST = 8.0
_TONE_OFF = 0.3
"""How far a tone may be from the curve, in deviations of all tones."""

_KEPT_POINTS = 40
_WHOLE = 0.93
"""Share of a picture from which on all of it is there; scans and screenshots lose a little."""

_COLOURED, _GREY = 0.04, 0.2
"""Mean spread of a pixel's colours, 0 to 1, from which on a picture has colours, and the share of
that below which a copy has lost them."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """One picture laid on another.

    All places are x and y in shares of a picture's width and height, from its top left corner, as
    the picture is upright.

    Attributes:
        homography: 3 × 3, row by row; it takes a place of the first picture to the second's, as
            (x, y, 1) → (u, v, w), which is at (u / w, v / w).
        points: matched places that show it: x, y in the first, x, y in the second; at most 40.
        matches: how many matches agree with it.
        agreement: share of the common part in which one curve takes the tones of one picture to
            those of the other, 0 to 1.
        overlap: share of the first picture that is in the second, and of the second in the first.
    """

    homography: tuple[Row, Row, Row]
    points: tuple[tuple[float, float, float, float], ...]
    matches: int
    agreement: float
    overlap: tuple[float, float]

    @property
    def is_mirrored(self) -> bool:
        """Whether left and right have changed places between the two."""
        return _orientation(np.array(self.homography)) < 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two pictures that show the same.

    Attributes:
        is_same_shot: whether they are one shot, and not two photos of one place.
        alignment: how the first lies on the second.
    """

    is_same_shot: bool
    alignment: Alignment


def compare(first: Features, second: Features, *, views: Sequence[int] = ()) -> Comparison | None:
    """Lay one picture on another.

    Args:
        first: features of one picture.
        second: features of the other.
        views: which of `view_hashes` of the first picture are near the second's hash. Where
            features find nothing, as in a tiny copy, the whole pictures are laid on each other so.

    Returns:
        None where nothing shows that both pictures show the same.
    """
    found = _by_features(first, second, is_near=bool(views))
    if found is not None and found.is_same_shot:
        return found
    for view in views:
        whole = _whole_view(view, first.size, second.size)
        laid = _laid(first, second, whole)
        if laid.fits(_NEAR_TONES, _NEAR_DETAIL):
            nothing: Points = np.zeros((0, 2))
            return Comparison(True, _alignment(whole, first, second, nothing, nothing, laid))
    return found


def edits_between(
    alignment: Alignment, first: Image.Image, second: Image.Image
) -> tuple[tuple[Edit, ...], int]:
    """What was done to the second picture to make the first, and by how many degrees (90, 180 or
    270, clockwise) it was turned.

    Args:
        alignment: how the first lies on the second.
        first, second: RGB, small ones will do.
    """
    edits: list[Edit] = []
    of_first, of_second = alignment.overlap
    if of_second < _WHOLE:
        edits.append("cropped")
    if of_first < _WHOLE:
        edits.append("framed")
    if alignment.is_mirrored:
        edits.append("mirrored")
    turn = _turn(alignment, first.size, second.size)
    if turn:
        edits.append("turned")
    colour = _colour(second)
    if colour > _COLOURED and _colour(first) < _GREY * colour:
        edits.append("grey")
    return tuple(edits), turn


def _by_features(first: Features, second: Features, *, is_near: bool) -> Comparison | None:
    import cv2

    matched = _matches(first, second)
    if matched is None:
        return None
    here, there, is_mirrored = matched
    # OpenCV seeks no homography that turns a picture inside out.
    flip = np.array([[-1.0, 0, first.size[0]], [0, 1, 0], [0, 0, 1]]) if is_mirrored else np.eye(3)
    a, b = first.points[here].astype(np.float64), second.points[there].astype(np.float64)
    flipped = a * (flip[0, 0], 1) + (flip[0, 2], 0)
    found, agreeing = cv2.findHomography(
        flipped, b, cv2.USAC_MAGSAC, _PIXELS, maxIters=_TRIES, confidence=0.9999
    )
    if found is None:
        return None
    homography: Matrix = found @ flip
    if not _can_be_seen_through(homography, first.size, second.size):
        return None
    homography = homography / homography[2, 2]
    kept = agreeing.ravel().astype(bool)
    a, b = a[kept], b[kept]
    common = second.size[0] * second.size[1]
    if _surprise(len(kept), len(a), common) < _SURPRISE:
        return None
    laid = _laid(first, second, homography)
    of_first, of_second = (max(0.05, share) for share in laid.overlap)
    if min(_spread(a, first.size) / of_first, _spread(b, second.size) / of_second) < _LEAST_SPREAD:
        return None
    off = np.linalg.norm(_mapped(homography, a)[0] - b, axis=1)
    pixels = float(np.median(off)) / max(1.0, _scale(homography, first.size))
    share = len(a) / len(kept)
    tones, detail = (_NEAR_TONES, _NEAR_DETAIL) if is_near else (_SHOT_TONES, _SHOT_DETAIL)
    enough = _CLEAR_SHARE if laid.detail >= _CLEAR_DETAIL else _SHOT_SHARE
    is_whole = share >= enough and (
        laid.fits(tones, detail) or laid.fits(_FADED_TONES, _FADED_DETAIL)
    )
    is_exact = pixels <= _EXACT_PIXELS
    left = _EXACT_DETAIL if is_exact else _SHOT_DETAIL
    is_covered = (
        share >= _COVERED_SHARE
        and pixels <= _COVERED_PIXELS
        and (
            laid.fits(_COVERED_TONES, left, is_covered=True)
            or (is_exact and laid.fits(_BURNT_TONES, _BURNT_DETAIL, is_covered=True))
        )
    )
    is_part = max(laid.overlap) >= _HELD or (
        laid.detail >= _APART_DETAIL
        and _perspective(homography, a) <= _APART_PIXELS * _scale(homography, first.size)
    )
    is_same_shot = (is_whole or is_covered) and is_part
    if laid.worst < _SHEET_WORST and is_sheet(first.grey) and is_sheet(second.grey):
        if laid.worst < _TEMPLATE_WORST:
            return None
        is_same_shot = False
    return Comparison(is_same_shot, _alignment(homography, first, second, a, b, laid))


def _perspective(homography: Matrix, points: Points) -> float:
    """How far points, (n, 2), come to lie from where the nearest affine map takes them: the root of
    the mean square, in pixels of the second picture."""
    wanted = _mapped(homography, points)[0]
    given = np.column_stack([points, np.ones(len(points))])
    found = given @ np.linalg.lstsq(given, wanted, rcond=None)[0]
    return float(np.sqrt(np.mean(np.sum((found - wanted) ** 2, axis=1))))


def _matches(
    first: Features, second: Features
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], bool] | None:
    """Positions of matched features, and whether the first picture is mirrored."""
    straight = _mutual(first.descriptors, second.descriptors)
    mirrored = _mutual(first.mirrored(), second.descriptors)
    is_mirrored = len(mirrored[0]) > len(straight[0])
    here, there = mirrored if is_mirrored else straight
    return None if len(here) < _FEWEST else (here, there, is_mirrored)


def _mutual(first: Plane, second: Plane) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Pairs that are each other's nearest, where the next nearest is clearly farther."""
    if min(len(first), len(second)) < 2:
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    alike = first @ second.T
    here = np.arange(len(first))
    there = alike.argmax(axis=1)
    nearest = alike[here, there]
    alike[here, there] = -1.0
    next_nearest = alike.max(axis=1)
    alike[here, there] = nearest
    # Of vectors of length 1 the squared distance is 2 - 2 cos.
    clear = np.sqrt((2 - 2 * nearest).clip(0)) < _RATIO * np.sqrt((2 - 2 * next_nearest).clip(0))
    kept = clear & (alike.argmax(axis=0)[there] == here)
    return here[kept], there[kept]


def _surprise(matches: int, agreeing: int, pixels: int) -> float:
    """Decimal digits of the number of false alarms: how often, among all choices of four matches,
    as many others would lie by chance where the homography puts them."""
    if agreeing <= 4:
        return 0.0
    chance = min(0.5, np.pi * _PIXELS**2 / pixels)
    ways = _log_choose(matches, agreeing) + _log_choose(agreeing, 4) + log(matches)
    return -(ways + (agreeing - 4) * log(chance)) / log(10)


def _log_choose(of: int, chosen: int) -> float:
    return lgamma(of + 1) - lgamma(chosen + 1) - lgamma(of - chosen + 1)


def _spread(points: Points, size: tuple[int, int]) -> float:
    """Share of a picture's cells that points lie in."""
    cells = np.floor(points / size * _CELLS).astype(int).clip(0, _CELLS - 1)
    return len(np.unique(cells, axis=0)) / _CELLS**2


def _corners(size: tuple[int, int]) -> Points:
    width, height = size
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=float)


def _mapped(homography: Matrix, points: Points) -> tuple[Points, npt.NDArray[np.float64]]:
    """Where a homography takes points, (n, 2), and how far away each is, (n,)."""
    ends = np.c_[points, np.ones(len(points))] @ homography.T
    depth = ends[:, 2]
    safe = np.where(np.abs(depth) < 1e-12, 1e-12, depth)
    return ends[:, :2] / safe[:, None], depth


def _area(polygon: Points) -> float:
    x, y = polygon.T
    return 0.5 * abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1)))


def _scale(homography: Matrix, size: tuple[int, int]) -> float:
    """How many times larger a picture becomes, along a side."""
    return sqrt(_area(_mapped(homography, _corners(size))[0]) / (size[0] * size[1]))


def _can_be_seen_through(
    homography: Matrix, first: tuple[int, int], second: tuple[int, int]
) -> bool:
    if not np.isfinite(homography).all() or abs(homography[2, 2]) < 1e-12:
        return False
    quad, depth = _mapped(homography, _corners(first))
    if depth.min() * depth.max() <= 0 or np.abs(depth).max() > _DEPTHS * np.abs(depth).min():
        return False
    sides = np.roll(quad, -1, axis=0) - quad
    following = np.roll(sides, -1, axis=0)
    bends = sides[:, 0] * following[:, 1] - sides[:, 1] * following[:, 0]
    if not ((bends > 0).all() or (bends < 0).all()):
        return False
    scale = _scale(homography, first) * max(first) / max(second)
    return 1 / _LARGEST_SCALE < scale < _LARGEST_SCALE


def _whole_view(view: int, first: tuple[int, int], second: tuple[int, int]) -> Matrix:
    """The homography that lays a whole picture on another so that its view of `view_hashes` is
    upright."""
    quarter = np.array([[0.0, 1, 0], [-1, 0, 1], [0, 0, 1]])  # a quarter turn to the left
    mirror = np.array([[-1.0, 0, 1], [0, 1, 0], [0, 0, 1]])
    shares = np.linalg.matrix_power(quarter, view % 4) @ (mirror if view >= 4 else np.eye(3))
    whole: Matrix = np.diag([*second, 1.0]) @ shares
    return whole @ np.diag([1 / first[0], 1 / first[1], 1.0])


@dataclass(frozen=True, slots=True)
class _Laid:
    """What two pictures have in common where one is laid on the other.

    Attributes:
        overlap: as in `Alignment`.
        tones: share of the common part whose tones one curve explains.
        detail: usual correlation of blocks of detail.
        blocks: how many blocks show anything in either picture.
        shared_detail, shared_blocks: the same of blocks that show something in both.
        worst: the most that the worst fifth of the blocks correlates.
    """

    overlap: tuple[float, float]
    tones: float
    detail: float
    blocks: int
    shared_detail: float
    shared_blocks: int
    worst: float

    def fits(self, tones: float, detail: float, *, is_covered: bool = False) -> bool:
        """Whether at least so much of both agrees, and there is enough to tell.

        Where something covers a part, only what shows detail in both is asked for its detail: what
        was put over a plain sky has some of its own.
        """
        found, blocks = self.detail, self.blocks
        if is_covered:
            found, blocks = self.shared_detail, self.shared_blocks
        return blocks >= _SHOT_BLOCKS and self.tones >= tones and found >= detail


def _laid(first: Features, second: Features, homography: Matrix) -> _Laid:
    import cv2

    fine, coarse, scale = first.grey, second.grey, _scale(homography, first.size)
    if is_swapped := scale > 1:
        fine, coarse, homography = coarse, fine, _inverse(homography)
        scale = _scale(homography, second.size)
    size = (coarse.shape[1], coarse.shape[0])
    common = _warped(np.full(fine.shape, 255, np.uint8), homography, size)
    back = _inverse(homography)
    common_fine = _warped(np.full(coarse.shape, 255, np.uint8), back, fine.shape[::-1])
    shares = (float((common_fine > 127).mean()), float((common > 127).mean()))
    if scale < 0.8:  # else what is finer than the other's pixels would be compared
        fine = cv2.GaussianBlur(fine, (0, 0), 0.5 / scale)
    a, b = _warped(fine, homography, size).astype(np.float32), coarse.astype(np.float32)
    inside = common > 127
    alike, is_shared = _details(a, b, _eroded(inside, round(3 * _COARSE)))
    return _Laid(
        overlap=(shares[1], shares[0]) if is_swapped else shares,
        tones=_tones(a, b, _eroded(inside, round(3 * _TONE_BLUR))),
        detail=_usual(alike),
        blocks=len(alike),
        shared_detail=_usual(alike[is_shared]),
        shared_blocks=int(is_shared.sum()),
        worst=float(np.percentile(alike, 20)) if len(alike) else 0.0,
    )


def _usual(values: Plane) -> float:
    return float(np.median(values)) if len(values) else 0.0


def _inverse(homography: Matrix) -> Matrix:
    return np.linalg.inv(homography).astype(np.float64)


def _warped(
    plane: npt.NDArray[np.uint8], homography: Matrix, size: tuple[int, ...]
) -> npt.NDArray[np.uint8]:
    import cv2

    out: npt.NDArray[np.uint8] = cv2.warpPerspective(plane, homography, (size[0], size[1]))
    return out


def _eroded(inside: npt.NDArray[np.bool_], pixels: int) -> npt.NDArray[np.bool_]:
    """`inside` without its rim, as blurs mix that with what is outside."""
    import cv2

    disc = np.ones((pixels, pixels), np.uint8)
    kept = cv2.erode(inside.astype(np.uint8), disc, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return np.asarray(kept > 0)


def _blurred(plane: Plane, pixels: float) -> Plane:
    import cv2

    out: Plane = cv2.GaussianBlur(plane, (0, 0), pixels)
    return out


def _details(
    a: Plane, b: Plane, inside: npt.NDArray[np.bool_]
) -> tuple[Plane, npt.NDArray[np.bool_]]:
    """The correlation of each block that shows anything, (n,), and whether it does in both."""
    import cv2

    weight = inside.astype(np.float32)
    side = max(9, round(sqrt(float(weight.sum())) / _BLOCKS_ACROSS)) | 1

    def mean(plane: Plane) -> Plane:
        out: Plane = cv2.boxFilter(plane, -1, (side, side), borderType=cv2.BORDER_CONSTANT)
        return out

    a = (_blurred(a, _FINE) - _blurred(a, _COARSE)) * weight
    b = (_blurred(b, _FINE) - _blurred(b, _COARSE)) * weight
    shares = mean(weight)
    safe = np.maximum(shares, 1e-6)
    mean_a, mean_b = mean(a) / safe, mean(b) / safe
    variance_a = mean(a * a) / safe - mean_a**2
    variance_b = mean(b * b) / safe - mean_b**2
    together = mean(a * b) / safe - mean_a * mean_b
    blocks = np.zeros(inside.shape, dtype=bool)
    blocks[side // 4 :: side // 2, side // 4 :: side // 2] = True
    blocks &= (shares > 0.9) & (np.maximum(variance_a, variance_b) > _PLAIN)
    deviations = np.sqrt(np.maximum(variance_a, _FLAT) * np.maximum(variance_b, _FLAT))
    is_shared = (np.minimum(variance_a, variance_b) > _PLAIN)[blocks]
    return np.asarray((together / deviations)[blocks], dtype=np.float32), is_shared


def _tones(a: Plane, b: Plane, inside: npt.NDArray[np.bool_]) -> float:
    """Share of the places whose tones one curve explains, in the better of both directions: what
    was too light or too dark is lost, so that only one may have a curve."""
    kept = inside[::_TONE_STEP, ::_TONE_STEP]
    x, y = (_blurred(each, _TONE_BLUR)[::_TONE_STEP, ::_TONE_STEP][kept] for each in (a, b))
    if len(x) < _TONE_PARTS * 4:
        return 0.0
    return max(_explained(x, y), _explained(y, x))


def _explained(x: Plane, y: Plane) -> float:
    """Share of `y` that lies near a rising curve of `x`."""
    order = np.argsort(x)
    parts = np.array_split(order, _TONE_PARTS)
    knots = np.array([[np.median(x[part]), np.median(y[part])] for part in parts])
    across = np.maximum.accumulate(knots[:, 0] + np.arange(_TONE_PARTS) * 1e-3)
    curve = np.interp(x, across, np.maximum.accumulate(knots[:, 1]))
    return float((np.abs(y - curve) < _TONE_OFF * max(_LEAST_CONTRAST, float(y.std()))).mean())


def _alignment(
    homography: Matrix,
    first: Features,
    second: Features,
    a: Points,
    b: Points,
    laid: _Laid,
) -> Alignment:
    shares = np.diag([1 / second.size[0], 1 / second.size[1], 1]) @ homography
    shares = shares @ np.diag([*first.size, 1.0])
    shares /= shares[2, 2]
    rows = [tuple(round(float(each), 7) for each in row) for row in shares]
    both = np.c_[a / first.size, b / second.size][_spread_out(a, first.size)]
    return Alignment(
        homography=(_row(rows[0]), _row(rows[1]), _row(rows[2])),
        points=tuple(
            (round(x, 4), round(y, 4), round(u, 4), round(v, 4)) for x, y, u, v in both.tolist()
        ),
        matches=len(a),
        agreement=round(laid.tones, 4),
        overlap=(round(laid.overlap[0], 4), round(laid.overlap[1], 4)),
    )


def _row(values: Sequence[float]) -> Row:
    x, y, z = values
    return x, y, z


def _spread_out(points: Points, size: tuple[int, int]) -> npt.NDArray[np.intp]:
    """Positions of at most 40 points, of each cell of the picture one before any has two."""
    cells = np.floor(points / size * _CELLS).astype(int) @ (1, _CELLS)
    taken: dict[int, int] = {}
    turn = []
    for cell in cells.tolist():
        turn.append(taken.get(cell, 0))
        taken[cell] = turn[-1] + 1
    return np.argsort(np.array(turn, dtype=int), kind="stable")[:_KEPT_POINTS]


def _orientation(homography: Matrix) -> float:
    """Positive where the unit square keeps its sense of turning."""
    quad, _ = _mapped(homography, _corners((1, 1)))
    x, y = quad.T
    return float(x @ np.roll(y, -1) - y @ np.roll(x, -1))


def _turn(alignment: Alignment, first: tuple[int, int], second: tuple[int, int]) -> int:
    """Degrees (0, 90, 180, 270), clockwise, by which the first picture is turned."""
    shares = np.array(alignment.homography)
    pixels = np.diag([*second, 1.0]) @ shares @ np.diag([1 / first[0], 1 / first[1], 1.0])
    width, height = first
    middle = np.array([[width / 2, height / 2], [width / 2, height / 2 - 1]])
    ends, _ = _mapped(pixels, middle)
    up = ends[1] - ends[0]  # of the first picture, as it lies in the second
    return round(degrees(atan2(-up[0], -up[1])) / 90) * 90 % 360


def _colour(picture: Image.Image) -> float:
    """Mean spread of the colours of a picture's pixels, 0 (grey) to 1."""
    small = np.asarray(picture.convert("RGB").resize((64, 64)), dtype=np.float32) / 255
    return float((small.max(axis=2) - small.min(axis=2)).mean())
