"""Pain after an operation: every published share and odds ratio beside the model's answer, both forms mixed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from subside.engine.population.beliefs import fitted, from_scale
from subside.engine.population.injury import FORMS, beliefs
from subside.evidence import figure
from subside.validation.acute_to_chronic import (
    FREE,
    ODDS,
    SHARES,
    Patients,
    log_spread_of,
    operated,
    spread_of,
)
from subside.validation.outcome import Outcome

Array = NDArray[np.float64]

PEOPLE = 256
NOISE = 25  # noisy copies of each answer


def typical(form: str) -> dict[tuple[str, bool], float]:
    """Return the fitted values of one form."""
    found = beliefs(form)
    return {
        (name, of_spread): found[name].patient_sd if of_spread else found[name].median
        for name, of_spread in FREE
    }


def drawn(form: str, z: Array) -> dict[tuple[str, bool], float]:
    """Return values of one form that what is known allows; ``z``: standard normals, one a joint parameter."""
    found, values = beliefs(form), typical(form)
    shifts = found.joint_cholesky @ z[: len(found.joint)] if found.joint else np.zeros(0)
    for name, shift in zip(found.joint, shifts, strict=True):
        b = found[name]
        values[(name, False)] = float(from_scale(np.array(b.location + shift), b.scale))
    return values


def operations(form: str, values: Mapping[tuple[str, bool], float], *, people: int) -> dict[str, Patients]:
    """Return the people of every operation that a figure speaks of."""
    wanted = dict.fromkeys([*(one.surgery for one in SHARES), *(one.surgery for one in ODDS)])
    return {surgery: operated(surgery, form, values, people=people) for surgery in wanted}


def outcomes(
    *, seed: int = 11, replicates: int = 10, progress: Callable[[float], None] | None = None
) -> list[Outcome]:
    """Return every outcome with the model's answer; each form counts with its weight."""
    weights = fitted().hypotheses["sensitization"].weights
    edge = weights[FORMS[0]] / sum(weights[form] for form in FORMS)
    rng = np.random.default_rng(seed)
    shares: list[list[float]] = [[] for _ in SHARES]
    odds: list[list[float]] = [[] for _ in ODDS]
    for k in range(replicates):
        form = FORMS[0] if (k + 0.5) / replicates < edge else FORMS[1]
        people = operations(form, drawn(form, rng.standard_normal(len(FREE))), people=PEOPLE)
        for kept, share in zip(shares, SHARES, strict=True):
            kept.append(people[share.surgery].share(share))
        for kept, ratio in zip(odds, ODDS, strict=True):
            kept.append(people[ratio.surgery].odds(ratio))
        if progress:
            progress((k + 1) / replicates)
    found = []
    for kept, share in zip(shares, SHARES, strict=True):
        noisy = np.repeat(kept, NOISE) + spread_of(share) * rng.standard_normal(NOISE * len(kept))
        found.append(
            _outcome(
                share.figure, share.what, share.published, np.array(kept), np.clip(noisy, 0.0, 100.0),
                spread_of(share), used=share.fitted, note=share.note,
            )
        )  # fmt: skip
    for kept, ratio in zip(odds, ODDS, strict=True):
        wide = log_spread_of(ratio)
        noisy = np.repeat(kept, NOISE) * np.exp(wide * rng.standard_normal(NOISE * len(kept)))
        observed = float(figure(ratio.figure).value or 0.0)
        found.append(
            _outcome(
                ratio.figure, ratio.what, observed, np.array(kept), noisy, observed * (math.exp(wide) - 1.0),
                used=ratio.fitted, note=ratio.note,
            )
        )  # fmt: skip
    return found


def _outcome(
    figure_id: str, what: str, observed: float, kept: Array, noisy: Array, se: float, *, used: bool, note: str
) -> Outcome:
    return Outcome(
        figure=figure_id,
        what=what,
        observed=observed,
        se=se,
        predicted=float(np.median(kept)),
        low=float(np.quantile(noisy, 0.05)),
        high=float(np.quantile(noisy, 0.95)),
        used_to_fit=used,
        note=note,
    )
