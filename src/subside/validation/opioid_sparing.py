"""Morphine asked for in the first day after surgery, with and without ketamine: people at a pump of their own.

Each person presses when pain is above what they settle for; the pump gives 1 mg, then not for a while.
Pain without morphine comes from the whole model (ketamine's part in it); morphine multiplies its drive,
with the person's own disposition, tolerance and hyperalgesia. Nothing here was fitted to how much ketamine
spares.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm

from subside.case import Case
from subside.engine.arms import own, placebo_of
from subside.engine.drugs.opioids import opioid
from subside.engine.drugs.opioids.levels import SITE, rate_matrix
from subside.engine.effects.opioids import analgesia, occupied, sensitizing, unmasked
from subside.engine.effects.pain import rating
from subside.engine.group import gather, treat
from subside.engine.kernel.random import normals
from subside.engine.population.beliefs import Beliefs
from subside.engine.population.opioid_rates import DIFFER
from subside.evidence import value
from subside.validation.conventional_protocols import patient

Array = NDArray[np.float64]

HOURS: Final = 24.0
STEP_H: Final = 1.0 / 12.0
BOLUS_MG: Final = 1.0


@dataclass(frozen=True, kw_only=True)
class DayAfter:
    """What people asked for and felt. Shape ``(person,)`` each."""

    morphine_mg: Array
    mean_pain: Array


def case_after_surgery() -> Case:
    """Return a person on the first day after surgery with 0.5 mg/kg, then 2 mcg/kg/min of ketamine."""
    untreated = value("conventional_assumptions.pain_after_surgery_untreated", unit="NRS 0-10")
    given = """
[[infusion]]
drug = "racemic_ketamine"
start = "0 h"
steps = [ { dose = "0.5 mg/kg", for = "5 min" }, { rate = "2 mcg/kg/min", for = "24 h" } ]
"""
    return patient("acute_pain", untreated, given)


def day_after(beliefs: Beliefs, *, ketamine: bool, people: int, seed: int) -> DayAfter:
    """Return the morphine of 24 h and the mean pain of a group, under ketamine or an inactive placebo."""
    case = case_after_surgery()
    group = gather(case, beliefs, people, seed=seed, alike=True, same_trial=True)
    times = np.arange(1.0, round(HOURS / STEP_H) + 1.0) * np.float64(STEP_H)
    arm = own(case) if ketamine else placebo_of(own(case))
    felt = np.asarray(treat(group, arm, times)["nrs_pain"], dtype=np.float64)
    drive = -np.log1p(-np.clip(felt, 0.0, 9.9) / 10.0)
    v = group.draws.values
    transition, potency = _bodies(case, group.draws.people, seed)
    settle = value("conventional_assumptions.pain_after_surgery", unit="NRS 0-10")
    lockout = round(value("conventional_assumptions.lockout_min", unit="min") / 60.0 / STEP_H)
    state = np.zeros((people, 5))
    tolerance, hyperalgesia, total, pain_sum = (np.zeros(people) for _ in range(4))
    since = np.full(people, lockout)
    fade = np.exp(-STEP_H / (24.0 * v["tau_opioid_tolerance_d"])), np.exp(-STEP_H / v["tau_hyperalgesia_h"])
    for k in range(len(times)):
        state = np.einsum("pij,pj->pi", transition, state)
        x = state[:, SITE] * 1000.0 / potency
        full = np.array([(occupied(one), sensitizing(one)) for one in x])
        tolerance = full[:, 0] + (tolerance - full[:, 0]) * fade[0]
        hyperalgesia = full[:, 1] + (hyperalgesia - full[:, 1]) * fade[1]
        pain = np.array(
            [
                rating(
                    drive[i, k]
                    * (
                        1.0
                        - analgesia(
                            x[i], v["opioid_emax_acute"][i], tolerance[i], v["opioid_tolerance_gain"][i]
                        )
                    )
                    * (1.0 + v["hyperalgesia_gain"][i] * unmasked(hyperalgesia[i], sensitizing(x[i])))
                )
                for i in range(people)
            ]
        )
        press = (pain > settle) & (since >= lockout)
        state[press, 1] += BOLUS_MG
        total += BOLUS_MG * press
        since = np.where(press, 0, since + 1)
        pain_sum += pain
    return DayAfter(morphine_mg=total, mean_pain=pain_sum / len(times))


def _bodies(case: Case, people: NDArray[np.int64], seed: int) -> tuple[Array, Array]:
    """Return each person's transition over a step, ``(person, 5, 5)``, and their C50 in ng/mL."""
    p = case.patient
    typical = opioid("morphine", weight_kg=p.weight_kg, age_years=p.age_years, height_cm=None, sex=p.sex)
    z = normals(f"{seed}/patient/sparing", people, "morphine", len(DIFFER))
    base = rate_matrix(typical)
    found = np.empty((len(people), 5, 5))
    for i, row in enumerate(np.exp(z * np.array([typical.omega[name] for name in DIFFER]))):
        clearance, volume, speed, _ = row
        matrix = base.copy()
        matrix[1, 1] = -typical.cl_l_per_h * clearance / (typical.v1_l * volume)
        for place, q, v_l in ((2, typical.q2_l_per_h, typical.v2_l), (3, typical.q3_l_per_h, typical.v3_l)):
            assert q is not None
            assert v_l is not None
            matrix[1, 1] -= q / (typical.v1_l * volume)
            matrix[place, 1] = q / (typical.v1_l * volume)
            matrix[1, place] = q / (v_l * volume)
            matrix[place, place] = -q / (v_l * volume)
        matrix[SITE, 1] = typical.ke0_per_h * speed / (typical.v1_l * volume)
        matrix[SITE, SITE] = -typical.ke0_per_h * speed
        found[i] = expm(matrix * STEP_H)
    return found, typical.c50_ng_per_ml * np.exp(typical.omega["c50"] * z[:, DIFFER.index("c50")])
