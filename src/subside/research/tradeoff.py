"""What each regimen gives and costs, and which of them no other beats in everything: the front.

Every regimen and its placebo are given to the same clinics and people. A clinic is one draw of what is not
known; whether a regimen lies on the front is asked in each, so its share of clinics is a probability. Under
each form of a rival hypothesis the same clinics stand with that form alone. There is no best regimen: what a
point of relief is worth in drug, dissociation and pressure is not the model's to say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from subside.care.monitoring import thresholds
from subside.case import Regimen
from subside.engine.arms import Arm, named
from subside.engine.cautions import cautions, level_cautions
from subside.engine.drugs import pk_set
from subside.engine.group import Group, Samples, prepare, read_out
from subside.engine.population.beliefs import Beliefs, fitted
from subside.engine.population.draws import draw
from subside.engine.population.people import set_name
from subside.engine.systems.chronic_pain.protocol import Protocol
from subside.engine.systems.chronic_pain.solve import Solution, solve
from subside.engine.times import visit_spans
from subside.research.assemble import chosen_forms
from subside.research.outcomes import clinic_shifts, crowd
from subside.research.regimens import Search

Array = NDArray[np.float64]
CLINICS, PEOPLE = 40, 24
WEIGHTED = "weighted"
POINTS = 9  # in each visit
AFTER_H = (2 / 60, 5 / 60, 15 / 60)  # after a bolus or the end: effect sites lag behind
#: Differences smaller than these are none: points of pain, points of CADSS, share of people, mg. Choices of design.
ALIKE = {"relief": 0.05, "dissociation": 0.5, "surge": 0.01, "drug_mg": 0.5}
COSTS = ("dissociation", "surge", "drug_mg")
#: Warnings that are of the patient or of the model, and the same for every regimen.
OF_THE_PATIENT = frozenset({
    "not_a_device", "stand_ins", "weak_basis", "condition", "mood_extrapolated", "breathing_with_sedatives",
    "age_effects",
})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Span:
    """A number over clinics: mean, 5th and 95th percentile."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Traded:
    """One regimen under one form.

    Attributes:
        regimen: Its name.
        relief: Points of pain at rest below placebo, at each time asked for.
        dissociation: Mean of each person's highest CADSS, in points.
        surge: Share of people whose systolic pressure rises by 40 mmHg or reaches 180 (limits of the monitor).
        drug_mg: Mean amount of drug given, in mg of the form given.
        on_front: Share of clinics in which no other regimen is nowhere worse and somewhere better: in relief
            at every time, dissociation, surges and drug.
    """

    regimen: str
    relief: tuple[Span, ...]
    dissociation: Span
    surge: Span
    drug_mg: Span
    on_front: float


@dataclass(frozen=True, kw_only=True)
class Tradeoff:
    """Every regimen under every form.

    Attributes:
        times_h: Of relief.
        tables: By form, ``weighted`` first: ``sensitization: bistable`` and so on.
        outside: By regimen, what in it lies outside what was tested, in words.
        clinics, people: How many draws, and people in each.
    """

    title: str
    times_h: tuple[float, ...]
    tables: Mapping[str, tuple[Traded, ...]]
    outside: Mapping[str, tuple[str, ...]]
    clinics: int
    people: int


def trade(
    search: Search,
    *,
    seed: int = 1,
    clinics: int = CLINICS,
    people: int = PEOPLE,
    beliefs: Beliefs | None = None,
    progress: Callable[[float], None] | None = None,
) -> Tradeoff:
    """Return what each regimen gives and costs, by the weighted model and under each rival form.

    Args:
        search: Regimens and patient.
        seed: Of the streams: the same clinics and people for every regimen and form.
        clinics: Draws of what is not known.
        people: In each clinic.
        beliefs: The fitted ones if not given.
        progress: Told the share done, from 0 to 1.
    """
    beliefs = beliefs or fitted()
    own = chosen_forms(search.case, beliefs)
    forms: list[tuple[str, dict[str, str]]] = [(WEIGHTED, own)]
    forms += [
        (f"{name}: {form}", {**own, name: form})
        for name in search.rivals
        if name not in own
        for form in beliefs.hypotheses[name].weights
    ]
    shifts = clinic_shifts(beliefs, clinics, seed)
    tables: dict[str, tuple[Traded, ...]] = {}
    outside: dict[str, tuple[str, ...]] = {}
    for place, (label, fixed) in enumerate(forms):
        chosen = draw(beliefs, clinics, seed=seed, vary=("structure",), chosen=fixed).choices
        group = crowd(search.case, beliefs, chosen, shifts, np.arange(clinics), people, seed)
        measured = []
        placebos: dict[object, Array] = {}
        for index, arm in enumerate(search.arms):
            found, warned = measure(group, arm, search.times_h, clinics, placebos)
            measured.append(found)
            if label == WEIGHTED:
                outside[arm.name] = warned
            if progress:
                progress((place + (index + 1) / len(search.arms)) / len(forms))
        tables[label] = summarized(search, measured)
    return Tradeoff(
        title=search.title, times_h=search.times_h, tables=tables, outside=outside, clinics=clinics, people=people
    )


def measure(
    group: Group,
    arm: Arm,
    times_h: Sequence[float],
    clinics: int,
    placebos: dict[object, Array] | None = None,
) -> tuple[dict[str, Array], tuple[str, ...]]:
    """Return each clinic's means, ``relief`` of shape ``(clinic, time)``, others ``(clinic,)``; and warnings.

    ``placebos`` keeps the pain of these people under placebo by the times of their visits, for the next regimen.
    """
    limits = thresholds("strict")
    by_id = {rule.id: rule for rule in limits.rules}
    rise, pause = by_id["sbp_rise"].rise, by_id["sbp_pause"].above
    assert rise is not None
    assert pause is not None
    during = _during(arm)
    times = np.unique(np.concatenate([during, np.asarray(times_h, dtype=np.float64)]))
    drug, given = _given(group, arm, times)
    asked = np.asarray(times_h, dtype=np.float64)
    placebo = _placebo(group, arm, asked, (times[0], times[-1]), {} if placebos is None else placebos)
    at = np.searchsorted(times, times_h)
    visit = np.isin(times, during)
    pressure = drug["sbp_mmhg"][:, visit].astype(np.float64)
    start = group.start["sbp_mmhg"]
    surge = (pressure.max(axis=1) - start >= rise) | ((pressure.max(axis=1) > pause) & (start <= pause))
    by_person = {
        "dissociation": drug["cadss_total"][:, visit].max(axis=1).astype(np.float64),
        "surge": surge.astype(np.float64),
        "drug_mg": given,
    }
    found = {name: rows.reshape(clinics, -1).mean(axis=1) for name, rows in by_person.items()}
    less = placebo - drug["nrs_pain"][:, at]
    found["relief"] = less.reshape(clinics, -1, len(times_h)).mean(axis=1)
    general = OF_THE_PATIENT | {code for code, _, _ in pk_set(set_name(arm.case)).cautions}
    warned = [c.text for c in (*level_cautions(drug), *cautions(group, arm)) if c.code not in general]
    return found, tuple(warned)


def summarized(search: Search, measured: Sequence[Mapping[str, Array]]) -> tuple[Traded, ...]:
    """Return the table of one form from each regimen's clinics."""
    goods = np.stack([np.concatenate([m["relief"], *(-m[c][:, None] for c in COSTS)], axis=1) for m in measured])
    alike = np.array([ALIKE["relief"]] * len(search.times_h) + [ALIKE[cost] for cost in COSTS])
    front = on_front(goods, alike).mean(axis=1)
    return tuple(
        Traded(
            regimen=arm.name,
            relief=tuple(span(m["relief"][:, i]) for i in range(len(search.times_h))),
            dissociation=span(m["dissociation"]),
            surge=span(m["surge"]),
            drug_mg=span(m["drug_mg"]),
            on_front=float(front[place]),
        )
        for place, (arm, m) in enumerate(zip(search.arms, measured, strict=True))
    )


def on_front(goods: Array, alike: Array) -> NDArray[np.bool_]:
    """Return which regimens no other beats, clinic by clinic.

    One is beaten by another that is nowhere worse and somewhere better.

    Args:
        goods: What is wanted more of (costs with a minus). Shape ``(regimen, clinic, axis)``.
        alike: Differences up to this are none. Shape ``(axis,)``.

    Returns:
        Shape ``(regimen, clinic)``.
    """
    beaten = np.zeros(goods.shape[:2], dtype=bool)
    for other in range(len(goods)):
        gain = goods[other][None] - goods
        beaten |= np.all(gain >= -alike, axis=2) & np.any(gain > alike, axis=2)
    free: NDArray[np.bool_] = ~beaten
    return free


def span(values: Array) -> Span:
    """Return the mean and the 90 % interval of clinics."""
    low, high = np.quantile(values, [0.05, 0.95])
    return Span(mean=float(values.mean()), low=float(low), high=float(high))


def _during(arm: Arm) -> Array:
    """Return times at which extremes may lie: in each visit evenly, at every change, and just after it."""
    regimen = arm.case.regimen()
    times = {s.end_h for s in regimen.segments} | {p.start_h + p.every_h for p in regimen.policies}
    for start, stop in visit_spans(arm.case):
        times.update(np.linspace(start, stop, POINTS).tolist())
        times.update(stop + after for after in AFTER_H)
    for bolus in regimen.boluses:
        times.update(bolus.at_h + after for after in AFTER_H)
    return np.array(sorted({round(t * 3600.0) for t in times})) / 3600.0


def _placebo(
    group: Group, arm: Arm, times: Array, ends: tuple[float, float], known: dict[object, Array]
) -> Array:
    """Return pain under placebo at these times, in their order; it depends on when the visits are alone.

    ``ends``: first and last time of the regimen. Swings are drawn from the first day on: without the same
    ends the same person would swing otherwise here than under the drug.
    """
    key = (tuple(visit_spans(arm.case)), ends)
    if key not in known:
        rising = np.unique([*times, *ends])
        pain = _given(group, named("placebo", arm.case), rising)[0]["nrs_pain"]
        known[key] = pain[:, np.searchsorted(rising, times)].astype(np.float64)
    return known[key]


def _given(group: Group, arm: Arm, times: Array) -> tuple[Samples, Array]:
    """Return the samples of an arm, and how much drug each person got, in mg."""
    system, plan = prepare(group, arm, times)
    titrated = bool(arm.kind == "drug" and len(plan.policies))
    solution = solve(system, plan, keep_states=titrated)
    amount = np.full(len(group), planned_mg(arm.case.regimen()) if arm.kind == "drug" else 0.0)
    if titrated:
        amount = amount + _titrated_mg(solution, plan)
    return read_out(group, arm, solution), amount


def planned_mg(regimen: Regimen) -> float:
    """Return the drug that steps and boluses give, in mg; what policies give is not known beforehand."""
    steps = sum(s.mg_per_h * (s.end_h - s.start_h) for s in regimen.segments)
    return float(steps + sum(b.mg for b in regimen.boluses))


def _titrated_mg(solution: Solution, plan: Protocol) -> Array:
    assert solution.given_mg_per_h is not None
    hours = plan.clock.size_s / 3600.0
    total: Array = solution.given_mg_per_h @ hours
    return total

