"""One panel of a figure as inline SVG: bands, lines, marks, and the dose lane on the same axis.

Colors come from the page's style sheet, so that one picture serves light, dark and print. Lines
differ by dash as well as by color; observations are marks and never lines.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

import numpy as np
from numpy.typing import NDArray

from subside.course import Curve
from subside.report.axis import TimeAxis, ValueAxis, time_axis, value_axis
from subside.report.regimen import Lane
from subside.report.windows import visible
from subside.report.words import drug_words
from subside.units import show_number

WIDTH: Final = 460.0
LEFT: Final = 46.0
RIGHT: Final = 12.0
TOP: Final = 26.0
AXIS: Final = 36.0
LANE: Final = 30.0
LANE_GAP: Final = 8.0


@dataclass(frozen=True, kw_only=True)
class Trace:
    """A curve to draw. ``kind`` is a class of the style sheet: color and dash in one word."""

    label: str
    kind: str
    times_h: NDArray[np.float64]
    curve: Curve
    scale: float = 1.0
    bands: bool = True


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Something that was measured, from the case."""

    time_h: float
    value: float


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A horizontal line at a value, with its words."""

    value: float
    label: str
    kind: str = "rule"


@dataclass(frozen=True, kw_only=True)
class Panel:
    """What one panel shows. Values are as shown (already scaled); times in h."""

    key: str
    title: str
    subtitle: str
    traces: tuple[Trace, ...]
    start_h: float
    end_h: float
    description: str
    doses: Lane | None = None
    marks: tuple[Mark, ...] = ()
    rules: tuple[Rule, ...] = ()
    shade: tuple[tuple[float, float], ...] = ()
    now_h: float | None = None
    fixed: tuple[float, float] | None = None
    floor: float | None = None
    ceiling: float | None = None
    least_span: float = 0.0
    height: float = 172.0
    width: float = WIDTH
    now_words: str = ""
    headroom: float = 0.0
    compact: bool = False


def draw(panel: Panel) -> str:
    """Return the panel as an ``<svg>`` element with a title and a description."""
    times = time_axis(panel.start_h, panel.end_h, most=8 if panel.width >= WIDTH else 5)
    values = _values(panel)
    frame = _Frame(panel, times, values)
    key = escape(panel.key, quote=True)
    body = [
        f'<clipPath id="{key}-c"><rect x="{LEFT:g}" y="{TOP:g}" width="{frame.plot_width:g}" '
        f'height="{panel.height:g}"/></clipPath>',
        *_grid(frame),
        f'<g clip-path="url(#{key}-c)">',
        *_shades(frame),
        *(part for trace in panel.traces for part in _bands(frame, trace)),
        *_rules(frame),
        *(_line(frame, trace) for trace in panel.traces),
        *_marks(frame),
        "</g>",
        *_now(frame),
        *(_lane(frame, panel.doses) if panel.doses is not None else ()),
    ]
    return (
        f'<svg class="panel" viewBox="0 0 {panel.width:g} {frame.total:g}" role="img" '
        f'aria-labelledby="{key}-t {key}-d">'
        f'<title id="{key}-t">{escape(panel.title)}. {escape(panel.subtitle)}</title>'
        f'<desc id="{key}-d">{escape(panel.description)}</desc>' + "".join(body) + "</svg>"
    )


class _Frame:
    """Where things stand: from hours and values to the drawing's own units."""

    def __init__(self, panel: Panel, times: TimeAxis, values: ValueAxis) -> None:
        self.panel, self.times, self.values = panel, times, values
        self.plot_width = panel.width - LEFT - RIGHT
        self.bottom = TOP + panel.height
        self.lane_top = self.bottom + LANE_GAP
        self.lane_height = LANE / 2 if panel.compact else LANE
        self.axis_y = self.lane_top + self.lane_height if panel.doses is not None else self.bottom
        self.total = self.axis_y + AXIS

    def x(self, time_h: float) -> float:
        span = self.times.end_h - self.times.start_h
        return LEFT + self.plot_width * (time_h - self.times.start_h) / (span if span > 0 else 1.0)

    def y(self, value: float) -> float:
        span = self.values.high - self.values.low
        return self.bottom - self.panel.height * (value - self.values.low) / span


def _values(panel: Panel) -> ValueAxis:
    if panel.fixed is not None:
        low, high = panel.fixed
        return value_axis((low, high), floor=low, ceiling=high)
    seen: list[float] = [mark.value for mark in panel.marks]
    for trace in panel.traces:
        part = _visible(trace, panel.start_h, panel.end_h)
        edges = (trace.curve.low, trace.curve.high) if trace.bands else (trace.curve.median,)
        for series in edges:
            seen.extend((series[part] * trace.scale).tolist())
    return value_axis(
        seen,
        floor=panel.floor,
        ceiling=panel.ceiling,
        least_span=panel.least_span,
        include=[rule.value + panel.headroom for rule in panel.rules],
    )


def _visible(trace: Trace, start_h: float, end_h: float) -> NDArray[np.bool_]:
    return np.asarray((trace.times_h >= start_h) & (trace.times_h <= end_h))


def _grid(frame: _Frame) -> list[str]:
    right = LEFT + frame.plot_width
    parts = [f'<text class="y-title" x="2" y="13">{escape(frame.panel.subtitle)}</text>']
    for tick in frame.values.ticks:
        y = frame.y(tick)
        label = f"{tick:.{frame.values.digits}f}".replace("-", "\N{MINUS SIGN}")
        parts.append(f'<path class="grid" d="M{LEFT:g} {y:.1f}H{right:g}"/>')
        parts.append(f'<text class="tick" x="{LEFT - 7:g}" y="{y + 4:.1f}" text-anchor="end">{label}</text>')
    for time_h, label in frame.times.ticks:
        x = frame.x(time_h)
        parts.append(f'<path class="tick-line" d="M{x:.1f} {frame.axis_y:g}v4"/>')
        parts.append(
            f'<text class="tick" x="{x:.1f}" y="{frame.axis_y + 16:g}" text-anchor="middle">{label}</text>'
        )
    parts.append(f'<path class="axis" d="M{LEFT:g} {frame.axis_y:g}H{right:g}"/>')
    parts.append(
        f'<text class="x-title" x="{right:g}" y="{frame.axis_y + 32:g}" text-anchor="end">'
        f"{escape(_time_words(frame))}</text>"
    )
    return parts


def _time_words(frame: _Frame) -> str:
    if frame.panel.compact:
        return frame.times.unit
    doses = frame.panel.doses
    since = "the first infusion" if doses is not None and doses.drugs else "time zero of the case"
    return f"{frame.times.unit} from {since}"


def _shades(frame: _Frame) -> list[str]:
    parts = []
    for start_h, end_h in frame.panel.shade:
        x0, x1 = frame.x(start_h), frame.x(end_h)
        width = max(x1 - x0, 1.5)
        parts.append(
            f'<rect class="shade" x="{x0:.1f}" y="{TOP:g}" width="{width:.1f}" '
            f'height="{frame.panel.height:g}"/>'
        )
    return parts


def _bands(frame: _Frame, trace: Trace) -> list[str]:
    if not trace.bands or not trace.curve.has_band:
        return []
    curve = trace.curve
    return [
        f'<path class="band90 {trace.kind}" d="{_ribbon(frame, trace, curve.low, curve.high)}"/>',
        f'<path class="band50 {trace.kind}" d="{_ribbon(frame, trace, curve.low50, curve.high50)}"/>',
    ]


def _line(frame: _Frame, trace: Trace) -> str:
    runs = _runs(frame, trace, trace.curve.median)
    path = "".join(
        "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in zip(xs, ys, strict=True)) for xs, ys in runs
    )
    return f'<path class="line {trace.kind}" d="{path}"/>'


def _ribbon(frame: _Frame, trace: Trace, low: NDArray[np.float64], high: NDArray[np.float64]) -> str:
    path = []
    for xs, lows, highs in _runs(frame, trace, low, high):
        there = "L".join(f"{x:.1f} {y:.1f}" for x, y in zip(xs, highs, strict=True))
        back = "L".join(f"{x:.1f} {y:.1f}" for x, y in zip(xs[::-1], lows[::-1], strict=True))
        path.append(f"M{there}L{back}Z")
    return "".join(path)


def _runs(
    frame: _Frame, trace: Trace, *series: NDArray[np.float64]
) -> list[tuple[NDArray[np.float64], ...]]:
    """Pieces without a gap: a time at which nothing was computed breaks the line."""
    part = visible(trace.times_h, frame.times.start_h, frame.times.end_h)
    times = trace.times_h[part]
    rows = [s[part] * trace.scale for s in series]
    good = np.logical_and.reduce([np.isfinite(r) for r in rows])
    found: list[tuple[NDArray[np.float64], ...]] = []
    edges = np.flatnonzero(np.diff(np.concatenate(([0], good.astype(np.int8), [0]))))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        run = slice(int(start), int(stop))
        keep = _thinned(np.array([frame.x(t) for t in times[run]]), [r[run] for r in rows])
        xs = np.array([frame.x(t) for t in times[run][keep]])
        if len(xs) == 1:  # a lone value between gaps: a short dash, so that it is seen
            xs = np.array([xs[0] - 1.0, xs[0] + 1.0])
            keep = np.array([keep[0], keep[0]])
        found.append((xs, *(np.array([frame.y(v) for v in r[run][keep]]) for r in rows)))
    return found


def _thinned(xs: NDArray[np.float64], rows: Sequence[NDArray[np.float64]]) -> NDArray[np.intp]:
    """Indices that a drawing can tell apart: per unit of width the ends and the extremes."""
    if len(xs) <= 400:
        return np.arange(len(xs))
    bins = np.floor(xs).astype(np.int64)
    keep: set[int] = set()
    starts = np.flatnonzero(np.diff(bins, prepend=bins[0] - 1))
    for start, stop in zip(starts, [*starts[1:], len(xs)], strict=True):
        keep.update((int(start), int(stop) - 1))
        for row in rows:
            keep.update((int(start + np.argmin(row[start:stop])), int(start + np.argmax(row[start:stop]))))
    return np.array(sorted(keep), dtype=np.intp)


def _rules(frame: _Frame) -> list[str]:
    parts = []
    right = LEFT + frame.plot_width
    for rule in frame.panel.rules:
        y = frame.y(rule.value)
        parts.append(f'<path class="{rule.kind}" d="M{LEFT:g} {y:.1f}H{right:g}"/>')
        parts.append(
            f'<text class="note" x="{right - 4:g}" y="{y - 5:.1f}" text-anchor="end">'
            f"{escape(rule.label)}</text>"
        )
    return parts


def _marks(frame: _Frame) -> list[str]:
    parts = []
    for mark in frame.panel.marks:
        if not math.isfinite(mark.value):
            continue
        if not frame.times.start_h <= mark.time_h <= frame.times.end_h:
            continue
        x, y = frame.x(mark.time_h), frame.y(mark.value)
        parts.append(f'<path class="mark" d="M{x:.1f} {y - 5:.1f}l5 5l-5 5l-5-5z"/>')
    return parts


def _now(frame: _Frame) -> list[str]:
    now = frame.panel.now_h
    if now is None or not frame.times.start_h <= now <= frame.times.end_h:
        return []
    x = frame.x(now)
    left = x > LEFT + frame.plot_width * 0.7
    anchor, at = ("end", x - 4) if left else ("start", x + 4)
    return [
        f'<path class="now" d="M{x:.1f} {TOP:g}V{frame.bottom:g}"/>',
        f'<text class="note strong" x="{at:.1f}" y="{TOP + 11:g}" text-anchor="{anchor}">'
        f"{escape(frame.panel.now_words)}</text>",
    ]


def _lane(frame: _Frame, doses: Lane) -> list[str]:
    """The dose lane: infusions as steps, boluses as stems, the drug's name in text."""
    top, height = frame.lane_top, frame.lane_height
    right = LEFT + frame.plot_width
    base = top + height
    highest = doses.top_mg_per_h or 1.0
    parts = [
        f'<rect class="lane" x="{LEFT:g}" y="{top:g}" width="{frame.plot_width:g}" height="{height:g}"/>',
        f'<text class="tick" x="{LEFT - 7:g}" y="{top + 11:g}" text-anchor="end">dose</text>',
    ]
    if not frame.panel.compact:
        parts.append(
            f'<text class="tick small" x="{LEFT - 7:g}" y="{top + 24:g}" text-anchor="end">mg/h</text>'
        )
    start, end = frame.times.start_h, frame.times.end_h
    taken: list[tuple[float, float]] = []
    for step in doses.steps:
        outline = []
        for piece in step.pieces or (step,):
            a, b = max(piece.start_h, start), min(piece.end_h, end)
            if b <= a:
                continue
            x0, x1 = frame.x(a), max(frame.x(b), frame.x(a) + 1.4)
            y = base - (height - 2) * piece.mg_per_h / highest
            outline.append(f"{x0:.1f} {y:.1f}H{x1:.1f}")
            taken.append((x0, x1))
        if outline:
            kind = "dose" if step.ceiling_mg_per_h is None else "dose titrated"
            first = outline[0].partition(" ")[0]
            parts.append(f'<path class="{kind}" d="M{first} {base:g}L{"L".join(outline)}V{base:g}Z"/>')
    for push in doses.pushes:
        if start <= push.at_h <= end:
            x = frame.x(push.at_h)
            parts.append(f'<path class="stem" d="M{x:.1f} {base:g}V{top + 4:g}"/>')
            parts.append(f'<circle class="stem-head" cx="{x:.1f}" cy="{top + 4:g}" r="2.6"/>')
            taken.append((x - 3, x + 3))
    if not frame.panel.compact:
        parts.append(_lane_words(doses, sorted(taken), right, base, top))
    return parts


def _lane_words(
    doses: Lane, taken: list[tuple[float, float]], right: float, base: float, top: float
) -> str:
    """The drug's name where there is room for it: on a dose, or in a gap; else nowhere."""
    names = " + ".join(drug_words(d).partition(" (")[0] for d in doses.drugs) or "no ketamine given"
    texts = [names]
    if doses.steps:
        how = "titrated, at most" if doses.is_titrated else "up to"
        texts.insert(0, f"{names}, {how} {show_number(doses.top_mg_per_h)} mg/h")
    edges = [LEFT, *(x for pair in taken for x in pair), right]
    gaps = sorted(zip(edges[::2], edges[1::2], strict=True), key=lambda gap: gap[0] - gap[1])
    for text in texts:
        wide = 6.2 * len(text) + 12
        for x0, x1 in taken:
            # A bolus at the start of its infusion leaves room behind it.
            crossed = any(x0 + 6 < x < x0 + wide for pair in taken if pair != (x0, x1) for x in pair)
            if x1 - x0 >= wide and not crossed:
                return f'<text class="lane-text on" x="{x0 + 8:.1f}" y="{base - 6:g}">{escape(text)}</text>'
        # The gap after the last dose reads best; otherwise the widest one.
        for x0, x1 in ((edges[-2], edges[-1]), *gaps):
            if x1 - x0 >= wide:
                return f'<text class="lane-text" x="{x0 + 6:.1f}" y="{top + 19:g}">{escape(text)}</text>'
    return ""
