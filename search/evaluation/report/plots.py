"""Plots as inline SVG: bars with intervals, curves, calibration. Colours come from the page's CSS.

Every plot scales to its container's width and carries a title for screen readers.
"""

from collections.abc import Mapping, Sequence
from html import escape

_WIDTH = 340
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 12, 10, 34

Interval = Sequence[float] | None


def bars(
    title: str, rows: Sequence[tuple[str, float | None, Interval]], *, top: float = 1.0
) -> str:
    """Horizontal bars from 0 to `top`, each with its 95% interval as a whisker."""
    height, label = 28, 128
    span = _WIDTH - label - 46
    parts = []
    for number, (name, value, interval) in enumerate(rows):
        y = number * height + 6
        middle = y + 8
        parts.append(f'<text class="name" x="{label - 6}" y="{y + 12}">{escape(name)}</text>')
        parts.append(f'<rect class="track" x="{label}" y="{y}" width="{span}" height="16" rx="3"/>')
        if value is None:
            continue
        width = span * min(value, top) / top
        kind = "bar first" if number == 0 else "bar"
        parts.append(
            f'<rect class="{kind}" x="{label}" y="{y}" width="{width:.1f}" height="16" rx="3"/>'
        )
        if interval:
            low, high = (label + span * min(end, top) / top for end in interval)
            parts.append(f'<path class="whisker" d="M{low:.1f} {middle}H{high:.1f}"/>')
        shown = f"{value:.2f}" if top <= 1 else f"{value:.1f}"
        parts.append(f'<text class="value" x="{label + span + 6}" y="{y + 12}">{shown}</text>')
    return _svg(title, len(rows) * height + 6, parts)


def curve(
    title: str,
    points: Sequence[tuple[float, float]],
    *,
    across: str,
    up: str,
    mark: tuple[float, float] | None = None,
    height: int = 230,
) -> str:
    """A line over 0 to 1 across; the way up goes from 0 to the highest point, rounded up."""
    top = _round_up(max((y for _, y in [*points, *([mark] if mark else [])]), default=1.0))
    parts = _axes(height, across, up, top)
    if points:
        path = " ".join(f"{_x(x):.1f} {_y(y / top, height):.1f}" for x, y in points)
        parts.append(f'<polyline class="line" points="{path}"/>')
    if mark:
        x, y = _x(mark[0]), _y(mark[1] / top, height)
        parts.append(f'<circle class="mark" cx="{x:.1f}" cy="{y:.1f}" r="5"/>')
    return _svg(title, height, parts)


def reliability(title: str, bins: Sequence[Mapping[str, float]], *, height: int = 230) -> str:
    """Each bin a dot, as large as it has answers; on the diagonal confidence means what it says."""
    parts = _axes(height, "confidence", "right", 1.0)
    parts.append(f'<path class="ideal" d="M{_x(0)} {_y(0, height)}L{_x(1)} {_y(1, height)}"/>')
    most = max((b["count"] for b in bins), default=1)
    for b in bins:
        radius = 3 + 9 * (b["count"] / most) ** 0.5
        parts.append(
            f'<circle class="dot" cx="{_x(b["confidence"]):.1f}" '
            f'cy="{_y(b["accuracy"], height):.1f}" r="{radius:.1f}">'
            f"<title>{b['count']:.0f} answers: confidence {b['confidence']:.2f}, "
            f"right {b['accuracy']:.2f}</title></circle>"
        )
    return _svg(title, height, parts)


def _axes(height: int, across: str, up: str, top: float) -> list[str]:
    parts = []
    for share in (0.0, 0.5, 1.0):
        y, x = _y(share, height), _x(share)
        parts.append(f'<path class="grid" d="M{_x(0)} {y:.1f}H{_x(1)}"/>')
        parts.append(
            f'<text class="tick end" x="{_LEFT - 6}" y="{y + 4:.1f}">{share * top:g}</text>'
        )
        parts.append(f'<text class="tick" x="{x}" y="{height - 18}">{share:g}</text>')
    parts.append(f'<text class="tick" x="{_x(0.5)}" y="{height - 3}">{escape(across)}</text>')
    middle = _y(0.5, height)
    turned = f'transform="rotate(-90 10 {middle})" x="10" y="{middle}"'
    parts.append(f'<text class="tick" {turned}>{escape(up)}</text>')
    return parts


def _x(share: float) -> float:
    return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)


def _y(share: float, height: int) -> float:
    return height - _BOTTOM - share * (height - _BOTTOM - _TOP)


def _round_up(value: float) -> float:
    """The next of 0.1, 0.2, 0.5, 1 times a power of ten."""
    scale = 1e-3
    while True:
        for step in (1, 2, 5):
            if value <= step * scale:
                return step * scale
        scale *= 10


def _svg(title: str, height: int, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{escape(title, quote=True)}">'
        f"{''.join(parts)}</svg>"
    )
