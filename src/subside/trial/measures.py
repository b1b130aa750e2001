"""From curves to what a trial writes down: ratings at visits, relief lost, adverse events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from subside.engine.group import Samples
from subside.evidence import value
from subside.trial.plan import EVENTS, SCORES, TrialPlan
from subside.units import H_PER_DAY, parse_duration_h

__all__ = ["Schedule", "baseline", "events", "relapse", "schedule", "visits"]

Array = NDArray[np.float64]
EARLY_H = (1 / 12, 1 / 3, 1.0, 2.0, 4.0, 8.0)
LATER = (0.25, 0.5, 0.75, 1.0)
HEADACHE = "headache_days_per_28_d"  # of conditions whose headache days are counted


@dataclass(frozen=True, kw_only=True, eq=False)
class Schedule:
    """When the curves are needed, in h from the start of a period; each group of times a value.

    Attributes:
        times_h: All times, rising.
        baseline: Indices of the daily ratings before the start.
        visits: Indices of the daily ratings of each visit.
        checks: Indices of the daily ratings of each check for relapse; empty without that endpoint.
        checks_h: Times of the checks, in h from the end of the last infusion.
        during: Indices of times at which adverse events are looked for.
    """

    times_h: Array
    baseline: tuple[int, ...]
    visits: tuple[tuple[int, ...], ...]
    checks: tuple[tuple[int, ...], ...]
    checks_h: tuple[float, ...]
    during: tuple[int, ...]


def schedule(plan: TrialPlan, spans: list[tuple[float, float]]) -> Schedule:
    """Return the schedule of an arm whose infusions run over these spans (h)."""
    days, at = plan.visits.days, plan.visits.at_h

    def ratings(end_h: float, count: int) -> list[int]:
        """Seconds of the daily ratings up to a moment, none on or before the start."""
        found = [round(3600 * (end_h - H_PER_DAY * k)) for k in range(count)]
        return [t for t in found if t > 0] or found[:1]

    before = [round(-3600 * H_PER_DAY * k) for k in range(plan.visits.days_before)]
    by_visit = [ratings(t, days) for t in at]
    last = max((end for _, end in spans), default=0.0)
    every = parse_duration_h(plan.relapse.every)
    checks = (
        [last + every * (k + 1) for k in range(max(1, int((at[-1] - last) / every + 1e-9)))]
        if _has(plan, "relapse")
        else []
    )
    by_check = [ratings(t, days) for t in checks]
    during = sorted({round(3600 * t) for span in spans for t in _within(*span)})
    every_s = sorted({*before, *during, *(t for group in (*by_visit, *by_check) for t in group)})
    place = {t: i for i, t in enumerate(every_s)}

    def index(groups: list[list[int]]) -> tuple[tuple[int, ...], ...]:
        return tuple(tuple(place[t] for t in group) for group in groups)

    return Schedule(
        times_h=np.array(every_s) / 3600.0,
        baseline=tuple(place[t] for t in before),
        visits=index(by_visit),
        checks=index(by_check),
        checks_h=tuple(t - last for t in checks),
        during=tuple(place[t] for t in during),
    )


def _has(plan: TrialPlan, what: str) -> bool:
    return any(e.what == what for e in plan.endpoints)


def _within(start_h: float, end_h: float) -> list[float]:
    """Return when to look within one infusion: its first hours, before tolerance; then evenly; just after it."""
    length = end_h - start_h
    evenly = (start_h + length * share for share in LATER)
    return [start_h + t for t in EARLY_H if t < length] + [*evenly, end_h + 1 / 4]


def baseline(s: Schedule, samples: Samples) -> dict[str, Array]:
    """Return each score before the start, the mean of its daily ratings. Shape ``(person,)`` each."""
    found = {name: _mean(samples[name], s.baseline) for name in SCORES}
    if HEADACHE in samples:
        found["headache_days"] = _mean(samples[HEADACHE], s.baseline[:1])
    return found


def visits(s: Schedule, samples: Samples) -> dict[str, Array]:
    """Return each score at each visit. Shape ``(person, visit)`` each."""
    found = {name: np.stack([_mean(samples[name], at) for at in s.visits], axis=1) for name in SCORES}
    if HEADACHE in samples:  # days of the last 28, whatever the ratings are averaged over
        found["headache_days"] = np.stack([_mean(samples[HEADACHE], at[:1]) for at in s.visits], axis=1)
    return found


def relapse(plan: TrialPlan, s: Schedule, samples: Samples, start: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Return when relief was lost (h from the last infusion), and whether it was; else the last check.

    Args:
        plan: Says how much of a fall counts as relief.
        s: The schedule, with checks.
        samples: Curves of the people.
        start: Pain before treatment. Shape ``(person,)``.
    """
    ratings = np.stack([_mean(samples["nrs_pain"], at) for at in s.checks], axis=1)
    lost: NDArray[np.bool_] = np.asarray(ratings > (1.0 - plan.relapse.fall) * start[:, None])
    ever = np.asarray(lost.any(axis=1))
    first = np.where(ever, np.argmax(lost, axis=1), len(s.checks) - 1)
    return np.array(s.checks_h)[first], ever


def events(s: Schedule, samples: Samples, u: Array) -> dict[str, NDArray[np.bool_]]:
    """Return who had which adverse event during the infusions. Shape ``(person,)`` each.

    Args:
        s: The schedule.
        samples: Curves of the people.
        u: Uniform numbers for what the model gives as a chance: psychomimetic effects, nausea, dizziness.
            Shape ``(person, 3)``.
    """
    during = list(s.during)
    n = len(samples["nrs_pain"])
    if not during:
        return {name: np.zeros(n, dtype=bool) for name in EVENTS}
    bound = limits()
    most = {name: samples[name][:, during].max(axis=1) for name in ("cadss_total", "sbp_mmhg")}
    least = {name: samples[name][:, during].min(axis=1) for name in ("spo2_percent", "moaas")}
    chance = {
        name: samples[f"p_{name}"][:, during].max(axis=1) for name in ("psychomimetic", "nausea", "dizziness")
    }
    return {
        "dissociation": most["cadss_total"] > bound["dissociation_cadss"],
        **{name: u[:, k] < p for k, (name, p) in enumerate(chance.items())},
        "pressure_surge": most["sbp_mmhg"] >= bound["surge_sbp_mmhg"],
        "desaturation": least["spo2_percent"] < bound["desaturation_percent"],
        "deep_sedation": least["moaas"] < bound["deep_sedation_moaas"],
    }


@cache
def limits() -> Mapping[str, float]:
    """Return the bounds that count as an event, from the evidence."""
    units = {
        "dissociation_cadss": "points", "surge_sbp_mmhg": "mmHg", "desaturation_percent": "%",
        "deep_sedation_moaas": "points",
    }  # fmt: skip
    return {name: value(f"trial_assumptions.{name}", unit=unit) for name, unit in units.items()}


def _mean(curve: NDArray[np.floating], at: tuple[int, ...]) -> Array:
    return np.asarray(curve[:, list(at)].mean(axis=1), dtype=np.float64)
