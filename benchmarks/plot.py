"""A plot of how the vector stage grows, as an SVG of a few kilobytes. Knows no measuring."""

import math
from collections.abc import Sequence
from html import escape

WIDTH, HEIGHT = 640, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 120, 40, 50
_COLOURS = ("#1b6ca8", "#c8553d", "#5b8c5a", "#7d5ba6")

Series = Sequence[tuple[float, float]]


def log_log(title: str, x: str, y: str, series: dict[str, Series]) -> str:
    """An SVG with both axes logarithmic.

    Args:
        title: above it.
        x: name of the horizontal axis.
        y: name of the vertical one.
        series: name → points (x, y), all above 0.
    """
    points = [point for line in series.values() for point in line]
    spans = [_decades([point[axis] for point in points]) for axis in (0, 1)]

    def place(point: tuple[float, float]) -> tuple[float, float]:
        shares = [
            (math.log10(value) - low) / (high - low)
            for value, (low, high) in zip(point, spans, strict=True)
        ]
        across = _LEFT + shares[0] * (WIDTH - _LEFT - _RIGHT)
        up = HEIGHT - _BOTTOM - shares[1] * (HEIGHT - _TOP - _BOTTOM)
        return round(across, 1), round(up, 1)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{_LEFT}" y="22" font-size="14">{escape(title)}</text>',
        f'<text x="{_LEFT}" y="{HEIGHT - 10}">{escape(x)}</text>',
        f'<text x="14" y="{HEIGHT - _BOTTOM}" transform="rotate(-90 14 {HEIGHT - _BOTTOM})">'
        f"{escape(y)}</text>",
    ]
    corner = (10.0 ** spans[0][0], 10.0 ** spans[1][0])
    for power in range(spans[0][0], spans[0][1] + 1):
        across, _ = place((10.0**power, corner[1]))
        parts.append(_rule(across, _TOP, across, HEIGHT - _BOTTOM))
        parts.append(_label(across, HEIGHT - _BOTTOM + 16, 10.0**power, "middle"))
    for power in range(spans[1][0], spans[1][1] + 1):
        _, up = place((corner[0], 10.0**power))
        parts.append(_rule(_LEFT, up, WIDTH - _RIGHT, up))
        parts.append(_label(_LEFT - 6, up + 4, 10.0**power, "end"))
    for colour, (name, line) in zip(_COLOURS, series.items(), strict=False):
        placed = [place(point) for point in line]
        path = " ".join(f"{across},{up}" for across, up in placed)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{a}" cy="{u}" r="3.5" fill="{colour}"/>' for a, u in placed]
        across, up = placed[-1]
        parts.append(f'<text x="{across + 8}" y="{up + 4}" fill="{colour}">{escape(name)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _decades(values: Sequence[float]) -> tuple[int, int]:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def _rule(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="#ddd"/>'


def _label(x: float, y: float, value: float, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{value:,g}</text>'
