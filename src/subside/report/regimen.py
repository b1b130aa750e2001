"""The regimen as a reader follows it: the dose lane, sessions and courses, and plain words."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from subside.case import Exposure, Segment, exposures
from subside.report.words import drug_words, moment, per_kg
from subside.units import parse_amount_concentration, rate_ml_per_h, show_number

if TYPE_CHECKING:
    from subside.case import Case

# A pause longer than this starts a new session; a longer one a new course (boosters). A weekend
# between daily infusions is 3 d.
SESSION_PAUSE_H = 6.0
COURSE_PAUSE_H = 96.0
# Two times closer than this are one: rounding of minutes written in hours.
_SAME_H = 1e-6


@dataclass(frozen=True, kw_only=True)
class Step:
    """A constant rate, or a titrated stretch that starts at it.

    A titrated stretch carries its policy's ceiling and, as ``pieces``, the most it can give over
    time; what it gives is decided patient by patient. ``mg_per_ml`` is what the bag holds, None
    where the case does not say.
    """

    start_h: float
    end_h: float
    drug: str
    mg_per_h: float
    ceiling_mg_per_h: float | None = None
    pieces: tuple[Segment, ...] = ()
    mg_per_ml: float | None = None

    @property
    def top_mg_per_h(self) -> float:
        """The highest rate the step can have."""
        return max((p.mg_per_h for p in self.pieces), default=self.mg_per_h)


@dataclass(frozen=True, kw_only=True)
class Push:
    """A bolus."""

    at_h: float
    drug: str
    mg: float


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A time that belongs together: one session, or one course of sessions."""

    start_h: float
    end_h: float


@dataclass(frozen=True, kw_only=True)
class Lane:
    """Every dose of the case in order of time, and what follows from it."""

    steps: tuple[Step, ...] = ()
    pushes: tuple[Push, ...] = ()
    totals: tuple[Exposure, ...] = ()
    weight_kg: float | None = None

    @property
    def doses(self) -> list[Step | Push]:
        """Steps and boluses together, in order of time."""
        together: list[Step | Push] = [*self.steps, *self.pushes]
        return sorted(together, key=_begin)

    @property
    def drugs(self) -> tuple[str, ...]:
        """The drug forms given, in order of first use."""
        return tuple(dict.fromkeys(dose.drug for dose in self.doses))

    @property
    def start_h(self) -> float | None:
        """When the first dose begins; None without doses."""
        return min(map(_begin, self.doses), default=None)

    @property
    def end_h(self) -> float | None:
        """When the last dose ends; None without doses."""
        return max(map(_finish, self.doses), default=None)

    @property
    def top_mg_per_h(self) -> float:
        """The highest rate, or 0 without infusions."""
        return max((s.top_mg_per_h for s in self.steps), default=0.0)

    @property
    def is_titrated(self) -> bool:
        """Whether a policy decides rates as the patient responds."""
        return any(s.ceiling_mg_per_h is not None for s in self.steps)

    def stretches(self, pause_h: float) -> tuple[Stretch, ...]:
        """Return the stretches of dosing that no pause longer than ``pause_h`` interrupts."""
        found: list[Stretch] = []
        for dose in self.doses:
            if found and _begin(dose) - found[-1].end_h <= pause_h:
                end = max(found[-1].end_h, _finish(dose))
                found[-1] = Stretch(start_h=found[-1].start_h, end_h=end)
            else:
                found.append(Stretch(start_h=_begin(dose), end_h=_finish(dose)))
        return tuple(found)

    @property
    def sessions(self) -> tuple[Stretch, ...]:
        """The sessions: one infusion, or several with short pauses."""
        return self.stretches(SESSION_PAUSE_H)

    @property
    def courses(self) -> tuple[Stretch, ...]:
        """The courses of sessions: a ten-day series is one, a booster weeks later another."""
        return self.stretches(COURSE_PAUSE_H)

    def within(self, stretch: Stretch) -> Lane:
        """Return the doses of one stretch, timed from its start."""
        a, b = stretch.start_h, stretch.end_h
        steps = tuple(
            replace(s, start_h=s.start_h - a, end_h=s.end_h - a)
            for s in self.steps
            if a <= s.start_h and s.end_h <= b
        )
        pushes = tuple(
            Push(at_h=p.at_h - a, drug=p.drug, mg=p.mg) for p in self.pushes if a <= p.at_h <= b
        )
        return Lane(steps=steps, pushes=pushes, weight_kg=self.weight_kg)


def lane(case: Case) -> Lane:
    """Return the doses of a case, resolved to mg and mg/h."""
    plan = case.regimen()
    weight_kg = case.patient.weight_kg
    bags = _bags(case)
    steps = [
        Step(
            start_h=s.start_h,
            end_h=s.end_h,
            drug=s.drug,
            mg_per_h=s.mg_per_h,
            mg_per_ml=_held(bags, s.start_h),
        )
        for s in plan.segments
        if s.mg_per_h > 0
    ]
    steps += [
        Step(
            start_h=p.start_h,
            end_h=p.end_h,
            drug=p.drug,
            mg_per_h=p.start_mg_per_h,
            ceiling_mg_per_h=p.ceiling_mg_per_h,
            pieces=p.fastest(),
            mg_per_ml=_held(bags, p.start_h),
        )
        for p in plan.policies
    ]
    return Lane(
        steps=tuple(sorted(steps, key=_begin)),
        pushes=tuple(Push(at_h=b.at_h, drug=b.drug, mg=b.mg) for b in plan.boluses),
        totals=exposures(plan, weight_kg=weight_kg),
        weight_kg=weight_kg,
    )


def _bags(case: Case) -> list[tuple[float, float, float]]:
    """When a bag of stated concentration runs: start, end, mg/mL, in order of time."""
    return sorted(
        (start_h, start_h + infusion.length_h, parse_amount_concentration(infusion.concentration))
        for infusion in case.infusions
        if infusion.concentration is not None
        for start_h in infusion.starts_h
    )


def _held(bags: list[tuple[float, float, float]], start_h: float) -> float | None:
    """Return what the bag holds from which a step starts; None where none was stated."""
    at = bisect_right(bags, (start_h + _SAME_H, math.inf, math.inf)) - 1
    if at < 0 or start_h > bags[at][1] - _SAME_H:
        return None
    return bags[at][2]


def in_words(doses: Lane) -> tuple[str, ...]:
    """Return the regimen in plain sentences, equal sessions said once with their count."""
    if not doses.steps and not doses.pushes:
        return ("No ketamine is given in this case.",)
    lines: list[str] = []
    groups: dict[tuple[str, ...], list[Stretch]] = {}
    for session in doses.sessions:
        groups.setdefault(_session_words(doses.within(session), doses.weight_kg), []).append(session)
    for words, sessions in groups.items():
        text = "; then ".join(words)
        if len(sessions) == 1:
            lines.append(f"{text}{_when(sessions[0])}.")
        else:
            span = Stretch(start_h=sessions[0].start_h, end_h=sessions[-1].end_h)
            lines.append(f"{text}; {len(sessions)} times{_when(span)}.")
    lines += [_total_words(total) for total in doses.totals]
    return tuple(lines)


def rate_words(mg_per_h: float, weight_kg: float | None, mg_per_ml: float | None = None) -> str:
    """Return a rate in mg/h, in mg/kg/h of actual weight, and in mL/h of a bag, where these are known.

    >>> rate_words(22.0, 70.0, 2.0), rate_words(22.0, None)
    ('22 mg/h (0.31 mg/kg/h; 11 mL/h at 2 mg/mL)', '22 mg/h')
    """
    beside = [f"{per_kg(mg_per_h / weight_kg)} mg/kg/h"] if weight_kg else []
    if mg_per_ml is not None:
        by_volume = show_number(rate_ml_per_h(mg_per_h, mg_per_ml=mg_per_ml))
        beside.append(f"{by_volume} mL/h at {show_number(mg_per_ml)} mg/mL")
    return f"{show_number(mg_per_h)} mg/h" + (f" ({'; '.join(beside)})" if beside else "")


def _session_words(doses: Lane, weight_kg: float | None) -> tuple[str, ...]:
    events: list[tuple[float, str]] = []
    for push in doses.pushes:
        by_weight = f" ({per_kg(push.mg / weight_kg)} mg/kg)" if weight_kg else ""
        events.append((push.at_h, f"{drug_words(push.drug)} bolus of {show_number(push.mg)} mg{by_weight}"))
    for step in _merged(doses.steps):
        span = moment(step.end_h - step.start_h)
        rate = rate_words(step.mg_per_h, weight_kg, step.mg_per_ml)
        if step.ceiling_mg_per_h is None:
            events.append((step.start_h, f"{drug_words(step.drug)} {rate} for {span}"))
        else:
            top = rate_words(step.ceiling_mg_per_h, weight_kg, step.mg_per_ml)
            events.append(
                (
                    step.start_h,
                    f"{drug_words(step.drug)} titrated for {span}: starts at {rate}, never above {top}",
                )
            )
    words: list[str] = []
    said = ""
    for _, text in sorted(events, key=lambda e: e[0]):
        drug = next((w for w in map(drug_words, doses.drugs) if text.startswith(w)), "")
        # The drug form is said once a session, not at every step.
        words.append(text[len(drug) + 1 :] if drug and drug == said else text)
        said = drug or said
    return tuple(words)


def _merged(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Steps with neighbors of the same rate joined: people say one step, not two pieces."""
    merged: list[Step] = []
    for step in steps:
        before = merged[-1] if merged else None
        if (
            before is not None
            and math.isclose(before.end_h, step.start_h, abs_tol=1e-9)
            and before.drug == step.drug
            and math.isclose(before.mg_per_h, step.mg_per_h, rel_tol=1e-9)
            and before.mg_per_ml == step.mg_per_ml
            and before.ceiling_mg_per_h is None
            and step.ceiling_mg_per_h is None
        ):
            merged[-1] = replace(before, end_h=step.end_h)
        else:
            merged.append(step)
    return tuple(merged)


def _total_words(total: Exposure) -> str:
    drug = drug_words(total.drug)
    name = drug[0].lower() + drug[1:]
    kg = total.total_mg_per_kg
    if total.total_mg.fixed:
        shown = f" ({per_kg(kg.high)} mg/kg)" if kg else ""
        return f"In all {_mg(total.total_mg.high)} of {name}{shown}."
    shown = f" ({per_kg(kg.low)} to {per_kg(kg.high)} mg/kg)" if kg else ""
    return (
        f"In all between {_mg(total.total_mg.low)} and {_mg(total.total_mg.high)} of {name}{shown}, "
        "as the titration decides."
    )


def _when(span: Stretch) -> str:
    if span.end_h == span.start_h:
        return f", at {moment(span.start_h)}" if span.start_h else ", at the start"
    start = moment(span.start_h) if span.start_h else "the start"
    return f", from {start} to {moment(span.end_h)}"


def _mg(mg: float) -> str:
    return f"{mg:.0f} mg" if mg >= 100 else f"{show_number(mg)} mg"


def _begin(dose: Step | Push) -> float:
    return dose.start_h if isinstance(dose, Step) else dose.at_h


def _finish(dose: Step | Push) -> float:
    return dose.end_h if isinstance(dose, Step) else dose.at_h
