"""How much drug a regimen gives: totals, peak rate, hours and days, for one drug form at a time.

Milligrams of esketamine and of racemic ketamine are never added up. Where a titration decides the
rate, a figure is a span from the least to the most that its policy allows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from subside.case.regimen import Regimen, Segment
from subside.errors import ParameterError
from subside.units import H_PER_DAY

__all__ = ["Exposure", "Span", "exposure", "exposures"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """The least and the most a figure can be; equal unless a titration decides."""

    low: float
    high: float

    @property
    def fixed(self) -> bool:
        """Whether the regimen alone settles the figure."""
        return self.low == self.high


@dataclass(frozen=True, kw_only=True)
class Exposure:
    """What one drug form adds up to.

    Attributes:
        drug: The drug form.
        total_mg: The amount given.
        total_mg_per_kg: The same per kg of body weight; None without a weight.
        peak_mg_per_h: The highest rate; a bolus has no rate and is not counted.
        hours: How long the drug flows.
        days: Days from time zero on which some is given; day 0 is the first 24 h.
        mg_by_day: The amount on each of these days.
    """

    drug: str
    total_mg: Span
    total_mg_per_kg: Span | None
    peak_mg_per_h: Span
    hours: Span
    days: tuple[int, ...]
    mg_by_day: Mapping[int, Span]


def exposures(regimen: Regimen, *, weight_kg: float | None = None) -> tuple[Exposure, ...]:
    """Return the exposure to each drug form that the regimen gives, esketamine first."""
    return tuple(exposure(regimen, drug=drug, weight_kg=weight_kg) for drug in regimen.drugs)


def exposure(regimen: Regimen, *, drug: str, weight_kg: float | None = None) -> Exposure:
    """Return the exposure to one drug form; all zero if the regimen does not give it.

    Args:
        regimen: What is given.
        drug: "esketamine" or "racemic_ketamine".
        weight_kg: Body weight, for the amount per kg; positive.

    Raises:
        ParameterError: If the weight is not positive.
    """
    if weight_kg is not None and not weight_kg > 0:
        raise ParameterError(
            f"weight_kg must be a positive body weight in kg; got {weight_kg}. "
            "Leave it out where only the total in mg is wanted."
        )
    least, most = regimen.at_least(), regimen.at_most()
    low, high = _by_day(least, drug), _by_day(most, drug)
    total = Span(low=math.fsum(_amounts(least, drug)), high=math.fsum(_amounts(most, drug)))
    return Exposure(
        drug=drug,
        total_mg=total,
        total_mg_per_kg=(
            None if weight_kg is None else Span(low=total.low / weight_kg, high=total.high / weight_kg)
        ),
        peak_mg_per_h=Span(low=_peak(least, drug), high=_peak(most, drug)),
        hours=Span(low=_hours(least, drug), high=_hours(most, drug)),
        days=tuple(sorted(high)),
        mg_by_day={day: Span(low=low.get(day, 0.0), high=high[day]) for day in sorted(high)},
    )


def _segments(regimen: Regimen, drug: str) -> Iterator[Segment]:
    return (segment for segment in regimen.segments if segment.drug == drug)


def _amounts(regimen: Regimen, drug: str) -> Iterator[float]:
    yield from (segment.mg for segment in _segments(regimen, drug))
    yield from (bolus.mg for bolus in regimen.boluses if bolus.drug == drug)


def _peak(regimen: Regimen, drug: str) -> float:
    return max((segment.mg_per_h for segment in _segments(regimen, drug)), default=0.0)


def _hours(regimen: Regimen, drug: str) -> float:
    return math.fsum(s.end_h - s.start_h for s in _segments(regimen, drug))


def _by_day(regimen: Regimen, drug: str) -> dict[int, float]:
    """Return the amount on each day, splitting segments at midnight of the case's own clock."""
    parts: dict[int, list[float]] = {}
    for segment in _segments(regimen, drug):
        day = math.floor(segment.start_h / H_PER_DAY)
        while day * H_PER_DAY < segment.end_h:
            hours = min(segment.end_h, (day + 1) * H_PER_DAY) - max(segment.start_h, day * H_PER_DAY)
            if hours > 0:
                parts.setdefault(day, []).append(segment.mg_per_h * hours)
            day += 1
    for bolus in regimen.boluses:
        if bolus.drug == drug:
            parts.setdefault(math.floor(bolus.at_h / H_PER_DAY), []).append(bolus.mg)
    return {day: math.fsum(amounts) for day, amounts in parts.items()}
