"""Refit the published form of the effect to the model's own output: do its numbers emerge?

Dahan 2011 described the trial of 2009 by a level that drives an effect with one slow rate both ways,
E = X / (X + C50), dX/dt = ln 2 / t_half (C - X). Here the model plays the trial, weekly means of both
arms are taken, and that form is fitted to their difference. Its half-life of 10.9 d and C50 of
10.5 ng/mL were never put in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from subside.engine.arms import named, own
from subside.engine.group import gather, treat
from subside.engine.population.beliefs import Beliefs, fitted
from subside.evidence import figure
from subside.validation.protocols import protocol_case

Array = NDArray[np.float64]
WEEKS = tuple(range(1, 13))
LN_2 = float(np.log(2.0))


@dataclass(frozen=True, kw_only=True)
class Emerged:
    """What the published form makes of the model's output.

    Attributes:
        half_life_d, c50_ng_per_ml, largest_fall: The fitted form. rms_points: its misfit.
        flat: C50 values whose misfit is within 10 % of the best: what the design can tell.
        half_life_at_published_c50_d: With C50 held at the published value, and ``rms_there`` its misfit.
    """

    half_life_d: float
    c50_ng_per_ml: float
    largest_fall: float
    rms_points: float
    flat: tuple[float, float]
    half_life_at_published_c50_d: float
    rms_there: float


def emerged(beliefs: Beliefs | None = None, *, people: int = 400, seed: int = 5) -> Emerged:
    """Return the published form refitted to the model's weekly means of the trial of 2009."""
    from scipy.optimize import least_squares

    beliefs = beliefs or fitted()
    case = protocol_case("sigtermans_2009_crps")
    hours = np.unique(np.concatenate([np.arange(0.0, 132.0, 2.0), 168.0 * np.array(WEEKS)]))
    group = gather(case, beliefs, people, seed=seed, alike=True)
    drug = treat(group, own(case), hours)
    placebo = treat(group, named("placebo", case), hours)["nrs_pain"]
    level = drug["cp_s_ketamine_ng_per_ml"].mean(axis=0).astype(np.float64)
    fall = (placebo.mean(axis=0) - drug["nrs_pain"].mean(axis=0)).astype(np.float64)
    at = np.searchsorted(hours, 168.0 * np.array(WEEKS))

    def form(log_half_d: float, log_c50: float, most: float) -> Array:
        x = _slow_level(hours, level, LN_2 / (24.0 * np.exp(log_half_d)))
        effect = x / (x + np.exp(log_c50))
        curve: Array = most * effect[at]
        return curve

    def misfit(p: Array) -> Array:
        gap: Array = form(*p) - fall[at]
        return gap

    def best(c50: float | None) -> tuple[Array, float]:
        if c50 is None:
            s = least_squares(misfit, [np.log(10.0), np.log(10.0), 4.0], bounds=([-2, -4, 0], [5, 7, 10]))
            return s.x, float(np.sqrt(np.mean(s.fun**2)))
        s = least_squares(
            lambda p: form(p[0], np.log(c50), p[1]) - fall[at], [np.log(10.0), 4.0], bounds=([-2, 0], [5, 10])
        )
        return np.array([s.x[0], np.log(c50), s.x[1]]), float(np.sqrt(np.mean(s.fun**2)))

    p, rms = best(None)
    held, rms_there = best(float(figure("dahan_2011.c50_chronic_pain").value or 0.0))
    grid = np.geomspace(0.1, 300.0, 31)
    good = [float(c) for c in grid if best(float(c))[1] < max(1.1 * rms, rms + 0.02)]
    return Emerged(
        half_life_d=float(np.exp(p[0])),
        c50_ng_per_ml=float(np.exp(p[1])),
        largest_fall=float(p[2]),
        rms_points=rms,
        half_life_at_published_c50_d=float(np.exp(held[0])),
        rms_there=rms_there,
        flat=(min(good, default=float(np.exp(p[1]))), max(good, default=float(np.exp(p[1])))),
    )


def emerged_by_form(beliefs: Beliefs | None = None) -> dict[str, Emerged]:
    """Return the refit to the shipped mixture of forms and to each form of sensitization alone."""
    beliefs = beliefs or fitted()
    found = {"mixture": emerged(beliefs)}
    rival = beliefs.hypotheses["sensitization"]
    for form in rival.weights:
        alone = {name: float(name == form) for name in rival.weights}
        only = replace(
            beliefs, hypotheses={**beliefs.hypotheses, "sensitization": replace(rival, weights=alone)}
        )
        found[form] = emerged(only)
    return found


def _slow_level(hours: Array, level: Array, rate_per_h: float) -> Array:
    """Return the level after one slow equilibration, exact for straight lines between the times."""
    x = np.zeros_like(level)
    for i in range(1, len(hours)):
        h = hours[i] - hours[i - 1]
        keep = np.exp(-rate_per_h * h)
        # ramp from level[i-1] to level[i]
        slope = (level[i] - level[i - 1]) / h
        x[i] = level[i] - slope / rate_per_h + (x[i - 1] - level[i - 1] + slope / rate_per_h) * keep
    return x


def main() -> int:
    """Print what emerges."""
    print("published: half-life 10.9 d (5.3 to 20.5), C50 10.5 ng/mL (4.4 to 21.2)")
    for form, e in emerged_by_form().items():
        print(
            f"{form}: half-life {e.half_life_d:.1f} d, C50 {e.c50_ng_per_ml:.1f} ng/mL (any from "
            f"{e.flat[0]:.1f} to {e.flat[1]:.1f} fits as well), misfit {e.rms_points:.2f} points; with the "
            f"published C50 {e.half_life_at_published_c50_d:.1f} d, misfit {e.rms_there:.2f}"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
