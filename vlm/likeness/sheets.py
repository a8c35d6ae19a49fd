"""Whether a picture is a sheet: print, writing or drawing on paper, such as a form or a map.

Sheets that were printed from one template match as the same picture does, while what was written
into them differs. Photos of places do not share a template, so only sheets are asked for more.
Knows no other picture.
"""

import numpy as np
import numpy.typing as npt

_BLOCKS_ACROSS = 12
_PLAIN = 10.0
"""Deviation of grey below which a block shows nothing."""

_PAPER_PERCENTILE, _PAPER_GREY, _PAPER_SPREAD = 90, 12.0, 0.5
"""Paper is what is brightest in a block, and what differs from it by no more than so much grey, or
by this share of the block's deviation: it may lie in shadow."""

_PAPER = 0.5
"""Usual share of paper in a block that shows something. On drawn forms, maps, stamps, typed pages
and QR codes it is 0.55 to 0.92, on 98% of 150 photos of buildings at most 0.57."""

_SHOWN = 0.5
"""Share of the blocks that show something; below it, what is bright is a sky."""


def is_sheet(grey: npt.NDArray[np.uint8]) -> bool:
    """Whether a picture, uint8 (height, width), is print, writing or drawing on paper."""
    side = max(grey.shape) // _BLOCKS_ACROSS
    down, across = (length // side for length in grey.shape) if side else (0, 0)
    if not down or not across:
        return False
    cut = grey[: down * side, : across * side].astype(np.float32)
    blocks = cut.reshape(down, side, across, side).swapaxes(1, 2).reshape(down * across, -1)
    spread = blocks.std(axis=1)
    shows = spread >= _PLAIN
    if shows.mean() < _SHOWN:
        return False
    blocks, spread = blocks[shows], spread[shows]
    paper = np.percentile(blocks, _PAPER_PERCENTILE, axis=1)
    near = np.maximum(_PAPER_GREY, _PAPER_SPREAD * spread)
    shares = (np.abs(blocks - paper[:, None]) < near[:, None]).mean(axis=1)
    return float(np.median(shares)) > _PAPER
