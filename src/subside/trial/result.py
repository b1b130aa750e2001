"""A trial as a plain document: what ``--json`` prints as its result."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from subside.trial.ancova import Contrast, wilson
from subside.trial.conduct import Trial
from subside.trial.observing import compared, responded
from subside.trial.plan import EVENTS, Endpoint, looked_at
from subside.trial.power import Power
from subside.trial.reported import Estimate, Fits, of_shares, reported

__all__ = ["flow", "trial_result"]


def trial_result(trial: Trial) -> dict[str, Any]:
    """Return the result as plain values: the first repetition by arm and visit, then all repetitions.

    A number that cannot be had is null. Times in h from the start of treatment (of its period in a
    crossover).
    """
    plan, fits = trial.plan, Fits()
    return {
        "title": plan.title,
        "study": trial.plan.key,
        "design": {
            "kind": plan.design.kind,
            "patients": plan.design.patients,
            "blinding": plan.blinding.kind,
            "breach": plan.blinding.breach,
            "analysis": plan.analysis.method,
            "level": plan.analysis.level,
            "control": plan.arms[plan.control].name,
        },
        "repetitions": trial.repetitions,
        "truth": plan.power.truth,
        "visits_h": list(plan.visits.at_h),
        "flow": flow(trial),
        "arms": {arm.name: _arm(trial, place, fits) for place, arm in enumerate(plan.arms)},
        "endpoints": [_endpoint(trial, e, endpoint) for e, endpoint in enumerate(plan.endpoints)],
    }


def flow(trial: Trial) -> dict[str, Any]:
    """Return the flow of people through the first repetition, as CONSORT asks for it."""
    plan, enrolled, size = trial.plan, trial.enrolled, trial.plan.design.patients
    arms: dict[str, Any] = {}
    count = len(plan.visits.at) * len(trial.records.arm)
    for place, arm in enumerate(plan.arms):
        inside = trial.observed.arm[0, 0] == place
        stays = trial.observed.stays[0, inside]
        arms[arm.name] = {
            "allocated": int(inside.sum()),
            "left_before_visit": [int((stays == v).sum()) for v in range(count)],
            "completed": int((stays == count).sum()),
            "in_primary_analysis": _analyzed(trial, place),
        }
    return {
        "assessed": int(enrolled.assessed[0]),
        "excluded": {name: int(n[0]) for name, n in enrolled.reasons.items() if n[0]},
        "declined": int(enrolled.declined[0]),
        "randomized": size,
        "arms": arms,
    }


def _analyzed(trial: Trial, place: int) -> int:
    """Return how many of an arm (of a crossover: of those who had it first) the primary analysis holds."""
    if trial.plan.design.kind == "crossover":
        primary_at = trial.plan.visits.at_h.index(trial.plan.primary.at_h or 0.0)
        data = trial.observed
        both = np.isfinite(data.at[trial.plan.primary.what][:, 0, :, primary_at]).all(axis=0)
        return int((both & (data.arm[0, 0] == place)).sum())
    primary = next(e for e, endpoint in enumerate(trial.plan.endpoints) if endpoint.primary)
    if place == trial.plan.control:
        return int(trial.contrasts[primary, trial.arms[0]].n_control[0])
    return int(trial.contrasts[primary, place].n[0])


def _arm(trial: Trial, place: int, fits: Fits) -> dict[str, Any]:
    plan, data = trial.plan, trial.observed.one(0)
    arm = plan.arms[place]
    size = plan.design.patients
    inside = data.arm[:, 0] == place  # (period, person)
    had = {name: happened[:, 0, :size][inside] for name, happened in trial.records.events.items()}
    found: dict[str, Any] = {
        "title": arm.words,
        "kind": arm.kind,
        "randomized": int(inside[0].sum()),
        "visits": [_visit(trial, place, v, inside, fits) for v in range(len(plan.visits.at))],
        "events": {name: _event(trial, place, name, had[name]) for name in EVENTS},
        "believes_drug": _share(trial.records.believes[:, 0, :size][inside]),
        "baseline": {
            name: _moments(values[:, 0][inside]) for name, values in data.start.items()
        },
    }
    if place in trial.survival:
        curve = trial.survival[place]
        found["relief_kept"] = {
            "times_h": _plain(curve.times_h),
            "share": _plain(curve.share),
            "median_h": curve.median_h,
        }
    return found


def _event(trial: Trial, place: int, name: str, had: NDArray[np.bool_]) -> dict[str, Any]:
    own = place != trial.plan.control
    contrast = compared(trial.plan, trial.observed.one(0), looked_at(name, "share"), of=place) if own else None
    return {**_share(had), "contrast": None if contrast is None else _estimate(of_shares(contrast))}


def _visit(
    trial: Trial, place: int, visit: int, inside: NDArray[np.bool_], fits: Fits
) -> dict[str, Any]:
    plan, data = trial.plan, trial.observed.one(0)
    own = place != plan.control and bool(trial.reported)
    values: dict[str, Any] = {}
    for name, at in data.at.items():
        entry: dict[str, Any] = _moments(at[:, 0, :, visit][inside])
        as_ = "days" if name == "headache_days" else "mean"
        endpoint = looked_at(name, as_, plan.visits.at[visit])
        entry["contrast"] = _report(trial, endpoint, place, fits) if own else None
        values[name] = entry
    pain, start = data.at["nrs_pain"][:, 0, :, visit], data.start["nrs_pain"][:, 0]
    responders: dict[str, Any] = {}
    for percent in (30, 50):
        # Who is not observed counts as not having responded.
        entry = _share(responded(pain, start, percent / 100.0)[inside])
        endpoint = looked_at("nrs_pain", f"responders_{percent}", plan.visits.at[visit])
        entry["contrast"] = _report(trial, endpoint, place, fits) if own else None
        responders[str(percent)] = entry
    return {"at_h": plan.visits.at_h[visit], "values": values, "responders": responders}


def _report(trial: Trial, endpoint: Endpoint, place: int, fits: Fits) -> dict[str, Any]:
    for (e, of), estimate in trial.reported.items():
        known = trial.plan.endpoints[e]
        if of == place and (known.what, known.as_, known.at_h) == (endpoint.what, endpoint.as_, endpoint.at_h):
            return _estimate(estimate)
    return _estimate(reported(trial.plan, trial.observed.one(0), endpoint, of=place, fits=fits))


def _endpoint(trial: Trial, e: int, endpoint: Endpoint) -> dict[str, Any]:
    arms = {}
    for of in trial.arms:
        arms[trial.plan.arms[of].name] = {
            "reported": _estimate(trial.reported[e, of]) if (e, of) in trial.reported else None,
            "repeated": _repeated(trial.contrasts[e, of]),
            "power": [_power(p) for p in trial.powers[e, of]],
        }
    return {
        "what": endpoint.what,
        "as": endpoint.as_,
        "at_h": endpoint.at_h,
        "primary": endpoint.primary,
        "versus": trial.plan.arms[trial.plan.control].name,
        "arms": arms,
    }


def _repeated(c: Contrast) -> dict[str, Any]:
    known = c.estimate[np.isfinite(c.estimate)]
    if not len(known):
        return {"repetitions": 0, "mean": None, "sd": None, "low": None, "high": None, "mean_se": None}
    low, high = np.quantile(known, [0.05, 0.95])
    return {
        "repetitions": len(known),
        "mean": float(known.mean()),
        "sd": _number(float(known.std(ddof=1)) if len(known) > 1 else math.nan),
        "low": float(low),
        "high": float(high),
        "mean_se": _number(float(np.nanmean(c.se))),
    }


def _power(p: Power) -> dict[str, Any]:
    return {
        "patients": p.size,
        "power": _number(p.power),
        "low": _number(p.low),
        "high": _number(p.high),
        "in_favor": _number(p.in_favor),
        "closed_form": None if p.closed_form is None else _number(p.closed_form),
    }


def _estimate(e: Estimate) -> dict[str, Any]:
    return {
        "estimate": _number(e.estimate),
        "se": _number(e.se),
        "low": _number(e.low),
        "high": _number(e.high),
        "p": _number(e.p),
        "n": e.n,
        "n_control": e.n_control,
        "method": e.method,
        **({"note": e.note} if e.note else {}),
    }


def _moments(values: NDArray[np.float64]) -> dict[str, Any]:
    known = values[np.isfinite(values)]
    n = len(known)
    sd = float(known.std(ddof=1)) if n > 1 else math.nan
    return {
        "n": n,
        "mean": _number(float(known.mean())) if n else None,
        "sd": _number(sd),
        "se": _number(sd / math.sqrt(n)) if n else None,
    }


def _share(had: NDArray[np.bool_]) -> dict[str, Any]:
    n, k = len(had), int(had.sum())
    if n == 0:
        return {"n": 0, "count": 0, "share": None, "low": None, "high": None}
    low, high = wilson(np.array([k]), np.array([n]))
    return {"n": n, "count": k, "share": k / n, "low": float(low[0]), "high": float(high[0])}


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _plain(values: NDArray[np.float64]) -> list[float]:
    return [float(v) for v in values]
