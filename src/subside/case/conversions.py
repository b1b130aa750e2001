"""Doses in every way of saying them: one infusion, one regimen, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from subside.case.fitting import rate_of
from subside.case.infusion import Infusion, Step, TitrationPlan
from subside.case.totals import Span
from subside.units import (
    MCG_PER_MG,
    MINUTES_PER_H,
    parse_amount_concentration,
    parse_dose,
    rate_ml_per_h,
    show_duration,
    show_number,
)

if TYPE_CHECKING:
    from subside.case.case import Case

__all__ = ["Row", "infusion_rows", "infusion_title", "regimen_rows", "show_time"]

_LIMITS: Final = {
    "pain_below": "pain at rest below",
    "sbp_above_mmhg": "systolic pressure (mmHg) above",
    "map_above_mmhg": "mean pressure (mmHg) above",
    "hr_above_bpm": "heart rate (/min) above",
    "moaas_below": "alertness, MOAA/S, below",
    "cadss_above": "dissociation, CADSS, above",
    "spo2_below_percent": "oxygen saturation (%) below",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One thing understood: what it is, as it was written, what that means."""

    label: str
    written: str
    means: str


def show_time(hours: float) -> str:
    """Return a time from time zero: in h, and in words where that says more."""
    words = show_duration(hours)
    plain = f"{show_number(hours)} h"
    return plain if words == plain else f"{plain} ({words})"


def infusion_title(k: int, infusion: Infusion) -> str:
    """Return the heading of an infusion, counted from 1."""
    name = f": {infusion.label}" if infusion.label else ""
    return f"Infusion {k + 1}{name} ({infusion.drug.replace('_', ' ')})"


def infusion_rows(infusion: Infusion, case: Case) -> Iterator[Row]:
    """Yield what was understood of an infusion: sessions, bolus, steps, titration."""
    weight_kg = case.patient.weight_kg
    starts = infusion.starts_h
    yield Row(
        label="sessions",
        written=_series(infusion),
        means=f"{len(starts)}, of {show_duration(infusion.length_h)}; the first at "
        f"{show_time(starts[0])}" + (f", the last at {show_time(starts[-1])}" if len(starts) > 1 else ""),
    )
    if infusion.concentration is not None:
        per_ml = parse_amount_concentration(infusion.concentration)
        yield Row(label="the bag holds", written=infusion.concentration, means=f"{show_number(per_ml)} mg/mL")
    if infusion.bolus is not None:
        mg = parse_dose(infusion.bolus.dose).for_weight(weight_kg)
        over = infusion.bolus.over
        yield Row(
            label="bolus",
            written=infusion.bolus.dose + (f" over {over}" if over else ""),
            means=f"{_amount(mg, weight_kg)}, "
            + (f"over {show_duration(infusion.bolus.over_h)}" if over else "at once"),
        )
    for place, step in enumerate(infusion.steps):
        yield _step(place, step, infusion, weight_kg)
    if infusion.policy is not None:
        yield from _policy(infusion.policy, infusion, weight_kg)


def _series(infusion: Infusion) -> str:
    if infusion.series is None:
        return f"start {infusion.start}"
    s = infusion.series
    skip = f", skipping weekends, the first on a {s.first_weekday}" if s.skip else ""
    return f"start {infusion.start}, every {s.every}, {s.count} times{skip}"


def _step(place: int, step: Step, infusion: Infusion, weight_kg: float) -> Row:
    label = f"step {place + 1}"
    if step.dose is not None:
        mg = parse_dose(step.dose).for_weight(weight_kg)
        means = f"{_rate(mg / step.for_h, infusion, weight_kg)}; {_amount(mg, weight_kg)}"
        return Row(label=label, written=f"{step.dose} for {step.for_}", means=means)
    if step.rate is not None:
        rate = rate_of(step.rate, infusion.concentration).for_weight(weight_kg)
        means = f"{_rate(rate, infusion, weight_kg)}; {_amount(rate * step.for_h, weight_kg)}"
        return Row(label=label, written=f"{step.rate} for {step.for_}", means=means)
    first = rate_of(str(step.from_rate), infusion.concentration).for_weight(weight_kg)
    last = rate_of(str(step.to_rate), infusion.concentration).for_weight(weight_kg)
    return Row(
        label=label,
        written=f"{step.from_rate} to {step.to_rate} in {step.in_steps} steps for {step.for_}",
        means=f"from {_rate(first, infusion, weight_kg)} to {_rate(last, infusion, weight_kg)}; "
        f"{_amount((first + last) / 2 * step.for_h, weight_kg)}",
    )


def _policy(plan: TitrationPlan, infusion: Infusion, weight_kg: float) -> Iterator[Row]:
    for label, text in (
        ("titrated from", plan.start_rate),
        ("raised by", plan.step),
        ("lowered by", plan.lower_step or plan.step),
        ("at most", plan.ceiling),
        ("at least", plan.floor),
    ):
        rate = rate_of(text, infusion.concentration).for_weight(weight_kg)
        yield Row(label=label, written=text, means=_rate(rate, infusion, weight_kg))
    yield Row(
        label="decided",
        written=f"every {plan.every} for {plan.for_}",
        means=f"every {show_duration(plan.every_h)} for {show_duration(plan.for_h)}",
    )
    if plan.raise_if_pain_above is not None:
        yield Row(
            label="raised if",
            written=f"pain above {plan.raise_if_pain_above:g}",
            means=f"pain at rest above {plan.raise_if_pain_above:g}",
        )
    for label, thresholds in (("held if", plan.hold_if), ("lowered if", plan.lower_if)):
        for name in type(thresholds).model_fields:
            if (value := getattr(thresholds, name)) is not None:
                yield Row(label=label, written=f"{name} = {value:g}", means=f"{_LIMITS[name]} {value:g}")


def _rate(mg_per_h: float, infusion: Infusion, weight_kg: float) -> str:
    per_kg = mg_per_h / weight_kg
    text = (
        f"{show_number(mg_per_h)} mg/h = {show_number(per_kg)} mg/kg/h"
        f" = {show_number(per_kg * MCG_PER_MG / MINUTES_PER_H)} mcg/kg/min"
    )
    if infusion.concentration is None:
        return text
    per_ml = parse_amount_concentration(infusion.concentration)
    return f"{text} = {show_number(rate_ml_per_h(mg_per_h, mg_per_ml=per_ml))} mL/h"


def _amount(mg: float, weight_kg: float) -> str:
    return f"{show_number(mg)} mg ({show_number(mg / weight_kg)} mg/kg)"


def _span(span: Span, unit: str) -> str:
    if span.fixed:
        return f"{show_number(span.low)} {unit}"
    return f"{show_number(span.low)} to {show_number(span.high)} {unit}"


def regimen_rows(case: Case) -> Iterator[Row]:
    """Yield what the infusions of a case add up to, for each drug form."""
    regimen = case.regimen()
    if not regimen:
        yield Row(label="regimen", written="no infusion", means="no ketamine is given")
    for e in case.exposures():
        name = e.drug.replace("_", " ")
        per_kg = "" if e.total_mg_per_kg is None else f" ({_span(e.total_mg_per_kg, 'mg/kg')})"
        yield Row(label=f"{name}, total", written="", means=f"{_span(e.total_mg, 'mg')}{per_kg}")
        yield Row(label=f"{name}, highest rate", written="", means=_span(e.peak_mg_per_h, "mg/h"))
        yield Row(label=f"{name}, time on drug", written="", means=_span(e.hours, "h"))
        top = max((span.high for span in e.mg_by_day.values()), default=0.0)
        yield Row(
            label=f"{name}, days with drug",
            written="",
            means=f"{len(e.days)}; at most {show_number(top)} mg a day",
        )
    yield Row(
        label="the case",
        written="" if case.follow_up is None else f"follow_up {case.follow_up}",
        means=f"from {show_time(case.start_h)} to {show_time(case.end_h)}",
    )
