"""What is given beside ketamine, in full: amounts, amounts per kg, times, totals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from subside.report.words import moment, per_kg
from subside.units import H_PER_DAY, show_number

if TYPE_CHECKING:
    from subside.case import Case, Treatment

_ROUTES = {"oral": "by mouth", "intravenous": "into the vein", "transdermal": "through the skin"}


def treatment_words(case: Case) -> tuple[str, ...]:
    """Return one sentence for each other treatment of a case: nothing left out, nothing converted."""
    return tuple(_sentence(entry, case) for entry in case.treatments)


def _sentence(entry: Treatment, case: Case) -> str:
    weight = case.patient.weight_kg
    route = "" if entry.route is None else f" {_ROUTES.get(entry.route, entry.route)}"
    until = "" if entry.until_h is None else f" until {moment(entry.until_h)}"
    span = f"from {moment(entry.from_h)}{until}"
    rate = entry.mg_per_h(weight)
    if rate is not None:
        text = f"{entry.name}{route}: {_amount(rate, weight, 'mg/h', 'mg/kg/h')}, {span}"
        if entry.until_h is not None:
            text += f"; {_mg(rate * (entry.until_h - entry.from_h))} in all"
        return f"{text}."
    dose = entry.dose_mg(weight)
    every = entry.series.every_h if entry.series is not None else entry.every_h
    amount = "a session" if dose is None else _amount(dose, weight, "mg", "mg/kg")
    counted = entry.series is not None or entry.until_h is not None or every is None
    times = entry.given_at_h(math.inf) if counted else ()
    if every is None:
        return f"{entry.name}{route}: {amount}, once at {moment(entry.from_h)}."
    text = f"{entry.name}{route}: {amount} every {moment(every)}, {span}"
    noun = "sessions" if dose is None else "doses"
    if times:
        text += f"; {len(times)} {noun}"
    if dose is not None:
        text += f", {_mg(dose * H_PER_DAY / every)} a day"
        if times:
            text += f", {_mg(dose * len(times))} in all"
    if entry.series is not None and entry.series.skip is not None:
        text += ", none on weekends"
    return f"{text}."


def _amount(mg: float, weight_kg: float, unit: str, unit_per_kg: str) -> str:
    return f"{mg:.6g} {unit} ({per_kg(mg / weight_kg)} {unit_per_kg} at {show_number(weight_kg)} kg)"


def _mg(mg: float) -> str:
    return f"{mg:,.{2 if mg < 1 else 1}f}".removesuffix(".0") + " mg"
