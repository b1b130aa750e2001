"""Small charts of a trial as inline SVG, in the colors and words of the report's style sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from subside.report.axis import ValueAxis, value_axis

__all__ = ["KINDS", "Series", "chart", "flow_chart"]

WIDTH: Final = 520.0
HEIGHT: Final = 220.0
LEFT, RIGHT, TOP, BOTTOM = 46.0, 14.0, 24.0, 38.0
#: Colors and dashes, by arm: the control is drawn as a placebo is.
KINDS: Final = ("case", "third", "fourth", "fifth")


@dataclass(frozen=True, kw_only=True)
class Series:
    """One line: its points, and at each the ends of an interval where there is one."""

    label: str
    kind: str
    x: Sequence[float]
    y: Sequence[float | None]
    low: Sequence[float | None] = ()
    high: Sequence[float | None] = ()
    steps: bool = False


def chart(
    series: Sequence[Series],
    *,
    key: str,
    title: str,
    x_title: str,
    y_title: str,
    x_ticks: Sequence[tuple[float, str]],
    y_range: tuple[float, float] | None = None,
    zero: bool = False,
    rule: float | None = None,
) -> str:
    """Return a figure with its legend; lines differ by dash as well as by color.

    Args:
        series: The lines.
        key: Unique on the page.
        title: Said before the chart.
        x_title, y_title: Of the axes, with units.
        x_ticks: Where and what, rising.
        y_range: Fixed ends of the y axis; around the values if not given.
        zero: Draw the line of no difference.
        rule: A horizontal line to look at.
    """
    values = [v for s in series for part in (s.y, s.low, s.high) for v in part if v is not None]
    axis = value_axis([*values, *([0.0] if zero else [])], include=y_range or ())
    xs = [x for s in series for x in s.x] + [x for x, _ in x_ticks]
    left, right = min(xs), max(xs)
    span = max(right - left, 1e-9)

    def px(x: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (x - left) / span

    def py(y: float) -> float:
        return TOP + HEIGHT * (axis.high - y) / (axis.high - axis.low)

    body = [*_grid(axis, py), *_ticks(x_ticks, px)]
    if zero and axis.low <= 0.0 <= axis.high:
        body.append(f'<line class="zero" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{py(0):.1f}" y2="{py(0):.1f}"/>')
    if rule is not None and axis.low <= rule <= axis.high:
        body.append(f'<line class="rule" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{py(rule):.1f}" y2="{py(rule):.1f}"/>')
    for place, s in enumerate(series):
        shift = 3.0 * (place - (len(series) - 1) / 2.0) if not s.steps else 0.0
        body += _line(s, lambda x, shift=shift: px(x) + shift, py)
    body.append(f'<text class="y-title" x="0" y="12">{escape(y_title)}</text>')
    middle = LEFT + (WIDTH - LEFT - RIGHT) / 2
    body.append(
        f'<text class="x-title" x="{middle:.0f}" y="{TOP + HEIGHT + 33:.0f}" text-anchor="middle">'
        f"{escape(x_title)}</text>"
    )
    legend = "".join(
        f'<li><svg viewBox="0 0 30 14" aria-hidden="true"><line class="line {s.kind}" x1="1" x2="29" y1="7" y2="7"/>'
        f"</svg>{escape(s.label)}</li>"
        for s in series
    )
    name = escape(key, quote=True)
    return (
        f'<figure><figcaption>{escape(title)}</figcaption><ul class="legend">{legend}</ul>'
        f'<svg class="panel" viewBox="0 0 {WIDTH:g} {TOP + HEIGHT + BOTTOM:g}" role="img" aria-labelledby="{name}-t">'
        f'<title id="{name}-t">{escape(title)}. {escape(_told(series))}</title>{"".join(body)}</svg></figure>'
    )


def flow_chart(boxes: Sequence[Sequence[Sequence[str]]], *, key: str, title: str) -> str:
    """Return the flow of people: rows of boxes, each box its lines of text; arms stand side by side."""
    line, pad, gap = 17.0, 9.0, 26.0
    width = 720.0
    body, y = [], 4.0
    centers: list[float] = []
    for row in boxes:
        height = max(len(box) for box in row) * line + 2 * pad
        wide = min(330.0, (width - 20.0 * (len(row) - 1)) / len(row))
        left = (width - len(row) * wide - 20.0 * (len(row) - 1)) / 2
        now = [left + i * (wide + 20.0) + wide / 2 for i in range(len(row))]
        pairs = zip(centers, now, strict=True) if len(centers) == len(now) else [(c, n) for c in centers for n in now]
        body += [
            f'<line class="axis" x1="{a:.1f}" x2="{b:.1f}" y1="{y - gap + 1:.1f}" y2="{y - 1:.1f}"/>' for a, b in pairs
        ]
        for x, box in zip(now, row, strict=True):
            body.append(
                f'<rect class="lane" x="{x - wide / 2:.1f}" y="{y:.1f}" width="{wide:.1f}" '
                f'height="{height:.1f}" rx="5"/>'
            )
            body += [
                f'<text class="{"strong" if i == 0 else "note"}" x="{x:.1f}" y="{y + pad + 12 + i * line:.1f}" '
                f'text-anchor="middle">{escape(text)}</text>'
                for i, text in enumerate(box)
            ]
        y += height + gap
        centers = now
    told = "; ".join(text for row in boxes for box in row for text in box)
    name = escape(key, quote=True)
    return (
        f'<figure><figcaption>{escape(title)}</figcaption><svg class="panel" viewBox="0 0 {width:g} {y - gap + 4:.0f}" '
        f'role="img" aria-labelledby="{name}-t"><title id="{name}-t">{escape(title)}. {escape(told)}</title>'
        f"{''.join(body)}</svg></figure>"
    )


def _told(series: Sequence[Series]) -> str:
    """Return what a chart shows in words: the last value of each line."""
    ends = [(s.label, next((v for v in reversed(s.y) if v is not None), None)) for s in series]
    return "; ".join(f"{label}: {value:.2f} at the end" for label, value in ends if value is not None)


def _grid(axis: ValueAxis, py) -> list[str]:  # type: ignore[no-untyped-def]
    found = []
    for tick in axis.ticks:
        y = py(tick)
        found.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        text = f"{tick:.{axis.digits}f}".replace("-", "\N{MINUS SIGN}")
        found.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{text}</text>')
    return found


def _ticks(ticks: Sequence[tuple[float, str]], px) -> list[str]:  # type: ignore[no-untyped-def]
    base = TOP + HEIGHT
    found = [f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{base}" y2="{base}"/>']
    for x, text in ticks:
        found.append(f'<line class="tick-line" x1="{px(x):.1f}" x2="{px(x):.1f}" y1="{base}" y2="{base + 4}"/>')
        found.append(f'<text x="{px(x):.1f}" y="{base + 17}" text-anchor="middle">{escape(text)}</text>')
    return found


def _line(s: Series, px, py) -> list[str]:  # type: ignore[no-untyped-def]
    found = []
    points = [(px(x), py(y)) for x, y in zip(s.x, s.y, strict=True) if y is not None]
    if len(points) > 1:
        path = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
        for x, y in points[1:]:
            path += f"H{x:.1f}V{y:.1f}" if s.steps else f"L{x:.1f} {y:.1f}"
        found.append(f'<path class="line {s.kind}" d="{path}"/>')
    for x, low, high in zip(s.x, s.low, s.high, strict=False):
        if low is not None and high is not None:
            found.append(
                f'<line class="line {s.kind}" style="stroke-dasharray:none;stroke-width:1.2" x1="{px(x):.1f}" '
                f'x2="{px(x):.1f}" y1="{py(low):.1f}" y2="{py(high):.1f}"/>'
            )
    if not s.steps:
        found += [f'<circle class="mark" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in points]
    return found
