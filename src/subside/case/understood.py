"""What was understood of a case, with every conversion, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from subside.case.case import Case
from subside.case.conversions import Row, infusion_rows, infusion_title, regimen_rows, show_time
from subside.case.history import HISTORY
from subside.case.observables import OBSERVABLES
from subside.case.patient import Patient
from subside.units import show_duration, show_number

__all__ = ["Row", "Section", "Understood", "show"]


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
        Section(title="Injury", rows=tuple(_injury(case))),
        *(
            Section(title=infusion_title(k, infusion), rows=tuple(infusion_rows(infusion, case)))
            for k, infusion in enumerate(case.infusions)
        ),
        Section(title="Regimen", rows=tuple(regimen_rows(case))),
        Section(title="Other treatments", rows=tuple(_treatments(case))),
        Section(
            title="Observations",
            rows=tuple(
                Row(
                    label=o.what,
                    written=f"{o.value:g} at {o.at}",
                    means=f"{o.value:g} {o.observable.unit} at {show_time(o.at_h)}",
                )
                for o in case.observations
            ),
        ),
        Section(
            title="Answers to care's questions",
            rows=tuple(Row(label=k, written=str(v), means=str(v)) for k, v in case.answers.items()),
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


def _injury(case: Case) -> Iterator[Row]:
    if (injury := case.injury) is None:
        return
    yield Row(label="injury", written=injury.kind or "", means=injury.kind or "kind not known")
    yield Row(label="at", written=injury.at, means=show_time(injury.at_h))
    yield Row(
        label="acute pain",
        written=f"{injury.nrs_pain:g}",
        means=f"{injury.nrs_pain:g} points at rest on the first day",
    )
    half = injury.heals_in_h
    yield Row(
        label="heals in",
        written=injury.heals_in or "",
        means="not known" if half is None else f"half of its drive is gone after {show_duration(half)}",
    )
    yield Row(label="cut nerve", written=injury.cut_nerve, means=f"A nerve was cut: {injury.cut_nerve}")


def _treatments(case: Case) -> Iterator[Row]:
    for t in case.treatments:
        given = [t.dose or t.rate or "", f"every {t.every}" if t.every else "", t.route or ""]
        if t.series is not None:
            given.append(f"every {t.series.every}, {t.series.count} times")
        until = "to the end of the case" if t.until_h is None else f"until {show_time(t.until_h)}"
        once = t.every is None and t.series is None and t.rate is None
        yield Row(
            label=f"{t.kind}: {t.name}",
            written=" ".join(part for part in given if part),
            means=f"once at {show_time(t.from_h)}" if once else f"from {show_time(t.from_h)} {until}",
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
    if case.injury is not None:
        if case.patient.nrs_pain is None:
            yield "No pain before the injury (nrs_pain) is written; the engine takes none."
    elif case.patient.nrs_pain is None and case.patient.condition_entry.family not in ("mood", "healthy"):
        yield "No baseline pain (nrs_pain) is written; the engine takes the condition's usual one."
