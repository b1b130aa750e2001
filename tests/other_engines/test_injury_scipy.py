"""The whole model after an injury against SciPy's LSODA on the three equations of the page, written out again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from subside.engine.population.injury import FORMS, Wounded, injure, table
from subside.engine.systems.chronic_pain.layout import AT
from subside.engine.systems.chronic_pain.protocol import Protocol
from subside.engine.systems.chronic_pain.solve import People, solve
from subside.validation.acute_to_chronic import before_operation

N = 6
H_PER_D = 24.0


def wounds(form: str) -> Wounded:
    """Return six people: healing fast and slowly, with and without a cut nerve, with and without pain before."""
    rng = np.random.default_rng(2)
    one = table()["forms"][form]
    return Wounded(
        acute_nrs=np.array([2.0, 5.0, 8.0, 4.0, 6.0, 3.0]),
        before_nrs=np.array([0.0, 0.0, 0.0, 2.0, 1.0, 2.5]),
        kept=np.array([1.0, 1.0, 1.0, 1.0, 0.0, 0.5]),
        cut_nerve=np.array([False, True, True, False, True, False]),
        heals_in_d=np.array([3.0, 7.0, 20.0, 7.0, 12.0, 40.0]),
        mood=rng.standard_normal(N),
        sleep=rng.standard_normal(N),
        inhibition=rng.standard_normal(N),
        fade_per_d=np.full(N, 0.03),
        lasting_share=np.full(N, 0.05),
        nerve_factor=np.full(N, 4.0),
        potentiation_per_d=np.full(N, 0.15),
        susceptibility_by_mood=np.full(N, 0.5),
        susceptibility_by_sleep=np.full(N, 0.3),
        protection_by_inhibition=np.full(N, 0.5),
        feedback_half=np.full(N, one["feedback_half"]["value"]),
        feedback_steepness=np.full(N, one["feedback_steepness"]["value"]),
    )


def by_hand(w: Wounded, system: People, person: int, times_h: np.ndarray) -> np.ndarray:
    """Return pain at these times of one person, from the equations as the page prints them."""
    a, b, brain = (
        system.parameters[person, AT[name]] for name in ("spinal_log_gain_1", "spinal_log_gain_2", "brain_gain")
    )
    k_pot, k_fade = w.potentiates_per_d[person] / H_PER_D, w.fades_per_d[person] / H_PER_D
    h, half = w.feedback_steepness[person], w.feedback_half[person]

    def gain(s: float) -> float:
        return float(np.exp(a * s + b * s * s) * (1.0 + brain * s))

    def hill(r: float) -> float:
        return r**h / (r**h + half**h)

    before = w.before_nrs[person] / 10.0
    s = k_pot * hill(before) / (k_pot * hill(before) + k_fade)
    n = -np.log(1.0 - before) / gain(s)
    i0 = -np.log(1.0 - w.acute_nrs[person] / 10.0) / gain(s) - n
    lasts = w.lasting_share[person] * (w.nerve_factor[person] if w.cut_nerve[person] else 1.0)
    lasts *= np.exp(
        w.susceptibility_by_mood[person] * w.mood[person]
        + w.susceptibility_by_sleep[person] * w.sleep[person]
        - w.protection_by_inhibition[person] * w.inhibition[person]
    )
    rest = n * w.kept[person] + lasts * i0

    def pain(s: float, i: float) -> float:
        return 1.0 - float(np.exp(-(rest + i) * gain(s)))

    def slope(_: float, y: np.ndarray) -> list[float]:
        s, i = y
        return [
            k_pot * hill(pain(s, i)) * (1.0 - s) - k_fade * s,
            -np.log(2.0) / (w.heals_in_d[person] * H_PER_D) * i,
        ]

    found = solve_ivp(
        slope, (0.0, times_h[-1]), [s, (1.0 - lasts) * i0], method="LSODA", t_eval=times_h, rtol=1e-9, atol=1e-11
    )
    return np.array([10.0 * pain(s, i) for s, i in found.y.T])


@pytest.mark.parametrize("form", FORMS)
def test_pain_after_an_injury_is_that_of_the_printed_equations(form: str) -> None:
    system, plan = before_operation(form, N, 3)
    assert isinstance(plan, Protocol)
    w = wounds(form)
    got = solve(injure(system, w), plan)["nrs_pain"]
    for person in range(N):
        wanted = by_hand(w, system, person, plan.clock.times_h)
        # the loop's own error over a year is below 1e-4 of the scale (tests/analytic)
        np.testing.assert_allclose(got[person], wanted, atol=1e-3, err_msg=f"person {person}")


@pytest.mark.parametrize("form", FORMS)
def test_nobody_moves_who_is_not_injured(form: str) -> None:
    system, plan = before_operation(form, N, 3)
    w = replace(wounds(form), acute_nrs=wounds(form).before_nrs, kept=np.ones(N))
    got = solve(injure(system, w), plan)["nrs_pain"]
    np.testing.assert_allclose(got, np.repeat(w.before_nrs[:, None], got.shape[1], axis=1), atol=1e-3)
