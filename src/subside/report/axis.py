"""Axes: windows of time, their units and ticks, and ranges of values."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# name of the unit on the axis, hours in it, steps between ticks a reader can count in
_TIME_UNITS = (
    ("minutes", 1 / 60, (5, 10, 15, 20, 30, 60)),
    ("hours", 1.0, (0.5, 1, 2, 3, 4, 6, 12, 24)),
    ("days", 24.0, (1, 2, 3, 7)),
    ("weeks", 168.0, (1, 2, 4, 8, 12, 26, 52)),
)


@dataclass(frozen=True, kw_only=True)
class TimeAxis:
    """A window of time in h, the unit it is read in, and its ticks (time in h, label)."""

    start_h: float
    end_h: float
    unit: str
    ticks: tuple[tuple[float, str], ...]


def time_axis(start_h: float, end_h: float, *, most: int = 8) -> TimeAxis:
    """Return an axis for a window, in the unit that fits its length, with at most ``most`` ticks."""
    span = max(end_h - start_h, 1e-6)
    unit, hours, steps = _TIME_UNITS[
        0 if span <= 3 else 1 if span <= 5.2 * 24 else 2 if span <= 24 * 24 else 3
    ]
    step = next((s for s in steps if span / (s * hours) <= most), steps[-1])
    while span / (step * hours) > most:
        step *= 2
    first = math.ceil(start_h / (step * hours) - 1e-9)
    last = math.floor(end_h / (step * hours) + 1e-9)
    ticks = tuple(
        (k * step * hours, f"{k * step:g}".replace("-", "\N{MINUS SIGN}")) for k in range(first, last + 1)
    )
    return TimeAxis(start_h=start_h, end_h=end_h, unit=unit, ticks=ticks)


@dataclass(frozen=True, kw_only=True)
class ValueAxis:
    """A range of shown values with its ticks."""

    low: float
    high: float
    ticks: tuple[float, ...]
    digits: int


def value_axis(
    values: Iterable[float],
    *,
    floor: float | None = None,
    ceiling: float | None = None,
    least_span: float = 0.0,
    include: Sequence[float] = (),
    most: int = 5,
) -> ValueAxis:
    """Return a range of round numbers around the finite values.

    The range never leaves ``floor`` to ``ceiling`` (what the quantity can be) and spans at least
    ``least_span``, so that noise is not blown up to look like an effect.
    """
    known = [v for v in values if math.isfinite(v)] + [v for v in include if math.isfinite(v)]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    if high - low < least_span:
        middle = (high + low) / 2
        low, high = middle - least_span / 2, middle + least_span / 2
    if high <= low:
        low, high = low - 0.5, high + 0.5
    step = _round_step((high - low) / most)
    low, high = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
    if floor is not None and low < floor:
        low, high = floor, max(high, floor + step)
    if ceiling is not None and high > ceiling:
        high, low = ceiling, min(low, ceiling - step)
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    count = round((high - low) / step)
    ticks = tuple(round(low + i * step, 10) for i in range(count + 1))
    return ValueAxis(low=low, high=high, ticks=ticks, digits=digits)


def _round_step(raw: float) -> float:
    power = 10.0 ** math.floor(math.log10(raw))
    return next(m * power for m in (1.0, 2.0, 5.0, 10.0) if m * power >= raw * (1 - 1e-9))
