"""What was understood of a case, with every conversion, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from subside.case.case import Case
from subside.case.fitting import rate_of
from subside.case.history import HISTORY
from subside.case.infusion import Infusion, Step, TitrationPlan
from subside.case.observables import OBSERVABLES
from subside.case.patient import Patient
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

__all__ = ["Row", "Section", "Understood", "show"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One thing understood: what it is, as it was written, what that means."""

    label: str
    written: str
    means: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A part of the case with its rows."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Understood:
    """All that was understood; ``notes`` say what a reader should not overlook."""

    title: str
    sections: tuple[Section, ...]
    notes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the same as plain dictionaries and lists."""
        return asdict(self)


def show(case: Case) -> Understood:
    """Return what was understood of a case: each quantity as written and in mg, h, mg/h, mL/h."""
    sections = [
        Section(title="About", rows=tuple(_about(case))),
        Section(title="Patient", rows=tuple(_patient(case.patient))),
        *(
            Section(title=_infusion_title(k, infusion), rows=tuple(_infusion(infusion, case)))
            for k, infusion in enumerate(case.infusions)
        ),
        Section(title="Regimen", rows=tuple(_regimen(case))),
        Section(title="Other treatments", rows=tuple(_treatments(case))),
        Section(
            title="Observations",
            rows=tuple(
                Row(
                    label=o.what,
                    written=f"{o.value:g} at {o.at}",
                    means=f"{o.value:g} {o.observable.unit} at {_time(o.at_h)}",
                )
                for o in case.observations
            ),
        ),
        Section(
            title="Options",
            rows=tuple(Row(label=k, written=str(v), means=_switch(v)) for k, v in case.options.items()),
        ),
    ]
    return Understood(
        title=case.title,
        sections=tuple(section for section in sections if section.rows),
        notes=tuple(_notes(case)),
    )


def _switch(value: str | bool) -> str:
    return value if isinstance(value, str) else "on" if value else "off"


def _time(hours: float) -> str:
    """Return a time from time zero: in h, and in words where that says more."""
    words = show_duration(hours)
    plain = f"{show_number(hours)} h"
    return plain if words == plain else f"{plain} ({words})"


def _about(case: Case) -> Iterator[Row]:
    about = case.about
    for label, text in (
        ("it is", about.is_),
        ("it is not", about.is_not),
        ("source", about.source),
        ("DOI", about.doi),
    ):
        if text is not None:
            yield Row(label=label, written=text, means="")
    for label, texts in (("from the paper", about.from_paper), ("assumed", about.assumed)):
        for text in texts:
            yield Row(label=label, written=text, means="")


def _patient(patient: Patient) -> Iterator[Row]:
    yield Row(label="age", written=f"{patient.age_years:g}", means=f"{patient.age_years:g} years")
    yield Row(label="weight", written=f"{patient.weight_kg:g}", means=f"{patient.weight_kg:g} kg")
    if patient.height_cm is not None:
        bmi = patient.bmi_kg_per_m2
        yield Row(
            label="height",
            written=f"{patient.height_cm:g}",
            means=f"{patient.height_cm:g} cm (body mass index {bmi:.1f} kg/m2)",
        )
    yield Row(label="sex", written=patient.sex or "", means=patient.sex or "not known")
    yield Row(label="condition", written=patient.condition, means=patient.condition_entry.label)
    if patient.pain_months is not None:
        years = patient.pain_months / 12
        yield Row(
            label="pain for",
            written=f"{patient.pain_months:g}",
            means=f"{patient.pain_months:g} months ({show_number(years)} years)",
        )
    for name in type(patient).model_fields:
        if name in OBSERVABLES and name != "weight_kg" and getattr(patient, name) is not None:
            o = OBSERVABLES[name]
            value = getattr(patient, name)
            yield Row(label=name, written=f"{value:g}", means=f"{value:g} {o.unit}, {o.description}")
    for name, info in type(patient.labs).model_fields.items():
        if (value := getattr(patient.labs, name)) is not None:
            yield Row(label=name, written=f"{value:g}", means=info.description or "")
    for key, answer in patient.history.items():
        yield Row(label=key, written=answer, means=f"{HISTORY[key].question}: {answer}")
    for medicine in patient.medicines:
        daily = medicine.daily_mg(patient.weight_kg)
        written = " ".join(
            part
            for part in (
                medicine.dose or medicine.rate or "",
                f"every {medicine.every}" if medicine.every else "",
                medicine.route or "",
                "as needed" if medicine.as_needed else "",
            )
            if part
        )
        means = "amount a day not known" if daily is None else f"{show_number(daily)} mg a day"
        yield Row(label=f"takes {medicine.name}", written=written, means=means)
    for prior in patient.prior_treatments:
        written = " ".join(part for part in (prior.name, prior.dose, prior.duration) if part)
        means = f"stopped for {prior.stopped_for}" if prior.stopped_for else "why it ended: not known"
        yield Row(label=f"had {prior.kind}", written=written, means=means)


def _infusion_title(k: int, infusion: Infusion) -> str:
    name = f": {infusion.label}" if infusion.label else ""
    return f"Infusion {k + 1}{name} ({infusion.drug.replace('_', ' ')})"


def _infusion(infusion: Infusion, case: Case) -> Iterator[Row]:
    weight_kg = case.patient.weight_kg
    starts = infusion.starts_h
    yield Row(
        label="sessions",
        written=_series(infusion),
        means=f"{len(starts)}, of {show_duration(infusion.length_h)}; the first at "
        f"{_time(starts[0])}" + (f", the last at {_time(starts[-1])}" if len(starts) > 1 else ""),
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
        yield Row(label="raised if", written=f"pain above {plan.raise_if_pain_above:g}", means="pain at rest")
    for label, thresholds in (("held if", plan.hold_if), ("lowered if", plan.lower_if)):
        for name in type(thresholds).model_fields:
            if (value := getattr(thresholds, name)) is not None:
                yield Row(label=label, written=f"{name} = {value:g}", means="")


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


def _regimen(case: Case) -> Iterator[Row]:
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
        means=f"from {_time(case.start_h)} to {_time(case.end_h)}",
    )


def _treatments(case: Case) -> Iterator[Row]:
    for t in case.treatments:
        given = [t.dose or t.rate or "", f"every {t.every}" if t.every else "", t.route or ""]
        if t.series is not None:
            given.append(f"every {t.series.every}, {t.series.count} times")
        until = "to the end of the case" if t.until_h is None else f"until {_time(t.until_h)}"
        once = t.every is None and t.series is None and t.rate is None
        yield Row(
            label=f"{t.kind}: {t.name}",
            written=" ".join(part for part in given if part),
            means=f"once at {_time(t.from_h)}" if once else f"from {_time(t.from_h)} {until}",
        )


def _notes(case: Case) -> Iterator[str]:
    if case.regimen().policies:
        yield (
            "A titration decides its rate patient by patient while it runs; totals are a span from the "
            "least to the most that it allows."
        )
    if len(case.regimen().drugs) > 1:
        yield "Two drug forms are given; their amounts are never added up or converted."
    starts = [infusion.start_h for infusion in case.infusions]
    if starts and min(starts) > 0:
        yield f"Time zero is {show_duration(min(starts))} before the first infusion; times count from it."
    open_answers = [key for key in HISTORY if case.patient.answer(key) == "unknown"]
    if open_answers:
        yield (
            f"{len(open_answers)} of {len(HISTORY)} history questions are unknown; "
            "unknown is never taken as no."
        )
    if case.patient.nrs_pain is None and case.patient.condition_entry.family not in ("mood", "healthy"):
        yield "No baseline pain (nrs_pain) is written; the engine takes the condition's usual one."
